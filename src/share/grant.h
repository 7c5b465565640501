/* grant: by whose leave a product may go to a circle.
 *
 * The sources are what its private extension cites, and what own sources among those cite in turn (a product of products goes no further than the
 * first). Each originator who has a hand in one is asked for by name: a release of it that covers the circle, or a consent that was not withdrawn.
 * Source and originator that are not known here grant nothing. */
#ifndef SHARE_GRANT_H
#define SHARE_GRANT_H

#include "label/rule.h"
#include "share/share.h"
#include "share/release.h"

/* What stands in the way of a product so labelled (owner and circle as it would be released): one snag a source and originator; none: it may. tree:
 * the private original. ERR_LIMIT: too many sources. */
enum err grant_check(struct share *s, struct share_centre *c, const struct json *tree, const struct label *product, int64_t now, struct arena *a,
    struct release_snag **ret, size_t *ret_n, struct errinfo *e) MUST_USE;

/* Whether a consent or refusal for the circle `said`, of one of `two` to the other, says anything of what goes to `circle`: see grant_consented. */
bool grant_concerns(uint64_t said, bool granted, uint64_t circle, uint64_t two);

/* Whether an originator's last word on this version of an object that concerns circle `to` is a consent. A consent concerns what lies within its
 * circle; a refusal that too, what contains its circle, and whatever it has a third member in common with. */
enum err grant_consented(struct share *s, struct share_centre *c, int originator, const struct stix_id *id, int64_t modified, uint64_t to, bool *ret,
    struct errinfo *e) MUST_USE;

#endif
