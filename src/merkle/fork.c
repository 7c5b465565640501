#include "merkle/fork.h"

#include <stdlib.h>

#include "base/limits.h"

static const struct str first_line = STR_INIT("comity-fork/v1\n"), first_line_apart = STR_INIT("comity-fork/v2\n");

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
	struct str head, a, b; /* head without its first line */
	bool apart;            /* of the second kind */
};

static enum err
cut_parts(struct str bytes, struct parts *ret, struct errinfo *e)
{
	struct str rest = bytes;
	if (bytes.n > MERKLE_FORK_MAX)
		return err_set(e, ERR_LIMIT, "a fork proof of %zu bytes (%d at most)", bytes.n, MERKLE_FORK_MAX);
	ret->apart = str_starts(bytes, first_line_apart);
	if (!ret->apart && !str_starts(bytes, first_line))
		return err_set(e, ERR_SYNTAX, "not a fork proof: its first line is not \"comity-fork/v1\" or v2");
	if (!cut_part(&rest, false, &ret->head) || !cut_note(&rest, false, &ret->a) || !cut_note(&rest, true, &ret->b))
		return err_set(e, ERR_SYNTAX, "a fork proof is not a head and two notes, parted by empty lines");
	ret->head = str_sub(ret->head, first_line.n, ret->head.n); /* both are of one length */
	return OK;
}

/* A root line and the proof that comes after it, up to the next root line or the end. */
static enum err
parse_side(struct str *rest, struct merkle_fork_side *ret, struct errinfo *e)
{
	struct str line;
	if (!str_cut(*rest, '\n', &line, rest) || !str_starts(line, STR("root ")) || !merkle_hash_parse(str_sub(line, 5, line.n), &ret->root))
		return err_set(e, ERR_SYNTAX, "a line of a fork proof is not \"root\" and a hash");
	ptrdiff_t end = str_find(*rest, STR("\nroot "));
	struct str proof = str_starts(*rest, STR("root ")) ? STR_NONE : str_sub(*rest, 0, end < 0 ? rest->n : (size_t)end + 1);
	*rest = str_sub(*rest, proof.n, rest->n);
	return merkle_proof_parse(&proof, &ret->proof, e);
}

static enum err
parse_apart(struct str rest, struct merkle_fork *f, struct errinfo *e)
{
	struct str line;
	enum err err;
	if (!str_cut(rest, '\n', &line, &rest) || !str_starts(line, STR("size ")) || !str_u64(str_sub(line, 5, line.n), &f->size))
		return err_set(e, ERR_SYNTAX, "line 2 of a fork proof is not \"size\" and a number");
	if (!f->size || f->size >= f->a.size || f->a.size >= f->b.size)
		return err_set(e, ERR_SYNTAX, "a fork proof says what can be said without comparing at a size of its own");
	if ((err = parse_side(&rest, &f->side_a, e)) || (err = parse_side(&rest, &f->side_b, e)))
		return err;
	return rest.n ? err_set(e, ERR_SYNTAX, "a fork proof has more than two roots") : OK;
}

static enum err
parse_head(struct str rest, struct merkle_fork *f, struct errinfo *e)
{
	f->size = f->a.size;
	f->side_a.root = f->a.root;
	f->side_b.root = f->b.root;
	if (rest.n == 0 && f->a.size == f->b.size)
		return OK;
	if (f->a.size == f->b.size)
		return err_set(e, ERR_SYNTAX, "a fork proof of one size has a root and proof that it does not need");
	enum err err = parse_side(&rest, &f->side_b, e);
	return err ? err : rest.n ? err_set(e, ERR_SYNTAX, "a fork proof has more roots than one") : OK;
}

/* The side is what the tree of the checkpoint began with. */
static enum err
check_side(const struct merkle_fork *f, const struct merkle_fork_side *side, const struct merkle_checkpoint *c, struct errinfo *e)
{
	return merkle_check_consistency(f->size, &side->root, c->size, &c->root, &side->proof, e);
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
	err = p.apart ? parse_apart(p.head, f, e) : parse_head(p.head, f, e);
	if (err)
		return err;
	if (hash_eq(&f->side_a.root, &f->side_b.root))
		return err_set(e, ERR_VERIFY, "no fork: both histories have the same root at %llu entries", (unsigned long long)f->size);
	if (f->a.size == f->b.size)
		return OK;
	err = p.apart ? check_side(f, &f->side_a, &f->a, e) : OK;
	return err ? err : check_side(f, &f->side_b, &f->b, e);
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
put_side(struct buf *b, const struct hash *root, const struct merkle_proof *proof)
{
	buf_puts(b, "root ");
	buf_base64(b, str_bytes(root->b, sizeof root->b));
	buf_putc(b, '\n');
	merkle_proof_put(b, proof);
}

/* The two notes after the head that t has so far; what comes out is a proof, or nothing does. */
static enum err
make(struct buf *t, struct str smaller, struct str larger, struct str origin, const struct sign_public *pub, struct buf *b, struct errinfo *e)
{
	struct str bytes;
	buf_putc(t, '\n');
	buf_put(t, smaller);
	buf_putc(t, '\n');
	buf_put(t, larger);
	enum err err = buf_take(t, &bytes, e);
	if (!err)
		err = merkle_fork_check(bytes, origin, pub, NULL, e);
	if (!err)
		buf_put(b, bytes);
	return err;
}

enum err
merkle_fork_make(struct str x, struct str y, const struct hash *r, const struct merkle_proof *proof, struct str origin, const struct sign_public *pub,
    struct buf *b, struct errinfo *e)
{
	struct merkle_checkpoint cx, cy;
	struct buf t = BUF_INIT(MERKLE_FORK_MAX);
	enum err err = merkle_checkpoint_open(x, origin, pub, NULL, &cx, e);
	if (!err)
		err = merkle_checkpoint_open(y, origin, pub, NULL, &cy, e);
	if (err)
		return err;
	bool turn = cx.size > cy.size;
	buf_put(&t, first_line);
	if (r && proof)
		put_side(&t, r, proof);
	err = make(&t, turn ? y : x, turn ? x : y, origin, pub, b, e);
	buf_done(&t);
	return err;
}

enum err
merkle_fork_make_at(struct str x, struct str y, uint64_t size, const struct merkle_fork_side *of_x, const struct merkle_fork_side *of_y,
    struct str origin, const struct sign_public *pub, struct buf *b, struct errinfo *e)
{
	struct merkle_checkpoint cx, cy;
	struct buf t = BUF_INIT(MERKLE_FORK_MAX);
	enum err err = merkle_checkpoint_open(x, origin, pub, NULL, &cx, e);
	if (!err)
		err = merkle_checkpoint_open(y, origin, pub, NULL, &cy, e);
	if (err)
		return err;
	if (cx.size == cy.size)
		return merkle_fork_make(x, y, NULL, NULL, origin, pub, b, e);
	bool turn = cx.size > cy.size;
	const struct merkle_fork_side *of_a = turn ? of_y : of_x, *of_b = turn ? of_x : of_y;
	if (size == (turn ? cy.size : cx.size))
		return merkle_fork_make(x, y, &of_b->root, &of_b->proof, origin, pub, b, e);
	buf_put(&t, first_line_apart);
	buf_puts(&t, "size ");
	buf_u64(&t, size);
	buf_putc(&t, '\n');
	put_side(&t, &of_a->root, &of_a->proof);
	put_side(&t, &of_b->root, &of_b->proof);
	err = make(&t, turn ? y : x, turn ? x : y, origin, pub, b, e);
	buf_done(&t);
	return err;
}
