/* verify_notes: what was signed of a log, and what is kept beside its entries. */
#include <stdlib.h>
#include <string.h>

#include "share/cosign.h"
#include "share/fork.h"
#include "share/origin.h"
#include "share/verify_int.h"

static enum err
log_key(struct verify *v, struct sign_public *ret, struct errinfo *e)
{
	struct roster_log_key k;
	enum err err = origin_key(v->c, v->now, v->log.author, v->log.epoch, &k, e);
	if (!err)
		memcpy(ret->b, k.key, sizeof ret->b);
	return err;
}

struct cosigs {
	struct verify *v;
	uint64_t size;
	struct str text;
};

static enum err
see_cosig(void *ctx, uint64_t size, int member, int64_t time, struct str line, struct errinfo *e)
{
	struct cosigs *k = ctx;
	struct merkle_note_sig sig;
	struct cosign_line good;
	if (size != k->size)
		return ERR_STOPPED;
	if (merkle_note_sig_parse(line, &sig, NULL) || !cosign_made(k->v->c, k->v->now, &k->v->log, k->text, &sig, &good) || good.member != member ||
	    good.time != time)
		return verify_fault_log(k->v, ERR_VERIFY, size - 1, "a countersignature up to here does not hold", e);
	if (good.revoked) /* it was good when it was taken */
		k->v->r->revoked++;
	else
		k->v->r->cosigs++;
	return OK;
}

/* All checkpoints, largest first: signature, what it says, countersignatures; sizes and roots are kept for the walk over the entries. */
enum err
verify_notes(struct verify *v, struct errinfo *e)
{
	struct buf note = BUF_INIT(LIMIT_CHECKPOINT);
	uint64_t max = UINT64_MAX, size;
	size_t cap = 0;
	struct hash root;
	struct sign_public key;
	struct errinfo why;
	enum err err = OK;
	v->nsizes = v->at_size = 0;
	if (log_key(v, &key, &why))
		return verify_fault_log(v, ERR_VERIFY, UINT64_MAX, why.msg, e);
	while (!err) {
		struct merkle_checkpoint cp;
		struct merkle_note parsed;
		buf_clear(&note);
		err = record_checkpoint_get(v->s->store, v->log.no, max, &size, &root, &note, e);
		if (err)
			break;
		if (v->nsizes == cap) {
			cap = cap ? 2 * cap : 64;
			uint64_t *sizes = realloc(v->sizes, cap * sizeof *sizes);
			if (sizes)
				v->sizes = sizes;
			struct hash *roots = realloc(v->roots, cap * sizeof *roots);
			if (roots)
				v->roots = roots;
			if (!sizes || !roots) {
				err = err_nomem(e);
				break;
			}
		}
		v->r->checkpoints++;
		v->sizes[v->nsizes] = size;
		v->roots[v->nsizes++] = root;
		if (merkle_checkpoint_open(buf_str(&note), str_of(v->log.origin), &key, &parsed, &cp, &why)) {
			err = verify_fault_log(v, ERR_VERIFY, size - 1, why.msg, e);
		} else if (cp.size != size || !hash_eq(&cp.root, &root)) {
			err = verify_fault_log(v, ERR_CORRUPT, size - 1, "a checkpoint is not what it is kept as", e);
		} else {
			struct cosigs k = {v, size, parsed.text};
			err = record_cosig_each(v->s->store, v->log.no, size, see_cosig, &k, e);
			if (err == ERR_STOPPED)
				err = OK;
		}
		if (!size)
			break;
		max = size - 1;
	}
	buf_done(&note);
	for (size_t i = 0; i < v->nsizes / 2; i++) {
		uint64_t s = v->sizes[i];
		struct hash h = v->roots[i];
		v->sizes[i] = v->sizes[v->nsizes - 1 - i];
		v->roots[i] = v->roots[v->nsizes - 1 - i];
		v->sizes[v->nsizes - 1 - i] = s;
		v->roots[v->nsizes - 1 - i] = h;
	}
	return err == ERR_NOTFOUND ? OK : err;
}

struct proofs {
	struct verify *v;
	uint64_t n;
};

