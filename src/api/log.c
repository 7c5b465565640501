#include "api/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { LINE = 2048 };

static const char *const level_names[] = {
#define X(code, name, priority) name,
    LOG_LEVEL_LIST(X)
#undef X
};
static const int priorities[] = {
#define X(code, name, priority) priority,
    LOG_LEVEL_LIST(X)
#undef X
};

struct log
log_of_process(enum log_level level)
{
	const char *journal = getenv("JOURNAL_STREAM");
	return (struct log){.level = level, .journal = journal && *journal, .fd = STDERR_FILENO};
}

bool
log_level_named(struct str name, enum log_level *ret)
{
	for (int i = 0; i < LOG_LEVELS; i++)
		if (str_is(name, level_names[i])) {
			*ret = (enum log_level)i;
			return true;
		}
	return false;
}

void
log_event(const struct log *l, enum log_level level, const char *event, const char *fmt, ...)
{
	struct timespec now;
	struct tm tm;
	char line[LINE], *p = line, *end = line + sizeof line - 1; /* one for the line end */
	va_list ap;
	if (!l || level > l->level)
		return;
	if (l->journal) {
		p += snprintf(p, (size_t)(end - p), "<%d>", priorities[level]);
	} else if (!clock_gettime(CLOCK_REALTIME, &now) && gmtime_r(&now.tv_sec, &tm)) {
		p += strftime(p, (size_t)(end - p), "time=%Y-%m-%dT%H:%M:%S", &tm);
		p += snprintf(p, (size_t)(end - p), ".%03ldZ ", now.tv_nsec / 1000000);
	}
	p += snprintf(p, (size_t)(end - p), "level=%s event=%s%s", level_names[level], event, *fmt ? " " : "");
	va_start(ap, fmt);
	int n = vsnprintf(p, (size_t)(end - p), fmt, ap);
	va_end(ap);
	p += n < 0 ? 0 : n < end - p ? n : end - p - 1;
	for (char *c = line; c < p; c++)
		if ((unsigned char)*c < ' ')
			*c = ' ';
	*p++ = '\n';
	(void)!write(l->fd, line, (size_t)(p - line)); /* there is nobody to tell that it could not be told */
}

/* Quotes of the text would end the value. */
static void
quote(const char *s, char *to, size_t cap)
{
	size_t n = 0;
	for (; *s && n + 1 < cap; s++)
		to[n++] = *s == '"' || *s == '\\' ? '\'' : *s;
	to[n] = '\0';
}

void
log_failure(const struct log *l, enum err err, const struct errinfo *e)
{
	char msg[sizeof e->msg];
	quote(e->msg[0] ? e->msg : err_text(err), msg, sizeof msg);
	log_event(l, LOG_ERROR_, "failure", "code=%s message=\"%s\"", err_name(err), msg);
}
