#include "api/web_who.h"

#include <string.h>

#include "api/web_gate.h"
#include "base/limits.h"
#include "crypto/secret.h"
#include "people/role.h"
#include "store/view.h"

/* By scope: what the row asks for. */
static unsigned
may_of(unsigned scopes)
{
	static const unsigned needed[] = {[ROUTE_READ] = SCOPE_READ,
	    [ROUTE_WRITE] = SCOPE_WRITE,
	    [ROUTE_RELEASE] = SCOPE_RELEASE,
	    [ROUTE_GOVERN] = SCOPE_GOVERN,
	    [ROUTE_ADMIN] = SCOPE_ADMIN,
	    [ROUTE_LOOK] = SCOPE_READ | SCOPE_ADMIN};
	unsigned may = 1u << ROUTE_OPEN | 1u << ROUTE_ANY;
	for (size_t i = ROUTE_READ; i < sizeof needed / sizeof *needed; i++)
		if (scopes & needed[i])
			may |= 1u << i;
	return may;
}

/* Another number for another account, other scopes, or another sight. */
static uint64_t
sight_of(const struct node_who *w)
{
	const struct view_who who = {w->clearances, w->nclearances};
	const struct hash sees = view_who_hash(w->clearances ? &who : NULL);
	const int64_t asks[] = {w->account, w->scopes};
	struct sha256 h;
	uint64_t sight;
	sha256_init(&h);
	sha256_put(&h, str_bytes(asks, sizeof asks));
	sha256_put(&h, hash_str(&sees));
	struct hash all = sha256_end(&h);
	memcpy(&sight, all.b, sizeof sight);
	return sight;
}

static enum err
give(const struct ask *a, struct node_person *p, struct viewer **ret, struct errinfo *e)
{
	struct viewer *v = arena_alloc(a->a, sizeof *v);
	if (!v) {
		node_person_free(p);
		return err_nomem(e);
	}
	v->who = a->family->as ? a->family->as(&p->who) : p->who;
	v->account = p->who.name;
	v->may = may_of(v->who.scopes);
	v->sight = sight_of(&v->who);
	v->person = p;
	*ret = v;
	return OK;
}

/* Whoever shows the secret of the metrics is nobody's account and may ask for them alone. */
static enum err
give_meter(const struct ask *a, struct viewer **ret, struct errinfo *e)
{
	static const struct clearance none;
	struct viewer *v = arena_alloc(a->a, sizeof *v);
	if (!v)
		return err_nomem(e);
	v->who = (struct node_who){.clearances = &none, .account = -1, .token = true};
	v->may = 1u << ROUTE_ADMIN;
	*ret = v;
	return OK;
}

static bool
is_meter(struct str metrics, const struct ask *a, struct str header)
{
	if (!metrics.n || !str_is(a->q->path, "/metrics") || !str_starts(header, STR("Bearer ")))
		return false;
	struct hash want = hash_of(metrics), have = hash_of(str_trim(str_sub(header, 7, header.n))); /* how far they agree tells nothing */
	return hash_eq(&want, &have);
}

enum err
web_who(struct host *h, struct str metrics, const struct ask *a, struct viewer **ret, struct errinfo *e)
{
	char space[AUTHORIZATION_MAX];
	struct node_person *p = NULL;
	struct str header, user, token, csrf;
	enum err err = OK;
	*ret = NULL;
	if (http_header(a->q, "Authorization", &header)) {
		if (is_meter(metrics, a, header))
			return give_meter(a, ret, e);
		if (!authorization_parse(header, space, &user, &token))
			return err_set(e, ERR_DENIED, "Authorization is to be Bearer or Basic, with a token");
		err = host_auth_token(h, user, token, a->q->from, &p, e);
		secret_wipe(space, sizeof space);
	} else if (http_header(a->q, "Cookie", &header) && cookie_find(header, a->q->secure ? STR("__Host-comity") : STR("comity"), &token)) {
		if (!web_is_safe(a->q) && (!http_header(a->q, "X-CSRF-Token", &csrf) || !csrf_is(token, csrf)))
			return err_set(e, ERR_DENIED, "with a session, what changes something needs X-CSRF-Token, as the login gave it");
		err = host_auth_session(h, token, &p, e);
	} else {
		return OK;
	}
	return err ? err : give(a, p, ret, e);
}

bool
web_may(const struct viewer *v, enum route_may may)
{
	return v->may >> may & 1;
}

void
web_who_done(const struct ask *a)
{
	if (a->viewer)
		node_person_free(a->viewer->person);
}
