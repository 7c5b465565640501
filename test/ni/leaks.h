/* leaks: faults on purpose, each a line of the product behind LEAK(NAME) (base/leak.h). WHO: PEER, another member learns of it; PERSON, a viewer inside the node. */
#ifndef NI_LEAKS_H
#define NI_LEAKS_H

#define LEAK_LIST(X)                                                                                                    \
	X(SALT_COUNTER, PEER, "salts come from one counter of the home")                                                \
	X(SERIAL_HOME, PEER, "serials count over all circles")                                                          \
	X(ID_HOME, PEER, "ids of new objects come from the home's count of entries")                                    \
	X(CHECKPOINT_HOME, PEER, "a checkpoint carries how many entries the home has")                                  \
	X(LISTING_ALL, PEER, "the listing names all logs")                                                              \
	X(LISTING_COUNT, PEER, "the listing ends with how many logs there are")                                         \
	X(NOTHING_TEXT, PEER, "what is not the asker's is refused in other words than what is not there")              \
	X(PAYLOAD_ANY, PEER, "whoever knows a log's name has its payloads")                                             \
	X(CHARTERS_ALL, PEER, "charters are those of all centres of the home")                                          \
	X(COSIG_HOME, PEER, "a countersignature's time counts what arrived at the home")

enum ni_leak {
	LEAK_NONE,
#define X(name, who, about) LEAK_##name,
	LEAK_LIST(X)
#undef X
};

#endif
