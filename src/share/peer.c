#include "share/peer.h"

#include <stdlib.h>
#include <string.h>

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

enum err
peer_get_payload(struct peer *p, uint64_t idx, size_t max, struct str *ret, struct errinfo *e)
{
	char space[40];
	struct buf b = {.p = space, .cap = sizeof space, .max = sizeof space};
	buf_puts(&b, "payload/");
	buf_u64(&b, idx);
	return peer_get_log(p, buf_str(&b), max, ret, e);
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
