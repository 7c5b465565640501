#include "crypto/secret.h"

#include <sodium.h>
#include <string.h>

void
secret_copy(struct secret *to, const uint8_t from[static SECRET_LEN])
{
	memmove(to->b, from, SECRET_LEN);
}

void
secret_done(struct secret *s)
{
	if (s)
		sodium_memzero(s->b, SECRET_LEN);
}

bool
secret_eq(const struct secret *a, const struct secret *b)
{
	return sodium_memcmp(a->b, b->b, SECRET_LEN) == 0;
}

bool
secret_str_eq(struct str a, struct str b)
{
	return a.n == b.n && (a.n == 0 || sodium_memcmp(a.p, b.p, a.n) == 0);
}

void
secret_wipe(void *p, size_t n)
{
	sodium_memzero(p, n);
}

void
secret_wipe_buf(struct buf *b)
{
	if (b->p)
		sodium_memzero(b->p, b->cap);
	buf_clear(b);
}
