#!/bin/sh
# Dates in an exercise home, whose clock is moved on by hand. Fails if what is due is not announced, goes before its three days are over, or stays.
. "${0%/*}/scenario"
centre irq rus
cd "$dir" || exit 2
printf 'Type: INTREP\nSubject: (//IRQ R//REL TO IRQ, RUS) Soon gone\nDelete-By: 2015-10-10\n\n(//IRQ R//REL TO IRQ, RUS) [B2] Wordtogo.\n' >short
does 'a report with a date is added' at irq add short
id=$(get items.0.id at irq ls)
now=2015-10-10T01:00:00Z
same 0 'from its day on it is out of view' get items.# at irq ls --type report
does 'it is noticed to be due' at irq due
says 'expired' 'what went by its date says so' at irq ls --gone
same expired 'in JSON too' get state at irq show "$id"
same expired 'sealed too' get state at irq evidence "$id" --reason 'to see'
now=2015-10-12T01:00:00Z
does 'two days later' at irq due
says 'Wordtogo' 'it is sealed still' at irq evidence "$id" --reason 'to see' --json
now=2015-10-13T02:00:00Z
at irq due >/dev/null
fails 66 '' 'three days later it is gone' at irq evidence "$id" --reason 'to see'
says 'deleted' 'that something was is told' at irq ls --gone
! LC_ALL=C grep -rqa Wordtogo irq
report 'and nowhere in the home'
says 'no fault' 'the home is whole' at irq verify
exit $status
