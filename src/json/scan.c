/* The state machine above the search for ends: where in the input we are, what may come there, and what to do when something else does. */
#include "json/scan.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "json/dom.h"
#include "json/scan_int.h"
#include "json/simd_int.h"

/* Stored in marks: never renumber. */
enum where {
	AT_TOP = 0,         /* between the values of the input */
	AT_LIST_FIRST = 1,  /* in the bundle's list: an object or its end; no comma is due */
	AT_LIST_NEXT = 2,   /* behind an object: a comma or the end */
	AT_LIST_VALUE = 3,  /* behind a comma: an object */
	AT_ARRAY_FIRST = 4, /* the same three in an array at the top */
	AT_ARRAY_NEXT = 5,
	AT_ARRAY_VALUE = 6,
	AT_MEMBER_FIRST = 7, /* in the bundle */
	AT_MEMBER_NEXT = 8,
	WHERE_COUNT,
};

enum { KEYS_MAX = 64 * KIB }; /* of one bundle's members, together */

struct json_scan {
	struct window w;
	struct str list;
	enum where where;
	uint64_t at, index;
	uint64_t tops;    /* values at the top that have begun */
	bool began;       /* something of JSON has been seen: the input is not altogether something else */
	struct buf keys;  /* of the members of this bundle so far: length in 4 bytes, key */
	struct buf saved; /* the beginning of a bad item */
	struct arena arena;
	enum err failed;
	struct errinfo error;
};

enum err
json_scan_new(struct source src, struct str list, const struct json_scan_mark *from, struct json_scan **ret, struct errinfo *e)
{
	if (from && (from->where >= WHERE_COUNT || !from->line || from->line_start > from->offset))
		return err_set(e, ERR_INVALID, "a scan cannot go on from here: the mark is damaged");
	struct json_scan *s = calloc(1, sizeof *s);
	char *p = malloc(WINDOW_CAP);
	if (!s || !p) {
		free(s);
		free(p);
		return err_nomem(e);
	}
	s->w = (struct window){.src = src, .p = p, .line = 1};
	s->list = list;
	if (from) {
		s->w.base = s->w.counted = s->at = from->offset;
		s->w.line = from->line;
		s->w.line_start = from->line_start;
		s->where = (enum where)from->where;
		s->index = from->index;
		s->began = from->offset > 0;
	}
	buf_init(&s->keys, KEYS_MAX);
	buf_init(&s->saved, LIMIT_QUARANTINE);
	arena_init(&s->arena, LIMIT_OBJECT_ARENA);
	*ret = s;
	return OK;
}

void
json_scan_free(struct json_scan *s)
{
	if (s) {
		buf_done(&s->keys);
		buf_done(&s->saved);
		arena_done(&s->arena);
		free(s->w.p);
		free(s);
	}
}

void
json_item_place(const struct json_item *item, struct errinfo *e)
{
	if (e && e->line)
		err_place(e, item->line + e->line - 1, e->line == 1 ? item->col + e->col - 1 : e->col, item->offset + e->offset);
}

/* Of the three states of a list, the one that `to` is of the bundle's, or its like of the array's. */
static enum where
list_state(enum where now, enum where to)
{
	return now >= AT_ARRAY_FIRST ? to + (AT_ARRAY_FIRST - AT_LIST_FIRST) : to;
}

/* Passes over blanks; *ret is the byte there, -1 at the end of the input. */
static enum err
peek(struct json_scan *s, int *ret, struct errinfo *e)
{
	struct window *w = &s->w;
	for (;;) {
		const char *p = json_skip_blanks(window_ptr(w, s->at), window_ptr(w, window_limit(w)));
		s->at = w->base + (uint64_t)(p - w->p);
		if (s->at < window_limit(w)) {
			*ret = (unsigned char)*p;
			return OK;
		}
		if (w->end) {
			*ret = -1;
			return OK;
		}
		enum err r = window_more(w, s->at, e);
		if (r)
			return r;
	}
}

