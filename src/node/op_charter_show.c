/* Charters read: what one says, all of a centre, and whether they are forked. */
#include "node/charter.h"
#include "node/ops.h"
#include "node/put.h"

enum err
charter_text_arg(const struct op_call *call, const char *name, struct str *ret, struct errinfo *e)
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

void
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

void
put_signers(struct json_writer *w, const struct signed_charter *s)
{
	json_put_key(w, STR("signers"));
	json_open_array(w);
	for (size_t i = 0; i < s->nvote; i++)
		if (i == 0 || !str_eq(s->votes[i].member, s->votes[i - 1].member))
			json_put_string(w, s->votes[i].member);
	json_close(w);
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
