/* Accounts of the home's own member: who there is, what each may do and see.
 *
 * Nobody gives what he does not have: an administrator changes accounts that may and see no more than he does himself, before and after (role
 * "administrator" aside), and never his own. So who looks after the node alone does not come to read or release by way of another account. The home's
 * own user may everything. A change of roles, clearance, password or device ends the account's sessions. */
#include <string.h>

#include "crypto/secret.h"
#include "node/account.h"
#include "node/eras.h"
#include "node/ops.h"
#include "node/people_int.h"
#include "node/put.h"

enum err
account_whose(struct op_call *call, const char *arg, bool change, struct account_row *ret, struct errinfo *e)
{
	const struct node_who *w = &call->c->who;
	struct str name;
	struct errinfo why = {0};
	bool named = op_str(call, arg, &name);
	if (!named && !w->account)
		return err_set(e, ERR_USAGE, "%s: the name of an account is needed", arg);
	enum err err = named ? account_get(call->n->store, name, call->a, ret, &why) : account_get_no(call->n->store, w->account, call->a, ret, &why);
	if (!err && w->account && ret->no != w->account && !(w->scopes & SCOPE_ADMIN))
		err = ERR_NOTFOUND;
	if (err == ERR_NOTFOUND) {
		err_set(e, ERR_NOTFOUND, "there is no account \"%.*s\"", STR_FMT(str_sub(named ? name : STR("?"), 0, 60)));
		err_hint(e, "comity account list");
		return err;
	}
	if (err && e)
		*e = why;
	return err || !change ? err : node_in_person(w, e);
}

enum err
account_within(const struct op_call *call, const struct account_row *row, struct errinfo *e)
{
	const struct node_who *w = &call->c->who;
	if (!w->account)
		return OK;
	if (row->no == w->account)
		return err_set(e, ERR_DENIED, "nobody changes what his own account may: another administrator does");
	bool sees = row->flags & ACCOUNT_ALL || row->clearance.n > 2;
	if (role_scopes(row->roles) & ~(w->scopes | SCOPE_ADMIN | SCOPE_TAXII_READ | SCOPE_TAXII_WRITE) || (sees && w->clearances))
		return err_set(e, ERR_DENIED, "%.*s may or sees more than you: who has that does this, or the home's own user", STR_FMT(row->name));
	return OK;
}

/* One account's members. */
static enum err
put_account(struct op_call *call, const struct account_row *r, struct json_writer *w, struct errinfo *e)
{
	uint64_t codes, tokens;
	enum err err = recovery_count(call->n->store, r->no, &codes, e);
	if (err || (err = token_count(call->n->store, r->no, &tokens, e)))
		return err;
	struct buf roles = BUF_INIT(200);
	struct str rest, one;
	role_put(&roles, r->roles);
	json_put_member(w, STR("name"), r->name);
	json_put_member(w, STR("display"), r->display);
	json_put_member(w, STR("position"), r->position);
	json_put_key(w, STR("roles"));
	json_open_array(w);
	for (rest = buf_str(&roles); rest.n;) {
		str_cut(rest, ' ', &one, &rest);
		json_put_string(w, one);
	}
	json_close(w);
	buf_done(&roles);
	json_put_member_bool(w, STR("all"), r->flags & ACCOUNT_ALL);
	json_put_key(w, STR("clearance"));
	json_put_raw(w, r->clearance.n ? r->clearance : STR("{}"));
	json_put_member_bool(w, STR("disabled"), r->flags & ACCOUNT_DISABLED);
	json_put_member_bool(w, STR("four_eyes"), r->flags & ACCOUNT_FOUR_EYES);
	json_put_member_bool(w, STR("password"), r->password.n != 0);
	json_put_member_bool(w, STR("totp"), r->totp.n != 0);
	json_put_member_int(w, STR("recovery_codes"), (int64_t)codes);
	json_put_member_int(w, STR("tokens"), (int64_t)tokens);
	put_time(w, "created", r->created);
	return OK;
}

