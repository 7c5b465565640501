#include "base/stream.h"

#include <inttypes.h>
#include <string.h>

static enum err
read_str(void *ctx, void *p, size_t cap, size_t *ret_n, struct errinfo *e)
{
	struct str *rest = ctx;
	size_t n = rest->n < cap ? rest->n : cap;
	(void)e;
	if (n)
		memcpy(p, rest->p, n);
	*rest = str_sub(*rest, n, rest->n);
	*ret_n = n;
	return OK;
}

struct source
source_of_str(struct str *rest)
{
	return (struct source){rest, read_str};
}

static enum err
write_buf(void *ctx, struct str bytes, struct errinfo *e)
{
	struct str all;
	buf_put(ctx, bytes);
	return buf_take(ctx, &all, e);
}

struct sink
sink_to_buf(struct buf *b)
{
	return (struct sink){b, write_buf};
}

enum err
source_fill(struct source s, void *p, size_t cap, size_t *ret_n, struct errinfo *e)
{
	size_t have = 0, n = 1;
	while (have < cap && n > 0) {
		enum err err = s.read(s.ctx, (char *)p + have, cap - have, &n, e);
		if (err)
			return err;
		have += n;
	}
	*ret_n = have;
	return OK;
}

enum err
source_copy(struct source s, struct sink out, uint64_t max, uint64_t *ret_n, struct errinfo *e)
{
	char piece[16 * 1024];
	uint64_t total = 0;
	for (;;) {
		size_t n;
		enum err err = s.read(s.ctx, piece, sizeof piece, &n, e);
		if (err)
			return err;
		if (n == 0)
			break;
		if (n > max - total)
			return err_set(e, ERR_LIMIT, "more than %" PRIu64 " bytes, which is the most taken here", max);
		if ((err = out.write(out.ctx, str_bytes(piece, n), e)))
			return err;
		total += n;
	}
	if (ret_n)
		*ret_n = total;
	return OK;
}
