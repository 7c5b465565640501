/* An ACS marking to a label. Two tables say what may stand in it and who reads each; what is in neither is refused. What is decided together (who may
 * see it) is gathered first and decided at the end. */
#include <string.h>

#include "json/dom.h"
#include "label/acs.h"

struct reader {
	struct str text;
	const struct label_import *in;
	struct label l;
	uint64_t nations; /* of permitted_nationalities */
	uint64_t seeing;  /* to whom a privilege of seeing it is permitted */
	uint64_t barred;  /* to whom it is denied */
	bool has_nations, public, noforn;
	bool foreign;                  /* its originator is another than the member who reads */
	bool use_denied, share_denied; /* by default */
	const struct json *policy;
	struct errinfo *e;
};

static enum err
fault(struct reader *r, const struct json *j)
{
	json_place(r->text, j, r->e);
	return r->e->code;
}

#define FAULT(r, j, ...) (err_set((r)->e, ERR_INVALID, __VA_ARGS__), fault((r), (j)))

static enum err
hint_by_hand(struct reader *r, enum err err)
{
	err_hint(r->e, "have its originator mark it for members of this centre, or give the mark by hand");
	return err;
}

static struct str
word(const struct json *j)
{
	return json_is(j, JSON_STRING) ? str_sub(json_str(j), 0, 80) : STR_NONE;
}

static enum err
check_list(struct reader *r, const struct json *list)
{
	if (!json_is(list, JSON_ARRAY) || json_count(list) == 0 || json_count(list) > LIMIT_LABEL_VALUES)
		return FAULT(r, list, "%.*s: a list of strings is wanted", STR_FMT(str_sub(json_key_of(list), 0, 60)));
	JSON_EACH(one, list)
	if (!json_is(one, JSON_STRING))
		return FAULT(r, one, "%.*s: a list of strings is wanted", STR_FMT(str_sub(json_key_of(list), 0, 60)));
	return OK;
}

static bool
is_all(const struct json *list)
{
	return json_count(list) == 1 && str_is(json_str(json_at(list, 0)), "ALL");
}

static uint64_t
members(struct reader *r, const struct json *list)
{
	uint64_t set = 0;
	JSON_EACH(one, list)
	{
		int m = label_import_member(r->in, json_str(one));
		if (m >= 0)
			set |= UINT64_C(1) << m;
		else
			label_import_note(r->in, "permitted to %.*s, who is no member here", STR_FMT(word(one)));
	}
	return set;
}

/* control_set */

static enum err
read_classification(struct reader *r, const struct json *j)
{
	int rank = acs_level(r->in->policy, word(j));
	if (rank < 0)
		return FAULT(r, j, "classification \"%.*s\" is none of U, C, S, TS that this centre has a level for", STR_FMT(word(j)));
	r->l.level = (uint8_t)rank;
	return OK;
}

static enum err
read_compartments(struct reader *r, const struct json *j)
{
	enum err err = check_list(r, j);
	if (err)
		return err;
	JSON_EACH(one, j)
	if (label_import_compartment(r->in, &r->l, json_str(one), r->e))
		return fault(r, one);
	return OK;
}

static enum err
read_determination(struct reader *r, const struct json *j)
{
	static const char *const told[] = {"AIS", "NO-PII-PRESENT", "INFORMATION-DIRECTLY-RELATED-TO-CYBERSECURITY-THREAT"};
	enum err err = check_list(r, j);
	if (err)
		return err;
	JSON_EACH(one, j)
	{
		struct str s = json_str(one);
		bool known = false;
		if (str_is(s, "PUBREL"))
			known = r->public = true;
		if (str_is(s, "NF"))
			known = r->noforn = true;
		for (size_t i = 0; i < sizeof(told) / sizeof(*told); i++)
			if (str_is(s, told[i])) {
				label_import_note(r->in, "formal determination %s restricts nothing here", told[i]);
				known = true;
			}
		if (!known && label_import_compartment(r->in, &r->l, s, r->e))
			return fault(r, one);
	}
	return OK;
}

