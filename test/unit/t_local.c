/* local: node.db. Fails if a setting, an audit line or a refused input comes back otherwise than it went in, in another order, or not at all after
 * reopening; if quarantine outgrows its limit in silence. */
#include "t_store.h"

static enum err
say(void *ctx, struct str name, struct str value, struct errinfo *ei)
{
	(void)ei;
	buf_put(ctx, name);
	buf_putc(ctx, '=');
	buf_put(ctx, value);
	buf_putc(ctx, ';');
	return OK;
}

TEST(settings_are_kept_by_name)
{
	struct home h;
	struct buf b = BUF_INIT(1000);
	home_new(&h);
	CHECK_OK(local_set(h.store, STR("b.two"), STR("2"), &e));
	CHECK_OK(local_set(h.store, STR("a"), STR(""), &e));
	CHECK_OK(local_set(h.store, STR("b.one"), STR("1"), &e));
	CHECK_OK(local_set(h.store, STR("b.two"), STR("two"), &e));
	CHECK_OK(local_set(h.store, STR("c"), STR("3"), &e));
	CHECK_OK(local_begin(h.store, &e));
	CHECK_OK(local_set(h.store, STR("b.three"), STR("3"), &e));
	local_rollback(h.store);
	home_reopen(&h);
	CHECK_OK(local_each(h.store, STR("b."), say, &b, &e));
	CHECK_STR(buf_str(&b), STR("b.one=1;b.two=two;"));
	buf_clear(&b);
	CHECK_OK(local_get(h.store, STR("a"), &b, &e));
	CHECK(b.n == 0);
	CHECK_OK(local_unset(h.store, STR("a"), &e));
	CHECK(local_get(h.store, STR("a"), &b, &e) == ERR_NOTFOUND);
	buf_done(&b);
	home_free(&h);
}

static enum err
say_audit(void *ctx, const struct local_audit *a, struct errinfo *ei)
{
	(void)ei;
	buf_printf(ctx, "%lld %lld %.*s %.*s %.*s %.*s;", (long long)a->no, (long long)a->at, STR_FMT(a->who), STR_FMT(a->what), STR_FMT(a->target),
	    STR_FMT(a->detail));
	return OK;
}

TEST(the_audit_is_read_newest_first)
{
	struct home h;
	struct buf b = BUF_INIT(1000);
	home_new(&h);
	for (int i = 0; i < 6; i++) {
		struct local_audit a = {
		    .at = i, .who = i % 2 ? STR("J2-3") : STR("J3"), .what = STR("show"), .target = i % 3 ? STR("x") : STR("y"), .detail = STR("d")};
		CHECK_OK(local_audit_put(h.store, &a, &e));
	}
	CHECK_OK(local_audit_each(h.store, STR_NONE, STR_NONE, 2, say_audit, &b, &e));
	CHECK_STR(buf_str(&b), STR("6 5 J2-3 show x d;5 4 J3 show x d;"));
	buf_clear(&b);
	CHECK_OK(local_audit_each(h.store, STR("J3"), STR_NONE, 9, say_audit, &b, &e));
	CHECK_STR(buf_str(&b), STR("5 4 J3 show x d;3 2 J3 show x d;1 0 J3 show y d;"));
	buf_clear(&b);
	CHECK_OK(local_audit_each(h.store, STR("J3"), STR("x"), 9, say_audit, &b, &e));
	CHECK_STR(buf_str(&b), STR("5 4 J3 show x d;3 2 J3 show x d;"));
	buf_clear(&b);
	CHECK_OK(local_audit_each(h.store, STR_NONE, STR("y"), 1, say_audit, &b, &e));
	CHECK_STR(buf_str(&b), STR("4 3 J2-3 show y d;"));
	buf_done(&b);
	home_free(&h);
}

static enum err
say_refused(void *ctx, const struct local_refused *r, struct errinfo *ei)
{
	(void)ei;
	buf_printf(ctx, "%lld %.*s %.*s %llu:%llu@%llu %llu/%zu;", (long long)r->no, STR_FMT(r->source), STR_FMT(r->reason),
	    (unsigned long long)r->line, (unsigned long long)r->col, (unsigned long long)r->offset, (unsigned long long)r->size, r->bytes.n);
	return OK;
}

