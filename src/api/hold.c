#include "api/hold.h"

#include <stdlib.h>

#include "api/viewer.h"

enum err
hold_reply(struct ask *a, const struct node_line *line, struct errinfo *e)
{
	struct hold *h = calloc(1, sizeof *h);
	if (!h)
		return err_nomem(e);
	h->line = *line;
	h->who = *line->who;
	h->line.who = &h->who;
	if (a->viewer->person)
		h->person = node_person_ref(a->viewer->person);
	h->q = a->q;
	h->family = a->family;
	h->route = a->route;
	a->r->held = h;
	return OK;
}

void
hold_settle(
    const struct route_world *w, struct http_reply *const *all, size_t n, void (*f)(void *ctx, const struct hold *h, struct http_reply *r), void *ctx)
{
	struct node_line lines[HTTP_SETTLE] = {0};
	struct errinfo why = {0};
	for (size_t i = 0; i < n; i++)
		lines[i] = ((const struct hold *)all[i]->held)->line;
	enum err err = host_told(w->host, lines, n, &why);
	for (size_t i = 0; i < n; i++) {
		struct hold *h = all[i]->held;
		if (err)
			route_refuse(w, h->family, h->q, all[i], err, &why);
		f(ctx, h, all[i]);
		all[i]->held = NULL;
		node_person_free(h->person);
		free(h);
	}
}
