#include "node/place.h"

enum { WORD = 128 };

#define PLACE_FILE "place"

/* Makes the file anew: of one that was copied it is not known whether the disk has what tells it. */
static enum err
keep(struct node *n, struct errinfo *e)
{
	char space[WORD];
	struct buf b = {.p = space, .cap = sizeof space, .max = sizeof space};
	enum err err = n->env->mark(n->env->ctx, PLACE_FILE, true, &b, e);
	return err ? err : local_set(n->store, STR("place"), buf_str(&b), e);
}

enum err
place_note(struct node *n, struct errinfo *e)
{
	char space[WORD];
	struct buf b = {.p = space, .cap = sizeof space, .max = sizeof space};
	uint64_t last;
	enum err err = record_arrival_last(n->store, &last, e);
	if (err || (n->arrivals_noted && n->arrivals == last))
		return err;
	buf_u64(&b, last);
	struct errinfo why;
	err = local_set(n->store, STR("place.arrivals"), buf_str(&b), &why);
	if (err == ERR_FULL) /* it can be noted at any later time */
		return OK;
	if (err) {
		if (e)
			*e = why;
		return err;
	}
	n->arrivals = last;
	n->arrivals_noted = true;
	return OK;
}

/* Whether the record has less than node.db says it had. */
static enum err
look_behind(struct node *n, bool *ret, struct errinfo *e)
{
	char space[WORD];
	struct buf b = {.p = space, .cap = sizeof space, .max = sizeof space};
	uint64_t last, noted;
	enum err err = local_get(n->store, STR("place.arrivals"), &b, e);
	*ret = false;
	if (err)
		return err == ERR_NOTFOUND ? OK : err;
	if ((err = record_arrival_last(n->store, &last, e)))
		return err;
	if (str_u64(buf_str(&b), &noted)) {
		*ret = last < noted;
		n->arrivals = noted;
		n->arrivals_noted = true;
	}
	return OK;
}

enum err
place_look(struct node *n, enum settle_why *ret, struct errinfo *e)
{
	char space[WORD], space_kept[WORD];
	struct buf is = {.p = space, .cap = sizeof space, .max = sizeof space},
		   was = {.p = space_kept, .cap = sizeof space_kept, .max = sizeof space_kept};
	bool behind;
	enum err err = n->env->mark(n->env->ctx, PLACE_FILE, false, &is, e);
	if (err && err != ERR_NOTFOUND)
		return err;
	if ((err = local_get(n->store, STR("place"), &was, e)) && err != ERR_NOTFOUND)
		return err;
	if ((err = look_behind(n, &behind, e)))
		return err;
	/* a file that node.db never heard of stands there after a crash when it was first made, or beside a node.db of older days */
	bool first = !was.n && !is.n, copied = !first && !str_eq(buf_str(&is), buf_str(&was));
	enum settle_why why = copied ? SETTLE_COPIED : behind ? SETTLE_BEHIND : SETTLE_NOTHING;
	if (why && (err = share_unsettle(n->share, why, e)))
		return err;
	if ((first || copied) && (err = keep(n, e)))
		return err;
	if (why && (err = place_note(n, e)))
		return err;
	if (why)
		*ret = why;
	return OK;
}
