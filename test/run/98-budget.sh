#!/bin/sh
# Budgets of requests: of each account, and of each address while nobody is known by it. Fails if somebody is answered more often than the configuration says, is
# refused earlier, is not told when to come again or is refused then, or if who floods shows in what anybody else is answered.
. "${0%/*}/scenario"
centre irq rus
cd "$dir" || exit 2
pid=''
trap '[ -n "$pid" ] && kill "$pid" 2>/dev/null; wait 2>/dev/null; rm -rf "$dir"' EXIT
echo 'four quiet brown dogs' >pw
for name in nour ayman omar; do
	at irq account add "$name" --role analyst --role representative --cleared all --password-file pw >/dev/null || exit 2
	at irq token add "$name" --name tool --scope read --scope write --quiet >"$name.token" || exit 2
done
printf 'web-requests = 60\nweb-strangers = 60\n' >irq/comity.conf
"$COMITY" serve -C "$dir/irq" --clock "$now" --web 127.0.0.1:0 >out 2>log </dev/null &
pid=$!
i=0
until grep -q 'the node runs' out || ! kill -0 $pid 2>/dev/null || [ $i -ge 3000 ]; do
	sleep 0.02
	i=$((i + 1))
done
url=$(sed -n 's/^people and their tools are answered at \([^ ]*\).*/\1/p' out)
cat >ask.py <<'END2'
import http.client, json, sys, time
from urllib.parse import urlsplit

RATE = 60

class Asker:
    """One connection after another, from an address of this machine."""
    def __init__(self, url, token=None, source="127.0.0.1"):
        self.at, self.token, self.source, self.c = urlsplit(url), token, source, None
    def __call__(self, path, method="GET", body=None, kind="application/json", token=None):
        token = token or self.token
        headers = {"Authorization": "Bearer " + token} if token else {}
        if body is not None:
            headers["Content-Type"] = kind
        self.c = self.c or http.client.HTTPConnection(self.at.hostname, self.at.port, timeout=120, source_address=(self.source, 0))
        self.c.request(method, path, body, headers)
        r = self.c.getresponse()
        r.text = r.read()
        if r.will_close:
            self.c.close()
            self.c = None
        return r

def flood(ask, *what, good, **how):
    """Until it is refused: not before a minute's worth, and not after what the time that went by has added."""
    began, n = time.monotonic(), 0
    while True:
        r = ask(*what, **how)
        if r.status == 429:
            break
        assert r.status == good, (n, r.status, r.text)
        n += 1
        assert n <= RATE + 1 + time.monotonic() - began, "%d were answered" % n
    assert n >= RATE, "refused after %d" % n
    wait = int(r.getheader("Retry-After"))
    assert 1 <= wait <= 60, wait
    return r, wait

def tells(r):
    return sorted(k for k, v in r.getheaders() if k not in ("Date", "X-Request-Id", "Content-Length", "ETag")), r.status, r.text

url = sys.argv[1]
nour, ayman, omar = (Asker(url, open(n + ".token").read().strip()) for n in ("nour", "ayman", "omar"))
stranger, elsewhere = Asker(url), Asker(url, source="127.0.0.2")
page = "/api/v1/objects"
object = json.dumps({"type": "campaign", "spec_version": "2.1", "id": "campaign--00000000-0000-4000-8000-000000000001", "created": "2015-10-01T00:00:00.000Z",
                     "modified": "2015-10-01T00:00:00.000Z", "name": "column"})
login = json.dumps({"name": "nour", "password": "four quiet brown dogs"})
before = tells(ayman(page))

def ok(name):
    print("ok " + name, flush=True)

r, wait = flood(nour, page, good=200)
j = json.loads(r.text)
assert r.getheader("Content-Type") == "application/problem+json" and j["status"] == 429 and j["type"] == "urn:comity:problem:too-many", r.text
assert "viewer" not in r.text.decode() and "ayman" not in r.text.decode()
ok("an account has its minute's worth, and is then told when to ask again")
for how in ("/api/v1/nowhere", "/api/v1/session"):
    assert nour(how).status == 429, how
assert nour(page, "PATCH").status == 429 and nour(page, "POST", object).status == 429
ok("whatever it asks for")
r = nour("/taxii2/")
assert r.status == 429 and r.getheader("Content-Type").startswith("application/taxii+json") and int(r.getheader("Retry-After")) >= 1, r.text
ok("in the form of what was asked")
assert tells(ayman(page)) == before
ok("another account at the same address sees nothing of it")
assert stranger(page).status == 401
r = stranger("/api/v1/session", "POST", login)
assert r.status == 200, r.text
ok("nor does who has no account yet")
time.sleep(wait)
for n in range(10):
    assert nour(page).status == 200, n
ok("who comes when it was told gets through, with several at once")

flood(omar, page, "POST", good=200, body=object, kind="application/stix+json")
ok("a request with a body is one request")
before = tells(ayman(page))

r, wait = flood(stranger, page, good=401)
assert json.loads(r.text)["status"] == 429
ok("an address without an account has its own")
r = stranger("/api/v1/session", "POST", login)
assert r.status == 429, r.text
assert stranger(page, token="cmty_" + "a" * 43).status == 429
ok("logins and tokens that are none are among them")
assert stranger("/healthz").status == 200 and stranger("/readyz").status == 200
ok("whether the node is well is told nevertheless")
assert tells(ayman(page)) == before
ok("an account at that address is answered")
r = elsewhere("/api/v1/session", "POST", login)
assert r.status == 200, r.text
ok("and whoever comes from another address logs in")
time.sleep(wait)
assert stranger("/api/v1/session", "POST", login).status == 200
ok("as from this one, when it was told")
END2
python3 ask.py "$url" 2>why
code=$?
said=$(cat why)
[ $code -eq 0 ]
report 'each for itself alone'
hides nour 'the log names nobody' cat log
exit $status
