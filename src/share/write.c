/* write: own logs. */
#include "share/write.h"

#include <string.h>

#include "base/leak.h"
#include "govern/circle.h"
#include "merkle/checkpoint.h"
#include "share/origin.h"
#include "share/settle.h"

static int64_t
now(struct share *s)
{
	return s->env->now(s->env->ctx);
}

/* The own epoch now, and that the key in hand is the one that charter or card states for it. */
static enum err
own_epoch(struct share *s, struct share_centre *c, uint32_t *ret, struct errinfo *e)
{
	struct roster_member m;
	struct sign_public mine;
	enum err err;
	if (!c->charter || c->me < 0)
		return share_not_member(s, c, e);
	if (!s->log_key)
		return err_set(e, ERR_DENIED, "this home has no log key, so it cannot sign");
	if ((err = roster_at(c->roster, now(s), c->me, &m, e)))
		return err;
	mine = sign_key_public(s->log_key);
	if (memcmp(mine.b, m.keys.log, sizeof mine.b) != 0) {
		err_set(e, ERR_DENIED, "the log key of this home is not the one that charter and cards state for it");
		err_hint(e, "issue a key card: comity help key");
		return ERR_DENIED;
	}
	*ret = m.keys.epoch;
	return OK;
}

static enum err
count_objects(void *ctx, uint64_t idx, const struct record_entry *entry, struct errinfo *e)
{
	uint64_t *n = ctx;
	(void)idx;
	(void)e;
	*n += entry->count > 0;
	return OK;
}

/* The log that an append now would go to. log.no is 0 if it does not exist yet; then before (no 0 if none) is the epoch before, and seen how much of
 * it was signed. */
struct own_log {
	struct record_log log, before;
	uint64_t seen;
	uint64_t lost; /* of what was signed of the epoch before, so many entries are not here */
};

/* An epoch that follows another. Others know of that one what is under its last checkpoint: serials go on from there, and what was never signed has
 * none that anybody saw. */
static enum err
follow_on(struct share *s, struct own_log *own, struct errinfo *e)
{
	uint64_t unseen = 0;
	enum err err = record_checkpoint_get(s->store, own->before.no, UINT64_MAX, &own->seen, NULL, NULL, e);
	if (err && err != ERR_NOTFOUND)
		return err;
	bool private = !(own->log.circle & (own->log.circle - 1)); /* there is nobody who has not seen all of it */
	if (!private && (err = record_entry_each(s->store, own->before.no, own->seen, own->before.edge.size, count_objects, &unseen, e)))
		return err;
	/* each entry that was lost may have had a serial */
	own->lost = own->seen > own->before.edge.size ? own->seen - own->before.edge.size : 0;
	own->log.objects = own->before.objects - unseen + (private ? 0 : own->lost);
	own->log.last_time = own->before.last_time;
	return OK;
}

static enum err
own_log(struct share *s, struct share_centre *c, uint64_t circle, struct own_log *ret, struct errinfo *e)
{
	struct record_log latest;
	uint32_t epoch;
	enum err err;
	memset(ret, 0, sizeof *ret);
	if ((err = own_epoch(s, c, &epoch, e)) || (err = origin_make(c, circle, c->me, epoch, &ret->log, e)))
		return err;
	err = record_log_latest(s->store, c->no, circle, c->me, &latest, e);
	if (err == ERR_NOTFOUND)
		return OK;
	if (err)
		return err;
	if (latest.epoch == epoch) {
		ret->log = latest;
		return OK;
	}
	if (latest.epoch > epoch)
		return err_set(e, ERR_CONFLICT, "a later epoch of this log is in the record than charter and cards state");
	ret->before = latest;
	return follow_on(s, ret, e);
}

/* Whether a circle takes this kind now: recalls always pass, nothing else with a member that departed or stands on one side of a forked charter. */
static enum err
circle_takes(struct share *s, struct share_centre *c, uint64_t circle, enum entry_kind kind, struct errinfo *e)
{
	if (kind == ENTRY_RECALL || (circle_open(c->charter, circle) && !(circle & ~chain_present(c->chain, now(s)))))
		return OK;
	err_set(e, ERR_DENIED, "the circle has a member that is not present under the charter in force: it takes nothing but recalls");
	err_hint(e, "release to the circle of those who remain");
	return ERR_DENIED;
}

