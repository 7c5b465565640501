/* Whatever is taken as a charter, vote, card or signed charter says the same when written again, and has one text. */
#include <assert.h>
#include <string.h>

#include "crypto/init.h"
#include "govern/card.h"
#include "govern/circle.h"
#include "govern/vote.h"

static void
try_charter(struct str in, struct arena *a)
{
	struct charter c;
	struct errinfo e;
	struct buf b = BUF_INIT(2 * LIMIT_CHARTER);
	uint64_t all;
	if (charter_parse(in, a, &c, &e) != OK)
		return;
	assert(str_eq(c.bytes, in));
	assert(charter_write(&c, &b, &e) == OK);
	assert(str_eq(buf_str(&b), in));
	assert(c.voting && !(c.voting & ~c.present) && c.nmember <= LIMIT_MEMBERS);
	buf_clear(&b);
	assert(circle_print(&c, c.present, &b, &e) == OK);
	assert(circle_parse(&c, buf_str(&b), &all, &e) == OK && all == c.present);
	buf_done(&b);
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct arena a = ARENA_INIT(128 * MIB);
	struct str in = str_bytes(p, n);
	struct signed_charter s;
	struct vote v;
	struct card k;
	struct errinfo e;
	crypto_init();
	try_charter(in, &a);
	if (signed_charter_parse(in, &a, &s, &e) == OK) {
		uint64_t old, new;
		try_charter(s.charter.bytes, &a);
		assert(signed_charter_check(&s, NULL, &old, &new, &e) == OK ? (old == 0 && new != 0) : e.code == ERR_VERIFY);
	}
	if (vote_parse(in, &a, &v, &e) == OK)
		assert(govern_id_ok(v.member));
	if (card_parse(in, &a, &k, &e) == OK)
		assert(k.has_centre || k.name.n);
	arena_done(&a);
	return 0;
}
