/* The simulator's judge must know every key that an honest author signed with, else it takes what is genuine for forged. */
#include <stdlib.h>
#include <string.h>

#include "sim/disk.h"
#include "sim/history.h"
#include "sim/tell.h"
#include "test.h"

/* Nodes that die leave their memory behind, as processes do. */
const char *__asan_default_options(void);
const char *
__asan_default_options(void)
{
	return "detect_leaks=0";
}

/* How many of the notes of its own logs that a home holds no known key signed. */
static int
unsigned_notes(struct history *h, int home)
{
	int n = 0;
	uint64_t size;
	uint8_t root[PROOF_HASH];
	history_look(h, home, true);
	for (size_t i = 0; i < h->home[home].eye.n; i++) {
		const struct eye_log *x = &h->home[home].eye.log[i];
		n += x->author == home && x->note && !history_signed(h, home, (struct str){x->note, x->cp_note}, x->origin, &size, root);
	}
	return n;
}

/* Fails if the judge missed a key whose placing failed, which the next operation placed and signed with, and which the one after that replaced. */
TEST(a_change_of_keys_that_fails_is_finished_by_another_operation)
{
	struct history *h = calloc(1, sizeof *h);
	struct errinfo e = {0};
	bool begun = false;
	history_run(h, 1, PLANT_NONE, false, 1);
	int home = h->governor;
	CHECK(!h->violations && !unsigned_notes(h, home));
	for (unsigned n = 1; n < 200 && !begun; n++) {
		CHECK(history_up(h, home));
		simdisk_fail(simworld_disk(h->w, home), SIMOP_WRITE, n, ERR_FULL);
		if (history_op(h, home, NULL, &e, "key", "{\"rotate\":true}") == ACKED)
			break;
		begun = strstr(e.msg, "write keys/log:") != NULL; /* the card that states it is in the record */
	}
	CHECK(begun);
	int before = h->nkeys[home];
	CHECK(tell_report(h, home, bit(home), NULL, 0) >= 0);
	CHECK(history_op(h, home, NULL, NULL, "key", "{\"rotate\":true}") == ACKED);
	CHECK(h->nkeys[home] == before + 2 && !unsigned_notes(h, home) && !h->violations);
	history_done(h);
	free(h);
}
