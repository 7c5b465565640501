/* form: the forms that a label is written in, told apart by how they begin. */
#ifndef LABEL_FORM_H
#define LABEL_FORM_H

#include "label/import.h"

enum label_form {
	LABEL_FORM_MARK,        /* (//IRQ S//REL TO IRQ, RUS); read also as a banner */
	LABEL_FORM_JSON,        /* label/json.h */
	LABEL_FORM_STANAG,      /* label/stanag.h, XML */
	LABEL_FORM_STANAG_JSON, /* the same, JSON */
	LABEL_FORM_ACS,         /* label/acs.h: a marking-definition, or a bundle with one */
	LABEL_FORMS
};

const char *label_form_name(enum label_form f); /* "stanag-json": as --as takes it */
bool label_form_parse(struct str name, enum label_form *ret);

/* Appends, ending in a newline. ERR_INVALID, and nothing written, for a label that the form cannot say. created: when the label was given. */
enum err
label_form_put(struct buf *b, enum label_form f, const struct label_policy *p, const struct label *l, int64_t created, struct errinfo *e) MUST_USE;

/* Reads a text of any form, at most LIMIT_LABEL_FILE, blanks around it. Faults have their place in text. */
enum err label_form_read(struct str text, const struct label_import *in, enum label_form *ret_form, struct label *ret, struct errinfo *e) MUST_USE;

#endif
