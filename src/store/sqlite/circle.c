/* circle: the circles of which a viewer may read anything, by their classes. */
#include <stdlib.h>

#include "store/sqlite/view_int.h"

struct place {
	int centre;
	uint64_t circle;
};

enum err
view_circles(struct store *s, const struct view_who *who, enum err (*each)(void *ctx, int centre, uint64_t circle, struct errinfo *e), void *ctx,
    struct errinfo *e)
{
	struct errinfo local;
	struct view_cache *cache;
	struct place *seen;
	size_t n = 0;
	enum err err;
	e = e ? e : &local;
	if ((err = view_cache(s, &cache, e)))
		return err;
	if (!(seen = calloc((size_t)cache->last + 1, sizeof *seen)))
		return err_nomem(e);
	for (int i = 1; i <= cache->last; i++) {
		const struct view_class *c = cache->classes[i];
		size_t k = 0;
		if (!c || c->aside || !class_readable(c, who))
			continue;
		while (k < n && (seen[k].centre != c->centre || seen[k].circle != c->circle))
			k++;
		if (k == n)
			seen[n++] = (struct place){c->centre, c->circle};
	}
	/* in an order that tells nothing of the order of coming */
	for (size_t i = 1; i < n; i++)
		for (size_t k = i;
		     k > 0 && (seen[k].centre < seen[k - 1].centre || (seen[k].centre == seen[k - 1].centre && seen[k].circle < seen[k - 1].circle));
		     k--) {
			struct place p = seen[k];
			seen[k] = seen[k - 1];
			seen[k - 1] = p;
		}
	for (size_t i = 0; i < n && !err; i++)
		err = each(ctx, seen[i].centre, seen[i].circle, e);
	free(seen);
	return err;
}
