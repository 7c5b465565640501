#include "govern/form.h"

#include <string.h>

#include "json/canonical.h"

/* Whether word is one of the blank-separated words of list. */
static bool
listed(const char *list, struct str word)
{
	struct str rest = str_of(list), head;
	while (rest.n) {
		str_cut(rest, ' ', &head, &rest);
		if (str_eq(head, word))
			return true;
	}
	return false;
}

enum err
form_object(const struct json *obj, const char *must, const char *may, struct errinfo *e)
{
	if (!json_is(obj, JSON_OBJECT))
		return err_set(e, ERR_INVALID, "an object belongs here");
	JSON_EACH(field, obj)
	{
		struct str key = json_key_of(field);
		if (!listed(must, key) && !listed(may, key))
			return err_set(e, ERR_INVALID, "unknown field \"%.*s\"", (int)(key.n < 64 ? key.n : 64), key.p);
	}
	struct str rest = str_of(must), head;
	while (rest.n) {
		str_cut(rest, ' ', &head, &rest);
		if (!json_get(obj, head))
			return err_set(e, ERR_INVALID, "field \"%.*s\" is missing", STR_FMT(head));
	}
	return OK;
}

static enum err
sized(const struct json *obj, const char *key, enum json_type type, size_t lo, size_t hi, const struct json **ret, struct errinfo *e)
{
	const struct json *j = json_get(obj, str_of(key));
	if (!json_is(j, type))
		return err_set(e, ERR_INVALID, "%s: %s belongs here", key, type == JSON_ARRAY ? "a list" : "an object");
	if (json_count(j) < lo)
		return err_set(e, ERR_INVALID, "%s: has %u elements, needs at least %zu%s", key, json_count(j), lo,
		    lo == 1 ? " (leave the field out if there are none)" : "");
	if (json_count(j) > hi)
		return err_set(e, ERR_LIMIT, "%s: has %u elements, at most %zu are taken", key, json_count(j), hi);
	*ret = j;
	return OK;
}

enum err
form_array(const struct json *obj, const char *key, size_t lo, size_t hi, const struct json **ret, struct errinfo *e)
{
	return sized(obj, key, JSON_ARRAY, lo, hi, ret, e);
}

enum err
form_members(const struct json *obj, const char *key, size_t lo, size_t hi, const struct json **ret, struct errinfo *e)
{
	return sized(obj, key, JSON_OBJECT, lo, hi, ret, e);
}

static enum err
string(const struct json *obj, const char *key, struct str *ret, struct errinfo *e)
{
	if (json_get_str(obj, str_of(key), ret))
		return OK;
	return err_set(e, ERR_INVALID, "%s: a string belongs here", key);
}

enum err
form_text(const struct json *obj, const char *key, size_t max, struct str *ret, struct errinfo *e)
{
	struct str s;
	enum err err = string(obj, key, &s, e);
	if (err)
		return err;
	if (s.n > max)
		return err_set(e, ERR_LIMIT, "%s: %zu bytes, at most %zu are taken", key, s.n, max);
	if (!govern_text_ok(s, max))
		return err_set(e, ERR_INVALID, "%s: must be one line of text without control characters or blanks at its ends", key);
	*ret = s;
	return OK;
}

enum err
form_count(const struct json *obj, const char *key, int64_t lo, int64_t hi, uint32_t *ret, struct errinfo *e)
{
	int64_t v;
	if (!json_i64(json_get(obj, str_of(key)), &v) || v < lo || v > hi)
		return err_set(e, ERR_INVALID, "%s: a whole number from %lld to %lld belongs here", key, (long long)lo, (long long)hi);
	*ret = (uint32_t)v;
	return OK;
}

enum err
form_hex(const struct json *obj, const char *key, uint8_t ret[static 32], struct errinfo *e)
{
	struct str s;
	uint8_t out[32];
	size_t n;
	enum err err = string(obj, key, &s, e);
	if (err)
		return err;
	bool lower = true;
	for (size_t i = 0; i < s.n; i++)
		lower = lower && !(s.p[i] >= 'A' && s.p[i] <= 'F');
	if (s.n != 64 || !lower || !hex_decode(s, out, sizeof out, &n))
		return err_set(e, ERR_INVALID, "%s: 64 lower-case hexadecimal digits belong here", key);
	memcpy(ret, out, sizeof out);
	return OK;
}

