/* Ed25519: RFC 8032's examples, and the one strict rule held to edge cases made by others. */
#include "crypto/init.h"
#include "crypto/sign.h"
#include "test.h"

static void
from_hex(struct str hex, void *out, size_t want)
{
	size_t n;
	CHECK(hex_decode(hex, out, want, &n) && n == want);
}

/* Fails if keys or signatures are not those of RFC 8032, section 7.1 (tests 1, 2, 3), or one changed bit passes. */
TEST(sign_makes_the_signatures_of_rfc_8032)
{
	static const struct {
		struct str seed, public, message, signature;
	} v[] = {
	    {STR_INIT("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60"),
		STR_INIT("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"), STR_INIT(""),
		STR_INIT("e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7"
			 "a100b")},
	    {STR_INIT("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb"),
		STR_INIT("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c"), STR_INIT("72"),
		STR_INIT("92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612b"
			 "b0c00")},
	    {STR_INIT("c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7"),
		STR_INIT("fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025"), STR_INIT("af82"),
		STR_INIT("6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1"
			 "ec40a")},
	};
	struct errinfo e;
	crypto_init();
	for (size_t i = 0; i < sizeof v / sizeof *v; i++) {
		uint8_t seed[SIGN_SEED_LEN], message[2];
		struct sign_key k;
		struct sign_public want;
		struct signature sig;
		from_hex(v[i].seed, seed, sizeof seed);
		from_hex(v[i].public, want.b, sizeof want.b);
		from_hex(v[i].signature, sig.b, sizeof sig.b);
		from_hex(v[i].message, message, v[i].message.n / 2);
		struct str m = str_bytes(message, v[i].message.n / 2);
		sign_key_init(&k, seed);
		struct sign_public got = sign_key_public(&k);
		CHECK(sign_public_eq(&got, &want) && sign_public_ok(&got));
		CHECK_STR(sign_key_seed(&k), str_bytes(seed, sizeof seed));
		struct signature made = sign_make(&k, m);
		CHECK(memcmp(made.b, sig.b, SIGNATURE_LEN) == 0);
		CHECK_OK(sign_check(&want, &sig, m, &e));
		for (int bit = 0; bit < 512; bit++) {
			sig.b[bit / 8] ^= (uint8_t)(1 << bit % 8);
			CHECK_ERR(sign_check(&want, &sig, m, &e), ERR_VERIFY);
			sig.b[bit / 8] ^= (uint8_t)(1 << bit % 8);
		}
		CHECK_ERR(sign_check(&want, &sig, STR("other"), &e), ERR_VERIFY);
		sign_key_done(&k);
		for (size_t j = 0; j < sizeof k.b; j++)
			CHECK(k.b[j] == 0);
	}
	sign_key_done(NULL);
}

/* Fails if S + L is taken for S: then anybody can make a second signature of one that they saw. */
TEST(sign_takes_no_second_s)
{
	static const uint8_t order[32] = {
	    0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14, [31] = 0x10};
	static const uint8_t seed[SIGN_SEED_LEN] = {7};
	struct errinfo e;
	struct sign_key k;
	crypto_init();
	sign_key_init(&k, seed);
	struct sign_public key = sign_key_public(&k);
	struct signature sig = sign_make(&k, STR("m"));
	CHECK_OK(sign_check(&key, &sig, STR("m"), &e));
	for (unsigned times = 1, carry; times <= 8; times++) {
		carry = 0;
		for (int i = 0; i < 32; i++) {
			carry += sig.b[32 + i] + order[i];
			sig.b[32 + i] = (uint8_t)carry;
			carry >>= 8;
		}
		CHECK_ERR(sign_check(&key, &sig, STR("m"), &e), ERR_VERIFY);
	}
	sign_key_done(&k);
}

/* The vectors tell what is odd about each by flags. Our rule in their terms: refused if and only if one of `refusing` is there. So what is
 * taken is: nothing odd, or A or R with a component of small order that cancels (no low_order_residue). reencoded_k stands only beside a
 * non-canonical A or R. */
static const char *const refusing[] = {
    "low_order_A",
    "low_order_R",
    "non_canonical_A",
    "non_canonical_R",
    "low_order_residue",
    "reencoded_k",
};

/* The text between quotes after "name": in the object; this file's layout is fixed (one field a line), so no parser is needed. */
static struct str
field(struct str object, const char *name)
{
	struct buf key = BUF_INIT(64);
	buf_printf(&key, "\"%s\": \"", name);
	ptrdiff_t at = str_find(object, buf_str(&key));
	CHECKF(at >= 0, "no field %s", name);
	struct str rest = str_sub(object, (size_t)at + key.n, object.n), value;
	buf_done(&key);
	CHECK(str_cut(rest, '"', &value, &rest));
	return value;
}

static bool
flagged(struct str flags, const char *name)
{
	struct buf quoted = BUF_INIT(64);
	buf_printf(&quoted, "\"%s\"", name);
	bool ret = str_find(flags, buf_str(&quoted)) >= 0;
	buf_done(&quoted);
	return ret;
}

/* Fails if one of the 914 vectors (C2SP CCTV, ed25519) is judged otherwise than by that rule, or sign_public_ok takes a key with any part of
 * small order. */
TEST(sign_keeps_one_rule_on_every_edge_case)
{
	TEST_SHARED(dir);
	char path[4096];
	struct buf file = BUF_INIT(8 * 1024 * 1024);
	struct errinfo e;
	crypto_init();
	snprintf(path, sizeof path, "%s/crypto/ed25519vectors.json", dir);
	CHECK(test_read(path, &file));
	struct str rest = buf_str(&file), object;
	size_t taken = 0, refused = 0, mixed = 0, plain = 0;
	CHECK(str_cut(rest, '{', &object, &rest));
	while (str_cut(rest, '}', &object, &rest)) {
		struct sign_public key;
		struct signature sig;
		from_hex(field(object, "key"), key.b, sizeof key.b);
		from_hex(field(object, "sig"), sig.b, sizeof sig.b);
		ptrdiff_t at = str_find(object, STR("\"flags\":"));
		CHECK(at > 0);
		struct str flags = str_sub(object, (size_t)at, object.n);
		bool refuse = false;
		for (size_t i = 0; i < sizeof refusing / sizeof *refusing; i++)
			refuse |= flagged(flags, refusing[i]);
		enum err err = sign_check(&key, &sig, field(object, "msg"), &e);
		CHECKF(err == (refuse ? ERR_VERIFY : OK), "vector %.*s is %s", STR_FMT(str_sub(object, 0, 24)), err ? "refused" : "taken");
		bool odd_key = flagged(flags, "low_order_A") || flagged(flags, "low_order_component_A") || flagged(flags, "non_canonical_A");
		CHECKF(sign_public_ok(&key) == !odd_key, "key of vector %.*s", STR_FMT(str_sub(object, 0, 24)));
		refused += refuse;
		taken += !refuse;
		mixed += !refuse && (flagged(flags, "low_order_component_A") || flagged(flags, "low_order_component_R"));
		plain += str_find(flags, STR("_")) < 0;
	}
	CHECKF(taken + refused == 914 && taken == 43 && mixed == 42 && plain == 1, "%zu taken (%zu mixed), %zu refused, %zu plain", taken, mixed,
	    refused, plain);
	buf_done(&file);
}
