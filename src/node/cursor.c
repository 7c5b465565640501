/* Cursors: the public key of a row as text: centre (16 digits), circle, author, epoch, index, piece, id, modified, joined by '~'.
 *
 * A viewer with a clearance is not told the index, which counts what else its author put into that log: epoch is 0 then, and the index is the row's
 * place among those of the same key that the viewer may read, the oldest first, so that what arrives between two pages moves none. Nor may such a
 * viewer ask with an index, since which of them is taken would tell it. */
#include <string.h>

#include "base/leak.h"
#include "node/put.h"

struct place {
	const struct view_key *key;
	uint64_t n;  /* rows of the key so far, the newest first */
	uint64_t at; /* the row wanted among them, if by place; the one found, if not */
	bool by_place, found;
	struct view_key row;
};

static bool
same_version(const struct view_key *a, const struct view_key *b)
{
	return a->author == b->author && a->modified == b->modified;
}

static bool
same_row(const struct view_key *a, const struct view_key *b)
{
	return a->idx == b->idx && a->epoch == b->epoch && a->piece == b->piece;
}

static enum err
see_row(void *ctx, const struct view_row *row, struct errinfo *e)
{
	struct place *p = ctx;
	(void)e;
	if (!same_version(&row->key, p->key))
		return OK;
	if (p->by_place ? p->n == p->at : same_row(&row->key, p->key)) {
		p->found = true;
		p->at = p->n;
		p->row = row->key;
	}
	p->n++;
	return OK;
}

/* Goes through the rows of a key that the viewer may read, newest arrival first. */
static enum err
look(struct op_call *call, struct place *p, struct errinfo *e)
{
	const struct view_key *k = p->key;
	const struct view_filter f = {.who = call->who,
	    .now = op_now(call),
	    .centre = k->centre,
	    .circle = k->circle,
	    .author = k->author,
	    .id = &k->id,
	    .link = -1,
	    .since = TIME_MIN,
	    .gone = true,
	    .limit = LIMIT_PAGE};
	return view_find_all(call->n->store, &f, see_row, p, e);
}

enum err
put_cursor(struct op_call *call, struct buf *b, const struct view_key *key, struct errinfo *e)
{
	const struct share_centre *c = share_centre_by_no(call->n->share, key->centre);
	struct place p = {.key = key};
	if (!c)
		return err_set(e, ERR_CORRUPT, "the view has an object of a centre that the record does not know: comity rebuild");
	if (call->who) {
		enum err err = look(call, &p, e);
		if (err)
			return err;
	}
	buf_hex(b, str_bytes(c->id.b, 8));
	buf_putc(b, '~');
	label_circle_put(b, c->policy, key->circle);
	if (call->who)
		buf_printf(b, "~%s~0~%llu~0~", c->policy->member[key->author],
		    (unsigned long long)(LEAK(CURSOR_INDEX) ? key->idx
					 : p.found          ? p.n - 1 - p.at
							    : 0));
	else
		buf_printf(b, "~%s~%u~%llu~%u~", c->policy->member[key->author], key->epoch, (unsigned long long)key->idx, key->piece);
	stix_id_put(b, key->id);
	buf_printf(b, "~%lld", (long long)key->modified);
	return OK;
}

static bool
cut_u64(struct str *rest, uint64_t max, uint64_t *ret)
{
	struct str head;
	str_cut(*rest, '~', &head, rest);
	return str_u64(head, ret) && *ret <= max;
}

static bool
parse_cursor(struct node *n, struct str text, struct view_key *ret)
{
	struct str part;
	uint64_t epoch, idx, piece, modified;
	struct share_centre *c = NULL;
	uint8_t id[8];
	size_t len;
	if (!str_cut(text, '~', &part, &text) || !hex_decode(part, id, sizeof id, &len) || len != sizeof id)
		return false;
	for (int i = 0; i < n->share->ncentres; i++)
		if (memcmp(n->share->centre[i].id.b, id, sizeof id) == 0)
			c = &n->share->centre[i];
	if (!c || !str_cut(text, '~', &part, &text) || label_circle_parse(c->policy, part, &ret->circle, NULL))
		return false;
	ret->centre = c->no;
	if (!str_cut(text, '~', &part, &text) || (ret->author = label_policy_member(c->policy, part)) < 0)
		return false;
	if (!cut_u64(&text, UINT32_MAX, &epoch) || !cut_u64(&text, INT64_MAX, &idx) || !cut_u64(&text, LIMIT_PIECES, &piece))
		return false;
	if (!str_cut(text, '~', &part, &text) || !stix_id_parse(part, &ret->id))
		return false;
	bool negative = str_starts(text, STR("-"));
	if (!str_u64(str_sub(text, negative, text.n), &modified) || modified > INT64_MAX)
		return false;
	ret->modified = negative ? -(int64_t)modified : (int64_t)modified;
	ret->epoch = (uint32_t)epoch;
	ret->idx = idx;
	ret->piece = (uint32_t)piece;
	return true;
}

enum err
read_cursor(struct op_call *call, struct str text, struct view_key *ret, struct errinfo *e)
{
	struct view_key k = {0};
	if (!parse_cursor(call->n, text, &k))
		return err_set(e, ERR_USAGE, "cursor: not what a list of this home gave as \"next\"");
	if (!k.epoch != (call->who != NULL))
		return err_set(e, ERR_USAGE, "cursor: given to somebody else");
	if (call->who) {
		struct place all = {.key = &k, .at = UINT64_MAX, .by_place = true}, p = all;
		enum err err = look(call, &all, e);
		p.at = k.idx < all.n ? all.n - 1 - k.idx : UINT64_MAX;
		if (err || (err = look(call, &p, e)))
			return err;
		if (!p.found)
			return err_set(e, ERR_NOTFOUND, "the page cannot be continued: nothing here has that key");
		k = p.row;
	}
	*ret = k;
	return OK;
}
