/* origin: the name of a log, "comity/<centre id>/<circle>/<author>/<epoch>". Its SHA-256 names it in paths and pouches; a member countersigns as
 * "comity/<centre id>/<member>". */
#ifndef SHARE_ORIGIN_H
#define SHARE_ORIGIN_H

#include "share/share.h"

/* Fills centre, circle, author, epoch, origin and id of ret (the rest zero). ERR_INVALID: the author is not in the circle, or a number is no
 * member's; ERR_LIMIT: the name is too long. */
enum err origin_make(const struct share_centre *c, uint64_t circle, int author, uint32_t epoch, struct record_log *ret, struct errinfo *e) MUST_USE;
/* The same from its text, in its one spelling; of this centre. */
enum err origin_parse(const struct share_centre *c, struct str text, struct record_log *ret, struct errinfo *e) MUST_USE;
/* The key name under which a member countersigns, appended to b. */
void origin_witness(const struct share_centre *c, int member, struct buf *b);
/* The log key of a member's epoch, as charter and cards known here state it; a card whose time is so little ahead that clocks may differ by it counts
 * already. ERR_NOTFOUND: not stated (yet). */
enum err origin_key(const struct share_centre *c, int64_t now, int member, uint32_t epoch, struct roster_log_key *ret, struct errinfo *e) MUST_USE;

/* The order in which logs are listed, fetched and packed: circle and author as text, then epoch as a number, so that an epoch comes after those
 * before it. <0, 0, >0. */
int origin_order(struct str a, struct str b);

#endif