struct names {
	struct op_call *call;
	struct str *name;
	size_t n, cap;
};

static enum err
take_name(void *ctx, const struct account_row *a, struct errinfo *e)
{
	struct names *l = ctx;
	if (l->n < l->cap && !arena_dup(l->call->a, a->name, &l->name[l->n++]))
		return arena_spent(l->call->a, "the list of accounts", e);
	return OK;
}

/* account-list: by name. Reply: {"items":[{"name","display","position","roles":[],"all","clearance":{"<centre>":{"level","compartments"}},"disabled",
 * "four_eyes","password","totp","recovery_codes","tokens","created"}]} */
enum err
op_account_list(struct op_call *call, struct errinfo *e)
{
	struct names l = {.call = call};
	uint64_t n;
	enum err err = account_count(call->n->store, &n, e);
	if (err)
		return err;
	l.cap = n;
	if (!(l.name = arena_array(call->a, n + 1, sizeof *l.name)))
		return arena_spent(call->a, "the list of accounts", e);
	if ((err = account_each(call->n->store, take_name, &l, e)))
		return err;
	json_put_key(call->out, STR("items"));
	json_open_array(call->out);
	for (size_t i = 0; i < l.n; i++) {
		struct arena a = ARENA_INIT(MIB);
		struct account_row row;
		json_open_object(call->out);
		if (!(err = account_get(call->n->store, l.name[i], &a, &row, e)))
			err = put_account(call, &row, call->out, e);
		arena_done(&a);
		if (err)
			return err;
		json_close(call->out);
	}
	json_close(call->out);
	return OK;
}

/* account-show: one's own, or an administrator another's. name (absent: one's own). Reply: as one of the list, and {"scopes":[…]}: what it grants to
 * who asks now. */
enum err
op_account_show(struct op_call *call, struct errinfo *e)
{
	struct account_row row;
	struct str rest, one;
	enum err err = account_whose(call, "name", false, &row, e);
	if (err || (err = put_account(call, &row, call->out, e)))
		return err;
	struct buf b = BUF_INIT(200);
	scope_put(&b, row.no == call->c->who.account ? call->c->who.scopes : role_scopes(row.roles));
	json_put_key(call->out, STR("scopes"));
	json_open_array(call->out);
	for (rest = buf_str(&b); rest.n;) {
		str_cut(rest, ' ', &one, &rest);
		json_put_string(call->out, one);
	}
	json_close(call->out);
	buf_done(&b);
	return OK;
}

static enum err
read_roles(struct op_call *call, unsigned *ret, struct errinfo *e)
{
	const struct json *list = json_get_type(call->args, STR("roles"), JSON_ARRAY);
	unsigned roles = 0;
	for (uint32_t i = 0; i < json_count(list); i++) {
		struct str rest = json_str(json_at(list, i)), one;
		while (rest.n) {
			str_cut(rest, ',', &one, &rest);
			unsigned role = role_named(str_trim(one));
			if (!role && !str_is(one, "none")) {
				err_set(e, ERR_USAGE, "\"%.*s\" is no role", STR_FMT(str_sub(one, 0, 40)));
				err_hint(e, "reader, analyst, officer, representative, administrator; none takes all away");
				return ERR_USAGE;
			}
			roles |= role;
		}
	}
	*ret = roles;
	return OK;
}

/* A clearance as it is kept, of what is given: all, none, or a level and compartments in one centre or each that has the level. */

static bool
has_level(const struct label_policy *p, struct str name, struct str *ret)
{
	for (size_t i = 0; i < p->nlevels; i++)
		if (str_is(name, p->level[i].words.name) || str_is(name, p->level[i].words.portion)) {
			*ret = str_of(p->level[i].words.name);
			return true;
		}
	return false;
}

