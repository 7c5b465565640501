#!/bin/sh
# What a busy node tells its log and its figures. Fails if a word of what is held or asked for, a name, an id, a password or a token stands there, whatever row is
# asked in whatever way, while logins fail, bodies are refused and two nodes exchange what is released.
. "${0%/*}/scenario"
centre irq rus
cd "$dir" || exit 2
trap 'for p in $(cat pids 2>/dev/null); do kill "$p" 2>/dev/null; done; wait 2>/dev/null; rm -rf "$dir"' EXIT
echo 'four narwhal brown dogs' >pw
at irq account add khalil --role officer --role analyst --role representative --cleared all --password-file pw >/dev/null || exit 2
at irq account add nour --role administrator --role reader --cleared all --password-file pw >/dev/null || exit 2
at irq token add khalil --name marmoset --scope read --scope write --scope release --scope govern --scope taxii:read --scope taxii:write --quiet >khalil.token
at irq token add nour --name ops --scope admin --scope read --quiet >nour.token
cat >busy.py <<'END2'
import http.client, json, re, socket, subprocess, sys, time
program, clock = sys.argv[1:]
LONG = 300
WORDS = "quagga okapi narwhal marmoset zebrafinch gryphon khalil nour ocelot cmty_ campaign--00000000 axolotl".split()
tokens = {n: open(n + ".token").read().strip() for n in ("khalil", "nour")}
nodes, said = {}, {}

def ok(name, good, why=""):
    print(("ok " if good else "not ok ") + name, flush=True)
    if not good:
        print("#  ", str(why)[-700:].replace("\n", "\n#  "))

def wait_for(what):
    until = time.monotonic() + LONG
    while not what():
        if time.monotonic() > until:
            return False
        time.sleep(0.05)
    return True

for home in ("irq", "rus"):
    out, log = open(home + ".out", "w"), open(home + ".log", "w")
    nodes[home] = subprocess.Popen([program, "serve", "-C", home, "--clock", clock, "--web", "127.0.0.1:0", "--peers", "127.0.0.1:0", "--log-level", "debug"],
                                   stdin=subprocess.DEVNULL, stdout=out, stderr=log)
    open("pids", "a").write("%d\n" % nodes[home].pid)
    if not wait_for(lambda: "the node runs" in open(home + ".out").read()):
        sys.exit("it does not start")
    said[home] = open(home + ".out").read()
port = int(re.search(r"answered at http://127.0.0.1:(\d+)", said["irq"])[1])
peers = {h: int(re.search(r"answered on port (\d+)", s)[1]) for h, s in said.items()}
total = 0

def ask(method, path, body=None, who=None, kind="application/json", **headers):
    global total
    total += 1
    if who:
        headers["Authorization"] = "Bearer " + tokens.get(who, who)
    c = http.client.HTTPConnection("127.0.0.1", port, timeout=LONG)
    c.request(method, path, body, {"Content-Type": kind, **headers})
    r = c.getresponse()
    if r.getheader("Content-Type", "").startswith("text/event-stream"):
        c.close()
        return r.status, b""
    text = r.read()
    c.close()
    return r.status, text

def command(*words, home="irq"):
    return subprocess.run([program, "--home", home, *words], capture_output=True, text=True, stdin=subprocess.DEVNULL)

# what is held, and goes to the other node
for home in nodes:
    command("key", "--url", "https://127.0.0.1:%d" % peers[home], home=home)
for a, b in (("irq", "rus"), ("rus", "irq")):
    command("sync", b, home=a)
report = "Type: SITREP\nSubject: (//IRQ R//REL TO IRQ, RUS) Quagga\n\n(//IRQ R//REL TO IRQ, RUS) [B2] Zebrafinch at axolotl.\n"
status, text = ask("POST", "/api/v1/objects", report, "khalil", "text/plain")
id = json.loads(text)["items"][0]["id"]
status, text = ask("POST", "/api/v1/releases", json.dumps({"ids": [id], "to": "irq.rus"}), "khalil")
ok("something is released", status == 200, text)
ok("and comes to the other node", wait_for(lambda: "uagga" in command("ls", home="rus").stdout))

