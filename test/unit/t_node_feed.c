/* Feeds, as they are kept: fails if one is pulled too early, too late or twice at one time; if a failure is not waited after, longer each time and as
 * long as the server asked within the limits; if a clock that was ahead keeps one back; if what proves us is kept in clear or opens for another
 * server; if the place of a feed that is gone, or paused, or another of its name, is moved on; or if a run leaves no line of the audit trail, or two.
 */
#include "node/collect.h"
#include "node/op.h"
#include "sim/world.h"

#include "t_node_world.h"

enum { IRQ };
#define EVERY (15 * TIME_MINUTE)
#define ADD "{\"url\":\"https://taxii.example/taxii2/\",\"name\":\"%s\",\"every\":\"15m\",\"token\":\"tell nobody\"}"

/* What is asked of a home, as a step of it. */
struct ask {
	struct world *x;
	enum { NEXT, KEEP, ENDED, PUT, KEPT } what;
	const char *busy; /* what is being pulled */
	const char *name;
	const struct node_feed *feed;
	const struct node_feed_run *run;
	struct str place;
	struct arena a;
	struct node_feed_due due;
	int64_t wait;
	struct buf text;
	enum err err;
};

static struct errinfo e;

static bool
is_busy(void *ctx, struct str name)
{
	const char *busy = ((struct ask *)ctx)->busy;
	return busy && str_is(name, busy);
}

static void
go(void *arg)
{
	struct ask *q = arg;
	struct node *n = q->x->c.node[IRQ];
	char key[100];
	switch (q->what) {
	case NEXT:
		q->err = node_feed_next(n, is_busy, q, &q->a, &q->due, &q->wait, &e);
		break;
	case KEEP:
		q->err = node_feed_keep(n, q->feed, q->place, &e);
		break;
	case ENDED:
		q->err = node_feed_ended(n, q->feed, q->run, &e);
		break;
	case PUT:
		q->err = node_feed_put(n, q->feed, &e);
		break;
	case KEPT:
		snprintf(key, sizeof key, "collect/%s", q->name);
		q->err = local_get(n->store, str_of(key), &q->text, &e);
	}
}

static void
ask(struct ask *q)
{
	e = (struct errinfo){0};
	CHECK(world_step(q->x->w, IRQ, go, q));
}

/* What is due, or ERR_NOTFOUND. */
static enum err
next(struct ask *q)
{
	q->what = NEXT;
	buf_clear(&q->due.proof);
	buf_clear(&q->due.place);
	ask(q);
	return q->err;
}

static enum err
keep(struct ask *q, const char *place)
{
	q->what = KEEP;
	q->feed = &q->due.feed;
	q->place = str_of(place);
	ask(q);
	return q->err;
}

static enum err
ended(struct ask *q, const struct node_feed_run *r)
{
	q->what = ENDED;
	q->feed = &q->due.feed;
	q->run = r;
	ask(q);
	return q->err;
}

static void
put(struct ask *q, const struct node_feed *f)
{
	q->what = PUT;
	q->feed = f;
	ask(q);
	CHECK_OK(q->err);
}

static void
begin(struct world *x, struct ask *q)
{
	world_init(x, 2);
	*q =
	    (struct ask){.x = x, .a = ARENA_INIT(16 * MIB), .due = {.proof = BUF_INIT(16 * KIB), .place = BUF_INIT(KIB)}, .text = BUF_INIT(64 * KIB)};
}

static void
end(struct world *x, struct ask *q)
{
	buf_done(&q->due.proof);
	buf_done(&q->due.place);
	buf_done(&q->text);
	arena_done(&q->a);
	world_done(x);
}

/* Milliseconds until the feed is due. */
static int64_t
due_in(struct ask *q)
{
	CHECK_ERR(next(q), ERR_NOTFOUND);
	return q->wait;
}

