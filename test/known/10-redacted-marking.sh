#!/bin/sh
# Fails while this weakness is there. A redacted copy's granular marking stands on another reference than the author's.
. "${0%/*}/../run/scenario"
centre irq rus irn
cd "$dir" || exit 2
python3 - <<'E'
import json
C=[f"campaign--00000000-0000-4000-8000-00000000000{i}" for i in range(1,6)]
objs=[{"type":"campaign","spec_version":"2.1","id":c,"created":"2015-09-01T00:00:00.000Z","modified":"2015-09-01T00:00:00.000Z","name":c[-1]} for c in C]
objs.append({"type":"note","spec_version":"2.1","id":"note--00000000-0000-4000-8000-000000000001","created":"2015-09-01T00:00:00.000Z","modified":"2015-09-01T00:00:00.000Z","content":"x","object_refs":C,
 "granular_markings":[{"marking_ref":"marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1","selectors":["object_refs.[1]"]}]})
json.dump({"type":"bundle","id":"bundle--00000000-0000-4000-8000-000000000001","objects":objs},open("b","w"))
E
at irq add --mark '(//IRQ R//REL TO IRN, IRQ, RUS)' --format stix b >/dev/null
at irq release campaign--00000000-0000-4000-8000-000000000002 campaign--00000000-0000-4000-8000-000000000003 --to ALL --yes >/dev/null
does 'redacted' at irq release note--00000000-0000-4000-8000-000000000001 --redact --to ALL --yes
at rus sync irq >/dev/null
n=$(get items.0.id at rus ls --type note)
at rus show "$n" --json | python3 -c '
import json,sys
o=json.load(sys.stdin)["object"]
ok=True
for g in o.get("granular_markings",[]):
    for s in g["selectors"]:
        i=int(s.split("[")[1][:-1]); ok &= o["object_refs"][i].endswith("2")
sys.exit(not ok)'
report 'the mark still stands on campaign 2 (or is gone)'
exit $status
