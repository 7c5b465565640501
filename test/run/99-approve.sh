#!/bin/sh
# Releases that wait for a second person, over HTTP. Fails if one who may not release is told of one or approves it, if its proposer or a program does, if what is
# approved is another thing than what was proposed (changed, recalled, by who may no more), if what was taken back or refused can still be approved, or if
# anything goes out before.
. "${0%/*}/scenario"
centre irq rus irn
cd "$dir" || exit 2
pid=''
trap '[ -n "$pid" ] && kill "$pid" 2>/dev/null; wait 2>/dev/null; rm -rf "$dir"' EXIT
echo 'four quiet brown dogs' >pw
for name in khalil hassan; do
	at irq account add $name --role officer --role analyst --cleared all --password-file pw >/dev/null || exit 2
done
at irq account add nour --role analyst --cleared all --password-file pw >/dev/null || exit 2
at irq account add omar --role reader --cleared all --password-file pw >/dev/null || exit 2
at irq account add ayman --role administrator --password-file pw >/dev/null || exit 2
at irq token add hassan --name tool --scope read --scope release --quiet >token || exit 2
at irq config four-eyes yes >/dev/null || exit 2
"$COMITY" serve -C "$dir/irq" --clock "$now" --web 127.0.0.1:0 >out 2>log </dev/null &
pid=$!
i=0
until grep -q 'the node runs' out || ! kill -0 $pid 2>/dev/null || [ $i -ge 3000 ]; do
	sleep 0.02
	i=$((i + 1))
done
url=$(sed -n 's/^people and their tools are answered at \([^ ]*\).*/\1/p' out)
cat >approve.py <<'END2'
import http.client, json, os, subprocess, sys
from urllib.parse import urlsplit, quote
at = urlsplit(sys.argv[1])
token = open("token").read().strip()
MARK = quote("(//IRQ R//REL TO IRN, IRQ, RUS)", safe="")

class Who:
    def __init__(self, name):
        self.headers = {}
        if name == "a program":
            self.headers = {"Authorization": "Bearer " + token}
            return
        status, j, head = self("POST", "/session", {"name": name, "password": "four quiet brown dogs"})
        assert status == 200, j
        self.headers = {"Cookie": head["Set-Cookie"].split(";")[0], "X-CSRF-Token": j["csrf"]}
    def __call__(self, method, path, body=None, kind="application/json"):
        c = http.client.HTTPConnection(at.hostname, at.port, timeout=300)
        c.request(method, "/api/v1" + path, None if body is None else json.dumps(body), {**self.headers, "Content-Type": kind})
        r = c.getresponse()
        text = r.read()
        c.close()
        return r.status, json.loads(text), r.headers

def ok(name, good, why=""):
    print(("ok " if good else "not ok ") + name, flush=True)
    if not good:
        print("#  ", str(why)[-700:].replace("\n", "\n#  "))

def refused(name, reply, status, words=""):
    ok(name, reply[0] == status and words in json.dumps(reply[1]), reply[:2])

khalil, hassan, nour, omar, ayman, program = (Who(n) for n in ("khalil", "hassan", "nour", "omar", "ayman", "a program"))

def add(n, day=1):
    """A version of that campaign."""
    o = {"type": "campaign", "spec_version": "2.1", "id": "campaign--00000000-0000-4000-8000-%012d" % n, "created": "2015-10-01T00:00:00.000Z",
         "modified": "2015-10-%02dT00:00:00.000Z" % day, "name": "column %d of %d" % (n, day)}
    status, j, _ = nour("POST", "/objects?mark=" + MARK, o, "application/stix+json")
    assert status == 200 and j["added"] == 1, j
    return o["id"]

def propose(id, to="irq.rus", who=khalil):
    status, j, _ = who("POST", "/releases", {"ids": [id], "to": to})
    assert status == 200 and j.get("proposed"), j
    return "/releases/pending/%d" % j["proposed"]

def out(circle="irq.rus"):
    status, j, _ = hassan("GET", "/objects?circle=" + circle)
    assert status == 200, j
    return sorted(row["id"] for row in j["items"])

def waits(who):
    status, j, _ = who("GET", "/status")
    return status == 200 and [i["says"] for i in j["items"] if "second person" in i["says"] and not i["says"].startswith("0 ")]

def approve(who, at):
    return who("POST", at + "/approval", {})

