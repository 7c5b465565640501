/* How much each asker has - connections of an address or a key, bytes of replies that it has not taken - so that none takes all. A table of chains;
 * who has nothing is not in it. */
#include <stdlib.h>
#include <string.h>

#include "http/server_int.h"

enum { CHAINS = 1024 };

struct one {
	struct one *next;
	uint8_t address[16];
	size_t n;
};

struct crowd {
	pthread_mutex_t m;
	struct one *chains[CHAINS];
};

struct crowd *
crowd_new(void)
{
	struct crowd *c = calloc(1, sizeof *c);
	if (c)
		pthread_mutex_init(&c->m, NULL);
	return c;
}

void
crowd_free(struct crowd *c)
{
	if (!c)
		return;
	for (int i = 0; i < CHAINS; i++)
		for (struct one *o; (o = c->chains[i]);) {
			c->chains[i] = o->next;
			free(o);
		}
	pthread_mutex_destroy(&c->m);
	free(c);
}

/* Whoever can choose addresses at will (a /64 is one here) has as many connections as that without making a chain long. */
static struct one **
find(struct crowd *c, const uint8_t address[static 16])
{
	uint32_t h = 2166136261u;
	for (int i = 0; i < 16; i++)
		h = (h ^ address[i]) * 16777619u;
	struct one **at = &c->chains[(h ^ h >> 16) % CHAINS];
	while (*at && memcmp((*at)->address, address, 16) != 0)
		at = &(*at)->next;
	return at;
}

bool
crowd_enter(struct crowd *c, const uint8_t address[static 16], size_t n, size_t max)
{
	pthread_mutex_lock(&c->m);
	struct one **at = find(c, address);
	if (!*at && (*at = calloc(1, sizeof **at)))
		memcpy((*at)->address, address, 16);
	bool ok = *at && (!(*at)->n || ((*at)->n <= max && n <= max - (*at)->n));
	if (ok)
		(*at)->n += n;
	pthread_mutex_unlock(&c->m);
	return ok;
}

void
crowd_leave(struct crowd *c, const uint8_t address[static 16], size_t n)
{
	pthread_mutex_lock(&c->m);
	struct one **at = find(c, address), *o = *at;
	if (o && (o->n -= n) == 0) {
		*at = o->next;
		free(o);
	}
	pthread_mutex_unlock(&c->m);
}