/* A list of some of the words restricts; one of all of them does not. */
static enum err
read_some(struct reader *r, const struct json *j, const char *const *all)
{
	enum err err = check_list(r, j);
	if (err)
		return err;
	for (; *all; all++) {
		bool there = is_all(j);
		JSON_EACH(one, j)
		there |= str_is(json_str(one), *all);
		if (!there)
			return hint_by_hand(
			    r, FAULT(r, j, "%.*s: it is for some kinds of people only, which no label here can say", STR_FMT(json_key_of(j))));
	}
	return OK;
}

static enum err
read_shareability(struct reader *r, const struct json *j)
{
	static const char *const all[] = {"NCC", "EM", "LE", "IC", NULL};
	return read_some(r, j, all);
}

static enum err
read_entity(struct reader *r, const struct json *j)
{
	static const char *const all[] = {"MIL", "GOV", "CTR", "SVR", "SVC", "DEV", "NET", NULL};
	return read_some(r, j, all);
}

static enum err
read_nationalities(struct reader *r, const struct json *j)
{
	enum err err = check_list(r, j);
	if (err)
		return err;
	r->nations = members(r, j);
	r->has_nations = true;
	return OK;
}

static enum err
read_organizations(struct reader *r, const struct json *j)
{
	return hint_by_hand(r, FAULT(r, j, "permitted_organizations: it is for some organizations only, which no label here can say"));
}

/* the extension */

static enum err
read_nothing(struct reader *r, const struct json *j)
{
	(void)r, (void)j;
	return OK;
}

static enum err
read_told(struct reader *r, const struct json *j)
{
	label_import_note(r->in, "%.*s changes nothing here", STR_FMT(json_key_of(j)));
	return OK;
}

static enum err
read_extension_type(struct reader *r, const struct json *j)
{
	return str_is(word(j), "property-extension") ? OK : FAULT(r, j, "extension_type: \"property-extension\" is wanted");
}

static enum err
read_created(struct reader *r, const struct json *j)
{
	int64_t t;
	return label_import_time(word(j), &t, r->e) ? fault(r, j) : OK;
}

static enum err
read_entity_name(struct reader *r, const struct json *j)
{
	struct str first, rest;
	str_cut(word(j), '.', &first, &rest);
	if (!first.n)
		return FAULT(r, j, "%.*s: an organization such as USA.DHS is wanted", STR_FMT(json_key_of(j)));
	int m = label_import_member(r->in, first);
	r->foreign = m != r->in->home;
	if (m >= 0)
		r->l.owners = UINT64_C(1) << m;
	else
		label_import_note(r->in, "%.*s: %.*s is no member here", STR_FMT(json_key_of(j)), STR_FMT(word(j)));
	return OK;
}

static bool
take_default(struct str *s, const char *key, bool *denied)
{
	struct str k = str_of(key);
	if (!str_starts(*s, k))
		return false;
	*s = str_sub(*s, k.n, s->n);
	bool deny = str_starts(*s, STR("deny"));
	if (!deny && !str_starts(*s, STR("permit")))
		return false;
	*s = str_sub(*s, deny ? 4 : 6, s->n);
	*denied |= deny;
	return true;
}

static enum err
read_policy(struct reader *r, const struct json *j)
{
	struct str one, rest = str_trim(json_is(j, JSON_STRING) ? json_str(j) : STR_NONE);
	r->policy = j;
	for (bool more = true; more;) {
		more = str_cut(rest, ' ', &one, &rest);
		if (!take_default(&one, "urn:isa:policy:acs:ns:v3.0?privdefault=", &r->use_denied) ||
		    !take_default(&one, "&sharedefault=", &r->share_denied) || one.n)
			return hint_by_hand(r, FAULT(r, j, "policy_reference: not the policy of ACS 3.0, which alone is known here"));
	}
	return OK;
}

static enum err
read_disposition(struct reader *r, const struct json *j)
{
	const struct json *date = json_get(j, STR("disposition_date"));
	int64_t t;
	if (!date)
		return FAULT(r, j, "resource_disposition needs its disposition_date");
	if (label_import_time(word(date), &t, r->e))
		return fault(r, date);
	if (t < r->l.delete_by)
		r->l.delete_by = t;
	return OK;
}

