/* Reading a charter. Each part has one reader; rules that need the whole come last. */
#include "govern/charter.h"

#include <stdlib.h>
#include <string.h>

#include "crypto/fingerprint.h"
#include "govern/form.h"
#include "govern/policy.h"
#include "label/policy.h"

static uint64_t
bit(int member)
{
	return UINT64_C(1) << member;
}

int
charter_find(const struct charter *c, struct str id)
{
	for (size_t i = 0; i < c->nmember; i++)
		if (str_eq(c->members[i].id, id))
			return (int)i;
	return -1;
}

int
charter_find_root(const struct charter *c, const uint8_t root[static GOVERN_KEY])
{
	for (size_t i = 0; i < c->nmember; i++)
		if (!memcmp(c->members[i].keys.root, root, GOVERN_KEY))
			return (int)i;
	return -1;
}

int
charter_quorum(const struct charter *c, struct str kind)
{
	for (size_t i = 0; i < c->nquorum; i++)
		if (str_eq(c->quorums[i].kind, kind))
			return c->quorums[i].need;
	return 0;
}

bool
charter_reaches(const struct charter *c, struct str kind, uint64_t members)
{
	int need = charter_quorum(c, kind);
	return need && __builtin_popcountll(members & c->voting) >= need;
}

void
charter_fingerprint(const struct charter *c, struct buf *b)
{
	fingerprint_put(b, c->hash.b);
}

void
charter_root_fingerprint(const struct charter *c, int member, struct buf *b)
{
	fingerprint_put(b, c->members[member].keys.root);
}

/* A list of member ids, each once: as a set, and in its order. Sorted ones have one text. */
static enum err
read_ids(const struct charter *c, const struct json *list, const char *what, bool sorted, uint8_t *ret_order, uint64_t *ret, struct errinfo *e)
{
	uint64_t set = 0;
	size_t n = 0;
	struct str last = STR_NONE;
	JSON_EACH(item, list)
	{
		struct str id = json_str(item);
		int m = item->type == JSON_STRING ? charter_find(c, id) : -1;
		if (m < 0)
			return err_set(e, ERR_INVALID, "%s: element %zu is no id of a member of this charter", what, n + 1);
		if (c->members[m].departed)
			return err_set(e, ERR_INVALID, "%s: %.*s has departed", what, STR_FMT(id));
		if (set & bit(m))
			return err_set(e, ERR_INVALID, "%s: %.*s stands there twice", what, STR_FMT(id));
		if (sorted && n && str_cmp(last, id) >= 0)
			return err_set(e, ERR_INVALID, "%s: not sorted: %.*s", what, STR_FMT(id));
		last = id;
		set |= bit(m);
		if (ret_order)
			ret_order[n] = (uint8_t)m;
		n++;
	}
	*ret = set;
	return OK;
}

static enum err
read_member(const struct json *obj, size_t number, struct arena *a, struct charter_member *ret, struct errinfo *e)
{
	struct charter_member m = {0};
	struct str status;
	uint32_t given;
	enum err err = form_object(obj, FORM_KEYS_MUST " id name number status", FORM_KEYS_MAY, e);
	if (err || (err = form_id(obj, "id", &m.id, e)) || (err = form_count(obj, "number", 0, LIMIT_MEMBERS - 1, &given, e)) ||
	    (err = form_text(obj, "name", LIMIT_GOVERN_NAME, &m.name, e)) || (err = form_text(obj, "status", 16, &status, e)) ||
	    (err = keys_read(obj, a, &m.keys, e)))
		return err;
	if (given != number)
		return err_set(
		    e, ERR_INVALID, "number: is %u; members are listed by number from 0 without a gap, so %zu belongs here", given, number);
	m.departed = str_is(status, "departed");
	if (!m.departed && !str_is(status, "active"))
		return err_set(e, ERR_INVALID, "status: active or departed belongs here");
	*ret = m;
	return OK;
}

/* No two members share an id, a root key, a log key or a STIX identity; nobody's log key is a root key. */
static enum err
check_distinct(const struct charter *c, const struct charter_member *m, struct errinfo *e)
{
	for (const struct charter_member *o = c->members; o < m; o++) {
		const char *what = NULL;
		if (str_eq(o->id, m->id))
			what = "id";
		else if (!memcmp(o->keys.root, m->keys.root, GOVERN_KEY))
			what = "root key";
		else if (!memcmp(o->keys.log, m->keys.log, GOVERN_KEY) || !memcmp(o->keys.root, m->keys.log, GOVERN_KEY) ||
			 !memcmp(o->keys.log, m->keys.root, GOVERN_KEY))
			what = "log key";
		for (size_t i = 0; i < o->keys.nidentity && !what; i++)
			for (size_t k = 0; k < m->keys.nidentity; k++)
				if (str_eq(o->keys.identities[i], m->keys.identities[k]))
					what = "STIX identity";
		if (what)
			return err_set(e, ERR_INVALID, "the %s is that of member %zu too", what, (size_t)(o - c->members));
	}
	return OK;
}

