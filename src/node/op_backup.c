/* Backups, and a home made of one.
 *
 * A backup is a folder: log.db, node.db, `keys.age` (sealed with a passphrase, or left out) and, last, `backup`, without which it is not whole. What
 * the files hash to stands with the keys under their seal, so that a backup which somebody changed, or put together from several, is refused; where
 * the keys are left out it stands in `backup`, which tells damage alone. A
 * restored home must not sign before it knows what others hold of its logs: it is marked so (share/settle.h) before its keys are in place. */
#include <string.h>

#include "crypto/init.h"
#include "node/keys.h"
#include "node/ops.h"
#include "node/put.h"
#include "share/settle.h"

enum { KEYS_MAX = 4 * KIB };

#define DONE_FILE "backup"
#define KEYS_FILE "keys.age"
#define RESTORING_FILE "restoring"

static const char *const summed[] = {"log.db", "node.db"};

static bool
copying(void *ctx, uint64_t done, uint64_t all)
{
	return op_progress(ctx, done, all, "pages", NULL) == OK;
}

/* Whether a file is there; a database is larger than what is asked for, which says the same. */
static enum err
is_there(const struct env *env, const char *path, bool *ret, struct errinfo *e)
{
	char space[16];
	struct buf b = {.p = space, .cap = sizeof space, .max = sizeof space};
	struct errinfo why;
	enum err err = env->read(env->ctx, path, &b, &why);
	secret_wipe(space, sizeof space);
	if (err && err != ERR_NOTFOUND && err != ERR_LIMIT) {
		if (e)
			*e = why;
		return err;
	}
	*ret = err != ERR_NOTFOUND;
	return OK;
}

/* Where databases have whole paths: whether one folder is in the other. */
static bool
is_within(const struct env *home, const struct env *to)
{
	struct buf a = BUF_INIT(8 * KIB), b = BUF_INIT(8 * KIB);
	bool ret = !home->db_path(home->ctx, "log.db", &a, NULL) && !to->db_path(to->ctx, "log.db", &b, NULL) && a.n && a.p[0] == '/' &&
		   str_starts(buf_str(&b), str_sub(buf_str(&a), 0, a.n - strlen("log.db")));
	buf_done(&a);
	buf_done(&b);
	return ret;
}

/* Lines "sum <file> <SHA-256>", and whether it is an exercise. */
static enum err
put_sums(const struct env *at, bool exercise, struct buf *b, struct errinfo *e)
{
	for (size_t i = 0; i < sizeof summed / sizeof *summed; i++) {
		struct hash h;
		enum err err = store_file_hash(at, summed[i], &h, e);
		if (err)
			return err;
		buf_printf(b, "sum %s ", summed[i]);
		hash_put_hex(b, &h);
		buf_putc(b, '\n');
	}
	buf_printf(b, "sum exercise %s\n", exercise ? "yes" : "no");
	struct str all;
	return buf_take(b, &all, e);
}

/* Whether the files are those of these lines. Where there are none it is a backup of older days. */
static enum err
check_sums(const struct env *from, bool exercise, struct str lines, struct errinfo *e)
{
	struct buf is = BUF_INIT(KIB);
	struct str line, rest = lines;
	bool any = false;
	enum err err = OK;
	while (str_line(&rest, &line))
		any |= str_starts(line, STR("sum "));
	if (any)
		err = put_sums(from, exercise, &is, e);
	for (rest = lines; !err && str_line(&rest, &line);) {
		struct str have, all = buf_str(&is);
		bool same = !str_starts(line, STR("sum "));
		while (!same && str_line(&all, &have))
			same = str_eq(have, line);
		if (same)
			continue;
		struct str name = str_sub(line, 4, line.n);
		str_cut(name, ' ', &name, &line);
		err = err_set(e, ERR_VERIFY, "the backup: %.*s is not as it was when the backup was made", STR_FMT(str_sub(name, 0, 40)));
		err_hint(e, "its files belong together, and to no other backup; take another copy of this one");
		break;
	}
	buf_done(&is);
	return err;
}

