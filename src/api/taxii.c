#include "api/taxii.h"

#include <stdio.h>
#include <string.h>

#include "api/hold.h"
#include "api/json.h"
#include "api/pages.h"
#include "api/taxii_collection.h"
#include "api/viewer.h"
#include "base/leak.h"
#include "base/limits.h"
#include "crypto/hash.h"
#include "json/write.h"
#include "node/op.h"

#define TAXII_TYPE "application/taxii+json;version=2.1"
#define ROOT "/taxii2/root/"

enum { PAGE = 100 };

/* an answer begun and ended */

struct out {
	struct ask *a;
	struct json_writer w;
};

static void
begin(struct out *o, struct ask *a)
{
	o->a = a;
	buf_clear(&a->r->body);
	ask_type(a, TAXII_TYPE);
	json_write_init(&o->w, &a->r->body, 0);
	json_open_object(&o->w);
}

static enum err
end(struct out *o, struct errinfo *e)
{
	struct str all;
	json_close(&o->w);
	json_write_done(&o->w);
	return buf_take(&o->a->r->body, &all, e);
}

static void
refuse(struct ask *a, int status, const struct errinfo *why)
{
	struct out o;
	char number[8];
	/* what broke inside is for the home's own member: it may name what this viewer may not see */
	bool tell = status < 500 || status == 503;
	a->r->status = status;
	begin(&o, a);
	json_put_member(&o.w, STR("title"), tell && why->msg[0] ? str_of(why->msg) : STR("it could not be done"));
	if (tell && why->hint[0])
		json_put_member(&o.w, STR("description"), str_of(why->hint));
	snprintf(number, sizeof number, "%d", status);
	json_put_member(&o.w, STR("http_status"), str_of(number));
	json_close(&o.w);
	json_write_done(&o.w);
}

/* The version that a media type states is ours, or it states none. */
static bool
is_21(struct str type)
{
	ptrdiff_t at = str_find(type, STR("version="));
	return at < 0 || str_starts(str_sub(type, (size_t)at + 8, type.n), STR("2.1")) ||
	       str_starts(str_sub(type, (size_t)at + 8, type.n), STR("\"2.1\""));
}

/* Every handler begins with this. False: the answer is given. */
static bool
agreed(struct ask *a, struct errinfo *e)
{
	struct str accept, one;
	bool ok = json_accepts(a, "application/taxii+json");
	if (ok && http_header(a->q, "Accept", &accept) && str_find(accept, STR("application/taxii+json")) >= 0) {
		ok = false;
		while (accept.n) {
			str_cut(accept, ',', &one, &accept);
			ok = ok || str_find(one, STR("*/*")) >= 0 || (str_find(one, STR("application/taxii+json")) >= 0 && is_21(one));
		}
	}
	if (ok)
		return true;
	err_set(e, ERR_USAGE, "the answer is %s", TAXII_TYPE);
	refuse(a, 406, e);
	return false;
}

/* of what there is */

static void
put_collection(struct json_writer *w, const struct taxii_collection *c)
{
	struct buf title = BUF_INIT(KIB);
	if (c->everything)
		buf_puts(&title, "Everything");
	else if (c->inbox)
		buf_printf(&title, "Inbox%s%.*s", c->centre.n ? ": " : "", STR_FMT(c->centre));
	else
		buf_printf(&title, "%.*s: %.*s", STR_FMT(c->centre), STR_FMT(c->circle));
	json_put_member(w, STR("id"), str_of(c->id));
	json_put_member(w, STR("title"), buf_str(&title));
	json_put_member(w, STR("description"),
	    c->everything ? STR("all that this account may see")
	    : c->inbox    ? STR("the member's own, in its private circle: what is put here comes there, and can be deleted until released")
	    : c->own      ? STR("the member's own")
			  : STR("what was released to this circle"));
	json_put_member_bool(w, STR("can_read"), true);
	json_put_member_bool(w, STR("can_write"), c->inbox);
	json_put_key(w, STR("media_types"));
	json_open_array(w);
	json_put_string(w, STR("application/stix+json;version=2.1"));
	json_close(w);
	buf_done(&title);
}

