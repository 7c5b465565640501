/* What is kept of feeds, and when they are pulled. A success is followed by the next after `every`, a tenth more or less, so that many nodes do not
 * ask one server at one moment; a failure by a minute, then twice as long each time, up to six hours or `every`. */
#include "node/collect.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "base/limits.h"
#include "base/time.h"
#include "crypto/secret.h"
#include "json/write.h"
#include "node/keys.h"
#include "node/op.h"

#define KEPT "collect/"
#define PLACE "collect.at/"
enum {
	FEED_TEXT = 16 * KIB,
	FEED_PLACE = 4 * KIB,
	NONCE = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES,
	TAG = crypto_aead_xchacha20poly1305_ietf_ABYTES,
	KEY = crypto_aead_xchacha20poly1305_ietf_KEYBYTES,
	SECRET_MAX = 8 * KIB,
	DOUBLINGS = 11,
};
#define LATE (10 * TIME_MINUTE)
#define BACK_OFF_MAX (6 * TIME_HOUR)

const char *const node_feed_states[FEED_STATES] = {"waiting", "ok", "failing", "overdue", "paused"};

enum node_feed_state
node_feed_state(const struct node_feed *f, int64_t now)
{
	if (f->paused)
		return FEED_PAUSED;
	if (f->failures)
		return FEED_FAILING;
	if (now - f->next > (f->every > LATE ? f->every : LATE))
		return FEED_OVERDUE;
	return f->last == TIME_MIN ? FEED_WAITS : FEED_OK;
}

static int64_t
now_of(const struct node *n)
{
	return n->env->now(n->env->ctx);
}

/* reading and writing */

static const struct {
	const char *name;
	size_t at;
} texts[] = {{"url", offsetof(struct node_feed, url)}, {"collection", offsetof(struct node_feed, collection)},
    {"user", offsetof(struct node_feed, user)}, {"sealed", offsetof(struct node_feed, sealed)}, {"ca", offsetof(struct node_feed, ca)},
    {"mark", offsetof(struct node_feed, mark)}, {"centre", offsetof(struct node_feed, centre)}, {"why", offsetof(struct node_feed, why)}},
  numbers[] = {{"every", offsetof(struct node_feed, every)}, {"made", offsetof(struct node_feed, made)}, {"next", offsetof(struct node_feed, next)},
      {"last", offsetof(struct node_feed, last)}, {"failures", offsetof(struct node_feed, failures)}, {"runs", offsetof(struct node_feed, runs)},
      {"added", offsetof(struct node_feed, added)}, {"unchanged", offsetof(struct node_feed, unchanged)},
      {"refused", offsetof(struct node_feed, refused)}};

static enum err
read_feed(struct arena *a, struct str name, struct str text, struct node_feed *ret, struct errinfo *e)
{
	const struct json *j;
	struct node_feed f = {0};
	struct str copy;
	if (!arena_dup(a, text, &copy) || !arena_dup(a, name, &f.name))
		return arena_spent(a, "a feed", e);
	enum err err = json_parse(a, copy, &j, e);
	if (err)
		return err_set(e, ERR_CORRUPT, "node.db: what is kept of the feed %.*s cannot be read", STR_FMT(name));
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		*(struct str *)((char *)&f + texts[i].at) = json_str(json_get(j, str_of(texts[i].name)));
	for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
		if (!json_i64(json_get(j, str_of(numbers[i].name)), (int64_t *)((char *)&f + numbers[i].at)))
			return err_set(e, ERR_CORRUPT, "node.db: what is kept of the feed %.*s lacks its \"%s\"", STR_FMT(name), numbers[i].name);
	const struct json *near = json_get(j, STR("near")), *paused = json_get(j, STR("paused"));
	f.near = json_is(near, JSON_BOOL) && near->n;
	f.paused = json_is(paused, JSON_BOOL) && paused->n;
	*ret = f;
	return OK;
}

static enum err
set_key(struct buf *b, const char *prefix, struct str name, struct str *ret, struct errinfo *e)
{
	buf_puts(b, prefix);
	buf_put(b, name);
	return buf_take(b, ret, e);
}

