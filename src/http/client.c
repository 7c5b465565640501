#define _GNU_SOURCE /* memfd_create */
#include "http/client.h"

#include <curl/curl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/limits.h"

enum { URL_MAX = 2048, CONNECT_SECONDS = 10 };

struct http_client {
	CURL *curl;
	struct curl_slist *headers;
	int cert, key; /* files without a name: the library takes names alone */
	char cert_path[40], key_path[40], pin[80];
	char error[CURL_ERROR_SIZE];
	struct buf *to;
	curl_off_t retry_after;
	bool (*stop)(void *ctx);
	void *ctx;
};

static enum err
hidden_file(struct str pem, int *ret_fd, char path[static 40], struct errinfo *e)
{
	int fd = memfd_create("tls", MFD_CLOEXEC);
	struct str text = str_sub(pem, 0, pem.n && pem.p[pem.n - 1] == '\0' ? pem.n - 1 : pem.n);
	if (fd < 0 || write(fd, text.p, text.n) != (ssize_t)text.n) {
		if (fd >= 0)
			close(fd);
		return err_set(e, ERR_NOMEM, "no memory for a certificate");
	}
	snprintf(path, 40, "/proc/self/fd/%d", fd);
	*ret_fd = fd;
	return OK;
}

static size_t
take(char *p, size_t size, size_t n, void *ctx)
{
	struct http_client *c = ctx;
	buf_put(c->to, (struct str){p, size * n});
	return buf_ok(c->to) ? size * n : 0;
}

enum err
http_client_new(struct str cert, struct str key, const struct hash *pin, struct http_client **ret, struct errinfo *e)
{
	struct http_client *c = calloc(1, sizeof *c);
	struct buf text = BUF_INIT(80);
	enum err err;
	if (!c)
		return err_nomem(e);
	c->cert = c->key = -1;
	buf_puts(&text, "sha256//");
	buf_base64(&text, str_bytes(pin->b, sizeof pin->b));
	buf_putc(&text, '\0');
	if (buf_ok(&text))
		memcpy(c->pin, text.p, text.n);
	c->curl = buf_ok(&text) ? curl_easy_init() : NULL;
	buf_done(&text);
	if (!c->curl)
		err = err_nomem(e);
	else if (!(err = hidden_file(cert, &c->cert, c->cert_path, e)))
		err = hidden_file(key, &c->key, c->key_path, e);
	const struct {
		CURLoption option;
		const char *text;
	} texts[] = {{CURLOPT_SSLCERT, c->cert_path}, {CURLOPT_SSLKEY, c->key_path}, {CURLOPT_PINNEDPUBLICKEY, c->pin},
	    {CURLOPT_PROTOCOLS_STR, "https"}, {CURLOPT_PROXY, ""}, {CURLOPT_USERAGENT, "comity"}};
	const struct {
		CURLoption option;
		long value;
	} numbers[] = {{CURLOPT_SSL_VERIFYPEER, 0}, {CURLOPT_SSL_VERIFYHOST, 0}, /* the pin decides, not an authority */
	    {CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_3}, {CURLOPT_FOLLOWLOCATION, 0}, {CURLOPT_NOSIGNAL, 1}, {CURLOPT_TCP_NODELAY, 1},
	    {CURLOPT_CONNECTTIMEOUT, CONNECT_SECONDS}, {CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1}};
	for (size_t i = 0; !err && i < sizeof texts / sizeof *texts; i++)
		if (curl_easy_setopt(c->curl, texts[i].option, texts[i].text))
			err = err_nomem(e);
	for (size_t i = 0; !err && i < sizeof numbers / sizeof *numbers; i++)
		if (curl_easy_setopt(c->curl, numbers[i].option, numbers[i].value))
			err = err_set(e, ERR_IO, "this libcurl lacks what is needed");
	if (!err) {
		curl_easy_setopt(c->curl, CURLOPT_WRITEFUNCTION, take);
		curl_easy_setopt(c->curl, CURLOPT_WRITEDATA, c);
		curl_easy_setopt(c->curl, CURLOPT_ERRORBUFFER, c->error);
		*ret = c;
	} else {
		http_client_free(c);
	}
	return err;
}

