/* Topics that are no command, for comity help TOPIC. */
#include "cli/help.h"

static const struct {
	const char *name, *text;
} topics[] = {
    {"circles",
	"A circle is a set of members: their ids joined by dots, in any order and in small letters or capitals (irn.irq, RUS.IRQ). ALL is everyone "
	"in the centre now; the "
	"charter may give names to others. Whoever releases is in the circle and need not be named. One's own id alone is the private circle.\n"
	"\n"
	"What is released to a circle is held by its members' homes and nobody else's; others do not learn that it exists."},
    {"marks", "A mark stands before each portion of a report, in round brackets:\n"
	      "\n"
	      "(//IRQ S)                              Iraq's, SECRET, for its own eyes\n"
	      "(//IRQ S//REL TO IRQ, RUS)             may be released to Russia\n"
	      "(//IRQ S//ATLAS//REL TO IRQ, RUS)      only for who is cleared for ATLAS\n"
	      "(//IRQ S//ORCON/REL TO IRQ, RUS)       any use of it needs the originator's consent\n"
	      "(//JOINT S IRN IRQ//REL TO IRN, IRQ)   of Iran and Iraq together\n"
	      "\n"
	      "Order: two slashes, owner, level; compartments; dissemination. Members stand in the order of the alphabet, in capitals. Levels are "
	      "those of the charter "
	      "(comity charter show), by their short forms; in banners by their names. TLP is said among the dissemination: (//IRQ S//TLP:AMBER/REL "
	      "TO IRQ, RUS); in a "
	      "centre that has no levels it stands in their place: (//IRQ TLP:AMBER//REL TO IRQ, RUS)."},
    {"grades", "Admiralty: a letter for the source (A completely reliable, B usually, C fairly, D not usually, E unreliable, F cannot be judged) and "
	       "a digit for what it says "
	       "(1 confirmed, 2 probably true, 3 possibly true, 4 doubtful, 5 improbable, 6 cannot be judged): B2. Or 4x4, where a member uses that: "
	       "4x4:B2. The two are never "
	       "turned into each other."},
    {"found", "How a centre is founded, by members who trust nobody else's machine. Each step says who does it.\n"
	      "\n"
	      "1. Each member makes its home, where possible with the root key on a medium of its own:\n"
	      "     comity init ~/comity --id irq --name \"Republic of Iraq\" --root-to /media/usb/irq.root\n"
	      "   Commands find the home from within it; from elsewhere name it, by --home DIR or once by\n"
	      "     export COMITY_HOME=~/comity\n"
	      "2. Each makes its card, and gives it to whoever writes the charter:\n"
	      "     comity card --root-key /media/usb/irq.root -o irq.card\n"
	      "   It also reads the fingerprint aloud to the others, by voice or face to face: the card may have\n"
	      "   been exchanged on its way.\n"
	      "3. One writes the charter from all cards, having compared each fingerprint with what it heard\n"
	      "   (comity card show FILE):\n"
	      "     comity charter propose --name \"Joint centre\" --first 2015-10-01 -o charter \\\n"
	      "       irq.card rus.card irn.card syr.card\n"
	      "4. Each reads it, compares the fingerprints of the members in it, and signs it:\n"
	      "     comity charter show charter\n"
	      "     comity charter sign charter --root-key /media/usb/irq.root -o irq.vote\n"
	      "5. One puts charter and signatures together; every founder must have signed:\n"
	      "     comity charter assemble charter irq.vote rus.vote irn.vote syr.vote -o charter.signed\n"
	      "6. Each installs that file. The fingerprint is the centre's: another member reads it aloud, so\n"
	      "   that all found the same one:\n"
	      "     comity charter install charter.signed --fingerprint \"04321 99870 …\"\n"
	      "\n"
	      "Later charters go the same way from step 3 (charter propose --centre NAME), with the votes that the quorum asks for and that of each "
	      "who joins. Who joins installs first what another member's comity charter export gives. To try it all "
	      "out in one "
	      "step: comity trial."},
    {"people",
	"The home's own user may everything. Others get an account, on the home itself:\n"
	"\n"
	"     comity account add ayman --role administrator\n"
	"     comity account add khalil --role officer --cleared all --post J2-3\n"
	"     comity account totp khalil\n"
	"     comity token add khalil --name \"nightly export\" --scope read\n"
	"\n"
	"A role says what it may: a reader reads, an analyst also adds, grades and withdraws what was never released, an officer also releases and "
	"recalls, a representative also "
	"governs; an administrator looks after the node and its accounts, and reads nothing by that. --cleared says what it may see: a level and "
	"compartments, or all. Operations that cannot be told without the rest (releasing, logs, proofs) are for who is cleared for all.\n"
	"\n"
	"comity config four-eyes yes: every release waits for a second person (comity release pending, approve, reject). How people log in over "
	"HTTP: "
	"comity help api."},
    {"api",
	"While comity serve runs, people and their tools are answered on loopback (web in comity.conf, or --web ADDRESS:PORT, with a certificate for "
	"TLS).\n"
	"\n"
	"     url=http://127.0.0.1:8440/api/v1\n"
	"     me=\"Authorization: Bearer $TOKEN\"\n"
	"     curl $url/openapi.json                  what there is, as OpenAPI 3.1\n"
	"     curl -H \"$me\" $url/objects             a list; go on with ?cursor=NEXT\n"
	"     curl -H \"$me\" -N $url/events           what changes, as server-sent events\n"
	"     curl -H \"$me\" -H 'Content-Type: text/plain' --data-binary @report $url/objects\n"
	"\n"
	"Who asks shows a token (comity token add; as Bearer, or as the password of Basic beside the account's name), or logs in: POST /session "
	"with {\"name\",\"password\",\"code\"} sets a cookie and gives \"csrf\", which goes as the header X-CSRF-Token with all that changes "
	"something. A write with an Idempotency-Key is done once, however often it is sent. What is refused is told as application/problem+json."},
    {"taxii",
	"TAXII 2.1 at /taxii2/, with a token as the password of Basic beside the account's name (comity token add NAME --scope taxii:read "
	"--scope taxii:write).\n"
	"\n"
	"Collections: \"Everything\" the account may see; one for each circle of which it may see anything; and for who may write and is cleared for "
	"all of what is here the inbox of each centre, which is the member's own circle: what is put in there lands in it at the highest level, for "
	"this home alone, until somebody marks or releases it, and what lies in it can be read and, if it was never released, deleted: also what "
	"people added. Give taxii:write to tools that are trusted so far.\n"
	"\n"
	"date_added is the moment at which a thing came into this account's view: what is released late, or shown by a wider clearance, is never "
	"missed by who asks for what was added after the last it had. Others' servers are pulled by comity collect taxii URL."},
    {"exercise", "An exercise home (comity init --exercise, comity trial) takes another clock: --clock TIME. Its centre's name begins with EXERCISE, "
		 "and it never meets homes that are "
		 "not for an exercise."},
};

static const char exit_topic[] = "exit";

bool
help_topic(struct print *p, struct str name)
{
	for (size_t i = 0; i < sizeof topics / sizeof *topics; i++)
		if (str_is(name, topics[i].name)) {
			print_block(p, str_of(topics[i].text), 0);
			return true;
		}
	if (str_is(name, exit_topic)) {
		help_statuses(p);
		return true;
	}
	return false;
}

void
help_topics(struct print *p, const char *sep)
{
	for (size_t i = 0; i < sizeof topics / sizeof *topics; i++)
		print_own(p, "%s%s", topics[i].name, sep);
	print_own(p, "%s", exit_topic);
}
