#include "govern/rota.h"

#include <string.h>

int64_t
rota_start(const struct rota *r, uint32_t k)
{
	return time_plus(r->first, &r->term, (int)k);
}

/* Starts of terms only grow with k until the end of the calendar, so the last that is not after t is found by halving. */
uint32_t
rota_term(const struct rota *r, int64_t t)
{
	uint32_t lo = 0, hi = 4000000; /* a term is a day at least, and 9999 years have fewer days */
	while (hi - lo > 1) {
		uint32_t mid = lo + (hi - lo) / 2;
		if (rota_start(r, mid) <= t)
			lo = mid;
		else
			hi = mid;
	}
	return lo;
}

bool
rota_same(const struct rota *a, const struct rota *b)
{
	return a->first == b->first && a->n == b->n && !memcmp(a->order, b->order, a->n) && str_eq(a->term_text, b->term_text);
}

/* Whoever leads at t, without regard to when that began; start and end are those of the whole term. */
static bool
lead_at(const struct chain *c, int64_t t, struct turn *ret)
{
	int at = chain_at(c, t);
	if (at < 0 || t >= TIME_MAX)
		return false;
	const struct charter *in_force = chain_charter(c, (size_t)at);
	for (int i = at; i >= 0; i--) {
		const struct rota *r = &chain_charter(c, (size_t)i)->rota;
		if (r->first > t)
			continue;
		uint32_t k = rota_term(r, t);
		for (size_t n = 0; n < r->n; n++) {
			int m = r->order[(k + n) % r->n];
			if (!(in_force->voting >> m & 1))
				continue;
			*ret = (struct turn){
			    .lead = m, .stated = r->order[k % r->n], .start = rota_start(r, k), .end = rota_start(r, k + 1), .term = k, .rota = r};
			if (ret->end >= TIME_MAX)
				ret->end = TIME_NEVER;
			return true;
		}
		return false;
	}
	return false;
}

static bool
same_turn(const struct turn *a, const struct turn *b)
{
	return a->lead == b->lead && a->stated == b->stated && a->term == b->term && rota_same(a->rota, b->rota);
}

/* The charters alone can change the lead within a term: by taking effect, or by the first day of their rota. The nearest such moment
 * after t; TIME_NEVER if none. */
static int64_t
change_after(const struct chain *c, int64_t t)
{
	int64_t next = TIME_NEVER;
	for (size_t i = 0; i < chain_count(c); i++) {
		const struct charter *o = chain_charter(c, i);
		if (o->from > t && o->from < next)
			next = o->from;
		if (o->rota.first > t && o->rota.first < next)
			next = o->rota.first;
	}
	return next;
}

/* The last such moment not after t; TIME_MIN if none. */
static int64_t
change_until(const struct chain *c, int64_t t)
{
	int64_t last = TIME_MIN;
	for (size_t i = 0; i < chain_count(c); i++) {
		const struct charter *o = chain_charter(c, i);
		if (o->from <= t && o->from > last)
			last = o->from;
		if (o->rota.first <= t && o->rota.first > last)
			last = o->rota.first;
	}
	return last;
}

bool
rota_at(const struct chain *c, int64_t t, struct turn *ret)
{
	struct turn now, other;
	if (!lead_at(c, t, &now)) {
		int64_t next = t;
		do
			next = change_after(c, next);
		while (next != TIME_NEVER && !lead_at(c, next, &other));
		*ret = (struct turn){.lead = -1, .stated = -1, .end = next};
		return false;
	}
	int64_t whole_start = now.start, whole_end = now.end;
	/* From one change to the next, as long as the same one leads in the same term. */
	for (int64_t at = change_until(c, t);; at = change_until(c, at - 1)) {
		if (at <= whole_start)
			break;
		now.start = at;
		if (!lead_at(c, at - 1, &other) || !same_turn(&now, &other))
			break;
		now.start = whole_start;
	}
	for (int64_t at = change_after(c, t); at < whole_end; at = change_after(c, at)) {
		if (!lead_at(c, at, &other) || !same_turn(&now, &other)) {
			now.end = at;
			break;
		}
	}
	*ret = now;
	return true;
}

size_t
rota_ahead(const struct chain *c, int64_t t, struct turn *ret, size_t max)
{
	size_t n = 0;
	struct turn one;
	while (n < max && t != TIME_NEVER) {
		if (rota_at(c, t, &one))
			ret[n++] = one;
		t = one.end;
	}
	return n;
}
