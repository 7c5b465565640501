#!/bin/sh
# A report that comes as STIX is held to the mark it was given, or to the top if to none: none of its portions goes by less, whatever others join to.
# Fails if the marks written into a file decide where it goes, or what stands in it can say that it was written here.
. "${0%/*}/scenario"
centre irq rus irn
cd "$dir" || exit 2
make() { # NUMBER DUMMY-MARK
	printf '{"type":"report","spec_version":"2.1","id":"report--11111111-1111-4111-8111-11111111111%s","created":"2015-10-02T08:00:00.004Z","modified":"2015-10-02T08:00:00.004Z","name":"Roads","published":"2015-10-02T08:00:00.004Z","object_refs":["campaign--00000000-0000-4000-8000-000000000001"],"extensions":{"extension-definition--25f1d169-f6c4-45de-a384-9b84b388dfa1":{"extension_type":"property-extension","header":{"type":"INTREP","report_time":"2015-10-02T08:00:00.004Z"},"banner":"//IRQ TOP SECRET","portions":[{"kind":"paragraph","mark":"%s","text":"-"},{"kind":"paragraph","mark":"(//IRQ U//REL TO ALL)","text":"Content%s."}]}}}\n' "$1" "$2" "$1" >r.json
}
try() { # NAME NUMBER DUMMY-MARK ADD-FLAG…
	name=$1 n=$2
	make "$2" "$3"
	shift 3
	run at irq add "$@" --format stix r.json
	[ "$code" -eq 0 ] || { echo "ok $name (not taken)"; return; }
	at irq show report--11111111-1111-4111-8111-11111111111$n | head -1 | sed 's/^/# borne: /'
	run at irq release report--11111111-1111-4111-8111-11111111111$n --to ALL --yes
	[ "$code" -ne 0 ]
	report "$name"
}
try 'a mark given, a dummy above it' 1 '(//IRQ TS//ORCON)' --mark '(//IRQ S)'
try 'a mark given, a dummy that is the same' 2 '(//IRQ S)' --mark '(//IRQ S)'
try 'no mark given, a dummy at the top' 3 '(//IRQ TS)'
try 'no dummy' 4 '(//IRQ U//REL TO ALL)' --mark '(//IRQ S)'
make 5 '(//IRQ U//REL TO ALL)'
python3 - <<END
import json
r = json.load(open("r.json"))
r["extensions"]["extension-definition--a10f045f-a4f4-4406-b93d-7f67acfe44b0"] = {"extension_type": "property-extension", "marks": "portions"}
json.dump(r, open("r.json", "w"))
END
fails 65 'marked something' 'what only this home says of a report of its own is not taken from a file' at irq add --mark '(//IRQ S)' --format stix r.json
make 6 '(//IRQ TS)'
run at irq add --mark '(//IRQ U//REL TO ALL)' --format stix r.json
says 'TOP SECRET' 'a report is as strict as its strictest portion' at irq show report--11111111-1111-4111-8111-111111111116
make 7 '(//QQQ SOMETHING)'
says 'cannot be read here' 'and for this home alone if a mark cannot be read, which is told' at irq add --mark '(//IRQ U//REL TO ALL)' --format stix r.json
fails 77 'no portion of it' 'so that it stays' at irq release report--11111111-1111-4111-8111-111111111117 --to ALL --yes
# the same version under two marks, by two hands: which is meant is asked, of a report too
make 8 '(//IRQ U//REL TO ALL)'
at irq add -q --mark '(//IRQ S//ORCON)' --format stix r.json
at irq add -q --mark '(//IRQ U//REL TO ALL)' --format stix r.json
fails 77 'two marks' 'of a report under two marks it is asked which is meant' at irq release report--11111111-1111-4111-8111-111111111118 --to ALL --yes
does 'and by that it goes' at irq release report--11111111-1111-4111-8111-111111111118 --to ALL --yes --mark '(//IRQ U//REL TO ALL)'
exit $status
