/* Charters that are to be: proposed, signed, put together. What a proposal is made of is in propose.c. */
#include "govern/vote.h"
#include "node/charter.h"
#include "node/keys.h"
#include "node/ops.h"
#include "node/propose.h"
#include "node/put.h"
#include "node/votes.h"
#include "share/write.h"

/* charter-propose: a charter's text, from cards for a first one (centre absent, and a name), or from the last one and what is to change. See
 * propose.h for the arguments. Reply: {"charter": text to be signed by charter-sign, and what it says: "name" "version" "hash" "fingerprint" "from"
 * "members":[{"id","name","departed","observer","fingerprint"}] "rota":{"order","first","term"} "levels" "quorums" "duties" "dispute"} */
enum err
op_charter_propose(struct op_call *call, struct errinfo *e)
{
	struct share_centre *c = NULL;
	struct buf b = BUF_INIT(LIMIT_CHARTER);
	struct charter back;
	struct str text;
	bool later = call->n->share->ncentres > 0 && (op_has(call, "leave") || !op_has(call, "name")); /* it can be of no new centre */
	enum err err = later ? op_centre(call, &c, e) : op_centre_any(call, &c, e);
	if (!err)
		err = propose(call, c, &b, e);
	if (!err && !(err = buf_take(&b, &text, e)) && !(err = charter_parse(text, call->a, &back, e))) {
		json_put_member(call->out, STR("charter"), text);
		put_charter(call->out, &back);
	}
	buf_done(&b);
	return err;
}

/* A later charter must be of a moment that has not passed: what members who have not heard of it said since then, in circles that somebody leaves by
 * it, would count no more. A first one may: nothing was said before it. */
static enum err
is_to_come(const struct op_call *call, const struct charter *c, struct errinfo *e)
{
	struct buf b = BUF_INIT(64);
	if (c->version == 1 || c->from + LIMIT_FUTURE_SECONDS * TIME_SECOND >= op_now(call))
		return OK;
	time_put(&b, c->from);
	err_set(e, ERR_CLOCK, "it takes effect at %.*s, which has passed by this machine's clock: what was said since might count no more",
	    STR_FMT(buf_str(&b)));
	buf_done(&b);
	err_hint(e, "see that the clock is right; if so, have it proposed again: comity charter propose --from");
	return ERR_CLOCK;
}

/* charter-sign: a vote for a charter, by the root key. charter: its text; another: though this home voted for another one that follows on the same
 * (ERR_CONFLICT without it). Reply: {"vote": text, "member", "version", "hash", "fingerprint"} */
enum err
op_charter_sign(struct op_call *call, struct errinfo *e)
{
	struct node *n = call->n;
	struct charter c;
	struct str text;
	struct buf b = BUF_INIT(KIB);
	enum err err = charter_text_arg(call, "charter", &text, e);
	if (err || (err = charter_parse(text, call->a, &c, e)))
		return err;
	if (!n->keys->has_root) {
		err_set(e, ERR_DENIED, "signing a charter needs the root key, which is not in the home");
		err_hint(e, "name its file: --root-key FILE");
		return ERR_DENIED;
	}
	if ((err = is_to_come(call, &c, e)))
		return err;
	/* one who leaves in it, or gets a new root key, signs by the charter before */
	int me = charter_find_root(&c, n->keys->root_public.b);
	struct str id = me >= 0 ? c.members[me].id : n->member;
	if (me < 0 && charter_find(&c, id) < 0)
		return err_set(e, ERR_DENIED, "this charter does not list this home's member, %.*s", STR_FMT(id));
	if (!op_bool(call, "another") && (err = votes_check(call, &c, e)))
		return err;
	if (!(err = vote_make(&c.hash, id, &n->keys->root, &b, e)) && !(err = votes_keep(call, &c, e))) {
		json_put_member(call->out, STR("vote"), buf_str(&b));
		json_put_member(call->out, STR("member"), id);
		json_put_member_int(call->out, STR("version"), c.version);
		put_hash(call->out, "hash", &c.hash);
		put_fingerprint(call->out, "fingerprint", c.hash.b);
		err = op_audit(call, "sign charter", c.name, STR_NONE, e);
	}
	buf_done(&b);
	return err;
}

