#!/bin/sh
# A member that lies about another's log. Fails if what it says was withdrawn is lost to who asks the author after it, or if it can have an honest author,
# who revoked a stolen key, taken for a forger.
. "${0%/*}/scenario"
centre irq rus irn
cd "$dir" || exit 2
object() { # NUMBER NAME
	printf '{"type":"campaign","spec_version":"2.1","id":"campaign--00000000-0000-4000-8000-00000000000%s","created":"2015-10-01T00:00:00.000Z","modified":"2015-10-01T00:00:00.000Z","name":"%s"}' "$1" "$2" >in
	run at irq add -q --mark '(//IRQ S//REL TO IRN, IRQ, RUS)' in && [ "$code" -eq 0 ] &&
		run at irq release "campaign--00000000-0000-4000-8000-00000000000$1" --to ALL --yes -q && [ "$code" -eq 0 ]
	report "the author releases $2"
}
object 1 tulip
at rus sync irq >/dev/null
python3 - <<END
import sqlite3, hashlib
c = sqlite3.connect("rus/log.db")
for no, data in c.execute("select no, data from piece").fetchall():
    if data and b"tulip" in data:
        c.execute("update piece set data = NULL, hash = ? where no = ?", (hashlib.sha256(b"\0" + data).digest(), no))
c.commit()
END
at irn sync rus >/dev/null
hides 'deleted' 'what a relay says was withdrawn is not taken for deleted' at irn ls --gone
at irn sync irq >/dev/null
says tulip 'and comes from its author' at irn ls
says 'no fault' 'all is well' at irn verify

# a stolen key, revoked: what the thief signs with it proves nothing
command -v openssl >/dev/null || { echo 'ok # SKIP no openssl to forge with'; exit $status; }
cp irq/keys/log stolen
at irn sync irq rus >/dev/null
at irq sync irn rus >/dev/null
now=2015-10-03T08:00:00Z
does 'the author takes a new key' at irq key --rotate --revoked-from 2015-10-03T00:00:00Z
now=2015-10-03T08:01:00Z
object 2 crocus
at rus sync irq >/dev/null
at irn sync irq >/dev/null
now=2015-10-04T08:00:00Z
python3 - <<END
import sqlite3, base64, hashlib, subprocess
seed = base64.b64decode(open("stolen").read().split()[1])
open("key.der", "wb").write(bytes.fromhex("302e020100300506032b657004220420") + seed)
pub = subprocess.run(["openssl", "pkey", "-inform", "DER", "-in", "key.der", "-pubout", "-outform", "DER"], capture_output=True, check=True).stdout[-32:]
def sign(text):
    open("text", "wb").write(text)
    return subprocess.run(["openssl", "pkeyutl", "-sign", "-rawin", "-keyform", "DER", "-inkey", "key.der", "-in", "text"], capture_output=True, check=True).stdout
c = sqlite3.connect("rus/log.db")
forged = 0
for no, origin in c.execute("select no, origin from log").fetchall():
    if not origin.endswith("/irn.irq.rus/irq/1"):
        continue
    key = hashlib.sha256(origin.encode() + b"\n\x01" + pub).digest()[:4]
    def note(root):
        text = (origin + "\n5\n" + base64.b64encode(root).decode() + "\n").encode()
        return text.decode() + "\n\u2014 " + origin + " " + base64.b64encode(key + sign(text)).decode() + "\n"
    proof = ("comity-fork/v1\n\n" + note(b"A" * 32) + "\n" + note(b"B" * 32)).encode()
    c.execute("insert into fork values(?,?,?,?)", (no, hashlib.sha256(proof).digest(), 0, proof))
    forged += 1
c.commit()
open("forged", "w").write(str(forged))
END
same 1 'a thief has forged two histories' cat forged
at irn sync rus >sync 2>&1
hides 'FORK' 'who knows of the revocation does not believe it' cat sync
hides 'fork' 'nor says so afterwards' at irn status
object 3 iris
at irn sync irq >/dev/null
says iris 'and goes on with the author' at irn ls
does 'the author hears of no fork of its own' at irq sync irn
exit $status