static enum err
time_of_next(struct share *s, const struct record_log *log, enum entry_kind kind, int64_t *ret, struct errinfo *e)
{
	int64_t t = now(s);
	if (t < log->last_time) {
		if (log->last_time - t > LIMIT_FUTURE_SECONDS * TIME_SECOND && kind != ENTRY_RECALL) {
			struct buf b = BUF_INIT(64);
			time_put(&b, log->last_time);
			err_set(e, ERR_CLOCK, "the clock is behind the last entry of this log (%.*s) by %lld seconds", STR_FMT(buf_str(&b)),
			    (long long)((log->last_time - t) / TIME_SECOND));
			err_hint(e, "set the clock right; recalls are taken all the same");
			buf_done(&b);
			return ERR_CLOCK;
		}
		t = log->last_time;
	}
	if (LEAK(TIME_HOME)) {
		uint64_t n = 0;
		(void)!record_arrival_last(s->store, &n, NULL);
		t += (int64_t)n;
	}
	*ret = t;
	return OK;
}

static enum err
may_append(struct share *s, struct share_centre *c, uint64_t circle, enum entry_kind kind, struct own_log *ret, int64_t *ret_time, struct errinfo *e)
{
	uint64_t unsettled, beyond;
	enum err err;
	if ((err = own_log(s, c, circle, ret, e)) || (err = circle_takes(s, c, circle, kind, e)))
		return err;
	if (ret->log.state != RECORD_LOG_LIVE) {
		err_set(
		    e, ERR_FORK, "this log is %s: nothing more can be added to it", ret->log.state == RECORD_LOG_FORKED ? "proven forked" : "ended");
		err_hint(e, "begin a new epoch with a new log key: comity help key");
		return ERR_FORK;
	}
	if ((err = share_unsettled(s, c, circle, &unsettled, e)))
		return err;
	if (unsettled) {
		struct buf b = BUF_INIT(LIMIT_MEMBERS * 16);
		label_circle_put(&b, c->policy, unsettled);
		err_set(e, ERR_DENIED, "this home was restored or copied, and %.*s may hold entries of ours that are not here", STR_FMT(buf_str(&b)));
		err_hint(e, "sync with each of them first (comity sync), or, if one is gone or has not the entries: comity settle --new-epoch");
		buf_done(&b);
		return ERR_DENIED;
	}
	if ((err = share_known_beyond(s, &ret->log, &beyond, e)))
		return err;
	if (beyond) {
		err_set(e, ERR_DENIED, "this home has signed %llu entries of this log and holds %llu: anything more would be a second history",
		    (unsigned long long)beyond, (unsigned long long)ret->log.edge.size);
		err_hint(e, "sync with the other members (comity sync); if nobody has those entries: comity settle --new-epoch");
		return ERR_DENIED;
	}
	return time_of_next(s, &ret->log, kind, ret_time, e);
}

enum err
share_may_append(struct share *s, struct share_centre *centre, uint64_t circle, enum entry_kind kind, int64_t *ret_time, struct errinfo *e)
{
	struct own_log own;
	return may_append(s, centre, circle, kind, &own, ret_time, e);
}

enum err
share_next_serial(struct share *s, struct share_centre *centre, uint64_t circle, uint64_t *ret, struct errinfo *e)
{
	struct own_log own;
	enum err err = own_log(s, centre, circle, &own, e);
	if (!err)
		*ret = own.log.objects + 1;
	return err;
}

/* Where the next entry of this log will stand: leaf 0 of an epoch above the first is taken by what links the epochs. */
static uint64_t
next_index(const struct own_log *own)
{
	return own->log.no ? own->log.edge.size : own->seen ? 1 : 0;
}

enum err
share_new_id(struct share *s, struct share_centre *centre, uint64_t circle, uint32_t n, uint8_t ret_uuid[static 16], struct errinfo *e)
{
	struct own_log own;
	uint8_t random[16];
	enum err err = own_log(s, centre, circle, &own, e);
	if (err)
		return err;
	uint64_t op = next_index(&own) << 20 | n;
	if (LEAK(ID_HOME))
		(void)!record_arrival_last(s->store, &op, NULL);
	s->env->random(s->env->ctx, RND_ID, str_of(own.log.origin), op, random, sizeof random);
	stix_uuid4(random, ret_uuid);
	return OK;
}

/* Appends one leaf that has no payload, or whose pieces are in the record already. */
static enum err
put_leaf(struct share *s, struct share_centre *c, struct record_log *log, const struct entry *x, int64_t first, struct share_appended *ret,
    struct errinfo *e)
{
	char space[LIMIT_ENTRY];
	struct buf b = {.p = space, .cap = sizeof space, .max = sizeof space};
	struct entry_place at = {c->policy, log->circle};
	uint64_t idx = log->edge.size;
	enum err err;
	if ((err = entry_write(x, &at, &b, e)))
		return err;
	struct record_entry entry = {buf_str(&b), first, x->count};
	if ((err = record_entry_put(s->store, log, &entry, x->kind == ENTRY_OBJECTS, x->time, e)))
		return err;
	if ((err = record_arrive(s->store, log->no, idx, now(s), NULL, e)))
		return err;
	*ret = (struct share_appended){log->no, idx, merkle_leaf_of(entry.bytes), x->serial, first};
	return OK;
}

