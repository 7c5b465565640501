/* class: access classes, each with a full text table of its own.
 *
 * What decides who may read an object, dates aside, is its class: centre, circle of its log, and the label's policy, circle, level, orcon and
 * compartments. A reader's answer is made of whole classes, so that nothing in it, be it a count or an order, can come from what the reader may not
 * read. What was put aside (view.h) has classes apart, so that it is left out as whole classes are. Numbers of classes are given in the order of
 * coming and mean nothing; this is the one file where a number becomes part of a name in SQL. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/time.h"
#include "store/sqlite/view_int.h"

enum { CONTENT_MAX = 4 + 8 + POLICY_ID + 8 + 1 + 1 + 1 + 1 + LIMIT_COMPARTMENTS * (LIMIT_COMPARTMENT + 1), OVERFULL = 0xff };

/* By measurement (make bench): a segment a transaction, merged by fours as it goes; merging less makes adding a tenth faster and searching three
 * times slower. Two full text pages a page of the file: the newest rows are at the end of a word's list, and to come to them FTS5 reads the page
 * through. */
static const char make_words[] = "CREATE VIRTUAL TABLE words_# USING fts5(text, content='', columnsize=0, tokenize='comity')";
static const char make_terms[] = "CREATE VIRTUAL TABLE IF NOT EXISTS temp.terms_# USING fts5vocab('main', 'words_#', 'instance')";
static const char *const tune[] = {
    "INSERT INTO words_#(words_#, rank) VALUES('automerge', 4)",
    "INSERT INTO words_#(words_#, rank) VALUES('crisismerge', 16)",
    "INSERT INTO words_#(words_#, rank) VALUES('usermerge', 2)", /* purge.c: with more, segments added since make it stop too early */
    "INSERT INTO words_#(words_#, rank) VALUES('hashsize', 16777216)",
    "INSERT INTO words_#(words_#, rank) VALUES('pgsz', 4000)",
};
static const char *const statements[CLASS_STATEMENTS] = {
    [CLASS_PUT] = "INSERT INTO words_#(rowid, text) VALUES(?1, ?2)",
    [CLASS_DROP] = "INSERT INTO words_#(words_#, rowid, text) VALUES('delete', ?1, ?2)",
    [CLASS_FIND] = "SELECT rowid FROM words_# WHERE words_# MATCH ?1 AND rowid < ?2 AND rowid >= ?3 ORDER BY rowid DESC LIMIT ?4",
    [CLASS_HAS] = "SELECT rowid FROM words_# WHERE words_# MATCH ?1 AND rowid = ?2",
    [CLASS_MERGE] = "INSERT INTO words_#(words_#, rank) VALUES('merge', ?1)",
    [CLASS_CHECK] = "INSERT INTO words_#(words_#) VALUES('integrity-check')",
    [CLASS_SHAPE] = "SELECT block FROM words_#_data WHERE id = 10", /* levels.c */
    [CLASS_RESHAPE] = "UPDATE words_#_data SET block = ?1 WHERE id = 10",
    [CLASS_TERMS] = "SELECT term, doc, offset FROM temp.terms_# WHERE term >= ?1",
};

/* The statement of a template, # standing for the number of the class. */
static sqlite3_stmt *
prepare(struct store *s, const char *template, int no, struct errinfo *e)
{
	char space[200];
	struct buf sql = {.p = space, .cap = sizeof space, .max = sizeof space};
	sqlite3_stmt *st;
	for (const char *p = template; *p; p++)
		if (*p == '#')
			buf_u64(&sql, (uint64_t)no);
		else
			buf_putc(&sql, *p);
	assert(buf_ok(&sql));
	/* sql: constant texts of this file, and a number */
	int rc = sqlite3_prepare_v3(s->view.h, sql.p, (int)sql.n, SQLITE_PREPARE_PERSISTENT, &st, NULL);
	if (rc == SQLITE_OK)
		return st;
	(void)db_error(&s->view, rc, e);
	return NULL;
}

static enum err
run(struct store *s, const char *template, int no, struct errinfo *e)
{
	bool row;
	sqlite3_stmt *st = prepare(s, template, no, e);
	if (!st)
		return e->code;
	enum err err = db_step(&s->view, st, &row, e);
	sqlite3_finalize(st);
	return err;
}

