/* Charters and cards from home to home: taken in, and given as others take them. */
#include "crypto/fingerprint.h"
#include "node/charter.h"
#include "node/keys.h"
#include "node/ops.h"
#include "node/propose.h"
#include "node/put.h"
#include "share/write.h"

/* Homes for an exercise and others do not meet. *ret_first: the founding charter among the lines, if there is one. */
static enum err
check_lines(struct op_call *call, struct str lines, struct hash *ret_first, bool *ret_has_first, struct errinfo *e)
{
	struct str line;
	enum err err = OK;
	*ret_has_first = false;
	while (!err && str_line(&lines, &line)) {
		struct signed_charter s;
		line = str_trim(line);
		if (!str_starts(line, STR("{\"charter\"")))
			continue;
		if ((err = signed_charter_parse(line, call->a, &s, e)))
			return err;
		if (str_starts(s.charter.name, STR(EXERCISE_WORD)) != call->n->exercise)
			return err_set(e, ERR_DENIED,
			    call->n->exercise ? "this home is for an exercise, the charter is not"
					      : "the charter is for an exercise, this home is not");
		if (s.charter.version == 1) {
			*ret_first = s.charter.hash;
			*ret_has_first = true;
		}
	}
	return OK;
}

/* What is to be installed: an argument, or the input. *b holds it. */
static enum err
lines_of(struct op_call *call, struct buf *b, struct str *ret, struct errinfo *e)
{
	if (op_has(call, "lines") || !call->c->in)
		return charter_text_arg(call, "lines", ret, e);
	enum err err = source_copy(*call->c->in, sink_to_buf(b), LIMIT_CHARTER_LINES, NULL, e);
	if (err == ERR_LIMIT)
		err_set(e, err, "charters and cards: at most %d MiB are taken at once", LIMIT_CHARTER_LINES / MIB);
	if (err || (err = buf_take(b, ret, e)))
		return err;
	if (!str_utf8(*ret, NULL))
		return err_set(e, ERR_INVALID, "this is no text in UTF-8, so there is no charter in it");
	*ret = str_trim(*ret);
	return OK;
}

static enum err
install(struct op_call *call, struct str lines, struct errinfo *e)
{
	struct str print;
	struct charter bare;
	struct hash first;
	bool has_first;
	uint32_t fresh = 0;
	struct share_centre *c = NULL;
	enum err err;
	if (lines.n <= LIMIT_CHARTER && charter_parse(lines, call->a, &bare, NULL) == OK) {
		err_set(e, ERR_USAGE, "this charter is not signed yet");
		err_hint(e, "each member signs it (comity charter sign), then all go into one file: comity charter assemble");
		return ERR_USAGE;
	}
	if ((err = check_lines(call, lines, &first, &has_first, e)))
		return err;
	if (op_str(call, "fingerprint", &print) && has_first && !fingerprint_is(print, first.b)) {
		err_set(e, ERR_VERIFY, "the fingerprint of this centre is another one");
		err_hint(e, "do not install it: ask the member who gave you the file");
		return ERR_VERIFY;
	}
	if ((err = share_take_charters(call->n->share, lines, true, &fresh, &c, e)))
		return err;
	if (!c)
		return err_set(e, ERR_USAGE, "lines: there is no charter and no card in it");
	if ((err = share_refresh(call->n->share, e)))
		return err;
	const struct charter *last = chain_last(c->chain);
	int me = charter_find_root(last, call->n->keys->root_public.b);
	put_centre(call->out, c);
	json_put_member_int(call->out, STR("version"), last->version);
	put_fingerprint(call->out, "fingerprint", c->id.b);
	put_fingerprint(call->out, "charter_fingerprint", last->hash.b);
	json_put_member_int(call->out, STR("new"), fresh);
	put_member(call->out, "you", c, me);
	put_time(call->out, "from", last->from);
	return op_audit(call, "install charter", last->name, STR_NONE, e);
}

/* charter-install: takes signed charters and cards into the record; a founding charter makes this home join its centre. lines: one a line, absent:
 * the input, LIMIT_CHARTER_LINES; fingerprint: as heard from another member, compared with the founding charter's. Reply:
 * {"centre","centre_id","version","fingerprint" (of the centre),"charter_fingerprint" (of its last charter),"new": how many were not known,
 * "you": own id or null,"from"} */
enum err
op_charter_install(struct op_call *call, struct errinfo *e)
{
	struct buf b = BUF_INIT(LIMIT_CHARTER_LINES);
	struct str lines;
	enum err err = lines_of(call, &b, &lines, e);
	if (!err)
		err = install(call, lines, e);
	buf_done(&b);
	return err;
}

struct exporting {
	const struct sink *out; /* NULL: b */
	struct buf b;
	uint64_t documents, bytes;
};

static enum err
put_line(void *ctx, const struct hash *hash, struct str bytes, struct errinfo *e)
{
	struct exporting *x = ctx;
	struct str all;
	enum err err;
	(void)hash;
	x->documents++;
	x->bytes += bytes.n + 1;
	buf_put(&x->b, bytes);
	buf_putc(&x->b, '\n');
	if ((err = buf_take(&x->b, &all, e)) == ERR_LIMIT && !x->out) {
		err_set(e, err, "the charters and cards have more than %d MiB, which no reply holds", (int)(x->b.max / MIB));
		err_hint(e, "comity charter export -o FILE writes them all");
	}
	if (err || !x->out)
		return err;
	err = x->out->write(x->out->ctx, all, e);
	buf_clear(&x->b);
	return err;
}

/* charter-export: what another member installs. Reply: {"centre","centre_id","fingerprint","documents","bytes","lines": signed charters and cards,
 * one a line; absent where they went to the output} */
enum err
op_charter_export(struct op_call *call, struct errinfo *e)
{
	struct share_centre *c;
	struct exporting x = {.out = call->c->out, .b = BUF_INIT(LIMIT_CHARTER_LINES)};
	enum err err = op_centre(call, &c, e);
	if (!err && !(err = record_doc_each(call->n->store, c->no, RECORD_CHARTER, put_line, &x, e)) &&
	    !(err = record_doc_each(call->n->store, c->no, RECORD_CARD, put_line, &x, e))) {
		put_centre(call->out, c);
		put_fingerprint(call->out, "fingerprint", c->id.b);
		json_put_member_int(call->out, STR("documents"), (int64_t)x.documents);
		json_put_member_int(call->out, STR("bytes"), (int64_t)x.bytes);
		if (!x.out)
			json_put_member(call->out, STR("lines"), buf_str(&x.b));
	}
	buf_done(&x.b);
	return err;
}
