#!/bin/sh
# Fails if a note that a revoked key signed, countersigned by nobody, is taken by the author as its own, and signed on to.
. "${0%/*}/scenario"
centre irq rus irn syr
cd "$dir" || exit 2
object() { printf '{"type":"campaign","spec_version":"2.1","id":"campaign--00000000-0000-4000-8000-00000000000%s","created":"2015-10-01T00:00:00.000Z","modified":"2015-10-01T00:00:00.000Z","name":"%s"}' $1 $2 >in
	at irq add -q --mark '(//IRQ S//REL TO IRN, IRQ, RUS, SYR)' in >/dev/null && at irq release "campaign--00000000-0000-4000-8000-00000000000$1" --to ALL --yes >out; }
object 1 tulip
cp irq/keys/log stolen
for m in irn rus; do at $m sync irq >/dev/null; done; at irq sync irn rus >/dev/null
now=2015-10-03T08:00:00Z
at irq key --rotate --revoked-from 2015-10-03T00:00:00Z >/dev/null 2>&1
for m in irn rus; do at $m sync irq >/dev/null; done
now=2015-10-03T09:00:00Z
[ "${FORGE-yes}" = no ] || python3 - <<END
import sqlite3, base64, hashlib, subprocess
size = 1099511627770
seed = base64.b64decode(open("stolen").read().split()[1])
open("key.der", "wb").write(bytes.fromhex("302e020100300506032b657004220420") + seed)
pub = subprocess.run(["openssl", "pkey", "-inform", "DER", "-in", "key.der", "-pubout", "-outform", "DER"], capture_output=True, check=True).stdout[-32:]
def sign(text):
    open("text", "wb").write(text)
    return subprocess.run(["openssl", "pkeyutl", "-sign", "-rawin", "-keyform", "DER", "-inkey", "key.der", "-in", "text"], capture_output=True, check=True).stdout
c = sqlite3.connect("rus/log.db")
for no, origin in c.execute("select no, origin from log").fetchall():
    if not origin.endswith("/irn.irq.rus.syr/irq/1"): continue
    key = hashlib.sha256(origin.encode() + b"\n\x01" + pub).digest()[:4]
    text = (origin + "\n%d\n" % size + base64.b64encode(b"A" * 32).decode() + "\n").encode()
    note = text.decode() + "\n\u2014 " + origin + " " + base64.b64encode(key + sign(text)).decode() + "\n"
    c.execute("insert into checkpoint values(?,?,?,?)", (no, size, b"A" * 32, note.encode()))
c.commit()
END
at irq sync rus >/dev/null
now=2015-10-03T10:00:00Z
object 2 crocus
said=$(cat out); code=0
printf '%s\n' "$said" | grep -q 'serial 0002'
report 'the next serial is 2'
at irn sync irq >/dev/null
run at irn logs
! printf '%s\n' "$said" | grep -q '109951162776'
report 'nobody is told that the author lost what it never signed'
at syr sync irq irn 2>&1 | sed 's/^/# syr: /'
says crocus 'syr has what is of the new epoch' at syr ls
says tulip 'and what was released, and countersigned by two, before the key was revoked' at syr ls
exit $status