TEST(quarantine_keeps_what_was_refused_up_to_its_limit)
{
	struct home h;
	struct buf b = BUF_INIT(1000);
	static char big[LIMIT_QUARANTINE + 10];
	struct local_refused r = {
	    .at = 1, .source = STR("f.json"), .reason = STR("odd"), .line = 2, .col = 3, .offset = 4, .size = sizeof big, .bytes = {big, sizeof big}};
	uint32_t dropped = 9;
	uint64_t n;
	home_new(&h);
	CHECK_OK(local_refuse(h.store, &r, &dropped, &e));
	CHECK(dropped == 0);
	r.bytes = STR("{");
	r.size = 1;
	CHECK_OK(local_begin(h.store, &e));
	for (int i = 1; i < LIMIT_QUARANTINE_ITEMS; i++) {
		r.offset = 3 + (uint64_t)i;
		CHECK_OK(local_refuse(h.store, &r, &dropped, &e));
	}
	CHECK_OK(local_refuse(h.store, &r, &dropped, &e)); /* the same again */
	CHECK_OK(local_commit(h.store, &e));
	CHECK(dropped == 0);
	CHECK_OK(local_refused_each(h.store, 0, 2, say_refused, &b, &e));
	CHECK_STR(buf_str(&b), STR("1 f.json odd 2:3@4 65546/65536;2 f.json odd 2:3@4 1/1;"));
	r.offset = 1;
	CHECK_OK(local_refuse(h.store, &r, &dropped, &e));
	CHECK(dropped == 1);
	CHECK_OK(local_refused_count(h.store, &n, &e));
	CHECK(n == LIMIT_QUARANTINE_ITEMS);
	CHECK_OK(local_refused_remove(h.store, 2, &e));
	CHECK_ERR(local_refused_remove(h.store, 2, &e), ERR_NOTFOUND);
	buf_clear(&b);
	CHECK_OK(local_refused_each(h.store, 0, 1, say_refused, &b, &e));
	CHECK_STR(buf_str(&b), STR("3 f.json odd 2:3@5 1/1;"));
	buf_done(&b);
	home_free(&h);
}

static enum err
say_dropped(void *ctx, const struct local_dropped *d, struct errinfo *ei)
{
	(void)ei;
	buf_printf(ctx, "%.*s %llu at %lld;", STR_FMT(d->giver), (unsigned long long)d->n, (long long)d->at);
	return OK;
}

/* Fails if one who gives much that is refused pushes out what another gave, or the home's own user; if what had to go is not counted by whose it was;
 * or if two who give the same are taken for one. */
TEST(who_fills_quarantine_pushes_out_its_own_alone)
{
	struct home h;
	struct buf b = BUF_INIT(1000);
	struct local_refused own = {.at = 1, .source = STR("mine.json"), .reason = STR("odd"), .size = 1, .bytes = STR("{")};
	struct local_refused rus = {.at = 2, .giver = STR("1.rus"), .source = STR("logs"), .reason = STR("odd")};
	struct local_refused syr = {.at = 3, .giver = STR("1.syr"), .source = STR("logs"), .reason = STR("odd")};
	uint32_t dropped, all = 0;
	uint64_t n;
	home_new(&h);
	CHECK_OK(local_begin(h.store, &e));
	CHECK_OK(local_refuse(h.store, &own, &dropped, &e));
	CHECK_OK(local_refuse(h.store, &rus, &dropped, &e));
	for (uint32_t i = 0; i < LIMIT_QUARANTINE_ITEMS + 2; i++) {
		syr.offset = i;
		CHECK_OK(local_refuse(h.store, &syr, &dropped, &e));
		all += dropped;
	}
	CHECK_OK(local_commit(h.store, &e));
	CHECK(all == LIMIT_QUARANTINE_ITEMS + 2 - LIMIT_QUARANTINE_PEER);
	CHECK_OK(local_refused_count(h.store, &n, &e));
	CHECK(n == LIMIT_QUARANTINE_PEER + 2);
	CHECK_OK(local_refused_each(h.store, 0, 2, say_refused, &b, &e));
	CHECK_STR(buf_str(&b), STR("1 mine.json odd 0:0@0 1/1;2 logs odd 0:0@0 0/0;"));
	buf_clear(&b);
	home_reopen(&h);
	CHECK_OK(local_dropped_each(h.store, say_dropped, &b, &e));
	CHECK_STR(buf_str(&b), STR("1.syr 9002 at 3;"));
	CHECK_OK(local_dropped_clear(h.store, &e));
	buf_clear(&b);
	CHECK_OK(local_dropped_each(h.store, say_dropped, &b, &e));
	CHECK(b.n == 0);
	buf_done(&b);
	home_free(&h);
}
