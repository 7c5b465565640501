/* print: what people read, on a terminal or not.
 *
 * Text of others goes through print_text, print_block or a table (safe.h); print_own is for the program's own words alone. Colours only where the
 * user has them. Where the output is no terminal nothing is cut and lines are broken at 100 columns only where they are running text. */
#ifndef CLI_PRINT_H
#define CLI_PRINT_H

#include <stdio.h>

#include "base/arena.h"
#include "base/err.h"

enum style { STYLE_NONE, STYLE_HEAD, STYLE_DIM, STYLE_GOOD, STYLE_WARN, STYLE_BAD, STYLE_ID, STYLE_NOTE };

struct print {
	FILE *f;
	bool colour;
	size_t width; /* columns of the terminal; 0 = it is none */
};

enum print_when { PRINT_AUTO, PRINT_ALWAYS, PRINT_NEVER };

/* For f: width from the terminal, colours as wanted (PRINT_AUTO: on a terminal without $NO_COLOR and with a $TERM that is not dumb). */
void print_init(struct print *p, FILE *f, enum print_when colour);
/* Everything out; ERR_IO or ERR_FULL if it could not be written. */
enum err print_flush(struct print *p, struct errinfo *e) MUST_USE;

void print_own(struct print *p, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void print_own_styled(struct print *p, enum style s, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
void print_text(struct print *p, struct str s);
void print_styled(struct print *p, enum style s, struct str text);
void print_cut(struct print *p, struct str s, size_t columns);  /* at most so many columns; what is left out shows as … */
void print_block(struct print *p, struct str s, size_t indent); /* lines of running text */
void print_raw(struct print *p, struct str s);                  /* bytes that are JSON, or were asked for as they are */

/* A banner or portion mark in the colour of its level; a grade in that of its reliability. */
void print_mark(struct print *p, struct str mark);
enum style print_grade_style(struct str grade);

/* A table: cells are put row by row and printed at the end, in columns as wide as their widest cell. On a terminal that is too narrow the widest
 * column is cut. The cells' text must live until print_table_done. */
struct print_cell {
	struct str text;
	enum style style;
};

struct print_table {
	struct arena *a;
	const char *const *heads; /* NULL-terminated; all empty: no line of heads */
	size_t columns, rows;
	struct print_row *first, *last;
	bool bad; /* memory is out */
};

void print_table_init(struct print_table *t, struct arena *a, const char *const *heads);
/* The next row: its cells, to be filled. A row for nobody, if memory is out. */
struct print_cell *print_table_row(struct print_table *t);
void print_table_done(struct print_table *t, struct print *p, size_t indent);

#endif
