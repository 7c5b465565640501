#!/bin/sh
# Fails if a mark that anybody sees at the head of a line, behind a blank that is not ASCII's, behind a line separator, a bullet or a number, or within a line,
# is text of the portion before and goes out with it; it is a mark, or the report is refused.
. "${0%/*}/scenario"
centre irq rus irn
cd "$dir" || exit 2
U='(//IRQ U//REL TO IRN, IRQ, RUS) Open.'
try() { # NAME BYTES
	{ printf 'Type: INTREP\nSubject: (//IRQ U//REL TO IRN, IRQ, RUS) T%s\n\n' "$1"; printf "$2"; } >f
	run at irq add f
	if [ "$code" -eq 0 ]; then at irq release "$(get items.0.id at irq ls -n 1)" --to ALL --yes >/dev/null 2>&1; fi
	at rus sync irq >/dev/null
	! LC_ALL=C grep -qa "SECRET$1" rus/log.db
	report "$1: what is marked TS stays at home"
}
try control "$U\n\n(//IRQ TS) SECRETcontrol.\n"
try nbsp "$U\n\302\240(//IRQ TS) SECRETnbsp.\n"
try nbspline "$U\n\302\240\n\302\240(//IRQ TS) SECRETnbspline.\n"
try ideographic "$U\n\343\200\200(//IRQ TS) SECRETideographic.\n"
try zwsp "$U\n\342\200\213(//IRQ TS) SECRETzwsp.\n"
try rlm "$U\n\342\200\217(//IRQ TS) SECRETrlm.\n"
try bom "$U\n\357\273\277(//IRQ TS) SECRETbom.\n"
try u2028 "$U\342\200\250\342\200\250(//IRQ TS) SECRETu2028.\n"
try u2029 "$U\342\200\251(//IRQ TS) SECRETu2029.\n"
try nel "$U\302\205(//IRQ TS) SECRETnel.\n"
try fullwidth "$U\n\357\274\210//IRQ TS\357\274\211 SECRETfullwidth.\n"
try blank "$U\n( //IRQ TS) SECRETblank.\n"
try number "$U\n2. (//IRQ TS) SECRETnumber.\n"
try bullet "$U\n- (//IRQ TS) SECRETbullet.\n"
try inline "(//IRQ U//REL TO IRN, IRQ, RUS) Open. (//IRQ TS) SECRETinline.\n"
exit $status