/* Numbers in the order of their ids; insertion, since 64 is the most. */
static void
sort_members(struct charter *c)
{
	for (size_t i = 0; i < c->nmember; i++) {
		size_t k = i;
		for (; k > 0 && str_cmp(c->members[i].id, c->members[c->sorted[k - 1]].id) < 0; k--)
			c->sorted[k] = c->sorted[k - 1];
		c->sorted[k] = (uint8_t)i;
	}
}

static enum err
read_members(const struct json *obj, struct arena *a, struct charter *c, struct errinfo *e)
{
	const struct json *list;
	enum err err = form_array(obj, "members", 1, LIMIT_MEMBERS, &list, e);
	if (err)
		return err;
	c->members = arena_array(a, json_count(list), sizeof *c->members);
	if (!c->members)
		return err_nomem(e);
	JSON_EACH(item, list)
	{
		struct charter_member *m = &c->members[c->nmember];
		err = read_member(item, c->nmember, a, m, e);
		if (!err)
			err = check_distinct(c, m, e);
		if (err) {
			struct str id = json_str(json_get(item, STR("id")));
			err_at(e, "member %zu (%.*s)", c->nmember, (int)(id.n < 32 ? id.n : 32), id.p ? id.p : "");
			return err;
		}
		if (!m->departed)
			c->present |= bit((int)c->nmember);
		c->nmember++;
	}
	sort_members(c);
	if (json_get(obj, STR("observers"))) {
		if ((err = form_array(obj, "observers", 1, LIMIT_MEMBERS, &list, e)) ||
		    (err = read_ids(c, list, "observers", true, NULL, &c->observers, e)))
			return err;
	}
	c->voting = c->present & ~c->observers;
	return c->voting ? OK : err_set(e, ERR_INVALID, "observers: somebody must be left who votes");
}

static enum err
read_rota(const struct json *obj, struct charter *c, struct errinfo *e)
{
	const struct json *rota = json_get(obj, STR("rota")), *order;
	uint64_t set;
	struct rota *r = &c->rota;
	enum err err = form_object(rota, "first order term", "", e);
	if (err || (err = form_array(rota, "order", 1, LIMIT_MEMBERS, &order, e)) || (err = read_ids(c, order, "order", false, r->order, &set, e)) ||
	    (err = form_day(rota, "first", &r->first, e)) || (err = form_span(rota, "term", &r->term, &r->term_text, e))) {
		err_at(e, "rota");
		return err;
	}
	r->n = json_count(order);
	if (set & ~c->voting)
		return err_set(e, ERR_INVALID, "rota: order: %.*s is an observer", STR_FMT(c->members[__builtin_ctzll(set & ~c->voting)].id));
	if (r->term.usec)
		return err_set(e, ERR_INVALID, "rota: term: whole days, so that it changes at midnight UTC");
	return OK;
}

static enum err
read_level(const struct json *item, const struct charter *c, struct arena *a, struct charter_level *ret, struct errinfo *e)
{
	struct charter_level l = {0};
	const struct json *national;
	enum err err = form_object(item, "abbr name", "national", e);
	if (err || (err = form_text(item, "name", POLICY_NAME, &l.name, e)) || (err = form_text(item, "abbr", POLICY_PORTION, &l.abbr, e)))
		return err;
	if (json_get(item, STR("national"))) {
		if ((err = form_members(item, "national", 1, LIMIT_MEMBERS, &national, e)))
			return err;
		l.national = arena_array(a, json_count(national), sizeof *l.national);
		if (!l.national)
			return err_nomem(e);
		JSON_EACH(word, national)
		{
			struct charter_national *n = &l.national[l.nnational++];
			struct str id = json_key_of(word);
			n->member = charter_find(c, id);
			if (n->member < 0)
				return err_set(e, ERR_INVALID, "national: \"%.*s\" is no member", (int)(id.n < 32 ? id.n : 32), id.p);
			if ((err = form_object(word, "abbr name", "", e)) || (err = form_text(word, "name", POLICY_NAME, &n->name, e)) ||
			    (err = form_text(word, "abbr", POLICY_PORTION, &n->abbr, e))) {
				err_at(e, "national: %.*s", STR_FMT(id));
				return err;
			}
		}
	}
	*ret = l;
	return OK;
}

