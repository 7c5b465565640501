/* share: centres out of the record, and charters into it. */
#include "share/share.h"

#include <stdlib.h>
#include <string.h>

#include "govern/circle.h"
#include "govern/policy.h"
#include "govern/vote.h"
#include "json/dom.h"
#include "store/view.h"

static void
centre_done(struct share_centre *c)
{
	roster_free(c->roster);
	chain_free(c->chain);
	free(c->policy);
	memset(c, 0, sizeof *c);
}

void
share_close(struct share *s)
{
	if (!s)
		return;
	for (int i = 0; i < s->ncentres; i++)
		centre_done(&s->centre[i]);
	free(s);
}

struct share_centre *
share_centre_by_no(struct share *s, int no)
{
	for (int i = 0; i < s->ncentres; i++)
		if (s->centre[i].no == no)
			return &s->centre[i];
	return NULL;
}

struct share_centre *
share_centre_by_id(struct share *s, const uint8_t id[static HASH_LEN])
{
	for (int i = 0; i < s->ncentres; i++)
		if (memcmp(s->centre[i].id.b, id, HASH_LEN) == 0)
			return &s->centre[i];
	return NULL;
}

static struct str
centre_name(const struct share_centre *c)
{
	return chain_last(c->chain)->name;
}

static bool
begins(struct str s, struct str with)
{
	if (s.n < with.n)
		return false;
	for (size_t i = 0; i < with.n; i++) {
		char a = s.p[i], b = with.p[i];
		if ((a >= 'A' && a <= 'Z' ? a - 'A' + 'a' : a) != (b >= 'A' && b <= 'Z' ? b - 'A' + 'a' : b))
			return false;
	}
	return true;
}

/* How well a name fits: 3 it is the centre's own, 2 but for capitals, 1 its beginning or that of the id; 0 not at all. */
static int
is_named(const struct share_centre *c, struct str name)
{
	char hex[2 * HASH_LEN];
	struct buf b = {.p = hex, .cap = sizeof hex, .max = sizeof hex};
	hash_put_hex(&b, &c->id);
	if (str_eq(centre_name(c), name))
		return 3;
	if (begins(centre_name(c), name))
		return centre_name(c).n == name.n ? 2 : 1;
	return name.n >= 4 && begins(buf_str(&b), name);
}

enum err
share_centre_named(struct share *s, uint32_t among, struct str name, struct share_centre **ret, struct errinfo *e)
{
	struct share_centre *found = NULL;
	struct buf names = BUF_INIT(300);
	int n = 0, best = 0;
	bool any = false;
	for (int i = 0; i < s->ncentres; i++) {
		struct share_centre *c = &s->centre[i];
		if (!(among >> i & 1))
			continue;
		any = true;
		int fit = is_named(c, name);
		buf_printf(&names, "%s\"%.*s\"", names.n ? ", " : "", STR_FMT(centre_name(c)));
		if (fit == 0 || fit < best)
			continue;
		n = fit > best ? 1 : n + 1;
		best = fit;
		found = c;
	}
	enum err err = OK;
	if (n != 1) {
		err = err_set(e, n ? ERR_USAGE : ERR_NOTFOUND, "%s",
		    !any ? "this home belongs to no centre yet"
		    : n  ? "several centres fit"
			 : "no such centre");
		if (!any)
			err_hint(e, "found one (comity help found) or try one out (comity help trial)");
		else
			err_hint(e, "name one with --centre: %.*s", STR_FMT(buf_str(&names)));
	} else {
		*ret = found;
	}
	buf_done(&names);
	return err;
}

static enum err
refresh_centre(struct share *s, struct share_centre *c, int64_t now, struct errinfo *e)
{
	const struct charter *in_force = chain_in_force(c->chain, now);
	c->me = in_force ? charter_find_root(in_force, s->root->b) : -1;
	if (c->charter == in_force && in_force)
		return OK;
	c->charter = in_force;
	/* before the first takes effect its words can be read already */
	enum err err = policy_of_charter(in_force ? in_force : chain_charter(c->chain, 0), &c->id, c->policy, e);
	if (!err)
		policy_know_members(chain_last(c->chain), c->policy);
	return err;
}

static enum err reload(struct share *s, struct errinfo *e);

