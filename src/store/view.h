/* view: what people query (view.db), a function of the record.
 *
 * Written by share/project.c alone, arrival by arrival; the position commits with the rows. Read through filters that carry the viewer's clearance:
 * an answer is a function of the rows the viewer may read and of nothing else: rows of other classes change no order, count or page. Objects are kept
 * by access class (centre, circle, level, compartments, orcon); each class is read in order of arrival and classes are merged. What was put aside
 * has classes of its own, so that lists without it pass over nothing. */
#ifndef STORE_VIEW_H
#define STORE_VIEW_H

#include "crypto/hash.h"
#include "label/grade.h"
#include "label/rule.h"
#include "stix/id.h"
#include "store/store.h"

/* writing. */

enum err view_begin(struct store *s, struct errinfo *e) MUST_USE;
/* position: the last arrival that these rows include. On failure nothing of it stands, the transaction is over. */
enum err view_commit(struct store *s, uint64_t position, struct errinfo *e) MUST_USE;
void view_rollback(struct store *s);
enum err view_position(struct store *s, uint64_t *ret, struct errinfo *e) MUST_USE;
/* Empties the view, for a rebuild (not inside a transaction or a callback; position 0). After a failure the view is closed: every call on it fails
 * until this one or store_open succeeds. */
enum err view_reset(struct store *s, struct errinfo *e) MUST_USE;
uint64_t view_resets(const struct store *s); /* how often that was done to it: what is remembered of rows may have changed then */
bool view_is_open(const struct store *s); /* and nothing in it was met damaged: else it is to be reset */

enum view_link {               /* why an object names another */
	VIEW_LINK_REF = 0,     /* a STIX reference, but for those to its creator and its markings */
	VIEW_LINK_CITES = 1,   /* lineage: a product's source (private) */
	VIEW_LINK_DERIVED = 2, /* a released object's private original (private) */
	VIEW_LINK_REPLACES = 3,
	VIEW_LINK_GRADES = 4, /* a private regrading of another's object */
};

enum view_state { VIEW_LIVE = 0, VIEW_RECALLED = 1, VIEW_CORRECTED = 2, VIEW_DOWNGRADED = 3, VIEW_WITHDRAWN = 4 };

struct view_claim {
	struct str what, where; /* folded for comparing by the caller */
	int64_t when;           /* TIME_NEVER = not said */
	double low, best, high; /* NAN = not said */
	uint32_t portion;
};

struct view_object {
	uint64_t arrival; /* record arrival seq */
	uint32_t piece;   /* place in its entry, 0 … 999 */
	int64_t log;
	uint64_t idx;
	int64_t piece_no; /* record piece number: where the bytes are */
	int64_t at;       /* moment of arrival; the same in all objects of an arrival */
	int centre;
	int author; /* member who released it */
	bool own;   /* the home's own member, whose labels are not counted: what it released it must see, to recall it */
	const struct label *label;
	struct stix_id id;
	int64_t created, modified; /* 0 for objects without (SCOs) */
	bool revoked;
	struct grade grade;
	uint64_t serial;        /* of its entry; 0 = none */
	const struct str *text; /* what full text finds, in parts */
	size_t ntext;
	const struct view_ref {
		struct stix_id target;
		enum view_link link;
	} * refs;
	size_t nrefs;
	const struct view_claim *claims;
	size_t nclaims;
	bool aside;     /* made by an operation beside what people add (how a release is linked, a grade of one's own): lists may leave it out */
	bool withdrawn; /* its bytes are gone: the row is VIEW_WITHDRAWN and tells only that something was released. id (type ""), dates, grade,
			   words, references, claims are empty, and it is not aside any more */
};
/* Circle and epoch are those of the log. The label's owners, tlp and dates are the row's own, the rest is its access class. ERR_CONFLICT if (arrival,
 * piece) is there; ERR_LIMIT past 4095 access classes; after any failure the transaction is to be rolled back. Cost: about 5 us and the words. */
