/* server_int: how the server is made, for its own files.
 *
 * A connection belongs to one loop (a thread with an epoll) for its whole life, and nobody else touches it. What travels is its exchange, the request
 * and its reply: the loop hands it to the workers' queue, the worker hands it back into the loop's inbox. Lists of exchanges and where each one is
 * are guarded by the server's lock. */
#ifndef HTTP_SERVER_INT_H
#define HTTP_SERVER_INT_H

#include <gnutls/gnutls.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/socket.h>

#include "http/head.h"

enum { HTTP_FROM_MAX = 46, HTTP_CHUNK = 16 * 1024, HTTP_SPARES = 16, HTTP_SPARE_MIN = 16 * 1024, HTTP_SPARE_MAX = 512 * 1024 };
enum { ROOM_FREE = 64 * 1024 /* replies up to that are counted as nobody's */, HANDSHAKES = 64 /* of one address, not over */ };

struct link {
	struct link *prev, *next; /* a ring; an empty list is its own neighbour, so whatever is in a list can be taken out without knowing which */
};

/* A request's body, as it comes. */
struct body {
	struct buf mem;
	int fd; /* -1: in memory */
	uint64_t n, at;
};

/* Memory of a reply, counted as somebody's until it is taken. */
struct room {
	size_t n;
	uint8_t whose[16];
};

/* What only a request that is being answered needs; a stream that runs has none. */
struct full {
	struct http_request q;
	struct http_reply r;
	struct buf text; /* the head, which q views */
	struct body body;
	size_t max;
	uint64_t length; /* as told; of chunked ones, 0 */
	struct http_chunks chunks;
	bool is_head, chunked, close, expects, keep_told, refused;
	struct room room;
};

enum where { X_LOOP, X_LISTED, X_RUNNING };

struct exchange {
	struct link link; /* first */
	struct http_server *s;
	struct loop *loop;
	struct conn *conn;     /* the loop's; NULL: it is gone */
	struct exchange *next; /* in the inbox, or held */
	enum where where;
	bool gone;    /* nobody waits for it any more */
	bool in_main; /* it is counted among those queued */
	bool ask;     /* its head is there: whether the body is accepted */
	bool stream;  /* the stream runs: full is NULL */
	bool over, secure, has_pin;
	uint64_t seen; /* the count of wakes before it was handled last */
	int64_t until; /* of one that waits */
	void *state;
	void (*state_free)(void *state);
	struct full *full;
	struct buf out; /* of a running stream, what it says next */
	struct hash pin;
	char from[HTTP_FROM_MAX];
	uint8_t crowd[16]; /* the pin, or else the address */
};

enum conn_state {
	CONN_HANDSHAKE,
	CONN_HEAD,  /* a head is awaited, or comes */
	CONN_ASKED, /* a worker says whether the body is accepted */
	CONN_BODY,  /* a body comes */
	CONN_WORK,  /* a worker has it, or it waits */
	CONN_REPLY, /* the reply goes */
	CONN_STREAM,
	CONN_LINGER, /* all is said; what still comes is read and thrown away, else the other side's system would throw our reply away */
};

struct conn {
	struct link link; /* first; of its loop */
	struct loop *loop;
	int fd;
	enum conn_state state;
	uint32_t events; /* what epoll was asked for */
	gnutls_session_t tls;
	struct exchange *x;
	struct buf in; /* of the next head, and what came after it */
	size_t seen;
	struct buf head, body;     /* what goes out */
	struct http_shared shared; /* in place of body */
	size_t body_at, head_at;
	size_t held, held_out; /* what of the server's memory is counted as this one's */
	int64_t since, last;   /* milliseconds: the state's beginning, the last progress in it */
	uint64_t moved;        /* bytes in it */
	bool again;            /* the TLS library holds a record that the socket did not take */
	bool close, x_here, has_pin, has_address, in_pins, in_shaking, in_unsettled;
	struct room room; /* of the reply that goes */
	struct hash pin;
	uint8_t address[16];
};

struct loop {
	struct http_server *s;
	pthread_t thread;
	bool runs, listens;
	int epoll, event;
	struct link conns;
	pthread_mutex_t m;
	struct exchange *inbox, **inbox_last;
	struct exchange *told, **told_last; /* the loop's own: streams with something to send */
	struct conn *fresh;                 /* accepted for this loop; linked by link.next */
	int64_t now;
	char date[40];
	int64_t dated;
	char scratch[HTTP_CHUNK];
};

/* Replies that are held (settle.c). */
struct settling {
	pthread_mutex_t m;
	pthread_cond_t come;
	struct exchange *first, **last;
	pthread_t thread;
	bool runs, sleeps, ends;
};

struct crowd;

