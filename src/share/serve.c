/* serve: paths and replies (doc/DESIGN.md, "Peer replies"). Each reply is made only after the log named was found to have the asker in its circle;
 * everything else is one and the same "nothing". */
#include "share/serve.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/leak.h"
#include "merkle/tile.h"
#include "share/fork.h"
#include "share/origin.h"
#include "share/payload.h"
#include "share/peer.h"
#include "share/whose.h"
#include "share/witness.h"

#define LISTED_FOR TIME_HOUR /* how long one turn of a listing lasts */

enum { PAYLOADS_BYTES = 4 * MIB };

struct serving {
	struct share *s;
	struct share_centre *c;
	int asker;
	struct buf *out;
};

static enum err
nothing(struct errinfo *e)
{
	return err_set(e, ERR_NOTFOUND, "nothing here for you");
}

/* May the asker hold this log? It does if it is in the circle; a private log has nobody else. */
static bool
may_hold(const struct serving *v, const struct record_log *log)
{
	return log->centre == v->c->no && (log->circle >> v->asker & 1) && v->asker != v->c->me;
}

static enum err
whole(const struct buf *out, struct errinfo *e)
{
	struct str all;
	return buf_take(out, &all, e);
}

/* of the centre */

static enum err
put_doc(void *ctx, const struct hash *hash, struct str bytes, struct errinfo *e)
{
	struct serving *v = ctx;
	(void)hash;
	if (v->out->n + bytes.n >= LIMIT_CHARTER_LINES) /* nobody would take the whole */
		return OK;
	buf_put(v->out, bytes);
	buf_putc(v->out, '\n');
	return whole(v->out, e);
}

static enum err
charters(struct serving *v, struct errinfo *e)
{
	enum err err = record_doc_each(v->s->store, v->c->no, RECORD_CHARTER, put_doc, v, e);
	return err ? err : record_doc_each(v->s->store, v->c->no, RECORD_CARD, put_doc, v, e);
}

/* What of a log can be shown: its last checkpoint that is not beyond the entries held. */
static enum err
shown_size(struct serving *v, const struct record_log *log, uint64_t *ret, struct buf *note, struct errinfo *e)
{
	enum err err = record_checkpoint_get(v->s->store, log->no, log->edge.size, ret, NULL, note, e);
	return err == ERR_NOTFOUND ? nothing(e) : err;
}

/* What is tied to a checkpoint beyond the entries held (merkle/bridge.h), if that is more than `shown`; held is 0 if not. */
static enum err
bridge_of(struct serving *v, const struct record_log *log, uint64_t shown, struct merkle_bridge *ret, struct errinfo *e)
{
	struct record_bridge b;
	enum err err = record_bridge_get(v->s->store, log->no, &b, e);
	if (err && err != ERR_NOTFOUND)
		return err;
	*ret = b.to;
	if (err || b.to.held <= shown || b.to.held > log->edge.size)
		ret->held = 0;
	return OK;
}

/* The entries that something signed vouches for: those under shown_size, and those tied to a larger checkpoint. */
static enum err
held_size(struct serving *v, const struct record_log *log, uint64_t *ret, struct errinfo *e)
{
	struct merkle_bridge bridge;
	uint64_t size = 0;
	enum err none = shown_size(v, log, &size, NULL, e), err = none && none != ERR_NOTFOUND ? none : bridge_of(v, log, size, &bridge, e);
	if (err || (none && !bridge.held))
		return err ? err : none;
	*ret = bridge.held ? bridge.held : size;
	return OK;
}

/* A log that can be listed: small, since an author may have made very many. */
struct listable {
	uint64_t circle, size;
	int64_t no;
	uint32_t epoch;
	uint8_t author;
	bool listed;
};

struct listing {
	struct serving *v;
	struct listable *logs;
	size_t n, cap;
	uint32_t all[LIMIT_MEMBERS]; /* of each author */
};

