#include <assert.h>
#include <string.h>

#include "json/scan_int.h"
#include "json/simd_int.h"

enum err
window_more(struct window *w, uint64_t keep, struct errinfo *e)
{
	size_t got = 0, drop = keep - w->base > WINDOW_HISTORY ? (size_t)(keep - w->base) - WINDOW_HISTORY : 0;
	if (WINDOW_CAP - w->n < WINDOW_READ && drop) {
		if (w->counted < w->base + drop)
			window_count(w, w->base + drop);
		w->n -= drop;
		w->base += drop;
		memmove(w->p, w->p + drop, w->n);
	}
	assert(WINDOW_CAP - w->n >= WINDOW_READ);
	enum err r = w->src.read(w->src.ctx, w->p + w->n, WINDOW_READ, &got, e);
	if (r)
		return r;
	assert(got <= WINDOW_READ);
	w->n += got;
	w->end = got == 0;
	return OK;
}

void
window_count(struct window *w, uint64_t at)
{
	const char *last = NULL;
	assert(at >= w->counted && at <= window_limit(w));
	w->line += json_count_lines(window_ptr(w, w->counted), window_ptr(w, at), &last);
	if (last)
		w->line_start = w->base + (uint64_t)(last - w->p);
	w->counted = at;
}

void
window_place(const struct window *w, uint64_t at, struct errinfo *e)
{
	struct window there = *w;
	window_count(&there, at);
	err_place(e, there.line, at - there.line_start + 1, at);
}

bool
window_indent(const struct window *w, uint64_t at, struct str *ret)
{
	if (w->line_start < w->base || at - w->line_start > WINDOW_HISTORY)
		return false;
	for (uint64_t i = w->line_start; i < at; i++)
		if (*window_ptr(w, i) != ' ' && *window_ptr(w, i) != '\t')
			return false;
	*ret = (struct str){window_ptr(w, w->line_start), (size_t)(at - w->line_start)};
	return true;
}
