#include "share/tear.h"

#include <string.h>

#include "base/leak.h"
#include "json/write.h"
#include "label/mark.h"
#include "stix/marking.h"
#include "stix/object.h"

/* The centre's words and, besides, the compartments that the report's own label names: the charter names none. */
static const struct label_policy *
own_policy(const struct tear_from *from, struct arena *a)
{
	const struct label *l = from->whole;
	struct label_policy *p;
	if (!l->ncompartments || l->ncompartments == LABEL_OVERFULL)
		return from->policy;
	if (!(p = arena_alloc(a, sizeof *p)))
		return NULL;
	*p = *from->policy;
	for (size_t i = 0; i < l->ncompartments; i++)
		if (!label_policy_compartment(p, str_of(l->compartment[i])) && p->ncompartments < LIMIT_COMPARTMENTS_KNOWN)
			memcpy(p->compartment[p->ncompartments++], l->compartment[i], sizeof l->compartment[i]);
	return p;
}

static bool
keep(struct arena *a, struct buf *b, struct str *ret)
{
	bool ok = buf_ok(b) && arena_dup(a, buf_str(b), ret);
	buf_clear(b);
	return ok;
}

/* Whether no portion may go by less than the label of the whole: whoever wrote the marks into a report that came as STIX did not know what label it
 * would be given here. What was written here as text has no label but what its portions' marks make. */
static bool
is_held(const struct tear_from *from)
{
	struct stix_private own;
	return !stix_private_read(from->tree, &own) || !own.by_portions;
}

/* Whether a mark may go, and the label it bears there. held: under that of the whole. */
static enum label_why
judge(const struct tear_from *from, const struct mark_view *v, bool held, struct str mark, struct label *ret, struct buf *says)
{
	struct errinfo why;
	if (mark_parse_portion(mark, v, ret, &why)) {
		buf_printf(says, "its mark cannot be read: %s", why.msg);
		return LABEL_WHY_POLICY;
	}
	if (held)
		label_join(ret, from->whole, ret);
	if (from->whole->valid_until < ret->valid_until)
		ret->valid_until = from->whole->valid_until;
	if (from->whole->delete_by < ret->delete_by)
		ret->delete_by = from->whole->delete_by;
	enum label_why w = label_may_release(ret, from->circle, from->now);
	if (w == LABEL_MAY && !(ret->owners >> from->author & 1))
		w = LABEL_WHY_AUTHOR;
	if (w != LABEL_MAY)
		label_why_put(says, w, ret, from->circle, v->policy);
	ret->circle = from->circle; /* how far else it might go is nobody's business there */
	return w;
}

static uint32_t
count_portions(const struct json *tree)
{
	struct stix_portions it;
	struct stix_portion p;
	uint32_t n = 0;
	stix_portions_init(&it, tree);
	while (stix_portions_next(&it, &p))
		n++;
	return n;
}

