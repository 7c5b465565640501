/* leaks: faults on purpose, each a line of the product behind LEAK(NAME) (base/leak.h). WHO: PEER, another member learns of it; PERSON, a viewer
 * inside the node. */
#ifndef NI_LEAKS_H
#define NI_LEAKS_H

#define LEAK_LIST(X)                                                                                        \
	X(SALT_COUNTER, PEER, "salts come from one counter of the home")                                    \
	X(SERIAL_HOME, PEER, "serials count over all circles")                                              \
	X(ID_HOME, PEER, "ids of new objects come from a count over all circles")                           \
	X(TIME_HOME, PEER, "the last digits of an entry's time count what the home holds")                  \
	X(CHECKPOINT_HOME, PEER, "a checkpoint tells whether the home holds an odd number of entries")      \
	X(COSIG_HOME, PEER, "a countersignature's time counts what the home holds")                         \
	X(LISTING_ALL, PEER, "the listing names all logs")                                                  \
	X(LISTING_NUMBER, PEER, "the listing gives the home's number of a log instead of its size")         \
	X(NOTHING_TEXT, PEER, "what is not the asker's is refused in other words than what is not there")   \
	X(PAYLOAD_ANY, PEER, "who knows a log's name gets its payloads")                                    \
	X(KNOWN_ANY, PEER, "who knows a log's name gets its author's last note")                            \
	X(FETCH_ASKS, PEER, "what a node asks of M depends on how much it holds")                           \
	X(WHOSE_HOME, PEER, "what a node signs to show whose it is depends on how much it holds")           \
	X(TEAR_LEVEL, PEER, "a tear-line bears the level of what was withheld")                             \
	X(TEAR_COMPARTMENT, PEER, "a tear-line bears the compartments of what was withheld")                \
	X(TEAR_ORCON, PEER, "a tear-line bears the ORCON of what was withheld")                             \
	X(TEAR_CREATED, PEER, "a tear-line bears the date of the original")                                 \
	X(TEAR_NUMBERS, PEER, "paragraphs keep the numbers of the original")                                \
	X(TEAR_TITLE, PEER, "a title goes out that may not")                                                \
	X(TEAR_WITHHELD, PEER, "a tear-line tells how many portions the original has")                      \
	X(TEAR_SOURCE, PEER, "the source's codename stands in the place of the place")                      \
	X(TEAR_CITES, PEER, "its confidence is how many things it was made from")                           \
	X(TEAR_ID, PEER, "a tear-line has the id of the original")                                          \
	X(RECALL_ALL, PEER, "a recall goes to everybody")                                                   \
	X(RECALL_ORIGINAL, PEER, "a recall names the private original")                                     \
	X(CONSENT_WIDE, PEER, "requests and consents go to the circle they are about")                      \
	X(WITNESSED_HOME, PEER, "countersigned checkpoints come with what the home counts")                 \
	X(RECEIPT_ALL, PEER, "a receipt goes to everybody")                                                 \
	X(FLAG_SOURCE, PEER, "a flag names a source that the circle was not given")                         \
	X(CARD_HOME, PEER, "the time of a key card counts what the home holds")                             \
	X(EPOCH_HOME, PEER, "the first leaf of an epoch tells how many logs the home has")                  \
	X(FORK_ANY, PEER, "who knows a log's name gets the proof of its fork")                              \
	X(SUGGEST_ALL, PERSON, "words are suggested from what the viewer may not read")                     \
	X(SEARCH_ALL, PERSON, "a search finds what the viewer may not read")                                \
	X(TYPE_ALL, PERSON, "so does a list of one type")                                                   \
	X(PAGE_CUT, PERSON, "rows that the viewer may not read take room on a page")                        \
	X(DATED_ALL, PERSON, "what came for who polls has what the viewer may not read")                    \
	X(FEEDS_ALL, PERSON, "the circles to poll are told to who may read nothing of them")                \
	X(ORDER_CLASS, PERSON, "results are in an order that depends on how many kinds of label there are") \
	X(COMPARTMENT_ALL, PERSON, "what is in a compartment is read by everybody of the level")            \
	X(REFUSED_TEXT, PERSON, "what may not be seen is refused in other words than what is not here")     \
	X(VERSIONS_ALL, PERSON, "versions are listed that the viewer may not read")                         \
	X(BEGIN_ALL, PERSON, "the beginning of an id finds what the viewer may not read")                   \
	X(LABEL_ALL, PERSON, "the label is told of what the viewer may not read")                           \
	X(HERE_ALL, PERSON, "a reference is said to be here though the viewer may not read it")             \
	X(LINKED_ALL, PERSON, "objects that name this one are shown whoever may read them")                 \
	X(ARRIVAL_SHOWN, PERSON, "rows show their number in the order of arrival")                          \
	X(COMPARE_ALL, PERSON, "claims are compared with those that the viewer may not read")               \
	X(SERIAL_SHOWN, PERSON, "rows show their serial, which counts what else the circle was given")      \
	X(CURSOR_INDEX, PERSON, "a cursor tells the place in the author's log")                             \
	X(EVENT_INDEX, PERSON, "a recall tells its place in the author's log")                              \
	X(EVENT_VERSION, PERSON, "of a version above the viewer is said what was said of it")               \
	X(RECALL_TOGETHER, PERSON, "one recall of what the viewer may read and what not tells of both")     \
	X(EVENTS_ALL, PERSON, "what changed is told of what the viewer may not read")                       \
	X(EVENTS_SAID, PERSON, "recalls of what the viewer may not read are told among what changed")       \
	X(EVENTS_ARRIVAL, PERSON, "what changed shows its number in the order of arrival")                  \
	X(EVENTS_MARK, PERSON, "a mark counts what the viewer may not read")                                \
	X(WEB_TAG, PERSON, "an ETag is made of what the home's own member would get")                       \
	X(DATED_ARRIVAL, PERSON, "date_added counts what the viewer may not read")                          \
	X(PAGE_KEPT, PERSON, "a page that is kept for one is given to others who ask for the same")         \
	X(RATE_OTHER, PERSON, "requests of one account are counted as another's too")                       \
	X(WEB_REFUSED, PERSON, "over HTTP what may not be seen is 403 and what is not here 404")            \
	X(CENTRES_ALL, PERSON, "centres are named in which the viewer is cleared for nothing")              \
	X(STATUS_OWN, PERSON, "the status counts for everybody")                                            \
	X(DUE_ALL, PERSON, "dates come up of what the viewer may not read")                                 \
	X(GRADE_ALL, PERSON, "what the viewer may not read can be graded")                                  \
	X(ADD_SAME, PERSON, "what is added is compared with what the viewer may not read")                  \
	X(KINDS_ALL, PERSON, "how many kinds of label one may bring depends on those of the whole home")    \
	X(LOG_SHOWN, PERSON, "operations of the home's own officers answer any viewer")

enum ni_leak {
	LEAK_NONE,
#define X(name, who, about) LEAK_##name,
	LEAK_LIST(X)
#undef X
};

#endif
