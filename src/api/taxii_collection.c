#include "api/taxii_collection.h"

#include <stdio.h>

#include "api/json.h"
#include "api/viewer.h"
#include "base/limits.h"
#include "crypto/hash.h"

enum err
taxii_ask(struct ask *a, const char *op, struct str args, struct buf *reply, struct errinfo *e)
{
	const struct node_call c = {.op = str_of(op), .args = args, .who = a->viewer->who};
	return host_call(a->host, &c, false, reply, e);
}

/* An id that is the same in every node that has the circle, and tells nothing of it. */
static void
name_collection(const char *what, struct str centre, struct str circle, char ret[static TAXII_UUID + 1])
{
	struct sha256 h;
	sha256_init(&h);
	sha256_put(&h, STR("comity collection\n"));
	sha256_put(&h, str_of(what));
	sha256_put(&h, STR("\n"));
	sha256_put(&h, centre);
	sha256_put(&h, STR("\n"));
	sha256_put(&h, circle);
	struct hash x = sha256_end(&h);
	x.b[6] = (uint8_t)((x.b[6] & 0x0f) | 0x40);
	x.b[8] = (uint8_t)((x.b[8] & 0x3f) | 0x80);
	for (size_t i = 0, n = 0; i < 16; i++)
		n += (size_t)snprintf(ret + n, TAXII_UUID + 1 - n, "%s%02x", i == 4 || i == 6 || i == 8 || i == 10 ? "-" : "", x.b[i]);
}

static bool
may_write(const struct ask *a)
{
	return a->viewer->may >> ROUTE_WRITE & 1;
}

static bool
is_true(const struct json *j)
{
	return json_is(j, JSON_BOOL) && j->n;
}

/* One for each centre that this home is a member of, since each has a private circle; *ret_over: each wants no more. */
static enum err
each_inbox(struct ask *a, bool (*each)(void *ctx, const struct taxii_collection *c), void *ctx, bool *ret_over, struct errinfo *e)
{
	struct buf reply = BUF_INIT(TAXII_REPLY);
	struct taxii_collection c;
	const struct json *j = NULL;
	unsigned n = 0;
	enum err err = taxii_ask(a, "centres", STR_NONE, &reply, e);
	if (!err)
		err = json_parse(a->a, buf_str(&reply), &j, e);
	JSON_EACH(one, json_get(j, STR("items")))
	{
		n += json_str(json_get(one, STR("you"))).n != 0;
	}
	JSON_EACH(one, json_get(j, STR("items")))
	{
		if (!json_str(json_get(one, STR("you"))).n || *ret_over)
			continue;
		c = (struct taxii_collection){.inbox = true};
		if (n > 1) {
			c.centre = json_str(json_get(one, STR("centre")));
			c.centre_id = json_str(json_get(one, STR("centre_id")));
		}
		name_collection("inbox", c.centre_id, STR_NONE, c.id);
		*ret_over = each(ctx, &c);
	}
	buf_done(&reply);
	return err;
}

enum err
taxii_collection_each(struct ask *a, bool (*each)(void *ctx, const struct taxii_collection *c), void *ctx, struct errinfo *e)
{
	struct buf reply = BUF_INIT(TAXII_REPLY);
	struct taxii_collection c = {.everything = true};
	const struct json *j = NULL;
	bool over = false;
	enum err err;
	name_collection("everything", STR_NONE, STR_NONE, c.id);
	if (each(ctx, &c))
		return OK;
	if (may_write(a) && (err = each_inbox(a, each, ctx, &over, e)))
		return err;
	if (over)
		return OK;
	if (!(err = taxii_ask(a, "feeds", STR_NONE, &reply, e)) && !(err = json_parse(a->a, buf_str(&reply), &j, e))) {
		JSON_EACH(one, json_get(j, STR("items")))
		{
			c = (struct taxii_collection){.centre = json_str(json_get(one, STR("centre"))),
			    .centre_id = json_str(json_get(one, STR("centre_id"))),
			    .circle = json_str(json_get(one, STR("circle"))),
			    .own = is_true(json_get(one, STR("private")))};
			name_collection("circle", c.centre_id, c.circle, c.id);
			if (each(ctx, &c))
				break;
		}
	}
	buf_done(&reply);
	return err;
}

struct seeking {
	struct str id;
	struct ask *a;
	struct taxii_collection found;
	bool any;
};

static bool
is_it(void *ctx, const struct taxii_collection *c)
{
	struct seeking *s = ctx;
	if (!str_is(s->id, c->id))
		return false;
	s->found = *c;
	/* the texts are the arena's or the reply's, which goes */
	s->any = arena_dup(s->a->a, c->centre, &s->found.centre) && arena_dup(s->a->a, c->centre_id, &s->found.centre_id) &&
		 arena_dup(s->a->a, c->circle, &s->found.circle);
	return true;
}

enum err
taxii_collection_find(struct ask *a, struct taxii_collection *ret, struct errinfo *e)
{
	struct seeking s = {.id = a->part[0], .a = a};
	enum err err = taxii_collection_each(a, is_it, &s, e);
	if (err)
		return err;
	if (!s.any)
		return err_set(e, ERR_NOTFOUND, "there is no such collection for you");
	*ret = s.found;
	return OK;
}