static enum err
put_one(struct json_writer *w, struct str centre, struct str level, struct str rest, struct errinfo *e)
{
	struct str one;
	json_put_key(w, centre);
	json_open_object(w);
	json_put_member(w, STR("level"), level);
	json_put_key(w, STR("compartments"));
	json_open_array(w);
	while (rest.n) {
		str_cut(rest, ',', &one, &rest);
		one = str_trim(one);
		if (!label_compartment_ok(one)) {
			err_set(e, ERR_USAGE, "clearance: \"%.*s\" is no name of a compartment", STR_FMT(str_sub(one, 0, 60)));
			err_hint(e, "a level, then compartments in capitals: SECRET,ATLAS");
			return ERR_USAGE;
		}
		json_put_string(w, one);
	}
	json_close(w);
	json_close(w);
	return OK;
}

static enum err
merge(struct op_call *call, const struct json *before, struct share_centre *only, struct str text, struct json_writer *w, struct errinfo *e)
{
	struct share *s = call->n->share;
	struct str level, rest, name;
	bool found = false;
	enum err err = OK;
	str_cut(text, ',', &level, &rest);
	level = str_trim(level);
	for (int i = 0; i < s->ncentres && !err; i++) {
		struct share_centre *c = &s->centre[i];
		char hex[2 * HASH_LEN];
		struct buf b = {.p = hex, .cap = sizeof hex, .max = sizeof hex};
		hash_put_hex(&b, &c->id);
		const struct json *was = json_get(before, buf_str(&b));
		if ((!only || c == only) && c->charter && has_level(c->policy, level, &name)) {
			err = put_one(w, buf_str(&b), name, rest, e);
			found = true;
		} else if (was && !(only == c && str_is(level, "none"))) {
			json_put_key(w, buf_str(&b));
			json_put_node(w, was);
		}
		found = found || (only == c && str_is(level, "none"));
	}
	if (!err && !found) {
		err = err_set(e, ERR_NOTFOUND, "clearance: no centre of this home has a level \"%.*s\"", STR_FMT(str_sub(level, 0, 60)));
		err_hint(e, "a level, then compartments: SECRET,ATLAS; or all, or none; comity charter show lists the levels");
	}
	return err;
}

static enum err
read_clearance(struct op_call *call, struct account_row *row, struct errinfo *e)
{
	struct share_centre *only;
	struct str text, all;
	const struct json *before = NULL;
	struct json_writer w;
	enum err err = op_centre_any(call, &only, e);
	if (err || !op_str(call, "clearance", &text))
		return err;
	row->flags &= ~(unsigned)ACCOUNT_ALL;
	if (!only && (str_is(text, "all") || str_is(text, "none"))) {
		if (str_is(text, "all"))
			row->flags |= ACCOUNT_ALL;
		row->clearance = STR("{}");
		return OK;
	}
	if (row->clearance.n && (err = json_parse(call->a, row->clearance, &before, e)))
		return err;
	struct buf b = BUF_INIT(LIMIT_ACCOUNT_CLEARANCE);
	json_write_init(&w, &b, 0);
	json_open_object(&w);
	if (!(err = merge(call, before, only, text, &w, e))) {
		json_close(&w);
		json_write_done(&w);
		if (!(err = buf_take(&b, &all, e)) && !arena_dup(call->a, all, &row->clearance))
			err = arena_spent(call->a, "a clearance", e);
	}
	buf_done(&b);
	return err;
}

static bool
position_ok(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!((s.p[i] >= 'A' && s.p[i] <= 'Z') || (s.p[i] >= '0' && s.p[i] <= '9') || s.p[i] == '-'))
			return false;
	return s.n <= 16;
}

static enum err
read_text(struct op_call *call, const char *name, struct str *ret, struct errinfo *e)
{
	struct str s;
	if (!json_get_str(call->args, str_of(name), &s))
		return OK;
	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] < 0x20 || s.p[i] == 0x7f)
			return err_set(e, ERR_INVALID, "%s: plain text on one line", name);
	if (s.n > LIMIT_ACCOUNT_TEXT || !str_utf8(s, NULL))
		return err_set(e, ERR_INVALID, "%s: at most %d bytes of UTF-8", name, LIMIT_ACCOUNT_TEXT);
	*ret = s;
	return OK;
}

