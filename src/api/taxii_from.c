/* Asking, and what the answers mean. */
#include <arpa/inet.h>
#include <string.h>
#include <strings.h>

#include "api/taxii_from.h"
#include "base/env.h"
#include "base/limits.h"

#define TAXII_TYPE "application/taxii+json;version=2.1"

/* The host of a URL without its port and brackets, and the origin (all before the path). False: it is none that is asked. */
static bool
url_parts(struct str url, struct str *ret_origin, struct str *ret_host, bool *ret_plain)
{
	*ret_plain = str_starts(url, STR("http://"));
	if (!*ret_plain && !str_starts(url, STR("https://")))
		return false;
	size_t begin = *ret_plain ? 7 : 8, end = begin;
	while (end < url.n && !strchr("/?#", url.p[end]))
		end++;
	struct str host = str_sub(url, begin, end);
	*ret_origin = str_sub(url, 0, end);
	ptrdiff_t at = str_starts(host, STR("[")) ? str_chr(host, ']') : str_chr(host, ':');
	*ret_host = str_starts(host, STR("[")) ? str_sub(host, 1, at < 0 ? host.n : (size_t)at) : str_sub(host, 0, at < 0 ? host.n : (size_t)at);
	return ret_host->n != 0;
}

/* Whether it is a number, so that whoever typed it knows where it is; ret_loop: this machine. */
static bool
is_number(struct str host, bool *ret_loop)
{
	char text[64];
	uint8_t b[16];
	*ret_loop = str_is(host, "localhost");
	if (host.n >= sizeof text || *ret_loop)
		return *ret_loop;
	memcpy(text, host.p, host.n);
	text[host.n] = '\0';
	if (inet_pton(AF_INET, text, b) == 1) {
		*ret_loop = b[0] == 127;
		return true;
	}
	*ret_loop = str_is(host, "::1");
	return inet_pton(AF_INET6, text, b) == 1;
}

struct where {
	struct str origin;
	bool plain, local; /* local: it is a number, or this machine */
};

static enum err
look_at(struct str url, bool near, struct where *ret, struct errinfo *e)
{
	struct str host;
	bool loop;
	if (url.n > TAXII_URL || str_chr(url, '?') >= 0 || str_chr(url, '#') >= 0 || !url_parts(url, &ret->origin, &host, &ret->plain) ||
	    str_chr(ret->origin, '@') >= 0) {
		err_set(e, ERR_USAGE, "collect: that is no address of a TAXII server");
		err_hint(e, "https://host/taxii2/ (discovery), an API root, or one collection; no name or password in it");
		return ERR_USAGE;
	}
	ret->local = is_number(host, &loop) && near;
	if (ret->plain && !(loop && near)) {
		err_set(e, ERR_DENIED, "collect: plain HTTP is spoken with this machine alone%s", loop ? ", by its own user" : "");
		err_hint(e, "use https://, with --ca FILE if its authority is not a public one");
		return ERR_DENIED;
	}
	return OK;
}

enum err
taxii_url_check(struct str url, bool near, struct errinfo *e)
{
	struct where w;
	return look_at(url, near, &w, e);
}

enum err
taxii_open(struct taxii_source *s, const struct taxii_from *from, struct errinfo *e)
{
	struct where w;
	*s = (struct taxii_source){.from = from, .root = BUF_INIT(2 * TAXII_URL), .collection = BUF_INIT(200)};
	enum err err = look_at(from->url, from->near, &w, e);
	if (err)
		return err;
	s->origin = w.origin;
	s->local = w.local;
	const struct http_fetch_rules rules = {.plain = w.plain, .local = w.local, .ca = from->ca};
	err = http_fetcher_new(&rules, &s->http, e);
	return err ? err : taxii_find(s, e);
}

void
taxii_done(struct taxii_source *s)
{
	http_fetcher_free(s->http);
	buf_done(&s->root);
	buf_done(&s->collection);
	s->http = NULL;
}

