#include "sim/truth.h"

#include <stdlib.h>
#include <string.h>

#include "sim/disk_int.h"

/* Room for one more in an array that grows by doubling from 64; n is the number before. */
static void *
grow(void *p, size_t n, size_t size)
{
	if (n == 0)
		return sim_alloc(64 * size);
	return n >= 64 && (n & (n - 1)) == 0 ? sim_realloc(p, 2 * n * size) : p;
}

void
truth_free(struct truth *t)
{
	free(t->word);
	free(t->claim);
	free(t->thing);
	free(t->gift);
	free(t->grant);
	free(t->kept);
	free(t->hidden);
	*t = (struct truth){0};
}

int
truth_word(struct truth *t, struct simrng *dice, int owner, const char *what)
{
	t->word = grow(t->word, t->nwords, sizeof *t->word);
	struct word *w = &t->word[t->nwords];
	*w = (struct word){.text = "qx", .owner = owner, .may = UINT64_C(1) << owner, .what = what};
	for (int i = 2; i < WORD_LEN; i++)
		w->text[i] = (char)('a' + simrng_below(dice, 26));
	return (int)t->nwords++;
}

void
truth_claim(struct truth *t, int word, int home, uint64_t circle)
{
	t->claim = grow(t->claim, t->nclaims, sizeof *t->claim);
	t->claim[t->nclaims++] = (struct claim){word, home, circle, false};
}

struct thing *
truth_thing(struct truth *t)
{
	t->thing = grow(t->thing, t->nthings, sizeof *t->thing);
	t->thing[t->nthings] = (struct thing){0};
	return &t->thing[t->nthings++];
}

struct gift *
truth_gift(struct truth *t)
{
	t->gift = grow(t->gift, t->ngifts, sizeof *t->gift);
	t->gift[t->ngifts] = (struct gift){0};
	return &t->gift[t->ngifts++];
}

struct grant *
truth_grant(struct truth *t)
{
	t->grant = grow(t->grant, t->ngrants, sizeof *t->grant);
	t->grant[t->ngrants] = (struct grant){0};
	return &t->grant[t->ngrants++];
}

void
truth_keep(struct truth *t, int word, int home)
{
	t->kept = grow(t->kept, t->nkept, sizeof *t->kept);
	t->kept[t->nkept++] = (struct kept){word, home};
}

void
truth_hide(struct truth *t, const char *id, uint64_t from)
{
	t->hidden = grow(t->hidden, t->nhidden, sizeof *t->hidden);
	struct hidden *x = &t->hidden[t->nhidden++];
	*x = (struct hidden){.from = from};
	strncpy(x->id, id, sizeof x->id - 1);
}

int
truth_next(const struct truth *t, struct str bytes, size_t *at)
{
	while (*at + WORD_LEN <= bytes.n) {
		const char *q = memchr(bytes.p + *at, 'q', bytes.n - *at - WORD_LEN + 1);
		if (!q)
			break;
		*at = (size_t)(q - bytes.p) + 1;
		if (q[1] != 'x')
			continue;
		for (size_t i = 0; i < t->nwords; i++)
			if (!memcmp(t->word[i].text, q, WORD_LEN)) {
				*at += WORD_LEN - 1;
				return (int)i;
			}
	}
	*at = bytes.n;
	return -1;
}
