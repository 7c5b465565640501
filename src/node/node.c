/* node: opening and closing a home, and the one way to call an operation. */
#include "node/node.h"

#include <stdlib.h>
#include <string.h>

#include "crypto/init.h"
#include "govern/keys.h"
#include "node/keys.h"
#include "node/once.h"
#include "node/op.h"
#include "node/people_int.h"
#include "node/place.h"
#include "node/reserve.h"
#include "node/sight.h"
#include "node/rotate.h"
#include "share/due.h"
#include "share/owed.h"
#include "share/project.h"
#include "share/serve.h"
#include "share/write.h"

enum { NAME_MAX_BYTES = LIMIT_GOVERN_NAME };

#define EXERCISE_FILE "exercise"

static enum err
create_files(const struct env *env, struct str id, struct str name, struct errinfo *e)
{
	struct store *store;
	enum err err;
	if ((err = keys_create(env, id, e)) || (err = store_open(env, true, &store, e)))
		return err;
	char space[64];
	struct buf identity = {.p = space, .cap = sizeof space, .max = sizeof space};
	struct stix_id self = {.type = STR("identity")};
	uint8_t random[16];
	env->random(env->ctx, RND_ID, id, 0, random, sizeof random);
	stix_uuid4(random, self.uuid);
	stix_id_put(&identity, self);
	if (!(err = local_set(store, STR("member.name"), name, e)) && !(err = local_set(store, STR("member.identity"), buf_str(&identity), e)))
		err = local_set(store, STR("member.id"), id, e); /* last: with it the home is whole */
	store_close(store);
	return err;
}

/* What create_files may have made, in the order in which it goes: while a file is left by which the folder counts as a home, the keys are there. */
static void
drop_files(const struct env *env)
{
	static const char *const file[] = {"log.db", "log.db-wal", "log.db-shm", "node.db", "node.db-wal", "node.db-shm", "view.db", "view.db-wal",
	    "view.db-shm", "keys/root", "keys/log", "keys/tls", "keys/age", "keys/root.pub"};
	for (size_t i = 0; i < sizeof file / sizeof *file; i++)
		if (env->remove(env->ctx, file[i], NULL))
			return;
}

/* Makes nothing over what is there: then whatever stands after a failure is our own, and goes. */
static enum err
create_whole(const struct env *env, struct str id, struct str name, struct errinfo *e)
{
	static const char *const file[] = {"keys/root.pub", "keys/root", "keys/log", "keys/tls", "keys/age", "log.db", "node.db"};
	enum err err;
	for (size_t i = 0; i < sizeof file / sizeof *file; i++) {
		char space[16];
		struct buf b = {.p = space, .cap = sizeof space, .max = sizeof space};
		struct errinfo why;
		err = env->read(env->ctx, file[i], &b, &why);
		secret_wipe(space, sizeof space);
		if (err == ERR_NOTFOUND)
			continue;
		if (err && err != ERR_LIMIT) {
			if (e)
				*e = why;
			return err;
		}
		err = err_set(e, ERR_CONFLICT, "there is a home here already, or part of one (%s)", file[i]);
		err_hint(e, "choose another directory");
		return err;
	}
	if ((err = create_files(env, id, name, e)))
		drop_files(env);
	return err;
}

enum err
node_mark_exercise(const struct env *env, struct errinfo *e)
{
	return env->write(env->ctx, EXERCISE_FILE, STR("This home is for an exercise: its dates may be made up.\n"), e);
}

enum err
node_kind(const struct env *env, bool *ret_exercise, struct errinfo *e)
{
	char space[KIB];
	struct buf b = {.p = space, .cap = sizeof space, .max = sizeof space};
	enum err err = env->read(env->ctx, EXERCISE_FILE, &b, e);
	if (err && err != ERR_NOTFOUND)
		return err;
	*ret_exercise = !err;
	return OK;
}

bool
node_is_exercise(const struct env *env)
{
	bool yes;
	return node_kind(env, &yes, NULL) == OK && yes;
}

