#!/bin/sh
# An entry was made after its author left and countersigned by nobody in time. Fails if prove-check does not say that it does not count by the charters
# in the file, and by which; or says so of what counts.
. "${0%/*}/scenario"
centre irq rus irn
cd "$dir" || exit 2
printf 'Type: INTREP\nSubject: (//RUS R//REL TO IRN, IRQ, RUS) Early\n\n(//RUS R//REL TO IRN, IRQ, RUS) [B2] Early.\n' >early
at rus add early >/dev/null
at rus release "$(get items.0.id at rus ls)" --to ALL --yes >/dev/null
early=$(get items.0.id at rus ls --circle ALL)
at irq sync rus >/dev/null
cid=$(get items.0.centre_id at rus centres)
at irq charter propose --leave rus --order irq,irn -o second >/dev/null
for m in irq irn; do at $m charter sign second -o $m.s >/dev/null 2>&1; done
at irq charter assemble second irq.s irn.s -o signed >/dev/null
for m in irq irn; do at $m charter install signed >/dev/null; done
now=2015-11-04T08:00:00Z
printf 'Type: INTREP\nSubject: (//RUS R//REL TO IRN, IRQ, RUS) Late\n\n(//RUS R//REL TO IRN, IRQ, RUS) [B2] Late.\n' >late
at rus add late >/dev/null
at rus release "$(get items.0.id at rus ls)" --to ALL --yes >/dev/null
t=$(get items.0.id at rus ls --circle ALL)
at irq prove "$early" -o seen >/dev/null 2>&1
at rus prove "$early" -o unseen >/dev/null 2>&1
at rus prove "$t" -o proof >/dev/null 2>&1
with() { # FILE: as who holds the later charter would have made it
	python3 - "$1" <<'END'
import sys
b = open(sys.argv[1], "rb").read()
head, rest = b.split(b"\n", 1)
line, rest = rest.split(b"\n", 1)
n = int(line.split()[1])
docs = rest[:n] + open("signed", "rb").read().strip() + b"\n"
open(sys.argv[1] + "2", "wb").write(head + b"\ncharters %d\n" % len(docs) + docs + rest[n:])
END
}
with proof
with unseen
check() { "$COMITY" prove-check "$@" --centre-id "$cid"; }
fails 0 'it does not count' 'who reads the proof is told that it does not count under the charters in it' check proof2
says 'nobody who is still there countersigned it' 'and why' check proof2
says 'the last one in the file is version 2' 'and by which charter' check proof2
same false 'in JSON too' get counts check proof2
says 'it counts, by the charters' 'without the later charter nothing speaks against it' check proof
same 1 'which is told: by the first alone' get by.newest check proof
says 'it counts, by the charters' 'what one who is still there saw in time counts' check seen
same irq 'by whose countersignature is told' get by.countersigners.0 check seen
same 2 'and by the last charter' get by.newest check seen
same false 'without that one it does not' get counts check unseen2
# a key that a card states
now=2015-11-05T08:00:00Z
at irq key --rotate >/dev/null 2>&1
now=2015-11-05T09:00:00Z
printf 'Type: INTREP\nSubject: (//IRQ R//REL TO IRN, IRQ) New\n\n(//IRQ R//REL TO IRN, IRQ) [B2] New.\n' >new
at irq add new >/dev/null
at irq release "$(get items.0.id at irq ls --circle irq)" --to irn --yes >/dev/null
at irq prove "$(get items.0.id at irq ls --circle irn.irq)" -o carded >/dev/null 2>&1
says 'stated by its card 1 of 2015-11-05' 'a card that states the key is named' check carded
same true 'and it counts' get counts check carded
exit $status
