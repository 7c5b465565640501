#define _GNU_SOURCE /* SOCK_CLOEXEC */
#include "http/fetch.h"

#include <curl/curl.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/limits.h"

enum { URL_MAX = 8 * KIB, CONNECT_SECONDS = 10, SECONDS = 60, HEADERS_MAX = 64 * KIB, REDIRECTS_MAX = 10 };

struct http_fetcher {
	CURL *curl;
	struct http_fetch_rules rules;
	char error[CURL_ERROR_SIZE];
	/* of the call that runs */
	const struct http_fetch_options *o;
	struct http_fetched *to;
	bool refused; /* the address was */
};

void
http_fetched_done(struct http_fetched *r)
{
	if (!r)
		return;
	buf_done(&r->body);
	buf_done(&r->texts);
	r->nheaders = 0;
}

bool
http_fetched_header(const struct http_fetched *r, const char *name, struct str *ret)
{
	for (size_t i = 0; i < r->nheaders; i++)
		if (str_is(r->headers[i].name, name)) {
			*ret = r->headers[i].value;
			return true;
		}
	return false;
}

/* what the library calls */

static curl_socket_t
open_socket(void *ctx, curlsocktype why, struct curl_sockaddr *a)
{
	struct http_fetcher *f = ctx;
	(void)why;
	if (!f->rules.local && !http_address_is_public(&a->addr)) {
		f->refused = true;
		return CURL_SOCKET_BAD;
	}
	return socket(a->family, a->socktype | SOCK_CLOEXEC, a->protocol);
}

static size_t
take_body(char *p, size_t size, size_t n, void *ctx)
{
	struct http_fetcher *f = ctx;
	buf_put(&f->to->body, (struct str){p, size * n});
	return buf_ok(&f->to->body) ? size * n : 0;
}

static size_t
take_header(char *p, size_t size, size_t n, void *ctx)
{
	struct http_fetcher *f = ctx;
	struct http_fetched *r = f->to;
	struct str line = str_trim(str_bytes(p, size * n)), name, value;
	if (str_starts(line, STR("HTTP/"))) { /* the next reply: that to 100-continue came before */
		r->nheaders = 0;
		buf_clear(&r->texts);
	} else if (r->nheaders < HTTP_HEADERS && str_cut(line, ':', &name, &value)) {
		struct http_field *h = &r->headers[r->nheaders];
		value = str_trim(value);
		h->name = (struct str){(const char *)r->texts.n, name.n}; /* offsets, until all is there */
		for (size_t i = 0; i < name.n; i++)
			buf_putc(&r->texts, name.p[i] >= 'A' && name.p[i] <= 'Z' ? (char)(name.p[i] + 32) : name.p[i]);
		h->value = (struct str){(const char *)r->texts.n, value.n};
		buf_put(&r->texts, value);
		if (!buf_ok(&r->texts))
			return 0;
		r->nheaders++;
	}
	return size * n;
}

static int
look(void *ctx, curl_off_t a, curl_off_t b, curl_off_t c, curl_off_t d)
{
	const struct http_fetcher *f = ctx;
	(void)a, (void)b, (void)c, (void)d;
	return f->o->stop && f->o->stop(f->o->ctx);
}

/* the client */

static CURLcode
set_blob(CURL *c, CURLoption which, struct str pem)
{
	struct curl_blob b = {(void *)pem.p, pem.n, CURL_BLOB_COPY};
	return curl_easy_setopt(c, which, &b);
}

enum err
http_fetcher_new(const struct http_fetch_rules *rules, struct http_fetcher **ret, struct errinfo *e)
{
	struct http_fetcher *f = calloc(1, sizeof *f);
	CURL *c;
	CURLcode rc = CURLE_OK;
	if (!f)
		return err_nomem(e);
	f->rules = *rules;
	f->curl = c = curl_easy_init();
	if (!c) {
		free(f);
		return err_nomem(e);
	}
	const struct {
		CURLoption option;
		const char *text;
	} texts[] = {{CURLOPT_PROTOCOLS_STR, rules->plain ? "http,https" : "https"}, {CURLOPT_PROXY, ""}, {CURLOPT_ACCEPT_ENCODING, "gzip"},
	    {CURLOPT_USERAGENT, rules->agent ? rules->agent : "comity"}, {CURLOPT_CAINFO, rules->ca}};
	const struct {
		CURLoption option;
		long value;
	} numbers[] = {{CURLOPT_SSL_VERIFYPEER, 1}, {CURLOPT_SSL_VERIFYHOST, 2}, {CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2},
	    {CURLOPT_FOLLOWLOCATION, 0}, {CURLOPT_NOSIGNAL, 1}, {CURLOPT_TCP_NODELAY, 1}, {CURLOPT_CONNECTTIMEOUT, CONNECT_SECONDS},
	    {CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1}, {CURLOPT_DISALLOW_USERNAME_IN_URL, 1}, {CURLOPT_NETRC, CURL_NETRC_IGNORED},
	    {CURLOPT_HTTP09_ALLOWED, 0}, {CURLOPT_NOPROGRESS, 0}};
	for (size_t i = 0; !rc && i < sizeof texts / sizeof *texts; i++)
		if (texts[i].text)
			rc = curl_easy_setopt(c, texts[i].option, texts[i].text);
	for (size_t i = 0; !rc && i < sizeof numbers / sizeof *numbers; i++)
		rc = curl_easy_setopt(c, numbers[i].option, numbers[i].value);
	if (!rc && rules->cert.n && !(rc = set_blob(c, CURLOPT_SSLCERT_BLOB, rules->cert)))
		rc = set_blob(c, CURLOPT_SSLKEY_BLOB, rules->key);
	if (rc) {
		http_fetcher_free(f);
		return err_set(e, rc == CURLE_OUT_OF_MEMORY ? ERR_NOMEM : ERR_IO, "this libcurl lacks what is needed: %s", curl_easy_strerror(rc));
	}
	curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, take_body);
	curl_easy_setopt(c, CURLOPT_WRITEDATA, f);
	curl_easy_setopt(c, CURLOPT_HEADERFUNCTION, take_header);
	curl_easy_setopt(c, CURLOPT_HEADERDATA, f);
	curl_easy_setopt(c, CURLOPT_OPENSOCKETFUNCTION, open_socket);
	curl_easy_setopt(c, CURLOPT_OPENSOCKETDATA, f);
	curl_easy_setopt(c, CURLOPT_XFERINFOFUNCTION, look);
	curl_easy_setopt(c, CURLOPT_XFERINFODATA, f);
	curl_easy_setopt(c, CURLOPT_ERRORBUFFER, f->error);
	*ret = f;
	return OK;
}

