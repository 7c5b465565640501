/* pouch_open: a stream of replies as a transport.
 *
 * Each record has a place in the order of packing. What is asked for is before, at or after the next record: before means that it is not there (or
 * gone), after means that records are passed over until it comes. Three things that a fetch may ask for again or out of turn are kept when they are
 * passed: the small hash tiles of the log, the last full tiles of level 0, the last bundle. */
#include <stdlib.h>
#include <string.h>

#include "merkle/tile.h"
#include "share/payload.h"
#include "share/pouch.h"

enum {
	PATH_MAX_BYTES = 2 * HASH_LEN + 1 + MERKLE_TILE_PATH,
	RECORD_MAX = PAYLOAD_MAX + 4 * MIB, /* charters, listing, bundle and payload are all below */
	TILES_MAX = 16 * MIB,               /* hash tiles of one log but the full ones of level 0: more than LIMIT_POUCH of entries has */
	READ_SIZE = 16 * KIB,
	FULL_TILES = 2,
};

/* Where a record stands: log (0 is before all logs), then part of it, then bundle, then what of the bundle, then entry. */
struct place {
	uint64_t at[5];
};
enum { PART_KNOWN, PART_FORK, PART_CHECKPOINT, PART_BEYOND, PART_TILES, PART_BUNDLES, PART_WITNESSED };
enum { OF_TILE, OF_BUNDLE, OF_PAYLOAD };

struct kept {
	char path[PATH_MAX_BYTES + 1];
	struct buf bytes;
};

struct pouch {
	struct seal_open *seal; /* NULL: plain */
	struct source in;
	char *name;
	char space[READ_SIZE];
	size_t have, used; /* of space */
	uint64_t bytes;
	struct hash centre;
	struct hash *logs;  /* of the listing, in order */
	size_t nlogs, last; /* last found there */
	/* the next record, whose bytes are not read yet */
	bool any;
	char path[PATH_MAX_BYTES + 1];
	uint64_t length;
	struct place place;
	struct buf tiles;  /* of the current log: "<path>\n<length>\n<bytes>" again */
	uint64_t tiles_of; /* which log, from 1 */
	struct kept full[FULL_TILES], bundle;
	unsigned next_full;
	bool broken;
	struct errinfo why;
};

static enum err
failed(struct pouch *p, struct errinfo *e)
{
	if (e)
		*e = p->why;
	return p->why.code;
}

static enum err
damaged(struct pouch *p, const char *what, struct errinfo *e)
{
	p->broken = true;
	err_set(&p->why, ERR_CORRUPT, "%s: the pouch is damaged: %s", p->name, what);
	return failed(p, e);
}

/* At most n bytes of the stream; fewer only at its end. */
static enum err
fill(struct pouch *p, struct errinfo *e)
{
	size_t n = 0;
	struct errinfo why;
	if (p->used < p->have)
		return OK;
	enum err err = p->in.read(p->in.ctx, p->space, sizeof p->space, &n, &why);
	if (err && err != ERR_NOMEM && err != ERR_IO)
		return damaged(p, why.msg, e);
	if (err) {
		p->broken = true;
		p->why = why;
		return failed(p, e);
	}
	p->used = 0;
	p->have = n;
	p->bytes += n;
	if (p->bytes > LIMIT_POUCH)
		return damaged(p, "it is larger than a pouch can be", e);
	return OK;
}

/* A line without its end, into out of cap bytes. *ret_end: the stream ended before it. */
static enum err
read_line(struct pouch *p, char *out, size_t cap, bool *ret_end, struct errinfo *e)
{
	size_t n = 0;
	*ret_end = false;
	for (;;) {
		enum err err = fill(p, e);
		if (err)
			return err;
		if (p->used == p->have) {
			if (n)
				return damaged(p, "it is cut off", e);
			*ret_end = true;
			return OK;
		}
		char c = p->space[p->used++];
		if (c == '\n')
			break;
		if (n + 1 >= cap)
			return damaged(p, "a line in it is too long", e);
		out[n++] = c;
	}
	out[n] = '\0';
	return OK;
}

/* n bytes to ret (NULL: nowhere). */
static enum err
read_bytes(struct pouch *p, uint64_t n, struct buf *ret, struct errinfo *e)
{
	while (n > 0) {
		enum err err = fill(p, e);
		if (err)
			return err;
		size_t some = p->have - p->used;
		if (!some)
			return damaged(p, "it is cut off", e);
		if (some > n)
			some = (size_t)n;
		if (ret)
			buf_put(ret, str_bytes(p->space + p->used, some));
		p->used += some;
		n -= some;
	}
	return OK;
}

