#include "node/eras.h"

#include <stdio.h>
#include <string.h>

#include "base/limits.h"
#include "node/once.h"
#include "node/people_int.h"
#include "store/local.h"
#include "store/record.h"

enum { NAME = 48, MILLI = 1000 /* microseconds */ };

struct era_text {
	struct str all[DATED_ERAS]; /* {"arrival","at","all","clearance"} */
	size_t n;
	struct arena *a;
};

static struct str
name_of(int64_t account, const char *more, char space[static NAME])
{
	int n = snprintf(space, NAME, "eras.%lld.%s", (long long)account, more);
	return str_bytes(space, (size_t)n);
}

static struct str
name_of_era(int64_t account, size_t k, char space[static NAME])
{
	char number[24];
	snprintf(number, sizeof number, "%02zu", k);
	return name_of(account, number, space);
}

static enum err
take_text(void *ctx, struct str name, struct str value, struct errinfo *e)
{
	struct era_text *t = ctx;
	(void)name;
	if (t->n == DATED_ERAS)
		return err_set(e, ERR_CORRUPT, "node.db: an account has more than %d eras", DATED_ERAS);
	return arena_dup(t->a, value, &t->all[t->n++]) ? OK : arena_spent(t->a, "the eras of an account", e);
}

static enum err
read_texts(struct op_call *call, int64_t account, struct era_text *ret, struct errinfo *e)
{
	char name[NAME];
	*ret = (struct era_text){.a = call->a};
	return local_each(call->n->store, name_of(account, "", name), take_text, ret, e);
}

static enum err
read_era(struct op_call *call, struct str text, struct dated_era *ret, struct errinfo *e)
{
	const struct json *j = NULL, *all;
	struct view_who *who = arena_alloc(call->a, sizeof *who);
	int64_t arrival = 0, at = 0;
	enum err err = who ? json_parse(call->a, text, &j, e) : arena_spent(call->a, "the eras of an account", e);
	if (err)
		return err;
	json_i64(json_get(j, STR("arrival")), &arrival);
	json_i64(json_get(j, STR("at")), &at);
	*ret = (struct dated_era){.arrival = (uint64_t)arrival, .at = at};
	all = json_get(j, STR("all"));
	if (json_is(all, JSON_BOOL) && all->n)
		return OK;
	*who = (struct view_who){0};
	if (!(err = people_clearances(call->n, call->a, json_str(json_get(j, STR("clearance"))), &who->clearances, &who->n, e)))
		ret->who = who;
	return err;
}

enum err
eras_get(struct op_call *call, struct dated_eras *ret, struct errinfo *e)
{
	struct era_text t = {0};
	enum err err = call->c->who.account ? read_texts(call, call->c->who.account, &t, e) : OK;
	*ret = (struct dated_eras){.n = t.n ? t.n : 1};
	for (size_t k = 0; !err && k < t.n; k++)
		err = read_era(call, t.all[k], &ret->era[k], e);
	ret->era[ret->n - 1].who = call->who;
	return err;
}

static enum err
put_era(struct op_call *call, const struct account_row *row, size_t k, uint64_t arrival, int64_t at, struct errinfo *e)
{
	struct buf b = BUF_INIT(2 * LIMIT_ACCOUNT_CLEARANCE + KIB);
	struct json_writer w;
	struct str all;
	char name[NAME];
	json_write_init(&w, &b, 0);
	json_open_object(&w);
	json_put_member_int(&w, STR("arrival"), (int64_t)arrival);
	json_put_member_int(&w, STR("at"), at);
	json_put_member_bool(&w, STR("all"), (row->flags & ACCOUNT_ALL) != 0);
	json_put_member(&w, STR("clearance"), row->clearance);
	json_close(&w);
	json_write_done(&w);
	enum err err = buf_take(&b, &all, e);
	if (!err)
		err = local_set(call->n->store, name_of_era(row->no, k, name), all, e);
	buf_done(&b);
	return err;
}

enum err
eras_forget(struct op_call *call, int64_t account, struct errinfo *e)
{
	struct era_text t;
	char name[NAME];
	enum err err = read_texts(call, account, &t, e);
	for (size_t k = 0; !err && k < t.n; k++)
		err = local_unset(call->n->store, name_of_era(account, k, name), e);
	return err;
}

static enum err
take_moment(void *ctx, const struct dated_row *row, struct errinfo *e)
{
	int64_t *last = ctx;
	(void)e;
	*last = row->added;
	return OK;
}

/* *at moved behind all that was told in these eras, which may lie ahead of a clock that was set back: what is told anew from there on is after it. */
static enum err
after_all(struct op_call *call, const struct era_text *t, int64_t *at, struct errinfo *e)
{
	struct dated_eras eras = {.n = t->n};
	struct dated *d = NULL;
	int64_t last = TIME_MIN;
	enum err err = dated_new(&d, e);
	for (size_t k = 0; k < t->n && !err; k++) {
		err = read_era(call, t->all[k], &eras.era[k], e);
		if (!err && eras.era[k].at > *at)
			*at = eras.era[k].at;
	}
	if (!err)
		err = dated_each(call->n->store, d, &eras, *at - MILLI, take_moment, &last, e);
	if (!err && last >= *at)
		*at = last + MILLI;
	dated_free(d);
	return err;
}

enum err
eras_change(struct op_call *call, const struct account_row *was, const struct account_row *is, struct errinfo *e)
{
	struct era_text t;
	uint64_t arrival;
	int64_t at = op_now(call);
	enum err err;
	if ((was->flags & ACCOUNT_ALL) == (is->flags & ACCOUNT_ALL) && str_eq(was->clearance, is->clearance))
		return OK;
	if ((err = once_deleted(call->n, e)) || (err = read_texts(call, is->no, &t, e)) || (err = record_arrival_last(call->n->store, &arrival, e)))
		return err;
	if (!t.n && (err = put_era(call, was, t.n++, 0, 0, e)))
		return err;
	if (t.n == DATED_ERAS) {
		if ((err = after_all(call, &t, &at, e)) || (err = eras_forget(call, is->no, e)))
			return err;
		t.n = 0;
	}
	return put_era(call, is, t.n, arrival, at, e);
}
