/* http_fetch: fails if an address that is not public is connected to, whatever its form; if what proves us goes to another origin; if a redirect is
 * followed that should not be; if a small reply may become a large one; if a header can be smuggled into a request. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#include "base/limits.h"
#include "crypto/init.h"
#include "http/fetch.h"
#include "http/tls.h"
#include "test.h"

/* 100,000 times the letter a */
static const uint8_t many[] = {0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0x03, 0xed, 0xc1, 0x31, 0x01, 0x00, 0x00, 0x00, 0xc2, 0xa0, 0xac,
    0xeb, 0x5f, 0xc2, 0x1a, 0x1e, 0x40, 0x01, [123] = 0xaf, 0x06, 0x87, 0xfa, 0xe2, 0x1b, 0xa0, 0x86, 0x01, 0x00};

static void
handle(void *ctx, const struct http_request *q, struct http_reply *r)
{
	struct str v;
	const uint16_t *other = ctx;
	r->status = 200;
	if (str_is(q->path, "/gzip")) {
		http_reply_header(r, "Content-Encoding", STR("gzip"));
		buf_put(&r->body, str_bytes(many, sizeof many));
	} else if (str_is(q->path, "/away") || str_is(q->path, "/round")) {
		r->status = 302;
		buf_printf(&r->space, "http://127.0.0.1:%u%s", *other, str_is(q->path, "/away") ? "/who" : "/round");
		http_reply_header(r, "Location", buf_str(&r->space));
	} else if (str_is(q->path, "/file")) {
		r->status = 302;
		http_reply_header(r, "Location", STR("file:///etc/passwd"));
	} else {
		buf_printf(&r->body, "%.*s %.*s %.*s", STR_FMT(q->method), STR_FMT(q->path), STR_FMT(q->body));
		if (http_header(q, "authorization", &v))
			buf_printf(&r->body, " as %.*s", STR_FMT(v));
		if (http_header(q, "accept", &v))
			buf_printf(&r->body, " accept %.*s", STR_FMT(v));
		http_reply_header(r, "X-Some", STR("thing"));
	}
}

static struct http_server *
start(uint16_t *port, struct str cert, struct str key)
{
	struct http_config c = {.address = "127.0.0.1", .handle = handle, .ctx = port, .body_max = KIB, .reply_max = MIB, .cert = cert, .key = key};
	struct http_server *s = NULL;
	CHECK(!http_server_start(&c, &s, port, NULL));
	return s;
}

static enum err
ask(const struct http_fetch_rules *rules, struct http_fetch_options o, const char *url, struct http_fetched *ret, struct errinfo *e)
{
	struct http_fetcher *f;
	enum err err = http_fetcher_new(rules, &f, e);
	if (err)
		return err;
	o.url = str_of(url);
	o.max = o.max ? o.max : 10 * KIB;
	o.seconds = 10;
	err = http_fetch(f, &o, ret, e);
	http_fetcher_free(f);
	return err;
}

#define URL(path) (snprintf(url, sizeof url, "http://127.0.0.1:%u%s", port, path), url)

TEST(fetch_gets_and_posts)
{
	const struct http_fetch_rules rules = {.plain = true, .local = true};
	const struct http_field accept = {STR("Accept"), STR("application/taxii+json;version=2.1")};
	const struct http_field auth = {STR("Authorization"), STR("Basic eA==")};
	struct http_fetch_options o = {.headers = &accept, .nheaders = 1, .credentials = &auth, .ncredentials = 1};
	struct http_fetched got = {0};
	struct errinfo e;
	struct str v;
	char url[100];
	uint16_t port;
	struct http_server *s = start(&port, STR_NONE, STR_NONE);
	CHECK_OK(ask(&rules, o, URL("/a"), &got, &e));
	CHECK(got.status == 200 && str_is(buf_str(&got.body), "GET /a  as Basic eA== accept application/taxii+json;version=2.1"));
	CHECK(http_fetched_header(&got, "x-some", &v) && str_is(v, "thing") && !http_fetched_header(&got, "x-none", &v));
	o.method = "POST";
	o.body = STR("some body");
	CHECK_OK(ask(&rules, o, URL("/b"), &got, &e));
	CHECK(str_starts(buf_str(&got.body), STR("POST /b some body as Basic eA== accept app")));
	/* a value that would be two headers is not sent */
	const struct http_field split = {STR("X-A"), STR("b\r\nX-C: d")};
	CHECK_ERR(ask(&rules, (struct http_fetch_options){.headers = &split, .nheaders = 1}, URL("/"), &got, &e), ERR_USAGE);
	CHECK(str_starts(buf_str(&got.body), STR("POST /b"))); /* untouched */
	http_server_stop(s);
	http_fetched_done(&got);
}

TEST(fetch_does_not_reach_what_is_not_public)
{
	const struct http_fetch_rules rules = {.plain = true};
	struct http_fetched got = {0};
	struct errinfo e;
	char url[100];
	uint16_t port;
	struct http_server *s = start(&port, STR_NONE, STR_NONE);
	CHECK_ERR(ask(&rules, (struct http_fetch_options){0}, URL("/a"), &got, &e), ERR_DENIED);
	/* other ways to write the same, and a name that leads there */
	const char *const forms[] = {"http://2130706433:%u/", "http://0x7f.1:%u/", "http://[::ffff:127.0.0.1]:%u/", "http://localhost:%u/"};
	for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
		snprintf(url, sizeof url, forms[i], port);
#pragma GCC diagnostic pop
		CHECK_ERR(ask(&rules, (struct http_fetch_options){0}, url, &got, &e), ERR_DENIED);
	}
	CHECK_ERR(ask(&(struct http_fetch_rules){.local = true}, (struct http_fetch_options){0}, URL("/a"), &got, &e), ERR_USAGE); /* not plain */
	CHECK_ERR(
	    ask(&(struct http_fetch_rules){.local = true, .plain = true}, (struct http_fetch_options){0}, "file:///etc/passwd", &got, &e), ERR_USAGE);
	snprintf(url, sizeof url, "http://me:secret@127.0.0.1:%u/", port);
	CHECK_ERR(ask(&(struct http_fetch_rules){.local = true, .plain = true}, (struct http_fetch_options){0}, url, &got, &e), ERR_USAGE);
	http_server_stop(s);
}

