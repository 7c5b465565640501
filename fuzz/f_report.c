/* Reports: what is refused has a place in the text; what is taken becomes an object of the standard that reads back as the draft. */
#include <assert.h>
#include <stdlib.h>

#include "../test/unit/t_label_world.h"
#include "collect/report.h"
#include "stix/object.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
same_claims(const struct report_portion *p, const struct json *array)
{
	struct stix_claims it;
	struct stix_claim c;
	assert(json_count(array) == p->nclaims);
	stix_claims_init(&it, array);
	for (size_t i = 0; i < p->nclaims; i++) {
		const struct report_claim *d = &p->claims[i];
		bool more = stix_claims_next(&it, &c);
		assert(more && str_eq(c.what, d->what) && str_eq(c.where, d->where) && str_eq(c.who, d->who));
		assert(c.counted == (d->low >= 0 || d->best >= 0 || d->high >= 0));
		assert((d->low < 0 || c.low == d->low) && (d->best < 0 || c.best == d->best) && (d->high < 0 || c.high == d->high));
		assert((c.when.n > 0) == (d->when != TIME_NEVER) && c.low <= c.best && c.best <= c.high);
	}
}

static void
same(const struct report *r, struct str text, const struct json *j, const struct mark_view *anybody)
{
	struct stix_portions it;
	struct stix_portion p;
	struct stix_header h;
	struct stix_private priv;
	struct errinfo e;
	struct label back;
	bool ok = stix_header_read(j, &h), private = stix_private_read(j, &priv);
	assert(ok && str_eq(h.type, r->type) && str_eq(h.place, r->place) && str_eq(h.language, r->language) && str_eq(h.descriptor, r->descriptor));
	assert(str_eq(h.banner, r->banner) && (h.information_time.n > 0) == (r->information_time != TIME_NEVER));
	assert(h.grade.reliability == r->grade.reliability && h.grade.credibility == r->grade.credibility);
	assert(private && priv.by_portions && str_eq(priv.source, r->source) && json_count(priv.cites) == r->ncites);
	assert(stix_private_none(text, j, &e) != OK);
	ok = !mark_parse_banner(r->banner, anybody, &back, &e);
	assert(ok && label_eq(&back, &r->label));
	stix_portions_init(&it, j);
	for (size_t i = 0; i < r->nportions; i++) {
		const struct report_portion *d = &r->portions[i];
		ok = stix_portions_next(&it, &p);
		assert(ok && p.kind == d->kind && str_eq(p.mark, d->mark) && str_eq(p.text, d->text) && p.text.n);
		assert(p.grade.reliability == d->grade.reliability && p.grade.credibility == d->grade.credibility);
		assert(str_is(p.grade.scheme, "4x4") == (d->grade.scheme == GRADE_4X4));
		ok = !mark_parse_portion(p.mark, anybody, &back, &e);
		assert(ok && label_eq(&back, d->label) && label_keeps(&back, &r->label) && back.valid_until <= r->valid_until &&
		       back.delete_by <= r->delete_by);
		same_claims(d, p.claims);
	}
	assert(!stix_portions_next(&it, &p));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct arena a = ARENA_INIT(LIMIT_REPORT_ARENA), tree = ARENA_INIT(LIMIT_OBJECT_ARENA);
	struct str s = str_bytes(size ? (const void *)data : "", size);
	struct mark_view v = {&world, IRQ, 15}, anybody = {&world, -1, 0};
	struct report_stix as = {
	    STR("report--11111111-2222-4333-8444-555555555555"), STR("identity--11111111-2222-4333-8444-555555555557"), DAY(0), DAY(1)};
	struct report r = {.nportions = 77};
	struct errinfo e = {0};
	world_make();
	arena_reset(&a);
	arena_reset(&tree);
	enum err err = report_parse(&a, s, &v, &r, &e);
	if (err) {
		assert(e.code == err && e.msg[0] && r.nportions == 77 && err != ERR_NOMEM);
		assert(e.line >= 1 && e.col >= 1 && e.offset <= size);
		return 0;
	}
	struct buf b = BUF_INIT(LIMIT_OBJECT);
	const struct json *j;
	struct stix_info info;
	err = report_to_stix(&r, &as, &b, &e);
	assert(!err);
	err = json_parse(&tree, buf_str(&b), &j, &e);
	assert(!err);
	err = stix_check(buf_str(&b), j, &info, &e);
	assert(!err);
	same(&r, buf_str(&b), j, &anybody);
	buf_done(&b);
	return 0;
}