/* What of an account the arguments say. */
static enum err
read_account(struct op_call *call, struct account_row *row, struct errinfo *e)
{
	enum err err;
	if ((err = read_text(call, "display", &row->display, e)) || (err = read_text(call, "position", &row->position, e)))
		return err;
	if (!position_ok(row->position))
		return err_set(e, ERR_INVALID, "position: 1 to 16 capital letters, digits and hyphens; never a name");
	if (op_has(call, "roles") && (err = read_roles(call, &row->roles, e)))
		return err;
	if (op_has(call, "four_eyes"))
		row->flags = op_bool(call, "four_eyes") ? row->flags | ACCOUNT_FOUR_EYES : row->flags & ~(unsigned)ACCOUNT_FOUR_EYES;
	return read_clearance(call, row, e);
}

enum err
account_write(struct op_call *call, const struct account_row *row, const char *what, struct str detail, bool end, struct errinfo *e)
{
	struct store *s = call->n->store;
	struct account_row was;
	uint64_t ended;
	enum err err = local_begin(s, e);
	if (err)
		return err;
	if ((err = account_get_no(s, row->no, call->a, &was, e)) || (err = eras_change(call, &was, row, e)) || (err = account_set(s, row, e)) ||
	    (end && (err = session_end_of(s, row->no, 0, &ended, e))) || (err = op_audit(call, what, row->name, detail, e)) ||
	    (err = local_commit(s, e)))
		local_rollback(s);
	people_changed(call->n);
	return err;
}

static void
put_detail(struct buf *b, const struct account_row *row)
{
	role_put(b, row->roles);
	buf_puts(b, row->flags & ACCOUNT_ALL ? "; cleared for all" : "; ");
	if (!(row->flags & ACCOUNT_ALL))
		buf_put(b, row->clearance);
}

static enum err
insert(struct op_call *call, const struct account_row *row, struct str detail, struct errinfo *e)
{
	struct store *s = call->n->store;
	uint64_t n;
	int64_t no;
	enum err err = account_count(s, &n, e);
	if (!err && n >= LIMIT_ACCOUNTS)
		err = err_set(e, ERR_LIMIT, "%d accounts are the most", LIMIT_ACCOUNTS);
	if (err || (err = local_begin(s, e)))
		return err;
	if ((err = account_put(s, row, &no, e)) || (err = op_audit(call, "account-add", row->name, detail, e)) || (err = local_commit(s, e)))
		local_rollback(s);
	people_changed(call->n);
	return err;
}

/* account-add: an account, without a password as yet. name; display; position; roles; clearance: "all", "none" (as if absent) or a level and
 * compartments
 * ("SECRET,ATLAS") in centre, or in every centre that has the level; four_eyes. Reply: as account-show. */
enum err
op_account_add(struct op_call *call, struct errinfo *e)
{
	struct account_row row = {.clearance = STR("{}"), .created = op_now(call)};
	enum err err;
	if (call->c->who.token)
		return err_set(e, ERR_DENIED, "a token changes no accounts, tokens or sessions: log in");
	if (!op_str(call, "name", &row.name) || !account_name_ok(row.name)) {
		err_set(e, ERR_INVALID, "an account's name is 1 to %d small letters, digits, dots, hyphens and underscores, beginning with a letter",
		    LIMIT_ACCOUNT_NAME);
		err_hint(e, "khalil, j2.watch");
		return ERR_INVALID;
	}
	if ((err = read_account(call, &row, e)) || (err = account_within(call, &row, e)))
		return err;
	struct buf detail = BUF_INIT(LIMIT_ACCOUNT_CLEARANCE + KIB);
	put_detail(&detail, &row);
	err = insert(call, &row, buf_str(&detail), e);
	buf_done(&detail);
	return err ? err : op_account_show(call, e);
}