static bool
list_one(void *ctx, const struct taxii_collection *c)
{
	struct json_writer *w = ctx;
	json_open_object(w);
	put_collection(w, c);
	json_close(w);
	return false;
}

static enum err
discovery(struct ask *a, struct errinfo *e)
{
	struct out o;
	struct buf url = BUF_INIT(KIB);
	struct str host;
	if (!agreed(a, e))
		return OK;
	if (http_header(a->q, "Host", &host) && host.n && host.n < 300)
		buf_printf(&url, "%s://%.*s", a->q->secure ? "https" : "http", STR_FMT(host));
	buf_puts(&url, ROOT);
	begin(&o, a);
	json_put_member(&o.w, STR("title"), STR("Comity"));
	json_put_member(&o.w, STR("description"), STR("what this member's node holds, as far as the account may see it"));
	json_put_member(&o.w, STR("default"), buf_str(&url));
	json_put_key(&o.w, STR("api_roots"));
	json_open_array(&o.w);
	json_put_string(&o.w, buf_str(&url));
	json_close(&o.w);
	buf_done(&url);
	return end(&o, e);
}

static enum err
root(struct ask *a, struct errinfo *e)
{
	struct out o;
	if (!agreed(a, e))
		return OK;
	begin(&o, a);
	json_put_member(&o.w, STR("title"), STR("Comity"));
	json_put_key(&o.w, STR("versions"));
	json_open_array(&o.w);
	json_put_string(&o.w, STR(TAXII_TYPE));
	json_close(&o.w);
	json_put_member_int(&o.w, STR("max_content_length"), LIMIT_TAXII_BODY);
	return end(&o, e);
}

static enum err
collections(struct ask *a, struct errinfo *e)
{
	struct out o;
	if (!agreed(a, e))
		return OK;
	begin(&o, a);
	json_put_key(&o.w, STR("collections"));
	json_open_array(&o.w);
	enum err err = taxii_collection_each(a, list_one, &o.w, e);
	if (err)
		return err;
	json_close(&o.w);
	return end(&o, e);
}

static enum err
collection(struct ask *a, struct errinfo *e)
{
	struct taxii_collection c;
	struct out o;
	if (!agreed(a, e))
		return OK;
	enum err err = taxii_collection_find(a, &c, e);
	if (err)
		return err;
	begin(&o, a);
	put_collection(&o.w, &c);
	return end(&o, e);
}

/* of what is in them */

/* The arguments of "feed". A number over the most is taken for the most, as the standard lets a server. */
static enum err
put_question(struct ask *a, const struct taxii_collection *c, const char *form, struct buf *b, struct errinfo *e)
{
	static const struct {
		const char *query, *arg;
	} texts[] = {
	    {"added_after", "after"}, {"next", "next"}, {"match[type]", "types"}, {"match[version]", "versions"}, {"match[spec_version]", "specs"}};
	struct json_writer w;
	struct str value;
	uint64_t limit = PAGE;
	json_write_init(&w, b, 0);
	json_open_object(&w);
	json_put_member(&w, STR("form"), str_of(form));
	if (c->inbox)
		json_put_member_bool(&w, STR("private"), true);
	if (c->centre_id.n)
		json_put_member(&w, STR("centre"), c->centre_id);
	if (c->circle.n) {
		json_put_member(&w, STR("circle"), c->circle);
	}
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		if (ask_arg(a, texts[i].query, &value))
			json_put_member(&w, str_of(texts[i].arg), value);
	if (a->part[1].n)
		json_put_member(&w, STR("ids"), a->part[1]);
	else if (ask_arg(a, "match[id]", &value))
		json_put_member(&w, STR("ids"), value);
	if (ask_arg(a, "limit", &value) && (!str_u64(value, &limit) || !limit))
		return err_set(e, ERR_USAGE, "limit: a whole number from 1 on");
	json_put_member_int(&w, STR("limit"), (int64_t)(limit < LIMIT_PAGE ? limit : LIMIT_PAGE - 1));
	json_close(&w);
	json_write_done(&w);
	return OK;
}

