#include "api/peer_answer.h"

#include <strings.h>

#include "base/leak.h"
#include "base/limits.h"

enum { WAIT = 25 * 1000 }; /* milliseconds: less than the time after which routers forget a silent connection */

static struct str
says(const struct http_request *q)
{
	for (size_t i = 0; i < q->nheaders; i++)
		if (q->headers[i].name.n == sizeof PEER_MEMBER - 1 && strncasecmp(q->headers[i].name.p, PEER_MEMBER, sizeof PEER_MEMBER - 1) == 0)
			return q->headers[i].value;
	return STR_NONE;
}

/* The one refusal. */
static void
nothing(struct http_reply *r)
{
	buf_clear(&r->body);
	buf_puts(&r->body, "nothing here for you\n");
	r->status = 404;
	r->wait = 0;
}

static bool
is_hash_of(struct str hex, struct str body)
{
	struct hash want, have = hash_of(body);
	return hash_from_hex(hex, &want) && hash_eq(&want, &have);
}

/* Whether the asker knows both already, "unlike=<hash of a listing>&charters=<hash of charters>", or only says the first: then it waits. */
static bool
knows(const struct peer_desk *d, const struct http_request *q, struct str centre, const char *member, struct str listing, struct errinfo *e)
{
	struct buf b = BUF_INIT(LIMIT_CHARTER_LINES);
	struct str unlike, charters;
	bool more = str_cut(q->query, '&', &unlike, &charters), same;
	if (!str_starts(unlike, STR("unlike=")) || !is_hash_of(str_sub(unlike, 7, unlike.n), listing))
		return false;
	if (!more)
		return true;
	same = str_starts(charters, STR("charters=")) && !d->serve(d->ctx, centre, str_of(member), STR("charters"), &b, e) &&
	       is_hash_of(str_sub(charters, 9, charters.n), buf_str(&b));
	buf_done(&b);
	return same;
}

enum err
peer_answer(const struct peer_desk *d, const struct http_request *q, struct http_reply *r, struct errinfo *e)
{
	struct str centre, path;
	char member[GOVERN_ID_MAX + 1];
	http_reply_header(r, "Content-Type", STR("application/octet-stream"));
	http_reply_header(r, "Cache-Control", STR("no-store"));
	buf_clear(&r->body);
	r->nheaders = 2;
	if (!str_is(q->method, "GET") || !q->has_pin || !str_starts(q->path, STR("/")) ||
	    !str_cut(str_sub(q->path, 1, q->path.n), '/', &centre, &path) || !d->who(d->ctx, centre, &q->pin, says(q), member)) {
		nothing(r);
		return OK;
	}
	enum err err = d->serve(d->ctx, centre, str_of(member), path, &r->body, e);
	if (err && LEAK(NOTHING_TEXT)) {
		nothing(r);
		buf_puts(&r->body, e->msg);
		return OK;
	}
	if (err == ERR_NOTFOUND || err == ERR_DENIED || err == ERR_USAGE || err == ERR_SYNTAX || err == ERR_INVALID) {
		nothing(r);
		return OK;
	}
	if (err) {
		buf_clear(&r->body);
		buf_puts(&r->body, "not now\n");
		r->status = 503;
		err_at(e, "answering %s", member);
		return err;
	}
	r->status = 200;
	if (str_is(path, "logs") && !q->over && knows(d, q, centre, member, buf_str(&r->body), e))
		r->wait = WAIT;
	return OK;
}

enum err
peer_heard(int status, const char *from, struct errinfo *e)
{
	if (status == 200)
		return OK;
	return status == 404 ? err_set(e, ERR_NOTFOUND, "%s has no such thing for us", from)
			     : err_set(e, ERR_IO, "%s answered with status %d", from, status);
}
