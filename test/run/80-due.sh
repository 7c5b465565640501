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

# what was recalled before its content came: that goes too
report_text '(//IRQ R//REL TO IRQ, RUS)' late >late <<'END'
(//IRQ R//REL TO IRQ, RUS) [B2] Wordtoolate.
END
at irq add late >/dev/null
late=$(get items.0.id at irq ls --type report)
at irq release "$late" --to rus --yes >/dev/null
at irq pouch pack --to rus -o whole >/dev/null 2>&1
now=2015-10-13T04:00:00Z
at irq recall "$(get items.0.id at irq ls --circle irq.rus --type report)" --reason 'it was fabricated' --yes >/dev/null
at irq pouch pack --to rus --since 2015-10-13T03:00:00Z -o later >/dev/null 2>&1
at rus pouch open later >/dev/null 2>&1
says 'waits for its content' 'an entry came without its content, and its recall' at rus status
now=2017-10-13T04:00:00Z
at rus due >/dev/null
now=2017-10-17T05:00:00Z
at rus due >/dev/null
at rus pouch open whole >/dev/null 2>&1
hides Wordtoolate 'then its content, which is not shown' at rus ls
LC_ALL=C grep -rqa Wordtoolate rus
report 'though it is there'
now=2017-10-19T05:00:00Z
at rus due >/dev/null
now=2017-10-22T06:00:00Z
at rus due >/dev/null
! LC_ALL=C grep -rqa Wordtoolate rus
report 'it is gone three days after it was noticed'
says 'no fault' 'this home is whole' at rus verify
exit $status
