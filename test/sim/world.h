/* world: N nodes in one process, each with its struct env over a simulated disk, in virtual time.
 *
 * The scheduler calls a node's code only through simworld_run_step. What the node sees is a function of the seed and of the calls: clocks stand still
 * unless the scheduler moves them, randomness is a function of (seed, node, purpose, key, op) alone, SQLite's generator is seeded anew at each step,
 * and SQLite without a VFS by name can open nothing.
 *
 * How a node dies. A process that dies closes nothing, so nothing of it is closed here: no SQLite code of a dead node ever runs again. SQLite's
 * memory is taken from a heap per node (sqlite3_config), and simworld_kill frees that heap whole; connections, statements and caches are gone and
 * wrote nothing on their way. What the node took with malloc itself, and held when it died, leaks: programs of the simulator run with ASan's leak
 * detection off (simworld_new does not set it; ASAN_OPTIONS=detect_leaks=0). A node that only met errors (SIM_CRASHED) can be closed by its own code
 * in one more step before it is killed: its disk fails every call, so closing writes nothing; then nothing leaks.
 *
 * One world at a time, one thread. The first simworld_new shuts SQLite down to set its heap: no connection may be open in the process then. */
#ifndef SIM_WORLD_H
#define SIM_WORLD_H

#include "base/env.h"
#include "sim/disk.h"

struct simworld;

/* How a step ended. */
enum simend {
	SIM_DONE,    /* fn returned */
	SIM_DIED,    /* the node called die: simworld_why tells why. Its memory is as it was then: do not call its code again, kill it */
	SIM_CRASHED, /* fn returned, and its disk has met its crash point: kill it, then simworld_power */
};

/* n is 1 to 64. All clocks begin at `start`, microseconds UTC. */
struct simworld *simworld_new(uint64_t seed, int n, int64_t start);
/* Kills all nodes and frees. Takes NULL. */
void simworld_free(struct simworld *w);

const struct env *simworld_env(struct simworld *w, int node); /* the same pointer for the world's life */
struct simdisk *simworld_disk(struct simworld *w, int node);

/* Runs fn(arg) as the node. Inside a step of one node, another's may run (a request and its reply), not its own. */
enum simend simworld_run_step(struct simworld *w, int node, void (*fn)(void *arg), void *arg) MUST_USE;
const char *simworld_why(const struct simworld *w, int node); /* the last die's reason, "" if none */

/* The process of the node ends here: its SQLite heap, handles, locks and home lock go. Its disk stays as a running machine has it: what was written
 * is readable, synced or not. Not inside a step of that node. Harmless on a node that is not running. */
void simworld_kill(struct simworld *w, int node);
/* Power of that node's machine goes and comes back: kills it, then its disk loses what was not durable, by dice of (seed, node, how many times so
 * far). Its monotonic clock starts again. */
void simworld_power(struct simworld *w, int node);

/* True time, which no node sees; moving it moves every node's clocks. */
int64_t simworld_now(const struct simworld *w);
void simworld_advance(struct simworld *w, int64_t usec); /* usec >= 0 */
/* A node's wall clock jumps by usec (either way); its monotonic clock does not. */
void simworld_jump(struct simworld *w, int node, int64_t usec);
/* From now on both clocks of the node gain ppm microseconds a second (at most 100,000 either way). */
void simworld_drift(struct simworld *w, int node, int32_t ppm);

/* The same function that env.random is, for scheduler and checks. */
void simworld_random(const struct simworld *w, int node, enum rnd purpose, struct str key, uint64_t op, void *out, size_t n);
/* From now on the node draws other random bytes for the same purpose, key and op: a home put back to an earlier state does not repeat itself. */
void simworld_other_dice(struct simworld *w, int node);
/* Bytes in the node's SQLite heap. */
size_t simworld_heap(const struct simworld *w, int node);

#endif
