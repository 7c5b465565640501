#include "api/web_side.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "api/manager.h"
#include "base/limits.h"
#include "crypto/secret.h"

enum { PEM_MAX = 256 * KIB, TOKEN_MIN = 16 };

static enum err
read_file(const char *path, struct buf *ret, struct errinfo *e)
{
	FILE *f = fopen(path, "re");
	if (!f)
		return err_set(e, ERR_IO, "%.200s: %s", path, strerror(errno));
	char piece[4096];
	size_t n;
	buf_clear(ret);
	while ((n = fread(piece, 1, sizeof piece, f)) > 0)
		buf_put(ret, str_bytes(piece, n));
	bool bad = ferror(f);
	fclose(f);
	secret_wipe(piece, sizeof piece);
	if (bad || !buf_ok(ret))
		return err_set(e, bad ? ERR_IO : ERR_LIMIT, "%.200s: it cannot be read, or is over %d KiB", path, PEM_MAX / KIB);
	return OK;
}

static enum err
read_pem(const struct config *c, struct buf *cert, struct buf *key, struct errinfo *e)
{
	const char *cert_file = c->value[CONFIG_WEB_CERT], *key_file = c->value[CONFIG_WEB_KEY];
	if (!*cert_file && !*key_file)
		return OK;
	if (!*cert_file || !*key_file)
		return err_set(e, ERR_USAGE, "web-cert and web-key go together");
	enum err err = read_file(cert_file, cert, e);
	if (err || (err = read_file(key_file, key, e)))
		return err;
	buf_putc(cert, '\0');
	buf_putc(key, '\0');
	return buf_ok(cert) && buf_ok(key) ? OK : err_set(e, ERR_LIMIT, "a PEM file is over %d KiB", PEM_MAX / KIB);
}

static void
drop(struct buf *b)
{
	secret_wipe_buf(b);
	buf_done(b);
}

enum err
web_side_start(struct web_side *w, const struct serve *s, struct host *h, struct serve_ready *ret, struct errinfo *e)
{
	const struct config *c = s->config;
	const char *where = c->value[CONFIG_WEB];
	*w = (struct web_side){.host = h, .serve = s, .cert = BUF_INIT(PEM_MAX), .key = BUF_INIT(PEM_MAX), .metrics = BUF_INIT(4 * KIB)};
	int handed = -1;
	bool listening = manager_socket("web", &handed, w->address, &w->port);
	if (!listening && strcmp(where, "off") == 0)
		return OK;
	enum err err = listening ? OK : config_address(str_of(where), w->address, &w->port, e);
	if (err || (err = read_pem(c, &w->cert, &w->key, e)))
		return err;
	if (*c->value[CONFIG_METRICS]) {
		if ((err = read_file(c->value[CONFIG_METRICS], &w->metrics, e)))
			return err;
		if (str_trim(buf_str(&w->metrics)).n < TOKEN_MIN)
			return err_set(e, ERR_USAGE, "%.200s: a secret has at least %d characters", c->value[CONFIG_METRICS], TOKEN_MIN);
	}
	w->c = (struct web_config){.address = w->address,
	    .port = w->port,
	    .listening = listening,
	    .listener = handed,
	    .cert = buf_str(&w->cert),
	    .key = buf_str(&w->key),
	    .names = str_of(c->value[CONFIG_WEB_NAMES]),
	    .metrics = str_trim(buf_str(&w->metrics)),
	    .dir = s->dir,
	    .connections = config_number(c, CONFIG_WEB_CONNECTIONS),
	    .per_address = config_number(c, CONFIG_WEB_PER_ADDRESS),
	    .per_account = config_number(c, CONFIG_WEB_REQUESTS),
	    .strangers = config_number(c, CONFIG_WEB_STRANGERS),
	    .log = s->log};
	err = web_start(&w->c, h, &w->at, &w->port, e);
	if (err && err != ERR_USAGE && !listening && !c->asked[CONFIG_WEB]) {
		w->c.port = 0;
		if (!(err = web_start(&w->c, h, &w->at, &w->port, e)))
			ret->web_moved = true;
	}
	if (err)
		return err;
	ret->web_address = w->address;
	ret->web_port = w->port;
	ret->web_tls = w->cert.n > 0;
	return OK;
}

enum err
web_side_again(struct web_side *w, struct errinfo *e)
{
	struct buf cert = BUF_INIT(PEM_MAX), key = BUF_INIT(PEM_MAX);
	struct web *trial;
	uint16_t port;
	if (!w->at || !w->cert.n)
		return OK;
	struct web_config c = w->c;
	enum err err = read_pem(w->serve->config, &cert, &key, e);
	c.cert = buf_str(&cert);
	c.key = buf_str(&key);
	c.address = "127.0.0.1";
	c.port = 0;
	c.listening = false;
	if (!err && !(err = web_start(&c, w->host, &trial, &port, e))) { /* they fit each other */
		web_stop(trial);
		web_stop(w->at);
		w->at = NULL;
		drop(&w->cert);
		drop(&w->key);
		w->cert = cert;
		w->key = key;
		w->c.cert = buf_str(&w->cert);
		w->c.key = buf_str(&w->key);
		w->c.port = w->port;
		return web_start(&w->c, w->host, &w->at, &port, e);
	}
	drop(&cert);
	drop(&key);
	return err;
}

void
web_side_stop(struct web_side *w)
{
	web_stop(w->at);
	w->at = NULL;
	drop(&w->cert);
	drop(&w->key);
	drop(&w->metrics);
}
