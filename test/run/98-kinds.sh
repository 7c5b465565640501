#!/bin/sh
# Kinds of label that an account may bring. Fails if somebody with a password can use up what the home has for all, if where it stops depends on what others
# do, if it is not told what to do instead, or if anything of what was refused is kept.
. "${0%/*}/scenario"
centre irq rus
cd "$dir" || exit 2
pid=''
trap '[ -n "$pid" ] && kill "$pid" 2>/dev/null; wait 2>/dev/null; rm -rf "$dir"' EXIT
at irq config compartments 'K0 K1 K2 K3 K4 K5 K6 K7 K8 K9' >/dev/null || exit 2
echo 'four quiet brown dogs' >pw
for name in nour ayman; do
	at irq account add "$name" --role analyst --cleared all --password-file pw >/dev/null || exit 2
	at irq token add "$name" --name tool --scope read --scope write --quiet >"$name.token" || exit 2
done
"$COMITY" serve -C "$dir/irq" --clock "$now" --web 127.0.0.1:0 >out 2>log </dev/null &
pid=$!
i=0
until grep -q 'the node runs' out || ! kill -0 $pid 2>/dev/null || [ $i -ge 3000 ]; do
	sleep 0.02
	i=$((i + 1))
done
url=$(sed -n 's/^people and their tools are answered at \([^ ]*\).*/\1/p' out)
cat >ask.py <<'END2'
import http.client, json, sys
from urllib.parse import quote, urlsplit

at = urlsplit(sys.argv[1])
tokens = {n: open(n + ".token").read().strip() for n in ("nour", "ayman")}
number = 0

def add(who, kinds):
    """One object with these compartments, by their bits; the reply."""
    global number
    number += 1
    names = [("K%d" % k) for k in range(10) if kinds >> k & 1]
    mark = "(//IRQ S" + ("//" + "/".join(names) if names else "") + "//REL TO IRQ, RUS)"
    body = json.dumps({"type": "campaign", "spec_version": "2.1", "id": "campaign--00000000-0000-4000-8000-%012d" % number,
                       "created": "2015-10-01T00:00:00.000Z", "modified": "2015-10-01T00:00:00.000Z", "name": "column"})
    c = http.client.HTTPConnection(at.hostname, at.port, timeout=120)
    c.request("POST", "/api/v1/objects?mark=" + quote(mark), body, {"Authorization": "Bearer " + tokens[who], "Content-Type": "application/stix+json"})
    r = c.getresponse()
    text = r.read()
    c.close()
    assert r.status == 200, (r.status, text)
    return json.loads(text)

def ok(name):
    print("ok " + name, flush=True)

for n in range(128):
    assert add("nour", n)["added"] == 1, n
r = add("nour", 128)
assert r["added"] == 0 and r["refused"] == 1, r
assert "128 kinds of label" in r["refusals"][0]["why"] and r["refusals"][0]["hint"], r
ok("who brought its share of kinds is refused another, and told what to do")
assert add("nour", 5)["added"] == 1
ok("but not one that is here")
assert add("ayman", 128)["added"] == 1 and add("nour", 128)["added"] == 1
ok("another account may bring it, and then it is here")
assert add("nour", 129)["refused"] == 1
ok("what others bring changes nothing of where one stops")
END2
python3 ask.py "$url" 2>why
code=$?
said=$(cat why)
[ $code -eq 0 ]
report 'an account has so many kinds'
kill "$pid"
wait "$pid" 2>/dev/null
pid=''
does 'a view made anew is the same' at irq rebuild --check
hides 'kinds' 'one account brings no warning of the whole' at irq status
exit $status
