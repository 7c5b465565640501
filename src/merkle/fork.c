#include "merkle/fork.h"

#include <stdlib.h>

#include "base/limits.h"

static const struct str first_line = STR_INIT("comity-fork/v1\n");

/* Takes one part off *rest: up to an empty line, which goes too (or the end, for the last part). */
static bool
cut_part(struct str *rest, bool last, struct str *ret)
{
	ptrdiff_t at = str_find(*rest, STR("\n\n"));
	if ((at < 0) != last)
		return false;
	*ret = last ? *rest : str_sub(*rest, 0, (size_t)at + 1);
	*rest = last ? STR_NONE : str_sub(*rest, (size_t)at + 2, rest->n);
	return ret->n > 0;
}

/* A note is two parts and the empty line between them. */
static bool
cut_note(struct str *rest, bool last, struct str *ret)
{
	struct str text, sigs, whole = *rest;
	if (!cut_part(rest, false, &text) || !cut_part(rest, last, &sigs))
		return false;
	*ret = str_sub(whole, 0, text.n + 1 + sigs.n);
	return true;
}

struct parts {
	struct str head, a, b;
};

static enum err
cut_parts(struct str bytes, struct parts *ret, struct errinfo *e)
{
	struct str rest = bytes;
	if (bytes.n > MERKLE_FORK_MAX)
		return err_set(e, ERR_LIMIT, "a fork proof of %zu bytes (%d at most)", bytes.n, MERKLE_FORK_MAX);
	if (!str_starts(bytes, first_line))
		return err_set(e, ERR_SYNTAX, "not a fork proof: its first line is not \"comity-fork/v1\"");
	if (!cut_part(&rest, false, &ret->head) || !cut_note(&rest, false, &ret->a) || !cut_note(&rest, true, &ret->b))
		return err_set(e, ERR_SYNTAX, "a fork proof is not a head and two notes, parted by empty lines");
	return OK;
}

static enum err
parse_head(struct str head, struct merkle_fork *f, struct errinfo *e)
{
	struct str rest = str_sub(head, first_line.n, head.n), line;
	f->root = f->b.root;
	f->proof.n = 0;
	if (rest.n == 0 && f->a.size == f->b.size)
		return OK;
	if (f->a.size == f->b.size)
		return err_set(e, ERR_SYNTAX, "a fork proof of one size has a root and proof that it does not need");
	if (!str_cut(rest, '\n', &line, &rest) || !str_starts(line, STR("root ")) || !merkle_hash_parse(str_sub(line, 5, line.n), &f->root))
		return err_set(e, ERR_SYNTAX, "line 2 of a fork proof is not \"root\" and a hash");
	return merkle_proof_parse(&rest, &f->proof, e);
}

static enum err
check(struct str bytes, struct str origin, const struct sign_public *pub, struct merkle_fork *f, struct errinfo *e)
{
	struct parts p;
	enum err err = cut_parts(bytes, &p, e);
	if (!err)
		err = merkle_checkpoint_open(p.a, origin, pub, &f->note_a, &f->a, e);
	if (!err)
		err = merkle_checkpoint_open(p.b, origin, pub, &f->note_b, &f->b, e);
	if (err)
		return err;
	if (f->a.size > f->b.size)
		return err_set(e, ERR_INVALID, "the checkpoints of a fork proof stand in the wrong order: the smaller comes first");
	err = parse_head(p.head, f, e);
	if (err)
		return err;
	if (hash_eq(&f->root, &f->a.root))
		return err_set(e, ERR_VERIFY, "no fork: both histories have the same root at %llu entries", (unsigned long long)f->a.size);
	return f->a.size == f->b.size ? OK : merkle_check_consistency(f->a.size, &f->root, f->b.size, &f->b.root, &f->proof, e);
}

enum err
merkle_fork_check(struct str bytes, struct str origin, const struct sign_public *pub, struct merkle_fork *ret, struct errinfo *e)
{
	struct merkle_fork *f = calloc(1, sizeof *f);
	if (!f)
		return err_nomem(e);
	enum err err = check(bytes, origin, pub, f, e);
	if (!err && ret)
		*ret = *f;
	free(f);
	return err;
}

enum err
merkle_fork_origin(struct str bytes, struct str *ret, struct errinfo *e)
{
	struct parts p;
	struct merkle_checkpoint a;
	struct merkle_note note;
	enum err err = cut_parts(bytes, &p, e);
	if (!err)
		err = merkle_note_parse(p.a, &note, e);
	if (!err)
		err = merkle_checkpoint_parse(note.text, &a, e);
	if (!err)
		*ret = a.origin;
	return err;
}

static void
put(struct buf *b, struct str smaller, struct str larger, const struct hash *r, const struct merkle_proof *proof)
{
	buf_put(b, first_line);
	if (r) {
		buf_puts(b, "root ");
		buf_base64(b, str_bytes(r->b, sizeof r->b));
		buf_putc(b, '\n');
	}
	if (proof)
		merkle_proof_put(b, proof);
	buf_putc(b, '\n');
	buf_put(b, smaller);
	buf_putc(b, '\n');
	buf_put(b, larger);
}

enum err
merkle_fork_make(struct str x, struct str y, const struct hash *r, const struct merkle_proof *proof, struct str origin, const struct sign_public *pub,
    struct buf *b, struct errinfo *e)
{
	struct merkle_checkpoint cx, cy;
	struct buf t = BUF_INIT(MERKLE_FORK_MAX);
	struct str bytes;
	enum err err = merkle_checkpoint_open(x, origin, pub, NULL, &cx, e);
	if (!err)
		err = merkle_checkpoint_open(y, origin, pub, NULL, &cy, e);
	if (err)
		return err;
	bool turn = cx.size > cy.size;
	put(&t, turn ? y : x, turn ? x : y, r, proof);
	err = buf_take(&t, &bytes, e);
	if (!err)
		err = merkle_fork_check(bytes, origin, pub, NULL, e);
	if (!err)
		buf_put(b, bytes);
	buf_done(&t);
	return err;
}
