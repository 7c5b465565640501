#!/bin/sh
# tools/tally counts what it is told and is not fooled. Fails if a crash, silence, a hang or a failure is taken for a pass, or a count is wrong.
dir=$(mktemp -d) || exit 2
trap 'rm -rf "$dir"' EXIT
status=0
n=0
program() { # TEXT: a script of that text; its path in $made
	n=$((n + 1))
	made=$dir/p$n
	printf '#!/bin/sh\n%s\n' "$1" >"$made"
	chmod +x "$made"
}
expect() { # NAME STATUS LAST-LINE COMMAND…
	name=$1 want=$2 last=$3
	shift 3
	said=$(TALLY_TIMEOUT=2 tools/tally "$@" 2>&1)
	code=$?
	if [ $code -eq "$want" ] && [ "$(printf '%s\n' "$said" | tail -n 1)" = "$last" ]; then
		echo "ok $name"
	else
		echo "not ok $name"
		printf '%s\n' "$said" | sed 's/^/#  /'
		status=1
	fi
}

program 'echo ok a; echo "ok b # skip no data"; echo noise'
good=$made
expect 'passes and skips' 0 '1 passed, 0 failed, 1 skipped' "$good"
program 'echo ok a; echo not ok b; exit 1'
expect 'a failure' 1 '2 passed, 1 failed, 1 skipped' "$good" "$made"
program 'echo ok a; echo not ok b; exit 0'
expect 'a failure that ends well' 1 '1 passed, 1 failed, 0 skipped' "$made"
program 'echo ok a; kill -SEGV $$'
expect 'a crash after a pass' 1 '1 passed, 1 failed, 0 skipped' "$made"
program ':'
expect 'silence' 1 '0 passed, 1 failed, 0 skipped' "$made"
program 'echo ok a; sleep 30'
expect 'a hang' 1 '1 passed, 1 failed, 0 skipped' "$made"
expect 'a program that is not there' 1 '0 passed, 1 failed, 0 skipped' "$dir/none"
program 'echo "ok $1 $2"; cat >/dev/null'
expect 'arguments, and no standard input' 0 '1 passed, 0 failed, 0 skipped' "$made --runs=2 x"
exit $status