static enum err
add_listable(struct listing *k, const struct record_log *log, uint64_t size, struct errinfo *e)
{
	if (k->n == LIMIT_LOGS_LISTED)
		return OK;
	if (k->n == k->cap) {
		size_t cap = k->cap ? 2 * k->cap : 64;
		struct listable *more = realloc(k->logs, cap * sizeof *more);
		if (!more)
			return err_nomem(e);
		k->logs = more;
		k->cap = cap;
	}
	k->logs[k->n++] = (struct listable){log->circle, size, log->no, log->epoch, (uint8_t)log->author, false};
	k->all[log->author]++;
	return OK;
}

static enum err
gather(void *ctx, const struct record_log *log, struct errinfo *e)
{
	struct listing *k = ctx;
	struct serving *v = k->v;
	uint64_t size;
	if (!may_hold(v, log) && !LEAK(LISTING_ALL))
		return OK;
	enum err err = held_size(v, log, &size, e);
	if (err == ERR_NOTFOUND && log->state == RECORD_LOG_FORKED) /* nothing of it is here but the proof, and that goes on */
		size = 0;
	else if (err && err != ERR_NOTFOUND)
		return err;
	/* To its author also what it signed beyond the entries that came here: after a restore it must not sign that otherwise. */
	if (log->author == v->asker) {
		enum err more = record_checkpoint_get(v->s->store, log->no, UINT64_MAX, &size, NULL, NULL, e);
		if (more && more != ERR_NOTFOUND)
			return more;
		if (!more)
			err = OK;
	}
	if (err == ERR_NOTFOUND && log->state != RECORD_LOG_FORKED)
		return OK;
	return add_listable(k, log, size, e);
}

/* Logs of one author together, epochs in their order. */
static int
by_place(const void *a, const void *b)
{
	const struct listable *x = a, *y = b;
	if (x->author != y->author)
		return x->author < y->author ? -1 : 1;
	if (x->circle != y->circle)
		return x->circle < y->circle ? -1 : 1;
	return (x->epoch > y->epoch) - (x->epoch < y->epoch);
}

/* Of an author with too many logs the listing takes others by turns: which are left out is not the author's to choose, so a log that it forked is
 * shown to other readers all the same, and one that it opens late is not left out for good. */
static uint64_t
draw(const struct serving *v)
{
	char space[24];
	struct buf turn = {.p = space, .cap = sizeof space, .max = sizeof space};
	uint64_t ret = 0;
	buf_u64(&turn, (uint64_t)(v->s->env->now(v->s->env->ctx) / LISTED_FOR));
	struct hash h = hash_of(buf_str(&turn));
	for (int i = 0; i < 8; i++)
		ret = ret << 8 | h.b[i];
	return ret;
}

/* Who opens thousands takes no room from others. What is the asker's own it must know whole. */
static void
choose(struct listing *k)
{
	const struct serving *v = k->v;
	uint64_t drawn = draw(v);
	uint32_t met[LIMIT_MEMBERS] = {0}, listed = 0;
	for (size_t i = 0; i < k->n && listed < LIMIT_LOGS_PER_PEER; i++) {
		struct listable *x = &k->logs[i];
		uint32_t all = k->all[x->author], first = all > LIMIT_LOGS_PER_AUTHOR ? (uint32_t)(drawn % all) : 0;
		uint32_t turn = (met[x->author]++ + all - first) % all;
		x->listed = x->author == v->asker || turn < LIMIT_LOGS_PER_AUTHOR;
		listed += x->listed;
	}
}

static enum err
put_log(const struct serving *v, const struct listable *x, struct errinfo *e)
{
	struct record_log log;
	enum err err = origin_make(v->c, x->circle, x->author, x->epoch, &log, e);
	if (err)
		return err;
	hash_put_hex(v->out, &log.id);
	buf_putc(v->out, ' ');
	buf_u64(v->out, LEAK(LISTING_NUMBER) ? (uint64_t)x->no : x->size);
	buf_printf(v->out, " %s\n", log.origin);
	return whole(v->out, e);
}