enum err
node_feed_put(struct node *n, const struct node_feed *f, struct errinfo *e)
{
	struct buf b = BUF_INIT(FEED_TEXT), key = BUF_INIT(KIB);
	struct json_writer w;
	struct str all, name;
	json_write_init(&w, &b, 0);
	json_open_object(&w);
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		struct str s = *(const struct str *)((const char *)f + texts[i].at);
		if (s.n)
			json_put_member(&w, str_of(texts[i].name), s);
	}
	for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
		json_put_member_int(&w, str_of(numbers[i].name), *(const int64_t *)((const char *)f + numbers[i].at));
	json_put_member_bool(&w, STR("near"), f->near);
	json_put_member_bool(&w, STR("paused"), f->paused);
	json_close(&w);
	json_write_done(&w);
	enum err err = buf_take(&b, &all, e);
	if (!err && !(err = set_key(&key, KEPT, f->name, &name, e)))
		err = local_set(n->store, name, all, e);
	buf_done(&b);
	buf_done(&key);
	return err;
}

enum err
node_feed_get(struct node *n, struct str name, struct arena *a, struct node_feed *ret, struct errinfo *e)
{
	struct buf b = BUF_INIT(FEED_TEXT), key = BUF_INIT(KIB);
	struct str at;
	enum err err = set_key(&key, KEPT, str_sub(name, 0, 100), &at, e);
	if (!err && (err = local_get(n->store, at, &b, e)) == ERR_NOTFOUND) {
		err_set(e, ERR_NOTFOUND, "there is no feed \"%.*s\"", STR_FMT(str_sub(name, 0, 60)));
		err_hint(e, "comity collect list tells them");
	}
	if (!err)
		err = read_feed(a, name, buf_str(&b), ret, e);
	buf_done(&b);
	buf_done(&key);
	return err;
}

enum err
node_feed_remove(struct node *n, struct str name, struct errinfo *e)
{
	struct buf key = BUF_INIT(KIB), place = BUF_INIT(KIB);
	struct str at, where;
	enum err err = set_key(&key, KEPT, name, &at, e);
	if (!err && !(err = set_key(&place, PLACE, name, &where, e)) && !(err = local_unset(n->store, at, e)))
		err = local_unset(n->store, where, e);
	buf_done(&key);
	buf_done(&place);
	return err;
}

struct walk {
	enum err (*each)(void *ctx, const struct node_feed *f, struct errinfo *e);
	void *ctx;
};

static enum err
see(void *ctx, struct str name, struct str value, struct errinfo *e)
{
	struct walk *w = ctx;
	struct arena a = ARENA_INIT(MIB);
	struct node_feed f;
	enum err err = read_feed(&a, str_sub(name, sizeof KEPT - 1, name.n), value, &f, e);
	if (!err)
		err = w->each(w->ctx, &f, e);
	arena_done(&a);
	return err;
}

enum err
node_feed_each(struct node *n, enum err (*each)(void *ctx, const struct node_feed *f, struct errinfo *e), void *ctx, struct errinfo *e)
{
	struct walk w = {each, ctx};
	return local_each(n->store, STR(KEPT), see, &w, e);
}

/* what proves us */

static void
key_of(const struct node *n, uint8_t ret[static KEY])
{
	static const char what[] = "comity feed key v1";
	crypto_generichash(ret, KEY, (const uint8_t *)what, sizeof what - 1, n->keys->age.key.b, SECRET_LEN);
}

static void
bound_to(const struct node_feed *f, struct buf *b)
{
	buf_put(b, f->name);
	buf_putc(b, '\n');
	buf_put(b, f->url);
}

