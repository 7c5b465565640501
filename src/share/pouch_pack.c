/* pouch_pack: the replies that serve gives to a recipient, written one after another. Nothing goes in that serve would not have said to each of them.
 */
#include <stdio.h>

#include "label/policy.h"
#include "merkle/tile.h"
#include "share/origin.h"
#include "share/payload.h"
#include "share/pouch.h"
#include "share/serve.h"
#include "store/local.h"

struct packing {
	struct share *s;
	struct share_centre *c;
	const struct pouch_options *o;
	uint64_t recipients;
	int asker; /* the first of them: whoever of them asks gets the same of these logs */
	struct sink out;
	struct pouch_report *r;
	struct buf reply;
	char id[2 * HASH_LEN + 1];
	struct str origin;
};

static enum err
put_record(struct packing *k, struct str path, struct str bytes, struct errinfo *e)
{
	char space[32 + 2 * HASH_LEN + MERKLE_TILE_PATH];
	struct buf b = {.p = space, .cap = sizeof space, .max = sizeof space};
	struct str head;
	enum err err;
	buf_put(&b, path);
	buf_printf(&b, "\n%zu\n", bytes.n);
	if ((err = buf_take(&b, &head, e)))
		return err;
	k->r->bytes += head.n + bytes.n;
	if (k->r->bytes > LIMIT_POUCH) {
		err_set(e, ERR_LIMIT, "a pouch of more than %d MiB", LIMIT_POUCH / MIB);
		err_hint(e, "pack what is new alone: --since, or --known");
		return ERR_LIMIT;
	}
	if ((err = k->out.write(k->out.ctx, head, e)) || (err = k->out.write(k->out.ctx, bytes, e)))
		return err;
	if (k->o && k->o->progress && !k->o->progress(k->o->ctx, k->r->bytes, k->origin))
		return err_set(e, ERR_STOPPED, "stopped: the file is not whole and of no use");
	return OK;
}

/* What serve says to this path, as a record; nothing where it says there is nothing. */
static enum err
put_reply(struct packing *k, struct str path, struct errinfo *e)
{
	buf_clear(&k->reply);
	enum err err = share_serve(k->s, k->c, k->asker, path, &k->reply, e);
	if (err == ERR_NOTFOUND)
		return OK;
	return err ? err : put_record(k, path, buf_str(&k->reply), e);
}

static enum err
put_of_log(struct packing *k, struct str what, struct errinfo *e)
{
	char space[2 * HASH_LEN + 1 + MERKLE_TILE_PATH];
	struct buf b = {.p = space, .cap = sizeof space, .max = sizeof space};
	buf_puts(&b, k->id);
	buf_putc(&b, '/');
	buf_put(&b, what);
	return put_reply(k, buf_str(&b), e);
}

static enum err
put_tile(struct packing *k, const struct merkle_tile *t, struct errinfo *e)
{
	char space[MERKLE_TILE_PATH];
	struct buf b = {.p = space, .cap = sizeof space, .max = sizeof space};
	merkle_tile_path(&b, t);
	return put_of_log(k, buf_str(&b), e);
}

/* how much of a log the recipients hold already */

struct held {
	uint64_t size[LIMIT_MEMBERS]; /* of the largest checkpoint that each countersigned */
};

static enum err
see_cosig(void *ctx, uint64_t size, int member, int64_t time, struct str line, struct errinfo *e)
{
	struct held *h = ctx;
	(void)time;
	(void)line;
	(void)e;
	if (member >= 0 && member < LIMIT_MEMBERS && size > h->size[member])
		h->size[member] = size;
	return OK;
}

static enum err
known_size(struct packing *k, const struct record_log *log, uint64_t *ret, struct errinfo *e)
{
	struct held h = {{0}};
	uint64_t least = UINT64_MAX;
	enum err err;
	*ret = 0;
	if (!k->o || (k->recipients & ~k->o->known))
		return OK;
	if ((err = record_cosig_each(k->s->store, log->no, 0, see_cosig, &h, e)))
		return err;
	for (int m = 0; m < LIMIT_MEMBERS; m++)
		if ((k->recipients >> m & 1) && m != log->author && h.size[m] < least)
			least = h.size[m];
	*ret = least;
	return OK;
}

/* The first entry that came at `since` or later, or is not complete yet. Entries come in order but for late payloads. */
static enum err
first_since(struct packing *k, const struct record_log *log, uint64_t size, uint64_t *ret, struct errinfo *e)
{
	uint64_t low = 0, high = size;
	while (k->o && low < high) {
		uint64_t mid = low + (high - low) / 2;
		struct record_arrival a;
		enum err err = record_arrival_get(k->s->store, log->no, mid, &a, e);
		if (err && err != ERR_NOTFOUND)
			return err;
		if (!err && a.at < k->o->since)
			low = mid + 1;
		else
			high = mid;
	}
	*ret = low;
	return OK;
}

