/* prove: putting together what vouches for an entry. */
#include "share/prove.h"

#include "merkle/receipt.h"
#include "share/payload.h"

struct evidence {
	uint64_t there; /* members of the circle that no charter has let go: only theirs count once somebody left */
	uint64_t size;  /* of the checkpoint; 0 = none with a countersignature */
	int64_t time;   /* of the earliest countersignature that covers the entry, by one of these if there is one */
	bool stays;     /* it is */
};

static enum err
see_cosig(void *ctx, uint64_t size, int member, int64_t time, struct str line, struct errinfo *e)
{
	struct evidence *v = ctx;
	bool stays = member >= 0 && (v->there >> member & 1);
	(void)line;
	(void)e;
	if (!v->size || stays > v->stays || (stays == v->stays && time < v->time))
		*v = (struct evidence){v->there, size, time, stays};
	return OK;
}

struct lines {
	struct buf *b;
	uint64_t size; /* of cosignatures taken */
};

static enum err
put_cosig(void *ctx, uint64_t size, int member, int64_t time, struct str line, struct errinfo *e)
{
	struct lines *l = ctx;
	(void)member;
	(void)time;
	(void)e;
	if (size != l->size)
		return ERR_STOPPED;
	buf_put(l->b, line);
	return OK;
}

static enum err
put_doc(void *ctx, const struct hash *hash, struct str bytes, struct errinfo *e)
{
	(void)hash;
	(void)e;
	buf_put(ctx, bytes);
	buf_putc(ctx, '\n');
	return OK;
}

static enum err
put_piece(void *ctx, uint32_t n, struct str data, const struct hash *hash, struct errinfo *e)
{
	(void)n;
	(void)e;
	payload_put(ctx, data, hash);
	return OK;
}

static void
put_part(struct buf *b, const char *name, struct str bytes)
{
	buf_printf(b, "%s %zu\n", name, bytes.n);
	buf_put(b, bytes);
	buf_putc(b, '\n');
}

/* The note that says most about when: the one with the earliest countersignature that others go by, or else the last. */
static enum err
choose_note(struct share *s, const struct share_centre *c, const struct record_log *log, uint64_t idx, struct buf *note, uint64_t *ret_size,
    struct errinfo *e)
{
	struct evidence v = {.there = log->circle & chain_last(c->chain)->present};
	struct lines l = {note, 0};
	enum err err;
	if ((err = record_cosig_each(s->store, log->no, idx + 1, see_cosig, &v, e)))
		return err;
	if (v.size > log->edge.size) /* of entries still to come */
		v.size = 0;
	err = record_checkpoint_get(s->store, log->no, v.size ? v.size : log->edge.size, &l.size, NULL, note, e);
	if (err == ERR_NOTFOUND || (!err && l.size <= idx)) {
		err_set(e, ERR_NOTFOUND, "%s: no checkpoint covers entry %llu yet, so nothing proves it", log->origin, (unsigned long long)idx);
		err_hint(e, "a sync with its author, or with another who holds it, brings one");
		return ERR_NOTFOUND;
	}
	if (!err && (err = record_cosig_each(s->store, log->no, l.size, put_cosig, &l, e)) == ERR_STOPPED)
		err = OK;
	if (!err)
		*ret_size = l.size;
	return err;
}

static enum err
make_receipt(struct share *s, const struct share_centre *c, const struct record_log *log, uint64_t idx, struct buf *ret, struct errinfo *e)
{
	struct record_nodes from = {s->store, log->no, log->edge.size};
	struct merkle_nodes nodes = record_nodes(&from);
	struct merkle_receipt r = {.index = idx};
	struct buf note = BUF_INIT(LIMIT_CHECKPOINT);
	uint64_t size;
	enum err err;
	if (!(err = choose_note(s, c, log, idx, &note, &size, e)) && !(err = merkle_prove_inclusion(&nodes, idx, size, &r.proof, e)) &&
	    !(err = buf_take(&note, &r.note, e)))
		merkle_receipt_put(ret, &r);
	buf_done(&note);
	return err;
}

enum err
share_prove(struct share *s, struct share_centre *centre, int64_t no, uint64_t idx, bool payload, struct buf *ret, struct errinfo *e)
{
	struct buf docs = BUF_INIT(PROOF_MAX), leaf = BUF_INIT(64 * KIB), pieces = BUF_INIT(PAYLOAD_MAX), receipt = BUF_INIT(MERKLE_RECEIPT_MAX);
	struct record_entry x;
	struct record_log log;
	struct str all;
	size_t from = ret->n;
	enum err err;
	if ((err = record_log_by_no(s->store, no, &log, e)))
		return err;
	if (log.centre != centre->no)
		return err_set(e, ERR_NOTFOUND, "no such log in this centre");
	if ((err = record_entry_get(s->store, no, idx, &leaf, &x, e)) || (err = make_receipt(s, centre, &log, idx, &receipt, e)) ||
	    (err = record_doc_each(s->store, centre->no, RECORD_CHARTER, put_doc, &docs, e)) ||
	    (err = record_doc_each(s->store, centre->no, RECORD_CARD, put_doc, &docs, e)))
		goto out;
	if (payload && x.count && x.first && (err = record_piece_each(s->store, x.first, x.count, put_piece, &pieces, e)))
		goto out;
	if ((err = buf_take(&docs, &all, e)) || (err = buf_take(&pieces, &all, e)) || (err = buf_take(&receipt, &all, e)))
		goto out;
	buf_puts(ret, "comity-proof/v1\n");
	put_part(ret, "charters", buf_str(&docs));
	put_part(ret, "entry", buf_str(&leaf));
	put_part(ret, "payload", buf_str(&pieces));
	put_part(ret, "receipt", buf_str(&receipt));
	if ((err = buf_take(ret, &all, e)) && ret->bad != ERR_NOMEM)
		buf_cut(ret, from);
out:
	buf_done(&docs);
	buf_done(&leaf);
	buf_done(&pieces);
	buf_done(&receipt);
	return err;
}