sqlite3_stmt *
class_statement(struct store *s, struct view_class *c, enum class_statement which, struct errinfo *e)
{
	if (which == CLASS_TERMS && !c->terms) {
		if (run(s, make_terms, c->no, e))
			return NULL;
		c->terms = true;
	}
	if (!c->st[which])
		c->st[which] = prepare(s, statements[which], c->no, e);
	return c->st[which];
}

static void
put_content(struct buf *b, int centre, uint64_t log_circle, const struct label *l, bool aside)
{
	buf_be(b, (uint64_t)centre, 4);
	buf_be(b, log_circle, 8);
	buf_put(b, str_bytes(l->policy, POLICY_ID));
	buf_be(b, l->circle, 8);
	buf_be(b, l->level, 1);
	buf_be(b, l->orcon, 1);
	buf_be(b, aside, 1);
	buf_be(b, l->ncompartments == LABEL_OVERFULL ? OVERFULL : l->ncompartments, 1);
	for (size_t i = 0; l->ncompartments != LABEL_OVERFULL && i < l->ncompartments; i++) {
		buf_puts(b, l->compartment[i]);
		buf_putc(b, '\0');
	}
}

static uint64_t
take_be(struct str *s, size_t n)
{
	uint64_t v = 0;
	for (size_t i = 0; i < n; i++)
		v = v << 8 | (unsigned char)s->p[i];
	*s = str_sub(*s, n, s->n);
	return v;
}

static bool
take_content(struct str s, struct view_class *c)
{
	struct label *l = &c->label;
	if (s.n < 4 + 8 + POLICY_ID + 8 + 4)
		return false;
	c->centre = (int)take_be(&s, 4);
	c->circle = take_be(&s, 8);
	*l = (struct label){.valid_until = TIME_NEVER, .delete_by = TIME_NEVER};
	memcpy(l->policy, s.p, POLICY_ID);
	s = str_sub(s, POLICY_ID, s.n);
	l->circle = take_be(&s, 8);
	l->level = (uint8_t)take_be(&s, 1);
	l->orcon = take_be(&s, 1) != 0;
	c->aside = take_be(&s, 1) != 0;
	l->ncompartments = (uint8_t)take_be(&s, 1);
	if (l->ncompartments == OVERFULL) {
		l->ncompartments = LABEL_OVERFULL;
		return s.n == 0;
	}
	if (l->ncompartments > LIMIT_COMPARTMENTS)
		return false;
	for (size_t i = 0; i < l->ncompartments; i++) {
		struct str name;
		if (!str_cut(s, '\0', &name, &s) || name.n > LIMIT_COMPARTMENT)
			return false;
		memcpy(l->compartment[i], name.p, name.n);
	}
	return s.n == 0;
}

static void
class_free(struct view_class *c)
{
	if (!c)
		return;
	for (size_t i = 0; i < CLASS_STATEMENTS; i++)
		sqlite3_finalize(c->st[i]);
	free(c);
}

/* A class into the cache, its content copied behind it. */
static enum err
keep(struct view_cache *cache, int64_t no, int64_t maker, struct str content, struct view_class **ret, struct errinfo *e)
{
	if (no < 1 || no > VIEW_CLASSES)
		return err_set(e, ERR_CORRUPT, "view.db: an access class has the number %lld", (long long)no);
	struct view_class *c = calloc(1, sizeof *c + content.n);
	if (!c)
		return err_nomem(e);
	char *copy = (char *)(c + 1);
	memcpy(copy, content.p, content.n);
	c->no = (int)no;
	c->foreign = maker != 0;
	c->content = (struct str){copy, content.n};
	if (!take_content(content, c)) {
		free(c);
		return err_set(e, ERR_CORRUPT, "view.db: an access class is damaged");
	}
	struct map_item *item = map_put(&cache->by_content, c->content, NULL);
	if (!item) {
		free(c);
		return err_nomem(e);
	}
	item->v.ptr = c;
	cache->classes[no] = c;
	if (no > cache->last)
		cache->last = (int)no;
	if (ret)
		*ret = c;
	return OK;
}

static void
cache_free(struct view_cache *cache)
{
	for (int i = 1; i <= cache->last; i++)
		class_free(cache->classes[i]);
	map_done(&cache->by_content);
	free(cache->types);
	free(cache);
}

void
store_view_forget(struct store *s)
{
	if (s->cache)
		cache_free(s->cache);
	s->cache = NULL;
	store_lapses_forget(s);
}