/* places */

static bool
find_log(struct pouch *p, struct str hex, uint64_t *ret)
{
	struct hash h;
	if (!hash_from_hex(hex, &h))
		return false;
	for (size_t i = 0; i < p->nlogs; i++) {
		size_t k = (p->last + i) % p->nlogs;
		if (hash_eq(&p->logs[k], &h)) {
			p->last = k;
			*ret = k + 1;
			return true;
		}
	}
	return false;
}

static bool
place_of(struct pouch *p, struct str path, struct place *ret)
{
	static const char *const first[] = {"centre", "charters", "logs"};
	struct place at = {{0}};
	struct merkle_tile t;
	struct str id, what;
	uint64_t idx;
	for (size_t i = 0; i < sizeof first / sizeof *first; i++) {
		if (str_is(path, first[i])) {
			at.at[1] = i;
			*ret = at;
			return true;
		}
	}
	if (!str_cut(path, '/', &id, &what) || !find_log(p, id, &at.at[0]))
		return false;
	if (str_is(what, "known")) {
		at.at[1] = PART_KNOWN;
	} else if (str_is(what, "fork")) {
		at.at[1] = PART_FORK;
	} else if (str_is(what, "checkpoint")) {
		at.at[1] = PART_CHECKPOINT;
	} else if (str_is(what, "beyond")) {
		at.at[1] = PART_BEYOND;
	} else if (str_is(what, "witnessed")) {
		at.at[1] = PART_WITNESSED;
	} else if (str_starts(what, STR("payload/")) && str_u64(str_sub(what, 8, what.n), &idx)) {
		at = (struct place){{at.at[0], PART_BUNDLES, idx / MERKLE_TILE_WIDTH, OF_PAYLOAD, idx}};
	} else if (merkle_tile_parse(what, &t, NULL)) {
		return false;
	} else if (t.entries || (t.level == 0 && t.width == MERKLE_TILE_WIDTH)) {
		at = (struct place){{at.at[0], PART_BUNDLES, t.index, t.entries ? OF_BUNDLE : OF_TILE, t.entries ? t.width : 0}};
	} else {
		at = (struct place){{at.at[0], PART_TILES, t.level, t.index, t.width}};
	}
	*ret = at;
	return true;
}

static int
compare(const struct place *a, const struct place *b)
{
	for (int i = 0; i < 5; i++)
		if (a->at[i] != b->at[i])
			return a->at[i] < b->at[i] ? -1 : 1;
	return 0;
}

/* records */

static enum err
next_record(struct pouch *p, struct errinfo *e)
{
	struct place before = p->place;
	char line[32];
	bool end, first = !p->any;
	enum err err;
	p->any = false;
	if ((err = read_line(p, p->path, sizeof p->path, &end, e)) || end)
		return err;
	if ((err = read_line(p, line, sizeof line, &end, e)))
		return err;
	if (end || !str_u64(str_of(line), &p->length) || p->length > RECORD_MAX)
		return damaged(p, "the length of a record is none", e);
	if (!place_of(p, str_of(p->path), &p->place))
		return damaged(p, "it holds a record of a log that it does not list", e);
	if (!first && compare(&before, &p->place) >= 0)
		return damaged(p, "its records are not in order", e);
	p->any = true;
	return OK;
}

static enum err
keep_tile(struct pouch *p, struct errinfo *e)
{
	if (p->tiles_of != p->place.at[0])
		buf_clear(&p->tiles);
	p->tiles_of = p->place.at[0];
	buf_printf(&p->tiles, "%s\n%llu\n", p->path, (unsigned long long)p->length);
	enum err err = read_bytes(p, p->length, &p->tiles, e);
	if (err || buf_ok(&p->tiles))
		return err;
	return p->tiles.bad == ERR_NOMEM ? err_nomem(e) : damaged(p, "too many tiles", e);
}

static enum err
keep(struct pouch *p, struct kept *k, struct errinfo *e)
{
	buf_clear(&k->bytes);
	memcpy(k->path, p->path, sizeof k->path);
	enum err err = read_bytes(p, p->length, &k->bytes, e);
	if (!err && !buf_ok(&k->bytes)) {
		k->path[0] = '\0';
		err = k->bytes.bad == ERR_NOMEM ? err_nomem(e) : OK;
	}
	return err;
}

