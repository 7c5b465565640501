/* merkle: proofs good and bad that others made (transparency-dev/merkle), and the exchange of a real log and witness
 * (litewitness): notes, consistency proofs, expected answers. The two folders of subtree proofs there belong to another
 * draft, which Comity does not use. */
#include "base/limits.h"
#include "merkle/checkpoint.h"
#include "merkle/proof.h"
#include "test.h"

/* The value of a key in a small flat JSON object without escapes: a number or word as it stands, a string without its
 * quotes, a list with its brackets. */
static struct str
field(struct str json, const char *key)
{
	char quoted[64];
	snprintf(quoted, sizeof quoted, "\"%s\":", key);
	ptrdiff_t at = str_find(json, str_of(quoted));
	CHECKF(at >= 0, "no %s", key);
	struct str v = str_trim(str_sub(json, (size_t)at + strlen(quoted), json.n));
	if (v.p[0] == '"')
		return str_sub(v, 1, 1 + (size_t)str_chr(str_sub(v, 1, v.n), '"'));
	if (v.p[0] == '[')
		return str_sub(v, 0, (size_t)str_chr(v, ']') + 1);
	size_t n = 0;
	while (v.p[n] != ',' && v.p[n] != '\n' && v.p[n] != '}')
		n++;
	return str_sub(v, 0, n);
}

static uint64_t
number(struct str json, const char *key)
{
	uint64_t v = 0;
	CHECKF(str_u64(field(json, key), &v), "%s is no number", key);
	return v;
}

/* A hash; text that is not 32 bytes in base64 (a struct hash cannot hold such) stands for a hash of its own, so that
 * these files are judged as well; no text at all stands for one that nothing equals. */
static struct hash
hash(struct str base64, size_t *odd)
{
	struct hash h;
	if (merkle_hash_parse(base64, &h))
		return h;
	++*odd;
	return merkle_leaf_of(base64.n ? base64 : str_bytes(odd, sizeof *odd));
}

static struct merkle_proof
proof(struct str list, size_t *odd)
{
	struct str rest = list, part;
	struct merkle_proof p = {0};
	for (ptrdiff_t q; (q = str_chr(rest, '"')) >= 0;) {
		rest = str_sub(rest, (size_t)q + 1, rest.n);
		CHECK(str_cut(rest, '"', &part, &rest) && p.n < MERKLE_LEVELS);
		p.at[p.n++] = hash(part, odd);
	}
	return p;
}

struct tally {
	size_t good, bad, odd;
};

static void
judge(const char *path, struct str json, enum err got, struct tally *t)
{
	bool want_bad = str_is(field(json, "wantErr"), "true");
	CHECKF(got == OK || got == ERR_VERIFY, "%s: %s", path, err_name(got));
	CHECKF(want_bad == (got != OK), "%s: taken for %s", path, want_bad ? "good" : "bad");
	t->bad += want_bad;
	t->good += !want_bad;
}

static struct buf file = BUF_INIT(64 * KIB);

static void
inclusion(const char *path, void *ctx)
{
	struct tally *t = ctx;
	struct errinfo e;
	CHECK(test_read(path, &file));
	struct str j = buf_str(&file);
	struct merkle_proof p = proof(field(j, "proof"), &t->odd);
	struct hash leaf = hash(field(j, "leafHash"), &t->odd), root = hash(field(j, "root"), &t->odd);
	judge(path, j, merkle_check_inclusion(&leaf, number(j, "leafIdx"), number(j, "treeSize"), &p, &root, &e), t);
}

static void
consistency(const char *path, void *ctx)
{
	struct tally *t = ctx;
	struct errinfo e;
	CHECK(test_read(path, &file));
	struct str j = buf_str(&file);
	struct merkle_proof p = proof(field(j, "proof"), &t->odd);
	struct hash old_root = hash(field(j, "root1"), &t->odd), new_root = hash(field(j, "root2"), &t->odd);
	judge(path, j, merkle_check_consistency(number(j, "size1"), &old_root, number(j, "size2"), &new_root, &p, &e), t);
}

