#!/bin/sh
# Pouches and proofs: what goes by hand. Fails if a stranger opens a pouch, an altered one or a cut one is believed, or a proof of something else holds.
. "${0%/*}/scenario"
centre irq rus irn
cd "$dir" || exit 2
report_text '(//IRQ R//REL TO IRN, IRQ, RUS)' 'Convoy' >convoy <<'END'
(//IRQ R//REL TO IRN, IRQ, RUS) [B2] Twelve trucks.
END
at irq add convoy >/dev/null
id=$(get items.0.id at irq ls)
at irq release "$id" --to ALL --yes >/dev/null
does 'a pouch is packed' at irq pouch pack --to rus -o rus.age
fails 73 'is there already' 'not over another' at irq pouch pack --to rus -o rus.age
does 'to standard output' sh -c "'$COMITY' -C irq --clock $now pouch pack --to rus --to irn >both.age"
head -c 21 rus.age | grep -q '^age-encryption.org/v1'
report 'it is an age file'
! LC_ALL=C grep -qa 'Twelve' rus.age
report 'it is sealed'
fails 64 'for whom' 'for whom must be said' at irq pouch pack -o x
fails 66 'no member' 'a stranger is refused' at irq pouch pack --to usa -o x
run at irn pouch open rus.age
[ "$code" -ne 0 ]
report 'another member cannot open it'
head -c $(($(wc -c <rus.age) - 40)) rus.age >cut.age
run at rus pouch open cut.age
[ "$code" -ne 0 ]
report 'a pouch cut short is told'
fails 70 'rus.age, ' 'one bad pouch does not keep the next out' at rus pouch open cut.age rus.age
same 1 'and has the report' get items.# at rus ls
does 'twice changes nothing' at rus pouch open rus.age
does 'one for two opens for both' at irn pouch open both.age
fails 64 'this home itself' 'a home does not ask itself' at irq sync irq
says 'no fault' 'the home is whole' at irn verify

released=$(get items.0.id at rus ls)
centre_id=$(get items.0.centre_id at rus centres)
does 'a proof' at rus prove "$released" -o proof
says 'it holds' 'anybody checks it, without a home' sh -c "cd / && '$COMITY' prove-check '$dir/proof' --centre-id $centre_id"
same "$released" 'what was released is in it' sh -c "'$COMITY' prove-check proof --centre-id $centre_id --objects | python3 -c 'import json,sys; print(json.loads(sys.stdin.readline())[\"id\"])'"
fails 77 'released or not' 'no proof of what was released to nobody' at irq prove "$id"
does 'unless it is asked for' at irq prove "$id" --private -o private.proof
run "$COMITY" prove-check proof --centre-id "$centre_id" --json
printf '%s\n' "$said" | python3 -c '
import json, sys
r = json.load(sys.stdin)
sys.exit(not json.loads(r["entry"])["time"] <= r["not_after"][:-1] + ".000000Z")'
report 'it was not signed later than it was there'
fails 64 'centre-id' 'not without the id of the centre' "$COMITY" prove-check proof
run "$COMITY" prove-check proof --centre-id "$(printf '%064d' 7)"
[ "$code" -ne 0 ]
report 'not of another centre'
LC_ALL=C sed 's/Twelve trucks/Thirty trucks/' proof >altered
run "$COMITY" prove-check altered --centre-id "$centre_id"
[ "$code" -ne 0 ]
report 'an altered object is found out'
LC_ALL=C sed 's/"position":"REP"/"position":"PER"/' proof >altered
run "$COMITY" prove-check altered --centre-id "$centre_id"
[ "$code" -ne 0 ]
report 'an altered entry is found out'
exit $status