enum err view_object_put(struct store *s, const struct view_object *o, struct errinfo *e) MUST_USE;

/* What is no object: recalls, requests, consents, receipts, flags, starts of epochs, malformed leaves; one row a target. */
enum view_event_kind { VIEW_RECALL = 1, VIEW_REQUEST, VIEW_CONSENT, VIEW_RECEIPT, VIEW_FLAG, VIEW_EPOCH, VIEW_MALFORMED };
struct view_event {
	uint64_t arrival;
	uint32_t n; /* from 0 within its entry */
	int64_t at, log;
	uint64_t idx;
	enum view_event_kind kind;
	int centre, author;
	uint64_t circle;   /* where it was said */
	struct stix_id id; /* about which object; type empty = none */
	int64_t modified;  /* which version; 0 = all */
	struct hash of;    /* receipt: of which leaf; consent: to which request; else zero */
	int64_t lapses;    /* as of a row; filled when read */
	uint64_t to;       /* request, consent: the circle asked for */
	int value;         /* recall: enum view_state; consent: 1 granted, 0 refused; else 0 */
};
enum err view_event_put(struct store *s, const struct view_event *v, struct errinfo *e) MUST_USE;

/* A kind of label (in DESIGN: access class) is what decides who may read an object: centre, circle of its log, and the label's policy, circle, level,
 * orcon and compartments. A view holds 4,095 of them, and what would need another is not shown; so who adds asks first. ERR_LIMIT: this would be a
 * new kind of the home's own, and it has LIMIT_CLASSES_OWN of them; or, in a circle of several, LIMIT_CLASSES_PER_AUTHOR that others see in this
 * centre, who would not show it. *ret_new: it would be one; coming: how many others are about to be. What was put aside counts for nothing here. */
enum err
view_kind_room(struct store *s, int centre, uint64_t log_circle, const struct label *l, uint32_t coming, bool *ret_new, struct errinfo *e) MUST_USE;
bool view_kind_same(const struct label *a, const struct label *b); /* one kind, in one log */
/* How many there are of the home's own, that others caused, and that the one of these with the most did. */
enum err view_kinds(struct store *s, uint32_t *ret_own, uint32_t *ret_others, uint32_t *ret_most, struct errinfo *e) MUST_USE;

struct view_row; /* below */
/* Sets the state of one object's row. When it leaves VIEW_LIVE its words are taken out of full text (text exactly as at view_object_put: it says
 * which); when it comes back they are put in again. Nothing finds the words any more; they are left in the file until view_purge_step is through. */
enum err view_object_state(
    struct store *s, const struct view_row *row, enum view_state state, const struct str *text, size_t ntext, struct errinfo *e) MUST_USE;
/* Makes a row what view_object_put makes of a withdrawn piece at that place; o is what was put there before, so that its words, references and claims
 * are found. ERR_NOTFOUND if there is no such row. */
enum err view_object_withdraw(struct store *s, const struct view_row *row, const struct view_object *o, struct errinfo *e) MUST_USE;
/* Rewrites some of the full text of a class that lost words, in a transaction of its own; *ret_more: call it again. Once it is false no word that was
 * taken out is in view.db or its write-ahead log. Between two calls others may write; a crash loses nothing of it. All steps together cost as much as
 * the class is large. */
enum err view_purge_step(struct store *s, bool *ret_more, struct errinfo *e) MUST_USE;
/* All steps. */
enum err view_purge(struct store *s, struct errinfo *e) MUST_USE;
/* What was committed to the view is on the disk when OK: its commits alone are not, so that power can take the last of them while the record keeps
 * its own. Not inside a transaction; ERR_BUSY while a callback of the view runs. Cost: two syncs. */
enum err view_sync(struct store *s, struct errinfo *e) MUST_USE;
/* How many classes are still to be rewritten. */
enum err view_purging(struct store *s, uint64_t *ret, struct errinfo *e) MUST_USE;

