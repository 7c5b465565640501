#!/bin/sh
# A member states the key of another's node on its own card. Fails if the other is then taken for it, and has nothing more of what is released to it.
. "${0%/*}/scenario"
centre irq rus irn
cd "$dir" || exit 2
pids=''
trap 'for p in $pids; do kill "$p" 2>/dev/null; done; wait 2>/dev/null; rm -rf "$dir"' EXIT
began=$(date +%s)
start() {
	now=$(date -u -d "@$(($(date -u -d 2015-10-02T08:00:00Z +%s) + $(date +%s) - began))" +%Y-%m-%dT%H:%M:%SZ)
	at_port=$(cat "$1.port" 2>/dev/null || echo 0)
	"$COMITY" serve -C "$dir/$1" --clock "$now" --peers "127.0.0.1:$at_port" >"$1.log" 2>&1 </dev/null &
	eval "pid_$1=$!"; pids="$pids $!"; i=0
	until grep -q 'the node runs' "$1.log" || [ $i -ge 500 ]; do sleep 0.02; i=$((i + 1)); done
	sed -n 's/.*answered on port //p' "$1.log" >"$1.port"
}
node() { home=$dir/$1; shift; "$COMITY" --home "$home" "$@"; }
comes() { i=0; while [ $i -lt ${3:-400} ]; do
	[ "$(node "$1" search --json "$2" 2>/dev/null | python3 -c 'import json,sys; print(len(json.load(sys.stdin)["items"]))' 2>/dev/null)" = 1 ] && return 0
	sleep 0.05; i=$((i + 1)); done; return 1; }
release() { report_text "(//IRQ R//REL TO IRN, IRQ, RUS)" "$2" >one <<END
(//IRQ R//REL TO IRN, IRQ, RUS) [B2] It is $2.
END
	node irq add one >/dev/null && node irq release "$(node irq ls --json -n 1 --circle irq --type report | python3 -c 'import json,sys; print(json.load(sys.stdin)["items"][0]["id"])')" --to "$1" --yes >/dev/null; }
for m in irq rus irn; do start $m; node $m key --url "https://127.0.0.1:$(cat $m.port)" >/dev/null; done
for m in irq rus irn; do node $m charter export >$m.cards 2>/dev/null; done
for m in irq rus irn; do for o in irq rus irn; do
	[ $m = $o ] || node $m charter install $o.cards >/dev/null 2>&1 || node $m sync "$dir/$o" >/dev/null; done; done
release irn tulip
does 'before: what is released to irn alone comes to irn' comes irn tulip
sleep 2
# rus makes a card with irn's pin
cat rus.cards irn.cards >cards
python3 - "$(cat rus.port)" <<'END'
import json, base64, hashlib, subprocess, sys, datetime
cards = [json.loads(l)["card"] for l in open("cards") if l.startswith('{"card"')]
rus = max((c for c in cards if c["member"] == "rus"), key=lambda c: c["counter"])
irn = max((c for c in cards if c["member"] == "irn"), key=lambda c: c["counter"])
rus["tls"] = irn["tls"]; rus["counter"] += 1
print(rus["time"], file=sys.stderr)
canon = json.dumps(rus, sort_keys=True, separators=(",", ":"))
seed = base64.b64decode(open("rus/keys/root").read().split()[1])
open("key.der", "wb").write(bytes.fromhex("302e020100300506032b657004220420") + seed)
open("text", "wb").write(("comity-card/v1\n" + hashlib.sha256(canon.encode()).hexdigest()).encode())
sig = subprocess.run(["openssl", "pkeyutl", "-sign", "-rawin", "-keyform", "DER", "-inkey", "key.der", "-in", "text"], capture_output=True, check=True).stdout
open("hostile.card", "w").write('{"card":%s,"sig":"%s"}\n' % (canon, base64.b64encode(sig).decode()))
END
run node irq charter install hostile.card
sleep 2
release irn daffodil
comes irn daffodil 300
report 'after: what is released to irn alone still comes to irn'
exit $status
