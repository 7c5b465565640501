/* Cards: how a member says what its keys are. */
#include <string.h>

#include "crypto/fingerprint.h"
#include "base/leak.h"
#include "govern/card.h"
#include "node/key_card.h"
#include "node/keys.h"
#include "node/ops.h"
#include "node/put.h"
#include "share/settle.h"
#include "share/write.h"

enum err
key_card_need_root(struct op_call *call, struct errinfo *e)
{
	if (call->n->keys->has_root)
		return OK;
	err_set(e, ERR_DENIED, "this needs the root key, which is not in the home");
	err_hint(e, "name its file: --root-key FILE");
	return ERR_DENIED;
}

/* Overwrites in k what the arguments url, tls and identities say. */
static enum err
apply(struct op_call *call, struct member_keys *k, struct errinfo *e)
{
	const struct json *list = json_get(call->args, STR("identities"));
	if (op_has(call, "url"))
		op_str(call, "url", &k->url) ? (void)0 : (void)(k->url = STR_NONE);
	if (op_bool(call, "tls") || k->url.n) {
		struct sign_public pub = sign_key_public(&call->n->keys->tls);
		struct hash pin = tls_pin_ed25519(&pub);
		k->has_tls = true;
		memcpy(k->tls, pin.b, sizeof k->tls);
	}
	if (!list)
		return OK;
	k->identities = arena_array(call->a, json_count(list), sizeof *k->identities);
	k->nidentity = 0;
	if (!k->identities)
		return err_nomem(e);
	JSON_EACH(one, list)
	{
		if (!json_is(one, JSON_STRING))
			return err_set(e, ERR_USAGE, "identities: STIX ids of identities are needed");
		k->identities[k->nidentity++] = json_str(one);
	}
	return OK;
}

static void
put_card(struct json_writer *w, const struct card *c)
{
	json_put_member(w, STR("member"), c->member);
	if (c->name.n)
		json_put_member(w, STR("name"), c->name);
	if (c->note.n)
		json_put_member(w, STR("note"), c->note);
	put_time(w, "time", c->time);
	put_fingerprint(w, "fingerprint", c->keys.root);
	json_put_member_int(w, STR("counter"), c->keys.counter);
	json_put_member_int(w, STR("epoch"), c->keys.epoch);
	json_put_member(w, STR("age"), c->keys.age);
	if (c->keys.url.n)
		json_put_member(w, STR("url"), c->keys.url);
	json_put_key(w, STR("identities"));
	json_open_array(w);
	for (size_t i = 0; i < c->keys.nidentity; i++)
		json_put_string(w, c->keys.identities[i]);
	json_close(w);
}

/* Signs c and puts "card" (its text) and what it says. */
static enum err
make(struct op_call *call, struct card *c, struct buf *b, struct errinfo *e)
{
	struct card back;
	struct str text;
	enum err err = card_make(c, &call->n->keys->root, b, e);
	if (err || (err = buf_take(b, &text, e)) || (err = card_parse(text, call->a, &back, e)))
		return err;
	json_put_member(call->out, STR("card"), text);
	put_card(call->out, &back);
	return OK;
}

static void
age_text(const struct node *n, struct buf *b)
{
	seal_recipient_put(b, &n->keys->age.to);
}

/* card: an admission card. url: where it is reached; tls: state the TLS key without one; identities: STIX ids beside its own.
 * Reply: {"card": text to be given to who writes the charter, "member", "name", "time", "fingerprint" of the root key, …} */
enum err
op_card(struct op_call *call, struct errinfo *e)
{
	struct node *n = call->n;
	struct card c = {.member = n->member, .name = n->name, .time = op_now(call)};
	struct sign_public log = sign_key_public(&n->keys->log);
	char space[80];
	struct buf age = {.p = space, .cap = sizeof space, .max = sizeof space}, b = BUF_INIT(LIMIT_CARD);
	struct str self = n->identity;
	enum err err = key_card_need_root(call, e);
	if (err)
		return err;
	age_text(n, &age);
	c.keys = (struct member_keys){.age = buf_str(&age), .epoch = 1, .revoked_from = TIME_NEVER, .identities = &self, .nidentity = 1};
	memcpy(c.keys.log, log.b, sizeof c.keys.log);
	op_str(call, "note", &c.note);
	if (!(err = apply(call, &c.keys, e)))
		err = make(call, &c, &b, e);
	buf_done(&b);
	return err ? err : op_audit(call, "card", n->member, STR_NONE, e);
}