/* one log */

/* How much of a log goes in: the entries from `from` on, under its checkpoint of `shown`, and behind it up to `size` what is tied to a larger one. A
 * tree that ends at either has tiles of its own at its right edge. */
struct extent {
	uint64_t from, shown, size;
};

/* The tile as it is in the tree that ends at `shown`, where that is a narrower one, then as it is in the whole. */
static enum err
put_both(struct packing *k, const struct extent *x, const struct merkle_tile *t, struct errinfo *e)
{
	struct merkle_tile narrow = *t;
	narrow.width = x->from < x->shown ? merkle_tile_width(x->shown, t->level, t->index) : 0;
	enum err err = narrow.width && narrow.width < t->width ? put_tile(k, &narrow, e) : OK;
	return err ? err : put_tile(k, t, e);
}

static enum err
pack_tree(struct packing *k, const struct extent *x, struct errinfo *e)
{
	struct merkle_tiles it = {.size = x->size};
	struct merkle_tile t;
	enum err err = OK;
	while (!err && merkle_tiles_next(&it, &t)) {
		if (t.level > 0 || t.width < MERKLE_TILE_WIDTH) {
			err = put_both(k, x, &t, e);
		} else if (x->from < x->shown && (t.width = merkle_tile_width(x->shown, 0, t.index)) < MERKLE_TILE_WIDTH && t.width) {
			err = put_tile(k, &t, e);
		}
	}
	return err;
}

static enum err
pack_entries(struct packing *k, const struct extent *x, struct errinfo *e)
{
	enum err err = OK;
	for (uint64_t n = x->from / MERKLE_TILE_WIDTH; n * MERKLE_TILE_WIDTH < x->size && !err; n++) {
		struct merkle_tile t = {.index = n, .width = merkle_tile_width(x->size, 0, n)};
		if (t.width == MERKLE_TILE_WIDTH)
			err = put_tile(k, &t, e);
		t.entries = true;
		if (!err)
			err = put_both(k, x, &t, e);
		for (uint64_t idx = n * MERKLE_TILE_WIDTH; idx < n * MERKLE_TILE_WIDTH + t.width && !err; idx++) {
			char space[40];
			struct buf b = {.p = space, .cap = sizeof space, .max = sizeof space};
			if (idx < x->from)
				continue;
			k->r->entries++;
			buf_puts(&b, "payload/");
			buf_u64(&b, idx);
			err = put_of_log(k, buf_str(&b), e);
		}
	}
	return err;
}

static enum err
pack_log(struct packing *k, struct str line, struct errinfo *e)
{
	struct str id, count, origin, rest;
	struct record_log log;
	struct hash h;
	struct extent x;
	uint64_t size, known = 0, since = 0;
	enum err err;
	if (!str_cut(line, ' ', &id, &rest) || !str_cut(rest, ' ', &count, &origin) || !str_u64(count, &size) || !hash_from_hex(id, &h))
		return err_set(e, ERR_CORRUPT, "a line of our own list of logs is malformed");
	snprintf(k->id, sizeof k->id, "%.*s", STR_FMT(id));
	k->origin = origin;
	if ((err = record_log_by_id(k->s->store, &h, &log, e)) || (err = known_size(k, &log, &known, e)) ||
	    (err = first_since(k, &log, size, &since, e)))
		return err;
	k->r->logs++;
	/* nothing that a home asks which does not lack it, so that it stands here for those alone who do */
	if (log.author == k->asker && size > log.edge.size && (err = put_of_log(k, STR("known"), e)))
		return err;
	if ((err = put_of_log(k, STR("fork"), e)) || (err = put_of_log(k, STR("checkpoint"), e)) || (err = put_of_log(k, STR("beyond"), e)))
		return err;
	x = (struct extent){.from = known > since ? known : since, .shown = size, .size = size};
	err = record_checkpoint_get(k->s->store, log.no, log.edge.size, &x.shown, NULL, NULL, e);
	if (err == ERR_NOTFOUND)
		x.shown = 0;
	else if (err)
		return err;
	if (x.from < x.size && ((err = pack_tree(k, &x, e)) || (err = pack_entries(k, &x, e))))
		return err;
	return put_of_log(k, STR("witnessed"), e);
}

