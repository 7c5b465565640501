# The lead passes by the calendar. Nobody hands anything over, and the lead never had more than its duties.
scene 'New Year: the lead passes'
check 'until the last second of the year Iraq leads' says '"lead":"irq"' as syr lead --at 2015-12-31T23:59:59Z --json
at 2016-01-01T00
russia_leads() {
	says '"lead":"rus"' as "$1" lead --centre Baghdad --json
}
check 'from midnight Russia does, on every node, without a word from Iraq' every $four -- russia_leads
sees irn rota
check 'the lead sees no more than before' lacks rus Mandali Tulul 'school book'
