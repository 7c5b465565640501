/* view: what people query. Fails if an answer differs from that of a plain loop over the same objects; if anything that a viewer may not read changes
 * one byte of an answer; if a recalled word is left in the file; if the digest depends on the order of coming, or misses a change; if a search can
 * speak FTS5's own language. */
#include "store/sqlite/view_int.h"
#include "t_store.h"

enum { THINGS = 400, P = 1, ID_KINDS = 60 };

static const uint8_t policy[POLICY_ID] = {7}, other_policy[POLICY_ID] = {9};
static const char *const vocabulary[] = {"anbar", "convoy", "qaim", "bridge", "Ramadi", "\xd9\x85\xd9\x88\xd8\xb5\xd9\x84" /* mosul, Arabic */,
    "\xd0\xba\xd0\xbe\xd0\xbb\xd0\xbe\xd0\xbd\xd0\xbd\xd0\xb0" /* column, Russian */, "seven", "trucks", "night"};
enum { NWORDS = sizeof vocabulary / sizeof *vocabulary };
static const char *const types[] = {"report", "indicator", "sighting", "x-own-thing"};

/* An object as it is put, and as the model knows it. */
struct thing {
	bool secret, recalled;
	struct label label;
	uint64_t circle; /* of its log */
	int author, id;
	const char *type;
	int64_t at, modified;
	int word[6];
	int target; /* -1 = none */
	enum view_link link;
	struct view_key key; /* filled by put */
	char text[200];
};

static uint64_t rng;

static uint32_t
dice(uint32_t n)
{
	rng = rng * UINT64_C(6364136223846793005) + 1442695040888963407u;
	return (uint32_t)(rng >> 33) % n;
}

static struct stix_id
id_of(const char *type, int n)
{
	struct stix_id id = {.type = str_of(type)};
	memset(id.uuid, n & 0xff, 16);
	id.uuid[15] = (uint8_t)(n >> 8);
	return id;
}

/* A thing that the viewer of the tests may read, or not, by one reason. */
static void
make_label(struct thing *t)
{
	static const uint64_t circles[] = {0x3, 0x5, 0x1};
	t->circle = circles[dice(3)];
	label_own(&t->label, policy, 0, (uint8_t)dice(3));
	t->label.circle = t->circle;
	if (dice(3) == 0)
		label_add_compartment(&t->label, STR("ALPHA"));
	t->label.orcon = dice(5) == 0;
	if (dice(8) == 0)
		t->label.valid_until = 500;
	if (dice(8) == 0)
		t->label.delete_by = dice(2) ? 900 : 2000;
	if (!t->secret)
		return;
	switch (dice(5)) {
	case 0:
		t->label.level = 3;
		break;
	case 1:
		label_add_compartment(&t->label, STR("BRAVO"));
		break;
	case 2:
		t->label.circle = 0x9;
		break;
	case 3:
		memcpy(t->label.policy, other_policy, POLICY_ID);
		break;
	default:
		label_top(&t->label);
		t->label.valid_until = t->label.delete_by = TIME_NEVER;
	}
}

static void
make_thing(struct thing *t, bool secret, int64_t at)
{
	memset(t, 0, sizeof *t);
	t->secret = secret;
	make_label(t);
	t->author = secret ? 3 : (int)dice(3); /* logs of their own, so that the others' entries have the same places */
	t->id = (int)dice(ID_KINDS);
	t->type = types[dice(4)];
	t->at = at;
	t->modified = dice(4);
	t->target = dice(2) ? (int)dice(ID_KINDS) : -1;
	t->link = (enum view_link)dice(5);
	for (int i = 0; i < 6; i++) {
		t->word[i] = (int)dice(NWORDS);
		(void)snprintf(t->text + strlen(t->text), sizeof t->text - strlen(t->text), "%s ", vocabulary[t->word[i]]);
	}
	if (secret && dice(2))
		(void)snprintf(t->text + strlen(t->text), sizeof t->text - strlen(t->text), "ambush");
}

struct logs {
	struct record_log log[16][4]; /* by circle and author */
};

/* One entry in the record; its arrival. */
static uint64_t
arrive(struct home *h, struct logs *l, const struct thing *t, uint64_t *ret_idx, int64_t *ret_log)
{
	struct record_log *log = &l->log[t->circle][t->author];
	struct record_entry x = {STR("leaf"), 1, 1};
	uint64_t arrival;
	if (!log->no)
		home_log(h, t->circle, t->author, log);
	*ret_idx = log->edge.size;
	*ret_log = log->no;
	CHECK_OK(record_begin(h->store, &e));
	CHECK_OK(record_entry_put(h->store, log, &x, true, t->at, &e));
	CHECK_OK(record_arrive(h->store, log->no, *ret_idx, t->at, &arrival, &e));
	CHECK_OK(record_commit(h->store, &e));
	return arrival;
}

/* Puts a thing as it arrived, inside a transaction of the view. */
static void
put_at(struct home *h, struct thing *t, uint64_t arrival, uint64_t idx, int64_t log)
{
	struct str half[] = {str_sub(str_of(t->text), 0, 20), str_sub(str_of(t->text), 20, sizeof t->text)};
	struct str whole = str_of(t->text);
	bool parts = strlen(t->text) > 20 && t->text[19] == ' ';
	struct view_ref ref = {id_of("identity", t->target), t->link};
	struct view_claim claim = {STR("trucks"), str_of(vocabulary[t->word[0]]), t->at, 1, 2, 3, 4};
	struct view_object o = {.arrival = arrival,
	    .piece = 5,
	    .log = log,
	    .idx = idx,
	    .piece_no = 1,
	    .at = t->at,
	    .centre = P,
	    .author = t->author,
	    .label = &t->label,
	    .id = id_of(t->type, t->id),
	    .modified = t->modified,
	    .created = 1,
	    .serial = 2,
	    .text = parts ? half : &whole,
	    .ntext = parts ? 2 : 1,
	    .refs = &ref,
	    .nrefs = t->target >= 0,
	    .claims = &claim,
	    .nclaims = t->id % 7 == 0,
	    .grade = {GRADE_ADMIRALTY, 'B', '2'}};
	CHECK_OK(view_object_put(h->store, &o, &e));
	t->key = (struct view_key){P, t->circle, t->author, o.id, t->modified, idx, 0, 5};
	if (t->recalled) {
		struct view_row row;
		CHECK_OK(view_at(h->store, log, idx, 5, &row, &e));
		CHECK_OK(view_object_state(h->store, &row, VIEW_RECALLED, o.text, o.ntext, &e));
	}
}

