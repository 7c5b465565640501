#!/bin/sh
# Labels in the forms that others use. Fails if a label that went out comes back as another, if one that cannot be mapped is taken, if it has no place
# and remedy, or if an object goes further than the ACS marking it bears.
. "${0%/*}/scenario"
centre irq rus irn syr
cd "$dir" || exit 2
object() { # NUMBER [MEMBERS]
	printf '{"type":"campaign","spec_version":"2.1","id":"campaign--00000000-0000-4000-8000-00000000000%s","created":"2015-09-01T00:00:00.000Z",' "$1"
	printf '"modified":"2015-09-01T00:00:00.000Z","name":"campaign %s"%s}\n' "$1" "$2"
}
id() {
	echo "campaign--00000000-0000-4000-8000-00000000000$1"
}
mark='(//IRQ S//ORCON/TLP:AMBER/REL TO IRQ, RUS/VALID UNTIL 2016-01-01/DELETE BY 2016-02-01)'
object 1 >one.json
at irq add --mark "$mark" one.json >/dev/null

for form in mark json stanag stanag-json; do
	at irq label "$(id 1)" --form $form >$form.txt
	same "portion       $mark" "an object's label as $form reads back as it was" sh -c "'$COMITY' -C irq --clock $now label --read $form.txt | grep portion"
done
says 'xmlns:slab="urn:nato:stanag:4774:confidentialitymetadatalabel:1:0"' 'STANAG 4774 has its namespace' cat stanag.txt
does 'it is XML that others can read' python3 -c 'import xml.etree.ElementTree as x; x.parse("stanag.txt")'
says "portion       $mark" 'another member reads it the same' at rus label --read stanag.txt
fails 65 'an ACS marking cannot say TLP' 'what a form cannot say is not written' at irq label "$(id 1)" --form acs
fails 64 'mark, json, stanag' 'an unknown form is none' at irq label "$(id 1)" --form html
fails 66 'that you may see' 'nor has an unknown object a label' at irq label "$(id 9)"
fails 64 'the label of what' 'something is to be named' at irq label

change() { # SED: the XML label, changed
	sed "$1" stanag.txt >changed.txt
}
change 's/AMBER/WHITE/'
fails 65 'changed.txt:17:7: "WHITE" is no TLP marking' 'an unknown value is refused with its place' at irq label --read changed.txt
change 's/TagName="TLP"/TagName="Special Handling"/'
fails 65 'hint: have its originator label it' 'an unknown restriction is refused, with a remedy' at irq label --read changed.txt
change 's/RUS/USA/'
says 'releasable to USA, who is no member here' 'who is no member is left out, and told' at irq label --read changed.txt
says '//IRQ SECRET//ORCON/TLP:AMBER/VALID' 'so it goes to fewer' at irq label --read changed.txt
change 's/<slab:PolicyIdentifier>[^<]*/<slab:PolicyIdentifier>NATO/'
fails 65 'policy "NATO"' 'another policy is refused' at irq label --read changed.txt
change '1s/$/<!DOCTYPE a [<!ENTITY b SYSTEM "file:\/\/\/etc\/passwd">]>/'
fails 65 'document type' 'document types are refused' at irq label --read changed.txt

object 2 >two.json
does 'a bundle gets the label of a file' at irq add --label stanag.txt two.json
says "portion       $mark" 'and bears it' at irq label "$(id 2)"
change 's/AMBER/WHITE/'
object 3 >three.json
fails 65 'label, line 17, column 7: "WHITE"' 'not a label that cannot be read' at irq add --label changed.txt three.json
fails 64 'one of the two' 'mark and label are not both given' at irq add --label stanag.txt --mark '(//IRQ S)' three.json
fails 65 'names owners without' "nor is another member's taken" at rus add --label stanag.txt three.json

