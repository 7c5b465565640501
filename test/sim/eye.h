/* eye: what a home durably holds, as the simulator itself reads it: every log leaf by leaf, hashed by its own means (proof.h), and the checkpoint it
 * accepted last.
 *
 * Two looks at one home tell what was lost or rewritten between them; looks at two homes tell whether an author showed them two histories. */
#ifndef SIM_EYE_H
#define SIM_EYE_H

#include "node/node.h"
#include "sim/proof.h"

struct eye_log {
	char *origin;
	uint64_t circle;
	int author;
	uint32_t epoch;
	bool forked, ended;
	uint64_t n;                  /* entries */
	uint8_t (*leaf)[PROOF_HASH]; /* their hashes */
	uint64_t cp_size;            /* of the last checkpoint accepted (own: signed); 0 = none */
	uint8_t cp_root[PROOF_HASH];
	uint64_t vouched; /* entries below the last checkpoint that is covered by entries: what this home can pass on */
	char *note;       /* that checkpoint, cp_note bytes */
	size_t cp_note;
	uint64_t waiting; /* entries whose payload is not here */
};

struct eye {
	struct eye_log *log; /* in order of origin hash */
	size_t n;
};

/* Looks at an open home (within its step). before: the last look, whose leaves are taken over where size and root are as they were; NULL: every entry
 * is read. */
enum err eye_look(struct node *node, const struct eye *before, struct eye *ret, struct errinfo *e) MUST_USE;
void eye_free(struct eye *x);
void eye_copy(const struct eye *x, struct eye *ret);
const struct eye_log *eye_find(const struct eye *x, const char *origin); /* NULL if it is not there */

/* The leaves that two copies of a log have in common from the first on. */
uint64_t eye_common(const struct eye_log *a, const struct eye_log *b);
/* Both homes have accepted, by checkpoints that cover them, entries that contradict each other. */
bool eye_contradict(const struct eye_log *a, const struct eye_log *b);

#endif
