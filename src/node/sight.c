#include "node/sight.h"

#include <stdlib.h>
#include <string.h>

static void
forget(struct sights *s)
{
	for (int i = 0; i < SIGHTS; i++)
		dated_free(s->all[i].dated);
	memset(s->all, 0, sizeof s->all);
}

void
sights_free(struct sights *s)
{
	if (s)
		forget(s);
	free(s);
}

static void
put_u64(struct sha256 *h, uint64_t v)
{
	sha256_put(h, str_bytes(&v, sizeof v));
}

static struct hash
of(const struct view_who *who)
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

enum err
sight_dated(struct op_call *call, struct dated **ret, struct errinfo *e)
{
	struct sights *s = call->n->sights ? call->n->sights : calloc(1, sizeof *s);
	struct hash who = of(call->who);
	if (!s)
		return err_nomem(e);
	call->n->sights = s;
	struct sight *least = &s->all[0];
	if (s->resets != view_resets(call->n->store))
		forget(s);
	s->resets = view_resets(call->n->store);
	for (int i = 0; i < SIGHTS; i++) {
		struct sight *one = &s->all[i];
		if (one->dated && hash_eq(&one->of, &who)) {
			one->used = ++s->clock;
			*ret = one->dated;
			return OK;
		}
		if (one->used < least->used)
			least = one;
	}
	struct dated *d;
	enum err err = dated_new(&d, e);
	if (err)
		return err;
	dated_free(least->dated);
	*least = (struct sight){who, d, ++s->clock};
	*ret = d;
	return OK;
}
