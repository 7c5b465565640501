/* sim: a whole centre in one process, seeded, in virtual time, with faults; history after history.
 *
 *	sim [--runs=N] [--seed=S] [--acts=N] [--verbose] [--twice] [--self-test]
 *
 * Each history has its own seed, counted up from S; `--seed=S --runs=1 --verbose` tells one of them act by act. --twice runs each a second time and
 *compares all disks. --self-test plants named faults that must be found. Prints TAP lines and `histories n lost l violations v forks f proven p`. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/history.h"

/* What a node held when it died leaks (world.h), on purpose. */
const char *__asan_default_options(void);
const char *
__asan_default_options(void)
{
	return "detect_leaks=0";
}

struct options {
	uint64_t runs, seed;
	int acts;
	bool verbose, twice, self_test;
};

struct totals {
	uint64_t histories, lost, violations, forks, proven, forked, calls, crashes, deaths, restores, copies, epochs, garbled, did[DID_COUNT];
};

static bool
number(const char *arg, const char *name, uint64_t *ret)
{
	size_t n = strlen(name);
	return !strncmp(arg, name, n) && str_u64(str_of(arg + n), ret);
}

static bool
read_options(int argc, char **argv, struct options *o)
{
	for (int i = 1; i < argc; i++) {
		uint64_t v;
		if (number(argv[i], "--runs=", &o->runs) || number(argv[i], "--seed=", &o->seed))
			continue;
		if (number(argv[i], "--acts=", &v) && v > 0 && v < 100000)
			o->acts = (int)v;
		else if (!strcmp(argv[i], "--verbose"))
			o->verbose = true;
		else if (!strcmp(argv[i], "--twice"))
			o->twice = true;
		else if (!strcmp(argv[i], "--self-test"))
			o->self_test = true;
		else
			return false;
	}
	return true;
}

static void
print_complaints(const struct history *h)
{
	struct str rest = buf_str(&h->complaints), line;
	for (int i = 0; i < 12 && str_line(&rest, &line); i++)
		printf("#   %.*s\n", STR_FMT(line));
	if (rest.n)
		printf("#   …\n");
}

static const struct {
	const char *name, *words, *about;
} plants[] = {
#define X(code, name, words, about) {name, words, about},
    PLANTS(X)
#undef X
};

static bool
found_out(const struct history *h, enum plant plant)
{
	struct str rest = buf_str(&h->complaints), line;
	while (str_line(&rest, &line))
		if (str_find(line, str_of(plants[plant].words)) >= 0) {
			printf("#   seed %llu: %.*s\n", (unsigned long long)h->seed, STR_FMT(str_sub(line, 0, 200)));
			return true;
		}
	return false;
}

/* One history; false if something in it is wrong. */
static bool
one(const struct options *o, uint64_t seed, enum plant plant, struct totals *t, uint8_t ret_hash[static 32])
{
	struct history *h = calloc(1, sizeof *h);
	if (!h)
		abort();
	history_run(h, seed, plant, o->verbose, o->acts);
	history_hash(h, ret_hash);
	bool ok = !h->lost && !h->violations && h->proven == h->forks;
	t->histories++;
	t->lost += (uint64_t)h->lost;
	t->violations += (uint64_t)h->violations;
	t->forks += (uint64_t)h->forks;
	t->proven += (uint64_t)h->proven;
	t->forked += h->forks > 0;
	t->calls += h->calls;
	t->crashes += h->crashes;
	t->deaths += h->deaths;
	t->restores += h->restores;
	t->copies += h->copies;
	t->epochs += h->epochs;
	t->garbled += h->garbled;
	for (int i = 0; i < DID_COUNT; i++)
		t->did[i] += h->did[i];
	if (!ok && plant == PLANT_NONE) {
		printf("not ok seed %llu: %d lost, %d violations, %d of %d forks proven\n", (unsigned long long)seed, h->lost, h->violations,
		    h->proven, h->forks);
		printf("#   again: sim --seed=%llu --runs=1 --acts=%d --verbose\n", (unsigned long long)seed, o->acts);
		print_complaints(h);
	}
	if (plant != PLANT_NONE)
		ok = !found_out(h, plant);
	history_done(h);
	free(h);
	fflush(stdout);
	return ok;
}