static void
put_things(struct home *h, struct thing *things, size_t n, bool secrets)
{
	struct logs *l = calloc(1, sizeof *l);
	uint64_t arrival = 0;
	CHECK(l);
	for (size_t i = 0; i < n; i++) {
		uint64_t idx;
		int64_t log;
		if (things[i].secret && !secrets)
			continue;
		arrival = arrive(h, l, &things[i], &idx, &log);
		CHECK_OK(view_begin(h->store, &e));
		put_at(h, &things[i], arrival, idx, log);
		CHECK_OK(view_commit(h->store, arrival, &e));
	}
	free(l);
}

static const uint64_t viewer_circles[] = {0x1, 0x3, 0x5};
static const char viewer_compartments[][LIMIT_COMPARTMENT + 1] = {"ALPHA"};
static struct clearance clearance = {
    .policy = {7}, .level = 2, .circles = viewer_circles, .ncircles = 3, .compartments = viewer_compartments, .ncompartments = 1};
static const struct view_who viewer = {&clearance, 1};

static enum err
say_row(void *ctx, const struct view_row *r, struct errinfo *ei)
{
	struct buf *b = ctx;
	(void)ei;
	stix_id_put(b, r->key.id);
	buf_printf(b, " %d %llx %d %lld %llu %u %u at %lld %lld %d %c%c %llu %d label %d %d %llx %d %lld %lld %d\n", r->key.centre,
	    (unsigned long long)r->key.circle, r->key.author, (long long)r->key.modified, (unsigned long long)r->key.idx, r->key.epoch, r->key.piece,
	    (long long)r->at, (long long)r->created, r->revoked, r->grade.reliability, r->grade.credibility, (unsigned long long)r->serial, r->state,
	    r->label.level, r->label.orcon, (unsigned long long)r->label.circle, r->label.ncompartments, (long long)r->label.valid_until,
	    (long long)r->label.delete_by, r->label.tlp);
	return OK;
}

static enum err
say_word(void *ctx, struct str word, struct errinfo *ei)
{
	(void)ei;
	buf_put(ctx, word);
	buf_putc(ctx, ' ');
	return OK;
}

static enum err
say_claim(void *ctx, const struct view_row *r, const struct view_claim *c, struct errinfo *ei)
{
	buf_put(ctx, c->where);
	buf_printf(ctx, " %g ", c->best);
	return say_row(ctx, r, ei);
}

struct query {
	struct view_filter f;
	char words[80];
	struct stix_id id, target;
	int word, not ; /* what words asks, when it is that plain; -1 = nothing */
	bool plain;
};

static void
make_query(struct query *q)
{
	memset(q, 0, sizeof *q);
	q->word = q->not = -1;
	q->plain = true;
	q->f = (struct view_filter){.who = dice(4) ? &viewer : NULL, .now = 1000, .author = -1, .link = -1, .since = TIME_MIN, .limit = 1 + dice(30)};
	if (dice(4) == 0)
		q->f.centre = P;
	if (dice(4) == 0)
		q->f.circle = viewer_circles[dice(3)];
	if (dice(4) == 0)
		q->f.author = (int)dice(4);
	if (dice(4) == 0)
		q->f.type = str_of(types[dice(4)]);
	if (dice(6) == 0)
		q->f.type = STR("never-seen");
	if (dice(4) == 0)
		q->f.since = dice(100);
	q->f.gone = dice(4) == 0;
	if (dice(5) == 0) {
		q->id = id_of(types[dice(4)], (int)dice(ID_KINDS));
		q->f.id = &q->id;
	}
	if (dice(5) == 0) {
		q->target = id_of("identity", (int)dice(ID_KINDS));
		q->f.refers_to = &q->target;
		q->f.link = (int)dice(6) - 1;
	}
	switch (dice(8)) {
	case 0:
	case 1:
		q->word = (int)dice(NWORDS);
		(void)snprintf(q->words, sizeof q->words, "%s", vocabulary[q->word]);
		break;
	case 2:
		q->word = (int)dice(NWORDS), q->not = (int)dice(NWORDS);
		(void)snprintf(q->words, sizeof q->words, "%s -%s", vocabulary[q->word], vocabulary[q->not ]);
		break;
	case 3:
		(void)snprintf(q->words, sizeof q->words, "\"%s %s\"", vocabulary[dice(NWORDS)], vocabulary[dice(NWORDS)]);
		q->plain = false;
		break;
	case 4:
		(void)snprintf(
		    q->words, sizeof q->words, "%s", (const char *[]){"am*", "a*", "\"open", "- ", "AND", "ambush", "text:anbar", "*"}[dice(8)]);
		q->plain = false;
		break;
	default:
		break;
	}
	q->f.words = str_of(q->words);
}

static bool
has_word(const struct thing *t, int w)
{
	for (int i = 0; i < 6; i++)
		if (t->word[i] == w)
			return true;
	return false;
}

