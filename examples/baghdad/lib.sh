# lib: what the scenes share: whose turn it is, what time it is, what was checked. Sourced by run.
#
# Each member's node is a process of its own over a home of its own, a directory of $work, so that one script can play them all. What one releases reaches
# the others by the network (loopback, mutual TLS), since the charter says where each answers and by which key it is known; or in a file that is carried.
# A command asks the node that runs in its home; where none runs it opens the home itself, and answers the same.

comity=${COMITY:-comity}
command -v "$comity" >/dev/null || { echo "baghdad: no program $comity: name it by COMITY=…" >&2; exit 2; }
case ${KEEP:-} in
'' | 1) work=$(mktemp -d "${TMPDIR:-/tmp}/baghdad.XXXXXX") || exit 2 ;;
*)
	work=$KEEP
	mkdir -p "$work" && [ -z "$(ls -A "$work")" ] || { echo "$work is not empty" >&2; exit 2; }
	;;
esac
work=$(cd "$work" && pwd)
four='irq rus irn syr'
export LC_ALL=C.UTF-8
unset COMITY_HOME
mkdir "$work/media" "$work/mail" "$work/log" "$work/run"
: >"$work/checks"
stays= # set at the end, if the nodes are to go on
trap leave EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
trap 'exit 129' HUP

# However this ends, no node goes on without being asked to. Homes that were to be kept are.
leave() {
	trap '' INT TERM HUP
	[ -z "$stays" ] || return
	for left in $four usa; do
		stop_node $left
	done
	[ -n "${KEEP:-}" ] || rm -rf "$work"
}

# ---- time: all members' clocks show the same, and go on by themselves from there

# at 2015-10-01T06: it is now this hour, on every node
at() {
	hour=$1
	hour_began=$(date +%s)
	for node in $four usa; do
		! runs $node || must "$comity" -C "$work/$node" --clock "$hour:00:00Z" centres
	done
}

moment() {
	second=$(($(date +%s) - hour_began))
	printf '%s:%02d:%02dZ' "$hour" $((second / 60)) $((second % 60))
}

# ---- nodes

runs() {
	[ -s "$work/run/$1.pid" ]
}

# start_node MEMBER: its node, at the ports where it was before, or at free ones
start_node() {
	peers_port=$(cat "$work/run/$1.peers" 2>/dev/null || echo 0)
	web_port=$(cat "$work/run/$1.web" 2>/dev/null || echo 0)
	: >"$work/log/$1.says"
	"$comity" serve -C "$work/$1" --clock "$(moment)" --peers "127.0.0.1:$peers_port" --web "127.0.0.1:$web_port" \
		>"$work/log/$1.says" 2>>"$work/log/$1.log" </dev/null &
	echo $! >"$work/run/$1.pid"
	tries=0
	until grep -q 'the node runs' "$work/log/$1.says"; do
		tries=$((tries + 1))
		if [ $tries -ge 300 ] || ! kill -0 "$(cat "$work/run/$1.pid")" 2>/dev/null; then
			echo "   the node of $1 does not run: $(tail -n 1 "$work/log/$1.log")"
			echo "FAILED the node of $1 runs" >>"$work/checks"
			stop_node "$1"
			return 1
		fi
		sleep 0.1
	done
	sed -n 's/.*nodes are answered on port \([0-9]*\).*/\1/p' "$work/log/$1.says" >"$work/run/$1.peers"
	sed -n 's/.*are answered at http:.*:\([0-9]*\).*/\1/p' "$work/log/$1.says" >"$work/run/$1.web"
}

# stop_node MEMBER: by the number of the process that was started here, and no other
stop_node() {
	runs "$1" || return 0
	pid=$(cat "$work/run/$1.pid")
	rm -f "$work/run/$1.pid"
	kill "$pid" 2>/dev/null
	tries=0
	while kill -0 "$pid" 2>/dev/null && [ $tries -lt 200 ]; do
		sleep 0.1
		tries=$((tries + 1))
	done
	[ $tries -lt 200 ] || kill -9 "$pid"
	wait "$pid" 2>/dev/null
	return 0
}

# as MEMBER COMMAND…: what this member types
as() {
	who=$1
	shift
	if runs "$who"; then
		"$comity" -C "$work/$who" --as "$who" --position J2-3 --quiet --color=never "$@"
	else
		"$comity" -C "$work/$who" --clock "$(moment)" --as "$who" --position J2-3 --quiet --color=never "$@"
	fi
}

