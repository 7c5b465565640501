#!/bin/sh
# A node killed again and again while several clients write to it: bundles and reports under a key (JSON API), objects (TAXII). Fails if something that was
# acknowledged is not there, if something is there twice, if what was sent again under its key is refused or done twice, or if the home is not whole.
# KILLS: how often (3); KILL_SEED: when.
. "${0%/*}/scenario"
centre irq rus
cd "$dir" || exit 2
trap 'for p in $(cat pids 2>/dev/null); do kill -9 "$p" 2>/dev/null; done; wait 2>/dev/null; rm -rf "$dir"' EXIT
echo 'four quiet brown dogs' >pw
at irq account add nour --role analyst --cleared all --password-file pw >/dev/null || exit 2
at irq token add nour --name tool --scope read --scope write --scope taxii:read --scope taxii:write --quiet >token || exit 2
cat >kill.py <<'END2'
import http.client, json, os, random, re, subprocess, sys, threading, time
program, clock, kills, seed = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
token = open("token").read().strip()
LONG = 300
node, port, end, wrong = None, None, False, []
draw = random.Random(seed)

def start():
    """Where it answers is told to the writers."""
    global node, port
    out = open("out", "w+")
    node = subprocess.Popen([program, "serve", "-C", "irq", "--clock", clock, "--web", "127.0.0.1:0"], stdin=subprocess.DEVNULL, stdout=out,
                            stderr=subprocess.STDOUT)
    open("pids", "a").write("%d\n" % node.pid)
    until = time.monotonic() + LONG
    while True:
        said = open("out").read()
        if "the node runs" in said:
            break
        if node.poll() is not None or time.monotonic() > until:
            print("not ok it starts again\n#  " + said[-600:].replace("\n", "\n#  "))
            os._exit(1)
        time.sleep(0.01)
    port = int(re.search(r"answered at http://127.0.0.1:(\d+)", said)[1])

def ask(method, path, body=None, headers=()):
    c = http.client.HTTPConnection("127.0.0.1", port, timeout=LONG)
    try:
        c.request(method, path, body, {"Authorization": "Bearer " + token, **dict(headers)})
        r = c.getresponse()
        return r.status, r.read()
    finally:
        c.close()

def campaign(kind, n):
    return {"type": "campaign", "spec_version": "2.1", "id": "campaign--%08d-0000-4000-8000-%012d" % (kind, n), "created": "2015-10-01T00:00:00.000Z",
            "modified": "2015-10-01T00:00:00.000Z", "name": "column %d" % n, "description": "On the road. " * (n % 50)}

class Writer(threading.Thread):
    """One thing after another, each again and again until it is acknowledged."""
    def __init__(self, kind):
        super().__init__()
        self.kind, self.acknowledged, self.again = kind, [], 0
    def run(self):
        n = 0
        while not end:
            n += 1
            while not self.told(n):
                self.again += 1
                time.sleep(0.02)
            self.acknowledged.append(n)
    def told(self, n):
        try:
            status, reply = self.send(n)
        except (OSError, http.client.HTTPException):
            return False
        if status not in (200, 202):
            wrong.append((type(self).__name__, n, status, reply[:300]))
        return True

class Bundles(Writer):
    def ids(self, n):
        return [campaign(self.kind, 3 * n + i)["id"] for i in range(3)]
    def send(self, n):
        bundle = {"type": "bundle", "id": "bundle--%08d-0000-4000-8000-%012d" % (self.kind, n), "objects": [campaign(self.kind, 3 * n + i) for i in range(3)]}
        return ask("POST", "/api/v1/objects", json.dumps(bundle),
                   {"Content-Type": "application/stix+json", "Idempotency-Key": "bundle-%d-%d" % (self.kind, n)})

class Reports(Writer):
    def title(self, n):
        return "Sighting %d of %d" % (n, self.kind)
    def send(self, n):
        text = "Type: SITREP\nSubject: (//IRQ R//REL TO ALL) %s\n\n(//IRQ R//REL TO ALL) [A1] It was seen.\n" % self.title(n)
        return ask("POST", "/api/v1/objects", text, {"Content-Type": "text/plain", "Idempotency-Key": "report-%d-%d" % (self.kind, n)})

class Taxii(Writer):
    def ids(self, n):
        return [campaign(self.kind, 2 * n + i)["id"] for i in range(2)]
    def send(self, n):
        status, reply = ask("POST", inbox, json.dumps({"objects": [campaign(self.kind, 2 * n + i) for i in range(2)]}),
                            {"Content-Type": "application/taxii+json;version=2.1", "Accept": "application/taxii+json;version=2.1"})
        if status == 202:
            said = json.loads(reply)
            if said["status"] != "complete" or said["success_count"] != 2:
                wrong.append((n, said))
        return status, reply

def all_of(kind):
    rows, cursor = [], ""
    while True:
        status, reply = ask("GET", "/api/v1/objects?limit=200&type=%s%s" % (kind, cursor))
        assert status == 200, reply
        page = json.loads(reply)
        rows += page["items"]
        if not page["next"]:
            return rows
        cursor = "&cursor=" + page["next"]

def ok(name, good, why=""):
    print(("ok " if good else "not ok ") + name)
    if not good:
        print("#  ", str(why)[-600:].replace("\n", "\n#  "))

start()
accept = {"Accept": "application/taxii+json;version=2.1"}
root = "/taxii2/root/"
inbox = next(root + "collections/%s/objects/" % c["id"] for c in json.loads(ask("GET", root + "collections/", headers=accept)[1])["collections"]
             if c["can_write"])
writers = [Bundles(1), Bundles(2), Reports(3), Reports(4), Taxii(5), Taxii(6)]
for w in writers:
    w.start()
for i in range(kills):
    goal = [len(w.acknowledged) for w in writers]
    time.sleep(draw.uniform(0.02, 0.5))
    until = time.monotonic() + LONG  # however slow the machine is: each got somewhere between two deaths
    while any(len(w.acknowledged) <= g for w, g in zip(writers, goal)) and time.monotonic() < until:
        time.sleep(draw.uniform(0, 0.005))
    node.kill()
    node.wait()
    start()
end = True
for w in writers:
    w.join()
node.kill()
node.wait()
start()
n, again = sum(len(w.acknowledged) for w in writers), sum(w.again for w in writers)
print("# %d deaths, %d acknowledged, %d sent again" % (kills, n, again))
ok("some were cut off in the middle", again >= kills, again)
ok("what is sent again under its key is taken", not wrong, wrong)
have = {}
for row in all_of("campaign"):
    have[row["id"]] = have.get(row["id"], 0) + 1
want = [i for w in writers if not isinstance(w, Reports) for m in w.acknowledged for i in w.ids(m)]
ok("each object that was acknowledged is there, once", sorted(want) == sorted(have) and set(have.values()) == {1},
   (len(want), len(have), set(want) ^ set(have)))
titles = [row["title"] for row in all_of("report")]
want = [w.title(m) for w in writers if isinstance(w, Reports) for m in w.acknowledged]
ok("so is each report", sorted(titles) == sorted(want), (len(want), len(titles), set(want) ^ set(titles), [t for t in titles if titles.count(t) > 1][:5]))
node.terminate()
ok("and it ends well", node.wait() == 0)
END2
python3 kill.py "$COMITY" "$now" "${KILLS:-3}" "${KILL_SEED:-1}" >said 2>&1
code=$?
cat said
[ $code -eq 0 ] && ! grep -q '^not ok' said
report 'it was seen through'
says 'no fault' 'the home is whole' at irq verify
exit $status
