/* view_int: what the files of the view share.
 *
 * An object's number is arrival << 22 | piece << 12 | class. So a number tells its class, numbers are in the order of arrival whatever the class, and
 * no two of one (arrival, piece) exist. */
#ifndef STORE_SQLITE_VIEW_INT_H
#define STORE_SQLITE_VIEW_INT_H

#include "base/map.h"
#include "store/sqlite/store_int.h"
#include "store/view.h"

enum {
	VIEW_CLASS_BITS = 12,
	VIEW_CLASSES = (1 << VIEW_CLASS_BITS) - 1, /* access classes of one view, numbered from 1 */
	VIEW_PIECE_BITS = 10,
	VIEW_ARRIVAL_BITS = VIEW_CLASS_BITS + VIEW_PIECE_BITS,
};

_Static_assert(LIMIT_PIECES <= 1 << VIEW_PIECE_BITS, "a piece's place in its entry fits its bits");

/* What its words are known by in full text: the number without the class. */
static inline int64_t
view_seq(int64_t no)
{
	return no >> VIEW_CLASS_BITS;
}

/* class.c: access classes. */

enum class_statement {
	CLASS_PUT,
	CLASS_DROP,
	CLASS_FIND,
	CLASS_HAS,
	CLASS_MERGE,
	CLASS_CHECK,
	CLASS_TERMS,
	CLASS_SHAPE,
	CLASS_RESHAPE,
	CLASS_STATEMENTS
};

/* All objects that the same people may read, and that came the same way: one full text table. What was put aside is apart from what was not. */
struct view_class {
	int no;
	int centre;
	uint64_t circle;    /* of the log */
	struct label label; /* policy, circle, level, orcon, compartments; the rest as in label_bottom */
	bool aside;
	bool foreign;       /* another author caused it */
	struct str content; /* all of that as bytes: the class is known by them, not by its number */
	bool terms;         /* its vocabulary can be read */
	sqlite3_stmt *st[CLASS_STATEMENTS];
};

/* The name of a type that the standard does not know. */
struct view_name {
	struct view_name *next;
	char text[];
};

struct view_cache {
	struct map by_content;
	struct view_class *classes[VIEW_CLASSES + 1]; /* by number; NULL = none */
	int last;                                     /* highest number */
	struct str *types;                            /* type.c: names by number; views of stix/id.h's or of store.names */
	int64_t ntypes;
	int64_t standard[STIX_TYPE_COUNT];  /* type.c: numbers of the standard's types; 0 = not looked up */
	int64_t log, log_circle, log_epoch; /* put.c: what was last asked of the record; log 0 = nothing */
	uint64_t moment_arrival;            /* put.c: the last arrival that has a moment, and its top; 0 = not known */
	int64_t moment_top;
};

/* The classes as they stand in the file, loaded at first use. */
enum err view_cache(struct store *s, struct view_cache **ret, struct errinfo *e) MUST_USE;
/* Drops what is kept in memory of view.db; after a rollback it may be of what never was. */
void store_view_forget(struct store *s);
/* Drops what is kept of log.db's logs, for the same reason. */
void store_logs_forget(struct store *s);
/* The class of an object with that label out of that circle's log, put aside or not; made if there is none. ERR_LIMIT past VIEW_CLASSES, or past what
 * one author may cause in circles of several: then nothing was written. */
enum err class_of(struct store *s, int centre, uint64_t log_circle, int author, const struct label *l, bool aside, struct view_class **ret,
    struct errinfo *e) MUST_USE;
/* The class of an object's number. ERR_CORRUPT if there is none. */
enum err class_at(struct store *s, int64_t no, struct view_class **ret, struct errinfo *e) MUST_USE;
/* Whether a viewer may read what is in it, dates aside. NULL: anybody of the home itself. */
bool class_readable(const struct view_class *c, const struct view_who *who);
/* A statement of the class, prepared, not bound; NULL with e filled on failure. Reset it after use: it is kept. */
sqlite3_stmt *class_statement(struct store *s, struct view_class *c, enum class_statement which, struct errinfo *e);
enum err store_words_check(struct store *s, struct errinfo *e) MUST_USE; /* FTS5's integrity check of every class */

/* purge.c */

enum err purge_put(struct store *s, const struct view_class *c, struct errinfo *e) MUST_USE; /* the class lost words in this transaction */

/* type.c: names of types as numbers. */

/* *ret 0 if no object has that type and make is not set. */
enum err type_number(struct store *s, struct str name, bool make, int64_t *ret, struct errinfo *e) MUST_USE;
enum err type_name(struct store *s, int64_t no, struct str *ret, struct errinfo *e) MUST_USE; /* see struct view_key */

/* open.c: the same file on another connection; nobody reads it. After a failure the view is closed. */
enum err view_open_again(struct store *s, struct errinfo *e) MUST_USE;

/* words.c: FTS5's tokenizer and expressions. */

enum err store_words_register(struct store *s, struct errinfo *e) MUST_USE; /* on view.db, before any full text table is used */
/* The FTS5 expression of a query (view.h), appended to ret: hexadecimal strings, AND, OR, NOT, brackets and stars, whatever was asked.
 * NUL-terminated. */
enum err words_compile(struct str query, struct buf *ret, struct errinfo *e) MUST_USE;

/* row.c: an object's row. */

#define ROW_COLUMNS "no,type,id,created,modified,author,log,idx,epoch,piece_no,at,owners,tlp,valid_until,delete_by,revoked,state,grade,serial"
int64_t row_grade(const struct grade *g);                                                               /* as kept */
enum err row_read(struct store *s, sqlite3_stmt *st, struct view_row *ret, struct errinfo *e) MUST_USE; /* of ROW_COLUMNS */
enum err row_get(struct store *s, int64_t no, struct view_row *ret, struct errinfo *e) MUST_USE;        /* ERR_NOTFOUND */
bool row_in_view(const struct view_row *row, int64_t now);                                              /* live, and its dates hold */

/* levels.c: empty levels of a class's full text are taken out where there are many. Within a transaction of the view. */
enum err levels_look(struct store *s, struct view_class *c, struct errinfo *e) MUST_USE;
/* The record of a structure with more than `many` levels (at most 2,000), without the empty ones but the first, into ret; false: as it stands. Pure.
 */
bool levels_close_up(struct str block, uint64_t many, struct buf *ret);

#endif
