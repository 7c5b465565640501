#include "api/wire.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { HEAD = 5, CHUNK = 256 * 1024 };

/* Waits until the socket is ready. */
static enum err
ready(struct wire *w, short what, struct errinfo *e)
{
	struct pollfd p = {.fd = w->fd, .events = what};
	int n;
	do
		n = poll(&p, 1, w->patience);
	while (n < 0 && errno == EINTR);
	if (n == 0)
		return err_set(e, ERR_IO, "no answer for %d seconds", w->patience / 1000);
	return n < 0 ? err_set(e, ERR_IO, "waiting for the other process: %s", strerror(errno)) : OK;
}

static enum err
send_all(struct wire *w, struct str s, struct errinfo *e)
{
	while (s.n) {
		ssize_t n = send(w->fd, s.p, s.n, MSG_NOSIGNAL | MSG_DONTWAIT);
		enum err err;
		if (n > 0)
			s = str_sub(s, (size_t)n, s.n);
		else if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK) && (err = ready(w, POLLOUT, e)))
			return err;
		else if (n < 0 && errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR)
			return err_set(e, ERR_IO, "the other process is gone (%s)", strerror(errno));
	}
	return OK;
}

static enum err
recv_all(struct wire *w, char *p, size_t n, struct errinfo *e)
{
	while (n) {
		ssize_t got = recv(w->fd, p, n, MSG_DONTWAIT);
		enum err err;
		if (got > 0) {
			p += got;
			n -= (size_t)got;
		} else if (got == 0) {
			return err_set(e, ERR_IO, "the other process is gone");
		} else if (errno == EAGAIN || errno == EWOULDBLOCK) {
			if ((err = ready(w, POLLIN, e)))
				return err;
		} else if (errno != EINTR) {
			return err_set(e, ERR_IO, "the other process is gone (%s)", strerror(errno));
		}
	}
	return OK;
}

enum err
wire_send(struct wire *w, enum wire_kind kind, struct str bytes, struct errinfo *e)
{
	char head[HEAD];
	struct buf b = {.p = head, .cap = sizeof head, .max = sizeof head};
	enum err err;
	if (bytes.n > UINT32_MAX)
		return err_set(e, ERR_LIMIT, "a frame of %zu bytes", bytes.n);
	buf_putc(&b, (char)kind);
	buf_be(&b, bytes.n, 4);
	if ((err = send_all(w, buf_str(&b), e)))
		return err;
	return send_all(w, bytes, e);
}

enum err
wire_recv(struct wire *w, enum wire_kind *ret_kind, struct buf *ret, struct errinfo *e)
{
	unsigned char head[HEAD];
	enum err err = recv_all(w, (char *)head, sizeof head, e);
	if (err)
		return err;
	size_t n = (size_t)head[1] << 24 | (size_t)head[2] << 16 | (size_t)head[3] << 8 | head[4];
	buf_clear(ret);
	if (n > ret->max)
		return err_set(e, ERR_LIMIT, "a frame of %zu bytes: at most %zu", n, ret->max);
	for (size_t left = n; left;) { /* memory grows with what came, not with what was announced */
		size_t part = left < CHUNK ? left : CHUNK;
		char *p = buf_grow(ret, part);
		if (!p)
			return err_nomem(e);
		if ((err = recv_all(w, p, part, e)))
			return err;
		left -= part;
	}
	*ret_kind = (enum wire_kind)head[0];
	return OK;
}

/* code, line, column, offset, message, hint: each ended by a NUL. */
enum err
wire_send_failure(struct wire *w, enum err err, const struct errinfo *why, struct errinfo *e)
{
	struct buf b = BUF_INIT(2048);
	bool said = why->code == err;
	buf_printf(&b, "%s%c%llu%c%llu%c%llu%c", err_name(err), 0, said ? (unsigned long long)why->line : 0, 0,
	    said ? (unsigned long long)why->col : 0, 0, said ? (unsigned long long)why->offset : 0, 0);
	buf_puts(&b, said ? why->msg : err_text(err));
	buf_putc(&b, '\0');
	buf_puts(&b, said ? why->hint : "");
	struct str all;
	enum err sent = buf_take(&b, &all, e);
	if (!sent)
		sent = wire_send(w, WIRE_FAILED, all, e);
	buf_done(&b);
	return sent;
}

enum err
wire_failure(struct str bytes, struct errinfo *e)
{
	struct str name, msg, part[3];
	uint64_t place[3] = {0};
	str_cut(bytes, '\0', &name, &bytes);
	for (int i = 0; i < 3; i++) {
		str_cut(bytes, '\0', &part[i], &bytes);
		if (!str_u64(part[i], &place[i]))
			place[i] = 0;
	}
	str_cut(bytes, '\0', &msg, &bytes);
	for (enum err code = ERR_NOMEM; code <= ERR_STOPPED; code++)
		if (str_is(name, err_name(code))) {
			err_set(e, code, "%.*s", STR_FMT(msg));
			if (place[0])
				err_place(e, place[0], place[1], place[2]);
			if (bytes.n)
				err_hint(e, "%.*s", STR_FMT(bytes));
			return code;
		}
	return err_set(e, ERR_IO, "the node answered what this program does not understand");
}