/* The rest cannot be read. */
static enum err
unreadable(struct json_scan *s, uint64_t at, int c, const char *wanted, struct errinfo *e)
{
	char found[40];
	if (c < 0)
		snprintf(found, sizeof found, "but the input ends here");
	else if (c > ' ' && c < 0x7f)
		snprintf(found, sizeof found, "not '%c'", c);
	else
		snprintf(found, sizeof found, "not the byte 0x%02x", (unsigned)c);
	err_set(e, ERR_SYNTAX, "expected %s, %s", wanted, found);
	if (c == 0 || c >= 0xfe)
		err_hint(e, "this looks like UTF-16; save it as UTF-8");
	else if (!s->began)
		err_hint(e, "a STIX bundle, an array of objects, or one object a line is read here");
	window_place(&s->w, at, e);
	return ERR_SYNTAX;
}

static bool
in_list(enum where where)
{
	return where >= AT_LIST_FIRST && where <= AT_ARRAY_VALUE;
}

static void
begin_item(struct json_scan *s, uint64_t start, struct json_item *ret)
{
	window_count(&s->w, start);
	ret->key = STR_NONE;
	ret->offset = start;
	ret->line = s->w.line;
	ret->col = start - s->w.line_start + 1;
	ret->index = s->index;
	ret->top = s->tops;
	ret->listed = in_list(s->where);
}

/* The item ends at end; what comes there is `next`. */
static void
end_item(struct json_scan *s, enum json_scan_kind kind, uint64_t end, enum where next, struct json_item *ret)
{
	ret->kind = kind;
	ret->size = end - ret->offset;
	s->index += kind == JSON_SCAN_OBJECT || kind == JSON_SCAN_BAD;
	s->at = end;
	s->where = next;
	window_count(&s->w, end);
	ret->after = (struct json_scan_mark){end, s->w.line, s->w.line_start, s->index, next};
}

/* Something stands at start that should not; it goes to where `until` says, or where a line begins with indent and a brace. Nothing
 * of that: the rest is unreadable, unless this is the top, where it may be the end. */
static enum err
bad(struct json_scan *s, uint64_t start, enum until until, const struct str *indent, enum where next, struct json_item *ret, struct errinfo *e)
{
	bool found, line;
	uint64_t end;
	char own[WINDOW_HISTORY + 1] = "";
	struct str copy = {indent ? own : NULL, indent ? indent->n : 0};
	if (indent && indent->n)
		memcpy(own, indent->p, indent->n);
	buf_clear(&s->saved);
	enum err r = split_damage(&s->w, start, until, copy, &s->saved, &found, &line, &end, e);
	if (r)
		return r;
	if (!found && (until != UNTIL_LINE || s->where != AT_TOP)) {
		if (e)
			*e = ret->why;
		err_hint(e, "what comes behind this cannot be told apart and was not read");
		return ret->why.code;
	}
	if (line && in_list(s->where))
		next = list_state(s->where, AT_LIST_FIRST);
	ret->raw = buf_str(&s->saved);
	end_item(s, JSON_SCAN_BAD, end, next, ret);
	return OK;
}

/* The fault in the damaged object at start, of which the bytes before `to` are in the window. */
static void
explain(struct json_scan *s, uint64_t start, uint64_t to, enum split found, struct json_item *ret)
{
	struct errinfo *why = &ret->why;
	if (found == SPLIT_BIG) {
		err_set(why, ERR_LIMIT, "an object of more than %d bytes", LIMIT_OBJECT);
		err_place(why, ret->line, ret->col, ret->offset);
		return;
	}
	const struct json *tree;
	uint64_t n = to - start < LIMIT_OBJECT ? to - start : LIMIT_OBJECT;
	arena_reset(&s->arena);
	enum err r = json_parse(&s->arena, (struct str){window_ptr(&s->w, start), (size_t)n}, &tree, why);
	if (r && why->line && why->offset < n) {
		json_item_place(ret, why);
		return;
	}
	err_set(why, ERR_SYNTAX, "the object that begins here does not end");
	err_place(why, ret->line, ret->col, ret->offset);
}

