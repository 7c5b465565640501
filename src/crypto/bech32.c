/* The text is prefix, '1', then 5 bits a character, the last six being a checksum: the remainder of a polynomial over GF(32) (BIP 173). Secret
 * keys pass through here, so what was held on the stack is wiped. */
#include "crypto/bech32.h"

#include <assert.h>
#include <sodium.h>
#include <string.h>

enum { CHECKSUM = 6, HRP_MAX = 83 };

static const char alphabet[] = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";

static uint32_t
step(uint32_t sum, uint32_t five_bits)
{
	static const uint32_t generator[] = {0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3};
	uint32_t top = sum >> 25;
	sum = (sum & 0x1ffffff) << 5 ^ five_bits;
	for (int i = 0; i < 5; i++)
		if (top >> i & 1)
			sum ^= generator[i];
	return sum;
}

static uint32_t
step_hrp(struct str hrp)
{
	uint32_t sum = 1;
	for (size_t i = 0; i < hrp.n; i++)
		sum = step(sum, (uint8_t)hrp.p[i] >> 5);
	sum = step(sum, 0);
	for (size_t i = 0; i < hrp.n; i++)
		sum = step(sum, (uint8_t)hrp.p[i] & 31);
	return sum;
}

static char
cased(char c, bool upper)
{
	return upper && c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
}

static bool
hrp_ok(struct str hrp)
{
	for (size_t i = 0; i < hrp.n; i++)
		if (hrp.p[i] < '!' || hrp.p[i] > '~' || (hrp.p[i] >= 'A' && hrp.p[i] <= 'Z'))
			return false;
	return hrp.n >= 1 && hrp.n <= HRP_MAX;
}

void
bech32_put(struct buf *b, struct str hrp, struct str bytes, bool upper)
{
	assert(hrp_ok(hrp));
	size_t n = (bytes.n * 8 + 4) / 5, at = 0;
	char *out = buf_grow(b, hrp.n + 1 + n + CHECKSUM);
	if (!out)
		return;
	for (size_t i = 0; i < hrp.n; i++)
		*out++ = cased(hrp.p[i], upper);
	*out++ = '1';
	uint32_t sum = step_hrp(hrp), bits = 0, held = 0;
	for (size_t i = 0; i < n; i++) {
		if (held < 5) {
			/* past the end come zero bits */
			bits = bits << 8 | (at < bytes.n ? (uint8_t)bytes.p[at] : 0);
			at++;
			held += 8;
		}
		held -= 5;
		uint32_t v = bits >> held & 31;
		sum = step(sum, v);
		*out++ = cased(alphabet[v], upper);
	}
	for (int i = 0; i < CHECKSUM; i++)
		sum = step(sum, 0);
	sum ^= 1;
	for (int i = 0; i < CHECKSUM; i++)
		*out++ = cased(alphabet[sum >> 5 * (CHECKSUM - 1 - i) & 31], upper);
	sodium_memzero(&bits, sizeof bits);
}

/* Value of each character, or -1; *io_case gathers which cases were seen (1 lower, 2 upper). */
static int
value_of(char c, unsigned *io_case)
{
	if (c >= 'A' && c <= 'Z') {
		*io_case |= 2;
		c = (char)(c - 'A' + 'a');
	} else if (c >= 'a' && c <= 'z') {
		*io_case |= 1;
	}
	const char *at = c ? strchr(alphabet, c) : NULL;
	return at ? (int)(at - alphabet) : -1;
}

bool
bech32_decode(struct str s, struct str hrp, void *out, size_t cap, size_t *ret_n)
{
	assert(hrp_ok(hrp));
	uint8_t bytes[BECH32_MAX * 5 / 8];
	unsigned seen = 0;
	if (s.n > BECH32_MAX || s.n < hrp.n + 1 + CHECKSUM || s.p[hrp.n] != '1')
		return false;
	for (size_t i = 0; i < hrp.n; i++) {
		char c = s.p[i];
		bool upper = c >= 'A' && c <= 'Z';
		if (upper || (c >= 'a' && c <= 'z'))
			seen |= upper ? 2 : 1;
		if ((upper ? (char)(c - 'A' + 'a') : c) != hrp.p[i])
			return false;
	}
	uint32_t sum = step_hrp(hrp), bits = 0, held = 0;
	size_t n = 0, data_end = s.n - CHECKSUM;
	bool good = true;
	for (size_t i = hrp.n + 1; i < s.n && good; i++) {
		int v = value_of(s.p[i], &seen);
		good = v >= 0 && seen != 3;
		if (!good)
			break;
		sum = step(sum, (uint32_t)v);
		if (i >= data_end)
			continue;
		bits = (bits & 0xff) << 5 | (uint32_t)v;
		held += 5;
		if (held >= 8) {
			held -= 8;
			bytes[n++] = (uint8_t)(bits >> held);
		}
	}
	/* what is left over of the last character is padding: fewer than 5 bits, all zero */
	good = good && sum == 1 && held < 5 && (bits & ((1u << held) - 1)) == 0 && n <= cap;
	if (good) {
		if (n)
			memcpy(out, bytes, n);
		*ret_n = n;
	}
	sodium_memzero(bytes, sizeof bytes);
	sodium_memzero(&bits, sizeof bits);
	return good;
}
