/* peer_serve: the port on which other members' nodes ask (api/peer_answer.h). In the handshake both sides show the keys that charters and cards name.
 */
#ifndef API_PEER_SERVE_H
#define API_PEER_SERVE_H

#include "api/budget.h"
#include "api/peer_book.h"
#include "http/server.h"

struct peer_serve {
	struct host *host;
	struct peer_book *book;
	struct http_server *server;
	struct budget *budget;
	struct buf cert, key;
	void (*told)(void *ctx, enum err err, const struct errinfo *e); /* set before the start; may be NULL: hears of what could not be served */
	void *ctx;
	/* Set before the start as well. Of one key: requests and MiB a minute, above which it gets 429 and Retry-After, and connections at one time;
	 * 0: what limits.h says. */
	struct budget_rate rate;
	unsigned per_peer;
	bool listening; /* listener is a socket that listens already */
	int listener;
};

/* Listens; *ret_port as of http_server_start. In place: ret must stay where it is until peer_serve_stop. */
enum err peer_serve_start(
    struct peer_serve *p, struct host *h, struct peer_book *book, const char *address, uint16_t port, uint16_t *ret_port, struct errinfo *e) MUST_USE;
void peer_serve_wake(struct peer_serve *p);  /* something may be new */
void peer_serve_drain(struct peer_serve *p); /* as http_server_drain; these, too, of one that was not started */
bool peer_serve_is_drained(const struct peer_serve *p);
void peer_serve_stop(struct peer_serve *p); /* also one that was not started (zeroed) */

#endif
