/* fetch: the listing, log after log in the order of origin_order, and what came of it. */
#include "share/fetch.h"

#include <stdlib.h>
#include <string.h>

#include "base/leak.h"
#include "share/fetch_int.h"
#include "share/origin.h"
#include "share/whose.h"
#include "store/local.h"

enum { LINE_MAX_BYTES = 2 * HASH_LEN + 22 + RECORD_ORIGIN_MAX, LISTING_MAX = LIMIT_LOGS_PER_PEER * LINE_MAX_BYTES };

enum err
fetch_refuse(struct fetch *f, struct str source, const struct errinfo *why, struct errinfo *e)
{
	char space[32];
	struct buf giver = {.p = space, .cap = sizeof space, .max = sizeof space};
	struct local_refused r = {.at = f->now, .source = source, .reason = str_of(why->msg)};
	uint32_t dropped = 0;
	buf_printf(&giver, "%d.%s", f->c->no, f->r->shown ? f->o->member : "");
	r.giver = buf_str(&giver);
	f->r->refused++;
	f->r->last = *why;
	enum err err = local_refuse(f->s->store, &r, &dropped, e);
	f->r->dropped += dropped;
	return err;
}

static enum err
fetch_charters(struct fetch *f, struct errinfo *e)
{
	struct errinfo why = {0};
	struct str lines;
	uint32_t fresh = 0;
	uint64_t odd = 0;
	if (LEAK(FETCH_ASKS))
		(void)!record_arrival_last(f->s->store, &odd, NULL);
	enum err err = peer_get(&f->peer, odd % 2 ? STR("charters/1") : STR("charters"), LIMIT_CHARTER_LINES, &lines, &why);
	if (err == ERR_NOTFOUND)
		return OK;
	if (!err)
		err = share_take_charters(f->s, lines, false, &fresh, NULL, &why);
	f->r->charters += fresh;
	if (fetch_is_fatal(err)) {
		if (e)
			*e = why;
		return err;
	}
	if (err && err != ERR_FORK && (err = fetch_refuse(f, STR("charters"), &why, e)))
		return err;
	return share_refresh(f->s, e);
}

/* A line of the listing. */
struct listed {
	struct str origin;
	uint64_t size;
};

/* One of a log that this home may hold. */
static enum err
read_line(struct fetch *f, struct str line, struct listed *ret, int *ret_author, struct errinfo *e)
{
	struct str id, size, origin, rest;
	struct record_log log;
	struct hash h;
	uint64_t n;
	enum err err;
	if (!str_cut(line, ' ', &id, &rest) || !str_cut(rest, ' ', &size, &origin) || !hash_from_hex(id, &h) || !str_u64(size, &n))
		return err_set(e, ERR_SYNTAX, "%s: a line of its list of logs is malformed", f->peer.from->name);
	if ((err = origin_parse(f->c, origin, &log, e)))
		return err;
	if (!hash_eq(&h, &log.id))
		return err_set(e, ERR_INVALID, "%s: a log is listed under another name than its own", f->peer.from->name);
	if (!(log.circle >> f->c->me & 1) || log.circle == UINT64_C(1) << log.author)
		return err_set(e, ERR_DENIED, "%s: a log is listed that is not for this home: %s", f->peer.from->name, log.origin);
	*ret = (struct listed){origin, n};
	*ret_author = log.author;
	return OK;
}

static int
by_origin(const void *a, const void *b)
{
	return origin_order(((const struct listed *)a)->origin, ((const struct listed *)b)->origin);
}

/* What was passed over, of whom: said once an author. */
static enum err
say_left(struct fetch *f, const uint32_t left[static LIMIT_MEMBERS], struct errinfo *e)
{
	enum err err = OK;
	for (int m = 0; m < LIMIT_MEMBERS && !err; m++) {
		struct errinfo why;
		if (left[m] <= LIMIT_LOGS_PER_AUTHOR || m == f->c->me)
			continue;
		err_set(&why, ERR_LIMIT, "%s: lists %u logs of %s; the first %d are taken", f->peer.from->name, left[m], f->c->policy->member[m],
		    LIMIT_LOGS_PER_AUTHOR);
		err = fetch_refuse(f, STR("logs"), &why, e);
	}
	return err;
}

