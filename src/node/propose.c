#include "node/propose.h"

#include <string.h>

#include "govern/card.h"
#include "govern/circle.h"
#include "govern/rota.h"

static const struct json *
list_arg(const struct op_call *call, const char *name)
{
	return json_get(call->args, str_of(name));
}

static int
find_member(const struct charter *c, struct str id)
{
	for (size_t i = 0; i < c->nmember; i++)
		if (str_eq(c->members[i].id, id))
			return (int)i;
	return -1;
}

static int64_t
midnight(int64_t t)
{
	int64_t day = t / TIME_DAY;
	return (day - (t < day * TIME_DAY)) * TIME_DAY;
}

/* Members of an array of ids. */
static enum err
read_set(const struct charter *c, const struct json *list, const char *what, uint64_t *ret, struct errinfo *e)
{
	*ret = 0;
	JSON_EACH(one, list)
	{
		int m = find_member(c, json_str(one));
		if (m < 0)
			return err_set(e, ERR_NOTFOUND, "%s: \"%.*s\" is no member", what, STR_FMT(str_sub(json_str(one), 0, 40)));
		*ret |= UINT64_C(1) << m;
	}
	return OK;
}

static enum err
add_cards(struct op_call *call, struct charter *c, struct errinfo *e)
{
	const struct json *list = list_arg(call, "cards");
	if (!list)
		return OK;
	if (c->nmember + json_count(list) > LIMIT_MEMBERS)
		return err_set(e, ERR_LIMIT, "a centre has at most %d members", LIMIT_MEMBERS);
	JSON_EACH(one, list)
	{
		struct card card;
		enum err err = card_parse(str_trim(json_str(one)), call->a, &card, e);
		if (!err)
			err = card_admit(&card, &c->members[c->nmember], e);
		if (err) {
			err_at(e, "card %zu", c->nmember);
			return err;
		}
		if (find_member(c, card.member) >= 0)
			return err_set(e, ERR_CONFLICT, "two members are called %.*s: an id is never used again for another", STR_FMT(card.member));
		c->nmember++;
	}
	return OK;
}

static enum err
set_rota(struct op_call *call, struct charter *c, const struct charter *last, struct errinfo *e)
{
	const struct json *order = list_arg(call, "order");
	uint64_t voting = 0, lost = 0;
	struct rota *r = &c->rota;
	bool given = order || op_has(call, "first") || op_has(call, "term");
	struct str term = STR("P3M");
	enum err err;
	for (size_t i = 0; i < c->nmember; i++)
		if (!c->members[i].departed && !(c->observers >> i & 1))
			voting |= UINT64_C(1) << i;
	for (size_t i = 0; last && i < last->rota.n; i++)
		if (!(voting >> last->rota.order[i] & 1))
			lost |= UINT64_C(1) << last->rota.order[i];
	if (last && !given && !lost)
		return OK; /* as it is */
	int64_t first = c->from > midnight(c->from) ? midnight(c->from) + TIME_DAY : c->from;
	if (last) {
		/* begin anew where a term ends, so that nobody's is cut short */
		if (c->from >= last->rota.first)
			first = rota_start(&last->rota, rota_term(&last->rota, c->from) + 1);
		term = last->rota.term_text;
	}
	if (order) {
		if (json_count(order) > LIMIT_MEMBERS)
			return err_set(e, ERR_LIMIT, "order: at most %d members", LIMIT_MEMBERS);
		r->n = 0;
		JSON_EACH(one, order)
		{
			int m = find_member(c, json_str(one));
			if (m < 0)
				return err_set(e, ERR_NOTFOUND, "order: \"%.*s\" is no member", STR_FMT(str_sub(json_str(one), 0, 40)));
			r->order[r->n++] = (uint8_t)m;
		}
	} else if (last) {
		size_t k = 0;
		/* whoever's turn comes next begins */
		size_t skip = c->from >= last->rota.first ? (rota_term(&last->rota, c->from) + 1) % last->rota.n : 0;
		for (size_t i = 0; i < last->rota.n; i++) {
			uint8_t m = last->rota.order[(skip + i) % last->rota.n];
			if (voting >> m & 1)
				r->order[k++] = m;
		}
		r->n = k;
	} else {
		r->n = 0;
		for (size_t i = 0; i < c->nmember; i++)
			if (voting >> i & 1)
				r->order[r->n++] = (uint8_t)i;
	}
	op_str(call, "term", &term);
	if ((err = op_time(call, "first", first, &r->first, e)))
		return err;
	if (!duration_parse(term, &r->term))
		return err_set(e, ERR_USAGE, "term: \"%.*s\" is no duration; three months are P3M", STR_FMT(str_sub(term, 0, 40)));
	r->term_text = term;
	return OK;
}

