#include <string.h>

#include "crypto/seal_int.h"

void
seal_in_init(struct seal_in *in, struct source from)
{
	in->from = from;
	in->at = in->n = 0;
}

enum err
seal_in_peek(struct seal_in *in, struct str *ret, struct errinfo *e)
{
	enum err err = source_fill(in->from, in->b, sizeof in->b, &in->n, e);
	if (!err)
		*ret = str_bytes(in->b, in->n);
	return err;
}

static enum err
refill(struct seal_in *in, struct errinfo *e)
{
	in->at = in->n = 0;
	return in->from.read(in->from.ctx, in->b, sizeof in->b, &in->n, e);
}

enum err
seal_in_byte(struct seal_in *in, int *ret, struct errinfo *e)
{
	if (in->at == in->n) {
		enum err err = refill(in, e);
		if (err)
			return err;
	}
	*ret = in->at < in->n ? in->b[in->at++] : -1;
	return OK;
}

static enum err
read_in(void *ctx, void *p, size_t cap, size_t *ret_n, struct errinfo *e)
{
	struct seal_in *in = ctx;
	if (in->at == in->n && cap >= sizeof in->b)
		return in->from.read(in->from.ctx, p, cap, ret_n, e);
	if (in->at == in->n) {
		enum err err = refill(in, e);
		if (err)
			return err;
	}
	size_t n = in->n - in->at < cap ? in->n - in->at : cap;
	memcpy(p, in->b + in->at, n);
	in->at += n;
	*ret_n = n;
	return OK;
}

struct source
seal_in_source(struct seal_in *in)
{
	return (struct source){in, read_in};
}
