#include "label/form.h"

#include "json/dom.h"
#include "label/acs.h"
#include "label/json.h"
#include "label/mark.h"
#include "label/stanag.h"

static const char *const names[LABEL_FORMS] = {"mark", "json", "stanag", "stanag-json", "acs"};

const char *
label_form_name(enum label_form f)
{
	return names[f];
}

bool
label_form_parse(struct str name, enum label_form *ret)
{
	for (enum label_form f = 0; f < LABEL_FORMS; f++)
		if (str_is(name, names[f])) {
			*ret = f;
			return true;
		}
	return false;
}

enum err
label_form_put(struct buf *b, enum label_form f, const struct label_policy *p, const struct label *l, int64_t created, struct errinfo *e)
{
	const struct mark_view view = {p, -1, 0};
	enum err err = OK;
	switch (f) {
	case LABEL_FORM_STANAG:
		return stanag_put(b, STANAG_XML, p, l, created, e);
	case LABEL_FORM_STANAG_JSON:
		return stanag_put(b, STANAG_JSON, p, l, created, e);
	case LABEL_FORM_ACS:
		return acs_put(b, p, l, created, e);
	case LABEL_FORM_JSON:
		err = label_json_put(b, p, l, e);
		break;
	default:
		err = mark_put_portion(b, &view, l, e);
	}
	if (!err)
		buf_putc(b, '\n');
	return err;
}

/* One ACS marking: the object itself, or the only one of a bundle. */
static enum err
find_acs(struct str text, const struct json *root, const struct json **ret, struct errinfo *e)
{
	const struct json *acs = acs_find(root), *objects = json_get_type(root, STR("objects"), JSON_ARRAY);
	if (objects)
		JSON_EACH(one, objects)
		{
			const struct json *x = acs_find(one);
			if (x && acs) {
				err_set(e, ERR_INVALID, "several ACS markings: which is meant?");
				json_place(text, x, e);
				return ERR_INVALID;
			}
			acs = x ? x : acs;
		}
	if (!acs) {
		err_set(e, ERR_INVALID, "JSON, but no label in a form that is known here");
		err_hint(e, "known: Comity's own, STANAG 4774 as STANAG 5636 has it (\"ocl\"), a STIX marking-definition with an ACS marking");
		return ERR_INVALID;
	}
	*ret = acs;
	return OK;
}

static enum err
read_json(struct str text, const struct label_import *in, enum label_form *ret_form, struct label *ret, struct errinfo *e)
{
	struct arena a = ARENA_INIT(4 * MIB);
	const struct json *root, *acs;
	struct label l;
	enum err err = json_parse(&a, text, &root, e);
	if (!err && json_get(root, STR("ocl"))) {
		*ret_form = LABEL_FORM_STANAG_JSON;
		err = stanag_read(text, STANAG_JSON, in, ret, e);
	} else if (!err && json_get(root, STR("circle"))) {
		*ret_form = LABEL_FORM_JSON;
		if (!(err = label_json_read(root, in->policy, &l, e)))
			err = label_import_done(in, &l, ret, e);
	} else if (!err) {
		*ret_form = LABEL_FORM_ACS;
		if (!(err = find_acs(text, root, &acs, e)) && !(err = acs_read(text, acs, in, &l, e)))
			err = label_import_done(in, &l, ret, e);
	}
	arena_done(&a);
	return err;
}

enum err
label_form_read(struct str text, const struct label_import *in, enum label_form *ret_form, struct label *ret, struct errinfo *e)
{
	struct str head = str_starts(text, STR("\xef\xbb\xbf")) ? str_sub(text, 3, text.n) : text, word = str_trim(head);
	const struct mark_view view = {in->policy, in->home, in->all};
	bool wide = str_starts(text, STR("\xfe\xff")) || str_starts(text, STR("\xff\xfe")); /* UTF-16 is XML's business alone */
	enum label_form form = LABEL_FORM_MARK;
	struct label l;
	enum err err;
	if (text.n > LIMIT_LABEL_FILE)
		return err_set(e, ERR_LIMIT, "a label of %zu bytes, at most %d", text.n, LIMIT_LABEL_FILE);
	if (!word.n)
		return err_set(e, ERR_INVALID, "no label: the text is empty");
	if (wide || word.p[0] == '<') {
		form = LABEL_FORM_STANAG;
		err = stanag_read(text, STANAG_XML, in, &l, e);
	} else if (word.p[0] == '{') {
		err = read_json(head, in, &form, &l, e);
	} else {
		err = word.p[0] == '(' ? mark_parse_portion(word, &view, &l, e) : mark_parse_banner(word, &view, &l, e);
	}
	if (err)
		return err;
	*ret_form = form;
	*ret = l;
	return OK;
}
