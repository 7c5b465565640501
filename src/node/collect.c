/* What is kept of feeds, and what proves us to their servers. */
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
#include "node/people.h"

#define KEPT "collect/"
#define PLACE "collect.at/"
enum {
	FEED_TEXT = 16 * KIB,
	FEED_PLACE = 4 * KIB,
	NONCE = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES,
	TAG = crypto_aead_xchacha20poly1305_ietf_ABYTES,
	KEY = crypto_aead_xchacha20poly1305_ietf_KEYBYTES,
	SECRET_MAX = 8 * KIB,
};
#define LATE (10 * TIME_MINUTE)

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
	if (err == ERR_NOMEM)
		return err;
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

enum err
node_feed_place(struct node *n, struct str name, struct buf *b, struct errinfo *e)
{
	struct buf key = BUF_INIT(KIB);
	struct str at;
	enum err err = set_key(&key, PLACE, name, &at, e);
	if (!err && (err = local_get(n->store, at, b, e)) == ERR_NOTFOUND)
		err = OK;
	buf_done(&key);
	return err;
}

enum err
node_feed_place_set(struct node *n, struct str name, struct str place, struct errinfo *e)
{
	struct buf key = BUF_INIT(KIB);
	struct str at;
	enum err err = place.n <= FEED_PLACE ? set_key(&key, PLACE, name, &at, e) : err_set(e, ERR_LIMIT, "the place within a feed is too long");
	if (!err)
		err = local_set(n->store, at, place, e);
	buf_done(&key);
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

/* What it is bound to, so that it opens for nothing else. */
static void
bound_to(const struct node_feed *f, uint8_t ret[static KEY])
{
	crypto_generichash_state h;
	crypto_generichash_init(&h, NULL, 0, KEY);
	crypto_generichash_update(&h, (const uint8_t *)f->name.p, f->name.n);
	crypto_generichash_update(&h, (const uint8_t *)"\n", 1);
	crypto_generichash_update(&h, (const uint8_t *)f->url.p, f->url.n);
	crypto_generichash_final(&h, ret, KEY);
}

enum err
node_feed_seal(struct node *n, struct node_feed *f, struct str secret, struct arena *a, struct errinfo *e)
{
	uint8_t key[KEY], to[KEY], *box;
	struct buf text = BUF_INIT(FEED_TEXT);
	struct str all;
	if (secret.n > SECRET_MAX)
		return err_set(e, ERR_LIMIT, "a password or token of more than %d bytes", SECRET_MAX);
	if (!(box = arena_array(a, NONCE + secret.n + TAG, 1)))
		return arena_spent(a, "what proves us", e);
	bound_to(f, to);
	n->env->random(n->env->ctx, RND_PEOPLE, STR("feed"), (uint64_t)node_now(n), box, NONCE);
	key_of(n, key);
	crypto_aead_xchacha20poly1305_ietf_encrypt(box + NONCE, NULL, (const uint8_t *)secret.p, secret.n, to, sizeof to, NULL, box, key);
	secret_wipe(key, sizeof key);
	buf_base64(&text, str_bytes(box, NONCE + secret.n + TAG));
	enum err err = buf_take(&text, &all, e);
	if (!err && !arena_dup(a, all, &f->sealed))
		err = arena_spent(a, "what proves us", e);
	buf_done(&text);
	return err;
}

enum err
node_feed_unseal(const struct node *n, const struct node_feed *f, struct buf *b, struct errinfo *e)
{
	uint8_t key[KEY], to[KEY], box[NONCE + SECRET_MAX + TAG], plain[SECRET_MAX];
	size_t size;
	struct str all;
	bool ok = base64_decode(f->sealed, box, sizeof box, &size) && size >= NONCE + TAG;
	bound_to(f, to);
	key_of(n, key);
	ok = ok && !crypto_aead_xchacha20poly1305_ietf_decrypt(plain, NULL, NULL, box + NONCE, size - NONCE, to, sizeof to, box, key);
	secret_wipe(key, sizeof key);
	if (!ok) {
		err_set(e, ERR_CORRUPT, "what proves us to the feed %.*s opens with none of this home's keys", STR_FMT(f->name));
		err_hint(e, "comity collect remove, then add it anew with its password or token");
		return ERR_CORRUPT;
	}
	buf_put(b, str_bytes(plain, size - NONCE - TAG));
	secret_wipe(plain, sizeof plain);
	return buf_take(b, &all, e);
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
	struct counting c = {ret, node_now(n)};
	memset(ret, 0, FEED_STATES * sizeof *ret);
	return node_feed_each(n, count_one, &c, e);
}
