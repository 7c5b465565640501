#!/bin/sh
# Fails while this weakness is there. IRQ's object stands; RUS' product cites it. SYR, of whom RUS has nothing, releases the like under the same id after the product was made, and recalls its own. Whose product is flagged, in whose name?
. "${0%/*}/../run/scenario"
centre irq rus irn syr
cd "$dir" || exit 2
id=ipv4-addr--28bb3599-77cd-5a82-a950-b5bc3caf07c4
echo "{\"type\":\"ipv4-addr\",\"spec_version\":\"2.1\",\"id\":\"$id\",\"value\":\"198.51.100.3\"}" >ip
at irq add --mark '(//IRQ U//REL TO ALL)' --format stix ip >/dev/null
does 'the source is released to all' at irq release $id --to ALL --yes
at rus sync irq >/dev/null
printf 'Type: INTSUM\nSubject: (//RUS U//REL TO ALL) Summary\nCites: %s\n\n(//RUS U//REL TO ALL) [B2] Product.\n' $id >p
at rus add p >/dev/null
does 'and the product' at rus release "$(get items.0.id at rus ls --type report -n 1)" --to ALL --yes
for m in irn syr irq; do at $m sync rus irq >/dev/null 2>&1; done
now=2015-10-03T08:00:00Z
sed 's/"value"/"x_n":1,"value"/' ip >ip2
at syr add --mark '(//SYR U//REL TO ALL)' --format stix ip2 >/dev/null
does 'SYR releases the like, afterwards' at syr release $id --to ALL --yes
at rus sync syr >/dev/null
now=2015-10-03T09:00:00Z
does 'and recalls its own' at syr recall $id --reason 'x' --yes
at rus sync syr | sed 's/^/# /'
for m in irn irq; do at $m sync rus >/dev/null 2>&1; done
run at irn ls --type report; printf '%s\n' "$said" | sed 's/^/# irn: /'
! at irn ls --type report --json | grep -q 'a source was recalled' && ! printf '%s\n' "$said" | grep -qi flag
report "RUS' product, whose source stands, is not flagged"
run at irn show "$(get items.0.id at irn ls --type report)"; printf '%s\n' "$said" | grep -i 'flag\|recall' | sed 's/^/# irn: /'
exit $status
