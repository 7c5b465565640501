/* web_side: the people's listener as a node's configuration wants it, with its certificate out of files. */
#ifndef API_WEB_SIDE_H
#define API_WEB_SIDE_H

#include "api/serve.h"
#include "api/web.h"

struct web_side {
	struct web *at; /* NULL: nobody is answered */
	struct host *host;
	const struct serve *serve;
	struct web_config c;
	char address[64];
	uint16_t port; /* where it came to listen */
	struct buf cert, key, metrics;
};

/* Starts it, if the configuration says so, and fills what of ret is about it. In place: w stays where it is. */
enum err web_side_start(struct web_side *w, const struct serve *s, struct host *h, struct serve_ready *ret, struct errinfo *e) MUST_USE;
/* Takes certificates as the files are now. What is wrong with them is found before: then all stays as it was. Connections end. */
enum err web_side_again(struct web_side *w, struct errinfo *e) MUST_USE;
void web_side_stop(struct web_side *w); /* also one that was not started (zeroed) */

#endif
