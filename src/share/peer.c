#include "share/peer.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "share/payload.h"

enum err
peer_init(struct peer *p, const struct transport *from, struct errinfo *e)
{
	*p = (struct peer){.from = from, .tiles = calloc(PEER_TILES, sizeof *p->tiles)};
	return p->tiles ? OK : err_nomem(e);
}

void
peer_done(struct peer *p)
{
	free(p->tiles);
	buf_done(&p->reply);
	buf_done(&p->many.reply);
	memset(p, 0, sizeof *p);
}

enum err
peer_get(struct peer *p, struct str path, size_t max, struct str *ret, struct errinfo *e)
{
	buf_clear(&p->reply);
	p->reply.max = max;
	enum err err = p->from->get(p->from->ctx, path, &p->reply, e);
	if (!err)
		err = buf_take(&p->reply, ret, e);
	if (err)
		err_at(e, "%s", p->from->name);
	return err;
}

enum err
peer_get_log(struct peer *p, struct str what, size_t max, struct str *ret, struct errinfo *e)
{
	char space[2 * HASH_LEN + 1 + MERKLE_TILE_PATH];
	struct buf b = {.p = space, .cap = sizeof space, .max = sizeof space};
	buf_puts(&b, p->id);
	buf_putc(&b, '/');
	buf_put(&b, what);
	return peer_get(p, buf_str(&b), max, ret, e);
}

static enum err
get_one(struct peer *p, uint64_t idx, size_t max, struct str *ret, struct errinfo *e)
{
	char space[40];
	struct buf b = {.p = space, .cap = sizeof space, .max = sizeof space};
	buf_puts(&b, "payload/");
	buf_u64(&b, idx);
	return peer_get_log(p, buf_str(&b), max, ret, e);
}

