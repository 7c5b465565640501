#!/bin/sh
# The demonstration, cut off in the middle: by a signal, as Ctrl-C sends it, and where a node cannot start. Fails if one of its processes goes on, or if it ends
# as if all had been well. Played to its end it is a stage of its own (.ci/run).
. "${0%/*}/scenario"
demo=$(cd "${0%/*}/../../examples/baghdad" && pwd) || exit 2
cd "$dir" || exit 2

# gone PID…: none of them is there any more
gone() {
	for p; do
		! kill -0 "$p" 2>/dev/null || return 1
	done
}
cut_off() { # SIGNAL
	rm -rf homes
	KEEP=$dir/homes setsid sh "$demo/run" >out 2>&1 </dev/null &
	demo_pid=$!
	i=0
	until [ -s homes/run/usa.peers ] || [ $i -ge 6000 ]; do
		sleep 0.05
		i=$((i + 1))
	done
	nodes=$(cat homes/run/*.pid)
	kill "-$1" $demo_pid
	wait $demo_pid
	code=$?
	said="$(tail -n 5 out) $nodes"
	[ "$(echo "$nodes" | wc -l)" -eq 5 ] && [ $code -gt 128 ] && gone $nodes
	report "ended by $1 it leaves no node behind"
	gone $nodes || kill $nodes
}
cut_off TERM
cut_off HUP

# a program whose nodes do not start
cat >lame <<END
#!/bin/sh
case \$1 in
serve) exit 73 ;;
esac
exec "$COMITY" "\$@"
END
chmod +x lame
mkdir small
cp -r "$demo/run" "$demo/lib.sh" "$demo/reports" small
sed '/^sees syr lead/,$d' "$demo/01-found.sh" >small/01-found.sh
run env COMITY="$dir/lame" sh small/run
[ "$code" -ne 0 ] && printf '%s\n' "$said" | grep -q '^ *FAILED *the node of irq runs'
report 'a node that does not start is a failed check'
exit $status
