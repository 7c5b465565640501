#include "base/time.h"

#include <string.h>

/* Days from 1970-01-01 of a civil date and back: Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms". */
static int64_t
days_of(int y, int m, int d)
{
	y -= m <= 2;
	int64_t era = (y >= 0 ? y : y - 399) / 400;
	int64_t yoe = y - era * 400;
	int64_t doy = (153 * (m + (m > 2 ? -3 : 9)) + 2) / 5 + d - 1;
	int64_t doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;
	return era * 146097 + doe - 719468;
}

static void
civil_of(int64_t z, int *y, int *m, int *d)
{
	z += 719468;
	int64_t era = (z >= 0 ? z : z - 146096) / 146097;
	int64_t doe = z - era * 146097;
	int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
	int64_t mp = (5 * doy + 2) / 153;
	*d = (int)(doy - (153 * mp + 2) / 5 + 1);
	*m = (int)(mp < 10 ? mp + 3 : mp - 9);
	*y = (int)(yoe + era * 400 + (*m <= 2));
}

static int
month_days(int y, int m)
{
	static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	bool leap = (y % 4 == 0 && y % 100 != 0) || y % 400 == 0;
	return days[m - 1] + (m == 2 && leap);
}

void
time_date(int64_t t, struct date *ret)
{
	int64_t day = t / TIME_DAY, rest = t % TIME_DAY;
	if (rest < 0) {
		rest += TIME_DAY;
		day--;
	}
	struct date d = {.hour = (int)(rest / TIME_HOUR),
	    .minute = (int)(rest / TIME_MINUTE % 60),
	    .second = (int)(rest / TIME_SECOND % 60),
	    .usec = (int)(rest % TIME_SECOND)};
	civil_of(day, &d.year, &d.month, &d.day);
	*ret = d;
}

bool
time_of_date(const struct date *d, int64_t *ret)
{
	if (d->year < 0 || d->year > 9999 || d->month < 1 || d->month > 12 || d->day < 1 || d->day > month_days(d->year, d->month) || d->hour < 0 ||
	    d->hour > 23 || d->minute < 0 || d->minute > 59 || d->second < 0 || d->second > 59 || d->usec < 0 || d->usec > 999999)
		return false;
	*ret = days_of(d->year, d->month, d->day) * TIME_DAY + d->hour * TIME_HOUR + d->minute * TIME_MINUTE + d->second * TIME_SECOND + d->usec;
	return true;
}

/* Reads n digits off *s. */
static bool
digits(struct str *s, size_t n, int *ret)
{
	int v = 0;
	if (s->n < n)
		return false;
	for (size_t i = 0; i < n; i++) {
		if (s->p[i] < '0' || s->p[i] > '9')
			return false;
		v = v * 10 + (s->p[i] - '0');
	}
	*s = str_sub(*s, n, s->n);
	*ret = v;
	return true;
}

static bool
eat(struct str *s, char c)
{
	if (s->n == 0 || s->p[0] != c)
		return false;
	*s = str_sub(*s, 1, s->n);
	return true;
}

static bool
parse_day(struct str *s, struct date *d)
{
	return digits(s, 4, &d->year) && eat(s, '-') && digits(s, 2, &d->month) && eat(s, '-') && digits(s, 2, &d->day);
}

static bool
parse_clock(struct str *s, struct date *d)
{
	if (!digits(s, 2, &d->hour) || !eat(s, ':') || !digits(s, 2, &d->minute) || !eat(s, ':') || !digits(s, 2, &d->second))
		return false;
	if (!eat(s, '.'))
		return true;
	int scale = 100000;
	size_t n = 0;
	for (int v; digits(s, 1, &v); n++, scale /= 10)
		d->usec += v * scale;
	return n > 0;
}

bool
time_parse(struct str s, int64_t *ret)
{
	struct date d = {0};
	return parse_day(&s, &d) && eat(&s, 'T') && parse_clock(&s, &d) && str_is(s, "Z") && time_of_date(&d, ret);
}