static const char *const dids[] = {
#define X(code, words) words,
    DIDS(X)
#undef X
};

/* False if something that there is to draw was never drawn. */
static bool
print_did(const struct options *o, const struct totals *t)
{
	bool all = true;
	for (int i = 0; i < DID_COUNT; i++) {
		printf("%s%llu %s%s", i ? ", " : "# ", (unsigned long long)t->did[i], dids[i], i + 1 == DID_COUNT ? "\n" : "");
		all &= t->did[i] > 0;
	}
	if (!all && o->runs >= 100)
		printf("not ok drawing: of these something never happened\n");
	return all || o->runs < 100;
}

static int
histories(const struct options *o)
{
	struct totals t = {0};
	uint64_t bad = 0, unlike = 0;
	uint8_t a[32], b[32];
	for (uint64_t i = 0; i < o->runs; i++) {
		bad += !one(o, o->seed + i, PLANT_NONE, &t, a);
		if (!o->twice)
			continue;
		struct totals other = {0};
		one(o, o->seed + i, PLANT_NONE, &other, b);
		if (memcmp(a, b, sizeof a)) {
			printf("not ok seed %llu: run twice, the disks are not the same\n", (unsigned long long)(o->seed + i));
			unlike++;
		}
	}
	bool few = o->runs >= 40 && t.forked < o->runs / 4;
	if (few)
		printf("not ok forks: only %llu of %llu histories fork\n", (unsigned long long)t.forked, (unsigned long long)o->runs);
	bool drawn = print_did(o, &t);
	if (!bad && !unlike && !few && drawn)
		printf("ok %llu histories from seed %llu\n", (unsigned long long)o->runs, (unsigned long long)o->seed);
	printf("# %llu calls, %llu losses of power in the middle, %llu deaths of processes, %llu restores (%llu of them copies by hand, %llu new "
	       "epochs), %llu replies altered, %llu histories with "
	       "forks\n",
	    (unsigned long long)t.calls, (unsigned long long)t.crashes, (unsigned long long)t.deaths, (unsigned long long)t.restores,
	    (unsigned long long)t.copies, (unsigned long long)t.epochs, (unsigned long long)t.garbled, (unsigned long long)t.forked);
	printf("histories %llu lost %llu violations %llu forks %llu proven %llu\n", (unsigned long long)t.histories, (unsigned long long)t.lost,
	    (unsigned long long)t.violations, (unsigned long long)t.forks, (unsigned long long)t.proven);
	return bad || unlike || few || !drawn ? 1 : 0;
}

/* Each planted fault must be found out, as what it is, in at least one of a few histories. */
static int
self_test(const struct options *o)
{
	int bad = 0;
	for (int p = 1; p < PLANT_COUNT; p++) {
		struct totals t = {0};
		uint8_t hash[32];
		bool found = false;
		printf("# %s: %s\n", plants[p].name, plants[p].about);
		for (uint64_t i = 0; i < 12 && !found; i++)
			found = !one(o, o->seed + i, (enum plant)p, &t, hash);
		printf("%sok planted %s is %s\n", found ? "" : "not ", plants[p].name, found ? "found" : "not found");
		bad += !found;
	}
	return bad ? 1 : 0;
}

int
main(int argc, char **argv)
{
	struct options o = {.runs = 20, .seed = 1, .acts = 60};
	if (!read_options(argc, argv, &o)) {
		fputs("usage: sim [--runs=N] [--seed=S] [--acts=N] [--verbose] [--twice] [--self-test]\n", stderr);
		return 64;
	}
	return o.self_test ? self_test(&o) : histories(&o);
}
