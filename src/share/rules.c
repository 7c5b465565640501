#include "share/rules.h"

#include <stdlib.h>
#include <string.h>

#include "govern/policy.h"
#include "merkle/checkpoint.h"
#include "share/origin.h"

enum { ARENA_MAX = 4 * MIB }; /* the tree of a line of at most LIMIT_ENTRY bytes is far smaller */

enum err
rules_init(struct rules *r, const struct share_centre *c, int64_t now, struct errinfo *e)
{
	*r = (struct rules){.c = c, .now = now, .charter = -1, .policy_of = -1, .policy = malloc(sizeof *r->policy), .arena = ARENA_INIT(ARENA_MAX)};
	return r->policy ? OK : err_nomem(e);
}

void
rules_done(struct rules *r)
{
	free(r->policy);
	arena_done(&r->arena);
	memset(r, 0, sizeof *r);
}

void
rules_begin(struct rules *r, int last, bool any_serial)
{
	r->charter = last;
	r->any_serial = any_serial;
}

enum err
rules_link(const struct share_centre *c, int64_t now, const struct record_log *log, struct str note, struct record_log *ret_log, uint64_t *ret_size,
    struct hash *ret_root, struct errinfo *e)
{
	struct merkle_note parsed;
	struct merkle_checkpoint cp;
	struct record_log before;
	struct roster_log_key key;
	struct sign_public pub;
	enum err err;
	if ((err = merkle_note_parse(note, &parsed, e)) || (err = merkle_checkpoint_parse(parsed.text, &cp, e)) ||
	    (err = origin_parse(c, cp.origin, &before, e)))
		return err;
	if (before.circle != log->circle || before.author != log->author || before.epoch >= log->epoch)
		return err_set(e, ERR_INVALID, "the first entry of an epoch names a checkpoint of another log: %s", before.origin);
	if ((err = origin_key(c, now, before.author, before.epoch, &key, e)))
		return err;
	memcpy(pub.b, key.key, sizeof pub.b);
	if ((err = merkle_checkpoint_open(note, str_of(before.origin), &pub, NULL, &cp, e)))
		return err;
	*ret_log = before;
	*ret_size = cp.size;
	*ret_root = cp.root;
	return OK;
}

static enum err
policy_for(struct rules *r, int charter, struct errinfo *e)
{
	if (r->policy_of == charter)
		return OK;
	r->policy_of = -1;
	enum err err = policy_of_charter(chain_charter(r->c->chain, (size_t)charter), &r->c->id, r->policy, e);
	if (!err)
		r->policy_of = charter;
	return err;
}

enum err
rules_read(struct rules *r, const struct hash *charter, uint64_t circle, struct str line, struct entry *ret, struct errinfo *e)
{
	int i = chain_find(r->c->chain, charter);
	if (i < 0)
		return err_set(e, ERR_NOTFOUND, "an entry names a charter that is not here");
	enum err err = policy_for(r, i, e);
	if (err)
		return err;
	arena_reset(&r->arena);
	struct entry_place at = {r->policy, circle};
	return entry_read(line, &at, &r->arena, ret, e);
}

enum err
rules_alone(const struct share_centre *c, const struct record_log *log, const struct entry *x, int charter, struct errinfo *e)
{
	const struct charter *under = chain_charter(c->chain, (size_t)charter);
	bool private = log->circle == UINT64_C(1) << log->author;
	if (x->time < under->from && x->kind != ENTRY_RECALL && x->kind != ENTRY_EPOCH)
		return err_set(e, ERR_INVALID, "it names a charter that was not in force yet");
	if ((log->circle & ~under->present) && x->kind != ENTRY_RECALL && x->kind != ENTRY_EPOCH)
		return err_set(e, ERR_INVALID, "under the charter it names the circle takes recalls alone");
	if (x->kind == ENTRY_OBJECTS && !private && (x->label.circle != log->circle || x->label.owners != UINT64_C(1) << log->author))
		return err_set(e, ERR_INVALID, "its label is not of this circle and author");
	return OK;
}

/* What the form does not tell: ERR_INVALID, saying which rule is broken. */
static enum err
check(const struct rules *r, const struct record_log *log, uint64_t idx, const struct entry *x, int charter, struct errinfo *e)
{
	uint64_t want = log->circle == UINT64_C(1) << log->author ? 0 : log->objects + 1;
	struct record_log before;
	struct hash root;
	uint64_t size;
	if (charter < r->charter)
		return err_set(e, ERR_INVALID, "it names a charter before that of the entry before it");
	if (x->time < log->last_time)
		return err_set(e, ERR_INVALID, "its time is before that of the entry before it");
	enum err err = rules_alone(r->c, log, x, charter, e);
	if (err)
		return err;
	if (x->kind == ENTRY_EPOCH && (idx != 0 || log->epoch == 1))
		return err_set(e, ERR_INVALID, "the link of an epoch stands where no epoch begins");
	if (x->kind == ENTRY_EPOCH)
		return rules_link(r->c, r->now, log, x->checkpoint, &before, &size, &root, e);
	if (x->kind == ENTRY_OBJECTS && x->serial != want && !(r->any_serial && x->serial))
		return err_set(e, ERR_INVALID, "serial %llu where %llu follows", (unsigned long long)x->serial, (unsigned long long)want);
	return OK;
}

enum err
rules_judge(struct rules *r, const struct record_log *log, uint64_t idx, struct str line, enum rules_verdict *ret_verdict, struct entry *ret,
    struct errinfo *why)
{
	struct entry x;
	struct hash h;
	struct errinfo local;
	enum err err;
	why = why ? why : &local;
	*ret_verdict = RULES_MALFORMED;
	if (entry_charter(line, &h, why))
		return OK;
	int charter = chain_find(r->c->chain, &h);
	if (charter < 0) {
		err_set(why, ERR_NOTFOUND, "entry %llu names a charter that is not here", (unsigned long long)idx);
		*ret_verdict = RULES_WAITS;
		return OK;
	}
	if ((err = policy_for(r, charter, why)))
		return err;
	arena_reset(&r->arena);
	struct entry_place at = {r->policy, log->circle};
	if ((err = entry_read(line, &at, &r->arena, &x, why)) || (err = check(r, log, idx, &x, charter, why))) {
		err_at(why, "entry %llu", (unsigned long long)idx);
		return err == ERR_NOMEM ? err : OK;
	}
	if (x.time > r->now && x.time - r->now > LIMIT_FUTURE_SECONDS * TIME_SECOND) {
		err_set(why, ERR_CLOCK, "entry %llu is %lld seconds ahead of the clock here", (unsigned long long)idx,
		    (long long)((x.time - r->now) / TIME_SECOND));
		*ret_verdict = RULES_WAITS;
		return OK;
	}
	r->charter = charter;
	if (x.kind == ENTRY_OBJECTS)
		r->any_serial = false;
	*ret = x;
	*ret_verdict = RULES_GOOD;
	return OK;
}