enum err
node_feed_seal(struct node *n, struct node_feed *f, struct str secret, struct arena *a, struct errinfo *e)
{
	uint8_t key[KEY], *box;
	struct buf to = BUF_INIT(FEED_TEXT), text = BUF_INIT(FEED_TEXT);
	if (secret.n > SECRET_MAX)
		return err_set(e, ERR_LIMIT, "a password or token of more than %d bytes", SECRET_MAX);
	if (!(box = arena_array(a, NONCE + secret.n + TAG, 1)))
		return arena_spent(a, "what proves us", e);
	bound_to(f, &to);
	n->env->random(n->env->ctx, RND_PEOPLE, STR("feed"), (uint64_t)now_of(n), box, NONCE);
	key_of(n, key);
	crypto_aead_xchacha20poly1305_ietf_encrypt(
	    box + NONCE, NULL, (const uint8_t *)secret.p, secret.n, (const uint8_t *)to.p, to.n, NULL, box, key);
	secret_wipe(key, sizeof key);
	buf_base64(&text, str_bytes(box, NONCE + secret.n + TAG));
	enum err err = buf_ok(&to) && buf_ok(&text) && arena_dup(a, buf_str(&text), &f->sealed) ? OK : arena_spent(a, "what proves us", e);
	buf_done(&to);
	buf_done(&text);
	return err;
}

static enum err
unseal(const struct node *n, const struct node_feed *f, struct buf *ret, struct errinfo *e)
{
	uint8_t key[KEY], box[NONCE + SECRET_MAX + TAG], plain[SECRET_MAX];
	struct buf to = BUF_INIT(FEED_TEXT);
	size_t size;
	bool ok = base64_decode(f->sealed, box, sizeof box, &size) && size >= NONCE + TAG;
	bound_to(f, &to);
	key_of(n, key);
	ok = ok && !crypto_aead_xchacha20poly1305_ietf_decrypt(plain, NULL, NULL, box + NONCE, size - NONCE, (const uint8_t *)to.p, to.n, box, key);
	secret_wipe(key, sizeof key);
	buf_done(&to);
	if (!ok) {
		err_set(e, ERR_CORRUPT, "what proves us to the feed %.*s opens with none of this home's keys", STR_FMT(f->name));
		err_hint(e, "comity collect remove, then add it anew with its password or token");
		return ERR_CORRUPT;
	}
	buf_put(ret, str_bytes(plain, size - NONCE - TAG));
	secret_wipe(plain, sizeof plain);
	return OK;
}

/* when */

struct seek {
	bool (*busy)(void *ctx, struct str name);
	void *ctx;
	int64_t now, wait, best;
	char name[NODE_FEED_NAME + 1];
};

static enum err
weigh(void *ctx, const struct node_feed *f, struct errinfo *e)
{
	struct seek *s = ctx;
	int64_t most = (f->every > BACK_OFF_MAX ? f->every : BACK_OFF_MAX) + f->every / 10, left = f->next - s->now;
	(void)e;
	if (f->paused || s->busy(s->ctx, f->name) || f->name.n > NODE_FEED_NAME)
		return OK;
	if (left > most) /* the clock was ahead when that was set */
		left = 0;
	if (left > 0) {
		int64_t ms = left / 1000 + 1;
		s->wait = ms < s->wait ? ms : s->wait;
	} else if (!s->name[0] || f->next < s->best) {
		s->best = f->next;
		memcpy(s->name, f->name.p, f->name.n);
		s->name[f->name.n] = '\0';
	}
	return OK;
}

enum err
node_feed_next(struct node *n, bool (*busy)(void *ctx, struct str name), void *ctx, struct arena *a, struct node_feed_due *ret, int64_t *ret_wait,
    struct errinfo *e)
{
	struct seek s = {.busy = busy, .ctx = ctx, .now = now_of(n), .wait = INT64_MAX};
	struct buf key = BUF_INIT(KIB);
	struct str at;
	enum err err = node_feed_each(n, weigh, &s, e);
	*ret_wait = s.wait;
	if (!err && !s.name[0])
		err = ERR_NOTFOUND;
	if (err || (err = node_feed_get(n, str_of(s.name), a, &ret->feed, e)) || (err = set_key(&key, PLACE, ret->feed.name, &at, e)))
		goto out;
	if ((err = local_get(n->store, at, &ret->place, e)) == ERR_NOTFOUND)
		err = OK;
	if (!err && ret->feed.sealed.n) {
		struct errinfo why;
		if (unseal(n, &ret->feed, &ret->proof, &why)) {
			const struct node_feed_run r = {.why = &why};
			err = node_feed_ended(n, &ret->feed, &r, e);
			*ret_wait = 0;
			err = err ? err : ERR_NOTFOUND;
		}
	}
out:
	buf_done(&key);
	return err;
}

