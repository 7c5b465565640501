#!/bin/sh
# Three nodes, each in a network namespace of its own, whose links are cut and healed: unplugged (the port goes down), and silent (packets go nowhere, so that
# connections hang). Fails if what was released meanwhile does not come after healing, if a fetch that was cut off begins anew instead of going on, or if what the
# author cannot send does not come from another member of the circle, even while a fetch from the author hangs. Needs root and ip; else it is left out.
. "${0%/*}/scenario"
tag=cm$$
for need in ip tc; do
	command -v $need >/dev/null || { echo "ok netns # skip no $need here"; exit 0; }
done
ip netns add $tag-hub 2>/dev/null || { echo 'ok netns # skip no network namespaces: not root'; exit 0; }
pids=''
end() {
	for p in $pids; do kill "$p" 2>/dev/null; done
	wait 2>/dev/null
	for n in hub irq rus irn; do ip netns del $tag-$n 2>/dev/null; done
	rm -rf "$dir"
}
trap end EXIT
centre irq rus irn
cd "$dir" || exit 2

# ---- the network: a bridge with a port for each

address() {
	case $1 in irq) echo 10.77.0.1 ;; rus) echo 10.77.0.2 ;; irn) echo 10.77.0.3 ;; esac
}
build() {
	ip -n $tag-hub link add bridge type bridge && ip -n $tag-hub link set bridge up || return
	for m in irq rus irn; do
		ip netns add $tag-$m && ip -n $tag-$m link set lo up &&
			ip link add eth0 netns $tag-$m type veth peer name $m netns $tag-hub &&
			ip -n $tag-hub link set $m master bridge up &&
			ip -n $tag-$m address add "$(address $m)/24" dev eth0 && ip -n $tag-$m link set eth0 up || return
	done
}
build || { echo 'ok netns # skip this machine cannot join namespaces'; exit 0; }

unplug() { ip -n $tag-hub link set "$1" down; }
plug() { ip -n $tag-hub link set "$1" up; }
# silence A B: what one sends to the other goes to a card that is not there; nobody is told
silence() {
	ip -n $tag-$1 neighbour replace "$(address $2)" lladdr 02:00:00:00:00:99 dev eth0 nud permanent
	ip -n $tag-$2 neighbour replace "$(address $1)" lladdr 02:00:00:00:00:99 dev eth0 nud permanent
}
heal() {
	ip -n $tag-$1 neighbour del "$(address $2)" dev eth0
	ip -n $tag-$2 neighbour del "$(address $1)" dev eth0
}
received() { # MEMBER: bytes that its card took
	ip netns exec $tag-$1 cat /sys/class/net/eth0/statistics/rx_bytes
}

# ---- the nodes