/* One under a key that was revoked since proves that it was stolen, at most (share/fork.h). */
static enum err
see_fork(void *ctx, struct str proof, int64_t at, struct errinfo *e)
{
	struct proofs *p = ctx;
	struct errinfo why;
	(void)at;
	bool counts = false;
	enum err err = fork_counts(p->v->c, p->v->now, &p->v->log, proof, &counts, &why);
	p->n++;
	p->v->r->forks += counts;
	return err == ERR_NOMEM ? err_nomem(e) : err ? verify_fault_log(p->v, ERR_VERIFY, UINT64_MAX, "the proof of a fork proves nothing", e) : OK;
}

enum err
verify_forks(struct verify *v, struct errinfo *e)
{
	struct proofs p = {v, 0};
	enum err err = record_fork_each(v->s->store, v->log.no, see_fork, &p, e);
	if (err || (p.n > 0) == (v->log.state == RECORD_LOG_FORKED))
		return err;
	const char *what = p.n ? "is proven forked, and not kept as forked" : "is kept as forked without a proof";
	return verify_fault_log(v, ERR_CORRUPT, UINT64_MAX, what, e);
}

/* Full tiles say what the entries hash to: the root of the whole through them is that of the entries. */
enum err
verify_kept(struct verify *v, struct errinfo *e)
{
	struct record_nodes from = {v->s->store, v->log.no, v->log.edge.size};
	struct merkle_nodes nodes = record_nodes(&from);
	struct hash a = merkle_edge_root(&v->log.edge), b = merkle_edge_root(&v->at.edge), c;
	uint64_t last = v->nsizes ? v->sizes[v->nsizes - 1] : 0;
	enum err err;
	if (v->log.edge.size != v->at.edge.size || !hash_eq(&a, &b))
		return verify_fault_log(v, ERR_CORRUPT, UINT64_MAX, "the right edge that is kept is not that of the entries", e);
	if (v->at.edge.size && (err = merkle_root_at(&nodes, v->at.edge.size, &c, e)))
		return err == ERR_CORRUPT ? verify_fault_log(v, ERR_CORRUPT, UINT64_MAX, "tiles are missing or damaged", e) : err;
	if (v->at.edge.size && !hash_eq(&b, &c))
		return verify_fault_log(v, ERR_CORRUPT, UINT64_MAX, "the tiles are not those of the entries", e);
	if (v->log.objects != v->at.objects || (v->o && v->o->rules && v->log.last_time != v->at.last_time))
		if ((err = verify_fault_log(v, ERR_CORRUPT, UINT64_MAX, "counts that are kept of it are wrong", e)))
			return err;
	if (v->log.author == v->c->me && last < v->at.edge.size)
		v->r->unsigned_entries += v->at.edge.size - last;
	else if (v->log.author != v->c->me && last < v->at.edge.size)
		return verify_fault_log(v, ERR_VERIFY, last, "nothing that its author signed vouches for the entries from here on", e);
	else if (v->nsizes && v->at_size < v->nsizes) /* a checkpoint beyond the entries: they are still to come */
		v->r->unvouched += v->at.edge.size - (v->at_size ? v->sizes[v->at_size - 1] : 0);
	return OK;
}

/* What ties the entries to a checkpoint beyond them leads from the one to the other. */
enum err
verify_bridge(struct verify *v, struct errinfo *e)
{
	struct record_nodes from = {v->s->store, v->log.no, v->log.edge.size};
	struct merkle_nodes nodes = record_nodes(&from);
	struct record_bridge b;
	struct errinfo why;
	size_t i = 0;
	enum err err = record_bridge_get(v->s->store, v->log.no, &b, e);
	if (err)
		return err == ERR_NOTFOUND ? OK : err;
	while (i < v->nsizes && v->sizes[i] != b.to.size)
		i++;
	if (i == v->nsizes || !b.to.held || b.to.held > v->at.edge.size)
		return verify_fault_log(v, ERR_CORRUPT, UINT64_MAX, "entries or the checkpoint that a kept proof ties together are not here", e);
	err = merkle_bridge_check(&nodes, &b.to, &v->roots[i], &why);
	return err ? verify_fault_log(
			 v, ERR_VERIFY, b.to.held - 1, "the proof kept that the entries are the beginning of what was signed does not hold", e)
		   : OK;
}
