/* server: HTTP/1.1 over TLS 1.3 (GnuTLS), or plain.
 *
 * The threads that hold the connections never wait: a request that is whole goes to a pool of workers, its connection sleeps meanwhile, and the
 * worker's reply wakes it. So a handler may block, and is given all of a request at once. A stream (server-sent events) has no worker while nothing
 * is to be said.
 *
 * What is refused before any handler: heads that two readers could read differently (400), absurd targets (414), too many or too long headers (431),
 * codings other than chunked (501), compressed bodies (415), bodies over their limit (413), who is too slow (408), more than the memory allows (503).
 */
#ifndef HTTP_SERVER_H
#define HTTP_SERVER_H

#include "base/stream.h"
#include "crypto/hash.h"

enum {
	HTTP_HEADERS = 64,          /* of one request */
	HTTP_REPLY_HEADERS = 24,    /* of one reply */
	HTTP_BODY_MEMORY = 1 << 20, /* a longer body goes into a file, if there is a folder for it */
	HTTP_SETTLE = 256,          /* replies that are settled in one call, at most */
};

struct http_field {
	struct str name, value;
};

struct http_request {
	struct str method, path, query; /* path as it came, not decoded; query without "?" */
	struct http_field headers[HTTP_HEADERS];
	size_t nheaders;
	struct str body;  /* all of it, if it is in memory; else empty */
	uint64_t body_n;  /* its length, wherever it is */
	struct source in; /* the body, from its beginning, once: from memory or from the file */
	bool accepted;    /* config.accept has said yes to it */
	bool over;        /* it has waited for as long as it may, or the server ends */
	bool secure;      /* over TLS */
	bool has_pin;     /* the other side showed a certificate (config.pinned) */
	struct hash pin;
	struct str from; /* address, for logs */
};

struct http_reply {
	/* Not yet: the request is handled again when http_server_wake is called, and in any case after so many milliseconds, when `over` is set. */
	unsigned wait;
	/* A stream: status, headers and what is in `body` are sent at once, without a length. The handler is called again whenever http_server_wake
	 * was called and all it wrote before is with the other side's system; what it appends to `body` (empty at each call) is sent. Of the request,
	 * only over, secure, pin and from are there in these later calls: what it needs it keeps in `state`. Wakes that come while it runs or
	 * while bytes are on their way are one more call. It ends the stream by stream = false, and must when `over` is set. Who does not read is
	 * dropped, and a comment line (":") is sent when nothing else was for config.beat seconds, so that the dead are noticed. A HEAD gets the
	 * head. */
	bool stream;
	void *state;                     /* the handler's own between the calls of one request, waiting ones too */
	void (*state_free)(void *state); /* called once at the request's end, however it ends, by any thread; may be NULL */
	int status;
	struct buf body; /* handed on as it is, not copied */
	/* Or bytes that others hold too, in place of body: let_go(of) is called once they are sent, or not wanted, by any thread. */
	struct http_shared {
		struct str bytes;
		void (*let_go)(void *of); /* NULL: there are none */
		void *of;
	} shared;
	/* Not NULL: the reply goes out once config.settle has made true what it rests on, and set this to NULL. */
	void *held;
	/* Date, Content-Length and Connection are the server's own. A name or value with a line end in it makes the reply a 500. */
	struct http_field headers[HTTP_REPLY_HEADERS]; /* texts live as long as the program, or in `space` */
	size_t nheaders;
	struct buf space;
	uint64_t who; /* whose reply it is, for what of the server's memory is counted as whose; 0: of the pin, or the address */
};

struct http_config {
	const char *address;  /* "127.0.0.1", "::" */
	uint16_t port;        /* 0: any free one */
	struct str cert, key; /* PEM, each with a NUL at its end; empty: plain HTTP */
	/* NULL: no certificate is asked for. Else one is, and the handshake fails unless this says yes to its key. */
	bool (*pinned)(void *ctx, const struct hash *pin);
	/* Called by a worker when the head of a request with a body is there (q without the body), before any of the body is asked for. True: it is
	 * read, up to *max bytes (which begins as body_max). False: r is the reply, and the connection ends if a body was on its way. NULL: every
	 * body up to body_max. A request without a body goes straight to handle. */
	bool (*accept)(void *ctx, const struct http_request *q, size_t *max, struct http_reply *r);
	/* Called by a worker. Any method comes here, HEAD and OPTIONS too; the body of a reply to HEAD is not sent, its length is told. */
	void (*handle)(void *ctx, const struct http_request *q, struct http_reply *r);
	/* Called by one thread that does nothing else, for all replies that are held at that moment, so that what they need on disk goes there
	 * together. It may change them. NULL if none ever is held. */
	void (*settle)(void *ctx, struct http_reply *const *all, size_t n);
	void *ctx;
	size_t body_max, reply_max;
	const char *spool;                      /* folder for long bodies, in files without a name; NULL: they stay in memory. Outlives the server */
	unsigned threads, workers, connections; /* 0: as there are processors; 32, since most wait for the disk; 1,000 */
	unsigned per_address;                   /* connections from one address (IPv6: one /64); 0: no ceiling */
	unsigned per_pin;                       /* connections of one key (pinned), the handshake of one more fails; 0: no ceiling */
	int listener;                           /* a socket that listens already (it stays the caller's), if listening; else address and port */
	bool listening;
	unsigned idle;     /* seconds of silence between requests that end a connection; 0: 60 */
	unsigned patience; /* seconds for a handshake, for a head, and before a body or the taking of a reply must go at 1 KiB/s; 0: 15 */
	unsigned beat;     /* seconds; 0: 20 */
	size_t stream_max; /* bytes that one call may add to a stream; 0: 256 KiB */
	/* Bytes of bodies, over all connections; twice as much for replies that are made and not taken, of which none who asks has more than a
	 * quarter, unless it is one reply: what goes beyond is a 503 to whoever has it. 0: 32 MiB. */
	size_t memory;
};

struct http_server;

/* Answers when it returns. cert, key and ctx must outlive it. */
enum err http_server_start(const struct http_config *c, struct http_server **ret, uint16_t *ret_port, struct errinfo *e) MUST_USE;
/* Those who wait (http_reply.wait) and streams are handled again. From any thread, a handler's too; costs the same for one as for thousands. */
void http_server_wake(struct http_server *s);
/* The beginning of the end: takes no more connections, lets go of those that are silent, answers what is under way, and handles streams and those who
 * wait once more, with `over`. Returns at once. */
void http_server_drain(struct http_server *s);
bool http_server_is_drained(const struct http_server *s); /* all that was under way has its answer */
/* Takes nothing more, ends what runs, cuts off what does not end, frees. Takes NULL. */
void http_server_stop(struct http_server *s);

/* The value of a header, its name in any case; false if it did not come. */
bool http_header(const struct http_request *q, const char *name, struct str *ret);
void http_reply_header(struct http_reply *r, const char *name, struct str value);
size_t http_reply_size(const struct http_reply *r); /* bytes of its body */
void http_shared_drop(struct http_shared *s);       /* lets go of it, if there is any */

#endif
