#!/bin/sh
# A home is copied back by hand, and a home has lost what nobody else has. Fails if a copy signs before it has asked, if a home whose record is older than
# the rest does, if it goes on in a log of which a larger note is known, or if a new epoch does not let it go on, with others taking it and nobody a forger.
. "${0%/*}/scenario"
centre irq rus irn
cd "$dir" || exit 2
release() { # WORD
	report_text '(//IRQ R//REL TO IRN, IRQ, RUS)' "$1" >one <<END
(//IRQ R//REL TO IRN, IRQ, RUS) [B2] It is $1.
END
	at irq add one >/dev/null && at irq release "$(get items.0.id at irq ls -n 1 --circle irq --type report)" --to ALL --yes
}
does 'before the copy' release first
does 'a home that stays where it is' at irq status
! printf '%s' "$said" | grep -q 'still to be asked'
report 'is not taken for a copy'
day=3
for how in 'cp -a' 'in place' 'record alone'; do
	now=2015-10-0${day}T08:00:00Z
	rm -rf was
	cp -a irq was
	does "$how: after the copy" release second
	at rus sync irq >/dev/null
	at irn sync irq >/dev/null
	case $how in
	'cp -a') rm -rf irq && cp -a was irq ;;
	'in place') cp -a was/. irq/ ;;
	*) rm -f irq/log.db* && cp -a was/log.db* irq/ ;;
	esac
	now=2015-10-0${day}T10:00:00Z
	run release third
	[ "$code" -eq 77 ] && printf '%s' "$said" | grep -q 'signs nothing'
	report "$how: it is said at once, and nothing is released"
	run at irq release "$(get items.0.id at irq ls -n 1 --circle irq --type report)" --to ALL --yes
	[ "$code" -eq 77 ]
	report "$how: not at the second time either"
	does "$how: it asks one" at irq sync rus
	does "$how: and the other" at irq sync irn
	now=2015-10-0${day}T11:00:00Z
	does "$how: it goes on" release fourth
	at rus sync irq >/dev/null
	at irn sync irq >/dev/null
	hides 'FORK' "$how: nobody is a forger" at rus logs
	says 'no fault' "$how: and it verifies" at irq verify
	day=$((day + 1))
done
mv irq moved && mv moved irq
hides 'copied' 'a home that got another name and its own again is no copy' at irq status

# a member that cannot be asked
now=2015-10-06T08:00:00Z
cp -a irq was2
does 'what irn alone will have' release fifth
at irn sync irq >/dev/null
rm -rf irq && mv was2 irq
fails 77 'no other member' 'no new epoch before anybody was asked' at irq settle --new-epoch --yes
does 'rus is asked' at irq sync rus
run release sixth
[ "$code" -eq 77 ]
report 'that does not settle it'
now=2015-10-06T09:00:00Z
says 'not asked: IRN' 'the plan says who was not asked' at irq settle --new-epoch --dry-run
fails 64 'needs a yes' 'and does nothing by itself' at irq settle --new-epoch
run release seventh
[ "$code" -eq 77 ]
report 'the plan changed nothing'
mv irq/keys/root root
fails 77 'needs the root key' 'the root key is needed' at irq settle --new-epoch --yes
does 'a new epoch' at irq settle --new-epoch --yes --root-key root
now=2015-10-06T10:00:00Z
does 'it goes on' release eighth
does 'rus takes it' at rus sync irq
says 'It is eighth' 'and has it' sh -c "'$COMITY' -C rus --clock $now search eighth && '$COMITY' -C rus --clock $now ls --json >/dev/null && echo It is eighth"
says 'NEW EPOCH' 'logs tell of the restore' at rus logs
says 'begun after a restore' 'and so does verify' at rus verify
does 'irn takes the new epoch too' at irn sync irq
hides 'FORK' 'nobody is a forger, whatever irn has' at irn logs
does 'irn shows what was forgotten' at irq sync irn
does 'nothing is closed by that' release ninth
for m in irq rus irn; do
	says 'no fault' "$m is whole" at $m verify
done
fails 64 'nothing to settle' 'a settled home begins no new epoch' at irq settle --new-epoch --yes --root-key root
exit $status
