#!/bin/sh
# People with accounts, at the command line. Fails if an account is there before somebody made it, a password is told or taken too short, a token is shown
# twice or made for more than its account may, something that cannot be undone is done unasked, or a release goes out with one pair of eyes where two are
# wanted.
. "${0%/*}/scenario"
centre irq rus

says 'no accounts' 'nobody has an account at first' at irq account list
fails 65 'small letters' 'a name is small' at irq account add Khalil --role officer
fails 64 'no role' 'a role is one of five' at irq account add khalil --role general
echo 'four quiet brown dogs' >"$dir/pw"
echo 'too short' >"$dir/short"
fails 65 '12 characters' 'a password is long enough' at irq account add ayman --role administrator --password-file "$dir/short"
fails 66 'ayman' 'else there is no account' at irq account show ayman
does 'one without a password' at irq account add ayman --role administrator --no-password
does 'it gets one' at irq account password ayman --password-file "$dir/pw"
says 'has an account' 'an officer is made' at irq account add khalil --role officer --cleared all --post J2-3 --display 'Maj. Khalil' --password-file "$dir/pw"
does 'and another, without a password' at irq account add hassan --role officer --cleared all --post J2-4 --no-password
does 'an analyst of a level' at irq account add nour --role analyst --cleared S,ATLAS --no-password
fails 66 'no centre' 'a level that there is' at irq account set nour --cleared 'COSMIC'
fails 73 'already' 'one account a name' at irq account add khalil --role reader
says 'SECRET,ATLAS' 'what one is cleared for is told' at irq account list
same '4' 'four of them' get 'items.#' at irq account list
fails 64 'need' 'what cannot be undone is asked' at irq account remove nour
hides 'argon2' 'no hash is told' at irq account show khalil --json
run at irq audit --json
! printf '%s' "$said" | grep -q -e 'quiet brown' -e argon2
report 'nor in the audit trail'
! grep -aq 'quiet brown' "$dir/irq/node.db" "$dir/irq/node.db-wal" 2>/dev/null
report 'nor in the file'

# tokens
run at irq token add khalil --name export --scope read --scope taxii:read --quiet
token=$said
printf '%s' "$token" | grep -Eq '^cmty_[A-Za-z0-9_-]{49}$'
report 'a token is told by its form'
! grep -aqF "$token" "$dir/irq/node.db" "$dir/irq/node.db-wal" 2>/dev/null
report 'it is not kept'
hides "$token" 'it is not shown again' at irq token list --json
says 'export' 'but what it is for is' at irq token list
fails 77 'may less' 'no more than its account' at irq token add nour --name x --scope release
fails 64 '1 to 366' 'not for ever' at irq token add khalil --name x --scope read --days 400
fails 64 'need' 'revoking is asked about' at irq token revoke 1
does 'it is revoked' at irq token revoke 1 --yes
fails 66 'no token' 'once' at irq token revoke 1 --yes
says 'nobody is logged in' 'no sessions' at irq session list

# a device
uri=$(get uri at irq account totp khalil)
secret=${uri#*secret=}
secret=${secret%%&*}
code() {
	python3 - "$secret" "$now" <<'P'
import base64, calendar, hashlib, hmac, struct, sys, time
t = calendar.timegm(time.strptime(sys.argv[2], "%Y-%m-%dT%H:%M:%SZ"))
h = hmac.new(base64.b32decode(sys.argv[1]), struct.pack(">Q", t // 30), hashlib.sha1).digest()
o = h[-1] & 15
print("%06d" % ((struct.unpack(">I", h[o:o + 4])[0] & 0x7fffffff) % 1000000))
P
}
echo 000000 >"$dir/code"
fails 77 'not the code' 'a code that is none' at irq account totp khalil --secret "$secret" --code-file "$dir/code"
code >"$dir/code"
says 'Enrolled' 'the code that another program reckons' at irq account totp khalil --secret "$secret" --code-file "$dir/code"
same '10' 'ten codes for the day it is lost' get recovery_codes at irq account show khalil
! grep -aqF "$secret" "$dir/irq/node.db" "$dir/irq/node.db-wal" 2>/dev/null
report 'the secret is sealed'
does 'taken off' at irq account totp khalil --off --yes
same '0' 'with its codes' get recovery_codes at irq account show khalil

# two pairs of eyes
report_text '(//IRQ S//REL TO IRQ, RUS)' 'Camp' <<'E2' >"$dir/report"
(//IRQ S//REL TO IRQ, RUS) A camp lies north of the river.
E2
id=$(get items.0.id at irq add "$dir/report")
does 'two are wanted' at irq config four-eyes yes
fails 77 '--as ACCOUNT' 'nobody in particular releases nothing' at irq release "$id" --to irq.rus --yes
fails 77 '--as ACCOUNT' 'nor one who may not' at irq release "$id" --to irq.rus --yes --as nour
says 'proposed: 1' 'an officer proposes' at irq release "$id" --to irq.rus --yes --as khalil
says 'khalil' 'it waits' at irq release pending
says '1 release waits for a second person' 'the status says so' at irq status
says 'khalil would release' 'the inbox too' at irq inbox
same "$id" 'and what it is' get approvals.0.ids.0 at irq inbox --as hassan
same '0' 'but not to who proposed it' get 'approvals.#' at irq inbox --as khalil
same '0' 'nothing went out' get 'items.#' at irq ls --circle irq.rus
fails 64 'these will read it' 'who is to approve is shown the plan' at irq release approve 1 --as hassan
fails 77 'himself' 'not by the same' at irq release approve 1 --yes --as khalil
fails 77 '--as ACCOUNT' 'not by nobody' at irq release approve 1 --yes
says 'released 1 object' 'another approves' at irq release approve 1 --yes --as hassan
same '1' 'it went out' get 'items.#' at irq ls --circle irq.rus
says 'proposed by khalil' 'the audit trail tells both' at irq audit --who hassan
says 'nothing waits' 'and it waits no more' at irq release pending
same '0' 'nor in the inbox' get 'approvals.#' at irq inbox
says '0 releases wait for a second person' 'nor by the status' at irq status
does 'a recall does not wait' at irq recall "$id" --reason 'it moved' --yes

# going
says 'disabled' 'an account is disabled' at irq account disable khalil
fails 77 'no account that may' 'and releases nothing' at irq release "$id" --to irq.rus --yes --as khalil
does 'enabled' at irq account enable khalil
does 'removed' at irq account remove khalil --yes
fails 66 'no account' 'and gone' at irq account show khalil
exit $status
