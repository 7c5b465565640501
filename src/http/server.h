/* server: HTTP/1.1 over TLS 1.3, or plain on loopback, by libmicrohttpd.
 *
 * The threads that hold the connections never wait: a request that is whole goes to a pool of workers, its connection sleeps meanwhile, and the
 * worker's reply wakes it. So a handler may block, and is given all of a request at once. */
#ifndef HTTP_SERVER_H
#define HTTP_SERVER_H

#include "base/buf.h"
#include "crypto/hash.h"

enum { HTTP_HEADERS = 32, HTTP_REPLY_HEADERS = 16 };

struct http_field {
	struct str name, value;
};

struct http_request {
	struct str method, path, query; /* path as it came, not decoded; query without "?" */
	struct http_field headers[HTTP_HEADERS];
	size_t nheaders;
	struct str body;
	bool over;    /* it has waited for as long as it may */
	bool has_pin; /* the other side showed a certificate (config.pinned) */
	struct hash pin;
	struct str from; /* address, for logs */
};

struct http_reply {
	/* Not yet: the request is handled again when http_server_wake is called, and in any case after so many milliseconds, when `over` is set. */
	unsigned wait;
	int status;
	struct buf body;
	struct http_field headers[HTTP_REPLY_HEADERS]; /* texts live as long as the program, or in `space` */
	size_t nheaders;
	struct buf space;
};

struct http_config {
	const char *address;  /* "127.0.0.1", "::" */
	uint16_t port;        /* 0: any free one */
	struct str cert, key; /* PEM, each with a NUL at its end; empty: plain HTTP */
	/* NULL: no certificate is asked for. Else one is, and the handshake fails unless this says yes to its key. */
	bool (*pinned)(void *ctx, const struct hash *pin);
	/* Called by a worker. */
	void (*handle)(void *ctx, const struct http_request *q, struct http_reply *r);
	void *ctx;
	size_t body_max, reply_max;
	unsigned threads, workers, connections; /* 0: as there are processors; 8; 1,000 */
	unsigned idle;                          /* seconds of silence that end a connection */
};

struct http_server;

/* Answers when it returns. cert, key and ctx must outlive it. */
enum err http_server_start(const struct http_config *c, struct http_server **ret, uint16_t *ret_port, struct errinfo *e) MUST_USE;
/* Those who wait (http_reply.wait) are handled again. From any thread. */
void http_server_wake(struct http_server *s);
/* Takes nothing more, ends what runs, frees. Takes NULL. */
void http_server_stop(struct http_server *s);

/* The value of a header, its name in any case; false if it did not come. */
bool http_header(const struct http_request *q, const char *name, struct str *ret);
void http_reply_header(struct http_reply *r, const char *name, struct str value);

#endif
