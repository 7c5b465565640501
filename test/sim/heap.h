/* heap: SQLite's memory, kept apart by owner, so that a dead process's share can be freed whole without running any code of it.
 *
 * SQLite keeps nothing of a connection in its globals but what is listed here to be left alone: extensions registered for all connections (taken
 * before any owner), and, only with shared cache or unlock-notify, lists of connections (the simulator uses neither). */
#ifndef SIM_HEAP_H
#define SIM_HEAP_H

#include <stddef.h>

struct simheap_block;

struct simheap {
	struct simheap_block *first;
	size_t bytes;
};

/* Makes SQLite take its memory here, without mutexes and statistics. Shuts SQLite down first, once: no connection may be open. Later calls do
 * nothing. */
void simheap_install(void);
/* Whom memory taken from now on belongs to; NULL = nobody. Gives the one before. */
struct simheap *simheap_owner(struct simheap *h);
/* Frees all that belongs to h. */
void simheap_free(struct simheap *h);

#endif
