#!/bin/sh
# Fails while this weakness is there. A home signs two different next charters of one number without a word; whoever collects both votes forks the
# centre, for ever.
. "${0%/*}/../run/scenario"
centre irq rus irn
cd "$dir" || exit 2
at irn charter propose --duty 'every P1M: a' -o one >/dev/null
at irn charter propose --duty 'every P2M: b' -o two >/dev/null
does 'rus signs a proposal of irn' at rus charter sign one -o one.rus
run at rus charter sign two -o two.rus
[ "$code" -ne 0 ] || printf '%s\n' "$said" | grep -qi -e 'already' -e 'another' -e 'fork' -e 'also signed'
report 'that it signs another of the same number is refused, or told'
for c in one two; do
	at irn charter sign $c -o $c.irn >/dev/null 2>&1
	at irn charter assemble $c $c.rus $c.irn -o $c.signed >/dev/null 2>&1
	at irq charter install $c.signed 2>&1 | sed 's/^/# irq: /' | grep -i fork
done
hides FORK 'the centre has no fork' at irq charter fork
exit $status
