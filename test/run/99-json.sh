#!/bin/sh
# The JSON API of a running node by curl alone, from a fresh home on: what a tool does in a day. Fails if a long bundle is not taken, if pages lose or repeat a row, if
# a dry run changes something, if what was released or recalled over HTTP is not what the other member sees, if a stream of events that is taken up again misses or
# repeats one, if a request with a key is done twice, if what did not change is sent again, or if a failure is not a problem of its own type.
. "${0%/*}/scenario"
centre irq rus
cd "$dir" || exit 2
pid='' stream=''
trap '[ -n "$stream" ] && kill "$stream" 2>/dev/null; [ -n "$pid" ] && kill "$pid" 2>/dev/null; wait 2>/dev/null; rm -rf "$dir"' EXIT
echo 'four quiet brown dogs' >pw
at irq account add nour --role analyst --role officer --role representative --cleared all --password-file pw >/dev/null || exit 2
at irq account add ayman --role administrator --role reader --cleared all --password-file pw >/dev/null || exit 2
at irq account add omar --role reader --password-file pw >/dev/null || exit 2
token=$(at irq token add nour --name tool --scope read --scope write --scope release --scope govern --quiet)
admin=$(at irq token add ayman --name ops --scope admin --scope read --quiet)
blind=$(at irq token add omar --name tool --scope read --quiet)
now=2015-10-03T08:00:00Z
node_of irq --web 127.0.0.1:0
api=$url/api/v1
node() { "$COMITY" --home "$dir/irq" "$@"; }
# api METHOD PATH [CURL-ARGUMENT…]: prints the status; the body is in `body`, the head in `head`. As $as.
as=$token
api() {
	method=$1 path=$2
	shift 2
	rm -f body
	curl -s -D head -o body -w '%{http_code}' --max-time 60 -X "$method" -H "Authorization: Bearer $as" "$@" "$api$path"
}
json() { # METHOD PATH JSON [CURL-ARGUMENT…]
	method=$1 path=$2 text=$3
	shift 3
	api "$method" "$path" -H 'Content-Type: application/json' --data-binary "$text" "$@"
}
# value EXPRESSION: of the last reply, as j
value() { python3 -c 'import json,sys; j=json.load(open("body")); print(eval(sys.argv[1]))' "$1"; }
header() { tr -d '\r' <head | sed -n "s/^$1: //Ip"; }
problem() { # STATUS TYPE NAME COMMAND…
	want="$1 application/problem+json urn:comity:problem:$2 $1" name=$3
	shift 3
	said=$("$@")
	said="$said $(header content-type) $(value 'j["type"]') $(value 'j["status"]')"
	[ "$said" = "$want" ]
	report "$name"
}

# adding: 10 MB in one request, in pieces whose length nobody told, as a report
python3 - >bundle <<'END'
import json
pad = "The column was seen on the road. " * 300
print(json.dumps({"type": "bundle", "id": "bundle--00000000-0000-4000-8000-000000000001", "objects": [
    {"type": "campaign", "spec_version": "2.1", "id": "campaign--00000000-0000-4000-8000-%012d" % n, "created": "2015-10-01T00:00:00.000Z",
     "modified": "2015-10-01T00:00:00.000Z", "name": "column %d" % n, "description": pad} for n in range(1, 1101)]}))
