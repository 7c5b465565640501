"""Another's TAXII 2.1 server, pulled: medallion, of OASIS, with its memory backend. It gives a page of a pull once: who asks for the same `next` again gets the page
after it, and a server that was started anew knows none. The pull is killed while a page is on its way, the server is started anew, objects are added between:
nothing is lost, and nothing is there twice. Fails if it is."""
import json
import logging
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading

try:
    from flask import request
    from medallion import application_instance as app
    from medallion import register_blueprints, set_config
    from werkzeug.serving import make_server
except ImportError as e:
    print(f"# skipped: medallion is not here ({e})")
    sys.exit(77)

logging.getLogger("werkzeug").setLevel(logging.ERROR)
COMITY = os.environ["COMITY"]
NOW = "2015-10-02T08:00:00Z"
FIRST, SECOND = "91a7b528-80eb-42ed-a74d-c6fbd5a26116", "52892447-4d7e-4f70-b94d-d7f22742ff63"
MANY, FEW = 2400, 400  # with added_after medallion takes minutes for a page of some thousand
scratch = tempfile.mkdtemp()
HOME = f"{scratch}/centre/rus"
server = None
given = []  # requests for objects
kill_at = None  # the number of the request whose answer never comes
client = None


def campaign(n, version=0):
    return {"type": "campaign", "spec_version": "2.1", "id": f"campaign--00000000-0000-4000-8000-{n:012d}", "created": "2015-09-01T00:00:00.000Z",
            "modified": f"2015-09-01T00:00:0{version}.000Z", "name": f"number {n}"}


def added(i):
    return f"2015-09-{1 + i // 86400:02d}T{i // 3600 % 24:02d}:{i // 60 % 60:02d}:{i % 60:02d}.{i % 7:06d}Z"


def start(objects, collection=FIRST):
    """The server, with these objects in this order and none of what it knew before."""
    global server
    port = server.port if server else 0
    stop()
    server = make_server("127.0.0.1", port, app, threaded=True)
    root = f"http://127.0.0.1:{server.port}/trustgroup1/"
    media = "application/stix+json;version=2.1"
    data = {
        "/discovery": {"title": "of a test", "default": root, "api_roots": [root]},
        "trustgroup1": {
            "information": {"title": "a group", "versions": ["application/taxii+json;version=2.1"], "max_content_length": 104857600},
            "status": [],
            "collections": [{
                "id": collection, "title": "High value", "can_read": True, "can_write": True, "media_types": [media],
                "manifest": [{"id": o["id"], "date_added": added(i), "version": o["modified"], "media_type": media} for i, o in enumerate(objects)],
                "objects": objects,
            }],
        },
    }
    with open(f"{scratch}/data.json", "w") as f:
        json.dump(data, f)
    config = {"backend": {"module": "medallion.backends.memory_backend", "module_class": "MemoryBackend", "filename": f"{scratch}/data.json"},
              "users": {"irq": "four quiet brown dogs"}, "taxii": {"max_page_size": 100}}
    for part in ("users", "taxii", "backend"):
        set_config(app, part, config)
    threading.Thread(target=server.serve_forever, daemon=True).start()


def stop():
    if server:
        server.shutdown()
        server.server_close()


@app.after_request
def see(response):
    """The answer is made, and what it was made of is gone: now who asked dies."""
    if request.path.endswith("/objects/"):
        given.append(request.query_string.decode())
        if kill_at is not None and len(given) >= kill_at and client.poll() is None:
            os.kill(client.pid, signal.SIGKILL)
            client.wait()
    return response


def pull(at=None):
    """What the pull said; with `at`, it is killed at that page."""
    global kill_at, client
    given.clear()
    kill_at = at
    client = subprocess.Popen([COMITY, "--home", HOME, "--clock", NOW, "collect", "taxii", f"http://127.0.0.1:{server.port}/taxii2/", "--user", "irq",
                               "--password-file", f"{scratch}/pw", "--mark", "(//RUS R//REL TO RUS)", "--json"],
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    out, err = client.stdout.read(), client.stderr.read()
    client.wait()
    if at is not None:
        assert client.returncode == -signal.SIGKILL, (client.returncode, out, err)
        return None
    assert client.returncode == 0, err
    return json.loads(out)


def held():
    """Everything in the home, each as often as it is there."""
    ret, cursor = [], None
    while True:
        words = [COMITY, "--home", HOME, "--clock", NOW, "ls", "--type", "campaign", "--limit", "1000", "--json"] + (["--cursor", cursor] if cursor else [])
        done = subprocess.run(words, capture_output=True, text=True, check=True)
        page = json.loads(done.stdout)
        ret += [(o["id"], o["modified"][:19]) for o in page["items"]]
        cursor = page.get("next")
        if not cursor:
            return sorted(ret)


def same(objects, what):
    want, have = sorted((o["id"], o["modified"][:19]) for o in objects), held()
    assert have == want, f"{what}: {len(set(want) - set(have))} lost, {len(have) - len(set(have))} twice, {len(set(have) - set(want))} of nowhere"


def main():
    subprocess.run([COMITY, "trial", f"{scratch}/centre", "irq", "rus", "--clock", "2015-10-01", "--first", "2015-10-01"], check=True,
                   stdout=subprocess.DEVNULL)
    with open(f"{scratch}/pw", "w") as f:
        f.write("four quiet brown dogs\n")
    register_blueprints(app)
    objects, more = [campaign(n) for n in range(MANY)], [campaign(n) for n in range(MANY, MANY + FEW)]
    start(objects)

    # killed while a page is on its way, twice; the server runs on, and gives that page to nobody any more
    pull(at=4)
    pull(at=5)
    said = pull()
    assert said["added"] + said["unchanged"] >= MANY - 900, said
    same(objects, "killed twice")
    print(f"# {MANY} objects, the pull killed twice while a page was on its way: {said}")
    said = pull()
    assert said["added"] == 0 and said["unchanged"] < 200, said
    print(f"# again: {said}")

    # killed, the server started anew, objects and versions added between
    start(more, SECOND)
    pull()
    more += [campaign(n) for n in range(MANY + FEW, MANY + FEW + 250)] + [campaign(n, 1) for n in range(MANY, MANY + 100)]
    start(more, SECOND)
    pull(at=2)
    more += [campaign(n) for n in range(MANY + FEW + 250, MANY + FEW + 300)]
    start(more, SECOND)
    said = pull()
    same(objects + more, "started anew")
    print(f"# 400 more, the pull killed, the server started anew with 50 of them: {said}")
    said = pull()
    assert said["added"] == 0, said


try:
    main()
finally:
    stop()
    shutil.rmtree(scratch, ignore_errors=True)
