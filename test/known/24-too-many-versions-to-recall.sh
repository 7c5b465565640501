#!/bin/sh
# Fails while this weakness is there. A campaign that was released, of which then many versions come (a bundle, a feed): can it be recalled, can it, or what refers to it, be released? N: how many.
. "${0%/*}/../run/scenario"
centre irq rus irn
cd "$dir" || exit 2
python3 - "${N:-30000}" <<'P'
import json,sys
def o(i): return {"type":"campaign","spec_version":"2.1","id":"campaign--44444444-1111-4111-8111-111111111111","created":"2015-10-01T00:00:00.000Z","modified":"2015-10-01T%02d:%02d:%02d.%03dZ"%(i//3600000%24,i//60000%60,i//1000%60,i%1000),"name":"V%d"%i}
json.dump(o(0),open("first","w"))
json.dump({"type":"bundle","id":"bundle--44444444-1111-4111-8111-111111111111","objects":[o(i) for i in range(1,int(sys.argv[1]))]},open("many","w"))
json.dump({"type":"indicator","spec_version":"2.1","id":"indicator--44444444-1111-4111-8111-111111111112","created":"2015-10-02T08:00:00.004Z","modified":"2015-10-02T08:00:00.004Z","pattern":"[ipv4-addr:value = '1.2.3.4']","pattern_type":"stix","valid_from":"2015-10-02T08:00:00.004Z","x_ref":"campaign--44444444-1111-4111-8111-111111111111"},open("ref","w"))
P
id=campaign--44444444-1111-4111-8111-111111111111
at irq add --mark '(//IRQ U//REL TO ALL)' --format stix first >/dev/null
does 'the first version is released' at irq release $id --to ALL --yes
at irq add --mark '(//IRQ U//REL TO ALL)' --format stix many | tail -1 | cut -c1-90 | sed 's/^/# /'
at irq add --mark '(//IRQ U//REL TO ALL)' --format stix ref >/dev/null
does 'what refers to it is released' at irq release indicator--44444444-1111-4111-8111-111111111112 --to ALL --yes
does 'a later version is released' at irq release $id --to ALL --yes
does 'what was released is recalled' at irq recall $id --reason 'wrong' --yes
exit $status
