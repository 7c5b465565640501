#include "api/json_words.h"

#define WORDS(X)                                                                                                                \
	X("account", "the account's name; absent: one's own")                                                                   \
	X("action", "recalled (absent), corrected or downgraded")                                                               \
	X("all", "also what operations put beside what people add; of requests: also those that were answered")                 \
	X("at", "a moment or a day: 2015-10-01 or 2015-10-01T06:30:00Z; absent: now")                                           \
	X("author", "by this member, by its id")                                                                                \
	X("begins", "how the word begins")                                                                                      \
	X("cards", "admission cards, as text")                                                                                  \
	X("centre", "a centre by its name, the beginning of that, or at least four digits of its id; absent: the only one")     \
	X("charter", "the charter's text")                                                                                      \
	X("circle", "exactly this circle: ids of members with dots between, ALL, or a name of the charter")                     \
	X("circles", "circles that have a name: {\"name\":[ids]}")                                                              \
	X("clearance", "a level and compartments, with commas between (S,ATLAS), all, or none")                                 \
	X("code", "of the device, or a recovery code; needed where one is enrolled")                                            \
	X("collection", "the id of the server's collection; absent: the only one that can be read")                             \
	X("count", "how many terms (as many as fill a year)")                                                                   \
	X("cursor", "go on where the last page ended: its \"next\"")                                                            \
	X("days", "how many; of a token at most 366 (90)")                                                                      \
	X("display", "a name for people to read")                                                                               \
	X("dispute", "how long what was recalled is kept sealed, as P90D (P1Y)")                                                \
	X("duties", "what the lead owes: [{text, every or after or before}]")                                                   \
	X("every", "how often: 15m, 6h, 1d")                                                                                    \
	X("fingerprint", "of the centre, as it was read aloud: what has another is not installed")                              \
	X("first", "the day on which the first term begins")                                                                    \
	X("form", "of the label: mark, stanag-xml, stanag-json, acs; absent: Comity's own")                                     \
	X("four_eyes", "each release of this account waits for a second person")                                                \
	X("from", "of a request: the originator that is asked; of a charter: when it takes effect")                             \
	X("gone", "also what was recalled or is past its dates; its content stays sealed")                                      \
	X("grade", "Admiralty (B2) or 4x4 (4x4:B2); needed")                                                                    \
	X("granted", "whether consent is given")                                                                                \
	X("id", "of an object: whole, or how it begins (six digits or more)")                                                   \
	X("ids", "of what goes, whole or how each begins; needed")                                                              \
	X("label", "a label as JSON, for what bears none; instead of mark")                                                     \
	X("last", "the id of the last event that was had, where a Last-Event-ID header cannot be given")                        \
	X("leave", "ids of members that leave")                                                                                 \
	X("levels", "[{name, abbr, national}] from the lowest up; empty: TLP alone; absent: five usual ones")                   \
	X("limit", "at most so many")                                                                                           \
	X("lines", "signed charters and cards, one a line")                                                                     \
	X("mark", "a portion mark, as (//IRQ S//REL TO IRQ, RUS): of what bears none; of a release: which of several is meant") \
	X("member", "by its id")                                                                                                \
	X("modified", "that version alone, by its moment")                                                                      \
	X("name", "what it is called")                                                                                          \
	X("no", "its number, as lists show it")                                                                                 \
	X("observers", "ids of members that have no vote")                                                                      \
	X("off", "take the device off")                                                                                         \
	X("old", "the password that counts now")                                                                                \
	X("order", "ids of members in the order in which they lead")                                                            \
	X("password", "at least 12 characters")                                                                                 \
	X("plan", "the digest that the plan told: only that is done, or nothing")                                               \
	X("position", "the officer's position that entries bear, as J2-3")                                                      \
	X("private", "the entry in the private log")                                                                            \
	X("quorums", "{charter: n, …}; absent: more than half")                                                                 \
	X("reason", "why; the record or the audit trail keeps it")                                                              \
	X("redact", "references that the circle cannot follow are left out, in a new object")                                   \
	X("refs", "0 leaves out what stands around the object")                                                                 \
	X("replacement", "the id of what stands in its place")                                                                  \
	X("request", "the leaf of the request that is answered")                                                                \
	X("roles", "reader, analyst, officer, representative, administrator")                                                   \
	X("scopes", "read, write, release, govern, admin, taxii:read, taxii:write")                                             \
	X("secret", "of the device, as the first call gave it")                                                                 \
	X("since", "what came after this moment")                                                                               \
	X("source", "a name for the input, under which what is refused of it stands in quarantine")                            \
	X("target", "what was acted on")                                                                                        \
	X("term", "how long one leads, as P3M")                                                                                 \
	X("text", "what is to be read")                                                                                         \
	X("to", "a circle: ids of members with dots between, ALL, or a name of the charter; of a pouch: ids of members")        \
	X("token", "of the server, in place of user and password")                                                              \
	X("type", "of this STIX type")                                                                                          \
	X("url", "of the server's API root, or of a collection in it")                                                          \
	X("user", "with the server")                                                                                            \
	X("value", "of the setting")                                                                                            \
	X("version", "of the charter; absent: the one in force")                                                                \
	X("versions", "all (absent), first, last, or moments with commas between")                                              \
	X("votes", "signed votes for it, as text")                                                                              \
	X("what", "of what the numbers tell")                                                                                   \
	X("where", "of which place; absent: anywhere")                                                                          \
	X("who", "by whom")                                                                                                     \
	X("without", "the member without whose answer one goes on")                                                             \
	X("words", "words all of which must be there, \"phrases\", word* for beginnings, -word for absence")

struct str
json_words(struct str arg)
{
	static const struct {
		struct str name, words;
	} all[] = {
#define X(name, words) {STR_INIT(name), STR_INIT(words)},
	    WORDS(X)
#undef X
	};
	for (size_t i = 0; i < sizeof all / sizeof *all; i++)
		if (str_eq(all[i].name, arg))
			return all[i].words;
	return STR_NONE;
}
