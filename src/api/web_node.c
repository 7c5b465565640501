/* What whoever looks after the node asks of it: whether it lives, whether it answers, and figures. Nothing of the content. */
#include "api/web.h"
#include "base/limits.h"

static enum err
put_health(struct ask *a, struct errinfo *e)
{
	(void)e;
	bool well = web_is_well(a->web);
	ask_type(a, "text/plain; charset=utf-8");
	a->r->status = well ? 200 : 503;
	buf_puts(&a->r->body, well ? "ok\n" : "not ok\n");
	return OK;
}

static enum err
put_metrics(struct ask *a, struct errinfo *e)
{
	(void)e;
	ask_type(a, "text/plain; version=0.0.4; charset=utf-8");
	web_metrics(a->web, &a->r->body);
	return OK;
}

static void
refuse(struct ask *a, int status, const struct errinfo *why)
{
	(void)status;
	ask_type(a, "text/plain; charset=utf-8");
	buf_puts(&a->r->body, why->msg);
	buf_putc(&a->r->body, '\n');
}

static const struct route routes[] = {
    {"GET", "/healthz", ROUTE_OPEN, "", "whether the node lives", put_health, NULL, NULL},
    {"GET", "/readyz", ROUTE_OPEN, "", "whether it answers", put_health, NULL, NULL},
    {"GET", "/metrics", ROUTE_ADMIN, "", "figures, for Prometheus", put_metrics, NULL, NULL},
};

const struct route_family node_family = {
    .prefix = "/", .routes = routes, .nroutes = sizeof routes / sizeof *routes, .refuse = refuse, .challenge = "Bearer realm=\"comity\""};
