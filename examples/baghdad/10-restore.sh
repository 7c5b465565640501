# Iraq's machine is lost. A backup of the day before is restored; it lacks the last release, and must not sign that number again.
scene 'A home is lost'
at 2016-01-10T20
echo 'twelve words that only the Iraqi representative knows' >"$work/media/irq.words"
check 'Iraq backs up its home' as irq backup "$work/media/backup" --passphrase-file "$work/media/irq.words"
at 2016-01-11T08
printf 'Type: SITREP\nSubject: (//IRQ R//REL TO ALL) After the backup\nPlace: Ramadi\n\n(//IRQ R//REL TO ALL) [A1] The Warrar barrage is open to civil traffic.\n' >"$work/mail/barrage"
irq_barrage=$(add irq "$work/mail/barrage" --centre Baghdad)
release irq "$irq_barrage" --to $all --centre Baghdad >/dev/null
exchange $four
stop_node irq
rm -rf "$work/irq"
at 2016-01-11T12
check 'it is restored on another machine' as irq restore "$work/media/backup" "$work/irq" --passphrase-file "$work/media/irq.words"
printf 'Type: SITREP\nSubject: (//IRQ R//REL TO ALL) After the restore\nPlace: Ramadi\n\n(//IRQ R//REL TO ALL) [A1] The road by Habbaniyah is clear.\n' >"$work/mail/habbaniyah"
irq_habbaniyah=$(add irq "$work/mail/habbaniyah" --centre Baghdad)
check 'before it has asked the others it signs nothing' refused as irq release "$irq_habbaniyah" --to $all --centre Baghdad --yes
start_node irq
exchange $four
check 'from them it has its own release back' says 'After the backup' as irq search Warrar
check 'and goes on after it' comes as irq release "$irq_habbaniyah" --to $all --centre Baghdad --yes
exchange $four
check 'the others take it' says 'After the restore' as syr search Habbaniyah
no_fork() {
	says '"state":"live"' as "$1" logs --centre Baghdad --json && silent '"forks":[{' as "$1" logs --centre Baghdad --json
}
check 'no fork is known to anyone' every $four -- no_fork