/* The object at s->at, or the head of a bundle: *ret_bundle. */
static enum err
object(struct json_scan *s, enum where next, struct json_item *ret, bool *ret_bundle, struct errinfo *e)
{
	uint64_t start = s->at, end = start;
	enum split found;
	struct str indent;
	struct window *w = &s->w;
	begin_item(s, start, ret);
	bool by_line = window_indent(w, start, &indent);
	enum err r = split_find(w, start, s->where == AT_TOP ? s->list : STR_NONE, by_line, &found, &end, e);
	if (r)
		return r;
	*ret_bundle = found == SPLIT_LIST;
	if (found == SPLIT_LIST) {
		buf_clear(&s->keys);
		s->at = start + 1;
		s->where = AT_MEMBER_FIRST;
		return OK;
	}
	if (found == SPLIT_WHOLE || found == SPLIT_DEEP) {
		ret->raw = (struct str){window_ptr(w, start), (size_t)(end - start)};
		if (found == SPLIT_DEEP) {
			explain(s, start, end, found, ret);
			if (ret->raw.n > LIMIT_QUARANTINE)
				ret->raw.n = LIMIT_QUARANTINE;
		}
		end_item(s, found == SPLIT_WHOLE ? JSON_SCAN_OBJECT : JSON_SCAN_BAD, end, next, ret);
		return OK;
	}
	explain(s, start, found == SPLIT_OPEN ? end : end + 1, found, ret);
	by_line = window_indent(w, start, &indent); /* the window may have moved */
	return bad(s, start, UNTIL_BALANCE, by_line ? &indent : NULL, next, ret, e);
}

/* Finds the end of any value within a bundle. */
static enum err
value_end(struct json_scan *s, uint64_t start, uint64_t *ret, struct errinfo *e)
{
	struct window *w = &s->w;
	char first = *window_ptr(w, start);
	enum split found;
	if (first == '{' || first == '[') {
		enum err r = split_find(w, start, STR_NONE, false, &found, ret, e);
		if (r || found == SPLIT_WHOLE)
			return r;
		if (found == SPLIT_BIG || found == SPLIT_DEEP)
			err_set(e, ERR_LIMIT, "a member of a bundle of more than %d bytes or %d brackets deep", LIMIT_OBJECT, LIMIT_JSON_DEPTH);
		else
			err_set(e, ERR_SYNTAX, "a member of a bundle that does not end");
		window_place(w, start, e);
		return found == SPLIT_BIG || found == SPLIT_DEEP ? ERR_LIMIT : ERR_SYNTAX;
	}
	bool escaped = false;
	for (uint64_t at = start;; at++) {
		while (at == window_limit(w) && !w->end) {
			enum err r = window_more(w, start, e);
			if (r)
				return r;
		}
		char c = at < window_limit(w) ? *window_ptr(w, at) : '\0';
		bool over = first == '"' ? at > start && c == '"' && !escaped : c <= ' ' || c == ',' || c == '}' || c == ']' || c == ':';
		if (over || at == window_limit(w)) {
			*ret = at + (first == '"' && over);
			return OK; /* where the input ends, what is missing is found by the parser */
		}
		escaped = first == '"' && c == '\\' && !escaped;
		if (at - start >= LIMIT_OBJECT) {
			err_set(e, ERR_LIMIT, "a member of a bundle of more than %d bytes", LIMIT_OBJECT);
			window_place(w, start, e);
			return ERR_LIMIT;
		}
	}
}

/* The value at s->at, parsed into the arena. Its bytes stay in the window until it moves. */
static enum err
small_value(struct json_scan *s, const struct json **ret, struct str *ret_raw, struct json_item *item, struct errinfo *e)
{
	uint64_t end = s->at;
	enum err r = value_end(s, s->at, &end, e);
	if (r)
		return r;
	begin_item(s, s->at, item);
	*ret_raw = (struct str){window_ptr(&s->w, s->at), (size_t)(end - s->at)};
	r = json_parse(&s->arena, *ret_raw, ret, e);
	if (r)
		json_item_place(item, e);
	else
		s->at = end;
	return r;
}