/* What a plain loop would say of one thing. */
static bool
model(const struct thing *t, const struct query *q)
{
	const struct view_filter *f = &q->f;
	bool private_kind = t->link == VIEW_LINK_CITES || t->link == VIEW_LINK_DERIVED || t->link == VIEW_LINK_GRADES;
	if (f->who && t->secret)
		return false;
	if (!f->gone && (t->recalled || t->label.valid_until <= f->now || t->label.delete_by <= f->now))
		return false;
	if ((f->circle && t->circle != f->circle) || (f->author >= 0 && t->author != f->author) || t->at <= f->since)
		return false;
	if ((f->type.n && !str_is(f->type, t->type)) || (f->id && !stix_id_eq(*f->id, t->key.id)))
		return false;
	if (f->refers_to &&
	    (t->target < 0 || !stix_id_eq(*f->refers_to, id_of("identity", t->target)) || (f->link < 0 ? private_kind : (int)t->link != f->link)))
		return false;
	if (q->word >= 0 && (t->recalled || !has_word(t, q->word) || (q->not >= 0 && has_word(t, q->not ))))
		return false;
	return true;
}

struct collect {
	struct view_key key[THINGS * 2];
	size_t n;
};

static enum err
collect(void *ctx, const struct view_row *r, struct errinfo *ei)
{
	struct collect *c = ctx;
	(void)ei;
	CHECK(c->n < THINGS * 2);
	c->key[c->n++] = r->key;
	return OK;
}

static bool
key_eq(const struct view_key *a, const struct view_key *b)
{
	return a->centre == b->centre && a->circle == b->circle && a->author == b->author && stix_id_eq(a->id, b->id) && a->modified == b->modified &&
	       a->idx == b->idx && a->epoch == b->epoch && a->piece == b->piece;
}

static struct thing things[THINGS];

static void
make_things(uint64_t seed, bool secrets, bool recalls)
{
	rng = seed;
	for (size_t i = 0; i < THINGS; i++) {
		make_thing(&things[i], secrets && dice(3) == 0, (int64_t)(i / 4) - (dice(20) == 0 ? 30 : 0)); /* the clock goes back now and then */
		things[i].recalled = recalls && dice(8) == 0;
	}
}

TEST(answers_are_those_of_a_plain_loop)
{
	struct home h;
	static struct collect got;
	size_t rows = 0;
	home_new(&h);
	make_things(11, true, true);
	put_things(&h, things, THINGS, true);
	for (int round = 0; round < 1500; round++) {
		struct query q;
		uint64_t count;
		make_query(&q);
		if (!q.plain)
			continue;
		got.n = 0;
		/* page after page, each continued from the last row */
		for (size_t before = 1; before != got.n;) {
			struct view_key last;
			before = got.n;
			if (got.n) {
				last = got.key[got.n - 1];
				q.f.after = &last;
			}
			CHECK_OK(view_find(h.store, &q.f, collect, &got, &e));
			CHECK(got.n - before <= q.f.limit);
		}
		q.f.after = NULL;
		CHECK_OK(view_count(h.store, &q.f, UINT64_MAX, &count, &e));
		size_t k = 0;
		for (size_t i = THINGS; i-- > 0;)
			if (model(&things[i], &q)) {
				CHECKF(k < got.n && key_eq(&got.key[k], &things[i].key), "round %d: row %zu of %zu (words %s) is not thing %zu",
				    round, k, got.n, q.words, i);
				k++;
			}
		CHECKF(k == got.n && count == k, "round %d: %zu rows, count %llu, wanted %zu (words %s)", round, got.n, (unsigned long long)count, k,
		    q.words);
		rows += k;
	}
	CHECK(rows > 5000);
	CHECK_OK(store_check(h.store, &e));
	home_free(&h);
}

/* Everything the viewer can ask, as text. */
static void
transcript(struct home *h, uint64_t seed, struct buf *b)
{
	rng = seed;
	for (int round = 0; round < 1000; round++) {
		struct query q;
		uint64_t n = 0;
		make_query(&q);
		q.f.who = &viewer;
		if (dice(4) == 0)
			q.f.after = &things[dice(THINGS)].key;
		memset(&e, 0, sizeof e);
		enum err err = view_find(h->store, &q.f, say_row, b, &e);
		buf_printf(b, "%s %s\n", err_name(err), err ? e.msg : "");
		memset(&e, 0, sizeof e);
		err = view_count(h->store, &q.f, dice(2) ? 7 : UINT64_MAX, &n, &e);
		buf_printf(b, "%s %s %llu\n", err_name(err), err ? e.msg : "", (unsigned long long)n);
		static const char *const begins[] = {"", "a", "am", "Q", "\xd0\xba", "a b"};
		CHECK_OK(view_suggest(h->store, &viewer, 1000, str_of(begins[dice(6)]), dice(12), say_word, b, &e));
		CHECK_OK(
		    view_claim_each(h->store, &viewer, 1000, STR("trucks"), dice(2) ? str_of(vocabulary[dice(NWORDS)]) : STR_NONE, say_claim, b, &e));
		buf_putc(b, '\n');
	}
}

TEST(what_a_viewer_may_not_read_changes_nothing)
{
	for (uint64_t seed = 21; seed < 24; seed++) {
		struct home with, without;
		struct buf a = BUF_INIT(64 * MIB), b = BUF_INIT(64 * MIB);
		home_new(&with);
		home_new(&without);
		make_things(seed, true, true);
		put_things(&without, things, THINGS, false);
		put_things(&with, things, THINGS, true);
		transcript(&with, seed, &a);
		transcript(&without, seed, &b);
		CHECK(buf_ok(&a) && a.n > 200000);
		size_t at = 0;
		while (at < a.n && at < b.n && a.p[at] == b.p[at])
			at++;
		CHECKF(a.n == b.n && at == a.n, "seed %d: they differ at %zu: %.*s | %.*s", (int)seed, at,
		    STR_FMT(str_sub(buf_str(&a), at, at + 100)), STR_FMT(str_sub(buf_str(&b), at, at + 100)));
		CHECK(str_find(buf_str(&a), STR("ambush")) < 0);
		buf_done(&a);
		buf_done(&b);
		home_free(&with);
		home_free(&without);
	}
}

