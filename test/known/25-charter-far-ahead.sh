#!/bin/sh
# Fails while this weakness is there. A charter whose moment lies far ahead (a slip of the year, or meant): can anything be changed before? Does anybody say so who signs it?
. "${0%/*}/../run/scenario"
centre irq rus irn
cd "$dir" || exit 2
all() { for m in irq rus irn; do at $m charter sign "$1" -o "$1.$m" >>sign 2>&1; done
	at irq charter assemble "$1" "$1.irq" "$1.rus" "$1.irn" -o "$1.s" >/dev/null 2>&1
	for m in irq rus irn; do at $m charter install "$1.s" >>sign 2>&1; done; }
at irn charter propose --from 2105-10-03 --duty 'every P1M: a' -o far >>sign 2>&1
all far
said=$(cat sign) code=0; grep -qi 'until\|years' sign
report 'who signs or installs it is told that nothing can be changed until then'
now=2015-10-03T08:00:00Z
at irq charter propose --from 2015-10-05 --leave rus -o next >/dev/null
for m in irq irn; do at $m charter sign next -o next.$m >sign.$m 2>&1 || sed "s/^/# $m: /" sign.$m; done
run at irq charter assemble next next.irq next.irn -o next.s
printf '%s\n' "$said" | sed 's/^/# assemble: /'
does 'a quorum agrees that RUS, whose root key was stolen, leaves now' at irq charter install next.s
at irq charter propose --leave rus 2>&1 -o next2 | sed -n 's/^from/# without --from: from/p'
exit $status