/* Whether a scope leaves out anybody by other things than nationality. */
static enum err
read_scope(struct reader *r, const struct json *scope, const struct json **ret_nations, bool *ret_partial)
{
	static const char *const names[] = {"permitted_nationalities", "permitted_organizations", "shareability", "entity"};
	enum err err = OK;
	*ret_nations = NULL;
	*ret_partial = false;
	if (!json_is(scope, JSON_OBJECT) || json_count(scope) == 0)
		return FAULT(r, scope, "privilege_scope: an object is wanted that says whom it is for");
	JSON_EACH(one, scope)
	{
		size_t i = 0;
		while (i < 4 && !str_is(json_key_of(one), names[i]))
			i++;
		if (i == 4)
			return FAULT(r, one, "privilege_scope.%.*s is not known", STR_FMT(str_sub(json_key_of(one), 0, 60)));
		if ((err = check_list(r, one)))
			return err;
		if (i == 0 && !is_all(one))
			*ret_nations = one;
		else if (!is_all(one))
			*ret_partial = true;
	}
	return OK;
}

/* A name that is no member's may be that of a group with members in it, so it cannot be passed over. */
static enum err
read_barred(struct reader *r, const struct json *nations)
{
	JSON_EACH(one, nations)
	{
		int m = label_import_member(r->in, json_str(one));
		if (m < 0)
			return hint_by_hand(
			    r, FAULT(r, one, "seeing it is denied to \"%.*s\", who is no member here: whom that leaves out is not known",
				   STR_FMT(word(one))));
		r->barred |= UINT64_C(1) << m;
	}
	return OK;
}

static bool
is_among(struct str s, const char *const *words)
{
	while (*words && !str_is(s, *words))
		words++;
	return *words != NULL;
}

static enum err
read_privilege(struct reader *r, const struct json *j)
{
	static const char *const seeing[] = {"DSPLY", "CISAUSES", "ALL", NULL};
	static const char *const using[] = {"IDSRC", "TENOT", "NETDEF", "LEGAL", "INTEL", "TEARLINE", "OPACTION", "REQUEST", "ANONYMOUSACCESS", NULL};
	struct str action = word(json_get(j, STR("privilege_action"))), effect = word(json_get(j, STR("rule_effect")));
	const struct json *scope = json_get(j, STR("privilege_scope")), *nations;
	bool sees = is_among(action, seeing), partial, deny = str_is(effect, "deny");
	enum err err;
	if (!action.n || !scope || json_count(j) != 3 || !(deny || str_is(effect, "permit")))
		return FAULT(r, j, "an access_privilege is privilege_action, privilege_scope and rule_effect (permit or deny)");
	if ((err = read_scope(r, scope, &nations, &partial)))
		return err;
	if (deny && !sees && !is_among(action, using))
		return hint_by_hand(r, FAULT(r, j, "it denies a use: privilege_action \"%.*s\" is not known", STR_FMT(action)));
	if (deny)
		r->l.orcon = true;
	if (!sees)
		return OK;
	if (!deny && !partial)
		r->seeing |= nations ? members(r, nations) : UINT64_MAX;
	/* whoever is denied in part is left out whole */
	if (deny && !nations)
		return hint_by_hand(r, FAULT(r, j, "it denies seeing it by something other than nationality, which no label here can say"));
	return deny ? read_barred(r, nations) : OK;
}

static enum err
read_privileges(struct reader *r, const struct json *j)
{
	enum err err = OK;
	if (!json_is(j, JSON_ARRAY) || json_count(j) > LIMIT_LABEL_VALUES)
		return FAULT(r, j, "access_privilege: a list is wanted");
	JSON_EACH(one, j)
	if ((err = read_privilege(r, one)))
		return err;
	return OK;
}

static enum err
read_sharing(struct reader *r, const struct json *j)
{
	if (!json_is(j, JSON_ARRAY) || json_count(j) > LIMIT_LABEL_VALUES)
		return FAULT(r, j, "further_sharing: a list is wanted");
	JSON_EACH(one, j)
	{
		struct str effect = word(json_get(one, STR("rule_effect")));
		if (!str_is(effect, "permit") && !str_is(effect, "deny"))
			return FAULT(r, one, "further_sharing: its rule_effect is permit or deny");
		r->share_denied |= str_is(effect, "deny");
	}
	return read_told(r, j);
}

static enum err read_control_set(struct reader *r, const struct json *j);

struct row {
	const char *name;
	bool always;
	enum err (*read)(struct reader *r, const struct json *j);
};

