/* whose: whether a peer in a directory is the home of the member that it says.
 *
 * Over a network the peer shows the member's TLS key in the handshake. A directory is only files, and what says whose they are is public: so its
 * node is asked to sign a number of this home's choosing with its log key. What is signed names the centre, who shows it and to whom, so an answer
 * is of no use for another number, centre, member or asker (doc/DESIGN.md, "Peer replies"). */
#ifndef SHARE_WHOSE_H
#define SHARE_WHOSE_H

#include "share/share.h"
#include "share/transport.h"

#define WHOSE_PATH "whose/" /* and the number: WHOSE_NUMBER bytes in hex, lower case */

enum { WHOSE_NUMBER = 32 };

/* The answer to a number in hex, for the asker: the signature in base64 and a line feed. ERR_NOTFOUND: it is no number, or this home cannot sign. */
enum err whose_serve(struct share *s, const struct share_centre *c, int asker, struct str number, struct buf *ret, struct errinfo *e) MUST_USE;

/* Asks the peer whether it is the home of this member. OK: it has a log key of the member's that is not revoked, as far as this home knows; *ret_now:
 * the one of its newest epoch, and so this is the home as it is now, not an older state of it. ERR_DENIED, with what to do: it signed with another
 * key. ERR_NOTFOUND: it says nothing to us. Other failures are the transport's. */
enum err whose_ask(struct share *s, const struct share_centre *c, const struct transport *from, struct str member, bool *ret_now,
    struct errinfo *e) MUST_USE;
/* What to do where it is not shown. */
void whose_hint(struct str member, struct errinfo *e);

#endif
