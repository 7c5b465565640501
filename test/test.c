#include "test.h"

#include <dirent.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/stat.h>

static struct test *first, **last = &first;
static jmp_buf out;
static char why[1024];

enum { PASSED, FAILED, SKIPPED };

void
test_add(struct test *t)
{
	*last = t;
	last = &t->next;
}

void
test_fail(const char *file, int line, const char *fmt, ...)
{
	va_list ap;
	int n = snprintf(why, sizeof why, "%s:%d: ", file, line);
	va_start(ap, fmt);
	vsnprintf(why + n, sizeof why - (size_t)n, fmt, ap);
	va_end(ap);
	longjmp(out, FAILED);
}

void
test_skip(const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	vsnprintf(why, sizeof why, fmt, ap);
	va_end(ap);
	longjmp(out, SKIPPED);
}

void
test_str(const char *file, int line, struct str got, struct str want)
{
	if (!str_eq(got, want))
		test_fail(file, line, "got «%.*s»\n#  want «%.*s»", STR_FMT(str_sub(got, 0, 400)), STR_FMT(str_sub(want, 0, 400)));
}

const char *
test_shared(void)
{
	static char path[4096];
	const char *dir = getenv("COMITY_SHARED");
	struct stat st;
	snprintf(path, sizeof path, "%s", dir ? dir : "../shared/data");
	return stat(path, &st) == 0 && S_ISDIR(st.st_mode) ? path : NULL;
}

bool
test_read(const char *path, struct buf *b)
{
	char part[65536];
	FILE *f = fopen(path, "rb");
	if (!f)
		return false;
	buf_clear(b);
	for (size_t n; (n = fread(part, 1, sizeof part, f)) > 0;)
		buf_put(b, str_bytes(part, n));
	bool ok = !ferror(f) && buf_ok(b);
	fclose(f);
	return ok;
}

size_t
test_each(const char *dir, const char *suffix, void (*each)(const char *path, void *ctx), void *ctx)
{
	struct dirent **list;
	int n = scandir(dir, &list, NULL, alphasort);
	size_t count = 0;
	for (int i = 0; i < n; i++) {
		char path[4096];
		struct stat st;
		snprintf(path, sizeof path, "%s/%s", dir, list[i]->d_name);
		if (list[i]->d_name[0] != '.' && stat(path, &st) == 0) {
			if (S_ISDIR(st.st_mode)) {
				count += test_each(path, suffix, each, ctx);
			} else if (str_ends(str_of(path), str_of(suffix))) {
				each(path, ctx);
				count++;
			}
		}
		free(list[i]);
	}
	if (n >= 0)
		free(list);
	return count;
}

int
main(int argc, char **argv)
{
	volatile int failed = 0;
	setvbuf(stdout, NULL, _IOLBF, 0);
	for (struct test *volatile t = first; t; t = t->next) {
		if (argc > 1 && !strstr(t->name, argv[1]))
			continue;
		int how = setjmp(out);
		if (how == PASSED) {
			t->run();
			printf("ok %s\n", t->name);
		} else if (how == SKIPPED) {
			printf("ok %s # skip %s\n", t->name, why);
		} else {
			printf("not ok %s\n#  %s\n", t->name, why);
			failed++;
		}
	}
	return failed != 0;
}