static enum err
read_levels(const struct json *obj, struct arena *a, struct charter *c, struct errinfo *e)
{
	const struct json *list;
	enum err err = form_array(obj, "levels", 1, LIMIT_LEVELS, &list, e);
	if (err)
		return err;
	c->levels = arena_array(a, json_count(list), sizeof *c->levels);
	if (!c->levels)
		return err_nomem(e);
	JSON_EACH(item, list)
	{
		if ((err = read_level(item, c, a, &c->levels[c->nlevel], e))) {
			err_at(e, "level %zu", c->nlevel);
			return err;
		}
		c->nlevel++;
	}
	return OK;
}

static bool
word_ok(struct str s, char lo, char hi, bool digits)
{
	if (s.n < 2 || s.n > 32 || s.p[0] < lo || s.p[0] > hi)
		return false;
	for (size_t i = 1; i < s.n; i++)
		if (!((s.p[i] >= lo && s.p[i] <= hi) || s.p[i] == '-' || (digits && s.p[i] >= '0' && s.p[i] <= '9')))
			return false;
	return true;
}

static enum err
read_quorums(const struct json *obj, struct arena *a, struct charter *c, struct errinfo *e)
{
	static const char *const always[] = {"charter", "motion", "product"};
	const struct json *list;
	int voters = __builtin_popcountll(c->voting);
	enum err err = form_members(obj, "quorums", 1, LIMIT_QUORUMS, &list, e);
	if (err)
		return err;
	c->quorums = arena_array(a, json_count(list), sizeof *c->quorums);
	if (!c->quorums)
		return err_nomem(e);
	JSON_EACH(item, list)
	{
		struct str kind = json_key_of(item);
		int64_t need;
		if (!word_ok(kind, 'a', 'z', false))
			return err_set(e, ERR_INVALID, "quorums: \"%.*s\" is no kind: 2 to 32 small letters and dashes",
			    (int)(kind.n < 40 ? kind.n : 40), kind.p);
		if (!json_i64(item, &need) || need * 2 <= voters || need > voters)
			return err_set(
			    e, ERR_INVALID, "quorums: %.*s: of %d who vote, %d to %d must agree", STR_FMT(kind), voters, voters / 2 + 1, voters);
		c->quorums[c->nquorum++] = (struct charter_quorum){kind, (int)need};
	}
	for (size_t i = 0; i < sizeof always / sizeof *always; i++)
		if (!charter_quorum(c, str_of(always[i])))
			return err_set(e, ERR_INVALID, "quorums: \"%s\" is missing", always[i]);
	return OK;
}

static bool
capitals_of(struct str name, struct str id)
{
	if (name.n != id.n)
		return false;
	for (size_t i = 0; i < id.n; i++)
		if (name.p[i] != (id.p[i] >= 'a' ? id.p[i] - 32 : id.p[i]))
			return false;
	return true;
}

static enum err
read_circles(const struct json *obj, struct arena *a, struct charter *c, struct errinfo *e)
{
	const struct json *list;
	enum err err = form_members(obj, "circles", 1, LIMIT_CIRCLES_NAMED, &list, e);
	if (err)
		return err;
	c->circles = arena_array(a, json_count(list), sizeof *c->circles);
	if (!c->circles)
		return err_nomem(e);
	JSON_EACH(item, list)
	{
		struct str name = json_key_of(item);
		struct charter_circle *o = &c->circles[c->ncircle++];
		if (!word_ok(name, 'A', 'Z', true) || str_is(name, "ALL"))
			return err_set(e, ERR_INVALID, "circles: \"%.*s\" is no name for one: 2 to 32 capitals, digits and dashes, not ALL",
			    (int)(name.n < 40 ? name.n : 40), name.p);
		for (size_t i = 0; i < c->nmember; i++)
			if (capitals_of(name, c->members[i].id))
				return err_set(
				    e, ERR_INVALID, "circles: %.*s is how member %.*s is written", STR_FMT(name), STR_FMT(c->members[i].id));
		if (!json_is(item, JSON_ARRAY) || !json_count(item))
			return err_set(e, ERR_INVALID, "circles: %.*s: a list of members belongs here", STR_FMT(name));
		o->name = name;
		if ((err = read_ids(c, item, "members", true, NULL, &o->members, e))) {
			err_at(e, "circles: %.*s", STR_FMT(name));
			return err;
		}
	}
	return OK;
}

