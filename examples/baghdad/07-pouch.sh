# Syria has no line for a week. What it may have goes to it as a file on a stick, through any hands.
scene 'A sealed pouch for Syria'
at 2015-10-20T08
stop_node syr
printf 'Type: SPOTREP\nSubject: (//RUS S//REL TO ALL) Dust storm over the desert road\nInformation-Time: 2015-10-20\nPlace: Palmyra\n\n(//RUS S//REL TO ALL) [A1] No flights until noon; the storm stands at the Sawwanah phosphate works.\n\n(//RUS S//REL TO IRQ, RUS) [A1] The station at Buqayq stays on the air.\n' >"$work/mail/storm"
rus_storm=$(add rus "$work/mail/storm")
release rus "$rus_storm" --to $all >/dev/null
release rus "$rus_storm" --to irq.rus >/dev/null
check 'Russia packs a pouch' as rus pouch pack --to syr -o "$work/mail/pouch"
sealed() {
	[ -s "$work/mail/pouch" ] && ! grep -a -F -e Sawwanah -e irn.irq "$work/mail/pouch"
}
check 'nothing in it can be read on the way' sealed
check 'another member cannot open it' refused as irn pouch open "$work/mail/pouch"
check 'Syria opens it' as syr pouch open "$work/mail/pouch"
check 'and reads the report' says 'Dust storm' as syr search Sawwanah
check 'but got nothing of what is for Iraq and Russia' lacks syr Buqayq
check 'a disk with the Russian home, brought to it, does as well' as syr sync "$work/rus"
check 'and what was not released to Syria is not read from it either' lacks syr Buqayq