void
http_fetcher_free(struct http_fetcher *f)
{
	if (!f)
		return;
	curl_easy_cleanup(f->curl);
	free(f);
}

/* one call */

/* A header's name and value, as one line of the library's list. */
static enum err
add_line(struct curl_slist **list, struct http_field h, struct errinfo *e)
{
	struct buf line = BUF_INIT(HEADERS_MAX);
	for (size_t i = 0; i < h.name.n; i++)
		if (h.name.p[i] <= ' ' || h.name.p[i] >= 127 || h.name.p[i] == ':')
			return err_set(e, ERR_USAGE, "a header's name with a byte that none has");
	for (size_t i = 0; i < h.value.n; i++)
		if ((unsigned char)h.value.p[i] < ' ' && h.value.p[i] != '\t')
			return err_set(e, ERR_USAGE, "the value of header %.*s has a line end or the like in it", STR_FMT(str_sub(h.name, 0, 60)));
	buf_put(&line, h.name);
	buf_puts(&line, h.value.n ? ": " : ";"); /* the library's way to say an empty value */
	buf_put(&line, h.value);
	buf_putc(&line, '\0');
	struct str text;
	enum err err = buf_take(&line, &text, e);
	struct curl_slist *more = err ? NULL : curl_slist_append(*list, text.p);
	if (!err && !more)
		err = err_nomem(e);
	if (more)
		*list = more;
	buf_done(&line);
	return err;
}

static enum err
add_lines(struct curl_slist **list, const struct http_field *h, size_t n, struct errinfo *e)
{
	enum err err = OK;
	for (size_t i = 0; !err && i < n; i++)
		err = add_line(list, h[i], e);
	return err;
}

static enum err
failed(const struct http_fetcher *f, CURLcode rc, struct errinfo *e)
{
	const char *why = f->error[0] ? f->error : curl_easy_strerror(rc);
	if (f->refused) {
		err_set(e, ERR_DENIED, "this address is not one of the public internet");
		err_hint(e, "if it is meant, allow local addresses for this source");
		return ERR_DENIED;
	}
	if (f->to->body.bad)
		return f->to->body.bad == ERR_NOMEM ? err_nomem(e) : err_set(e, ERR_LIMIT, "the reply is longer than %zu bytes", f->o->max);
	if (f->to->texts.bad)
		return err_set(e, ERR_LIMIT, "the reply's headers are longer than %d bytes", HEADERS_MAX);
	switch (rc) {
	case CURLE_ABORTED_BY_CALLBACK:
		return err_set(e, ERR_STOPPED, "stopped");
	case CURLE_OUT_OF_MEMORY:
		return err_nomem(e);
	case CURLE_UNSUPPORTED_PROTOCOL:
	case CURLE_URL_MALFORMAT:
	case CURLE_LOGIN_DENIED:
		return err_set(e, ERR_USAGE, "this address is not asked: %s", why);
	case CURLE_PEER_FAILED_VERIFICATION:
	case CURLE_SSL_ISSUER_ERROR:
	case CURLE_SSL_CACERT_BADFILE:
		return err_set(e, ERR_VERIFY, "the server's certificate does not hold: %s", why);
	default:
		return err_set(e, ERR_IO, "%s", why);
	}
}

