#!/bin/sh
# Feeds: collections that the running node pulls by itself. Fails if one is not pulled at its time, if a failure is not waited after (or not told by status,
# metrics and the audit trail), if a node that dies in a pull begins anew or loses what came, if others wait for a slow server, if a paused feed is
# pulled, if a password can be seen (in a backup too), if a home made of a backup pulls none, if a slow server keeps a node from its end, or if who asks over the
# network can name addresses that are not public or files.
. "${0%/*}/scenario"
here=$(cd "${0%/*}" && pwd)
centre irq rus
cd "$dir" || exit 2
pid='' bad=''
trap '[ -n "$pid" ] && kill -9 "$pid" 2>/dev/null; [ -n "$bad" ] && kill "$bad" 2>/dev/null; wait 2>/dev/null; rm -rf "$dir"' EXIT
: >port
python3 "$here/hostile_taxii.py" >port 2>asked &
bad=$!
serve() {
	: >out
	"$COMITY" serve -C "$dir/irq" --clock "$1" --web 127.0.0.1:0 >out 2>>log </dev/null &
	pid=$!
	until_true 'grep -q "the node runs" out'
	url=$(sed -n 's/^people and their tools are answered at \([^ ]*\).*/\1/p' out)
}
until_true() { # what is waited for, not timed
	n=0
	until eval "$1"; do
		n=$((n + 1))
		[ $n -le 400 ] || return 1
		sleep 0.05
	done
}
node() { "$COMITY" --home "$dir/irq" "$@"; }
state() { node collect show "$1" --json | python3 -c 'import json,sys; print(json.load(sys.stdin)["state"])'; }
becomes() { # STATE NAME
	until_true "[ \"\$(state $2)\" = $1 ]"
	same "$1" "$2 is $1" state "$2"
}
until_true '[ -s port ]'
worse=http://127.0.0.1:$(cat port)
echo 'tell nobody' >secret
echo 'four quiet brown dogs' >pw
at irq account add nour --role administrator --role analyst --cleared all --password-file pw >/dev/null || exit 2
at irq token add nour --name feeds --scope admin --scope write --scope read --quiet >token

# kept, without a node
fails 64 'every: a minute' 'too often' at irq collect taxii "$worse/reorder/" --every 5s
fails 64 'a feed that is kept' 'a name without a time' at irq collect taxii "$worse/reorder/" --name x
fails 66 'no such centre' 'a centre that is not' at irq collect taxii "$worse/reorder/" --every 15m --centre Elsewhere
fails 65 'no level' 'a mark that is none' at irq collect taxii "$worse/reorder/" --every 15m --mark '(//IRQ X)'
fails 77 'plain HTTP' 'plain HTTP elsewhere' at irq collect taxii http://taxii.example/ --every 1h
says 'as soon as the node runs' 'kept' at irq collect taxii "$worse/reorder/" --every 15m --name good --user u --password-file secret
fails 73 'already' 'once' at irq collect taxii "$worse/reorder/" --every 15m --name good
says 'feed+state' 'listed' sh -c '"$1" --home irq --clock "$2" collect list | tr -s " " "+"' - "$COMITY" "$now"
hides 'tell nobody' 'its password is not shown' at irq collect show good --json
same 1 'nor kept in clear, nor as it is sent' sh -c '! grep -aqE "tell nobody|dTp0ZWxsIG5vYm9keQ" irq/node.db* && echo 1'

# pulled by the node
serve "$now"
becomes ok good
says 'thing 302' 'it came' node ls
same 1 'what proves us was shown' sh -c 'grep -c "Basic dTp0ZWxsIG5vYm9keQ==" asked | sed "s/[1-9].*/1/"'
says 'good' 'a line of the audit trail for the run' sh -c '"$1" --home irq audit | grep "collect .*3 added"' - "$COMITY"
first=$(grep -c '^/reorder/collections/c-1/objects/' asked)
same "$first" 'not before its time' sh -c 'sleep 0.3; grep -c "^/reorder/collections/c-1/objects/" asked'
node status --clock '2015-10-02T08:20:00Z' >/dev/null
until_true '[ "$(grep -c "^/reorder/collections/c-1/objects/" asked)" -gt "$first" ]'
does 'at its time again' sh -c '[ "$(grep -c "^/reorder/collections/c-1/objects/" asked)" -gt '"$first"' ]'
becomes ok good
same 0 'no line for a page of nothing new' sh -c '"$1" --home irq audit | grep -c "feed good *add .*0 added, 0 refused"' - "$COMITY"

