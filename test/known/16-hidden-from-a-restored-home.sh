#!/bin/sh
# Fails while this weakness is there. A member hides from a restored home what it holds of that home's log; the honest home signs on and is proven
# a forger.
. "${0%/*}/../run/scenario"
centre irq rus irn
cd "$dir" || exit 2
rel() { printf 'Type: INTREP\nSubject: (//IRN R//REL TO IRN, IRQ, RUS) %s\n\n(//IRN R//REL TO IRN, IRQ, RUS) [B2] %s.\n' $1 $1 >r; at irn add r >/dev/null
	at irn release "$(get items.0.id at irn ls -n 1 --circle irn --type report)" --to $2 --yes; }
echo 'correct horse battery' >pass
rel tulip rus >/dev/null
at rus sync irn >/dev/null; at irq sync irn >/dev/null
at irn sync irq rus >/dev/null
at irn backup --passphrase-file pass copy >/dev/null 2>&1
now=2015-10-03T08:00:00Z
rel crocus rus >/dev/null
cp -a rus hiding; rm hiding/place
at rus sync irn >/dev/null
rm -rf irn
now=2015-10-04T08:00:00Z
"$COMITY" restore --clock "$now" --passphrase-file pass copy irn >/dev/null 2>&1
at irn sync irq >/dev/null 2>&1
at irn sync hiding >/dev/null 2>&1
run rel iris rus
printf '%s\n' "$said" | sed 's/^/# restored irn: /'
at rus sync irn 2>&1 | sed 's/^/# rus: /'
hides FORK 'an honest author who did what it was told is not proven a forger' at rus logs
exit $status