/* What was released to a circle that a member has left, or will leave at a moment that is known, counts from then on only as far as another member
 * countersigned it before. */
struct view_lapse {
	int64_t log;
	int64_t until;    /* that moment; TIME_NEVER: nobody leaves */
	uint64_t covered; /* entries from here on cease to count then; recalls never do */
};
/* Inside view_begin; with until = TIME_NEVER what was kept of the log goes. */
enum err view_lapse_put(struct store *s, const struct view_lapse *l, struct errinfo *e) MUST_USE;
enum err view_lapse_get(struct store *s, int64_t log, struct view_lapse *ret, bool *ret_any, struct errinfo *e) MUST_USE;
enum err view_lapse_any(struct store *s, bool *ret, struct errinfo *e) MUST_USE; /* whether any log has one */

/* reading. */

/* The public key of a row: what a page continues after. A type that the standard does not name is viewed in the store, for as long as it is open. */
struct view_key {
	int centre;
	uint64_t circle; /* of the log: where it was released */
	int author;
	struct stix_id id;
	int64_t modified;
	uint64_t idx;
	uint32_t epoch;
	uint32_t piece; /* the same version may have been released twice in a log */
};

struct view_row {
	struct view_key key;
	int64_t log, piece_no, at, created;
	uint64_t arrival; /* home-local order; not to be shown to anyone but the home's own member */
	uint32_t piece;
	int64_t no; /* of this store's own */
	bool revoked;
	struct grade grade;
	uint64_t serial;
	enum view_state state;
	int64_t lapses; /* from when on it does not count, since nobody else countersigned it in time; TIME_NEVER = it stands */
	struct label label;
};

/* Who looks: one clearance a centre (label/rule.h); NULL = the home's own member itself, who may read all that the home holds. */
struct view_who {
	const struct clearance *clearances;
	size_t n;
};

/* Another one wherever the two may see different things: all that a clearance says. What is remembered for viewers is kept by it. */
struct hash view_who_hash(const struct view_who *who); /* NULL: who may see everything */

struct view_filter {
	const struct view_who *who;
	int64_t now;                     /* for dates of labels */
	int centre;                      /* 0 = any */
	uint64_t circle;                 /* 0 = any; exact: of the log */
	int author;                      /* -1 = any */
	struct str type;                 /* empty = any */
	const struct stix_id *id;        /* NULL = any: all versions and conflicts of one object */
	const struct stix_id *refers_to; /* NULL = any: objects that name this one */
	int link;                        /* with refers_to: enum view_link, -1 = any but the private kinds */
	struct str words;                /* full text query, see below; empty = none */
	int64_t since;                   /* arrival after this moment; TIME_MIN = any */
	bool gone;                       /* also those recalled, withdrawn, expired or not countersigned in time */
	bool plain;                      /* without those that were put aside */
	const struct view_key *after;    /* continue after this row; NULL = from the newest */
	uint32_t limit;                  /* at most LIMIT_PAGE */
};
/* Newest arrival first. The callback may write and ask again; what it adds is not seen by the walk. ERR_NOTFOUND if `after` is not a row of a class
 * that the viewer may read. ERR_SYNTAX for a bad query. */
enum err view_find(struct store *s, const struct view_filter *f, enum err (*each)(void *ctx, const struct view_row *row, struct errinfo *e),
    void *ctx, struct errinfo *e) MUST_USE;
/* The circles of which a viewer may read anything that ever came, each once. */
enum err view_circles(struct store *s, const struct view_who *who, enum err (*each)(void *ctx, int centre, uint64_t circle, struct errinfo *e),
    void *ctx, struct errinfo *e) MUST_USE;
/* Holds one state of the view for many short questions: cheaper than a lock a question. Nothing is written, and no view_begin, before view_let_go
 * (which outside of a hold does nothing). */
