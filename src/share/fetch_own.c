/* fetch_own: what a peer knows that this home signed, and this home does not.
 *
 * A listing tells an author the size of the largest of its notes that the peer knows. If that is beyond our entries, the note itself is asked for,
 * and kept before anything else of that log is looked at: from then on nothing more is signed in it (share/settle.h). A peer cannot make such a note
 * up. A home that did not know that it forgot something is unsettled by it. */
#include <string.h>

#include "share/cosign.h"
#include "share/fetch_int.h"
#include "share/origin.h"
#include "share/settle.h"

/* The note with our own signature alone. */
static enum err
strip(const struct merkle_note *note, struct str origin, const struct sign_public *pub, struct buf *b, struct errinfo *e)
{
	struct merkle_note_key key;
	struct str all;
	enum err err = merkle_note_key_make(origin, MERKLE_NOTE_ED25519, pub, &key, e);
	if (err)
		return err;
	buf_put(b, note->text);
	buf_putc(b, '\n');
	for (size_t i = 0; i < note->nsigs; i++)
		if (note->sigs[i].id == key.id && str_eq(note->sigs[i].name, key.name)) {
			buf_put(b, note->sigs[i].line);
			break;
		}
	return buf_take(b, &all, e);
}

/* Signed with the key in hand, and so by this home in a state that it does not remember. One that is unsettled knows that already. */
static enum err
unsettle(struct fetch *f, const struct sign_public *pub, struct errinfo *e)
{
	uint64_t left;
	struct sign_public mine;
	if (!f->s->log_key)
		return OK;
	mine = sign_key_public(f->s->log_key);
	if (memcmp(mine.b, pub->b, sizeof mine.b) != 0)
		return OK;
	enum err err = share_unsettled(f->s, f->c, label_policy_members(f->c->policy), &left, e);
	if (err || left)
		return err;
	f->r->own_behind = true;
	return share_unsettle(f->s, SETTLE_BEHIND, e);
}

static enum err
keep(struct fetch *f, struct record_log *log, const struct merkle_checkpoint *cp, struct str note, struct errinfo *e)
{
	struct store *store = f->s->store;
	enum err err = record_begin(store, e);
	if (err)
		return err;
	if (!log->no)
		err = record_log_new(store, log, e);
	if (!err)
		err = record_checkpoint_put(store, log->no, cp->size, &cp->root, note, e);
	if (!err)
		return record_commit(store, e);
	record_rollback(store);
	return err;
}

/* A note of a key that was revoked since is the thief's, unless somebody countersigned it before. */
static enum err
take_note(struct fetch *f, struct record_log *log, struct str bytes, struct errinfo *e)
{
	struct buf copy = BUF_INIT(LIMIT_CHECKPOINT), bare = BUF_INIT(LIMIT_CHECKPOINT);
	struct roster_log_key k;
	struct sign_public pub;
	struct merkle_note note;
	struct merkle_checkpoint cp;
	enum err err = origin_key(f->c, f->now, log->author, log->epoch, &k, e);
	if (err)
		return err == ERR_NOTFOUND ? OK : err; /* the card that states it may come yet */
	memcpy(pub.b, k.key, sizeof pub.b);
	buf_put(&copy, bytes);
	if (!(err = buf_take(&copy, &bytes, e)) && !(err = merkle_checkpoint_open(bytes, str_of(log->origin), &pub, &note, &cp, e)) &&
	    cp.size > log->edge.size && cosign_note_counts(f->c, f->now, log, &k, &note) &&
	    !(err = strip(&note, str_of(log->origin), &pub, &bare, e)) && !(err = unsettle(f, &pub, e)))
		err = keep(f, log, &cp, buf_str(&bare), e);
	buf_done(&copy);
	buf_done(&bare);
	return err;
}

enum err
fetch_own_note(struct fetch *f, const struct record_log *named, uint64_t told, struct errinfo *e)
{
	struct record_log log = *named;
	struct str bytes;
	uint64_t known;
	enum err err = record_log_by_id(f->s->store, &named->id, &log, e);
	if (err == ERR_NOTFOUND)
		log = *named;
	else if (err)
		return err;
	if (told <= log.edge.size)
		return OK;
	if ((err = share_known_beyond(f->s, &log, &known, e)) || known >= told)
		return err;
	peer_about(&f->peer, &log.id);
	if ((err = peer_get_log(&f->peer, STR("known"), LIMIT_CHECKPOINT, &bytes, e)))
		return err == ERR_NOTFOUND ? OK : err;
	return take_note(f, &log, bytes, e);
}

enum err
fetch_own_heard(struct fetch *f, const struct record_log *named, uint64_t told, struct errinfo *e)
{
	struct record_log log;
	uint64_t known = 0;
	enum err err = record_log_by_id(f->s->store, &named->id, &log, e);
	if (err && err != ERR_NOTFOUND)
		return err;
	bool none = err == ERR_NOTFOUND;
	if (none || told <= log.edge.size) {
		f->r->own_heard &= !none || !told;
		f->r->own_taken &= !none || !told;
		return OK;
	}
	if ((err = share_known_beyond(f->s, &log, &known, e)))
		return err;
	if (log.state == RECORD_LOG_LIVE)
		f->r->own_taken = false;
	if (known < told)
		f->r->own_heard = false;
	return OK;
}