/* Notes the key of a member; ERR_INVALID if this bundle has had it. */
static enum err
new_key(struct json_scan *s, struct str key, struct errinfo *e)
{
	uint32_t n;
	struct str have = buf_str(&s->keys), all;
	for (size_t i = 0; i < have.n; i += sizeof n + n) {
		memcpy(&n, have.p + i, sizeof n);
		if (str_eq((struct str){have.p + i + sizeof n, n}, key))
			return err_set(e, ERR_INVALID, "the key \"%.*s\" stands twice in one bundle", (int)(key.n < 100 ? key.n : 100), key.p);
	}
	n = (uint32_t)key.n;
	buf_put(&s->keys, str_bytes(&n, sizeof n));
	buf_put(&s->keys, key);
	enum err r = buf_take(&s->keys, &all, e);
	if (r)
		err_at(e, "the keys of a bundle");
	return r;
}

/* In a bundle: a member, or its end, or the list; *ret_item tells whether there is an item. */
static enum err
member(struct json_scan *s, struct json_item *ret, bool *ret_item, struct errinfo *e)
{
	int c;
	struct json_item key_item;
	const struct json *tree;
	struct str raw, key;
	enum err r = peek(s, &c, e);
	if (r)
		return r;
	if (c == '}') {
		s->at++;
		s->where = AT_TOP;
		return OK;
	}
	if (s->where == AT_MEMBER_NEXT) {
		if (c != ',')
			return unreadable(s, s->at, c, "',' or '}' in a bundle", e);
		s->at++;
		r = peek(s, &c, e);
		if (r)
			return r;
	}
	if (c != '"')
		return unreadable(s, s->at, c, "the key of a bundle's member", e);
	arena_reset(&s->arena);
	r = small_value(s, &tree, &raw, &key_item, e);
	if (r)
		return r;
	if (!arena_dup(&s->arena, json_str(tree), &key))
		return arena_spent(&s->arena, "the key of a bundle's member", e);
	r = new_key(s, key, e);
	if (r) {
		err_place(e, key_item.line, key_item.col, key_item.offset);
		return r;
	}
	r = peek(s, &c, e);
	if (r)
		return r;
	if (c != ':')
		return unreadable(s, s->at, c, "':' behind a key", e);
	s->at++;
	r = peek(s, &c, e);
	if (r)
		return r;
	if (c < 0)
		return unreadable(s, s->at, c, "a value", e);
	if (c == '[' && str_eq(key, s->list)) {
		s->at++;
		s->where = AT_LIST_FIRST;
		return OK;
	}
	r = small_value(s, &tree, &raw, ret, e);
	if (r)
		return r;
	ret->raw = raw;
	ret->key = key;
	end_item(s, JSON_SCAN_MEMBER, s->at, AT_MEMBER_NEXT, ret);
	*ret_item = true;
	return OK;
}

/* An item of no bytes: something is missing here. */
static void
missing(struct json_scan *s, const char *what, enum where next, struct json_item *ret)
{
	begin_item(s, s->at, ret);
	ret->raw = STR_NONE;
	err_set(&ret->why, ERR_SYNTAX, "%s", what);
	err_place(&ret->why, ret->line, ret->col, ret->offset);
	end_item(s, JSON_SCAN_BAD, s->at, next, ret);
}

/* The same for a comma, which is missing at `behind`, right behind the object before this one, and not here: from a mark between the
 * blanks at the start of a line and its brace, one could not tell any more that the object begins that line, nor with which blanks. The
 * fault is shown here. */
static void
missing_comma(struct json_scan *s, const struct json_scan_mark *behind, enum where next, struct json_item *ret)
{
	missing(s, "a comma is missing before this object", next, ret);
	ret->offset = behind->offset;
	ret->line = behind->line;
	ret->col = behind->offset - behind->line_start + 1;
	ret->after = (struct json_scan_mark){behind->offset, behind->line, behind->line_start, s->index, next};
}

