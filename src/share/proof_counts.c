/* proof: whether the entry counts, by the charters and cards in the file, as a home that has nothing else would say (rules.h, witness.h). */
#include "share/proof_int.h"

#include <string.h>

#include "share/rules.h"
#include "share/witness.h"

/* From when on it counts no more, since a member of the circle left and nobody who is still there saw it in time; TIME_NEVER if it goes on. */
static int64_t
lapses(const struct share_centre *c, const struct record_log *log, const struct cosign_line *lines, size_t n)
{
	uint64_t there = log->circle & chain_last(c->chain)->present & ~(UINT64_C(1) << log->author);
	int64_t ends = log->circle == UINT64_C(1) << log->author ? TIME_NEVER : witness_ends(c, log->circle);
	for (size_t i = 0; i < n; i++)
		if ((there >> lines[i].member & 1) && lines[i].time < ends)
			return TIME_NEVER;
	return ends;
}

static enum err
judge(const struct share_centre *c, const struct record_log *log, int charter, const struct cosign_line *lines, size_t n, int64_t now,
    struct proof_report *r, struct errinfo *why)
{
	enum entry_kind kind = r->entry.kind;
	enum err err = rules_alone(c, log, &r->entry, charter, why);
	if (err)
		return err;
	if (r->entry.time > now && r->entry.time - now > LIMIT_FUTURE_SECONDS * TIME_SECOND)
		return err_set(why, ERR_CLOCK, "its time is ahead of the clock here");
	if (kind != ENTRY_RECALL && kind != ENTRY_EPOCH)
		r->until = lapses(c, log, lines, n);
	if (now >= r->until)
		return err_set(why, ERR_DENIED,
		    "a member of the circle left, and nobody who is still there countersigned it before that, as far as the file tells");
	return OK;
}

enum err
proof_counts(const struct share_centre *c, const struct record_log *log, int charter, const struct cosign_line *lines, size_t n, int64_t now,
    const struct errinfo *malformed, struct proof_report *r, struct errinfo *e)
{
	struct chain_fork fork;
	struct errinfo why = {0};
	r->until = TIME_NEVER;
	r->forked = chain_fork(c->chain, &fork);
	r->newest = chain_last(c->chain)->version;
	r->newest_hash = chain_last(c->chain)->hash;
	if (charter >= 0) {
		const struct charter *x = chain_charter(c->chain, (size_t)charter);
		r->version = x->version;
		r->version_hash = x->hash;
	}
	enum err err = OK;
	if (r->malformed)
		why = *malformed;
	else
		err = judge(c, log, charter, lines, n, now, r, &why);
	if (err == ERR_NOMEM)
		return err_nomem(e);
	r->counts = !err && !r->malformed;
	r->why = why;
	return OK;
}

/* Whether some charter gives the member this root key: only then does its card say anything. */
static bool
is_root(const struct share_centre *c, int member, const uint8_t root[static GOVERN_KEY])
{
	for (size_t i = 0; i < chain_count(c->chain); i++) {
		const struct charter *x = chain_charter(c->chain, i);
		if ((size_t)member < x->nmember && !memcmp(x->members[member].keys.root, root, GOVERN_KEY))
			return true;
	}
	return false;
}

enum err
proof_key(const struct share_centre *c, const struct record_log *log, const uint8_t key[static GOVERN_KEY], struct str docs, struct arena *a,
    struct proof_report *r, struct errinfo *e)
{
	struct str line;
	struct card card;
	for (size_t i = 0; i < chain_count(c->chain); i++) {
		const struct charter *x = chain_charter(c->chain, i);
		const struct member_keys *k = (size_t)log->author < x->nmember ? &x->members[log->author].keys : NULL;
		if (k && k->epoch == log->epoch && !memcmp(k->log, key, GOVERN_KEY)) {
			r->key_charter = x->version;
			return OK;
		}
	}
	while (str_line(&docs, &line)) {
		enum err err = str_starts(line, STR("{\"card\"")) ? card_parse(line, a, &card, NULL) : ERR_NOTFOUND;
		if (err == ERR_NOMEM)
			return err_nomem(e);
		if (err || !card.has_centre || !hash_eq(&card.centre, &c->id) || !str_eq(card.member, str_of(c->policy->member[log->author])) ||
		    card.keys.epoch != log->epoch || memcmp(card.keys.log, key, GOVERN_KEY) != 0 || !is_root(c, log->author, card.keys.root))
			continue;
		if (r->key_card && r->key_card <= card.keys.counter)
			continue;
		r->key_card = card.keys.counter;
		r->key_time = card.time;
	}
	return OK;
}
