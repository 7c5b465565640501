/* json against other people's verdicts: JSONTestSuite. Fails when a y_ text is refused, an n_ text taken, or the choice for an i_
 * text is another than in the table. */
#include <stdlib.h>

#include "base/limits.h"
#include "json/dom.h"
#include "test.h"

/* Taken of the i_ texts: numbers of any size are JSON, and are kept as text. All others (bad UTF-8, lone surrogates, UTF-16, byte
 * order mark, 500 levels) are refused. */
static const char *const taken[] = {
    "i_number_double_huge_neg_exp.json",
    "i_number_huge_exp.json",
    "i_number_neg_int_huge_exp.json",
    "i_number_pos_double_huge_exp.json",
    "i_number_real_neg_overflow.json",
    "i_number_real_pos_overflow.json",
    "i_number_real_underflow.json",
    "i_number_too_big_neg_int.json",
    "i_number_too_big_pos_int.json",
    "i_number_very_big_negative_int.json",
};
/* The y_ texts that we refuse: JSON, but not I-JSON, and two readers could understand them in two ways. */
static const char *const twice[] = {"y_object_duplicated_key.json", "y_object_duplicated_key_and_value.json"};

static bool
among(const char *name, const char *const *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(name, list[i]) == 0)
			return true;
	return false;
}

struct run {
	struct buf b;
	struct arena a;
	int y, n, i;
};

static void
one(const char *path, void *ctx)
{
	struct run *run = ctx;
	struct errinfo e = {0};
	const struct json *j;
	const char *name = strrchr(path, '/') + 1;
	CHECK(test_read(path, &run->b));
	/* a copy of exactly its size, so that a sanitizer sees a byte too far */
	char *exact = malloc(run->b.n ? run->b.n : 1);
	if (run->b.n)
		memcpy(exact, run->b.p, run->b.n);
	arena_reset(&run->a);
	enum err r = json_parse(&run->a, (struct str){exact, run->b.n}, &j, &e);
	if (name[0] == 'y') {
		bool refused = among(name, twice, sizeof twice / sizeof *twice);
		CHECKF(r == (refused ? ERR_INVALID : OK), "%s: %s", name, e.msg);
		run->y++;
	} else if (name[0] == 'n') {
		CHECKF(r == ERR_SYNTAX || r == ERR_INVALID || r == ERR_LIMIT, "%s: taken", name);
		CHECKF(e.line && e.col && e.offset <= run->b.n, "%s: no place", name);
		run->n++;
	} else {
		bool take = among(name, taken, sizeof taken / sizeof *taken);
		CHECKF((r == OK) == take, "%s: %s", name, r ? e.msg : "taken");
		run->i++;
	}
	free(exact);
}

TEST(suite_verdicts)
{
	TEST_SHARED(dir);
	char path[1000];
	struct run run = {.b = BUF_INIT(10 * MIB), .a = ARENA_INIT(LIMIT_OBJECT_ARENA)};
	snprintf(path, sizeof path, "%s/json/parsing", dir);
	test_each(path, ".json", one, &run);
	CHECKF(run.y == 95 && run.n >= 180 && run.i >= 30, "%d y, %d n, %d i", run.y, run.n, run.i);
	buf_done(&run.b);
	arena_done(&run.a);
}
