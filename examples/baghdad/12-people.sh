# People do not use the home's own user: each has an account on his member's node, and logs in over HTTP. The password is made for this demonstration.
scene 'People log in'
at 2016-01-12T08
od -An -N12 -tx2 /dev/urandom | sed 's/^ *//; s/ *$//; s/  */-/g' >"$work/media/password"
account_of() {
	echo "duty-$1"
}
for m in $four usa; do
	must as $m account add "$(account_of $m)" --role officer --cleared all --display 'Duty officer' --password-file "$work/media/password"
done
where
login() {
	printf '{"name":"%s","password":"%s"}' "$(account_of "$1")" "${2:-$(cat "$work/media/password")}" |
		curl -sf --max-time 20 -c "$work/run/$1.cookie" -H 'Content-Type: application/json' -d @- "http://127.0.0.1:$(cat "$work/run/$1.web")/api/v1/session"
}
asks() {
	curl -sf --max-time 20 -b "$work/run/$1.cookie" "http://127.0.0.1:$(cat "$work/run/$1.web")/api/v1/$2"
}
not_let_in() {
	[ "$(login irq 'twelve other words' | wc -c)" = 0 ]
}
if command -v curl >/dev/null; then
	check 'with it the duty officer of each member is let in' every $four usa -- login
	check 'and finds what his member may see' says 'Road from Homs' asks syr 'search?words=road'
	check 'with another password he is not' not_let_in
else
	echo '   (no curl here to try it with)'
fi