/* Whether a signed charter would be taken: by a chain of its own. */
static enum err
try_chain(const struct share_centre *c, const struct charter *charter, struct str text, struct errinfo *e)
{
	struct chain *chain = NULL;
	enum chain_added how;
	enum err err;
	if (charter->version == 1) {
		err = chain_new(text, &chain, e);
		chain_free(chain);
		return err;
	}
	if (!c)
		return err_set(e, ERR_NOTFOUND, "this home does not have the charter that this one follows on");
	if ((err = chain_new(chain_file(c->chain, 0), &chain, e)))
		return err;
	for (size_t i = 1; i < chain_count(c->chain) && !err; i++)
		err = chain_add(chain, chain_file(c->chain, i), &how, e);
	if (!err)
		err = chain_add(chain, text, &how, e);
	if (!err && how == CHAIN_FORKED)
		err = err_set(e, ERR_FORK, "another charter follows on the same one already: installing this one would fork the centre");
	chain_free(chain);
	return err;
}

static struct share_centre *
centre_before(struct node *n, const struct charter *c, const struct charter **ret)
{
	for (int i = 0; n && i < n->share->ncentres; i++) {
		int at = chain_find(n->share->centre[i].chain, &c->previous);
		if (at < 0)
			continue;
		*ret = chain_charter(n->share->centre[i].chain, (size_t)at);
		return &n->share->centre[i];
	}
	return NULL;
}

static int
signer_count(const struct signed_charter *s)
{
	int n = 0;
	for (size_t i = 0; i < s->nvote; i++)
		n += i == 0 || !str_eq(s->votes[i].member, s->votes[i - 1].member);
	return n;
}

/* charter-assemble: charter and votes in one file. charter, votes: their texts. Reply: {"signed": text to be installed, "enough": whether it would
 * take effect, "missing": why not, "judged": false where the
 * charter before is not here, so that nobody can say whether it is enough, "signers":[ids], "signed_by" and "voters": how
 * many have signed and how many members with a vote there are, "hash", "fingerprint"}. Works without a home, of a founding charter as well as in one.
 */
enum err
op_charter_assemble(struct op_call *call, struct errinfo *e)
{
	const struct json *list = json_get(call->args, STR("votes"));
	struct charter c;
	const struct charter *before = NULL;
	struct str text, *votes;
	size_t n = 0;
	enum err err = charter_text_arg(call, "charter", &text, e);
	if (err || (err = charter_parse(text, call->a, &c, e)))
		return err;
	if (json_count(list) > LIMIT_VOTES)
		return err_set(e, ERR_LIMIT, "votes: at most %d", LIMIT_VOTES);
	votes = arena_array(call->a, json_count(list) + 1, sizeof *votes);
	if (!votes)
		return err_nomem(e);
	if (list)
		JSON_EACH(one, list)
	votes[n++] = str_trim(json_str(one));
	struct share_centre *centre = c.version == 1 ? NULL : centre_before(call->n, &c, &before);
	struct buf b = BUF_INIT(LIMIT_CHARTER_FILE);
	struct signed_charter s;
	struct str all;
	if ((err = signed_charter_write(text, before, votes, n, &b, e)) || (err = buf_take(&b, &all, e)) ||
	    (err = signed_charter_parse(all, call->a, &s, e)))
		goto out;
	struct errinfo why = {0};
	enum err enough = try_chain(centre, &c, all, &why);
	json_put_member(call->out, STR("signed"), all);
	json_put_member_bool(call->out, STR("enough"), enough == OK);
	json_put_member_bool(call->out, STR("judged"), centre || c.version == 1);
	if (enough)
		json_put_member(call->out, STR("missing"), str_of(why.msg));
	put_signers(call->out, &s);
	json_put_member_int(call->out, STR("signed_by"), signer_count(&s));
	json_put_member_int(call->out, STR("voters"), __builtin_popcountll(c.present & ~c.observers));
	put_hash(call->out, "hash", &c.hash);
	put_fingerprint(call->out, "fingerprint", c.hash.b);
out:
	buf_done(&b);
	return err;
}
