#include "share/payload.h"

#include "merkle/tree.h"

static const uint8_t no_salt[PIECE_SALT];

enum err
payload_next(struct str *rest, struct payload_piece *ret, struct errinfo *e)
{
	const unsigned char *p = (const unsigned char *)rest->p + PIECE_SALT;
	if (rest->n < PIECE_HEAD)
		return err_set(e, ERR_SYNTAX, "a payload is cut off within a piece");
	uint32_t n = (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
	bool gone = n == UINT32_MAX && str_eq(str_sub(*rest, 0, PIECE_SALT), str_bytes(no_salt, sizeof no_salt));
	if (!gone && n > LIMIT_OBJECT)
		return err_set(e, ERR_LIMIT, "an object of a payload is longer than %d bytes", LIMIT_OBJECT);
	size_t all = PIECE_HEAD + (gone ? HASH_LEN : (size_t)n);
	if (rest->n < all)
		return err_set(e, ERR_SYNTAX, "a payload is cut off within a piece");
	struct str piece = str_sub(*rest, 0, all);
	struct payload_piece r = {.withdrawn = gone};
	if (gone && !hash_from_bytes(str_sub(piece, PIECE_HEAD, all), &r.hash))
		return err_set(e, ERR_SYNTAX, "a withdrawn piece without its hash");
	if (!gone) {
		r.bytes = piece;
		r.hash = merkle_leaf_of(piece);
	}
	*rest = str_sub(*rest, all, rest->n);
	*ret = r;
	return OK;
}

enum err
payload_check(struct str bytes, uint32_t count, uint64_t size, const struct hash *root, uint32_t *ret_withdrawn, struct errinfo *e)
{
	struct merkle_edge tree = {0};
	struct payload_piece piece;
	uint64_t here = 0;
	uint32_t gone = 0;
	while (bytes.n) {
		enum err err =
		    tree.size < count ? payload_next(&bytes, &piece, e) : err_set(e, ERR_VERIFY, "a payload has more pieces than its entry says");
		if (err)
			return err;
		merkle_edge_append(&tree, &piece.hash);
		here += piece.bytes.n;
		gone += piece.withdrawn;
	}
	struct hash h = merkle_edge_root(&tree);
	if (tree.size != count || !hash_eq(&h, root))
		return err_set(e, ERR_VERIFY, "a payload is not the one its entry names");
	if (gone ? here > size : here != size)
		return err_set(e, ERR_VERIFY, "a payload has not the size its entry says");
	if (ret_withdrawn)
		*ret_withdrawn = gone;
	return OK;
}

void
payload_put(struct buf *b, struct str data, const struct hash *withdrawn)
{
	if (!withdrawn) {
		buf_put(b, data);
		return;
	}
	buf_put(b, str_bytes(no_salt, sizeof no_salt));
	buf_be(b, UINT32_MAX, 4);
	buf_put(b, hash_str(withdrawn));
}
