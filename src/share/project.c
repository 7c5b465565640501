/* project: arrivals in their order, each as a whole, in transactions of bounded size. */
#include "share/project.h"

#include <stdlib.h>
#include <string.h>

#include "govern/policy.h"
#include "share/project_int.h"
#include "share/rows.h"
#include "share/witness.h"

enum { LEAF_ARENA = 4 * MIB, RECALL_ARENA = 256 * MIB, RECALLS_MAX = 1 << 20 };

static enum err
project_init(struct project *p, struct share *s, struct errinfo *e)
{
	uint8_t key[16];
	*p = (struct project){
	    .s = s,
	    .tree = ARENA_INIT(LIMIT_OBJECT_ARENA + 16 * MIB), /* and what is made of it */
	    .leaf = ARENA_INIT(LEAF_ARENA),
	    .line = BUF_INIT(LIMIT_ENTRY),
	    .policy_charter = -1,
	    .recall_space = ARENA_INIT(RECALL_ARENA),
	};
	s->env->random(s->env->ctx, RND_HASH, STR("project"), 0, key, sizeof key);
	map_init(&p->recalls, key, RECALLS_MAX);
	p->policy = malloc(sizeof *p->policy);
	return p->policy ? OK : err_nomem(e);
}

static void
project_done(struct project *p)
{
	free(p->policy);
	arena_done(&p->tree);
	arena_done(&p->leaf);
	arena_done(&p->recall_space);
	buf_done(&p->line);
	project_lists_done(&p->lists);
	map_done(&p->recalls);
}

enum err
project_log_get(struct project *p, int64_t no, struct project_log *ret, struct errinfo *e)
{
	struct record_log log;
	enum err err;
	if (p->log.no != no) {
		if ((err = record_log_by_no(p->s->store, no, &log, e)))
			return err;
		p->log = (struct project_log){no, log.centre, log.circle, log.author, log.epoch, log.circle == UINT64_C(1) << log.author};
	}
	*ret = p->log;
	return OK;
}

/* The words that an entry was written in: those of the charter it names; if that is on a branch of a fork, of the last that all agreed on. */
static enum err
policy_for(struct project *p, const struct share_centre *c, const struct hash *charter, struct errinfo *e)
{
	int i = chain_find(c->chain, charter);
	if (i < 0)
		i = (int)chain_count(c->chain) - 1;
	if (p->policy_centre == c->no && p->policy_charter == i)
		return OK;
	p->policy_charter = -1;
	enum err err = policy_of_charter(chain_charter(c->chain, (size_t)i), &c->id, p->policy, e);
	if (!err) {
		p->policy_centre = c->no;
		p->policy_charter = i;
	}
	return err;
}

static struct view_event
event_of(const struct project_entry *w, enum view_event_kind kind)
{
	return (struct view_event){
	    .arrival = w->at->seq,
	    .at = w->at->at,
	    .log = w->at->log,
	    .idx = w->at->idx,
	    .kind = kind,
	    .centre = w->centre->no,
	    .author = w->log->author,
	    .circle = w->log->circle,
	};
}

/* Whether a code speaks of the input, not of this machine. */
static bool
is_bad_input(enum err err)
{
	return err == ERR_SYNTAX || err == ERR_INVALID || err == ERR_LIMIT || err == ERR_VERSION || err == ERR_CORRUPT;
}

static uint64_t
speakers(const struct project_entry *w, struct stix_id identity)
{
	char space[STIX_ID_MAX];
	struct buf b = {.p = space, .cap = sizeof space, .max = sizeof space};
	stix_id_put(&b, identity);
	return roster_speakers(w->centre->roster, w->x->time, buf_str(&b));
}

/* The author may not speak as another member, nor of it as if it were itself: neither as creator nor with that member's identity object. What lies in
 * a private log may: a member keeps copies as it likes. */
static bool
has_right(struct project *p, const struct project_entry *w, const struct stix_info *info)
{
	if (w->log->private)
		return true;
	if (info->type == STIX_IDENTITY && !(speakers(w, info->id) >> w->log->author & 1))
		return false;
	if (!info->has_creator)
		return true;
	if (!p->creator_known || p->speakers_at != w->x->time || !stix_id_eq(p->created_by, info->created_by)) {
		p->speakers = speakers(w, info->created_by);
		p->speakers_at = w->x->time;
		p->created_by = info->created_by;
		p->creator_known = stix_id_type(info->created_by) != STIX_CUSTOM; /* else its type is a view that goes */
	}
	return p->speakers >> w->log->author & 1;
}

