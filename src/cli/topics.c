/* Topics that are no command, for comity help TOPIC. */
#include "cli/help.h"

static const struct {
	const char *name, *text;
} topics[] = {
    {"circles",
	"A circle is a set of members: their ids joined by dots, in any order and in small letters or capitals (irn.irq, RUS.IRQ). ALL is everyone "
	"in the centre now; the\n"
	"charter may give names to others. Whoever releases is in the circle and need not be named. One's own id alone is the private circle.\n"
	"\n"
	"What is released to a circle is held by its members' homes and nobody else's; others do not learn that it exists."},
    {"marks", "A mark stands before each portion of a report, in round brackets:\n"
	      "\n"
	      "(//IRQ S)                        Iraq's, SECRET, for its own eyes\n"
	      "(//IRQ S//REL TO IRQ, RUS)       may be released to Russia\n"
	      "(//IRQ S//ATLAS//REL TO IRQ, RUS)   only for who is cleared for ATLAS\n"
	      "(//IRQ S//ORCON/REL TO IRQ, RUS)    any use of it needs the originator's consent\n"
	      "(//JOINT S IRN IRQ//REL TO IRN, IRQ)\n"
	      "\n"
	      "Order: two slashes, owner, level; compartments; dissemination. Members stand in the order of the alphabet, in capitals. Levels are "
	      "those of the charter\n"
	      "(comity charter show), by their short forms; in banners by their names. TLP stands where a level stands: (TLP:AMBER)."},
    {"grades", "Admiralty: a letter for the source (A completely reliable, B usually, C fairly, D not usually, E unreliable, F cannot be judged) and "
	       "a digit for what it says\n"
	       "(1 confirmed, 2 probably true, 3 possibly true, 4 doubtful, 5 improbable, 6 cannot be judged): B2. Or 4x4, where a member uses that: "
	       "4x4:B2. The two are never\n"
	       "turned into each other."},
    {"exercise", "An exercise home (comity init --exercise, comity trial) takes another clock: --clock TIME. Its centre's name begins with EXERCISE, "
		 "and it never meets homes that are\n"
		 "not for an exercise."},
};

bool
help_topic(struct print *p, struct str name)
{
	for (size_t i = 0; i < sizeof topics / sizeof *topics; i++)
		if (str_is(name, topics[i].name)) {
			print_block(p, str_of(topics[i].text), 0);
			return true;
		}
	return false;
}

void
help_topics(struct print *p)
{
	for (size_t i = 0; i < sizeof topics / sizeof *topics; i++)
		print_own(p, "%s%s", i ? ", " : "", topics[i].name);
}
