#!/bin/sh
# The view is made from the record alone, so no damage of it is one of the home. Fails if a command does not get past a full text that is damaged, past
# a view of nonsense, or past a view that was taken away beside what a killed node left of it.
. "${0%/*}/scenario"
centre irq rus
cd "$dir" || exit 2
printf 'Type: SITREP\nSubject: (//IRQ R//REL TO ALL) Roads\n\n(//IRQ R//REL TO ALL) [B2] The road is cut by tulips.\n' >r
at irq add -q r
says Roads 'full text has it' at irq search tulips
python3 - <<END
import sqlite3
c = sqlite3.connect("irq/view.db")
for (name,) in c.execute("select name from sqlite_master where name like 'words\_%\_data' escape '\'").fetchall():
    c.execute("update %s set block = X'000000058F520101' where id = 10" % name)
c.commit()
END
run at irq search tulips
says Roads 'a full text that cannot be opened is made anew' at irq search tulips
says 'no fault' 'nothing else was damaged' at irq verify
printf 'This is no database, and never was one. %s\n' "$(seq 1 4000)" >irq/view.db
says Roads 'so is a view that is nonsense' at irq search tulips
"$COMITY" serve -C irq --web off --clock "$now" >out 2>&1 &
node=$!
i=0
until grep -q 'the node runs' out || [ $((i += 1)) -gt 200 ]; do sleep 0.05; done
sed 's/tulips/crocuses/' r >r2
"$COMITY" -C irq add -q r2
kill -9 $node
wait $node 2>/dev/null
[ -s irq/view.db-wal ]
report 'a node that was killed leaves a write-ahead log'
rm irq/view.db
says Roads 'which counts for nothing without its view' at irq search tulips
says 'no fault' 'and the home is whole' at irq verify
exit $status
