/* The text form: base64 in lines of exactly 64 characters, the last one at most that, between two marks. As strict as the format asks, so that
 * one file has one text up to line ends (LF or CRLF) and white space outside the marks. */
#include <inttypes.h>
#include <sodium.h>
#include <string.h>

#include "crypto/seal_int.h"

#define MARK_BEGIN STR("-----BEGIN AGE ENCRYPTED FILE-----")
#define MARK_END STR("-----END AGE ENCRYPTED FILE-----")

enum { COLUMNS = 64, LINE_BYTES = 48 };

static bool
blank(int c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

bool
seal_armor_seen(struct str start)
{
	size_t i = 0;
	while (i < start.n && blank((unsigned char)start.p[i]))
		i++;
	return i <= LIMIT_ARMOR_BLANKS && str_starts(str_sub(start, i, start.n), STR("-----"));
}

static enum err
fault(const struct seal_unarmor *u, struct errinfo *e, const char *what)
{
	enum err err = err_set(e, ERR_SYNTAX, "armor: line %" PRIu64 " %s", u->line, what);
	err_place(e, u->line, 1, 0);
	return err;
}

/* The next line without its end, at most COLUMNS bytes of it (*ret_n tells COLUMNS + 1 for longer); *ret_any false if the file has ended
 * before it. */
static enum err
get_line(struct seal_unarmor *u, char line[static COLUMNS + 2], size_t *ret_n, bool *ret_any, struct errinfo *e)
{
	size_t n = 0;
	bool any = false;
	int c;
	u->line++;
	for (;;) {
		enum err err = seal_in_byte(u->in, &c, e);
		if (err)
			return err;
		if (c < 0)
			break;
		any = true;
		if (c == '\n')
			break;
		if (n == COLUMNS + 2)
			return fault(u, e, "is longer than 64 characters");
		line[n++] = (char)c;
	}
	if (n && line[n - 1] == '\r')
		n--;
	if (n > COLUMNS)
		return fault(u, e, "is longer than 64 characters");
	*ret_n = n;
	*ret_any = any;
	return OK;
}

/* White space alone, at most LIMIT_ARMOR_BLANKS of it, up to the end. */
static enum err
check_rest(struct seal_unarmor *u, struct errinfo *e)
{
	for (size_t n = 0;; n++) {
		int c;
		enum err err = seal_in_byte(u->in, &c, e);
		if (err || c < 0)
			return err;
		if (n == LIMIT_ARMOR_BLANKS || !blank(c))
			return err_set(e, ERR_SYNTAX, "armor: something follows the mark of the end");
	}
}

static enum err
skip_begin(struct seal_unarmor *u, struct errinfo *e)
{
	char line[COLUMNS + 2];
	size_t n;
	bool any;
	/* seal_armor_seen has bounded the blanks; the first other byte is still in the look-ahead */
	while (u->in->at < u->in->n && blank(u->in->b[u->in->at]))
		u->line += u->in->b[u->in->at++] == '\n';
	enum err err = get_line(u, line, &n, &any, e);
	if (err)
		return err;
	if (!str_eq(str_bytes(line, n), MARK_BEGIN))
		return fault(u, e, "is not -----BEGIN AGE ENCRYPTED FILE-----");
	u->state = ARMOR_LINES;
	return OK;
}

/* Decodes one line into u->b, or comes to the end. */
static enum err
next_line(struct seal_unarmor *u, struct errinfo *e)
{
	char line[COLUMNS + 2];
	size_t n, got;
	bool any;
	enum err err = get_line(u, line, &n, &any, e);
	if (err)
		return err;
	struct str s = str_bytes(line, n);
	if (!any)
		return err_set(e, ERR_SYNTAX, "armor: the file ends without its last mark: it was cut short");
	if (str_eq(s, MARK_END)) {
		u->state = ARMOR_END;
		return check_rest(u, e);
	}
	if (u->state == ARMOR_LAST)
		return fault(u, e, "follows a line that must be the last");
	if (n == 0)
		return fault(u, e, "is empty");
	if (!base64_decode(s, u->b, sizeof u->b, &got))
		return fault(u, e, "is not base64 in its one canonical form");
	if (got < LINE_BYTES)
		u->state = ARMOR_LAST;
	u->at = 0;
	u->n = got;
	return OK;
}

static enum err
read_armor(void *ctx, void *p, size_t cap, size_t *ret_n, struct errinfo *e)
{
	struct seal_unarmor *u = ctx;
	size_t have = 0;
	enum err err = OK;
	if (u->state == ARMOR_BEGIN)
		err = skip_begin(u, e);
	while (!err && have < cap) {
		if (u->at < u->n) {
			size_t n = u->n - u->at < cap - have ? u->n - u->at : cap - have;
			memcpy((char *)p + have, u->b + u->at, n);
			u->at += n;
			have += n;
		} else if (u->state == ARMOR_END) {
			break;
		} else {
			err = next_line(u, e);
		}
	}
	if (!err)
		*ret_n = have;
	return err;
}

struct source
seal_unarmor_source(struct seal_unarmor *u, struct seal_in *in)
{
	*u = (struct seal_unarmor){.in = in, .state = ARMOR_BEGIN};
	return (struct source){u, read_armor};
}

enum err
seal_armor_begin(struct seal_armor *a, struct sink out, struct errinfo *e)
{
	enum err err = out.write(out.ctx, MARK_BEGIN, e);
	a->out = out;
	a->n = 0;
	return err ? err : out.write(out.ctx, STR("\n"), e);
}

/* Writes what is held as lines; only the last call may hold a line that is not full. */
static enum err
flush(struct seal_armor *a, struct errinfo *e)
{
	char text[sizeof a->b / LINE_BYTES * (COLUMNS + 1) + 1];
	size_t n = 0;
	for (size_t at = 0; at < a->n; at += LINE_BYTES) {
		size_t len = a->n - at < LINE_BYTES ? a->n - at : LINE_BYTES;
		sodium_bin2base64(text + n, sizeof text - n, a->b + at, len, sodium_base64_VARIANT_ORIGINAL);
		n += (len + 2) / 3 * 4;
		text[n++] = '\n';
	}
	a->n = 0;
	return n ? a->out.write(a->out.ctx, str_bytes(text, n), e) : OK;
}

static enum err
write_armor(void *ctx, struct str bytes, struct errinfo *e)
{
	struct seal_armor *a = ctx;
	while (bytes.n) {
		size_t n = sizeof a->b - a->n < bytes.n ? sizeof a->b - a->n : bytes.n;
		memcpy(a->b + a->n, bytes.p, n);
		a->n += n;
		bytes = str_sub(bytes, n, bytes.n);
		if (a->n == sizeof a->b) {
			enum err err = flush(a, e);
			if (err)
				return err;
		}
	}
	return OK;
}

struct sink
seal_armor_sink(struct seal_armor *a)
{
	return (struct sink){a, write_armor};
}

enum err
seal_armor_end(struct seal_armor *a, struct errinfo *e)
{
	enum err err = flush(a, e);
	if (!err)
		err = a->out.write(a->out.ctx, MARK_END, e);
	return err ? err : a->out.write(a->out.ctx, STR("\n"), e);
}