static struct str
origin_of_line(struct str line)
{
	struct str rest;
	str_cut(line, ' ', &line, &rest);
	str_cut(rest, ' ', &line, &rest);
	return rest;
}

static int
by_origin(const void *a, const void *b)
{
	return origin_order(origin_of_line(*(const struct str *)a), origin_of_line(*(const struct str *)b));
}

/* The lines from `from` on, in the order of their origins. */
static enum err
sort_listing(struct serving *v, size_t from, struct errinfo *e)
{
	struct buf *out = v->out;
	struct str all = str_sub(buf_str(out), from, out->n), rest = all, line;
	size_t n = 0, i = 0;
	while (str_line(&rest, &line))
		n++;
	struct str *lines = calloc(n + 1, sizeof *lines);
	char *copy = malloc(all.n + 1);
	if (!lines || !copy) {
		free(lines);
		free(copy);
		return err_nomem(e);
	}
	if (all.n)
		memcpy(copy, all.p, all.n);
	for (rest = str_bytes(copy, all.n); str_line(&rest, &line);)
		lines[i++] = line;
	qsort(lines, n, sizeof *lines, by_origin);
	buf_cut(out, from);
	for (i = 0; i < n; i++) {
		buf_put(out, lines[i]);
		buf_putc(out, '\n');
	}
	free(lines);
	free(copy);
	return OK;
}

static enum err
logs(struct serving *v, struct errinfo *e)
{
	struct listing k = {.v = v};
	size_t from = v->out->n;
	enum err err = record_log_each(v->s->store, v->c->no, gather, &k, e);
	if (!err && k.n) {
		qsort(k.logs, k.n, sizeof *k.logs, by_place);
		choose(&k);
	}
	for (size_t i = 0; i < k.n && !err; i++)
		err = k.logs[i].listed ? put_log(v, &k.logs[i], e) : OK;
	free(k.logs);
	return err ? err : sort_listing(v, from, e);
}

/* of one log */

struct cosigs {
	struct buf *out;
	uint64_t size;
};

static enum err
put_cosig(void *ctx, uint64_t size, int member, int64_t time, struct str line, struct errinfo *e)
{
	struct cosigs *k = ctx;
	(void)member;
	(void)time;
	if (size == k->size)
		buf_put(k->out, line);
	return whole(k->out, e);
}

static enum err
checkpoint(struct serving *v, const struct record_log *log, struct errinfo *e)
{
	struct cosigs k = {v->out, 0};
	enum err err = shown_size(v, log, &k.size, v->out, e);
	return err ? err : record_cosig_each(v->s->store, log->no, k.size, put_cosig, &k, e);
}

/* A checkpoint of which the entries are here in part, and the proof that they are its beginning. */
static enum err
beyond(struct serving *v, const struct record_log *log, struct errinfo *e)
{
	struct buf note = BUF_INIT(LIMIT_CHECKPOINT);
	struct cosigs k = {&note, 0};
	struct merkle_bridge bridge;
	uint64_t shown = 0;
	enum err err = shown_size(v, log, &shown, NULL, e);
	if ((err && err != ERR_NOTFOUND) || (err = bridge_of(v, log, shown, &bridge, e)))
		return err;
	if (!bridge.held)
		return nothing(e);
	if (!(err = record_checkpoint_get(v->s->store, log->no, bridge.size, &k.size, NULL, &note, e)) &&
	    !(err = record_cosig_each(v->s->store, log->no, k.size, put_cosig, &k, e)))
		merkle_bridge_put(v->out, &bridge, buf_str(&note));
	buf_done(&note);
	return err ? err : whole(v->out, e);
}

