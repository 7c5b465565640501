/* Both directions lean on the C library, which rounds correctly, and use it so that no decimal point is ever written or read: the
 * point is the one thing that a locale can change. */
#include "json/number.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A double is decided by its first 768 digits and whether any other is not 0 (the longest is the midpoint of the two least
 * subnormals' neighbours). */
enum { DIGITS = 800, EXPONENT_MAX = 1000000 };

bool
json_number_double(struct str text, double *ret)
{
	static const double power[] = {
	    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
	char digit[DIGITS + 1 + 16];
	size_t n = 0, i = 0;
	int64_t scale = 0, exponent = 0;
	bool minus = text.n && text.p[0] == '-', point = false, rest = false;
	uint64_t mantissa = 0;
	for (i = minus; i < text.n && text.p[i] != 'e' && text.p[i] != 'E'; i++) {
		char c = text.p[i];
		if (c == '.') {
			point = true;
			continue;
		}
		scale -= point;
		if (n == 0 && c == '0')
			continue;
		if (n < DIGITS) {
			digit[n++] = c;
			if (n <= 19)
				mantissa = mantissa * 10 + (uint64_t)(c - '0');
		} else {
			rest |= c != '0';
			scale++;
		}
	}
	if (i < text.n) {
		bool below = text.p[++i] == '-';
		i += text.p[i] == '-' || text.p[i] == '+';
		for (; i < text.n; i++)
			if (exponent < INT64_C(1) << 40)
				exponent = exponent * 10 + (text.p[i] - '0');
		if (below)
			exponent = -exponent;
	}
	scale += exponent;
	double d;
	if (n == 0) {
		d = 0;
	} else if (n <= 15 && scale >= -22 && scale <= 22) {
		/* mantissa and power are exact, so one operation rounds once (Clinger, "How to read floating point numbers accurately", 1990) */
		d = scale < 0 ? (double)mantissa / power[-scale] : (double)mantissa * power[scale];
	} else {
		if (rest) {
			digit[n++] = '1'; /* anything that is not 0 breaks a tie the same way */
			scale--;
		}
		scale = scale > EXPONENT_MAX ? EXPONENT_MAX : scale < -EXPONENT_MAX - DIGITS ? -EXPONENT_MAX - DIGITS : scale;
		snprintf(digit + n, sizeof digit - n, "e%d", (int)scale);
		d = strtod(digit, NULL);
	}
	if (!isfinite(d))
		return false;
	*ret = minus ? -d : d;
	return true;
}

/* d with the given count of digits, as digits without a point and the decimal exponent of the first. */
static int
spell(double d, int count, char *digit)
{
	char text[48];
	snprintf(text, sizeof text, "%.*e", count - 1, d);
	digit[0] = text[0];
	char *e = strchr(text, 'e');
	if (count > 1) /* what stands at text[1] is the locale's point, of unknown length: count from the end */
		memcpy(digit + 1, e - (count - 1), (size_t)(count - 1));
	digit[count] = '\0';
	return (int)strtol(e + 1, NULL, 10); /* printf's own: always a small number */
}

static bool
reads_back(const char *digit, int exponent, double d)
{
	char text[48];
	snprintf(text, sizeof text, "%se%d", digit, exponent - (int)strlen(digit) + 1);
	return strtod(text, NULL) == d;
}

/* The shortest digits that read back as d > 0; returns the decimal exponent of the first. */
static int
shortest(double d, char digit[static 24])
{
	int half, exponent = 0;
	bool power = frexp(d, &half) == 0.5;
	/* A normal double gives back any text of 15 digits (DBL_DIG), so if one of at most 15 means d, it is d spelled with 15 less
	 * the zeros at its end. Subnormals have fewer. */
	for (int count = d < 2.2250738585072014e-308 ? 1 : 15; count <= 17; count++) {
		exponent = spell(d, count, digit);
		if (reads_back(digit, exponent, d))
			break;
		/* The gap below a power of two is half the gap above. So the nearest text can lie below and miss while the next above, farther, still
		 * means d. */
		char up[24];
		memcpy(up, digit, sizeof up);
		if (power && up[count - 1] < '9') {
			up[count - 1]++;
			if (reads_back(up, exponent, d)) {
				memcpy(digit, up, sizeof up);
				break;
			}
		}
	}
	size_t n = strlen(digit);
	while (n > 1 && digit[n - 1] == '0')
		digit[--n] = '\0';
	return exponent;
}

void
json_double_put(struct buf *b, double d)
{
	assert(isfinite(d));
	if (d < 0) {
		buf_putc(b, '-');
		d = -d;
	}
	if (d < 9007199254740992.0 && d == (double)(uint64_t)d) {
		buf_u64(b, (uint64_t)d);
		return;
	}
	char digit[24];
	int point = shortest(d, digit) + 1, k = (int)strlen(digit); /* value = 0.digits * 10^point: n and k of ECMA-262 */
	struct str s = {digit, (size_t)k};
	if (k <= point && point <= 21) {
		buf_put(b, s);
		for (int i = k; i < point; i++)
			buf_putc(b, '0');
	} else if (0 < point && point <= 21) {
		buf_put(b, str_sub(s, 0, (size_t)point));
		buf_putc(b, '.');
		buf_put(b, str_sub(s, (size_t)point, s.n));
	} else if (-6 < point && point <= 0) {
		buf_puts(b, "0.");
		for (int i = point; i < 0; i++)
			buf_putc(b, '0');
		buf_put(b, s);
	} else {
		buf_putc(b, digit[0]);
		if (k > 1) {
			buf_putc(b, '.');
			buf_put(b, str_sub(s, 1, s.n));
		}
		buf_printf(b, "e%+d", point - 1);
	}
}
