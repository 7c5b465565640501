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
program 'echo ok a; echo "not ok b"; echo "# why"'
bad=$made
TALLY_LANES=3
export TALLY_LANES
expect 'the same with several at once' 1 '4 passed, 3 failed, 2 skipped' "$good" "$bad" "$dir/none" "$good" "$bad"
# Each waits for what only the other does: they cannot both end in one lane.
program "touch '$dir/a'; i=0; while [ ! -f '$dir/b' ] && [ \$i -lt 15 ]; do sleep 0.1; i=\$((i + 1)); done; [ -f '$dir/b' ] && echo ok a"
first=$made
program "touch '$dir/b'; i=0; while [ ! -f '$dir/a' ] && [ \$i -lt 15 ]; do sleep 0.1; i=\$((i + 1)); done; [ -f '$dir/a' ] && echo ok b"
expect 'two run at the same time' 0 '2 passed, 0 failed, 0 skipped' "$first" "$made"
rm -f "$dir/a" "$dir/b"
TALLY_LANES=1
expect 'and one after the other where that is asked for' 1 '1 passed, 1 failed, 0 skipped' "$first" "$made"
# Ended from outside it ends what it runs.
program "echo ok a; echo \$\$ >'$dir/p'; exec sleep 30"
TALLY_LANES=1 tools/tally "$made" >/dev/null 2>&1 &
tally=$!
i=0
while [ ! -s "$dir/p" ] && [ $i -lt 100 ]; do
	sleep 0.1
	i=$((i + 1))
done
kill $tally
wait $tally
i=0
while kill -0 "$(cat "$dir/p")" 2>/dev/null && [ $i -lt 100 ]; do
	sleep 0.1
	i=$((i + 1))
done
if kill -0 "$(cat "$dir/p")" 2>/dev/null; then
	echo 'not ok what it runs ends with it'
	status=1
else
	echo 'ok what it runs ends with it'
fi
exit $status