/* One object of its own with this text and label; its row. */
static void
put_text(struct home *h, struct record_log *log, const struct label *label, const char *text, int n, struct view_row *ret)
{
	struct record_entry x = {STR("leaf"), 1, 1};
	struct str part = str_of(text);
	uint64_t arrival, idx = log->edge.size;
	CHECK_OK(record_begin(h->store, &e));
	CHECK_OK(record_entry_put(h->store, log, &x, true, n, &e));
	CHECK_OK(record_arrive(h->store, log->no, idx, n, &arrival, &e));
	CHECK_OK(record_commit(h->store, &e));
	struct view_object o = {.arrival = arrival,
	    .log = log->no,
	    .idx = idx,
	    .piece_no = 1,
	    .at = n,
	    .centre = P,
	    .author = log->author,
	    .label = label,
	    .id = id_of("report", n),
	    .text = &part,
	    .ntext = 1};
	CHECK_OK(view_begin(h->store, &e));
	CHECK_OK(view_object_put(h->store, &o, &e));
	CHECK_OK(view_commit(h->store, arrival, &e));
	CHECK_OK(view_at(h->store, log->no, idx, 0, ret, &e));
}

static uint64_t
count_words(struct home *h, const char *words)
{
	uint64_t n;
	struct view_filter f = {.author = -1, .link = -1, .words = str_of(words), .since = TIME_MIN, .now = 1000};
	CHECK_OK(view_count(h->store, &f, UINT64_MAX, &n, &e));
	return n;
}

TEST(searches_say_what_they_mean)
{
	struct home h;
	struct record_log log;
	struct label label;
	struct view_row row;
	home_new(&h);
	home_log(&h, 0x3, 0, &log);
	label_own(&label, policy, 0, 1);
	put_text(&h, &log, &label, "Convoy of seven trucks near Al-Qa'im, by night", 1, &row);
	put_text(&h, &log, &label,
	    "\xd9\x82\xd8\xa7\xd9\x81\xd9\x84\xd8\xa9 \xd9\x82\xd8\xb1\xd8\xa8 \xd8\xa7\xd9\x84\xd9\x82\xd8\xa7\xd8\xa6\xd9\x85", 2,
	    &row); /* "a convoy near al-Qa'im" */
	put_text(&h, &log, &label,
	    "\xd0\x9a\xd0\xbe\xd0\xbb\xd0\xbe\xd0\xbd\xd0\xbd\xd0\xb0 \xd1\x83 \xd0\x90\xd0\xbb\xd1\x8c-\xd0\x9a\xd0\xb0\xd0\xb8\xd0\xbc", 3,
	    &row); /* "column at Al-Kaim" */
	static const struct {
		const char *words;
		uint64_t found;
	} cases[] = {
	    {"convoy", 1},
	    {"CONVOY trucks", 1},
	    {"convoy tanks", 0},
	    {"\"seven trucks\"", 1},
	    {"\"trucks seven\"", 0},
	    {"trucks seven", 1},
	    {"Al-Qa'im", 1},
	    {"conv*", 1},
	    {"conv", 0},
	    {"\"seven tru\"*", 1},
	    {"trucks -night", 0},
	    {"trucks -tanks", 1},
	    {"trucks -\"night by\"", 1},
	    {"trucks -\"by night\"", 0},
	    {"trucks -tanks -nig*", 0},
	    {"\xd9\x82\xd8\xa7\xd9\x81\xd9\x84\xd9\x87", 1},                                      /* heh for teh marbuta */
	    {"\"\xd9\x82\xd8\xb1\xd8\xa8 \xd8\xa7\xd9\x84\xd9\x82\xd8\xa7\xd8\xa6\xd9\x85\"", 1}, /* an Arabic phrase */
	    {"\"\xd0\xba\xd0\xbe\xd0\xbb\xd0\xbe\xd0\xbd\xd0\xbd\xd0\xb0 \xd1\x83\"", 1},         /* a Russian one, in small letters */
	    {"\xd0\xba\xd0\xbe\xd0\xbb\xd0\xbe*", 1},
	    /* FTS5's own language is just words */
	    {"convoy OR tanks", 0},
	    {"text:convoy", 0},
	    {"NEAR(convoy trucks)", 0},
	    {"near(seven", 0},
	    {"convoy ^of", 1},
	    {"convoy + of", 1},
	    {"{text}:convoy", 0},
	    {"con'voy", 0},
	    {"convoy;", 1},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		CHECKF(count_words(&h, cases[i].words) == cases[i].found, "%s: %llu found", cases[i].words,
		    (unsigned long long)count_words(&h, cases[i].words));
	static const char *const bad[] = {"-convoy", "\"convoy", "convoy -", "convoy *", " ", "---", "\"\"*", "''", "-\"a b\""};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		uint64_t n;
		struct view_filter f = {.author = -1, .link = -1, .words = str_of(bad[i]), .since = TIME_MIN};
		CHECKF(view_count(h.store, &f, 10, &n, &e) == ERR_SYNTAX && e.msg[0], "%s", bad[i]);
	}
	char much[LIMIT_QUERY + 2];
	memset(much, 'a', sizeof much);
	uint64_t n;
	struct view_filter f = {.author = -1, .link = -1, .words = {much, sizeof much}, .since = TIME_MIN};
	CHECK_ERR(view_count(h.store, &f, 10, &n, &e), ERR_LIMIT);
	for (size_t i = 1; i < sizeof much; i += 2)
		much[i] = ' ';
	f.words.n = 2 * LIMIT_QUERY_TERMS;
	CHECK_OK(view_count(h.store, &f, 10, &n, &e));
	f.words.n += 2;
	CHECK_ERR(view_count(h.store, &f, 10, &n, &e), ERR_LIMIT);
	home_free(&h);
}