/* One request and its reply; url is NUL-terminated. */
static enum err
once(struct http_fetcher *f, const char *url, struct curl_slist *lines, long ms, struct errinfo *e)
{
	const struct http_fetch_options *o = f->o;
	const char *method = o->method ? o->method : "GET";
	bool post = o->body.n > 0 || strcmp(method, "POST") == 0 || strcmp(method, "PUT") == 0;
	CURL *c = f->curl;
	CURLcode rc;
	long status = 0;
	curl_off_t after = 0;
	f->to->retry_after = 0;
	f->error[0] = '\0';
	f->refused = false;
	buf_clear(&f->to->body);
	buf_clear(&f->to->texts);
	f->to->nheaders = 0;
	curl_easy_setopt(c, CURLOPT_HTTPGET, 1L);
	curl_easy_setopt(c, CURLOPT_NOBODY, strcmp(method, "HEAD") == 0 ? 1L : 0L);
	if (post) {
		curl_easy_setopt(c, CURLOPT_POST, 1L);
		curl_easy_setopt(c, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)o->body.n);
		curl_easy_setopt(c, CURLOPT_POSTFIELDS, o->body.n ? o->body.p : "");
	}
	curl_easy_setopt(c, CURLOPT_CUSTOMREQUEST, post || strcmp(method, "HEAD") != 0 ? method : NULL);
	curl_easy_setopt(c, CURLOPT_HTTPHEADER, lines);
	curl_easy_setopt(c, CURLOPT_TIMEOUT_MS, ms);
	if ((rc = curl_easy_setopt(c, CURLOPT_URL, url)) == CURLE_OK)
		rc = curl_easy_perform(c);
	curl_easy_setopt(c, CURLOPT_HTTPHEADER, NULL);
	curl_easy_setopt(c, CURLOPT_POSTFIELDS, NULL);
	if (rc)
		return failed(f, rc, e);
	curl_easy_getinfo(c, CURLINFO_RESPONSE_CODE, &status);
	f->to->status = (int)status;
	if (curl_easy_getinfo(c, CURLINFO_RETRY_AFTER, &after) == CURLE_OK && after > 0)
		f->to->retry_after = after < INT32_MAX ? (unsigned)after : INT32_MAX;
	return OK;
}

/* Where a redirect leads, if it is to be followed. */
static bool
follows(const struct http_fetcher *f, const char *from, char *to, size_t cap)
{
	char *next = NULL;
	int s = f->to->status;
	if ((s != 301 && s != 302 && s != 303 && s != 307 && s != 308) || (f->o->method && strcmp(f->o->method, "GET") != 0) ||
	    curl_easy_getinfo(f->curl, CURLINFO_REDIRECT_URL, &next) || !next || strlen(next) >= cap)
		return false;
	if (strncasecmp(from, "https:", 6) == 0 && strncasecmp(next, "https:", 6) != 0)
		return false;
	memcpy(to, next, strlen(next) + 1);
	return true;
}

static long
elapsed_ms(CURL *c)
{
	curl_off_t us = 0;
	curl_easy_getinfo(c, CURLINFO_TOTAL_TIME_T, &us);
	return (long)(us / 1000);
}

enum err
http_fetch(struct http_fetcher *f, const struct http_fetch_options *o, struct http_fetched *ret, struct errinfo *e)
{
	char url[URL_MAX], next[URL_MAX];
	struct curl_slist *all = NULL, *bare = NULL;
	struct http_fetched got = {.body = BUF_INIT(o->max), .texts = BUF_INIT(HEADERS_MAX)};
	long left = (long)(o->seconds ? o->seconds : SECONDS) * 1000;
	enum err err;
	if (o->url.n >= sizeof url || memchr(o->url.p, '\0', o->url.n))
		return err_set(e, ERR_USAGE, "an address of %zu bytes, or with a NUL in it", o->url.n);
	memcpy(url, o->url.p, o->url.n);
	url[o->url.n] = '\0';
	f->o = o;
	f->to = &got;
	/* bodies are sent at once, without waiting for a 100 */
	bare = curl_slist_append(NULL, "Expect:");
	all = curl_slist_append(NULL, "Expect:");
	err = bare && all ? add_lines(&bare, o->headers, o->nheaders, e) : err_nomem(e);
	if (!err && !(err = add_lines(&all, o->headers, o->nheaders, e)))
		err = add_lines(&all, o->credentials, o->ncredentials, e);
	if (!err)
		err = once(f, url, all, left, e);
	for (unsigned i = 0; !err && i < f->rules.redirects && i < REDIRECTS_MAX && follows(f, url, next, sizeof next); i++) {
		memcpy(url, next, sizeof url);
		left -= elapsed_ms(f->curl);
		err = left > 0 ? once(f, url, bare, left, e) : err_set(e, ERR_IO, "no answer in time");
	}
	curl_slist_free_all(all);
	curl_slist_free_all(bare);
	f->o = NULL;
	f->to = NULL;
	if (err) {
		http_fetched_done(&got);
		return err;
	}
	for (size_t i = 0; i < got.nheaders; i++) {
		got.headers[i].name.p = got.texts.p + (size_t)got.headers[i].name.p;
		got.headers[i].value.p = got.texts.p + (size_t)got.headers[i].value.p;
	}
	http_fetched_done(ret);
	*ret = got;
	return OK;
}