void
http_client_free(struct http_client *c)
{
	if (!c)
		return;
	if (c->curl)
		curl_easy_cleanup(c->curl);
	curl_slist_free_all(c->headers);
	if (c->cert >= 0)
		close(c->cert);
	if (c->key >= 0)
		close(c->key);
	free(c);
}

static int
look(void *ctx, curl_off_t a, curl_off_t b, curl_off_t c, curl_off_t d)
{
	const struct http_client *client = ctx;
	(void)a, (void)b, (void)c, (void)d;
	return client->stop(client->ctx);
}

void
http_client_silence(struct http_client *c, unsigned seconds)
{
	curl_easy_setopt(c->curl, CURLOPT_LOW_SPEED_LIMIT, seconds ? 1L : 0L);
	curl_easy_setopt(c->curl, CURLOPT_LOW_SPEED_TIME, (long)seconds);
}

enum err
http_client_header(struct http_client *c, const char *name, struct str value, struct errinfo *e)
{
	struct buf b = BUF_INIT(KIB);
	buf_printf(&b, "%s: %.*s", name, STR_FMT(value));
	buf_putc(&b, '\0');
	struct curl_slist *more = buf_ok(&b) ? curl_slist_append(c->headers, b.p) : NULL;
	buf_done(&b);
	if (!more)
		return err_nomem(e);
	c->headers = more;
	return curl_easy_setopt(c->curl, CURLOPT_HTTPHEADER, more) ? err_nomem(e) : OK;
}

void
http_client_stop(struct http_client *c, bool (*stop)(void *ctx), void *ctx)
{
	c->stop = stop;
	c->ctx = ctx;
	curl_easy_setopt(c->curl, CURLOPT_XFERINFOFUNCTION, look);
	curl_easy_setopt(c->curl, CURLOPT_XFERINFODATA, c);
	curl_easy_setopt(c->curl, CURLOPT_NOPROGRESS, 0L);
}

unsigned
http_client_retry_after(const struct http_client *c)
{
	return c->retry_after <= 0 ? 0 : c->retry_after < UINT_MAX ? (unsigned)c->retry_after : UINT_MAX;
}

enum err
http_client_get(struct http_client *c, struct str url, unsigned seconds, int *ret_status, struct buf *ret, struct errinfo *e)
{
	char text[URL_MAX];
	size_t from = ret->n;
	long status = 0;
	if (url.n >= sizeof text)
		return err_set(e, ERR_LIMIT, "an address of %zu bytes", url.n);
	memcpy(text, url.p, url.n);
	text[url.n] = '\0';
	c->to = ret;
	c->error[0] = '\0';
	c->retry_after = 0;
	curl_easy_setopt(c->curl, CURLOPT_URL, text);
	curl_easy_setopt(c->curl, CURLOPT_TIMEOUT, (long)seconds);
	CURLcode rc = curl_easy_perform(c->curl);
	if (rc == CURLE_OK) {
		curl_easy_getinfo(c->curl, CURLINFO_RESPONSE_CODE, &status);
		curl_easy_getinfo(c->curl, CURLINFO_RETRY_AFTER, &c->retry_after);
		*ret_status = (int)status;
		return OK;
	}
	struct str all;
	enum err err = buf_take(ret, &all, e);
	buf_cut(ret, from);
	if (err)
		return err;
	const char *why = c->error[0] ? c->error : curl_easy_strerror(rc);
	if (rc == CURLE_ABORTED_BY_CALLBACK)
		return err_set(e, ERR_STOPPED, "stopped");
	if (rc == CURLE_SSL_PINNEDPUBKEYNOTMATCH)
		return err_set(e, ERR_VERIFY, "the other side's key is not the one that the charter or its card names");
	return err_set(e, ERR_IO, "%s", why);
}
