/* Checking a home, making its view anew, proving one release. */
#include "node/filter.h"
#include "node/ops.h"
#include "node/put.h"
#include "share/project.h"
#include "share/prove.h"
#include "share/verify.h"
#include "share/witness.h"

struct checking {
	struct op_call *call;
	uint32_t listed;
};

static enum err
put_fault(void *ctx, const struct verify_fault *f, struct errinfo *e)
{
	struct checking *c = ctx;
	struct json_writer *w = c->call->out;
	(void)e;
	if (c->listed++ >= LIMIT_PAGE)
		return OK;
	json_open_object(w);
	json_put_member(w, STR("code"), str_of(err_name(f->code)));
	json_put_member(w, STR("origin"), f->origin);
	if (f->index != UINT64_MAX)
		json_put_member_int(w, STR("index"), (int64_t)f->index);
	json_put_member(w, STR("what"), str_of(f->what));
	json_close(w);
	return OK;
}

static bool
verifying(void *ctx, const struct verify_report *so_far, struct str origin)
{
	struct checking *c = ctx;
	(void)origin;
	return op_progress(c->call, so_far->entries, 0, "entries", NULL) == OK;
}

static enum err
count_late(void *ctx, const struct witness_late *w, struct errinfo *e)
{
	uint64_t *n = ctx;
	(void)e;
	*n += w->entries;
	return OK;
}

/* verify: the whole record, from bytes to signatures, and the files. Reply: {"faults": how many,"items":[{"code","origin","index","what"}…first
 * 1000],"charters","cards","logs","entries","objects","bytes","withdrawn","malformed","pending","late": entries not countersigned before a member
 * left,"unsigned",
 * "unvouched","checkpoints","countersignatures","revoked": of a key that was revoked from before, so that they do not
 * count,"forks","arrivals","gaps": epochs begun after a restore,"lost": entries signed by their authors or by us that are not here}. faults above 0
 * is a failed check. */
enum err
op_verify(struct op_call *call, struct errinfo *e)
{
	struct json_writer *w = call->out;
	struct checking c = {.call = call};
	const struct verify_options o = {.fault = put_fault, .progress = verifying, .ctx = &c};
	struct verify_report r = {0};
	struct errinfo why = {0};
	json_put_key(w, STR("items"));
	json_open_array(w);
	enum err err = share_verify(call->n->share, &o, &r, e);
	if (!err && (err = store_check(call->n->store, &why))) {
		if (err != ERR_CORRUPT) {
			if (e)
				*e = why;
		} else {
			const struct verify_fault f = {ERR_CORRUPT, STR_NONE, UINT64_MAX, why.msg};
			err = put_fault(&c, &f, e);
			r.faults++;
		}
	}
	json_close(w);
	uint64_t late = 0;
	if (err || (err = witness_late_each(call->n->share, count_late, &late, e)))
		return err;
	const struct {
		const char *name;
		uint64_t v;
	} number[] = {
	    {"faults", r.faults},
	    {"charters", r.charters},
	    {"cards", r.cards},
	    {"logs", r.logs},
	    {"entries", r.entries},
	    {"objects", r.objects},
	    {"bytes", r.bytes},
	    {"withdrawn", r.withdrawn},
	    {"malformed", r.malformed},
	    {"pending", r.pending},
	    {"late", late},
	    {"unsigned", r.unsigned_entries},
	    {"unvouched", r.unvouched},
	    {"checkpoints", r.checkpoints},
	    {"countersignatures", r.cosigs},
	    {"revoked", r.revoked},
	    {"forks", r.forks},
	    {"arrivals", r.arrivals},
	    {"gaps", r.gaps},
	    {"lost", r.lost},
	};
	for (size_t i = 0; i < sizeof number / sizeof *number; i++)
		json_put_member_int(w, str_of(number[i].name), (int64_t)number[i].v);
	return OK;
}

static bool
projecting(void *ctx, uint64_t done, uint64_t all)
{
	return op_progress(ctx, done, all, "entries", NULL) == OK;
}

/* rebuild: makes the view anew from the record. check: fails with ERR_CORRUPT if the new one differs from the old. Reply: {"before","after":
 * digests,"equal","arrivals"} */
