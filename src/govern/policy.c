#include "govern/policy.h"

#include <string.h>

#include "label/policy.h"

/* Sizes are seen to by charter_parse; a charter made by hand may be too long. */
static bool
fit(char *to, size_t cap, struct str s)
{
	if (s.n >= cap)
		return false;
	memcpy(to, s.p, s.n);
	to[s.n] = 0;
	return true;
}

enum err
policy_of_charter(const struct charter *c, const struct hash *centre, struct label_policy *ret, struct errinfo *e)
{
	bool ok = true;
	memset(ret, 0, sizeof *ret);
	memcpy(ret->id, centre->b, sizeof ret->id);
	for (size_t i = 0; i < c->nmember; i++)
		ok = ok && fit(ret->member[i], sizeof ret->member[i], c->members[i].id);
	ret->nlevels = c->nlevel;
	for (size_t i = 0; i < c->nlevel; i++) {
		struct label_level *l = &ret->level[i];
		l->rank = (uint8_t)i;
		ok = ok && fit(l->words.name, sizeof l->words.name, c->levels[i].name) &&
		     fit(l->words.portion, sizeof l->words.portion, c->levels[i].abbr);
		for (size_t k = 0; ok && k < c->levels[i].nnational; k++) {
			const struct charter_national *n = &c->levels[i].national[k];
			struct label_words *own = &l->national[n->member];
			ok = fit(own->name, sizeof own->name, n->name) && fit(own->portion, sizeof own->portion, n->abbr);
		}
	}
	if (!ok)
		return err_set(e, ERR_LIMIT, "a member's id or the word of a level is too long for marks");
	enum err err = label_policy_check(ret, e);
	if (err)
		err_at(e, "levels and members");
	return err;
}

void
policy_know_members(const struct charter *later, struct label_policy *p)
{
	uint64_t fresh = 0;
	for (size_t i = 0; i < later->nmember; i++)
		if (!p->member[i][0] && fit(p->member[i], sizeof p->member[i], later->members[i].id))
			fresh |= UINT64_C(1) << i;
	if (!fresh || !label_policy_check(p, NULL))
		return;
	for (size_t i = 0; i < LIMIT_MEMBERS; i++)
		if (fresh >> i & 1)
			memset(p->member[i], 0, sizeof p->member[i]);
}
