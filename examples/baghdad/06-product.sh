# A product goes no further than its sources, unless their originators consent.
scene 'A summary made from two sources'
at 2015-10-12T08
sed "s/@RUS_PALMYRA@/$rus_palmyra_all/; s/@SYR_TADMUR@/$syr_tadmur_irq/" "$here/reports/irq/joint-summary.txt" >"$work/mail/summary"
irq_summary=$(add irq "$work/mail/summary" --centre Baghdad)
sees irq release "$irq_summary" --to $all --centre Baghdad --dry-run
check 'it is refused: Syria gave its report to Iraq alone' refused as irq release "$irq_summary" --to $all --centre Baghdad --yes
check 'Iraq asks Syria' as irq request "$syr_tadmur_irq" --to $all --centre Baghdad --reason 'for the weekly summary'
exchange irq syr
sees syr requests
request=$(as syr requests --json | member leaf)
check 'Syria grants it' as syr consent "$request" --grant --reason 'without the place of the family'
exchange irq syr
check 'now it may go to all' as irq release "$irq_summary" --to $all --centre Baghdad --yes
exchange $four
check 'all have the summary' every rus irn syr -- holds 'Quarters are being moved'
check 'and none learns from it what it was made from' every rus irn -- lacks 'school' "$syr_tadmur_irq"
check 'Russia and Iran do not know that Iraq asked Syria' every rus irn -- lacks /irq.syr/ 'weekly summary'