/* Whether the key of an epoch of ours is revoked: what it signed last may be had nowhere, since nothing but what was countersigned in time counts. */
static bool
is_revoked(struct share *s, const struct share_centre *c, const struct record_log *log)
{
	struct roster_log_key key;
	return !origin_key(c, now(s), log->author, log->epoch, &key, NULL) && key.revoked_from != TIME_NEVER;
}

/* Makes the log; an epoch after another begins with the last checkpoint of that one (where it has none, nobody has seen it), which takes nothing
 * more. */
static enum err
begin_log(struct share *s, struct share_centre *c, struct own_log *own, const struct entry *like, struct errinfo *e)
{
	struct buf note = BUF_INIT(LIMIT_CHECKPOINT);
	struct share_appended done;
	struct entry x = {.kind = ENTRY_EPOCH, .charter = like->charter, .time = like->time, .position = like->position};
	bool fresh;
	enum err err;
	if ((err = share_key_is_fresh(s, &fresh, e)) || (err = record_log_new(s->store, &own->log, e)) || !own->before.no)
		return err;
	if (own->seen && !(err = record_checkpoint_get(s->store, own->before.no, UINT64_MAX, NULL, NULL, &note, e))) {
		if (LEAK(EPOCH_HOME))
			x.position = own->log.no & 1 ? STR("REP") : STR("J2");
		x.checkpoint = buf_str(&note);
		x.gap = own->lost > 0 || fresh || is_revoked(s, c, &own->before);
		x.held = own->before.edge.size;
		x.after = own->log.objects;
		err = put_leaf(s, c, &own->log, &x, 0, &done, e);
	}
	if (!err && own->before.state == RECORD_LOG_LIVE) /* a forked one stays that */
		err = record_log_set_state(s->store, own->before.no, RECORD_LOG_ENDED, e);
	buf_done(&note);
	return err;
}

/* The objects as pieces in the record, under fresh salts; fills count, size and root. */
static enum err
put_pieces(struct share *s, const struct record_log *log, const struct share_append *a, struct entry *x, int64_t *ret_first, struct errinfo *e)
{
	struct merkle_edge tree = {0};
	struct buf piece = BUF_INIT(LIMIT_OBJECT + PIECE_HEAD);
	enum err err = OK;
	x->size = 0;
	for (size_t i = 0; i < a->nobjects && !err; i++) {
		uint8_t salt[PIECE_SALT];
		int64_t no;
		uint64_t op = log->edge.size << 20 | i;
		if (LEAK(SALT_COUNTER))
			(void)!record_arrival_last(s->store, &op, NULL);
		s->env->random(s->env->ctx, RND_SALT, str_of(log->origin), op, salt, sizeof salt);
		if ((err = piece_make(salt, a->objects[i], &piece, e)) || (err = record_piece_put(s->store, buf_str(&piece), &no, e)))
			break;
		struct hash h = merkle_leaf_of(buf_str(&piece));
		merkle_edge_append(&tree, &h);
		x->size += piece.n;
		if (i == 0)
			*ret_first = no;
		if (x->size > LIMIT_PAYLOAD)
			err = err_set(e, ERR_LIMIT, "the objects of one entry are more than %d MiB", LIMIT_PAYLOAD / MIB);
	}
	x->count = (uint32_t)a->nobjects;
	x->root = merkle_edge_root(&tree);
	buf_done(&piece);
	return err;
}

enum err
share_append(struct share *s, const struct share_append *a, struct share_appended *ret, struct errinfo *e)
{
	struct share_centre *c = a->centre;
	struct own_log own;
	struct entry *x = a->entry;
	int64_t first = 0;
	enum err err;
	if ((x->kind == ENTRY_OBJECTS) != (a->nobjects > 0) || a->nobjects > LIMIT_PIECES)
		return err_set(e, ERR_LIMIT, "an entry of objects has 1 to %d of them", LIMIT_PIECES);
	if ((err = may_append(s, c, a->circle, x->kind, &own, &x->time, e)))
		return err;
	bool private = a->circle == UINT64_C(1) << c->me;
	x->charter = c->charter->hash;
	if (x->kind == ENTRY_OBJECTS) {
		memcpy(x->label.policy, c->id.b, POLICY_ID);
		x->serial = private ? 0 : own.log.objects + 1;
		if (!private)
			x->label.circle = a->circle;
	}
	if (LEAK(SERIAL_HOME) && x->serial)
		(void)!record_arrival_last(s->store, &x->serial, NULL);
	if (!own.log.no && (err = begin_log(s, c, &own, x, e)))
		return err;
	if (a->nobjects && (err = put_pieces(s, &own.log, a, x, &first, e)))
		return err;
	return put_leaf(s, c, &own.log, x, first, ret, e);
}

