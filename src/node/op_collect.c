/* Feeds kept: added, listed, paused, asked for at once, removed. The node that runs pulls them (api/feeds.h). Who adds one over the network can name
 * no address that is not public and no file: only the home's own user can. */
#include <string.h>

#include "base/limits.h"
#include "base/time.h"
#include "crypto/secret.h"
#include "govern/circle.h"
#include "label/mark.h"
#include "node/collect.h"
#include "node/ops.h"
#include "node/put.h"
#include "people/role.h"

enum { AUTHORIZATION = 8 * KIB };
#define EVERY_LEAST TIME_MINUTE
#define EVERY_MOST (30 * TIME_DAY)

/* "90s", "15m", "6h", "1d" */
static enum err
read_every(struct str s, int64_t *ret, struct errinfo *e)
{
	static const struct {
		char unit;
		int64_t micros;
	} units[] = {{'s', TIME_SECOND}, {'m', TIME_MINUTE}, {'h', TIME_HOUR}, {'d', TIME_DAY}};
	uint64_t n = 0;
	for (size_t i = 0; i < sizeof units / sizeof *units; i++)
		if (s.n > 1 && s.p[s.n - 1] == units[i].unit && str_u64(str_sub(s, 0, s.n - 1), &n) && n <= 3000000) {
			int64_t all = (int64_t)n * units[i].micros;
			if (all >= EVERY_LEAST && all <= EVERY_MOST) {
				*ret = all;
				return OK;
			}
		}
	err_set(e, ERR_USAGE, "every: a minute to 30 days, as 15m, 6h, 1d");
	return ERR_USAGE;
}

static bool
name_ok(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!((s.p[i] >= 'a' && s.p[i] <= 'z') || (s.p[i] >= '0' && s.p[i] <= '9') || (s.p[i] == '-' && i)))
			return false;
	return s.n && s.n <= NODE_FEED_NAME;
}

/* That of its server's address, with what no name has made a hyphen. */
static enum err
name_of(struct op_call *call, struct str url, struct str *ret, struct errinfo *e)
{
	struct str rest = str_sub(url, (size_t)(str_find(url, STR("//")) + 2), url.n), host;
	char *p = arena_array(call->a, NODE_FEED_NAME, 1);
	size_t n = 0;
	str_cut(rest, '/', &host, &rest);
	if (!p)
		return arena_spent(call->a, "a name", e);
	for (size_t i = 0; i < host.n && n < NODE_FEED_NAME; i++) {
		char c = host.p[i];
		c = c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
		bool good = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
		if (good || n)
			p[n++] = good ? c : '-';
	}
	*ret = (struct str){p, n};
	return OK;
}

/* The value of Authorization: of a name and password, or a token. */
static enum err
read_proof(struct op_call *call, struct node_feed *f, struct errinfo *e)
{
	struct str password, token;
	struct buf both = BUF_INIT(AUTHORIZATION), text = BUF_INIT(AUTHORIZATION);
	bool has_password = op_str(call, "password", &password), has_token = op_str(call, "token", &token), has_user = op_str(call, "user", &f->user);
	enum err err = OK;
	if (has_token && (has_user || has_password))
		err = err_set(e, ERR_USAGE, "either a token, or a user with a password");
	else if (has_user != has_password)
		err = err_set(e, ERR_USAGE, "a user and a password belong together");
	else if (has_user && str_chr(f->user, ':') >= 0)
		err = err_set(e, ERR_USAGE, "user: no colon, since what comes after it would be of the password");
	else if (has_token) {
		buf_puts(&text, "Bearer ");
		buf_put(&text, token);
	} else if (has_user) {
		buf_put(&both, f->user);
		buf_putc(&both, ':');
		buf_put(&both, password);
		buf_puts(&text, "Basic ");
		buf_base64(&text, buf_str(&both));
	}
	struct str all = STR_NONE;
	if (!err && !(err = buf_take(&both, &all, e)))
		err = buf_take(&text, &all, e);
	for (size_t i = 0; !err && i < all.n; i++)
		if ((unsigned char)all.p[i] < ' ')
			err = err_set(e, ERR_USAGE, "a token or name with a line end or the like in it");
	if (!err && all.n)
		err = node_feed_seal(call->n, f, all, call->a, e);
	secret_wipe_buf(&both);
	secret_wipe_buf(&text);
	buf_done(&both);
	buf_done(&text);
	return err;
}

