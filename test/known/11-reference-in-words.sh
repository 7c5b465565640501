#!/bin/sh
# Fails while this weakness is there. A reference to a withheld paragraph goes out as it is, and the plan does not tell it.
. "${0%/*}/../run/scenario"
centre irq rus irn
cd "$dir" || exit 2
for ref in 'paragraph no. 3' 'paragraph number 3' 'paragraph (3)' 'paragraph "3"' 'the 3rd paragraph' 'paragraph III'; do
	report_text '(//IRQ R//REL TO IRN, IRQ, RUS)' 'Convoy' >r <<END
(//IRQ R//REL TO IRN, IRQ, RUS) [B2] Twelve trucks, see $ref.

(//IRQ S) [A1] Withheld.

(//IRQ S) [A1] Withheld too.
END
	at irq add r >/dev/null
	id=$(get items.0.id at irq ls -n 1 --circle irq --type report)
	says 'withheld portion' "told: $ref" at irq release "$id" --to ALL --dry-run
done
exit $status
