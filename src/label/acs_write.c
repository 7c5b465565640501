#include <string.h>

#include "base/time.h"
#include "json/write.h"
#include "label/acs.h"
#include "label/json.h"
#include "label/mark.h"
#include "stix/id.h"

static const struct {
	struct str code;
	const char *name;
} codes[] = ACS_CODES;

int
acs_level(const struct label_policy *p, struct str code)
{
	for (size_t c = 0; c < sizeof(codes) / sizeof(*codes); c++) {
		if (!str_eq(codes[c].code, code))
			continue;
		if (p->nlevels == 0)
			return c == 0 ? 0 : -1;
		for (size_t i = 0; i < p->nlevels; i++)
			if (str_is(code, p->level[i].words.portion))
				return p->level[i].rank;
		for (size_t i = 0; i < p->nlevels; i++)
			if (strcmp(codes[c].name, p->level[i].words.name) == 0)
				return p->level[i].rank;
	}
	return -1;
}

static enum err
check(const struct label_policy *p, const struct label *l, struct str *ret_code, struct errinfo *e)
{
	const char *what = NULL;
	enum err err = mark_check(p, l, e);
	if (err)
		return err;
	if (label_owner(l) < 0)
		what = "several owners: it names one originator";
	else if (l->tlp != LABEL_TLP_NONE)
		what = "TLP: that is a marking of its own, beside it in object_marking_refs";
	else if (l->valid_until != TIME_NEVER)
		what = "an end of validity";
	if (what) {
		err_set(e, ERR_INVALID, "an ACS marking cannot say %s", what);
		err_hint(e, "STANAG 4774 can: comity label ID --form stanag");
		return ERR_INVALID;
	}
	for (size_t c = 0; c < sizeof(codes) / sizeof(*codes); c++)
		if (acs_level(p, codes[c].code) == l->level) {
			*ret_code = codes[c].code;
			return OK;
		}
	err_set(e, ERR_INVALID, "level %s is none of the four that an ACS marking can say: U, C, S, TS", label_policy_level(p, l->level)->words.name);
	err_hint(e, "STANAG 4774 can: comity label ID --form stanag");
	return ERR_INVALID;
}

static void
put_list(struct json_writer *w, const char *key, const char *word)
{
	json_put_key(w, str_of(key));
	json_open_array(w);
	json_put_string(w, str_of(word));
	json_close(w);
}

static void
put_nationalities(struct json_writer *w, const struct label_policy *p, uint64_t set)
{
	uint8_t order[LIMIT_MEMBERS];
	size_t n = label_circle_order(p, set, order);
	json_put_key(w, STR("permitted_nationalities"));
	json_open_array(w);
	for (size_t i = 0; i < n; i++) {
		char space[POLICY_MEMBER];
		struct buf b = {.p = space, .cap = sizeof(space), .max = sizeof(space)};
		label_member_put(&b, p, order[i]);
		json_put_string(w, buf_str(&b));
	}
	json_close(w);
}

static void
put_entity(struct json_writer *w, const char *key, const struct label_policy *p, int member)
{
	char space[POLICY_MEMBER + 8];
	struct buf b = {.p = space, .cap = sizeof(space), .max = sizeof(space)};
	label_member_put(&b, p, member);
	buf_puts(&b, ".COMITY");
	json_put_member(w, str_of(key), buf_str(&b));
}

/* To look at it, and nothing else, is permitted. */
static void
put_looking(struct json_writer *w, const struct label_policy *p, const struct label *l)
{
	json_put_key(w, STR("access_privilege"));
	json_open_array(w);
	json_open_object(w);
	json_put_member(w, STR("privilege_action"), STR("DSPLY"));
	json_put_key(w, STR("privilege_scope"));
	json_open_object(w);
	put_nationalities(w, p, l->circle);
	put_list(w, "permitted_organizations", "ALL");
	put_list(w, "shareability", "ALL");
	put_list(w, "entity", "ALL");
	json_close(w);
	json_put_member(w, STR("rule_effect"), STR("permit"));
	json_close(w);
	json_close(w);
}

static void
put_control_set(struct json_writer *w, const struct label_policy *p, const struct label *l, struct str code)
{
	json_put_key(w, STR("control_set"));
	json_open_object(w);
	json_put_member(w, STR("classification"), code);
	if (l->ncompartments) {
		json_put_key(w, STR("sci_controls"));
		json_open_array(w);
		for (size_t i = 0; i < l->ncompartments; i++)
			json_put_string(w, str_of(l->compartment[i]));
		json_close(w);
	}
	put_nationalities(w, p, l->circle);
	json_close(w);
}

