#include "ni/eye.h"

#include <stdlib.h>
#include <string.h>

#include "base/limits.h"

enum { LABEL_MAX = 400, AROUND = 300, TOLD = 16 * KIB, SEEN_MAX = 64 * MIB };

struct head {
	uint64_t label, bytes;
};

void
eye_init(struct eye *y, FILE *pipe, bool compares)
{
	*y = (struct eye){.pipe = pipe, .compares = compares, .told = BUF_INIT(TOLD)};
}

void
eye_done(struct eye *y)
{
	buf_done(&y->told);
}

/* Bytes for a terminal. */
static void
put_shown(struct buf *b, struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];
		if (c == '\n' || (c >= ' ' && c < 0x7f))
			buf_putc(b, (char)c);
		else
			buf_printf(b, "\\x%02x", c);
	}
}

static void
tell(struct eye *y, struct str label, struct str a, struct str b)
{
	size_t at = 0;
	while (at < a.n && at < b.n && a.p[at] == b.p[at])
		at++;
	size_t from = at > AROUND / 2 ? at - AROUND / 2 : 0;
	y->done = true;
	buf_printf(
	    &y->told, "after «%.*s», %.*s, byte %zu of %zu and %zu:\nA: ", STR_FMT(y->step), STR_FMT(str_sub(label, 0, LABEL_MAX)), at, a.n, b.n);
	put_shown(&y->told, str_sub(a, from, at + AROUND));
	buf_puts(&y->told, "\nB: ");
	put_shown(&y->told, str_sub(b, from, at + AROUND));
	buf_putc(&y->told, '\n');
}

void
eye_see(struct eye *y, const char *label, struct str bytes)
{
	struct head h = {strlen(label), bytes.n};
	if (y->done)
		return;
	y->looks++;
	y->bytes += bytes.n;
	if (!y->compares) {
		if (fwrite(&h, sizeof h, 1, y->pipe) != 1 || fwrite(label, 1, h.label, y->pipe) != h.label ||
		    fwrite(bytes.p ? bytes.p : "", 1, bytes.n, y->pipe) != bytes.n)
			y->done = true;
		return;
	}
	struct head o;
	if (fread(&o, sizeof o, 1, y->pipe) != 1) {
		tell(y, str_of(label), STR("(the other side ended)"), bytes);
		return;
	}
	if (o.label > LABEL_MAX || o.bytes > SEEN_MAX) {
		tell(y, str_of(label), STR("(the other side cannot be read)"), bytes);
		return;
	}
	char *p = malloc(o.label + o.bytes + 1);
	if (!p || fread(p, 1, o.label + o.bytes, y->pipe) != o.label + o.bytes)
		tell(y, str_of(label), STR("(the other side ended)"), bytes);
	else if (!str_eq(str_bytes(p, o.label), str_of(label)))
		tell(y, STR("order of what is seen"), str_bytes(p, o.label), str_of(label));
	else if (!str_eq(str_bytes(p + o.label, o.bytes), bytes))
		tell(y, str_of(label), str_bytes(p + o.label, o.bytes), bytes);
	free(p);
}

void
eye_end(struct eye *y)
{
	eye_see(y, "the end", STR_NONE);
	if (!y->compares)
		fflush(y->pipe);
}
