/* The label of an object, or one that somebody else wrote, in the forms of label/form.h. */
#include <string.h>

#include "base/leak.h"
#include "govern/circle.h"
#include "label/form.h"
#include "label/json.h"
#include "node/add.h"
#include "node/filter.h"
#include "node/ops.h"
#include "node/put.h"

enum { ROWS = 100 };

/* The row that is meant: the newest version that lives, else the newest. */
struct best {
	struct view_row row;
	bool any;
	int64_t modified; /* of this version alone; TIME_NEVER: any */
};

static enum err
better(void *ctx, const struct view_row *row, struct errinfo *e)
{
	struct best *b = ctx;
	bool live = row->state == VIEW_LIVE, was = b->row.state == VIEW_LIVE;
	(void)e;
	if (b->modified != TIME_NEVER && row->key.modified != b->modified)
		return OK;
	if (!b->any || live > was || (live == was && row->key.modified > b->row.key.modified))
		b->row = *row;
	b->any = true;
	return OK;
}

static enum err
of_object(struct op_call *call, struct best *ret, struct stix_id *id, struct errinfo *e)
{
	struct buf name = BUF_INIT(STIX_ID_MAX);
	struct op_filter o;
	enum err err;
	*ret = (struct best){0};
	if ((err = op_time(call, "modified", TIME_NEVER, &ret->modified, e)) || (err = op_filter_id(call, id, &o, e)))
		return err;
	o.f.gone = true;
	o.f.limit = ROWS;
	if (LEAK(LABEL_ALL))
		o.f.who = NULL;
	if ((err = view_find(call->n->store, &o.f, better, ret, e)))
		return err;
	stix_id_put(&name, *id);
	err = op_audit(call, "label", buf_str(&name), ret->any ? STR_NONE : STR("refused: not here, or not to be seen"), e);
	buf_done(&name);
	if (err)
		return err;
	return ret->any ? OK : op_not_here(*id, e);
}

/* The policy with the label's compartments: what an object bears can be said, whatever this home's people know. */
static enum err
knowing(struct op_call *call, const struct label_policy *p, const struct label *l, const struct label_policy **ret, struct errinfo *e)
{
	struct label_policy *own = arena_alloc(call->a, sizeof *own);
	if (!own)
		return err_nomem(e);
	*own = *p;
	for (size_t i = 0; l->ncompartments != LABEL_OVERFULL && i < l->ncompartments; i++)
		if (!label_policy_compartment(own, str_of(l->compartment[i])) && own->ncompartments < LIMIT_COMPARTMENTS_KNOWN)
			memcpy(own->compartment[own->ncompartments++], l->compartment[i], sizeof l->compartment[i]);
	*ret = own;
	return OK;
}

static enum err
put_text(struct op_call *call, const struct share_centre *c, enum label_form form, const struct label *l, int64_t created, struct errinfo *e)
{
	struct buf b = BUF_INIT(LIMIT_LABEL_FILE);
	const struct label_policy *p;
	struct str text;
	enum err err = knowing(call, c->policy, l, &p, e);
	if (!err && !(err = label_form_put(&b, form, p, l, created, e)) && !(err = buf_take(&b, &text, e)))
		json_put_member(call->out, STR("text"), text);
	buf_done(&b);
	return err;
}

enum err
add_label(const struct share_centre *c, struct str text, struct buf *notes, enum label_form *ret_form, struct label *ret, struct errinfo *e)
{
	const struct label_import in = {c->policy, c->me, circle_all(c->charter), notes};
	return label_form_read(text, &in, ret_form, ret, e);
}

void
add_put_notes(struct json_writer *w, const struct buf *notes)
{
	struct str line, rest = buf_str(notes);
	json_put_key(w, STR("notes"));
	json_open_array(w);
	while (rest.n) {
		str_cut(rest, '\n', &line, &rest);
		json_put_string(w, line);
	}
	json_close(w);
}

static enum err
read_input(struct op_call *call, struct share_centre *c, enum label_form *ret_form, struct label *ret, struct buf *notes, struct errinfo *e)
{
	char *p = arena_alloc(call->a, LIMIT_LABEL_FILE + 1);
	size_t n;
	enum err err;
	if (call->who)
		return err_set(e, ERR_DENIED, "a label that somebody else wrote is read for the home's own member alone");
	if (!c->charter || c->me < 0)
		return share_not_member(call->n->share, c, e);
	if (!p)
		return err_nomem(e);
	if ((err = source_fill(*call->c->in, p, LIMIT_LABEL_FILE + 1, &n, e)))
		return err;
	return add_label(c, (struct str){p, n}, notes, ret_form, ret, e);
}

/* label: the label of an object (id; centre, circle, author, modified: which of several), or without id the one that the call's input holds, in any
 * form that is known. form: the form that it is wanted in: mark, json, stanag, stanag-json, acs. Reply: {"id"?,"form": that it was read in ("json" of
 * an object), "banner","mark","label","notes":[what of it was passed over],"text": in the form wanted, if one is}. */
enum err
op_label(struct op_call *call, struct errinfo *e)
{
	struct buf notes = BUF_INIT(LIMIT_LABEL_NOTES);
	enum label_form form = LABEL_FORM_JSON, wanted = LABEL_FORMS;
	struct share_centre *c = NULL;
	int64_t created = op_now(call) - op_now(call) % TIME_SECOND;
	struct stix_id id;
	struct label l;
	struct str name;
	enum err err;
	if (op_str(call, "form", &name) && !label_form_parse(name, &wanted))
		return err_set(e, ERR_USAGE, "form: mark, json, stanag, stanag-json or acs");
	if (op_has(call, "id")) {
		struct best b;
		if ((err = of_object(call, &b, &id, e)))
			return err;
		c = share_centre_by_no(call->n->share, b.row.key.centre);
		l = b.row.label;
		if (b.row.key.modified > TIME_MIN && b.row.key.modified < TIME_MAX)
			created = b.row.key.modified;
		put_id(call->out, "id", id);
	} else if (!call->c->in) {
		return err_set(e, ERR_USAGE, "label needs an id, or an input to read");
	} else if ((err = op_centre(call, &c, e)) || (err = read_input(call, c, &form, &l, &notes, e))) {
		goto out;
	}
	if (!c) {
		err = err_set(e, ERR_CORRUPT, "the object is of a centre that is not here");
		goto out;
	}
	json_put_member(call->out, STR("form"), str_of(label_form_name(form)));
	put_label(call->out, c, &l);
	add_put_notes(call->out, &notes);
	err = wanted == LABEL_FORMS ? OK : put_text(call, c, wanted, &l, created, e);
out:
	buf_done(&notes);
	return err;
}
