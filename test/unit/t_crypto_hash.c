/* SHA-256, SHA-1, secrets, fingerprints, pins. */
#include "crypto/fingerprint.h"
#include "crypto/init.h"
#include "crypto/secret.h"
#include "test.h"

static void
check_hex(struct str bytes, const char *want)
{
	struct buf b = BUF_INIT(4096);
	buf_hex(&b, bytes);
	CHECK_STR(buf_str(&b), str_of(want));
	buf_done(&b);
}

/* Fails if any of the functions is not the standard's: values of FIPS 180-4 (NIST's examples). */
TEST(hashes_are_the_standards)
{
	uint8_t sha1[SHA1_LEN];
	struct hash h = hash_of(STR_NONE);
	check_hex(hash_str(&h), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
	h = hash_of(STR("abc"));
	check_hex(hash_str(&h), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	h = hash_of(STR("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"));
	check_hex(hash_str(&h), "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
	sha1_of(STR("abc"), sha1);
	check_hex(str_bytes(sha1, sizeof sha1), "a9993e364706816aba3e25717850c26c9cd0d89d");
	sha1_of(STR_NONE, sha1);
	check_hex(str_bytes(sha1, sizeof sha1), "da39a3ee5e6b4b0d3255bfef95601890afd80709");
}

/* Fails if a piece's boundary changes the hash, or a copied struct sha256 is not a fork of the computation. */
TEST(hash_in_pieces_is_the_hash_of_the_whole)
{
	char text[300];
	for (size_t i = 0; i < sizeof text; i++)
		text[i] = (char)(i * 7);
	for (size_t n = 0; n <= sizeof text; n += 1 + n / 8) {
		struct hash whole = hash_of(str_bytes(text, n));
		for (size_t cut = 0; cut <= n; cut++) {
			struct sha256 h, fork;
			sha256_init(&h);
			sha256_put(&h, str_bytes(text, cut));
			fork = h;
			sha256_put(&fork, str_bytes(text + cut, n - cut));
			sha256_put(&h, STR("something else"));
			struct hash got = sha256_end(&fork), other = sha256_end(&h);
			CHECK(hash_eq(&got, &whole) && !hash_eq(&other, &whole));
		}
	}
}

/* Fails if a hash has a second text. */
TEST(hash_has_one_text)
{
	struct hash h = hash_of(STR("abc")), back;
	struct buf b = BUF_INIT(64);
	hash_put_hex(&b, &h);
	CHECK(hash_from_hex(buf_str(&b), &back) && hash_eq(&h, &back) && hash_cmp(&h, &back) == 0);
	CHECK(hash_from_bytes(hash_str(&h), &back) && !hash_from_bytes(str_bytes(h.b, 31), &back));
	CHECK(!hash_from_hex(str_sub(buf_str(&b), 0, 62), &back));
	b.p[0] = 'B';
	CHECK(!hash_from_hex(buf_str(&b), &back));
	b.p[0] = 'g';
	CHECK(!hash_from_hex(buf_str(&b), &back));
	back.b[31] ^= 1;
	CHECK(!hash_eq(&h, &back));
	buf_done(&b);
}

/* Fails if a secret's bytes stay after its end, or comparing looks at less than all of them. */
TEST(secrets_are_wiped_and_compared_whole)
{
	static const uint8_t zero[SECRET_LEN], ones[SECRET_LEN] = {1, 1, 1};
	struct secret a, b;
	crypto_init();
	secret_copy(&a, ones);
	secret_copy(&b, a.b);
	CHECK(secret_eq(&a, &b));
	b.b[31] ^= 1;
	CHECK(!secret_eq(&a, &b));
	secret_done(&a);
	CHECK(memcmp(a.b, zero, sizeof zero) == 0);
	secret_done(NULL);
	CHECK(secret_str_eq(STR("abc"), STR("abc")) && !secret_str_eq(STR("abc"), STR("abd")) && !secret_str_eq(STR("abc"), STR("ab")));
	CHECK(!secret_str_eq(STR("ab"), STR("abc")));
	CHECK(secret_str_eq(STR_NONE, STR("")));

	struct buf t = BUF_INIT(100);
	buf_puts(&t, "a passphrase");
	secret_wipe_buf(&t);
	CHECK(t.n == 0 && t.cap >= 12);
	for (size_t i = 0; i < t.cap && i < 12; i++)
		CHECK(t.p[i] == 0);
	buf_done(&t);
}

/* Fails if the digits are not those of SHA-512 as the header says (computed apart, with Python's hashlib), or a wrong, missing or added digit
 * passes. */
TEST(fingerprint_reads_aloud)
{
	uint8_t key[32];
	struct buf b = BUF_INIT(100);
	for (int i = 0; i < 32; i++)
		key[i] = (uint8_t)i;
	fingerprint_put(&b, key);
	CHECK(b.n == FINGERPRINT_LEN);
	CHECK_STR(buf_str(&b), STR("11461 88441 22954 35450 26738 31431 80168 25212"));
	CHECK(fingerprint_is(buf_str(&b), key));
	CHECK(fingerprint_is(STR("11461-88441-22954-35450-26738-31431-80168-25212\n"), key));
	for (size_t i = 0; i < b.n; i++)
		if (b.p[i] != ' ') {
			char was = b.p[i];
			b.p[i] = was == '9' ? '0' : (char)(was + 1);
			CHECK(!fingerprint_is(buf_str(&b), key));
			b.p[i] = was;
		}
	CHECK(!fingerprint_is(str_sub(buf_str(&b), 0, b.n - 1), key));
	buf_putc(&b, '0');
	CHECK(!fingerprint_is(buf_str(&b), key));
	CHECK(!fingerprint_is(STR_NONE, key));
	buf_done(&b);
}

/* Fails if the pin is not that of `openssl pkey -pubin -outform DER | sha256sum`. The key is that of RFC 8410, section 10.1. */
TEST(tls_pin_is_the_hash_of_the_public_key_info)
{
	struct sign_public key;
	size_t n;
	CHECK(hex_decode(STR("19bf44096984cdfe8541bac167dc3b96c85086aa30b6b6cb0c5c38ad703166e1"), key.b, sizeof key.b, &n) && n == 32);
	uint8_t spki[SPKI_ED25519_LEN];
	struct buf b = BUF_INIT(100);
	spki_ed25519(&key, spki);
	buf_base64(&b, str_bytes(spki, sizeof spki));
	CHECK_STR(buf_str(&b), STR("MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE="));
	buf_done(&b);
	struct hash pin = tls_pin_ed25519(&key);
	check_hex(hash_str(&pin), "a1e9156054e04fac899ae9f275132cdc07a5dbc4ea2c2ad3a1ffc6e0d253681f");
}