began=$(date +%s)
start() {
	now=$(date -u -d "@$(($(date -u -d 2015-10-02T08:00:00Z +%s) + $(date +%s) - began))" +%Y-%m-%dT%H:%M:%SZ)
	: >"$1.out"
	ip netns exec $tag-$1 "$COMITY" serve -C "$dir/$1" --clock "$now" --peers "$(address $1):8450" --web off >"$1.out" 2>>"$1.log" </dev/null &
	pids="$pids $!"
	i=0
	until grep -q 'the node runs' "$1.out" || [ $i -ge 3000 ]; do
		sleep 0.02
		i=$((i + 1))
	done
}
node() { # MEMBER COMMAND…: by the socket in its home, which no cut reaches
	home=$dir/$1
	shift
	"$COMITY" --home "$home" "$@"
}
# comes SECONDS MEMBER WORD
comes() {
	i=0
	while [ $i -lt $(($1 * 5)) ]; do
		! node "$2" search --json "$3" 2>/dev/null | grep -q '"id":' || return 0
		sleep 0.2
		i=$((i + 1))
	done
	tail -n 5 ./*.log
	return 1
}
lacks() { # MEMBER WORD
	! node "$1" search --json "$2" | grep '"id":'
}
release() { # MEMBER CIRCLE WORD
	report_text "(//$(echo "$1" | tr a-z A-Z) R//REL TO IRN, IRQ, RUS)" "$3" >one <<END
(//$(echo "$1" | tr a-z A-Z) R//REL TO IRN, IRQ, RUS) [B2] It is $3.
END
	node "$1" release "$(node "$1" add one --json | sed 's/.*"items":\[{"id":"\([^"]*\)".*/\1/')" --to "$2" --yes >/dev/null
}
# entries MEMBER: of all logs of irq for it and others
entries() {
	node "$1" logs --json | tr '{' '\n' | sed -n 's/.*"circle":"[a-z]*\..*"author":"irq".*"entries":\([0-9]*\).*/\1/p' | awk '{ n += $1 } END { print n + 0 }'
}
# grows MEMBER N SECONDS: until it has so many
grows() {
	i=0
	while [ $i -lt $(($3 * 10)) ]; do
		have=$(entries "$1")
		[ "$have" -lt "$2" ] || return 0
		sleep 0.1
		i=$((i + 1))
	done
	echo "$1 has $have of $2"
	tail -n 5 ./*.log
	return 1
}

for m in irq rus irn; do
	at $m key --url "https://$(address $m):8450" >/dev/null 2>&1
done
for m in irq rus irn; do
	for o in irq rus irn; do
		[ $m = $o ] || at $m sync "$dir/$o" >/dev/null
	done
done
for m in irq rus irn; do
	start $m
done
all=irn.irq.rus
release irq $all tulip
does 'over a whole network a release comes' comes 60 rus tulip
does 'to both' comes 60 irn tulip

# unplugged: everybody is cut off from one
unplug rus
release irq $all crocus
release rus $all narcissus
does 'unplugged, one is cut off; the others go on' comes 60 irn crocus
sleep 3
does 'nothing came there' lacks rus crocus
does 'nor from there' lacks irq narcissus
plug rus
does 'after healing what was released meanwhile comes' comes 60 rus crocus
does 'and what was released there' comes 60 irq narcissus
does 'to all' comes 60 irn narcissus

# silent: the author and one of the two alone
silence irq rus
release irq $all daffodil
does 'cut off from the author alone, it comes from who has it' comes 60 rus daffodil
heal irq rus

# a fetch of two thousand entries, cut off in the middle by silence; half of them the author gave to a third as well
mkdir many
i=1
while [ $i -le 1200 ]; do
	printf 'Type: SITREP\nSubject: (//IRQ R//REL TO ALL) Pear %s\n\n(//IRQ R//REL TO ALL) [A1] Of the pears this is number %s.\n' $i $i >many/$i
	i=$((i + 1))
done
node irq add many/* >/dev/null
ids=$(node irq ls --json -n 1000 --type report --circle irq | grep -o '"id":"report--[0-9a-f-]*' | cut -c7-)
more=$(echo "$ids" | wc -l)
unplug irn
tc -n $tag-hub qdisc add dev rus root tbf rate 1500kbit burst 16k latency 200ms
have=$(entries rus)
before=$(received rus)
node irq release $ids --to $all --yes >/dev/null
node irq release $ids --to irq.rus --yes >/dev/null
want=$(entries irq)
does 'a large fetch begins' grows rus $((have + more / 2)) 60
silence irq rus
cut=$(entries rus)
at_cut=$(received rus)
[ "$cut" -lt "$want" ]
said="$cut of $want" report "and is cut off in the middle"

# the author hangs for who was fetching; a third who has it all makes up for it
tc -n $tag-hub qdisc del dev rus root
plug irn
does 'the third has all from the author' grows irn $((have + more)) 60
release irn $all iris
does 'while the author hangs, others are heard' comes 40 rus iris
does 'what the third may have of the author comes from it' grows rus $((have + more)) 60
[ "$(entries rus)" -lt "$want" ]
said="$(entries rus) of $want" report 'what only the author has does not'
heal irq rus
does 'healed, the rest comes' grows rus "$want" 90
# what was there is not asked for again: the rest costs no more than its part
first=$((at_cut - before)) rest=$(($(received rus) - at_cut))
echo "# $((cut - have)) entries and $first bytes before the cut, $((want - cut)) and $rest after it"
[ $((rest / (want - cut))) -lt $((first / (cut - have) * 3 / 2)) ]
said="$rest for $((want - cut)), $first for $((cut - have))" report 'and nothing is fetched twice'
for m in irq rus irn; do
	says 'no fault' "$m is whole" node $m verify
done
exit $status
