#!/bin/sh
# Fails while this weakness is there. The same input again changes nothing: also where an object has more than 1,000 versions.
. "${0%/*}/../run/scenario"
centre irq rus
cd "$dir" || exit 2
python3 - "${N:-2500}" <<'P'
import json,sys
def o(i): return {"type":"campaign","spec_version":"2.1","id":"campaign--44444444-1111-4111-8111-111111111111","created":"2015-10-01T00:00:00.000Z","modified":"2015-10-01T00:%02d:%02d.%03dZ"%(i//60000%60,i//1000%60,i%1000),"name":"V%d"%i}
json.dump({"type":"bundle","id":"bundle--44444444-1111-4111-8111-111111111111","objects":[o(i) for i in range(int(sys.argv[1]))]},open("many","w"))
P
at irq add --mark '(//IRQ U)' --format stix many >/dev/null
for k in 1 2; do says ' 2500 unchanged' "again ($k)" at irq add --mark '(//IRQ U)' --format stix many; printf '%s\n' "$said" | tail -1 | sed 's/^/# /'; done
exit $status
