#!/bin/sh
# Three nodes as three processes on loopback, that know each other by charter and cards alone. Fails if what is released does not come by itself, comes to
# who it was not released to, does not come from a third while its author is away, is lost when a node is killed, or if a stranger is answered.
. "${0%/*}/scenario"
centre irq rus irn
cd "$dir" || exit 2
pids=''
trap 'for p in $pids; do kill "$p" 2>/dev/null; done; wait 2>/dev/null; rm -rf "$dir"' EXIT

# start MEMBER: its node; where it answers is kept in MEMBER.port. All run by one clock, which goes on while one is away: a node whose clock was set
# back would not know yet what the others signed meanwhile. But the clock of irq is slow: the cards of the others hold later there.
began=$(date +%s)
start() {
	slow=0
	[ "$1" = irq ] && slow=3
	now=$(date -u -d "@$(($(date -u -d 2015-10-02T08:00:00Z +%s) + $(date +%s) - began - slow))" +%Y-%m-%dT%H:%M:%SZ)
	at_port=$(cat "$1.port" 2>/dev/null || echo 0)
	: >"$1.log"
	"$COMITY" serve -C "$dir/$1" --clock "$now" --peers "127.0.0.1:$at_port" >"$1.log" 2>&1 </dev/null &
	eval "pid_$1=$!"
	pids="$pids $!"
	i=0
	until grep -q 'the node runs' "$1.log" || [ $i -ge 3000 ]; do
		sleep 0.02
		i=$((i + 1))
	done
	sed -n 's/.*answered on port //p' "$1.log" >"$1.port"
}
stop() { # MEMBER [SIGNAL]
	eval "p=\$pid_$1"
	kill ${2:+"-$2"} "$p"
	wait "$p" 2>/dev/null
}
node() { # MEMBER COMMAND…: asked of its running node, whose clock is its own
	home=$dir/$1
	shift
	"$COMITY" --home "$home" "$@"
}
# comes MEMBER WORD: within a minute or two, however slow the machine is
comes() {
	i=0
	while [ $i -lt 1200 ]; do
		[ "$(node "$1" search --json "$2" 2>/dev/null | python3 -c 'import json,sys; print(len(json.load(sys.stdin)["items"]))' 2>/dev/null)" = 1 ] && return 0
		sleep 0.05
		i=$((i + 1))
	done
	return 1
}
release() { # MEMBER CIRCLE WORD
	report_text "(//$(echo "$1" | tr a-z A-Z) R//REL TO IRN, IRQ, RUS)" "$3" >one <<END
(//$(echo "$1" | tr a-z A-Z) R//REL TO IRN, IRQ, RUS) [B2] It is $3.
END
	node "$1" add one >/dev/null && node "$1" release "$(node "$1" ls --json -n 1 --circle "$1" --type report |
		python3 -c 'import json,sys; print(json.load(sys.stdin)["items"][0]["id"])')" --to "$2" --yes >/dev/null
}

for m in irq rus irn; do
	start $m
	node $m key --url "https://127.0.0.1:$(cat $m.port)" >/dev/null
done
for m in irq rus irn; do
	node $m charter export >$m.cards
done
for m in irq rus irn; do
	for o in irq rus irn; do
		[ $m = $o ] || node $m charter install $o.cards >/dev/null 2>&1 || node $m sync "$dir/$o" >/dev/null
	done
done
does 'a release' release irq irn.irq.rus tulip
does 'comes to one by itself' comes rus tulip
does 'and to the other' comes irn tulip
does 'a bilateral one' release irq irq.rus crocus
does 'comes' comes rus crocus
does 'and nothing of it' release rus irn.rus narcissus
does 'to who waits for something else' comes irn narcissus
same 0 'comes to a third' sh -c "'$COMITY' --home '$dir/irn' search --json crocus | python3 -c 'import json,sys; print(len(json.load(sys.stdin)[\"items\"]))'"

# a card, or a charter, comes without a release too
node irq key --url "https://127.0.0.1:$(cat irq.port)" --note 'a new place' >/dev/null
now_has() {
	i=0
	while [ $i -lt 400 ]; do
		node "$1" members --json 2>/dev/null | grep -q 'a new place' && return 0
		node "$1" charter export 2>/dev/null | grep -q 'a new place' && return 0
		sleep 0.05
		i=$((i + 1))
	done
	return 1
}
for m in rus irn; do
	does "a card that is made at one comes to $m by itself" now_has $m
done

# the author away: from whoever has it
stop irn
does 'while one is away' release irq irn.irq.rus daffodil
does 'the other has it' comes rus daffodil
stop irq
start irn
does 'it comes from a third when the author is gone' comes irn daffodil
start irq
does 'the author is back' release irq irn.irq.rus orchid
does 'and is heard' comes irn orchid

# killed
release rus irn.irq.rus violet
stop rus KILL
start rus
says 'violet' 'what was acknowledged is there after a kill' node rus search violet
does 'and reaches the others' comes irq violet
says 'no fault' 'the home is whole' node rus verify

# a small budget: obeyed, which is no failure
stop irq
echo 'peer-requests = 120' >irq/comity.conf
start irq
for word in lily aster peony poppy dahlia lilac; do
	release irq irn.irq.rus $word
done
says 'lilac' 'above its budget a node waits' node irq search lilac
comes rus lilac || comes rus lilac || comes rus lilac || comes rus lilac
report 'and has everything all the same'
for word in lily aster peony poppy dahlia; do
	does "so $word" comes rus $word
done
! grep -aqE 'status 429|asked again' rus.log irn.log
said=$(cat rus.log irn.log) report 'and nobody is told of a failure'

# strangers
port=$(cat irq.port)
if command -v openssl >/dev/null; then
	run sh -c "printf 'GET / HTTP/1.0\r\n\r\n' | timeout 5 openssl s_client -connect 127.0.0.1:$port -tls1_3 -quiet"
	! printf '%s' "$said" | grep -q '^HTTP'
	report 'who shows no key gets no answer'
	openssl req -x509 -newkey ed25519 -nodes -keyout k.pem -out c.pem -subj /CN=irq -days 2 >/dev/null 2>&1
	run sh -c "printf 'GET / HTTP/1.0\r\n\r\n' | timeout 5 openssl s_client -connect 127.0.0.1:$port -tls1_3 -cert c.pem -key k.pem -quiet"
	! printf '%s' "$said" | grep -q '^HTTP'
	report 'nor who shows a key that no member has'
	run sh -c "printf 'GET / HTTP/1.0\r\n\r\n' | timeout 5 openssl s_client -connect 127.0.0.1:$port -tls1_2 -quiet"
	! printf '%s' "$said" | grep -q '^HTTP'
	report 'nor who speaks an older TLS'
fi
for m in irq rus irn; do
	stop $m
	says 'no fault' "$m is whole after its end" at $m verify
done
exit $status
