/* The XML form, read by expat.
 *
 * A table says which element may stand in which. Nothing of a document type is ever looked at: its beginning ends the parse, so there are no entities
 * but XML's own five, no outside files, and what is in memory is bounded by LIMIT_LABEL_FILE. */
#include <expat.h>
#include <stdlib.h>
#include <string.h>

#include "label/stanag_int.h"

enum where {
	AT_TOP,
	AT_LABEL,
	AT_INFO,
	AT_POLICY,
	AT_CLASS,
	AT_PRIVACY,
	AT_CATEGORY,
	AT_VALUE,
	AT_ORIGINATOR,
	AT_CREATED,
	AT_SUCCESSION,
	AT_NEXT,
	AT_SKIP
};

static const struct {
	enum where in, is;
	const char *name;
	bool leaf; /* has text and no elements */
	bool once; /* in its parent */
} elements[] = {
    {AT_TOP, AT_LABEL, "originatorConfidentialityLabel", false, true},
    {AT_TOP, AT_LABEL, "alternativeConfidentialityLabel", false, true},
    {AT_TOP, AT_LABEL, "ConfidentialityLabel", false, true},
    {AT_LABEL, AT_INFO, "ConfidentialityInformation", false, true},
    {AT_INFO, AT_POLICY, "PolicyIdentifier", true, true},
    {AT_INFO, AT_CLASS, "Classification", true, true},
    {AT_INFO, AT_PRIVACY, "PrivacyMark", true, true},
    {AT_INFO, AT_CATEGORY, "Category", false, false},
    {AT_CATEGORY, AT_VALUE, "GenericValue", true, false},
    {AT_LABEL, AT_ORIGINATOR, "OriginatorID", true, true},
    {AT_LABEL, AT_CREATED, "CreationDateTime", true, true},
    {AT_LABEL, AT_SUCCESSION, "SuccessionHandling", false, true},
    {AT_SUCCESSION, AT_NEXT, "SuccessionDateTime", true, true},
    {AT_SUCCESSION, AT_SKIP, "SuccessorConfidentialityLabel", false, true},
};
enum { ELEMENTS = sizeof(elements) / sizeof(*elements) };

struct reader {
	XML_Parser p;
	struct arena *a;
	const struct label_import *in;
	struct slab *s;
	enum where stack[LIMIT_LABEL_DEPTH + 1];
	int depth, skip; /* skip: from this depth on nothing is read; 0 = not */
	bool leaf;
	uint32_t met; /* elements that may stand once, by row */
	struct buf text;
	struct slab_text at; /* of the leaf that is open */
	enum err err;
	struct errinfo *e;
};

static struct slab_text
here(const struct reader *r)
{
	return (struct slab_text){
	    STR_NONE, XML_GetCurrentLineNumber(r->p), XML_GetCurrentColumnNumber(r->p) + 1, (uint64_t)XML_GetCurrentByteIndex(r->p)};
}

static void
stop(struct reader *r, enum err err)
{
	struct slab_text at = here(r);
	r->err = err;
	err_place(r->e, at.line, at.col, at.offset);
	XML_StopParser(r->p, XML_FALSE);
}

#define STOP(r, code, ...) stop((r), err_set((r)->e, (code), __VA_ARGS__))

/* A name as expat gives it, "space\nlocal" or "local". */
static const char *
local(const char *name)
{
	const char *nl = strrchr(name, '\n');
	return nl ? nl + 1 : name;
}

static bool
is_ours(const char *name)
{
	size_t n = sizeof(STANAG_SPACE) - 1;
	return strncmp(name, STANAG_SPACE, n) == 0 && name[n] == '\n';
}

static const char *
attribute(const XML_Char **atts, const char *name)
{
	for (; *atts; atts += 2)
		if (strcmp(atts[0], name) == 0)
			return atts[1];
	return NULL;
}

static bool
keep(struct reader *r, struct str s, struct slab_text at, struct slab_text *ret)
{
	if (s.n > LIMIT_LABEL_TEXT) {
		STOP(r, ERR_LIMIT, "a text of %zu bytes in a label, at most %d", s.n, LIMIT_LABEL_TEXT);
		return false;
	}
	if (!arena_dup(r->a, s.n ? s : STR(""), &at.s)) {
		stop(r, arena_spent(r->a, "this label", r->e));
		return false;
	}
	*ret = at;
	return true;
}