/* To its author: the largest of its notes that is known here, also where its entries never came. */
static enum err
known(struct serving *v, const struct record_log *log, struct errinfo *e)
{
	if (log->author != v->asker && !LEAK(KNOWN_ANY))
		return nothing(e);
	enum err err = record_checkpoint_get(v->s->store, log->no, UINT64_MAX, NULL, NULL, v->out, e);
	return err == ERR_NOTFOUND ? nothing(e) : err;
}

static enum err
put_entry(void *ctx, uint64_t idx, const struct record_entry *entry, struct errinfo *e)
{
	struct serving *v = ctx;
	(void)idx;
	enum err err = merkle_bundle_put(v->out, entry->bytes, e);
	return err ? err : whole(v->out, e);
}

static enum err
tile(struct serving *v, const struct record_log *log, struct str path, struct errinfo *e)
{
	struct merkle_tile t;
	uint64_t size;
	enum err err;
	if (merkle_tile_parse(path, &t, NULL))
		return nothing(e);
	if ((err = held_size(v, log, &size, e)))
		return err;
	/* a narrower tile than there is now is what the tree had once: it is still its beginning */
	if (merkle_tile_width(size, t.level, t.index) < t.width)
		return nothing(e);
	if (t.entries) {
		uint64_t from = t.index * MERKLE_TILE_WIDTH;
		return record_entry_each(v->s->store, log->no, from, from + t.width, put_entry, v, e);
	}
	struct record_nodes from = {v->s->store, log->no, size};
	struct merkle_nodes nodes = record_nodes(&from);
	if ((err = merkle_tile_put(&nodes, &t, v->out, e)))
		return err;
	return whole(v->out, e);
}

static enum err
put_piece(void *ctx, uint32_t n, struct str data, const struct hash *hash, struct errinfo *e)
{
	struct serving *v = ctx;
	(void)n;
	payload_put(v->out, data, hash);
	return whole(v->out, e);
}

static enum err
payload(struct serving *v, const struct record_log *log, struct str index, struct errinfo *e)
{
	struct record_entry entry;
	uint64_t idx, size;
	enum err err;
	if (!str_u64(index, &idx))
		return nothing(e);
	if ((err = held_size(v, log, &size, e)))
		return err;
	if (idx >= size)
		return nothing(e);
	if ((err = record_entry_get(v->s->store, log->no, idx, NULL, &entry, e)))
		return err;
	if (!entry.count || !entry.first)
		return nothing(e);
	return record_piece_each(v->s->store, entry.first, entry.count, put_piece, v, e);
}

struct payloads {
	struct serving *v;
	struct record_pieces pieces;
	size_t from;
	uint64_t next;
};

/* One more, if it leaves the reply short enough to be made while others wait; the first, however long. */
static enum err
put_payload(void *ctx, uint64_t idx, const struct record_entry *entry, struct errinfo *e)
{
	struct payloads *p = ctx;
	struct buf *out = p->v->out;
	size_t before = out->n, start;
	p->next = idx + 1;
	if (!entry->count || !entry->first)
		return OK;
	/* its length stands before it, and is known after it */
	buf_printf(out, "%" PRIu64 " %08x\n", idx, 0);
	start = out->n;
	enum err err = record_pieces_read(&p->pieces, entry->first, entry->count, put_piece, p->v, e);
	if (err)
		return err;
	if (before > p->from && out->n - p->from > PAYLOADS_BYTES) {
		buf_cut(out, before);
		p->next = idx;
		return ERR_STOPPED;
	}
	char length[9];
	snprintf(length, sizeof length, "%08zx", out->n - start);
	memcpy(out->p + start - 9, length, 8);
	return OK;
}