static enum err
put_refused(struct project *p, const struct project_entry *w, uint32_t n, const struct stix_info *info, struct errinfo *e)
{
	struct view_event v = event_of(w, VIEW_MALFORMED);
	v.n = n;
	v.id = info->id;
	v.modified = info->modified == TIME_NEVER ? 0 : info->modified;
	return view_event_put(p->s->store, &v, e);
}

static enum err
put_object(struct project *p, const struct project_entry *w, uint32_t n, const struct json *tree, const struct stix_info *info, struct errinfo *e)
{
	struct view_object o;
	struct view_row row;
	enum view_state state = VIEW_LIVE;
	enum err err;
	if (!has_right(p, w, info))
		return put_refused(p, w, n, info, e);
	if ((err = project_object_make(p, w, n, tree, info, &o, e)))
		return err;
	if ((err = view_object_put(p->s->store, &o, e)))
		return err == ERR_LIMIT ? put_refused(p, w, n, info, e) : err; /* a label too many: nothing of it was written */
	if (w->log->private || (err = project_recall_state(p, w, o.id, o.modified, &state, e)) || state == VIEW_LIVE)
		return err;
	if ((err = view_at(p->s->store, o.log, o.idx, n, &row, e)))
		return err;
	return view_object_state(p->s->store, &row, state, o.text, o.ntext, e);
}

/* That something was released there is all that is left. */
static enum err
put_withdrawn(struct project *p, const struct project_entry *w, uint32_t n, struct errinfo *e)
{
	struct view_object o = {
	    .arrival = w->at->seq,
	    .piece = n,
	    .log = w->at->log,
	    .idx = w->at->idx,
	    .piece_no = w->first + n,
	    .at = w->at->at,
	    .centre = w->centre->no,
	    .author = w->log->author,
	    .own = w->log->author == w->centre->me,
	    .label = &w->x->label,
	    .id = {.type = STR_INIT("")},
	    .serial = w->x->serial,
	    .withdrawn = true,
	};
	enum err err = view_object_put(p->s->store, &o, e);
	if (err != ERR_LIMIT)
		return err;
	struct view_event v = event_of(w, VIEW_MALFORMED);
	v.n = n;
	return view_event_put(p->s->store, &v, e);
}

struct piecewise {
	struct project *p;
	const struct project_entry *w;
};

static enum err
put_piece(void *ctx, uint32_t n, struct str data, const struct hash *hash, struct errinfo *e)
{
	struct piecewise *k = ctx;
	const struct json *tree;
	struct stix_info info;
	struct str text;
	struct errinfo why;
	if (hash)
		return put_withdrawn(k->p, k->w, n, e);
	enum err err = piece_object(data, &text, &why);
	if (!err)
		err = project_object_parse(k->p, text, &tree, &info, &why);
	if (!err)
		return put_object(k->p, k->w, n, tree, &info, e);
	if (!is_bad_input(err)) {
		if (e)
			*e = why;
		return err;
	}
	struct view_event v = event_of(k->w, VIEW_MALFORMED);
	v.n = n;
	return view_event_put(k->p->s->store, &v, e);
}

static enum err
put_objects(struct project *p, const struct project_entry *w, const struct project_parsed *parsed, size_t n, struct errinfo *e)
{
	struct piecewise k = {p, w};
	enum err err = OK;
	if (!parsed)
		return record_piece_each(p->s->store, w->first, w->x->count, put_piece, &k, e);
	if (n != w->x->count)
		return err_set(e, ERR_INVALID, "an entry of %u objects is not projected from %zu", w->x->count, n);
	for (uint32_t i = 0; i < n && !err; i++) {
		arena_reset(&p->tree);
		err = put_object(p, w, i, parsed[i].tree, parsed[i].info, e);
	}
	return err;
}

static enum err
put_flag(struct project *p, const struct project_entry *w, struct errinfo *e)
{
	struct view_event v = event_of(w, VIEW_FLAG);
	v.id = w->x->targets[0].id;
	v.modified = w->x->targets[0].modified;
	enum err err = view_event_put(p->s->store, &v, e);
	if (err || !w->x->source.type.n)
		return err;
	v.n = 1;
	v.id = w->x->source;
	v.modified = 0;
	v.value = 1;
	return view_event_put(p->s->store, &v, e);
}