TEST(a_recalled_word_is_in_no_file)
{
	struct home h;
	struct record_log log;
	struct label label;
	struct view_row row, other;
	home_new(&h);
	home_log(&h, 0x3, 0, &log);
	label_own(&label, policy, 0, 1);
	for (int i = 0; i < 30; i++)
		put_text(&h, &log, &label, "the usual words of every day", 100 + i, &other);
	struct str text = STR("zanzibarquux comes at dawn");
	put_text(&h, &log, &label, text.p, 1, &row);
	for (int i = 0; i < 30; i++)
		put_text(&h, &log, &label, "the usual words of every day", 200 + i, &other);
	CHECK(count_words(&h, "zanzibarquux") == 1);
	CHECK_OK(store_settle(h.store, &e));
	CHECK(home_holds(&h, "view.db", "zanzibarquux")); /* or this test would see nothing */
	CHECK_OK(view_begin(h.store, &e));
	CHECK_OK(view_object_state(h.store, &row, VIEW_RECALLED, &text, 1, &e));
	CHECK_OK(view_object_state(h.store, &row, VIEW_WITHDRAWN, &text, 1, &e)); /* words go once */
	CHECK_OK(view_commit(h.store, 61, &e));
	CHECK_OK(view_purge(h.store, &e));
	CHECK(count_words(&h, "zanzibarquux") == 0 && count_words(&h, "dawn") == 0 && count_words(&h, "usual") == 60);
	CHECK_OK(store_settle(h.store, &e));
	CHECK(!home_holds(&h, "view.db", "zanzibarquux") && !home_holds(&h, "view.db-wal", "zanzibarquux"));
	CHECK_OK(view_at(h.store, row.log, row.key.idx, 0, &other, &e));
	CHECK(other.state == VIEW_WITHDRAWN);
	CHECK_OK(store_check(h.store, &e));
	/* and back */
	CHECK_OK(view_begin(h.store, &e));
	CHECK_OK(view_object_state(h.store, &row, VIEW_LIVE, &text, 1, &e));
	CHECK_OK(view_commit(h.store, 61, &e));
	CHECK(count_words(&h, "zanzibarquux") == 1);
	CHECK_OK(store_check(h.store, &e));
	home_free(&h);
}

TEST(the_digest_knows_every_change_and_no_order)
{
	struct home h;
	struct hash first, again, changed;
	struct logs *l = calloc(1, sizeof *l);
	static uint64_t idx[THINGS];
	static int64_t log[THINGS];
	home_new(&h);
	make_things(31, true, true);
	CHECK_OK(view_begin(h.store, &e));
	for (size_t i = 0; i < THINGS; i++) {
		CHECK(arrive(&h, l, &things[i], &idx[i], &log[i]) == i + 1);
		put_at(&h, &things[i], i + 1, idx[i], log[i]);
	}
	struct view_event v = {.arrival = 3,
	    .at = 4,
	    .log = 1,
	    .kind = VIEW_RECALL,
	    .centre = P,
	    .author = 1,
	    .circle = 3,
	    .id = id_of("x-other-kind", 3),
	    .value = VIEW_RECALLED};
	CHECK_OK(view_event_put(h.store, &v, &e));
	CHECK_OK(view_commit(h.store, THINGS, &e));
	CHECK_OK(view_digest(h.store, &first, &e));
	home_reopen(&h);
	CHECK_OK(view_digest(h.store, &again, &e));
	CHECK(hash_eq(&first, &again));
	/* made anew from the end to the beginning, in small transactions: other numbers of classes and types, other segments */
	CHECK_OK(view_reset(h.store, &e));
	CHECK_OK(view_begin(h.store, &e));
	CHECK_OK(view_event_put(h.store, &v, &e));
	for (size_t i = THINGS; i-- > 0;) {
		put_at(&h, &things[i], i + 1, idx[i], log[i]);
		if (i % 50 == 0 && i) {
			CHECK_OK(view_commit(h.store, THINGS, &e));
			CHECK_OK(view_begin(h.store, &e));
		}
	}
	CHECK_OK(view_commit(h.store, THINGS, &e));
	CHECK_OK(view_digest(h.store, &again, &e));
	CHECK(hash_eq(&first, &again));
	static const char *const changes[] = {
	    "UPDATE object SET state=4 WHERE rowid=(SELECT max(rowid) FROM object)",
	    "UPDATE object SET delete_by=NULL WHERE rowid=(SELECT rowid FROM object WHERE delete_by=2000 LIMIT 1)",
	    "DELETE FROM ref WHERE target=(SELECT min(target) FROM ref)",
	    "UPDATE claim SET best=9 WHERE n=0",
	    "UPDATE event SET value=3",
	    "UPDATE place SET position=7",
	    "UPDATE type SET name='x-forged' WHERE no=1",
	    "UPDATE moment SET top=top+1 WHERE arrival=5",
	    "INSERT INTO words_2(rowid, text) VALUES(1, 'anbar')",
	};
	for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
		CHECK_OK(view_begin(h.store, &e));
		CHECKF(sqlite3_exec(h.store->view.h, changes[i], NULL, NULL, NULL) == SQLITE_OK && sqlite3_total_changes(h.store->view.h) > 0,
		    "%s: %s", changes[i], sqlite3_errmsg(h.store->view.h));
		store_view_forget(h.store);
		CHECK_OK(view_digest(h.store, &changed, &e));
		CHECKF(!hash_eq(&first, &changed), "%s", changes[i]);
		view_rollback(h.store);
		CHECK_OK(view_digest(h.store, &changed, &e));
		CHECK(hash_eq(&first, &changed));
	}
	free(l);
	home_free(&h);
}

static enum err
say_due(void *ctx, const struct view_row *r, struct errinfo *ei)
{
	(void)ei;
	buf_printf(ctx, "%d ", r->key.id.uuid[0]);
	return OK;
}

