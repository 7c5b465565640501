#!/bin/sh
# Fails if a downgrading may raise a mark.
. "${0%/*}/scenario"
centre irq rus irn
cd "$dir" || exit 2
put() { printf 'Type: INTREP\nSubject: (//IRQ %s//REL TO IRN, IRQ, RUS) X%s\n\n(//IRQ %s//REL TO IRN, IRQ, RUS) [B2] Y%s.\n' $1 $1 $1 $1 >r; at irq add r >/dev/null
	id=$(get items.0.id at irq ls -n 1 --circle irq --type report); at irq release "$id" --to ALL --yes >/dev/null; }
put R; low=$id
now=2015-10-02T09:00:00Z
put S; high=$id
run at irq recall "$low" --action downgraded --replacement "$high" --reason 'lowered' --yes
[ "$code" -ne 0 ] || printf '%s\n' "$said" | grep -qi -E 'higher|raise'
report 'a downgrading that raises is refused or told'
exit $status
