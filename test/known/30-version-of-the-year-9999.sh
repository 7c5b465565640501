#!/bin/sh
# Fails while this weakness is there. SYR releases the like of RUS' campaign with a `modified` of the year 9999: what does `show ID` give, and does it say that RUS says otherwise?
. "${0%/*}/../run/scenario"
centre irq rus syr
cd "$dir" || exit 2
id=campaign--66666666-1111-4111-8111-111111111111
printf '{"type":"campaign","spec_version":"2.1","id":"%s","created":"2015-10-01T00:00:00.000Z","modified":"2015-10-01T00:00:00.000Z","name":"True"}' $id >c
sed 's/"modified":"2015[^"]*","name":"True"/"modified":"9999-10-01T00:00:00.000Z","name":"False"/' c >f
at rus add --mark '(//RUS U//REL TO ALL)' --format stix c >/dev/null; at rus release $id --to ALL --yes >/dev/null
at syr add --mark '(//SYR U//REL TO ALL)' --format stix f >/dev/null; at syr release $id --to ALL --yes >/dev/null
now=2015-10-03T08:00:00Z
at irq sync rus syr >/dev/null
run at irq show $id; printf '%s\n' "$said" | sed 's/^/# /'
printf '%s\n' "$said" | grep -q RUS
report 'show says that RUS has a version of it too'
now=2015-10-04T08:00:00Z
sed 's/"modified":"2015[^"]*","name":"True"/"modified":"2015-10-04T00:00:00.000Z","name":"Truer"/' c >n
at rus add --mark '(//RUS U//REL TO ALL)' --format stix n >/dev/null; at rus release $id --to ALL --yes >/dev/null
at irq sync rus >/dev/null
run at irq show $id
printf '%s\n' "$said" | grep -q Truer
report "and what its first author says newly is what is shown"
exit $status
