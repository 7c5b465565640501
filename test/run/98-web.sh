#!/bin/sh
# The listener for people and tools of a running node. Fails if it does not come up by itself, is open beyond this machine in clear, answers a name that is not
# its own, lets another site's page change something, tells the wrong person how the node does, writes content or names to its log, takes a configuration that
# it does not understand, loses what it acknowledged, or does not speak to a service manager.
. "${0%/*}/scenario"
centre irq rus
units=$(cd "${0%/*}/../../examples/systemd" && pwd) || exit 2
cd "$dir" || exit 2
pid=''
trap '[ -n "$pid" ] && kill "$pid" 2>/dev/null; wait 2>/dev/null; rm -rf "$dir"' EXIT

# start [FLAG…]: the node of irq; its people's address is $url.
start() {
	node_of irq "$@"
}
stop() { # [SIGNAL]
	kill "-${1:-TERM}" "$pid"
	wait "$pid" 2>/dev/null
	code=$?
	pid=''
}
# status CURL-ARGUMENT…: of the reply alone.
status() {
	curl -s -o body -w '%{http_code}' --max-time 60 "$@"
}

echo 'four quiet brown dogs' >pw
at irq account add ayman --role administrator --password-file pw >/dev/null || exit 2
at irq account add nour --role analyst --cleared all --password-file pw >/dev/null || exit 2
admin=$(at irq token add ayman --name prometheus --scope admin --quiet)
token=$(at irq token add nour --name tool --scope read --scope write --quiet)

# check NAME FILE…: how the command before ended; the files say why.
check() {
	ended=$?
	name=$1
	shift
	said=$(cat "$@" 2>&1)
	[ $ended -eq 0 ]
	report "$name"
}

# it comes up by itself
start
[ -n "$url" ]
check 'it says where people are answered, unasked' out log
same 200 'health is open' status "$url/healthz"
same 'ok' 'and tells nothing more' cat body
same 200 'ready' status "$url/readyz"
same 401 'the API is not' status "$url/api/v1/objects"
same 200 'with a token' status -H "Authorization: Bearer $token" "$url/api/v1/objects"
same 200 'or the token as a password' status -u "nour:$token" "$url/api/v1/objects"
same 401 'of its own account alone' status -u "ayman:$token" "$url/api/v1/objects"
same 401 'a password is no token' status -u 'nour:four quiet brown dogs' "$url/api/v1/objects"
same 403 'an administrator reads nothing' status -H "Authorization: Bearer $admin" "$url/api/v1/objects"
same 200 'but asks how the node stands' status -H "Authorization: Bearer $admin" "$url/api/v1/status"
same 200 'and which centres there are' status -H "Authorization: Bearer $admin" "$url/api/v1/centres"

# every reply is guarded
for path in /healthz /nowhere /api/v1/objects /api/v1/openapi.json; do
	curl -s -D head -o body "$url$path"
	grep -qi '^x-content-type-options: nosniff' head && grep -qi "^content-security-policy: default-src 'none'" head &&
		grep -qi '^referrer-policy: no-referrer' head && grep -qi '^cache-control:' head && ! grep -qi '^server:' head
	check "guards on $path" head
done

# names and origins
same 421 'another name is refused' status -H 'Host: evil.example' "$url/healthz"
same 421 'as is another address' status -H 'Host: 10.0.0.1' "$url/healthz"
same 200 'localhost is here' status -H 'Host: localhost:1' "$url/healthz"
new='{"type":"campaign","spec_version":"2.1","id":"campaign--00000000-0000-4000-8000-000000000001","created":"2015-10-01T00:00:00.000Z","modified":"2015-10-01T00:00:00.000Z","name":"weasel"}'
post() { status -H "Authorization: Bearer $token" -H 'Content-Type: application/stix+json' -d "$new" "$@" "$url/api/v1/objects?label=private"; }
same 403 'nothing is changed from another site' post -H 'Origin: https://evil.example'
same 403 'nor from another port' post -H 'Origin: http://127.0.0.1:1'
same 403 'nor by a frame of one' post -H 'Sec-Fetch-Site: cross-site'
same 403 'nor from nowhere' post -H 'Origin: null'

