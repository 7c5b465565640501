#include "merkle/receipt.h"

#include "base/limits.h"

enum err
merkle_receipt_parse(struct str bytes, struct merkle_receipt *ret, struct errinfo *e)
{
	struct merkle_receipt r = {0};
	unsigned char extra[MERKLE_RECEIPT_MAX];
	struct str rest = bytes, line;
	size_t n;
	if (bytes.n > MERKLE_RECEIPT_MAX)
		return err_set(e, ERR_LIMIT, "a proof of inclusion of %zu bytes (%d at most)", bytes.n, MERKLE_RECEIPT_MAX);
	if (!str_cut(rest, '\n', &line, &rest) || !str_is(line, "c2sp.org/tlog-proof@v1"))
		return err_set(e, ERR_SYNTAX, "not a proof of inclusion: its first line is not \"c2sp.org/tlog-proof@v1\"");
	bool more = str_cut(rest, '\n', &line, &rest);
	if (more && str_starts(line, STR("extra "))) {
		r.has_extra = true;
		r.extra = str_sub(line, 6, line.n);
		if (!base64_decode(r.extra, extra, sizeof extra, &n))
			return err_set(e, ERR_SYNTAX, "the extra data of a proof of inclusion is not base64");
		more = str_cut(rest, '\n', &line, &rest);
	}
	if (!more || !str_starts(line, STR("index ")) || !str_u64(str_sub(line, 6, line.n), &r.index))
		return err_set(e, ERR_SYNTAX, "a proof of inclusion without its index line");
	enum err err = merkle_proof_parse(&rest, &r.proof, e);
	if (err)
		return err;
	if (rest.n == 0)
		return err_set(e, ERR_SYNTAX, "a proof of inclusion without its checkpoint");
	r.note = rest;
	*ret = r;
	return OK;
}

void
merkle_receipt_put(struct buf *b, const struct merkle_receipt *r)
{
	buf_puts(b, "c2sp.org/tlog-proof@v1\n");
	if (r->has_extra) {
		buf_puts(b, "extra ");
		buf_put(b, r->extra);
		buf_putc(b, '\n');
	}
	buf_puts(b, "index ");
	buf_u64(b, r->index);
	buf_putc(b, '\n');
	merkle_proof_put(b, &r->proof);
	buf_putc(b, '\n');
	buf_put(b, r->note);
}

enum err
merkle_receipt_check(const struct merkle_receipt *r, const struct hash *leaf, struct str origin, const struct sign_public *pub,
    struct merkle_note *ret_note, struct merkle_checkpoint *ret, struct errinfo *e)
{
	struct merkle_note note;
	struct merkle_checkpoint c;
	enum err err = merkle_checkpoint_open(r->note, origin, pub, &note, &c, e);
	if (!err)
		err = merkle_check_inclusion(leaf, r->index, c.size, &r->proof, &c.root, e);
	if (err)
		return err;
	if (ret_note)
		*ret_note = note;
	if (ret)
		*ret = c;
	return OK;
}