void
store_logs_forget(struct store *s)
{
	if (s->cache)
		s->cache->log = 0;
}

enum err
view_cache(struct store *s, struct view_cache **ret, struct errinfo *e)
{
	if (s->cache) {
		*ret = s->cache;
		return OK;
	}
	bool row = false;
	uint8_t key[16];
	struct view_cache *cache = calloc(1, sizeof *cache);
	if (!cache)
		return err_nomem(e);
	s->env->random(s->env->ctx, RND_HASH, STR("view classes"), 0, key, sizeof key);
	map_init(&cache->by_content, key, VIEW_CLASSES);
	sqlite3_stmt *st = db_query(&s->view, SQL("SELECT no,maker,content FROM class ORDER BY no"), e, "");
	enum err err = st ? OK : e->code;
	while (!err && !(err = db_step(&s->view, st, &row, e)) && row)
		err = keep(cache, sqlite3_column_int64(st, 0), sqlite3_column_int64(st, 1), db_col(st, 2), NULL, e);
	db_end(st);
	if (err)
		cache_free(cache);
	else
		*ret = s->cache = cache;
	return err;
}

/* What a class counts as; own ones that were put aside count with those that were not. */
static bool
is_own(const struct view_class *c)
{
	return c && !c->foreign && !c->aside;
}

static void
count(const struct view_cache *cache, uint32_t *ret_own, uint32_t *ret_others)
{
	*ret_own = *ret_others = 0;
	for (int i = 1; i <= cache->last; i++) {
		*ret_own += is_own(cache->classes[i]);
		*ret_others += cache->classes[i] && cache->classes[i]->foreign;
	}
}

/* Of the home's own, those that others in this centre get to see. */
static uint32_t
count_given(const struct view_cache *cache, int centre)
{
	uint32_t n = 0;
	for (int i = 1; i <= cache->last; i++) {
		const struct view_class *c = cache->classes[i];
		n += is_own(c) && c->centre == centre && c->circle & (c->circle - 1);
	}
	return n;
}

enum err
view_kinds(struct store *s, uint32_t *ret_own, uint32_t *ret_others, uint32_t *ret_most, struct errinfo *e)
{
	struct view_cache *cache;
	int64_t most;
	enum err err = view_cache(s, &cache, e);
	if (err ||
	    (err = db_int(&s->view, 0, &most, SQL("SELECT max(n) FROM (SELECT count(*) AS n FROM class WHERE maker!=0 GROUP BY maker)"), e, "")))
		return err;
	count(cache, ret_own, ret_others);
	*ret_most = (uint32_t)most;
	return OK;
}

bool
view_kind_same(const struct label *a, const struct label *b)
{
	return memcmp(a->policy, b->policy, POLICY_ID) == 0 && a->circle == b->circle && a->level == b->level && a->orcon == b->orcon &&
	       a->ncompartments == b->ncompartments && memcmp(a->compartment, b->compartment, sizeof a->compartment) == 0;
}

/* Whether another author may cause one more. What it has beyond LIMIT_CLASSES_EACH comes out of a store that all have together, so that those who use
 * that up leave each of the rest as many. */
static enum err
foreign_room(struct store *s, const struct view_cache *cache, int64_t maker, struct errinfo *e)
{
	int64_t made, beyond;
	uint32_t own, others;
	enum err err;
	count(cache, &own, &others);
	if ((err = db_int(&s->view, 0, &made, SQL("SELECT count(*) FROM class WHERE maker=?"), e, "i", maker)))
		return err;
	if (made >= LIMIT_CLASSES_PER_AUTHOR)
		return err_set(
		    e, ERR_LIMIT, "more than %d kinds of label from one author: what bears another is not shown", LIMIT_CLASSES_PER_AUTHOR);
	if ((err = db_int(&s->view, 0, &beyond, SQL("SELECT sum(max(n-?,0)) FROM (SELECT count(*) AS n FROM class WHERE maker!=0 GROUP BY maker)"), e,
		 "i", (int64_t)LIMIT_CLASSES_EACH)))
		return err;
	if (others >= LIMIT_CLASSES_OTHERS || (made >= LIMIT_CLASSES_EACH && beyond >= LIMIT_CLASSES_OTHERS / 2))
		return err_set(e, ERR_LIMIT, "more than %d kinds of label from others: what bears another is not shown", LIMIT_CLASSES_OTHERS);
	return OK;
}

