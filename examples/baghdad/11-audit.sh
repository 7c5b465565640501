# At the end every home is checked against its signatures, and its view is made anew.
scene 'Every home is verified'
for m in $four usa; do
	check "$m: all logs, hashes and signatures hold" as $m verify
	check "$m: the view rebuilt from the record is the same" as $m rebuild --check
done
check 'once more: nothing of the Baghdad centre is in the American home' baghdad_words
check 'once more: nothing of the other centre is in those of Russia, Iran and Syria' erbil_words
