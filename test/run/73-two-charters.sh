#!/bin/sh
# A home is asked to sign two different next charters. Fails if it does without being told that it is meant: whoever collects both votes forks the
# centre, for ever.
. "${0%/*}/scenario"
centre irq rus irn
cd "$dir" || exit 2
at irn charter propose --duty 'every P1M: a' -o one >/dev/null
at irn charter propose --duty 'every P2M: b' -o two >/dev/null
does 'rus signs a proposal of irn' at rus charter sign one -o one.rus
fails 73 'has signed another charter' 'another that follows on the same one is refused' at rus charter sign two -o two.rus
does 'the same one may be signed again' at rus charter sign one -o again
same '' 'with the same vote' cmp one.rus again
for c in one two; do
	at irn charter sign $c -o $c.irn >/dev/null 2>&1
	at irn charter assemble $c $c.rus $c.irn -o $c.signed >/dev/null 2>&1
	at irq charter install $c.signed >/dev/null 2>&1
done
hides FORK 'the centre has no fork' at irq charter fork
fails 73 'is installed here' 'who signed neither and has one does not sign the other' at irq charter sign two -o two.irq
does 'who means it signs another' at rus charter sign two --another -o two.rus
fails 73 'has signed another charter' 'and from then on that is the one' at rus charter sign one -o one.rus
now=2015-10-03T08:00:00Z
at irq charter propose --duty 'every P3M: c' -o three >/dev/null
does 'what follows on the new one is another matter' at irq charter sign three -o three.irq
exit $status