TEST(a_feed_is_pulled_at_its_time)
{
	struct world x;
	struct ask q;
	begin(&x, &q);
	CHECK_ERR(next(&q), ERR_NOTFOUND);
	CHECK(q.wait == INT64_MAX);
	DO(&x, IRQ, "collect-add", ADD, "vendor");
	CHECK(HAS(&x, "\"state\":\"waiting\"") && HAS(&x, "\"proves\":true") && !HAS(&x, "nobody"));
	FAIL(&x, IRQ, ERR_CONFLICT, "collect-add", ADD, "vendor");
	CHECK_OK(next(&q));
	CHECK_STR(q.due.feed.name, STR("vendor"));
	CHECK_STR(buf_str(&q.due.proof), STR("Bearer tell nobody"));
	CHECK(!q.due.place.n);
	/* one pulls it, so that no other does */
	q.busy = "vendor";
	CHECK_ERR(next(&q), ERR_NOTFOUND);
	q.busy = NULL;
	CHECK_OK(next(&q));
	const struct node_feed_run all = {.added = 3, .unchanged = 1};
	CHECK_OK(ended(&q, &all));
	int64_t wait = due_in(&q), least = INT64_MAX, most = 0;
	CHECKF(wait >= 810 * 1000 && wait <= 991 * 1000, "next in %lld ms", (long long)wait);
	DO(&x, IRQ, "collect-show", "{\"name\":\"vendor\"}");
	CHECK(HAS(&x, "\"state\":\"ok\"") && NUMBER(&x, "added") == 3 && NUMBER(&x, "every") == 900);
	simworld_advance(x.w, wait * 1000 - 2000);
	(void)due_in(&q);
	simworld_advance(x.w, 2000);
	CHECK_OK(next(&q));
	/* not always at the same distance */
	for (int i = 0; i < 30; i++) {
		CHECK_OK(ended(&q, &all));
		wait = due_in(&q);
		least = wait < least ? wait : least;
		most = wait > most ? wait : most;
		simworld_advance(x.w, wait * 1000);
		CHECK_OK(next(&q));
	}
	CHECKF(least >= 810 * 1000 && most <= 991 * 1000 && most - least > 60 * 1000, "%lld to %lld ms", (long long)least, (long long)most);
	/* what one run could not take goes on at once */
	const struct node_feed_run part = {.added = 1000, .more = true};
	CHECK_OK(ended(&q, &part));
	CHECK_OK(next(&q));
	end(&x, &q);
}

TEST(a_feed_that_fails_is_waited_for_longer_each_time)
{
	struct world x;
	struct ask q;
	const struct errinfo why = {.code = ERR_IO, .msg = "the server failed"};
	const struct node_feed_run bad = {.why = &why}, slow = {.why = &why, .retry_after = 7200}, never = {.why = &why, .retry_after = INT32_MAX},
				   good = {0};
	begin(&x, &q);
	DO(&x, IRQ, "collect-add", ADD, "vendor");
	bool apart = false;
	for (int i = 0; i < 20; i++) {
		int64_t want = i < 9 ? (60000 << i) : 6 * 3600000;
		want = want < 6 * 3600000 ? want : 6 * 3600000;
		CHECK_OK(next(&q));
		CHECK_OK(ended(&q, &bad));
		int64_t wait = due_in(&q);
		CHECKF(wait >= want && wait <= want + want / 10 + 1 && wait <= 6 * 3600000 + 1, "failure %d: %lld ms, not %lld", i + 1,
		    (long long)wait, (long long)want);
		apart |= wait > want + 1;
		simworld_advance(x.w, wait * 1000);
	}
	CHECK(apart); /* many may have failed at one moment */
	DO(&x, IRQ, "status", "{}");
	CHECK(HAS(&x, "the feed vendor fails (20 times on end): the server failed"));
	/* as long as it asked, within what we wait at most */
	CHECK_OK(next(&q));
	CHECK_OK(ended(&q, &good));
	simworld_advance(x.w, 2 * EVERY);
	CHECK_OK(next(&q));
	CHECK_OK(ended(&q, &slow));
	int64_t wait = due_in(&q);
	CHECKF(wait >= 7200 * 1000 && wait <= 7920 * 1000 + 1, "%lld ms", (long long)wait);
	simworld_advance(x.w, wait * 1000);
	CHECK_OK(next(&q));
	CHECK_OK(ended(&q, &never));
	wait = due_in(&q);
	CHECKF(wait == 6 * 3600000 + 1, "%lld ms", (long long)wait);
	/* a success makes it good */
	DO(&x, IRQ, "collect-run", "{\"name\":\"vendor\"}");
	CHECK_OK(next(&q));
	CHECK_OK(ended(&q, &good));
	CHECK(due_in(&q) < 17 * 60000);
	DO(&x, IRQ, "status", "{}");
	CHECK(!HAS(&x, "vendor"));
	/* nobody pulls it */
	simworld_advance(x.w, 3 * EVERY);
	DO(&x, IRQ, "status", "{}");
	CHECK(HAS(&x, "the feed vendor is overdue"));
	end(&x, &q);
}