static enum err
count(void *ctx, const struct node_feed *f, struct errinfo *e)
{
	(void)f;
	(void)e;
	++*(uint64_t *)ctx;
	return OK;
}

static void
put_text(struct json_writer *w, const char *name, struct str s)
{
	if (s.n)
		json_put_member(w, str_of(name), s);
}

static void
put_feed(struct op_call *call, const struct node_feed *f)
{
	struct json_writer *w = call->out;
	json_put_member(w, STR("name"), f->name);
	json_put_member(w, STR("url"), f->url);
	put_text(w, "collection", f->collection);
	put_text(w, "user", f->user);
	put_text(w, "mark", f->mark);
	put_text(w, "centre", f->centre);
	put_text(w, "ca", f->ca);
	json_put_member_bool(w, STR("proves"), f->sealed.n != 0);
	json_put_member_int(w, STR("every"), f->every / TIME_SECOND);
	json_put_member(w, STR("state"), str_of(node_feed_states[node_feed_state(f, op_now(call))]));
	put_time(w, "next", f->paused ? TIME_NEVER : f->next);
	put_time(w, "last", f->last);
	json_put_member_int(w, STR("runs"), f->runs);
	json_put_member_int(w, STR("failures"), f->failures);
	put_text(w, "why", f->why);
	json_put_member_int(w, STR("added"), f->added);
	json_put_member_int(w, STR("unchanged"), f->unchanged);
	json_put_member_int(w, STR("refused"), f->refused);
}

static enum err
put_one(void *ctx, const struct node_feed *f, struct errinfo *e)
{
	struct op_call *call = ctx;
	(void)e;
	json_open_object(call->out);
	put_feed(call, f);
	json_close(call->out);
	return OK;
}

static enum err
read_feed(struct op_call *call, struct node_feed *f, struct errinfo *e)
{
	struct str every;
	struct share_centre *c;
	bool own = !call->c->who.account;
	enum err err;
	if (!op_str(call, "url", &f->url) || !op_str(call, "every", &every))
		return err_set(e, ERR_USAGE, "a feed has a url, and how often it is pulled (every)");
	bool plain = str_starts(f->url, STR("http://"));
	if ((!plain && !str_starts(f->url, STR("https://"))) || (plain && !own) || f->url.n > LIMIT_URL || str_chr(f->url, '@') >= 0 ||
	    str_chr(f->url, '?') >= 0 || str_chr(f->url, '#') >= 0)
		return err_set(e, ERR_USAGE, "url: https://host/taxii2/ (discovery), an API root, or one collection; no name or password in it");
	if ((err = read_every(every, &f->every, e)) || (err = op_centre(call, &c, e))) /* what add would refuse at each pull is refused now */
		return err;
	op_str(call, "collection", &f->collection);
	if (op_str(call, "mark", &f->mark)) {
		const struct mark_view v = {c->policy, c->me, circle_all(c->charter ? c->charter : chain_last(c->chain))};
		struct label l;
		if ((err = mark_parse_portion(str_trim(f->mark), &v, &l, e))) {
			err_at(e, "mark");
			return err;
		}
	}
	op_str(call, "centre", &f->centre);
	if (op_str(call, "ca", &f->ca) && (!own || !str_starts(f->ca, STR("/"))))
		return err_set(e, ERR_USAGE, "ca: the whole path of a file, given by the home's own user alone");
	if (!op_str(call, "name", &f->name) && (err = name_of(call, f->url, &f->name, e)))
		return err;
	if (!name_ok(f->name))
		return err_set(e, ERR_USAGE, "name: small letters, digits and hyphens, at most %d", NODE_FEED_NAME);
	if (!own && !(call->c->who.scopes & SCOPE_WRITE))
		return err_set(e, ERR_DENIED, "collect-add: what a feed brings is added here, which is not among what this account may do");
	f->near = own;
	return read_proof(call, f, e);
}

/* collect-add: a feed, pulled by the node that runs. url; name (absent: after its host); every: "15m", "6h", "1d"; collection; user and password, or
 * token; mark, centre: as in "add"; ca: a file. Reply: the feed, without what proves us. */