enum err
share_refresh(struct share *s, struct errinfo *e)
{
	int64_t now = s->env->now(s->env->ctx);
	if (s->stale) {
		enum err err = reload(s, e);
		if (err)
			return err;
	}
	for (int i = 0; i < s->ncentres; i++) {
		enum err err = refresh_centre(s, &s->centre[i], now, e);
		if (err)
			return err;
	}
	return OK;
}

/* A centre that begins with this founding charter; not in the record yet (no is 0). */
static enum err
centre_begin(struct share *s, struct str founding, struct share_centre **ret, struct errinfo *e)
{
	enum err err;
	if (s->ncentres == LIMIT_CENTRES)
		return err_set(e, ERR_LIMIT, "a home belongs to at most %d centres", LIMIT_CENTRES);
	struct share_centre *c = &s->centre[s->ncentres];
	if ((err = chain_new(founding, &c->chain, e)))
		return err;
	c->id = *chain_centre(c->chain);
	c->me = -1;
	if ((err = roster_new(c->chain, &c->roster, e)))
		goto fail;
	c->policy = calloc(1, sizeof *c->policy);
	err = c->policy ? refresh_centre(s, c, s->env->now(s->env->ctx), e) : err_nomem(e);
	if (err)
		goto fail;
	s->ncentres++;
	*ret = c;
	return OK;
fail:
	centre_done(c);
	return err;
}

/* taking lines in, from the record or from others */

struct taking {
	struct share *s;
	bool join, from_record;
	uint32_t added;              /* new ones in all */
	uint32_t progress;           /* in this round */
	struct share_centre *centre; /* of the last that was taken */
	enum err put_off;            /* a charter waits for the one before it */
	struct errinfo why;
	bool forked;
	int64_t from;
	bool late; /* a charter came that took effect before what is held was made */
};

/* Keeps a document of a centre that is in the record (making it so). */
static enum err
keep(struct taking *t, struct share_centre *c, enum record_doc kind, struct str line, struct errinfo *e)
{
	struct hash h = hash_of(line);
	bool fresh = false;
	enum err err;
	if (t->from_record)
		return OK;
	if ((err = record_centre_put(t->s->store, c->id.b, &c->no, e)) || (err = record_doc_put(t->s->store, c->no, kind, &h, line, &fresh, e)))
		return err;
	t->added += fresh;
	return OK;
}

/* A signed charter of version 1, as far as a look tells. */
static enum err
is_founding(struct str line, bool *ret, struct errinfo *e)
{
	struct arena a = ARENA_INIT(LIMIT_OBJECT_ARENA);
	const struct json *j;
	int64_t version = 0;
	enum err err = line.n <= LIMIT_CHARTER * 2 ? json_parse(&a, line, &j, NULL) : ERR_LIMIT;
	*ret = !err && json_i64(json_get(json_get(j, STR("charter")), STR("version")), &version) && version == 1;
	arena_done(&a);
	return err == ERR_NOMEM ? err_nomem(e) : OK;
}

/* A charter that is known: its votes as they were checked, since those of this line were not. Empty: a branch of a fork, kept when it came. */
static struct str
checked_copy(const struct share_centre *c, struct str line)
{
	struct arena a = ARENA_INIT(LIMIT_OBJECT_ARENA);
	struct signed_charter s;
	int i = signed_charter_parse(line, &a, &s, NULL) ? -1 : chain_find(c->chain, &s.charter.hash);
	arena_done(&a);
	return i < 0 ? STR_NONE : chain_file(c->chain, (size_t)i);
}

static enum err
see_late(void *ctx, const struct record_log *log, struct errinfo *e)
{
	struct taking *t = ctx;
	(void)e;
	t->late = t->late || log->last_time >= t->from;
	return OK;
}

/* Whether anything held was made after the newest charter took effect: it may not count any more, or count again in a fork. */
static enum err
look_if_late(struct taking *t, const struct share_centre *c, struct errinfo *e)
{
	t->from = chain_last(c->chain)->from;
	return c->no ? record_log_each(t->s->store, c->no, see_late, t, e) : OK;
}

