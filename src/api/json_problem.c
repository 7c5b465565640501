/* Failures as problem details (RFC 9457), and the media types that a request may have and wants. */
#include <string.h>

#include "api/json.h"
#include "api/viewer.h"
#include "json/write.h"

/* What a status of its own is called; any other is called after the failure. */
static const struct {
	int status;
	const char *name, *title;
} own[] = {
    {401, "unauthenticated", "who asks is not known"},
    {405, "method", "not with this method"},
    {406, "not-acceptable", "there is no answer of the types that are accepted"},
    {415, "media-type", "the body is not of a type that is taken here"},
    {429, "too-many", "too many requests"},
};

/* "notfound" of ERR_NOTFOUND. */
static void
put_type(struct buf *b, enum err code)
{
	for (const char *p = err_name(code) + strlen("ERR_"); *p; p++)
		buf_putc(b, (char)(*p == '_' ? '-' : *p + ('a' - 'A')));
}

void
json_refuse(struct ask *a, int status, const struct errinfo *why)
{
	struct json_writer w;
	struct buf type = BUF_INIT(100);
	const char *title = err_text(why->code);
	size_t i = 0;
	/* what broke inside is for the home's own member: it may name what this viewer may not see */
	bool tell = status < 500 || status == 503 || (a->viewer && !a->viewer->who.clearances);
	buf_puts(&type, "urn:comity:problem:");
	while (i < sizeof own / sizeof *own && own[i].status != status)
		i++;
	if (i < sizeof own / sizeof *own) {
		buf_puts(&type, own[i].name);
		title = own[i].title;
	} else {
		put_type(&type, why->code);
	}
	buf_clear(&a->r->body);
	a->r->status = status;
	ask_type(a, "application/problem+json");
	json_write_init(&w, &a->r->body, 0);
	json_open_object(&w);
	json_put_member(&w, STR("type"), buf_str(&type));
	json_put_member(&w, STR("title"), str_of(title));
	json_put_member_int(&w, STR("status"), status);
	if (tell && why->msg[0])
		json_put_member(&w, STR("detail"), str_of(why->msg));
	if (tell && why->hint[0])
		json_put_member(&w, STR("hint"), str_of(why->hint));
	if (tell && why->line) {
		json_put_member_int(&w, STR("line"), (int64_t)why->line);
		json_put_member_int(&w, STR("column"), (int64_t)why->col);
		json_put_member_int(&w, STR("offset"), (int64_t)why->offset);
	}
	json_close(&w);
	json_write_done(&w);
	buf_done(&type);
}

static struct str
lower(struct str s, char *to, size_t cap)
{
	size_t n = s.n < cap ? s.n : cap;
	for (size_t i = 0; i < n; i++)
		to[i] = (char)(s.p[i] >= 'A' && s.p[i] <= 'Z' ? s.p[i] + ('a' - 'A') : s.p[i]);
	return str_bytes(to, n);
}

/* q=0 refuses; any other weight takes, since there is one type to choose from. */
static bool
is_nothing(struct str params)
{
	struct str one, name, value;
	while (params.n) {
		str_cut(params, ';', &one, &params);
		if (!str_cut(str_trim(one), '=', &name, &value) || !(str_is(str_trim(name), "q") || str_is(str_trim(name), "Q")))
			continue;
		value = str_trim(value);
		for (size_t i = 0; i < value.n; i++)
			if (value.p[i] != '0' && value.p[i] != '.')
				return false;
		return true;
	}
	return false;
}

bool
json_accepts(const struct ask *a, const char *type)
{
	struct str rest, one, range, params, want = str_of(type);
	int best = -1;
	bool yes = false;
	if (!http_header(a->q, "Accept", &rest) || !str_trim(rest).n)
		return true;
	while (rest.n) {
		char space[128];
		int fit = -1;
		str_cut(rest, ',', &one, &rest);
		str_cut(one, ';', &range, &params);
		range = lower(str_trim(range), space, sizeof space);
		if (str_eq(range, want))
			fit = 2;
		else if (str_is(range, "*/*"))
			fit = 0;
		else if (str_ends(range, STR("/*")) && str_starts(want, str_sub(range, 0, range.n - 1)))
			fit = 1;
		if (fit > best) { /* the range that fits closest decides */
			best = fit;
			yes = !is_nothing(params);
		}
	}
	return yes;
}

bool
json_body_type(const struct ask *a, char ret[static 128])
{
	struct str text, type, rest;
	if (!http_header(a->q, "Content-Type", &text))
		return false;
	str_cut(text, ';', &type, &rest);
	type = str_trim(type);
	ret[lower(type, ret, 127).n] = '\0';
	return type.n > 0 && type.n < 127;
}
