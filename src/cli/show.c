#include "cli/show.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

struct str
show_str(const struct json *obj, const char *name)
{
	struct str s = STR_NONE;
	json_get_str(obj, str_of(name), &s);
	return s;
}

int64_t
show_int(const struct json *obj, const char *name)
{
	int64_t v;
	return json_i64(json_get(obj, str_of(name)), &v) ? v : 0;
}

bool
show_true(const struct json *obj, const char *name)
{
	const struct json *j = json_get(obj, str_of(name));
	return json_is(j, JSON_BOOL) && j->n;
}

const struct json *
show_list(const struct json *obj, const char *name)
{
	const struct json *j = json_get(obj, str_of(name));
	return json_count(j) ? j : NULL;
}

/* Copies at most n bytes; empty if memory is out, which a table then says. */
static char *
copy(struct cli *c, struct str s)
{
	return arena_cstr(&c->a, s);
}

struct str
show_moment(struct cli *c, const struct json *obj, const char *name)
{
	struct str s = show_str(obj, name);
	if (s.n < 20)
		return json_is(json_get(obj, str_of(name)), JSON_NULL) ? STR("never") : s;
	char *p = copy(c, str_sub(s, 0, 20));
	if (!p)
		return STR_NONE;
	p[10] = ' ';
	p[19] = 'Z';
	return str_of(p);
}

struct str
show_day(struct cli *c, const struct json *obj, const char *name)
{
	return str_sub(show_moment(c, obj, name), 0, 10);
}

struct str
show_joined(struct cli *c, const struct json *list)
{
	size_t n = 1;
	SHOW_EACH(one, json_count(list) ? list : NULL)
	n += json_str(one).n + 2;
	char *p = arena_alloc(&c->a, n), *at = p;
	if (!p)
		return STR_NONE;
	SHOW_EACH(one, json_count(list) ? list : NULL)
	{
		struct str s = json_str(one);
		if (at != p) {
			memcpy(at, ", ", 2);
			at += 2;
		}
		if (s.n)
			memcpy(at, s.p, s.n);
		at += s.n;
	}
	return (struct str){p, (size_t)(at - p)};
}

struct str
show_capitals(struct cli *c, struct str ids)
{
	char *p = copy(c, ids);
	for (size_t i = 0; p && i < ids.n; i++)
		if (p[i] >= 'a' && p[i] <= 'z')
			p[i] = (char)(p[i] - 'a' + 'A');
	return p ? (struct str){p, ids.n} : STR_NONE;
}

struct str
show_number(struct cli *c, int64_t v)
{
	char *p = arena_alloc(&c->a, 24);
	if (!p)
		return STR_NONE;
	snprintf(p, 24, "%" PRId64, v);
	return str_of(p);
}

void
show_line_styled(struct cli *c, const char *name, enum style s, struct str value)
{
	if (!value.n)
		return;
	print_own_styled(&c->out, STYLE_DIM, "%-13s", name);
	print_own(&c->out, " ");
	print_styled(&c->out, s, value);
	print_own(&c->out, "\n");
}

void
show_line(struct cli *c, const char *name, struct str value)
{
	show_line_styled(c, name, STYLE_NONE, value);
}

void
show_count(struct print *p, int64_t n, const char *one, const char *many)
{
	print_own(p, "%" PRId64 " %s", n, n == 1 ? one : many);
}

void
show_aside(struct cli *c, void (*render)(struct cli *c, const struct json *reply), const struct json *reply)
{
	struct print out = c->out;
	fflush(out.f);
	c->out = c->err;
	render(c, reply);
	c->out = out;
}

static void
put_name(struct cli *c, struct str name, int depth)
{
	print_own(&c->out, "%*s", depth * 2, "");
	for (size_t i = 0; i < name.n; i++) {
		char ch = name.p[i] == '_' ? ' ' : name.p[i];
		print_text(&c->out, str_bytes(&ch, 1));
	}
}

static void
any(struct cli *c, const struct json *j, int depth)
{
	JSON_EACH(one, j)
	{
		if (one->key)
			put_name(c, json_key_of(one), depth);
		else
			print_own(&c->out, "%*s-", depth * 2, "");
		if (json_count(one)) {
			print_own(&c->out, "%s\n", one->key ? ":" : "");
			any(c, one, depth + 1);
			continue;
		}
		print_own(&c->out, one->key ? ": " : " ");
		switch ((enum json_type)one->type) {
		case JSON_STRING:
		case JSON_NUMBER:
			print_text(&c->out, json_str(one));
			break;
		case JSON_BOOL:
			print_own(&c->out, "%s", one->n ? "yes" : "no");
			break;
		case JSON_NULL:
			print_own(&c->out, "-");
			break;
		case JSON_ARRAY:
		case JSON_OBJECT:
			print_own(&c->out, "none");
			break;
		}
		print_own(&c->out, "\n");
	}
}

void
show_any(struct cli *c, const struct json *reply)
{
	any(c, reply, 0);
}

bool
show_flagged(struct cli *c, const struct json *row)
{
	const struct json *flags = show_list(row, "flags");
	bool first = true;
	SHOW_EACH(one, flags)
	{
		print_own_styled(&c->out, STYLE_BAD, first ? "FLAGGED: " : "; ");
		print_styled(&c->out, STYLE_BAD, show_str(one, "reason"));
		first = false;
	}
	return flags != NULL;
}

/* One line for the eye, one for the hand: the id is to be copied. */
static void
put_object(struct cli *c, const struct json *o)
{
	struct print *p = &c->out;
	struct str grade = show_str(o, "grade"), state = show_str(o, "state"), title = show_str(o, "title");
	print_styled(p, STYLE_DIM, str_sub(show_moment(c, o, "arrived"), 0, 16));
	print_own(p, "  ");
	print_text(p, show_capitals(c, show_str(o, "author")));
	print_own(p, " in ");
	print_text(p, show_str(o, "circle"));
	print_own(p, "  ");
	print_mark(p, show_str(o, "banner"));
	if (grade.n) {
		print_own(p, "  [");
		print_styled(p, print_grade_style(grade), grade);
		print_own(p, "]");
	}
	if (state.n && !str_is(state, "live")) {
		print_own(p, "  ");
		print_styled(p, STYLE_BAD, state);
	}
	print_own(p, "\n    ");
	if (show_flagged(c, o))
		print_own(p, "\n    ");
	if (title.n) {
		print_styled(p, STYLE_HEAD, title);
		print_own(p, "\n    ");
	}
	if (show_str(o, "id").n)
		print_styled(p, STYLE_ID, show_str(o, "id"));
	else
		print_own_styled(p, STYLE_DIM, "(only that it was there is left)");
	print_own(p, "\n");
}

void
show_objects(struct cli *c, const struct json *reply)
{
	const struct json *items = show_list(reply, "items");
	struct str next = show_str(reply, "next");
	SHOW_EACH(one, items)
	put_object(c, one);
	if (!items && !c->quiet)
		print_own_styled(&c->err, STYLE_DIM, "nothing found\n");
	if (next.n && !c->quiet) {
		print_own_styled(&c->err, STYLE_DIM, "more: the same command with --cursor ");
		print_text(&c->err, next);
		print_own(&c->err, "\n");
	}
}