/* The number after its name at the beginning of rest, which moves past it. */
static bool
cut_number(struct str *rest, struct str name, uint64_t *ret)
{
	struct str digits;
	size_t n = 0;
	if (!str_starts(*rest, name))
		return false;
	digits = str_sub(*rest, name.n, rest->n);
	while (n < digits.n && digits.p[n] >= '0' && digits.p[n] <= '9')
		n++;
	*rest = str_sub(digits, n, digits.n);
	return str_u64(str_sub(digits, 0, n), ret);
}

static bool
cut_text(struct str *rest, struct str name, char *ret, size_t cap)
{
	struct str one;
	if (!str_starts(*rest, name))
		return false;
	str_cut(str_sub(*rest, name.n, rest->n), '"', &one, rest);
	if (one.n >= cap)
		return false;
	memcpy(ret, one.p, one.n);
	ret[one.n] = 0;
	return true;
}

/* The body out of the node's reply, {"body":{…},"first":"…","last":"…","n":…,"until":…}. */
static enum err
take_reply(struct ask *a, struct page *p, struct errinfo *e)
{
	static const char before[] = "{\"body\":";
	const struct str first = STR(",\"first\":\"");
	struct buf *b = &a->r->body;
	size_t at = b->n;
	uint64_t n, until;
	while (at > 0 && !(b->p[at - 1] == ',' && str_starts(str_sub(buf_str(b), at - 1, b->n), first)))
		at--;
	struct str rest = at ? str_sub(buf_str(b), at - 1, b->n) : STR_NONE;
	if (!str_starts(buf_str(b), str_of(before)) || !cut_text(&rest, first, p->first, sizeof p->first) ||
	    !cut_text(&rest, STR(",\"last\":\""), p->last, sizeof p->last) || !cut_number(&rest, STR(",\"n\":"), &n) ||
	    !cut_number(&rest, STR(",\"until\":"), &until))
		return err_set(e, ERR_INVALID, "the node's reply is not as it should be");
	buf_cut(b, at - 1);
	buf_drop(b, sizeof before - 1);
	p->body = buf_str(b);
	p->until = (int64_t)until;
	snprintf(p->detail, sizeof p->detail, "%llu %s", (unsigned long long)n, str_many(n, "object", "objects"));
	return OK;
}

static void
put_moments(struct ask *a, const struct page *p)
{
	if (!p->first[0])
		return;
	ask_header(a, "X-TAXII-Date-Added-First", str_of(p->first));
	ask_header(a, "X-TAXII-Date-Added-Last", str_of(p->last));
}

/* All that an answer depends on but the home. */
static struct hash
key_of(const struct ask *a, const char *form)
{
	struct sha256 h;
	char numbers[80];
	int n = snprintf(numbers, sizeof numbers, "%llx %x %lld\n%s\n", (unsigned long long)a->viewer->sight, a->viewer->may,
	    (long long)a->viewer->who.account, form);
	const struct str parts[] = {a->part[0], a->part[1], a->q->query};
	sha256_init(&h);
	if (!LEAK(PAGE_KEPT))
		sha256_put(&h, str_bytes(numbers, (size_t)n));
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
		sha256_put(&h, parts[i]);
		sha256_put(&h, STR("\n"));
	}
	return sha256_end(&h);
}

/* The page is the reply's from here on. */
static enum err
tell_again(struct ask *a, const struct page *p, struct errinfo *e)
{
	const struct node_line line = {.who = &a->viewer->who, .what = STR("feed"), .target = str_of(p->target), .detail = str_of(p->detail)};
	a->r->shared = (struct http_shared){p->body, pages_let_go, (void *)p};
	put_moments(a, p);
	ask_type(a, TAXII_TYPE);
	return hold_reply(a, &line, e);
}

static enum err
ask_page(struct ask *a, const char *form, struct page *p, struct errinfo *e)
{
	struct buf args = BUF_INIT(64 * KIB);
	struct taxii_collection c;
	enum err err = taxii_collection_find(a, &c, e);
	if (err)
		return err;
	snprintf(p->target, sizeof p->target, "%.*s", STR_FMT(str_sub(c.circle, 0, sizeof p->target - 1)));
	if (!(err = put_question(a, &c, form, &args, e)) && !(err = taxii_ask(a, "feed", buf_str(&args), &a->r->body, e)))
		err = take_reply(a, p, e);
	buf_done(&args);
	return err;
}