/* The first line of what is left of the reply: the entry and how many bytes it has; false at "<next> end". ERR_SYNTAX. */
static enum err
read_head(struct str *rest, uint64_t *ret_idx, size_t *ret_n, bool *ret_any, struct errinfo *e)
{
	struct str line, idx, what, after = *rest;
	uint64_t n = 0;
	if (!str_cut(after, '\n', &line, &after) || !str_cut(line, ' ', &idx, &what) || !str_u64(idx, ret_idx))
		return err_set(e, ERR_SYNTAX, "a reply with many payloads is cut off");
	*ret_any = !str_is(what, "end");
	for (size_t i = 0; *ret_any && i < what.n; i++) {
		char c = what.p[i];
		if (what.n != 8 || !((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f')))
			return err_set(e, ERR_SYNTAX, "a reply with many payloads names no length");
		n = n << 4 | (uint64_t)(c <= '9' ? c - '0' : c - 'a' + 10);
	}
	if (*ret_any && (what.n != 8 || n > after.n))
		return err_set(e, ERR_SYNTAX, "a reply with many payloads is cut off");
	*ret_n = (size_t)n;
	*rest = after;
	return OK;
}

/* Whether the reply is whole, its entries in order and among those asked for; and up to where it tells. */
static enum err
look_through(struct str rest, uint64_t from, uint64_t *ret_next, struct errinfo *e)
{
	uint64_t at = from, idx;
	bool any = true;
	size_t n;
	while (any) {
		enum err err = read_head(&rest, &idx, &n, &any, e);
		if (err)
			return err;
		if (idx < at || idx > from + PEER_PAYLOADS || (any && idx == from + PEER_PAYLOADS))
			return err_set(e, ERR_SYNTAX, "a reply with many payloads is out of order");
		at = idx + any;
		rest = str_sub(rest, n, rest.n);
	}
	if (rest.n || at == from)
		return err_set(e, ERR_SYNTAX, "a reply with many payloads does not end where it should");
	*ret_next = at;
	return OK;
}

static enum err
get_many(struct peer *p, uint64_t idx, struct errinfo *e)
{
	char space[40];
	struct buf b = {.p = space, .cap = sizeof space, .max = sizeof space};
	struct str got;
	p->many.from = p->many.next = 0;
	buf_printf(&b, "payloads/%" PRIu64 "/%d", idx, PEER_PAYLOADS);
	enum err err = peer_get_log(p, buf_str(&b), PAYLOAD_MAX + KIB * PEER_PAYLOADS, &got, e);
	if (err)
		return err;
	struct buf before = p->many.reply;
	p->many.reply = p->reply; /* what it views stays while other things are asked for */
	p->reply = before;
	if ((err = look_through(got, idx, &p->many.next, e)))
		return err;
	p->many.from = idx;
	p->many.rest = got;
	return OK;
}

bool
peer_has_payload(const struct peer *p, uint64_t idx)
{
	return !p->from->far || (idx >= p->many.from && idx < p->many.next);
}

enum err
peer_get_payload(struct peer *p, uint64_t idx, bool alone, size_t max, struct str *ret, struct errinfo *e)
{
	uint64_t at;
	size_t n;
	bool any;
	if (!p->from->far || p->many.none || alone)
		return get_one(p, idx, max, ret, e);
	if (!peer_has_payload(p, idx)) {
		enum err err = get_many(p, idx, e);
		p->many.none = err == ERR_NOTFOUND;
		if (err == ERR_NOTFOUND || err == ERR_SYNTAX || err == ERR_LIMIT)
			return get_one(p, idx, max, ret, e);
		if (err)
			return err;
	}
	for (struct str rest = p->many.rest; !read_head(&rest, &at, &n, &any, e) && any && at <= idx; rest = p->many.rest) {
		p->many.rest = str_sub(rest, n, rest.n);
		if (at < idx)
			continue;
		if (n > max)
			return err_set(e, ERR_LIMIT, "%s: a payload is longer than its entry says", p->from->name);
		*ret = str_sub(rest, 0, n);
		return OK;
	}
	return err_set(e, ERR_NOTFOUND, "%s has no such payload for us", p->from->name);
}

static enum err
get_tile(struct peer *p, const struct merkle_tile *t, size_t max, struct str *ret, struct errinfo *e)
{
	char space[MERKLE_TILE_PATH];
	struct buf b = {.p = space, .cap = sizeof space, .max = sizeof space};
	merkle_tile_path(&b, t);
	return peer_get_log(p, buf_str(&b), max, ret, e);
}

enum err
peer_get_bundle(struct peer *p, uint64_t index, unsigned width, struct str *ret, struct errinfo *e)
{
	struct merkle_tile t = {.entries = true, .index = index, .width = width};
	return get_tile(p, &t, MERKLE_TILE_WIDTH * (UINT16_MAX + 2), ret, e);
}

void
peer_about(struct peer *p, const struct hash *id)
{
	struct buf b = {.p = p->id, .cap = sizeof p->id, .max = sizeof p->id - 1};
	hash_put_hex(&b, id);
	p->many.from = p->many.next = 0;
	p->many.none = false;
	for (int i = 0; i < PEER_TILES; i++)
		p->tiles[i].t.width = 0;
}

/* Two tiles of each level stay: a proof walks along one place in the tree and along its right edge. */
static enum err
cached_tile(void *ctx, const struct merkle_tile *t, struct str *ret, struct errinfo *e)
{
	struct peer *p = ctx;
	struct peer_tile *slot = &p->tiles[2 * t->level];
	struct str bytes;
	for (int i = 0; i < 2; i++) {
		if (slot[i].t.width >= t->width && slot[i].t.index == t->index) {
			slot[i].used = ++p->clock;
			*ret = (struct str){slot[i].bytes, slot[i].n};
			return OK;
		}
	}
	slot += slot[0].t.width && (!slot[1].t.width || slot[1].used < slot[0].used);
	enum err err = get_tile(p, t, MERKLE_TILE_BYTES, &bytes, e);
	if (err)
		return err;
	memcpy(slot->bytes, bytes.p, bytes.n);
	slot->n = bytes.n;
	slot->t = *t;
	slot->used = ++p->clock;
	*ret = (struct str){slot->bytes, slot->n};
	return OK;
}

struct merkle_nodes
peer_nodes(struct peer *p, uint64_t size)
{
	for (int i = 0; i < PEER_TILES; i++) /* a partial tile of one size is not that of another */
		if (p->source.size != size)
			p->tiles[i].t.width = 0;
	p->source = (struct merkle_tile_source){p, size, cached_tile};
	return merkle_tile_nodes(&p->source);
}
