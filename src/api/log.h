/* log: one line an event on standard error, as name=value (logfmt). Nothing of the content and nobody's name stands in it: journals go to other
 * machines; who looked at what is in the audit trail of the home. Under systemd each line begins with its priority. */
#ifndef API_LOG_H
#define API_LOG_H

#include "base/err.h"
#include "base/str.h"

#define LOG_LEVEL_LIST(X) X(LOG_ERROR_, "error", 3) X(LOG_WARNING_, "warning", 4) X(LOG_INFO_, "info", 6) X(LOG_DEBUG_, "debug", 7)

enum log_level {
#define X(code, name, priority) code,
	LOG_LEVEL_LIST(X)
#undef X
	    LOG_LEVELS
};

struct log {
	enum log_level level; /* what is less urgent is left out */
	bool journal;         /* a journal adds the moment itself, and reads <priority> */
	int fd;
};

/* Of standard error, for a journal if JOURNAL_STREAM is set. */
struct log log_of_process(enum log_level level);
bool log_level_named(struct str name, enum log_level *ret);

/* From any thread: a line is one write. fmt gives what comes after event=…; values are plain words, or go through log_quote. */
void log_event(const struct log *l, enum log_level level, const char *event, const char *fmt, ...) __attribute__((format(printf, 4, 5)));
void log_failure(const struct log *l, enum err err, const struct errinfo *e);

#endif
