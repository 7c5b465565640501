#!/bin/sh
# TAXII 2.1 of a running node. Fails if a collection is shown to who may see nothing of it, a poller misses what is released late, a page has what the account may
# not see or holds the present millisecond, a media type of another kind is answered, what is put in does not land in the private circle, or its status is another's.
. "${0%/*}/scenario"
centre irq rus
cd "$dir" || exit 2
pid=''
trap '[ -n "$pid" ] && kill "$pid" 2>/dev/null; wait 2>/dev/null; rm -rf "$dir"' EXIT
echo 'four quiet brown dogs' >pw
at irq account add nour --role analyst --cleared all --password-file pw >/dev/null || exit 2
at irq account add omar --role reader --cleared none --password-file pw >/dev/null 2>&1 || at irq account add omar --role reader --password-file pw >/dev/null || exit 2
token=$(at irq token add nour --name poller --scope taxii:read --scope taxii:write --quiet)
other=$(at irq token add nour --name api --scope read --quiet)
blind=$(at irq token add omar --name poller --scope taxii:read --quiet)
node_of irq --web 127.0.0.1:0
root=$url/taxii2/root
node() { "$COMITY" --home "$dir/irq" "$@"; }
# status PATH CURL-ARGUMENT…: of the reply alone; it is in `body`, its head in `head`.
status() {
	at_path=$1
	shift
	curl -s -D head -o body -w '%{http_code}' --max-time 60 -u "nour:$token" -H "Accept: ${accept:-application/taxii+json;version=2.1}" "$@" "$at_path"
}
# value EXPRESSION: of the last reply, as j
value() { python3 -c 'import json,sys; j=json.load(open("body")); print(eval(sys.argv[1]))' "$1"; }
object() { # NAME N
	printf '{"type":"campaign","spec_version":"2.1","id":"campaign--00000000-0000-4000-8000-%012d","created":"2015-10-01T00:00:00.000Z","modified":"2015-10-01T00:00:00.000Z","name":"%s"}' "$2" "$1"
}
same 401 'nobody is told anything' curl -s -o body -w '%{http_code}' "$url/taxii2/"
same 401 'nor what is not there' curl -s -o body -w '%{http_code}' "$root/collections/x/"
same 403 'a token of another kind may not' curl -s -o body -w '%{http_code}' -H "Authorization: Bearer $other" "$root/collections/"
same 200 'discovery' status "$url/taxii2/"
same "$root/" 'names the root' value 'j["api_roots"][0]'
same 200 'the root' status "$root/"
same 'application/taxii+json;version=2.1' 'its version' value 'j["versions"][0]'
same 'application/taxii+json;version=2.1' 'the media type of the answer' sh -c "tr -d '\\r' <head | sed -n 's/^[Cc]ontent-[Tt]ype: //p'"
accept='application/taxii+json;version=2.0'
same 406 'another version is not acceptable' status "$root/"
accept=application/stix+json
same 406 'nor another type' status "$root/"
accept=
same 200 'the collections' status "$root/collections/"
same '["Everything", "Inbox"]' 'two at first' value 'json.dumps([c["title"] for c in j["collections"]])'
all=$(value 'j["collections"][0]["id"]') inbox=$(value 'j["collections"][1]["id"]')
same 404 'one that is not' status "$root/collections/00000000-0000-4000-8000-000000000000/objects/"
same 200 'nothing yet' status "$root/collections/$all/objects/"
same '[]' 'no object' value 'j["objects"]'

# put in
echo "{\"objects\":[$(object tulip 1),$(object crocus 2)]}" >in
same 415 'a body of another type' status "$root/collections/$inbox/objects/" -H 'Content-Type: application/json' --data-binary @in
same 403 'into a collection that only shows' status "$root/collections/$all/objects/" -H 'Content-Type: application/taxii+json;version=2.1' --data-binary @in
same 202 'into the inbox' status "$root/collections/$inbox/objects/" -H 'Content-Type: application/taxii+json;version=2.1' --data-binary @in
same 'complete 2 2 0' 'the status' value '" ".join(str(j[k]) for k in ("status","total_count","success_count","failure_count"))'
put=$(value 'j["id"]')
same 200 'is kept' status "$root/status/$put/"
same 404 'not for another account' curl -s -o body -w '%{http_code}' -u "omar:$blind" "$root/status/$put/"
says tulip 'they are in the private circle' node ls --circle irq
sleep 0.1
same 200 'which is what the inbox shows' status "$root/collections/$inbox/objects/"
same "['tulip', 'crocus']" 'in the order of coming' value '[o["name"] for o in j["objects"]]'
echo "{\"objects\":[{\"type\":\"campaign\"},$(object iris 3)]}" >in
same 202 'one good, one bad' status "$root/collections/$inbox/objects/" -H 'Content-Type: application/taxii+json;version=2.1' --data-binary @in
same '1 1' 'each is told' value '" ".join(str(j[k]) for k in ("success_count","failure_count"))'
same unknown 'one without an id by its place' value 'j["failures"][0]["id"]'
says 'line 1, column' 'and why' value 'j["failures"][0]["message"]'
echo "{\"objects\":[$(object iris 50 | sed 's/,"name":"iris"//')]}" >in
same 202 'one that has no name' status "$root/collections/$inbox/objects/" -H 'Content-Type: application/taxii+json;version=2.1' --data-binary @in
same 'campaign--00000000-0000-4000-8000-000000000050 2015-10-01T00:00:00.000Z' 'is told by its id and version' value '"{id} {version}".format(**j["failures"][0])'
says name 'with the reason' value 'j["failures"][0]["message"]'
echo '{"objects":[' >in
same 400 'a torn body' status "$root/collections/$inbox/objects/" -H 'Content-Type: application/taxii+json;version=2.1' --data-binary @in

