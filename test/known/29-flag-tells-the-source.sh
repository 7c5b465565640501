#!/bin/sh
# Fails while this weakness is there. RUS' product cites an observable that RUS never released to anybody (Cites is private). SYR guesses: it releases two addresses to RUS, recalls both, and looks what RUS' node says in the circle of all.
. "${0%/*}/../run/scenario"
centre irq rus irn syr
cd "$dir" || exit 2
right=ipv4-addr--28bb3599-77cd-5a82-a950-b5bc3caf07c4
ip() { python3 - "$1" <<'P'
import uuid,json,sys
i="ipv4-addr--"+str(uuid.uuid5(uuid.UUID("00abedb4-aa42-466c-9c01-fed23315a9b7"),json.dumps({"value":sys.argv[1]},separators=(",",":"))))
json.dump({"type":"ipv4-addr","spec_version":"2.1","id":i,"value":sys.argv[1]},open("ip","w")); print(i)
P
}
id=$(ip 198.51.100.3)
at rus add --mark '(//RUS U//REL TO ALL)' --format stix ip >/dev/null
printf 'Type: INTSUM\nSubject: (//RUS U//REL TO ALL) Summary\nCites: %s\n\n(//RUS U//REL TO ALL) [B2] Product.\n' $id >p
at rus add p >/dev/null
does 'the product is released to all' at rus release "$(get items.0.id at rus ls --type report -n 1)" --to ALL --yes
at syr sync rus >/dev/null
! LC_ALL=C grep -rqa "198.51.100.3" syr
report 'SYR has nothing of its source'
guess() { # ADDRESS
	g=$(ip "$1")
	at syr add --mark '(//SYR U//REL TO RUS, SYR)' --format stix ip >/dev/null
	at syr release "$g" --to rus --yes >/dev/null
	at rus sync syr >/dev/null
	at syr recall "$g" --reason x --yes >/dev/null
	at rus sync syr | sed 's/^/# rus: /'
	at syr sync rus >/dev/null
	run at syr ls --type report
	printf '%s\n' "$said" | sed 's/^/# syr: /'
	! printf '%s\n' "$said" | grep -q FLAGGED
}
guess 198.51.100.7
report 'a wrong guess (198.51.100.7) tells SYR nothing'
now=2015-10-03T08:00:00Z
guess 198.51.100.3
report 'nor does a right one'
exit $status