static enum err
set_levels(struct op_call *call, struct charter *c, const struct charter *last, struct errinfo *e)
{
	static const struct charter_level usual[] = {
	    {STR_INIT("UNCLASSIFIED"), STR_INIT("U"), NULL, 0},
	    {STR_INIT("RESTRICTED"), STR_INIT("R"), NULL, 0},
	    {STR_INIT("CONFIDENTIAL"), STR_INIT("C"), NULL, 0},
	    {STR_INIT("SECRET"), STR_INIT("S"), NULL, 0},
	    {STR_INIT("TOP SECRET"), STR_INIT("TS"), NULL, 0},
	};
	const struct json *list = list_arg(call, "levels");
	if (!list) {
		if (!last) {
			c->nlevel = sizeof usual / sizeof *usual;
			if (!(c->levels = arena_array(call->a, c->nlevel, sizeof *c->levels)))
				return err_nomem(e);
			memcpy(c->levels, usual, sizeof usual);
		}
		return OK;
	}
	c->nlevel = 0;
	if (!(c->levels = arena_array(call->a, json_count(list) + 1u, sizeof *c->levels)))
		return err_nomem(e);
	JSON_EACH(one, list)
	{
		struct charter_level *l = &c->levels[c->nlevel++];
		const struct json *national = json_get_type(one, STR("national"), JSON_OBJECT);
		json_get_str(one, STR("name"), &l->name);
		json_get_str(one, STR("abbr"), &l->abbr);
		if (!national)
			continue;
		if (!(l->national = arena_array(call->a, json_count(national) + 1u, sizeof *l->national)))
			return err_nomem(e);
		JSON_EACH(word, national)
		{
			struct charter_national *n = &l->national[l->nnational++];
			n->member = find_member(c, json_key_of(word));
			if (n->member < 0)
				return err_set(e, ERR_NOTFOUND, "levels: \"%.*s\" is no member", STR_FMT(json_key_of(word)));
			json_get_str(word, STR("name"), &n->name);
			json_get_str(word, STR("abbr"), &n->abbr);
		}
	}
	return OK;
}

static enum err
set_quorums(struct op_call *call, struct charter *c, const struct charter *last, struct errinfo *e)
{
	static const char *const always[] = {"charter", "motion", "product"};
	const struct json *list = list_arg(call, "quorums");
	int voters = 0;
	for (size_t i = 0; i < c->nmember; i++)
		voters += !c->members[i].departed && !(c->observers >> i & 1);
	size_t most = json_count(list) + 3u + (last ? last->nquorum : 0);
	struct charter_quorum *q = arena_array(call->a, most, sizeof *q);
	if (!q)
		return err_nomem(e);
	size_t n = 0;
	if (list)
		JSON_EACH(one, list)
		{
			int64_t need = 0;
			if (!json_i64(one, &need) || need < 1 || need > LIMIT_MEMBERS)
				return err_set(e, ERR_USAGE, "quorums: %.*s: a number of members", STR_FMT(json_key_of(one)));
			q[n++] = (struct charter_quorum){json_key_of(one), (int)need};
		}
	for (size_t i = 0; last && !list && i < last->nquorum; i++) {
		int need = last->quorums[i].need;
		/* what stood there may no longer be more than half, or more than all */
		need = need > voters ? voters : need <= voters / 2 ? voters / 2 + 1 : need;
		q[n++] = (struct charter_quorum){last->quorums[i].kind, need};
	}
	for (size_t k = 0; k < sizeof always / sizeof *always; k++) {
		bool there = false;
		for (size_t i = 0; i < n; i++)
			there |= str_is(q[i].kind, always[k]);
		if (!there)
			q[n++] = (struct charter_quorum){str_of(always[k]), voters / 2 + 1};
	}
	c->quorums = q;
	c->nquorum = n;
	return OK;
}

static enum err
set_circles(struct op_call *call, struct charter *c, struct errinfo *e)
{
	const struct json *list = list_arg(call, "circles");
	if (!list)
		return OK;
	c->ncircle = 0;
	if (!(c->circles = arena_array(call->a, json_count(list) + 1u, sizeof *c->circles)))
		return err_nomem(e);
	JSON_EACH(one, list)
	{
		struct charter_circle *k = &c->circles[c->ncircle++];
		enum err err;
		k->name = json_key_of(one);
		if (!json_is(one, JSON_ARRAY) || (err = read_set(c, one, "circles", &k->members, e)))
			return json_is(one, JSON_ARRAY) ? err : err_set(e, ERR_USAGE, "circles: a list of members for each name");
	}
	return OK;
}