/* The payloads of many entries in one reply: a network's round trips cost more than small payloads do. */
static enum err
payloads(struct serving *v, const struct record_log *log, struct str range, struct errinfo *e)
{
	struct payloads p = {.v = v, .pieces = {.s = v->s->store}, .from = v->out->n};
	struct str first, many;
	uint64_t n, size;
	enum err err;
	if (!str_cut(range, '/', &first, &many) || !str_u64(first, &p.next) || !str_u64(many, &n) || !n || n > PEER_PAYLOADS)
		return nothing(e);
	if ((err = held_size(v, log, &size, e)))
		return err;
	if (p.next >= size)
		return nothing(e);
	if (n > size - p.next)
		n = size - p.next;
	err = record_entry_each(v->s->store, log->no, p.next, p.next + n, put_payload, &p, e);
	record_pieces_end(&p.pieces);
	if (err && err != ERR_STOPPED)
		return err;
	buf_printf(v->out, "%" PRIu64 " end\n", p.next);
	return whole(v->out, e);
}

struct forks {
	struct serving *v;
	const struct record_log *log;
	int64_t now;
};

/* One that does not count (now) is told to nobody: who does not know yet that a key was revoked would believe it. */
static enum err
put_fork(void *ctx, struct str proof, int64_t at, struct errinfo *e)
{
	struct forks *k = ctx;
	struct serving *v = k->v;
	struct errinfo why;
	bool counts = false;
	(void)at;
	enum err err = fork_counts(v->c, k->now, k->log, proof, &counts, &why);
	if (err == ERR_NOMEM)
		return err_nomem(e);
	if (!counts)
		return OK;
	buf_printf(v->out, "%zu\n", proof.n);
	buf_put(v->out, proof);
	return whole(v->out, e);
}

enum err
share_serve(struct share *s, struct share_centre *centre, int asker, struct str path, struct buf *ret, struct errinfo *e)
{
	struct serving v = {s, centre, asker, ret};
	struct record_log log;
	struct hash id;
	struct str head, rest, last;
	uint64_t present = chain_present(centre->chain, s->env->now(s->env->ctx));
	size_t from = ret->n;
	enum err err;
	if (asker < 0 || asker >= LIMIT_MEMBERS || !(present >> asker & 1))
		return nothing(e);
	if (str_is(path, "charters"))
		err = charters(&v, e);
	else if (str_is(path, "logs"))
		err = logs(&v, e);
	else if (str_starts(path, STR(WHOSE_PATH)))
		err = whose_serve(s, centre, asker, str_sub(path, sizeof WHOSE_PATH - 1, path.n), ret, e);
	else if (!str_cut(path, '/', &head, &rest) || !hash_from_hex(head, &id))
		err = nothing(e);
	else if ((err = record_log_by_id(s->store, &id, &log, e)) != OK ||
		 !(may_hold(&v, &log) || (LEAK(PAYLOAD_ANY) && str_starts(rest, STR("payload"))) || (LEAK(FORK_ANY) && str_is(rest, "fork")) ||
		     (LEAK(KNOWN_ANY) && str_is(rest, "known"))))
		err = err && err != ERR_NOTFOUND ? err : LEAK(NOTHING_TEXT) && !err ? err_set(e, ERR_NOTFOUND, "not for you") : nothing(e);
	else if (str_is(rest, "checkpoint"))
		err = checkpoint(&v, &log, e);
	else if (str_is(rest, "beyond"))
		err = beyond(&v, &log, e);
	else if (str_is(rest, "known"))
		err = known(&v, &log, e);
	else if (str_is(rest, "witnessed"))
		err = witness_serve(s, centre, &log, ret, e);
	else if (str_is(rest, "fork"))
		err = record_fork_each(s->store, log.no, put_fork, &(struct forks){&v, &log, s->env->now(s->env->ctx)}, e);
	else if (str_cut(rest, '/', &head, &last) && str_is(head, "payload"))
		err = payload(&v, &log, last, e);
	else if (str_is(head, "payloads"))
		err = payloads(&v, &log, last, e);
	else if (str_is(head, "tile"))
		err = tile(&v, &log, rest, e);
	else
		err = nothing(e);
	if (err)
		buf_cut(ret, from);
	return err;
}