bool
time_parse_human(struct str s, int64_t *ret)
{
	struct date d = {0};
	int64_t t;
	if (!parse_day(&s, &d))
		return false;
	if (s.n == 0)
		return time_of_date(&d, ret);
	if (!eat(&s, 'T') && !eat(&s, ' ') && !eat(&s, 't'))
		return false;
	if (!parse_clock(&s, &d) || !time_of_date(&d, &t))
		return false;
	if (s.n == 1 && (s.p[0] == 'Z' || s.p[0] == 'z')) {
		*ret = t;
		return true;
	}
	int sign = eat(&s, '+') ? 1 : eat(&s, '-') ? -1 : 0, h, m;
	if (!sign || !digits(&s, 2, &h) || !eat(&s, ':') || !digits(&s, 2, &m) || s.n || h > 23 || m > 59)
		return false;
	*ret = t - sign * (h * TIME_HOUR + m * TIME_MINUTE);
	return *ret >= TIME_MIN && *ret <= TIME_MAX;
}

static void
put_n(char *at, int v, int width)
{
	while (width--) {
		at[width] = (char)('0' + v % 10);
		v /= 10;
	}
}

static void
put_fraction(struct buf *b, int64_t t, int places)
{
	char s[27];
	struct date d;
	if (t < TIME_MIN)
		t = TIME_MIN;
	if (t > TIME_MAX)
		t = TIME_MAX;
	time_date(t, &d);
	memcpy(s, "0000-00-00T00:00:00.000000Z", sizeof s);
	put_n(s, d.year, 4);
	put_n(s + 5, d.month, 2);
	put_n(s + 8, d.day, 2);
	put_n(s + 11, d.hour, 2);
	put_n(s + 14, d.minute, 2);
	put_n(s + 17, d.second, 2);
	put_n(s + 20, d.usec, 6);
	s[20 + places] = 'Z';
	if (places == 3)
		put_n(s + 20, d.usec / 1000, 3);
	buf_put(b, (struct str){s, (size_t)(21 + places)});
}

void
time_put(struct buf *b, int64_t t)
{
	put_fraction(b, t, 6);
}

void
time_put_ms(struct buf *b, int64_t t)
{
	put_fraction(b, t, 3);
}

void
time_put_dtg(struct buf *b, int64_t t)
{
	static const char *const name[] = {"JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"};
	struct date d;
	time_date(t, &d);
	buf_printf(b, "%02d%02d%02dZ %s %02d", d.day, d.hour, d.minute, name[d.month - 1], d.year % 100);
}

bool
duration_parse(struct str s, struct duration *ret)
{
	struct duration d = {0};
	const char *order = "YMWD";
	bool in_time = false, any = false, in_part = true;
	if (!eat(&s, 'P'))
		return false;
	while (s.n) {
		if (!in_time && eat(&s, 'T')) {
			in_time = true;
			in_part = false;
			order = "HMS";
			continue;
		}
		int v = 0, n = 0;
		for (int one; n < 5 && digits(&s, 1, &one); n++)
			v = v * 10 + one;
		const char *unit = NULL;
		for (const char *o = order; n > 0 && n < 5 && s.n && *o; o++)
			if (*o == s.p[0])
				unit = o;
		if (!unit)
			return false;
		switch (*unit) {
		case 'Y':
			d.months += v * 12;
			break;
		case 'M':
			if (in_time)
				d.usec += v * TIME_MINUTE;
			else
				d.months += v;
			break;
		case 'W':
			d.days += v * 7;
			break;
		case 'D':
			d.days += v;
			break;
		case 'H':
			d.usec += v * TIME_HOUR;
			break;
		default:
			d.usec += v * TIME_SECOND;
			break;
		}
		order = unit + 1;
		any = in_part = true;
		s = str_sub(s, 1, s.n);
	}
	if (!any || !in_part)
		return false;
	*ret = d;
	return true;
}

int64_t
time_plus(int64_t t, const struct duration *d, int n)
{
	struct date c;
	time_date(t, &c);
	int64_t month = (int64_t)c.year * 12 + c.month - 1 + (int64_t)d->months * n;
	if (month / 12 > 9999)
		return TIME_MAX;
	c.year = (int)(month / 12);
	c.month = (int)(month % 12) + 1;
	if (c.day > month_days(c.year, c.month))
		c.day = month_days(c.year, c.month);
	int64_t out = 0, days, rest;
	if (!time_of_date(&c, &out) || __builtin_mul_overflow((int64_t)d->days * n, TIME_DAY, &days) ||
	    __builtin_mul_overflow(d->usec, (int64_t)n, &rest) || __builtin_add_overflow(out, days, &out) ||
	    __builtin_add_overflow(out, rest, &out) || out > TIME_MAX)
		return TIME_MAX;
	return out;
}