/* The listing tells the order of the logs. */
static enum err
read_listing(struct pouch *p, struct str listing, struct errinfo *e)
{
	struct str line, id, rest;
	p->nlogs = 0;
	p->last = 0;
	while (str_line(&listing, &line)) {
		if (p->nlogs == LIMIT_LOGS_PER_PEER)
			return damaged(p, "it lists too many logs", e);
		if (!str_cut(line, ' ', &id, &rest) || !hash_from_hex(id, &p->logs[p->nlogs++]))
			return damaged(p, "its list of logs is malformed", e);
	}
	return OK;
}

/* Passes over the next record, keeping what may be asked for later. */
static enum err
pass(struct pouch *p, struct errinfo *e)
{
	enum err err;
	const uint64_t *at = p->place.at;
	if (str_is(str_of(p->path), "logs")) {
		struct buf b = BUF_INIT(RECORD_MAX);
		if (!(err = read_bytes(p, p->length, &b, e)))
			err = buf_ok(&b) ? read_listing(p, buf_str(&b), e) : err_nomem(e);
		buf_done(&b);
	} else if (at[0] && at[1] == PART_TILES)
		err = keep_tile(p, e);
	else if (at[0] && at[1] == PART_BUNDLES && at[3] == OF_TILE)
		err = keep(p, &p->full[p->next_full++ % FULL_TILES], e);
	else if (at[0] && at[1] == PART_BUNDLES && at[3] == OF_BUNDLE)
		err = keep(p, &p->bundle, e);
	else
		err = read_bytes(p, p->length, NULL, e);
	return err ? err : next_record(p, e);
}

static enum err
nothing(struct errinfo *e)
{
	return err_set(e, ERR_NOTFOUND, "not in the pouch");
}

static enum err
give(struct buf *ret, struct str bytes, struct errinfo *e)
{
	struct str all;
	buf_put(ret, bytes);
	return buf_take(ret, &all, e);
}

/* Tiles and bundles that were passed. */
static enum err
from_kept(struct pouch *p, struct str path, struct buf *ret, struct errinfo *e)
{
	struct str rest = buf_str(&p->tiles), line, length;
	uint64_t n;
	for (int i = 0; i < FULL_TILES; i++)
		if (str_is(path, p->full[i].path))
			return give(ret, buf_str(&p->full[i].bytes), e);
	if (str_is(path, p->bundle.path))
		return give(ret, buf_str(&p->bundle.bytes), e);
	while (str_cut(rest, '\n', &line, &rest) && str_cut(rest, '\n', &length, &rest) && str_u64(length, &n)) {
		if (str_eq(line, path))
			return give(ret, str_sub(rest, 0, (size_t)n), e);
		rest = str_sub(rest, (size_t)n, rest.n);
	}
	return ERR_NOTFOUND;
}

static enum err
get(void *ctx, struct str path, struct buf *ret, struct errinfo *e)
{
	struct pouch *p = ctx;
	struct place want;
	enum err err;
	if (p->broken)
		return failed(p, e);
	if (!place_of(p, path, &want))
		return nothing(e);
	bool kept = want.at[0] && (want.at[1] == PART_TILES || (want.at[1] == PART_BUNDLES && want.at[3] != OF_PAYLOAD));
	if (want.at[0] && want.at[1] == PART_TILES)
		want = (struct place){{want.at[0], PART_BUNDLES, 0, 0, 0}}; /* all tiles of the log, in whatever order they are asked for */
	else if (kept && (err = from_kept(p, path, ret, e)) != ERR_NOTFOUND)
		return err;
	while (p->any && compare(&p->place, &want) < 0)
		if ((err = pass(p, e)))
			return err;
	if (p->any && kept && want.at[3] == OF_BUNDLE && str_is(path, p->path) && (err = pass(p, e)))
		return err;
	if (p->any && kept && want.at[3] == OF_TILE && str_is(path, p->path) && (err = pass(p, e)))
		return err;
	if (kept) {
		err = from_kept(p, path, ret, e);
		return err == ERR_NOTFOUND ? nothing(e) : err;
	}
	if (!p->any || !str_is(path, p->path))
		return nothing(e);
	size_t from = ret->n;
	if ((err = read_bytes(p, p->length, ret, e)))
		return err;
	struct str all = STR_NONE;
	bool fits = buf_ok(ret);
	if (fits)
		all = str_sub(buf_str(ret), from, ret->n);
	if (fits && str_is(path, "logs") && (err = read_listing(p, all, e)))
		return err;
	if ((err = next_record(p, e)))
		return err;
	return fits ? OK : err_set(e, ret->bad == ERR_NOMEM ? ERR_NOMEM : ERR_LIMIT, "a reply is longer than it may be");
}

