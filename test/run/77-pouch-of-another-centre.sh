#!/bin/sh
# A pouch of a centre that this home is not in, sealed for it all the same. Fails if that passes for a pouch in which there was nothing; or if one of
# its own centre is not opened, named or not.
. "${0%/*}/scenario"
centre irq rus irn
cd "$dir" || exit 2
command -v age >/dev/null || {
	echo 'ok a pouch of another centre # SKIP age is not here'
	exit 0
}
mkdir b; "$COMITY" trial b irq usa --clock 2015-10-01 --first 2015-10-01 >/dev/null
b() { "$COMITY" --home b/irq --clock $now "$@"; }
printf 'Type: INTREP\nSubject: (//IRQ R//REL TO ALL) Bword\n\n(//IRQ R//REL TO ALL) [B2] Bword.\n' >r
b add r >/dev/null; b release "$(get items.0.id b ls)" --to ALL --yes >/dev/null
b pouch pack --to usa -o pb >/dev/null 2>&1
age -d -i b/usa/keys/age pb | age -r "$(age-keygen -y rus/keys/age)" >pr
fails 66 'of another centre' 'a pouch of another centre is refused' at rus pouch open pr
fails 66 'of another centre' 'also where a centre is named' at rus pouch open --centre "$(get items.0.centre_id at rus centres)" pr
at irq add r >/dev/null
at irq release "$(get items.0.id at irq ls)" --to ALL --yes >/dev/null
at irq pouch pack --to rus -o own >/dev/null
fails 66 'of another centre' 'one does not keep another out' at rus pouch open own pr
says Bword 'what is of its own centre is here' at rus ls
exit $status
