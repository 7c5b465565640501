#!/bin/sh
# Fails while this weakness is there. A member that released, and one that was caught with a fork, "loses" its log key as of a moment long before: does what others countersigned in time still stand against it?
. "${0%/*}/../run/scenario"
now=2015-10-01T10:00:00Z
centre irq rus irn
cd "$dir" || exit 2
rel() { printf 'Type: INTREP\nSubject: (//IRQ R//REL TO ALL) %s\n\n(//IRQ R//REL TO ALL) [B2] %s.\n' "$2" "$2" >r; at $1 add r >/dev/null; at $1 release "$(get items.0.id at $1 ls --circle irq -n 1)" --to ALL --yes >out 2>&1 || cat out; }
now=2015-10-02T08:00:00Z
rel irq Tulip
now=2015-10-02T08:05:00Z
for m in rus irn; do at $m sync irq >/dev/null; done
at rus sync irn >/dev/null; at irn sync rus >/dev/null
id=$(get items.0.id at rus ls)
does 'the release can be proven' at rus prove "$id" -o proof
centre=$(printf "%s\n" "$said" | sed -n "s/^centre *//p")
"$COMITY" prove-check proof --centre-id "$centre" 2>&1 | sed 's/^/# before: /'
# the fork: the disk put back, which nothing tells from within
mkdir keep; cp irq/*.db irq/*.db-wal keep/ 2>/dev/null
now=2015-10-03T08:00:00Z
rel irq Crocus
at rus sync irq >/dev/null
rm -f irq/*.db-wal irq/*.db-shm
for f in keep/*; do cat "$f" >irq/${f#keep/}; done
rel irq Anemone
at irn sync irq 2>&1 | sed 's/^/# irn: /'
now=2015-10-03T08:10:00Z
at rus sync irn 2>&1 | sed 's/^/# /'
at irn sync rus >/dev/null 2>&1
says ork 'the fork is proven' at rus logs
now=2015-10-05T08:00:00Z
at irq key --rotate --revoked-from "${FROM:-2015-10-01T12:00:00Z}" 2>&1 | sed 's/^/# key: /'
for m in rus irn; do at $m sync irq >/dev/null 2>&1; done
says ork 'and still is, after its author says that its key was stolen two days before' at rus logs
says Tulip 'what two countersigned at once is still there' at rus ls
says Tulip 'and at the other' at irn ls
run at rus verify; printf '%s\n' "$said" | sed 's/^/# verify: /' | head -20
run at rus status; printf '%s\n' "$said" | grep -i 'revok\|fork\|key' | sed 's/^/# status: /'
run at rus prove "$id" -o proof2; printf '%s\n' "$said" | sed 's/^/# /'
run "$COMITY" prove-check proof2 --centre-id "$centre"; printf '%s\n' "$said" | sed 's/^/# after: /'
exit $status