# sessions
login='{"name":"nour","password":"four quiet brown dogs"}'
said=$(curl -s -D head -H 'Content-Type: application/json' -d "$login" "$url/api/v1/session")
csrf=$(printf '%s' "$said" | sed -n 's/.*"csrf":"\([^"]*\)".*/\1/p')
cookie=$(sed -n 's/^[Ss]et-[Cc]ookie: \(comity=[^;]*\);.*/\1/p' head)
[ -n "$csrf" ] && [ -n "$cookie" ] && grep -qi '^set-cookie:.*httponly.*samesite=strict' head
check 'a login gives a cookie' head
same 200 'which is taken' status -H "Cookie: $cookie" "$url/api/v1/objects"
write() { status -H "Cookie: $cookie" -H 'Content-Type: application/json' -d '{}' "$@" "$url/api/v1/verifications"; }
same 401 'but changes nothing by itself' write
same 401 'nor with a wrong word beside it' write -H "X-CSRF-Token: ${csrf%?}_"
same 200 'only with the right one' write -H "X-CSRF-Token: $csrf"
same 401 'a cookie of TLS is none in clear' status -H "Cookie: __Host-$cookie" "$url/api/v1/objects"
same 401 'a session is no token' status -H "Authorization: Bearer ${cookie#comity=}" "$url/api/v1/objects"

# figures
same 401 'figures are for nobody' status "$url/metrics"
same 403 'nor for who reads' status -H "Authorization: Bearer $token" "$url/metrics"
same 200 'but for who looks after the node' status -H "Authorization: Bearer $admin" "$url/metrics"
cat >format.py <<'END'
import re, sys
text = open(sys.argv[1]).read()
assert text.endswith("\n")
typed, seen, values = {}, set(), {}
line_re = re.compile(r'^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{((?:[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\["\\n])*",?)*)\})? (\S+)$')
for line in text.splitlines():
    m = re.match(r'^# (HELP|TYPE) ([a-z_:]+) (.+)$', line)
    if m:
        if m[1] == "TYPE":
            assert m[2] not in typed and m[3] in ("counter", "gauge", "histogram"), line
            typed[m[2]] = m[3]
        continue
    m = line_re.match(line)
    assert m, line
    float(m[3])
    base = re.sub(r'_(bucket|sum|count)$', '', m[1]) if re.sub(r'_(bucket|sum|count)$', '', m[1]) in typed else m[1]
    assert base in typed, line
    if typed[base] == "counter":
        assert base.endswith("_total"), line
    assert (m[1], m[2]) not in seen, line
    seen.add((m[1], m[2]))
    values[(m[1], m[2])] = float(m[3])
bars = [v for (n, l), v in values.items() if n.endswith("_bucket")]
assert bars and bars == sorted(bars) and bars[-1] == values[("comity_http_request_duration_seconds_count", None)]
assert any('route="/api/v1/objects"' in (l or "") and 'status="401"' in l for n, l in values)
END
does 'they have the form that Prometheus reads' python3 format.py body
hides nour 'nobody is named in them' cat body
hides weasel 'nor what is held' cat body

# the log
status -H "Authorization: Bearer $token" "$url/api/v1/objects/campaign--00000000-0000-4000-8000-00000000abcd" >/dev/null
status -H "Authorization: Bearer $token" "$url/api/v1/search?words=gryphon" >/dev/null
says 'route=/api/v1/objects/{id} ' 'a request is one line, by its row' cat log
hides 00000000abcd 'no path' cat log
hides gryphon 'no query' cat log
hides nour 'no name' cat log
hides cmty_ 'no token' cat log
! grep -qv '^time=[0-9T:.-]*Z level=[a-z]* event=[a-z]* ' log
check 'each line has one form' log

# killed and ended
say() { sed "s/000000000001/$(printf %012d "$1")/" <<END
$new
END
}
n=0
while [ $n -lt 25 ]; do
	n=$((n + 1))
	say $n >one
	[ "$(status -H "Authorization: Bearer $token" -H 'Content-Type: application/stix+json' --data-binary @one "$url/api/v1/objects")" = 200 ] || break
	echo "$n" >acknowledged
	[ $n = 25 ] && kill -KILL "$pid"
done
wait "$pid" 2>/dev/null
pid=''
[ "$(get 'items.#' at irq ls -n 100 --type campaign)" = "$(cat acknowledged 2>/dev/null)" ]
check 'what was acknowledged is there after a kill' acknowledged body
start
same 200 'and it runs again' status "$url/healthz"
stop
[ "$code" -eq 0 ]
check 'SIGTERM ends it well' log
same 000 'and nobody answers' status "$url/healthz"

