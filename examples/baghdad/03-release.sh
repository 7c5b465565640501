# To all, to some, to one: the marks decide which portions go. What stays behind is nowhere in the other homes.
scene 'Releases: to all, to some, to one'
at 2015-10-09T09
all=irn.irq.rus.syr

sees irq release "$irq_baiji" --to $all --dry-run
release irq "$irq_baiji" --to $all >/dev/null
release irq "$irq_baiji" --to irq.rus >/dev/null
release irq "$irq_ramadi" --to $all >/dev/null
release irq "$irq_khanaqin" --to irn.irq >/dev/null
rus_palmyra_all=$(release rus "$rus_palmyra" --to $all)
release rus "$rus_ferry" --to irq.rus >/dev/null
release irn "$irn_palmyra" --to $all >/dev/null
syr_tadmur_irq=$(release syr "$syr_tadmur" --to irq.syr)
release syr "$syr_road" --to $all >/dev/null
check 'a report is not released beyond its marks' refused as irq release "$irq_khanaqin" --to $all --yes
exchange $four
for m in $four; do
	reads $m
done

check 'all have the portion released to all' every rus irn syr -- holds 'Makhul ridge'
check 'Russia has the portion for Russia' holds rus 'Ain Sifra'
check 'Iran and Syria do not have it, nor a byte of it' every irn syr -- lacks 'Abu Rimal' 'Ain Sifra' 'hires'
check 'nobody has what is for Iraq alone' every rus irn syr -- lacks Tulul 'brother-in-law'
codenames() {
	lacks irq HERON WALNUT OLEANDER && lacks rus SANDGLASS LANTERN WALNUT OLEANDER &&
		lacks irn SANDGLASS LANTERN HERON OLEANDER && lacks syr SANDGLASS LANTERN HERON WALNUT
}
check 'no codename of a source left its home' codenames
check 'where each is to be found' eval 'holds irq SANDGLASS && holds irq LANTERN && holds rus HERON && holds irn WALNUT && holds syr OLEANDER'
check 'Iran has what Iraq shares with it alone' says 'Forged customs seals' as irn search Mandali
check 'in a log that both hold' every irq irn -- holds /irn.irq/
check 'Russia and Syria know neither it nor the log it is in' every rus syr -- lacks Mandali Alwand /irn.irq/
no_difference() {
	for id in "$irq_khanaqin" report--00000000-0000-4000-8000-000000000000; do
		as rus show "$id" 2>&1 | sed 's/report--[0-9a-f-]*/ID/g'
	done | sort -u >"$work/log/answers"
	cat "$work/log/answers"
	[ "$(grep -c . "$work/log/answers")" -le 2 ] && grep ID "$work/log/answers"
}
check 'what it may not see and what does not exist get the same answer' no_difference