static enum err
page(struct ask *a, const char *form, struct errinfo *e)
{
	struct page fresh = {.changes = host_changes(a->host)};
	const struct page *kept;
	struct hash key = key_of(a, form);
	enum err err;
	if (!agreed(a, e))
		return OK;
	if ((kept = pages_find(host_pages(a->host), &key, fresh.changes, host_now(a->host))))
		return tell_again(a, kept, e);
	if ((err = ask_page(a, form, &fresh, e)))
		return err;
	if (a->part[1].n && !fresh.first[0])
		return err_set(e, ERR_NOTFOUND, "there is no such object for you");
	pages_keep(host_pages(a->host), &key, &fresh);
	put_moments(a, &fresh);
	ask_type(a, TAXII_TYPE);
	return OK;
}

static enum err
objects(struct ask *a, struct errinfo *e)
{
	return page(a, "envelope", e);
}

static enum err
manifest(struct ask *a, struct errinfo *e)
{
	return page(a, "manifest", e);
}

static enum err
versions(struct ask *a, struct errinfo *e)
{
	return page(a, "versions", e);
}

/* of what is put in */

/* The body out of {"body":{…}}. */
static enum err
ask_status(struct ask *a, struct str args, struct errinfo *e)
{
	static const char before[] = "{\"body\":";
	struct buf *b = &a->r->body;
	enum err err = taxii_ask(a, "feed-status", args, b, e);
	if (err)
		return err;
	buf_drop(b, sizeof before - 1);
	buf_cut(b, b->n - 1);
	ask_type(a, TAXII_TYPE);
	return OK;
}

static enum err
status(struct ask *a, struct errinfo *e)
{
	struct buf args = BUF_INIT(KIB);
	struct json_writer w;
	if (!agreed(a, e))
		return OK;
	json_write_init(&w, &args, 0);
	json_open_object(&w);
	json_put_member(&w, STR("id"), a->part[0]);
	json_close(&w);
	json_write_done(&w);
	enum err err = ask_status(a, buf_str(&args), e);
	buf_done(&args);
	return err;
}

static enum err
put_in(struct ask *a, struct errinfo *e)
{
	struct buf added = BUF_INIT(TAXII_REPLY), args = BUF_INIT(TAXII_REPLY);
	struct taxii_collection c;
	char type[128];
	struct str body = a->q->body;
	const struct source in = source_of_str(&body);
	enum err err;
	if (!agreed(a, e))
		return OK;
	if ((err = taxii_collection_find(a, &c, e)))
		return err;
	if (!c.inbox)
		return err_set(e, ERR_DENIED, "nothing is put into this collection: there is one for it, the inbox");
	struct str stated = STR_NONE;
	http_header(a->q, "Content-Type", &stated);
	if (!json_body_type(a, type) || strcmp(type, "application/taxii+json") != 0 || !is_21(stated)) {
		err_set(e, ERR_USAGE, "the body is to be %s", TAXII_TYPE);
		refuse(a, 415, e);
		return OK;
	}
	buf_puts(&args, "{\"format\":\"stix\",\"source\":\"taxii\",\"restart\":true");
	if (c.centre_id.n) /* hexadecimal */
		buf_printf(&args, ",\"centre\":\"%.*s\"", STR_FMT(c.centre_id));
	buf_putc(&args, '}');
	const struct node_call add = {
	    .op = STR("add"), .args = buf_str(&args), .who = a->viewer->who, .in = a->q->body_n > a->q->body.n ? &a->q->in : &in};
	err = host_call(a->host, &add, false, &added, e);
	if (!err) {
		buf_clear(&args);
		buf_puts(&args, "{\"added\":");
		buf_put(&args, buf_str(&added));
		buf_putc(&args, '}');
		err = ask_status(a, buf_str(&args), e);
	}
	buf_done(&args);
	buf_done(&added);
	if (!err)
		a->r->status = 202;
	return err;
}