/* account-set: what of it is to be another. Arguments and reply as account-add; what is absent stays. */
enum err
op_account_set(struct op_call *call, struct errinfo *e)
{
	struct account_row row, new;
	enum err err = account_whose(call, "name", true, &row, e);
	if (err || (err = account_within(call, &row, e)))
		return err;
	new = row;
	if ((err = read_account(call, &new, e)) || (err = account_within(call, &new, e)))
		return err;
	struct buf detail = BUF_INIT(LIMIT_ACCOUNT_CLEARANCE + KIB);
	put_detail(&detail, &new);
	bool less = new.roles != row.roles || new.flags != row.flags || !str_eq(new.clearance, row.clearance);
	err = account_write(call, &new, "account-set", buf_str(&detail), less, e);
	buf_done(&detail);
	return err ? err : op_account_show(call, e);
}

/* account-disable: it cannot log in, its sessions end, its tokens do not count while it is so. name. Reply: as account-show. */
enum err
op_account_disable(struct op_call *call, struct errinfo *e)
{
	struct account_row row;
	if (!op_has(call, "name"))
		return err_set(e, ERR_USAGE, "name: which account");
	enum err err = account_whose(call, "name", true, &row, e);
	if (err)
		return err;
	row.flags |= ACCOUNT_DISABLED;
	err = account_write(call, &row, "account-disable", STR_NONE, true, e);
	return err ? err : op_account_show(call, e);
}

/* account-enable: the contrary. */
enum err
op_account_enable(struct op_call *call, struct errinfo *e)
{
	struct account_row row;
	enum err err = account_whose(call, "name", true, &row, e);
	if (err || (err = account_within(call, &row, e)))
		return err;
	row.flags &= ~(unsigned)ACCOUNT_DISABLED;
	err = account_write(call, &row, "account-enable", STR_NONE, true, e);
	return err ? err : op_account_show(call, e);
}

/* account-remove: with its sessions, tokens and what it proposed; the audit trail stays. name. Reply: {"removed"} */
enum err
op_account_remove(struct op_call *call, struct errinfo *e)
{
	struct store *s = call->n->store;
	struct account_row row;
	enum err err = account_whose(call, "name", true, &row, e);
	if (err || (err = account_within(call, &row, e)) || (err = local_begin(s, e)))
		return err;
	if ((err = eras_forget(call, row.no, e)) || (err = account_remove(s, row.no, e)) ||
	    (err = op_audit(call, "account-remove", row.name, STR_NONE, e)) || (err = local_commit(s, e)))
		local_rollback(s);
	people_changed(call->n);
	if (!err)
		json_put_member(call->out, STR("removed"), row.name);
	return err;
}

/* account-password: another password, hashed by who asks (people/password.h), so that nobody waits for that here. name; hash. Ends the account's
 * sessions. Reply: {"name"} */
enum err
op_account_password(struct op_call *call, struct errinfo *e)
{
	struct account_row row;
	struct str hash;
	enum err err = account_whose(call, "name", true, &row, e);
	if (err || (err = account_within(call, &row, e)))
		return err;
	char text[PASSWORD_HASH] = {0};
	if (!op_str(call, "hash", &hash) || hash.n >= sizeof text || !str_starts(hash, STR("$argon2id$v=19$")))
		return err_set(e, ERR_USAGE, "account-password: hash: Argon2id as text is needed, never the password itself");
	memcpy(text, hash.p, hash.n);
	if (password_is_weak(text))
		return err_set(e, ERR_INVALID, "account-password: the hash was made with other parameters than this node's");
	row.password = str_of(text);
	err = account_write(call, &row, "account-password", STR_NONE, true, e);
	secret_wipe(text, sizeof text);
	if (!err)
		json_put_member(call->out, STR("name"), row.name);
	return err;
}
