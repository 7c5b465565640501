/* serve: a home that runs: its socket answers the commands of the same user, and the clock's work is done when it is due. */
#ifndef API_SERVE_H
#define API_SERVE_H

#include "api/config.h"
#include "api/log.h"
#include "base/env.h"

struct serve_ready {
	uint16_t peers_port;     /* 0: not answered */
	const char *web_address; /* NULL: not answered */
	uint16_t web_port;
	bool web_tls, web_moved; /* to a free port, since the usual one was taken */
	const char *warning;     /* node_warning */
};

struct serve {
	const struct env *env;
	const char *dir; /* the home's; that of env */
	const struct config *config;
	const struct log *log;                                     /* what went wrong, and it went on all the same; requests; may be NULL */
	enum err (*set_clock)(struct str text, struct errinfo *e); /* see host.h */
	/* It answers from now on; may be NULL. */
	void (*ready)(void *ctx, const struct serve_ready *r);
	void *ctx;
};

/* SIGHUP: certificates are read again. Until SIGTERM or SIGINT: then no more is taken, streams end, what is under way is
 * answered for as long as stop-seconds says, the rest is cut off where nothing is half done, and the home closed; a second one ends the process at
 * once, which loses nothing that was acknowledged. Sockets that a service manager handed over as "peers" and "web" are listened on, whatever the
 * configuration says of them. SIGPIPE is ignored from now on. ERR_BUSY: the home is in use. */
enum err serve_run(const struct serve *s, struct errinfo *e) MUST_USE;

#endif
