#!/bin/sh
# How a running node ends when it is told to (SIGTERM). Fails if what is under way is not answered, if streams, long polls or silent connections keep it, if who
# never comes to an end keeps it longer than stop-seconds says, if it takes anybody new, if what it acknowledged is not there afterwards, or if what was cut off
# in its middle cannot be done again.
. "${0%/*}/scenario"
centre irq rus
cd "$dir" || exit 2
trap 'for p in $(cat pids 2>/dev/null); do kill -9 "$p" 2>/dev/null; done; wait 2>/dev/null; rm -rf "$dir"' EXIT
echo 'four quiet brown dogs' >pw
at irq account add nour --role analyst --cleared all --password-file pw >/dev/null || exit 2
at irq token add nour --name tool --scope read --scope write --quiet >token || exit 2
cat >stop.py <<'END2'
import json, os, re, signal, socket, subprocess, sys, threading, time
program, clock = sys.argv[1:]
token = open("token").read().strip()
LONG = 120  # seconds: more than anything takes that is not kept waiting; what ends a test that fails

def ok(name, good, why=""):
    print(("ok " if good else "not ok ") + name, flush=True)
    if not good:
        print("#  ", str(why)[-800:].replace("\n", "\n#  "))

def wait_for(what, seconds=LONG):
    until = time.monotonic() + seconds
    while not what():
        if time.monotonic() > until:
            return False
        time.sleep(0.02)
    return True

class Node:
    def __init__(self, home, seconds, *also):
        self.home = home
        open(home + "/comity.conf", "w").write("stop-seconds = %d\n" % seconds)
        self.out = open(home + ".out", "w+")
        self.p = subprocess.Popen([program, "serve", "-C", home, "--clock", clock, "--web", "127.0.0.1:0", *also], stdin=subprocess.DEVNULL,
                                  stdout=self.out, stderr=subprocess.STDOUT)
        open("pids", "a").write("%d\n" % self.p.pid)
        if not wait_for(lambda: "the node runs" in self.said()):
            raise SystemExit("it does not start: " + self.said())
        self.port = int(re.search(r"answered at http://127.0.0.1:(\d+)", self.said())[1])
    def said(self):
        return open(self.home + ".out").read()
    def term(self):
        self.p.send_signal(signal.SIGTERM)
        self.began = time.monotonic()
    def ended(self, seconds=LONG):
        """Its status and how long it took; None: it runs."""
        try:
            return self.p.wait(seconds), time.monotonic() - self.began
        except subprocess.TimeoutExpired:
            return None
    def connect(self):
        return socket.create_connection(("127.0.0.1", self.port), LONG)
    def ask(self, s, path, method="GET", body=b"", length=None, kind="application/stix+json", close=False):
        n = len(body) if length is None else length
        s.sendall(("%s %s HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer %s\r\nContent-Type: %s\r\nContent-Length: %d\r\n%s\r\n"
                   % (method, path, token, kind, n, "Connection: close\r\n" if close else "")).encode() + body)

def whole(s):
    """All until the other side ends."""
    got = b""
    try:
        while True:
            more = s.recv(65536)
            if not more:
                return got
            got += more
    except (ConnectionError, socket.timeout) as e:
        return got + b"\n" + repr(e).encode()

def hear(s, words):
    got = b""
    while words not in got:
        more = s.recv(65536)
        if not more:
            break
        got += more
    return got

def campaign(n, pad=""):
    return {"type": "campaign", "spec_version": "2.1", "id": "campaign--00000000-0000-4000-8000-%012d" % n, "created": "2015-10-01T00:00:00.000Z",
            "modified": "2015-10-01T00:00:00.000Z", "name": "column %d" % n, "description": pad}

def command(*words, home="irq"):
    return subprocess.run([program, "--home", home, "--clock", clock, *words], capture_output=True, text=True, stdin=subprocess.DEVNULL)

def held():
    return len(json.loads(command("ls", "-n", "100", "--type", "campaign", "--json").stdout)["items"])

