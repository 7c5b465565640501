# Four members counted the same thing and differ by a factor of four. The centre shows that; it does not average it away.
scene 'How many at Palmyra?'
at 2015-10-11T10
sees irq compare fighters Palmyra
as irq compare fighters Palmyra --json >"$work/log/compare" 2>&1
# each row is an object of the reply: author, grade, best
row() {
	tr '{' '\n' <"$work/log/compare" | grep -F "\"author\":\"$1\"" | grep -F -e "\"grade\":\"$2\"" | grep -E "\"best\":$3[,}.]"
}
check 'the estimate of Russia stands there, with source and grade' row rus A3 700
check 'beside that of Iran' row irn C3 1200
check 'and that of Syria' row syr B2 300
check 'and are said to contradict each other' says '"contradiction":true' cat "$work/log/compare"
check 'no mean of them is given' silent ':733' cat "$work/log/compare"
check 'Iran, which has not been given the Syrian one, sees two' silent '"best":300' as irn compare fighters Palmyra --json