TEST(words_are_suggested_out_of_rows_in_view)
{
	struct home h;
	struct record_log log;
	struct label label;
	struct view_row row;
	struct buf b = BUF_INIT(1000);
	home_new(&h);
	home_log(&h, 0x3, 0, &log);
	label_own(&label, policy, 0, 1);
	put_text(&h, &log, &label, "anbar Anbari ANBAR anb", 1, &row);
	label.delete_by = 900;
	put_text(&h, &log, &label, "anbarlate anbari", 2, &row);
	label_own(&label, policy, 0, 3);
	label.circle = 0x3;
	put_text(&h, &log, &label, "anbarhigh anbar", 3, &row);
	label_own(&label, policy, 0, 2);
	label.circle = 0x3;
	put_text(&h, &log, &label, "anbarmiddle anba", 4, &row);
	CHECK_OK(view_suggest(h.store, &viewer, 1000, STR("ANBA"), 10, say_word, &b, &e));
	CHECK_STR(buf_str(&b), STR("anba anbar anbari anbarmiddle "));
	buf_clear(&b);
	CHECK_OK(view_suggest(h.store, &viewer, 800, STR("anbar"), 3, say_word, &b, &e));
	CHECK_STR(buf_str(&b), STR("anbar anbari anbarlate "));
	buf_clear(&b);
	CHECK_OK(view_suggest(h.store, NULL, 1000, STR("anbarh"), 3, say_word, &b, &e));
	CHECK_STR(buf_str(&b), STR("anbarhigh "));
	buf_done(&b);
	home_free(&h);
}

TEST(dates_come_earliest_first_and_once)
{
	struct home h;
	struct record_log log;
	struct label label;
	struct view_row row;
	struct buf b = BUF_INIT(1000);
	static const int64_t dates[][2] = {
	    {50, 60}, {TIME_NEVER, 20}, {30, TIME_NEVER}, {10, 40}, {25, 25}, {TIME_NEVER, TIME_NEVER}, {70, 15}, {100, 30}};
	home_new(&h);
	home_log(&h, 0x3, 0, &log);
	for (int i = 0; i < 8; i++) {
		label_own(&label, policy, 0, 1);
		label.valid_until = dates[i][0];
		label.delete_by = dates[i][1];
		put_text(&h, &log, &label, "x", i + 1, &row);
		CHECK(label_eq(&row.label, &label));
	}
	CHECK_OK(view_due_each(h.store, 20, 100, say_due, &b, &e));
	/* 2 at 20, 5 at 25, 3 and 8 at 30, 4 at 40 (its other date is before), 1 at 50, 7 at 70 */
	CHECK_STR(buf_str(&b), STR("2 5 3 8 4 1 7 "));
	buf_done(&b);
	home_free(&h);
}

/* One object by an author of circle 0xff, with a label of its own: the set bits of n are its compartments. Whether there was room for it. */
static bool
fits(struct home *h, struct record_log *log, int author, unsigned n)
{
	struct label label;
	struct record_entry x = {STR("leaf"), 1, 1};
	uint64_t arrival, idx = log->edge.size;
	label_own(&label, policy, author, 1);
	for (unsigned k = 0; k < 9; k++)
		if (n >> k & 1) {
			char name[3] = {'K', (char)('0' + k)};
			label_add_compartment(&label, str_of(name));
		}
	CHECK_OK(record_begin(h->store, &e));
	CHECK_OK(record_entry_put(h->store, log, &x, true, 1, &e));
	CHECK_OK(record_arrive(h->store, log->no, idx, 1, &arrival, &e));
	CHECK_OK(record_commit(h->store, &e));
	struct view_object o = {.arrival = arrival,
	    .log = log->no,
	    .idx = idx,
	    .piece_no = 1,
	    .at = 1,
	    .centre = P,
	    .author = author,
	    .label = &label,
	    .id = id_of("report", 1)};
	CHECK_OK(view_begin(h->store, &e));
	enum err err = view_object_put(h->store, &o, &e);
	CHECK(!err || err == ERR_LIMIT);
	CHECK_OK(view_commit(h->store, arrival, &e));
	return !err;
}

/* Fails if authors who use up what is there for all of them leave nothing for one who comes later. */
TEST(many_authors_leave_each_other_something)
{
	enum { MANY = 7 };
	struct home h;
	struct record_log log[MANY + 1];
	unsigned got[MANY + 1] = {0}, all = 0;
	home_new(&h);
	for (int i = 0; i <= MANY; i++)
		home_log(&h, 0xff, i, &log[i]);
	for (int i = 0; i < MANY; i++) {
		for (unsigned n = 0; n < LIMIT_CLASSES_PER_AUTHOR + 4; n++)
			got[i] += fits(&h, &log[i], i, n);
		CHECK(got[i] >= LIMIT_CLASSES_EACH && got[i] <= LIMIT_CLASSES_PER_AUTHOR);
		all += got[i];
	}
	CHECK(got[0] == LIMIT_CLASSES_PER_AUTHOR && all <= LIMIT_CLASSES_OTHERS);
	for (unsigned n = 0; n < LIMIT_CLASSES_EACH + 4; n++)
		got[MANY] += fits(&h, &log[MANY], MANY, n);
	CHECKF(got[MANY] == LIMIT_CLASSES_EACH, "%u", got[MANY]);
	home_free(&h);
}