# a body that is on its way
node = Node("irq", LONG)
text = json.dumps(campaign(1)).encode()
slow, idle = node.connect(), node.connect()
node.ask(idle, "/healthz")
hear(idle, b"ok")
node.ask(slow, "/api/v1/objects", "POST", text[:20], len(text))
fresh = node.connect()
node.ask(fresh, "/api/v1/events")
said = hear(fresh, b"\n\n")
ok("a stream of events begins", b" 200 " in said, said)
node.term()
rest = whole(fresh)
ok("a stream ends, and by its own form", rest.endswith(b"0\r\n\r\n") or rest == b"", rest)
ok("who is silent is let go", whole(idle) == b"")
def refused():
    try:
        node.connect().close()
        return False
    except ConnectionRefusedError:
        return True
ok("nobody new is taken", wait_for(refused))
ok("what is under way is waited for", node.ended(0.5) is None)
slow.sendall(text[20:])
said = whole(slow)
ok("and answered", said.startswith(b"HTTP/1.1 200 ") and b"connection: close" in said.lower(), said)
end = node.ended()
ok("then it ends", end and end[0] == 0 and end[1] < LONG / 2, end)
ok("what was acknowledged is there", held() == 1)

# who never comes to an end
node = Node("irq", 1)
text = json.dumps(campaign(2)).encode()
s = node.connect()
node.ask(s, "/api/v1/objects", "POST", text[:20], len(text))
add = subprocess.Popen([program, "--home", "irq", "add", "-"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
add.stdin.write(text[:20])
add.stdin.flush()
time.sleep(1)
node.term()
end = node.ended()
ok("who never comes to an end is cut off in time", end and end[0] == 0 and 1 <= end[1] < LONG / 2, end)
said = whole(s)
ok("without an answer that says it was done", b" 200 " not in said, said)
add.stdin.close()
said = add.stdout.read().decode()
ok("and a command that waits for its input is told", add.wait() != 0 and "1 object added" not in said, said)
ok("nothing of either is there", held() == 1)

# an addition that is longer than that
n = 100000
text = json.dumps({"type": "bundle", "id": "bundle--00000000-0000-4000-8000-000000000001",
                   "objects": [campaign(1000 + i, "It was seen on the road. " * 8) for i in range(n)]}).encode()
node = Node("irq", 1)
s = node.connect()
node.ask(s, "/api/v1/objects", "POST", text)
node.term()
said = whole(s)
end = node.ended()
ok("a long addition ends with the node", end and end[0] == 0 and end[1] < LONG / 2, end)
print("#  %.1f s; %s" % (end[1] if end else 0, said.split(b"\r\n")[0].decode()))
ok("done, or not said to be", said[9:12] != b"200" or b'"added":%d' % n in said, said)
r = command("verify")
ok("and what is there of it is whole", r.returncode == 0 and "no fault" in r.stdout, r.stdout + r.stderr)
node = Node("irq", LONG)
s = node.connect()
node.ask(s, "/api/v1/objects", "POST", text, close=True)
got = whole(s)
r = command("verify", "--json")
ok("done again it is all there, each once", got.startswith(b"HTTP/1.1 200") and json.loads(r.stdout)["objects"] == n + 1, got[:800] + r.stdout.encode())

# peers: one that waits for news of ours, one that never answers us
deaf = socket.socket()
deaf.bind(("127.0.0.1", 0))
deaf.listen(16)
node.term()
node.ended()
irq, rus = Node("irq", LONG, "--peers", "127.0.0.1:0"), Node("rus", LONG, "--peers", "127.0.0.1:0")
port = re.search(r"answered on port (\d+)", irq.said())[1]
command("key", "--url", "https://127.0.0.1:%d" % deaf.getsockname()[1], home="rus")
command("key", "--url", "https://127.0.0.1:%s" % port, home="irq")
for a, b in (("irq", "rus"), ("rus", "irq")):
    command("sync", b, home=a)
held_by_deaf = []
deaf.settimeout(LONG)
try:
    held_by_deaf.append(deaf.accept()[0])
except socket.timeout:
    pass
ok("a peer that never answers is asked", held_by_deaf)
for node in (irq, rus):
    node.term()
    end = node.ended()
    ok("%s ends while it %s" % (node.home, "asks one that is deaf" if node is irq else "waits for news"), end and end[0] == 0 and end[1] < LONG / 2, end)
END2
python3 stop.py "$COMITY" "$now" >said 2>&1
code=$?
cat said
[ $code -eq 0 ] && ! grep -q '^not ok' said
report 'it ended each time'
exit $status
