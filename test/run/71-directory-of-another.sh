#!/bin/sh
# A directory is made to look like another member's home: all that says whose it is, is public. Fails if it is taken for that member's, so that whoever
# hands it over speaks for the member; or if the member's own home is not, also when it has a new key.
. "${0%/*}/scenario"
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
fails 77 "is not shown to be irq's home" 'the directory is refused' at irn sync fake
fails 77 'comity pouch pack' 'and what to do is said' at irn sync fake
hides 'deleted' 'what rus says in the name of irq was withdrawn is not taken for deleted' at irn ls --gone
at irn sync irq >/dev/null 2>&1
says tulip 'and comes from its author' at irn ls
cp -a irq old
rm old/place
now=2015-10-02T08:30:00Z
does 'irq has a new key' at irq key --rotate
does 'by which its home is known at once, before its card was known' at irn sync irq
node_of irn
fails 77 "is not shown to be irq's home" 'a running node is not told whose home it is either' at irn sync fake
does 'but shown it' at irn sync irq
kill $pid
wait $pid
now=2015-10-03T06:00:00Z

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
does 'nor an older state of irq, though it gives what it has' at irn sync old
run rel iris
[ "$code" -ne 0 ]
report 'a restored home that has asked no irq signs nothing for it'
at irq sync irn 2>&1 | sed 's/^/# irq: /'
hides FORK 'and irn is no forger' at irq logs
exit $status
