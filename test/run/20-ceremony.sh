#!/bin/sh
# A centre is founded as members do it: cards, a charter, signatures by root keys, one file for all; then the rota. Fails if a charter with too few
# signatures is taken, an altered one passes, the wrong fingerprint is taken, or a lead is another than the rota says.
. "${0%/*}/scenario"
cd "$dir" || exit 2
now=2015-09-28T10:00:00Z
for m in irq rus irn; do
	says "card --root-key $m.root" "the home of $m" "$COMITY" init $m --id $m --name "Member $m" --exercise --root-to $m.root
	run at $m card --root-key $m.root -o $m.card
	[ "$code" -eq 0 ] && printf '%s\n' "$said" | grep -q 'fingerprint'
	report "the card of $m"
done
says 'RUS' 'a card is shown to whoever gets it' at irq card show rus.card
does 'without a home too' "$COMITY" card show rus.card
sed 's/Member rus/Member RUS/' rus.card >altered.card
fails 76 '' 'an altered card is refused' at irq card show altered.card

does 'a charter is proposed' at irq charter propose --name 'Joint centre' --first 2015-10-01 --order irq,rus,irn --term P3M \
	--level 'UNCLASSIFIED,U' --level 'RESTRICTED,R' --level 'SECRET,S' --national 'rus:SECRET=SEKRETNO,SK' \
	--circle 'EAST=irn,rus' --duty 'every P1M: publish a summary' --duty 'before P14D: brief the next lead' --dispute P6M -o charter irq.card rus.card irn.card
says 'brief the next lead' 'a member reads it' at rus charter show charter
says 'Joint centre' 'without a home too' "$COMITY" charter show charter
fails 73 'is there already' 'a file that is there is not overwritten' at irq charter propose --name X -o charter irq.card
fails 77 'root-key' 'it is signed with the root key alone' at rus charter sign charter
for m in irq rus irn; do
	does "$m signs" at $m charter sign charter --root-key $m.root -o $m.vote
done
fails 65 'irq.card' 'a card is no signature, and named' at irq charter assemble charter irq.vote irq.card
fails 64 'not signed yet' 'an unsigned charter is not installed' at irq charter install charter --yes
says 'not enough' 'two signatures do not found it' at irq charter assemble charter irq.vote rus.vote -o few --partial
fails 77 'lacks the signature of irn' 'and are not installed' at irq charter install few --yes
does 'all are put together' at irq charter assemble charter irq.vote rus.vote irn.vote -o signed
sed 's/publish a summary/publish no summary/' signed >altered
fails 65 'another charter' 'an altered charter is refused' at rus charter install altered
fails 76 'fingerprint' 'one with another fingerprint is refused' at rus charter install signed --fingerprint '11111 22222 33333 44444 55555 66666 77777 88888'
says 'IRN, IRQ, RUS' 'a signed charter shows who signed' at rus charter show signed
fails 64 '--fingerprint' 'a centre is not joined unseen' at rus charter install signed
for m in irq rus irn; do
	print=$(get fingerprint at $m charter show charter)
	says 'you are' "$m installs it, comparing the fingerprint" at $m charter install signed --fingerprint "$print"
done
same 0 'to install it twice changes nothing' get new at irq charter install signed

same irq 'the first lead' get lead at irq lead --at 2015-10-01
same irq 'the last day of the term' get lead at rus lead --at 2015-12-31T23:59:59Z
same rus 'the lead passes on 1 January' get lead at irn lead --at 2016-01-01
same irn 'and on 1 April' get lead at irn lead --at 2016-04-01
says '2016-07-01' 'the rota goes round' at irq rota --count 4
says 'nobody leads' 'nobody leads before it begins' at irq lead --at 2015-09-30
now=2015-10-02T08:00:00Z
says 'in force' 'the log of charters' at irq charter log
says 'no fork' 'no fork of charters' at irq charter fork
same 3 'members' get items.# at irq members
same true 'another home of a member takes the export' sh -c "'$COMITY' --home irq --clock $now charter export -o all && echo true"

# a later charter: one leaves; the quorum of the old and of the new one
says 'Joint centre' 'a centre is named by the beginning of its name' at rus charter show --centre joint
does 'a next charter' at rus charter propose --leave irn --circle 'EAST=irq,rus' --order irq,rus -o second
now=2015-10-03T08:00:00Z
fails 75 'has passed' 'nobody signs one that would hold for what was said already' at irq charter sign second --root-key irq.root -o late
now=2015-10-02T08:00:00Z
for m in irq rus; do
	at $m charter sign second --root-key $m.root -o $m.second 2>/dev/null