enum err
node_create(const struct env *env, struct str member_id, struct str name, struct errinfo *e)
{
	enum err err;
	crypto_init();
	if (!govern_id_ok(member_id)) {
		err_set(e, ERR_INVALID, "a member's id is 2 to 8 small letters and digits, beginning with a letter: \"%.*s\" is not",
		    STR_FMT(str_sub(member_id, 0, 40)));
		err_hint(e, "for a country, its ISO 3166 code: irq");
		return ERR_INVALID;
	}
	if (!govern_text_ok(name, NAME_MAX_BYTES))
		return err_set(e, ERR_INVALID, "a member's name is 1 to %d bytes of plain text", NAME_MAX_BYTES);
	if ((err = env->lock(env->ctx, "init", e)))
		return err;
	err = create_whole(env, member_id, name, e);
	env->unlock(env->ctx);
	return err;
}

/* A setting as text that lives as long as the node. */
static enum err
own_setting(struct node *n, const char *name, struct str *ret, struct errinfo *e)
{
	struct buf b = BUF_INIT(NAME_MAX_BYTES + 1);
	enum err err = local_get(n->store, str_of(name), &b, e);
	if (err == ERR_NOTFOUND) {
		err = err_set(e, ERR_CORRUPT, "this home was not completely made: it does not say whose it is");
		err_hint(e, "remove it and run comity init again, or restore a backup");
	}
	if (!err) {
		char *p = malloc(b.n ? b.n : 1);
		if (!p) {
			err = err_nomem(e);
		} else {
			memcpy(p, b.p, b.n);
			*ret = (struct str){p, b.n};
		}
	}
	buf_done(&b);
	return err;
}

static enum err
open_parts(struct node *n, struct errinfo *e)
{
	const struct env *env = n->env;
	enum err err;
	if ((err = people_open(n, e)) || (err = keys_load(env, n->keys, e)) || (err = store_open(env, false, &n->store, e)) ||
	    (err = own_setting(n, "member.id", &n->member, e)) || (err = own_setting(n, "member.name", &n->name, e)) ||
	    (err = own_setting(n, "member.identity", &n->identity, e)) ||
	    (err = share_open(env, n->store, &n->keys->root_public, &n->keys->log, &n->share, e)) || (err = place_look(n, &n->found, e)) ||
	    (err = rotate_finish(n, e)) || (err = share_sign_all(n->share, e)) || (err = share_project(n->share, NULL, NULL, e)) ||
	    (err = node_tick(n, e)))
		return err;
	return place_note(n, e);
}

static void
close_parts(struct node *n)
{
	share_close(n->share);
	store_close(n->store);
	keys_done(n->keys);
	people_close(n);
	free((char *)n->member.p);
	free((char *)n->name.p);
	free((char *)n->identity.p);
	n->share = NULL;
	n->store = NULL;
	n->member = n->name = n->identity = STR_NONE;
}

enum err
node_open(const struct env *env, const char *what, struct node **ret, struct errinfo *e)
{
	struct node *n = calloc(1, sizeof *n);
	enum err err;
	crypto_init();
	if (!n || !(n->keys = calloc(1, sizeof *n->keys))) {
		free(n);
		return err_nomem(e);
	}
	n->env = env;
	n->asks_first = str_is(str_of(what), "sync");
	if ((err = env->lock(env->ctx, what, e))) {
		free(n->keys);
		free(n);
		return err;
	}
	bool restoring;
	if ((err = node_kind(env, &n->exercise, e)) || (err = node_restoring(env, &restoring, e)))
		goto fail;
	if (restoring) {
		err = err_set(e, ERR_CORRUPT, "this home is not whole: its restoring was cut off");
		err_hint(e, "run comity restore again");
		goto fail;
	}
	err = open_parts(n, e);
	if (err == ERR_CORRUPT) { /* a damaged view goes when it is closed, and is made anew from the record */
		close_parts(n);
		err = open_parts(n, e);
	}
	if (err == ERR_FULL && reserve_give(env)) { /* SQLite needs room to open: a recall may be what comes */
		close_parts(n);
		err = open_parts(n, e);
	} else if (!err) {
		reserve_keep(env);
	}
	if (err)
		goto fail;
	n->no_reserve = !reserve_there(env);
	*ret = n;
	return OK;
fail:
	node_close(n);
	return err;
}

const char *
node_warning(const struct node *n)
{
	switch (n->found) {
	case SETTLE_COPIED:
		return "this home was copied or moved since it was last open, perhaps from an older state";
	case SETTLE_BEHIND:
		return "the record of this home is older than its other files";
	default:
		return NULL;
	}
}

