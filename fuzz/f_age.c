/* age: opening, sealing and the keys' text.
 *
 * The first byte chooses. 0: the rest is a stranger's file, opened with a known key and passphrase, whole and in pieces of one byte: both must
 * end alike, and what opened must come back when it is sealed anew. 1: the rest is a header's stanzas, put before a MAC that holds for the
 * first chunk's key, so that what lies behind the MAC is reached. 2: the rest is sealed by us and damaged at a place its first bytes choose:
 * it must not open. 3: bech32. */
#include <stdlib.h>
#include <string.h>

#include "crypto/bech32.h"
#include "crypto/hash.h"
#include "crypto/init.h"
#include "crypto/seal_int.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static struct seal_identity id;
static const uint8_t seed[32] = {3, 1, 4};

static void
must(bool b)
{
	if (!b)
		abort();
}

struct drip {
	struct str rest;
};

static enum err
read_one(void *ctx, void *p, size_t cap, size_t *ret_n, struct errinfo *e)
{
	struct drip *d = ctx;
	struct source s = source_of_str(&d->rest);
	return s.read(s.ctx, p, cap < 1 ? cap : 1, ret_n, e);
}

static enum err
open_slowly(const struct seal_keys *keys, struct str file, struct buf *out, struct errinfo *e)
{
	struct drip d = {file};
	struct seal_open *o;
	enum err err = seal_open_new(keys, (struct source){&d, read_one}, &o, e);
	if (err)
		return err;
	for (;;) {
		char piece[7];
		size_t got;
		err = seal_open_read(o, piece, sizeof piece, &got, e);
		if (err || got == 0)
			break;
		buf_put(out, str_bytes(piece, got));
	}
	seal_open_free(o);
	return err;
}

static void
check_open(struct str file)
{
	struct seal_keys keys = {.ids = &id, .n = 1, .passphrase = STR("password"), .max_work = 4};
	struct buf whole = BUF_INIT(MIB), slow = BUF_INIT(MIB), sealed = BUF_INIT(2 * MIB), back = BUF_INIT(MIB);
	struct errinfo e1 = {0}, e2 = {0};
	enum err err = seal_open_str(&keys, file, &whole, &e1);
	must(open_slowly(&keys, file, &slow, &e2) == err);
	must(!err == !e1.code && (!err || (strcmp(e1.msg, e2.msg) == 0 && whole.n == 0)));
	if (!err) {
		must(str_eq(buf_str(&whole), buf_str(&slow)));
		struct seal_to to = {.recipients = &id.to, .n = 1, .armor = file.n & 1};
		must(seal_str(&to, seed, buf_str(&whole), &sealed, &e1) == OK);
		must(seal_open_str(&keys, buf_str(&sealed), &back, &e1) == OK && str_eq(buf_str(&back), buf_str(&whole)));
	}
	buf_done(&whole);
	buf_done(&slow);
	buf_done(&sealed);
	buf_done(&back);
}

/* stanzas, up to a line "=", then the payload's plain bytes: the MAC is made to hold for the file key that our own stanza carries */
static void
check_behind_mac(struct str s)
{
	struct buf header = BUF_INIT(2 * LIMIT_SEAL_HEADER), out = BUF_INIT(MIB);
	struct seal_to to = {.recipients = &id.to, .n = 1};
	struct seal_keys keys = {.ids = &id, .n = 1};
	struct errinfo e = {0};
	uint8_t file_key[32], key[32], mac[32];
	seal_derive(seed, STR("file key"), 0, file_key);
	must(seal_header_put(&header, &to, seed, file_key, &e) == OK);
	ptrdiff_t at = str_find(buf_str(&header), STR("---"));
	must(at > 0);
	buf_cut(&header, (size_t)at);
	buf_put(&header, s);
	buf_puts(&header, "\n---");
	seal_mac_key(file_key, key);
	seal_hmac(key, buf_str(&header), mac);
	struct buf text = BUF_INIT(100);
	buf_base64(&text, str_bytes(mac, sizeof mac));
	buf_putc(&header, ' ');
	buf_put(&header, str_sub(buf_str(&text), 0, 43));
	buf_puts(&header, "\n0123456789abcdef");
	/* the payload is not there: the best that can be is "cut short", and only if every stanza was sound */
	enum err err = seal_open_str(&keys, buf_str(&header), &out, &e);
	must(err != OK && err != ERR_DENIED && out.n == 0);
	buf_done(&text);
	buf_done(&header);
	buf_done(&out);
}

static void
check_damage(struct str s)
{
	struct buf sealed = BUF_INIT(2 * MIB), out = BUF_INIT(MIB);
	struct seal_to to = {.recipients = &id.to, .n = 1};
	struct seal_keys keys = {.ids = &id, .n = 1};
	struct errinfo e = {0};
	if (s.n < 3)
		return;
	size_t where = (uint8_t)s.p[0] | (size_t)(uint8_t)s.p[1] << 8;
	uint8_t flip = (uint8_t)s.p[2] ? (uint8_t)s.p[2] : 1;
	must(seal_str(&to, seed, str_sub(s, 3, s.n), &sealed, &e) == OK);
	sealed.p[where % sealed.n] ^= (char)flip;
	must(seal_open_str(&keys, buf_str(&sealed), &out, &e) != OK && out.n == 0);
	buf_done(&sealed);
	buf_done(&out);
}

static void
check_bech32(struct str s)
{
	uint8_t bytes[BECH32_MAX];
	size_t n;
	struct seal_identity got;
	struct seal_recipient r;
	struct errinfo e;
	if (bech32_decode(s, STR("age"), bytes, sizeof bytes, &n)) {
		struct buf b = BUF_INIT(BECH32_MAX);
		bool upper = s.p[0] == 'A';
		bech32_put(&b, STR("age"), str_bytes(bytes, n), upper);
		must(str_eq(buf_str(&b), s));
		buf_done(&b);
	}
	if (!seal_identity_parse(s, &got, &e))
		seal_identity_done(&got);
	if (!seal_recipient_parse(s, &r, &e)) {
		struct buf b = BUF_INIT(BECH32_MAX);
		seal_recipient_put(&b, &r);
		must(str_eq(buf_str(&b), str_trim(s)));
		buf_done(&b);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct errinfo e;
	static bool ready;
	if (!ready) {
		crypto_init();
		must(seal_identity_parse(STR("AGE-SECRET-KEY-1EGTZVFFV20835NWYV6270LXYVK2VKNX2MMDKWYKLMGR48UAWX40Q2P2LM0"), &id, &e) == OK);
		ready = true;
	}
	if (n == 0 || n > 300000)
		return 0;
	struct str rest = str_bytes(p + 1, n - 1);
	switch (p[0] & 3) {
	case 0:
		check_open(rest);
		break;
	case 1:
		check_behind_mac(rest);
		break;
	case 2:
		check_damage(rest);
		break;
	case 3:
		check_bech32(rest);
		break;
	}
	return 0;
}
