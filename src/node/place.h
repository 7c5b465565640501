/* place: whether a home is still the one it was: not a copy put in its place by hand, not some of its files from another day.
 *
 * The file `place` is never copied by comity itself; what tells it from its copies (env.mark) is kept in node.db. Where the two differ, somebody
 * copied or moved the home, perhaps an old state of it: all circles become unsettled (share/settle.h), which costs one exchange with each member if
 * it was no old state. Beside it stands how many arrivals the record had: one that has fewer now is older than node.db. What cannot be seen from
 * within is a whole disk put back; there the first exchange tells (fetch_own.c). */
#ifndef NODE_PLACE_H
#define NODE_PLACE_H

#include "node/op.h"

/* When a home is opened, before anything is signed. *ret: why it was unsettled now; as it was if it was not. The marks are set in node.db after the
 * circles are unsettled, so that a crash between costs no more than doing it again. */
enum err place_look(struct node *n, enum settle_why *ret, struct errinfo *e) MUST_USE;
/* Writes down how much has arrived; when the record is durable. */
enum err place_note(struct node *n, struct errinfo *e) MUST_USE;

#endif
