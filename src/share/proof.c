/* proof: checking such a file from nothing but the centre's id: its charters up from the founding one, the author's key out of them, the receipt
 * under that key, the payload under the leaf. */
#include <stdlib.h>
#include <string.h>

#include "govern/policy.h"
#include "label/policy.h"
#include "merkle/receipt.h"
#include "share/origin.h"
#include "share/payload.h"
#include "share/proof_int.h"

struct parts {
	struct str charters, entry, payload, receipt;
};

static bool
cut_part(struct str *rest, const char *name, struct str *ret)
{
	struct str line, word, count;
	uint64_t n;
	if (!str_cut(*rest, '\n', &line, rest) || !str_cut(line, ' ', &word, &count) || !str_is(word, name) || !str_u64(count, &n) || n >= rest->n ||
	    rest->p[n] != '\n')
		return false;
	*ret = str_sub(*rest, 0, (size_t)n);
	*rest = str_sub(*rest, (size_t)n + 1, rest->n);
	return true;
}

static enum err
cut_parts(struct str file, struct parts *ret, struct errinfo *e)
{
	struct str rest = file, line;
	if (file.n > PROOF_MAX)
		return err_set(e, ERR_LIMIT, "a proof of more than %d bytes", PROOF_MAX);
	if (!str_cut(rest, '\n', &line, &rest) || !str_is(line, "comity-proof/v1"))
		return err_set(
		    e, str_starts(line, STR("comity-proof/")) ? ERR_VERSION : ERR_SYNTAX, "not a proof: its first line is not \"comity-proof/v1\"");
	if (!cut_part(&rest, "charters", &ret->charters) || !cut_part(&rest, "entry", &ret->entry) || !cut_part(&rest, "payload", &ret->payload) ||
	    !cut_part(&rest, "receipt", &ret->receipt) || rest.n)
		return err_set(e, ERR_SYNTAX, "a proof is charters, entry, payload and receipt, and one of them is missing or cut off");
	return OK;
}

/* the centre, out of its charters and cards */

static bool
is_card(struct str line)
{
	return str_starts(line, STR("{\"card\""));
}

static enum err
found(struct str lines, const struct hash *centre, struct share_centre *c, struct errinfo *e)
{
	struct str line;
	while (str_line(&lines, &line)) {
		struct chain *chain;
		if (!line.n || is_card(line))
			continue;
		enum err err = chain_new(line, &chain, e);
		if (err == ERR_NOMEM)
			return err;
		if (err)
			continue;
		if (hash_eq(chain_centre(chain), centre)) {
			c->chain = chain;
			c->id = *centre;
			return OK;
		}
		chain_free(chain);
	}
	return err_set(e, ERR_VERIFY, "the proof does not hold the founding charter of the centre named");
}

/* In rounds, since a charter may stand before the one it follows on. Those that do not fit are left aside: they vouch for nothing. */
static enum err
add_docs(struct str lines, int64_t now, struct share_centre *c, struct errinfo *e)
{
	struct errinfo why;
	struct str rest, line;
	enum chain_added how;
	enum roster_added carded;
	enum err err;
	bool progress;
	do {
		progress = false;
		for (rest = lines; str_line(&rest, &line);) {
			if (!line.n || is_card(line))
				continue;
			err = chain_add(c->chain, line, &how, &why);
			if (err == ERR_NOMEM)
				return err_nomem(e);
			progress |= !err && how != CHAIN_KNOWN;
		}
	} while (progress);
	if ((err = roster_new(c->chain, &c->roster, e)))
		return err;
	for (rest = lines; str_line(&rest, &line);)
		if (is_card(line) && roster_add(c->roster, line, now, true, &carded, &why) == ERR_NOMEM)
			return err_nomem(e);
	return OK;
}

/* what is proven */

static enum err
dup(struct arena *a, struct buf *b, struct str *ret, struct errinfo *e)
{
	return buf_ok(b) && arena_dup(a, buf_str(b), ret) ? OK : err_nomem(e);
}

/* Reads the entry under the charter it names. A leaf that breaks its form is proven all the same. */
static enum err
read_leaf(struct share_centre *c, const struct record_log *log, const struct parts *p, struct label_policy *policy, struct arena *a,
    struct proof_report *r, int *ret_charter, struct errinfo *why, struct errinfo *e)
{
	struct hash h;
	enum err err = entry_charter(p->entry, &h, why);
	int i = err ? -1 : chain_find(c->chain, &h);
	if (i >= 0 && (err = policy_of_charter(chain_charter(c->chain, (size_t)i), &c->id, policy, e)))
		return err;
	struct entry_place at = {policy, log->circle};
	if (i >= 0)
		err = entry_read(p->entry, &at, a, &r->entry, why);
	else if (!err)
		err = err_set(why, ERR_INVALID, "the charter that it names is not in the file, or not agreed on");
	if (err == ERR_NOMEM)
		return err_nomem(e);
	r->malformed = err != OK;
	*ret_charter = i;
	return OK;
}

