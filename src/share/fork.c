#include "share/fork.h"

#include <stdlib.h>
#include <string.h>

#include "merkle/fork.h"
#include "share/cosign.h"
#include "share/origin.h"

struct lines {
	struct buf *b;
	uint64_t size;
	uint64_t members; /* whose is there already */
};

static enum err
put_kept(void *ctx, uint64_t size, int member, int64_t time, struct str line, struct errinfo *e)
{
	struct lines *k = ctx;
	(void)time;
	(void)e;
	if (size != k->size)
		return ERR_STOPPED; /* they come by size: the rest is of others */
	if (!(k->members >> member & 1))
		buf_put(k->b, line);
	return OK;
}

/* Those kept of the checkpoint, if it is this one that is kept of its size. */
static enum err
put_all_kept(struct share *s, const struct record_log *log, const struct merkle_checkpoint *cp, struct lines *k, struct errinfo *e)
{
	struct hash root;
	uint64_t size = 0;
	enum err err = log->no ? record_checkpoint_get(s->store, log->no, cp->size, &size, &root, NULL, e) : ERR_NOTFOUND;
	if (!err && size == cp->size && hash_eq(&root, &cp->root))
		err = record_cosig_each(s->store, log->no, size, put_kept, k, e);
	return err == ERR_NOTFOUND || err == ERR_STOPPED ? OK : err;
}

enum err
fork_note(struct share *s, const struct share_centre *c, const struct record_log *log, const struct sign_public *key, struct str note,
    struct buf *ret, struct errinfo *e)
{
	struct cosign_line line[MERKLE_NOTE_SIGS];
	struct merkle_checkpoint cp;
	struct merkle_note n;
	struct str all;
	struct lines k = {.b = ret};
	enum err err = merkle_checkpoint_open(note, str_of(log->origin), key, &n, &cp, e);
	if (err || (err = cosign_bare(log, key, &n, ret, e)))
		return err;
	size_t many = cosign_of_note(c, s->env->now(s->env->ctx), log, &n, line);
	for (size_t i = 0; i < many; i++) {
		buf_put(ret, line[i].line);
		k.members |= UINT64_C(1) << line[i].member;
	}
	k.size = cp.size;
	err = put_all_kept(s, log, &cp, &k, e);
	return err ? err : buf_take(ret, &all, e);
}

enum err
fork_counts(const struct share_centre *c, int64_t now, const struct record_log *log, struct str proof, bool *ret, struct errinfo *e)
{
	struct merkle_fork *f = calloc(1, sizeof *f);
	struct roster_log_key key;
	struct sign_public pub;
	enum err err = f ? origin_key(c, now, log->author, log->epoch, &key, e) : err_nomem(e);
	if (!err) {
		memcpy(pub.b, key.key, sizeof pub.b);
		err = merkle_fork_check(proof, str_of(log->origin), &pub, f, e);
	}
	if (!err)
		*ret = cosign_note_counts(c, now, log, &key, &f->note_a) && cosign_note_counts(c, now, log, &key, &f->note_b);
	free(f);
	return err;
}

struct stands {
	const struct share_centre *c;
	const struct record_log *log;
	int64_t now;
	bool one;
};

static enum err
see_proof(void *ctx, struct str proof, int64_t at, struct errinfo *e)
{
	struct stands *x = ctx;
	struct errinfo why;
	(void)at;
	enum err err = x->one ? OK : fork_counts(x->c, x->now, x->log, proof, &x->one, &why);
	return err == ERR_NOMEM ? err_nomem(e) : OK; /* what proves nothing is told by verify */
}

enum err
fork_stands(struct share *s, const struct share_centre *c, const struct record_log *log, bool *ret, struct errinfo *e)
{
	struct stands x = {c, log, s->env->now(s->env->ctx), false};
	enum err err = record_fork_each(s->store, log->no, see_proof, &x, e);
	if (!err)
		*ret = x.one;
	return err;
}
