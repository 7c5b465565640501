#!/bin/sh
# More of what a newcomer stumbles over. Fails if a plan is silent on what of the header stays or goes changed, tells no digest or takes one without asking
# nothing, if what a report was made from is not among its references, or if what is withdrawn, dropped or refused is done before it is looked at.
. "${0%/*}/scenario"
cd "$dir" || exit 2

centre irq rus irn
cat >convoy <<'END_OF'
Type: INTREP
Subject: (//IRQ R//REL TO IRN, IRQ, RUS) Convoy near Palmyra
Report-Time: 2015-09-30T23:00:00Z
Place: Palmyra

(//IRQ R//REL TO IRN, IRQ, RUS) [B2] Twelve trucks.

(//IRQ S) [B2] A guard talks.
END_OF
at irq add convoy >/dev/null 2>&1
id=$(get items.0.id at irq ls --type report)

# The plan.
says 'withheld  Place: Palmyra' 'the place that stays is shown' at irq release "$id" --to rus --dry-run
says 'that of the original stays here' 'the time of the report too' at irq release "$id" --to rus --dry-run
hides '2015-09-30' 'which nobody gets' at irq release "$id" --to rus --dry-run
digest=$(get plan at irq release "$id" --to rus --dry-run)
says "--plan $digest" 'the digest of the plan is told' at irq release "$id" --to rus --dry-run
sed 's/Twelve/Thirteen/' convoy >second
at irq add second >/dev/null 2>&1
other=$(get items.0.id at irq ls --type report -n 1)
fails 73 'since this plan' 'another is not done by it' at irq release "$other" --to rus --plan "$digest"
says 'released 1 object' 'that one is, without being asked' at irq release "$id" --to rus --plan "$digest"
says 'irq.rus as IRQ/IRQ.RUS/0001' 'its serial is written as its readers have it' at irq show "$id"
tear=$(get items.0.id at irq ls --circle irq,rus)

# What it was made from.
printf 'Type: INTSUM\nSubject: (//IRQ R//REL TO IRN, IRQ, RUS) Week\nCites: %s\n\n(//IRQ R//REL TO IRN, IRQ, RUS) [B2] Trucks were seen.\n' "$other" >week
at irq add week >/dev/null 2>&1
week=$(get items.0.id at irq ls -n 1 --type report)
says "cites  $other" 'what a report was made from' at irq refs "$week"
says "cited by  $week" 'and what was made from it' at irq refs "$other"
printf 'Type: INTREP\nSubject: (//IRQ U) Open\n\n(//IRQ U) Open.\n' >open
at irq add open >/dev/null 2>&1
open=$(get items.0.id at irq ls -n 1 --type report)
printf 'Type: INTSUM\nSubject: (//IRQ R) Of the open one\nCites: %s\n\n(//IRQ R) Said.\n' "$open" >closed
at irq add closed >/dev/null 2>&1
closed=$(get items.0.id at irq ls -n 1 --type report)
says "cited by  $closed" 'what is above somebody is told to others' at irq refs "$open"
hides "$closed" 'and not to him' at irq --clearance UNCLASSIFIED refs "$open"

# Withdrawing.
says "rests on it: $week" 'what rests on it is told first' at irq withdraw "$other" --dry-run
says 'Convoy near Palmyra' 'and what it is' at irq withdraw "$other" --dry-run
fails 64 'Convoy near Palmyra' 'who is asked sees it' at irq withdraw "$other" --reason twice
same live 'nothing is done before the answer' get state at irq show "$other"
printf 'Type: INTREP\nId: %s\nSubject: (//IRQ R) Convoy again\n\n(//IRQ R) Fourteen.\n' "$other" >again
at irq --clock 2015-10-02T09:00:00Z add again >/dev/null 2>&1
now=2015-10-02T10:00:00Z
says 'into view comes its version of' 'an older version that comes into view is told of' at irq withdraw "$other" --versions last --dry-run
at irq withdraw "$other" --reason twice --yes >/dev/null 2>&1
same withdrawn 'what was withdrawn is called so' get state at irq show "$other" --gone

# A recall names what takes its place.
sed 's/Twelve/Fifteen/' convoy >third
at irq add third >/dev/null 2>&1
new=$(get items.0.id at irq ls --type report -n 1)
at irq release "$new" --to rus --yes >/dev/null 2>&1
at irq recall "$id" --action corrected --replacement "$new" --reason 'wrong count' --yes >/dev/null 2>&1
(cd "$dir/rus" && at rus sync "$dir/irq") >/dev/null 2>&1
says 'replaced by' 'the inbox tells what takes the place of what was recalled' at rus inbox

# A hint that can work: consent does not raise a mark, nor bring back what was recalled.
printf 'Type: INTREP\nSubject: (//IRN R//ORCON/REL TO IRN, IRQ) Source\n\n(//IRN R//ORCON/REL TO IRN, IRQ) Four hundred.\n' >source
at irn add source >/dev/null 2>&1
theirs=$(get items.0.id at irn ls -n 1 --type report)
at irn release "$theirs" --to irq --yes >/dev/null 2>&1
at irq sync "$dir/irn" >/dev/null 2>&1
theirs=$(get items.0.id at irq ls --author irn --type report)
made() { # MARK: a report of ours from theirs
	printf 'Type: INTSUM\nSubject: %s Made\nCites: %s\n\n%s Said.\n' "$1" "$theirs" "$1" >made
	at irq add made >/dev/null 2>&1
	made=$(get items.0.id at irq ls -n 1 --type report)
}
made '(//IRQ R//ORCON/REL TO IRQ, RUS)'
fails 77 "comity request $theirs" 'what needs consent is asked for' at irq release "$made" --to rus --yes
request=$(get leaf at irq request "$theirs" --to rus --reason 'for them')
at irn sync "$dir/irq" >/dev/null 2>&1
at irn consent "$request" --grant >/dev/null 2>&1
at irq sync "$dir/irn" >/dev/null 2>&1
made '(//IRQ R//REL TO IRQ, RUS)'
fails 77 'mark the product as high' 'what is marked too low is marked higher' at irq release "$made" --to rus --yes
at irn recall "$theirs" --reason fabricated --yes >/dev/null 2>&1
at irq sync "$dir/irn" >/dev/null 2>&1
fails 77 'make it anew' 'what was recalled is left out' at irq release "$made" --to rus --yes

# Destructive work.
printf '{"type":"tool","id":"tool--1"}' >bad
at irq add bad --mark '(//IRQ R)' >/dev/null 2>&1
fails 64 '--yes' 'dropping all is asked about' at irq quarantine drop --all
same 1 'and not done before' get items.# at irq quarantine list
says 'dropped: 1' 'then it is' at irq quarantine drop --all --yes
printf 'short\n' >password
fails 65 'at least' 'a password that is too short' at irq account add hassan --role analyst --password-file password
fails 66 'hassan' 'leaves no account' at irq account show hassan
says 'TLP:AMBER' 'the template says what a mark is without levels' at irq add --template

# What is deleted by its date has no name left.
printf 'Type: INTREP\nSubject: (//IRQ R) Brief\nDelete-By: 2015-10-10\n\n(//IRQ R) Gone soon.\n' >brief
at irq add brief >/dev/null 2>&1
for now in 2015-10-11T00:00:00Z 2015-10-15T00:00:00Z; do
	at irq due >/dev/null 2>&1
	at irq status >/dev/null 2>&1
done
run at irq ls --gone
printf '%s\n' "$said" | grep -q 'deleted' && ! printf '%s\n' "$said" | grep -q '00000000'
report 'what was deleted has no odd id'
exit "$status"
