/* Cards stand in one array ordered by member, root key, counter and hash, so that the cards of one root key are one stretch of it and
 * two of one counter are neighbours. */
#include "govern/roster.h"

#include <stdlib.h>
#include <string.h>

#include "govern/form.h"

enum { NOBODY = -1 };

struct held {
	struct arena a;
	struct card card;
	bool past; /* was not in force when it came: for the keys of old epochs alone */
};

struct roster {
	const struct chain *chain;
	struct held **cards;
	size_t n, cap;
};

/* The cards of one statement of a charter that stand undisputed, and what ends them. */
struct stretch {
	size_t from, to;
	const struct card *conflict[2];
	bool conflicted;
};

enum err
roster_new(const struct chain *chain, struct roster **ret, struct errinfo *e)
{
	struct roster *r = calloc(1, sizeof *r);
	if (!r)
		return err_nomem(e);
	r->chain = chain;
	*ret = r;
	return OK;
}

static void
held_free(struct held *h)
{
	if (!h)
		return;
	arena_done(&h->a);
	free(h);
}

void
roster_free(struct roster *r)
{
	if (!r)
		return;
	for (size_t i = 0; i < r->n; i++)
		held_free(r->cards[i]);
	free(r->cards);
	free(r);
}

static int
order(const struct card *a, struct str member, const uint8_t *root, uint32_t counter)
{
	int d = str_cmp(a->member, member);
	if (!d)
		d = memcmp(a->keys.root, root, GOVERN_KEY);
	return d ? d : (a->keys.counter > counter) - (a->keys.counter < counter);
}