# read
sleep 0.1
same 200 'all of it' status "$root/collections/$all/objects/"
same "['tulip', 'crocus', 'iris']" 'in the order of coming' value '[o["name"] for o in j["objects"]]'
last=$(tr -d '\r' <head | sed -n 's/^X-TAXII-Date-Added-Last: //p')
same 200 'a page' status "$root/collections/$all/objects/?limit=2"
same 'True 2' 'of two, and more' value 'str(j["more"])+" "+str(len(j["objects"]))'
next=$(value 'j["next"]')
same 200 'the next' status "$root/collections/$all/objects/?limit=2&next=$next"
same "['iris'] False" 'has the rest' value 'str([o["name"] for o in j["objects"]])+" "+str(j["more"])'
same 400 'a way that was not given' status "$root/collections/$all/objects/?next=00$next"
same 400 'or to another question' status "$root/collections/$all/objects/?match\[type\]=campaign&next=$next"
same 200 'after the last' status "$root/collections/$all/objects/?added_after=$last"
same '[]' 'nothing' value 'j["objects"]'
same 200 'by type' status "$root/collections/$all/objects/?match\[type\]=malware"
same '[]' 'none' value 'j["objects"]'
same 200 'by id' status "$root/collections/$all/objects/?match\[id\]=campaign--00000000-0000-4000-8000-000000000002"
same "['crocus']" 'one' value '[o["name"] for o in j["objects"]]'
same 200 'one object' status "$root/collections/$all/objects/campaign--00000000-0000-4000-8000-000000000001/"
same 404 'one that is not there' status "$root/collections/$all/objects/campaign--00000000-0000-4000-8000-000000000009/"
object tulip2 1 | sed 's/"modified":"2015-10-01/"modified":"2015-10-02/' >one && node add one >/dev/null
sleep 0.1
same 200 'versions' status "$root/collections/$all/objects/campaign--00000000-0000-4000-8000-000000000001/versions/"
same "['2015-10-01T00:00:00.000Z', '2015-10-02T00:00:00.000Z']" 'both' value 'j["versions"]'
same 200 'the last alone' status "$root/collections/$all/objects/"
same "['crocus', 'iris', 'tulip2']" 'is told' value '[o["name"] for o in j["objects"]]'
same 200 'all versions' status "$root/collections/$all/objects/?match\[version\]=all"
same 4 'if they are asked for' value 'len(j["objects"])'
same 200 'the manifest' status "$root/collections/$all/manifest/"
same True 'in order of moments' value '[o["date_added"] for o in j["objects"]]==sorted(o["date_added"] for o in j["objects"]) and len(j["objects"])==3'

# who may see nothing of it
same 200 'who may see nothing' curl -s -o body -w '%{http_code}' -u "omar:$blind" "$root/collections/"
same '["Everything"]' 'is told of no circle and no inbox' value 'json.dumps([c["title"] for c in j["collections"]])'
same 200 'and of no object' curl -s -o body -w '%{http_code}' -u "omar:$blind" "$root/collections/$all/objects/"
same '[]' 'at all' value 'j["objects"]'