static enum err
take_charter(struct taking *t, struct str line, struct errinfo *e)
{
	enum chain_added how;
	bool founding;
	enum err err = is_founding(line, &founding, e);
	if (err)
		return err;
	err = ERR_NOTFOUND;
	for (int i = 0; i < t->s->ncentres && err == ERR_NOTFOUND; i++) {
		struct share_centre *c = &t->s->centre[i];
		err = chain_add(c->chain, line, &how, e);
		if (err == ERR_INVALID && founding)
			err = ERR_NOTFOUND; /* of another centre, so far as this one can tell */
		if (err)
			continue;
		t->centre = c;
		t->progress += how != CHAIN_KNOWN;
		t->forked |= how == CHAIN_FORKED;
		if (how != CHAIN_KNOWN && !t->from_record && (err = look_if_late(t, c, e)))
			return err;
		if (how != CHAIN_KNOWN) {
			c->charter = NULL; /* look anew */
			if ((err = refresh_centre(t->s, c, t->s->env->now(t->s->env->ctx), e)))
				return err;
		} else {
			line = checked_copy(c, line);
		}
		return line.n ? keep(t, c, RECORD_CHARTER, line, e) : OK;
	}
	if (err != ERR_NOTFOUND)
		return err;
	struct share_centre *c;
	struct errinfo why;
	if (!founding) {
		if (!t->s->ncentres)
			err_set(e, ERR_NOTFOUND, "a later charter of a centre that this home has not joined");
		err_hint(e, "first install what another member's comity charter export gives");
		t->put_off = ERR_NOTFOUND;
		t->why = e ? *e : (struct errinfo){.code = ERR_NOTFOUND};
		return OK;
	}
	if (!t->join)
		return err_set(e, ERR_DENIED, "a founding charter of a centre that this home has not joined");
	if ((err = centre_begin(t->s, line, &c, &why))) {
		if (e)
			*e = why;
		return err;
	}
	t->centre = c;
	t->progress++;
	return keep(t, c, RECORD_CHARTER, line, e);
}

static enum err
take_card(struct taking *t, struct str line, struct errinfo *e)
{
	struct arena a = ARENA_INIT(LIMIT_CHARTER);
	struct card card;
	enum roster_added how;
	enum err err = card_parse(line, &a, &card, e);
	struct share_centre *c = !err && card.has_centre ? share_centre_by_id(t->s, card.centre.b) : NULL;
	if (!err && !c)
		err = err_set(e, ERR_DENIED, "a card of no centre that this home has joined");
	if (!err)
		err = roster_add(c->roster, line, t->s->env->now(t->s->env->ctx), t->from_record, &how, e);
	if (err == ERR_DENIED && c && !t->from_record) /* of an old key: it may still tell the keys of old epochs */
		err = roster_add(c->roster, line, t->s->env->now(t->s->env->ctx), true, &how, e);
	/* What was taken once is not what other charters or another clock would take: it stays in the record, and does not count. */
	if (t->from_record && (err == ERR_DENIED || err == ERR_LIMIT)) {
		err = OK;
	} else if (!err) {
		t->centre = c;
		t->progress += how != ROSTER_KNOWN;
		err = keep(t, c, RECORD_CARD, line, e);
	}
	arena_done(&a);
	return err;
}

/* Rounds over the lines, until nothing new fits: a charter may stand before the one it follows on. */
static enum err
take_lines(struct taking *t, struct str lines, struct errinfo *e)
{
	enum err first = OK;
	do {
		struct str rest = lines, line;
		t->progress = 0;
		t->put_off = OK;
		while (str_line(&rest, &line)) {
			struct errinfo why = {0};
			enum err err = OK;
			if (line.n == 0)
				continue;
			if (str_starts(line, STR("{\"card\"")))
				err = take_card(t, line, &why);
			else
				err = take_charter(t, line, &why);
			if (err == ERR_NOMEM || err == ERR_IO || err == ERR_FULL || err == ERR_CORRUPT) {
				if (e)
					*e = why;
				return err;
			}
			if (err && !first) {
				first = err;
				if (e)
					*e = why;
			}
		}
	} while (t->progress);
	if (!first && t->put_off && e)
		*e = t->why;
	return first ? first : t->put_off;
}

