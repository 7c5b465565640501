/* What keeps a home: backup and restore, pouches, proofs, verification. */
#include <stdlib.h>

#include "env/posix.h"
#include "share/prove.h"
#include "sim/centre.h"
#include "t_node_world.h"

#define ID(n) "campaign--00000000-0000-4000-8000-00000000000" #n

static void
release_one(struct world *x, int home, unsigned n, const char *name, const char *mark)
{
	struct errinfo e = {0};
	struct buf b = BUF_INIT(MIB);
	char args[200];
	snprintf(args, sizeof args, "{\"mark\":\"%s\"}", mark);
	world_object(&b, n, name);
	CHECK_OK(world_add(x, home, buf_str(&b), args, &e));
	DO(x, home, "release", "{\"ids\":[\"campaign--00000000-0000-4000-8000-%012u\"],\"to\":\"ALL\"}", n);
	CHECK(NUMBER(x, "done.objects") == 1);
	buf_done(&b);
}

#define MARK "(//IRQ S//REL TO IRQ, RUS)"

/* Fails if a pouch for one could be opened by another, carried what its reader may not have, or lost something. */
TEST(a_pouch_carries_what_its_reader_may_have)
{
	struct world x;
	struct errinfo e = {0};
	struct buf pouch = BUF_INIT(MIB);
	world_init(&x, 3);
	struct buf b = BUF_INIT(MIB);
	world_object(&b, 1, "for two");
	world_object(&b, 2, "for nobody");
	CHECK_OK(world_add(&x, 0, buf_str(&b), "{\"mark\":\"" MARK "\"}", &e));
	DO(&x, 0, "release", "{\"ids\":[\"" ID(1) "\"],\"to\":\"rus\"}");
	struct sink out = sink_to_buf(&pouch);
	struct node_call pack = {.op = STR("pouch-pack"), .args = STR("{\"to\":[\"rus\"]}"), .out = &out};
	CHECK_OK(centre_call(&x.c, 0, &pack, &x.reply, &e));
	CHECK(NUMBER(&x, "logs") == 1 && NUMBER(&x, "entries") == 1);
	struct str rest = buf_str(&pouch);
	struct source in = source_of_str(&rest);
	struct node_call open = {.op = STR("pouch-open"), .args = STR("{}"), .in = &in};
	CHECK_ERR(centre_call(&x.c, 2, &open, &x.reply, &e), ERR_DENIED);
	rest = buf_str(&pouch);
	CHECK_OK(centre_call(&x.c, 1, &open, &x.reply, &e));
	CHECK(NUMBER(&x, "items.0.objects") == 1);
	DO(&x, 1, "ls", "{}");
	CHECK(HAS(&x, "for two") && !HAS(&x, "for nobody"));
	buf_done(&b);
	buf_done(&pouch);
	world_done(&x);
}

/* Fails if a proof did not hold by the centre's id alone, or held for another. */
TEST(a_release_is_proven_to_a_stranger)
{
	struct world x;
	struct errinfo e = {0};
	struct buf file = BUF_INIT(4 * MIB);
	struct arena a = ARENA_INIT(LIMIT_OBJECT_ARENA);
	struct proof_report r;
	struct hash id;
	world_init(&x, 2);
	release_one(&x, 0, 1, "proven", MARK);
	CHECK_OK(centre_sync_all(&x.c, 2, &e));
	struct sink out = sink_to_buf(&file);
	struct node_call prove = {.op = STR("prove"), .args = STR("{\"id\":\"" ID(1) "\"}"), .out = &out};
	CHECK_OK(centre_call(&x.c, 0, &prove, &x.reply, &e));
	CHECK(hash_from_hex(str_of(x.c.hex), &id));
	CHECK_OK(proof_check(buf_str(&file), &id, T0 + TIME_DAY, &a, &r, &e));
	CHECK_STR(r.circle, STR("irq.rus"));
	CHECK(r.cosigners && r.objects == 1 && str_find(r.payload, STR("proven")) >= 0);
	id.b[0] ^= 1;
	CHECK(proof_check(buf_str(&file), &id, T0 + TIME_DAY, &a, &r, &e) != OK);
	arena_done(&a);
	buf_done(&file);
	world_done(&x);
}

/* Backup: over real directories. */

struct dirs {
	char at[64];
	struct env_posix *home[3], *backup;
	struct env env[3]; /* the same with a clock that moves */
	struct centre c;
	struct buf reply;
};

static int64_t ticking = T0;

static int64_t
tick(void *ctx)
{
	(void)ctx;
	return ticking += TIME_SECOND;
}

static struct env_posix *
folder(struct dirs *d, const char *name)
{
	char path[128];
	struct env_posix *p;
	struct errinfo e = {0};
	snprintf(path, sizeof path, "%s/%s", d->at, name);
	CHECK_OK(env_posix_new(path, true, &p, &e));
	return p;
}

