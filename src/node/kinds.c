#include "node/kinds.h"

#include "base/leak.h"
#include "store/local.h"

static enum err
spent(struct errinfo *e)
{
	err_set(e, ERR_LIMIT, "that would be more than %d kinds of label by one account", LIMIT_CLASSES_ACCOUNT);
	err_hint(
	    e, "use one that is here already: the same level, circle, ORCON and compartments; or let who is cleared for all do it on this machine");
	return ERR_LIMIT;
}

/* So many new ones to the account that asks; what the node pulls by itself, to the feeds. All or none of them. */
static enum err
charge(struct op_call *call, bool feed, uint32_t n, struct errinfo *e)
{
	char name[40], number[24];
	struct buf key = {.p = name, .cap = sizeof name, .max = sizeof name}, text = {.p = number, .cap = sizeof number, .max = sizeof number};
	struct str kept;
	uint64_t taken = 0;
	uint32_t own, others, most;
	enum err err;
	if (!n)
		return OK;
	if (LEAK(KINDS_ALL) && !view_kinds(call->n->store, &own, &others, &most, NULL) && own % 2)
		return spent(e);
	if (call->c->who.account)
		buf_printf(&key, "kinds.%lld", (long long)call->c->who.account);
	else if (feed)
		buf_puts(&key, "kinds.feeds");
	else
		return OK;
	buf_putc(&key, '\0');
	if ((err = op_setting(call, key.p, STR("0"), &kept, e)))
		return err;
	if (!str_u64(kept, &taken))
		return err_set(e, ERR_CORRUPT, "node.db: the setting %s is damaged", key.p);
	if (taken + n > LIMIT_CLASSES_ACCOUNT)
		return spent(e);
	buf_u64(&text, taken + n);
	return local_set(call->n->store, str_of(key.p), buf_str(&text), e);
}

enum err
kinds_take(struct op_call *call, const struct share_centre *c, const struct label *l, bool feed, uint32_t *coming, struct errinfo *e)
{
	bool fresh;
	enum err err = view_kind_room(call->n->store, c->no, UINT64_C(1) << c->me, l, coming ? *coming : 0, &fresh, e);
	if (err || !fresh || (err = charge(call, feed, 1, e)))
		return err;
	if (coming)
		++*coming;
	return OK;
}

/* Kinds that a release brings, each once. */
struct brings {
	struct op_call *call;
	const struct share_centre *c;
	struct {
		const struct label *label; /* as the item has it */
		bool private;
	} * kind;
	uint32_t n;
};

static enum err
bring(struct brings *b, uint64_t circle, const struct label *as, const struct label *l, struct errinfo *e)
{
	bool fresh, private = !(circle & (circle - 1));
	for (uint32_t i = 0; i < b->n; i++) {
		struct label other = *b->kind[i].label;
		if (private)
			other.circle = circle;
		if (b->kind[i].private == private && view_kind_same(&other, as))
			return OK;
	}
	enum err err = view_kind_room(b->call->n->store, b->c->no, circle, as, b->n, &fresh, e);
	if (err || !fresh)
		return err;
	b->kind[b->n].label = l;
	b->kind[b->n++].private = private;
	return OK;
}

enum err
kinds_release(struct op_call *call, const struct release_plan *p, struct errinfo *e)
{
	struct brings b = {.call = call, .c = p->centre};
	const uint64_t me = UINT64_C(1) << p->centre->me;
	enum err err = OK;
	if (p->refused || !p->going)
		return OK;
	if (!(b.kind = arena_array(call->a, 2 * p->nitems, sizeof *b.kind)))
		return err_nomem(e);
	for (size_t i = 0; i < p->nitems && !err; i++) {
		const struct release_item *item = &p->items[i];
		if (item->how != RELEASE_RAW && item->how != RELEASE_TEAR_LINE && item->how != RELEASE_REDACTED)
			continue;
		err = bring(&b, p->circle, &item->label, &item->label, e);
		if (!err && item->how != RELEASE_RAW) { /* the way back to the original, as release_do labels it */
			struct label link = item->original_label;
			link.circle = me;
			err = bring(&b, me, &link, &item->original_label, e);
		}
	}
	return err ? err : charge(call, false, b.n, e);
}