/* In a list of objects: an item, or its end. */
static enum err
element(struct json_scan *s, struct json_item *ret, bool *ret_item, struct errinfo *e)
{
	int c;
	bool bundle;
	enum where first = list_state(s->where, AT_LIST_FIRST), next = list_state(s->where, AT_LIST_NEXT),
		   value = list_state(s->where, AT_LIST_VALUE);
	window_count(&s->w, s->at);
	const struct json_scan_mark here = {.offset = s->at, .line = s->w.line, .line_start = s->w.line_start};
	enum err r = peek(s, &c, e);
	if (r)
		return r;
	if (c < 0 || c == '}')
		return unreadable(s, s->at, c, "more objects or the ']' of their list", e);
	*ret_item = true;
	if (c == ']' && s->where != value) {
		s->at++;
		s->where = first == AT_LIST_FIRST ? AT_MEMBER_NEXT : AT_TOP;
		*ret_item = false;
		return OK;
	}
	if (s->where == next) {
		if (c == ',') {
			s->at++;
			s->where = value;
			*ret_item = false;
			return OK;
		}
		if (c == '{') {
			missing_comma(s, &here, first, ret);
			return OK;
		}
	} else if (c == '{') {
		return object(s, next, ret, &bundle, e);
	} else if (c == ']') {
		missing(s, "an object is missing between the last comma and this ']'", first, ret);
		return OK;
	}
	if (c == ',') { /* which stays */
		missing(s, "an object is missing before this comma", next, ret);
		return OK;
	}
	struct str indent;
	begin_item(s, s->at, ret);
	if (s->where == next)
		err_set(&ret->why, ERR_SYNTAX, "expected ',' or ']' behind an object");
	else
		err_set(&ret->why, ERR_INVALID, "an element of the list that is no object");
	err_place(&ret->why, ret->line, ret->col, ret->offset);
	return bad(s, s->at, UNTIL_ELEMENT, window_indent(&s->w, s->at, &indent) ? &indent : NULL, next, ret, e);
}

/* Between values: an object, the start of a bundle or array, or the end. */
static enum err
top(struct json_scan *s, struct json_item *ret, bool *ret_item, struct errinfo *e)
{
	int c;
	bool bundle = false;
	struct window *w = &s->w;
	enum err r = OK;
	while (s->at == 0 && window_limit(w) < 3 && !w->end && r == OK)
		r = window_more(w, 0, e);
	if (s->at == 0 && window_limit(w) >= 3 && memcmp(w->p, "\xef\xbb\xbf", 3) == 0)
		s->at = w->counted = w->line_start = 3;
	if (r == OK)
		r = peek(s, &c, e);
	if (r)
		return r;
	*ret_item = true;
	if (c < 0) {
		begin_item(s, s->at, ret);
		ret->raw = STR_NONE;
		end_item(s, JSON_SCAN_END, s->at, AT_TOP, ret);
		return OK;
	}
	s->tops++;
	if (c == '[') {
		s->began = true;
		s->at++;
		s->where = AT_ARRAY_FIRST;
		*ret_item = false;
		return OK;
	}
	if (c == '{') {
		s->began = true;
		r = object(s, AT_TOP, ret, &bundle, e);
		*ret_item = !bundle;
		return r;
	}
	if (!s->began)
		return unreadable(s, s->at, c, "JSON", e);
	begin_item(s, s->at, ret);
	err_set(&ret->why, ERR_SYNTAX, "something that is no object between or behind the objects");
	err_place(&ret->why, ret->line, ret->col, ret->offset);
	return bad(s, s->at, UNTIL_LINE, &STR(""), AT_TOP, ret, e);
}

enum err
json_scan_next(struct json_scan *s, struct json_item *ret, struct errinfo *e)
{
	bool item = false;
	enum err r = s->failed;
	if (r) {
		if (e)
			*e = s->error;
		return r;
	}
	while (!item && r == OK) {
		if (s->where == AT_TOP) {
			r = top(s, ret, &item, &s->error);
		} else if (in_list(s->where)) {
			r = element(s, ret, &item, &s->error);
		} else {
			r = member(s, ret, &item, &s->error);
		}
	}
	s->failed = r;
	if (r && e)
		*e = s->error;
	return r;
}
