"""TAXII 2.1 of a running node, by the OASIS clients (taxii2-client, and stix2's collection source and store): discovery, collections, pages, filters, one object,
its versions, the manifest, what is put in and its status; and a poller that keeps to added_after misses nothing of what other members release late."""
import json
import logging
import os
import shutil
import subprocess
import sys
import tempfile
import time

import requests
import stix2
from taxii2client.v21 import ApiRoot, Collection, Server, as_pages

logging.getLogger("taxii2client").setLevel(logging.ERROR)  # that a page has fewer than were asked for
COMITY = os.environ["COMITY"]
NOW = "2015-10-02T08:00:00Z"
OWN = 120
scratch = tempfile.mkdtemp()
node = None


def comity(home, *words, clock=NOW):
    done = subprocess.run([COMITY, "--home", f"{scratch}/{home}", *(["--clock", clock] if clock else []), *words], capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{home}: {words}: {done.stderr}")
    return done.stdout


def the_id(n):
    return f"campaign--00000000-0000-4000-8000-{n:012d}"


def campaign(n, modified="2015-09-01T00:00:00.000Z"):
    return {"type": "campaign", "spec_version": "2.1", "id": the_id(n), "created": "2015-09-01T00:00:00.000Z", "modified": modified, "name": f"number {n}"}


def refused(status, f, *args, **named):
    try:
        f(*args, **named)
    except requests.HTTPError as e:
        assert e.response.status_code == status, (e.response.status_code, e.response.text)
        assert e.response.json()["title"], e.response.text
        return
    sys.exit(f"{f.__name__} {args} {named}: not refused")


def requests_delete(where):
    requests.delete(where, auth=("nour", token), headers={"Accept": "application/taxii+json;version=2.1"}, timeout=20).raise_for_status()


def pages(f, many, at_most=100, **filters):
    """All of all pages. A server whose way to the next page a client cannot follow sends it round for ever."""
    ret = []
    for i, page in enumerate(as_pages(f, per_request=many, **filters)):
        assert i < at_most, "the pages do not end"
        ret.append(page.get("objects", []))
    return ret


def ids(all_pages):
    return [one["id"] for page in all_pages for one in page]


try:
    subprocess.run([COMITY, "trial", scratch, "irq", "rus", "--clock", "2015-10-01", "--first", "2015-10-01"], check=True, stdout=subprocess.DEVNULL)
    with open(f"{scratch}/password", "w") as f:
        f.write("four quiet brown dogs\n")
    comity("irq", "account", "add", "nour", "--role", "analyst", "--cleared", "all", "--password-file", f"{scratch}/password")
    token = comity("irq", "token", "add", "nour", "--name", "client", "--scope", "taxii:read", "--scope", "taxii:write", "--quiet").strip()
    with open(f"{scratch}/late", "w") as f:
        f.write("\n".join(json.dumps(campaign(n)) for n in range(1001, 1031)))
    comity("rus", "add", f"{scratch}/late", "--mark", "(//RUS R//REL TO IRQ, RUS)")
    node = subprocess.Popen([COMITY, "serve", "-C", f"{scratch}/irq", "--clock", NOW, "--web", "127.0.0.1:0"], stdout=subprocess.PIPE,
                            stderr=subprocess.DEVNULL, text=True)
    url = None
    for line in node.stdout:
        if line.startswith("people and their tools are answered at "):
            url = line.split()[7]
        if "the node runs" in line:
            break
    who = {"user": "nour", "password": token}

    # what there is
    server = Server(f"{url}/taxii2/", **who)
    assert server.title == "Comity" and len(server.api_roots) == 1 and server.default.url == server.api_roots[0].url
    root = server.api_roots[0]
    assert root.versions == ["application/taxii+json;version=2.1"] and root.max_content_length > 0
    assert isinstance(root, ApiRoot)
    by_title = {c.title: c for c in root.collections}
    everything, inbox = by_title["Everything"], by_title["Inbox"]
    assert everything.can_read and not everything.can_write and inbox.can_write and inbox.can_read
    refused(401, lambda: Server(f"{url}/taxii2/", user="nour", password="x" * 40).title)
    refused(404, lambda: Collection(f"{root.url}collections/00000000-0000-4000-8000-000000000000/", **who).title)

    # put in
    done = inbox.add_objects({"objects": [campaign(n) for n in range(1, OWN + 1)]})
    assert (done.status, done.total_count, done.success_count, done.failure_count) == ("complete", OWN, OWN, 0), done._raw
    assert root.get_status(done.id).success_count == OWN
    done.refresh()
    assert done.status == "complete"
    done = inbox.add_objects({"objects": [campaign(OWN + 1), {"type": "campaign", "spec_version": "2.1", "id": the_id(OWN + 2), "name": "undated"}]})
    assert (done.success_count, done.failure_count) == (1, 1), done._raw
    refused(404, root.get_status, "00000000-0000-4000-8000-000000000000")
    time.sleep(0.05)

    # pages
    want = [the_id(n) for n in range(1, OWN + 2)]
    for many in 0, 1000, 100, 7:
        got = pages(everything.get_objects, many)
        assert ids(got) == want, (many, len(ids(got)))
        assert many != 7 or len(got) == 18
        got = pages(everything.get_manifest, many)
        assert ids(got) == want, (many, len(ids(got)))
    dates = [one["date_added"] for page in got for one in page]
    assert dates == sorted(dates) and len(set(dates)) == len(dates)
    assert ids(pages(everything.get_objects, 7, added_after=dates[60])) == want[61:]
    assert ids(pages(everything.get_manifest, 7, added_after=dates[-1])) == []

    # versions
    inbox.add_objects({"objects": [campaign(5, "2015-09-02T00:00:00.000Z"), campaign(5, "2015-09-03T00:00:00.000Z")]})
    time.sleep(0.05)
    assert everything.object_versions(the_id(5))["versions"] == [f"2015-09-0{n}T00:00:00.000Z" for n in (1, 2, 3)]
    modified = lambda **filters: [o["modified"][9] for o in everything.get_object(the_id(5), **filters)["objects"]]
    assert modified() == ["3"] and modified(version="first") == ["1"] and modified(version="all") == ["1", "2", "3"]
    assert modified(version="2015-09-02T00:00:00.000Z") == ["2"] and modified(version=["first", "last"]) == ["1", "3"]
    assert len(ids(pages(everything.get_objects, 50, version="all"))) == OWN + 3
    page = everything.object_versions(the_id(5), limit=2)
    assert page["more"] and everything.object_versions(the_id(5), limit=2, next=page["next"])["versions"] == ["2015-09-03T00:00:00.000Z"]

    # filters
    assert sorted(ids(pages(everything.get_objects, 1, id=[the_id(7), the_id(9), the_id(9999)]))) == [the_id(7), the_id(9)]
    assert ids(pages(everything.get_objects, 50, type="malware,tool")) == []
    assert len(ids(pages(everything.get_objects, 50, type=["malware", "campaign"]))) == OWN + 1
    assert ids(pages(everything.get_objects, 50, spec_version="2.0")) == []
    assert len(ids(pages(everything.get_objects, 50, spec_version=["2.0", "2.1"]))) == OWN + 1
    refused(404, everything.get_object, the_id(9999))
    refused(400, everything.get_objects, next="00")
    refused(400, everything.get_objects, added_after="yesterday")
    refused(403, requests_delete, f"{everything.objects_url}{the_id(1)}/")  # the client itself does not ask where it may not write

    # a poller: what is released late is there at the next poll, once
    known = set(ids(pages(everything.get_objects, 7)))
    last = [one["date_added"] for page in pages(everything.get_manifest, 7) for one in page][-1]
    polls = 0
    for n in range(1001, 1031, 3):
        for i in range(n, n + 3):
            comity("rus", "release", the_id(i), "--to", "ALL", "--yes")
        comity("irq", "sync", f"{scratch}/rus", clock=None)
        inbox.add_objects({"objects": [campaign(2000 + n)]})
        polls += 1
        got = pages(everything.get_manifest, 2, added_after=last)
        assert not known & set(ids(got)), "told twice"
        known |= set(ids(got))
        last = got[-1][-1]["date_added"] if got[-1] else last
    time.sleep(0.05)
    known |= set(ids(pages(everything.get_manifest, 2, added_after=last)))
    missed = ({the_id(n) for n in range(1001, 1031)} | {the_id(2000 + n) for n in range(1001, 1031, 3)}) - known
    assert not missed, f"the poller missed {missed}"
    root.refresh_collections()
    assert len(root.collections) == 4, [c.title for c in root.collections]

    # stix2
    source = stix2.TAXIICollectionSource(everything)
    one = source.get(the_id(5))
    assert one.modified == stix2.utils.parse_into_datetime("2015-09-03T00:00:00Z") and source.get(the_id(9999)) is None
    assert sorted(o.modified.day for o in source.all_versions(the_id(5))) == [1, 2, 3]
    assert len(source.query([stix2.Filter("type", "=", "campaign")])) == OWN + 1 + 30 + 10
    assert [o.id for o in source.query([stix2.Filter("name", "=", "number 1010")])] == [the_id(1010)]
    sink = stix2.TAXIICollectionSink(inbox)
    made = stix2.Campaign(name="by the library")
    sink.add(made)
    time.sleep(0.05)
    assert source.get(made.id).serialize() == made.serialize()
    assert not everything.can_write  # the library itself does not delete there
    inbox.delete_object(made.id)
    time.sleep(0.05)
    assert source.get(made.id) is None
    refused(404, inbox.delete_object, made.id)
    print(f"# {len(known)} objects to a poller in {polls} polls")
finally:
    if node:
        node.terminate()
        node.wait(timeout=20)
    shutil.rmtree(scratch, ignore_errors=True)
