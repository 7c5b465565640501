/* What is read as an entry has one text, the shortcuts agree with the whole, and payloads that are taken hash to what they were checked against. The
 * input is an entry; after an empty line, a payload. */
#include <assert.h>
#include <string.h>

#include "merkle/tree.h"
#include "share/payload.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static void
try_entry(struct str line)
{
	struct arena a = ARENA_INIT(8 * MIB);
	static struct label_policy policy;
	struct entry_place at = {&policy, 3};
	struct buf b = BUF_INIT(64 * KIB);
	struct entry x;
	struct hash h;
	struct errinfo e;
	uint32_t count;
	uint64_t size;
	memset(policy.id, 0x11, sizeof policy.id);
	memcpy(policy.member[0], "irn", 4);
	memcpy(policy.member[1], "irq", 4);
	memcpy(policy.member[2], "rus", 4);
	if (!entry_read(line, &at, &a, &x, &e)) {
		assert(line.n <= LIMIT_ENTRY);
		assert(!entry_write(&x, &at, &b, &e) && str_eq(buf_str(&b), line));
		assert(!entry_charter(line, &h, &e) && hash_eq(&h, &x.charter));
		assert(entry_payload(line, &count, &size, &h) == (x.kind == ENTRY_OBJECTS));
		assert(x.kind != ENTRY_OBJECTS || (count == x.count && size == x.size && hash_eq(&h, &x.root)));
	}
	buf_done(&b);
	arena_done(&a);
}

static void
try_payload(struct str bytes)
{
	struct merkle_edge tree = {0};
	struct buf b = BUF_INIT(64 * MIB);
	struct str rest = bytes, object;
	struct payload_piece piece;
	struct errinfo e;
	uint64_t size = 0;
	uint32_t gone = 0, seen;
	while (rest.n) {
		size_t before = rest.n;
		if (payload_next(&rest, &piece, &e))
			break;
		assert(rest.n < before);
		if (!piece.withdrawn) {
			struct hash h = merkle_leaf_of(piece.bytes);
			assert(hash_eq(&h, &piece.hash) && !piece_object(piece.bytes, &object, &e));
			size += piece.bytes.n;
		}
		gone += piece.withdrawn;
		payload_put(&b, piece.bytes, piece.withdrawn ? &piece.hash : NULL);
		merkle_edge_append(&tree, &piece.hash);
	}
	struct hash root = merkle_edge_root(&tree);
	if (!rest.n) {
		assert(str_eq(buf_str(&b), bytes));
		assert(!payload_check(bytes, (uint32_t)tree.size, size, &root, &seen, &e) && seen == gone);
		assert(payload_check(bytes, (uint32_t)tree.size + 1, size, &root, &seen, &e));
	}
	buf_done(&b);
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct str in = str_bytes(p, n);
	ptrdiff_t cut = str_find(in, STR("\n\n"));
	try_entry(cut < 0 ? in : str_sub(in, 0, (size_t)cut));
	if (cut >= 0)
		try_payload(str_sub(in, (size_t)cut + 2, in.n));
	return 0;
}
