/* The JSON form. What stands in "ocl" and is not known could restrict, and is refused; what stands beside it is told. */
#include "json/dom.h"
#include "json/write.h"
#include "label/stanag_int.h"

static const char letters[] = "RPI"; /* by enum slab_type */

static enum err
fault(struct str text, const struct json *j, struct errinfo *e)
{
	json_place(text, j, e);
	return e ? e->code : ERR_INVALID;
}

static enum err
take(struct str text, const struct json *j, struct slab_text *ret, struct errinfo *e)
{
	struct errinfo place = {0};
	if (!json_is(j, JSON_STRING)) {
		err_set(e, ERR_INVALID, "%.*s: a string is wanted", STR_FMT(json_key_of(j)));
		return fault(text, j, e);
	}
	if (j->n > LIMIT_LABEL_TEXT) {
		err_set(e, ERR_LIMIT, "a text of %u bytes in a label, at most %d", j->n, LIMIT_LABEL_TEXT);
		return fault(text, j, e);
	}
	json_place(text, j, &place);
	*ret = (struct slab_text){str_trim(json_str(j)), place.line, place.col, place.offset};
	if (!ret->s.p)
		ret->s = STR("");
	return OK;
}

static enum err
take_category(struct str text, const struct json *c, struct slab *s, struct errinfo *e)
{
	const struct json *type = json_get_type(c, STR("type"), JSON_STRING), *name = json_get(c, STR("name"));
	const struct json *vals = json_get_type(c, STR("vals"), JSON_ARRAY);
	struct slab_category *to = &s->category[s->ncategories];
	size_t t = 0;
	enum err err;
	while (type && letters[t] && !(type->n == 1 && type->p[0] == letters[t]))
		t++;
	if (!type || !letters[t] || !name || !vals || json_count(c) != 3) {
		err_set(e, ERR_INVALID, "a category is {\"type\": \"P\", \"R\" or \"I\", \"name\": a string, \"vals\": a list of strings}");
		return fault(text, c, e);
	}
	if (s->ncategories == LIMIT_LABEL_VALUES) {
		err_set(e, ERR_LIMIT, "more than %d categories", LIMIT_LABEL_VALUES);
		return fault(text, c, e);
	}
	*to = (struct slab_category){.type = (enum slab_type)t, .first = s->nvalues};
	if ((err = take(text, name, &to->tag, e)))
		return err;
	JSON_EACH(one, vals)
	{
		if (s->nvalues == LIMIT_LABEL_VALUES) {
			err_set(e, ERR_LIMIT, "more than %d values", LIMIT_LABEL_VALUES);
			return fault(text, one, e);
		}
		if ((err = take(text, one, &s->value[s->nvalues], e)))
			return err;
		s->nvalues++;
		to->n++;
	}
	s->ncategories++;
	return OK;
}

static enum err
take_label(struct str text, const struct json *ocl, struct slab *s, struct errinfo *e)
{
	enum err err = OK;
	JSON_EACH(one, ocl)
	{
		struct str key = json_key_of(one);
		if (str_is(key, "pol")) {
			err = take(text, one, &s->policy, e);
		} else if (str_is(key, "cls")) {
			err = take(text, one, &s->classification, e);
		} else if (str_is(key, "dcr")) {
			err = take(text, one, &s->created, e);
		} else if (str_is(key, "catl") && one->type == JSON_ARRAY) {
			JSON_EACH(c, one)
			if ((err = take_category(text, c, s, e)))
				return err;
		} else {
			err_set(e, ERR_INVALID, "ocl.%.*s: what it asks is not known", STR_FMT(str_sub(key, 0, 60)));
			err = fault(text, one, e);
		}
		if (err)
			return err;
	}
	return OK;
}

enum err
slab_read_json(struct arena *a, struct str text, const struct label_import *in, struct slab *ret, struct errinfo *e)
{
	const struct json *root, *ocl;
	enum err err = json_parse(a, text, &root, e);
	if (err)
		return err;
	if (!(ocl = json_get_type(root, STR("ocl"), JSON_OBJECT))) {
		err_set(e, ERR_INVALID, "no label: {\"ocl\": {\"pol\", \"cls\", \"catl\", \"dcr\"}} is wanted");
		return fault(text, root, e);
	}
	JSON_EACH(one, root)
	if (one != ocl && !str_is(json_key_of(one), "context"))
		label_import_note(in, "\"%.*s\" stands beside the label and was passed over", STR_FMT(str_sub(json_key_of(one), 0, 60)));
	return take_label(text, ocl, ret, e);
}

void
slab_put_json(struct buf *b, const struct slab *s)
{
	struct json_writer w;
	json_write_init(&w, b, 2);
	json_open_object(&w);
	json_put_key(&w, STR("ocl"));
	json_open_object(&w);
	json_put_member(&w, STR("pol"), s->policy.s);
	json_put_member(&w, STR("cls"), s->classification.s);
	json_put_key(&w, STR("catl"));
	json_open_array(&w);
	for (uint32_t i = 0; i < s->ncategories; i++) {
		const struct slab_category *c = &s->category[i];
		json_open_object(&w);
		json_put_member(&w, STR("type"), str_bytes(&letters[c->type], 1));
		json_put_member(&w, STR("name"), c->tag.s);
		json_put_key(&w, STR("vals"));
		json_open_array(&w);
		for (uint32_t k = 0; k < c->n; k++)
			json_put_string(&w, s->value[c->first + k].s);
		json_close(&w);
		json_close(&w);
	}
	json_close(&w);
	json_put_member(&w, STR("dcr"), s->created.s);
	json_close(&w);
	json_put_key(&w, STR("context"));
	json_open_object(&w);
	json_put_member(&w, STR("@base"), STR(STANAG_JSON_BASE));
	json_close(&w);
	json_close(&w);
	json_write_done(&w);
	buf_putc(b, '\n');
}
