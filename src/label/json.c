#include "label/json.h"

#include <string.h>

#include "base/time.h"
#include "json/dom.h"
#include "json/write.h"

static void
put_date(struct json_writer *w, struct str key, int64_t t)
{
	struct buf b = BUF_INIT(64);
	if (t == TIME_NEVER)
		return;
	json_put_key(w, key);
	time_put(&b, t);
	json_put_string(w, buf_str(&b));
	buf_done(&b);
}

static void
put_circle(struct json_writer *w, struct str key, const struct label_policy *p, uint64_t set)
{
	struct buf b = BUF_INIT(LIMIT_MEMBERS * (POLICY_MEMBER + 1));
	label_circle_put(&b, p, set);
	json_put_member(w, key, buf_str(&b));
	buf_done(&b);
}

static void
put_compartments(struct json_writer *w, const struct label *l)
{
	if (l->ncompartments == 0)
		return;
	json_put_key(w, STR("compartments"));
	if (l->ncompartments == LABEL_OVERFULL) {
		json_put_string(w, STR("*"));
		return;
	}
	json_open_array(w);
	for (size_t i = 0; i < l->ncompartments; i++)
		json_put_string(w, str_of(l->compartment[i]));
	json_close(w);
}

enum err
label_json_put(struct buf *b, const struct label_policy *p, const struct label *l, struct errinfo *e)
{
	struct json_writer w;
	struct buf hex = BUF_INIT(2 * POLICY_ID);
	if (!label_ok(l))
		return err_set(e, ERR_INVALID, "the label is not well-formed");
	if (!label_private(l) && memcmp(l->policy, p->id, POLICY_ID) != 0)
		return err_set(e, ERR_INVALID, "the label is of another centre");
	if (((l->circle | l->owners) & ~label_policy_members(p)) != 0)
		return err_set(e, ERR_INVALID, "the label names members that the centre does not have");
	json_write_init(&w, b, 0);
	json_open_object(&w);
	put_circle(&w, STR("circle"), p, l->circle);
	put_compartments(&w, l);
	put_date(&w, STR("delete_by"), l->delete_by);
	json_put_member_int(&w, STR("level"), l->level);
	if (l->orcon)
		json_put_member_bool(&w, STR("orcon"), true);
	put_circle(&w, STR("owner"), p, l->owners);
	buf_hex(&hex, str_bytes(l->policy, POLICY_ID));
	json_put_member(&w, STR("policy"), buf_str(&hex));
	buf_done(&hex);
	if (l->tlp != LABEL_TLP_NONE)
		json_put_member(&w, STR("tlp"), str_of(label_tlp_name((enum label_tlp)l->tlp)));
	put_date(&w, STR("valid_until"), l->valid_until);
	json_close(&w);
	json_write_done(&w);
	return OK;
}

static enum err
read_circle(const struct json *v, const struct label_policy *p, uint64_t *ret, struct errinfo *e)
{
	return json_is(v, JSON_STRING) ? label_circle_parse(p, json_str(v), ret, e) : err_set(e, ERR_INVALID, "not there, or no string");
}

static enum err
read_circle_member(const struct json *v, const struct label_policy *p, struct label *l, struct errinfo *e)
{
	return read_circle(v, p, &l->circle, e);
}

static enum err
read_owner(const struct json *v, const struct label_policy *p, struct label *l, struct errinfo *e)
{
	return read_circle(v, p, &l->owners, e);
}

static enum err
read_compartments(const struct json *v, const struct label_policy *p, struct label *l, struct errinfo *e)
{
	(void)p;
	if (json_is(v, JSON_STRING) && str_is(json_str(v), "*")) {
		l->ncompartments = LABEL_OVERFULL;
		return OK;
	}
	if (!json_is(v, JSON_ARRAY) || json_count(v) > LIMIT_COMPARTMENTS)
		return err_set(e, ERR_INVALID, "a list of 1 to %d names is wanted, or \"*\"", LIMIT_COMPARTMENTS);
	struct str last = STR_NONE;
	JSON_EACH(name, v)
	{
		struct str s = json_str(name);
		if (!label_compartment_ok(s) || str_cmp(last, s) >= 0)
			return err_set(e, ERR_INVALID, "\"%.*s\" is no name of a compartment, doubled or out of order",
			    STR_FMT(str_sub(s, 0, LIMIT_COMPARTMENT)));
		label_add_compartment(l, s);
		last = s;
	}
	if (l->ncompartments == 0)
		return err_set(e, ERR_INVALID, "no compartment is said by leaving the list out");
	return OK;
}

