/* A request's body while it comes: in memory, and beyond HTTP_BODY_MEMORY in a file that has no name and goes with its descriptor. */
#define _GNU_SOURCE /* O_TMPFILE */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "http/server_int.h"

void
body_init(struct body *b, size_t max)
{
	*b = (struct body){.mem = {.max = max}, .fd = -1};
}

void
body_done(struct body *b)
{
	buf_done(&b->mem);
	if (b->fd >= 0)
		close(b->fd);
	b->fd = -1;
}

static bool
write_all(int fd, struct str s)
{
	while (s.n) {
		ssize_t n = write(fd, s.p, s.n);
		if (n < 0 && errno != EINTR)
			return false;
		s = str_sub(s, n < 0 ? 0 : (size_t)n, s.n);
	}
	return true;
}

enum body_put
body_put(struct body *b, struct str bytes, const char *spool, bool tight)
{
	if (b->fd < 0 && spool && (tight || b->mem.n + bytes.n > HTTP_BODY_MEMORY)) {
		b->fd = open(spool, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
		if (b->fd < 0 || !write_all(b->fd, (struct str){b->mem.p, b->mem.n}))
			return BODY_DISK;
		buf_done(&b->mem);
	} else if (b->fd < 0 && tight) {
		return BODY_FULL;
	}
	if (b->fd >= 0) {
		if (!write_all(b->fd, bytes))
			return BODY_DISK;
	} else {
		buf_put(&b->mem, bytes);
		if (!buf_ok(&b->mem))
			return BODY_FULL;
	}
	b->n += bytes.n;
	return BODY_OK;
}

static enum err
read_body(void *ctx, void *p, size_t cap, size_t *ret_n, struct errinfo *e)
{
	struct body *b = ctx;
	ssize_t n;
	if (b->fd < 0) {
		size_t k = b->mem.n - (size_t)b->at < cap ? b->mem.n - (size_t)b->at : cap;
		if (k)
			memcpy(p, b->mem.p + b->at, k);
		b->at += k;
		*ret_n = k;
		return OK;
	}
	do
		n = pread(b->fd, p, cap, (off_t)b->at);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return err_set(e, ERR_IO, "reading a request's body again: %s", strerror(errno));
	b->at += (uint64_t)n;
	*ret_n = (size_t)n;
	return OK;
}

struct source
body_source(struct body *b)
{
	b->at = 0;
	return (struct source){b, read_body};
}