# root MEMBER COMMAND…: the same, with the root key, which is on a medium of its own
root() {
	owner=$1
	shift
	as "$owner" --root-key "$work/media/$owner.root" "$@"
}

# ---- what is shown

scene() {
	printf '\n== %s\n' "$*"
}

# sees MEMBER COMMAND…: what it prints there (the beginning), for whoever watches
sees() {
	printf '   %s$ comity' "$1"
	(shift && printf ' %s' "$@")
	echo
	as "$@" 2>&1 | cut -c1-150 | sed -e 's/^/   | /' -e '16{s/.*/   | …/;q;}'
}

# reads MEMBER: the reports before it, newest first, without their ids
reads() {
	printf '   %s$ comity ls --type report\n' "$1"
	as "$1" ls --type report 2>&1 | sed -e '/^ *report--/d' -e 's/^/   | /' | cut -c1-150
}

# ---- what is checked

# A command that has to do its work for the story to go on.
must() {
	if ! "$@" >"$work/log/out" 2>&1; then
		echo "   this failed: $*"
		sed 's/^/   ! /' "$work/log/out"
		echo "FAILED $*" >>"$work/checks"
		return 1
	fi
}

# check TEXT COMMAND…: ok if it succeeds
check() {
	text=$1
	shift
	if "$@" >"$work/log/out" 2>&1; then
		echo "   ok      $text"
		echo "ok $text" >>"$work/checks"
	else
		echo "   FAILED  $text"
		echo "FAILED $text" >>"$work/checks"
		{ echo "$*"; cat "$work/log/out"; } | head -n 20 | sed 's/^/   ! /'
	fi
}

# refused COMMAND…: succeeds if the command is refused, and not because it was called wrongly or something was not found
refused() {
	"$@"
	case $? in
	65 | 73 | 75 | 76 | 77) return 0 ;;
	esac
	return 1
}

# says TEXT COMMAND…: succeeds if it prints the text, whatever its status
says() {
	wanted=$1
	shift
	"$@" 2>&1 | tee "$work/log/said" | grep -F -e "$wanted" || { cat "$work/log/said"; return 1; }
}

# silent TEXT COMMAND…: succeeds if the command does, and does not print the text
silent() {
	unwanted=$1
	shift
	"$@" >"$work/log/said" 2>&1 || { cat "$work/log/said"; return 1; }
	! grep -F -e "$unwanted" "$work/log/said"
}

same() {
	echo "'$1' '$2'"
	[ -n "$1" ] && [ "$1" = "$2" ]
}

# ---- replies: `comity … --json | member NAME` gives the first text of that name

member() {
	tr '{,[' '\n\n\n' | sed -n "s/.*\"$1\":\"\([^\"]*\)\".*/\1/p" | head -n 1
}

# add MEMBER FILE [FLAG…]: takes a report in; prints its id
add() {
	adder=$1
	shift
	must as "$adder" add "$@" --json >&2 || return 1
	member id <"$work/log/out"
}

# release MEMBER ID --to CIRCLE [FLAG…]: releases it; prints the id it has there
release() {
	releaser=$1
	shift
	must as "$releaser" release "$@" --yes --json >&2 || return 1
	member as <"$work/log/out"
}

# exchange MEMBER…: until each of these nodes has fetched what the others of them have for it: of every log in whose circle several of them are, all have as much
exchange() {
	tries=0
	while :; do
		for taker in "$@"; do
			for one in Baghdad Erbil; do # of who is not in it there is nothing
				as "$taker" logs --centre $one --json 2>/dev/null | sed "s/^/$taker /"
			done
		done | tr '{' '\n' | behind "$@" >"$work/log/behind"
		[ -s "$work/log/behind" ] || return 0
		tries=$((tries + 1))
		if [ $tries -ge 120 ]; then
			echo "   not all came in time: $(head -n 1 "$work/log/behind")"
			echo "FAILED the nodes of $* are in step" >>"$work/checks"
			return 1
		fi
		sleep 0.2
	done
}