struct http_server {
	struct http_config c;
	int listener;
	gnutls_certificate_credentials_t cred;
	gnutls_priority_t priorities;
	struct loop *loops;
	unsigned nloops, next_loop;
	pthread_mutex_t m;
	pthread_cond_t wake;
	struct link queue, later;  /* to be handled; later: those who were woken */
	struct link waiting, idle; /* asked to wait; streams with nothing to say */
	size_t queued;
	unsigned sleeping, in_later;
	uint64_t wakes;
	bool stop, ending; /* ending: whoever waits is over */
	atomic_bool drain, finish;
	atomic_uint nconns, busy;     /* busy: those to whom not all is said */
	atomic_uint unsettled;        /* of nconns, those accepted whose loop has not seen them yet, and those that it will find ended */
	atomic_size_t held, held_out; /* bytes of bodies, of replies */
	pthread_t *workers;
	unsigned nworkers;
	struct settling settling;
	struct crowd *crowd, *pins;
	struct crowd *shaking; /* connections of an address whose handshake is not over */
	struct crowd *rooms;   /* bytes of replies made and not taken, of an account, a pin or an address */
	pthread_mutex_t spare_m;
	struct buf spare[HTTP_SPARES]; /* memory of replies that are sent, for the next: the system's takes a page fault for each 4 KiB, every time */
	unsigned nspare;
};

static inline void
link_init(struct link *l)
{
	l->prev = l->next = l;
}

static inline void
link_out(struct link *l)
{
	l->prev->next = l->next;
	l->next->prev = l->prev;
	link_init(l);
}

static inline void
link_last(struct link *list, struct link *l)
{
	l->prev = list->prev;
	l->next = list;
	list->prev->next = l;
	list->prev = l;
}

/* All of from to the end of list, in one step. */
static inline void
link_all(struct link *list, struct link *from)
{
	if (from->next == from)
		return;
	from->next->prev = list->prev;
	list->prev->next = from->next;
	from->prev->next = list;
	list->prev = from->prev;
	link_init(from);
}

/* What of a reply's body, or a stream's words, goes out. */
static inline struct str
conn_body(const struct conn *c)
{
	return c->shared.let_go ? c->shared.bytes : (struct str){c->body.p, c->body.n};
}

int64_t http_now(void); /* milliseconds, monotonic */

/* server.c: queues and workers */
bool exchange_queue(struct exchange *x); /* to the workers; false: too many are there, or the server ends */
void exchange_idle(struct exchange *x);  /* a stream whose bytes are all sent */
void exchange_leave(struct exchange *x); /* the loop lets go of it: it is freed, now or when its worker is done */
void exchange_free(struct exchange *x);
void exchange_slim(struct exchange *x);         /* frees what only a request needs */
void exchange_wait_over(struct http_server *s); /* those who waited for long enough are queued */

void spare_put(struct http_server *s, struct buf *b); /* b is freed, or kept for another reply */

void exchange_answer(struct exchange *x); /* its reply is made: back to its loop with it */

/* settle.c */
void settle_init(struct settling *t);
void settle_done(struct settling *t);
bool settle_start(struct http_server *s);
void settle_later(struct exchange *x);  /* its reply goes out once config.settle was called for it */
void settle_end(struct http_server *s); /* when nothing more is held: what is, is settled first */

/* body.c */
enum body_put { BODY_OK, BODY_FULL, BODY_DISK };
void body_init(struct body *b, size_t max);
void body_done(struct body *b);
/* Appends; what is longer than HTTP_BODY_MEMORY, or tight, goes into a file if there is a folder. */
enum body_put body_put(struct body *b, struct str bytes, const char *spool, bool tight);
struct source body_source(struct body *b); /* from its beginning */

/* server.c */
void room_leave(struct http_server *s, struct room *r); /* the reply is taken, or nobody waits for it any more */

/* crowd.c: how much an asker has of something */
struct crowd *crowd_new(void);
void crowd_free(struct crowd *c);
/* n more, not 0. False: it would have more than max, or there is no memory. Who has nothing may have n, however much it is. */
bool crowd_enter(struct crowd *c, const uint8_t address[static 16], size_t n, size_t max);
void crowd_leave(struct crowd *c, const uint8_t address[static 16], size_t n);

/* loop.c */
bool loop_start(struct loop *l, struct http_server *s, bool listens);
void loop_end(struct loop *l);
void loop_give(struct loop *l, struct exchange *x); /* from any thread */
void loop_poke(struct loop *l);                     /* likewise: look around */

/* conn.c; all called by the loop. Each may end the connection, which is then freed. */
void conn_start(struct conn *c);
void conn_unsettled(struct conn *c, bool yes); /* counts it among the server's unsettled */
void conn_event(struct conn *c, uint32_t events);
void conn_answer(struct conn *c, struct exchange *x); /* its exchange came back */
void conn_tick(struct conn *c);
void conn_close(struct conn *c);
/* reply.c: the head of a reply, into conn.head; false: the reply cannot be sent as it is. length < 0: none is told */
bool reply_head(struct buf *ret, const struct http_reply *r, const char *date, int64_t length, bool close, bool keep_told);
const char *reply_reason(int status);

#endif
