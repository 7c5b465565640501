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

static struct hash
eras_hash(const struct dated_eras *eras)
{
	struct sha256 h;
	sha256_init(&h);
	for (size_t k = 0; k < eras->n; k++) {
		const struct dated_era *one = &eras->era[k];
		const struct hash who = view_who_hash(one->who);
		sha256_put(&h, str_bytes(&one->arrival, sizeof one->arrival));
		sha256_put(&h, str_bytes(&one->at, sizeof one->at));
		sha256_put(&h, hash_str(&who));
	}
	return sha256_end(&h);
}

enum err
sight_dated(struct op_call *call, const struct dated_eras *eras, struct dated **ret, struct errinfo *e)
{
	struct sights *s = call->n->sights ? call->n->sights : calloc(1, sizeof *s);
	struct hash who = eras_hash(eras);
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
