/* peer: asking one peer about one log: paths, limits, and its tree out of its tiles. Nothing of what it gives is believed here. */
#ifndef SHARE_PEER_H
#define SHARE_PEER_H

#include "crypto/hash.h"
#include "merkle/tile.h"
#include "share/transport.h"

enum { PEER_TILE_LEVELS = 8, PEER_TILES = 2 * PEER_TILE_LEVELS };

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
};

enum err peer_init(struct peer *p, const struct transport *from, struct errinfo *e) MUST_USE;
void peer_done(struct peer *p); /* takes a zeroed one */

/* The reply to a path, as a view until the next call. Failures of the transport; ERR_LIMIT past max. */
enum err peer_get(struct peer *p, struct str path, size_t max, struct str *ret, struct errinfo *e) MUST_USE;
/* The same for "<log>/<what>". */
enum err peer_get_log(struct peer *p, struct str what, size_t max, struct str *ret, struct errinfo *e) MUST_USE;
enum err peer_get_payload(struct peer *p, uint64_t idx, size_t max, struct str *ret, struct errinfo *e) MUST_USE;
enum err peer_get_bundle(struct peer *p, uint64_t index, unsigned width, struct str *ret, struct errinfo *e) MUST_USE;

/* From here on about this log. */
void peer_about(struct peer *p, const struct hash *id);
/* Its tree at this size, out of the peer's tiles; overwrites what peer_get gave. Until the next peer_about. */
struct merkle_nodes peer_nodes(struct peer *p, uint64_t size);

#endif
