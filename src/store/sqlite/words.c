/* words: full text in our own words.
 *
 * FTS5 asks the tokenizer "comity" for the words of a text; they are text/fold.h's. FTS5 would also take queries in a language of its own, in which a
 * reader could name columns or find a way round the quotes. So a query is compiled: each word that text/fold.h finds in it is written in hexadecimal,
 * and the tokenizer, when asked for the words of a query, takes hexadecimal and nothing else. Nothing that was typed stands in the expression. */
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "store/sqlite/view_int.h"
#include "text/fold.h"

static int
tokenizer_new(void *ctx, const char **args, int nargs, Fts5Tokenizer **ret)
{
	static char only_one; /* it has no state; its address is told from NULL, no more */
	(void)ctx, (void)args;
	if (nargs)
		return SQLITE_ERROR;
	*ret = (Fts5Tokenizer *)&only_one;
	return SQLITE_OK;
}

static void
tokenizer_free(Fts5Tokenizer *t)
{
	(void)t;
}

/* The words of a compiled query: hexadecimal, parted by blanks. */
static int
query_words(struct str text, void *ctx, int (*word)(void *, int, const char *, int, int, int))
{
	struct str hex;
	for (size_t at = 0; at < text.n; at += hex.n + 1) {
		char bytes[TEXT_WORD];
		size_t n;
		struct str rest = str_sub(text, at, text.n), tail;
		(void)str_cut(rest, ' ', &hex, &tail);
		if (!hex_decode(hex, bytes, sizeof bytes, &n) || n == 0)
			return SQLITE_ERROR;
		int rc = word(ctx, 0, bytes, (int)n, (int)at, (int)(at + hex.n));
		if (rc != SQLITE_OK)
			return rc;
	}
	return SQLITE_OK;
}

static int
tokenize(Fts5Tokenizer *t, void *ctx, int flags, const char *text, int n, int (*word)(void *, int, const char *, int, int, int))
{
	(void)t;
	if (flags & FTS5_TOKENIZE_QUERY)
		return query_words(str_bytes(text, (size_t)n), ctx, word);
	struct text_words all = {.text = str_bytes(text, (size_t)n)};
	struct text_word w;
	int rc = SQLITE_OK;
	while (rc == SQLITE_OK && text_word_next(&all, &w))
		rc = word(ctx, 0, w.folded, w.n, (int)w.start, (int)w.end);
	return rc;
}

enum err
store_words_register(struct store *s, struct errinfo *e)
{
	fts5_api *api = NULL;
	fts5_tokenizer comity = {tokenizer_new, tokenizer_free, tokenize};
	sqlite3_stmt *st = db_query(&s->view, SQL("SELECT fts5(?1)"), e, "");
	if (!st)
		return e->code;
	int rc = sqlite3_bind_pointer(st, 1, &api, "fts5_api_ptr", NULL);
	bool row;
	enum err err = rc == SQLITE_OK ? db_step(&s->view, st, &row, e) : db_error(&s->view, rc, e);
	db_end(st);
	if (err)
		return err;
	if (api && (rc = api->xCreateTokenizer(api, "comity", NULL, &comity, NULL)) == SQLITE_NOMEM)
		return err_nomem(e);
	if (!api || rc != SQLITE_OK)
		return err_set(e, ERR_VERSION, "this SQLite (%s) has no full text search (FTS5)", sqlite3_libversion());
	return OK;
}

/* One term of a query as it was typed. */
struct term {
	struct str text;
	size_t col;     /* from 1 */
	bool absent;    /* - before it */
	bool beginning; /* * behind it */
};

static bool
blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* Takes the next term off the query at *at. *ret_any: there was one. */
static enum err
next_term(struct str q, size_t *at, struct term *ret, bool *ret_any, struct errinfo *e)
{
	size_t i = *at, end;
	while (i < q.n && blank(q.p[i]))
		i++;
	*ret = (struct term){.col = i + 1};
	*ret_any = i < q.n;
	if (i < q.n && q.p[i] == '-') {
		ret->absent = true;
		i++;
	}
	if (i < q.n && q.p[i] == '"') {
		ptrdiff_t close = str_chr(str_sub(q, i + 1, q.n), '"');
		if (close < 0) {
			err_set(e, ERR_SYNTAX, "the phrase that begins in column %zu has no closing quote", i + 1);
			err_place(e, 1, i + 1, i);
			return ERR_SYNTAX;
		}
		end = i + 1 + (size_t)close;
		ret->text = str_sub(q, i + 1, end);
		*at = end + 1;
		ret->beginning = *at < q.n && q.p[*at] == '*';
		*at += ret->beginning;
		return OK;
	}
	for (end = i; end < q.n && !blank(q.p[end]); end++)
		;
	*at = end;
	ret->beginning = end > i && q.p[end - 1] == '*';
	ret->text = str_sub(q, i, end);
	return OK;
}

/* `"6162 63" *`; *nwords grows. Nothing is put for a term without words. */
static enum err
put_term(struct buf *b, const char *before, const struct term *t, size_t *nwords, bool *ret_any, struct errinfo *e)
{
	struct text_words all = {.text = t->text};
	struct text_word w;
	bool any = false;
	while (text_word_next(&all, &w)) {
		if (++*nwords > LIMIT_QUERY_TERMS)
			return err_set(e, ERR_LIMIT, "more than %d words to search for", LIMIT_QUERY_TERMS);
		buf_puts(b, any ? " " : before);
		if (!any)
			buf_putc(b, '"');
		any = true;
		buf_hex(b, str_bytes(w.folded, w.n));
	}
	if (any)
		buf_puts(b, t->beginning ? "\" *" : "\"");
	*ret_any = any;
	if (!any && (t->absent || t->beginning)) {
		err_set(e, ERR_SYNTAX, "in column %zu, %s has no word with it", t->col, t->absent ? "-" : "*");
		err_place(e, 1, t->col, t->col - 1);
		return ERR_SYNTAX;
	}
	return OK;
}

/* All terms that must be there, or all that must not. */
static enum err
put_terms(struct buf *b, struct str q, bool absent, const char *before, const char *between, size_t *nwords, bool *ret_any, struct errinfo *e)
{
	struct term t;
	bool more;
	enum err err;
	*ret_any = false;
	for (size_t at = 0; !(err = next_term(q, &at, &t, &more, e)) && more;) {
		bool any;
		if (t.absent != absent)
			continue;
		if ((err = put_term(b, *ret_any ? between : before, &t, nwords, &any, e)))
			return err;
		*ret_any = *ret_any || any;
	}
	return err;
}

enum err
words_compile(struct str query, struct buf *ret, struct errinfo *e)
{
	size_t nwords = 0;
	bool any, none;
	enum err err;
	struct str all;
	if (query.n > LIMIT_QUERY)
		return err_set(e, ERR_LIMIT, "the search has %zu bytes, at most %d are taken", query.n, LIMIT_QUERY);
	if ((err = put_terms(ret, query, false, "(", " AND ", &nwords, &any, e)))
		return err;
	if (any)
		buf_putc(ret, ')');
	if ((err = put_terms(ret, query, true, " NOT (", " OR ", &nwords, &none, e)))
		return err;
	if (!any) {
		err_set(e, ERR_SYNTAX, "the search has no word that must be there");
		err_hint(e, "give at least one word without -");
		return ERR_SYNTAX;
	}
	if (none)
		buf_putc(ret, ')');
	buf_putc(ret, '\0');
	return buf_take(ret, &all, e);
}