static enum err
seal_keys_file(struct op_call *call, struct str passphrase, struct errinfo *e)
{
	const struct env *env = call->n->env, *to = call->c->to;
	const struct seal_to how = {.passphrase = passphrase};
	struct buf plain = BUF_INIT(KEYS_MAX), sealed = BUF_INIT(4 * KEYS_MAX);
	uint8_t seed[32];
	enum err err;
	buf_grow(&plain, KEYS_MAX);
	buf_clear(&plain);
	env->random(env->ctx, RND_SEAL, STR("backup"), (uint64_t)op_now(call), seed, sizeof seed);
	if (!(err = keys_export(env, &plain, e)) && !(err = put_sums(to, call->n->exercise, &plain, e)) &&
	    !(err = seal_str(&how, seed, buf_str(&plain), &sealed, e)))
		err = to->write(to->ctx, KEYS_FILE, buf_str(&sealed), e);
	secret_wipe(seed, sizeof seed);
	secret_wipe_buf(&plain);
	buf_done(&plain);
	buf_done(&sealed);
	return err;
}

/* backup: into the folder of the call, which must hold none yet, while the home is in use. passphrase: seals the keys; keys: false leaves them out
 * (they are then to be kept elsewhere). Reply: {"at","keys","bytes"} */
enum err
op_backup(struct op_call *call, struct errinfo *e)
{
	const struct env *to = call->c->to;
	struct store *s = call->n->store;
	struct str passphrase = STR_NONE;
	bool keys = !op_has(call, "keys") || op_bool(call, "keys");
	char space[64];
	struct buf at = {.p = space, .cap = sizeof space, .max = sizeof space};
	uint64_t bytes;
	bool whole, home;
	enum err err;
	op_str(call, "passphrase", &passphrase);
	if (!to)
		return err_set(e, ERR_USAGE, "backup needs a folder to go to");
	if (keys && !passphrase.n) {
		err_set(e, ERR_USAGE, "the keys in a backup are sealed with a passphrase, and none was given");
		err_hint(e, "give one, or leave the keys out and keep the folder keys/ elsewhere");
		return ERR_USAGE;
	}
	if ((err = is_there(to, DONE_FILE, &whole, e)) || (err = is_there(to, "keys/root.pub", &home, e)))
		return err;
	if (whole || home) {
		err_set(e, ERR_CONFLICT, "the folder holds a backup or a home already");
		err_hint(e, "a backup goes to a folder of its own");
		return ERR_CONFLICT;
	}
	if (is_within(call->n->env, to)) {
		err_set(e, ERR_CONFLICT, "the folder lies within the home itself, and would be lost with it");
		err_hint(e, "best on another disk");
		return ERR_CONFLICT;
	}
	time_put(&at, op_now(call));
	struct buf note = BUF_INIT(KIB);
	buf_printf(&note, "backup of %.*s\n%.*s\n", STR_FMT(call->n->member), STR_FMT(buf_str(&at)));
	/* the time is set first, so that the copy knows it too */
	if ((err = local_set(s, STR("backup"), buf_str(&at), e)) || (err = store_backup(s, to, copying, call, e)) ||
	    (keys ? (err = seal_keys_file(call, passphrase, e)) : (err = put_sums(to, call->n->exercise, &note, e))) ||
	    (call->n->exercise && (err = node_mark_exercise(to, e))) || (err = to->write(to->ctx, DONE_FILE, buf_str(&note), e)) ||
	    (err = store_bytes(s, &bytes, e)))
		goto out;
	json_put_member(call->out, STR("at"), buf_str(&at));
	json_put_member_bool(call->out, STR("keys"), keys);
	json_put_member_int(call->out, STR("bytes"), (int64_t)bytes);
	err = op_audit(call, "backup", STR_NONE, keys ? STR("with keys") : STR("without keys"), e);
out:
	buf_done(&note);
	return err;
}

/* Restoring. */

static enum err
copy_store(const struct env *home, const struct env *from, struct errinfo *e)
{
	static const char *const file[] = {
	    "log.db", "log.db-wal", "log.db-shm", "node.db", "node.db-wal", "node.db-shm", "view.db", "view.db-wal", "view.db-shm"};
	enum err err;
	for (size_t i = 0; i < sizeof file / sizeof *file; i++) /* of an attempt that was cut off */
		if ((err = home->remove(home->ctx, file[i], e)))
			return err;
	if ((err = store_restore(from, home, e)))
		err_at(e, "the backup");
	return err;
}