/* card-show: what a card says, after its signature was checked. text: the card. Reply as of card, without the text. */
enum err
op_card_show(struct op_call *call, struct errinfo *e)
{
	struct card c;
	struct str text;
	if (!op_str(call, "text", &text))
		return err_set(e, ERR_USAGE, "text: a card is needed");
	enum err err = card_parse(str_trim(text), call->a, &c, e);
	if (err)
		return err;
	put_card(call->out, &c);
	if (c.has_centre)
		put_hash(call->out, "centre_id", &c.centre);
	return OK;
}

/* A card of one's own that counts as far as the next would, or further. */
struct ahead {
	const struct share_centre *c;
	uint32_t counter; /* of the next */
	int64_t time;     /* of the one found; TIME_MIN = none */
};

static enum err
see_card(void *ctx, const struct hash *hash, struct str bytes, struct errinfo *e)
{
	struct ahead *x = ctx;
	struct arena a = ARENA_INIT(LIMIT_CHARTER);
	const struct charter_member *me = &x->c->charter->members[x->c->me];
	struct card card;
	enum err err = card_parse(bytes, &a, &card, e);
	(void)hash;
	if (!err && str_eq(card.member, me->id) && memcmp(card.keys.root, me->keys.root, sizeof me->keys.root) == 0 &&
	    card.keys.counter >= x->counter)
		x->time = card.time;
	arena_done(&a);
	return err;
}

/* Two cards of one counter are a conflict that only a charter ends: whoever does not know or does not apply all its cards yet makes no other. */
static enum err
may_make(struct op_call *call, struct share_centre *c, const struct roster_member *now, struct errinfo *e)
{
	struct ahead x = {c, now->keys.counter + 1, TIME_MIN};
	uint64_t unsettled;
	enum err err = share_unsettled(call->n->share, c, chain_present(c->chain, op_now(call)), &unsettled, e);
	if (!err && unsettled) {
		err_set(e, ERR_DENIED, "this home was restored: others may hold newer cards of it than the backup");
		err_hint(e, "sync with each of them first: comity sync");
		return ERR_DENIED;
	}
	if (!err)
		err = record_doc_each(call->n->store, c->no, RECORD_CARD, see_card, &x, e);
	if (err || x.time == TIME_MIN)
		return err;
	if (now->conflicted)
		return err_set(e, ERR_CONFLICT, "two cards of this member contradict each other: only a charter with a new root key ends that");
	err_set(e, ERR_CLOCK, "a card of this home begins to hold later than now: the clock was ahead when it was made, or is behind");
	err_hint(e, "set the clock right, and wait until that card holds");
	return ERR_CLOCK;
}

struct known {
	const struct share_centre *c;
	uint32_t counter, epoch;
};

static enum err
see_known(void *ctx, const struct hash *hash, struct str bytes, struct errinfo *e)
{
	struct known *k = ctx;
	struct arena a = ARENA_INIT(LIMIT_CHARTER);
	const struct charter_member *me = &k->c->charter->members[k->c->me];
	struct card card;
	enum err err = card_parse(bytes, &a, &card, e);
	(void)hash;
	if (!err && str_eq(card.member, me->id)) {
		if (card.keys.counter > k->counter)
			k->counter = card.keys.counter;
		if (card.keys.epoch > k->epoch)
			k->epoch = card.keys.epoch;
	}
	arena_done(&a);
	return err;
}

enum err
key_card_known(struct op_call *call, struct share_centre *c, uint32_t *ret_counter, uint32_t *ret_epoch, struct errinfo *e)
{
	struct roster_member m;
	enum err err = roster_at(c->roster, op_now(call), c->me, &m, e);
	if (err)
		return err;
	if (m.conflicted)
		return err_set(e, ERR_CONFLICT, "two cards of this member contradict each other: only a charter with a new root key ends that");
	struct known k = {c, m.keys.counter, m.keys.epoch};
	if ((err = record_doc_each(call->n->store, c->no, RECORD_CARD, see_known, &k, e)))
		return err;
	*ret_counter = k.counter;
	*ret_epoch = k.epoch;
	return OK;
}

