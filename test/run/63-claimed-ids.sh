#!/bin/sh
# Who uses another's id. Fails if a member that versions another's object keeps the other's words from those who poll, by a later date or by the same
# one; if what is pulled from a stranger's server speaks as this member, or takes the place of what this member wrote; or if an object of very many
# versions holds up what comes after it.
. "${0%/*}/scenario"
cd "$dir" || exit 2
pid='' stranger=''
trap 'for p in $pid $stranger; do kill $p 2>/dev/null; done; wait 2>/dev/null; rm -rf "$dir"' EXIT

centre irn irq rus
echo 'four quiet brown dogs' >pw
at irq account add nour --role analyst --cleared all --password-file pw >/dev/null 2>&1
token=$(at irq token add nour --name poller --scope taxii:read --scope taxii:write --quiet)
campaign() { # NUMBER MODIFIED NAME
	printf '{"type":"campaign","spec_version":"2.1","id":"campaign--00000000-0000-4000-8000-00000000000%s","created":"2015-10-01T00:00:00.000Z","modified":"%s","name":"%s"}' "$@"
}
tell() { # MEMBER CIRCLE NUMBER MODIFIED NAME
	campaign "$3" "$4" "$5" >one
	at "$1" add one --mark "(//$(echo "$1" | tr a-z A-Z) R//REL TO IRN, IRQ, RUS)" >/dev/null 2>&1
	at "$1" release "campaign--00000000-0000-4000-8000-00000000000$3" --to "$2" --yes >/dev/null 2>&1
}
tell rus ALL 1 9999-12-31T23:59:59.999Z 'all is well'
tell irn ALL 1 2015-10-01T00:00:00.000Z 'the dam'
tell irn ALL 1 2015-10-02T00:00:00.000Z 'leave now'
tell rus irq.rus 2 2015-10-01T00:00:00.000Z 'nothing here'
tell irn ALL 2 2015-10-01T00:00:00.000Z 'the bridge'
tell irn ALL 3 2015-10-01T00:00:00.000Z 'the same'
tell rus ALL 3 2015-10-01T00:00:00.000Z 'the same'
for m in rus irn; do at irq sync "$dir/$m" >/dev/null 2>&1; done
python3 - >many <<'END'
import json, datetime
t = datetime.datetime(2010, 1, 1)
def one(n, at):
    return {"type": "campaign", "spec_version": "2.1", "id": "campaign--00000000-0000-4000-8000-%012d" % n, "created": "2010-01-01T00:00:00.000Z",
        "modified": at.strftime("%Y-%m-%dT%H:%M:%S.000Z"), "name": "many"}
