/* peer_book: the members that may ask this node, by the pins of their keys, as a picture that is read in a handshake without waiting for the node. */
#ifndef API_PEER_BOOK_H
#define API_PEER_BOOK_H

#include "api/host.h"
#include "govern/keys.h"

struct peer_book;

enum err peer_book_new(struct peer_book **ret, struct errinfo *e) MUST_USE;
void peer_book_free(struct peer_book *b); /* takes NULL */
/* The picture made anew; the old one stays on failure. */
enum err peer_book_look(struct peer_book *b, struct host *h, struct errinfo *e) MUST_USE;

bool peer_book_has(struct peer_book *b, const struct hash *pin);
/* The member of that centre (id in hex) whose key it is; false if there is none. A card may state any key, another's too, which its member does not
 * have: so who asks says which member it is (says; empty: it did not), and where several state the key only that decides. */
bool peer_book_find(struct peer_book *b, struct str centre, const struct hash *pin, struct str says, char ret_member[static GOVERN_ID_MAX + 1]);

#endif