# one that goes out
one = add(1)
p = propose(one)
ok("what is proposed does not go out", out() == [])
status, j, _ = hassan("GET", "/releases/pending")
ok("who may approve sees it", status == 200 and [(i["who"], i["own"], i["ids"]) for i in j["items"]] == [("khalil", False, [one])], j)
status, j, _ = khalil("GET", "/releases/pending")
ok("who proposed it sees that it is his", status == 200 and [i["own"] for i in j["items"]] == [True], j)
ok("the status of who may approve says so", waits(hassan))
ok("and the inbox", [a["ids"] for a in hassan("GET", "/inbox")[1]["approvals"]] == [[one]])
ok("not that of who proposed it", khalil("GET", "/inbox")[1]["approvals"] == [])
for name, who in ("an analyst", nour), ("a reader", omar):
    ok("%s is told nothing of it" % name, not waits(who) and not who("GET", "/inbox")[1].get("approvals"), who("GET", "/status")[1])
    refused("nor asks for it", who("GET", "/releases/pending"), 403)
    refused("nor approves it", approve(who, p), 403)
    refused("nor refuses it", who("POST", p + "/rejection", {"reason": "no"}), 403)
refused("nor does an administrator", approve(ayman, p), 403)
refused("nor a program of who might", approve(program, p), 403, "token")
refused("nor he who proposed it", approve(khalil, p), 403, "himself")
refused("one that is none", approve(hassan, "/releases/pending/99"), 404)
ok("nothing went out by all this", out() == [])
refused("another releases it", approve(hassan, p), 200)
ok("and it is out", out() == [one])
refused("once", approve(hassan, p), 404)
ok("nothing waits", not waits(hassan) and hassan("GET", "/inbox")[1]["approvals"] == [] and hassan("GET", "/releases/pending")[1]["items"] == [])

# what is not any more what was proposed
two = add(2)
p = propose(two)
add(2, 2)
refused("of what was changed meanwhile nothing is approved", approve(hassan, p), 409)
ok("and nothing of it goes out", two not in out())
refused("it is asked for anew", approve(hassan, propose(two)), 200)
ok("and goes out", two in out())
p = propose(one, "irq.irn")
status, j, _ = khalil("POST", "/recalls", {"id": one, "reason": "it moved"})
ok("a recall does not wait", status == 200, j)
refused("what was recalled meanwhile is not approved", approve(hassan, p), 409, "recalled")
ok("and does not go out", one not in out("irq.irn"))
refused("unless it is proposed again", approve(hassan, propose(one, "irq.irn")), 200)

# taken back, refused
three = add(3)
p = propose(three)
refused("who proposed it takes it back", khalil("POST", p + "/rejection", {"reason": "not yet"}), 200)
refused("then nobody approves it", approve(hassan, p), 404)
p = propose(three)
refused("another refuses it", hassan("POST", p + "/rejection", {"reason": "too early"}), 200)
refused("then nobody approves it", approve(hassan, p), 404)
refused("nor refuses it again", hassan("POST", p + "/rejection", {"reason": "too early"}), 404)
ok("nothing of it goes out", three not in out())

# two at one time
p, q = propose(three), propose(three, who=hassan)
refused("each approves the other's", approve(hassan, p), 200)
r = approve(khalil, q)
ok("what is out is not released again", r[0] in (200, 409) and out().count(three) == 1, r[:2])

# one proposer does not take all the room
five = add(5)
p = propose(five)
ok("what is proposed twice is one proposal", propose(five) == p)
refused("and taken back once", khalil("POST", p + "/rejection", {}), 200)
many = [add(n) for n in range(100, 165)]
got = [khalil("POST", "/releases", {"ids": [id], "to": "irq.rus"}) for id in many]
waiting = len([i for i in khalil("GET", "/releases/pending")[1]["items"] if i["who"] == "khalil"])
ok("of one proposer 64 may wait", waiting == 64 and got[-1][0] == 413, (waiting, got[-1][:2]))
q = propose(five, who=hassan)
ok("then another still proposes", bool(q))
refused("and takes it back", hassan("POST", q + "/rejection", {}), 200)
for g in got:
    g[0] == 200 and khalil("POST", "/releases/pending/%d/rejection" % g[1]["proposed"], {})

# who may not any more
four = add(4)
p = propose(four)
cleared = lambda what: subprocess.run([os.environ["COMITY"], "-C", "irq", "account", "set", "khalil", "--cleared", what], check=True, capture_output=True)
cleared("R")
refused("who proposed it is cleared for less: then it is not approved", approve(hassan, p), 403, "may not release any more")
cleared("all")
refused("who proposed it may release no more", ayman("POST", "/accounts/khalil/disable", {}), 200)
refused("then it is not approved", approve(hassan, p), 403, "may not release any more")
ok("nor does it go out", four not in out())
END2
python3 approve.py "$url" >said 2>&1
code=$?
cat said
[ $code -eq 0 ] && ! grep -q '^not ok' said
report 'all of it was asked'
hides khalil 'the log names nobody' cat log
hides column 'nor what is held' cat log
kill "$pid"
wait "$pid" 2>/dev/null
pid=''
says 'no fault' 'the home is whole' at irq verify
exit $status