enum err
op_rebuild(struct op_call *call, struct errinfo *e)
{
	struct node *n = call->n;
	struct json_writer *w = call->out;
	struct hash before, after;
	uint64_t last;
	bool check = op_bool(call, "check");
	/* an old view may be damaged: that is why people rebuild; one that is only behind the record is no other view */
	enum err err = view_is_open(n->store) ? OK : view_reset(n->store, e);
	if (!err)
		err = share_project(n->share, NULL, NULL, e);
	if (!err)
		err = view_digest(n->store, &before, e);
	bool had = err == OK;
	if (err && check)
		return err;
	err = view_reset(n->store, e);
	if (err && view_reset(n->store, NULL)) { /* what failed once may go now; with no view at all the home has to be opened again */
		err_hint(e, "open the home again: the view is made anew then");
		return err;
	}
	if (err || (err = share_project(n->share, projecting, call, e)) || (err = view_purge(n->store, e)) ||
	    (err = view_digest(n->store, &after, e)) || (err = record_arrival_last(n->store, &last, e)))
		return err;
	bool equal = had && hash_eq(&before, &after);
	if (had)
		put_hash(w, "before", &before);
	put_hash(w, "after", &after);
	json_put_member_bool(w, STR("equal"), equal);
	json_put_member_int(w, STR("arrivals"), (int64_t)last);
	if ((err = op_audit(call, "rebuild", STR_NONE, equal ? STR("equal") : STR("different"), e)))
		return err;
	return check && !equal ? err_set(e, ERR_CORRUPT, "the view was not what the record gives; it has been made anew") : OK;
}

struct best {
	struct view_row row;
	int64_t modified;
	uint64_t private;
	bool found;
};

static enum err
choose(void *ctx, const struct view_row *row, struct errinfo *e)
{
	struct best *b = ctx;
	(void)e;
	if (b->modified && row->key.modified != b->modified)
		return OK;
	bool released = row->key.circle != b->private, before = b->row.key.circle != b->private;
	if (!b->found || (released && !before) || (released == before && row->key.modified > b->row.key.modified))
		b->row = *row;
	b->found = true;
	return OK;
}

/* prove: writes a file to the call's output that proves the release of an object to whoever has the centre's id (share/prove.h). id; centre, circle,
 * author, modified: which release; absent: the newest version in a circle of several. private: also of what was
 * released to nobody. Reply:
 * {"centre","centre_id","circle","author","index","bytes","id"} */
enum err
op_prove(struct op_call *call, struct errinfo *e)
{
	struct stix_id id;
	struct op_filter o;
	struct best best = {0};
	enum err err = op_filter_id(call, &id, &o, e);
	if (err || (err = op_time(call, "modified", 0, &best.modified, e)))
		return err;
	struct share_centre *c = o.centre;
	if (!c && (err = op_centre(call, &c, e)))
		return err;
	if (!call->c->out)
		return err_set(e, ERR_USAGE, "prove needs somewhere to write the proof to");
	o.f.centre = c->no;
	o.f.gone = true;
	best.private = UINT64_C(1) << (c->me < 0 ? 0 : c->me);
	if ((err = view_find(call->n->store, &o.f, choose, &best, e)))
		return err;
	if (!best.found)
		return op_not_here(id, e);
	if (best.row.key.circle == best.private && !op_bool(call, "private")) {
		err_set(e, ERR_DENIED, "it stands in the private circle: a proof of it gives all of it away, released or not");
		err_hint(e, "prove what was released of it, by the id it has there (comity show); or give --private");
		return ERR_DENIED;
	}
	struct buf b = BUF_INIT(PROOF_MAX);
	struct str all;
	if (!(err = share_prove(call->n->share, c, best.row.log, best.row.key.idx, best.row.state == VIEW_LIVE, &b, e)) &&
	    !(err = buf_take(&b, &all, e)) && !(err = call->c->out->write(call->c->out->ctx, all, e))) {
		put_centre(call->out, c);
		put_circle(call->out, "circle", c, best.row.key.circle);
		put_member(call->out, "author", c, best.row.key.author);
		json_put_member_int(call->out, STR("index"), (int64_t)best.row.key.idx);
		json_put_member_int(call->out, STR("bytes"), (int64_t)all.n);
		put_id(call->out, "id", id);
		err = op_audit(call, "prove", op_id_whole(call, id), STR_NONE, e);
	}
	buf_done(&b);
	return err;
}
