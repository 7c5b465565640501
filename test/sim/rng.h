/* rng: the simulator's dice. SplitMix64 (Steele, Lea, Flood 2014): one word of state, so that a seed in a message is enough to make a history again.
 */
#ifndef SIM_RNG_H
#define SIM_RNG_H

#include <stdbool.h>
#include <stdint.h>

struct simrng {
	uint64_t s;
};

static inline uint64_t
simrng_next(struct simrng *r)
{
	uint64_t z = (r->s += UINT64_C(0x9e3779b97f4a7c15));
	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

/* 0 to n - 1; n is at least 1. The bias of the remainder is below n / 2^64. */
static inline uint64_t
simrng_below(struct simrng *r, uint64_t n)
{
	return simrng_next(r) % n;
}

/* True once in n. */
static inline bool
simrng_once_in(struct simrng *r, uint64_t n)
{
	return simrng_below(r, n) == 0;
}

#endif
