/* serve: a home that runs: its socket answers the commands of the same user, and the clock's work is done when it is due. */
#ifndef API_SERVE_H
#define API_SERVE_H

#include "base/env.h"

struct serve {
	const struct env *env;
	const char *dir;   /* the home's; that of env */
	const char *peers; /* where other members' nodes are answered: "127.0.0.1:8450", "[::1]:8450"; NULL: nowhere */
	enum err (*set_clock)(struct str text, struct errinfo *e); /* see host.h */
	/* It answers from now on; may be NULL. port 0: no peers. warning: node_warning. */
	void (*ready)(void *ctx, uint16_t peers_port, const char *warning);
	void (*told)(void *ctx, enum err err, const struct errinfo *e); /* what went wrong, and it went on all the same */
	void *ctx;
};

/* Until SIGTERM or SIGINT: then no more is taken, what runs is ended, and the home closed. SIGPIPE is ignored from now on. ERR_BUSY: the home is in
 * use. */
enum err serve_run(const struct serve *s, struct errinfo *e) MUST_USE;

#endif