TEST(a_clock_that_was_ahead_keeps_no_feed_back)
{
	struct world x;
	struct ask q;
	begin(&x, &q);
	DO(&x, IRQ, "collect-add", ADD, "vendor");
	CHECK_OK(next(&q));
	const struct node_feed_run good = {0};
	simworld_jump(x.w, IRQ, 3 * TIME_DAY);
	CHECK_OK(ended(&q, &good));
	(void)due_in(&q);
	simworld_jump(x.w, IRQ, -3 * TIME_DAY);
	CHECK_OK(next(&q));
	end(&x, &q);
}

/* It opens for the server and name that it was given for, and no other. */
TEST(what_proves_us_is_sealed_to_its_server)
{
	struct world x;
	struct ask q;
	begin(&x, &q);
	DO(&x, IRQ, "collect-add", ADD, "vendor");
	q.what = KEPT;
	q.name = "vendor";
	ask(&q);
	CHECK_OK(q.err);
	CHECK(str_find(buf_str(&q.text), STR("nobody")) < 0 && str_find(buf_str(&q.text), STR("sealed")) >= 0);
	CHECK_OK(next(&q));
	struct node_feed f = q.due.feed;
	f.url = STR("https://taxii.invalid/taxii2/");
	put(&q, &f);
	CHECK_ERR(next(&q), ERR_NOTFOUND);
	CHECK(!q.due.proof.n && q.wait == 0);
	DO(&x, IRQ, "collect-show", "{\"name\":\"vendor\"}");
	CHECK(HAS(&x, "\"state\":\"failing\"") && HAS(&x, "none of this home's keys"));
	f.url = STR("https://taxii.example/taxii2/");
	f.name = STR("other");
	put(&q, &f);
	CHECK_ERR(next(&q), ERR_NOTFOUND);
	CHECK(!q.due.proof.n);
	DO(&x, IRQ, "collect-show", "{\"name\":\"other\"}");
	CHECK(HAS(&x, "\"state\":\"failing\""));
	end(&x, &q);
}

TEST(the_place_is_that_of_the_feed_that_is)
{
	struct world x;
	struct ask q;
	begin(&x, &q);
	DO(&x, IRQ, "collect-add", ADD, "vendor");
	CHECK_OK(next(&q));
	CHECK_OK(keep(&q, "1 - - 61"));
	/* power goes: it goes on there */
	centre_close(&x.c, IRQ);
	simworld_power(x.w, IRQ);
	CHECK_OK(centre_open(&x.c, IRQ, &e));
	CHECK_OK(next(&q));
	CHECK_STR(buf_str(&q.due.place), STR("1 - - 61"));
	/* paused: after the page that is on its way */
	DO(&x, IRQ, "collect-pause", "{\"name\":\"vendor\"}");
	CHECK_ERR(keep(&q, "1 - - 62"), ERR_STOPPED);
	CHECK_ERR(next(&q), ERR_NOTFOUND);
	CHECK(q.wait == INT64_MAX);
	FAIL(&x, IRQ, ERR_CONFLICT, "collect-run", "{\"name\":\"vendor\"}");
	DO(&x, IRQ, "collect-resume", "{\"name\":\"vendor\"}");
	CHECK_OK(next(&q));
	CHECK_STR(buf_str(&q.due.place), STR("1 - - 62"));
	/* gone, and another of its name there */
	struct ask old = q;
	const struct node_feed_run good = {.added = 7};
	DO(&x, IRQ, "collect-remove", "{\"name\":\"vendor\"}");
	CHECK_ERR(keep(&old, "1 - - 63"), ERR_STOPPED);
	CHECK_ERR(ended(&old, &good), ERR_STOPPED);
	simworld_advance(x.w, TIME_SECOND);
	DO(&x, IRQ, "collect-add", ADD, "vendor");
	CHECK_ERR(keep(&old, "1 - - 63"), ERR_STOPPED);
	CHECK_ERR(ended(&old, &good), ERR_STOPPED);
	CHECK_OK(next(&q));
	CHECK(!q.due.place.n);
	end(&x, &q);
}

