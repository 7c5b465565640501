/* Lines of charters and cards with an entry and its receipt, as a file that proves one entry: whatever is taken is proven again the same, its leaf
 * hashes to what was said, and its payload is the entry's. */
#include <assert.h>
#include <string.h>

#include "crypto/init.h"
#include "merkle/tree.h"
#include "share/payload.h"
#include "share/prove.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

/* The centre is the one of the first line of charters that could be founding: so that an input chooses it. */
static struct hash
centre_of(struct str in)
{
	struct str line, rest = in;
	struct hash h = {{0}};
	while (str_line(&rest, &line)) {
		struct chain *c;
		if (!str_starts(line, STR("{\"charter\"")) || chain_new(line, &c, NULL))
			continue;
		h = *chain_centre(c);
		chain_free(c);
		break;
	}
	return h;
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct arena a = ARENA_INIT(16 * MIB), b = ARENA_INIT(16 * MIB);
	struct str in = str_bytes(p, n);
	static struct proof_report r, again;
	struct errinfo e;
	crypto_init();
	struct hash centre = centre_of(in);
	int64_t now = INT64_C(1443744000000000);
	if (!proof_check(in, &centre, now, &a, &r, &e)) {
		struct hash leaf = merkle_leaf_of(r.entry_bytes);
		assert(hash_eq(&leaf, &r.leaf) && hash_eq(&r.centre, &centre) && r.index < r.size);
		assert(!r.has_payload || !payload_check(r.payload, r.entry.count, r.entry.size, &r.entry.root, NULL, &e));
		assert(!proof_check(in, &centre, now, &b, &again, &e));
		assert(again.cosigners == r.cosigners && again.earliest == r.earliest && !strcmp(again.origin, r.origin));
		centre.b[0] ^= 1;
		assert(proof_check(in, &centre, now, &b, &again, &e) == ERR_VERIFY);
	}
	arena_done(&a);
	arena_done(&b);
	return 0;
}
