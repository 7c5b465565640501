/* safe: text of strangers made fit for a terminal.
 *
 * What others wrote never reaches a terminal raw: it could move the cursor, retitle the window, turn the direction of what follows or hide. Each
 * control character becomes a picture of itself (␛), each bidirectional or invisible one its name (<U+202E>), each byte that is no UTF-8 its value
 * (<0xFF>); all else stays. Columns are counted as terminals do (wide characters two, combining marks none). Pure. */
#ifndef CLI_SAFE_H
#define CLI_SAFE_H

#include "base/buf.h"

enum { SAFE_ALL = 1 << 20 }; /* columns that no line has */

/* Appends s as one line of at most `columns` columns; what does not fit is cut and ends in "…" (columns is at least 1). Returns the columns used. */
size_t safe_put(struct buf *b, struct str s, size_t columns);
/* Columns that safe_put would use for all of s. */
size_t safe_width(struct str s);
/* Appends s as lines: its own line ends are kept, each line is broken at blanks so that it fits into `columns` (a word that is longer is broken
 * inside), and begins with `indent` blanks, which count. A last line always ends in \n; empty s gives nothing. */
void safe_put_lines(struct buf *b, struct str s, size_t indent, size_t columns);
/* Whether some letter of s is written from right to left. */
bool safe_rtl(struct str s);

#endif
