#include "label/import.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/time.h"
#include "label/mark.h"

enum { NOTE = 400 };

void
label_import_note(const struct label_import *in, const char *fmt, ...)
{
	char line[NOTE];
	va_list ap;
	if (!in->notes)
		return;
	va_start(ap, fmt);
	int n = vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	if (n < 0)
		return;
	for (char *c = line; *c; c++)
		if ((unsigned char)*c < ' ') /* what is quoted is a stranger's: one remark stays one line */
			*c = ' ';
	buf_puts(in->notes, line);
	buf_putc(in->notes, '\n');
}

int
label_import_member(const struct label_import *in, struct str id)
{
	int m = label_policy_member(in->policy, id);
	return m >= 0 ? m : label_policy_member_upper(in->policy, id);
}

bool
label_import_tlp(struct str word, uint8_t *ret)
{
	char small[sizeof("TLP:AMBER+STRICT")];
	enum label_tlp t;
	if (word.n >= sizeof(small))
		return false;
	for (size_t i = 0; i < word.n; i++)
		small[i] = word.p[i] >= 'A' && word.p[i] <= 'Z' ? (char)(word.p[i] - 'A' + 'a') : word.p[i];
	struct str name = str_bytes(small, word.n);
	if (str_starts(name, STR("tlp:")))
		name = str_sub(name, 4, name.n);
	if (!label_tlp_parse(name, &t))
		return false;
	*ret = (uint8_t)t;
	return true;
}

enum err
label_import_time(struct str text, int64_t *ret, struct errinfo *e)
{
	/* A date alone, or a time of nobody's zone, has more than one reading. */
	if (str_chr(text, 'T') < 0 || !time_parse_human(text, ret))
		return err_set(e, ERR_INVALID, "\"%.*s\" is no moment; one is written 2016-01-01T00:00:00Z", STR_FMT(str_sub(text, 0, 40)));
	return OK;
}

enum err
label_import_compartment(const struct label_import *in, struct label *l, struct str name, struct errinfo *e)
{
	if (label_compartment_ok(name) && label_policy_compartment(in->policy, name)) {
		label_add_compartment(l, name);
		return OK;
	}
	err_set(e, ERR_INVALID, "\"%.*s\" restricts who may have it, and is no compartment known here", STR_FMT(str_sub(name, 0, 64)));
	if (label_compartment_ok(name))
		err_hint(e, "name it among the compartments of this home (comity config compartments), if its people know what it asks of them");
	else
		err_hint(e, "no compartment can bear that name: have its originator label it for this centre, or give the mark by hand");
	return ERR_INVALID;
}

enum err
label_import_done(const struct label_import *in, const struct label *l, struct label *ret, struct errinfo *e)
{
	if (in->notes && in->notes->bad == ERR_NOMEM)
		return err_nomem(e);
	if ((l->circle & l->owners) == 0) {
		err_set(e, ERR_INVALID, "it leaves nobody of this centre who may have it and owns it");
		err_hint(e, "have its originator label it for members of this centre, or give the mark by hand");
		return ERR_INVALID;
	}
	enum err err = mark_check(in->policy, l, e);
	if (!err)
		*ret = *l;
	return err;
}
