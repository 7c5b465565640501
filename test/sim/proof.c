#include "sim/proof.h"

#include <sodium.h>
#include <string.h>

void
proof_leaf(struct str leaf, uint8_t ret[static PROOF_HASH])
{
	static const uint8_t zero;
	crypto_hash_sha256_state h;
	crypto_hash_sha256_init(&h);
	crypto_hash_sha256_update(&h, &zero, 1);
	crypto_hash_sha256_update(&h, (const uint8_t *)leaf.p, leaf.n);
	crypto_hash_sha256_final(&h, ret);
}

void
proof_node(const uint8_t l[static PROOF_HASH], const uint8_t r[static PROOF_HASH], uint8_t ret[static PROOF_HASH])
{
	uint8_t in[1 + 2 * PROOF_HASH] = {1};
	memcpy(in + 1, l, PROOF_HASH);
	memcpy(in + 1 + PROOF_HASH, r, PROOF_HASH);
	crypto_hash_sha256(ret, in, sizeof in);
}

void
proof_root(const uint8_t (*leaf)[PROOF_HASH], uint64_t n, uint8_t ret[static PROOF_HASH])
{
	uint8_t l[PROOF_HASH], r[PROOF_HASH];
	uint64_t k = 1;
	if (n == 0) {
		crypto_hash_sha256(ret, NULL, 0);
	} else if (n == 1) {
		memcpy(ret, leaf[0], PROOF_HASH);
	} else {
		while (2 * k < n)
			k *= 2;
		proof_root(leaf, k, l);
		proof_root(leaf + k, n - k, r);
		proof_node(l, r, ret);
	}
}

/* notes */

static bool
decode(struct str base64, uint8_t *out, size_t want)
{
	size_t n;
	return !sodium_base642bin(out, want, base64.p, base64.n, NULL, &n, NULL, sodium_base64_VARIANT_ORIGINAL) && n == want;
}

static bool
signed_by(struct str text, struct str lines, struct str name, const uint8_t pub[static 32])
{
	static const char dash[] = "\xe2\x80\x94 ";
	uint8_t id[32], type = 1, sig[4 + 64];
	crypto_hash_sha256_state h;
	struct str line, head, tail;
	crypto_hash_sha256_init(&h);
	crypto_hash_sha256_update(&h, (const uint8_t *)name.p, name.n);
	crypto_hash_sha256_update(&h, (const uint8_t *)"\n", 1);
	crypto_hash_sha256_update(&h, &type, 1);
	crypto_hash_sha256_update(&h, pub, 32);
	crypto_hash_sha256_final(&h, id);
	while (str_line(&lines, &line)) {
		if (!str_starts(line, str_of(dash)))
			continue;
		if (!str_cut(str_sub(line, sizeof dash - 1, line.n), ' ', &head, &tail) || !str_eq(head, name) || !decode(tail, sig, sizeof sig))
			continue;
		if (!memcmp(sig, id, 4) && !crypto_sign_ed25519_verify_detached(sig + 4, (const uint8_t *)text.p, text.n, pub))
			return true;
	}
	return false;
}

bool
proof_note(struct str note, struct str origin, const uint8_t pub[static 32], uint64_t *ret_size, uint8_t ret_root[static PROOF_HASH])
{
	ptrdiff_t gap = str_find(note, STR("\n\n"));
	struct str text, rest, line;
	if (gap < 0)
		return false;
	text = rest = str_sub(note, 0, (size_t)gap + 1);
	if (!str_line(&rest, &line) || !str_eq(line, origin) || !str_line(&rest, &line) || !str_u64(line, ret_size) || !str_line(&rest, &line) ||
	    !decode(line, ret_root, PROOF_HASH))
		return false;
	return signed_by(text, str_sub(note, (size_t)gap + 2, note.n), origin, pub);
}

/* RFC 9162, 2.1.4.2, word for word */

