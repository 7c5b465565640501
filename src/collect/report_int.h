/* What the files of the report parser share: the reader, and one way to tell a fault. For this folder alone. */
#ifndef COLLECT_REPORT_INT_H
#define COLLECT_REPORT_INT_H

#include "base/limits.h"
#include "collect/report.h"

struct report_reader {
	struct str text; /* the whole report, for places */
	struct arena *a;
	const struct mark_view *v;
	struct report r;
	struct str subject; /* the field as written, its mark before it */
	struct errinfo *e;
};

/* Fills e with the message and the place of `at`, which points into the text (or to its end). Gives code back. */
enum err report_fault(const struct report_reader *rd, enum err code, const char *at, const char *fmt, ...) __attribute__((format(printf, 4, 5)));

/* Reads header lines off *rest, up to and with the first empty line, into rd->r and rd->subject; then what must be there is. */
enum err report_fields_read(struct report_reader *rd, struct str *rest) MUST_USE;

/* Whether a line says a claim; *ret_rest is what follows the word. */
bool report_claim_line(struct str line, struct str *ret_rest);
/* Reads what follows it. */
enum err report_claim_read(const struct report_reader *rd, struct str s, struct report_claim *ret) MUST_USE;

#endif
