/* What the tests of projection, release, recall, consent and dates have in common: objects in private logs, and homes that tell each other
 * everything. */
#ifndef T_MEANING_H
#define T_MEANING_H

#include "json/write.h"
#include "share/project.h"
#include "share/release.h"
#include "stix/comity.h"
#include "t_share.h"

#define ALL (M(IRN) | M(IRQ) | M(RUS) | M(SYR))

static inline struct stix_id
id_of(const char *text)
{
	struct stix_id id;
	CHECKF(stix_id_parse(str_of(text), &id), "%s", text);
	return id;
}

static inline const char *
identity_of(int member)
{
	static const char *const ids[] = {"identity--00000000-0000-4000-8000-000000000000", "identity--00000000-0000-4000-8000-000000000001",
	    "identity--00000000-0000-4000-8000-000000000002", "identity--00000000-0000-4000-8000-000000000003"};
	return ids[member];
}

static inline void
project(struct place *p)
{
	struct errinfo e = {0};
	CHECK_OK(share_project(p->s, NULL, NULL, &e));
}

static inline struct label
label_for(const struct place *p, uint64_t circle, uint8_t level)
{
	struct label l;
	label_own(&l, p->c->id.b, p->member, level);
	l.circle = circle;
	return l;
}

/* One object into a log of one's own, as it is. */
static inline void
put_labelled(struct place *p, uint64_t log_circle, const struct label *l, struct str object)
{
	struct errinfo e = {0};
	struct entry x = {.kind = ENTRY_OBJECTS, .position = STR("J2-3"), .label = *l};
	struct share_append a = {p->c, log_circle, &x, &object, 1};
	struct share_appended done;
	p->now += TIME_SECOND;
	CHECK_OK(record_begin(p->store, &e));
	CHECK_OK(share_append(p->s, &a, &done, &e));
	CHECK_OK(record_commit(p->store, &e));
	CHECK_OK(share_sign_all(p->s, &e));
	project(p);
}

/* Into the private log: it may go as far as circle. */
static inline void
put_private(struct place *p, uint64_t circle, struct str object)
{
	struct label l = label_for(p, circle, 2);
	put_labelled(p, M(p->member), &l, object);
}

/* A note: the shortest object that says something and refers to something. */
static inline struct str
note(struct buf *b, const char *id, const char *content, const char *ref, const char *modified)
{
	buf_clear(b);
	buf_printf(b,
	    "{\"type\":\"note\",\"spec_version\":\"2.1\",\"id\":\"%s\",\"created\":\"2015-09-01T00:00:00.000Z\",\"modified\":\"%s\",\"content\":\"%"
	    "s\",\"object_refs\":[\"%s\"]}",
	    id, modified, content, ref);
	return buf_str(b);
}

/* A place, as a thing without references. */
static inline struct str
spot(struct buf *b, const char *id, const char *name)
{
	buf_clear(b);
	buf_printf(b,
	    "{\"type\":\"location\",\"spec_version\":\"2.1\",\"id\":\"%s\",\"created\":\"2015-09-01T00:00:00.000Z\",\"modified\":\"2015-09-01T00:00:"
	    "00.000Z\",\"name\":\"%s\",\"country\":\"IQ\"}",
	    id, name);
	return buf_str(b);
}

struct said {
	const char *kind, *mark, *text;
};

/* A report of ours; here: with the word that it was written here. cites: ids, ends with NULL; may be NULL. */
static inline struct str
report_of(bool here, struct buf *b, const char *id, int author, const struct said *said, size_t n, const char *const *cites, const char *source)
{
	struct json_writer w;
	buf_clear(b);
	json_write_init(&w, b, 0);
	json_open_object(&w);
	json_put_member(&w, STR("type"), STR("report"));
	json_put_member(&w, STR("spec_version"), STR("2.1"));
	json_put_member(&w, STR("id"), str_of(id));
	json_put_member(&w, STR("created_by_ref"), str_of(identity_of(author)));
	json_put_member(&w, STR("created"), STR("2015-09-30T01:02:03.000Z"));
	json_put_member(&w, STR("modified"), STR("2015-09-30T04:05:06.000Z"));
	json_put_member(&w, STR("name"), str_of(said[0].text));
	json_put_member(&w, STR("published"), STR("2015-09-30T04:05:06.000Z"));
	json_put_key(&w, STR("object_refs"));
	json_open_array(&w);
	json_put_string(&w, str_of(identity_of(author)));
	json_close(&w);
	json_put_key(&w, STR("extensions"));
	json_open_object(&w);
	json_put_key(&w, stix_ext_id(STIX_EXT_REPORT));
	json_open_object(&w);
	json_put_member(&w, STR("extension_type"), STR("property-extension"));
	json_put_key(&w, STR("header"));
	json_open_object(&w);
	json_put_member(&w, STR("type"), STR("INTREP"));
	json_put_member(&w, STR("subject"), str_of(said[0].text));
	json_put_member(&w, STR("information_time"), STR("2015-09-29T00:00:00.000Z"));
	json_put_member(&w, STR("place"), STR("Zakho crossing"));
	json_put_member(&w, STR("scheme"), STR("admiralty"));
	json_put_member(&w, STR("grade"), STR("B2"));
	json_close(&w);
	json_put_member(&w, STR("banner"), STR("//IRQ SECRET//REL TO IRQ"));
	json_put_key(&w, STR("portions"));
	json_open_array(&w);
	for (size_t i = 0; i < n; i++) {
		json_open_object(&w);
		json_put_member(&w, STR("kind"), str_of(said[i].kind));
		json_put_member(&w, STR("mark"), str_of(said[i].mark));
		json_put_member(&w, STR("text"), str_of(said[i].text));
		json_close(&w);
	}
	json_close(&w);
	json_close(&w);
	if (here || cites || source) {
		json_put_key(&w, stix_ext_id(STIX_EXT_PRIVATE));
		json_open_object(&w);
		json_put_member(&w, STR("extension_type"), STR("property-extension"));
		if (here)
			json_put_member(&w, STR("marks"), STR("portions"));
		if (source)
			json_put_member(&w, STR("source"), str_of(source));
		if (cites) {
			json_put_key(&w, STR("cites"));
			json_open_array(&w);
			for (size_t i = 0; cites[i]; i++)
				json_put_string(&w, str_of(cites[i]));
			json_close(&w);
		}
		json_close(&w);
	}
	json_close(&w);
	json_close(&w);
	json_write_done(&w);
	CHECK(buf_ok(b));
	return buf_str(b);
}

