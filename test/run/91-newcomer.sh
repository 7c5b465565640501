#!/bin/sh
# What a newcomer cannot go on from. Fails if a step of the ceremony's help is not on a line of its own or does not work as it stands, if a moment that is
# shown cannot be given back, if versions cannot be told apart, if what is empty and what is not are both said, or if a message names no way on.
. "${0%/*}/scenario"
cd "$dir" || exit 2
comity() {
	"$COMITY" "$@"
}

run comity help found
[ "$(printf '%s\n' "$said" | grep -c '^[1-6]\. [A-Z]')" -eq 6 ]
report 'each of the six steps begins a line'
[ "$(printf '%s\n' "$said" | grep -c '^     comity [a-z]')" -eq 7 ]
report 'and so does each command in them'
run comity help grades
[ "$(printf '%s\n' "$said" | awk 'length < 60' | wc -l)" -le 1 ]
report 'running text is not broken where its source is'
says '--order ID,ID,…         ' 'what stands in the columns of a flag are letters, not bytes' comity help charter propose
run comity help charter propose
[ "$(printf '%s\n' "$said" | grep -c '^  *--national ID:LEVEL=NAME,ABBR$')" -eq 1 ]
report 'a flag that is too wide has its line'

mkdir keys
says 'Next: comity -C new card --root-key keys/irq.root' 'what comes next is told as it works here' comity init new --id irq --name Iraq --root-to keys/irq.root
does 'and it does' comity -C new card --root-key keys/irq.root

centre irq rus
report_text '(//IRQ R//REL TO IRQ, RUS)' 'One bridge' >one <<'END_OF'
(//IRQ R//REL TO IRQ, RUS) [B2] One.
END_OF
at irq add one >/dev/null 2>&1
id=$(get items.0.id at irq ls --type report)
says "$id  One bridge" 'what was there already is named too' at irq add one
fails 65 'it is in the private circle' 'a release to oneself' at irq release "$id" --to irq --yes
sed "s/^Type/Id: $id\nType/; s/ One\.$/ Two./" one >two
at irq add two >/dev/null 2>&1
run at irq versions "$id"
printf '%s\n' "$said" | grep -qF '//IRQ RESTRICTED//REL TO IRQ, RUS'
report 'versions have their label'
for moment in $(printf '%s\n' "$said" | grep -o '^20[^ ]*Z'); do
	does 'the moment that versions shows is taken by show' at irq show "$id" --modified "$moment"
done
says "$(get modified at irq show "$id")" 'and show shows it whole' at irq show "$id"

cat >bundle <<'END_OF'
{"type":"tool","spec_version":"2.1","id":"tool--8e2e2d2b-17d4-4cbf-938f-98ee46b3cd3f","created":"2015-09-01T08:17:27.000Z","modified":"2015-09-01T08:17:27.000Z","name":"Sandgrain"}
END_OF
says 'no mark was given' 'what comes without a mark is for this home alone, and that is told' at irq add bundle
hides 'no mark was given' 'what comes with one is not' at irq add bundle --mark '(//IRQ R//REL TO IRQ, RUS)'
hides 'no mark was given' 'nor is a report' at irq add one
tool=tool--8e2e2d2b-17d4-4cbf-938f-98ee46b3cd3f
run at irq versions "$tool"
printf '%s\n' "$said" | grep -qF '//IRQ TOP SECRET' && printf '%s\n' "$said" | grep -qF '//IRQ RESTRICTED//REL TO IRQ, RUS'
report 'one version under two marks is told apart'
says '//IRQ TOP SECRET' 'in show too' at irq show "$tool"

printf 'Type: INTREP\nSubject: %0150d no mark\n\n' 0 >long
fails 65 '' 'a report with a fault' at irq add long
says "$(sed -n 2p long)" 'stands in quarantine with the lines it has' at irq quarantine show 1
fails 64 '--all' 'nothing to drop' at irq quarantine drop
fails 64 'comity config lists them' 'no such setting' at irq config colour
fails 64 'nobody is left to be asked' 'nothing to settle' at irq settle

at irq release "$id" --to rus --yes >/dev/null 2>&1
at rus sync irq >/dev/null 2>&1
got=$(get items.0.id at rus ls --type report)
says 'asked the originator' 'a request is told as such' at rus request "$got" --to ALL --reason 'a summary'
fails 64 'comity requests' 'a request by too few digits' at irq consent 1234 --grant
at irq sync rus >/dev/null 2>&1
hides 'nothing found' 'an inbox with a request is not empty' at irq inbox
says 'granted' 'the answer too' at irq consent "$(get items.0.leaf at irq requests)" --grant
says 'corrected in IRQ.RUS' 'what is corrected is not called recalled' at irq recall "$id" --action corrected --reason 'two' --yes
at irq inbox --mark >/dev/null 2>&1
says 'nothing found' 'an empty inbox is' at irq inbox

# Later charters.
comity init lbn --id lbn --name Lebanon --exercise --clock "$now" >/dev/null 2>&1
at lbn card -o lbn.card >/dev/null 2>&1
says 'charter version 2' 'without a name it is the next of the only centre' at irq charter propose lbn.card -o next
at irq charter sign next -o v1 >/dev/null 2>&1
says 'once more have signed: comity charter assemble, with all signatures, into another file' 'what is not enough can be made enough' comity charter assemble next v1 -o few --partial
fails 77 'comity charter sign' 'how to sign is told where it lacks' at irq charter install few
at rus charter sign next -o v2 >/dev/null 2>&1
at lbn charter sign next -o v3 >/dev/null 2>&1
comity charter assemble next v1 v2 v3 -o signed >/dev/null 2>&1
fails 66 'comity charter export' 'a later charter without the first' at lbn charter install signed


# Plans, and what was done already.
fails 65 "$(printf 'comity: bundle: mark: a portion mark stands in brackets')" 'a mark at fault is not told as a line of the file' at irq add --mark '//IRQ R' bundle
report_text '(//IRQ R//REL TO IRQ, RUS)' 'Two lines' >lines <<'END_OF'
(//IRQ R//REL TO IRQ, RUS) The first line
and the second.
END_OF
at irq add lines >/dev/null
id=$(get items.0.id at irq ls --type report --circle irq)
says 'The first line and the second.' 'a portion of two lines stands in one in the plan' at irq release "$id" --to rus --dry-run
at irq release "$id" --to rus --yes >/dev/null
says 'Two lines  (there already)' 'what was released already is told as such' at irq release "$id" --to rus --yes
echo secret >phrase
at irq backup --passphrase-file phrase copy >/dev/null
says 'It signs nothing for others until' 'a restored home takes in reports and releases none' comity restore --passphrase-file phrase copy again
sed 's/Two lines/Three/' lines >three
does 'so it does' "$COMITY" -C again --clock "$now" add three
fails 77 '' 'and so not' "$COMITY" -C again --clock "$now" release "$(get items.0.id "$COMITY" -C again --clock "$now" ls --type report)" --to rus --yes
exit "$status"
