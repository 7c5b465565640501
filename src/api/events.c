#include "api/events.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "api/host_int.h"
#include "api/viewer.h"
#include "api/web.h"
#include "base/limits.h"
#include "json/dom.h"
#include "json/write.h"
#include "node/people.h"

enum {
	MARK = 400,
	AT_ONCE = 100,    /* items asked for together: with the longest reasons they are one JSON text */
	TEXT = 192 * KIB, /* given to a stream at once */
	KEPT = 1 * MIB,   /* the text of one answer */
};

/* What a viewer may see, shared. */
struct sight {
	struct sight *next;
	uint64_t refs; /* under the hub's lock */
	struct str key;
	struct node_who who;
	struct arena a;
	pthread_mutex_t m; /* of what follows: the last answer */
	char from[MARK], to[MARK];
	uint64_t changes; /* of the host, when it was made */
	bool made, more;
	struct buf text;
};

struct events_hub {
	struct host *host;
	pthread_mutex_t m;
	struct sight *sights;
};

struct stream {
	struct route_stream base;
	struct events_hub *hub;
	struct sight *sight;
	struct web *web;
	uint64_t changes; /* it knows of all up to here */
	uint64_t people;  /* accounts as they were when it began */
	time_t born;
	int64_t expires; /* what its reader showed counts until then */
	char mark[MARK];
};

enum err
events_hub_new(struct host *h, struct events_hub **ret, struct errinfo *e)
{
	struct events_hub *hub = calloc(1, sizeof *hub);
	if (!hub)
		return err_nomem(e);
	hub->host = h;
	pthread_mutex_init(&hub->m, NULL);
	*ret = hub;
	return OK;
}

static void
sight_free(struct sight *s)
{
	pthread_mutex_destroy(&s->m);
	buf_done(&s->text);
	arena_done(&s->a);
	free(s);
}

void
events_hub_free(struct events_hub *hub)
{
	if (!hub)
		return;
	for (struct sight *s = hub->sights, *next; s; s = next) {
		next = s->next;
		sight_free(s);
	}
	pthread_mutex_destroy(&hub->m);
	free(hub);
}

/* Everything by which two viewers may differ in what they are told. */
static enum err
put_key(struct buf *b, const struct node_who *w, struct errinfo *e)
{
	struct str all;
	buf_puts(b, w->clearances ? "viewer\n" : "member\n");
	for (size_t i = 0; w->clearances && i < w->nclearances; i++) {
		const struct clearance *c = &w->clearances[i];
		buf_hex(b, str_bytes(c->policy, sizeof c->policy));
		buf_printf(b, " %u %d", c->level, c->every_circle);
		for (size_t k = 0; k < c->ncircles; k++)
			buf_printf(b, " %llx", (unsigned long long)c->circles[k]);
		for (size_t k = 0; k < c->ncompartments; k++)
			buf_printf(b, " %s", c->compartments[k]);
		buf_putc(b, '\n');
	}
	return buf_take(b, &all, e);
}

static bool
copy_who(struct arena *a, const struct node_who *from, struct node_who *to)
{
	*to = *from;
	to->name = STR("events");
	to->position = STR_NONE;
	to->account = 0; /* whether each may read was asked when its stream began; what is shared is what it sees */
	to->scopes = 0;
	to->token = false;
	if (!from->clearances)
		return true;
	struct clearance *c = arena_array(a, from->nclearances + 1, sizeof *c);
	if (!c)
		return false;
	for (size_t i = 0; i < from->nclearances; i++) {
		const struct clearance *f = &from->clearances[i];
		uint64_t *circles = arena_array(a, f->ncircles + 1, sizeof *circles);
		char(*compartments)[LIMIT_COMPARTMENT + 1] = arena_array(a, f->ncompartments + 1, sizeof *compartments);
		if (!circles || !compartments)
			return false;
		if (f->ncircles)
			memcpy(circles, f->circles, f->ncircles * sizeof *circles);
		if (f->ncompartments)
			memcpy(compartments, f->compartments, f->ncompartments * sizeof *compartments);
		c[i] = *f;
		c[i].circles = circles;
		c[i].compartments = (const char(*)[LIMIT_COMPARTMENT + 1]) compartments;
	}
	to->clearances = c;
	return true;
}

static enum err
sight_new(const struct node_who *who, struct str key, struct sight **ret, struct errinfo *e)
{
	struct sight *s = calloc(1, sizeof *s);
	if (!s)
		return err_nomem(e);
	arena_init(&s->a, MIB);
	buf_init(&s->text, KEPT);
	pthread_mutex_init(&s->m, NULL);
	if (!arena_dup(&s->a, key, &s->key) || !copy_who(&s->a, who, &s->who)) {
		sight_free(s);
		return err_nomem(e);
	}
	*ret = s;
	return OK;
}

static enum err
sight_take(struct events_hub *hub, const struct node_who *who, struct sight **ret, struct errinfo *e)
{
	struct buf key = BUF_INIT(MIB);
	enum err err = put_key(&key, who, e);
	pthread_mutex_lock(&hub->m);
	struct sight *s = err ? NULL : hub->sights;
	while (s && !str_eq(s->key, buf_str(&key)))
		s = s->next;
	if (!err && !s && !(err = sight_new(who, buf_str(&key), &s, e))) {
		s->next = hub->sights;
		hub->sights = s;
	}
	if (!err) {
		s->refs++;
		*ret = s;
	}
	pthread_mutex_unlock(&hub->m);
	buf_done(&key);
	return err;
}

