/* map: bytes to a pointer-sized value; the one hash map. SipHash-2-4 under a key of the caller's, so that strangers cannot choose collisions;
 * iterated in the order of insertion, so that nothing depends on the key. Keys are views: the caller keeps their bytes alive. No removal: what is
 * built is dropped whole. */
#ifndef BASE_MAP_H
#define BASE_MAP_H

#include "base/str.h"

struct map_item {
	struct str key;
	uint64_t hash;
	union {
		void *ptr;
		uint64_t u64;
	} v;
};

struct map {
	struct map_item *items; /* in order of insertion */
	uint32_t *slots;        /* index + 1 into items; 0 = free; a power of two, at most half full */
	size_t n, cap, nslots;
	size_t max; /* most items */
	uint8_t key[16];
};

void map_init(struct map *m, const uint8_t key[static 16], size_t max_items);
void map_done(struct map *m);
void map_clear(struct map *m); /* empties, keeps the memory */

struct map_item *map_find(const struct map *m, struct str key); /* NULL if absent; valid until the next map_put */
/* The item of key, made with a zero value if absent (*ret_new tells, may be NULL); NULL when the ceiling or memory is spent. */
struct map_item *map_put(struct map *m, struct str key, bool *ret_new);

uint64_t siphash(const uint8_t key[static 16], struct str s); /* SipHash-2-4, Aumasson and Bernstein 2012 */

#endif
