/* suggest: words that begin as given, out of the vocabularies of the classes that the viewer may read. */
#include <stdlib.h>
#include <string.h>

#include "base/leak.h"
#include "base/limits.h"
#include "store/sqlite/view_int.h"
#include "text/fold.h"

/* The lowest word of one class that is left. */
struct column {
	struct view_class *class;
	size_t n;
	char word[TEXT_WORD + 1]; /* one more, for the byte that makes a word the next after itself */
};

struct suggest {
	struct store *s;
	int64_t now;
	struct str begins;
	struct column *columns;
	size_t ncolumns;
};

/* The first word from c->word on of which one object is in view; the column is left with n = 0 if there is none. */
static enum err
find_word(struct suggest *q, struct column *c, struct errinfo *e)
{
	bool row = false;
	enum err err;
	char from[TEXT_WORD + 1];
	size_t n = c->n;
	memcpy(from, c->word, n);
	c->n = 0;
	sqlite3_stmt *st = class_statement(q->s, c->class, CLASS_TERMS, e);
	if (!st)
		return e->code;
	sqlite3_bind_text64(st, 1, from, n, SQLITE_STATIC, SQLITE_UTF8);
	while (!(err = db_step(&q->s->view, st, &row, e)) && row) {
		struct view_row r;
		struct str word = db_col(st, 0);
		if (!str_starts(word, q->begins) || word.n > TEXT_WORD)
			break;
		if ((err = row_get(q->s, sqlite3_column_int64(st, 1) << VIEW_CLASS_BITS | c->class->no, &r, e)))
			break;
		if (!row_in_view(&r, q->now))
			continue;
		memcpy(c->word, word.p, word.n);
		c->n = word.n;
		break;
	}
	db_end(st);
	return err;
}

static enum err
begin(struct suggest *q, const struct view_who *who, struct errinfo *e)
{
	struct view_cache *cache;
	enum err err = view_cache(q->s, &cache, e);
	if (err)
		return err;
	if (!(q->columns = calloc((size_t)cache->last + 1, sizeof *q->columns)))
		return err_nomem(e);
	for (int i = 1; !err && i <= cache->last; i++) {
		if (!cache->classes[i] || cache->classes[i]->aside || !(class_readable(cache->classes[i], who) || LEAK(SUGGEST_ALL)))
			continue;
		struct column *c = &q->columns[q->ncolumns++];
		c->class = cache->classes[i];
		memcpy(c->word, q->begins.p, q->begins.n);
		c->n = q->begins.n;
		err = find_word(q, c, e);
	}
	return err;
}

static struct str
word_of(const struct column *c)
{
	return (struct str){c->word, c->n};
}

enum err
view_suggest(struct store *s, const struct view_who *who, int64_t now, struct str begins, uint32_t limit,
    enum err (*each)(void *ctx, struct str word, struct errinfo *e), void *ctx, struct errinfo *e)
{
	struct errinfo local;
	struct text_words all = {.text = begins};
	struct text_word first = {0}, second;
	e = e ? e : &local;
	if (begins.n > LIMIT_QUERY)
		return err_set(e, ERR_LIMIT, "the beginning of a word has %zu bytes, at most %d are taken", begins.n, LIMIT_QUERY);
	if (begins.n && (!text_word_next(&all, &first) || text_word_next(&all, &second)))
		return OK;
	struct suggest q = {.s = s, .now = now, .begins = {first.folded, first.n}};
	enum err err = begin(&q, who, e);
	for (uint32_t done = 0; !err && done < limit && done < LIMIT_PAGE; done++) {
		char least[TEXT_WORD];
		struct str word = STR_NONE;
		for (size_t i = 0; i < q.ncolumns; i++)
			if (q.columns[i].n && (!word.n || str_cmp(word_of(&q.columns[i]), word) < 0))
				word = word_of(&q.columns[i]);
		if (!word.n)
			break;
		memcpy(least, word.p, word.n);
		word.p = least;
		for (size_t i = 0; !err && i < q.ncolumns; i++) {
			struct column *c = &q.columns[i];
			if (!str_eq(word_of(c), word))
				continue;
			c->word[c->n++] = '\0';
			err = find_word(&q, c, e);
		}
		if (!err)
			err = each(ctx, word, e);
	}
	free(q.columns);
	return err;
}