# behind MEMBER…: of "MEMBER reply of logs", the logs of which one of these has not all
behind() {
	awk -v asked="$*" '
	BEGIN { n = split(asked, member, " ") }
	/^[a-z0-9]+ $/ { who = $1 }
	/^"origin":/ {
		if (!match($0, /"log":"[0-9a-f]*"/)) next
		log_ = substr($0, RSTART + 7, RLENGTH - 8)
		match($0, /"circle":"[a-z0-9.]*"/)
		circle[log_] = "." substr($0, RSTART + 10, RLENGTH - 11) "."
		match($0, /"entries":[0-9]*/)
		has[log_, who] = substr($0, RSTART + 10, RLENGTH - 10) + 0
		if (has[log_, who] > most[log_]) most[log_] = has[log_, who]
	}
	END {
		for (one in circle)
			for (i = 1; i <= n; i++)
				if (circle[one] ~ /[.].*[.].*[.]/ && index(circle[one], "." member[i] ".") && has[one, member[i]] + 0 < most[one])
					print member[i] " has " has[one, member[i]] + 0 " of " most[one] " entries in circle " circle[one]
	}'
}

# comes COMMAND…: succeeds as soon as the command does, within half a minute: what other nodes do when something reaches them comes by itself
comes() {
	tries=0
	until "$@"; do
		tries=$((tries + 1))
		[ $tries -lt 100 ] || return 1
		sleep 0.3
	done
}

# every MEMBER… -- COMMAND…: the command succeeds for each, with the member as its next word but one: every rus irn -- holds Makhul
every() {
	members=''
	while [ "$1" != -- ]; do
		members="$members $1"
		shift
	done
	shift
	did=$1
	shift
	for each in $members; do
		"$did" "$each" "$@" || { echo "not so: $did $each $*"; return 1; }
	done
}

# ---- bytes: promise 1 is about what is in a home, not about what is shown

# holds MEMBER WORDS: the words stand somewhere in the files of the home
holds() {
	grep -r -l -a -F -e "$2" "$work/$1"
}

# lacks MEMBER WORDS…: it is a home, and none of these does
lacks() {
	place=$1
	shift
	[ -s "$work/$place/log.db" ] || { echo "no home of $place"; return 1; }
	for words in "$@"; do
		if holds "$place" "$words"; then
			echo "$place holds: $words"
			return 1
		fi
	done
}

# where: the nodes that run, and how to log in
where() {
	for each in $four usa; do
		runs $each || continue
		printf '   %-4s people at http://127.0.0.1:%s as %s, password: %s   (other nodes at https://127.0.0.1:%s)\n' $each \
			"$(cat "$work/run/$each.web")" "$(account_of $each)" "$(cat "$work/media/password")" "$(cat "$work/run/$each.peers")"
	done
}

# keep: the nodes go on after this; a script ends them
keep() {
	stays=yes
	{
		echo '#!/bin/sh'
		echo '# Ends the nodes of this demonstration, each by the number of its process, if that number is still its own.'
		echo 'end() {'
		printf '\t%s\n' "tr '\\0' ' ' 2>/dev/null <\"/proc/\$2/cmdline\" | grep -qF \"serve -C $work/\$1 \" && kill \"\$2\" && echo \"the node of \$1 ends\""
		echo '}'
		for each in $four usa; do
			! runs $each || echo "end $each $(cat "$work/run/$each.pid")"
		done
		echo "echo 'the homes stay in $work'"
	} >"$work/stop"
	chmod +x "$work/stop"
	printf '\n== The nodes go on\n'
	where
	cat <<END

   $comity -C $work/irq ls                           a command, asked of the node of Iraq
   curl -s http://127.0.0.1:$(cat "$work/run/irq.web")/api/v1/session -H 'Content-Type: application/json' \\
     -c $work/cookie -d '{"name":"$(account_of irq)","password":"$(cat "$work/media/password")"}'
   curl -s http://127.0.0.1:$(cat "$work/run/irq.web")/api/v1/objects -b $work/cookie
   $work/stop                                        ends them
END
}

summary() {
	good=$(grep -c '^ok' "$work/checks")
	bad=$(grep -c '^FAILED' "$work/checks")
	printf '\n== What was checked\n'
	sed 's/^ok /ok      /; s/^FAILED /FAILED  /; s/^/   /' "$work/checks"
	[ -z "${KEEP:-}" ] || keep
	printf '\n%s ok, %s failed%s\n' "$good" "$bad" "${KEEP:+ (homes are in $work)}"
	[ "$bad" = 0 ]
}
