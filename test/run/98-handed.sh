#!/bin/sh
# A node that is given its sockets by a service manager, as systemd does it, and how it ends. Fails if it does not answer on them, if what was asked before it
# ran or between two of its lives is refused, if a socket would carry passwords over a network in clear, if what is under way when it is ended is not answered,
# or if it cannot be ended at once.
. "${0%/*}/scenario"
centre irq rus
cd "$dir" || exit 2
trap 'for p in $(cat pid 2>/dev/null); do kill -9 "$p" 2>/dev/null; done; rm -rf "$dir"' EXIT
cat >manager.py <<'END'
import os, signal, socket, subprocess, sys, time, urllib.request
program, home, clock = sys.argv[1:]
LONG = 60  # seconds: no machine is so slow

def listener(address="127.0.0.1"):
    s = socket.socket()
    s.bind((address, 0))
    s.listen(16)
    return s

def start(named, also=()):
    """The node, its sockets at 3, 4 and so on."""
    open("out", "w").close()
    pid = os.fork()
    if pid == 0:
        high = [os.dup(s.fileno()) for _, s in named]
        high = [os.dup2(fd, 100 + i) for i, fd in enumerate(high)]
        for i, fd in enumerate(high):
            os.dup2(fd, 3 + i)
            os.close(fd)
        out = os.open("out", os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.dup2(out, 1)
        os.dup2(out, 2)
        env = dict(os.environ, LISTEN_PID=str(os.getpid()), LISTEN_FDS=str(len(named)), LISTEN_FDNAMES=":".join(n for n, _ in named))
        os.execve(program, [program, "serve", "-C", home, "--clock", clock, *also], env)
    open("pid", "w").write(str(pid))
    return pid

def ended(pid, seconds):
    until = time.time() + seconds
    while time.time() < until:
        got, status = os.waitpid(pid, os.WNOHANG)
        if got:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.02)
    return None

def told(words):
    until = time.time() + LONG
    while time.time() < until:
        if words in open("out").read():
            return True
        time.sleep(0.02)
    return False

def ok(name, good, why=""):
    print(("ok " if good else "not ok ") + name)
    if not good:
        print("#  ", why, open("out").read()[-600:].replace("\n", "\n#  "))

def healthy(sock):
    sock.sendall(b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
    sock.settimeout(LONG)
    got = b""
    while True:
        more = sock.recv(4096)
        if not more:
            return got.startswith(b"HTTP/1.1 200") or got
        got += more

def connect(s):
    return socket.create_connection(s.getsockname(), LONG)

web, peers = listener(), listener()
early = connect(web)
pid = start([("peers", peers), ("other", listener()), ("web", web)], ["--web", "off"])
ok("a node takes the sockets it is given, by their names", told("the node runs") and "port %d\n" % peers.getsockname()[1] in open("out").read()
   and "127.0.0.1:%d" % web.getsockname()[1] in open("out").read())
ok("who asked before it ran is answered", healthy(early) is True)
os.kill(pid, signal.SIGHUP)
time.sleep(0.2)
ok("as is who asks now", healthy(connect(web)) is True)
os.kill(pid, signal.SIGTERM)
ok("it ends well", ended(pid, LONG) == 0)
between = connect(web)
pid = start([("peers", peers), ("web", web)])
ok("who asks between two lives is answered in the second", told("the node runs") and healthy(between) is True)

# what is under way is answered first; a second signal does not wait for it
def slow_add(pid):
    """One that the node has taken."""
    before = len(os.listdir("/proc/%d/fd" % pid))
    add = subprocess.Popen([program, "-C", home, "add", "-"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    add.stdin.write(text[:40])
    add.stdin.flush()
    until = time.time() + LONG
    while len(os.listdir("/proc/%d/fd" % pid)) <= before and time.time() < until:
        time.sleep(0.02)
    time.sleep(0.5)
    return add
text = b"Type: SITREP\nSubject: (//IRQ R//REL TO ALL) Slow\n\n(//IRQ R//REL TO ALL) [A1] It was slow.\n"
add = slow_add(pid)
os.kill(pid, signal.SIGTERM)
still = ended(pid, 1) is None
add.stdin.write(text[40:])
said = add.communicate(timeout=LONG)[0].decode()
began = time.time()
ok("what is under way when it is ended is answered", still and add.returncode == 0 and "1 object added" in said, (still, said))
ok("and then it ends well", ended(pid, LONG) == 0)
pid = start([("peers", peers), ("web", web)])
told("the node runs")
add = slow_add(pid)
os.kill(pid, signal.SIGTERM)
still = ended(pid, 1) is None
os.kill(pid, signal.SIGTERM)
code = ended(pid, LONG)
ok("a second signal ends it at once", still and code == -signal.SIGTERM, (still, code))
add.kill()
add.communicate()

pid = start([("web", listener("0.0.0.0"))])
ok("a socket open to a network in clear is refused", ended(pid, 20) not in (0, None) and "in clear" in open("out").read())
os.remove("pid")
END
python3 manager.py "$COMITY" "$dir/irq" "$now" >said 2>&1
code=$?
cat said
[ $code -eq 0 ] && ! grep -q '^not ok' said
report 'the manager saw it through'
says 'no fault' 'the home is whole' at irq verify
exit $status
