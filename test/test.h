/* test: the little that unit tests need. A test is TEST(name) { CHECK(…); }; it fails at its first failed check and the next one runs.
 * The program prints TAP lines ("ok name", "not ok name", "ok name # skip why"), which tools/tally adds up. `t_x NAME` runs the tests whose name
 * contains NAME. */
#ifndef TEST_H
#define TEST_H

#include <setjmp.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"

struct test {
	const char *name;
	void (*run)(void);
	struct test *next;
};

void test_add(struct test *t);
_Noreturn void test_fail(const char *file, int line, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
_Noreturn void test_skip(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void test_str(const char *file, int line, struct str got, struct str want);

#define TEST(name)                                                \
	static void name(void);                                   \
	static struct test test_##name = {#name, name, NULL};     \
	__attribute__((constructor)) static void add_##name(void) \
	{                                                         \
		test_add(&test_##name);                           \
	}                                                         \
	static void name(void)

#define CHECK(cond)                                                 \
	do                                                          \
		if (!(cond))                                        \
			test_fail(__FILE__, __LINE__, "%s", #cond); \
	while (0)
#define CHECKF(cond, ...)                                           \
	do                                                          \
		if (!(cond))                                        \
			test_fail(__FILE__, __LINE__, __VA_ARGS__); \
	while (0)
/* Two views are the same bytes; says both if not. */
#define CHECK_STR(got, want) test_str(__FILE__, __LINE__, (got), (want))
/* A call with a struct errinfo named e in scope gives this code; says the message if not. */
#define CHECK_ERR(call, want)                                                                                                            \
	do {                                                                                                                             \
		enum err code_ = (call);                                                                                                 \
		if (code_ != (want))                                                                                                     \
			test_fail(__FILE__, __LINE__, "%s: %s, not %s: %s", #call, err_name(code_), err_name(want), code_ ? e.msg : ""); \
	} while (0)
#define CHECK_OK(call) CHECK_ERR(call, OK)

/* Other people's data: the directory, or NULL when it is not on this machine (then TEST_SHARED skips the test, saying so). $COMITY_SHARED, else
 * ../shared/data. */
const char *test_shared(void);
#define TEST_SHARED(dir)                 \
	const char *dir = test_shared(); \
	if (!dir)                        \
	test_skip("no shared test data (set COMITY_SHARED)")
/* A whole file into b (emptied first); false if it cannot be read. */
bool test_read(const char *path, struct buf *b);
/* Calls each with the path of every file below dir whose name ends in suffix, in order of name. Returns how many. */
size_t test_each(const char *dir, const char *suffix, void (*each)(const char *path, void *ctx), void *ctx);

#endif