# released late: a poller that keeps to added_after misses nothing
last=$(status "$root/collections/$all/objects/" >/dev/null; tr -d '\r' <head | sed -n 's/^X-TAXII-Date-Added-Last: //p')
report_text '(//RUS R//REL TO IRQ, RUS)' narcissus >one <<END
(//RUS R//REL TO IRQ, RUS) [B2] It is narcissus.
END
at rus add one >/dev/null && at rus release "$(at rus ls --json -n 1 --type report | python3 -c 'import json,sys; print(json.load(sys.stdin)["items"][0]["id"])')" --to ALL --yes >/dev/null
node sync "$dir/rus" >/dev/null
sleep 0.1
same 200 'what came late' status "$root/collections/$all/objects/?added_after=$last&match\[type\]=report"
same 1 'is there' value 'len(j["objects"])'
same 200 'and a circle of its own' status "$root/collections/"
same 4 'beside the private one' value 'len(j["collections"])'

# deleted: what is in the inbox and was not released
drop() { # COLLECTION NUMBER [QUERY]
	status "$root/collections/$1/objects/campaign--00000000-0000-4000-8000-$(printf %012d "$2")/${3:-}" -X DELETE
}
inbox_has() {
	sleep 0.05
	status "$root/collections/$inbox/objects/campaign--00000000-0000-4000-8000-$(printf %012d "$1")/versions/" >/dev/null
	value '" ".join(v[8:10] for v in j.get("versions", []))'
}
orchid=$(object orchid 40)
echo "{\"objects\":[$orchid,$(echo "$orchid" | sed 's/"modified":"2015-10-0[0-9]/"modified":"2015-10-08/'),$(echo "$orchid" |
	sed 's/"modified":"2015-10-0[0-9]/"modified":"2015-10-09/')]}" >in
same 202 'three versions' status "$root/collections/$inbox/objects/" -H 'Content-Type: application/taxii+json;version=2.1' --data-binary @in
three=$(inbox_has 40)
says '08 09' 'are there' echo "$three"
same 403 'nothing is deleted from what was released' drop "$all" 40
same 404 'nor what is not there' drop "$inbox" 42
node account add hala --role analyst --cleared RESTRICTED >/dev/null || exit 2
hala=$(node token add hala --name tool --scope taxii:read --scope taxii:write --quiet)
same 404 'nor by how its id begins' status "$root/collections/$inbox/objects/campaign--00000000-0000-4000-8000-00000000004/" -X DELETE
same 403 'nor by who is not cleared for all' curl -s -o body -w '%{http_code}' -u "hala:$hala" -X DELETE \
	"$root/collections/$inbox/objects/campaign--00000000-0000-4000-8000-000000000040/"
same "$three" 'nothing was' inbox_has 40
same 200 'the last version' drop "$inbox" 40
same "${three% 09}" 'is gone, alone' inbox_has 40
same 200 'a version of another standard' drop "$inbox" 40 '?match\[spec_version\]=2.0'
same "${three% 09}" 'is none' inbox_has 40
same 200 'all of them' drop "$inbox" 40 '?match\[version\]=all'
same '' 'are gone' inbox_has 40
same 404 'and deleted once' drop "$inbox" 40
same 202 'what comes again' status "$root/collections/$inbox/objects/" -H 'Content-Type: application/taxii+json;version=2.1' --data-binary @in
same "$three" 'is there again' inbox_has 40
object lupin 41 >one && node add --mark '(//IRQ R//REL TO IRQ, RUS)' one >/dev/null
node release campaign--00000000-0000-4000-8000-000000000041 --to ALL --yes >/dev/null || exit 2
same 403 'what was released is not deleted' drop "$inbox" 41
says 'was released' 'which is said' cat body
same 405 'nor done otherwise' status "$root/collections/" -X PUT

# an account whose clearance is widened, narrowed and widened again: what it shows is dated at the change, so that the same poller is told of it
object heather 6 >one && node add --mark '(//IRQ R)' one >/dev/null
node account add lina --role reader --cleared RESTRICTED >/dev/null || exit 2
lina=$(node token add lina --name poller --scope taxii:read --quiet)
poll() { # all pages after $since, by the moments alone: the names of what came, in `names`
	names=''
	while :; do
		curl -s -D head -o body -u "lina:$lina" "$root/collections/$all/objects/?limit=2&match\[version\]=all&added_after=$since"
		[ "$(value 'len(j["objects"])')" != 0 ] || break
		names="$names $(value '" ".join(o["name"].split("/")[-1] for o in j["objects"])')"
		since=$(tr -d '\r' <head | sed -n 's/^X-TAXII-Date-Added-Last: //p')
	done
	echo $names
}
since=1970-01-01T00:00:00Z
poll >polled
same 'narcissus lupin heather' 'who is cleared for little is told of what is open' cat polled
poll >polled
same '' 'nothing more comes' cat polled
node account set lina --cleared all >/dev/null || exit 2
sleep 0.1
poll >polled
says crocus 'a wider clearance tells of what came before it' cat polled
same '' 'and nothing twice' sh -c 'grep -o heather polled'
node account set lina --cleared RESTRICTED >/dev/null && object aster 5 >one && node add --mark '(//IRQ R)' one >/dev/null
sleep 0.1
poll >polled
same aster 'a narrower one tells of what is new' cat polled
node account set lina --cleared all >/dev/null
sleep 0.1
poll >polled
says crocus 'and the wider one again tells of what it hid' cat polled

