"""How long medallion, the TAXII 2.1 server of OASIS, takes for a page of 100 of the objects of a bundle, with its memory backend and over HTTP: seconds, as
one line. usage: other_taxii.py BUNDLE; 77 where it is not installed (make interop installs it)."""
import base64
import json
import logging
import os
import sys
import tempfile
import threading
import time
import urllib.request

try:
    from medallion import application_instance as app
    from medallion import register_blueprints, set_config
    from werkzeug.serving import make_server
except ImportError:
    sys.exit(77)

logging.getLogger("werkzeug").setLevel(logging.ERROR)
COLLECTION = "91a7b528-80eb-42ed-a74d-c6fbd5a26116"
PASSWORD = "four quiet brown dogs"
MEDIA = "application/stix+json;version=2.1"


def data(root, objects):
    manifest = [{"id": o["id"], "date_added": f"2015-10-01T{i // 3600:02d}:{i // 60 % 60:02d}:{i % 60:02d}.000000Z", "version": o["modified"],
                 "media_type": MEDIA} for i, o in enumerate(objects)]
    return {
        "/discovery": {"title": "of a bench", "default": root, "api_roots": [root]},
        "root": {
            "information": {"title": "root", "versions": ["application/taxii+json;version=2.1"], "max_content_length": 100000000},
            "status": [],
            "collections": [{"id": COLLECTION, "title": "all", "can_read": True, "can_write": False, "media_types": [MEDIA], "manifest": manifest,
                             "objects": objects}],
        },
    }


with open(sys.argv[1]) as f:
    objects = json.load(f)["objects"]
server = make_server("127.0.0.1", 0, app, threaded=True)
root = f"http://127.0.0.1:{server.port}/root/"
with tempfile.NamedTemporaryFile("w", suffix=".json", delete=False) as f:
    json.dump(data(root, objects), f)
config = {"backend": {"module": "medallion.backends.memory_backend", "module_class": "MemoryBackend", "filename": f.name}, "users": {"nour": PASSWORD},
          "taxii": {"max_page_size": 100}}
for part in ("users", "taxii", "backend"):
    set_config(app, part, config)
os.unlink(f.name)
register_blueprints(app)
threading.Thread(target=server.serve_forever, daemon=True).start()
ask = urllib.request.Request(f"{root}collections/{COLLECTION}/objects/?limit=100&added_after=2001-01-01T00:00:00.000001Z", headers={
    "Accept": "application/taxii+json;version=2.1", "Authorization": "Basic " + base64.b64encode(f"nour:{PASSWORD}".encode()).decode()})
start = time.monotonic()
with urllib.request.urlopen(ask) as reply:
    page = json.load(reply)
took = time.monotonic() - start
if len(page["objects"]) != 100:
    sys.exit(f"a page of {len(page['objects'])} objects")
print(took)
os._exit(0)