static enum err
put_event(struct project *p, const struct project_entry *w, struct errinfo *e)
{
	const struct entry *x = w->x;
	struct view_event v = event_of(w, VIEW_MALFORMED);
	switch (x->kind) {
	case ENTRY_REQUEST:
		v.kind = VIEW_REQUEST;
		break;
	case ENTRY_CONSENT:
		v.kind = VIEW_CONSENT;
		break;
	case ENTRY_RECEIPT:
		v.kind = VIEW_RECEIPT;
		break;
	case ENTRY_EPOCH:
		v.kind = VIEW_EPOCH;
		break;
	default:
		break;
	}
	if (x->kind == ENTRY_REQUEST || x->kind == ENTRY_CONSENT) {
		v.id = x->targets[0].id;
		v.modified = x->targets[0].modified;
		v.to = x->to;
		v.value = x->granted;
	}
	v.of = x->of;
	return view_event_put(p->s->store, &v, e);
}

/* Whether an entry was made, by its author's word, while its circle took anything: under a charter that another had followed by then it counts only
 * if that one too has everybody in the circle, its author among them, present; who had not heard of a new charter yet loses nothing. Not a rule of
 * the record (rules.c): the charter that follows may come after the entry, and the serials count on. Recalls always count; so do own notes. */
static bool
is_in_time(const struct project *p, const struct share_centre *c, const struct hash *charter, const struct entry *x)
{
	int i = chain_find(c->chain, charter);
	return i < 0 || p->log.private || x->kind == ENTRY_RECALL || x->kind == ENTRY_EPOCH || x->time < chain_until(c->chain, (size_t)i) ||
	       !(p->log.circle & ~chain_present(c->chain, x->time));
}

static enum err
read_leaf(struct project *p, const struct share_centre *c, struct str line, struct entry *ret, struct errinfo *e)
{
	struct hash charter;
	enum err err;
	arena_reset(&p->leaf);
	if ((err = entry_charter(line, &charter, e)) || (err = policy_for(p, c, &charter, e)))
		return err;
	struct entry_place at = {p->policy, p->log.circle};
	if ((err = entry_read(line, &at, &p->leaf, ret, e)))
		return err;
	return is_in_time(p, c, &charter, ret)
		 ? OK
		 : err_set(e, ERR_INVALID, "its circle took nothing more: it names a charter that was no longer in force");
}

static enum err
put_arrival(struct project *p, const struct record_arrival *at, const struct project_parsed *parsed, size_t n, struct errinfo *e)
{
	struct project_log log;
	struct record_entry entry;
	struct entry x;
	struct errinfo why;
	enum err err;
	buf_clear(&p->line);
	if ((err = project_log_get(p, at->log, &log, e)) || (err = record_entry_get(p->s->store, at->log, at->idx, &p->line, &entry, e)))
		return err;
	struct project_entry w = {at, share_centre_by_no(p->s, log.centre), &log, &x, entry.first};
	if (!w.centre)
		return err_set(e, ERR_CORRUPT, "the record has a log of a centre that it does not have");
	err = entry.first == ENTRY_MALFORMED ? ERR_INVALID : read_leaf(p, w.centre, entry.bytes, &x, &why);
	if (is_bad_input(err)) {
		struct view_event v = event_of(&w, VIEW_MALFORMED);
		return view_event_put(p->s->store, &v, e);
	}
	if (err) {
		if (e)
			*e = why;
		return err;
	}
	switch (x.kind) {
	case ENTRY_OBJECTS:
		return put_objects(p, &w, parsed, n, e);
	case ENTRY_RECALL:
		return project_recall_put(p, &w, e);
	case ENTRY_FLAG:
		return put_flag(p, &w, e);
	default:
		return put_event(p, &w, e);
	}
}

/* The run. */

struct run {
	struct project p;
	bool (*progress)(void *ctx, uint64_t done, uint64_t all);
	void *ctx;
	uint64_t begun, last; /* position it began at; last arrival there is */
	uint64_t at;          /* the last that is in the open transaction */
	uint64_t charged;     /* objects in it */
	bool open;
};