TEST(a_run_is_one_line_of_the_audit_trail)
{
	struct world x;
	struct ask q;
	const struct errinfo why = {.code = ERR_SYNTAX, .line = 2, .col = 71, .msg = "the page ends too early"};
	const struct node_feed_run bad = {.added = 41, .why = &why};
	begin(&x, &q);
	DO(&x, IRQ, "collect-add", ADD, "vendor");
	CHECK_OK(next(&q));
	CHECK_OK(ended(&q, &bad));
	DO(&x, IRQ, "audit", "{}");
	struct str all = world_reply(&x);
	ptrdiff_t first = str_find(all, STR("41 added, 0 unchanged, 0 refused; failed: line 2, column 71: the page ends too early"));
	CHECK(first >= 0 && str_find(str_sub(all, (size_t)(first + 10), all.n), STR("41 added")) < 0);
	CHECK(HAS(&x, "feed vendor") && HAS(&x, "collect-add") && !HAS(&x, "nobody"));
	end(&x, &q);
}

/* What came is told where it is committed; of a page of nothing new the run's line alone tells. */
TEST(a_page_of_nothing_new_is_no_line)
{
	struct world x;
	struct ask q;
	struct buf b = BUF_INIT(MIB);
	begin(&x, &q);
	world_object(&b, 1, "kept");
	for (int i = 0; i < 3; i++) {
		struct str all = buf_str(&b);
		struct source in = source_of_str(&all);
		const struct node_call call = {.op = STR("add"), .args = STR("{\"source\":\"of it\"}"), .in = &in, .tells = i < 2};
		CHECK_OK(centre_call(&x.c, IRQ, &call, &x.reply, &e));
		CHECK(NUMBER(&x, "unchanged") == (i > 0));
		DO(&x, IRQ, "audit", "{}");
		CHECK(HAS(&x, "1 added, 0 refused") && HAS(&x, "0 added, 0 refused") == (i == 2));
	}
	buf_done(&b);
	end(&x, &q);
}

TEST(a_feed_is_what_may_be_asked)
{
	static const char *const bad[] = {"\"url\":\"https://a.example/\"", "\"url\":\"https://a.example/\",\"every\":\"59s\"",
	    "\"url\":\"https://a.example/\",\"every\":\"31d\"", "\"url\":\"https://a.example/\",\"every\":\"m\"",
	    "\"url\":\"https://a.example/\",\"every\":\"1h 2\"", "\"url\":\"https://u:p@a.example/\",\"every\":\"1h\"",
	    "\"url\":\"https://a.example/?x=1\",\"every\":\"1h\"", "\"url\":\"file:///etc/passwd\",\"every\":\"1h\"",
	    "\"url\":\"https://a.example/\",\"every\":\"1h\",\"name\":\"A\"", "\"url\":\"https://a.example/\",\"every\":\"1h\",\"name\":\"../x\"",
	    "\"url\":\"https://a.example/\",\"every\":\"1h\",\"user\":\"u\"",
	    "\"url\":\"https://a.example/\",\"every\":\"1h\",\"user\":\"u:v\",\"password\":\"p\"",
	    "\"url\":\"https://a.example/\",\"every\":\"1h\",\"password\":\"p\"",
	    "\"url\":\"https://a.example/\",\"every\":\"1h\",\"token\":\"a\\nb\"",
	    "\"url\":\"https://a.example/\",\"every\":\"1h\",\"ca\":\"ca.pem\"",
	    "\"url\":\"https://a.example/\",\"every\":\"1h\",\"user\":\"u\",\"password\":\"p\",\"token\":\"t\""};
	struct world x;
	struct ask q;
	begin(&x, &q);
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		FAIL(&x, IRQ, ERR_USAGE, "collect-add", "{%s}", bad[i]);
	DO(&x, IRQ, "collect-list", "{}");
	CHECK(!HAS(&x, "example"));
	FAIL(&x, IRQ, ERR_NOTFOUND, "collect-show", "{\"name\":\"vendor\"}");
	FAIL(&x, IRQ, ERR_NOTFOUND, "collect-remove", "{\"name\":\"vendor\"}");
	/* many, and no more */
	for (int i = 0; i < LIMIT_FEEDS; i++)
		DO(&x, IRQ, "collect-add", "{\"url\":\"https://A.example:8443/x/\",\"every\":\"1h\",\"name\":\"n%d\"}", i);
	FAIL(&x, IRQ, ERR_LIMIT, "collect-add", "{\"url\":\"https://a.example/\",\"every\":\"1h\"}");
	end(&x, &q);
}
