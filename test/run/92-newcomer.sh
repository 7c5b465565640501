#!/bin/sh
# What a newcomer is not told. Fails if a plan hides what its readers will get, if a list hides where an item went, if the beginning of an id is not
# enough or finds what the viewer may not see, if what did not work ends with 0, or if a message does not say from when, which, or how to go on.
. "${0%/*}/scenario"
cd "$dir" || exit 2
comity() {
	"$COMITY" "$@"
}

centre irq rus irn
says 'no log yet' 'no logs: that is said' at irq logs
says 'no entry' 'nor entries' at irq log
fails 66 'comity members' 'no member: where they are listed' at irq ls --author zzz
cat >convoy <<'END_OF'
Type: INTREP
Subject: (//IRQ R//REL TO IRN, IRQ, RUS) Convoy near Palmyra
Information-Time: 2015-10-01T05:00:00Z
Source-Description: a shepherd east of the town
Language: ar
Place: Palmyra
Precedence: IMMEDIATE
Source: KESTREL

(//IRQ R//REL TO IRN, IRQ, RUS) [B2] Twelve trucks.
END_OF
at irq add convoy >/dev/null 2>&1
id=$(get items.0.id at irq ls --type report)

# The plan shows the header as its readers will get it.
for words in 'a shepherd east of the town' '2015-10-01T05:00:00' ' ar' 'IMMEDIATE' 'INTREP'; do
	says "$words" "the plan shows what the header says: $words" at irq release "$id" --to rus --dry-run
done
hides KESTREL 'and not the codename of the source' at irq release "$id" --to rus --dry-run
says '1 object of ' 'one object is an object' at irq release "$id" --to rus --dry-run

# What will not go, or is not enough, does not end with 0.
does 'a plan of what may go ends well' at irq release "$id" --to rus --dry-run
printf 'Type: INTREP\nSubject: (//IRQ S) Kept\n\n(//IRQ S) Kept here.\n' >kept
at irq add kept >/dev/null 2>&1
kept=$(get items.0.id at irq ls -n 1 --type report)
fails 77 '1 refused' 'a plan with a refusal does not' at irq release "$kept" --to rus --dry-run
fails 77 '"refused":1' 'nor in JSON' at irq --json release "$kept" --to rus --dry-run
at irq release "$id" --to rus --yes >/dev/null 2>&1

# Lists tell where.
tear=$(get items.0.id at irq ls --circle rus,irq)
run at irq ls
printf '%s\n' "$said" | grep -qF 'IRQ in irq.rus  ' && printf '%s\n' "$said" | grep -qF 'IRQ in irq  '
report 'a list shows the circle'
says 'IRQ in irq.rus  ' 'a search too' at irq search trucks

# The beginning of an id.
uuid=${id#report--}
short=$(printf %.8s "$uuid")
says "$id" 'the beginning of a UUID is enough' at irq show "$short"
says "$id" 'with its type' at irq show "report--$short"
says "$id" 'written large too' at irq show "$(printf %s "$short" | tr a-f A-F)"
fails 64 'six' 'five digits are too few' at irq show "$(printf %.5s "$uuid")"
fails 66 'no object' 'what begins with nothing' at irq show "tool--$short"
fails 64 'is no id' 'what is no beginning' at irq show 'report--xyz'
does 'versions' at irq versions "$short"
does 'refs' at irq refs "$short"
does 'label' at irq label "$short"
does 'grade' at irq grade "$short" B3 --reason 'second look'
does 'release' at irq release "$short" --to irn --dry-run
does 'prove' at irq prove "$(printf %.13s "${tear#report--}")" -o proof
says "$id" 'the audit trail has the whole id' at irq audit --target "$id"
for n in 1 2; do
	printf '{"type":"tool","spec_version":"2.1","id":"tool--7e2e2d2b-17d4-4cbf-938f-98ee46b3cd3%d","created":"2015-09-01T08:17:27.000Z","modified":"2015-09-01T08:17:27.000Z","name":"Sandgrain"}\n' $n >"tool$n"
done
at irq add tool1 --mark '(//IRQ R//REL TO IRN, IRQ, RUS)' >/dev/null 2>&1
says 'tool--7e2e2d2b-17d4-4cbf-938f-98ee46b3cd31' 'a beginning that one object has' at irq --clearance RESTRICTED show 7e2e2d
at irq add tool2 --mark '(//IRQ S)' >/dev/null 2>&1
fails 64 'tool--7e2e2d2b-17d4-4cbf-938f-98ee46b3cd31' 'that two have: the one is listed' at irq show 7e2e2d
fails 64 'tool--7e2e2d2b-17d4-4cbf-938f-98ee46b3cd32' 'and the other' at irq show 7e2e2d
says 'tool--7e2e2d2b-17d4-4cbf-938f-98ee46b3cd31' 'but not to whom the other is not shown' at irq --clearance RESTRICTED show 7e2e2d
run at irq --clearance RESTRICTED show "$(printf %.8s "${kept#report--}")"
one=$(printf '%s\n' "$said" | sed "s/$(printf %.8s "${kept#report--}")/X/g")
run at irq --clearance RESTRICTED show 12345678
[ "$one" = "$(printf '%s\n' "$said" | sed 's/12345678/X/g')" ] && [ "$code" -eq 66 ]
report 'what may not be seen and what is not here are told in the same words'

# One version under two marks.
at irq add tool1 --mark '(//IRQ R//REL TO IRQ, RUS)' >/dev/null 2>&1
fails 77 'two marks' 'one version under two marks, of which one does not reach: which is meant is asked' at irq release tool--7e2e2d2b-17d4-4cbf-938f-98ee46b3cd31 --to irn --dry-run
fails 77 'this version of it is here' 'nothing goes' at irq release tool--7e2e2d2b-17d4-4cbf-938f-98ee46b3cd31 --to irn --yes
does 'the one that is meant goes' at irq release tool--7e2e2d2b-17d4-4cbf-938f-98ee46b3cd31 --to irn --dry-run --mark '(//IRQ R//REL TO IRN, IRQ, RUS)'
fails 77 'does not reach' 'and the other does not' at irq release tool--7e2e2d2b-17d4-4cbf-938f-98ee46b3cd31 --to irn --dry-run --mark '(//IRQ R//REL TO IRQ, RUS)'
fails 77 'not here under that mark' 'nor one that it never had' at irq release tool--7e2e2d2b-17d4-4cbf-938f-98ee46b3cd31 --to rus --dry-run --mark '(//IRQ S)'
says 'note: this version of it is here under two marks' 'where both let it go it is said which counts' at irq release tool--7e2e2d2b-17d4-4cbf-938f-98ee46b3cd31 --to rus --dry-run

# A recall is looked at first.
printf 'Type: INTSUM\nSubject: (//IRQ R//REL TO IRN, IRQ, RUS) Week\nCites: %s\n\n(//IRQ R//REL TO IRN, IRQ, RUS) [B2] Trucks were seen.\n' "$tear" >week
at irq add week >/dev/null 2>&1
week=$(get items.0.id at irq ls -n 1 --type report)
at irq release "$week" --to rus --yes >/dev/null 2>&1
product=$(get items.0.id at irq ls --circle irq,rus --type report)
run at irq recall "$short" --reason 'fabricated' --dry-run
[ "$code" -eq 0 ] && printf '%s\n' "$said" | grep -qF 'IRQ.RUS' && printf '%s\n' "$said" | grep -qF "$tear"
report 'what would be recalled, and where'
says 'told: RUS' 'who will be told' at irq recall "$short" --reason 'fabricated' --dry-run
says 'flagged would be, in IRQ.RUS' 'in which circle a product of it will be flagged' at irq recall "$short" --dry-run
says "$product" 'and which' at irq recall "$short" --dry-run
same live 'nothing was recalled' get state at irq show "$tear"
at irq recall "$short" --reason 'fabricated' --yes >/dev/null 2>&1
at irq status >/dev/null
same 1 'and flagged it is, as was said' get flags.# at irq show "$product"

# Evidence is shown as an object is.
says '1. (//IRQ R//REL TO' 'evidence is shown portion by portion' at irq evidence "$tear" --reason 'to see'
says '"type":"report"' 'or raw' at irq evidence "$tear" --reason 'to see' --raw
hides 'spec_version' 'not both' at irq evidence "$tear" --reason 'to see'

# Dates that have passed.
printf 'Type: INTREP\nSubject: (//IRQ R//REL TO IRQ, RUS) Old\nValid-Until: 2015-09-01\n\n(//IRQ R//REL TO IRQ, RUS) Of old.\n' >old
says 'warning: ' 'a report that is past its date is taken with a warning' at irq add old

# Charters.
comity init lbn --id lbn --name Lebanon --exercise --clock "$now" >/dev/null 2>&1
at lbn card -o lbn.card >/dev/null 2>&1
at irq charter propose lbn.card -o next >/dev/null 2>&1
for m in irq rus lbn; do
	at "$m" charter sign next -o "$m.vote" >/dev/null 2>&1
done
fails 77 'not enough' 'too few signatures: so it ends' at irq charter assemble next irq.vote -o few
[ ! -e few ]
report 'no file is left that looks like a signed charter'
fails 77 '"enough":false' 'in JSON too' at irq --json charter assemble next irq.vote
says '1 of 4' 'how many there are and how many it needs' at irq charter assemble next irq.vote -o few --partial
[ -e few ]
report 'with --partial there is one'
does 'enough of them' at irq charter assemble next irq.vote rus.vote lbn.vote -o signed
run at irq charter install signed
printf '%s\n' "$said" | grep -qF "centre       $(get fingerprint at irq centres 2>/dev/null)" || printf '%s\n' "$said" | grep -qF 'fingerprint of the centre'
report 'an installed charter: the fingerprint of the centre is called so'
says "$(get fingerprint at irq charter show --version 2)" 'and that of the charter is there' at irq charter install signed
at irq charter export -o all >/dev/null 2>&1
at lbn charter install all --yes >/dev/null 2>&1
fails 77 'from 2015-10-0' 'a member to be is told from when it is one' at lbn add convoy

# Words that help on.
at irq pouch pack --to rus -o pouch >/dev/null 2>&1
fails 73 '--replace' 'a pouch over a file: how is told' at irq pouch pack --to rus -o pouch
fails 65 'TS, S, C, R, U' 'no such level: which there are' at irq add tool1 --mark '(//IRQ X//REL TO IRQ, RUS)'
fails 66 'SECRET' 'for a clearance too' at irq --clearance HIGH ls
run at irq show nonsense
! printf '%s\n' "$said" | grep -q '[«»]'
report 'one kind of quotation mark'
exit "$status"