static enum err
run_commit(struct run *r, struct errinfo *e)
{
	if (!r->open)
		return OK;
	r->open = false;
	enum err err = view_commit(r->p.s->store, r->at, e);
	if (!err && r->progress && !r->progress(r->ctx, r->at - r->begun, r->last - r->begun) && r->at < r->last)
		err = err_set(e, ERR_STOPPED, "stopped; what was done so far stays");
	return err;
}

static enum err
run_arrival(void *ctx, const struct record_arrival *at, struct errinfo *e)
{
	struct run *r = ctx;
	struct record_entry entry;
	enum err err = record_entry_get(r->p.s->store, at->log, at->idx, NULL, &entry, e);
	if (err)
		return err;
	if (r->charged + entry.count + 1 > LIMIT_PIECES && r->open && (err = run_commit(r, e)))
		return err;
	if (!r->open) {
		if ((err = view_begin(r->p.s->store, e)))
			return err;
		r->open = true;
		r->charged = 0;
	}
	r->charged += entry.count + 1;
	r->at = at->seq;
	return put_arrival(&r->p, at, NULL, 0, e);
}

static enum err
project_rest(struct share *s, bool (*progress)(void *ctx, uint64_t done, uint64_t all), void *ctx, struct errinfo *e)
{
	struct run r = {.progress = progress, .ctx = ctx};
	enum err err;
	if ((err = view_position(s->store, &r.begun, e)) || (err = record_arrival_last(s->store, &r.last, e)))
		return err;
	if (r.begun >= r.last)
		return witness_settle(s, e);
	if (!(err = project_init(&r.p, s, e)) && !(err = record_arrival_each(s->store, r.begun, run_arrival, &r, e)))
		err = run_commit(&r, e);
	if (r.open)
		view_rollback(s->store);
	project_done(&r.p);
	return err ? err : witness_settle(s, e);
}

/* A loss of power can take the end of the view, whose commits are not each made durable, and leave the record, whose are. Then bytes may be deleted
 * that stand in the view, and a recall that comes again does not find the words it is to take out: a view made anew has none of them. */
enum err
share_project(struct share *s, bool (*progress)(void *ctx, uint64_t done, uint64_t all), void *ctx, struct errinfo *e)
{
	enum err err = project_rest(s, progress, ctx, e);
	uint64_t begun;
	if (err != ERR_NOTFOUND || view_position(s->store, &begun, NULL) || begun == 0)
		return err;
	return (err = view_reset(s->store, e)) ? err : project_rest(s, progress, ctx, e);
}

enum err
share_project_added(struct share *s, const struct share_appended *added, const struct project_parsed *objects, size_t n, struct errinfo *e)
{
	struct record_arrival at;
	struct project p;
	uint64_t position;
	enum err err;
	if ((err = view_position(s->store, &position, e)) || (err = record_arrival_get(s->store, added->log, added->idx, &at, e)))
		return err;
	if (position + 1 != at.seq)
		return share_project(s, NULL, NULL, e);
	if ((err = project_init(&p, s, e)) || (err = view_begin(s->store, e)))
		goto out;
	if ((err = put_arrival(&p, &at, objects, n, e)))
		view_rollback(s->store);
	else
		err = view_commit(s->store, at.seq, e);
out:
	project_done(&p);
	return err ? err : witness_settle(s, e);
}

enum err
project_withdraw(struct share *s, const struct view_row *row, struct errinfo *e)
{
	struct buf bytes = BUF_INIT(LIMIT_OBJECT + PIECE_HEAD);
	struct record_arrival at = {.seq = row->arrival, .log = row->log, .idx = row->key.idx, .at = row->at};
	struct entry x = {.label = row->label};
	struct project_log log;
	struct project p;
	const struct json *tree;
	struct stix_info info;
	struct view_object o;
	enum err err;
	if (row->state == VIEW_WITHDRAWN)
		return OK;
	if ((err = project_init(&p, s, e)) || (err = project_log_get(&p, row->log, &log, e)))
		goto out;
	struct project_entry w = {&at, share_centre_by_no(s, log.centre), &log, &x, row->piece_no - row->piece};
	if ((err = rows_bytes(s, row, &bytes, e)) || (err = project_object_parse(&p, buf_str(&bytes), &tree, &info, e)) ||
	    (err = project_object_make(&p, &w, row->piece, tree, &info, &o, e)))
		goto out;
	err = view_object_withdraw(s->store, row, &o, e);
out:
	buf_done(&bytes);
	project_done(&p);
	return err;
}
