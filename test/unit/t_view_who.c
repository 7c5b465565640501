/* What is remembered for viewers is kept by this hash: whatever one clearance says and another does not must make another hash. */
#include <string.h>

#include "store/view.h"
#include "test.h"

TEST(whoever_may_see_something_else_has_another_hash)
{
	static const uint64_t one[] = {5}, other[] = {6}, both[] = {5, 6};
	static const char alpha[1][LIMIT_COMPARTMENT + 1] = {"ALPHA"}, bravo[1][LIMIT_COMPARTMENT + 1] = {"BRAVO"};
	const struct clearance c[] = {
	    {.level = 1},
	    {.level = 2},
	    {.policy = {1}, .level = 1},
	    {.level = 1, .every_circle = true},
	    {.level = 1, .circles = one, .ncircles = 1},
	    {.level = 1, .circles = other, .ncircles = 1},
	    {.level = 1, .circles = both, .ncircles = 2},
	    {.level = 1, .compartments = alpha, .ncompartments = 1},
	    {.level = 1, .compartments = bravo, .ncompartments = 1},
	};
	enum { N = sizeof c / sizeof *c };
	struct hash h[N + 3];
	for (size_t i = 0; i < N; i++)
		h[i] = view_who_hash(&(struct view_who){&c[i], 1});
	h[N] = view_who_hash(NULL);
	h[N + 1] = view_who_hash(&(struct view_who){c, 0});
	h[N + 2] = view_who_hash(&(struct view_who){c, 2});
	for (size_t i = 0; i < N + 3; i++)
		for (size_t k = 0; k < i; k++)
			CHECKF(!hash_eq(&h[i], &h[k]), "%zu and %zu are the same", k, i);
	struct hash again = view_who_hash(&(struct view_who){&c[7], 1});
	CHECK(hash_eq(&again, &h[7]));
}