static void
open_category(struct reader *r, const XML_Char **atts)
{
	static const char *const types[] = SLAB_TYPES;
	const char *type = attribute(atts, "Type"), *tag = attribute(atts, "TagName");
	struct slab *s = r->s;
	if (!type || !tag) {
		STOP(r, ERR_INVALID, "a Category needs its Type and its TagName");
		return;
	}
	if (s->ncategories == LIMIT_LABEL_VALUES) {
		STOP(r, ERR_LIMIT, "more than %d categories", LIMIT_LABEL_VALUES);
		return;
	}
	struct slab_category *c = &s->category[s->ncategories];
	size_t t = 0;
	while (t < 3 && strcmp(type, types[t]) != 0)
		t++;
	if (t == 3) {
		STOP(r, ERR_INVALID, "Category Type \"%.40s\": it is RESTRICTIVE, PERMISSIVE or INFORMATIVE", type);
		return;
	}
	*c = (struct slab_category){.type = (enum slab_type)t, .first = s->nvalues};
	if (keep(r, str_of(tag), here(r), &c->tag))
		s->ncategories++;
}

static void
unknown(struct reader *r, enum where in, const char *name)
{
	if (in == AT_TOP) {
		STOP(r, ERR_INVALID, "<%.60s> is not the element of a STANAG 4774 label of information", local(name));
		err_hint(r->e, "a file with one originatorConfidentialityLabel is wanted, without what binds it to data");
	} else if (in == AT_LABEL && !is_ours(name)) {
		label_import_note(r->in, "<%.60s> is not of STANAG 4774 and was passed over", local(name));
		r->skip = r->depth;
	} else {
		STOP(r, ERR_INVALID, "<%.60s> does not belong there, and what it asks is not known", local(name));
	}
}

static void
on_start(void *ctx, const XML_Char *name, const XML_Char **atts)
{
	struct reader *r = ctx;
	enum where in = r->stack[r->depth];
	size_t row = 0;
	if (r->err)
		return;
	if (r->depth == LIMIT_LABEL_DEPTH) {
		STOP(r, ERR_LIMIT, "more than %d elements in one another", LIMIT_LABEL_DEPTH);
		return;
	}
	r->stack[++r->depth] = AT_SKIP;
	if (r->skip)
		return;
	if (r->leaf) {
		STOP(r, ERR_INVALID, "<%.60s> where a text is wanted", local(name));
		return;
	}
	while (row < ELEMENTS && !(elements[row].in == in && is_ours(name) && strcmp(elements[row].name, local(name)) == 0))
		row++;
	if (row == ELEMENTS) {
		unknown(r, in, name);
		return;
	}
	if (elements[row].once && r->met & (1u << row)) {
		STOP(r, ERR_INVALID, "<%s> stands twice", elements[row].name);
		return;
	}
	r->met |= 1u << row;
	r->stack[r->depth] = elements[row].is;
	r->leaf = elements[row].leaf;
	r->at = here(r);
	buf_clear(&r->text);
	if (elements[row].is == AT_SKIP)
		r->skip = r->depth;
	if (elements[row].is == AT_CATEGORY)
		open_category(r, atts);
	const char *review = elements[row].is == AT_LABEL ? attribute(atts, "ReviewDateTime") : NULL;
	if (review)
		(void)keep(r, str_trim(str_of(review)), here(r), &r->s->review);
}

static void
close_leaf(struct reader *r, enum where is)
{
	struct str text = str_trim(buf_str(&r->text));
	struct slab *s = r->s;
	if (!buf_ok(&r->text)) {
		if (r->text.bad == ERR_NOMEM)
			stop(r, err_nomem(r->e));
		else
			STOP(r, ERR_LIMIT, "a text of more than %d bytes in a label", LIMIT_LABEL_TEXT);
		return;
	}
	if (is == AT_PRIVACY || is == AT_ORIGINATOR) {
		label_import_note(r->in, is == AT_PRIVACY ? "privacy mark: %.*s" : "labelled by: %.*s", STR_FMT(str_sub(text, 0, 200)));
		return;
	}
	if (is == AT_VALUE) {
		if (s->nvalues == LIMIT_LABEL_VALUES)
			STOP(r, ERR_LIMIT, "more than %d values", LIMIT_LABEL_VALUES);
		else if (keep(r, text, r->at, &s->value[s->nvalues])) {
			s->nvalues++;
			s->category[s->ncategories - 1].n++;
		}
		return;
	}
	struct slab_text *to = is == AT_POLICY ? &s->policy : is == AT_CLASS ? &s->classification : is == AT_CREATED ? &s->created : &s->succession;
	(void)keep(r, text, r->at, to);
}

static void
on_end(void *ctx, const XML_Char *name)
{
	struct reader *r = ctx;
	(void)name;
	if (r->err)
		return;
	if (r->leaf && !r->skip) {
		close_leaf(r, r->stack[r->depth]);
		r->leaf = false;
	}
	if (r->stack[r->depth] == AT_SUCCESSION && !r->s->succession.s.p && !r->err)
		STOP(r, ERR_INVALID, "<SuccessionHandling> without its SuccessionDateTime");
	if (r->skip == r->depth)
		r->skip = 0;
	r->depth--;
}

