#include "base/map.h"

#include <stdlib.h>
#include <string.h>

#define ROTL(x, b) ((x) << (b) | (x) >> (64 - (b)))

struct sip {
	uint64_t v0, v1, v2, v3;
};

static inline void
sip_round(struct sip *s)
{
	s->v0 += s->v1, s->v2 += s->v3;
	s->v1 = ROTL(s->v1, 13) ^ s->v0, s->v3 = ROTL(s->v3, 16) ^ s->v2;
	s->v0 = ROTL(s->v0, 32);
	s->v2 += s->v1, s->v0 += s->v3;
	s->v1 = ROTL(s->v1, 17) ^ s->v2, s->v3 = ROTL(s->v3, 21) ^ s->v0;
	s->v2 = ROTL(s->v2, 32);
}

static uint64_t
le64(const void *p)
{
	uint64_t v;
	memcpy(&v, p, 8);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
	v = __builtin_bswap64(v);
#endif
	return v;
}

uint64_t
siphash(const uint8_t key[static 16], struct str in)
{
	uint64_t k0 = le64(key), k1 = le64(key + 8);
	struct sip s = {k0 ^ 0x736f6d6570736575u, k1 ^ 0x646f72616e646f6du, k0 ^ 0x6c7967656e657261u, k1 ^ 0x7465646279746573u};
	size_t i = 0;
	for (; i + 8 <= in.n; i += 8) {
		uint64_t m = le64(in.p + i);
		s.v3 ^= m;
		sip_round(&s);
		sip_round(&s);
		s.v0 ^= m;
	}
	uint64_t b = (uint64_t)in.n << 56;
	for (size_t k = 0; i + k < in.n; k++)
		b |= (uint64_t)(unsigned char)in.p[i + k] << (8 * k);
	s.v3 ^= b;
	sip_round(&s);
	sip_round(&s);
	s.v0 ^= b;
	s.v2 ^= 0xff;
	for (int r = 0; r < 4; r++)
		sip_round(&s);
	return s.v0 ^ s.v1 ^ s.v2 ^ s.v3;
}

void
map_init(struct map *m, const uint8_t key[static 16], size_t max_items)
{
	*m = (struct map){.max = max_items < UINT32_MAX / 4 ? max_items : UINT32_MAX / 4};
	memcpy(m->key, key, 16);
}

void
map_done(struct map *m)
{
	if (m) {
		free(m->items);
		free(m->slots);
		m->items = NULL;
		m->slots = NULL;
		m->n = m->cap = m->nslots = 0;
	}
}

void
map_clear(struct map *m)
{
	m->n = 0;
	if (m->nslots)
		memset(m->slots, 0, m->nslots * sizeof *m->slots);
}

/* The slot of key: where it is, or the free one where it would go. */
static size_t
slot_of(const struct map *m, uint64_t hash, struct str key)
{
	size_t at = (size_t)hash & (m->nslots - 1);
	for (; m->slots[at]; at = (at + 1) & (m->nslots - 1)) {
		const struct map_item *it = &m->items[m->slots[at] - 1];
		if (it->hash == hash && str_eq(it->key, key))
			break;
	}
	return at;
}

struct map_item *
map_find(const struct map *m, struct str key)
{
	if (!m->n)
		return NULL;
	size_t at = slot_of(m, siphash(m->key, key), key);
	return m->slots[at] ? &m->items[m->slots[at] - 1] : NULL;
}

static bool
grow(struct map *m)
{
	size_t cap = m->cap ? m->cap * 2 : 16;
	uint32_t *slots = calloc(cap * 2, sizeof *slots);
	struct map_item *items = slots ? realloc(m->items, cap * sizeof *items) : NULL;
	if (!items) {
		free(slots);
		return false;
	}
	free(m->slots);
	m->items = items;
	m->slots = slots;
	m->cap = cap;
	m->nslots = cap * 2;
	for (size_t i = 0; i < m->n; i++)
		slots[slot_of(m, items[i].hash, items[i].key)] = (uint32_t)(i + 1);
	return true;
}

struct map_item *
map_put(struct map *m, struct str key, bool *ret_new)
{
	uint64_t hash = siphash(m->key, key);
	if (m->nslots) {
		size_t at = slot_of(m, hash, key);
		if (m->slots[at]) {
			if (ret_new)
				*ret_new = false;
			return &m->items[m->slots[at] - 1];
		}
	}
	if (m->n >= m->max || (m->n == m->cap && !grow(m)))
		return NULL;
	struct map_item *it = &m->items[m->n++];
	*it = (struct map_item){.key = key, .hash = hash};
	m->slots[slot_of(m, hash, key)] = (uint32_t)m->n;
	if (ret_new)
		*ret_new = true;
	return it;
}
