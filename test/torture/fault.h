/* fault: memory that can be refused, once or from a moment on, and what of it was not given back.
 *
 * Every malloc, calloc and realloc of the program comes through here (the linker's --wrap), and every allocation of SQLite (sqlite3_config). Counted
 * and refused is only what is taken inside a step of the home under test; what the simulated disk takes is its own (sim_takes). The small pieces that
 * SQLite would keep ready for a connection (lookaside) are switched off, so that each is an allocation that can fail. */
#ifndef TORTURE_FAULT_H
#define TORTURE_FAULT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum fault_memory { FAULT_C, FAULT_SQLITE, FAULT_MEMORIES };

/* Who runs now. */
enum fault_who {
	FAULT_NOBODY, /* the test itself: not counted, not listed */
	FAULT_OTHER,  /* a home that is not under test: listed */
	FAULT_UNDER,  /* the home under test: listed, counted, refused when its turn comes */
};

/* Before the first simulated world. */
void fault_install(void);
/* Gives who ran before. */
enum fault_who fault_run(enum fault_who who);

/* Counts from 0 anew. The n-th allocation of this kind from now is refused (n = 0: none); on: all after it, of both kinds, too. */
void fault_arm(enum fault_memory kind, uint64_t n, bool on);
/* No more. Gives whether the order was carried out. */
bool fault_disarm(void);
uint64_t fault_count(enum fault_memory kind); /* since it was armed */

/* Blocks of malloc taken inside steps and not freed. */
size_t fault_live(void);
/* Where the first of them was asked for: a return address; NULL if there is none. */
const void *fault_live_where(size_t *ret_bytes);
/* Frees them: of a process that died. */
void fault_forget(void);
#endif