enum err
share_take_charters(struct share *s, struct str lines, bool join, uint32_t *ret_new, struct share_centre **ret_centre, struct errinfo *e)
{
	struct taking t = {.s = s, .join = join};
	int ncentres = s->ncentres;
	enum err err, end;
	if (lines.n > LIMIT_CHARTER_LINES)
		return err_set(e, ERR_LIMIT, "too many charters and cards at once");
	if (s->stale) /* whoever called still has views into what would be read again */
		return err_set(e, ERR_IO, "charters that came before could not be kept; nothing more is taken in this run");
	if ((err = record_begin(s->store, e)))
		return err;
	err = take_lines(&t, lines, e);
	/* what was good stands, whatever stood beside it */
	end = err == ERR_NOMEM || err == ERR_IO || err == ERR_FULL || err == ERR_CORRUPT ? err : OK;
	if (!end && t.late) /* first the view, which can be made anew at any time */
		end = view_reset(s->store, e);
	if (!end)
		end = record_commit(s->store, err ? NULL : e);
	if (end) {
		record_rollback(s->store);
		while (s->ncentres > ncentres) /* a new centre is not in the record: forget it */
			centre_done(&s->centre[--s->ncentres]);
		s->stale = true;
		return end;
	}
	if (ret_new)
		*ret_new = t.added;
	if (ret_centre)
		*ret_centre = t.centre;
	if (!err && t.forked)
		err = err_set(e, ERR_FORK, "two valid charters follow on the same one: the charter is forked and government stops");
	return err;
}

struct loading {
	struct buf lines;
};

static enum err
gather(void *ctx, const struct hash *hash, struct str bytes, struct errinfo *e)
{
	struct loading *l = ctx;
	(void)hash;
	buf_put(&l->lines, bytes);
	buf_putc(&l->lines, '\n');
	return buf_ok(&l->lines) ? OK : err_nomem(e);
}

static enum err
load_centre(struct share *s, int no, struct errinfo *e)
{
	struct loading l = {BUF_INIT(LIMIT_CHARTER * 4096ull)};
	struct taking t = {.s = s, .join = true, .from_record = true};
	struct str lines;
	enum err err;
	if ((err = record_doc_each(s->store, no, RECORD_CHARTER, gather, &l, e)) ||
	    (err = record_doc_each(s->store, no, RECORD_CARD, gather, &l, e)) || (err = buf_take(&l.lines, &lines, e)))
		goto out;
	int before = s->ncentres;
	err = take_lines(&t, lines, e);
	if (!err && s->ncentres != before + 1)
		err = err_set(e, ERR_CORRUPT, "there is no founding charter");
	if (err) {
		err_at(e, "charters of centre %d", no);
		err = err == ERR_NOMEM ? err : ERR_CORRUPT;
	} else {
		s->centre[before].no = no;
	}
out:
	buf_done(&l.lines);
	return err;
}

static enum err
load_all(struct share *s, struct errinfo *e)
{
	enum err err = OK;
	for (int no = 1; !err; no++) {
		uint8_t id[RECORD_CENTRE_ID];
		err = record_centre_get(s->store, no, id, e);
		if (!err)
			err = load_centre(s, no, e);
	}
	return err == ERR_NOTFOUND ? OK : err;
}

/* Centres as the record has them; on failure what was there stays. */
static enum err
reload(struct share *s, struct errinfo *e)
{
	struct share *fresh = calloc(1, sizeof *fresh);
	if (!fresh)
		return err_nomem(e);
	*fresh = (struct share){.env = s->env, .store = s->store, .root = s->root, .log_key = s->log_key};
	enum err err = load_all(fresh, e);
	if (!err && fresh->ncentres < s->ncentres)
		err = err_set(e, ERR_CORRUPT, "log.db: a centre is not there any more");
	if (!err) {
		const struct share old = *s;
		*s = *fresh;
		*fresh = old;
	}
	share_close(fresh);
	return err;
}

enum err
share_open(
    const struct env *env, struct store *store, const struct sign_public *root, const struct sign_key *log_key, struct share **ret, struct errinfo *e)
{
	struct share *s = calloc(1, sizeof *s);
	enum err err;
	if (!s)
		return err_nomem(e);
	s->env = env;
	s->store = store;
	s->root = root;
	s->log_key = log_key;
	if ((err = load_all(s, e)) || (err = share_refresh(s, e))) {
		share_close(s);
		return err;
	}
	*ret = s;
	return OK;
}

enum err
share_not_member(const struct share *s, const struct share_centre *c, struct errinfo *e)
{
	const struct charter *last = c ? chain_last(c->chain) : NULL;
	err_set(e, ERR_DENIED, "this home is not a member of the centre by the charter in force");
	if (last && last != c->charter && charter_find_root(last, s->root->b) >= 0) {
		char space[40];
		struct buf b = {.p = space, .cap = sizeof space, .max = sizeof space};
		time_put_ms(&b, last->from);
		err_set(e, ERR_DENIED, "this home is not a member of the centre yet: it will be from %.*s on, by charter version %u",
		    STR_FMT(buf_str(&b)), last->version);
	}
	return ERR_DENIED;
}