static enum err
make(struct store *s, struct view_cache *cache, int64_t maker, struct str content, struct view_class **ret, struct errinfo *e)
{
	int no = cache->last + 1;
	enum err err;
	if (maker && (err = foreign_room(s, cache, maker, e)))
		return err;
	if (no > VIEW_CLASSES) {
		err = err_set(e, ERR_LIMIT, "more than %d kinds of label and circle: what bears another cannot be shown", VIEW_CLASSES);
		err_hint(e, "use fewer compartments");
		return err;
	}
	if ((err = db_do(&s->view, SQL("INSERT INTO class(no,content,maker) VALUES(?,?,?)"), e, "ibi", (int64_t)no, content, maker)) ||
	    (err = run(s, make_words, no, e)))
		return err;
	for (size_t i = 0; i < sizeof tune / sizeof *tune; i++)
		if ((err = run(s, tune[i], no, e)))
			return err;
	return keep(cache, no, maker, content, ret, e);
}

enum err
class_of(struct store *s, int centre, uint64_t log_circle, int author, const struct label *l, bool aside, struct view_class **ret, struct errinfo *e)
{
	bool private = !(log_circle & (log_circle - 1)); /* ours */
	char space[CONTENT_MAX];
	struct buf content = {.p = space, .cap = sizeof space, .max = sizeof space};
	struct view_cache *cache;
	enum err err = view_cache(s, &cache, e);
	if (err)
		return err;
	put_content(&content, centre, log_circle, l, aside);
	struct map_item *item = map_find(&cache->by_content, buf_str(&content));
	if (!item)
		return make(s, cache, private || author < 0 ? 0 : (int64_t)centre * LIMIT_MEMBERS + author, buf_str(&content), ret, e);
	*ret = item->v.ptr;
	return OK;
}

enum err
view_kind_room(struct store *s, int centre, uint64_t log_circle, const struct label *l, uint32_t coming, bool *ret_new, struct errinfo *e)
{
	char space[CONTENT_MAX];
	struct buf content = {.p = space, .cap = sizeof space, .max = sizeof space};
	struct view_cache *cache;
	uint32_t own, others;
	enum err err = view_cache(s, &cache, e);
	if (err)
		return err;
	put_content(&content, centre, log_circle, l, false);
	*ret_new = !map_find(&cache->by_content, buf_str(&content));
	if (!*ret_new)
		return OK;
	if (log_circle & (log_circle - 1) && count_given(cache, centre) + coming >= LIMIT_CLASSES_PER_AUTHOR) {
		err = err_set(e, ERR_LIMIT, "this home has released %d kinds of label in this centre; others would not be shown another",
		    LIMIT_CLASSES_PER_AUTHOR);
		err_hint(e, "release it to a circle, and under a mark, that something was released under already");
		return err;
	}
	count(cache, &own, &others);
	if (own + coming < LIMIT_CLASSES_OWN)
		return OK;
	err = err_set(e, ERR_LIMIT, "this home has %d kinds of label of its own already, the most there may be", LIMIT_CLASSES_OWN);
	err_hint(e, "use a label that is in use: level, circle, ORCON and compartments as something that is here");
	return err;
}

enum err
class_at(struct store *s, int64_t no, struct view_class **ret, struct errinfo *e)
{
	struct view_cache *cache;
	enum err err = view_cache(s, &cache, e);
	if (err)
		return err;
	*ret = cache->classes[no & VIEW_CLASSES];
	return *ret ? OK : err_set(e, ERR_CORRUPT, "view.db: an object's access class is not there");
}

bool
class_readable(const struct view_class *c, const struct view_who *who)
{
	if (!who)
		return true;
	for (size_t i = 0; i < who->n; i++)
		if (label_may_read(&c->label, &who->clearances[i], TIME_MIN) == LABEL_MAY)
			return true;
	return false;
}

enum err
store_words_check(struct store *s, struct errinfo *e)
{
	struct view_cache *cache;
	enum err err = view_cache(s, &cache, e);
	for (int i = 1; !err && i <= cache->last; i++) {
		bool row;
		sqlite3_stmt *st = cache->classes[i] ? class_statement(s, cache->classes[i], CLASS_CHECK, e) : NULL;
		if (!st)
			return cache->classes[i] ? e->code : OK;
		err = db_step(&s->view, st, &row, e);
		db_end(st);
	}
	return err;
}
