#include "govern/circle.h"

static uint64_t
known(const struct charter *c)
{
	return c->nmember >= 64 ? UINT64_MAX : (UINT64_C(1) << c->nmember) - 1;
}

enum err
circle_parse(const struct charter *c, struct str text, uint64_t *ret, struct errinfo *e)
{
	struct str rest = text, id, last = STR_NONE;
	uint64_t set = 0;
	bool more = true;
	if (text.n > CIRCLE_TEXT_MAX)
		return err_set(e, ERR_LIMIT, "a circle's name of %zu bytes: at most %d are taken", text.n, CIRCLE_TEXT_MAX);
	while (more) {
		more = str_cut(rest, '.', &id, &rest);
		if (!govern_id_ok(id))
			return err_set(e, ERR_INVALID, "circle: \"%.*s\" is no member's id", (int)(id.n < 32 ? id.n : 32), id.p ? id.p : "");
		if (set && str_cmp(last, id) >= 0)
			return err_set(e, ERR_INVALID, "circle: %.*s stands after %.*s: ids are sorted, each once", STR_FMT(id), STR_FMT(last));
		int m = charter_find(c, id);
		if (m < 0)
			return err_set(e, ERR_NOTFOUND, "circle: %.*s is no member of %.*s (charter %u)", STR_FMT(id), STR_FMT(c->name), c->version);
		set |= UINT64_C(1) << m;
		last = id;
	}
	*ret = set;
	return OK;
}

/* Takes the next word off *rest. */
static bool
next_word(struct str *rest, struct str *ret)
{
	size_t from = 0, to;
	while (from < rest->n && (rest->p[from] == '.' || rest->p[from] == ',' || rest->p[from] == ' ' || rest->p[from] == '\t'))
		from++;
	for (to = from; to < rest->n && !(rest->p[to] == '.' || rest->p[to] == ',' || rest->p[to] == ' ' || rest->p[to] == '\t'); to++)
		;
	*ret = str_sub(*rest, from, to);
	*rest = str_sub(*rest, to, rest->n);
	return ret->n > 0;
}

enum err
circle_parse_human(const struct charter *c, struct str text, uint64_t *ret, struct errinfo *e)
{
	uint64_t set = 0;
	struct str rest = text, word, whole = str_trim(text);
	if (text.n > 2 * CIRCLE_TEXT_MAX)
		return err_set(e, ERR_LIMIT, "a circle's name of %zu bytes: at most %d are taken", text.n, 2 * CIRCLE_TEXT_MAX);
	if (str_is(whole, "ALL")) {
		*ret = circle_all(c);
		return OK;
	}
	for (size_t i = 0; i < c->ncircle; i++)
		if (str_eq(c->circles[i].name, whole)) {
			*ret = c->circles[i].members;
			return OK;
		}
	while (next_word(&rest, &word)) {
		char low[GOVERN_ID_MAX];
		size_t n = word.n < sizeof low ? word.n : sizeof low;
		for (size_t i = 0; i < n; i++)
			low[i] = (char)(word.p[i] >= 'A' && word.p[i] <= 'Z' ? word.p[i] + 32 : word.p[i]);
		int m = word.n <= sizeof low ? charter_find(c, (struct str){low, n}) : -1;
		if (m < 0) {
			enum err err = err_set(e, ERR_NOTFOUND, "circle: \"%.*s\" is neither a member nor a named circle of %.*s (charter %u)",
			    (int)(word.n < 32 ? word.n : 32), word.p, STR_FMT(c->name), c->version);
			err_hint(e, "give member ids like irn,irq, or ALL, or a circle that the charter names");
			return err;
		}
		set |= UINT64_C(1) << m;
	}
	if (!set)
		return err_set(e, ERR_INVALID, "circle: nobody is named");
	*ret = set;
	return OK;
}

enum err
circle_print(const struct charter *c, uint64_t members, struct buf *b, struct errinfo *e)
{
	bool first = true;
	if (!members || (members & ~known(c)))
		return err_set(e, ERR_INVALID,
		    members ? "a circle with a number that no member has under charter %u" : "a circle of nobody (charter %u)", c->version);
	for (size_t i = 0; i < c->nmember; i++) {
		if (!(members >> c->sorted[i] & 1))
			continue;
		if (!first)
			buf_putc(b, '.');
		buf_put(b, c->members[c->sorted[i]].id);
		first = false;
	}
	struct str all;
	return buf_take(b, &all, e);
}

struct str
circle_named(const struct charter *c, uint64_t members)
{
	if (members == circle_all(c))
		return STR("ALL");
	for (size_t i = 0; i < c->ncircle; i++)
		if (c->circles[i].members == members)
			return c->circles[i].name;
	return STR_NONE;
}

uint64_t
circle_all(const struct charter *c)
{
	return c->voting;
}

bool
circle_open(const struct charter *c, uint64_t members)
{
	return members && !(members & ~c->present);
}
