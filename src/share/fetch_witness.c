/* fetch_witness: countersignatures of earlier checkpoints, as another holder kept them. Of each the checkpoint is checked as any: signed by the log's
 * author, and of the log that is held here; where it is not, its author has signed two histories. */
#include "share/cosign.h"
#include "share/fetch_int.h"
#include "share/witness.h"

static enum err
keep(struct fetch_log *l, const struct merkle_note *note, const struct merkle_checkpoint *cp, struct str bare, struct errinfo *e)
{
	struct share *s = l->f->s;
	bool news = false;
	uint32_t fresh = 0;
	enum err err = cosign_has_news(s, l->f->c, &l->log, note, cp->size, false, &news, e);
	if (err || !news)
		return err;
	l->note_kept = true; /* it is this one that is kept, below */
	if ((err = fetch_tx_begin(l, e)))
		return err;
	if ((err = record_checkpoint_put(s->store, l->log.no, cp->size, &cp->root, bare, e)) ||
	    (err = cosign_keep(s, l->f->c, &l->log, note, cp->size, false, &fresh, e))) {
		l->broken = true;
		return err;
	}
	l->f->r->cosigs += fresh;
	return OK;
}

static enum err
take_note(struct fetch_log *l, const struct roster_log_key *key, struct str bytes, struct errinfo *e)
{
	char space[LIMIT_CHECKPOINT];
	struct buf b = {.p = space, .cap = sizeof space, .max = sizeof space};
	struct merkle_checkpoint cp;
	struct merkle_note note;
	struct hash root;
	struct str bare;
	enum err err = merkle_checkpoint_open(bytes, str_of(l->log.origin), &l->key, &note, &cp, e);
	if (err || (err = fetch_note_counts(l, key, &note, e)) || (err = cosign_bare(&l->log, &l->key, &note, &b, e)) ||
	    (err = buf_take(&b, &bare, e)))
		return err;
	if (cp.size == 0 || cp.size > l->log.edge.size) /* not held yet: asked for again */
		return OK;
	if ((err = fetch_own_root(l, &l->log, cp.size, &root, e)))
		return err;
	if (hash_eq(&root, &cp.root))
		return keep(l, &note, &cp, bare, e);
	if ((err = fetch_tx_commit(l, e)))
		return err;
	return fetch_fork_by_own(l, &l->log, &l->key, cp.size, bytes, e);
}

enum err
fetch_witnessed(struct fetch_log *l, const struct roster_log_key *key, struct errinfo *e)
{
	struct buf kept = BUF_INIT(WITNESSED_MAX); /* the peer's reply is a view until the next thing asked */
	struct str rest, line;
	uint64_t n;
	enum err err;
	if (!l->log.no || !l->log.edge.size || l->log.state == RECORD_LOG_FORKED)
		return OK;
	err = peer_get_log(&l->f->peer, STR("witnessed"), WITNESSED_MAX, &rest, e);
	if (err)
		return err == ERR_NOTFOUND ? OK : err;
	buf_put(&kept, rest);
	err = buf_take(&kept, &rest, e);
	for (int i = 0; !err && rest.n; i++) {
		if (i == LIMIT_MEMBERS || !str_cut(rest, '\n', &line, &rest) || !str_u64(line, &n) || n > rest.n)
			err = err_set(e, ERR_SYNTAX, "%s: the peer's countersigned checkpoints are cut off", l->log.origin);
		else
			err = take_note(l, key, str_sub(rest, 0, (size_t)n), e);
		rest = str_sub(rest, (size_t)n, rest.n);
	}
	buf_done(&kept);
	return err ? err : fetch_tx_commit(l, e);
}
