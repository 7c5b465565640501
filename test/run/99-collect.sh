#!/bin/sh
# collect taxii: from another node, and from a server that does what it should not. Fails if an object is lost or taken twice, a server that repeats itself is asked
# without end, a redirect or an address of the server's own choosing is followed, a name from it becomes a path, or a password is shown or goes elsewhere.
. "${0%/*}/scenario"
here=$(cd "${0%/*}" && pwd)
centre irq rus
cd "$dir" || exit 2
pid='' bad=''
trap '[ -n "$pid" ] && kill "$pid" 2>/dev/null; [ -n "$bad" ] && kill "$bad" 2>/dev/null; wait 2>/dev/null; rm -rf "$dir"' EXIT
echo 'four quiet brown dogs' >pw
at irq account add nour --role analyst --cleared all --password-file pw >/dev/null || exit 2
at irq token add nour --name poller --scope taxii:read --quiet >token
node_of irq --web 127.0.0.1:0
: >port
python3 "$here/hostile_taxii.py" >port 2>>asked &
bad=$!
i=0
until [ -s port ] || [ $i -ge 3000 ]; do
	sleep 0.02
	i=$((i + 1))
done
worse=http://127.0.0.1:$(cat port)
object() { # NAME N
	printf '{"type":"campaign","spec_version":"2.1","id":"campaign--00000000-0000-4000-8000-%012d","created":"2015-10-01T00:00:00.000Z","modified":"2015-10-01T00:00:00.000Z","name":"%s"}' "$2" "$1"
}
node() { "$COMITY" --home "$dir/irq" "$@"; }
pull() { at rus collect taxii "$@"; }

# from another node
{ object tulip 1 && echo && object crocus 2; } >in
node add in >/dev/null
sleep 0.1
fails 77 'status 401' 'who does not say who asks' pull "$url/taxii2/"
fails 66 'no collection is called "Nothing"' 'a collection that is not' pull "$url/taxii2/" --user nour --password-file token --collection Nothing
says '2 objects added' 'what it has' pull "$url/taxii2/" --user nour --password-file token --collection Everything
says tulip 'is here' at rus ls
says '0 objects added' 'again brings nothing' pull "$url/taxii2/" --user nour --password-file token --collection Everything
object iris 3 >in && node add in >/dev/null
sleep 0.1
says '1 object added' 'what came late' pull "$url/taxii2/root/" --user nour --password-file token --collection Everything
says '0 objects added, 3 unchanged' 'anew' pull "$url/taxii2/" --user nour --password-file token --anew --collection Everything

# from one that is hostile
says '3 objects added, 1 unchanged' 'a page twice' pull "$worse/repeat/"
fails 65 'again and again' 'the same next for ever' pull "$worse/loop/"
says 'thing 200' 'what it gave stays' at rus ls
says '3 objects added' 'pages in another order' pull "$worse/reorder/"
: >asked
does 'and again' pull "$worse/reorder/"
same 3 'after the highest' grep -c 'added_after=2015-10-01T06:00:08' asked
fails 65 'gives none' 'more, and no objects' pull "$worse/empty/"
fails 65 '2 objects added, 1 refused' 'one that is no object' pull "$worse/bad/"
says '1 object added' 'compressed' pull "$worse/gzip/"
fails 65 '' 'a hundred megabytes' pull "$worse/huge/"
fails 65 '' 'or what swells to that' pull "$worse/bomb/"
says '1 object added' 'a page too large for the server is asked for in parts' pull "$worse/heavy/"
says '1 object added' 'and one too large for us' pull "$worse/fat/"
fails 65 'the page' 'a torn page' pull "$worse/torn/"
fails 65 'column' 'an envelope with another behind it, and where' pull "$worse/behind/"
hides 'thing 600' 'nothing of it is taken' at rus ls
fails 65 'not application/taxii+json' 'another media type' pull "$worse/type/"
fails 78 'older TAXII' 'another TAXII' pull "$worse/older/"
says '0 objects added, 1 unchanged' 'its type said otherwise' pull "$worse/quoted/"
fails 74 '' 'byte by byte' pull "$worse/drip/" --wait 1
fails 77 'not followed' 'a redirect' pull "$worse/redirect/"
fails 77 'not where it was asked' 'a root elsewhere' pull "$worse/outside/"
fails 65 'id of that collection' 'a path for an id' pull "$worse/traverse/"
fails 66 '404' 'not found' pull "$worse/404/"
fails 78 'TAXII 2.1' 'not acceptable' pull "$worse/406/"
fails 75 'too often' 'too often' pull "$worse/429/"
fails 74 '503' 'out of order' pull "$worse/503/"
fails 77 'plain HTTP' 'plain HTTP elsewhere' pull http://taxii.example/taxii2/
fails 64 '' 'no address' pull file:///etc/passwd
echo 'tell nobody' >secret
run pull "$worse/redirect/" --user u --password-file secret
same 1 'what proves us was shown where it was asked, once' grep -c 'Basic dTp0ZWxsIG5vYm9keQ==' asked
hides 'tell nobody' 'and nowhere else' cat log asked
