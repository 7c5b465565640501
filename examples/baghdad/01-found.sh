# The ceremony: each member starts its node; cards, which say where it answers, go round as files, fingerprints by voice, all sign, everyone installs the same
# charter. From then on the nodes know each other, and talk by themselves.
scene 'September 2015: four members found a centre in Baghdad'
at 2015-09-27T08

name_of() {
	case $1 in
	irq) echo 'Republic of Iraq' ;;
	rus) echo 'Russian Federation' ;;
	irn) echo 'Islamic Republic of Iran' ;;
	syr) echo 'Syrian Arab Republic' ;;
	usa) echo 'United States of America' ;;
	esac
}

for m in $four usa; do
	must as $m init --id $m --name "$(name_of $m)" --exercise --root-to "$work/media/$m.root"
	start_node $m
	must root $m card --url "https://127.0.0.1:$(cat "$work/run/$m.peers")" -o "$work/mail/$m.card"
	# what its representative reads out over the telephone
	root $m card --json | member fingerprint >"$work/mail/$m.spoken"
done

is_process() {
	kill -0 "$(cat "$work/run/$1.pid")" && as "$1" status --json
}
as_spoken() {
	same "$(as irq card show "$work/mail/$1.card" --json | member fingerprint)" "$(cat "$work/mail/$1.spoken")"
}
check 'each card has the fingerprint that its owner read out' every $four -- as_spoken

# Iraq leads first, for three months from 1 October
must as irq charter propose --name Baghdad --order irq,rus,irn,syr --first 2015-10-01 --term P3M -o "$work/mail/charter" \
	"$work/mail/irq.card" "$work/mail/rus.card" "$work/mail/irn.card" "$work/mail/syr.card"
sees irq charter show "$work/mail/charter"

votes=''
for m in $four; do
	must root $m charter sign "$work/mail/charter" -o "$work/mail/$m.vote"
	[ $m = syr ] || votes="$votes $work/mail/$m.vote"
done
must as irq charter assemble "$work/mail/charter" $votes --partial -o "$work/mail/three"
check 'a centre cannot be founded without one of its founders' refused as irq charter install "$work/mail/three" --yes
must as irq charter assemble "$work/mail/charter" $votes "$work/mail/syr.vote" -o "$work/mail/signed"
spoken=$(as irq charter show "$work/mail/charter" --json | member fingerprint)
check 'a charter with another fingerprint than was heard is refused' refused as rus charter install "$work/mail/signed" --fingerprint "$(cat "$work/mail/rus.spoken")"
for m in $four; do
	must as $m charter install "$work/mail/signed" --fingerprint "$spoken"
done
at 2015-10-01T06
for m in $four; do
	as $m centres --json | member centre_id >"$work/mail/$m.centre"
done
check 'all four have founded the same centre' same "$(cat "$work"/mail/*.centre | sort -u | wc -l | tr -d ' ')" 1
check 'a node of each runs, a process of its own' every $four usa -- is_process
sees syr lead
check 'Iraq leads the first term' says '"lead":"irq"' as rus lead --json