/* The logs to look at, in order, each once, of each author the first so many. The lines live in `listing`. */
static enum err
read_listing(struct fetch *f, struct str listing, struct listed *ret, size_t *ret_n, struct errinfo *e)
{
	uint32_t seen[LIMIT_MEMBERS] = {0};
	struct errinfo why;
	struct str line;
	size_t n = 0, out = 0, bad = 0;
	int author = 0;
	while (str_line(&listing, &line)) {
		if (n == LIMIT_LOGS_PER_PEER)
			return err_set(e, ERR_LIMIT, "%s: lists more than %d logs", f->peer.from->name, LIMIT_LOGS_PER_PEER);
		enum err err = read_line(f, line, &ret[n], &author, &why);
		if (err == ERR_NOMEM) {
			if (e)
				*e = why;
			return err;
		}
		if (!err) {
			n += ++seen[author] <= LIMIT_LOGS_PER_AUTHOR || author == f->c->me;
			continue;
		}
		f->r->own_taken = f->r->own_heard = false;
		/* kept once: a listing may have millions of such lines, and one tells whose it is */
		if (bad++)
			f->r->refused++;
		else if ((err = fetch_refuse(f, STR("logs"), &why, e)))
			return err;
	}
	qsort(ret, n, sizeof *ret, by_origin);
	for (size_t i = 0; i < n; i++)
		if (!out || origin_order(ret[out - 1].origin, ret[i].origin))
			ret[out++] = ret[i];
	*ret_n = out;
	return say_left(f, seen, e);
}

/* Whether it is one more log of an author of whom no more are taken: an author decides how many it opens, and its reader how many it holds. */
static enum err
too_many(struct fetch *f, const struct record_log *named, bool *ret, struct errinfo *why, struct errinfo *e)
{
	struct record_log log;
	enum err err;
	*ret = false;
	if (named->author == f->c->me || f->held[named->author] < LIMIT_LOGS_KEPT)
		return OK;
	if ((err = record_log_by_id(f->s->store, &named->id, &log, e)) != ERR_NOTFOUND)
		return err;
	*ret = true;
	err_set(why, ERR_LIMIT, "%d logs of %s are held, which is the most: no new ones are taken of it", LIMIT_LOGS_KEPT,
	    f->c->policy->member[named->author]);
	return OK;
}

static enum err
fetch_one(struct fetch *f, const struct listed *one, struct fetch_log *l, struct errinfo *e)
{
	struct record_log named = {.author = -1};
	struct errinfo why = {0};
	bool over = false;
	enum err err = origin_parse(f->c, one->origin, &named, &why);
	if (!err && (err = too_many(f, &named, &over, &why, e)))
		return err;
	if (over) /* in quarantine once, not log by log */
		return fetch_refuse(f, STR("logs"), &why, e);
	if (!err && named.author == f->c->me)
		err = fetch_own_note(f, &named, one->size, &why);
	if (!err) {
		err = fetch_log(f, &named, one->size, l, &why);
		f->held[named.author] += l->fresh && l->kept.no;
	}
	f->r->logs++;
	bool whole = !err && !l->waits && (l->log.state != RECORD_LOG_LIVE || l->log.edge.size >= l->cp.size);
	if (named.author == f->c->me && !whole && err != ERR_FORK)
		f->r->own_taken = false;
	if (fetch_is_fatal(err)) {
		if (e)
			*e = why;
		return err;
	}
	if (err == ERR_FORK) { /* not refused: proven, and shown as what it is */
		f->r->last = why;
		return OK;
	}
	return err ? fetch_refuse(f, one->origin, &why, e) : OK;
}

/* Whether everything that the peer knows us to have signed is here: a listing tells an author the size of the largest of its notes, also
 * where the peer never got the entries. */
static enum err
check_own(struct fetch *f, const struct listed *logs, size_t n, struct errinfo *e)
{
	enum err err = OK;
	for (size_t i = 0; i < n && !err; i++) {
		struct record_log named;
		if (!origin_parse(f->c, logs[i].origin, &named, NULL) && named.author == f->c->me)
			err = fetch_own_heard(f, &named, logs[i].size, e);
	}
	return err;
}