static enum err
set_duties(struct op_call *call, struct charter *c, const struct charter *last, struct errinfo *e)
{
	static const struct charter_duty usual[] = {
	    {.text = STR_INIT("Situation report to all members"), .rule = DUTY_EVERY, .span_text = STR_INIT("P1W")},
	    {.text = STR_INIT("Hand over to the next lead"), .rule = DUTY_BEFORE, .span_text = STR_INIT("P7D")},
	};
	static const struct {
		const char *key;
		enum duty_rule rule;
	} rules[] = {{"every", DUTY_EVERY}, {"after", DUTY_AFTER}, {"before", DUTY_BEFORE}};
	const struct json *list = list_arg(call, "duties");
	if (!list && last)
		return OK;
	size_t n = list ? json_count(list) : sizeof usual / sizeof *usual;
	c->nduty = n;
	if (!(c->duties = arena_array(call->a, n + 1, sizeof *c->duties)))
		return err_nomem(e);
	if (!list)
		memcpy(c->duties, usual, sizeof usual);
	n = 0;
	if (list)
		JSON_EACH(one, list)
		{
			struct charter_duty *d = &c->duties[n++];
			json_get_str(one, STR("text"), &d->text);
			for (size_t i = 0; i < sizeof rules / sizeof *rules; i++)
				if (json_get_str(one, str_of(rules[i].key), &d->span_text))
					d->rule = rules[i].rule;
		}
	for (size_t i = 0; i < c->nduty; i++)
		if (!duration_parse(c->duties[i].span_text, &c->duties[i].span))
			return err_set(e, ERR_USAGE, "duties: one of every, after and before says when, as a duration such as P1W");
	return OK;
}

static enum err
set_dates(struct op_call *call, struct charter *c, const struct charter *last, struct errinfo *e)
{
	int64_t now = op_now(call), first;
	enum err err = op_time(call, "first", midnight(now), &first, e);
	if (err)
		return err;
	int64_t from = first;
	if (last) {
		from = midnight(now) + TIME_DAY;
		if (from <= last->from)
			from = last->from + TIME_DAY;
	}
	return op_time(call, "from", from, &c->from, e);
}

enum err
propose(struct op_call *call, const struct share_centre *centre, struct buf *b, struct errinfo *e)
{
	const struct charter *last = centre ? chain_last(centre->chain) : NULL;
	struct charter c = {0};
	struct charter_member *members = arena_array(call->a, LIMIT_MEMBERS, sizeof *members);
	const struct json *leave = list_arg(call, "leave"), *observers = list_arg(call, "observers");
	struct str name = STR_NONE, dispute = STR("P1Y");
	uint64_t set;
	enum err err;
	if (!members)
		return err_nomem(e);
	if (last) {
		c = *last;
		memcpy(members, last->members, last->nmember * sizeof *members);
		c.version = last->version + 1;
		c.previous = last->hash;
		name = last->name;
		dispute = last->dispute_text;
	} else {
		c.version = 1;
		if (!op_str(call, "name", &name))
			return err_set(e, ERR_USAGE, "name: a new centre needs one");
		if (!json_count(list_arg(call, "cards")))
			return err_set(e, ERR_USAGE, "cards: a new centre needs the admission cards of its members");
	}
	c.members = members;
	if ((err = add_cards(call, &c, e)))
		return err;
	if (leave) {
		if ((err = read_set(&c, leave, "leave", &set, e)))
			return err;
		for (size_t i = 0; i < c.nmember; i++)
			c.members[i].departed |= set >> i & 1;
		c.observers &= ~set;
	}
	if (observers && (err = read_set(&c, observers, "observers", &c.observers, e)))
		return err;
	op_str(call, "name", &name);
	if (call->n->exercise && !str_starts(name, STR(EXERCISE_WORD))) {
		char *p = arena_alloc(call->a, name.n + sizeof EXERCISE_WORD);
		if (!p)
			return err_nomem(e);
		memcpy(p, EXERCISE_WORD, sizeof EXERCISE_WORD - 1);
		memcpy(p + sizeof EXERCISE_WORD - 1, name.p, name.n);
		name = (struct str){p, name.n + sizeof EXERCISE_WORD - 1};
	} else if (!call->n->exercise && str_starts(name, STR(EXERCISE_WORD))) {
		return err_set(e, ERR_DENIED, "a centre whose name begins with " EXERCISE_WORD "is for exercise homes");
	}
	c.name = name;
	op_str(call, "dispute", &dispute);
	if (!duration_parse(dispute, &c.dispute))
		return err_set(e, ERR_USAGE, "dispute: \"%.*s\" is no duration; a year is P1Y", STR_FMT(str_sub(dispute, 0, 40)));
	c.dispute_text = dispute;
	if ((err = set_dates(call, &c, last, e)) || (err = set_rota(call, &c, last, e)) || (err = set_levels(call, &c, last, e)) ||
	    (err = set_quorums(call, &c, last, e)) || (err = set_circles(call, &c, e)) || (err = set_duties(call, &c, last, e)))
		return err;
	return charter_write(&c, b, e);
}