END
[ "$(wc -c <bundle)" -gt 10000000 ] || exit 2
mark='mark=%28%2F%2FIRQ+R%2F%2FREL+TO+IRQ%2C+RUS%29'
stix='Content-Type: application/stix+json'
same 200 'a bundle of 10 MB' api POST "/objects?$mark&source=tool" -H "$stix" --data-binary @bundle
same 1100 'all of it is added' value 'j["added"]'
same 200 'once more, without a length' api POST "/objects?$mark" -H "$stix" -H 'Transfer-Encoding: chunked' -H 'Expect:' --data-binary @bundle
same '0 1100' 'nothing is added twice' value 'str(j["added"])+" "+str(j["unchanged"])'
report_text '(//IRQ R//REL TO IRQ, RUS)' 'Gryphon at Palmyra' >one <<'END'
(//IRQ R//REL TO IRQ, RUS) [B2] Gryphon: twelve trucks.
END
same 200 'a report' api POST /objects -H 'Content-Type: text/plain' --data-binary @one
report=$(value 'j["items"][0]["id"]')
python3 -c 'print("{\"ids\":[\"" + "x" * 2000000 + "\"]}")' >long
problem 413 limit 'arguments are not that long' api POST /releases -H 'Content-Type: application/json' --data-binary @long
problem 413 limit 'nor a body where none belongs' api DELETE /tokens/1 --data-binary @long
problem 413 limit 'nor a label' api POST /labels -H 'Content-Type: text/plain' --data-binary @long
as=$blind
problem 403 denied 'who may not write sends nothing' api POST /objects -H "$stix" --data-binary @bundle
as=$token

# pages
next="/objects?type=campaign&limit=300"
pages=0
: >ids
while [ -n "$next" ] && [ $pages -lt 20 ]; do
	[ "$(api GET "$next")" = 200 ] || break
	value '"\n".join(o["id"] for o in j["items"])' >>ids
	next=$(header link | sed -n 's|^</api/v1\(.*\)>; rel="next"$|\1|p')
	pages=$((pages + 1))
done
same '4 1100 1100' 'pages lead on, each row once' sh -c "echo $pages \$(wc -l <ids) \$(sort -u ids | wc -l)"
problem 400 usage 'a cursor of nobody' api GET '/objects?cursor=nonsense'
problem 400 usage 'an argument that there is not' api GET '/objects?colour=red'

# one object
campaign=campaign--00000000-0000-4000-8000-000000000007
same 200 'one object' api GET "/objects/$campaign"
same 'column 7' 'is shown' value 'j["object"]["name"]'
printf '{"type":"campaign","spec_version":"2.1","id":"%s","created":"2015-10-01T00:00:00.000Z","modified":"2015-10-02T00:00:00.000Z","name":"column seven"}' $campaign >new
same 200 'another version' api POST "/objects?$mark" -H "$stix" --data-binary @new
same 200 'versions' api GET "/objects/$campaign/versions"
same 2 'both' value 'len(j["items"])'
same 200 'search' api GET '/search?words=gryphon'
same "$report" 'finds it' value 'j["items"][0]["id"]'
same 200 'words that begin so' api GET '/suggestions?begins=gry'
same "['gryphon']" 'are told' value 'j["items"]'
same 200 'a grade' json POST "/objects/$report/grades" '{"grade":"B2","reason":"seen by two"}'
same 200 'references' api GET "/objects/$report/references"
same 200 'its label in a form of others' api GET "/objects/$report/label?form=mark"
problem 404 notfound 'what is not there' api GET /objects/campaign--00000000-0000-4000-8000-00000000ffff
problem 400 usage 'what is no id' api GET /objects/nonsense
problem 404 notfound 'no such path' api GET /nothing
problem 405 method 'another method' api PUT /objects
same 'GET, HEAD, POST' 'which ones there are' header allow
problem 406 not-acceptable 'no such answer' api GET /objects -H 'Accept: text/html'
problem 415 media-type 'a body of another type' api POST /releases -H 'Content-Type: text/html' -d '{}'
problem 400 syntax 'a torn body' json POST /releases '{"ids":['
problem 422 invalid 'a member twice' json POST /releases '{"ids":[],"ids":[]}'
problem 400 usage 'a member that there is not' json POST /releases '{"ids":[],"owner":"rus"}'
as=
problem 401 unauthenticated 'nobody' api GET /objects
same 'Bearer realm="comity"' 'is told how to say who it is' header www-authenticate
problem 401 unauthenticated 'nor whether something is there' api GET /nothing
as=$blind
problem 404 notfound 'what one may not see is not there' api GET "/objects/$report"
same 200 'nor in a search' api GET '/search?words=gryphon'
same '[]' 'at all' value 'j["items"]'
as=$token

# what did not change is not sent again
same 200 'a list' api GET '/objects?limit=5'
tag=$(header etag)
same 304 'not again' api GET '/objects?limit=5' -H "If-None-Match: $tag"
same 0 'nothing of it' sh -c 'cat body 2>/dev/null | wc -c'
same 200 'but for another question' api GET '/objects?limit=6' -H "If-None-Match: $tag"
as=$admin
same 200 'or another who asks' api GET '/objects?limit=5' -H "If-None-Match: $tag"
as=$token

# a stream of events
events() { curl -sN --max-time "$1" -H "Authorization: Bearer $token" -H 'Accept: text/event-stream' ${2:+-H "Last-Event-ID: $2"} "$api/events"; }
last_id() { sed -n 's/^id: //p' "$1" | tail -n 1; }
until_in() { # WORDS FILE: within a minute
	n=0
	until grep -q "$1" "$2" || [ $n -ge 1200 ]; do
		sleep 0.05
		n=$((n + 1))
	done
	grep -q "$1" "$2"
}
events 600 >stream.1 &
stream=$!
does 'a stream opens' until_in 'event: open' stream.1
say() { # N: one more object
	sed "s/$campaign/campaign--00000000-0000-4000-8000-$(printf %012d "$1")/" new >another
	api POST "/objects?$mark" -H "$stix" --data-binary @another >/dev/null
}
say 2001
does 'and tells what comes' until_in 000000002001 stream.1
kill $stream && wait $stream 2>/dev/null
stream=
mark_of=$(last_id stream.1)
say 2002
say 2003
events 600 "$mark_of" >stream.2 &
stream=$!
does 'taken up again it tells what came meanwhile' until_in 000000002003 stream.2
say 2004
does 'and goes on' until_in 000000002004 stream.2
kill $stream && wait $stream 2>/dev/null
stream=
same '0 1 1 1' 'each once' sh -c 'for n in 1 2 3 4; do grep -c "campaign--00000000-0000-4000-8000-00000000200$n" stream.2; done | xargs'
events 600 nonsense >stream.3 &
stream=$!
does 'from a mark that is none all begins anew' until_in 'event: reset' stream.3
kill $stream && wait $stream 2>/dev/null
stream=

# once
key='Idempotency-Key: release-of-today'
gone="{\"ids\":[\"$report\"],\"to\":\"irq.rus\"}"
same 200 'a dry run' json POST /releases/plan "$gone"
same 'irq.rus 1 0' 'says what would go' value 'j["to"]+" "+str(j["going"])+" "+str(j["refused"])'
plan=$(value 'j["plan"]')
same 200 'the entries' api GET '/entries?circle=irq.rus'
same 0 'nothing went' value 'len(j["items"])'
problem 409 conflict 'a plan that is not what would go' json POST /releases "{\"ids\":[\"$campaign\"],\"to\":\"irq.rus\",\"plan\":\"$plan\"}"
gone="{\"ids\":[\"$report\"],\"to\":\"irq.rus\",\"plan\":\"$plan\"}"
same 200 'the release' json POST /releases "$gone" -H "$key"
cp body first
same 200 'asked again' json POST /releases "$gone" -H "$key"
does 'the same answer' cmp first body
problem 422 invalid 'the key of another request' json POST /releases "{\"ids\":[\"$campaign\"],\"to\":\"irq.rus\"}" -H "$key"
at irq account add dalia --role reader >/dev/null && at irq account set dalia --cleared all >/dev/null || exit 2
problem 409 conflict 'after a change of what somebody may see no answer is given again' json POST /releases "$gone" -H "$key"
problem 400 usage 'a key that is none' json POST /releases "$gone" -H 'Idempotency-Key: x'
same 200 'the entries' api GET '/entries?circle=irq.rus'
same 1 'one went' value 'len(j["items"])'
tear=$(python3 -c 'import json; print([i for i in json.load(open("first"))["items"]][0].get("as",""))')
at rus sync irq >/dev/null 2>&1
says 'Gryphon' 'the other member has it' at rus search gryphon
same 200 'a proof for anybody' api GET "/objects/$tear/proof"
same 'comity-proof/v1' 'in bytes' head -n 1 body

# consent
printf 'Type: INTSUM\nSubject: (//RUS R//REL TO IRQ, RUS) Summary\nCites: %s\n\n(//RUS R//REL TO IRQ, RUS) [C3] Movement.\n' "$tear" >two
at rus add two >/dev/null
does 'the other asks for consent' at rus request "$tear" --to ALL --reason 'for the weekly summary'
node sync "$dir/rus" >/dev/null
same 200 'requests' api GET /requests
same 'for the weekly summary' 'it came' value 'j["items"][0]["reason"]'
leaf=$(value 'j["items"][0]["leaf"]')
same 200 'it is answered' json POST /consents "{\"request\":\"$leaf\",\"granted\":true}"
problem 404 notfound 'a request that there is not' json POST /consents '{"request":"0123456789abcdef","granted":true}'
same 200 'nothing waits' api GET /requests
same 0 'any more' value 'len([r for r in j["items"] if r["state"]=="waiting"])'

# recall
same 200 'what a recall would do' json POST /recalls/plan "{\"id\":\"$report\"}"
same rus 'and who would be told' value 'j["items"][0]["told"][0]'
same 200 'it was only looked at' api GET "/objects/$report"
problem 400 usage 'a recall without a reason' json POST /recalls "{\"id\":\"$report\"}"
same 200 'a dry run' json POST /recalls/plan "{\"id\":\"$report\"}"
same True 'says where' value '"irq.rus" in json.dumps(j)'
same 200 'a search' api GET '/search?words=gryphon'
same True 'still finds it' value 'len(j["items"])>0'
same 200 'the recall' json POST /recalls "{\"id\":\"$report\",\"reason\":\"it was fabricated\"}"
at rus sync irq >/dev/null 2>&1
hides 'Gryphon' 'the other member has it no more' at rus ls
node sync "$dir/rus" >/dev/null
same 200 'the inbox' api GET /inbox
does 'has the receipt' grep -q receipt body
same 200 'seen' json POST /inbox/seen '{}'

# sharing and governing
same 200 'logs' api GET /logs
same True 'of the circle' value '"irq.rus" in [l["circle"] for l in j["items"]]'
same 200 'the record is checked' json POST /verifications '{}'
same 0 'without fault' value 'j["faults"]'
same 200 'centres' api GET /centres
centre=$(value 'j["items"][0]["centre_id"]')
for what in members lead 'rota?count=4' charter charters charters/signed; do
	same 200 "$what" api GET "/centres/$centre/$what"
done
same 200 'who leads' api GET "/centres/$centre/lead"
does 'is one of them' grep -Eq '"(irq|rus)"' body
same 200 'a pouch' json POST /pouches '{"to":["rus"]}'
cp body a.pouch
does 'which the other opens' at rus pouch open a.pouch
does 'the other packs one' at rus pouch pack --to irq -o b.pouch
same 200 'which is opened here' api POST /pouches/open -H 'Content-Type: application/octet-stream' --data-binary @b.pouch

# the node
same 200 'status' api GET /status
problem 403 denied 'the audit trail is not for who works' api GET /audit
as=$admin
same 200 'but for who looks after the node' api GET /audit
does 'it says who released' grep -q '"nour"' body
as=$token
same 200 'something that is none' api POST /objects -H "$stix" -d '{"type":"no"}'
as=$admin
same 200 'quarantine' api GET /quarantine
no=$(value 'j["items"][0]["no"]')
same 200 'one of it' api GET "/quarantine/$no"
same 200 'goes' api DELETE "/quarantine/$no"
problem 404 notfound 'and is gone' api GET "/quarantine/$no"
same 200 'settings' json PUT /settings/position '{"value":"J3"}'
same 200 'one of them' api GET /settings/position
same 200 'as before' api DELETE /settings/position

# people
problem 403 denied 'a token makes no accounts' json POST /accounts '{"name":"layla","roles":["reader"]}'
said=$(curl -s -D head -H 'Content-Type: application/json' -d '{"name":"ayman","password":"four quiet brown dogs"}' "$api/session")
csrf=$(printf '%s' "$said" | sed -n 's/.*"csrf":"\([^"]*\)".*/\1/p')
cookie=$(sed -n 's/^[Ss]et-[Cc]ookie: \(comity=[^;]*\);.*/\1/p' head)
person() {
	method=$1 path=$2
	shift 2
	curl -s -D head -o body -w '%{http_code}' --max-time 60 -X "$method" -H "Cookie: $cookie" -H "X-CSRF-Token: $csrf" -H 'Content-Type: application/json' "$@" "$api$path"
}
same 200 'a person does' person POST /accounts -d '{"name":"layla","roles":["reader"]}'
problem 409 conflict 'once' person POST /accounts -d '{"name":"layla","roles":["reader"]}'
same 200 'a password' person PUT /accounts/layla/password -d '{"password":"five quiet brown dogs"}'
same 200 'accounts' person GET /accounts
same True 'are listed' value '"layla" in [a["name"] for a in j["items"]]'
same 200 'changed' person PATCH /accounts/layla -d '{"display":"Layla"}'
same 200 'disabled' person POST /accounts/layla/disable -d '{}'
same 200 'removed' person DELETE /accounts/layla
same 200 'a token' person POST /tokens -d '{"name":"cron","scopes":["read"],"days":7}'
cron=$(value 'j["token"]')
number=$(value 'j["no"]')
as=$cron
same 200 'which is good' api GET /account
same 200 'tokens' person GET /tokens
same 200 'revoked' person DELETE "/tokens/$number"
problem 401 unauthenticated 'it is none any more' api GET /account
same 200 'sessions' person GET /sessions
same 200 'logged out' person DELETE /session
same 401 'and gone' person GET /sessions
says 'no fault' 'the home is whole' node verify
exit $status
