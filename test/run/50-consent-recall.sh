#!/bin/sh
# Products of others' information, consent, recall. Fails if a product goes further than its sources allow, if a third learns of a request, or if what was
# recalled stays in view.
. "${0%/*}/scenario"
centre irq rus irn
cd "$dir" || exit 2
report_text '(//IRQ R//REL TO IRQ, RUS)' 'Sourceword at Palmyra' >source <<'END'
(//IRQ R//REL TO IRQ, RUS) [B2] Sourceword: twelve trucks.
END
at irq add source >/dev/null
original=$(get items.0.id at irq ls)
does 'the source is released to RUS' at irq release "$original" --to rus --yes
at rus sync irq >/dev/null
source=$(get items.0.id at rus ls)
product() { # WORD: a product of RUS for all that cites the source
	printf 'Type: INTSUM\nSubject: (//RUS R//REL TO IRN, IRQ, RUS) %s\nCites: %s\n\n(//RUS R//REL TO IRN, IRQ, RUS) [C3] Movement at Palmyra.\n' "$1" "$source"
}
product Summary >summary
at rus add summary >/dev/null
summary=$(get items.0.id at rus ls --type report -n 1)
fails 77 '' 'the product does not go to all' at rus release "$summary" --to ALL --yes
printf '%s\n' "$said" | grep -q 'comity request'
report 'what to do is said'
does 'it goes to the originator' at rus release "$summary" --to irq --yes

now=2015-10-02T09:00:00Z
does 'consent is asked for' at rus request "$source" --to ALL --reason 'for the weekly summary'
at irq sync rus >/dev/null
at irn sync rus irq >/dev/null
says 'for the weekly summary' 'the originator sees the request' at irq requests
says 'waiting' 'it is in the inbox' at irq inbox
same 0 'nobody else does' get items.# at irn requests --all
leaf=$(get items.0.leaf at irq requests)
now=2015-10-02T10:00:00Z
does 'it is refused' at irq consent "$(printf %.12s "$leaf")" --refuse --reason 'names a source'
at rus sync irq >/dev/null
says 'refused for IRN.IRQ.RUS: names' 'and so it is shown' at rus show "$source"
fails 77 '' 'the product still does not go' at rus release "$summary" --to ALL --yes
now=2015-10-02T11:00:00Z
does 'it is granted' at irq consent "$leaf" --grant
at rus sync irq >/dev/null
says 'granted' 'the answer is seen' at rus requests --all
does 'now the product goes' at rus release "$summary" --to ALL --yes
now=2015-10-02T12:00:00Z
at irn sync rus >/dev/null
says 'Summary' 'IRN has the product' at irn ls
! LC_ALL=C grep -rqa "$source" irn
report 'and nothing of the source, not even its id'

fails 64 'told why' 'a recall needs a reason' at irq recall "$original" --yes
fails 64 '--yes' 'and a yes' at irq recall "$original" --reason x
fails 77 "it is IRQ's: only IRQ can recall it" "another member's is not recalled" at rus recall "$source" --reason x --yes
printf 'Type: INTREP\nSubject: (//IRQ S) Own\n\n(//IRQ S) Own.\n' >own
at irq add own >/dev/null
own=$(get items.0.id at irq ls -n 1 --circle irq --type report)
fails 66 'never released' 'nor what was never released' at irq recall "$own" --reason x --yes

# which is withdrawn
fails 64 'keeps why' 'a withdrawal needs a reason' at irq withdraw "$own" --yes
fails 77 'it was released' 'what was released is not withdrawn' at irq withdraw "$original" --reason x --yes
fails 66 'no object' "nor is another member's" at rus withdraw "$source" --reason x --yes
says 'would be withdrawn' 'it is told first' at irq withdraw "$own" --dry-run --reason 'entered twice'
link=$(get items.0.id at irq ls --all -n 1 --type relationship)
fails 77 'released or graded' 'by what the home knows what it released, that stays' at irq withdraw "$link" --reason x --yes
says 'told: RUS' 'so that it can be recalled' at irq recall "$original" --dry-run
same 1 'and still there' get items.# at irq search Own
does 'it is withdrawn' at irq withdraw "$own" --reason 'entered twice' --yes
same 0 'out of view' get items.# at irq search Own
says 'entered twice' 'its evidence is sealed, and why is kept' at irq audit
fails 66 'no object' 'once' at irq withdraw "$own" --reason x --yes
says 'added' 'it may come again' at irq add own
same 1 'and is there again' get items.# at irq search Own
fails 66 'stand in its place' 'what is not there replaces nothing' at irq recall "$original" --action corrected --reason x --yes \
	--replacement report--deadbeef-0000-4000-8000-000000000000
now=2015-10-03T08:00:00Z
does 'the source is recalled' at irq recall "$original" --reason 'it was fabricated' --yes
at rus sync irq >/dev/null
same 0 'it is out of view' get items.# at rus search sourceword
says 'recalled' 'what it was is said' at rus show "$source"
hides 'twelve trucks' 'its content is not shown' at rus show "$source"
says 'fabricated' 'and why it was recalled' at rus inbox
fails 64 'reason' 'evidence needs a reason' at rus evidence "$source"
says 'twelve trucks' 'with one it is opened' at rus evidence "$source" --reason 'dispute' --json
says 'dispute' 'and the audit trail says so' at rus audit
now=2015-10-03T09:00:00Z
at irq sync rus >/dev/null
says 'receipt' 'the originator has a receipt' at irq inbox
at irn sync rus >/dev/null
says 'flag' 'the product is flagged at IRN' at irn inbox
hides "$source" 'without naming the source' at irn inbox
product=$(get items.0.id at irn ls)
for verb in ls 'search movement' "show $product"; do
	says 'FLAGGED: a source was recalled' "and marked so: comity ${verb%% *}" at irn $verb
done
same 'a source was recalled' 'in JSON too' get items.0.flags.0.reason at irn ls
says 'FLAGGED: a source was recalled' 'its author sees where it was flagged' at rus show "$summary"
says 'recalled' 'what is gone says how' at rus ls --gone --circle irq.rus --author irq
for m in irq rus irn; do
	says 'no fault' "$m is whole" at $m verify
	does "$m: the view made anew is the same" at $m rebuild --check
done

# a product that names the report as it stands at home, of which others have what was released
now=2015-10-03T10:00:00Z
report_text '(//IRQ R//REL TO IRQ, RUS)' 'Column at Homs' >own <<'END'
(//IRQ R//REL TO IRQ, RUS) [B2] Nine vehicles.
END
at irq add own >/dev/null
ours=$(get items.0.id at irq ls --type report --circle irq -n 1)
at irq release "$ours" --to rus --yes >/dev/null
printf 'Type: INTSUM\nSubject: (//IRQ R//REL TO IRQ, RUS) The week at Homs\nCites: %s\n\n(//IRQ R//REL TO IRQ, RUS) [C3] A column.\n' "$ours" >week
at irq add week >/dev/null
at irq release "$(get items.0.id at irq ls --type report --circle irq -n 1)" --to rus --yes >/dev/null
at rus sync irq >/dev/null
says 'The week at Homs' 'a product of a report of which others have what was released is with them' at rus ls
now=2015-10-03T11:00:00Z
same 1 'the recall would flag it' get flags.# at irq recall "$ours" --dry-run
same 0 'a downgrading would not' get flags.# at irq recall "$ours" --action downgraded --dry-run
does 'the report is recalled' at irq recall "$ours" --reason 'mistaken' --yes
at rus sync irq >/dev/null
same 'a source was recalled' 'and the product is flagged' get items.0.flags.0.reason at rus ls

# pages go on where they were, though what the last one ended with was recalled and released again meanwhile
for n in 1 2 3; do
	printf '{"type":"campaign","spec_version":"2.1","id":"campaign--00000000-0000-4000-8000-00000000000%s","created":"2015-09-01T00:00:00.000Z","modified":"2015-09-01T00:00:00.000Z","name":"campaign %s"}\n' $n $n >paged.json
	at irq add --mark '(//IRQ R//REL TO IRN, IRQ, RUS)' paged.json >/dev/null
	at irq release campaign--00000000-0000-4000-8000-00000000000$n --to ALL --yes >/dev/null
done
page() { # HOW FLAGS…: the list of those, two at a time
	level=$1
	shift
	at irq --clearance "$level" ls --type campaign --circle ALL -n 2 "$@"
}
own=$(get next at irq ls --type campaign --circle ALL -n 2)
cleared=$(get next page RESTRICTED)
at irq recall campaign--00000000-0000-4000-8000-000000000002 --reason 'x' --yes >/dev/null
sed 's/campaign 3/campaign 2/; s/000000000003/000000000002/' paged.json >again.json
at irq add --mark '(//IRQ R//REL TO IRN, IRQ, RUS)' again.json >/dev/null
does 'released again' at irq release campaign--00000000-0000-4000-8000-000000000002 --to ALL --yes
same campaign--00000000-0000-4000-8000-000000000001 'the next page of the home' get items.0.id at irq ls --type campaign --circle ALL -n 2 --cursor "$own"
same campaign--00000000-0000-4000-8000-000000000001 'and of a reader with a clearance' get items.0.id page RESTRICTED --cursor "$cleared"
exit $status