static void
put_moment(struct json_writer *w, const char *key, int64_t t)
{
	char space[40];
	struct buf b = {.p = space, .cap = sizeof(space), .max = sizeof(space)};
	if (t % 1000)
		time_put(&b, t);
	else
		time_put_ms(&b, t);
	json_put_member(w, str_of(key), buf_str(&b));
}

static void
put_extension(struct json_writer *w, const struct label_policy *p, const struct label *l, int64_t created, struct str code, struct str uuid)
{
	char space[64];
	struct buf id = {.p = space, .cap = sizeof(space), .max = sizeof(space)};
	buf_puts(&id, "comity:ACS3-");
	buf_put(&id, uuid);
	json_open_object(w);
	json_put_member(w, STR("extension_type"), STR("property-extension"));
	json_put_member(w, STR("identifier"), buf_str(&id));
	put_moment(w, "create_date_time", created);
	put_entity(w, "responsible_entity_custodian", p, label_owner(l));
	put_entity(w, "responsible_entity_originator", p, label_owner(l));
	json_put_member(w, STR("policy_reference"),
	    l->orcon ? STR("urn:isa:policy:acs:ns:v3.0?privdefault=deny&sharedefault=deny")
		     : STR("urn:isa:policy:acs:ns:v3.0?privdefault=permit&sharedefault=deny"));
	if (l->delete_by != TIME_NEVER) {
		json_put_key(w, STR("resource_disposition"));
		json_open_object(w);
		put_moment(w, "disposition_date", l->delete_by);
		json_put_member(w, STR("disposition_process"), STR("destroy"));
		json_close(w);
	}
	if (l->orcon)
		put_looking(w, p, l);
	put_control_set(w, p, l, code);
	json_close(w);
}

/* The id is a function of what it says, in a namespace of Comity's own, so that the same label given at one time is one object. */
static enum err
make_id(const struct label_policy *p, const struct label *l, int64_t created, struct stix_id *ret, struct errinfo *e)
{
	static const uint8_t space[16] = {0x5e, 0x0b, 0x6f, 0x0a, 0x9d, 0x6c, 0x4b, 0x7e, 0x8f, 0x51, 0x2c, 0x9a, 0x41, 0x0d, 0x73, 0xe2};
	struct buf b = BUF_INIT(LIMIT_ENTRY);
	struct str name;
	buf_put(&b, str_bytes(space, sizeof(space)));
	time_put(&b, created);
	enum err err = label_json_put(&b, p, l, e);
	if (!err && !(err = buf_take(&b, &name, e))) {
		ret->type = stix_type_name(STIX_MARKING_DEFINITION);
		stix_uuid5(name, ret->uuid);
	}
	buf_done(&b);
	return err;
}

enum err
acs_put(struct buf *b, const struct label_policy *p, const struct label *l, int64_t created, struct errinfo *e)
{
	char space[STIX_ID_MAX];
	struct buf id = {.p = space, .cap = sizeof(space), .max = sizeof(space)};
	struct json_writer w;
	struct stix_id made;
	struct str code;
	enum err err;
	if ((err = check(p, l, &code, e)) || (err = make_id(p, l, created, &made, e)))
		return err;
	stix_id_put(&id, made);
	struct str text = buf_str(&id);
	json_write_init(&w, b, 2);
	json_open_object(&w);
	json_put_member(&w, STR("type"), STR("marking-definition"));
	json_put_member(&w, STR("spec_version"), STR("2.1"));
	json_put_member(&w, STR("id"), text);
	json_put_key(&w, STR("created"));
	char when[40];
	struct buf t = {.p = when, .cap = sizeof(when), .max = sizeof(when)};
	time_put_ms(&t, created);
	json_put_string(&w, buf_str(&t));
	json_put_key(&w, STR("extensions"));
	json_open_object(&w);
	json_put_key(&w, STR(ACS_EXTENSION));
	put_extension(&w, p, l, created, code, str_sub(text, text.n - 36, text.n));
	json_close(&w);
	json_close(&w);
	json_write_done(&w);
	buf_putc(b, '\n');
	return OK;
}
