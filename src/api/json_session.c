/* Logging in and out, and passwords: what is no operation, since a password is tried outside the node's turn (api/host.h). */
#include <string.h>

#include "api/json.h"
#include "api/viewer.h"
#include "base/limits.h"
#include "crypto/secret.h"
#include "json/write.h"
#include "node/people.h"
#include "people/ticket.h"

enum { BODY_ARENA = 2 * MIB };

/* The members of the body, each a text and one of the row's. In a. */
static enum err
take_body(struct ask *a, struct arena *tree, const struct json **ret, struct errinfo *e)
{
	const struct json_row *row = a->route->more;
	char type[128];
	enum err err;
	if (!json_body_type(a, type) || strcmp(type, "application/json") != 0) {
		err_set(e, ERR_USAGE, "the body is to be application/json");
		json_refuse(a, 415, e);
		return ERR_STOPPED;
	}
	if (a->q->body_n > a->q->body.n || a->q->body.n > 16 * KIB)
		return err_set(e, ERR_LIMIT, "the body is too long");
	if ((err = json_parse(tree, a->q->body, ret, e)))
		return err;
	if (!json_is(*ret, JSON_OBJECT))
		return err_set(e, ERR_USAGE, "the body is no JSON object");
	JSON_EACH(m, *ret)
	{
		struct str rest = str_of(row->body), one;
		bool known = false;
		while (rest.n) {
			str_cut(rest, ' ', &one, &rest);
			known = known || str_eq(one, json_key_of(m));
		}
		bool off = str_is(json_key_of(m), "off");
		if (!known || !json_is(m, off ? JSON_BOOL : JSON_STRING))
			return err_set(e, ERR_USAGE, "the body takes these texts%s: %s",
			    str_find(str_of(row->body), STR("off")) < 0 ? "" : " (off: true or false)", row->body);
	}
	return OK;
}

static struct str
text_of(const struct json *body, const char *name)
{
	struct str s = STR_NONE;
	json_get_str(body, str_of(name), &s);
	return s;
}

static const char *
cookie_name(const struct ask *a)
{
	return a->q->secure ? "__Host-comity" : "comity";
}

static struct str
session_of(const struct ask *a)
{
	struct str cookies, session = STR_NONE;
	if (http_header(a->q, "Cookie", &cookies))
		cookie_find(cookies, str_of(cookie_name(a)), &session);
	return session;
}

/* A session that is none ends the cookie. */
static void
set_cookie(struct ask *a, struct str session)
{
	struct buf b = BUF_INIT(KIB);
	buf_printf(&b, "%s=%.*s; Path=/; HttpOnly; SameSite=Strict%s%s", cookie_name(a), STR_FMT(session), a->q->secure ? "; Secure" : "",
	    session.n ? "" : "; Max-Age=0");
	ask_header(a, "Set-Cookie", buf_str(&b));
	buf_done(&b);
}

static void
put_session(struct ask *a, struct str name, const char *session)
{
	char csrf[CSRF_TEXT + 1];
	struct json_writer w;
	set_cookie(a, str_of(session));
	csrf_of(str_of(session), csrf);
	ask_type(a, "application/json");
	ask_header(a, "Cache-Control", STR("no-store"));
	json_write_init(&w, &a->r->body, 0);
	json_open_object(&w);
	json_put_member(&w, STR("account"), name);
	json_put_member(&w, STR("csrf"), str_of(csrf));
	json_close(&w);
	json_write_done(&w);
}

static void
refuse_busy(struct ask *a, unsigned after, const struct errinfo *why)
{
	struct buf b = BUF_INIT(32);
	buf_u64(&b, after);
	ask_header(a, "Retry-After", buf_str(&b));
	json_refuse(a, 429, why);
	buf_done(&b);
}

