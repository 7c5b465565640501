/* What became of what a tool put in (TAXII's status resource), kept for a day for the account that did. */
#include <stdio.h>
#include <string.h>

#include "base/time.h"
#include "node/ops.h"
#include "node/put.h"
#include "store/once.h"

enum { UUID = 36 };

/* Under which it is kept: another account's is as if it were not. */
static struct hash
key_of(const struct op_call *call, struct str id)
{
	struct sha256 h;
	char account[24];
	int n = snprintf(account, sizeof account, "%lld\n", (long long)call->c->who.account);
	sha256_init(&h);
	sha256_put(&h, STR("taxii status\n"));
	sha256_put(&h, str_bytes(account, (size_t)n));
	sha256_put(&h, id);
	struct hash key = sha256_end(&h);
	once_mine(&key, call->c->who.account, true);
	return key;
}

static void
draw_id(const struct op_call *call, char ret[static UUID + 1])
{
	const struct env *env = call->n->env;
	uint8_t b[16];
	env->random(env->ctx, RND_ID, STR("taxii status"), (uint64_t)op_now(call), b, sizeof b);
	b[6] = (uint8_t)((b[6] & 0x0f) | 0x40);
	b[8] = (uint8_t)((b[8] & 0x3f) | 0x80);
	for (size_t i = 0, n = 0; i < sizeof b; i++)
		n += (size_t)snprintf(ret + n, UUID + 1 - n, "%s%02x", i == 4 || i == 6 || i == 8 || i == 10 ? "-" : "", b[i]);
}

static int64_t
number(const struct json *added, const char *name)
{
	int64_t n = 0;
	return json_i64(json_get(added, str_of(name)), &n) ? n : 0;
}

/* A version as the manifest has it. */
static void
put_version(struct json_writer *w, struct str modified)
{
	char space[40];
	struct buf b = {.p = space, .cap = sizeof space, .max = sizeof space};
	int64_t t;
	if (time_parse(modified, &t) && t % 1000 == 0) {
		time_put_ms(&b, t);
		modified = buf_str(&b);
	}
	json_put_member(w, STR("version"), modified);
}

static void
put_good(struct json_writer *w, const struct json *one)
{
	json_open_object(w);
	json_put_member(w, STR("id"), json_str(json_get(one, STR("id"))));
	put_version(w, json_str(json_get(one, STR("modified"))));
	json_close(w);
}

static void
put_bad(struct json_writer *w, const struct json *one)
{
	struct buf b = BUF_INIT(KIB);
	/* what could not be read, or has none, has no id: its place says which it is */
	buf_printf(&b, "line %lld, column %lld: ", (long long)number(one, "line"), (long long)number(one, "col"));
	buf_put(&b, str_sub(json_str(json_get(one, STR("why"))), 0, 500));
	json_open_object(w);
	struct str id = json_str(json_get(one, STR("id"))), modified = json_str(json_get(one, STR("modified")));
	json_put_member(w, STR("id"), id.n ? id : STR("unknown"));
	if (modified.n)
		put_version(w, modified);
	else
		json_put_member(w, STR("version"), STR("unknown"));
	json_put_member(w, STR("message"), buf_str(&b));
	json_close(w);
	buf_done(&b);
}

/* How many, and which. All or none: clients refuse a list that has not as many as were counted, and of very many "add" lists the first only. */
static void
put_list(struct json_writer *w, const char *count, int64_t n, const char *name, const struct json *list,
    void (*put)(struct json_writer *, const struct json *))
{
	int64_t listed = 0;
	json_put_member_int(w, str_of(count), n);
	JSON_EACH(one, list)
	{
		(void)one;
		listed++;
	}
	if (listed != n)
		return;
	json_put_key(w, str_of(name));
	json_open_array(w);
	JSON_EACH(one, list)
	{
		put(w, one);
	}
	json_close(w);
}

static void
put_status(struct op_call *call, const struct json *added, const char *id, struct json_writer *w)
{
	int64_t good = number(added, "added") + number(added, "unchanged"), bad = number(added, "refused");
	json_open_object(w);
	json_put_member(w, STR("id"), str_of(id));
	json_put_member(w, STR("status"), STR("complete"));
	put_time(w, "request_timestamp", op_now(call));
	json_put_member_int(w, STR("total_count"), good + bad);
	put_list(w, "success_count", good, "successes", json_get(added, STR("items")), put_good);
	put_list(w, "failure_count", bad, "failures", json_get(added, STR("refusals")), put_bad);
	json_put_member_int(w, STR("pending_count"), 0);
	json_close(w);
}

/* feed-status: added: the reply of "add": it is kept, under an id that is drawn; or id: of one that is. Reply: {"body": TAXII's status resource}. */
enum err
op_feed_status(struct op_call *call, struct errinfo *e)
{
	const struct json *added = json_get(call->args, STR("added"));
	struct buf b = BUF_INIT(4 * MIB); /* as much as the reply of "add" lists */
	struct once_row row;
	struct str id;
	char drawn[UUID + 1];
	enum err err = OK;
	if (added) {
		struct json_writer w;
		struct hash none = {{0}};
		draw_id(call, drawn);
		json_write_init(&w, &b, 0);
		put_status(call, added, drawn, &w);
		json_write_done(&w);
		struct hash key = key_of(call, str_of(drawn));
		struct str all;
		if (!(err = buf_take(&b, &all, e)) && !(err = once_begin(call->n->store, &key, &none, op_now(call), op_now(call) - TIME_DAY, e)))
			err = once_done(call->n->store, &key, all, e);
	} else if (op_str(call, "id", &id)) {
		struct hash key = key_of(call, id);
		err = once_get(call->n->store, &key, &row, &b, e);
		if (err == ERR_NOTFOUND || (!err && (!row.has_reply || row.at < op_now(call) - TIME_DAY)))
			err = err_set(e, ERR_NOTFOUND, "there is no such status for you; they are kept for a day");
	} else {
		err = err_set(e, ERR_USAGE, "feed-status: id, or added");
	}
	if (!err) {
		json_put_key(call->out, STR("body"));
		json_put_raw(call->out, buf_str(&b));
	}
	buf_done(&b);
	return err;
}
