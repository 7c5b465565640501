#!/bin/sh
# Fails while this weakness is there. Prove-check knows that an entry does not count (made after its author left, countersigned by nobody in time),
# and does not say so.
. "${0%/*}/../run/scenario"
centre irq rus irn
cd "$dir" || exit 2
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
at rus prove "$t" -o proof >/dev/null 2>&1
python3 - <<'END'
b = open("proof", "rb").read()
head, rest = b.split(b"\n", 1)
line, rest = rest.split(b"\n", 1)
n = int(line.split()[1])
docs = rest[:n] + open("signed", "rb").read().strip() + b"\n"
open("proof2", "wb").write(head + b"\ncharters %d\n" % len(docs) + docs + rest[n:])
END
run "$COMITY" prove-check proof2 --centre-id "$cid"
printf '%s\n' "$said" | sed 's/^/# /'
printf '%s\n' "$said" | grep -qi -e 'not count' -e 'charter' -e 'left' -e 'depart'
report 'who reads the proof is told that it does not count under the charters in it'
run "$COMITY" prove-check proof2 --centre-id "$cid" --json
printf '%s\n' "$said" | grep -q '"counts":false'
report 'in JSON too'
exit $status