done
does 'is put together' at irq charter assemble second irq.second rus.second -o second.signed
does 'and installed' at irq charter install second.signed
now=2015-10-04T08:00:00Z
same 2 'it is in force from the next midnight' get version at irq charter show
says 'departed' 'who left has left' at irq members

# a new log key
does 'a key card' at irq key --rotate --root-key irq.root --note 'after a theft'
now=2015-10-04T09:00:00Z
same 2 'a new epoch' get items.0.epoch at irq members

# one joins, and something is released to it; then the clock is set back to before it joined
"$COMITY" init omn --id omn --name 'Member omn' --exercise --root-to omn.root >/dev/null 2>&1
at omn card --root-key omn.root -o omn.card 2>/dev/null
at irq charter propose --order irq,rus,omn -o third omn.card 2>/dev/null
for m in irq rus omn; do
	at $m charter sign third --root-key $m.root -o $m.third 2>/dev/null
done
at irq charter assemble third irq.third rus.third omn.third -o third.signed >/dev/null 2>&1
does 'one joins' at irq charter install third.signed
now=2015-10-06T08:00:00Z
printf 'Type: INTREP\nSubject: (//IRQ R//REL TO IRQ, OMN, RUS) Roads\n\n(//IRQ R//REL TO IRQ, OMN, RUS) [B2] Open.\n' >roads
at irq add roads >/dev/null
roads=$(get items.0.id at irq ls)
does 'and is given something' at irq release "$roads" --to ALL --yes
now=2015-10-04T10:00:00Z
says 'IRQ.OMN.RUS' 'by a clock that was set back it is shown as what it is' at irq show "$roads"
does 'in lists too' at irq ls --all
does 'and in the log' at irq log

# a clock that lost its battery: cards in the record, and no charter in force yet
now=1970-01-02T00:00:00Z
says 'Joint centre' 'a home with cards opens before the first charter' at irq centres
now=2015-10-04T10:00:00Z

# two members claim one identity: it is shown, and neither can keep the other from speaking by it
x=identity--99999999-9999-4999-8999-999999999999
does 'a member claims an identity' at irq key --identities $x --root-key irq.root
now=2015-10-04T11:00:00Z
does 'and another the same' at rus key --identities $x --root-key rus.root
now=2015-10-04T12:00:00Z
at irq charter export -o of-irq
at rus charter install of-irq >/dev/null
at irq charter export >of-irq.too 2>/dev/null
does 'an export to standard output is the same' cmp of-irq of-irq.too
same true 'it is shown' get items.0.contested at rus members
cat >forged <<END
{"type":"indicator","spec_version":"2.1","id":"indicator--11111111-1111-4111-8111-111111111111","created_by_ref":"$x","created":"2015-09-01T00:00:00.000Z","modified":"2015-09-01T00:00:00.000Z","name":"n","pattern":"[ipv4-addr:value = '10.0.0.1']","pattern_type":"stix","valid_from":"2015-09-01T00:00:00Z"}
END
does 'a claimant is not blocked by the other' at rus add --mark '(//RUS R//REL TO IRQ, RUS)' forged
says "$x is claimed by" 'status tells of it' at rus status

# a centre of so many cards that no reply is laid out: what is exported is whole, and a home takes it; the cards are another's, which stay and do not count
"$COMITY" init syr --id syr --name Syria --exercise >/dev/null 2>&1
at syr card --note "$(printf '%0490d' 1)" --url "https://$(printf '%0200d' 1)" $(seq -f '--identities identity--99999999-9999-4999-8999-%012g' 16) \
	-o syr.card >/dev/null 2>&1
python3 - irq/log.db syr.card 15900000 <<'END'
import hashlib, sqlite3, sys
card = open(sys.argv[2], 'rb').read().strip()
db = sqlite3.connect(sys.argv[1])
for i in range(int(sys.argv[3]) // (len(card) + 1)):
    db.execute('INSERT INTO doc VALUES(1,2,?,?)', (hashlib.sha256(b'%d' % i).digest(), card))
db.commit()
END
does 'much is exported' at irq charter export -o much
same true 'all of it' sh -c '[ "$(wc -c <much)" -gt 15800000 ] && [ "$(grep -c card much)" -gt 5000 ] && echo true'
sort -u of-irq | tac >turned
while cat turned && [ "$(wc -c <many)" -lt 1200000 ]; do :; done >many
does 'a file of more than a mebibyte is taken, in whatever order' at rus charter install many
fails 65 'more than 16 MiB' 'one too large is refused' at irq charter install much much
exit $status
