/* pull: what to ask a TAXII 2.1 server next, from what it said last. Pure: bytes of replies in, queries out.
 *
 * Truth is the server's own moment of the last object, X-TAXII-Date-Added-Last, the highest told; it counts only when a pull came to its end, so that
 * a server that puts its pages in another order, or a pull that is cut short, loses nothing. Until then the place within the pull is the server's
 * `next`. A moment is asked for again with PULL_OVERLAP before it, because many servers date by the second: what comes twice is unchanged.
 *
 * Some servers give a page once: who asks for the same `next` again gets the page after it (medallion). So where a page may have been given that
 * did not come to be taken in (the run did not stop between two pages), the pull goes on with its `next`, and at its end once more from the first,
 * to be sure: only a pull that was whole moves the moment.
 *
 * A server that repeats itself is found by the objects' bytes alone (Brent's cycle finding: one earlier page is remembered, anew at powers of two),
 * whatever its `next` says; after PULL_IDLE such pages, or as many on end without objects, it is not asked any more. */
#ifndef COLLECT_PULL_H
#define COLLECT_PULL_H

#include "base/buf.h"
#include "base/time.h"

enum {
	PULL_NEXT = 1024,   /* bytes of a server's `next`: it goes into a URL */
	PULL_IDLE = 8,      /* pages on end that bring nothing new */
	PULL_PAGES = 10000, /* in one run; the next one goes on there */
	PULL_LIMIT = 1000,  /* objects asked for in a page; a server may give fewer. Where they are too large for a page, fewer are asked for */
	PULL_STATE = 3 * PULL_NEXT + 200,
};
#define PULL_OVERLAP TIME_SECOND

/* One page: TAXII's envelope. */
struct envelope {
	bool more;
	struct buf next;  /* decoded; empty: none */
	uint64_t objects; /* damaged ones too */
	uint64_t mark;    /* of the objects' bytes: equal for equal ones */
};

/* Reads the envelope in body: "objects", "more", "next" (text, or a number as some give it), in any order; none need be there. ret->next is born here
 * and freed by buf_done, also on failure. ERR_SYNTAX, ERR_INVALID, ERR_LIMIT: it is none, or something stands behind it; nothing of it is to be
 * believed. */
enum err envelope_read(struct str body, struct envelope *ret, struct errinfo *e) MUST_USE;

/* A server's moment: RFC 3339 with any number of digits, or none, Z or an offset. */
bool pull_moment(struct str header, int64_t *ret);

/* Which part of a URL path an id of a collection may be: letters, digits, - and _ alone, at most 128. */
bool pull_id_ok(struct str id);

struct pull {
	bool has_after, has_high, by_date;
	int64_t after; /* what the pull began with: everything up to there is here */
	int64_t high;  /* the highest moment told in this pull */
	int64_t from;  /* by_date: what is asked for instead of `next`, which the server does not give */
	int64_t back;  /* by_date: how much earlier than from is asked for */
	char next[PULL_NEXT];
	size_t next_n;
	unsigned limit; /* objects a page, in this run */
	bool unsure;    /* since `after`, a page may have been missed */
	bool clean;     /* set by the caller before pull_put_state: nothing was asked for that was not taken */
	unsigned pages;
	unsigned idle;          /* without objects, on end */
	unsigned same;          /* times that the page which is remembered came again: a page or two that come twice are no loop */
	uint64_t seen, seen_at; /* an earlier page's mark, and how many pages ago the next is remembered */
	bool has_seen;
};

/* Begins, or goes on, with what pull_put_state gave earlier; an empty state: from the first. ERR_INVALID: no state. */
enum err pull_begin(struct pull *p, struct str state, struct errinfo *e) MUST_USE;
void pull_put_state(const struct pull *p, struct buf *b);
/* "?limit=…&added_after=…&next=…" */
void pull_put_query(const struct pull *p, struct buf *b);
/* Forgets the place within the pull, which the server knows no more: from `after` again. False if there was none. */
bool pull_again(struct pull *p);
/* The page was too large, here or for its server: fewer are asked for from now on. False if it was one object alone. */
bool pull_fewer(struct pull *p);
/* Takes a page whose objects were taken in. last: of the header, if has_last; one later than `latest` is not believed. *ret_more: ask again.
 * ERR_INVALID: the server does not come to an end; what was taken stays, and so does the state. */
enum err
pull_page(struct pull *p, const struct envelope *page, bool has_last, int64_t last, int64_t latest, bool *ret_more, struct errinfo *e) MUST_USE;

#endif
