/* settle: kept as settings of the node: "restore" = the moment since when, "restore.why" = why, "restore.key" = the log key that needs no settling,
 * in hexadecimal, "heard.<centre>" and "settled.<centre>" = the members asked since, as sets in hexadecimal. */
#include "share/settle.h"

#include <stdio.h>
#include <string.h>

#include "store/local.h"

enum { NAME = 32, VALUE = 2 * HASH_LEN };

static const char *const why_word[] = {"", "restored", "copied", "behind"};

/* A setting; empty if it is not set. */
static enum err
get(struct share *s, const char *name, struct buf *ret, struct errinfo *e)
{
	buf_clear(ret);
	enum err err = local_get(s->store, str_of(name), ret, e);
	return err == ERR_NOTFOUND ? OK : err;
}

static enum err
get_set(struct share *s, const struct share_centre *c, const char *what, uint64_t *ret, struct errinfo *e)
{
	char name[NAME], space[VALUE];
	struct buf b = {.p = space, .cap = sizeof space, .max = sizeof space};
	uint8_t bytes[8];
	uint64_t v = 0;
	size_t n;
	snprintf(name, sizeof name, "%s.%d", what, c->no);
	enum err err = get(s, name, &b, e);
	if (!err && hex_decode(buf_str(&b), bytes, sizeof bytes, &n) && n == sizeof bytes)
		for (int i = 0; i < 8; i++)
			v = v << 8 | bytes[i];
	if (!err)
		*ret = v;
	return err;
}

static enum err
add_to_set(struct share *s, const struct share_centre *c, const char *what, int member, struct errinfo *e)
{
	char name[NAME], space[16];
	struct buf b = {.p = space, .cap = sizeof space, .max = sizeof space};
	uint8_t bytes[8];
	uint64_t v;
	enum err err = get_set(s, c, what, &v, e);
	if (err || (v >> member & 1))
		return err;
	v |= UINT64_C(1) << member;
	for (int i = 0; i < 8; i++)
		bytes[i] = (uint8_t)(v >> (56 - 8 * i));
	buf_hex(&b, str_bytes(bytes, sizeof bytes));
	snprintf(name, sizeof name, "%s.%d", what, c->no);
	return local_set(s->store, str_of(name), buf_str(&b), e);
}

enum err
share_key_is_fresh(struct share *s, bool *ret, struct errinfo *e)
{
	char space[VALUE], mine[VALUE];
	struct buf b = {.p = space, .cap = sizeof space, .max = sizeof space}, key = {.p = mine, .cap = sizeof mine, .max = sizeof mine};
	enum err err = get(s, "restore.key", &b, e);
	if (err)
		return err;
	if (s->log_key) {
		struct sign_public pub = sign_key_public(s->log_key);
		buf_hex(&key, str_bytes(pub.b, sizeof pub.b));
	}
	*ret = key.n && str_eq(buf_str(&b), buf_str(&key));
	return OK;
}

/* Whether there is anything to settle: the home was unsettled, and its log key is not a new one since. */
static enum err
needed(struct share *s, bool *ret, struct errinfo *e)
{
	char space[VALUE];
	struct buf b = {.p = space, .cap = sizeof space, .max = sizeof space};
	bool fresh = false;
	enum err err = get(s, "restore", &b, e);
	if (!err && b.n)
		err = share_key_is_fresh(s, &fresh, e);
	if (!err)
		*ret = b.n > 0 && !fresh;
	return err;
}

enum err
share_unsettle(struct share *s, enum settle_why why, struct errinfo *e)
{
	char space[32];
	struct buf b = {.p = space, .cap = sizeof space, .max = sizeof space};
	enum err err;
	time_put(&b, s->env->now(s->env->ctx));
	if ((err = local_begin(s->store, e)))
		return err;
	if (!(err = local_set(s->store, STR("restore"), buf_str(&b), e)) &&
	    !(err = local_set(s->store, STR("restore.why"), str_of(why_word[why]), e)))
		err = local_unset(s->store, STR("restore.key"), e);
	for (int i = 0; i < s->ncentres && !err; i++) {
		char settled[NAME], heard[NAME];
		snprintf(settled, sizeof settled, "settled.%d", s->centre[i].no);
		snprintf(heard, sizeof heard, "heard.%d", s->centre[i].no);
		if (!(err = local_unset(s->store, str_of(settled), e)))
			err = local_unset(s->store, str_of(heard), e);
	}
	if (err) {
		local_rollback(s->store);
		return err;
	}
	return local_commit(s->store, e);
}

enum err
share_unsettled_why(struct share *s, enum settle_why *ret, struct errinfo *e)
{
	char space[VALUE];
	struct buf b = {.p = space, .cap = sizeof space, .max = sizeof space};
	enum settle_why why = SETTLE_NOTHING;
	enum err err = get(s, "restore", &b, e);
	if (err)
		return err;
	if (b.n) {
		why = SETTLE_RESTORED;
		if ((err = get(s, "restore.why", &b, e)))
			return err;
		for (enum settle_why i = SETTLE_RESTORED; i <= SETTLE_BEHIND; i++)
			if (str_is(buf_str(&b), why_word[i]))
				why = i;
	}
	*ret = why;
	return OK;
}

enum err
share_heard_from(struct share *s, struct share_centre *centre, int peer, struct errinfo *e)
{
	return add_to_set(s, centre, "heard", peer, e);
}

enum err
share_settled_with(struct share *s, struct share_centre *centre, int peer, struct errinfo *e)
{
	return add_to_set(s, centre, "settled", peer, e);
}

static uint64_t
others(struct share *s, const struct share_centre *c)
{
	return chain_present(c->chain, s->env->now(s->env->ctx)) & ~(c->me < 0 ? 0 : UINT64_C(1) << c->me);
}

enum err
share_unsettled(struct share *s, struct share_centre *centre, uint64_t circle, uint64_t *ret, struct errinfo *e)
{
	uint64_t settled = 0;
	bool need;
	enum err err = needed(s, &need, e);
	if (!err && need)
		err = get_set(s, centre, "settled", &settled, e);
	if (!err)
		*ret = need ? circle & others(s, centre) & ~settled : 0;
	return err;
}

enum err
share_heard(struct share *s, struct share_centre *centre, uint64_t *ret_present, uint64_t *ret_heard, struct errinfo *e)
{
	uint64_t settled = 0, heard = 0;
	enum err err = get_set(s, centre, "settled", &settled, e);
	if (err || (err = get_set(s, centre, "heard", &heard, e)))
		return err;
	*ret_present = others(s, centre);
	*ret_heard = (settled | heard) & *ret_present;
	return OK;
}

enum err
share_known_beyond(struct share *s, const struct record_log *log, uint64_t *ret, struct errinfo *e)
{
	uint64_t size = 0;
	enum err err = log->no ? record_checkpoint_get(s->store, log->no, UINT64_MAX, &size, NULL, NULL, e) : OK;
	if (err && err != ERR_NOTFOUND)
		return err;
	*ret = size > log->edge.size ? size : 0;
	return OK;
}

enum err
share_fresh_key(struct share *s, const struct sign_public *key, struct errinfo *e)
{
	char space[VALUE];
	struct buf b = {.p = space, .cap = sizeof space, .max = sizeof space};
	buf_hex(&b, str_bytes(key->b, sizeof key->b));
	return local_set(s->store, STR("restore.key"), buf_str(&b), e);
}
