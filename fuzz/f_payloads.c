/* payloads: a peer's reply with the payloads of many entries. What is given of it lies within it and within what was asked for. */
#include <stdlib.h>

#include "base/limits.h"
#include "share/peer.h"

#define MUST(cond)               \
	do                       \
		if (!(cond))     \
			abort(); \
	while (0)

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static enum err
get(void *ctx, struct str path, struct buf *ret, struct errinfo *e)
{
	struct str all;
	if (str_find(path, STR("/payloads/")) < 0)
		return err_set(e, ERR_NOTFOUND, "no");
	buf_put(ret, *(struct str *)ctx);
	return buf_take(ret, &all, e);
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct str reply = str_bytes(p, n), got;
	const struct transport t = {.ctx = &reply, .get = get, .name = "it", .far = true};
	const struct hash id = {{7}};
	struct peer peer;
	struct errinfo e;
	static volatile char seen;
	if (peer_init(&peer, &t, &e))
		return 0;
	peer_about(&peer, &id);
	/* the first ones, and those about the edge of what is asked for at once */
	for (uint64_t i = 0; i < PEER_PAYLOADS + 2; i = i == 12 ? PEER_PAYLOADS - 2 : i + 1)
		if (!peer_get_payload(&peer, i, false, KIB, &got, &e)) {
			MUST(got.n <= KIB);
			for (size_t k = 0; k < got.n; k++)
				seen ^= got.p[k];
		}
	peer_done(&peer);
	return 0;
}