static void
dirs_init(struct dirs *d)
{
	static const char *const id[] = {"irq", "rus", "irq"};
	struct errinfo e = {0};
	*d = (struct dirs){.at = "/tmp/t_node_XXXXXX", .reply = BUF_INIT(64 * MIB)};
	CHECK(mkdtemp(d->at));
	for (int i = 0; i < 3; i++) {
		d->home[i] = folder(d, i == 0 ? "irq" : i == 1 ? "rus" : "again");
		d->env[i] = *env_posix_env(d->home[i]);
		d->env[i].now = tick;
		d->c.env[i] = &d->env[i];
		d->c.id[i] = id[i];
	}
	d->backup = folder(d, "backup");
	d->c.n = 2;
	CHECK_OK(centre_found(&d->c, &(struct centre_plan){.from = T0}, &e));
	d->c.n = 3;
}

static void
dirs_done(struct dirs *d)
{
	char cmd[128];
	centre_close_all(&d->c);
	for (int i = 0; i < 3; i++)
		env_posix_free(d->home[i]);
	env_posix_free(d->backup);
	buf_done(&d->reply);
	snprintf(cmd, sizeof cmd, "rm -rf '%s'", d->at);
	CHECK(system(cmd) == 0);
}

/* add and release of one object, in the words of the world's macros */
static void
dirs_release(struct dirs *d, int home, unsigned n, enum err want)
{
	struct buf b = BUF_INIT(MIB);
	struct errinfo e = {0};
	world_object(&b, n, "kept");
	CHECK_OK(centre_add(&d->c, home, buf_str(&b), "{\"mark\":\"" MARK "\"}", &d->reply, &e));
	enum err err = centre_op(&d->c, home, &d->reply, &e, "release", "{\"ids\":[\"campaign--00000000-0000-4000-8000-%012u\"],\"to\":\"ALL\"}", n);
	CHECKF(err == want, "%s, not %s: %s", err_name(err), err_name(want), err ? e.msg : "");
	buf_done(&b);
}

/* Fails if a restored home lost what was backed up, signed before it had asked, or forked its log after. */
TEST(a_restored_home_does_not_fork)
{
	struct dirs d;
	struct errinfo e = {0};
	dirs_init(&d);
	dirs_release(&d, 0, 1, OK);
	struct node_call backup = {.op = STR("backup"), .args = STR("{\"passphrase\":\"correct horse\"}"), .to = env_posix_env(d.backup)};
	CHECK_OK(centre_call(&d.c, 0, &backup, &d.reply, &e));
	CHECK_ERR(centre_call(&d.c, 0, &backup, &d.reply, &e), ERR_CONFLICT);
	dirs_release(&d, 0, 2, OK); /* after the backup; rus has it */
	CHECK_OK(centre_sync(&d.c, 1, 0, &d.reply, &e));
	centre_close(&d.c, 0);
	CHECK_ERR(node_restore(&d.env[2], env_posix_env(d.backup), STR("wrong"), &e), ERR_DENIED);
	CHECK_ERR(centre_open(&d.c, 2, &e), ERR_NOTFOUND); /* nothing half done is left */
	CHECK_OK(node_restore(&d.env[2], env_posix_env(d.backup), STR("correct horse"), &e));
	CHECK_ERR(node_restore(&d.env[2], env_posix_env(d.backup), STR("correct horse"), &e), ERR_CONFLICT);
	CHECK_OK(centre_open(&d.c, 2, &e));
	CHECK_OK(centre_op(&d.c, 2, &d.reply, &e, "ls", "{}"));
	CHECK(str_find(buf_str(&d.reply), STR(ID(1))) >= 0 && str_find(buf_str(&d.reply), STR(ID(2))) < 0);
	CHECK_OK(centre_op(&d.c, 2, &d.reply, &e, "status", "{}"));
	CHECK(str_find(buf_str(&d.reply), STR("unsettled")) >= 0);
	dirs_release(&d, 2, 3, ERR_DENIED);
	CHECK_OK(centre_sync(&d.c, 2, 1, &d.reply, &e));
	CHECK_OK(centre_op(&d.c, 2, &d.reply, &e, "status", "{}"));
	CHECK(str_find(buf_str(&d.reply), STR("unsettled")) < 0);
	dirs_release(&d, 2, 4, OK);
	CHECK_OK(centre_sync(&d.c, 1, 2, &d.reply, &e));
	CHECK(centre_number(buf_str(&d.reply), "items.0.objects") == 1 && centre_number(buf_str(&d.reply), "items.0.forks") == 0);
	for (int i = 1; i < 3; i++) {
		CHECK_OK(centre_op(&d.c, i, &d.reply, &e, "verify", "{}"));
		CHECKF(centre_number(buf_str(&d.reply), "faults") == 0, "%.*s", STR_FMT(buf_str(&d.reply)));
	}
	CHECK_OK(centre_op(&d.c, 1, &d.reply, &e, "logs", "{}"));
	CHECK(str_find(buf_str(&d.reply), STR("forked")) < 0);
	dirs_done(&d);
}