print(json.dumps({"objects": [one(8, t + datetime.timedelta(minutes=i)) for i in range(20001)] + [one(9, t)]}))
END
at irq add many >/dev/null 2>&1
now=2015-10-02T09:00:00Z # after all of it
node_of irq --web 127.0.0.1:0
root=$url/taxii2/root
taxii() { curl -g -s -u "nour:$token" "$root/$1"; }
all=$(taxii collections/ | python3 -c 'import json,sys; print(json.load(sys.stdin)["collections"][0]["id"])')
names() { taxii "collections/$all/objects/campaign--00000000-0000-4000-8000-00000000000$1/$2" | python3 -c '
import json, sys
print(",".join(sorted(o["name"] for o in json.load(sys.stdin)["objects"])))'; }
sleep 0.1
same 'all is well,leave now' 'the last version is that of each author' names 1
same 'nothing here,the bridge' 'one moment by two authors is two' names 2
same 'nothing here,the bridge' 'of all versions too' names 2 '?match[version]=all'
same 'the same' 'one content by two authors is one' names 3
# pages: PAGES OBJECTS
pages() {
	taxii "collections/$all/objects/?limit=1000" >page
	n=1
	while [ $n -lt 20 ] && next=$(python3 -c 'import json,sys; j=json.load(open("page")); print(j["next"]) if j["more"] else sys.exit(1)'); do
		taxii "collections/$all/objects/?limit=1000&next=$next" >page
		n=$((n + 1))
	done
	python3 -c 'import json; print(sum(o["id"].endswith("9") for o in json.load(open("page"))["objects"]))'
}
same 1 'what comes after twenty thousand versions is reached in a few pages' pages

# a withdrawal of what may not be, beside what may, is none of it
node() { "$COMITY" -C "$dir/irq" "$@"; }
node grade campaign--00000000-0000-4000-8000-000000000001 B2 --reason x >/dev/null 2>&1
note=$(node ls --all --type note --json 2>/dev/null | python3 -c 'import json,sys; print(json.load(sys.stdin)["items"][0]["id"])')
printf '{"type":"note","spec_version":"2.1","id":"%s","created":"2014-10-01T00:00:00.000Z","modified":"2014-10-01T00:00:00.000Z","content":"harmless","object_refs":["campaign--00000000-0000-4000-8000-000000000001"]}' "$note" >n
node add n >/dev/null 2>&1
inbox=$(taxii collections/ | python3 -c 'import json,sys; print([c["id"] for c in json.load(sys.stdin)["collections"] if c["can_write"]][0])')
same 403 'not both can be' curl -g -s -o body -w '%{http_code}' -X DELETE -u "nour:$token" "$root/collections/$inbox/objects/$note/?match[version]=first,last"
hides withdrawn 'so neither is' node versions "$note"

# a stranger's server
report_text '(//IRQ R//REL TO IRQ, RUS)' dam >two <<END
(//IRQ R//REL TO IRQ, RUS) [B2] The dam holds.
END
node add two >/dev/null 2>&1
own=$(node ls -n 1 --type report --json | python3 -c 'import json,sys; print(json.load(sys.stdin)["items"][0]["id"])')
us=$(node members --json | grep -o 'identity--[0-9a-f-]*' | head -n 1)
campaign 7 2015-10-01T00:00:00.000Z 'our own words' >own
node add own --mark '(//IRQ R//REL TO IRQ, RUS)' >/dev/null 2>&1
node release campaign--00000000-0000-4000-8000-000000000007 --to rus --yes >/dev/null 2>&1
cat >stranger.py <<END
import http.server, json
at = {"created": "2015-10-01T00:00:00.000Z", "modified": "9999-12-30T00:00:00.000Z", "spec_version": "2.1"}
vendor = "identity--00000000-0000-4000-8000-0000000000aa"
objects = [
    {"type": "campaign", "id": "campaign--00000000-0000-4000-8000-000000000007", "name": "a stranger's", **at},
    {"type": "campaign", "id": "campaign--00000000-0000-4000-8000-000000000006", "name": "in our name", "created_by_ref": "$us", **at},
    {"type": "report", "id": "$own", "name": "a stranger's", "published": at["created"], "object_refs": [vendor], **at},
    {"type": "campaign", "id": "campaign--00000000-0000-4000-8000-000000000005", "name": "first", "created_by_ref": vendor, **at, "modified": at["created"]},
    {"type": "campaign", "id": "campaign--00000000-0000-4000-8000-000000000005", "name": "second", "created_by_ref": vendor, **at}]
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        path = self.path.split("?")[0]
        reply = ({"title": "x", "default": "/r/", "api_roots": ["/r/"]} if path == "/taxii2/" else
            {"collections": [{"id": "c1", "title": "c", "can_read": True, "can_write": False}]} if path == "/r/collections/" else
            {"objects": objects, "more": False})
        body = json.dumps(reply).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/taxii+json;version=2.1")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
    def log_message(self, *a): pass
server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
print(server.server_port, flush=True)
server.serve_forever()
END
python3 stranger.py >port &
stranger=$!
i=0
while [ ! -s port ] && [ $i -lt 500 ]; do
	sleep 0.02
	i=$((i + 1))
done
fails 65 '3 refused' 'what is ours is not said by a stranger' node collect taxii "http://127.0.0.1:$(cat port)/taxii2/" --mark '(//IRQ R//REL TO IRQ, RUS)'
says 'our own words' 'our object stands as it was' node show campaign--00000000-0000-4000-8000-000000000007
says 'The dam holds' 'and our report' node show "$own"
says second 'its own it versions' node show campaign--00000000-0000-4000-8000-000000000005
says 'not that server' 'why is kept' node quarantine list
same 3 'under that server, which pushes out its own alone' sh -c '"$1" -C irq quarantine list --json | grep -o "\"feed\":\"http://127.0.0.1" | wc -l' - "$COMITY"
exit "$status"
