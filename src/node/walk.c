#include "node/walk.h"

enum { WINDOW = 256 };

struct window {
	struct record_arrival at[WINDOW];
	uint32_t n;
	uint64_t before;
};

static enum err
take(void *ctx, const struct record_arrival *a, struct errinfo *e)
{
	struct window *w = ctx;
	(void)e;
	if (a->seq >= w->before || w->n == WINDOW)
		return ERR_STOPPED;
	w->at[w->n++] = *a;
	return OK;
}

enum err
walk_back(struct op_call *call, uint64_t before, enum err (*each)(void *ctx, const struct record_arrival *at, bool *ret_stop, struct errinfo *e),
    void *ctx, struct errinfo *e)
{
	struct window *w = arena_alloc(call->a, sizeof *w);
	uint64_t last;
	bool stop = false;
	enum err err = record_arrival_last(call->n->store, &last, e);
	if (err)
		return err;
	if (!w)
		return err_nomem(e);
	for (w->before = before <= last ? before : last + 1; w->before > 1 && !stop;) {
		uint64_t after = w->before > WINDOW ? w->before - 1 - WINDOW : 0;
		w->n = 0;
		if ((err = record_arrival_each(call->n->store, after, take, w, e)) && err != ERR_STOPPED)
			return err;
		for (uint32_t i = w->n; i-- > 0 && !stop;)
			if ((err = each(ctx, &w->at[i], &stop, e)))
				return err;
		w->before = after + 1;
	}
	return OK;
}

enum err
walk_cursor(struct op_call *call, struct str text, uint64_t *ret_seq, uint32_t *ret_piece, struct errinfo *e)
{
	struct str log, idx, piece;
	struct hash id;
	struct record_log l;
	struct record_arrival at;
	uint64_t i, p;
	if (!str_cut(text, '.', &log, &text) || !hash_from_hex(log, &id) || !str_cut(text, '.', &idx, &piece) || !str_u64(idx, &i) ||
	    !str_u64(piece, &p) || p > LIMIT_PIECES || record_log_by_id(call->n->store, &id, &l, NULL) ||
	    record_arrival_get(call->n->store, l.no, i, &at, NULL))
		return err_set(e, ERR_USAGE, "cursor: not what a list of this home gave as \"next\"");
	*ret_seq = at.seq;
	if (ret_piece)
		*ret_piece = (uint32_t)p;
	return OK;
}

void
walk_put_cursor(struct json_writer *w, const struct hash *log, uint64_t idx, uint32_t piece)
{
	char space[128];
	struct buf b = {.p = space, .cap = sizeof space, .max = sizeof space};
	hash_put_hex(&b, log);
	buf_printf(&b, ".%llu.%u", (unsigned long long)idx, piece);
	json_put_string(w, buf_str(&b));
}
