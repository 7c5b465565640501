#!/bin/sh
# tools/setup installs what is missing and nothing else. Fails if it calls the package manager when all is there, asks for a package that is there, or hides
# from a machine without apt-get, or a user without sudo, what is missing. The package manager here is a fake that writes down how it is called.
top=$(pwd)
dir=$(mktemp -d) || exit 2
trap 'rm -rf "$dir"' EXIT
status=0
# A machine with these commands and no other.
machine() {
	rm -rf "$dir/bin" "$dir/log"
	mkdir "$dir/bin"
	for c in sh "$@"; do
		ln -s "$(command -v "$c")" "$dir/bin/$c" || exit 2
	done
	printf '#!/bin/sh\necho %s\n' "${uid:-0}" >"$dir/bin/id"
	chmod +x "$dir/bin/id"
}
fake() { # NAME: writes its arguments down; fails the first $fails times
	printf '#!/bin/sh\necho "%s $*" >>"%s/log"\n[ "$1" = apt-get ] && shift && exec apt-get "$@"\n[ ! -e "%s/fail" ] || { rm "%s/fail"; exit 1; }\n' "$1" "$dir" "$dir" "$dir" |
		sed "1s|/bin/sh|$(command -v sh)|;s|\brm\b|$(command -v rm)|" >"$dir/bin/$1"
	chmod +x "$dir/bin/$1"
}
setup() {
	said=$(PATH="$dir/bin" "$top/tools/setup" "$@" 2>&1 </dev/null)
	code=$?
}
check() { # NAME CONDITION…
	name=$1
	shift
	if "$@"; then
		echo "ok $name"
	else
		echo "not ok $name"
		printf '%s\n' "$said" "exit $code" | cat - "$dir/log" 2>/dev/null | sed 's/^/#  /'
		status=1
	fi
}
called() { grep -Eqx "$1" "$dir/log" 2>/dev/null; }
says() { printf '%s\n' "$said" | grep -q "$1" && [ "$code" -ne 0 ]; }
quiet() { [ "$code" -eq 0 ] && [ -z "$said" ] && [ ! -e "$dir/log" ]; }

machine gcc make pkg-config
fake apt-get
setup
check "all there: nothing is done" quiet

machine gcc make pkg-config
rm "$dir/bin/pkg-config"
printf '#!/bin/sh\nexit 1\n' >"$dir/bin/pkg-config"
chmod +x "$dir/bin/pkg-config"
fake apt-get
setup
check "libraries alone are missing" called 'apt-get .*install -y --no-install-recommends libsodium-dev libsqlite3-dev libssl-dev libgnutls28-dev libcurl4-gnutls-dev libexpat1-dev'

machine gcc pkg-config
fake apt-get
touch "$dir/fail"
setup
check "old lists are brought up to date" called 'apt-get -qq update'

uid=1000
machine gcc pkg-config
fake apt-get
setup
check "a user without sudo is told the command" says 'as root, run: apt-get install make'

fake sudo
setup
check "a user with sudo" called 'sudo apt-get .*install -y --no-install-recommends make'

machine gcc pkg-config
setup
check "no apt-get: what is missing is said" says 'missing: make'

uid=0
machine gcc make pkg-config
fake apt-get
setup --test
check "what the tests call is asked for by the tests alone" called 'apt-get .*install -y --no-install-recommends( lib[a-z0-9-]+)* python3 age curl'

setup --odd
check "an unknown argument is refused" says 'usage'
exit $status
