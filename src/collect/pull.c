#include "collect/pull.h"

#include <string.h>

bool
pull_moment(struct str header, int64_t *ret)
{
	header = str_trim(header);
	return str_chr(header, 'T') > 0 && time_parse_human(header, ret);
}

bool
pull_id_ok(struct str id)
{
	for (size_t i = 0; i < id.n; i++) {
		char c = id.p[i];
		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_'))
			return false;
	}
	return id.n && id.n <= 128;
}

static void
put_moment(struct buf *b, bool has, int64_t t)
{
	if (has)
		time_put(b, t);
	else
		buf_putc(b, '-');
}

/* "1 AFTER HIGH NEXT-IN-HEX", 2 where the run stopped between two pages, and none before was missed: the place of a server that gives no `next` is
 * `after` itself, since what was asked for by date may stand in any order
 */
void
pull_put_state(const struct pull *p, struct buf *b)
{
	buf_puts(b, p->clean && !p->unsure ? "2 " : "1 ");
	put_moment(b, p->has_after, p->after);
	buf_putc(b, ' ');
	put_moment(b, p->has_high, p->high);
	buf_putc(b, ' ');
	buf_hex(b, (struct str){p->next, p->next_n});
}

static bool
get_moment(struct str *rest, bool *ret_has, int64_t *ret)
{
	struct str one;
	str_cut(*rest, ' ', &one, rest);
	*ret_has = !str_is(one, "-");
	return !*ret_has || time_parse(one, ret);
}

static int
digit(char c)
{
	return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

enum err
pull_begin(struct pull *p, struct str state, struct errinfo *e)
{
	*p = (struct pull){.back = PULL_OVERLAP, .limit = PULL_LIMIT};
	if (!state.n)
		return OK;
	struct str version, rest;
	bool good = str_cut(state, ' ', &version, &rest) && (str_is(version, "1") || str_is(version, "2")) &&
		    get_moment(&rest, &p->has_after, &p->after) && get_moment(&rest, &p->has_high, &p->high) && rest.n % 2 == 0 &&
		    rest.n / 2 <= sizeof p->next;
	for (size_t i = 0; good && i < rest.n; i += 2) {
		int high = digit(rest.p[i]), low = digit(rest.p[i + 1]);
		good = high >= 0 && low >= 0;
		p->next[p->next_n++] = (char)(high * 16 + low);
	}
	p->unsure = p->next_n && !str_is(version, "2");
	if (good)
		return OK;
	*p = (struct pull){.back = PULL_OVERLAP, .limit = PULL_LIMIT};
	return err_set(e, ERR_INVALID, "what is kept of an earlier pull cannot be read");
}

/* RFC 3986: what is not unreserved is escaped. */
static void
put_escaped(struct buf *b, struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		struct str one = {s.p + i, 1};
		if (pull_id_ok(one) || *one.p == '.' || *one.p == '~')
			buf_put(b, one);
		else
			buf_printf(b, "%%%02X", (unsigned)(uint8_t)*one.p);
	}
}

void
pull_put_query(const struct pull *p, struct buf *b)
{
	buf_printf(b, "?limit=%u", p->limit);
	if (p->by_date || p->has_after) {
		int64_t t = p->by_date ? p->from - p->back : p->after - PULL_OVERLAP;
		buf_puts(b, "&added_after=");
		time_put(b, t < TIME_MIN ? TIME_MIN : t);
	}
	if (p->next_n) {
		buf_puts(b, "&next=");
		put_escaped(b, (struct str){p->next, p->next_n});
	}
}

bool
pull_again(struct pull *p)
{
	bool was = p->next_n != 0;
	p->next_n = 0;
	p->unsure = false;
	p->by_date = false;
	p->back = PULL_OVERLAP;
	return was;
}

bool
pull_fewer(struct pull *p)
{
	if (p->limit == 1)
		return false;
	p->limit = p->limit < 4 ? 1 : p->limit / 4;
	p->unsure = p->unsure || p->next_n;
	return true;
}

/* Whether this page's objects were met before. */
static bool
repeats(struct pull *p, const struct envelope *page)
{
	bool same = p->has_seen && p->seen == page->mark;
	if (!p->has_seen || p->pages == p->seen_at) {
		p->seen = page->mark;
		p->seen_at = p->pages ? 2 * p->pages : 1;
		p->has_seen = true;
		p->same = 0;
	}
	return same;
}

static enum err
endless(struct errinfo *e, const char *what)
{
	err_set(e, ERR_INVALID, "the server says that there is more, and %s", what);
	err_hint(e, "what was taken stays; tell who runs that server");
	return ERR_INVALID;
}

/* The way on where the server gives no `next`: by its dates, closer to the last one if that led nowhere. */
static enum err
on_by_date(struct pull *p, bool has_last, int64_t last, struct errinfo *e)
{
	if (!has_last)
		return endless(e, "gives no way to it: neither \"next\" nor X-TAXII-Date-Added-Last");
	if (p->by_date && last <= p->from) {
		if (p->back == 1)
			return endless(e, "gives no way past the objects of one moment: it needs to give \"next\"");
		p->back = 1;
	} else {
		p->back = PULL_OVERLAP;
	}
	p->from = p->by_date && last < p->from ? p->from : last;
	p->by_date = true;
	return OK;
}

enum err
pull_page(struct pull *p, const struct envelope *page, bool has_last, int64_t last, int64_t latest, bool *ret_more, struct errinfo *e)
{
	struct str next = buf_str(&page->next);
	bool again = repeats(p, page);
	p->pages++;
	has_last = has_last && last <= latest;
	if (has_last && (!p->has_high || last > p->high)) {
		p->has_high = true;
		p->high = last;
	}
	if (!page->more && p->unsure) { /* and once more */
		p->has_high = false;
		(void)pull_again(p);
		*ret_more = true;
		return OK;
	}
	if (!page->more) {
		if (p->has_high && (!p->has_after || p->high > p->after)) {
			p->has_after = true;
			p->after = p->high;
		}
		p->has_high = false;
		(void)pull_again(p);
		*ret_more = false;
		return OK;
	}
	p->same += again;
	p->idle = page->objects ? 0 : p->idle + 1;
	if (p->idle >= PULL_IDLE || p->same >= PULL_IDLE) {
		(void)pull_again(p);
		return endless(e, page->objects ? "gives the same objects again and again" : "gives none");
	}
	if (next.n) {
		memcpy(p->next, next.p, next.n);
		p->next_n = next.n;
		p->by_date = false;
	} else {
		p->next_n = 0;
		enum err err = on_by_date(p, has_last, last, e);
		if (err) {
			(void)pull_again(p);
			return err;
		}
	}
	*ret_more = true;
	return OK;
}