/* First look at each: goes or not, and how it is marked there. number[i] becomes what paragraph i + 1 will be. */
static enum err
judge_all(const struct tear_from *from, const struct label_policy *policy, struct arena *a, struct tear *t, uint32_t *number,
    uint32_t *ret_paragraphs, struct errinfo *e)
{
	struct mark_view read = {policy, from->author, from->all}, write = {policy, -1, 0};
	struct stix_portions it;
	struct stix_portion p;
	struct buf b = BUF_INIT(8 * KIB);
	struct buf list = BUF_INIT(16 * KIB);
	uint32_t paragraphs = 0, kept = 0;
	const bool held = is_held(from);
	enum err err = OK;
	stix_portions_init(&it, from->tree);
	while (stix_portions_next(&it, &p) && !err) {
		struct release_portion *r = &t->portions[t->nportions++];
		struct label l;
		*r = (struct release_portion){.kind = p.kind, .index = p.index, .mark = p.mark, .text = p.text};
		r->why = judge(from, &read, held, p.mark, &l, &b);
		r->goes = r->why == LABEL_MAY;
		if (p.kind == STIX_PORTION_PARAGRAPH) {
			r->paragraph = r->goes ? ++kept : 0;
			number[paragraphs++] = r->paragraph;
		}
		if (LEAK(TEAR_LEVEL) && l.level > t->label.level)
			t->label.level = l.level;
		if (LEAK(TEAR_ORCON) && t->going)
			t->label.orcon |= l.orcon;
		for (size_t k = 0; LEAK(TEAR_COMPARTMENT) && t->going && k < l.ncompartments; k++)
			label_add_compartment(&t->label, str_of(l.compartment[k]));
		if (!r->goes) {
			err = keep(a, &b, &r->says) ? OK : err_nomem(e);
			continue;
		}
		if ((err = mark_put_portion(&b, &write, &l, e)) || !keep(a, &b, &r->mark))
			err = err ? err : err_nomem(e);
		if (t->going)
			label_join(&t->label, &l, &t->label);
		else
			t->label = l;
		buf_printf(&list, "%s%u", t->going ? "," : "", p.index);
		t->going++;
	}
	if (!err && !keep(a, &list, &t->indices))
		err = err_nomem(e);
	*ret_paragraphs = paragraphs;
	buf_done(&list);
	buf_done(&b);
	return err;
}

enum err
tear_judge(const struct tear_from *from, struct arena *a, struct tear *ret, struct errinfo *e)
{
	const struct label_policy *policy = own_policy(from, a);
	struct tear t = {0};
	struct stix_header header = {0};
	uint32_t n = count_portions(from->tree), paragraphs, *number = arena_array(a, n, sizeof *number), own = 0;
	struct buf b = BUF_INIT(2 * LIMIT_OBJECT);
	enum err err;
	t.portions = arena_array(a, n, sizeof *t.portions);
	if (!policy || !number || !t.portions)
		return err_nomem(e);
	if ((err = judge_all(from, policy, a, &t, number, &paragraphs, e)))
		goto out;
	stix_header_read(from->tree, &header);
	t.whole = t.going == t.nportions;
	t.name = header.type.n ? header.type : STR("REPORT");
	for (size_t i = 0; i < t.nportions && !err; i++) {
		struct release_portion *p = &t.portions[i];
		own += p->kind == STIX_PORTION_PARAGRAPH;
		if (!p->goes && !(LEAK(TEAR_TITLE) && p->kind == STIX_PORTION_TITLE))
			continue;
		p->dangling = tear_renumber(&b, p->text, number, paragraphs, p->kind == STIX_PORTION_PARAGRAPH ? own : 0);
		if (!keep(a, &b, &p->text))
			err = err_nomem(e);
		if (p->kind == STIX_PORTION_TITLE && !t.has_title) {
			t.has_title = true;
			t.name = p->text;
		}
	}
	if (!err && t.going) {
		struct mark_view write = {policy, -1, 0};
		t.label.owners = UINT64_C(1) << from->author;
		t.label.circle = from->circle;
		if (!(err = mark_put_banner(&b, &write, &t.label, e)) && !keep(a, &b, &t.banner))
			err = err_nomem(e);
	}
	if (!err)
		*ret = t;
out:
	buf_done(&b);
	return err;
}

/* Writing. */

static void
put_time(struct json_writer *w, struct str key, int64_t t)
{
	char space[40];
	struct buf b = {.p = space, .cap = sizeof space, .max = sizeof space};
	time_put_ms(&b, t);
	json_put_member(w, key, buf_str(&b));
}

static void
put_id(struct json_writer *w, struct stix_id id)
{
	char space[STIX_ID_MAX];
	struct buf b = {.p = space, .cap = sizeof space, .max = sizeof space};
	stix_id_put(&b, id);
	json_put_string(w, buf_str(&b));
}

