/* What a failed fsync leaves behind: a WAL that can be read and is not on the disk. It fails if a home is opened by moving such a WAL into the
 * database before it was written again: power that goes in the middle of that leaves neither whole. */
#include "sim/world.h"

#include "base/time.h"
#include "crypto/hash.h"
#include "store/record.h"
#include "test.h"

/* What a home held when its process was killed leaks (sim/world.h), on purpose. */
const char *__asan_default_options(void);
const char *
__asan_default_options(void)
{
	return "detect_leaks=0";
}

struct job {
	const struct env *env;
	struct store *store;
	bool create;
	int n; /* documents to put, one a transaction */
	enum err err;
	struct errinfo e;
};

static enum err
put(struct job *j, int i)
{
	static char bytes[20000];
	struct hash h;
	uint8_t id[RECORD_CENTRE_ID] = {1};
	int centre;
	enum err err = record_begin(j->store, &j->e);
	snprintf(bytes, sizeof bytes, "document %d ", i);
	h = hash_of(str_bytes(bytes, sizeof bytes));
	if (!err && ((err = record_centre_put(j->store, id, &centre, &j->e)) ||
			(err = record_doc_put(j->store, centre, RECORD_CHARTER, &h, str_bytes(bytes, sizeof bytes), NULL, &j->e))))
		record_rollback(j->store);
	return err ? err : record_commit(j->store, &j->e);
}

static void
run(void *arg)
{
	struct job *j = arg;
	j->err = store_open(j->env, j->create, &j->store, &j->e);
	for (int i = 0; i < j->n && !j->err; i++)
		j->err = put(j, j->create ? i : 100 + i);
}

static void
check(void *arg)
{
	struct job *j = arg;
	j->err = store_check(j->store, &j->e);
	store_close(j->store);
}

TEST(power_goes_while_a_home_is_opened_after_a_failed_sync)
{
	for (uint64_t sync = 1; sync <= 7; sync++)
		for (uint64_t k = 1; k <= 60; k++) {
			struct simworld *w = simworld_new(sync * 100 + k, 1, 1443700800 * TIME_SECOND);
			struct simdisk *d = simworld_disk(w, 0);
			struct job make = {.env = simworld_env(w, 0), .create = true, .n = 12}, add = {.env = make.env, .n = 6},
				   open = {.env = make.env}, last = open;
			enum simend end = simworld_run_step(w, 0, run, &make);
			CHECK(end == SIM_DONE && !make.err);
			simworld_power(w, 0);
			simdisk_fail(d, SIMOP_SYNC, sync, ERR_IO);
			end = simworld_run_step(w, 0, run, &add);
			simdisk_fail(d, SIMOP_SYNC, 0, OK);
			simworld_kill(w, 0);
			simdisk_crash_at(d, 1 + k % 30);
			end = simworld_run_step(w, 0, run, &open);
			simworld_power(w, 0);
			end = simworld_run_step(w, 0, run, &last);
			CHECKF(end == SIM_DONE && !last.err, "sync %llu, then operation %llu of opening: %s", (unsigned long long)sync,
			    (unsigned long long)k, last.e.msg);
			end = simworld_run_step(w, 0, check, &last);
			CHECKF(end == SIM_DONE && !last.err, "sync %llu, then operation %llu of opening: %s", (unsigned long long)sync,
			    (unsigned long long)k, last.e.msg);
			simworld_free(w);
		}
}
