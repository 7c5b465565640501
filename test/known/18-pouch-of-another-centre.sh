#!/bin/sh
# Fails while this weakness is there. A pouch of a centre that this home is not in is opened "for" another centre: exit 0, not told.
. "${0%/*}/../run/scenario"
centre irq rus irn
cd "$dir" || exit 2
command -v age >/dev/null || exit 0
mkdir b; "$COMITY" trial b irq usa --clock 2015-10-01 --first 2015-10-01 >/dev/null
b() { "$COMITY" --home b/irq --clock $now "$@"; }
printf 'Type: INTREP\nSubject: (//IRQ R//REL TO ALL) Bword\n\n(//IRQ R//REL TO ALL) [B2] Bword.\n' >r
b add r >/dev/null; b release "$(get items.0.id b ls)" --to ALL --yes >/dev/null
b pouch pack --to usa -o pb >/dev/null 2>&1
age -d -i b/usa/keys/age pb | age -r "$(age-keygen -y rus/keys/age)" >pr
run at rus pouch open pr
[ "$code" -ne 0 ]
report 'a pouch of another centre is an error'
printf '%s\n' "$said" | grep -qi 'another centre'
report 'that says so'
exit $status