static void
put_filled(struct json_writer *w, struct str key, struct str s)
{
	if (s.n)
		json_put_member(w, key, s);
}

static void
put_grade(struct json_writer *w, struct stix_grade g)
{
	char sign[2] = {g.reliability, g.credibility};
	if (!g.reliability)
		return;
	json_put_member(w, STR("scheme"), g.scheme);
	json_put_member(w, STR("grade"), str_bytes(sign, 2));
}

static void
put_claims(struct json_writer *w, const struct json *claims)
{
	static const struct str keys[] = {
	    STR_INIT("who"), STR_INIT("what"), STR_INIT("where"), STR_INIT("when"), STR_INIT("low"), STR_INIT("best"), STR_INIT("high")};
	json_put_key(w, STR("claims"));
	json_open_array(w);
	JSON_EACH(c, claims)
	{
		json_open_object(w);
		for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
			const struct json *v = json_get(c, keys[i]);
			if (v) {
				json_put_key(w, keys[i]);
				json_put_node(w, v);
			}
		}
		json_close(w);
	}
	json_close(w);
}

static void
put_portions(struct json_writer *w, const struct tear_from *from, const struct tear *t)
{
	struct stix_portions it;
	struct stix_portion p;
	json_put_key(w, STR("portions"));
	json_open_array(w);
	stix_portions_init(&it, from->tree);
	for (size_t i = 0; i < t->nportions && stix_portions_next(&it, &p); i++) {
		const struct release_portion *r = &t->portions[i];
		if (!r->goes)
			continue;
		json_open_object(w);
		json_put_member(w, STR("kind"), stix_portion_name(r->kind));
		json_put_member(w, STR("mark"), r->mark);
		put_grade(w, p.grade);
		json_put_member(w, STR("text"), r->text);
		if (json_count(p.claims))
			put_claims(w, p.claims);
		json_close(w);
	}
	json_close(w);
}

static void
put_header(struct json_writer *w, const struct tear_from *from, const struct stix_header *h, const struct tear *t, const struct tear_as *as)
{
	json_put_key(w, STR("header"));
	json_open_object(w);
	json_put_member(w, STR("type"), h->type.n ? h->type : STR("REPORT"));
	if (t->has_title)
		json_put_member(w, STR("subject"), t->name);
	put_filled(w, STR("information_time"), h->information_time);
	put_time(w, STR("report_time"), as->time);
	put_filled(w, STR("precedence"), h->precedence);
	if (t->whole)
		put_filled(w, STR("place"), h->place);
	put_filled(w, STR("language"), h->language);
	struct stix_private own;
	if (LEAK(TEAR_SOURCE) && stix_private_read(from->tree, &own))
		put_filled(w, STR("place"), own.source);
	if (h->descriptor.n) {
		json_put_key(w, STR("source"));
		json_open_object(w);
		json_put_member(w, STR("descriptor"), h->descriptor);
		json_close(w);
	}
	put_grade(w, h->grade);
	put_filled(w, STR("serial"), as->serial);
	json_close(w);
}

/* All that goes but the title, each with its mark: what tools without our extension show. */
static void
put_description(struct json_writer *w, const struct tear *t)
{
	struct buf b = BUF_INIT(LIMIT_OBJECT);
	for (size_t i = 0; i < t->nportions; i++) {
		const struct release_portion *p = &t->portions[i];
		if (!p->goes || p->kind == STIX_PORTION_TITLE)
			continue;
		buf_puts(&b, b.n ? "\n\n" : "");
		if (LEAK(TEAR_NUMBERS))
			buf_printf(&b, "%u. ", p->index);
		buf_put(&b, p->mark);
		buf_puts(&b, p->kind == STIX_PORTION_COMMENT ? " Comment: " : " ");
		buf_put(&b, p->text);
	}
	if (LEAK(TEAR_WITHHELD))
		buf_printf(&b, " (%zu portions)", t->nportions);
	if (b.bad == ERR_NOMEM || (b.n && buf_ok(&b)))
		json_put_member(w, STR("description"), buf_str(&b));
	buf_done(&b);
}