# a page is kept while nothing changes, for one account alone, and each time it is given is a line of the audit trail
said() { node audit --json -n 1000 | python3 -c 'import json,sys; print(sum(a["what"]=="feed" for a in json.load(sys.stdin)["items"]))'; }
before=$(said)
for i in 1 2 3; do status "$root/collections/$all/objects/?limit=1" >/dev/null; done
same 3 'three pages are three lines' echo "$(($(said) - before))"
same 200 'who may see nothing asks for the same' curl -s -o body -w '%{http_code}' -u "omar:$blind" "$root/collections/$all/objects/?limit=1"
same '[]' 'and is given nothing' value 'j["objects"]'
status "$root/collections/$all/objects/?match\[type\]=campaign" >/dev/null
object late 4 >one && node add one >/dev/null
sleep 0.1
same 200 'what was added since' status "$root/collections/$all/objects/?match\[type\]=campaign"
same True 'is in the page' value '"late" in [o["name"] for o in j["objects"]]'

# many that are not asked for before the one that is; one whose text looks like an empty answer; many versions of one
python3 - >many <<END
import json
o = [{"type":"tool","spec_version":"2.1","id":"tool--00000000-0000-4000-8000-%012d"%i,"created":"2015-10-01T00:00:00.000Z","modified":"2015-10-01T00:00:00.000Z","name":"t"} for i in range(20050)]
o.append({"type":"malware","is_family":False,"spec_version":"2.1","id":"malware--00000000-0000-4000-8000-000000000001","created":"2015-10-01T00:00:00.000Z","modified":"2015-10-01T00:00:00.000Z","name":"behind","x_a":{"b":[],"more":1}})
o += [{"type":"indicator","spec_version":"2.1","id":"indicator--00000000-0000-4000-8000-000000000001","created":"2015-10-01T00:00:00.000Z","modified":"2015-10-01T%02d:%02d:00.000Z"%(i//60,i%60),"name":"v%d"%i,"pattern":"[file:size = 1]","pattern_type":"stix","valid_from":"2015-10-01T00:00:00Z"} for i in range(1200)]
print(json.dumps({"type":"bundle","id":"bundle--00000000-0000-4000-8000-000000000001","objects":o}))
END
node add --quiet many >/dev/null
sleep 0.1
since=''
for i in 1 2 3; do
	same 200 "the manifest, part $i" status "$root/collections/$all/manifest/?match\[type\]=malware$since"
	[ "$(value 'len(j["objects"])')" = 0 ] || break
	since="&added_after=$(tr -d '\r' <head | sed -n 's/^X-TAXII-Date-Added-Last: //p')"
done
same 1 'what is behind many others is reached by the moments alone' value 'len(j["objects"])'
same 200 'an object is there whatever its text' status "$root/collections/$all/objects/malware--00000000-0000-4000-8000-000000000001/"
same 200 'the last of many versions' status "$root/collections/$all/objects/indicator--00000000-0000-4000-8000-000000000001/"
same "['v1199'] False" 'is found at once' value 'str([o["name"] for o in j["objects"]])+" "+str(j["more"])'

# of two centres each has an inbox of its own
node card -o irq.card >/dev/null 2>&1
node charter propose --name 'EXERCISE Other' --first 2015-10-01 --no-levels -o other irq.card >/dev/null 2>&1
node charter sign other -o irq.vote >/dev/null 2>&1
node charter assemble other irq.vote -o signed >/dev/null 2>&1
does 'a second centre' node charter install signed --yes
same 200 'the collections' status "$root/collections/"
same 2 'each centre has an inbox' value 'sum(c["can_write"] for c in j["collections"])'
other=$(value '[c["id"] for c in j["collections"] if c["title"] == "Inbox: EXERCISE Other"][0]')
echo "{\"objects\":[$(object saffron 60)]}" >in
same 202 'into the second' status "$root/collections/$other/objects/" -H 'Content-Type: application/taxii+json;version=2.1' --data-binary @in
sleep 0.1
same 200 'which shows' status "$root/collections/$other/objects/"
same "['saffron']" 'what was put there, alone' value '[o["name"] for o in j["objects"]]'
same 200 'and of which' drop "$other" 60
sleep 0.1
same 200 'it is' status "$root/collections/$other/objects/"
same '[]' 'deleted' value 'j["objects"]'