/* The marks are those of the home that was backed up. */
static enum err
forget_place(struct store *s, struct errinfo *e)
{
	enum err err = local_unset(s, STR("place"), e);
	return err ? err : local_unset(s, STR("place.arrivals"), e);
}

static enum err
unsettle(const struct env *home, struct errinfo *e)
{
	static const struct sign_public nobody;
	struct store *s;
	struct share *share;
	enum err err = store_open(home, false, &s, e);
	if (err)
		return err;
	if (!(err = share_open(home, s, &nobody, NULL, &share, e))) {
		if (!(err = share_unsettle(share, SETTLE_RESTORED, e)))
			err = forget_place(s, e);
		share_close(share);
	}
	if (!err)
		err = store_settle(s, e);
	store_close(s);
	return err;
}

/* The keys as the backup has them; empty: they were left out, and are in the new home already. */
static enum err
open_keys(const struct env *home, const struct env *from, struct str passphrase, struct buf *plain, struct errinfo *e)
{
	struct buf sealed = BUF_INIT(4 * KEYS_MAX);
	const struct seal_keys how = {.passphrase = passphrase};
	enum err err = from->read(from->ctx, KEYS_FILE, &sealed, e);
	if (err == ERR_NOTFOUND) {
		bool kept;
		if (!(err = is_there(home, "keys/root.pub", &kept, e)) && !kept) {
			err = err_set(e, ERR_NOTFOUND, "the keys were left out of this backup");
			err_hint(e, "put the folder keys/ where the new home will be, then restore again");
		}
	} else if (!err) {
		err = seal_open_str(&how, buf_str(&sealed), plain, e);
	}
	buf_done(&sealed);
	return err;
}

static enum err
restore(const struct env *home, const struct env *from, struct str passphrase, struct errinfo *e)
{
	bool again, exercise, sealed, whole, record, keys;
	struct buf b = BUF_INIT(4096);
	enum err err = home->db_path(home->ctx, "log.db", &b, e);
	buf_done(&b);
	if (err || (err = is_there(home, RESTORING_FILE, &again, e)) || (err = node_kind(from, &exercise, e)) ||
	    (err = is_there(from, KEYS_FILE, &sealed, e)) || (err = is_there(from, DONE_FILE, &whole, e)) ||
	    (err = is_there(home, "log.db", &record, e)) || (err = is_there(home, "keys/root.pub", &keys, e)))
		return err;
	if (!whole)
		return err_set(e, ERR_NOTFOUND, "this is no backup, or it was cut off before it was whole");
	if (!again && (record || (sealed && keys))) {
		err_set(e, ERR_CONFLICT, "there is a home here already");
		err_hint(e, "restore into a fresh folder");
		return ERR_CONFLICT;
	}
	struct buf plain = BUF_INIT(KEYS_MAX), note = BUF_INIT(KIB);
	buf_grow(&plain, KEYS_MAX);
	buf_clear(&plain);
	/* keys that cannot be opened stop it before anything is written */
	if ((err = open_keys(home, from, passphrase, &plain, e)) || (err = from->read(from->ctx, DONE_FILE, &note, e)) ||
	    (err = store_restore_begin(from, e)) || (err = check_sums(from, exercise, plain.n ? buf_str(&plain) : buf_str(&note), e)) ||
	    (err = home->write(home->ctx, RESTORING_FILE, STR("This home is being restored; it is not whole.\n"), e)) ||
	    (exercise && (err = node_mark_exercise(home, e))) || (err = copy_store(home, from, e)) || (err = unsettle(home, e)) ||
	    (plain.n && (err = keys_import(home, buf_str(&plain), e))))
		goto out;
	err = home->remove(home->ctx, RESTORING_FILE, e);
out:
	secret_wipe_buf(&plain);
	buf_done(&plain);
	buf_done(&note);
	return err;
}

enum err
node_restore(const struct env *home, const struct env *from, struct str passphrase, struct errinfo *e)
{
	enum err err;
	crypto_init();
	if ((err = home->lock(home->ctx, "restore", e)))
		return err;
	if (!(err = from->lock(from->ctx, "restore", e))) {
		err = restore(home, from, passphrase, e);
		from->unlock(from->ctx);
	}
	home->unlock(home->ctx);
	return err;
}

enum err
node_restoring(const struct env *env, bool *ret, struct errinfo *e)
{
	return is_there(env, RESTORING_FILE, ret, e);
}