enum err view_hold(struct store *s, struct errinfo *e) MUST_USE;
void view_let_go(struct store *s);
/* Whether any row has this id: a quick no, for who is about to add it. Not for answers to a viewer. */
enum err view_knows(struct store *s, const struct stix_id *id, bool *ret, struct errinfo *e) MUST_USE;
/* The same without limit: for what one key has. */
enum err view_find_all(struct store *s, const struct view_filter *f, enum err (*each)(void *ctx, const struct view_row *row, struct errinfo *e),
    void *ctx, struct errinfo *e) MUST_USE;
/* Ids of objects, those gone among them, whose UUID is in [first, last], each once and in their order: of this type (empty: of any), and of what the
 * viewer may read alone. At most max are given, and sought. Types are viewed in the store, as of a key. */
enum err view_begins(struct store *s, const struct view_who *who, struct str type, const uint8_t first[16], const uint8_t last[16],
    struct stix_id *ret, size_t max, size_t *ret_n, struct errinfo *e) MUST_USE;
/* How many view_find would give without limit; stops counting at max. */
enum err view_count(struct store *s, const struct view_filter *f, uint64_t max, uint64_t *ret, struct errinfo *e) MUST_USE;
/* The row of one piece, whatever its state. ERR_NOTFOUND. */
enum err view_at(struct store *s, int64_t log, uint64_t idx, uint32_t piece, struct view_row *ret, struct errinfo *e) MUST_USE;

/* Words that begin as given (folded; anything but one word finds nothing), among rows in view (live, readable, not aside), in order of bytes, each
 * once. */
enum err view_suggest(struct store *s, const struct view_who *who, int64_t now, struct str begins, uint32_t limit,
    enum err (*each)(void *ctx, struct str word, struct errinfo *e), void *ctx, struct errinfo *e) MUST_USE;

/* Events, oldest first unless asked for otherwise. kind 0 = any; id NULL = any; centre 0 = any; author -1 = any; after_arrival 0 = from the first. */
struct view_event_filter {
	int kind, centre, author;
	uint64_t circle; /* 0 = any */
	const struct stix_id *id;
	const struct hash *of;
	uint64_t after_arrival;
	bool lapsed; /* also what does not count any more by the home's clock */
	bool newest; /* newest first; without kind, id and of */
};
enum err view_event_each(struct store *s, const struct view_event_filter *f,
    enum err (*each)(void *ctx, const struct view_event *v, struct errinfo *e), void *ctx, struct errinfo *e) MUST_USE;

/* Claims about something somewhere (folded; empty where = anywhere), by place, then oldest first. Only rows in view (live, readable). */
enum err view_claim_each(struct store *s, const struct view_who *who, int64_t now, struct str what, struct str where,
    enum err (*each)(void *ctx, const struct view_row *row, const struct view_claim *c, struct errinfo *e), void *ctx, struct errinfo *e) MUST_USE;

/* Objects with a date (valid-until or delete-by) in [from, to), earliest first, each once, at its first date there; whatever their state. The
 * callback may write. */
enum err view_due_each(struct store *s, int64_t from, int64_t to, enum err (*each)(void *ctx, const struct view_row *row, struct errinfo *e),
    void *ctx, struct errinfo *e) MUST_USE;

/* A digest of every ordinary table by primary key and of full text by its vocabulary: equal digests, equal views. */
enum err view_digest(struct store *s, struct hash *ret, struct errinfo *e) MUST_USE;

/* The words of a full text query, parted by blanks: words all of which must be there, "quoted phrases", word* for beginnings (also of a phrase's last
 * word: "al anb"*), -word and -"a phrase" for absence. Folded as the text is (text/fold.h); what falls into several words ("Al-Qa'im") is a phrase.
 * Never FTS5's own syntax. At most LIMIT_QUERY bytes and LIMIT_QUERY_TERMS words (ERR_LIMIT); at least one word that must be there (ERR_SYNTAX).
 * Objects recalled or withdrawn have no words any more, so words find none of them even with `gone`. */

#endif