bool
proof_consistent(uint64_t m, const uint8_t old[static PROOF_HASH], uint64_t n, const uint8_t new[static PROOF_HASH],
    const uint8_t (*proof)[PROOF_HASH], size_t nproof)
{
	uint8_t fr[PROOF_HASH], sr[PROOF_HASH];
	size_t at = 0;
	if (m == 0 || m > n)
		return false;
	if (m == n)
		return nproof == 0 && !memcmp(old, new, PROOF_HASH);
	bool power = (m & (m - 1)) == 0;
	if (!power && nproof == 0)
		return false;
	memcpy(fr, power ? old : proof[at++], PROOF_HASH);
	memcpy(sr, fr, PROOF_HASH);
	uint64_t fn = m - 1, sn = n - 1;
	while (fn & 1) {
		fn >>= 1;
		sn >>= 1;
	}
	for (; at < nproof; at++) {
		if (sn == 0)
			return false;
		if ((fn & 1) || fn == sn) {
			proof_node(proof[at], fr, fr);
			proof_node(proof[at], sr, sr);
			while (!(fn & 1) && fn != 0) {
				fn >>= 1;
				sn >>= 1;
			}
		} else {
			proof_node(sr, proof[at], sr);
		}
		fn >>= 1;
		sn >>= 1;
	}
	return sn == 0 && !memcmp(fr, old, PROOF_HASH) && !memcmp(sr, new, PROOF_HASH);
}

/* proofs of forks */

/* The text up to and with the next empty line's first newline is the part; *rest goes on after the empty line. */
static struct str
part(struct str *rest)
{
	ptrdiff_t gap = str_find(*rest, STR("\n\n"));
	struct str all = *rest;
	if (gap < 0) {
		*rest = STR_NONE;
		return all;
	}
	*rest = str_sub(all, (size_t)gap + 2, all.n);
	return str_sub(all, 0, (size_t)gap + 1);
}

/* "root" and a hash, then hashes up to the next root or the end: what the tree of the note was at that size. */
static bool
side(struct str *head, uint64_t at, uint64_t size, const uint8_t of_note[static PROOF_HASH], uint8_t ret_root[static PROOF_HASH])
{
	uint8_t proof[64][PROOF_HASH];
	struct str line;
	size_t n = 0;
	if (!str_line(head, &line) || !str_starts(line, STR("root ")) || !decode(str_sub(line, 5, line.n), ret_root, PROOF_HASH))
		return false;
	while (head->n && !str_starts(*head, STR("root ")))
		if (!str_line(head, &line) || n == 64 || !decode(line, proof[n++], PROOF_HASH))
			return false;
	return proof_consistent(at, ret_root, size, of_note, (const uint8_t(*)[PROOF_HASH])proof, n);
}

bool
proof_fork(struct str bytes, struct str origin, const uint8_t pub[static 32])
{
	struct str rest = bytes, head = part(&rest), a_text = part(&rest), a_sigs = part(&rest), b_text = part(&rest), line, kind;
	/* a note is its text, an empty line and its signatures, which stand side by side here too */
	struct str a = {a_text.p, a_text.n + 1 + a_sigs.n}, b = {b_text.p, (size_t)(bytes.p + bytes.n - b_text.p)};
	uint64_t m, n, at;
	uint8_t ra[PROOF_HASH], rb[PROOF_HASH], was_a[PROOF_HASH], was_b[PROOF_HASH];
	if (!a_text.n || !a_sigs.n || !b_text.n || !str_line(&head, &kind))
		return false;
	if (!proof_note(a, origin, pub, &m, ra) || !proof_note(b, origin, pub, &n, rb))
		return false;
	if (str_is(kind, "comity-fork/v2")) {
		if (!str_line(&head, &line) || !str_starts(line, STR("size ")) || !str_u64(str_sub(line, 5, line.n), &at) || at >= m || m >= n)
			return false;
		return side(&head, at, m, ra, was_a) && side(&head, at, n, rb, was_b) && !head.n && memcmp(was_a, was_b, PROOF_HASH) != 0;
	}
	if (!str_is(kind, "comity-fork/v1") || m > n || m == 0)
		return false;
	if (m == n)
		return !head.n && memcmp(ra, rb, PROOF_HASH) != 0;
	return side(&head, m, n, rb, was_b) && !head.n && memcmp(was_b, ra, PROOF_HASH) != 0;
}
