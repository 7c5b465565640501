#include "cli/clear.h"

#include "base/limits.h"
#include "cli/ask.h"
#include "cli/home.h"
#include "cli/show.h"

/* The place of a level in a centre's list, from the lowest up, which is its rank; -1: it has none of that name. */
static int
rank_of(const struct json *levels, struct str name)
{
	int rank = 0;
	SHOW_EACH(level, levels)
	{
		if (str_eq(show_str(level, "name"), name) || str_eq(show_str(level, "abbr"), name))
			return rank;
		rank++;
	}
	return -1;
}

static enum err
compartments(struct cli *c, struct str rest, struct clearance *ret, struct errinfo *e)
{
	struct str one;
	char(*list)[LIMIT_COMPARTMENT + 1] = arena_array(&c->a, rest.n + 1, sizeof *list);
	if (!list)
		return err_nomem(e);
	while (rest.n) {
		str_cut(rest, ',', &one, &rest);
		one = str_trim(one);
		if (!label_compartment_ok(one)) {
			err_set(e, ERR_USAGE, "--clearance: \"%.*s\" is no name of a compartment", STR_FMT(str_sub(one, 0, 60)));
			err_hint(e, "a level, then compartments in capitals: --clearance SECRET,ATLAS");
			return ERR_USAGE;
		}
		struct buf b = {.p = list[ret->ncompartments], .cap = sizeof *list, .max = sizeof *list};
		buf_put(&b, one);
		list[ret->ncompartments++][one.n] = '\0';
	}
	ret->compartments = (const char(*)[LIMIT_COMPARTMENT + 1]) list;
	return OK;
}

/* The clearance for one centre, if it has the level. */
static enum err
add(struct cli *c, struct str centre_id, struct str level, const struct clearance *like, struct clearance *list, size_t *n, struct buf *known,
    struct errinfo *e)
{
	struct ask a;
	size_t got;
	ask_begin(&a, c, "charter-show");
	ask_text(&a, "centre", centre_id);
	bool json = c->json;
	c->json = false; /* the tree is needed */
	enum err err = ask_send_to(&a, c->home->reach, e);
	c->json = json;
	SHOW_EACH(one, err ? NULL : show_list(a.tree, "levels"))
	buf_printf(known, "%s%.*s", known->n ? ", " : "", STR_FMT(show_str(one, "name")));
	int rank = err ? -1 : rank_of(show_list(a.tree, "levels"), level);
	if (rank >= 0) {
		struct clearance *one = &list[*n];
		*one = *like;
		one->level = (uint8_t)rank;
		one->every_circle = true;
		if (hex_decode(centre_id, one->policy, sizeof one->policy, &got) && got == sizeof one->policy)
			++*n;
	}
	ask_done(&a);
	return err;
}

enum err
clear_read(struct cli *c, const char *text, struct clearance **ret, size_t *ret_n, struct errinfo *e)
{
	struct str level, rest;
	struct clearance like = {0};
	struct ask a;
	bool json = c->json;
	enum err err;
	str_cut(str_of(text), ',', &level, &rest);
	level = str_trim(level);
	struct clearance *list = arena_array(&c->a, LIMIT_CENTRES, sizeof *list);
	if (!list)
		return err_nomem(e);
	if ((err = compartments(c, rest, &like, e)))
		return err;
	size_t n = 0;
	struct buf known = BUF_INIT(4 * KIB);
	ask_begin(&a, c, "centres");
	c->json = false;
	err = ask_send_to(&a, c->home->reach, e);
	c->json = json;
	SHOW_EACH(centre, err ? NULL : show_list(a.tree, "items"))
	if (!err && n < LIMIT_CENTRES)
		err = add(c, show_str(centre, "centre_id"), level, &like, list, &n, &known, e);
	ask_done(&a);
	if (err) {
		buf_done(&known);
		return err;
	}
	if (n == 0) {
		err_set(e, ERR_NOTFOUND, "--clearance: no centre of this home has a level \"%.*s\"", STR_FMT(str_sub(level, 0, 60)));
		err_hint(e, "there are, from the lowest: %.*s", STR_FMT(buf_str(&known)));
		buf_done(&known);
		return ERR_NOTFOUND;
	}
	buf_done(&known);
	*ret = list;
	*ret_n = n;
	return OK;
}
