#include "json/sort_int.h"

#include <string.h>

#include "json/canonical.h"

int
json_key_cmp(struct str a, struct str b)
{
	size_t n = a.n < b.n ? a.n : b.n, i = 0;
	while (i < n && a.p[i] == b.p[i])
		i++;
	if (i == n)
		return (a.n > b.n) - (a.n < b.n);
	unsigned char x = (unsigned char)a.p[i], y = (unsigned char)b.p[i];
	/* UTF-8 orders as code points do. UTF-16 differs in one thing: beyond U+FFFF (first byte 0xf0 on) begins with a surrogate,
	 * which is below U+E000 (0xee). */
	if (x >= 0xee && y >= 0xee && (x >= 0xf0) != (y >= 0xf0))
		return x >= 0xf0 ? -1 : 1;
	return x < y ? -1 : 1;
}

static int
cmp(const struct json *a, const struct json *b)
{
	return json_key_cmp(json_key_of(a), json_key_of(b));
}

const struct json **
json_sorted(const struct json *obj, struct arena *a)
{
	enum { RUN = 8 };
	uint32_t n = json_count(obj), i = 0;
	const struct json **v = arena_array(a, n, sizeof *v), **to, **swap;
	if (!v)
		return NULL;
	JSON_EACH(m, obj)
	{
		uint32_t at = i++, low = at - at % RUN; /* runs of 8, each by insertion */
		while (at > low && cmp(v[at - 1], m) > 0) {
			v[at] = v[at - 1];
			at--;
		}
		v[at] = m;
	}
	if (n <= RUN)
		return v;
	to = arena_array(a, n, sizeof *to);
	if (!to)
		return NULL;
	for (size_t run = RUN; run < n; run *= 2) {
		for (size_t low = 0; low < n; low += 2 * run) {
			size_t mid = low + run < n ? low + run : n, high = low + 2 * run < n ? low + 2 * run : n;
			for (size_t x = low, y = mid, k = low; k < high; k++)
				to[k] = x < mid && (y >= high || cmp(v[x], v[y]) <= 0) ? v[x++] : v[y++];
		}
		swap = v;
		v = to;
		to = swap;
	}
	return v;
}