/* As the home writes it of a text. */
static inline struct str
report(struct buf *b, const char *id, int author, const struct said *said, size_t n, const char *const *cites, const char *source)
{
	return report_of(true, b, id, author, said, n, cites, source);
}

/* to asks from for everything, and looks at it. */
static inline void
tell(struct place *from, struct place *to)
{
	struct fetch_report r;
	from->now = to->now = (from->now > to->now ? from->now : to->now) + TIME_SECOND;
	place_fetch(to, from, &r);
	CHECKF(!r.refused, "%s", r.last.msg);
	project(to);
}

static inline struct release_plan *
plan(struct place *p, uint64_t circle, const char *id, bool redact)
{
	struct release_want want = {.id = id_of(id)};
	struct release_options o = {.redact = redact, .position = STR("J2-3")};
	struct release_plan *ret;
	struct errinfo e = {0};
	p->now += TIME_SECOND;
	CHECK_OK(release_plan(p->s, p->c, circle, &want, 1, &o, &ret, &e));
	CHECK(ret->nitems == 1);
	return ret;
}

/* Planned, done, signed, in view; gives the id it went under. */
static inline struct stix_id
release(struct place *p, uint64_t circle, const char *id)
{
	struct release_plan *r = plan(p, circle, id, false);
	struct release_done done;
	struct errinfo e = {0};
	CHECKF(!r->refused, "%s: %.*s", id, STR_FMT(r->items[0].why));
	CHECK_OK(release_do(p->s, r, &done, &e));
	CHECK_OK(share_sign_all(p->s, &e));
	struct stix_id as = r->items[0].as;
	as.type = stix_type_name(stix_type_of(as.type));
	release_plan_free(r);
	project(p);
	return as;
}

/* What a home has in view. */

struct seen {
	struct view_row row;
	size_t n; /* rows of it, whatever their state */
	size_t live;
};

static inline enum err
seen_row(void *ctx, const struct view_row *row, struct errinfo *e)
{
	struct seen *s = ctx;
	(void)e;
	if (!s->n++ || row->state == VIEW_LIVE)
		s->row = *row;
	s->live += row->state == VIEW_LIVE;
	return OK;
}

static inline struct seen
see(struct place *p, struct stix_id id, uint64_t circle)
{
	struct view_filter f = {
	    .now = p->now, .circle = circle, .author = -1, .id = &id, .link = -1, .since = TIME_MIN, .gone = true, .limit = LIMIT_PAGE};
	struct seen s = {0};
	struct errinfo e = {0};
	CHECK_OK(view_find(p->store, &f, seen_row, &s, &e));
	return s;
}

static inline size_t
find_words(struct place *p, const char *words)
{
	struct view_filter f = {.now = p->now, .author = -1, .link = -1, .since = TIME_MIN, .words = str_of(words), .limit = LIMIT_PAGE};
	struct seen s = {0};
	struct errinfo e = {0};
	CHECK_OK(view_find(p->store, &f, seen_row, &s, &e));
	return s.n;
}

static inline enum err
count_event(void *ctx, const struct view_event *v, struct errinfo *e)
{
	struct view_event *last = ctx;
	(void)e;
	uint32_t n = last->n + 1;
	*last = *v;
	last->n = n;
	return OK;
}

/* How many events of a kind (in n), and the last. */
static inline struct view_event
events(struct place *p, enum view_event_kind kind, int author)
{
	struct view_event_filter f = {.kind = (int)kind, .author = author};
	struct view_event last = {0};
	struct errinfo e = {0};
	CHECK_OK(view_event_each(p->store, &f, count_event, &last, &e));
	return last;
}

static inline struct hash
digest(struct place *p)
{
	struct errinfo e = {0};
	struct hash h;
	CHECK_OK(view_digest(p->store, &h, &e));
	return h;
}

/* The view made anew is the view that grew. */
static inline void
check_rebuild(struct place *p)
{
	struct hash before = digest(p), after;
	struct errinfo e = {0};
	CHECK_OK(view_reset(p->store, &e));
	project(p);
	after = digest(p);
	CHECK(hash_eq(&before, &after));
}

#endif
