#!/bin/sh
# Fails while this weakness is there. An author gives one reader the bytes and another the hashes alone, with neither date nor recall; the second
# never gets them, though the first offers them, and nobody is told.
. "${0%/*}/../run/scenario"
centre irq rus irn
cd "$dir" || exit 2
printf '{"type":"campaign","spec_version":"2.1","id":"campaign--00000000-0000-4000-8000-000000000001","created":"2015-10-01T00:00:00.000Z","modified":"2015-10-01T00:00:00.000Z","name":"tulip"}' >in
at irq add -q --mark '(//IRQ S//REL TO IRN, IRQ, RUS)' in
at irq release campaign--00000000-0000-4000-8000-000000000001 --to ALL --yes -q
at irn sync irq >/dev/null
python3 - <<END
import sqlite3, hashlib
c = sqlite3.connect("irq/log.db")
for no, data in c.execute("select no, data from piece").fetchall():
    if data and b"tulip" in data:
        c.execute("update piece set data = NULL, hash = ? where no = ?", (hashlib.sha256(b"\0" + data).digest(), no))
c.commit()
END
at rus sync irq 2>&1 | sed 's/^/# rus sync irq: /'
at irn ls | sed 's/^/# irn: /'
at rus ls --gone | sed 's/^/# rus: /'
now=2015-10-02T09:00:00Z
at rus sync irn 2>&1 | sed 's/^/# rus sync irn: /'
at irn sync rus 2>&1 | sed 's/^/# irn sync rus: /'
at rus status 2>&1 | sed 's/^/# rus status: /' | grep -iE 'gone|delet|withdr|warn'
at rus verify 2>&1 | sed 's/^/# rus verify: /'
same 1 'who met a reader that has it, has it too' get items.# at rus ls
[ "$(get items.# at rus ls)" = 1 ] || { at rus status; at rus verify; at rus inbox; at rus quarantine list; } | grep -qiE 'without (a )?(date|recall)|before its date|differ'
report 'or is told at least that others have what its author says is gone'
exit $status