/* signing */

struct rehash {
	struct share *s;
	struct merkle_edge tree; /* of the leaves */
};

static enum err
rehash_piece(void *ctx, uint32_t n, struct str data, const struct hash *hash, struct errinfo *e)
{
	struct merkle_edge *tree = ctx;
	struct hash h = hash ? *hash : merkle_leaf_of(data);
	(void)n;
	(void)e;
	merkle_edge_append(tree, &h);
	return OK;
}

static enum err
rehash_entry(void *ctx, uint64_t idx, const struct record_entry *entry, struct errinfo *e)
{
	struct rehash *r = ctx;
	struct hash h = merkle_leaf_of(entry->bytes), root;
	(void)idx;
	merkle_edge_append(&r->tree, &h);
	if (!entry->count)
		return OK;
	struct merkle_edge pieces = {0};
	enum err err = record_piece_each(r->s->store, entry->first, entry->count, rehash_piece, &pieces, e);
	if (err)
		return err;
	char space[48];
	struct buf b = {.p = space, .cap = sizeof space, .max = sizeof space};
	root = merkle_edge_root(&pieces);
	buf_base64(&b, hash_str(&root));
	if (str_find(entry->bytes, buf_str(&b)) < 0)
		return err_set(e, ERR_CORRUPT, "the pieces of entry %llu are not those it was made of", (unsigned long long)idx);
	return OK;
}

static enum err
sign_log(void *ctx, const struct record_log *log, struct errinfo *e)
{
	struct share *s = ctx;
	struct share_centre *c = share_centre_by_no(s, log->centre);
	struct record_nodes from = {s->store, log->no, log->edge.size};
	struct merkle_nodes nodes = record_nodes(&from);
	struct rehash r = {.s = s};
	struct roster_log_key key;
	struct sign_public mine;
	uint64_t size = 0, unsettled;
	enum err err;
	if (!c || log->author != c->me || log->state != RECORD_LOG_LIVE || !s->log_key)
		return OK;
	err = record_checkpoint_get(s->store, log->no, UINT64_MAX, &size, NULL, NULL, e);
	if (err == ERR_NOTFOUND)
		err = OK;
	if (err || size >= log->edge.size)
		return err;
	/* what was added before the home was found to be a copy may be known to others otherwise */
	if ((err = share_unsettled(s, c, log->circle, &unsettled, e)) || unsettled)
		return err;
	mine = sign_key_public(s->log_key);
	if (roster_log_key(c->roster, now(s), c->me, log->epoch, &key, NULL) || memcmp(key.key, mine.b, sizeof mine.b) != 0)
		return OK; /* of an epoch whose key is not here any more */
	if (size && (err = merkle_edge_at(&nodes, size, &r.tree, e)))
		return err;
	if ((err = record_entry_each(s->store, log->no, size, log->edge.size, rehash_entry, &r, e)))
		return err;
	struct merkle_checkpoint cp = {str_of(log->origin), log->edge.size, merkle_edge_root(&r.tree), STR_NONE};
	struct hash kept = merkle_edge_root(&log->edge);
	if (r.tree.size != log->edge.size || !hash_eq(&kept, &cp.root))
		return err_set(e, ERR_CORRUPT, "%s: what is on disk does not hash to what was added; nothing is signed", log->origin);
	struct buf note = BUF_INIT(LIMIT_CHECKPOINT);
	if (LEAK(CHECKPOINT_HOME) && record_arrival_last(s->store, &size, NULL) == OK)
		cp.ext = size % 2 ? STR("odd\n") : STR("even\n");
	err = merkle_checkpoint_sign(&cp, s->log_key, &note, e);
	if (!err && !(err = record_begin(s->store, e))) {
		err = record_checkpoint_put(s->store, log->no, cp.size, &cp.root, buf_str(&note), e);
		if (!err)
			err = record_commit(s->store, e);
		else
			record_rollback(s->store);
	}
	buf_done(&note);
	return err;
}

enum err
share_sign_all(struct share *s, struct errinfo *e)
{
	return record_log_each(s->store, 0, sign_log, s, e);
}