# every row, in every way that fails and some that do not
rows = json.loads(ask("GET", "/api/v1/openapi.json", who="khalil")[1])["paths"]
for path, methods in rows.items():
    path = path if path.startswith("/api/") else "/api/v1" + path
    for method, row in methods.items():
        if method not in ("get", "post", "put", "patch", "delete"):
            continue
        method = method.upper()
        names = [p["name"] for p in row.get("parameters", []) if p.get("in") == "query"]
        for word in ("okapi", id, "campaign--00000000-0000-4000-8000-000000000001"):
            at = re.sub(r"\{[^}]*\}", word, path)
            for who in (None, "khalil", "nour", "cmty_narwhal"):
                ask(method, at, None if method == "GET" else json.dumps({"name": "ocelot", "ids": [word], "id": word, "reason": "gryphon", "value": "okapi",
                                                                         "lines": "okapi", "text": "axolotl", "password": "four narwhal"}), who)
        for name in names:
            ask(method, re.sub(r"\{[^}]*\}", "okapi", path) + "?%s=gryphon" % name, None if method == "GET" else "{}", "khalil")
        if method != "GET":
            for kind in ("application/json", "application/stix+json", "text/plain"):
                for body in ('{"okapi":', '{"okapi":"gryphon"}', "Type: okapi\nSubject: gryphon\n\nquagga\n", '{"type":"okapi","id":"zebrafinch"}'):
                    ask(method, re.sub(r"\{[^}]*\}", "okapi", path), body, "khalil", kind, **{"Idempotency-Key": "okapi-%d" % total})
for path in ("/taxii2/", "/taxii2/root/", "/taxii2/root/collections/", "/taxii2/root/collections/okapi/objects/?match[id]=gryphon", "/okapi", "/healthz?okapi"):
    for who in (None, "khalil", "cmty_narwhal"):
        ask("GET", path, who=who)
for name, password in (("khalil", "narwhal"), ("ocelot", "narwhal"), ("khalil", "four narwhal brown dogs")):
    ask("POST", "/api/v1/session", json.dumps({"name": name, "password": password}))
ask("GET", "/api/v1/objects", who=None, **{"Host": "okapi.example"})
ask("GET", "/api/v1/objects", who=None, **{"Cookie": "comity=narwhal"})
for p in list(peers.values()) + [port]:
    s = socket.create_connection(("127.0.0.1", p), LONG)
    s.sendall(b"OKAPI /gryphon HTTP/1.1\r\nquagga\r\n\r\n")
    s.settimeout(LONG)
    try:
        while s.recv(1000):
            pass
    except ConnectionError:
        pass
figures = ask("GET", "/metrics", who="nour")
ok("the figures are there", figures[0] == 200 and b"comity_http_requests_total" in figures[1], figures)
for home, p in nodes.items():
    p.terminate()
    ok("the node of %s ends well" % home, p.wait() == 0)
for home in nodes:
    log = open(home + ".log").read()
    found = [(w, l) for l in log.lower().splitlines() for w in WORDS + [id] if w in l]
    ok("nothing of it is in the log of %s" % home, not found, "\n".join("%s: %s" % f for f in found[:8]))
    odd = [l for l in log.splitlines() if not re.match(r"time=[0-9T:.-]*Z level=[a-z]* event=[a-z]* ", l)]
    ok("whose lines have one form", not odd, odd[:5])
log = open("irq.log").read()
ok("each request is one line", log.count(" event=request ") >= total, (log.count(" event=request "), total))
found = [l for l in figures[1].decode().lower().splitlines() if any(w in l for w in WORDS + [id])]
ok("nor in the figures", not found, found[:5])
print("# %d requests" % total)
END2
python3 busy.py "$COMITY" "$now" >said 2>&1
code=$?
cat said
[ $code -eq 0 ] && ! grep -q '^not ok' said
report 'all of it was asked'
exit $status