void
node_close(struct node *n)
{
	if (!n)
		return;
	bool whole = n->share != NULL;
	close_parts(n);
	free(n->keys);
	sights_free(n->sights);
	if (whole)
		reserve_keep(n->env);
	n->env->unlock(n->env->ctx);
	free(n);
}

/* How far the clock is behind the last time this home was open; then remembers now, if it is later. */
static enum err
look_at_clock(struct node *n, struct errinfo *e)
{
	char space[64];
	struct buf b = {.p = space, .cap = sizeof space, .max = sizeof space};
	int64_t now = n->env->now(n->env->ctx), last;
	enum err err = local_get(n->store, STR("opened"), &b, e);
	if (err && err != ERR_NOTFOUND)
		return err;
	n->clock_back = !err && time_parse(buf_str(&b), &last) && last > now + LIMIT_FUTURE_SECONDS * TIME_SECOND ? last - now : 0;
	if (!err && n->clock_back == 0 && time_parse(buf_str(&b), &last) && now < last + TIME_MINUTE)
		return OK; /* not a write for each command */
	if (n->clock_back)
		return OK;
	buf_clear(&b);
	time_put(&b, now);
	return local_set(n->store, STR("opened"), buf_str(&b), e);
}

/* On a full disk all of this waits, so that the home opens and a recall can be made. */
static bool
waits(struct node *n, enum err err)
{
	n->full = n->full || err == ERR_FULL;
	return err == ERR_FULL;
}

enum err
node_tick(struct node *n, struct errinfo *e)
{
	struct due_done due = {.clock = (enum due_clock)n->clock};
	struct owed_done owed = {.put_off = n->put_off};
	enum err err = share_refresh(n->share, e);
	if (err)
		return err;
	n->full = false;
	/* where only the clock is at work nothing else opens a view again that a failure closed */
	if (!view_is_open(n->store) && ((err = view_reset(n->store, e)) || (err = share_project(n->share, NULL, NULL, e))))
		return waits(n, err) ? OK : err;
	if (((err = look_at_clock(n, e)) && !waits(n, err)) || ((err = due_do(n->share, &due, e)) && !waits(n, err)))
		return err;
	n->clock = (int)due.clock;
	if (due.deleted && (err = once_deleted(n, e)) && !waits(n, err))
		return err;
	if (due.deleted && (err = store_settle(n->store, e)) &&
	    !waits(n, err)) /* a home may be open for long: nothing of it stays in a write-ahead log */
		return err;
	if (n->asks_first) { /* a disk that was put back is told by those who are asked */
		n->asks_first = false;
		return OK;
	}
	if ((err = owed_do(n->share, &owed, e)) && !waits(n, err))
		return err;
	n->put_off = owed.put_off;
	if (!owed.receipts && !owed.flags)
		return OK;
	if ((err = share_sign_all(n->share, e)))
		return err;
	return share_project(n->share, NULL, NULL, e);
}

enum err
node_audit(struct node *n, const struct node_line *lines, size_t count, struct errinfo *e)
{
	enum err err = local_begin(n->store, e);
	if (err)
		return err;
	for (size_t i = 0; i < count && !err; i++) {
		const struct node_line *l = &lines[i];
		const struct local_audit a = {.at = node_now(n),
		    .who = l->who->name.n ? l->who->name : l->who->position,
		    .what = l->what,
		    .target = l->target,
		    .detail = l->detail};
		err = local_audit_put(n->store, &a, e);
	}
	if (!err)
		return local_commit(n->store, e);
	local_rollback(n->store);
	return err;
}

enum err
node_serve(struct node *n, struct str centre, struct str asker, struct str path, struct buf *reply, struct errinfo *e)
{
	struct hash id;
	struct share_centre *c = hash_from_hex(centre, &id) ? share_centre_by_id(n->share, id.b) : NULL;
	int member;
	enum err err;
	if ((err = share_refresh(n->share, e)))
		return err;
	member = c && c->charter ? charter_find(c->charter, asker) : -1;
	if (member < 0)
		return err_set(e, ERR_NOTFOUND, "nothing here for you");
	return share_serve(n->share, c, member, path, reply, e);
}