static void
on_text(void *ctx, const XML_Char *p, int n)
{
	struct reader *r = ctx;
	struct str s = str_bytes(p, (size_t)n);
	if (r->err || r->skip)
		return;
	if (r->leaf)
		buf_put(&r->text, s);
	else if (str_trim(s).n)
		STOP(r, ERR_INVALID, "text between elements: \"%.*s\"", STR_FMT(str_sub(str_trim(s), 0, 40)));
}

static void
on_doctype(void *ctx, const XML_Char *name, const XML_Char *sysid, const XML_Char *pubid, int internal)
{
	struct reader *r = ctx;
	(void)name, (void)sysid, (void)pubid, (void)internal;
	if (r->err)
		return;
	STOP(r, ERR_INVALID, "a document type (<!DOCTYPE) is not taken: it could define entities");
	err_hint(r->e, "a label needs none: take it out");
}

static enum err
failed(struct reader *r)
{
	enum XML_Error code = XML_GetErrorCode(r->p);
	struct slab_text at = here(r);
	if (r->err)
		return r->err;
	if (code == XML_ERROR_NO_MEMORY)
		return err_nomem(r->e);
	err_set(r->e, ERR_SYNTAX, "not XML: %s", XML_ErrorString(code));
	err_place(r->e, at.line, at.col, at.offset);
	return ERR_SYNTAX;
}

enum err
slab_read_xml(struct arena *a, struct str text, const struct label_import *in, struct slab *ret, struct errinfo *e)
{
	static const XML_Memory_Handling_Suite heap = {malloc, realloc, free};
	struct reader r = {.a = a, .in = in, .s = ret, .text = BUF_INIT(LIMIT_LABEL_TEXT), .e = e};
	enum err err = OK;
	if (!(r.p = XML_ParserCreate_MM(NULL, &heap, "\n")))
		return err_nomem(e);
	/* Without a salt expat asks the system for randomness. It guards tables that a text of this size cannot make large. */
	XML_SetHashSalt(r.p, 1);
	XML_SetUserData(r.p, &r);
	XML_SetElementHandler(r.p, on_start, on_end);
	XML_SetCharacterDataHandler(r.p, on_text);
	XML_SetStartDoctypeDeclHandler(r.p, on_doctype);
	if (XML_Parse(r.p, text.p, (int)text.n, 1) != XML_STATUS_OK)
		err = failed(&r);
	XML_ParserFree(r.p);
	buf_done(&r.text);
	return err;
}

/* Writing. */

static void
put_escaped(struct buf *b, struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		switch (s.p[i]) {
		case '<':
			buf_puts(b, "&lt;");
			break;
		case '>':
			buf_puts(b, "&gt;");
			break;
		case '&':
			buf_puts(b, "&amp;");
			break;
		case '"':
			buf_puts(b, "&quot;");
			break;
		default:
			buf_putc(b, s.p[i]);
		}
}

static void
put_leaf(struct buf *b, const char *indent, const char *name, struct str text)
{
	buf_printf(b, "%s<slab:%s>", indent, name);
	put_escaped(b, text);
	buf_printf(b, "</slab:%s>\n", name);
}

void
slab_put_xml(struct buf *b, const struct slab *s)
{
	static const char *const types[] = SLAB_TYPES;
	buf_puts(
	    b, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<slab:originatorConfidentialityLabel xmlns:slab=\"" STANAG_SPACE "\" ReviewDateTime=\"");
	put_escaped(b, s->review.s);
	buf_puts(b, "\">\n  <slab:ConfidentialityInformation>\n");
	put_leaf(b, "    ", "PolicyIdentifier", s->policy.s);
	put_leaf(b, "    ", "Classification", s->classification.s);
	for (uint32_t i = 0; i < s->ncategories; i++) {
		const struct slab_category *c = &s->category[i];
		buf_printf(b, "    <slab:Category Type=\"%s\" TagName=\"", types[c->type]);
		put_escaped(b, c->tag.s);
		buf_puts(b, "\">\n");
		for (uint32_t k = 0; k < c->n; k++)
			put_leaf(b, "      ", "GenericValue", s->value[c->first + k].s);
		buf_puts(b, "    </slab:Category>\n");
	}
	buf_puts(b, "  </slab:ConfidentialityInformation>\n");
	put_leaf(b, "  ", "CreationDateTime", s->created.s);
	buf_puts(b, "</slab:originatorConfidentialityLabel>\n");
}