/* The feed as it is now, if it is still the one that is pulled. */
static enum err
same(struct node *n, const struct node_feed *f, struct arena *a, struct node_feed *ret, struct errinfo *e)
{
	enum err err = node_feed_get(n, f->name, a, ret, e);
	if (err == ERR_NOTFOUND || (!err && ret->made != f->made))
		return err_set(e, ERR_STOPPED, "the feed %.*s is gone", STR_FMT(f->name));
	return err;
}

enum err
node_feed_keep(struct node *n, const struct node_feed *f, struct str place, struct errinfo *e)
{
	struct arena a = ARENA_INIT(MIB);
	struct buf key = BUF_INIT(KIB);
	struct node_feed is;
	struct str at;
	enum err err = place.n <= FEED_PLACE ? same(n, f, &a, &is, e) : err_set(e, ERR_LIMIT, "the place within a feed is too long");
	if (!err && !(err = set_key(&key, PLACE, f->name, &at, e)))
		err = local_set(n->store, at, place, e);
	if (!err && is.paused)
		err = err_set(e, ERR_STOPPED, "the feed %.*s is paused", STR_FMT(f->name));
	buf_done(&key);
	arena_done(&a);
	return err;
}

static int64_t
next_after(struct node *n, const struct node_feed *f, const struct node_feed_run *r, int64_t now)
{
	uint32_t draw = 0;
	n->env->random(n->env->ctx, RND_HASH, STR("feed"), (uint64_t)now, (uint8_t *)&draw, sizeof draw);
	int64_t part = f->every / 10, jitter = part ? (int64_t)draw % (2 * part + 1) - part : 0;
	if (!r->why)
		return r->more ? now : now + f->every + jitter;
	int64_t most = f->every > BACK_OFF_MAX ? f->every : BACK_OFF_MAX;
	int64_t wait = TIME_MINUTE << (f->failures - 1 < DOUBLINGS ? f->failures - 1 : DOUBLINGS), asked = r->retry_after * TIME_SECOND;
	wait = wait > asked ? wait : asked;
	return now + (wait < most ? wait : most);
}

enum err
node_feed_ended(struct node *n, const struct node_feed *f, const struct node_feed_run *r, struct errinfo *e)
{
	struct arena a = ARENA_INIT(MIB);
	struct buf detail = BUF_INIT(KIB), who = BUF_INIT(KIB);
	struct node_feed is;
	int64_t now = now_of(n);
	enum err err = same(n, f, &a, &is, e);
	if (!err) {
		is.runs++;
		is.failures = r->why ? is.failures + 1 : 0;
		is.added = r->added;
		is.unchanged = r->unchanged;
		is.refused = r->refused;
		is.why = r->why ? str_sub(str_of(r->why->msg), 0, 400) : STR_NONE;
		if (!r->why && !r->more)
			is.last = now;
		is.next = next_after(n, &is, r, now);
		err = node_feed_put(n, &is, e);
	}
	buf_printf(&detail, "%lld added, %lld unchanged, %lld refused%s%s", (long long)r->added, (long long)r->unchanged, (long long)r->refused,
	    r->why    ? "; failed: "
	    : r->more ? "; more to come"
		      : "",
	    r->why ? r->why->msg : "");
	buf_printf(&who, "feed %.*s", STR_FMT(f->name));
	if (!err) {
		const struct node_who by = {.name = buf_str(&who)};
		const struct node_line line = {.who = &by, .what = STR("collect"), .target = f->name, .detail = str_sub(buf_str(&detail), 0, 500)};
		err = node_audit(n, &line, 1, e);
	}
	buf_done(&detail);
	buf_done(&who);
	arena_done(&a);
	return err;
}

struct counting {
	uint64_t *n;
	int64_t now;
};

static enum err
count_one(void *ctx, const struct node_feed *f, struct errinfo *e)
{
	struct counting *c = ctx;
	(void)e;
	c->n[node_feed_state(f, c->now)]++;
	return OK;
}

enum err
node_feed_count(struct node *n, uint64_t ret[static FEED_STATES], struct errinfo *e)
{
	struct counting c = {ret, now_of(n)};
	memset(ret, 0, FEED_STATES * sizeof *ret);
	return node_feed_each(n, count_one, &c, e);
}