/* What a status means to who asked; the body of a stranger's error is not shown. */
enum err
taxii_refused(struct taxii_source *s, const struct http_fetched *r, struct str url, struct errinfo *e)
{
	static const struct {
		int status;
		enum err err;
		const char *what, *hint;
	} words[] = {
	    {401, ERR_DENIED, "it wants to know who asks", "--user NAME --password-file FILE, or --token-file FILE"},
	    {403, ERR_DENIED, "it does not let this user read that", "ask who runs it, or choose another --collection"},
	    {404, ERR_NOTFOUND, "there is no such thing at that address, for this user", "begin with the server's discovery: https://host/taxii2/"},
	    {406, ERR_VERSION, "it does not speak TAXII 2.1", NULL},
	    {429, ERR_BUSY, "it was asked too often", NULL},
	};
	s->retry_after = r->status == 429 || r->status == 503 ? r->retry_after : 0;
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (words[i].status == r->status) {
			err_set(e, words[i].err, "%.*s: %s (status %d)", STR_FMT(str_sub(url, 0, 150)), words[i].what, r->status);
			if (words[i].hint)
				err_hint(e, "%s", words[i].hint);
			if (s->retry_after)
				err_hint(e, "it says to ask again after %u seconds", s->retry_after);
			return words[i].err;
		}
	if (r->status >= 300 && r->status < 400) {
		err_set(
		    e, ERR_DENIED, "%.*s: it sends to another address, which is not followed (status %d)", STR_FMT(str_sub(url, 0, 150)), r->status);
		err_hint(e, "name the address itself, with the slash at its end");
		return ERR_DENIED;
	}
	if (r->status >= 500)
		return err_set(e, ERR_IO, "%.*s: the server failed (status %d); try again later", STR_FMT(str_sub(url, 0, 150)), r->status);
	return err_set(e, ERR_INVALID, "%.*s: it answered with status %d", STR_FMT(str_sub(url, 0, 150)), r->status);
}

enum err
taxii_get(struct taxii_source *s, struct str url, struct http_fetched *r, struct errinfo *e)
{
	const struct http_field accept = {STR("Accept"), STR(TAXII_TYPE)}, proof = {STR("Authorization"), s->from->proof};
	const struct http_fetch_options o = {.url = url,
	    .headers = &accept,
	    .nheaders = 1,
	    .credentials = &proof,
	    .ncredentials = s->from->proof.n ? 1 : 0,
	    .seconds = s->from->seconds ? s->from->seconds : LIMIT_COLLECT_SECONDS,
	    .max = LIMIT_COLLECT_PAGE,
	    .stop = s->from->stop,
	    .ctx = s->from->ctx};
	enum err err = http_fetch(s->http, &o, r, e);
	if (err == ERR_DENIED && !s->local)
		err_hint(e, "to ask a server of one's own network, write its number in the URL");
	return err;
}

static bool
same_word(struct str s, const char *word)
{
	return s.n == strlen(word) && strncasecmp(s.p, word, s.n) == 0;
}

/* A parameter of a media type: its value, without quotes. */
static bool
parameter(struct str rest, const char *name, struct str *ret)
{
	struct str one, key, value;
	while (rest.n) {
		str_cut(rest, ';', &one, &rest);
		if (str_cut(one, '=', &key, &value) && same_word(str_trim(key), name)) {
			value = str_trim(value);
			*ret = value.n >= 2 && value.p[0] == '"' && value.p[value.n - 1] == '"' ? str_sub(value, 1, value.n - 1) : value;
			return true;
		}
	}
	return false;
}

/* Something else that happens to be JSON is not taken for a page without objects. */
enum err
taxii_type(const struct http_fetched *r, struct str url, struct errinfo *e)
{
	struct str type = STR_NONE, rest = STR_NONE, version;
	if (http_fetched_header(r, "content-type", &type))
		str_cut(type, ';', &type, &rest);
	type = str_trim(type);
	if (!same_word(type, "application/taxii+json")) {
		bool older = same_word(type, "application/vnd.oasis.taxii+json");
		return err_set(e, older ? ERR_VERSION : ERR_INVALID, "%.*s: %s \"%.*s\", not application/taxii+json", STR_FMT(str_sub(url, 0, 150)),
		    older ? "it speaks an older TAXII:" : "what it gave is", STR_FMT(str_sub(type, 0, 60)));
	}
	if (parameter(rest, "version", &version) && !str_is(version, "2.1"))
		return err_set(
		    e, ERR_VERSION, "%.*s: it speaks TAXII %.*s, not 2.1", STR_FMT(str_sub(url, 0, 150)), STR_FMT(str_sub(version, 0, 20)));
	return OK;
}