static enum err
check_objects(const struct parts *p, struct proof_report *r, struct errinfo *e)
{
	enum err err;
	if (!p->payload.n)
		return OK;
	if (r->malformed || !r->entry.count)
		return err_set(e, ERR_VERIFY, "the proof has a payload, and its entry names none");
	if ((err = payload_check(p->payload, r->entry.count, r->entry.size, &r->entry.root, &r->withdrawn, e)))
		return err;
	r->has_payload = true;
	r->objects = r->entry.count;
	r->payload = p->payload;
	return OK;
}

static enum err
check(struct share_centre *c, const struct parts *p, int64_t now, struct label_policy *policy, struct arena *a, struct proof_report *r,
    struct errinfo *e)
{
	struct merkle_receipt *receipt = arena_alloc(a, sizeof *receipt);
	struct merkle_note *note = arena_alloc(a, sizeof *note);
	struct cosign_line *lines = arena_array(a, MERKLE_NOTE_SIGS, sizeof *lines);
	struct buf circle = BUF_INIT(LIMIT_MEMBERS * (POLICY_MEMBER + 1));
	struct merkle_checkpoint cp;
	struct roster_log_key key;
	struct record_log log;
	struct sign_public pub;
	enum err err;
	if (!receipt || !note || !lines)
		return err_nomem(e);
	if ((err = merkle_receipt_parse(p->receipt, receipt, e)) || (err = merkle_note_parse(receipt->note, note, e)) ||
	    (err = merkle_checkpoint_parse(note->text, &cp, e)) || (err = origin_parse(c, cp.origin, &log, e)) ||
	    (err = origin_key(c, now, log.author, log.epoch, &key, e)))
		return err;
	memcpy(pub.b, key.key, sizeof pub.b);
	r->leaf = merkle_leaf_of(p->entry);
	if ((err = merkle_receipt_check(receipt, &r->leaf, str_of(log.origin), &pub, note, &cp, e)))
		return err;
	memcpy(r->origin, log.origin, sizeof r->origin);
	r->centre = c->id;
	r->index = receipt->index;
	r->size = cp.size;
	r->entry_bytes = p->entry;
	r->earliest = TIME_NEVER;
	size_t n = cosign_of_note(c, now, &log, note, lines);
	for (size_t i = 0; i < n; i++) {
		r->cosigners |= UINT64_C(1) << lines[i].member;
		if (lines[i].time < r->earliest)
			r->earliest = lines[i].time;
	}
	if (!roster_key_counts(&key, r->earliest))
		return err_set(e, ERR_VERIFY, "signed with a key that was revoked, and not countersigned before that");
	label_circle_put(&circle, c->policy, log.circle);
	if (!(err = dup(a, &circle, &r->circle, e)) && r->cosigners) {
		buf_clear(&circle);
		label_circle_put(&circle, c->policy, r->cosigners);
		err = dup(a, &circle, &r->witnesses, e);
	}
	buf_done(&circle);
	if (err || !arena_dup(a, str_of(c->policy->member[log.author]), &r->author) || !arena_dup(a, chain_last(c->chain)->name, &r->charter_name))
		return err_nomem(e);
	struct errinfo why = {0};
	int charter = -1;
	if ((err = read_leaf(c, &log, p, policy, a, r, &charter, &why, e)) || (err = proof_counts(c, &log, charter, lines, n, now, &why, r, e)) ||
	    (err = proof_key(c, &log, key.key, p->charters, a, r, e)))
		return err;
	return check_objects(p, r, e);
}

enum err
proof_check(struct str file, const struct hash *centre, int64_t now, struct arena *a, struct proof_report *ret, struct errinfo *e)
{
	struct share_centre c = {.me = -1};
	struct proof_report *r = arena_alloc(a, sizeof *r);
	struct label_policy *policy = malloc(sizeof *policy);
	struct parts p;
	enum err err;
	c.policy = malloc(sizeof *c.policy);
	if (!r || !policy || !c.policy) {
		err = err_nomem(e);
		goto out;
	}
	if ((err = cut_parts(file, &p, e)) || (err = found(p.charters, centre, &c, e)) || (err = add_docs(p.charters, now, &c, e)) ||
	    (err = policy_of_charter(chain_last(c.chain), &c.id, c.policy, e)))
		goto out;
	c.charter = chain_last(c.chain);
	if (!(err = check(&c, &p, now, policy, a, r, e)))
		*ret = *r;
out:
	roster_free(c.roster);
	chain_free(c.chain);
	free(c.policy);
	free(policy);
	return err;
}