/* A report refers to something, by the standard: to who made it, if to nothing else. */
static void
put_refs(struct json_writer *w, const struct tear *t, const struct tear_as *as)
{
	json_put_key(w, STR("object_refs"));
	json_open_array(w);
	json_put_string(w, as->identity.n ? as->identity : stix_ext_id(STIX_EXT_REPORT));
	for (size_t i = 0; t->whole && i < as->nrefs; i++)
		put_id(w, as->refs[i]);
	json_close(w);
}

static void
put_report(struct buf *b, const struct tear_from *from, const struct tear *t, const struct tear_as *as, bool description)
{
	struct stix_header h = {0};
	struct json_writer w;
	struct stix_id tlp;
	stix_header_read(from->tree, &h);
	int confidence = stix_grade_confidence(h.grade);
	json_write_init(&w, b, 0);
	json_open_object(&w);
	json_put_member(&w, STR("type"), STR("report"));
	json_put_member(&w, STR("spec_version"), STR("2.1"));
	json_put_key(&w, STR("id"));
	put_id(&w, as->id);
	put_filled(&w, STR("created_by_ref"), as->identity);
	if (LEAK(TEAR_CREATED))
		json_put_member(&w, STR("created"), json_str(json_get(from->tree, STR("created"))));
	else
		put_time(&w, STR("created"), as->time);
	put_time(&w, STR("modified"), as->time);
	json_put_member(&w, STR("name"), t->name);
	if (description)
		put_description(&w, t);
	put_time(&w, STR("published"), as->time);
	struct stix_private own;
	if (LEAK(TEAR_CITES) && stix_private_read(from->tree, &own))
		confidence = (int)json_count(own.cites);
	if (confidence >= 0)
		json_put_member_int(&w, STR("confidence"), confidence);
	put_filled(&w, STR("lang"), h.language);
	put_refs(&w, t, as);
	if (stix_tlp_id((enum stix_tlp)t->label.tlp, 2, &tlp)) {
		json_put_key(&w, STR("object_marking_refs"));
		json_open_array(&w);
		put_id(&w, tlp);
		json_close(&w);
	}
	json_put_key(&w, STR("extensions"));
	json_open_object(&w);
	json_put_key(&w, stix_ext_id(STIX_EXT_REPORT));
	json_open_object(&w);
	json_put_member(&w, STR("extension_type"), STR("property-extension"));
	put_header(&w, from, &h, t, as);
	json_put_member(&w, STR("banner"), t->banner);
	put_portions(&w, from, t);
	json_close(&w);
	json_close(&w);
	json_close(&w);
	json_write_done(&w);
}

_Static_assert(
    (int)LABEL_TLP_AMBER_STRICT == (int)STIX_TLP_AMBER_STRICT && (int)LABEL_TLP_RED == (int)STIX_TLP_RED, "labels and STIX count TLP alike");

enum err
tear_write(const struct tear_from *from, const struct tear *t, const struct tear_as *as, struct arena *a, struct buf *b, struct errinfo *e)
{
	struct buf own = BUF_INIT(LIMIT_OBJECT);
	const struct json *tree;
	struct stix_info info;
	struct str text;
	enum err err;
	put_report(&own, from, t, as, true);
	if (own.bad == ERR_LIMIT) {
		buf_clear(&own);
		put_report(&own, from, t, as, false);
	}
	if (!(err = buf_take(&own, &text, e)) && !(err = json_parse(a, text, &tree, e)) && !(err = stix_check(text, tree, &info, e)) &&
	    !(err = stix_private_none(text, tree, e)))
		buf_put(b, text);
	if (err)
		err_at(e, "the tear-line");
	buf_done(&own);
	return err;
}
