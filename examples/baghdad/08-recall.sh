# A source is recalled. It leaves every view at once, everyone acknowledges, what was made from it is flagged by its author.
scene 'Russia recalls its count'
at 2015-11-02T09
start_node syr
exchange $four
check 'Russia recalls its report on Palmyra' as rus recall "$rus_palmyra" --reason 'two orchards were counted twice' --yes
exchange $four
for m in irq irn syr; do
	check "$m no longer finds it" comes silent 'Strength at Palmyra' as $m search orchards
done
check 'and it is out of the comparison' silent '"best":700' as irq compare fighters Palmyra --json
sees rus log --circle $all
receipts() {
	as rus log --json >"$work/log/receipts" || return 1
	[ "$(grep -o '"kind":"receipt"' "$work/log/receipts" | wc -l)" -ge 3 ]
}
check 'Russia has a receipt from each of the three' comes receipts
flagged() {
	says '"kind":"flag"' as "$1" log --circle $all --author irq --json
}
check 'Iraq'"'"'s summary, which cites it, is flagged for all who have it' comes every rus irn syr -- flagged
check 'the Syrian source, which was not recalled, is still there' says 'Tadmur: statement' as irq search teacher
