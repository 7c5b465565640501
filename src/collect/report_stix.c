/* Draft to STIX: a `report` that other tools read as such, with our header and portions beside it. */
#include "collect/report.h"

#include <assert.h>

#include "base/limits.h"
#include "base/time.h"
#include "json/write.h"

static void
put_time(struct json_writer *w, struct str key, int64_t t)
{
	struct buf b = BUF_INIT(64);
	if (t == TIME_NEVER)
		return;
	time_put_ms(&b, t);
	json_put_member(w, key, buf_str(&b));
	if (!buf_ok(&b))
		w->b->bad = b.bad;
	buf_done(&b);
}

static void
put_filled(struct json_writer *w, struct str key, struct str value)
{
	if (value.n)
		json_put_member(w, key, value);
}

static void
put_grade(struct json_writer *w, const struct grade *g)
{
	char sign[2] = {g->reliability, g->credibility};
	if (g->scheme == GRADE_NONE)
		return;
	json_put_member(w, STR("scheme"), g->scheme == GRADE_4X4 ? STR("4x4") : STR("admiralty"));
	json_put_member(w, STR("grade"), str_bytes(sign, 2));
}

static void
open_extension(struct json_writer *w, enum stix_ext x)
{
	json_put_key(w, stix_ext_id(x));
	json_open_object(w);
	json_put_member(w, STR("extension_type"), STR("property-extension"));
}

static void
put_header(struct json_writer *w, const struct report *r, int64_t report_time)
{
	json_put_key(w, STR("header"));
	json_open_object(w);
	json_put_member(w, STR("type"), r->type);
	json_put_member(w, STR("subject"), r->portions[0].text);
	put_time(w, STR("information_time"), r->information_time);
	put_time(w, STR("report_time"), report_time);
	put_filled(w, STR("precedence"), report_precedence_name(r->precedence));
	put_filled(w, STR("place"), r->place);
	put_filled(w, STR("language"), r->language);
	if (r->descriptor.n) {
		json_put_key(w, STR("source"));
		json_open_object(w);
		json_put_member(w, STR("descriptor"), r->descriptor);
		json_close(w);
	}
	put_grade(w, &r->grade);
	json_close(w);
}

static void
put_claim(struct json_writer *w, const struct report_claim *c)
{
	json_open_object(w);
	put_filled(w, STR("who"), c->who);
	json_put_member(w, STR("what"), c->what);
	put_filled(w, STR("where"), c->where);
	put_time(w, STR("when"), c->when);
	if (c->low >= 0)
		json_put_member_int(w, STR("low"), c->low);
	if (c->best >= 0)
		json_put_member_int(w, STR("best"), c->best);
	if (c->high >= 0)
		json_put_member_int(w, STR("high"), c->high);
	json_close(w);
}

static void
put_portion(struct json_writer *w, const struct report_portion *p)
{
	json_open_object(w);
	json_put_member(w, STR("kind"), stix_portion_name(p->kind));
	json_put_member(w, STR("mark"), p->mark);
	put_grade(w, &p->grade);
	json_put_member(w, STR("text"), p->text);
	if (p->nclaims) {
		json_put_key(w, STR("claims"));
		json_open_array(w);
		for (size_t i = 0; i < p->nclaims; i++)
			put_claim(w, &p->claims[i]);
		json_close(w);
	}
	json_close(w);
}

static void
put_private(struct json_writer *w, const struct report *r)
{
	open_extension(w, STIX_EXT_PRIVATE);
	json_put_member(w, STR("marks"), STR("portions"));
	put_filled(w, STR("source"), r->source);
	if (r->ncites) {
		json_put_key(w, STR("cites"));
		json_open_array(w);
		for (size_t i = 0; i < r->ncites; i++)
			json_put_string(w, r->cites[i]);
		json_close(w);
	}
	json_close(w);
}

/* All portions but the title, each with its mark. */
static void
put_description(struct json_writer *w, const struct report *r)
{
	struct buf b = BUF_INIT(LIMIT_OBJECT);
	for (size_t i = 1; i < r->nportions; i++) {
		const struct report_portion *p = &r->portions[i];
		if (i > 1)
			buf_puts(&b, "\n\n");
		buf_put(&b, p->mark);
		buf_puts(&b, p->kind == STIX_PORTION_COMMENT ? " Comment: " : " ");
		buf_put(&b, p->text);
	}
	if (b.bad != ERR_LIMIT)
		json_put_member(w, STR("description"), buf_str(&b));
	buf_done(&b);
}

static void
put_report(struct buf *b, const struct report *r, const struct report_stix *s, bool description)
{
	struct json_writer w;
	int64_t report_time = r->report_time == TIME_NEVER ? s->modified : r->report_time;
	int confidence = grade_confidence(&r->grade);
	json_write_init(&w, b, 0);
	json_open_object(&w);
	json_put_member(&w, STR("type"), STR("report"));
	json_put_member(&w, STR("spec_version"), STR("2.1"));
	json_put_member(&w, STR("id"), s->id);
	json_put_member(&w, STR("created_by_ref"), s->identity);
	put_time(&w, STR("created"), s->created);
	put_time(&w, STR("modified"), s->modified);
	json_put_member(&w, STR("name"), r->portions[0].text);
	if (description)
		put_description(&w, r);
	put_time(&w, STR("published"), report_time);
	if (confidence >= 0)
		json_put_member_int(&w, STR("confidence"), confidence);
	put_filled(&w, STR("lang"), r->language);
	json_put_key(&w, STR("object_refs"));
	json_open_array(&w);
	json_put_string(&w, s->identity);
	json_close(&w);
	json_put_key(&w, STR("extensions"));
	json_open_object(&w);
	open_extension(&w, STIX_EXT_REPORT);
	put_header(&w, r, report_time);
	json_put_member(&w, STR("banner"), r->banner);
	json_put_key(&w, STR("portions"));
	json_open_array(&w);
	for (size_t i = 0; i < r->nportions; i++)
		put_portion(&w, &r->portions[i]);
	json_close(&w);
	json_close(&w);
	put_private(&w, r);
	json_close(&w);
	json_close(&w);
	json_write_done(&w);
}

enum err
report_to_stix(const struct report *r, const struct report_stix *s, struct buf *b, struct errinfo *e)
{
	assert(r->nportions > 1 && s->id.n && s->identity.n && s->created <= s->modified);
	struct buf own = BUF_INIT(LIMIT_OBJECT);
	struct str text;
	put_report(&own, r, s, true);
	if (own.bad == ERR_LIMIT) {
		buf_clear(&own);
		put_report(&own, r, s, false);
	}
	enum err err = buf_take(&own, &text, e);
	if (err == ERR_LIMIT) {
		err_set(e, ERR_LIMIT, "the report would be a STIX object of more than %d bytes", LIMIT_OBJECT);
		err_hint(e, "write several reports");
	}
	if (!err) {
		size_t before = b->n;
		buf_put(b, text);
		err = buf_take(b, &text, e);
		if (err)
			b->n = before;
	}
	buf_done(&own);
	return err;
}