TEST(fetch_follows_no_further_than_told)
{
	struct http_fetch_rules rules = {.plain = true, .local = true};
	const struct http_field auth = {STR("Authorization"), STR("Bearer secret")};
	const struct http_fetch_options o = {.credentials = &auth, .ncredentials = 1};
	struct http_fetched got = {0};
	struct errinfo e;
	char url[100];
	uint16_t port;
	struct http_server *s = start(&port, STR_NONE, STR_NONE);
	CHECK_OK(ask(&rules, o, URL("/away"), &got, &e));
	CHECK(got.status == 302);
	rules.redirects = 3;
	CHECK_OK(ask(&rules, o, URL("/away"), &got, &e));
	CHECK(got.status == 200 && str_starts(buf_str(&got.body), STR("GET /who")) && str_find(buf_str(&got.body), STR("secret")) < 0);
	CHECK_OK(ask(&rules, o, URL("/round"), &got, &e)); /* it ends */
	CHECK(got.status == 302);
	CHECK_ERR(ask(&rules, o, URL("/file"), &got, &e), ERR_USAGE);
	http_server_stop(s);
	http_fetched_done(&got);
}

TEST(fetch_counts_what_is_decompressed)
{
	const struct http_fetch_rules rules = {.plain = true, .local = true};
	struct http_fetched got = {0};
	struct errinfo e;
	char url[100];
	uint16_t port;
	struct http_server *s = start(&port, STR_NONE, STR_NONE);
	CHECK_OK(ask(&rules, (struct http_fetch_options){.max = 100000}, URL("/gzip"), &got, &e));
	CHECK(got.body.n == 100000 && got.body.p[99999] == 'a');
	CHECK_ERR(ask(&rules, (struct http_fetch_options){.max = 99999}, URL("/gzip"), &got, &e), ERR_LIMIT);
	http_server_stop(s);
	http_fetched_done(&got);
}

TEST(fetch_asks_an_authority)
{
	const struct http_fetch_rules rules = {.local = true};
	struct sign_key key;
	struct buf cert = BUF_INIT(8 * KIB), pem = BUF_INIT(8 * KIB);
	struct http_fetched got = {0};
	struct errinfo e;
	char url[100];
	uint16_t port;
	crypto_init();
	sign_key_init(&key, (const uint8_t[32]){7});
	CHECK(!tls_pem(&key, &cert, &pem, NULL));
	struct http_server *s = start(&port, buf_str(&cert), buf_str(&pem));
	snprintf(url, sizeof url, "https://127.0.0.1:%u/", port);
	CHECK_ERR(ask(&rules, (struct http_fetch_options){0}, url, &got, &e), ERR_VERIFY);
	http_server_stop(s);
	sign_key_done(&key);
	buf_done(&cert);
	buf_done(&pem);
}

static bool
is_public(const char *text)
{
	struct sockaddr_in a4 = {.sin_family = AF_INET};
	struct sockaddr_in6 a6 = {.sin6_family = AF_INET6};
	if (inet_pton(AF_INET, text, &a4.sin_addr) == 1)
		return http_address_is_public((struct sockaddr *)&a4);
	CHECK(inet_pton(AF_INET6, text, &a6.sin6_addr) == 1);
	return http_address_is_public((struct sockaddr *)&a6);
}

TEST(fetch_knows_public_addresses)
{
	const char *const no[] = {"0.0.0.0", "0.1.2.3", "10.255.255.255", "100.64.0.1", "100.127.255.255", "127.0.0.1", "127.255.1.1",
	    "169.254.169.254", "172.16.0.1", "172.31.255.255", "192.0.0.8", "192.0.2.1", "192.168.1.1", "198.18.0.1", "198.19.255.255",
	    "198.51.100.7", "203.0.113.9", "224.0.0.1", "239.1.1.1", "240.0.0.1", "255.255.255.255", "::", "::1", "::127.0.0.1", "::ffff:10.0.0.1",
	    "64:ff9b::7f00:1", "64:ff9b:1::1", "100::1", "2001::1", "2001:db8::1", "2002:7f00:1::", "fc00::1", "fdff::1", "fe80::1", "fec0::1",
	    "ff02::1", "3fff::1"};
	const char *const yes[] = {"1.1.1.1", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "126.255.255.255", "128.0.0.1",
	    "169.253.1.1", "172.15.255.255", "172.32.0.0", "192.167.255.255", "192.169.0.0", "198.17.255.255", "198.20.0.0", "223.255.255.255",
	    "2600::1", "2a00:1450::1", "2001:4860:4860::8888", "::ffff:8.8.8.8", "64:ff9b::808:808", "2002:808:808::1"};
	for (size_t i = 0; i < sizeof no / sizeof *no; i++)
		CHECKF(!is_public(no[i]), "%s is taken as public", no[i]);
	for (size_t i = 0; i < sizeof yes / sizeof *yes; i++)
		CHECKF(is_public(yes[i]), "%s is not taken as public", yes[i]);
}
