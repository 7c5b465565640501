#include "cli/print.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/limits.h"
#include "cli/safe.h"

enum {
	WIDTH_NARROW = 40,  /* a terminal is taken to be at least so wide */
	WIDTH_TEXT = 100,   /* running text is not set wider: long lines are hard to read */
	PRINT_MAX = 8 * MIB /* one text, made safe */
};

static const char *const codes[] = {[STYLE_NONE] = "",
    [STYLE_HEAD] = "\033[1m",
    [STYLE_DIM] = "\033[2m",
    [STYLE_GOOD] = "\033[32m",
    [STYLE_WARN] = "\033[33m",
    [STYLE_BAD] = "\033[31m",
    [STYLE_ID] = "\033[36m",
    [STYLE_NOTE] = "\033[34m"};

void
print_init(struct print *p, FILE *f, enum print_when colour)
{
	const char *no = getenv("NO_COLOR"), *term = getenv("TERM");
	struct winsize size;
	bool terminal = isatty(fileno(f));
	p->f = f;
	p->width = 0;
	if (terminal)
		p->width = ioctl(fileno(f), TIOCGWINSZ, &size) == 0 && size.ws_col ? size.ws_col : 80;
	if (p->width && p->width < WIDTH_NARROW)
		p->width = WIDTH_NARROW;
	p->colour = colour == PRINT_ALWAYS || (colour == PRINT_AUTO && terminal && !(no && *no) && term && strcmp(term, "dumb") != 0);
}

enum err
print_flush(struct print *p, struct errinfo *e)
{
	int bad = fflush(p->f);
	if (!bad && !ferror(p->f))
		return OK;
	return err_set(e, errno == ENOSPC || errno == EFBIG ? ERR_FULL : ERR_IO, "writing the output: %s", strerror(errno));
}

static void
begin(struct print *p, enum style s)
{
	if (p->colour && s)
		fputs(codes[s], p->f);
}

static void
end(struct print *p, enum style s)
{
	if (p->colour && s)
		fputs("\033[0m", p->f);
}

/* What was put out before stands before, where both go to one file. */
static void
in_order(const struct print *p)
{
	if (p->f == stderr)
		fflush(stdout);
}

void
print_own(struct print *p, const char *fmt, ...)
{
	in_order(p);
	va_list args;
	va_start(args, fmt);
	vfprintf(p->f, fmt, args);
	va_end(args);
}

void
print_own_styled(struct print *p, enum style s, const char *fmt, ...)
{
	va_list args;
	in_order(p);
	begin(p, s);
	va_start(args, fmt);
	vfprintf(p->f, fmt, args);
	va_end(args);
	end(p, s);
}

void
print_raw(struct print *p, struct str s)
{
	in_order(p);
	if (s.n)
		fwrite(s.p, 1, s.n, p->f);
}

/* Text from right to left is set apart on a terminal, so that it does not drag along what stands beside it. */
static size_t
put_cell(struct print *p, struct str s, size_t columns)
{
	struct buf b = BUF_INIT(PRINT_MAX);
	bool apart = p->width && safe_rtl(s);
	size_t used = safe_put(&b, s, columns);
	if (apart)
		fputs("\u2068", p->f);
	print_raw(p, buf_str(&b));
	if (apart)
		fputs("\u2069", p->f);
	buf_done(&b);
	return used;
}

void
print_text(struct print *p, struct str s)
{
	put_cell(p, s, SAFE_ALL);
}

void
print_cut(struct print *p, struct str s, size_t columns)
{
	put_cell(p, s, columns);
}

void
print_styled(struct print *p, enum style s, struct str text)
{
	begin(p, s);
	print_text(p, text);
	end(p, s);
}

void
print_block(struct print *p, struct str s, size_t indent)
{
	struct buf b = BUF_INIT(PRINT_MAX);
	safe_put_lines(&b, s, indent, p->width && p->width < WIDTH_TEXT ? p->width : WIDTH_TEXT);
	print_raw(p, buf_str(&b));
	buf_done(&b);
}

static bool
has(struct str s, const char *word)
{
	return str_find(s, str_of(word)) >= 0;
}