/* Index of the first card not before this place. */
static size_t
lower(const struct roster *r, struct str member, const uint8_t *root, uint32_t counter)
{
	size_t lo = 0, hi = r->n;
	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		if (order(&r->cards[mid]->card, member, root, counter) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

/* The cards over what the charter states for m, up to the first conflict. Past ones are left out where they must not count. */
static struct stretch
stretch_of(const struct roster *r, const struct charter_member *m, bool past)
{
	struct stretch s;
	const struct card *last = NULL;
	uint32_t epoch = m->keys.epoch;
	const uint8_t *log = m->keys.log;
	memset(&s, 0, sizeof s);
	s.from = lower(r, m->id, m->keys.root, m->keys.counter + 1);
	size_t end = lower(r, m->id, m->keys.root, UINT32_MAX);
	for (s.to = s.from; s.to < end; s.to++) {
		const struct card *c = &r->cards[s.to]->card;
		if (r->cards[s.to]->past && !past)
			continue;
		for (size_t k = s.to + 1; k < end && r->cards[k]->card.keys.counter == c->keys.counter && !s.conflicted; k++)
			if (past || !r->cards[k]->past) {
				s.conflict[0] = c;
				s.conflict[1] = &r->cards[k]->card;
				s.conflicted = true;
			}
		if (!s.conflicted && (c->keys.epoch < epoch || (c->keys.epoch == epoch && memcmp(c->keys.log, log, GOVERN_KEY)))) {
			s.conflict[0] = last;
			s.conflict[1] = c;
			s.conflicted = true;
		}
		if (s.conflicted)
			break;
		last = c;
		epoch = c->keys.epoch;
		log = c->keys.log;
	}
	return s;
}

static bool
claims(const struct member_keys *k, struct str identity)
{
	for (size_t i = 0; i < k->nidentity; i++)
		if (str_eq(k->identities[i], identity))
			return true;
	return false;
}

/* Whose identity it is by the charter itself. */
static int
stated(const struct charter *c, struct str identity)
{
	int whose = NOBODY;
	for (size_t i = 0; i < c->nmember; i++)
		if (claims(&c->members[i].keys, identity))
			whose = whose == NOBODY ? (int)i : ROSTER_SEVERAL;
	return whose;
}

/* The charter, of those in effect by t, that first states what member m has in charter i: where its root key came in. */
static size_t
era_start(const struct chain *chain, size_t i, int m)
{
	const uint8_t *root = chain_charter(chain, i)->members[m].keys.root;
	while (
	    i > 0 && (size_t)m < chain_charter(chain, i - 1)->nmember && !memcmp(chain_charter(chain, i - 1)->members[m].keys.root, root, GOVERN_KEY))
		i--;
	return i;
}

/* Whether the member's root key was this one in any charter agreed on. */
static bool
once_root(const struct chain *chain, int m, const uint8_t *root)
{
	for (size_t i = 0; i < chain_count(chain); i++) {
		const struct charter *c = chain_charter(chain, i);
		if ((size_t)m < c->nmember && !memcmp(c->members[m].keys.root, root, GOVERN_KEY))
			return true;
	}
	return false;
}

/* The member's number in whatever charter agreed on names it; -1 = none. */
static int
once_member(const struct chain *chain, struct str id)
{
	int m = -1;
	for (size_t i = chain_count(chain); m < 0 && i-- > 0;)
		m = charter_find(chain_charter(chain, i), id);
	return m;
}

/* Whether the card may be taken at now as one that counts. */
static enum err
judge(const struct charter *in_force, const struct card *c, struct errinfo *e)
{
	int m = in_force ? charter_find(in_force, c->member) : -1;
	if (m < 0)
		return err_set(e, ERR_DENIED, "a card of %.*s, who is no member", STR_FMT(c->member));
	const struct charter_member *is = &in_force->members[m];
	if (is->departed)
		return err_set(e, ERR_DENIED, "a card of %.*s, who has departed", STR_FMT(c->member));
	if (memcmp(is->keys.root, c->keys.root, GOVERN_KEY)) {
		enum err err = err_set(e, ERR_DENIED, "the card of %.*s is signed by a root key that charter %u does not give it", STR_FMT(c->member),
		    in_force->version);
		err_hint(e, "either the card is forged, or a charter that replaces the root key is not here yet");
		return err;
	}
	if (c->keys.counter <= is->keys.counter)
		return err_set(e, ERR_INVALID, "the card of %.*s has counter %u; the charter itself states %u", STR_FMT(c->member), c->keys.counter,
		    is->keys.counter);
	for (size_t n = 0; n < c->keys.nidentity; n++) {
		int whose = stated(in_force, c->keys.identities[n]);
		if (whose != NOBODY && whose != m)
			return err_set(e, ERR_CONFLICT, "the card of %.*s claims %.*s, which is the identity of %.*s", STR_FMT(c->member),
			    STR_FMT(c->keys.identities[n]), whose < 0 ? 7 : (int)in_force->members[whose].id.n,
			    whose < 0 ? "several" : in_force->members[whose].id.p);
	}
	return OK;
}

/* The same for one that may be of the past: only whom it was signed by is asked. What it claims is judged where it is used. */
static enum err
judge_past(const struct roster *r, const struct charter *in_force, const struct card *c, bool *ret_past, struct errinfo *e)
{
	int m = once_member(r->chain, c->member);
	if (m < 0 || !once_root(r->chain, m, c->keys.root))
		return err_set(e, ERR_DENIED, "the card of %.*s is signed by a root key that no charter gives it", STR_FMT(c->member));
	*ret_past = !in_force || (size_t)m >= in_force->nmember || in_force->members[m].departed ||
		    memcmp(in_force->members[m].keys.root, c->keys.root, GOVERN_KEY);
	return OK;
}

/* The held card with this content; NULL if there is none. *ret_at is where it belongs. */
static struct held *
find_held(const struct roster *r, const struct card *c, size_t *ret_at)
{
	size_t at = lower(r, c->member, c->keys.root, c->keys.counter);
	for (; at < r->n && !order(&r->cards[at]->card, c->member, c->keys.root, c->keys.counter); at++) {
		int d = hash_cmp(&r->cards[at]->card.hash, &c->hash);
		if (d == 0)
			return r->cards[at];
		if (d > 0)
			break;
	}
	*ret_at = at;
	return NULL;
}

static enum err
put_held(struct roster *r, struct held *h, size_t at, struct errinfo *e)
{
	const struct card *c = &h->card;
	size_t from = lower(r, c->member, c->keys.root, 0), end = lower(r, c->member, c->keys.root, UINT32_MAX), bytes = c->bytes.n;
	for (size_t i = from; i < end; i++)
		bytes += r->cards[i]->card.bytes.n;
	if (end - from >= LIMIT_CARDS || bytes > LIMIT_CARDS_BYTES)
		return err_set(e, ERR_LIMIT, "%zu cards of %.*s are kept, which is the most", end - from, STR_FMT(c->member));
	if (r->n == r->cap) {
		size_t cap = r->cap ? 2 * r->cap : 16;
		struct held **more = realloc(r->cards, cap * sizeof(struct held *));
		if (!more)
			return err_nomem(e);
		r->cards = more;
		r->cap = cap;
	}
	memmove(r->cards + at + 1, r->cards + at, (r->n - at) * sizeof(struct held *));
	r->cards[at] = h;
	r->n++;
	return OK;
}

enum err
roster_add(struct roster *r, struct str card, int64_t now, bool past, enum roster_added *ret, struct errinfo *e)
{
	size_t at = 0;
	struct held *h = calloc(1, sizeof *h), *same;
	if (!h)
		return err_nomem(e);
	arena_init(&h->a, LIMIT_OBJECT_ARENA);
	enum err err = card_parse(card, &h->a, &h->card, e);
	if (err)
		goto err0;
	const struct charter *in_force = chain_in_force(r->chain, now);
	if (!h->card.has_centre || !hash_eq(&h->card.centre, chain_centre(r->chain)))
		err = err_set(e, ERR_DENIED, "the card of %.*s is not for this centre", STR_FMT(h->card.member));
	else
		err = past ? judge_past(r, in_force, &h->card, &h->past, e) : judge(in_force, &h->card, e);
	if (err)
		goto err0;
	same = find_held(r, &h->card, &at);
	if (same) {
		/* What came in time counts fully, also if it was first seen as a thing of the past. */
		same->past = same->past && h->past;
		*ret = ROSTER_KNOWN;
		held_free(h);
		return OK;
	}
	if ((err = put_held(r, h, at, e)))
		goto err0;
	*ret = ROSTER_ADDED;
	if (!h->past && stretch_of(r, &in_force->members[charter_find(in_force, h->card.member)], false).conflicted)
		*ret = ROSTER_CONFLICT;
	return OK;
err0:
	held_free(h);
	return err;
}

static enum err
member_at(const struct roster *r, int64_t t, int member, size_t *ret_charter, struct errinfo *e)
{
	int i = chain_at(r->chain, t);
	if (i < 0)
		return err_set(e, ERR_NOTFOUND, "no charter is in effect yet");
	if (member < 0 || (size_t)member >= chain_charter(r->chain, (size_t)i)->nmember)
		return err_set(e, ERR_NOTFOUND, "number %d is no member's in charter %u", member, chain_charter(r->chain, (size_t)i)->version);
	*ret_charter = (size_t)i;
	return OK;
}

int64_t
roster_next(const struct roster *r, int64_t t)
{
	int64_t first = TIME_NEVER;
	for (size_t i = 0; i < r->n; i++)
		if (!r->cards[i]->past && r->cards[i]->card.time > t && r->cards[i]->card.time < first)
			first = r->cards[i]->card.time;
	for (size_t i = 0; i < chain_count(r->chain); i++) {
		int64_t from = chain_charter(r->chain, i)->from;
		if (from > t && from < first)
			first = from;
	}
	return first;
}

enum err
roster_at(const struct roster *r, int64_t t, int member, struct roster_member *ret, struct errinfo *e)
{
	size_t at;
	enum err err = member_at(r, t, member, &at, e);
	if (err)
		return err;
	const struct charter_member *m = &chain_charter(r->chain, at)->members[member];
	struct stretch s = stretch_of(r, m, false);
	struct roster_member out = {.departed = m->departed, .keys = m->keys, .conflict = {s.conflict[0], s.conflict[1]}, .conflicted = s.conflicted};
	for (size_t i = s.from; i < s.to; i++) {
		const struct held *h = r->cards[i];
		if (h->past || h->card.time > t)
			continue;
		out.keys = h->card.keys;
		out.card = &h->card;
	}
	*ret = out;
	return OK;
}

/* What one statement, of a charter or a card, says of this epoch. */
static void
take(const struct member_keys *k, uint32_t epoch, bool *found, struct roster_log_key *out)
{
	if (k->epoch == epoch && !*found) {
		memcpy(out->key, k->log, GOVERN_KEY);
		*found = true;
	}
	if (k->epoch > epoch && k->revoked_from < out->revoked_from)
		out->revoked_from = k->revoked_from;
}

static void
take_cards(const struct roster *r, struct stretch s, int64_t t, bool past, uint32_t below, uint32_t epoch, bool *found, struct roster_log_key *out)
{
	for (size_t i = s.from; i < s.to; i++) {
		const struct held *h = r->cards[i];
		if ((past || !h->past) && h->card.time <= t && h->card.keys.epoch < below)
			take(&h->card.keys, epoch, found, out);
	}
}

/* From the newest root key back. A root key that was replaced tells only of epochs before the first of its follower, and a card that
 * came late only of what nothing else tells: whoever stole a root key cannot rewrite the past with it. */
enum err
roster_log_key(const struct roster *r, int64_t t, int member, uint32_t epoch, struct roster_log_key *ret, struct errinfo *e)
{
	struct roster_member now;
	struct roster_log_key out = {.epoch = epoch, .revoked_from = TIME_NEVER};
	bool found = false;
	uint32_t below = UINT32_MAX;
	size_t at;
	enum err err = member_at(r, t, member, &at, e);
	if (err || (err = roster_at(r, t, member, &now, e)))
		return err;
	for (;; at--) {
		at = era_start(r->chain, at, member);
		const struct charter_member *m = &chain_charter(r->chain, at)->members[member];
		bool known = found; /* then only revocations are looked for */
		take(&m->keys, epoch, &known, &out);
		take_cards(r, stretch_of(r, m, false), t, false, below, epoch, &known, &out);
		if (!known)
			take_cards(r, stretch_of(r, m, true), t, true, below, epoch, &known, &out);
		found = known;
		below = m->keys.epoch;
		if (at == 0 || (size_t)member >= chain_charter(r->chain, at - 1)->nmember)
			break;
	}
	if (!found)
		return err_set(e, ERR_NOTFOUND, "no charter or card here states the log key of member %d for epoch %u", member, epoch);
	out.current = !now.departed && now.keys.epoch == epoch;
	*ret = out;
	return OK;
}

uint32_t
roster_epoch_below(const struct roster *r, int member, uint32_t epoch)
{
	uint32_t best = 0;
	for (size_t i = 0; i < chain_count(r->chain); i++) {
		const struct charter *c = chain_charter(r->chain, i);
		if ((size_t)member >= c->nmember)
			continue;
		const struct charter_member *m = &c->members[member];
		if (m->keys.epoch < epoch && m->keys.epoch > best)
			best = m->keys.epoch;
		for (size_t k = lower(r, m->id, m->keys.root, 0);
		     k < r->n && !order(&r->cards[k]->card, m->id, m->keys.root, r->cards[k]->card.keys.counter); k++)
			if (r->cards[k]->card.keys.epoch < epoch && r->cards[k]->card.keys.epoch > best)
				best = r->cards[k]->card.keys.epoch;
	}
	return best;
}

bool
roster_key_counts(const struct roster_log_key *k, int64_t countersigned)
{
	return k->revoked_from == TIME_NEVER || countersigned < k->revoked_from;
}

/* Who claims it by card, or by a statement of the charter that cards have replaced since: those present, else those departed. */
static uint64_t
claimants(const struct roster *r, const struct charter *c, int64_t t, struct str identity)
{
	uint64_t present = 0, departed = 0;
	for (size_t i = 0; c && i < c->nmember; i++) {
		struct roster_member m;
		if (roster_at(r, t, (int)i, &m, NULL) != OK || !claims(&m.keys, identity))
			continue;
		*(m.departed ? &departed : &present) |= UINT64_C(1) << i;
	}
	return present ? present : departed;
}

int
roster_identity(const struct roster *r, int64_t t, struct str identity)
{
	const struct charter *c = chain_in_force(r->chain, t);
	int whose = c ? stated(c, identity) : NOBODY;
	if (whose != NOBODY)
		return whose;
	uint64_t by_card = claimants(r, c, t, identity);
	for (int i = 0; i < LIMIT_MEMBERS && by_card && whose == NOBODY; i++)
		if (by_card >> i & 1)
			whose = by_card & (by_card - 1) ? ROSTER_SEVERAL : i;
	return whose;
}

uint64_t
roster_speakers(const struct roster *r, int64_t t, struct str identity)
{
	const struct charter *c = chain_in_force(r->chain, t);
	int whose = c ? stated(c, identity) : NOBODY;
	uint64_t by_card = whose == NOBODY ? claimants(r, c, t, identity) : 0;
	return whose >= 0 ? UINT64_C(1) << whose : whose == NOBODY ? by_card ? by_card : UINT64_MAX : 0;
}
