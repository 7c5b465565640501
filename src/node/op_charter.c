/* Charters of a home: signing, putting together, installing, showing. What a proposal is made of is in propose.c. */
#include <string.h>

#include "crypto/fingerprint.h"
#include "govern/vote.h"
#include "node/keys.h"
#include "node/ops.h"
#include "node/propose.h"
#include "node/put.h"
#include "share/write.h"

static enum err
text_arg(const struct op_call *call, const char *name, struct str *ret, struct errinfo *e)
{
	if (!op_str(call, name, ret))
		return err_set(e, ERR_USAGE, "%s: its text is needed", name);
	*ret = str_trim(*ret);
	return OK;
}

static void
put_days(struct json_writer *w, const char *key, int64_t t)
{
	char space[40];
	struct buf b = {.p = space, .cap = sizeof space, .max = sizeof space};
	time_put(&b, t);
	json_put_member(w, str_of(key), str_sub(buf_str(&b), 0, 10));
}

static void
put_duties(struct json_writer *w, const struct charter *c)
{
	static const char *const rule[] = {[DUTY_EVERY] = "every", [DUTY_AFTER] = "after", [DUTY_BEFORE] = "before"};
	json_put_key(w, STR("duties"));
	json_open_array(w);
	for (size_t i = 0; i < c->nduty; i++) {
		json_open_object(w);
		json_put_member(w, STR("text"), c->duties[i].text);
		json_put_member(w, str_of(rule[c->duties[i].rule]), c->duties[i].span_text);
		json_close(w);
	}
	json_close(w);
}

static void
put_levels(struct json_writer *w, const struct charter *c)
{
	json_put_key(w, STR("levels"));
	json_open_array(w);
	for (size_t i = 0; i < c->nlevel; i++) {
		json_open_object(w);
		json_put_member(w, STR("name"), c->levels[i].name);
		json_put_member(w, STR("abbr"), c->levels[i].abbr);
		json_close(w);
	}
	json_close(w);
}

/* What a charter says, as members of the open object. */
static void
put_charter(struct json_writer *w, const struct charter *c)
{
	json_put_member(w, STR("name"), c->name);
	json_put_member_int(w, STR("version"), c->version);
	put_hash(w, "hash", &c->hash);
	put_fingerprint(w, "fingerprint", c->hash.b);
	put_time(w, "from", c->from);
	json_put_key(w, STR("members"));
	json_open_array(w);
	for (size_t i = 0; i < c->nmember; i++) {
		const struct charter_member *m = &c->members[i];
		json_open_object(w);
		json_put_member(w, STR("id"), m->id);
		json_put_member(w, STR("name"), m->name);
		json_put_member_bool(w, STR("departed"), m->departed);
		json_put_member_bool(w, STR("observer"), c->observers >> i & 1);
		put_fingerprint(w, "fingerprint", m->keys.root);
		json_close(w);
	}
	json_close(w);
	json_put_key(w, STR("rota"));
	json_open_object(w);
	json_put_key(w, STR("order"));
	json_open_array(w);
	for (size_t i = 0; i < c->rota.n; i++)
		json_put_string(w, c->members[c->rota.order[i]].id);
	json_close(w);
	put_days(w, "first", c->rota.first);
	json_put_member(w, STR("term"), c->rota.term_text);
	json_close(w);
	put_levels(w, c);
	json_put_key(w, STR("quorums"));
	json_open_object(w);
	for (size_t i = 0; i < c->nquorum; i++)
		json_put_member_int(w, c->quorums[i].kind, c->quorums[i].need);
	json_close(w);
	put_duties(w, c);
	json_put_member(w, STR("dispute"), c->dispute_text);
}

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

