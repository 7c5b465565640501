#!/bin/sh
# Fails while this weakness is there. A home's directory is believed to be of whatever member's PUBLIC root key lies in it: who hands it over
# speaks as any member.
. "${0%/*}/../run/scenario"
centre irq rus irn
cd "$dir" || exit 2
object() { # NUMBER NAME
	printf '{"type":"campaign","spec_version":"2.1","id":"campaign--00000000-0000-4000-8000-00000000000%s","created":"2015-10-01T00:00:00.000Z","modified":"2015-10-01T00:00:00.000Z","name":"%s"}' "$1" "$2" >in
	at irq add -q --mark '(//IRQ S//REL TO IRN, IRQ, RUS)' in && at irq release "campaign--00000000-0000-4000-8000-00000000000$1" --to ALL --yes -q
}
object 1 tulip
at rus sync irq >/dev/null
# rus makes of its own home one that says it is irq's: all it takes is irq's public root key
cp -a rus fake
rm -f fake/keys/root fake/place
cp irq/keys/root.pub fake/keys/root.pub
python3 - <<END
import sqlite3, hashlib
c = sqlite3.connect("fake/log.db")
for no, data in c.execute("select no, data from piece").fetchall():
    if data and b"tulip" in data:
        c.execute("update piece set data = NULL, hash = ? where no = ?", (hashlib.sha256(b"\0" + data).digest(), no))
c.commit()
END
at irn sync fake 2>&1 | sed 's/^/# irn sync fake: /'
hides 'deleted' 'what rus says in the name of irq was withdrawn is not taken for deleted' at irn ls --gone
at irn sync irq >/dev/null 2>&1
says tulip 'and comes from its author' at irn ls

# a restored home: asked "irq" and rus, it signs; but it was never irq that it asked
echo 'correct horse battery' >pass
at irn sync irq rus >/dev/null 2>&1
at irn backup --passphrase-file pass copy >/dev/null 2>&1
rel() { printf 'Type: INTREP\nSubject: (//IRN R//REL TO IRN, IRQ, RUS) %s\n\n(//IRN R//REL TO IRN, IRQ, RUS) [B2] %s.\n' $1 $1 >r; at irn add r >/dev/null
	at irn release "$(get items.0.id at irn ls -n 1 --circle irn --type report)" --to irq --yes; }
now=2015-10-03T08:00:00Z
rel crocus >/dev/null
at irq sync irn >/dev/null
rm -rf irn
now=2015-10-04T08:00:00Z
"$COMITY" restore --clock "$now" --passphrase-file pass copy irn >/dev/null 2>&1
at irn sync rus >/dev/null 2>&1
at irn sync fake >/dev/null 2>&1
run rel iris
[ "$code" -ne 0 ]
report 'a restored home that has asked no irq signs nothing for it'
at irq sync irn 2>&1 | sed 's/^/# irq: /'
hides FORK 'and irn is no forger' at irq logs
exit $status
