#include "base/err.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const struct {
	const char *name, *text;
	int status;
} table[] = {[OK] = {"OK", "done", 0},
#define X(code, status, text) [code] = {#code, text, status},
    ERR_LIST(X)
#undef X
};

const char *
err_name(enum err code)
{
	return table[code].name;
}

const char *
err_text(enum err code)
{
	return table[code].text;
}

int
err_status(enum err code)
{
	return table[code].status;
}

/* A message cut at the end of its array must not end inside a UTF-8 sequence. */
static void
trim_utf8(char *s, size_t cap)
{
	size_t n = strlen(s);
	if (n + 1 < cap)
		return;
	size_t at;
	if (!str_utf8((struct str){s, n}, &at) && n - at < 4)
		s[at] = '\0';
}

enum err
err_set(struct errinfo *e, enum err code, const char *fmt, ...)
{
	if (e) {
		va_list ap;
		*e = (struct errinfo){.code = code};
		va_start(ap, fmt);
		vsnprintf(e->msg, sizeof e->msg, fmt, ap);
		va_end(ap);
		trim_utf8(e->msg, sizeof e->msg);
	}
	return code;
}

enum err
err_nomem(struct errinfo *e)
{
	return err_set(e, ERR_NOMEM, "out of memory");
}

void
err_place(struct errinfo *e, uint64_t line, uint64_t col, uint64_t offset)
{
	if (e) {
		e->line = line;
		e->col = col;
		e->offset = offset;
	}
}

void
err_hint(struct errinfo *e, const char *fmt, ...)
{
	if (e) {
		va_list ap;
		va_start(ap, fmt);
		vsnprintf(e->hint, sizeof e->hint, fmt, ap);
		va_end(ap);
		trim_utf8(e->hint, sizeof e->hint);
	}
}

void
err_at(struct errinfo *e, const char *fmt, ...)
{
	if (e) {
		char both[2 * sizeof e->msg];
		va_list ap;
		va_start(ap, fmt);
		int n = vsnprintf(both, sizeof e->msg, fmt, ap);
		va_end(ap);
		if (n < 0)
			return;
		size_t at = (size_t)n < sizeof e->msg ? (size_t)n : sizeof e->msg - 1;
		snprintf(both + at, sizeof both - at, ": %s", e->msg);
		memcpy(e->msg, both, sizeof e->msg - 1);
		e->msg[sizeof e->msg - 1] = '\0';
		trim_utf8(e->msg, sizeof e->msg);
	}
}
