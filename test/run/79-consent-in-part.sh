#!/bin/sh
# A consent is taken back in part. Fails if the request is still shown as granted, so that it cannot be asked again while the release is refused; or if
# what is then granted does not let it go.
. "${0%/*}/scenario"
centre irq rus irn
cd "$dir" || exit 2
C=campaign--00000000-0000-4000-8000-000000000001
printf '{"type":"campaign","spec_version":"2.1","id":"%s","created":"2015-09-01T00:00:00.000Z","modified":"2015-09-01T00:00:00.000Z","name":"one"}\n' $C >o
at irq add --mark '(//IRQ R//REL TO IRQ, RUS)' o >/dev/null
at irq release $C --to rus --yes >/dev/null
at rus sync irq >/dev/null
now=2015-10-02T09:00:00Z
at rus request $C --to ALL --reason x >/dev/null 2>&1; at irq sync rus >/dev/null
at irq consent "$(get items.0.leaf at irq requests)" --grant >/dev/null
now=2015-10-02T10:00:00Z
at irq consent --id $C --member rus --to irn.rus --refuse --reason later >/dev/null
at rus sync irq >/dev/null
printf 'Type: INTSUM\nSubject: (//RUS R//REL TO IRN, IRQ, RUS) Sum\nCites: %s\n\n(//RUS R//REL TO IRN, IRQ, RUS) [C3] s.\n' $C >p
at rus add p >/dev/null
fails 77 'comity request' 'the product is refused, and says to ask' at rus release "$(get items.0.id at rus ls --type report -n 1)" --to ALL --yes
run at rus requests --all
! printf '%s\n' "$said" | head -1 | grep -q 'granted'
report 'the request for all is not shown as granted'
does 'asking is possible' at rus request $C --to ALL --reason again
now=2015-10-02T11:00:00Z
at irq sync rus >/dev/null
same 1 'the new question waits for its originator' get items.# at irq requests
at irq consent "$(get items.0.leaf at irq requests)" --grant >/dev/null
at rus sync irq >/dev/null
same granted 'granted anew' get items.1.state at rus requests --all
does 'it may go' at rus release "$(get items.0.id at rus ls --type report -n 1)" --to ALL --yes
now=2015-10-02T12:00:00Z
does 'a narrower question is answered by a wider consent' [ "$(at rus request $C --to irn.rus --reason y >/dev/null 2>&1; get items.# at rus requests)" = 0 ]
exit $status
