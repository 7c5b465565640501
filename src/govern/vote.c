#include "govern/vote.h"

#include <stdlib.h>
#include <string.h>

#include "govern/form.h"

#define VOTE_MAX 256 /* hash, id, signature and their names: 193 bytes at most */

/* What a root key signs for a charter. */
static struct str
message(const struct hash *charter, struct buf *b)
{
	buf_puts(b, "comity-charter/v1\n");
	hash_put_hex(b, charter);
	return buf_str(b);
}

static void
put_vote(struct json_writer *w, const struct vote *v)
{
	json_open_object(w);
	form_put_hex(w, "charter", v->charter.b);
	json_put_member(w, STR("member"), v->member);
	form_put_sig(w, "sig", v->sig.b);
	json_close(w);
}

enum err
vote_make(const struct hash *charter, struct str member, const struct sign_key *root, struct buf *b, struct errinfo *e)
{
	struct buf m = BUF_INIT(128);
	struct vote v = {.charter = *charter, .member = member};
	struct json_writer w;
	struct str all;
	if (!govern_id_ok(member))
		return err_set(e, ERR_INVALID, "\"%.*s\" is no member's id", (int)(member.n < 32 ? member.n : 32), member.p ? member.p : "");
	struct str text = message(charter, &m);
	if (!buf_ok(&m)) {
		buf_done(&m);
		return err_nomem(e);
	}
	v.sig = sign_make(root, text);
	buf_done(&m);
	json_write_init(&w, b, 0);
	put_vote(&w, &v);
	json_write_done(&w);
	return buf_take(b, &all, e);
}

enum err
vote_read(const struct json *obj, struct vote *ret, struct errinfo *e)
{
	struct vote v;
	enum err err = form_object(obj, "charter member sig", "", e);
	if (err || (err = form_hex(obj, "charter", v.charter.b, e)) || (err = form_id(obj, "member", &v.member, e)) ||
	    (err = form_sig(obj, "sig", v.sig.b, e)))
		return err;
	*ret = v;
	return OK;
}

enum err
vote_parse(struct str text, struct arena *a, struct vote *ret, struct errinfo *e)
{
	const struct json *j;
	struct str copy;
	enum err err = form_parse(text, VOTE_MAX, "signature", a, &copy, &j, e);
	if (!err && (err = vote_read(j, ret, e)))
		err_at(e, "signature");
	return err;
}

bool
vote_holds(const struct vote *v, const uint8_t root[static GOVERN_KEY])
{
	char space[128]; /* no memory is asked for: that there is none must not look like a signature that does not hold */
	struct buf m = {.p = space, .cap = sizeof space, .max = sizeof space};
	struct sign_public key;
	memcpy(key.b, root, sizeof key.b);
	return sign_check(&key, &v->sig, message(&v->charter, &m), NULL) == OK;
}

static int
order_votes(const void *x, const void *y)
{
	const struct vote *a = x, *b = y;
	int d = str_cmp(a->member, b->member);
	return d ? d : memcmp(a->sig.b, b->sig.b, sizeof a->sig.b);
}

static enum err
read_votes(const struct json *list, struct arena *a, struct signed_charter *s, struct errinfo *e)
{
	s->votes = arena_array(a, json_count(list), sizeof *s->votes);
	if (!s->votes)
		return err_nomem(e);
	JSON_EACH(item, list)
	{
		struct vote *v = &s->votes[s->nvote];
		enum err err = vote_read(item, v, e);
		if (err) {
			err_at(e, "signature %zu", s->nvote);
			return err;
		}
		if (!hash_eq(&v->charter, &s->charter.hash))
			return err_set(e, ERR_INVALID, "the signature of %.*s is for another charter", STR_FMT(v->member));
		if (charter_find(&s->charter, v->member) < 0)
			return err_set(e, ERR_INVALID, "a signature by %.*s, who is no member", STR_FMT(v->member));
		if (s->nvote && order_votes(v - 1, v) >= 0)
			return err_set(e, ERR_INVALID, "signatures are not sorted by member, or one of %.*s is there twice", STR_FMT(v->member));
		s->nvote++;
	}
	return OK;
}

