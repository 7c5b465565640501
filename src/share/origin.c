#include "share/origin.h"

#include <string.h>

#include "label/policy.h"

enum err
origin_make(const struct share_centre *c, uint64_t circle, int author, uint32_t epoch, struct record_log *ret, struct errinfo *e)
{
	struct record_log r = {.centre = c->no, .circle = circle, .author = author, .epoch = epoch, .last_time = TIME_MIN};
	struct buf b = {.p = r.origin, .cap = sizeof r.origin - 1, .max = sizeof r.origin - 1};
	if (author < 0 || author >= LIMIT_MEMBERS || !(circle >> author & 1) || (circle & ~label_policy_members(c->policy)) || epoch == 0)
		return err_set(e, ERR_INVALID, "a log's author is a member of its circle, and its epoch is at least 1");
	buf_puts(&b, "comity/");
	hash_put_hex(&b, &c->id);
	buf_putc(&b, '/');
	label_circle_put(&b, c->policy, circle);
	buf_printf(&b, "/%s/%u", c->policy->member[author], epoch);
	if (!buf_ok(&b))
		return err_set(e, ERR_LIMIT, "the name of the log is longer than %d bytes", RECORD_ORIGIN_MAX - 1);
	r.id = hash_of(buf_str(&b));
	*ret = r;
	return OK;
}

enum err
origin_parse(const struct share_centre *c, struct str text, struct record_log *ret, struct errinfo *e)
{
	struct str comity, centre, circle, author, rest = text;
	struct record_log r;
	uint64_t members, epoch;
	enum err err;
	if (!str_cut(rest, '/', &comity, &rest) || !str_cut(rest, '/', &centre, &rest) || !str_cut(rest, '/', &circle, &rest) ||
	    !str_cut(rest, '/', &author, &rest) || !str_u64(rest, &epoch) || epoch > GOVERN_COUNT_MAX)
		return err_set(e, ERR_SYNTAX, "no name of a log: %.*s", STR_FMT(str_sub(text, 0, 200)));
	if ((err = label_circle_parse(c->policy, circle, &members, e)))
		return err;
	if ((err = origin_make(c, members, label_policy_member(c->policy, author), (uint32_t)epoch, &r, e)))
		return err;
	if (!str_eq(str_of(r.origin), text))
		return err_set(
		    e, ERR_INVALID, "the name of a log of another centre, or not in its one spelling: %.*s", STR_FMT(str_sub(text, 0, 200)));
	*ret = r;
	return OK;
}

void
origin_witness(const struct share_centre *c, int member, struct buf *b)
{
	buf_puts(b, "comity/");
	hash_put_hex(b, &c->id);
	buf_printf(b, "/%s", c->policy->member[member]);
}

enum err
origin_key(const struct share_centre *c, int64_t now, int member, uint32_t epoch, struct roster_log_key *ret, struct errinfo *e)
{
	return roster_log_key(c->roster, now + LIMIT_FUTURE_SECONDS * TIME_SECOND, member, epoch, ret, e);
}

static struct str
without_epoch(struct str origin, struct str *ret_epoch)
{
	size_t n = origin.n;
	while (n > 0 && origin.p[n - 1] != '/')
		n--;
	*ret_epoch = str_sub(origin, n, origin.n);
	return str_sub(origin, 0, n);
}

int
origin_order(struct str a, struct str b)
{
	struct str x, y;
	int r = str_cmp(without_epoch(a, &x), without_epoch(b, &y));
	if (r == 0 && x.n != y.n) /* no leading zeros, so that the longer is the larger */
		r = x.n < y.n ? -1 : 1;
	return r ? r : str_cmp(x, y);
}