enum err
op_collect_add(struct op_call *call, struct errinfo *e)
{
	struct node_feed f = {.made = op_now(call), .next = op_now(call), .last = TIME_MIN}, there;
	uint64_t n = 0;
	struct errinfo none;
	enum err err = read_feed(call, &f, e);
	if (err)
		return err;
	if (node_feed_get(call->n, f.name, call->a, &there, &none) == OK)
		return err_set(e, ERR_CONFLICT, "there is a feed %.*s already", STR_FMT(f.name));
	if ((err = node_feed_each(call->n, count, &n, e)))
		return err;
	if (n >= LIMIT_FEEDS)
		return err_set(e, ERR_LIMIT, "there are %d feeds, the most there may be", LIMIT_FEEDS);
	if ((err = local_begin(call->n->store, e)))
		return err;
	if ((err = node_feed_put(call->n, &f, e)) || (err = op_audit(call, "collect-add", f.name, str_sub(f.url, 0, 200), e)) ||
	    (err = local_commit(call->n->store, e))) {
		local_rollback(call->n->store);
		return err;
	}
	put_feed(call, &f);
	return OK;
}

/* collect-list: feeds. Reply: {"items":[…]}, each as in collect-show. */
enum err
op_collect_list(struct op_call *call, struct errinfo *e)
{
	json_put_key(call->out, STR("items"));
	json_open_array(call->out);
	enum err err = node_feed_each(call->n, put_one, call, e);
	if (!err)
		json_close(call->out);
	return err;
}

static enum err
named(struct op_call *call, struct node_feed *ret, struct errinfo *e)
{
	struct str name;
	if (!op_str(call, "name", &name))
		return err_set(e, ERR_USAGE, "name: which feed");
	return node_feed_get(call->n, name, call->a, ret, e);
}

/* collect-show: name. Reply: {"name","url","collection"?,"user"?,"mark"?,"centre"?,"ca"?,"proves": whether there is a password or token,"every":
 * seconds,"state": waiting, ok, failing, overdue or paused,"next","last": when all came,"runs","failures": on
 * end,"why"?,"added","unchanged","refused": objects of the last run} */
enum err
op_collect_show(struct op_call *call, struct errinfo *e)
{
	struct node_feed f;
	enum err err = named(call, &f, e);
	if (!err)
		put_feed(call, &f);
	return err;
}

static enum err
change(struct op_call *call, const char *what, bool paused, struct errinfo *e)
{
	struct node_feed f;
	struct store *s = call->n->store;
	enum err err = named(call, &f, e);
	if (err || (err = local_begin(s, e)))
		return err;
	f.paused = paused;
	if (!paused)
		f.next = op_now(call);
	if ((err = node_feed_put(call->n, &f, e)) || (err = op_audit(call, what, f.name, STR_NONE, e)) || (err = local_commit(s, e))) {
		local_rollback(s);
		return err;
	}
	put_feed(call, &f);
	return OK;
}

/* collect-run, collect-resume: name. It is due now. Reply: as collect-show. */
enum err
op_collect_run(struct op_call *call, struct errinfo *e)
{
	struct node_feed f;
	enum err err = named(call, &f, e);
	if (!err && f.paused)
		err = err_set(e, ERR_CONFLICT, "the feed %.*s is paused: collect resume", STR_FMT(f.name));
	return err ? err : change(call, "collect-run", false, e);
}

enum err
op_collect_resume(struct op_call *call, struct errinfo *e)
{
	return change(call, "collect-resume", false, e);
}

/* collect-pause: name. It is not pulled until it is resumed; a pull that is under way ends after its page. */
enum err
op_collect_pause(struct op_call *call, struct errinfo *e)
{
	return change(call, "collect-pause", true, e);
}

/* collect-remove: name. What came stays. Reply: {"removed": its name} */
enum err
op_collect_remove(struct op_call *call, struct errinfo *e)
{
	struct node_feed f;
	struct store *s = call->n->store;
	enum err err = named(call, &f, e);
	if (err || (err = local_begin(s, e)))
		return err;
	if ((err = node_feed_remove(call->n, f.name, e)) || (err = op_audit(call, "collect-remove", f.name, STR_NONE, e)) ||
	    (err = local_commit(s, e))) {
		local_rollback(s);
		return err;
	}
	json_put_member(call->out, STR("removed"), f.name);
	return OK;
}
