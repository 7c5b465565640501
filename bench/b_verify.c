/* b_verify: checking a log of a million entries, one object each, beside hashing the same bytes alone. usage: b_verify [ENTRIES] */
#include <stdlib.h>
#include <string.h>

#include "bench.h"
#include "node/op.h"
#include "object.h"
#include "share/verify.h"
#include "share/write.h"

static void
fill(struct share *s, uint64_t n)
{
	struct share_centre *c = &s->centre[0];
	struct buf object = BUF_INIT(LIMIT_OBJECT);
	struct errinfo e;
	for (uint64_t i = 0; i < n; i++) {
		struct entry x = {.kind = ENTRY_OBJECTS, .position = STR("J2-3")};
		struct share_appended done;
		buf_clear(&object);
		object_put(&object, i);
		struct str one = buf_str(&object);
		label_own(&x.label, c->id.b, c->me, 0);
		const struct share_append a = {c, UINT64_C(1) << c->me, &x, &one, 1};
		if (i % 1000 == 0)
			bench_need(record_begin(s->store, &e), "begin", &e);
		bench_need(share_append(s, &a, &done, &e), "append", &e);
		if (i % 1000 == 999 || i + 1 == n)
			bench_need(record_commit(s->store, &e), "commit", &e);
	}
	bench_need(share_sign_all(s, &e), "sign", &e);
	buf_done(&object);
}

/* All entries and pieces in memory, so that the reference reads nothing. */
struct all {
	struct store *store;
	struct buf bytes;
	uint64_t *ends;
	size_t n;
};

static enum err
keep_piece(void *ctx, uint32_t n, struct str data, const struct hash *hash, struct errinfo *e)
{
	struct all *a = ctx;
	(void)n, (void)hash, (void)e;
	buf_put(&a->bytes, data);
	a->ends[a->n++] = a->bytes.n;
	return OK;
}

static enum err
keep_entry(void *ctx, uint64_t idx, const struct record_entry *entry, struct errinfo *e)
{
	struct all *a = ctx;
	(void)idx;
	buf_put(&a->bytes, entry->bytes);
	a->ends[a->n++] = a->bytes.n;
	return record_piece_each(a->store, entry->first, entry->count, keep_piece, a, e);
}

int
main(int argc, char **argv)
{
	uint64_t n = argc > 1 ? strtoull(argv[1], NULL, 10) : 1000000;
	struct centre *c = bench_centre("verify", 1);
	struct share *s = c->node[0]->share;
	struct all a = {.store = s->store, .bytes = BUF_INIT((size_t)8192 * MIB), .ends = malloc(2 * n * sizeof *a.ends)};
	struct verify_report r = {0};
	struct record_log log;
	struct errinfo e;
	fill(s, n);
	double t = bench_seconds();
	bench_need(share_verify(s, NULL, &r, &e), "verify", &e);
	t = bench_seconds() - t;
	if (r.faults || r.entries != n)
		bench_need(ERR_VERIFY, "verify found faults in a good log", NULL);
	bench_need(record_log_latest(s->store, s->centre[0].no, UINT64_C(1) << s->centre[0].me, s->centre[0].me, &log, &e), "log", &e);
	bench_need(record_entry_each(s->store, log.no, 0, n, keep_entry, &a, &e), "reading", &e);
	struct merkle_edge edge = {0};
	double h = bench_seconds();
	for (size_t i = 0, from = 0; i < a.n; from = a.ends[i++]) {
		struct hash leaf = merkle_leaf_of(str_bytes(a.bytes.p + from, a.ends[i] - from));
		merkle_edge_append(&edge, &leaf);
	}
	h = bench_seconds() - h;
	bench_line("verify", (double)n / t, "entries/s", h / t, "hashing the same entries and pieces in memory, one thread");
	buf_done(&a.bytes);
	free(a.ends);
	bench_centre_free(c);
	return 0;
}