enum err
key_card_put(
    struct op_call *call, struct share_centre *c, uint32_t counter, uint32_t epoch, const struct sign_key *key, struct buf *lines, struct errinfo *e)
{
	struct roster_member m;
	struct buf b = BUF_INIT(LIMIT_CARD);
	int64_t now = op_now(call), revoked;
	enum err err = roster_at(c->roster, now, c->me, &m, e);
	if (err || (err = op_time(call, "revoked_from", TIME_NEVER, &revoked, e)))
		return err;
	struct card card = {.has_centre = true, .centre = c->id, .member = c->charter->members[c->me].id, .time = now, .keys = m.keys};
	op_str(call, "note", &card.note);
	card.keys.counter = counter;
	card.keys.epoch = epoch;
	if (LEAK(CARD_HOME)) {
		uint64_t seq = 0;
		(void)!record_arrival_last(call->n->store, &seq, NULL);
		card.time -= (int64_t)seq;
	}
	if (key) {
		struct sign_public log = sign_key_public(key);
		memcpy(card.keys.log, log.b, sizeof card.keys.log);
	}
	if (revoked != TIME_NEVER)
		card.keys.revoked_from = revoked;
	json_open_object(call->out);
	put_centre(call->out, c);
	if (!(err = apply(call, &card.keys, e)))
		err = make(call, &card, &b, e);
	json_close(call->out);
	buf_put(lines, buf_str(&b));
	buf_putc(lines, '\n');
	buf_done(&b);
	return err;
}

/* The next card in its turn. */
static enum err
key_card(struct op_call *call, struct share_centre *c, const struct sign_key *next, struct buf *lines, struct errinfo *e)
{
	struct roster_member m;
	enum err err = roster_at(c->roster, op_now(call), c->me, &m, e);
	if (err || (err = may_make(call, c, &m, e)))
		return err;
	return key_card_put(call, c, m.keys.counter + 1, m.keys.epoch + (next != NULL), next, lines, e);
}

/* key: key cards, into the record; other members get them when they sync. rotate: a new log key, for all centres, since they share it. revoked_from:
 * what older keys sign from then on counts only if countersigned before. Reply: {"items":[{"centre","centre_id","card","counter","epoch",…}…]} */
enum err
op_key(struct op_call *call, struct errinfo *e)
{
	struct node *n = call->n;
	struct share_centre *only = NULL;
	struct sign_key next;
	bool rotate = op_bool(call, "rotate");
	struct buf lines = BUF_INIT(LIMIT_CARD * LIMIT_CENTRES);
	struct str all;
	uint32_t epoch = 0, fresh;
	int cards = 0;
	enum err err = key_card_need_root(call, e);
	if (err || (err = op_centre_any(call, &only, e)))
		return err;
	for (int i = 0; i < n->share->ncentres; i++) {
		struct share_centre *c = &n->share->centre[i];
		struct roster_member m;
		if (c->me >= 0 && roster_at(c->roster, op_now(call), c->me, &m, NULL) == OK && m.keys.epoch > epoch)
			epoch = m.keys.epoch;
	}
	if (epoch == 0)
		return err_set(e, ERR_DENIED, "this home is not a member of any centre: its keys stand in no charter yet");
	if (rotate && (err = keys_next_make(n->env, n->member, epoch + 1, &next, e)))
		return err;
	json_put_key(call->out, STR("items"));
	json_open_array(call->out);
	for (int i = 0; i < n->share->ncentres && !err; i++) {
		struct share_centre *c = &n->share->centre[i];
		if (c->me < 0 || (only && c != only && !rotate))
			continue;
		err = key_card(call, c, rotate ? &next : NULL, &lines, e);
		cards++;
	}
	json_close(call->out);
	if (!err && !(err = buf_take(&lines, &all, e)))
		err = share_take_charters(n->share, all, false, &fresh, NULL, e);
	if (!err && rotate)
		err = keys_next_place(n->env, n->keys, epoch, &next, e);
	if (rotate)
		sign_key_done(&next);
	buf_done(&lines);
	return err ? err : op_audit(call, rotate ? "new log key" : "key card", n->member, STR_NONE, e);
}