static enum err
read_duty(const struct json *item, struct charter_duty *ret, struct errinfo *e)
{
	static const char *const rules[] = {[DUTY_EVERY] = "every", [DUTY_AFTER] = "after", [DUTY_BEFORE] = "before"};
	struct charter_duty d = {0};
	int given = 0;
	enum err err = form_object(item, "text", "after before every", e);
	if (err || (err = form_text(item, "text", LIMIT_GOVERN_TEXT, &d.text, e)))
		return err;
	for (size_t i = 0; i < sizeof rules / sizeof *rules; i++) {
		if (!json_get(item, str_of(rules[i])))
			continue;
		given++;
		d.rule = (enum duty_rule)i;
		if ((err = form_span(item, rules[i], &d.span, &d.span_text, e)))
			return err;
	}
	if (given != 1)
		return err_set(e, ERR_INVALID, "one of every, after and before must say when it is due");
	if (d.rule == DUTY_BEFORE && d.span.months)
		return err_set(e, ERR_INVALID, "before: in weeks, days or hours: months have no one length counted backwards");
	*ret = d;
	return OK;
}

static enum err
read_duties(const struct json *obj, struct arena *a, struct charter *c, struct errinfo *e)
{
	const struct json *list;
	enum err err = form_array(obj, "duties", 1, LIMIT_DUTIES, &list, e);
	if (err)
		return err;
	c->duties = arena_array(a, json_count(list), sizeof *c->duties);
	if (!c->duties)
		return err_nomem(e);
	JSON_EACH(item, list)
	{
		if ((err = read_duty(item, &c->duties[c->nduty], e))) {
			err_at(e, "duty %zu", c->nduty);
			return err;
		}
		c->nduty++;
	}
	return OK;
}

/* The label room has rules of its own for what marks can carry; a charter that breaks them could never be used. */
static enum err
check_marks(const struct charter *c, struct errinfo *e)
{
	struct label_policy *p = malloc(sizeof *p);
	if (!p)
		return err_nomem(e);
	enum err err = policy_of_charter(c, &c->hash, p, e);
	free(p);
	return err;
}

enum err
charter_read(const struct json *obj, struct str raw, struct arena *a, struct charter *ret, struct errinfo *e)
{
	struct charter c = {.bytes = raw, .hash = hash_of(raw)};
	int64_t format;
	enum err err;
	if (raw.n > LIMIT_CHARTER)
		return err_set(e, ERR_LIMIT, "a charter of %zu bytes: at most %d are taken", raw.n, LIMIT_CHARTER);
	if (!json_i64(json_get(obj, STR("format")), &format) || format < 1)
		return err_set(e, ERR_INVALID, "no charter: \"format\" is missing or no number");
	if (format > 1)
		return err_set(e, ERR_VERSION, "a charter of format %lld; this version reads format 1", (long long)format);
	err = form_object(obj, "dispute format from members name quorums rota version", "circles duties levels observers previous", e);
	if (err || (err = form_text(obj, "name", LIMIT_GOVERN_NAME, &c.name, e)) ||
	    (err = form_count(obj, "version", 1, GOVERN_COUNT_MAX, &c.version, e)) || (err = form_time(obj, "from", &c.from, e)) ||
	    (err = form_span(obj, "dispute", &c.dispute, &c.dispute_text, e)))
		return err;
	if (!json_get(obj, STR("previous")) != (c.version == 1))
		return err_set(e, ERR_INVALID, c.version == 1 ? "previous: version 1 has none" : "previous: is missing; version 1 alone has none");
	if ((c.version > 1 && (err = form_hex(obj, "previous", c.previous.b, e))) || (err = read_members(obj, a, &c, e)) ||
	    (err = read_rota(obj, &c, e)) || (err = read_quorums(obj, a, &c, e)) ||
	    (json_get(obj, STR("levels")) && (err = read_levels(obj, a, &c, e))) ||
	    (json_get(obj, STR("circles")) && (err = read_circles(obj, a, &c, e))) ||
	    (json_get(obj, STR("duties")) && (err = read_duties(obj, a, &c, e))))
		return err;
	if ((err = check_marks(&c, e)))
		return err;
	*ret = c;
	return OK;
}

enum err
charter_parse(struct str text, struct arena *a, struct charter *ret, struct errinfo *e)
{
	const struct json *j;
	struct str copy;
	enum err err = form_parse(text, LIMIT_CHARTER, "charter", a, &copy, &j, e);
	if (!err && (err = charter_read(j, copy, a, ret, e)))
		err_at(e, "charter");
	return err;
}
