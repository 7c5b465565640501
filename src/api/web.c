#include "api/web.h"

#include <stdlib.h>
#include <string.h>

#include "api/json.h"
#include "api/viewer.h"
#include "base/limits.h"

enum { BODY_MAX = MIB, REPLY_MAX = 128 * MIB };

struct web {
	struct web_config c;
	struct route_world world;
	struct http_server *server;
};

/* One a family; the first whose prefix fits answers. */
static const struct route_family *const families[] = {&json_family};

static enum err
who(void *ctx, const struct ask *a, struct viewer **ret, struct errinfo *e)
{
	(void)ctx;
	(void)a;
	(void)e;
	*ret = NULL;
	return OK;
}

static bool
may(const struct viewer *v, enum route_may may)
{
	return v->may >> may & 1;
}

static void
handle(void *ctx, const struct http_request *q, struct http_reply *r)
{
	struct web *w = ctx;
	route_answer(&w->world, q, r);
}

static bool
is_loopback(const char *address)
{
	return strncmp(address, "127.", 4) == 0 || strcmp(address, "::1") == 0;
}

enum err
web_start(const struct web_config *c, struct host *h, struct web **ret, uint16_t *ret_port, struct errinfo *e)
{
	if (!c->cert.n && !is_loopback(c->address)) {
		err_set(e, ERR_USAGE, "%.60s: people's passwords do not cross a network in clear", c->address);
		err_hint(e, "give a certificate and its key, or listen on 127.0.0.1");
		return ERR_USAGE;
	}
	struct web *w = calloc(1, sizeof *w);
	if (!w)
		return err_nomem(e);
	w->c = *c;
	w->world = (struct route_world){.families = families,
	    .nfamilies = sizeof families / sizeof *families,
	    .who = who,
	    .may = may,
	    .ctx = w,
	    .host = h,
	    .web = w};
	const struct http_config http = {.address = c->address,
	    .port = c->port,
	    .cert = c->cert,
	    .key = c->key,
	    .handle = handle,
	    .ctx = w,
	    .body_max = BODY_MAX,
	    .reply_max = REPLY_MAX};
	enum err err = http_server_start(&http, &w->server, ret_port, e);
	if (err)
		web_stop(w);
	else
		*ret = w;
	return err;
}

void
web_wake(struct web *w)
{
	if (w)
		http_server_wake(w->server);
}

void
web_stop(struct web *w)
{
	if (!w)
		return;
	http_server_stop(w->server);
	free(w);
}