enum err
form_sig(const struct json *obj, const char *key, uint8_t ret[static 64], struct errinfo *e)
{
	struct str s;
	uint8_t out[64];
	size_t n;
	enum err err = string(obj, key, &s, e);
	if (err)
		return err;
	if (s.n != 88 || !base64_decode(s, out, sizeof out, &n) || n != 64)
		return err_set(e, ERR_INVALID, "%s: a signature of 64 bytes in base64 belongs here", key);
	memcpy(ret, out, sizeof out);
	return OK;
}

enum err
form_time(const struct json *obj, const char *key, int64_t *ret, struct errinfo *e)
{
	struct str s;
	int64_t t;
	enum err err = string(obj, key, &s, e);
	if (err)
		return err;
	if (s.n != 27 || !time_parse(s, &t))
		return err_set(e, ERR_INVALID, "%s: a time like 2015-10-01T00:00:00.000000Z belongs here", key);
	*ret = t;
	return OK;
}

enum err
form_day(const struct json *obj, const char *key, int64_t *ret, struct errinfo *e)
{
	struct str s;
	int64_t t;
	enum err err = string(obj, key, &s, e);
	if (err)
		return err;
	if (s.n != 10 || !time_parse_human(s, &t))
		return err_set(e, ERR_INVALID, "%s: a day like 2015-10-01 belongs here", key);
	*ret = t;
	return OK;
}

enum err
form_span(const struct json *obj, const char *key, struct duration *ret, struct str *ret_text, struct errinfo *e)
{
	struct str s;
	struct duration d;
	enum err err = string(obj, key, &s, e);
	if (err)
		return err;
	if (!duration_parse(s, &d) || (!d.months && !d.days && !d.usec))
		return err_set(e, ERR_INVALID, "%s: a duration like P3M or P90D, longer than nothing, belongs here", key);
	*ret = d;
	*ret_text = s;
	return OK;
}

enum err
form_id(const struct json *obj, const char *key, struct str *ret, struct errinfo *e)
{
	struct str s;
	enum err err = string(obj, key, &s, e);
	if (err)
		return err;
	if (!govern_id_ok(s))
		return err_set(e, ERR_INVALID,
		    "%s: \"%.*s\" is no member's id (a small letter, then 1 to 7 small letters or digits; not all, joint, tlp)", key,
		    (int)(s.n < 32 ? s.n : 32), s.p);
	*ret = s;
	return OK;
}

void
form_put_hex(struct json_writer *w, const char *key, const uint8_t bytes[static 32])
{
	char p[64];
	for (size_t i = 0; i < 32; i++) {
		p[2 * i] = "0123456789abcdef"[bytes[i] >> 4];
		p[2 * i + 1] = "0123456789abcdef"[bytes[i] & 15];
	}
	json_put_member(w, str_of(key), (struct str){p, 64});
}

void
form_put_sig(struct json_writer *w, const char *key, const uint8_t sig[static 64])
{
	struct buf b = BUF_INIT(128);
	buf_base64(&b, str_bytes(sig, 64));
	if (!buf_ok(&b))
		w->b->bad = b.bad;
	json_put_member(w, str_of(key), buf_str(&b));
	buf_done(&b);
}

static void
put_time(struct json_writer *w, const char *key, int64_t t, size_t cut)
{
	struct buf b = BUF_INIT(64);
	time_put(&b, t);
	if (!buf_ok(&b))
		w->b->bad = b.bad;
	json_put_member(w, str_of(key), str_sub(buf_str(&b), 0, cut));
	buf_done(&b);
}

void
form_put_time(struct json_writer *w, const char *key, int64_t t)
{
	put_time(w, key, t, 27);
}

void
form_put_day(struct json_writer *w, const char *key, int64_t t)
{
	put_time(w, key, t, 10);
}

enum err
form_canonical(struct str text, struct buf *b, struct errinfo *e)
{
	struct arena a = ARENA_INIT(LIMIT_OBJECT_ARENA);
	const struct json *j;
	enum err err = json_parse(&a, text, &j, e);
	if (!err)
		err = json_canonical(j, &a, b, e);
	arena_done(&a);
	return err;
}

enum err
form_parse(struct str text, size_t max, const char *what, struct arena *a, struct str *ret_text, const struct json **ret, struct errinfo *e)
{
	struct str copy;
	const struct json *j;
	if (text.n > max)
		return err_set(e, ERR_LIMIT, "%s of %zu bytes: at most %zu are taken", what, text.n, max);
	if (!arena_dup(a, text, &copy))
		return err_nomem(e);
	enum err err = json_parse_canonical(a, copy, &j, e);
	if (err) {
		err_at(e, "%s", what);
		return err;
	}
	*ret_text = copy;
	*ret = j;
	return OK;
}
