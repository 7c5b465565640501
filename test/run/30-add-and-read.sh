#!/bin/sh
# Reports and STIX come in and are found again. Fails if what is wrong is taken, is refused without its place, or keeps the rest out; if a second add
# doubles; if a reader with a lower clearance learns anything.
. "${0%/*}/scenario"
centre irq rus irn
cd "$dir" || exit 2
report_text '(//IRQ S//REL TO IRQ, RUS)' 'Convoy near Palmyra' >convoy <<'END'
(//IRQ R//REL TO IRN, IRQ, RUS) [B2] Twelve trucks left the town to the east.
Claim: what=fighters; where=Palmyra; when=2015-10-01; low=300; best=350; high=400

(//IRQ S//REL TO IRQ, RUS) [A1] The driver is called Zubayr.
END
does 'a report is added' at irq add convoy
says '0 objects added, 1 unchanged' 'the same report again changes nothing' at irq add convoy
id=$(get items.0.id at irq ls)
says 'Convoy near Palmyra' 'it is listed' at irq ls
says '//IRQ SECRET' 'it is shown with its banner' at irq show "$id"
hides 'not here' 'without its own identity, which is no object' at irq show "$id"
says '[A1]' 'portions have their grades' at irq show "$id"
same "$id" 'it is found by a word' get items.0.id at irq search zubayr
same "$id" 'by a beginning' get items.0.id at irq search 'zub*'
same 0 'not by another word' get items.# at irq search nothing
says 'fighters' 'what it claims is listed' at irq compare fighters
same "$id" 'raw it is the STIX object' sh -c "'$COMITY' -C irq --clock $now show --raw $id | python3 -c 'import json,sys; print(json.load(sys.stdin)[\"id\"])'"
fails 64 'is no id' 'what is no id is refused' at irq show palmyra
fails 66 'no object' 'what is not here' at irq show report--25f1d169-f6c4-45de-a384-9b84b388dfa1

printf 'Type: INTREP\nSubject: (//IRQ S) X\n\n(//IRQ S) One.\n\nTwo has no mark.\n' >unmarked
fails 65 'unmarked:6:' 'an unmarked portion is refused with its place' at irq add unmarked
printf 'Type: INTREP\nSubject: (//IRQ Q) X\n\n(//IRQ S) One.\n' >unknown
fails 65 'unknown:2:' 'an unknown level is refused with its place' at irq add unknown
says 'unmarked' 'what was refused is in quarantine' at irq quarantine list
says 'Two has no mark' 'and can be read there' at irq quarantine show 1
fails 65 'unknown:2:' 'one bad file does not keep the others out' at irq add unknown convoy unknown
fails 64 'is a directory' 'a directory is refused' at irq add "$dir"
"$COMITY" add --template >template
fails 65 'still says what the template says' 'a template that nobody filled in' at irq add template
fails 66 'No such file' 'a file that is not there' at irq add none

cat >bundle <<'END'
{"type":"bundle","id":"bundle--5d0092c5-5f74-4287-9642-33f4c354e56d","objects":[
{"type":"malware","spec_version":"2.1","id":"malware--0c7b5b88-8ff7-4a4d-aa9d-feb398cd0061","created":"2015-09-01T08:17:27.000Z","modified":"2015-09-01T08:17:27.000Z","name":"Desertwind","is_family":false},
{"type":"malware","spec_version":"2.1","id":"malware--bad","created":"2015-09-01T08:17:27.000Z","modified":"2015-09-01T08:17:27.000Z","name":"Bad","is_family":false},
{"type":"tool","spec_version":"2.1","id":"tool--8e2e2d2b-17d4-4cbf-938f-98ee46b3cd3f","created":"2015-09-01T08:17:27.000Z","modified":"2015-09-01T08:17:27.000Z","name":"Sandgrain"}]}
END
fails 65 '2 objects added, 1 refused' 'a bundle is added: what is right is taken, what is wrong is counted' at irq add --mark '(//IRQ R//REL TO IRN, IRQ, RUS)' bundle
says 'bundle:3:' 'and shown with its place' cat /dev/stdin <<END
$said
END
same 2 'the same again changes nothing' get unchanged at irq add --restart --mark '(//IRQ R//REL TO IRN, IRQ, RUS)' bundle
head -c 420 bundle | sed 's/0c7b5b88/0c7b5b89/' >cut
items=$(get count at irq quarantine list)
fails 65 'before it 1 object was added' 'a file that is cut off: what came whole before is taken, and told' at irq add cut
same $((items + 1)) 'the rest is in quarantine' get count at irq quarantine list
fails 65 '0 objects were added, 1 was there' 'the same again' at irq add cut
same $((items + 1)) 'is not kept twice' get count at irq quarantine list
head -c 3000000 /dev/zero | tr '\0' x >long
fails 65 'more than' 'a report that is too long' at irq add long
same $((items + 2)) 'is in quarantine' get count at irq quarantine list
same 1 'one type is listed' get items.# at irq ls --type tool
does 'standard input' sh -c "'$COMITY' -C irq --clock $now add - <convoy"
same 2 'pages: as many as asked for' get items.# at irq ls -n 2
next=$(get next at irq ls -n 2)
same "$(at irq ls --json -n 4 | python3 -c 'import json,sys; print([i["id"] for i in json.load(sys.stdin)["items"]][2:])')" 'pages: what follows' \
	sh -c "'$COMITY' -C irq --clock $now ls --json -n 2 --cursor '$next' | python3 -c 'import json,sys; print([i[\"id\"] for i in json.load(sys.stdin)[\"items\"]])'"

same 0 'a lower clearance does not find it' get items.# at irq --clearance RESTRICTED search zubayr
same 2 'but what it may see' get items.# at irq --clearance RESTRICTED ls
run at irq --clearance RESTRICTED show "$id"
hidden=$(printf '%s' "$said" | sed "s/$id/ID/")
run at irq --clearance RESTRICTED show report--25f1d169-f6c4-45de-a384-9b84b388dfa1
[ "$hidden" = "$(printf '%s' "$said" | sed 's/report--25f1d169-f6c4-45de-a384-9b84b388dfa1/ID/')" ]
report 'what it may not see and what is not there: the same words'
fails 77 '' 'it may not add' at irq --clearance RESTRICTED add convoy
fails 66 'UNCLASSIFIED, RESTRICTED' 'an unknown level' at irq --clearance PURPLE ls

does 'a private grade' at irq grade "$id" C3 --reason 'one source'
says 'C3' 'stands beside the report' at irq show "$id"
does 'a setting' at irq config position J2-3
says 'J2-3' 'is kept' at irq config
does 'the view is made anew, and is the same' at irq rebuild --check
says 'no fault' 'the home is whole' at irq verify
run at irq status --check
[ "$code" -eq 1 ] && [ "$(printf '%s\n' "$said" | wc -l)" -eq 1 ] && printf '%s\n' "$said" | grep -q '^COMITY WARNING: '
report 'status for monitoring is one line, and warns: never backed up'
says 'tester' 'every look is in the audit trail' at irq audit --target "$id"
says 'refused' 'refused ones too' at irq audit
exit $status
