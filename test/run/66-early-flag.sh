#!/bin/sh
# Fails if a flag that came before the bytes of what it flags is not shown.
. "${0%/*}/scenario"
centre irq rus irn
cd "$dir" || exit 2
C=campaign--00000000-0000-4000-8000-000000000001
printf '{"type":"campaign","spec_version":"2.1","id":"%s","created":"2015-09-01T00:00:00.000Z","modified":"2015-09-01T00:00:00.000Z","name":"one"}\n' $C >o
at irq add --mark '(//IRQ R//REL TO IRN, IRQ, RUS)' o >/dev/null
at irq release $C --to ALL --yes >/dev/null
at rus sync irq >/dev/null
printf 'Type: INTSUM\nSubject: (//RUS R//REL TO IRN, IRQ, RUS) Sumtulip\nCites: %s\n\n(//RUS R//REL TO IRN, IRQ, RUS) [C3] tulip.\n' $C >p
at rus add p >/dev/null
at rus release "$(get items.0.id at rus ls --type report -n 1)" --to ALL --yes >/dev/null
now=2015-10-02T09:00:00Z
at irq recall $C --reason fabricated --yes >/dev/null 2>&1
at rus sync irq >/dev/null
at irq sync rus >/dev/null
says FLAGGED 'flagged at irq' at irq ls --type report
python3 - <<END
import sqlite3, hashlib
c = sqlite3.connect("irq/log.db")
for no, data in c.execute("select no, data from piece").fetchall():
    if data and b"tulip" in data:
        c.execute("update piece set data = NULL, hash = ? where no = ?", (hashlib.sha256(b"\0" + data).digest(), no))
c.commit()
END
at irn sync irq | sed 's/^/# irn sync irq: /'
at irn sync rus | sed 's/^/# irn sync rus: /'
says Sumtulip 'irn has the product' at irn ls --type report
says FLAGGED 'with its flag' at irn ls --type report
exit $status
