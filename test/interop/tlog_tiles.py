"""A log of a running node, read over mutual TLS by another's C2SP tlog-tiles client (tlog_tiles/main.go, on transparency-dev/tessera from the Go module proxy):
checkpoint, entries, tiles, growth, countersignature. Skipped where there is no Go, or its modules cannot be had."""
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time

COMITY = os.environ["COMITY"]
here = os.path.join(os.path.dirname(os.path.abspath(__file__)), "tlog_tiles")
minute = 0


def skip(why):
    print("#", why)
    sys.exit(77)


go = shutil.which("go") or next((p for p in ("/usr/local/go/bin/go", "/usr/lib/go/bin/go") if os.access(p, os.X_OK)), None)
if not go:
    skip("no Go here; 1.24 or newer is needed")
scratch = tempfile.mkdtemp()
node = None


def comity(home, *words, fine=True):
    done = subprocess.run([COMITY, "--home", os.path.join(scratch, home), *words], capture_output=True, text=True)
    if fine and done.returncode:
        sys.exit(f"{home}: {words}: {done.stderr}")
    return done.stdout


def at(home, *words):
    """In a home that no node runs on. Time goes on by a minute: what a card says counts from its moment on."""
    return comity(home, "--clock", later(), *words)


def later():
    global minute
    minute += 1
    return f"2015-10-02T08:{minute:02d}:00Z"


def campaign(n):
    return json.dumps({"type": "campaign", "spec_version": "2.1", "id": f"campaign--00000000-0000-4000-8000-{n:012d}",
                       "created": "2015-09-01T00:00:00.000Z", "modified": "2015-09-01T00:00:00.000Z", "name": f"number {n}"})


def release(first, last):
    """An entry for each."""
    for n in range(first, last):
        comity("irq", "release", f"campaign--00000000-0000-4000-8000-{n:012d}", "--to", "irq.rus", "--yes")


def read(*more, as_member="rus", author=None, fine=True, pin=None):
    done = subprocess.run(
        [reader, "-url", f"https://127.0.0.1:{port}/{centre}", "-pin", pin or pins["irq"], "-key", f"{scratch}/{as_member}/keys/tls",
         "-origin", f"comity/{centre}/irq.rus/irq/1", "-author", author or log_keys["irq"], *more], capture_output=True, text=True)
    if fine and done.returncode:
        sys.exit(f"the reader: {done.stderr}")
    if not fine and not done.returncode:
        sys.exit(f"the reader took what it should not, {more}: {done.stdout}")
    return done.stdout if fine else done.stderr


try:
    reader = os.path.join(scratch, "reader")
    env = dict(os.environ, GOFLAGS="-mod=readonly -buildvcs=false")
    had = subprocess.run([go, "list", "-deps", "."], cwd=here, capture_output=True, text=True, timeout=300, env=env)
    if had.returncode:
        skip("its modules cannot be had here, or this Go is older than 1.24: " + had.stderr.strip().splitlines()[-1])
    subprocess.run([go, "build", "-o", reader, "."], cwd=here, check=True, timeout=500, env=env)

    subprocess.run([COMITY, "trial", scratch, "irq", "rus", "irn", "--clock", "2015-10-01", "--first", "2015-10-01"], check=True, stdout=subprocess.DEVNULL)
    for home in "irq", "rus", "irn":
        at(home, "key", "--tls")
    for one in "irq", "rus", "irn":
        at(one, "sync", *[f"{scratch}/{other}" for other in ("irq", "rus", "irn") if other != one])
    charter = json.loads(at("rus", "charter", "show", "--json"))
    centre = charter["centre_id"]
    log_keys = {m["id"]: m["log"] for m in json.loads(charter["text"])["members"]}
    pins = {m["id"]: m["tls"] for m in json.loads(at("rus", "members", "--json"))["items"]}
    with open(f"{scratch}/many", "w") as f:
        f.write("\n".join(campaign(n) for n in range(1, 601)))
    at("irq", "add", f"{scratch}/many", "--mark", "(//IRQ R//REL TO IRQ, RUS)")

    node = subprocess.Popen([COMITY, "serve", "-C", f"{scratch}/irq", "--clock", later(), "--peers", "127.0.0.1:0", "--web", "off"], stdout=subprocess.PIPE,
                            stderr=subprocess.DEVNULL, text=True)
    port = None
    for line in node.stdout:
        if "answered on port " in line:
            port = int(line.rsplit(" ", 1)[1])
        if "the node runs" in line:
            break

    release(1, 6)
    first = f"{scratch}/first"
    assert read("-keep", first).splitlines() == ["size 5"]
    said = read("-cosigner", f"comity/{centre}/rus={log_keys['rus']}", fine=False)
    assert "has not countersigned" in said, said
    at("rus", "sync", f"{scratch}/irq")
    comity("irq", "sync", f"{scratch}/rus")
    said = read("-cosigner", f"comity/{centre}/rus={log_keys['rus']}")
    assert f"countersigned by comity/{centre}/rus at 2015-10-02T08:" in said and "size 5" in said, said

    # more than two full tiles, and one of a level above
    release(6, 561)
    second = f"{scratch}/second"
    assert "size 560" in read("-older", first, "-keep", second)
    at("rus", "sync", f"{scratch}/irq")
    comity("irq", "sync", f"{scratch}/rus")
    read("-older", second, "-cosigner", f"comity/{centre}/rus={log_keys['rus']}")

    # what it must not take
    assert "no such file" in read(as_member="nobody", fine=False)
    read(as_member="irn", fine=False)  # a member, but not of the circle
    read(author=log_keys["rus"], fine=False)  # another's key
    said = read("-cosigner", f"comity/{centre}/rus={log_keys['irn']}", fine=False)
    said = read(pin="00" * 32, fine=False)
    assert "another key" in said, said
    print("# a log of 560 entries read, from 5 on")
finally:
    if node:
        node.terminate()
        node.wait(timeout=20)
    shutil.rmtree(scratch, ignore_errors=True)
