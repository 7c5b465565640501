#include "govern/succession.h"

#include <string.h>

#include "govern/form.h"
#include "govern/rota.h"

static enum err
check_member(const struct charter_member *was, const struct charter_member *is, uint64_t self, struct succession *s, struct errinfo *e)
{
	if (!str_eq(was->id, is->id))
		return err_set(e, ERR_INVALID, "was %.*s: numbers and ids are never given to another", STR_FMT(was->id));
	if (was->departed && !is->departed)
		return err_set(e, ERR_INVALID, "has departed, and comes back only as a new member with a new id");
	if (is->departed && !was->departed)
		s->left |= self;
	if (!memcmp(was->keys.root, is->keys.root, GOVERN_KEY)) {
		if (!keys_same(&was->keys, &is->keys))
			return err_set(
			    e, ERR_INVALID, "keys differ but the root key is the same: a member changes those by its own card, not by a charter");
		return OK;
	}
	if (is->departed)
		return err_set(e, ERR_INVALID, "has departed: its keys stay as they were");
	if (is->keys.epoch <= was->keys.epoch || is->keys.counter <= was->keys.counter)
		return err_set(e, ERR_INVALID, "a new root key begins a new epoch (over %u) and counts its cards on (over %u)", was->keys.epoch,
		    was->keys.counter);
	if (!memcmp(was->keys.log, is->keys.log, GOVERN_KEY))
		return err_set(e, ERR_INVALID, "a new root key comes with a new log key: whoever had the one may have the other");
	s->rekeyed |= self;
	return OK;
}

static enum err
check_members(const struct charter *last, const struct charter *next, struct succession *s, struct errinfo *e)
{
	for (size_t i = 0; i < last->nmember; i++) {
		if (i >= next->nmember)
			return err_set(
			    e, ERR_INVALID, "member %zu (%.*s) is gone: who leaves stays listed as departed", i, STR_FMT(last->members[i].id));
		enum err err = check_member(&last->members[i], &next->members[i], UINT64_C(1) << i, s, e);
		if (err) {
			err_at(e, "member %zu (%.*s)", i, STR_FMT(next->members[i].id));
			return err;
		}
	}
	for (size_t i = last->nmember; i < next->nmember; i++) {
		const struct charter_member *m = &next->members[i];
		if (m->departed)
			return err_set(e, ERR_INVALID, "member %zu (%.*s) joins as departed", i, STR_FMT(m->id));
		if (m->keys.revoked_from != TIME_NEVER)
			return err_set(e, ERR_INVALID, "member %zu (%.*s) joins and has nothing to revoke", i, STR_FMT(m->id));
		s->joined |= UINT64_C(1) << i;
	}
	/* A root key that was ever in use here belongs to that member: the same key for another would let old signatures speak for two. */
	for (size_t i = 0; i < next->nmember; i++) {
		int m = charter_find_root(last, next->members[i].keys.root);
		if (m >= 0 && m != (int)i)
			return err_set(e, ERR_INVALID, "member %zu (%.*s) has the root key of %.*s", i, STR_FMT(next->members[i].id),
			    STR_FMT(last->members[m].id));
	}
	return OK;
}

static const struct charter_national *
national(const struct charter_level *l, int member)
{
	for (size_t i = 0; i < l->nnational; i++)
		if (l->national[i].member == member)
			return &l->national[i];
	return NULL;
}

static enum err
check_levels(const struct charter *last, const struct charter *next, struct errinfo *e)
{
	for (size_t i = 0; i < last->nlevel; i++) {
		const struct charter_level *was = &last->levels[i], *is = &next->levels[i];
		if (i >= next->nlevel)
			return err_set(
			    e, ERR_INVALID, "level %zu (%.*s) is gone: old labels mean it, so levels are only added", i, STR_FMT(was->name));
		if (!str_eq(was->name, is->name) || !str_eq(was->abbr, is->abbr))
			return err_set(e, ERR_INVALID, "level %zu was %.*s (%.*s): old labels mean it, so levels are only added", i,
			    STR_FMT(was->name), STR_FMT(was->abbr));
		for (size_t k = 0; k < was->nnational; k++) {
			const struct charter_national *o = &was->national[k], *n = national(is, o->member);
			if (!n || !str_eq(n->name, o->name) || !str_eq(n->abbr, o->abbr))
				return err_set(e, ERR_INVALID, "level %zu (%.*s): the word of %.*s for it was %.*s (%.*s) and stays", i,
				    STR_FMT(was->name), STR_FMT(last->members[o->member].id), STR_FMT(o->name), STR_FMT(o->abbr));
		}
	}
	return OK;
}

enum err
succession_check(const struct charter *last, const struct charter *next, struct succession *ret, struct errinfo *e)
{
	struct succession s = {0};
	enum err err;
	if (next->version != last->version + 1)
		return err_set(e, ERR_INVALID, "version %u does not follow on %u", next->version, last->version);
	if (!hash_eq(&next->previous, &last->hash))
		return err_set(e, ERR_INVALID, "previous: is not the hash of version %u", last->version);
	if (next->from <= last->from)
		return err_set(e, ERR_INVALID, "from: must be later than that of version %u", last->version);
	if ((err = check_members(last, next, &s, e)) || (err = check_levels(last, next, e)))
		return err;
	if (!rota_same(&last->rota, &next->rota) && next->rota.first < next->from)
		return err_set(e, ERR_INVALID, "rota: a new one begins not before the charter takes effect (until then the old one leads)");
	if (ret)
		*ret = s;
	return OK;
}

enum err
succession_first(const struct charter *first, struct errinfo *e)
{
	if (first->version != 1)
		return err_set(e, ERR_INVALID, "version %u: a founding charter is version 1", first->version);
	if (first->rota.first < first->from)
		return err_set(e, ERR_INVALID, "rota: begins before the charter takes effect");
	for (size_t i = 0; i < first->nmember; i++) {
		const struct charter_member *m = &first->members[i];
		if (m->departed)
			return err_set(e, ERR_INVALID, "member %zu (%.*s) has departed before the founding", i, STR_FMT(m->id));
		if (m->keys.revoked_from != TIME_NEVER)
			return err_set(e, ERR_INVALID, "member %zu (%.*s) has nothing to revoke yet", i, STR_FMT(m->id));
	}
	return OK;
}
