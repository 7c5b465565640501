/* host: a home opened for long, and asked by many threads.
 *
 * One thread at a time is in the node, in the order in which they came. An operation that changes things over many transactions (a large add) lets
 * those that only read in between two of them, and no other that changes things: of these one at a time is at work. Input that may be slow in coming
 * (a pipe, a connection) is read to its end before the node is entered, into a file of the home that has no name, so that nobody waits for somebody
 * else's input. */
#ifndef API_HOST_H
#define API_HOST_H

#include "node/collect.h"
#include "node/peers.h"
#include "node/people.h"

struct host;

/* Takes the home's lock until host_close. env is that of the home in dir; both must outlive it. set_clock moves env's clock (to a time as people
 * write it); NULL: nobody may. */
enum err host_open(
    const struct env *env, const char *dir, enum err (*set_clock)(struct str text, struct errinfo *e), struct host **ret, struct errinfo *e) MUST_USE;
const char *host_warning(const struct host *h); /* node_warning */
void host_close(struct host *h);                /* nobody is in it any more; takes NULL */
/* Over a node that somebody else opened and will close, after host_close. */
enum err host_over(struct node *n, struct host **ret, struct errinfo *e) MUST_USE;

/* As node_call. slow: the input is not at hand (see above). */
enum err host_call(struct host *h, const struct node_call *c, bool slow, struct buf *reply, struct errinfo *e) MUST_USE;
/* As node_serve, node_tick. What the clock makes due waits for the next time while something else is at work. */
enum err host_serve(struct host *h, struct str centre, struct str asker, struct str path, struct buf *reply, struct errinfo *e) MUST_USE;
enum err host_tick(struct host *h, struct errinfo *e) MUST_USE;

/* Fetches from another member's node over a network. While the peer is waited for others are let into the node; if charters or keys changed meanwhile
 * it ends with ERR_STOPPED, and is to be asked again. One at a time; the rest wait, and after some seconds it is over for now: ERR_STOPPED as well,
 * what was taken stands. */
enum err host_sync(struct host *h, struct str centre, struct str member, const struct transport *peer, struct buf *reply, struct errinfo *e) MUST_USE;
/* For the thread that is in host_sync: whether its time is up. While its peer is waited for it has to look. */
bool host_sync_is_over(struct host *h);

/* As node_peers, node_peers_due. */
enum err host_peers(struct host *h, enum err (*each)(void *ctx, const struct node_peer *p, struct errinfo *e), void *ctx, struct errinfo *e) MUST_USE;
int64_t host_peers_due(struct host *h);
/* This node's certificate and key for TLS (http/tls.h). */
enum err host_tls(struct host *h, struct buf *ret_cert, struct buf *ret_key, struct errinfo *e) MUST_USE;

/* As node_feed_next, node_feed_keep, node_feed_ended, node_feed_count (host_feed.c). */
enum err host_feed_next(struct host *h, bool (*busy)(void *ctx, struct str name), void *ctx, struct arena *a, struct node_feed_due *ret,
    int64_t *ret_wait, struct errinfo *e) MUST_USE;
enum err host_feed_keep(struct host *h, const struct node_feed *f, struct str place, struct errinfo *e) MUST_USE;
enum err host_feed_ended(struct host *h, const struct node_feed *f, const struct node_feed_run *r, struct errinfo *e) MUST_USE;
enum err host_feed_count(struct host *h, uint64_t ret[static FEED_STATES], struct errinfo *e) MUST_USE;

/* People (host_people.c). A password is tried outside the turn, LIMIT_LOGIN_HASHES at a time and one of an address, so that who floods waits for
 * himself. from: the address that asks. Whoever is given is to be let go by node_person_free. At most LIMIT_LOGIN_GATE are
 * tried or wait for it at one time, since each holds its thread; others are ERR_BUSY at once, of the network that has most there first. */
struct host_login_not {
	bool wants_code; /* the password was right, and a one-time code is needed */
	unsigned after;  /* with ERR_BUSY: seconds after which it may be tried again */
};
enum err host_login(struct host *h, struct str name, struct str password, struct str code, struct str from, struct str old, struct node_person **ret,
    char ret_session[static SESSION_TEXT + 1], struct host_login_not *ret_not, struct errinfo *e) MUST_USE;
/* The caller's own password, by the old one and, where there is a device, its code. All sessions of the account end; this is the new one. *ret_after:
 * as in host_login_not. */
enum err host_password(struct host *h, const struct node_who *who, struct str old, struct str password, struct str code, struct str from,
    struct node_person **ret, char ret_session[static SESSION_TEXT + 1], unsigned *ret_after, struct errinfo *e) MUST_USE;
/* What the caller changes of how he logs in, with his password beside it: c is called with who.proved. *ret_after: as in host_login_not. */
enum err host_call_proved(struct host *h, const struct node_call *c, struct str password, struct str from, struct buf *reply, unsigned *ret_after,
    struct errinfo *e) MUST_USE;
/* Another's password, set by who may (the operation "account-password"). */
enum err host_account_password(struct host *h, const struct node_who *who, struct str name, struct str password, struct errinfo *e) MUST_USE;
/* Who showed this session's id, this token: remembered for LIMIT_AUTH_SECONDS, so that most requests do not wait for the turn; forgotten at once when
 * accounts, sessions or tokens change. ERR_DENIED. */
enum err host_auth_session(struct host *h, struct str session, struct node_person **ret, struct errinfo *e) MUST_USE;
enum err host_auth_token(struct host *h, struct str user, struct str token, struct str from, struct node_person **ret, struct errinfo *e) MUST_USE;
enum err host_logout(struct host *h, struct str session, struct errinfo *e) MUST_USE;

/* From now on what is at work ends where nothing is half done (ERR_STOPPED; what was committed stays). From any thread. */
void host_stop(struct host *h);

/* Called, in whatever thread, after something was done that may have changed what others may have of this home; f must be quick and must not ask the
 * host. governed: charters, cards or keys may have changed too. Set before anybody asks. */
void host_on_change(struct host *h, void (*f)(void *ctx, bool governed), void *ctx);

/* Grows whenever something was done that may have changed what is told of this home. From any thread. */
uint64_t host_changes(const struct host *h);
/* The node's clock. */
int64_t host_now(const struct host *h);
/* Answers that are kept (pages.h). */
struct pages *host_pages(struct host *h);
/* Lines of the audit trail, for what is answered from there: on disk when it returns. From any thread. */
enum err host_told(struct host *h, const struct node_line *lines, size_t n, struct errinfo *e) MUST_USE;
/* Its streams of events (events.h). */
struct events_hub *host_events(struct host *h);

/* Sets the clock of an exercise, and does what is due by it. */
enum err host_clock(struct host *h, struct str text, struct errinfo *e) MUST_USE;

#endif
