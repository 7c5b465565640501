/* peer: asking one peer about one log: paths, limits, and its tree out of its tiles. Nothing of what it gives is believed here. */
#ifndef SHARE_PEER_H
#define SHARE_PEER_H

#include "crypto/hash.h"
#include "merkle/tile.h"
#include "share/transport.h"

enum {
	PEER_TILE_LEVELS = 8,
	PEER_TILES = 2 * PEER_TILE_LEVELS,
	PEER_PAYLOADS = MERKLE_TILE_WIDTH, /* entries whose payloads are asked for at once */
};

struct peer_tile {
	struct merkle_tile t; /* width 0 = none */
	uint64_t used;        /* when last */
	size_t n;
	char bytes[MERKLE_TILE_BYTES];
};

struct peer {
	const struct transport *from;
	char id[2 * HASH_LEN + 1]; /* of the log asked about, in hex */
	struct merkle_tile_source source;
	struct peer_tile *tiles; /* PEER_TILES of them */
	uint64_t clock;
	struct buf reply;
	/* Payloads of many entries, asked for at once over a network: a reply that tells of those from `from` up to `next`; what comes next in it. */
	struct {
		struct buf reply;
		struct str rest;
		uint64_t from, next;
		bool none; /* the peer, of an older version, has no such replies */
	} many;
};

enum err peer_init(struct peer *p, const struct transport *from, struct errinfo *e) MUST_USE;
void peer_done(struct peer *p); /* takes a zeroed one */

/* The reply to a path, as a view until the next call. Failures of the transport; ERR_LIMIT past max. */
enum err peer_get(struct peer *p, struct str path, size_t max, struct str *ret, struct errinfo *e) MUST_USE;
/* The same for "<log>/<what>". */
enum err peer_get_log(struct peer *p, struct str what, size_t max, struct str *ret, struct errinfo *e) MUST_USE;
/* Payloads are to be gone through in the order of their entries. Of a far peer those of the next entries are asked for with it, unless alone. */
enum err peer_get_payload(struct peer *p, uint64_t idx, bool alone, size_t max, struct str *ret, struct errinfo *e) MUST_USE;
/* Whether the answer is here already: the peer will not be asked. */
bool peer_has_payload(const struct peer *p, uint64_t idx);
enum err peer_get_bundle(struct peer *p, uint64_t index, unsigned width, struct str *ret, struct errinfo *e) MUST_USE;

/* From here on about this log. */
void peer_about(struct peer *p, const struct hash *id);
/* Its tree at this size, out of the peer's tiles; overwrites what peer_get gave. Until the next peer_about. */
struct merkle_nodes peer_nodes(struct peer *p, uint64_t size);

#endif
