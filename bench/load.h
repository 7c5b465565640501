/* load: the load that benches of a server make, with one thread, and nginx to compare with. */
#ifndef LOAD_H
#define LOAD_H

#include <gnutls/gnutls.h>
#include <sys/types.h>

#include "base/buf.h"

enum { LOAD_CONNS = 32 };

/* A certificate for 127.0.0.1 and its key, PEM with a NUL at the end; also as the files cert.pem and key.pem in bench_dir(). */
extern struct buf load_cert, load_key;
void load_begin(void);
void load_end(void);

struct load_client {
	int fd, epoll;
	gnutls_session_t tls;
	bool shaken, asked;
	struct buf head;
	int64_t left; /* bytes of the reply's body to come; -1: its head comes */
	uint64_t done;
};

/* Each ends the bench where the connection is lost. */
_Noreturn void load_lost(const char *what);
bool load_dial(struct load_client *c, uint16_t port, bool tls); /* false: nobody listens */
bool load_shake(struct load_client *c);                         /* whether the handshake is over */
void load_ask(struct load_client *c, const char *path, const char *headers);
ssize_t load_pull(struct load_client *c, char *p, size_t cap); /* bytes, or -1 for not now */
void load_take(struct load_client *c, struct str s);           /* of replies of 200 with a length */
void load_hang_up(struct load_client *c);

/* Replies a second with LOAD_CONNS connections that each ask again at once, for a second after a warm-up. headers: lines, each with its end. */
double load_rate(uint16_t port, bool tls, const char *path, const char *headers, uint64_t *total);

/* Opens so many, over TLS, a few handshakes at a time, until each has the head of the reply to that: connections that wait for more of its body. */
void load_streams(struct load_client *c, int n, int epoll, uint16_t port, const char *path, const char *headers);

/* A process that serves. ask, tell: pipes to it, or -1. */
struct load_served {
	pid_t pid;
	uint16_t port;
	int ask, tell;
};

bool load_has_nginx(void);
/* nginx as Debian has it: a worker a processor, no access log, these bytes as the file /body from its cache. */
struct load_served load_nginx(bool tls, struct str body);
/* Ends it; seconds of processor time that it took. */
double load_stop(struct load_served *s);

/* One request over a connection of its own, plain, as it is; the whole reply, head and all. False: none came. */
bool load_once(uint16_t port, struct str request, struct buf *reply);
/* A connection on which that was sent and nothing follows: its descriptor, or -1. */
int load_half(uint16_t port, struct str part);
/* The reply's status (0: none) and what follows its head. */
int load_status(const struct buf *reply, struct str *ret_body);

#endif