/* Our list of logs for the asker, less those whose circle lacks another recipient. */
static enum err
pack_logs(struct packing *k, struct errinfo *e)
{
	struct buf listing = BUF_INIT((size_t)LIMIT_LOGS_PER_PEER * (2 * HASH_LEN + 22 + RECORD_ORIGIN_MAX));
	struct str all, line, rest;
	enum err err;
	buf_clear(&k->reply);
	if ((err = share_serve(k->s, k->c, k->asker, STR("logs"), &k->reply, e)))
		return err;
	for (all = buf_str(&k->reply); str_line(&all, &line) && !err;) {
		struct str origin;
		struct record_log log;
		str_cut(line, ' ', &origin, &rest);
		str_cut(rest, ' ', &rest, &origin);
		err = origin_parse(k->c, origin, &log, e);
		if (err || (k->recipients & ~log.circle))
			continue;
		buf_put(&listing, line);
		buf_putc(&listing, '\n');
	}
	if (!err && !(err = buf_take(&listing, &all, e)))
		err = put_record(k, STR("logs"), all, e);
	while (!err && str_line(&all, &line))
		err = pack_log(k, line, e);
	buf_done(&listing);
	return err;
}

static enum err
pack_all(struct packing *k, struct errinfo *e)
{
	char hex[2 * HASH_LEN];
	struct buf b = {.p = hex, .cap = sizeof hex, .max = sizeof hex};
	struct str head = STR("comity-pouch/v1\n");
	enum err err;
	hash_put_hex(&b, &k->c->id);
	k->r->bytes = head.n;
	if ((err = k->out.write(k->out.ctx, head, e)) || (err = put_record(k, STR("centre"), buf_str(&b), e)) ||
	    (err = put_reply(k, STR("charters"), e)))
		return err;
	return pack_logs(k, e);
}

/* for whom */

static enum err
find_recipients(struct share *s, struct share_centre *c, uint64_t recipients, struct seal_recipient *ret, size_t *ret_n, struct errinfo *e)
{
	int64_t now = s->env->now(s->env->ctx);
	uint64_t present = chain_present(c->chain, now);
	size_t n = 0;
	enum err err;
	if (c->me < 0 || !recipients || (recipients >> c->me & 1))
		return err_set(e, ERR_DENIED, "a pouch is for other members of the centre, and this home is one itself");
	if (recipients & ~present)
		return err_set(e, ERR_DENIED, "a pouch is for members that are present under the charter in force");
	for (int m = 0; m < LIMIT_MEMBERS; m++) {
		struct roster_member state;
		if (!(recipients >> m & 1))
			continue;
		if ((err = roster_at(c->roster, now, m, &state, e)))
			return err;
		if (state.conflicted)
			return err_set(e, ERR_DENIED,
			    "%s has issued keys that contradict each other: a pouch could be read by whoever else has its root key",
			    c->policy->member[m]);
		if ((err = seal_recipient_parse(state.keys.age, &ret[n++], e)))
			return err;
	}
	*ret_n = n;
	return OK;
}

/* A seed for this pouch alone: pouches are counted. */
static enum err
make_seed(struct share *s, struct share_centre *c, uint8_t seed[static 32], struct errinfo *e)
{
	char space[32], hex[2 * HASH_LEN + 32];
	struct buf b = {.p = space, .cap = sizeof space, .max = sizeof space}, key = {.p = hex, .cap = sizeof hex, .max = sizeof hex};
	uint64_t count = 0;
	enum err err = local_get(s->store, STR("pouch.count"), &b, e);
	if (err && err != ERR_NOTFOUND)
		return err;
	if (!err && !str_u64(buf_str(&b), &count))
		return err_set(e, ERR_CORRUPT, "node.db: the count of pouches is no number");
	buf_clear(&b);
	buf_u64(&b, ++count);
	if ((err = local_set(s->store, STR("pouch.count"), buf_str(&b), e)))
		return err;
	hash_put_hex(&key, &c->id);
	buf_printf(&key, " %lld", (long long)s->env->now(s->env->ctx));
	s->env->random(s->env->ctx, RND_SEAL, buf_str(&key), count, seed, 32);
	return OK;
}

enum err
pouch_pack(struct share *s, struct share_centre *centre, uint64_t recipients, const struct pouch_options *o, struct sink out,
    struct pouch_report *ret, struct errinfo *e)
{
	struct seal_recipient to[LIMIT_MEMBERS];
	struct seal_to seal_to = {.recipients = to};
	struct packing k = {.s = s, .c = centre, .o = o, .recipients = recipients, .r = ret, .reply = BUF_INIT(PAYLOAD_MAX + MIB)};
	struct seal *seal = NULL;
	uint8_t seed[32];
	enum err err;
	*ret = (struct pouch_report){0};
	if ((err = share_refresh(s, e)) || (err = find_recipients(s, centre, recipients, to, &seal_to.n, e)) || (err = make_seed(s, centre, seed, e)))
		return err;
	while (!(recipients >> k.asker & 1))
		k.asker++;
	err = seal_new(&seal_to, seed, out, &seal, e);
	secret_wipe(seed, sizeof seed);
	if (!err) {
		k.out = seal_sink(seal);
		if (!(err = pack_all(&k, e)))
			err = seal_end(seal, e);
	}
	seal_free(seal);
	buf_done(&k.reply);
	return err;
}
