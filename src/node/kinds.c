#include "node/kinds.h"

#include "base/leak.h"
#include "store/local.h"

static enum err
spent(struct errinfo *e)
{
	err_set(e, ERR_LIMIT, "that would be more than %d kinds of label by one account", LIMIT_CLASSES_ACCOUNT);
	err_hint(
	    e, "use one that is here already: the same level, circle, ORCON and compartments; or let who is cleared for all add it on this machine");
	return ERR_LIMIT;
}

enum err
kinds_take(struct op_call *call, const struct share_centre *c, const struct label *l, bool feed, uint32_t *coming, struct errinfo *e)
{
	char name[40], number[24];
	struct buf key = {.p = name, .cap = sizeof name, .max = sizeof name}, text = {.p = number, .cap = sizeof number, .max = sizeof number};
	struct str kept;
	uint64_t taken = 0;
	bool fresh;
	enum err err = view_kind_room(call->n->store, c->no, UINT64_C(1) << c->me, l, coming ? *coming : 0, &fresh, e);
	if (err || !fresh)
		return err;
	if (coming)
		++*coming;
	uint32_t own, others;
	if (LEAK(KINDS_ALL) && !view_kinds(call->n->store, &own, &others, NULL) && own % 2)
		return spent(e);
	if (!feed && !call->c->who.account)
		return OK;
	if (feed)
		buf_puts(&key, "kinds.feeds");
	else
		buf_printf(&key, "kinds.%lld", (long long)call->c->who.account);
	buf_putc(&key, '\0');
	if ((err = op_setting(call, key.p, STR("0"), &kept, e)))
		return err;
	if (!str_u64(kept, &taken))
		return err_set(e, ERR_CORRUPT, "node.db: the setting %s is damaged", key.p);
	if (taken >= LIMIT_CLASSES_ACCOUNT)
		return spent(e);
	buf_u64(&text, taken + 1);
	return local_set(call->n->store, str_of(key.p), buf_str(&text), e);
}