static void
sight_drop(struct events_hub *hub, struct sight *s)
{
	pthread_mutex_lock(&hub->m);
	if (--s->refs == 0) {
		struct sight **p = &hub->sights;
		while (*p != s)
			p = &(*p)->next;
		*p = s->next;
		sight_free(s);
	}
	pthread_mutex_unlock(&hub->m);
}

/* An answer of the operation as events. */
static enum err
render(struct sight *s, struct str reply, bool first, struct errinfo *e)
{
	struct arena a = ARENA_INIT(LIMIT_OBJECT_ARENA);
	const struct json *j;
	struct str last = STR_NONE, event, data;
	enum err err = json_parse(&a, reply, &j, e);
	buf_clear(&s->text);
	if (!err && (!json_get_str(j, STR("last"), &last) || last.n >= MARK))
		err = err_set(e, ERR_CORRUPT, "events: no mark");
	if (!err) {
		bool reset = json_get(j, STR("reset"))->n;
		const struct json *items = json_get(j, STR("items"));
		if (first || reset)
			buf_printf(&s->text, "id: %.*s\nevent: %s\ndata: {}\n\n", STR_FMT(last), reset ? "reset" : "open");
		JSON_EACH(item, items)
		{
			struct str id = STR_NONE;
			json_get_str(item, STR("last"), &id);
			json_get_str(item, STR("event"), &event);
			data = json_raw(reply, json_get(item, STR("data")));
			buf_printf(&s->text, "id: %.*s\nevent: %.*s\ndata: ", STR_FMT(id), STR_FMT(event));
			buf_put(&s->text, data);
			buf_puts(&s->text, "\n\n");
		}
		s->more = json_get(j, STR("more"))->n;
		memcpy(s->to, last.p, last.n);
		s->to[last.n] = '\0';
		err = buf_take(&s->text, &data, e);
	}
	arena_done(&a);
	return err;
}

/* What comes after that mark, for all who stand at it. Under the sight's lock. */
static enum err
answer(struct events_hub *hub, struct sight *s, const char *mark, bool first, uint64_t changes, struct errinfo *e)
{
	struct buf args = BUF_INIT(2 * KIB), reply = BUF_INIT(LIMIT_OBJECT);
	struct json_writer w;
	if (!first && s->made && s->changes == changes && strcmp(s->from, mark) == 0)
		return OK;
	json_write_init(&w, &args, 0);
	json_open_object(&w);
	if (*mark)
		json_put_member(&w, STR("last"), str_of(mark));
	json_put_member_int(&w, STR("limit"), AT_ONCE);
	json_close(&w);
	json_write_done(&w);
	const struct node_call call = {.op = STR("events"), .args = buf_str(&args), .who = s->who};
	s->made = false;
	enum err err = host_call(hub->host, &call, false, &reply, e);
	if (!err && !(err = render(s, buf_str(&reply), first, e))) {
		memcpy(s->from, mark, strlen(mark) + 1);
		s->changes = changes;
		s->made = !first;
	}
	buf_done(&args);
	buf_done(&reply);
	return err;
}

/* Appends what is new; true: there is more, to be asked for soon. */
static enum err
catch_up(struct stream *t, struct buf *body, bool first, bool *ret_more, struct errinfo *e)
{
	uint64_t changes = host_changes(t->hub->host);
	bool more = true;
	enum err err = OK;
	*ret_more = false;
	while (!err && more && body->n < TEXT) {
		pthread_mutex_lock(&t->sight->m);
		if (!(err = answer(t->hub, t->sight, t->mark, first, changes, e))) {
			buf_put(body, buf_str(&t->sight->text));
			memcpy(t->mark, t->sight->to, MARK);
			more = t->sight->more;
		}
		pthread_mutex_unlock(&t->sight->m);
		first = false;
	}
	if (!err && !more)
		t->changes = changes;
	*ret_more = !err && more;
	return err;
}

static void
more(struct route_stream *base, const struct http_request *q, struct http_reply *r)
{
	struct stream *t = (struct stream *)base;
	struct errinfo why;
	bool again = false;
	if (q->over || time(NULL) - t->born > EVENTS_LIFE || host_now(t->hub->host) >= t->expires || t->people != host_people_now(t->hub->host)) {
		r->stream = false;
		return;
	}
	if (t->changes == host_changes(t->hub->host))
		return;
	if (catch_up(t, &r->body, false, &again, &why))
		r->stream = false; /* whoever comes back goes on where it was */
	else if (again)
		web_wake(t->web);
}

static void
end(void *state)
{
	struct stream *t = state;
	sight_drop(t->hub, t->sight);
	free(t);
}

enum err
events_open(struct events_hub *hub, struct ask *a, struct str last, struct errinfo *e)
{
	struct stream *t = calloc(1, sizeof *t);
	bool again;
	enum err err = t ? sight_take(hub, &a->viewer->who, &t->sight, e) : err_nomem(e);
	if (err) {
		free(t);
		return err;
	}
	t->base.more = more;
	t->hub = hub;
	t->web = a->web;
	t->born = time(NULL);
	t->expires = a->viewer->person ? a->viewer->person->expires : INT64_MAX;
	t->people = host_people_now(hub->host);
	if (last.n) /* one that is too long is none */
		memcpy(t->mark, last.n < MARK ? last.p : "-", last.n < MARK ? last.n : 1);
	if ((err = catch_up(t, &a->r->body, true, &again, e))) {
		end(t);
		return err;
	}
	a->r->stream = true;
	a->r->state = t;
	a->r->state_free = end;
	if (again)
		web_wake(t->web);
	return OK;
}
