#!/bin/sh
# A home is lost and comes back. Fails if the restored home signs before it has asked the others, loses what they hold, or opens with a wrong passphrase.
. "${0%/*}/scenario"
centre irq rus irn
cd "$dir" || exit 2
release() { # WORD
	report_text '(//IRQ R//REL TO IRN, IRQ, RUS)' "$1" >one <<END
(//IRQ R//REL TO IRN, IRQ, RUS) [B2] It is $1.
END
	at irq add one >/dev/null && at irq release "$(get items.0.id at irq ls -n 1 --circle irq --type report)" --to ALL --yes
}
does 'before the backup' release first
echo 'correct horse battery' >pass
echo 'wrong' >wrong
does 'a backup' at irq backup --passphrase-file pass copy
said=$(find copy irq -type f -perm /077)
[ -z "$said" ]
report 'no file of a backup or a home is for others'
fails 73 'within the home' 'not into the home' at irq backup --passphrase-file pass irq/copy
rm -rf irq/copy
! LC_ALL=C grep -rqa "$(tail -c 20 irq/keys/log)" copy
report 'the keys are sealed in it'
fails 73 '' 'not into a directory that has one' at irq backup --passphrase-file pass copy
fails 64 'terminal' 'a passphrase is asked for' at irq backup copy2
now=2015-10-03T08:00:00Z
does 'after the backup' release second
at rus sync irq >/dev/null
at irn sync irq >/dev/null
mv irq lost
chmod 755 copy
mkdir -m 755 none
fails 66 'none is no backup' 'what is no backup is told first' "$COMITY" restore --passphrase-file pass none irq
[ ! -e irq ] && [ "$(stat -c %a copy)" = 755 ]
report 'and leaves nothing; a backup that others may enter stays as it is'
fails 77 '' 'a wrong passphrase' "$COMITY" restore --clock "$now" --passphrase-file wrong copy irq
[ ! -e irq ]
report 'it leaves nothing behind'
now=2015-10-04T08:00:00Z
does 'restored' "$COMITY" restore --passphrase-file pass copy irq
fails 73 'is a home already' 'not over a home' "$COMITY" restore --passphrase-file pass copy irq
run release third
[ "$code" -ne 0 ]
report 'it releases nothing before it has asked'
same warning 'status says so' sh -c "'$COMITY' -C irq --clock $now status --json | python3 -c 'import json,sys; print([i for i in json.load(sys.stdin)[\"items\"] if i[\"what\"]==\"unsettled\"][0][\"level\"])'"
does 'it asks one' at irq sync rus
run release third
[ "$code" -ne 0 ]
report 'one is not enough'
does 'it asks the other' at irq sync irn
same 2 'what it had forgotten is back' get items.# at irq ls --circle ALL
now=2015-10-04T09:00:00Z
does 'now it releases' release fourth
does 'others take it' at rus sync irq
says 'fourth' 'and have it' at rus ls
fails 64 'nothing to settle' 'a settled home is not settled again' at irq settle --without rus --reason 'gone'
hides 'FORK' 'nobody is a forger' at rus logs
for m in irq rus; do
	says 'no fault' "$m is whole" at $m verify
done

# a backup that somebody changed, or put together from two
does 'a backup of another' at rus backup --passphrase-file pass copy-rus
does 'a new one' at irq backup --passphrase-file pass copy3
does 'one without keys' at irq backup --no-keys copy4
odd() { # NAME COMMAND…: of a copy in odd
	name=$1
	shift
	rm -rf odd new
	cp -a copy3 odd
	run "$@"
	fails 76 'not as it was when the backup was made' "$name" "$COMITY" restore --passphrase-file pass odd new
	[ ! -e new ]
	report 'and leaves nothing'
}
odd "another's record" cp copy-rus/log.db odd/log.db
odd "another's settings" cp copy-rus/node.db odd/node.db
odd "another's keys" cp copy-rus/keys.age odd/keys.age
odd 'an older record' cp copy/log.db odd/log.db
odd 'a record that was cut' truncate -s -8192 odd/log.db
odd 'one byte of it' sh -c 'printf X | dd of=odd/log.db bs=1 seek=20000 conv=notrunc 2>/dev/null'
odd 'one byte of the settings' sh -c 'printf X | dd of=odd/node.db bs=1 seek=9000 conv=notrunc 2>/dev/null'
odd 'an exercise made real' rm odd/exercise
rm -rf odd new
cp -a copy4 odd
cp -a irq/keys keys-apart
cp copy-rus/log.db odd/log.db
mkdir -m 700 new
cp -a keys-apart new/keys
fails 76 'not as it was when the backup was made' 'the same of one without keys' "$COMITY" restore --no-keys odd new
rm -rf odd new
cp -a copy3 odd
cp copy-rus/log.db odd/log.db-wal
does 'what lies beside it is no part of it' "$COMITY" restore --clock "$now" --passphrase-file pass odd new
says 'no fault' 'the whole is whole' "$COMITY" --home new --clock "$now" verify
exit $status
