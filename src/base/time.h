/* time: microseconds since 1970-01-01T00:00:00Z, proleptic Gregorian, UTC, no leap seconds.
 *
 * The text of a time that came in a STIX object is kept apart: this is for order and arithmetic. */
#ifndef BASE_TIME_H
#define BASE_TIME_H

#include "base/buf.h"

#define TIME_SECOND INT64_C(1000000)
#define TIME_MINUTE (60 * TIME_SECOND)
#define TIME_HOUR (60 * TIME_MINUTE)
#define TIME_DAY (24 * TIME_HOUR)
#define TIME_NEVER INT64_MAX /* "no date given": later than all */

/* years 0000 to 9999 */
#define TIME_MIN INT64_C(-62167219200000000)
#define TIME_MAX INT64_C(253402300799999999)

struct date {
	int year, month, day;           /* month and day from 1 */
	int hour, minute, second, usec; /* second 0 to 59 */
};

void time_date(int64_t t, struct date *ret);
/* False if a field is out of range (29 February of a common year, hour 24 …). */
bool time_of_date(const struct date *d, int64_t *ret);

/* RFC 3339 as STIX 2.1 takes it: "2015-10-01T06:30:00.123Z", Z alone, any number of fraction digits (beyond 6 are cut off). Second 60 is refused. */
bool time_parse(struct str s, int64_t *ret);
/* The same, or a date alone ("2015-10-01" = its first moment), or a numeric offset instead of Z: what a person types. */
bool time_parse_human(struct str s, int64_t *ret);
/* "2015-10-01T06:30:00.000000Z" (always six digits: one time has one text) */
void time_put(struct buf *b, int64_t t);
/* "2015-10-01T06:30:00.000Z", as STIX writes it, cut to milliseconds */
void time_put_ms(struct buf *b, int64_t t);
/* "010630Z OCT 15": date-time group */
void time_put_dtg(struct buf *b, int64_t t);

/* ISO 8601 duration of whole years, months, weeks, days, hours, minutes, seconds: "P3M", "P1Y6M", "PT72H". At least one field, each at most 9999. */
struct duration {
	int months, days;
	int64_t usec;
};
bool duration_parse(struct str s, struct duration *ret);
/* t plus n times d: months by the calendar (31 January + 1 month = last day of February, always counted from t itself), then days, then the rest.
 * Saturates at TIME_MAX; n is at least 0. */
int64_t time_plus(int64_t t, const struct duration *d, int n);

#endif
