#include "analyse/claims.h"

#include <math.h>
#include <stdlib.h>

static int
by_number(int64_t a, int64_t b)
{
	return (a > b) - (a < b);
}

/* Not said comes last. */
static int
by_double(double a, double b)
{
	if (isnan(a) || isnan(b))
		return isnan(a) - isnan(b);
	return (a > b) - (a < b);
}

static int
by_grade(struct grade a, struct grade b)
{
	int c = by_number(a.scheme, b.scheme);
	if (!c)
		c = by_number(a.reliability, b.reliability);
	return c ? c : by_number(a.credibility, b.credibility);
}

/* Equal: the same author says the same again. */
static int
by_content(const struct claim_row *a, const struct claim_row *b)
{
	int c = str_cmp(a->what, b->what);
	if (!c)
		c = str_cmp(a->where, b->where);
	if (!c)
		c = by_number(a->when, b->when);
	if (!c)
		c = by_number(a->centre, b->centre);
	if (!c)
		c = by_number(a->author, b->author);
	if (!c)
		c = by_double(a->low, b->low);
	if (!c)
		c = by_double(a->best, b->best);
	if (!c)
		c = by_double(a->high, b->high);
	return c ? c : by_grade(a->grade, b->grade);
}

static int
by_row(const void *x, const void *y)
{
	const struct claim_row *a = *(struct claim_row *const *)x, *b = *(struct claim_row *const *)y;
	int c = by_content(a, b);
	if (!c)
		c = stix_id_cmp(a->id, b->id);
	if (!c)
		c = by_number(a->modified, b->modified);
	if (!c)
		c = (a->circle > b->circle) - (a->circle < b->circle);
	return c ? c : by_number(a->portion, b->portion);
}

bool
claim_range(const struct claim_row *r, double *ret_low, double *ret_high)
{
	if (isnan(r->low) && isnan(r->best) && isnan(r->high))
		return false;
	*ret_low = !isnan(r->low) ? r->low : !isnan(r->best) ? r->best : 0;
	*ret_high = !isnan(r->high) ? r->high : !isnan(r->best) ? r->best : INFINITY;
	return true;
}

bool
claim_contradicts(const struct claim_row *a, const struct claim_row *b)
{
	double alow, ahigh, blow, bhigh;
	if (!claim_range(a, &alow, &ahigh) || !claim_range(b, &blow, &bhigh))
		return false;
	if (a->when != TIME_NEVER && b->when != TIME_NEVER) {
		uint64_t apart = a->when < b->when ? (uint64_t)b->when - (uint64_t)a->when : (uint64_t)a->when - (uint64_t)b->when;
		if (apart >= (uint64_t)CLAIMS_SAME_TIME)
			return false;
	}
	return ahigh < blow || bhigh < alow;
}

static bool
same_group(const struct claim_row *a, const struct claim_row *b)
{
	return str_eq(a->what, b->what) && str_eq(a->where, b->where);
}

/* sorted[0 … n) has one group: leaves one row of those that say the same, then compares each with each. */
static void
fill(struct claim_group *g, struct claim_row **sorted, size_t n)
{
	*g = (struct claim_group){.what = sorted[0]->what, .where = sorted[0]->where, .rows = sorted};
	for (size_t i = 0; i < n; i++)
		if (g->n && by_content(sorted[g->n - 1], sorted[i]) == 0)
			sorted[g->n - 1]->also++;
		else
			sorted[g->n++] = sorted[i];
	for (size_t i = 0; i < g->n; i++)
		for (size_t k = i + 1; k < g->n; k++)
			if (claim_contradicts(sorted[i], sorted[k])) {
				sorted[i]->contradicts++;
				sorted[k]->contradicts++;
				g->contradiction = true;
			}
}

enum err
claims_compare(struct arena *a, struct claim_row *rows, size_t n, struct claim_group **ret, size_t *ret_n, struct errinfo *e)
{
	struct claim_row **sorted = arena_array(a, n, sizeof(struct claim_row *));
	size_t groups = 0;
	if (!sorted)
		return err_nomem(e);
	for (size_t i = 0; i < n; i++) {
		rows[i].contradicts = rows[i].also = 0;
		sorted[i] = &rows[i];
	}
	if (n)
		qsort(sorted, n, sizeof(struct claim_row *), by_row);
	for (size_t i = 0; i < n; i++)
		groups += i == 0 || !same_group(sorted[i - 1], sorted[i]);
	struct claim_group *g = arena_array(a, groups, sizeof(*g));
	if (!g)
		return err_nomem(e);
	size_t at = 0;
	for (size_t from = 0, to; from < n; from = to) {
		for (to = from + 1; to < n && same_group(sorted[from], sorted[to]);)
			to++;
		fill(&g[at++], sorted + from, to - from);
	}
	*ret = g;
	*ret_n = groups;
	return OK;
}