static enum err
fetch_logs(struct fetch *f, struct errinfo *e)
{
	struct buf listing = BUF_INIT(LISTING_MAX);
	struct listed *logs = calloc(LIMIT_LOGS_PER_PEER, sizeof *logs);
	struct str all;
	struct fetch_log *l = malloc(sizeof *l);
	struct errinfo why = {0};
	size_t n = 0;
	enum err err;
	if (!logs || !l) {
		err = err_nomem(e);
		goto out;
	}
	err = peer_get(&f->peer, STR("logs"), LISTING_MAX, &all, &why);
	if (!err) {
		f->r->own_taken = f->r->own_heard = true;
		buf_put(&listing, all);
		if (!(err = buf_take(&listing, &all, &why)))
			err = read_listing(f, all, logs, &n, &why);
	}
	if (err) {
		f->r->own_taken = f->r->own_heard = false;
		if (!fetch_is_fatal(err))
			err = err == ERR_NOTFOUND ? OK : fetch_refuse(f, STR("logs"), &why, e);
		else if (e)
			*e = why;
		goto out;
	}
	err = record_log_authors(f->s->store, f->c->no, f->held, e);
	for (size_t i = 0; i < n && !err; i++)
		err = fetch_one(f, &logs[i], l, e);
	if (!err)
		err = check_own(f, logs, n, e);
	if (err)
		f->r->own_taken = f->r->own_heard = false;
out:
	free(l);
	free(logs);
	buf_done(&listing);
	return err;
}

/* Whose home it is, and what charters and cards it has: they are taken from anybody, and may have its newest key. *ret: there is more to ask for. */
static enum err
meet(struct fetch *f, bool *ret, struct errinfo *e)
{
	struct errinfo why = {0};
	struct str listing, member = f->o ? str_of(f->o->member) : STR_NONE;
	const struct transport *from = f->peer.from;
	bool must = member.n && !from->sure;
	enum err none = OK, err;
	*ret = true;
	f->r->shown = f->r->now = member.n && from->sure;
	if (must && f->c->me >= 0) {
		none = whose_ask(f->s, f->c, from, member, &f->r->now, &why);
		f->r->shown = !none;
	}
	if (none && none != ERR_DENIED && none != ERR_NOTFOUND)
		goto out;
	if ((err = fetch_charters(f, e)))
		return err;
	if (must && !f->r->shown && none != ERR_NOTFOUND && f->c->me >= 0) {
		none = whose_ask(f->s, f->c, from, member, &f->r->now, &why);
		f->r->shown = !none;
	}
	if (!none)
		return OK;
	if (none != ERR_NOTFOUND)
		goto out;
	/* one that says nothing of itself is to say nothing else: it does not know us as a member */
	*ret = false;
	if (peer_get(&f->peer, STR("logs"), LISTING_MAX, &listing, &why) == ERR_NOTFOUND)
		return OK;
	none = err_set(&why, ERR_DENIED, "%s does not show that it is %.*s's home", from->name, STR_FMT(member));
	whose_hint(member, &why);
out:
	*ret = false;
	if (e)
		*e = why;
	return none;
}

enum err
share_fetch(struct share *s, struct share_centre *centre, const struct transport *from, const struct fetch_options *o, struct fetch_report *ret,
    struct errinfo *e)
{
	struct fetch f = {.s = s,
	    .c = centre,
	    .o = o,
	    .r = ret,
	    .now = s->env->now(s->env->ctx),
	    .others = TIME_MIN,
	    .note = BUF_INIT(LIMIT_CHECKPOINT),
	    .beyond = BUF_INIT(MERKLE_BRIDGE_MAX),
	    .bundle = BUF_INIT(MERKLE_TILE_WIDTH * (UINT16_MAX + 2))};
	bool more = true;
	enum err err;
	memset(ret, 0, sizeof *ret);
	if ((err = share_refresh(s, e)))
		return err;
	if ((err = peer_init(&f.peer, from, e)) || (err = rules_init(&f.rules, centre, f.now, e)) || (err = meet(&f, &more, e)))
		goto out;
	if (centre->me < 0)
		err = share_not_member(s, centre, e);
	else if (more)
		err = fetch_logs(&f, e);
out:
	rules_done(&f.rules);
	peer_done(&f.peer);
	buf_done(&f.note);
	buf_done(&f.beyond);
	buf_done(&f.bundle);
	return err;
}