# that fails
node collect taxii "$worse/busy/" --every 15m --name busy >/dev/null
node collect taxii "$worse/503/" --every 15m --name broken >/dev/null
becomes failing busy
becomes failing broken
says 'feed broken fails' 'status tells' node status
node collect taxii "$worse/behind/" --every 15m --name behind >/dev/null
becomes failing behind
says 'line 1, column' 'and where in what the server gave' node collect show behind
says 'behind: forgotten' 'it is' node collect remove behind --yes
says 'state="failing"} 2' 'metrics tell, by count alone' curl -sS -H "Authorization: Bearer $(cat token)" "$url/metrics"
hides 'broken' 'without names' curl -sS -H "Authorization: Bearer $(cat token)" "$url/metrics"
node status --clock '2015-10-02T09:30:00Z' >/dev/null
sleep 0.3
same failing 'what the server asked for is waited: two hours' state busy
node status --clock '2015-10-02T10:40:00Z' >/dev/null
becomes ok busy

# paused, asked for, removed
says 'paused' 'paused' node collect pause good
fails 73 'is paused' 'a paused one is not run' node collect run good
before=$(grep -c '^/reorder/' asked)
node status --clock '2015-10-02T14:00:00Z' >/dev/null
sleep 0.3
same "$before" 'and not pulled' grep -c '^/reorder/' asked
says 'pulls it now' 'resumed' node collect resume good
until_true '[ "$(grep -c "^/reorder/" asked)" -gt "$before" ]'
says 'forgotten' 'removed' node collect remove broken --yes
fails 66 'no feed' 'it is gone' node collect show broken

# a node that dies in a pull, while others are answered
node collect taxii "$worse/long/" --every 1h --name long >/dev/null
until_true 'grep -q "^/long/.*next=1" asked'
says 'thing 700' 'others are answered while a server is waited for, and have the first page' node ls
kill -9 "$pid"
wait "$pid" 2>/dev/null
touch gate
serve '2015-10-02T14:10:00Z'
becomes ok long
says 'thing 702' 'all came' node ls
same 'next=1 next=1 next=2 more' 'it went on where it was, and then made sure' sh -c '
	sed -n "/^.long.collections.c-1.objects/s/.*[?&]//p" asked | sed "s/ .*//" | grep -v limit | sed 3q | tr "\n" " "; echo more'
same 3 'nothing twice' sh -c '"$1" --home irq ls --limit 100 | grep -c "thing 70"' - "$COMITY"

# over the network
api() { curl -sS -X "$1" -H "Authorization: Bearer $(cat token)" -H 'Content-Type: application/json' "$url/api/v1$2" ${3:+-d "$3"}; }
says '"name":"long"' 'listed' api GET /feeds
says '"state":"paused"' 'paused' api POST /feeds/long/pause '{}'
says 'problem:usage' 'no address of this machine' api POST /feeds "{\"url\":\"$worse/long/\",\"every\":\"1h\"}"
says 'problem:usage' 'no file' api POST /feeds '{"url":"https://taxii.example/","every":"1h","ca":"/etc/passwd"}'
says '"name":"taxii-example"' 'added' api POST /feeds '{"url":"https://taxii.example/taxii2/","every":"1h","token":"tell nobody either"}'
hides 'nobody' 'without its token' api GET /feeds/taxii-example
says '"removed":"taxii-example"' 'removed' api DELETE /feeds/taxii-example
fails 22 'error: 4' 'no key with a password' curl -sSf -H "Authorization: Bearer $(cat token)" -H 'Idempotency-Key: 12345678' -H 'Content-Type: application/json' "$url/api/v1/feeds" \
	-d '{"url":"https://taxii.example/","every":"1h","token":"x"}'
hides 'tell nobody' 'nothing of a password in the log' cat log

# a backup has what proves us as it is kept; of it, and its keys, a home is made that pulls
echo 'a phrase of many words' >phrase
does 'a backup while the node runs' node backup --passphrase-file phrase "$dir/back"
same 1 'nothing of a password in a backup' sh -c '! grep -raqE "tell nobody|dTp0ZWxsIG5vYm9keQ" back && echo 1'
kill "$pid"
wait "$pid" 2>/dev/null
"$COMITY" restore --passphrase-file phrase back new >/dev/null || exit 2
"$COMITY" --home new --clock '2015-10-02T15:00:00Z' collect run good >/dev/null
before=$(grep -c 'Basic dTp0ZWxsIG5vYm9keQ==' asked)
mv irq old && mv new irq
serve '2015-10-02T15:00:00Z'
until_true '[ "$(grep -c "Basic dTp0ZWxsIG5vYm9keQ==" asked)" -gt "$before" ]'
does 'a restored home still proves who it is' sh -c '[ "$(grep -c "Basic dTp0ZWxsIG5vYm9keQ==" asked)" -gt '"$before"' ]'
becomes ok good

# a node that is told to end while a server gives its page byte by byte does not wait for it
node collect taxii "$worse/drip/" --every 15m --name drip >/dev/null
until_true 'grep -q "^/drip/.*objects" asked'
(sleep 10 && kill -9 "$pid" 2>/dev/null) &
late=$!
kill "$pid"
wait "$pid"
same 0 'a node ends while a server is slow' echo $?
kill "$late" 2>/dev/null
