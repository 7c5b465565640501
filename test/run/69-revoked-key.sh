#!/bin/sh
# A key is revoked from a moment before it countersigned. Fails if that is told as a fault of the record, at the member's own home or at others, or counts.
. "${0%/*}/scenario"
now=2015-10-01T10:00:00Z
centre irq rus syr
cd "$dir" || exit 2
printf 'Type: INTREP\nSubject: (//IRQ R//REL TO IRQ, RUS, SYR) Roads\n\n(//IRQ R//REL TO IRQ, RUS, SYR) [B2] Open.\n' >roads
at irq add roads >/dev/null
now=2015-10-01T10:01:00Z
at irq release "$(get items.0.id at irq ls)" --to ALL --yes >/dev/null
now=2015-10-01T12:00:00Z
at rus sync irq >/dev/null
now=2015-10-01T12:30:00Z
at syr sync irq rus >/dev/null
same 1 'one countersigned' get countersignatures at rus verify
now=2015-10-01T13:00:00Z
does 'its key is revoked from before' at rus key --rotate --revoked-from 2015-10-01T11:00:00Z
now=2015-10-01T14:00:00Z
at syr sync rus irq >/dev/null
for m in rus syr; do
	says 'no fault' "the record of $m is whole" at $m verify
	says 'do not count' "and $m is told that something does not count" at $m verify
done
exit "$status"
