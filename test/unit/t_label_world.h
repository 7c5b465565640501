/* A small centre for the tests of labels: four members in an order that is not the alphabet's, three levels, Iraq and Russia with words of their own,
 * two compartments. */
#ifndef T_LABEL_WORLD_H
#define T_LABEL_WORLD_H

#include <string.h>

#include "base/time.h"
#include "label/label.h"

enum { IRQ, SYR, IRN, RUS };
#define SET(m) (UINT64_C(1) << (m))
#define DAY(n) (INT64_C(1451606400000000) + (n)*TIME_DAY) /* 2016-01-01 and on */

static struct label_policy world;

static inline void
world_words(struct label_words *w, const char *name, const char *portion)
{
	memset(w, 0, sizeof(*w));
	strcpy(w->name, name);
	strcpy(w->portion, portion);
}

static inline void
world_make(void)
{
	memset(&world, 0, sizeof(world));
	memset(world.id, 0xc1, sizeof(world.id));
	strcpy(world.member[IRQ], "irq");
	strcpy(world.member[SYR], "syr");
	strcpy(world.member[IRN], "irn");
	strcpy(world.member[RUS], "rus");
	world.nlevels = 3;
	world.level[0].rank = 2;
	world_words(&world.level[0].words, "SECRET", "S");
	world.level[1].rank = 0;
	world_words(&world.level[1].words, "UNCLASSIFIED", "U");
	world.level[2].rank = 5;
	world_words(&world.level[2].words, "TOP SECRET", "TS");
	world_words(&world.level[0].national[RUS], "\xd0\xa1\xd0\x95\xd0\x9a\xd0\xa0\xd0\x95\xd0\xa2\xd0\x9d\xd0\x9e", "\xd0\xa1");
	world_words(&world.level[2].national[SYR], "SIRRI LIL GHAYA", "SG");
	world.ncompartments = 2;
	strcpy(world.compartment[0], "BRAVO");
	strcpy(world.compartment[1], "ALPHA");
}

static inline struct label
world_label(uint64_t owners, uint8_t level, uint64_t circle)
{
	struct label l;
	label_bottom(&l, world.id);
	l.owners = owners;
	l.level = level;
	l.circle = circle;
	return l;
}

#endif