enum err
signed_charter_parse(struct str text, struct arena *a, struct signed_charter *ret, struct errinfo *e)
{
	struct signed_charter s = {0};
	const struct json *j, *list;
	struct str copy;
	enum err err = form_parse(text, LIMIT_CHARTER_FILE, "signed charter", a, &copy, &j, e);
	if (err)
		return err;
	if ((err = form_object(j, "charter signatures", "", e)) || (err = form_array(j, "signatures", 1, LIMIT_VOTES, &list, e)) ||
	    (err = charter_read(json_get(j, STR("charter")), json_raw(copy, json_get(j, STR("charter"))), a, &s.charter, e)) ||
	    (err = read_votes(list, a, &s, e))) {
		err_at(e, "signed charter");
		return err;
	}
	*ret = s;
	return OK;
}

/* The root key that this member has in the charter before, if that is another than in s: NULL if not. */
static const uint8_t *
old_root(const struct charter *c, const struct charter *previous, int member)
{
	if (!previous || (size_t)member >= previous->nmember)
		return NULL;
	const uint8_t *root = previous->members[member].keys.root;
	return memcmp(root, c->members[member].keys.root, GOVERN_KEY) ? root : NULL;
}

static enum err
check_vote(const struct charter *c, const struct charter *previous, const struct vote *v, uint64_t *old, uint64_t *new, struct errinfo *e)
{
	int m = charter_find(c, v->member);
	const uint8_t *before = old_root(c, previous, m);
	if (vote_holds(v, c->members[m].keys.root)) {
		*new |= UINT64_C(1) << m;
		if (previous && !before && (size_t)m < previous->nmember)
			*old |= UINT64_C(1) << m;
		return OK;
	}
	if (before && vote_holds(v, before)) {
		*old |= UINT64_C(1) << m;
		return OK;
	}
	return err_set(e, ERR_VERIFY, "the signature of %.*s does not hold under the root key it has in the charter", STR_FMT(v->member));
}

enum err
signed_charter_check(const struct signed_charter *s, const struct charter *previous, uint64_t *ret_old, uint64_t *ret_new, struct errinfo *e)
{
	uint64_t old = 0, new = 0;
	for (size_t i = 0; i < s->nvote; i++) {
		enum err err = check_vote(&s->charter, previous, &s->votes[i], &old, &new, e);
		if (err)
			return err;
	}
	*ret_old = old;
	*ret_new = new;
	return OK;
}

enum err
signed_charter_write(struct str charter, const struct charter *previous, const struct str votes[], size_t nvote, struct buf *b, struct errinfo *e)
{
	struct arena a = ARENA_INIT(2 * LIMIT_OBJECT_ARENA);
	struct charter c;
	struct vote all[LIMIT_VOTES];
	uint64_t old = 0, new = 0;
	size_t n = 0, start = b->n;
	struct json_writer w;
	struct str out;
	enum err err = charter_parse(charter, &a, &c, e);
	if (!err && (nvote == 0 || nvote > LIMIT_VOTES))
		err = err_set(e, nvote ? ERR_LIMIT : ERR_INVALID, "%zu signatures: 1 to %d are taken", nvote, LIMIT_VOTES);
	for (size_t i = 0; i < nvote && !err; i++) {
		struct vote *v = &all[n];
		if ((err = vote_parse(votes[i], &a, v, e)))
			break;
		if (!hash_eq(&v->charter, &c.hash))
			err = err_set(e, ERR_INVALID, "the signature of %.*s is for another charter", STR_FMT(v->member));
		else if (charter_find(&c, v->member) < 0)
			err = err_set(e, ERR_INVALID, "a signature by %.*s, who is no member", STR_FMT(v->member));
		else if (!(err = check_vote(&c, previous, v, &old, &new, e)))
			n++;
	}
	if (err)
		goto out;
	qsort(all, n, sizeof *all, order_votes);
	json_write_init(&w, b, 0);
	json_open_object(&w);
	json_put_key(&w, STR("charter"));
	json_put_raw(&w, c.bytes);
	json_put_key(&w, STR("signatures"));
	json_open_array(&w);
	for (size_t i = 0; i < n; i++)
		if (i == 0 || order_votes(&all[i - 1], &all[i]))
			put_vote(&w, &all[i]);
	json_close(&w);
	json_close(&w);
	json_write_done(&w);
	err = buf_take(b, &out, e);
	if (!err && out.n - start > LIMIT_CHARTER_FILE)
		err = err_set(e, ERR_LIMIT, "a signed charter of %zu bytes: at most %d are taken", out.n - start, LIMIT_CHARTER_FILE);
	if (err && buf_ok(b))
		buf_cut(b, start);
out:
	arena_done(&a);
	return err;
}
