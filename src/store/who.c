/* who: which viewers see the same. */
#include "store/view.h"

static void
put_u64(struct sha256 *h, uint64_t v)
{
	sha256_put(h, str_bytes(&v, sizeof v));
}

struct hash
view_who_hash(const struct view_who *who)
{
	struct sha256 h;
	sha256_init(&h);
	put_u64(&h, who ? who->n : UINT64_MAX);
	for (size_t i = 0; who && i < who->n; i++) {
		const struct clearance *c = &who->clearances[i];
		sha256_put(&h, str_bytes(c->policy, sizeof c->policy));
		put_u64(&h, (uint64_t)c->level << 1 | c->every_circle);
		put_u64(&h, c->ncircles);
		for (size_t k = 0; k < c->ncircles; k++)
			put_u64(&h, c->circles[k]);
		put_u64(&h, c->ncompartments);
		for (size_t k = 0; k < c->ncompartments; k++)
			sha256_put(&h, str_bytes(c->compartments[k], sizeof c->compartments[k]));
	}
	return sha256_end(&h);
}
