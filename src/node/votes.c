#include "node/votes.h"

#include "crypto/fingerprint.h"
#include "govern/chain.h"
#include "node/node.h"
#include "store/local.h"

enum { NAME_MAX_BYTES = 5 + 2 * HASH_LEN, VALUE_MAX = 2 * HASH_LEN + 1 + 32 };

/* "vote.<hash of the charter that it follows on>" is "<hash of the one voted for> <when>". */
static struct str
name_of(const struct charter *c, char space[static NAME_MAX_BYTES])
{
	struct buf b = {.p = space, .cap = NAME_MAX_BYTES, .max = NAME_MAX_BYTES};
	buf_puts(&b, "vote.");
	hash_put_hex(&b, &c->previous);
	return buf_str(&b);
}

static enum err
refuse(const struct hash *other, const char *what, struct str when, struct errinfo *e)
{
	struct buf b = BUF_INIT(FINGERPRINT_LEN);
	fingerprint_put(&b, other->b);
	err_set(e, ERR_CONFLICT, "%s%s%.*s (fingerprint %.*s): with votes for both somebody could fork the centre, for ever", what,
	    when.n ? ", at " : "", STR_FMT(when), STR_FMT(buf_str(&b)));
	buf_done(&b);
	err_hint(e, "agree on one; --another signs this one too, which is safe only if the other can no longer get its votes");
	return ERR_CONFLICT;
}

/* One that is installed already, whoever signed it. */
static enum err
check_record(struct op_call *call, const struct charter *c, struct errinfo *e)
{
	const struct share *s = call->n->share;
	for (int i = 0; i < s->ncentres; i++) {
		const struct chain *chain = s->centre[i].chain;
		int at = chain_find(chain, &c->previous);
		if (at < 0 || (size_t)at + 1 >= chain_count(chain))
			continue;
		const struct charter *next = chain_charter(chain, (size_t)at + 1);
		if (!hash_eq(&next->hash, &c->hash))
			return refuse(&next->hash, "another charter that follows on the same one is installed here", STR_NONE, e);
	}
	return OK;
}

enum err
votes_check(struct op_call *call, const struct charter *c, struct errinfo *e)
{
	char space[NAME_MAX_BYTES];
	struct buf b = BUF_INIT(VALUE_MAX);
	struct str hex, when;
	struct hash other;
	if (c->version == 1)
		return OK;
	enum err err = local_get(call->n->store, name_of(c, space), &b, e);
	if (err == ERR_NOTFOUND)
		err = OK;
	else if (!err && (!str_cut(buf_str(&b), ' ', &hex, &when) || !hash_from_hex(hex, &other)))
		err = err_set(e, ERR_CORRUPT, "node.db: what this home voted for cannot be read");
	else if (!err && !hash_eq(&other, &c->hash))
		err = refuse(&other, "this home has signed another charter that follows on the same one", when, e);
	buf_done(&b);
	return err ? err : check_record(call, c, e);
}

enum err
votes_keep(struct op_call *call, const struct charter *c, struct errinfo *e)
{
	char space[NAME_MAX_BYTES];
	struct buf b = BUF_INIT(VALUE_MAX);
	struct str value;
	if (c->version == 1)
		return OK;
	hash_put_hex(&b, &c->hash);
	buf_putc(&b, ' ');
	time_put(&b, op_now(call));
	enum err err = buf_take(&b, &value, e);
	if (!err)
		err = local_set(call->n->store, name_of(c, space), value, e);
	buf_done(&b);
	return err;
}