enum err
json_login(struct ask *a, struct errinfo *e)
{
	struct arena tree = ARENA_INIT(BODY_ARENA);
	char session[SESSION_TEXT + 1];
	struct node_person *p = NULL;
	const struct json *body;
	struct host_login_not not ;
	enum err err = take_body(a, &tree, &body, e);
	if (!err) {
		struct str name = text_of(body, "name");
		err = host_login(a->host, name, text_of(body, "password"), text_of(body, "code"), a->q->from, session_of(a), &p, session, &not, e);
		if (!err) {
			put_session(a, name, session);
			node_person_free(p);
		} else if (err == ERR_DENIED) {
			if (not .wants_code)
				err_set(e, ERR_DENIED, "a one-time code is needed");
			json_refuse(a, 401, e);
			err = OK;
		} else if (err == ERR_BUSY) {
			refuse_busy(a, not .after, e);
			err = OK;
		}
	}
	arena_done(&tree);
	return err == ERR_STOPPED ? OK : err;
}

enum err
json_logout(struct ask *a, struct errinfo *e)
{
	struct str session = session_of(a);
	if (a->q->body_n || a->q->body.n) {
		err_set(e, ERR_USAGE, "%s %s takes no body", a->route->method, a->route->path);
		json_refuse(a, 415, e);
		return OK;
	}
	enum err err = session.n ? host_logout(a->host, session, e) : OK;
	if (err)
		return err;
	set_cookie(a, STR_NONE);
	ask_type(a, "application/json");
	buf_puts(&a->r->body, "{}");
	return OK;
}

/* One's own, by the old one and, where there is a device, its code; or another's, for who may. */
enum err
json_password(struct ask *a, struct errinfo *e)
{
	struct arena tree = ARENA_INIT(BODY_ARENA);
	char session[SESSION_TEXT + 1];
	struct node_person *p = NULL;
	const struct json *body;
	unsigned after = 0;
	bool own = a->route->may == ROUTE_ANY;
	enum err err = take_body(a, &tree, &body, e);
	if (!err && own) {
		err = host_password(a->host, &a->viewer->who, text_of(body, "old"), text_of(body, "password"), text_of(body, "code"), a->q->from, &p,
		    session, &after, e);
		if (!err) {
			put_session(a, a->viewer->account, session);
			node_person_free(p);
		} else if (err == ERR_BUSY) {
			refuse_busy(a, after, e);
			err = OK;
		}
	} else if (!err && !(err = host_account_password(a->host, &a->viewer->who, a->part[0], text_of(body, "password"), e))) {
		ask_type(a, "application/json");
		buf_puts(&a->r->body, "{}");
	}
	arena_done(&tree);
	return err == ERR_STOPPED ? OK : err;
}

/* One's own device: what changes it comes with the password. No Idempotency-Key, under which a digest of the password would be kept. */
enum err
json_device(struct ask *a, struct errinfo *e)
{
	static const char *const texts[] = {"secret", "code"};
	struct arena tree = ARENA_INIT(BODY_ARENA);
	struct buf args = BUF_INIT(32 * KIB);
	struct node_call c = {.op = str_of(a->route->op), .who = a->viewer->who};
	const struct json *body;
	struct json_writer w;
	struct str s;
	unsigned after = 0;
	enum err err = take_body(a, &tree, &body, e);
	if (!err) {
		json_write_init(&w, &args, 0);
		json_open_object(&w);
		for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
			if (json_get_str(body, str_of(texts[i]), &s))
				json_put_member(&w, str_of(texts[i]), s);
		if (json_get(body, STR("off")))
			json_put_member_bool(&w, STR("off"), json_get(body, STR("off"))->n != 0);
		json_close(&w);
		json_write_done(&w);
		if (!(err = buf_take(&args, &c.args, e)))
			err = json_get_str(body, STR("password"), &s) ? host_call_proved(a->host, &c, s, a->q->from, &a->r->body, &after, e)
								      : host_call(a->host, &c, false, &a->r->body, e);
		if (err == ERR_BUSY) {
			refuse_busy(a, after ? after : 60, e);
			err = OK;
		} else if (!err) {
			ask_type(a, "application/json");
			ask_header(a, "Cache-Control", STR("no-store"));
		}
	}
	secret_wipe_buf(&args);
	buf_done(&args);
	arena_done(&tree);
	return err == ERR_STOPPED ? OK : err;
}
