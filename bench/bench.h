/* bench: what the bench programs share: time, homes in a temporary directory, the line they print. */
#ifndef BENCH_H
#define BENCH_H

#include "base/stream.h"
#include "sim/centre.h"

double bench_seconds(void); /* monotonic */
/* "NAME: VALUE UNIT, RATIO of REFERENCE" */
void bench_line(const char *name, double value, const char *unit, double ratio, const char *reference);
/* Ends the program with what went wrong, unless err is OK. */
void bench_need(enum err err, const char *what, const struct errinfo *e);

/* A fresh directory, removed at the end of the program (KEEP=1: not). */
const char *bench_dir(void);
/* A centre of n homes (irq, rus, irn, syr) under bench_dir()/name, founded, open. */
struct centre *bench_centre(const char *name, int n);
void bench_centre_free(struct centre *c);

/* Objects [from, from + n) as one bundle, made while it is read. */
struct bench_bundle {
	uint64_t at, end;
	struct buf part;
	size_t given;
	int state;
};
struct source bench_bundle(struct bench_bundle *b, uint64_t from, uint64_t n);
/* The bundle into home 0, private, to be released to all. Seconds it took. */
double bench_add(struct centre *c, uint64_t from, uint64_t n);

/* Rows (36-byte key, bytes) of the same objects into one bare table with one unique index: WAL, synchronous FULL, 1,000 a transaction, everything
 * else as SQLite has it. Objects a second. */
double bench_bare_insert(uint64_t n);

#endif