/* charter-sign: a vote for a charter, by the root key. charter: its text. Reply: {"vote": text, "member", "version", "hash", "fingerprint"} */
enum err
op_charter_sign(struct op_call *call, struct errinfo *e)
{
	struct node *n = call->n;
	struct charter c;
	struct str text;
	struct buf b = BUF_INIT(KIB);
	enum err err = text_arg(call, "charter", &text, e);
	if (err || (err = charter_parse(text, call->a, &c, e)))
		return err;
	if (!n->keys->has_root) {
		err_set(e, ERR_DENIED, "signing a charter needs the root key, which is not in the home");
		err_hint(e, "name its file: --root-key FILE");
		return ERR_DENIED;
	}
	/* one who leaves in it, or gets a new root key, signs by the charter before */
	int me = charter_find_root(&c, n->keys->root_public.b);
	struct str id = me >= 0 ? c.members[me].id : n->member;
	if (me < 0 && charter_find(&c, id) < 0)
		return err_set(e, ERR_DENIED, "this charter does not list this home's member, %.*s", STR_FMT(id));
	if (!(err = vote_make(&c.hash, id, &n->keys->root, &b, e))) {
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

/* Votes stand in the order of their members. */
static void
put_signers(struct json_writer *w, const struct signed_charter *s)
{
	json_put_key(w, STR("signers"));
	json_open_array(w);
	for (size_t i = 0; i < s->nvote; i++)
		if (i == 0 || !str_eq(s->votes[i].member, s->votes[i - 1].member))
			json_put_string(w, s->votes[i].member);
	json_close(w);
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
	enum err err = text_arg(call, "charter", &text, e);
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

/* Homes for an exercise and others do not meet. *ret_first: the founding charter among the lines, if there is one. */
static enum err
check_lines(struct op_call *call, struct str lines, struct hash *ret_first, bool *ret_has_first, struct errinfo *e)
{
	struct str line;
	enum err err = OK;
	*ret_has_first = false;
	while (!err && str_line(&lines, &line)) {
		struct signed_charter s;
		line = str_trim(line);
		if (!str_starts(line, STR("{\"charter\"")))
			continue;
		if ((err = signed_charter_parse(line, call->a, &s, e)))
			return err;
		if (str_starts(s.charter.name, STR(EXERCISE_WORD)) != call->n->exercise)
			return err_set(e, ERR_DENIED,
			    call->n->exercise ? "this home is for an exercise, the charter is not"
					      : "the charter is for an exercise, this home is not");
		if (s.charter.version == 1) {
			*ret_first = s.charter.hash;
			*ret_has_first = true;
		}
	}
	return OK;
}

/* charter-install: takes signed charters and cards into the record; a founding charter makes this home join its centre. lines: one a line;
 * fingerprint: as heard from another member, compared with the founding charter's. Reply: {"centre","centre_id","version","fingerprint" (of the
 * centre),"charter_fingerprint" (of its last charter),"new": how many were not known,"you": own id or null,"from"} */
enum err
op_charter_install(struct op_call *call, struct errinfo *e)
{
	struct str lines, print;
	struct charter bare;
	struct hash first;
	bool has_first;
	uint32_t fresh = 0;
	struct share_centre *c = NULL;
	enum err err = text_arg(call, "lines", &lines, e);
	if (!err && charter_parse(lines, call->a, &bare, NULL) == OK) {
		err_set(e, ERR_USAGE, "this charter is not signed yet");
		err_hint(e, "each member signs it (comity charter sign), then all go into one file: comity charter assemble");
		return ERR_USAGE;
	}
	if (err || (err = check_lines(call, lines, &first, &has_first, e)))
		return err;
	if (op_str(call, "fingerprint", &print) && has_first && !fingerprint_is(print, first.b)) {
		err_set(e, ERR_VERIFY, "the fingerprint of this centre is another one");
		err_hint(e, "do not install it: ask the member who gave you the file");
		return ERR_VERIFY;
	}
	if ((err = share_take_charters(call->n->share, lines, true, &fresh, &c, e)))
		return err;
	if (!c)
		return err_set(e, ERR_USAGE, "lines: there is no charter and no card in it");
	if ((err = share_refresh(call->n->share, e)))
		return err;
	const struct charter *last = chain_last(c->chain);
	int me = charter_find_root(last, call->n->keys->root_public.b);
	put_centre(call->out, c);
	json_put_member_int(call->out, STR("version"), last->version);
	put_fingerprint(call->out, "fingerprint", c->id.b);
	put_fingerprint(call->out, "charter_fingerprint", last->hash.b);
	json_put_member_int(call->out, STR("new"), fresh);
	put_member(call->out, "you", c, me);
	put_time(call->out, "from", last->from);
	return op_audit(call, "install charter", last->name, STR_NONE, e);
}

/* charter-show: what a charter says. centre, version (absent: the one in force); or text: a charter, signed or not, from a file. Reply: as of
 * charter-propose, with "text"; of a signed one "signers":[ids], not checked; of a charter of this home also "centre_id", "in_force", "until". */
enum err
op_charter_show(struct op_call *call, struct errinfo *e)
{
	struct share_centre *c;
	struct str text;
	enum err err;
	if (op_str(call, "text", &text)) {
		struct charter one;
		struct signed_charter s;
		text = str_trim(text);
		if (str_starts(text, STR("{\"charter\""))) {
			if ((err = signed_charter_parse(text, call->a, &s, e)))
				return err;
			one = s.charter;
			put_signers(call->out, &s);
		} else if ((err = charter_parse(text, call->a, &one, e))) {
			return err;
		}
		put_charter(call->out, &one);
		json_put_member(call->out, STR("text"), one.bytes);
		return OK;
	}
	if ((err = op_centre(call, &c, e)))
		return err;
	int64_t version = op_int(call, "version", c->charter ? c->charter->version : chain_last(c->chain)->version);
	for (size_t i = 0; i < chain_count(c->chain); i++) {
		const struct charter *one = chain_charter(c->chain, i);
		if (one->version != version)
			continue;
		put_charter(call->out, one);
		put_hash(call->out, "centre_id", &c->id);
		json_put_member_bool(call->out, STR("in_force"), one == c->charter);
		put_time(call->out, "until", chain_until(c->chain, i));
		json_put_member(call->out, STR("text"), one->bytes);
		return OK;
	}
	return err_set(e, ERR_NOTFOUND, "this centre has no charter of version %lld", (long long)version);
}

/* charter-log: all charters, oldest first. Reply:
 * {"centre","centre_id","items":[{"version","name","hash","fingerprint","from","until","in_force"}],"fork": null or {"before": version,
 * "branches":[{"hash","version"}], "signed_both":[ids]}} */
enum err
op_charter_log(struct op_call *call, struct errinfo *e)
{
	struct json_writer *w = call->out;
	struct share_centre *c;
	struct chain_fork f;
	enum err err = op_centre(call, &c, e);
	if (err)
		return err;
	put_centre(w, c);
	json_put_key(w, STR("items"));
	json_open_array(w);
	for (size_t i = 0; i < chain_count(c->chain); i++) {
		const struct charter *one = chain_charter(c->chain, i);
		json_open_object(w);
		json_put_member_int(w, STR("version"), one->version);
		json_put_member(w, STR("name"), one->name);
		put_hash(w, "hash", &one->hash);
		put_fingerprint(w, "fingerprint", one->hash.b);
		put_time(w, "from", one->from);
		put_time(w, "until", chain_until(c->chain, i));
		json_put_member_bool(w, STR("in_force"), one == c->charter);
		json_close(w);
	}
	json_close(w);
	json_put_key(w, STR("fork"));
	if (!chain_fork(c->chain, &f)) {
		json_put_null(w);
		return OK;
	}
	json_open_object(w);
	json_put_member_int(w, STR("before"), f.before->version);
	json_put_key(w, STR("branches"));
	json_open_array(w);
	for (int i = 0; i < 2; i++) {
		json_open_object(w);
		put_hash(w, "hash", &f.branch[i]->hash);
		json_put_member_int(w, STR("version"), f.branch[i]->version);
		json_close(w);
	}
	json_close(w);
	put_members(w, "signed_both", c, f.both);
	json_close(w);
	return OK;
}

static enum err
put_line(void *ctx, const struct hash *hash, struct str bytes, struct errinfo *e)
{
	struct buf *b = ctx;
	(void)hash;
	buf_put(b, bytes);
	buf_putc(b, '\n');
	struct str all;
	return buf_take(b, &all, e);
}

/* charter-export: what another member installs. Reply: {"centre","centre_id","fingerprint","lines": signed charters and cards, one a line} */
enum err
op_charter_export(struct op_call *call, struct errinfo *e)
{
	struct share_centre *c;
	struct buf b = BUF_INIT(64 * MIB);
	enum err err = op_centre(call, &c, e);
	if (!err && !(err = record_doc_each(call->n->store, c->no, RECORD_CHARTER, put_line, &b, e)) &&
	    !(err = record_doc_each(call->n->store, c->no, RECORD_CARD, put_line, &b, e))) {
		put_centre(call->out, c);
		put_fingerprint(call->out, "fingerprint", c->id.b);
		json_put_member(call->out, STR("lines"), buf_str(&b));
	}
	buf_done(&b);
	return err;
}

/* Whether what the member says of its identities does not hold, since another says the same. */
static bool
is_contested(struct op_call *call, const struct share_centre *c, int member, const struct member_keys *keys)
{
	for (size_t i = 0; i < keys->nidentity; i++) {
		int whose = roster_identity(c->roster, op_now(call), keys->identities[i]);
		if (whose != -1 && whose != member)
			return true;
	}
	return false;
}

/* members: who is in a centre now. Reply:
 * {"centre","centre_id","you","items":[{"id","name","number","departed","observer","fingerprint","age","url","tls","identities":[…],
 * "epoch","counter","conflict": bool: key cards that contradict each other, "contested": bool: it claims an identity that another has or claims}]} */
enum err
op_members(struct op_call *call, struct errinfo *e)
{
	struct json_writer *w = call->out;
	struct share_centre *c;
	char hex[64];
	enum err err = op_centre(call, &c, e);
	if (err)
		return err;
	const struct charter *charter = c->charter ? c->charter : chain_last(c->chain);
	put_centre(w, c);
	put_member(w, "you", c, c->me);
	json_put_key(w, STR("items"));
	json_open_array(w);
	for (size_t i = 0; i < charter->nmember; i++) {
		const struct charter_member *m = &charter->members[i];
		struct roster_member now = {.keys = m->keys, .departed = m->departed};
		struct buf b = {.p = hex, .cap = sizeof hex, .max = sizeof hex};
		if (roster_at(c->roster, op_now(call), (int)i, &now, NULL)) { /* no charter in force yet: what it will say */
			now.keys = m->keys;
			now.departed = m->departed;
		}
		json_open_object(w);
		json_put_member(w, STR("id"), m->id);
		json_put_member(w, STR("name"), m->name);
		json_put_member_int(w, STR("number"), (int64_t)i);
		json_put_member_bool(w, STR("departed"), now.departed);
		json_put_member_bool(w, STR("observer"), charter->observers >> i & 1);
		put_fingerprint(w, "fingerprint", m->keys.root);
		json_put_member(w, STR("age"), now.keys.age);
		json_put_member(w, STR("url"), now.keys.url);
		buf_hex(&b, str_bytes(now.keys.tls, now.keys.has_tls ? sizeof now.keys.tls : 0));
		json_put_member(w, STR("tls"), buf_str(&b));
		json_put_key(w, STR("identities"));
		json_open_array(w);
		for (size_t k = 0; k < now.keys.nidentity; k++)
			json_put_string(w, now.keys.identities[k]);
		json_close(w);
		json_put_member_int(w, STR("epoch"), now.keys.epoch);
		json_put_member_int(w, STR("counter"), now.keys.counter);
		json_put_member_bool(w, STR("conflict"), now.conflicted);
		json_put_member_bool(w, STR("contested"), is_contested(call, c, (int)i, &now.keys));
		json_close(w);
	}
	json_close(w);
	return OK;
}

/* centres: {"items":[{"centre","centre_id","fingerprint","you","members": how many present,"version","in_force": bool,"forked": bool}]} */
enum err
op_centres(struct op_call *call, struct errinfo *e)
{
	struct json_writer *w = call->out;
	(void)e;
	json_put_key(w, STR("items"));
	json_open_array(w);
	for (int i = 0; i < call->n->share->ncentres; i++) {
		struct share_centre *c = &call->n->share->centre[i];
		const struct charter *charter = c->charter ? c->charter : chain_last(c->chain);
		struct chain_fork f;
		json_open_object(w);
		put_centre(w, c);
		put_fingerprint(w, "fingerprint", c->id.b);
		put_member(w, "you", c, c->me);
		json_put_member_int(w, STR("members"), __builtin_popcountll(charter->present));
		json_put_member_int(w, STR("version"), charter->version);
		json_put_member_bool(w, STR("in_force"), c->charter != NULL);
		json_put_member_bool(w, STR("forked"), chain_fork(c->chain, &f));
		json_close(w);
	}
	json_close(w);
	return OK;
}