# markings of a bundle
at irq label --read - --form acs >orcon.json <<'END'
(//IRQ C//ORCON/REL TO IRQ, RUS)
END
says '"classification": "C"' 'an ACS marking is made' cat orcon.json
acs=$(python3 -c 'import json; print(json.load(open("orcon.json"))["id"])')
sed 's/"classification": "C"/"classification": "C", "caveat": ["FISA"]/; s/marking-definition--......../marking-definition--00000000/' orcon.json >fisa.json
fisa=$(python3 -c 'import json; print(json.load(open("fisa.json"))["id"])')
marked() { # NUMBER MARKING
	object "$1" ",\"object_marking_refs\":[\"$2\"]"
}
{
	marked 4 "$acs"
	cat orcon.json fisa.json
	marked 5 "$fisa"
	object 6 ""
	marked 7 marking-definition--11111111-0000-4000-8000-000000000000
} >bundle.json
fails 65 'FISA' 'a bundle with markings is taken, but for what cannot be mapped' at irq add --mark '(//IRQ S//REL TO IRN, IRQ, RUS, SYR)' bundle.json
says 'portion       (//IRQ S//ORCON/REL TO IRQ, RUS)' 'a label is the stricter of mark and marking, though that came later' at irq label "$(id 4)"
says 'portion       (//IRQ S//REL TO IRN, IRQ, RUS, SYR)' 'what bears none has the mark' at irq label "$(id 6)"
says 'portion       (//IRQ S)' 'what bears one that is not here is for this home alone' at irq label "$(id 7)"
fails 66 'that you may see' 'what cannot be mapped is not here' at irq label "$(id 5)"
says 'restricts who may have it' 'but in quarantine, with the reason' at irq quarantine list
fails 77 'does not reach all of the circle' 'nothing goes further than its marking' at irq release "$(id 4)" --to ALL --yes
marked 8 "$acs" >eight.json
does 'a marking of the record counts' at irq add --mark '(//IRQ S//REL TO IRN, IRQ, RUS, SYR)' eight.json
says 'portion       (//IRQ S//ORCON/REL TO IRQ, RUS)' 'as one of the bundle' at irq label "$(id 8)"
at irq config compartments FISA >/dev/null
marked 5 "$fisa" >five.json
does 'a restriction that is named as a compartment' at irq add --mark '(//IRQ S//REL TO IRN, IRQ, RUS, SYR)' five.json
says 'portion       (//IRQ S//FISA//ORCON/REL TO IRQ, RUS)' 'is one' at irq label "$(id 5)"
fails 66 'that you may see' 'who is not cleared for it learns nothing' at irq label "$(id 5)" --clearance S
fails 77 'alone' 'nor what this home knows' at irq label --read stanag.txt --clearance S

# a definition that another member released says nothing of what this home adds
at rus label --read - --form acs >loose.json <<'END'
(//RUS U//REL TO IRN, IRQ, RUS, SYR)
END
sed 's/marking-definition--......../marking-definition--22222222/' loose.json >theirs.json
theirs=$(python3 -c 'import json; print(json.load(open("theirs.json"))["id"])')
at rus add --mark '(//RUS U//REL TO IRN, IRQ, RUS, SYR)' theirs.json >/dev/null
does 'another member may release a definition' at rus release "$theirs" --to ALL --yes
at irq sync rus >/dev/null
does 'which comes' at irq show "$theirs"
marked 9 "$theirs" >nine.json
does 'what bears it is taken' at irq add --mark '(//IRQ S//REL TO IRN, IRQ, RUS, SYR)' nine.json
says 'portion       (//IRQ S)' 'for this home alone' at irq label "$(id 9)"
{
	sed 's/campaign--00000000/campaign--00000001/' nine.json
	sed 's/"classification": "U"/"classification": "C"/' theirs.json
} >both.json
does 'with its definition beside it' at irq add --mark '(//IRQ U//REL TO IRN, IRQ, RUS, SYR)' both.json
says 'portion       (//JOINT C IRQ RUS//REL TO IRQ, RUS)' 'that one counts' at irq label campaign--00000001-0000-4000-8000-000000000009
exit $status
