/* fetch: taking in what others released, verifying everything (doc/DESIGN.md, "Fetching"). */
#ifndef SHARE_FETCH_H
#define SHARE_FETCH_H

#include "share/share.h"
#include "share/transport.h"

struct fetch_report {
	uint32_t charters;   /* new charters and cards */
	uint32_t logs;       /* looked at */
	uint64_t entries;    /* new */
	uint64_t objects;    /* new pieces */
	uint64_t cosigs;     /* new countersignatures by others */
	uint32_t forks;      /* newly proven */
	uint32_t waiting;    /* logs whose next entry is ahead of our clock */
	uint32_t pending;    /* entries whose payload the peer did not have */
	uint32_t refused;    /* logs of which nothing was taken since something did not verify; why is in the last errinfo and in quarantine */
	uint32_t dropped;    /* older things that this peer gave, gone from quarantine to make room for these */
	bool shown;          /* the peer is the member's of the options: it showed it, or the transport is sure */
	bool now;            /* and its home as it is: it has its newest log key, as far as this home knows */
	bool own_taken;      /* the listing was read whole, and all that the peer holds of our own logs is here: who knows which member it was tells
				share_settled_with */
	bool own_heard;      /* the listing was read whole, and of each of our own logs the largest note that the peer knows is in the record
				(share_heard_from) */
	bool own_behind;     /* the peer has shown a note of ours that this home did not know of: all circles are unsettled */
	struct errinfo last; /* the last such reason */
};

struct fetch_options {
	bool (*progress)(void *ctx, const struct fetch_report *so_far,
	    struct str origin); /* may be NULL; false stops with ERR_STOPPED, what was committed stays */
	void *ctx;
	const char *member; /* whose home the peer is said to be: id; NULL: not known. It has to show it unless the transport is sure */
};

/* Asks the peer for everything of one centre that this home may hold: charters, logs, entries, payloads, countersignatures, proofs of forks. One bad
 * log does not stop the others. Takes its own record transactions. Own logs are looked at too: where the peer has a longer one than this home (a
 * restored backup) see share/settle.h. */
/* ERR_DENIED: the peer does not show that it is the member's; nothing of its logs was taken. Where it has nothing to say to us that is OK, and
 * `shown` is not set. */
/* What is refused stands in quarantine as given by "<number of the centre>.<member>"; of whoever is not known the member is empty. */
enum err share_fetch(struct share *s, struct share_centre *centre, const struct transport *from, const struct fetch_options *o,
    struct fetch_report *ret, struct errinfo *e) MUST_USE;

#endif
