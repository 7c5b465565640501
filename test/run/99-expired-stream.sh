#!/bin/sh
# A stream of events lasts no longer than what opened it. Fails if who opened one with a token that has expired since is still told what comes.
. "${0%/*}/scenario"
centre irq rus
cd "$dir" || exit 2
pid='' stream=''
trap '[ -n "$stream" ] && kill "$stream"; [ -n "$pid" ] && kill "$pid" 2>/dev/null; wait 2>/dev/null; rm -rf "$dir"' EXIT
echo 'four quiet brown dogs' >pw
at irq account add nour --role analyst --cleared all --password-file pw >/dev/null || exit 2
token=$(at irq token add nour --name screen --scope read --days 1 --quiet) || exit 2
"$COMITY" serve -C irq --clock 2015-10-03T07:59:57Z --web 127.0.0.1:0 >out 2>log </dev/null &
pid=$!
i=0
until grep -q 'the node runs' out || ! kill -0 $pid 2>/dev/null || [ $((i += 1)) -ge 3000 ]; do sleep 0.02; done
url=$(sed -n 's/^people and their tools are answered at \([^ ]*\).*/\1/p' out)
status() { curl -s -o body -w '%{http_code}' -H "Authorization: Bearer $token" "$url/api/v1/objects"; }
curl -sN --max-time 60 -H "Authorization: Bearer $token" -H 'Accept: text/event-stream' "$url/api/v1/events" >stream.1 &
stream=$!
i=0
until grep -q 'event: open' stream.1 || [ $((i += 1)) -ge 200 ]; do sleep 0.02; done
does 'a token that counts opens a stream' grep -q 'event: open' stream.1
i=0
until [ "$(status)" = 401 ] || [ $((i += 1)) -ge 200 ]; do sleep 0.05; done
same 401 'then it expires' status
printf 'Type: SITREP\nSubject: (//IRQ R//REL TO ALL) Roads\n\n(//IRQ R//REL TO ALL) [B2] Tulips.\n' >r
"$COMITY" -C irq add r | sed -n 's/.*\(report--[0-9a-f-]*\).*/\1/p' >id
[ -s id ]
report 'a report is added'
wait $stream
stream=''
! grep -qFf id stream.1
report 'of which the stream says nothing any more'
exit $status