# configuration
run "$COMITY" serve -C irq --print-config
printf '%s\n' "$said" >irq/comity.conf
says 'web = 127.0.0.1:8440' 'the defaults are a file' cat irq/comity.conf
does 'which is taken' "$COMITY" serve -C irq --print-config
echo 'wab = off' >irq/comity.conf
fails 65 "no 'wab'" 'an entry that is none is refused' "$COMITY" serve -C irq --print-config
printf '# x\n\nweb = off\nweb = off\n' >irq/comity.conf
fails 65 'comity.conf:4' 'one that stands there twice, with its line' "$COMITY" serve -C irq
echo 'web-connections = many' >irq/comity.conf
fails 64 'a number' 'a value that is none' "$COMITY" serve -C irq
echo 'web = off' >irq/comity.conf
start
[ -z "$url" ] && grep -q 'the node runs' out
check 'it can be off' out log
stop
start --web 127.0.0.1:0
same 200 'flags win' status "$url/healthz"
port=${url##*:}
stop
rm irq/comity.conf
fails 64 'in clear' 'beyond this machine not in clear' timeout 60 "$COMITY" serve -C irq --web 0.0.0.0:0
fails 64 'together' 'a certificate has a key' timeout 60 "$COMITY" serve -C irq --web 0.0.0.0:0 --web-cert pw
python3 -c 'import socket,sys,time
s = socket.socket(); s.bind(("127.0.0.1", 0)); s.listen(); print(s.getsockname()[1], flush=True); time.sleep(600)' >taken &
holder=$!
while [ ! -s taken ]; do sleep 0.02; done
run timeout 60 "$COMITY" serve -C irq --web "127.0.0.1:$(cat taken)"
[ "$code" -ne 0 ] && [ "$code" -ne 124 ]
report 'a port that was asked for and is taken is an error'
kill $holder

# TLS, and certificates that change
if command -v openssl >/dev/null; then
	cert() {
		openssl req -x509 -newkey ed25519 -nodes -keyout k.pem -out c.pem -subj "/CN=$1" -addext 'subjectAltName=IP:127.0.0.1,DNS:irq.example' -days 2 >/dev/null 2>&1
	}
	cert one
	echo a-secret-of-the-meter >meter
	echo 'metrics-token-file = meter' >irq/comity.conf
	start --web 127.0.0.1:0 --web-cert c.pem --web-key k.pem --web-names irq.example
	same 200 'over TLS' status --cacert c.pem "$url/healthz"
	same 200 'by its name' status --cacert c.pem --resolve "irq.example:${url##*:}:127.0.0.1" "https://irq.example:${url##*:}/healthz"
	same 000 'TLS 1.2 is too old' status --cacert c.pem --tls-max 1.2 "$url/healthz"
	same 200 'a secret for the figures' status --cacert c.pem -H 'Authorization: Bearer a-secret-of-the-meter' "$url/metrics"
	same 401 'and nothing else' status --cacert c.pem -H 'Authorization: Bearer a-secret-of-the-meter' "$url/api/v1/status"
	same 401 'and no other secret' status --cacert c.pem -H 'Authorization: Bearer a-secret-of-the-metes' "$url/metrics"
	cp c.pem old.pem
	cert two
	kill -HUP "$pid"
	i=0
	while ! grep -q event=reloaded log && [ $i -lt 3000 ]; do
		sleep 0.02
		i=$((i + 1))
	done
	same 200 'SIGHUP takes another certificate' status --cacert c.pem "$url/healthz"
	same 000 'in place of the old one' status --cacert old.pem "$url/healthz"
	echo broken >c.pem
	kill -HUP "$pid"
	i=0
	while ! grep -q event=failure log && [ $i -lt 3000 ]; do
		sleep 0.02
		i=$((i + 1))
	done
	same 200 'a broken one leaves all as it was' status -k "$url/healthz"
	stop
	rm irq/comity.conf
fi

# a service manager
cat >manager.py <<'END'
import os, signal, socket, subprocess, sys, time
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.bind("notify")
s.settimeout(60)
env = dict(os.environ, NOTIFY_SOCKET=os.path.abspath("notify"), WATCHDOG_USEC="400000", JOURNAL_STREAM="1:1")
p = subprocess.Popen([sys.argv[1], "serve", "-C", "irq", "--web", "127.0.0.1:0"], env=env, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
try:
    assert s.recv(100) == b"READY=1" or s.recv(100) == b"READY=1"
    between = []
    while len(between) < 5 or (sorted(between)[1] > 0.4 and len(between) < 100):  # in time, if the machine lets it
        began = time.monotonic()
        assert s.recv(100) == b"WATCHDOG=1"
        between.append(time.monotonic() - began)
    assert sorted(between)[1] <= 0.4, between
    p.send_signal(signal.SIGTERM)
    while s.recv(100) != b"STOPPING=1":
        pass
    said = p.communicate(timeout=60)[1]
    assert p.returncode == 0
    assert all(l.startswith(b"<") for l in said.splitlines()), said
finally:
    p.kill()
END
does 'a service manager is told when it is ready, lives and ends' python3 manager.py "$COMITY"
if command -v systemd-analyze >/dev/null; then
	mkdir -p units && sed "s|/usr/local/bin/comity|$COMITY|" "$units/comity@.service" >units/comity@irq.service
	run systemd-analyze security --offline=true --threshold=20 units/comity@irq.service
	[ "$code" -eq 0 ]
	report 'its unit leaves it little'
else
	echo 'ok its unit leaves it little # SKIP no systemd-analyze'
fi
exit $status