/* Withdrawn, as the core has it: the bytes are sealed for as long as disputes last. */
static enum err
take_away(struct ask *a, struct errinfo *e)
{
	struct buf args = BUF_INIT(64 * KIB), reply = BUF_INIT(TAXII_REPLY);
	struct json_writer w;
	struct taxii_collection c;
	struct str versions = STR("last"), specs;
	if (!agreed(a, e))
		return OK;
	enum err err = taxii_collection_find(a, &c, e);
	if (err)
		return err;
	if (!c.inbox) {
		err_set(e, ERR_DENIED, "nothing is deleted from this collection: what was released is recalled");
		err_hint(e, "comity recall, or POST /api/v1/recalls");
		return ERR_DENIED;
	}
	struct stix_id whole; /* the operation takes how one begins, too */
	if (!stix_id_parse(a->part[1], &whole))
		return err_set(e, ERR_NOTFOUND, "that is no id of an object");
	if (ask_arg(a, "match[spec_version]", &specs) && str_find(specs, STR("2.1")) < 0)
		versions = STR_NONE; /* nothing here is of another */
	else
		ask_arg(a, "match[version]", &versions);
	json_write_init(&w, &args, 0);
	json_open_object(&w);
	json_put_member(&w, STR("id"), a->part[1]);
	json_put_member(&w, STR("versions"), versions);
	json_put_member(&w, STR("reason"), STR("deleted over TAXII"));
	if (c.centre_id.n)
		json_put_member(&w, STR("centre"), c.centre_id);
	json_close(&w);
	json_write_done(&w);
	err = taxii_ask(a, "withdraw", buf_str(&args), &reply, e);
	buf_done(&args);
	buf_done(&reply);
	return err;
}

#define FILTERS "added_after limit next match[]"
static const struct route routes[] = {
    {.method = "GET", .path = "/taxii2/", .may = ROUTE_READ, .run = discovery, .about = "discovery"},
    {.method = "GET", .path = ROOT, .may = ROUTE_READ, .run = root, .about = "the API root"},
    {.method = "GET", .path = ROOT "status/{id}/", .may = ROUTE_READ, .run = status, .about = "what became of what was put in"},
    {.method = "GET", .path = ROOT "collections/", .may = ROUTE_READ, .run = collections, .about = "the collections"},
    {.method = "GET", .path = ROOT "collections/{id}/", .may = ROUTE_READ, .run = collection, .about = "one of them"},
    {.method = "GET", .path = ROOT "collections/{id}/manifest/", .may = ROUTE_READ, .args = FILTERS, .run = manifest, .about = "what is in it"},
    {.method = "GET", .path = ROOT "collections/{id}/objects/", .may = ROUTE_READ, .args = FILTERS, .run = objects, .about = "its objects"},
    {.method = "POST", .path = ROOT "collections/{id}/objects/", .may = ROUTE_WRITE, .run = put_in, .about = "objects into it"},
    {.method = "GET", .path = ROOT "collections/{id}/objects/{object}/", .may = ROUTE_READ, .args = FILTERS, .run = objects, .about = "one object"},
    {.method = "DELETE",
	.path = ROOT "collections/{id}/objects/{object}/",
	.may = ROUTE_WRITE,
	.args = "match[]",
	.run = take_away,
	.about = "an object out of the inbox"},
    {.method = "GET",
	.path = ROOT "collections/{id}/objects/{object}/versions/",
	.may = ROUTE_READ,
	.args = FILTERS,
	.run = versions,
	.about = "its versions"},
};

/* A refusal comes before the body. */
static size_t
body_max(const struct route *r)
{
	return r && r->run == put_in ? LIMIT_TAXII_BODY : KIB;
}

const struct route_family taxii_family = {.prefix = "/taxii2",
    .routes = routes,
    .nroutes = sizeof routes / sizeof *routes,
    .refuse = refuse,
    .challenge = "Basic realm=\"comity\", charset=\"UTF-8\"",
    .as = node_who_taxii,
    .body_max = body_max};
