# Iraq sits in a second centre with the United States, from the same home. Nothing of one is ever in the other.
scene 'Iraq and the United States have a centre of their own'
at 2015-10-10T07
must as irq charter propose --name Erbil --order irq,usa --first 2015-10-10 -o "$work/mail/charter2" \
	"$work/mail/irq.card" "$work/mail/usa.card"
must root irq charter sign "$work/mail/charter2" -o "$work/mail/irq.vote2"
must root usa charter sign "$work/mail/charter2" -o "$work/mail/usa.vote2"
must as irq charter assemble "$work/mail/charter2" "$work/mail/irq.vote2" "$work/mail/usa.vote2" -o "$work/mail/signed2"
must as irq charter install "$work/mail/signed2" --yes
must as usa charter install "$work/mail/signed2" --yes
sees irq centres
sees rus centres

# from now on Iraq says which centre it means
irq_qayyarah=$(add irq "$here/reports/irq/qayyarah-usa.txt" --centre Erbil)
usa_kirkuk=$(add usa "$here/reports/usa/kirkuk.txt")
release irq "$irq_qayyarah" --to irq.usa --centre Erbil >/dev/null
release usa "$usa_kirkuk" --to irq.usa >/dev/null
check 'what came from one centre cannot be released in the other' refused as irq release "$irq_qayyarah" --to $all --centre Baghdad --yes
check 'nor the other way' refused as irq release "$irq_baiji" --to irq.usa --centre Erbil --yes
exchange irq usa
exchange $four
reads usa
check 'the United States have the report of Iraq' holds usa Thornbird
check 'and Iraq has theirs' says 'Camp K-1' as irq search Marigold

baghdad_words() {
	lacks usa 'Makhul' 'Albu Dhiyab' 'Abu Rimal' 'Mandali' 'Sleeping quarters' 'Tumbak' 'Bread and water' 'school book' 'Furqlus' 'Baghdad' 'irn.irq' 'SANDGLASS'
}
erbil_words() {
	every rus irn syr -- lacks 'Thornbird' 'Qayyarah' 'PELICAN' 'Marigold' 'Camp K-1' 'Erbil' 'irq.usa' 'United States'
}
check 'nothing of the Baghdad centre is in the American home' baghdad_words
check 'nothing of the other centre is in the homes of Russia, Iran and Syria, not even that it exists' erbil_words
