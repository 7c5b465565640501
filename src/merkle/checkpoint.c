#include "merkle/checkpoint.h"

#include <string.h>

#include "base/limits.h"
#include "merkle/proof.h"

static enum err
wrong_line(struct errinfo *e, uint64_t line, const char *what)
{
	err_set(e, ERR_SYNTAX, "line %llu of a checkpoint is not %s", (unsigned long long)line, what);
	err_place(e, line, 1, 0);
	return ERR_SYNTAX;
}

enum err
merkle_checkpoint_parse(struct str text, struct merkle_checkpoint *ret, struct errinfo *e)
{
	struct merkle_checkpoint c;
	struct str rest = text, line;
	if (!str_cut(rest, '\n', &c.origin, &rest) || c.origin.n == 0)
		return wrong_line(e, 1, "the origin of a log");
	if (!str_cut(rest, '\n', &line, &rest) || !str_u64(line, &c.size))
		return wrong_line(e, 2, "a size: decimal digits without leading zeros");
	if (c.size > UINT64_C(1) << LIMIT_LOG_SIZE_BITS)
		return err_set(e, ERR_LIMIT, "a log of more than 2^%d entries", LIMIT_LOG_SIZE_BITS);
	if (!str_cut(rest, '\n', &line, &rest) || !merkle_hash_parse(line, &c.root))
		return wrong_line(e, 3, "a root: 32 bytes in base64");
	c.ext = rest;
	for (uint64_t n = 4; rest.n > 0; n++)
		if (!str_cut(rest, '\n', &line, &rest) || line.n == 0)
			return wrong_line(e, n, "an extension line: it is empty or cut off");
	struct hash empty = merkle_empty();
	if (c.size == 0 && !hash_eq(&c.root, &empty))
		return err_set(e, ERR_INVALID, "a checkpoint of an empty log with the root of another");
	*ret = c;
	return OK;
}

void
merkle_checkpoint_put(struct buf *b, const struct merkle_checkpoint *c)
{
	buf_put(b, c->origin);
	buf_putc(b, '\n');
	buf_u64(b, c->size);
	buf_putc(b, '\n');
	buf_base64(b, str_bytes(c->root.b, sizeof c->root.b));
	buf_putc(b, '\n');
	buf_put(b, c->ext);
}

enum err
merkle_checkpoint_sign(const struct merkle_checkpoint *c, const struct sign_key *key, struct buf *b, struct errinfo *e)
{
	struct buf t = BUF_INIT(LIMIT_CHECKPOINT), note = BUF_INIT(LIMIT_CHECKPOINT);
	struct merkle_checkpoint back;
	struct str text, bytes;
	merkle_checkpoint_put(&t, c);
	enum err err = buf_take(&t, &text, e);
	/* An origin of two lines could read back as something else; as a key name it is refused. */
	if (!err)
		err = merkle_note_name_check(c->origin, e);
	if (!err)
		err = merkle_checkpoint_parse(text, &back, e);
	if (!err) {
		buf_put(&note, text);
		buf_putc(&note, '\n');
		err = merkle_note_sign(text, c->origin, key, &note, e);
	}
	if (!err)
		err = buf_take(&note, &bytes, e);
	if (!err)
		buf_put(b, bytes);
	buf_done(&note);
	buf_done(&t);
	return err;
}

enum err
merkle_checkpoint_open(struct str bytes, struct str origin, const struct sign_public *pub, struct merkle_note *ret_note,
    struct merkle_checkpoint *ret, struct errinfo *e)
{
	struct merkle_note note;
	struct merkle_checkpoint c;
	struct merkle_note_key key;
	enum err err = merkle_note_parse(bytes, &note, e);
	if (!err)
		err = merkle_checkpoint_parse(note.text, &c, e);
	if (err)
		return err;
	if (!str_eq(c.origin, origin))
		return err_set(e, ERR_INVALID, "a checkpoint of another log: %.*s", STR_FMT(str_sub(c.origin, 0, 200)));
	err = merkle_note_key_make(origin, MERKLE_NOTE_ED25519, pub, &key, e);
	if (!err)
		err = merkle_note_check(&note, &key, NULL, e);
	if (err == ERR_NOTFOUND)
		err = err_set(e, ERR_VERIFY, "a checkpoint that its log has not signed with the key we know");
	if (err)
		return err;
	if (ret_note)
		*ret_note = note;
	*ret = c;
	return OK;
}
