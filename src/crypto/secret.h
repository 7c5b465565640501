/* secret: 32 bytes that nobody else may learn.
 *
 * Never printed, never compared but by secret_eq, wiped by secret_done as soon as it is not needed. It is copied only on purpose
 * (secret_copy), so that every copy has an owner who wipes it. Kept out of long-lived buffers: a struct buf that held one is wiped with
 * secret_wipe_buf before buf_done. */
#ifndef CRYPTO_SECRET_H
#define CRYPTO_SECRET_H

#include "base/buf.h"

#define SECRET_LEN 32

struct secret {
	uint8_t b[SECRET_LEN];
};

void secret_copy(struct secret *to, const uint8_t from[static SECRET_LEN]);
void secret_done(struct secret *s);                             /* wipes; takes NULL */
bool secret_eq(const struct secret *a, const struct secret *b); /* in constant time */
/* Two strings of bytes in constant time for their length (which is not hidden). */
bool secret_str_eq(struct str a, struct str b);
void secret_wipe(void *p, size_t n);
/* Wipes all of the memory of b and empties it. A buffer that grew has left earlier copies behind, so make it large enough at once (buf_grow,
 * buf_clear). */
void secret_wipe_buf(struct buf *b);

#endif
