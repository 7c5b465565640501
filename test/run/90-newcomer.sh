#!/bin/sh
# What a newcomer stumbles over. Fails if a warning is only counted, if what needs no secrets asks for a home, if one is called several, if a backup within
# the home leaves anything, if a pipe is not read to its end or a directory is taken for a file.
. "${0%/*}/scenario"
centre irq rus
cd "$dir" || exit 2
cat >bundle <<'END'
{"type":"bundle","id":"bundle--5d0092c5-5f74-4287-9642-33f4c354e56d","objects":[
{"type":"tool","spec_version":"2.1","id":"tool--8e2e2d2b-17d4-4cbf-938f-98ee46b3cd3f","created":"2015-09-01T08:17:27.000Z","modified":"2015-09-01T08:17:27.000Z","name":"Sandgrain","tool_types":["spoon","ladle"]},
{"type":"tool","spec_version":"2.1","id":"tool--8e2e2d2b-17d4-4cbf-938f-98ee46b3cd3e","created":"2015-09-01T08:17:27.000Z","modified":"2015-09-01T08:17:27.000Z","name":"Duneswift","colour":"red"}]}
END
says 'not of the recommended vocabulary: 2 times, first in tool--8e2e2d2b-17d4-4cbf-938f-98ee46b3cd3f, tool_types[0]' 'warnings are told by kind, number, first place' at irq add bundle
printf '%s\n' "$said" | grep -q 'property is not of the standard, without the prefix x_: tool--8e2e2d2b-17d4-4cbf-938f-98ee46b3cd3e, colour'
report 'each kind'
at irq add --restart bundle >/dev/null 2>&1
sed 's/cd3f/cd4f/; s/cd3e/cd4e/' bundle >again
same colour 'in JSON too' get warned.0.property at irq add again

mkfifo pipe
cat again >pipe &
says '2 unchanged' 'a pipe is read to its end' at irq add --restart pipe
says '2 unchanged' 'and /dev/stdin' sh -c "'$COMITY' -C irq --clock $now add --restart /dev/stdin <again"
says 'not enough' 'a charter and a vote by pipe' sh -c "
	'$COMITY' -C irq --clock $now charter show --text >charter
	mkfifo vote; '$COMITY' -C irq --clock $now charter sign charter >vote & cd / && '$COMITY' charter assemble '$dir/charter' '$dir/vote' -o '$dir/few' --partial"
for verb in 'add' 'charter show' 'charter sign' 'charter install' 'card show' 'pouch open'; do
	fails 64 'is a directory' "a directory is no file: $verb" at irq $verb "$dir"
done

before=$(find irq | sort)
for to in irq irq/backup irq/a/b; do
	fails 73 'within the home itself' "no backup in $to" at irq backup --no-keys "$to"
done
[ "$before" = "$(find irq | sort)" ]
report 'and nothing is left of it'
ln -s irq link
fails 73 'within the home itself' 'nor by another name' at irq backup --no-keys link/backup
: >empty
fails 64 '' 'a backup that cannot be made' at irq backup --passphrase-file empty away
[ ! -e away ]
report 'leaves no empty folder'

report_text '(//IRQ R//REL TO IRQ, RUS)' 'One' >one <<'END'
(//IRQ R//REL TO IRQ, RUS) [B2] One.
END
at irq add one >/dev/null
at irq release "$(get items.0.id at irq ls --type report)" --to rus --yes >/dev/null
at rus sync irq >/dev/null
says '1 new object and 0 other entries' 'one is one' at rus status

fails 64 'ls: --limit must be a whole number' 'what is no number' at irq ls -n x
fails 64 'ls takes no flag --nosuch' 'what is no flag' at irq ls --nosuch
fails 64 'comity help lists them all' 'help for what is no command' at irq help zzzzzz

cp -r irq stale
report_text '(//IRQ R//REL TO IRQ, RUS)' 'Two' >two <<'END_OF'
(//IRQ R//REL TO IRQ, RUS) [B2] Two.
END_OF
at irq add two >/dev/null
at irq release "$(get items.0.id at irq ls --type report --circle irq)" --to rus --yes >/dev/null
at rus sync irq >/dev/null
hides 'ADMITS' 'no log admits less than was signed' at rus logs
at stale settle --without rus --reason 'it is a copy, and does not care' >/dev/null
at stale key --rotate >/dev/null
now=2015-10-02T09:00:00Z
at stale add two >/dev/null
at stale release "$(get items.0.id at stale ls --type report --circle irq)" --to rus --yes >/dev/null
at rus sync stale >/dev/null 2>&1
says 'ADMITS LESS' 'a new epoch that leaves out what its author signed is marked among the logs' at rus logs
exit $status
