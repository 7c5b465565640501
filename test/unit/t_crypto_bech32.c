/* bech32: BIP 173's own examples of the checksum, the keys of the age specification, and exhaustive small damage. */
#include "crypto/bech32.h"
#include "crypto/init.h"
#include "test.h"

static void
check_refused(const char *s, const char *hrp)
{
	uint8_t out[700];
	size_t n = 99;
	CHECKF(!bech32_decode(str_of(s), str_of(hrp), out, sizeof out, &n) && n == 99, "%s was taken", s);
}

/* Fails if the alphabet, the order of bits or the polynomial is not BIP 173's. */
TEST(bech32_is_that_of_bip_173)
{
	uint8_t out[700];
	size_t n;
	crypto_init();
	CHECK(bech32_decode(STR("A12UEL5L"), STR("a"), out, sizeof out, &n) && n == 0);
	CHECK(bech32_decode(STR("an83characterlonghumanreadablepartthatcontainsthenumber1andtheexcludedcharactersbio1tt5tgs"),
		  STR("an83characterlonghumanreadablepartthatcontainsthenumber1andtheexcludedcharactersbio"), out, sizeof out, &n) &&
	      n == 0);
	CHECK(bech32_decode(STR("abcdef1qpzry9x8gf2tvdw0s3jn54khce6mua7lmqqqxw"), STR("abcdef"), out, sizeof out, &n) && n == 20);
	CHECK(memcmp(out, "\x00\x44\x32\x14\xc7\x42\x54\xb6\x35\xcf\x84\x65\x3a\x56\xd7\xc6\x75\xbe\x77\xdf", 20) == 0);
	check_refused("A1G7SGD8", "a");     /* checksum made with the prefix in capitals */
	check_refused("a12uEL5L", "a");     /* both cases */
	check_refused("A12uel5l", "a");     /* both cases, one in the prefix */
	check_refused("b12uel5l", "a");     /* another prefix */
	check_refused("pzry9x0s0muk", "a"); /* no separator */
	check_refused("a1lty1mgp", "a");    /* a character that is none of the alphabet */
	CHECK(bech32_decode(STR("a1qqqd87cq"), STR("a"), out, sizeof out, &n) && n == 1 && out[0] == 0);
	check_refused("a1qpamnt9j", "a");  /* a right checksum over padding that is not zero */
	check_refused("a1qqqd87cpp", "a"); /* the same over a character more than the byte needs */
	char longer[5001] = "a1";
	memset(longer + 2, 'q', sizeof longer - 3);
	check_refused(longer, "a");
	check_refused("a1", "a");
	check_refused("", "a");
}

/* Fails if what is put does not come back, a second spelling of the same bytes is taken, or cap is passed. */
TEST(bech32_goes_there_and_back)
{
	uint8_t bytes[70], out[70];
	crypto_init();
	for (size_t i = 0; i < sizeof bytes; i++)
		bytes[i] = (uint8_t)(i * 37 + 11);
	for (size_t n = 0; n <= sizeof bytes; n++) {
		struct buf b = BUF_INIT(BECH32_MAX);
		size_t got;
		bech32_put(&b, STR("age"), str_bytes(bytes, n), n & 1);
		CHECK(bech32_decode(buf_str(&b), STR("age"), out, sizeof out, &got) && got == n && memcmp(out, bytes, n) == 0);
		CHECK(n == 0 || !bech32_decode(buf_str(&b), STR("age"), out, n - 1, &got));
		buf_done(&b);
	}
}

/* Fails if any one wrong character, or two neighbours exchanged, passes for a key. */
TEST(bech32_finds_one_wrong_character)
{
	static const char alphabet[] = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
	static const uint8_t key[32] = {1, 2, 3, 250};
	uint8_t out[32];
	size_t n;
	struct buf b = BUF_INIT(BECH32_MAX);
	crypto_init();
	bech32_put(&b, STR("age"), str_bytes(key, sizeof key), false);
	for (size_t i = 4; i < b.n; i++) {
		char was = b.p[i];
		for (const char *c = alphabet; *c; c++)
			if (*c != was) {
				b.p[i] = *c;
				CHECK(!bech32_decode(buf_str(&b), STR("age"), out, sizeof out, &n));
			}
		b.p[i] = was;
		if (i + 1 < b.n && b.p[i + 1] != was) {
			b.p[i] = b.p[i + 1];
			b.p[i + 1] = was;
			CHECK(!bech32_decode(buf_str(&b), STR("age"), out, sizeof out, &n));
			b.p[i + 1] = b.p[i];
			b.p[i] = was;
		}
	}
	buf_done(&b);
}