static void
all(const char *dir, const char *folder, void (*each)(const char *, void *))
{
	char path[4200];
	struct tally t = {0};
	snprintf(path, sizeof path, "%s/log/merkle/%s", dir, folder);
	size_t n = test_each(path, ".json", each, &t);
	printf("# %s: %zu files, %zu good, %zu bad; %zu hashes in them are not 32 bytes\n", folder, n, t.good, t.bad, t.odd);
	CHECK(n >= 90 && t.good >= 5 && t.bad >= 80);
	buf_done(&file);
}

/* Fails if one verdict differs from that of the makers. */
TEST(merkle_inclusion_vectors)
{
	TEST_SHARED(dir);
	all(dir, "inclusion", inclusion);
}

TEST(merkle_consistency_vectors)
{
	TEST_SHARED(dir);
	all(dir, "consistency", consistency);
}

/* Each add-checkpoint request answered as a witness would from our pieces alone: 200, 403 (signature or log), 409
 * (wrong old size), 422 (proof). Fails if one status is other than what litewitness gave; but the second has base64
 * whose last character has bits that count for nothing, which is malformed here (400). */
TEST(merkle_answers_as_litewitness_does)
{
	TEST_SHARED(dir);
	char path[4200];
	struct errinfo e;
	struct sign_public pub;
	struct hash key;
	size_t requests = 0, accepted = 0;
	uint64_t seen = 0;
	struct hash seen_root;
	struct buf b = BUF_INIT(64 * KIB);
	snprintf(path, sizeof path, "%s/log/litewitness.txt", dir);
	CHECK(test_read(path, &b));
	CHECK(hash_from_hex(STR("ffdc2d4d98e4124d3feaf788c0c2f9abfd796083d1f0495437f302ec79cf100f"), &key));
	memcpy(pub.b, key.b, sizeof pub.b);
	struct str origin = STR("sigsum.org/v1/tree/4d6d8825a6bb689d459628312889dfbb0bcd41b5211d9e1ce768b0ff0309e562");
	struct hash of_key = hash_of(hash_str(&key));
	struct buf name = BUF_INIT(100);
	buf_puts(&name, "sigsum.org/v1/tree/");
	hash_put_hex(&name, &of_key);
	CHECK_STR(buf_str(&name), origin);

	struct str rest = buf_str(&b);
	for (ptrdiff_t at; (at = str_find(rest, STR("```\nold "))) >= 0; requests++) {
		struct str line, request;
		struct merkle_proof p;
		struct merkle_checkpoint c;
		uint64_t old, status = 200, want;
		rest = str_sub(rest, (size_t)at + 8, rest.n);
		at = str_find(rest, STR("```\nHTTP "));
		CHECK(at > 0);
		request = str_sub(rest, 0, (size_t)at);
		CHECK(str_u64(str_sub(rest, (size_t)at + 9, (size_t)at + 12), &want));
		rest = str_sub(rest, (size_t)at, rest.n);

		CHECK(str_line(&request, &line) && str_u64(line, &old));
		CHECK_OK(merkle_proof_parse(&request, &p, &e));
		enum err err = merkle_checkpoint_open(request, origin, &pub, NULL, &c, &e);
		if (err == ERR_VERIFY || err == ERR_INVALID)
			status = 403;
		else if (err)
			status = 400;
		else if (old != seen)
			status = 409;
		else if (old > 0 ? merkle_check_consistency(old, &seen_root, c.size, &c.root, &p, &e) != OK : p.n > 0)
			status = 422;
		if (requests == 1) {
			CHECK(want == 403 && err == ERR_SYNTAX);
			continue;
		}
		CHECKF(status == want, "request %zu: %u, not %u: %s", requests + 1, (unsigned)status, (unsigned)want, e.msg);
		if (status == 200) {
			seen = c.size;
			seen_root = c.root;
			accepted++;
		}
	}
	CHECK(requests == 9 && accepted == 3 && seen == 5);
	buf_done(&name);
	buf_done(&b);
}