static enum err
read_date(const struct json *v, int64_t *ret, struct errinfo *e)
{
	int64_t t;
	struct buf b = BUF_INIT(64);
	bool ok = json_is(v, JSON_STRING) && time_parse(json_str(v), &t);
	if (ok) {
		time_put(&b, t);
		ok = str_eq(buf_str(&b), json_str(v));
	}
	buf_done(&b);
	if (!ok)
		return err_set(e, ERR_INVALID, "a time such as 2016-01-01T00:00:00.000000Z is wanted");
	*ret = t;
	return OK;
}

static enum err
read_delete_by(const struct json *v, const struct label_policy *p, struct label *l, struct errinfo *e)
{
	(void)p;
	return read_date(v, &l->delete_by, e);
}

static enum err
read_valid_until(const struct json *v, const struct label_policy *p, struct label *l, struct errinfo *e)
{
	(void)p;
	return read_date(v, &l->valid_until, e);
}

/* The policy is read before: whether the label is private decides what a level may be. */
static enum err
read_level(const struct json *v, const struct label_policy *p, struct label *l, struct errinfo *e)
{
	int64_t rank;
	if (!json_i64(v, &rank) || rank < 0 || rank > LABEL_LEVEL_TOP)
		return err_set(e, ERR_INVALID, "a rank of 0 to %d is wanted", LABEL_LEVEL_TOP);
	l->level = (uint8_t)rank;
	if (label_private(l))
		return OK;
	if (p->nlevels ? !label_policy_level(p, l->level) : l->level != 0)
		return err_set(e, ERR_INVALID, "this centre has no level of rank %d", l->level);
	return OK;
}

static enum err
read_orcon(const struct json *v, const struct label_policy *p, struct label *l, struct errinfo *e)
{
	(void)p;
	if (!json_is(v, JSON_BOOL) || !v->n)
		return err_set(e, ERR_INVALID, "true is wanted, or that it be left out");
	l->orcon = true;
	return OK;
}

static enum err
read_policy(const struct json *v, const struct label_policy *p, struct label *l, struct errinfo *e)
{
	struct str hex = json_is(v, JSON_STRING) ? json_str(v) : STR_NONE;
	size_t n;
	for (size_t i = 0; i < hex.n; i++)
		if (hex.p[i] >= 'A' && hex.p[i] <= 'F')
			hex.n = 0;
	if (!hex_decode(hex, l->policy, sizeof(l->policy), &n) || n != POLICY_ID)
		return err_set(e, ERR_INVALID, "a centre's id is wanted, %d hexadecimal digits", 2 * POLICY_ID);
	if (!label_private(l) && memcmp(l->policy, p->id, POLICY_ID) != 0)
		return err_set(e, ERR_INVALID, "the label is of another centre");
	return OK;
}

static enum err
read_tlp(const struct json *v, const struct label_policy *p, struct label *l, struct errinfo *e)
{
	enum label_tlp t;
	(void)p;
	if (!json_is(v, JSON_STRING) || !label_tlp_parse(json_str(v), &t))
		return err_set(e, ERR_INVALID, "clear, green, amber, amber+strict or red is wanted");
	l->tlp = (uint8_t)t;
	return OK;
}

/* In the order in which they are read. */
static const struct {
	struct str name;
	bool always;
	enum err (*read)(const struct json *v, const struct label_policy *p, struct label *l, struct errinfo *e);
} members[] = {
    {STR_INIT("policy"), true, read_policy},
    {STR_INIT("level"), true, read_level},
    {STR_INIT("circle"), true, read_circle_member},
    {STR_INIT("owner"), true, read_owner},
    {STR_INIT("compartments"), false, read_compartments},
    {STR_INIT("orcon"), false, read_orcon},
    {STR_INIT("tlp"), false, read_tlp},
    {STR_INIT("valid_until"), false, read_valid_until},
    {STR_INIT("delete_by"), false, read_delete_by},
};

enum err
label_json_read(const struct json *j, const struct label_policy *p, struct label *ret, struct errinfo *e)
{
	struct label l;
	size_t known = 0;
	if (!json_is(j, JSON_OBJECT))
		return err_set(e, ERR_INVALID, "a label is an object");
	label_bottom(&l, p->id);
	for (size_t i = 0; i < sizeof(members) / sizeof(*members); i++) {
		const struct json *v = json_get(j, members[i].name);
		if (!v && !members[i].always)
			continue;
		known++;
		enum err err = members[i].read(v, p, &l, e);
		if (err) {
			err_at(e, "label.%s", members[i].name.p);
			return err;
		}
	}
	if (known != json_count(j))
		return err_set(e, ERR_INVALID, "a label has %zu members that belong there and %zu that do not", known, json_count(j) - known);
	if (!label_ok(&l))
		return err_set(e, ERR_INVALID, "a label is private (policy all zero, level %d, circle and owner empty) or of its centre, not both",
		    LABEL_LEVEL_TOP);
	*ret = l;
	return OK;
}
