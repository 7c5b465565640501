#!/usr/bin/env python3
"""A member's node that does what it should not: hostile_peer.py HOME PORT CHARTERS, on loopback, by that home's own TLS key. The first word of the file
`way` says how, anew at each request: `early` answers whoever waits for news at once, with the same; `changing` with something else each time;
`drip` gives everything a few bytes at a time. Each request is told on standard error."""
import base64
import hashlib
import socket
import ssl
import subprocess
import sys
import threading
import time

home, port, charters = sys.argv[1], int(sys.argv[2]), open(sys.argv[3], "rb").read()
asked = 0


def context():
    seed = base64.b64decode(open(home + "/keys/tls").read().split()[1])
    der = bytes.fromhex("302e020100300506032b657004220420") + seed
    with open("peer.key", "w") as f:
        f.write("-----BEGIN PRIVATE KEY-----\n" + base64.b64encode(der).decode() + "\n-----END PRIVATE KEY-----\n")
    subprocess.run(["openssl", "req", "-x509", "-new", "-key", "peer.key", "-out", "peer.crt", "-subj", "/CN=comity node", "-days", "2"], check=True, capture_output=True)
    c = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    c.load_cert_chain("peer.crt", "peer.key")
    return c


def give(c, body, status="200 OK", seconds=0):
    head = b"HTTP/1.1 %s\r\nContent-Type: application/octet-stream\r\nContent-Length: %d\r\n\r\n" % (status.encode(), len(body))
    c.sendall(head if seconds else head + body)
    if not seconds:
        return
    began, at = time.time(), 0
    while at < len(body):
        to = int(len(body) * (time.time() - began) / seconds) + 1
        if to > at:
            c.sendall(body[at:to])
            at = to
        time.sleep(0.2)


def answer(c, path):
    global asked
    asked += 1
    way = open("way").read().split()[0]
    print(way, path, file=sys.stderr, flush=True)
    centre, what = path.strip("/").split("/", 1)
    slow = 100 if way == "drip" else 0
    origin = f"comity/{centre}/irq.rus/rus/1"
    listing = f"{hashlib.sha256(origin.encode()).hexdigest()} {asked if way != 'early' else 5} {origin}\n".encode()
    if what.startswith("logs?"):
        return give(c, listing)
    if what == "logs":
        return give(c, listing, seconds=slow)
    if what == "charters":
        return give(c, charters, seconds=slow)
    if what.endswith("checkpoint") and slow:
        return give(c, b"x" * 900, seconds=slow)
    return give(c, b"nothing\n", "404 Not Found")


def one(c):
    try:
        c = tls.wrap_socket(c, server_side=True)
        got = b""
        while True:
            while b"\r\n\r\n" not in got:
                more = c.recv(65536)
                if not more:
                    return
                got += more
            head, got = got.split(b"\r\n\r\n", 1)
            answer(c, head.split(b" ")[1].decode())
    except OSError:
        pass
    finally:
        c.close()


tls = context()
listener = socket.socket()
listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
listener.bind(("127.0.0.1", port))
listener.listen(50)
print("ready", flush=True)
while True:
    threading.Thread(target=one, args=(listener.accept()[0],), daemon=True).start()
