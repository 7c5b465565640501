/* consent: asking an originator whether something of theirs may be used in a product for another circle (or under orcon at all), and answering.
 *
 * Request, consent and refusal stand in the log for the circle of the two concerned, so nobody else learns even that a question was asked. The last
 * answer of an originator for one object and one circle counts: a refusal after a consent withdraws it. */
#ifndef SHARE_CONSENT_H
#define SHARE_CONSENT_H

#include "share/write.h"

struct consent_ask {
	struct stix_id id;
	int64_t modified;  /* 0 = whatever version */
	int originator;    /* -1: the only member that released it to us */
	uint64_t to;       /* circle the product is meant for */
	struct str reason; /* the originator reads it */
	struct str position;
};
/* Appends a request (its own record transaction; the caller then signs and projects). ERR_NOTFOUND: nobody released it to us; ERR_USAGE: several did,
 * name one; ERR_INVALID: it is our own, or the circle lacks us; ERR_CONFLICT: asked already and not answered yet, or granted already. */
enum err
consent_request(struct share *s, struct share_centre *centre, const struct consent_ask *ask, struct share_appended *ret, struct errinfo *e) MUST_USE;

enum consent_state { CONSENT_WAITING, CONSENT_GRANTED, CONSENT_REFUSED };
struct consent_item {
	struct share_centre *centre;
	struct hash leaf; /* of the request: what an answer names. Zero: a consent that nobody asked for */
	int asker, originator;
	bool ours; /* asked by this home; else of it */
	struct stix_id id;
	int64_t modified;
	uint64_t to;
	struct str reason;        /* of the request; valid during the call */
	int64_t at;               /* arrived here */
	bool known;               /* the object was released by the originator to a circle with the asker in it */
	enum consent_state state; /* by the last word that decides of a release; one for another circle refuses no question that waits */
	struct str answer;        /* reason of it */
	int64_t answered_at;
};
/* Requests of one centre (NULL: all), oldest first, with their answers; then consents given unasked. */
enum err consent_each(struct share *s, struct share_centre *centre, enum err (*each)(void *ctx, const struct consent_item *item, struct errinfo *e),
    void *ctx, struct errinfo *e) MUST_USE;

struct consent_answer {
	struct hash request; /* leaf; zero: unasked, then the next four say what about */
	int asker;
	struct stix_id id;
	int64_t modified;
	uint64_t to;
	bool granted;
	struct str reason;
	struct str position;
};
/* Appends the answer. ERR_NOTFOUND: no such request to us; ERR_DENIED: a consent for what we never released to that member (a refusal is taken). */
enum err
consent_give(struct share *s, struct share_centre *centre, const struct consent_answer *x, struct share_appended *ret, struct errinfo *e) MUST_USE;

#endif
