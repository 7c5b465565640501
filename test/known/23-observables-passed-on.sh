#!/bin/sh
# Fails while this weakness is there. "Onward release of another's object is never done": an observable with a UUIDv5 that is not made of what it says, or that says more than its id is made of, released as S//ORCON to RUS alone.
. "${0%/*}/../run/scenario"
centre irq rus irn
cd "$dir" || exit 2
cat >p.json <<'J'
{"type":"bundle","id":"bundle--33333333-1111-4111-8111-111111111111","objects":[
{"type":"process","spec_version":"2.1","id":"process--33333333-1111-5111-8111-111111111111","command_line":"a random id of version 5"},
{"type":"ipv4-addr","spec_version":"2.1","id":"ipv4-addr--33333333-1111-5111-8111-111111111111","value":"10.1.2.3"},
{"type":"ipv4-addr","spec_version":"2.1","id":"ipv4-addr--28bb3599-77cd-5a82-a950-b5bc3caf07c4","value":"198.51.100.3","x_note":"the agent in room 4 uses it"},
{"type":"campaign","spec_version":"2.1","id":"campaign--33333333-1111-4111-8111-111111111111","created":"2015-10-02T08:00:00.004Z","modified":"2015-10-02T08:00:00.004Z","name":"Other"}]}
J
does 'added at IRQ' at irq add --mark '(//IRQ S//ORCON/REL TO IRQ, RUS)' --format stix p.json
ids=$(python3 -c "import json;print(*[o['id'] for o in json.load(open('p.json'))['objects']])")
for i in $ids; do at irq release "$i" --to rus --yes >/dev/null 2>&1; done
at rus sync irq >/dev/null
at rus add --mark '(//RUS U//REL TO IRN, RUS)' --format stix p.json >/dev/null 2>&1
for i in $ids; do
	fails 77 'never passed on' "$i stays" at rus release "$i" --to irn --yes
done
exit $status
