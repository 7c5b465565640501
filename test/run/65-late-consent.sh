#!/bin/sh
# Fails if a consent of an earlier epoch that comes late overrules what was said since.
. "${0%/*}/scenario"
centre irq rus irn
cd "$dir" || exit 2
C=campaign--00000000-0000-4000-8000-000000000001
D=campaign--00000000-0000-4000-8000-000000000002
obj() { printf '{"type":"campaign","spec_version":"2.1","id":"%s","created":"2015-09-01T00:00:00.000Z","modified":"2015-09-01T00:00:00.000Z","name":"one"}\n' $1 >o; }
now=2015-10-02T09:00:00Z
obj $C; at irq add --mark '(//IRQ R//REL TO IRQ, RUS)' o >/dev/null
at irq release $C --to rus --yes >/dev/null
at rus sync irq >/dev/null
at rus request $C --to ALL --reason x >/dev/null 2>&1
at irq sync rus irn >/dev/null
echo 'correct horse battery' >pass
at irq backup --passphrase-file pass copy >/dev/null
now=2015-10-02T09:01:00Z
obj $D; at irq add --mark '(//IRQ R//REL TO IRQ, RUS)' o >/dev/null
at irq release $D --to rus --yes >/dev/null
now=2015-10-02T09:20:00Z
l=$(get items.0.leaf at irq requests)
at irq consent $l --grant >/dev/null
at irq pouch pack --to rus -o p1 >/dev/null 2>&1
now=2015-10-02T09:02:00Z
at rus sync irq >/dev/null
mv irq lost
now=2015-10-02T09:03:00Z
"$COMITY" restore --clock $now --passphrase-file pass copy irq >/dev/null 2>&1
at irq sync rus irn >/dev/null

at irq settle --new-epoch --yes >/dev/null 2>&1
now=2015-10-02T09:30:00Z
does 'the originator refuses, in its new epoch' at irq consent $l --refuse --reason no
at rus sync irq >/dev/null
printf 'Type: INTSUM\nSubject: (//RUS R//REL TO IRN, IRQ, RUS) Sum\nCites: %s\n\n(//RUS R//REL TO IRN, IRQ, RUS) [C3] secret source.\n' $C >p
at rus add p >/dev/null
p=$(get items.0.id at rus ls --type report -n 1)
fails 77 '' 'the product does not go' at rus release $p --to ALL --yes
now=2015-10-02T09:40:00Z
does 'a pouch from before the loss' at rus pouch open p1
says refused 'the last word is still the refusal' at rus requests --all
fails 77 '' 'and the product still does not go' at rus release $p --to ALL --yes
exit $status
