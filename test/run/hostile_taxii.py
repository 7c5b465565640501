#!/usr/bin/env python3
"""A TAXII 2.1 server that does what it should not, on loopback. Prints its port. Each API root is one way: /repeat/, /loop/, /reorder/, /empty/, ...; a
request is told on standard error. How many objects each has: see the scenario."""
import gzip
import json
import os
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

TYPE = "application/taxii+json;version=2.1"


def thing(n):
    return {"type": "campaign", "spec_version": "2.1", "id": f"campaign--00000000-0000-4000-8000-{n:012d}", "created": "2015-10-01T00:00:00.000Z",
            "modified": "2015-10-01T00:00:00.000Z", "name": f"thing {n}"}


def page(way, step):
    """What step (0 first) of a way gives: envelope, moment of the last."""
    if way == "repeat":  # the first page twice
        n = max(step - 1, 0)
        return {"more": n < 2, "next": str(step + 1), "objects": [thing(100 + n)]}, f"2015-10-01T06:00:0{n}Z"
    if way == "loop":
        return {"more": True, "next": "1", "objects": [thing(200)]}, "2015-10-01T06:00:00Z"
    if way == "reorder":
        return {"more": step < 2, "next": str(step + 1), "objects": [thing(300 + step)]}, f"2015-10-01T06:00:0{9 - step}Z"
    if way == "empty":
        return {"more": True, "next": str(step + 1)}, None
    if way == "bad":
        return {"objects": [thing(400), {"type": "campaign"}, thing(401)]}, "2015-10-01T06:00:00Z"
    if way == "long":  # three pages, of which the second waits for a file to be there
        return {"more": step < 2, "next": str(step + 1), "objects": [thing(700 + step)]}, f"2015-10-01T06:00:0{step}Z"
    if way in ("heavy", "fat"):
        return {"objects": [thing(800 if way == "heavy" else 801)]}, "2015-10-01T06:00:00Z"
    return {"objects": [thing(500)]}, None


asked = {}


def asked_of(way):
    return asked.setdefault(way, [])


class Handler(BaseHTTPRequestHandler):
    def log_message(self, *_):
        pass

    def give(self, status, body, headers=()):
        self.send_response(status)
        for k, v in headers:
            self.send_header(k, v)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        try:
            self.wfile.write(body)
        except OSError:
            pass

    def drip(self, text, told):
        self.send_response(200)
        for k, v in told:
            self.send_header(k, v)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        try:
            for byte in text:
                self.wfile.write(bytes([byte]))
                time.sleep(0.3)
        except OSError:
            pass

    def do_GET(self):
        print(self.path, self.headers.get("Authorization"), file=sys.stderr, flush=True)
        url = urlsplit(self.path)
        way, *rest = url.path.strip("/").split("/")
        told = [("Content-Type", TYPE)]
        if way == "outside":
            return self.give(200, json.dumps({"title": "x", "api_roots": ["http://10.0.0.1/root/"]}).encode(), told)
        if way == "redirect":
            return self.give(302, b"", [("Location", "/plain/")])
        if way.isdigit():
            return self.give(int(way), b"", [("Retry-After", "30")])
        if not rest:
            return self.give(200, json.dumps({"title": way, "versions": [TYPE], "max_content_length": 1000}).encode(), told)
        if rest == ["collections"]:
            name = "../../etc" if way == "traverse" else "c-1"
            return self.give(200, json.dumps({"collections": [{"id": name, "title": "All", "can_read": True, "can_write": False}]}).encode(), told)
        if way == "huge":
            return self.give(200, b'{"objects":[' + b" " * 100_000_000 + b"]}", told)
        if way == "bomb":
            return self.give(200, gzip.compress(b'{"objects":[' + b" " * 100_000_000 + b"]}"), told + [("Content-Encoding", "gzip")])
        if way == "torn":
            return self.give(200, b'{"more":false,"objects":[{"type":"campaign"', told)
        query = parse_qs(url.query)
        if way in ("heavy", "fat") and int(query["limit"][0]) > 10:  # too much for it, or for who asks
            return self.give(413, b"", told) if way == "heavy" else self.give(200, b'{"objects":[' + b" " * 40_000_000 + b"]}", told)
        asked_of(way).append(url.query)
        body, last = page(way, int(query.get("next", ["0"])[0]))
        if last:
            told += [("X-TAXII-Date-Added-First", last), ("X-TAXII-Date-Added-Last", last)]
        text = json.dumps(body).encode()
        if way == "behind":  # a second envelope, and an object, where the first ends
            text = text + b' {"objects":[' + json.dumps(thing(600)).encode() + b"]}"
        if way == "type":  # a page of somebody's web server
            told[0] = ("Content-Type", "application/json")
        if way == "older":
            told[0] = ("Content-Type", "application/vnd.oasis.taxii+json; version=2.0")
        if way == "quoted":  # the same type, said otherwise
            told[0] = ("Content-Type", 'Application/TAXII+json; Version="2.1"')
        if way == "long" and query.get("next") == ["1"] and not os.path.exists("gate"):
            while not os.path.exists("gate"):
                time.sleep(0.05)
        if way == "drip":  # a byte, and a while until the next
            return self.drip(text, told)
        if way == "busy" and len(asked_of(way)) == 1:  # once asked too often, then as it should be
            return self.give(429, b"", [("Retry-After", "7200")])
        if way == "gzip":
            text = gzip.compress(text)
            told.append(("Content-Encoding", "gzip"))
        return self.give(200, text, told)


server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
print(server.server_port, flush=True)
server.serve_forever()