TEST(a_withdrawn_row_is_as_if_put_withdrawn)
{
	struct hash digest[3];
	for (int later = 0; later < 3; later++) { /* 2: it was put aside */
		struct home h;
		struct record_log log;
		struct label label;
		struct view_row row;
		struct str text = STR("withdrawnquux words");
		struct view_ref ref = {id_of("identity", 3), VIEW_LINK_REF};
		struct view_claim claim = {STR("trucks"), STR("anbar"), 1, 1, 2, 3, 4};
		home_new(&h);
		home_log(&h, 0x3, 0, &log);
		label_own(&label, policy, 0, 1);
		put_text(&h, &log, &label, "other words", 1, &row);
		struct view_object o = {
		    .arrival = 2, .log = log.no, .idx = 1, .piece_no = 2, .at = 9, .centre = P, .label = &label, .serial = 3, .withdrawn = !later};
		struct view_object full = o;
		full.id = id_of("report", 2), full.created = full.modified = 5, full.revoked = true,
		full.grade = (struct grade){GRADE_ADMIRALTY, 'A', '1'};
		full.aside = later == 2;
		full.text = &text, full.refs = &ref, full.claims = &claim, full.ntext = full.nrefs = full.nclaims = 1;
		struct record_entry x = {STR("leaf"), 2, 1};
		CHECK_OK(record_begin(h.store, &e));
		CHECK_OK(record_entry_put(h.store, &log, &x, true, 9, &e));
		CHECK_OK(record_arrive(h.store, log.no, 1, 9, NULL, &e));
		CHECK_OK(record_commit(h.store, &e));
		CHECK_OK(view_begin(h.store, &e));
		CHECK_OK(view_object_put(h.store, later ? &full : &o, &e));
		CHECK_OK(view_commit(h.store, 2, &e));
		if (later) {
			CHECK_OK(store_settle(h.store, &e));
			CHECK(home_holds(&h, "view.db", "withdrawnquux"));
			CHECK_OK(view_at(h.store, log.no, 1, 0, &row, &e));
			CHECK_OK(view_begin(h.store, &e));
			CHECK_OK(view_object_withdraw(h.store, &row, &full, &e));
			CHECK_OK(view_commit(h.store, 2, &e));
			CHECK_OK(view_purge(h.store, &e));
			CHECK_OK(store_settle(h.store, &e));
			CHECK(!home_holds(&h, "view.db", "withdrawnquux"));
		}
		CHECK_OK(view_at(h.store, log.no, 1, 0, &row, &e));
		CHECK(row.state == VIEW_WITHDRAWN && row.key.id.type.n == 0 && row.serial == 3);
		CHECK_OK(view_digest(h.store, &digest[later], &e));
		home_free(&h);
	}
	CHECK(hash_eq(&digest[0], &digest[1]));
	CHECK(hash_eq(&digest[0], &digest[2]));
}

struct keep_last {
	struct buf *b;
	struct view_key *last;
};

static enum err
gather_page(void *ctx, const struct view_row *row, struct errinfo *ei)
{
	struct keep_last *k = ctx;
	(void)ei;
	buf_printf(k->b, "%02x ", row->key.id.uuid[0]);
	*k->last = row->key;
	return OK;
}

/* Pages of three over twenty objects, every other of them put aside: what a list without those says, and with. */
TEST(what_was_put_aside_is_left_out_of_lists_pages_and_counts)
{
	static const char *const want[2] = {"13 11 0f 0d 0b 09 07 05 03 01 ", "14 13 12 11 10 0f 0e 0d 0c 0b 0a 09 08 07 06 05 04 03 02 01 "};
	struct home h;
	struct record_log log;
	struct label label;
	struct str text = STR("convoy");
	struct clearance mine = {.policy = {7}, .level = 9, .every_circle = true};
	struct view_who who = {&mine, 1};
	home_new(&h);
	home_log(&h, 0x1, 0, &log);
	label_own(&label, policy, 0, 1);
	CHECK_OK(view_begin(h.store, &e));
	for (int i = 1; i <= 20; i++) {
		struct view_object o = {.arrival = (uint64_t)i,
		    .log = log.no,
		    .idx = (uint64_t)i - 1,
		    .piece_no = i,
		    .at = i,
		    .centre = P,
		    .label = &label,
		    .id = id_of("relationship", i),
		    .text = &text,
		    .ntext = 1,
		    .aside = i % 2 == 0};
		CHECK_OK(view_object_put(h.store, &o, &e));
	}
	CHECK_OK(view_commit(h.store, 20, &e));
	for (int bits = 0; bits < 16; bits++) {
		bool all = bits & 1;
		struct buf b = BUF_INIT(1000);
		struct view_filter f = {.author = -1, .link = -1, .since = TIME_MIN, .limit = 3, .plain = !all, .who = bits & 2 ? &who : NULL};
		struct view_key last;
		uint64_t n;
		f.type = bits & 4 ? STR("relationship") : STR_NONE;
		f.words = bits & 8 ? STR("convoy") : STR_NONE;
		CHECK_OK(view_count(h.store, &f, 100, &n, &e));
		CHECK(n == (all ? 20 : 10));
		for (size_t before = 1; before != b.n;) {
			struct keep_last k = {&b, &last};
			before = b.n;
			CHECK_OK(view_find(h.store, &f, gather_page, &k, &e));
			f.after = &last;
		}
		CHECKF(str_is(buf_str(&b), want[all]), "%d: %.*s", bits, STR_FMT(buf_str(&b)));
		buf_done(&b);
	}
	home_free(&h);
}

static enum err
say_event(void *ctx, const struct view_event *v, struct errinfo *ei)
{
	(void)ei;
	buf_printf(ctx, "%llu.%u ", (unsigned long long)v->arrival, v->n);
	return OK;
}

