#!/bin/sh
# A member's node that says without end that there is something new, or gives what it has a few bytes at a time. Fails if it is asked without a pause, if it
# fills the audit trail, or if what another released waits for it.
. "${0%/*}/scenario"
here=$(cd "${0%/*}" && pwd)
centre irq rus irn
cd "$dir" || exit 2
pids=''
trap 'for p in $pids; do kill "$p" 2>/dev/null; done; wait 2>/dev/null; rm -rf "$dir"' EXIT

until_in() { # WORDS FILE: within a minute
	i=0
	until grep -q "$1" "$2" || [ $((i += 1)) -gt 1200 ]; do sleep 0.05; done
}
python3 - >ports <<'END2'
import socket
all = [socket.socket() for _ in range(3)]
for s in all:
    s.bind(("127.0.0.1", 0))
print(*(s.getsockname()[1] for s in all))
END2
read -r irq rus irn <ports
for m in irq rus irn; do
	eval "port=\$$m"
	at $m key --url "https://127.0.0.1:$port" >/dev/null || exit 2
	at $m charter export >$m.cards || exit 2
done
for m in irq irn; do
	for o in irq rus irn; do [ $m = $o ] || at $m charter install $o.cards >/dev/null || exit 2; done
done
echo early >way
python3 "$here/hostile_peer.py" "$dir/rus" "$rus" rus.cards >hostile.out 2>asked &
pids="$pids $!"
until_in ready hostile.out
for m in irq irn; do
	eval "port=\$$m"
	"$COMITY" serve -C "$dir/$m" --web off --clock "$now" --peers "127.0.0.1:$port" >$m.out 2>$m.log </dev/null &
	pids="$pids $!"
	until_in 'the node runs' $m.out
done
node() {
	home=$1
	shift
	"$COMITY" --home "$dir/$home" "$@"
}
asks() { # SECONDS: how many requests come in that time
	before=$(wc -l <asked)
	sleep "$1"
	echo $(($(wc -l <asked) - before))
}
until_in 'logs?' asked
sleep 2
n=$(asks 3)
echo "# told at once, the same: $n requests in 3 seconds of two nodes"
[ "$n" -gt 0 ] && [ "$n" -lt 600 ]
report 'who is told at once that there is news, and finds none, asks with pauses'
echo changing >way
sleep 2
lines=$(get items.# node irq audit -n 500)
n=$(asks 3)
echo "# told another thing each time: $n requests in 3 seconds of two nodes"
[ "$n" -gt 0 ] && [ "$n" -lt 1500 ]
report 'also where it is another thing each time'
same "$lines" 'which leaves no line of the audit trail each' get items.# node irq audit -n 500
echo drip >way
until_in '^drip .*charters' asked
printf 'Type: SITREP\nSubject: (//IRN R//REL TO IRN, IRQ) Roads\n\n(//IRN R//REL TO IRN, IRQ) [B2] Tulips.\n' >r
node irn add -q r
node irn release "$(get items.0.id node irn ls -n 1 --type report)" --to irq --yes >/dev/null
i=0
until [ "$(get items.# node irq search tulips)" = 1 ] || [ $((i += 1)) -gt 400 ]; do sleep 0.1; done
same 1 'what another released comes although one gives what it has a few bytes at a time' get items.# node irq search tulips
exit $status