/* opening */

static enum err
read_head(struct pouch *p, struct errinfo *e)
{
	char line[32];
	struct buf id = BUF_INIT(2 * HASH_LEN);
	bool end;
	enum err err = read_line(p, line, sizeof line, &end, e);
	if (!err && (end || !str_is(str_of(line), "comity-pouch/v1"))) {
		bool later = !end && str_starts(str_of(line), STR("comity-pouch/"));
		return err_set(
		    e, later ? ERR_VERSION : ERR_SYNTAX, later ? "%s: a pouch of a newer format" : "%s: sealed for us, but not a pouch", p->name);
	}
	if (!err && !(err = next_record(p, e)) && !(p->any && str_is(str_of(p->path), "centre") && p->length == 2 * HASH_LEN))
		err = err_set(e, ERR_SYNTAX, "%s: the pouch does not say of which centre it is", p->name);
	struct str hex;
	if (!err && !(err = read_bytes(p, p->length, &id, e)) && !(err = buf_take(&id, &hex, e)) && !hash_from_hex(hex, &p->centre))
		err = err_set(e, ERR_SYNTAX, "%s: the pouch does not say of which centre it is", p->name);
	buf_done(&id);
	return err ? err : next_record(p, e);
}

static enum err
open_new(struct seal_open *seal, struct source in, struct str name, struct pouch **ret, struct transport *ret_transport, struct errinfo *e)
{
	struct pouch *p = calloc(1, sizeof *p);
	enum err err;
	if (!p) {
		seal_open_free(seal);
		return err_nomem(e);
	}
	p->seal = seal;
	p->in = in;
	buf_init(&p->tiles, TILES_MAX);
	for (int i = 0; i < FULL_TILES; i++)
		buf_init(&p->full[i].bytes, MERKLE_TILE_BYTES);
	buf_init(&p->bundle.bytes, MERKLE_TILE_WIDTH * (UINT16_MAX + 2));
	p->name = malloc(name.n + 1);
	p->logs = calloc(LIMIT_LOGS_PER_PEER, sizeof *p->logs);
	if (!p->name || !p->logs) {
		pouch_free(p);
		return err_nomem(e);
	}
	memcpy(p->name, name.p ? name.p : "", name.n);
	p->name[name.n] = '\0';
	if ((err = read_head(p, e))) {
		pouch_free(p);
		return err;
	}
	*ret = p;
	*ret_transport = (struct transport){.ctx = p, .get = get, .name = p->name};
	return OK;
}

enum err
pouch_open(const struct seal_keys *keys, struct source in, struct str name, struct pouch **ret, struct transport *ret_transport, struct errinfo *e)
{
	struct seal_open *seal;
	enum err err = seal_open_new(keys, in, &seal, e);
	return err ? err : open_new(seal, seal_open_source(seal), name, ret, ret_transport, e);
}

enum err
pouch_open_plain(struct source in, struct str name, struct pouch **ret, struct transport *ret_transport, struct errinfo *e)
{
	return open_new(NULL, in, name, ret, ret_transport, e);
}

struct hash
pouch_centre(const struct pouch *p)
{
	return p->centre;
}

enum err
pouch_finish(struct pouch *p, uint64_t *ret_bytes, struct errinfo *e)
{
	enum err err = OK;
	if (p->broken)
		return failed(p, e);
	while (p->any && !err)
		err = pass(p, e);
	if (!err && ret_bytes)
		*ret_bytes = p->bytes;
	return err;
}

void
pouch_free(struct pouch *p)
{
	if (!p)
		return;
	seal_open_free(p->seal);
	buf_done(&p->tiles);
	for (int i = 0; i < FULL_TILES; i++)
		buf_done(&p->full[i].bytes);
	buf_done(&p->bundle.bytes);
	free(p->name);
	free(p->logs);
	free(p);
}
