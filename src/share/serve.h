/* serve: what another member may ask of this home. One function from (asker, path) to bytes; directory, pouch, simulator and network are thin
 * callers.
 *
 * The reply is a function of what was released to circles that hold the asker, and of nothing else. */
#ifndef SHARE_SERVE_H
#define SHARE_SERVE_H

#include "share/share.h"

/* Appends the reply, within ret's ceiling. asker is a member number of centre (verified by the caller: TLS key, or the file's owner). ERR_NOTFOUND,
 * with the same message always, for what is not there and for what is not the asker's. */
enum err share_serve(struct share *s, struct share_centre *centre, int asker, struct str path, struct buf *ret, struct errinfo *e) MUST_USE;

#endif
