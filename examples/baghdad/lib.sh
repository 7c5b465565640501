# lib: what the scenes share: whose turn it is, what time it is, what was checked. Sourced by run.
#
# The homes of all members are directories of $work on one machine, so that one script can play them all. Nothing passes between them but what a command
# fetches from another home as that home's peer, or carries in a file.

comity=${COMITY:-comity}
command -v "$comity" >/dev/null || { echo "baghdad: no program $comity: name it by COMITY=…" >&2; exit 2; }
if [ -n "${KEEP:-}" ]; then
	work=$KEEP
	mkdir -p "$work" && [ -z "$(ls -A "$work")" ] || { echo "$work is not empty" >&2; exit 2; }
else
	work=$(mktemp -d "${TMPDIR:-/tmp}/baghdad.XXXXXX") || exit 2
	trap 'rm -rf "$work"' EXIT
	trap 'exit 130' INT TERM
fi
work=$(cd "$work" && pwd)
four='irq rus irn syr'
export LC_ALL=C.UTF-8
unset COMITY_HOME
mkdir "$work/media" "$work/mail" "$work/log"
: >"$work/checks"

# ---- time: each command comes a second after the one before

# at 2015-10-01T06: it is now this hour
at() {
	hour=$1
	echo 0 >"$work/second"
}

# as MEMBER COMMAND…: what this member types
as() {
	who=$1
	shift
	second=$(($(cat "$work/second") + 1))
	echo $second >"$work/second"
	"$comity" -C "$work/$who" --clock "$(printf '%s:%02d:%02dZ' "$hour" $((second / 60)) $((second % 60)))" --as "$who" --position J2-3 --quiet --color=never "$@"
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

# exchange MEMBER…: everyone fetches from everyone
exchange() {
	for taker in "$@"; do
		for giver in "$@"; do
			[ "$taker" = "$giver" ] || must as "$taker" sync "$work/$giver"
		done
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

summary() {
	good=$(grep -c '^ok' "$work/checks")
	bad=$(grep -c '^FAILED' "$work/checks")
	printf '\n== What was checked\n'
	sed 's/^ok /ok      /; s/^FAILED /FAILED  /; s/^/   /' "$work/checks"
	printf '\n%s ok, %s failed%s\n' "$good" "$bad" "${KEEP:+ (homes are in $work)}"
	[ "$bad" = 0 ]
}