/* The colours that such stamps have in many countries; a level of another name is set in bold. */
void
print_mark(struct print *p, struct str mark)
{
	static const struct {
		const char *word, *code;
	} levels[] = {{"TOP SECRET", "\033[1;33m"}, {"SECRET", "\033[1;31m"}, {"CONFIDENTIAL", "\033[1;34m"}, {"RESTRICTED", "\033[1;34m"},
	    {"UNCLASSIFIED", "\033[1;32m"}, {"TLP:RED", "\033[1;31m"}, {"TLP:AMBER", "\033[1;33m"}, {"TLP:GREEN", "\033[1;32m"}, {"", "\033[1m"}};
	size_t i = 0;
	while (!has(mark, levels[i].word))
		i++;
	if (p->colour)
		fputs(levels[i].code, p->f);
	print_text(p, mark);
	end(p, STYLE_HEAD);
}

enum style
print_grade_style(struct str grade)
{
	if (!grade.n)
		return STYLE_NONE;
	return grade.p[0] == 'A' || grade.p[0] == 'B' ? STYLE_GOOD
	     : grade.p[0] == 'C' || grade.p[0] == 'D' ? STYLE_WARN
	     : grade.p[0] == 'E'                      ? STYLE_BAD
						      : STYLE_NONE;
}

struct print_row {
	struct print_row *next;
	struct print_cell cells[];
};

void
print_table_init(struct print_table *t, struct arena *a, const char *const *heads)
{
	*t = (struct print_table){.a = a, .heads = heads};
	while (heads[t->columns])
		t->columns++;
}

struct print_cell *
print_table_row(struct print_table *t)
{
	static struct print_cell nobody[32];
	struct print_row *row = arena_alloc(t->a, sizeof *row + t->columns * sizeof *row->cells);
	if (!row) {
		t->bad = true;
		return nobody;
	}
	if (t->last)
		t->last->next = row;
	else
		t->first = row;
	t->last = row;
	t->rows++;
	return row->cells;
}

/* How wide each column is, in the room there is. */
static void
fit(const struct print_table *t, size_t room, size_t *widths)
{
	size_t sum = 0, widest = 0;
	for (size_t i = 0; i < t->columns; i++)
		widths[i] = safe_width(str_of(t->heads[i]));
	for (const struct print_row *r = t->first; r; r = r->next)
		for (size_t i = 0; i < t->columns; i++) {
			size_t n = safe_width(r->cells[i].text);
			if (n > widths[i])
				widths[i] = n;
		}
	for (size_t i = 0; i < t->columns; i++) {
		sum += widths[i] + 2;
		if (widths[i] > widths[widest])
			widest = i;
	}
	sum -= 2;
	if (room && sum > room && widths[widest] > 10)
		widths[widest] = sum - room + 10 < widths[widest] ? widths[widest] - (sum - room) : 10;
}

static void
put_row(const struct print_table *t, struct print *p, const struct print_cell *cells, const size_t *widths, size_t indent)
{
	size_t last = t->columns;
	while (last > 1 && !cells[last - 1].text.n)
		last--;
	fprintf(p->f, "%*s", (int)indent, "");
	for (size_t i = 0; i < last; i++) {
		begin(p, cells[i].style);
		size_t used = put_cell(p, cells[i].text, widths[i] ? widths[i] : 1);
		end(p, cells[i].style);
		if (i + 1 < last)
			fprintf(p->f, "%*s", (int)(widths[i] - used + 2), "");
	}
	putc('\n', p->f);
}

void
print_table_done(struct print_table *t, struct print *p, size_t indent)
{
	size_t *widths = arena_array(t->a, t->columns, sizeof *widths);
	struct print_cell *heads = arena_array(t->a, t->columns, sizeof *heads);
	bool named = false;
	if (t->bad || !widths || !heads) {
		print_own(p, "(out of memory: the table is left out)\n");
		return;
	}
	if (!t->first)
		return;
	fit(t, p->width > indent ? p->width - indent : 0, widths);
	for (size_t i = 0; i < t->columns; i++) {
		heads[i] = (struct print_cell){str_of(t->heads[i]), STYLE_HEAD};
		named |= *t->heads[i] != '\0';
	}
	if (named)
		put_row(t, p, heads, widths, indent);
	for (const struct print_row *r = t->first; r; r = r->next)
		put_row(t, p, r->cells, widths, indent);
}