/* Custodian before originator: the latter is the owner where both are. */
static const struct row extension[] = {
    {"extension_type", true, read_extension_type},
    {"identifier", true, read_nothing},
    {"name", false, read_nothing},
    {"create_date_time", true, read_created},
    {"responsible_entity_custodian", true, read_entity_name},
    {"responsible_entity_originator", false, read_entity_name},
    {"authority_reference", false, read_nothing},
    {"policy_reference", true, read_policy},
    {"original_classification", false, read_nothing},
    {"derivative_classification", false, read_nothing},
    {"declassification", false, read_told},
    {"resource_disposition", false, read_disposition},
    {"public_release", false, read_told},
    {"access_privilege", false, read_privileges},
    {"further_sharing", false, read_sharing},
    {"control_set", true, read_control_set},
    {0},
};

static const struct row control_set[] = {
    {"classification", true, read_classification},
    {"sci_controls", false, read_compartments},
    {"logical_authority_category", false, read_compartments},
    {"formal_determination", false, read_determination},
    {"caveat", false, read_compartments},
    {"sensitivity", false, read_compartments},
    {"shareability", false, read_shareability},
    {"entity", false, read_entity},
    {"permitted_nationalities", false, read_nationalities},
    {"permitted_organizations", false, read_organizations},
    {0},
};

static enum err
read_rows(struct reader *r, const struct json *obj, const struct row *rows, const char *what)
{
	if (!json_is(obj, JSON_OBJECT))
		return FAULT(r, obj, "%s: an object is wanted", what);
	JSON_EACH(one, obj)
	{
		const struct row *row = rows;
		while (row->name && !str_is(json_key_of(one), row->name))
			row++;
		if (!row->name)
			return FAULT(r, one, "%s.%.*s: what it asks is not known", what, STR_FMT(str_sub(json_key_of(one), 0, 60)));
	}
	for (; rows->name; rows++) {
		const struct json *one = json_get(obj, str_of(rows->name));
		if (!one && rows->always)
			return FAULT(r, obj, "%s: %s is missing", what, rows->name);
		enum err err = one ? rows->read(r, one) : OK;
		if (err)
			return err;
	}
	return OK;
}

static enum err
read_control_set(struct reader *r, const struct json *j)
{
	return read_rows(r, j, control_set, "control_set");
}

/* Who may have it, when all was read. */
static enum err
decide(struct reader *r)
{
	uint64_t home = UINT64_C(1) << r->in->home;
	int usa = label_policy_member(r->in->policy, STR("usa"));
	if (!r->l.owners)
		r->l.owners = home;
	uint64_t both = home | r->l.owners;
	if (r->has_nations)
		r->l.circle = r->nations;
	else if (r->public)
		r->l.circle = r->in->all;
	else {
		r->l.circle = both;
		label_import_note(r->in, "no permitted_nationalities: for its originator and this home alone");
	}
	if (r->noforn)
		r->l.circle &= usa >= 0 ? UINT64_C(1) << usa : 0;
	if (r->share_denied && r->foreign && (r->l.circle & ~both)) {
		r->l.circle &= both;
		label_import_note(r->in, "its originator does not let others share it on");
	}
	if (r->use_denied) {
		r->l.orcon = true;
		if (!r->seeing)
			return hint_by_hand(r, FAULT(r, r->policy, "its policy denies every use, and no access_privilege lets anybody here see it"));
		r->l.circle &= r->seeing;
	}
	r->l.circle &= ~r->barred;
	return OK;
}

const struct json *
acs_find(const struct json *obj)
{
	struct str type;
	if (!json_get_str(obj, STR("type"), &type) || !str_is(type, "marking-definition"))
		return NULL;
	return json_get(json_get(obj, STR("extensions")), STR(ACS_EXTENSION));
}

enum err
acs_read(struct str text, const struct json *acs, const struct label_import *in, struct label *ret, struct errinfo *e)
{
	struct errinfo own = {0};
	struct reader r = {.text = text, .in = in, .e = e ? e : &own};
	label_bottom(&r.l, in->policy->id);
	enum err err = read_rows(&r, acs, extension, "ACS marking");
	if (!err)
		err = decide(&r);
	if (!err && in->notes && in->notes->bad == ERR_NOMEM)
		err = err_nomem(r.e);
	if (!err)
		*ret = r.l;
	return err;
}