TEST(events_are_found_oldest_first)
{
	struct home h;
	struct buf b = BUF_INIT(1000);
	struct hash leaf = hash_of(STR("leaf"));
	home_new(&h);
	CHECK_OK(view_begin(h.store, &e));
	for (unsigned i = 0; i < 12; i++) {
		struct view_event v = {.arrival = 12 - i,
		    .n = i % 2,
		    .kind = i % 3 ? VIEW_RECALL : VIEW_FLAG,
		    .centre = P,
		    .author = (int)i % 4,
		    .circle = 3,
		    .id = id_of("report", (int)i % 2),
		    .modified = 5,
		    .value = 2,
		    .to = UINT64_MAX};
		if (i == 4)
			v.of = leaf;
		if (i == 5)
			v.id.type = STR_NONE;
		CHECK_OK(view_event_put(h.store, &v, &e));
	}
	CHECK_OK(view_commit(h.store, 12, &e));
	struct view_event_filter f = {.author = -1};
	CHECK_OK(view_event_each(h.store, &f, say_event, &b, &e));
	CHECK_STR(buf_str(&b), STR("1.1 2.0 3.1 4.0 5.1 6.0 7.1 8.0 9.1 10.0 11.1 12.0 "));
	buf_clear(&b);
	struct stix_id id = id_of("report", 1);
	f.id = &id;
	f.after_arrival = 3;
	CHECK_OK(view_event_each(h.store, &f, say_event, &b, &e));
	CHECK_STR(buf_str(&b), STR("5.1 9.1 11.1 ")); /* 7 (i = 5) is about nothing */
	buf_clear(&b);
	f = (struct view_event_filter){.author = -1, .of = &leaf};
	CHECK_OK(view_event_each(h.store, &f, say_event, &b, &e));
	CHECK_STR(buf_str(&b), STR("8.0 "));
	buf_clear(&b);
	f = (struct view_event_filter){.author = 1, .kind = VIEW_RECALL, .circle = 3, .centre = P};
	CHECK_OK(view_event_each(h.store, &f, say_event, &b, &e));
	CHECK_STR(buf_str(&b), STR("7.1 11.1 "));
	buf_done(&b);
	home_free(&h);
}

struct nested {
	struct home *h;
	struct view_filter f;
	int depth, seen;
};

static enum err
ask_again(void *ctx, const struct view_row *r, struct errinfo *ei)
{
	struct nested *n = ctx;
	enum err err = OK;
	n->seen++;
	if (n->depth == 2)
		return OK;
	n->depth++;
	err = view_find(n->h->store, &n->f, ask_again, n, ei);
	n->depth--;
	if (err || n->seen != 3)
		return err;
	CHECK_OK(view_begin(n->h->store, ei));
	CHECK_OK(view_object_state(n->h->store, r, VIEW_CORRECTED, NULL, 0, ei));
	return view_commit(n->h->store, 9, ei);
}

TEST(callbacks_may_ask_again_and_write)
{
	struct home h;
	struct record_log log;
	struct label label;
	struct view_row row;
	home_new(&h);
	home_log(&h, 0x3, 0, &log);
	label_own(&label, policy, 0, 1);
	for (int i = 0; i < 4; i++)
		put_text(&h, &log, &label, "same words", i + 1, &row);
	struct nested n = {.h = &h, .f = {.author = -1, .link = -1, .words = STR("words"), .since = TIME_MIN, .gone = true, .limit = 2}};
	CHECK_OK(view_find(h.store, &n.f, ask_again, &n, &e));
	CHECK(n.seen == 2 + 4 + 8);
	home_free(&h);
}

TEST(a_rollback_takes_all_of_it_back)
{
	struct home h;
	struct record_log log;
	struct label label;
	struct view_row row;
	struct hash before, after;
	struct str text = STR("rolledback words");
	home_new(&h);
	home_log(&h, 0x3, 0, &log);
	label_own(&label, policy, 0, 1);
	put_text(&h, &log, &label, "kept words", 1, &row);
	CHECK_OK(view_digest(h.store, &before, &e));
	label.level = 2; /* a new class and a new type go with it */
	struct view_object o = {
	    .arrival = 2, .log = log.no, .piece_no = 1, .centre = P, .label = &label, .id = id_of("x-new-type", 4), .text = &text, .ntext = 1};
	CHECK_OK(view_begin(h.store, &e));
	CHECK_OK(view_object_put(h.store, &o, &e));
	CHECK_ERR(view_object_put(h.store, &o, &e), ERR_CONFLICT);
	view_rollback(h.store);
	CHECK_OK(view_digest(h.store, &after, &e));
	CHECK(hash_eq(&before, &after));
	CHECK(count_words(&h, "rolledback") == 0 && count_words(&h, "kept") == 1);
	CHECK_OK(view_begin(h.store, &e));
	CHECK_OK(view_object_put(h.store, &o, &e));
	CHECK_OK(view_commit(h.store, 2, &e));
	CHECK(count_words(&h, "rolledback") == 1);
	struct view_filter f = {.author = -1, .link = -1, .since = TIME_MIN, .limit = 1, .type = STR("x-new-type")};
	static struct collect got;
	got.n = 0;
	CHECK_OK(view_find(h.store, &f, collect, &got, &e));
	CHECK(got.n == 1 && str_is(got.key[0].id.type, "x-new-type"));
	home_free(&h);
}

TEST(a_view_of_other_rules_ahead_or_damaged_is_made_anew)
{
	static const char *const harm[] = {"PRAGMA user_version=99", "UPDATE place SET position=1000", NULL};
	for (size_t i = 0; i < 3; i++) {
		struct home h;
		struct record_log log;
		struct label label;
		struct view_row row;
		uint64_t position;
		home_new(&h);
		home_log(&h, 0x3, 0, &log);
		label_own(&label, policy, 0, 1);
		put_text(&h, &log, &label, "words", 1, &row);
		home_reopen(&h);
		CHECK_OK(view_position(h.store, &position, &e));
		CHECK(position == 1);
		if (harm[i])
			CHECK(sqlite3_exec(h.store->view.h, harm[i], NULL, NULL, NULL) == SQLITE_OK);
		store_close(h.store);
		if (!harm[i])
			CHECK_OK(h.env->write(h.env->ctx, "view.db",
			    STR("this is no database, whatever its name may say about it, and it is long enough to be looked at as one "
				"......................."),
			    &e));
		CHECK_OK(store_open(h.env, false, &h.store, &e));
		CHECK_OK(view_position(h.store, &position, &e));
		CHECK(position == 0 && count_words(&h, "words") == 0);
		home_free(&h);
	}
}
