/* arg_id: which object is meant. People give the beginning of an id, "report--3f2a" or "3f2a91", as they see it in lists; it is enough where one
 * object alone begins so, of those that the viewer may see: nothing else has a part in the answer. */
#include <string.h>

#include "base/leak.h"
#include "node/op.h"
#include "stix/object.h"

enum {
	DIGITS = 6,       /* that are needed without a type: fewer are a word, or met by chance */
	DIGITS_TYPED = 4, /* and with one */
	LISTED = 5,       /* of several that begin so */
};

static int
digit(char ch)
{
	if (ch >= '0' && ch <= '9')
		return ch - '0';
	if (ch >= 'a' && ch <= 'f')
		return ch - 'a' + 10;
	return ch >= 'A' && ch <= 'F' ? ch - 'A' + 10 : -1;
}

struct beginning {
	struct str type; /* empty = any */
	uint8_t first[16], last[16];
	unsigned digits;
};

/* Hyphens stand where a UUID has them, or are left out. */
static bool
read_beginning(struct str text, struct beginning *ret)
{
	struct beginning b = {.digits = 0};
	memset(b.last, 0xff, sizeof b.last);
	for (size_t i = 0; i + 1 < text.n; i++)
		if (text.p[i] == '-' && text.p[i + 1] == '-') {
			b.type = str_sub(text, 0, i);
			text = str_sub(text, i + 2, text.n);
			if (!stix_type_valid(b.type))
				return false;
			break;
		}
	for (size_t i = 0; i < text.n; i++) {
		int v = digit(text.p[i]);
		bool pause = b.digits == 8 || b.digits == 12 || b.digits == 16 || b.digits == 20;
		if (text.p[i] == '-' && pause && text.p[i - 1] != '-')
			continue;
		if (v < 0 || b.digits == 32)
			return false;
		unsigned shift = b.digits % 2 ? 0 : 4;
		b.first[b.digits / 2] |= (uint8_t)(v << shift);
		b.last[b.digits / 2] &= (uint8_t)(v << shift | (shift ? 0x0f : 0xf0));
		b.digits++;
	}
	*ret = b;
	return b.digits > 0;
}

static enum err
none(struct op_call *call, struct str text, struct errinfo *e)
{
	text = str_sub(text, 0, STIX_ID_MAX);
	enum err err = op_audit(call, "look", text, STR("refused: not here, or not to be seen"), e);
	return err ? err : err_set(e, ERR_NOTFOUND, "no object %.*s here that you may see", STR_FMT(text));
}

static enum err
several(struct op_call *call, struct str text, const struct stix_id *ids, size_t n, struct errinfo *e)
{
	struct buf b = BUF_INIT(KIB);
	for (size_t i = 0; i < n && i < LISTED; i++) {
		struct str id = op_id_whole(call, ids[i]);
		buf_printf(&b, "%s%.*s", i ? ", " : "", STR_FMT(str_sub(id, 0, 60)));
	}
	err_set(e, ERR_USAGE, "\"%.*s\": several begin so: %.*s%s", STR_FMT(str_sub(text, 0, 44)), STR_FMT(buf_str(&b)), n > LISTED ? ", …" : "");
	err_hint(e, "give more of it");
	buf_done(&b);
	return ERR_USAGE;
}

enum err
op_id_text(struct op_call *call, struct str text, struct stix_id *ret, struct errinfo *e)
{
	struct stix_id ids[LISTED + 1];
	struct beginning b;
	size_t n;
	text = str_trim(text);
	if (stix_id_parse(text, ret))
		return OK;
	if (!read_beginning(text, &b)) {
		err_set(e, ERR_USAGE, "\"%.*s\" is no id of an object", STR_FMT(str_sub(text, 0, 80)));
		err_hint(
		    e, "an id is a type and a UUID: report--25f1d169-f6c4-45de-a384-9b84b388dfa1; its beginning is enough: report--25f1, 25f1d1");
		return ERR_USAGE;
	}
	if (b.digits < (b.type.n ? DIGITS_TYPED : DIGITS)) {
		err_set(e, ERR_USAGE, "\"%.*s\" is too little of an id", STR_FMT(str_sub(text, 0, 80)));
		err_hint(e, "its first six digits at least, or the type and four: 25f1d1, report--25f1");
		return ERR_USAGE;
	}
	enum err err = view_begins(call->n->store, LEAK(BEGIN_ALL) ? NULL : call->who, b.type, b.first, b.last, ids, sizeof ids / sizeof *ids, &n, e);
	if (err)
		return err;
	if (n != 1)
		return n ? several(call, text, ids, n, e) : none(call, text, e);
	*ret = ids[0];
	return OK;
}

enum err
op_id(struct op_call *call, const char *name, struct stix_id *ret, struct errinfo *e)
{
	struct str text;
	if (!op_str(call, name, &text))
		return err_set(e, ERR_USAGE, "%s: the id of an object is needed", name);
	return op_id_text(call, text, ret, e);
}

struct str
op_id_whole(struct op_call *call, struct stix_id id)
{
	char *p = arena_alloc(call->a, STIX_ID_MAX);
	struct buf b = {.p = p, .cap = STIX_ID_MAX, .max = STIX_ID_MAX};
	if (!p)
		return STR("?");
	stix_id_put(&b, id);
	return buf_str(&b);
}
