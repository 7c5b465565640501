# Members add reports of their own. Nobody sees another's yet, and what is not marked is not taken.
scene 'October: reports come in, each into its member'"'"'s private circle'
at 2015-10-05T19

printf 'Type: INTREP\nSubject: (//IRQ S//REL TO ALL) Bridge\n\nThe bridge is open.\n' >"$work/mail/unmarked"
check 'a portion without a mark is refused, with its line' says ':4:' as irq add "$work/mail/unmarked"
printf 'Type: INTREP\nSubject: (//IRQ S//REL TO IRQ, SWE) Bridge\n\n(//IRQ S) The bridge is open.\n' >"$work/mail/stranger"
check 'a mark that names no member is refused' says 'SWE' as irq add "$work/mail/stranger"

irq_baiji=$(add irq "$here/reports/irq/baiji.txt")
irq_ramadi=$(add irq "$here/reports/irq/ramadi-routes.txt")
irq_khanaqin=$(add irq "$here/reports/irq/khanaqin.txt")
rus_palmyra=$(add rus "$here/reports/rus/palmyra.txt")
rus_ferry=$(add rus "$here/reports/rus/euphrates.txt")
irn_palmyra=$(add irn "$here/reports/irn/palmyra.txt")
syr_tadmur=$(add syr "$here/reports/syr/tadmur.txt")
syr_road=$(add syr "$here/reports/syr/homs-road.txt")
exchange $four
reads rus
check 'what is not released is not in another home' lacks rus 'Makhul ridge' 'Abu Rimal' 'Golzar Anbar' 'school book'
check 'Iraq reads its own report whole' says 'Tulul al-Baj' as irq show "$irq_baiji"
check 'a reader cleared for SECRET finds it' says 'Night traffic' as irq --clearance SECRET search Makhul
check 'one cleared for RESTRICTED does not' silent 'Night traffic' as irq --clearance RESTRICTED search Makhul
