/* Sealing and opening: round trips at every boundary of a chunk, damage, limits, faults of streams, memory, and the stock age program in both
 * directions. */
#include <stdlib.h>
#include <unistd.h>

#include "crypto/hash.h"
#include "crypto/init.h"
#include "crypto/seal.h"
#include "test.h"

enum { CHUNK = 64 * KIB };

static struct seal_identity
identity(uint8_t number)
{
	struct seal_identity ret;
	const uint8_t bytes[32] = {1, number, 2, 3}; /* not the first byte: X25519 ignores its low bits */
	crypto_init();
	seal_identity_init(&ret, bytes);
	return ret;
}

static const uint8_t seed[32] = {42};

static void
fill(struct buf *b, size_t n)
{
	uint32_t x = 12345;
	char *p = n ? buf_grow(b, n) : NULL;
	for (size_t i = 0; i < n; i++) {
		x = x * 1664525 + 1013904223;
		p[i] = (char)(x >> 24);
	}
}

/* Fails if any size near a chunk's edge does not come back, armored or not, or the overhead is not the format's: 16 bytes of nonce and 16 a
 * chunk. */
TEST(seal_goes_there_and_back_at_every_edge)
{
	static const size_t sizes[] = {0, 1, 15, 47, 48, 49, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK - 1, 2 * CHUNK, 2 * CHUNK + 1, 3 * CHUNK + 777};
	struct seal_identity id = identity(1);
	struct seal_keys keys = {.ids = &id, .n = 1};
	struct errinfo e;
	for (size_t i = 0; i < 2 * sizeof sizes / sizeof *sizes; i++) {
		size_t n = sizes[i / 2], chunks = n ? (n + CHUNK - 1) / CHUNK : 1;
		struct seal_to to = {.recipients = &id.to, .n = 1, .armor = i & 1};
		struct buf plain = BUF_INIT(1 * MIB), sealed = BUF_INIT(1 * MIB), back = BUF_INIT(1 * MIB);
		fill(&plain, n);
		CHECK_OK(seal_str(&to, seed, buf_str(&plain), &sealed, &e));
		if (!to.armor) {
			ptrdiff_t mac = str_find(buf_str(&sealed), STR("\n--- "));
			CHECK(sealed.n == (size_t)mac + 5 + 43 + 1 + 16 + n + 16 * chunks);
		}
		CHECK_OK(seal_open_str(&keys, buf_str(&sealed), &back, &e));
		CHECK_STR(buf_str(&back), buf_str(&plain));
		buf_done(&plain);
		buf_done(&sealed);
		buf_done(&back);
	}
	seal_identity_done(&id);
}

/* Fails if the pieces that seal_put gets change the file, or the same seed gives another file, or another seed the same. */
TEST(seal_depends_on_seed_and_bytes_alone)
{
	struct seal_identity id = identity(1);
	struct seal_to to = {.recipients = &id.to, .n = 1};
	struct errinfo e;
	struct buf plain = BUF_INIT(1 * MIB), whole = BUF_INIT(1 * MIB), other = BUF_INIT(1 * MIB);
	const uint8_t other_seed[32] = {43};
	fill(&plain, 2 * CHUNK + 100);
	CHECK_OK(seal_str(&to, seed, buf_str(&plain), &whole, &e));
	static const size_t pieces_of[] = {1000, 27000, CHUNK / 2, CHUNK - 1, CHUNK, CHUNK + 1};
	for (size_t i = 0; i < sizeof pieces_of / sizeof *pieces_of; i++) {
		size_t piece = pieces_of[i];
		struct buf pieces = BUF_INIT(1 * MIB);
		struct seal *s;
		CHECK_OK(seal_new(&to, seed, sink_to_buf(&pieces), &s, &e));
		struct sink in = seal_sink(s);
		for (size_t at = 0; at < plain.n; at += piece)
			CHECK_OK(in.write(in.ctx, str_sub(buf_str(&plain), at, at + piece), &e));
		CHECK_OK(seal_end(s, &e));
		seal_free(s);
		CHECK(str_eq(buf_str(&pieces), buf_str(&whole)));
		buf_done(&pieces);
	}
	CHECK_OK(seal_str(&to, other_seed, buf_str(&plain), &other, &e));
	CHECK(other.n == whole.n && memcmp(other.p + other.n - 1000, whole.p + whole.n - 1000, 1000) != 0);
	buf_done(&plain);
	buf_done(&whole);
	buf_done(&other);
}

/* Fails if one changed bit anywhere, or one missing or added byte at the end, gives a whole file; or a failure's code is not the promised one. */
TEST(seal_opens_nothing_that_was_changed)
{
	struct seal_identity id = identity(1);
	struct seal_to to = {.recipients = &id.to, .n = 1};
	struct seal_keys keys = {.ids = &id, .n = 1};
	struct errinfo e;
	struct buf sealed = BUF_INIT(10 * KIB), back = BUF_INIT(10 * KIB);
	CHECK_OK(seal_str(&to, seed, STR("a report"), &sealed, &e));
	for (size_t i = 0; i < sealed.n * 8; i++) {
		sealed.p[i / 8] ^= (char)(1 << i % 8);
		enum err err = seal_open_str(&keys, buf_str(&sealed), &back, &e);
		CHECKF(err == ERR_SYNTAX || err == ERR_INVALID || err == ERR_VERSION || err == ERR_DENIED || err == ERR_VERIFY, "bit %zu: %s", i,
		    err_name(err));
		CHECK(back.n == 0);
		sealed.p[i / 8] ^= (char)(1 << i % 8);
	}
	for (size_t n = 0; n < sealed.n; n++) {
		enum err err = seal_open_str(&keys, str_sub(buf_str(&sealed), 0, n), &back, &e);
		CHECKF(err == (n < sealed.n - 16 - 8 ? ERR_SYNTAX : ERR_VERIFY) && back.n == 0, "cut to %zu: %s", n, err_name(err));
	}
	buf_putc(&sealed, 'x');
	CHECK_ERR(seal_open_str(&keys, buf_str(&sealed), &back, &e), ERR_VERIFY);
	buf_done(&sealed);
	buf_done(&back);
}

/* Fails if a reader among several is left out, one who was not named can read, or the most readers are not enough. */
TEST(seal_for_many_readers_and_no_other)
{
	struct seal_recipient to[LIMIT_POUCH_RECIPIENTS + 1];
	struct seal_identity ids[LIMIT_POUCH_RECIPIENTS + 1];
	struct errinfo e;
	struct buf sealed = BUF_INIT(64 * KIB), back = BUF_INIT(1 * KIB);
	for (size_t i = 0; i <= LIMIT_POUCH_RECIPIENTS; i++) {
		ids[i] = identity((uint8_t)(100 + i));
		to[i] = ids[i].to;
	}
	struct seal_to all = {.recipients = to, .n = LIMIT_POUCH_RECIPIENTS};
	CHECK_OK(seal_str(&all, seed, STR("for all"), &sealed, &e));
	for (size_t i = 0; i < LIMIT_POUCH_RECIPIENTS; i++) {
		buf_clear(&back);
		CHECK_OK(seal_open_str(&(struct seal_keys){.ids = &ids[i], .n = 1}, buf_str(&sealed), &back, &e));
		CHECK_STR(buf_str(&back), STR("for all"));
	}
	CHECK_ERR(seal_open_str(&(struct seal_keys){.ids = &ids[LIMIT_POUCH_RECIPIENTS], .n = 1}, buf_str(&sealed), &back, &e), ERR_DENIED);
	CHECK_ERR(seal_open_str(&(struct seal_keys){.passphrase = STR("x")}, buf_str(&sealed), &back, &e), ERR_DENIED);
	CHECK_ERR(seal_open_str(&(struct seal_keys){0}, buf_str(&sealed), &back, &e), ERR_DENIED);
	/* a file's reader may hold many keys, the right one last */
	CHECK_OK(seal_open_str(&(struct seal_keys){.ids = ids + 10, .n = LIMIT_POUCH_RECIPIENTS + 1 - 10}, buf_str(&sealed), &back, &e));
	all.n++;
	CHECK_ERR(seal_str(&all, seed, STR(""), &sealed, &e), ERR_LIMIT);
	all.n = 0;
	CHECK_ERR(seal_str(&all, seed, STR(""), &sealed, &e), ERR_INVALID);
	memset(&to[3], 0, sizeof to[3]);
	all.n = 4;
	size_t before = sealed.n;
	CHECK_ERR(seal_str(&all, seed, STR(""), &sealed, &e), ERR_INVALID);
	CHECK(sealed.n == before);
	buf_done(&sealed);
	buf_done(&back);
}

/* Fails if the passphrase does not matter, a file may ask for any amount of work, or passphrase and keys can stand together. */
TEST(seal_with_a_passphrase)
{
	struct seal_identity id = identity(1);
	struct seal_to to = {.passphrase = STR("tigris-euphrates"), .work = 6};
	struct seal_keys keys = {.passphrase = STR("tigris-euphrates"), .ids = &id, .n = 1};
	struct errinfo e;
	struct buf sealed = BUF_INIT(10 * KIB), back = BUF_INIT(1 * KIB);
	CHECK_OK(seal_str(&to, seed, STR("secret"), &sealed, &e));
	CHECK_OK(seal_open_str(&keys, buf_str(&sealed), &back, &e));
	CHECK_STR(buf_str(&back), STR("secret"));
	keys.passphrase = STR("tigris-euphrate");
	CHECK_ERR(seal_open_str(&keys, buf_str(&sealed), &back, &e), ERR_DENIED);
	CHECK_STR(str_of(e.msg), STR("the passphrase is wrong"));
	keys.passphrase = STR_NONE;
	CHECK_ERR(seal_open_str(&keys, buf_str(&sealed), &back, &e), ERR_DENIED);
	keys.passphrase = to.passphrase;
	keys.max_work = 5;
	CHECK_ERR(seal_open_str(&keys, buf_str(&sealed), &back, &e), ERR_INVALID);
	CHECK(str_find(str_of(e.hint), STR("work factor is 6 and at most 5")) >= 0);
	to.work = LIMIT_SEAL_WORK + 1;
	CHECK_ERR(seal_str(&to, seed, STR(""), &sealed, &e), ERR_INVALID);
	to.work = -1;
	CHECK_ERR(seal_str(&to, seed, STR(""), &sealed, &e), ERR_INVALID);
	to = (struct seal_to){.passphrase = STR("x"), .work = 6, .recipients = &id.to, .n = 1};
	CHECK_ERR(seal_str(&to, seed, STR(""), &sealed, &e), ERR_INVALID);
	buf_done(&sealed);
	buf_done(&back);
}

/* Fails if a stranger's header may be any length, or an unlikely beginning is read far before it is refused. */
TEST(seal_header_has_a_limit)
{
	struct seal_identity id = identity(1);
	struct seal_keys keys = {.ids = &id, .n = 1};
	struct errinfo e;
	struct buf long_header = BUF_INIT(1 * MIB), back = BUF_INIT(1 * KIB);
	buf_puts(&long_header, "age-encryption.org/v1\n");
	while (long_header.n < 300 * KIB)
		buf_puts(&long_header, "-> grease\nAAAA\n");
	CHECK_ERR(seal_open_str(&keys, buf_str(&long_header), &back, &e), ERR_LIMIT);
	CHECK_ERR(seal_open_str(&keys, STR("age-encryption.org/v1\n--- AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n"), &back, &e), ERR_SYNTAX);
	CHECK(str_find(str_of(e.msg), STR("for nobody")) > 0);
	CHECK_ERR(seal_open_str(&keys, STR("%PDF-1.7"), &back, &e), ERR_SYNTAX);
	CHECK_ERR(seal_open_str(&keys, STR("age-encryption.org/v2\n-> X"), &back, &e), ERR_VERSION);
	buf_done(&long_header);
	buf_done(&back);
}

/* Fails if the white space around an armored file, which the format leaves open, may be of any length. */
TEST(seal_armor_has_a_limit)
{
	struct seal_identity id = identity(1);
	struct seal_keys keys = {.ids = &id, .n = 1};
	struct seal_to to = {.recipients = &id.to, .n = 1, .armor = true};
	struct errinfo e;
	for (int i = 0; i < 4; i++) {
		size_t before = LIMIT_ARMOR_BLANKS + (i == 1), after = LIMIT_ARMOR_BLANKS - 1 + (i == 2);
		struct buf file = BUF_INIT(10 * KIB), back = BUF_INIT(1 * KIB);
		while (file.n < before)
			buf_putc(&file, ' ');
		CHECK_OK(seal_str(&to, seed, STR("text"), &file, &e));
		size_t n = file.n;
		while (file.n < n + after)
			buf_putc(&file, '\n');
		/* the mark's own line end is not counted, so one more blank is put than its limit to pass it */
		if (i == 2)
			buf_putc(&file, ' ');
		CHECK_ERR(seal_open_str(&keys, buf_str(&file), &back, &e), i == 1 || i == 2 ? ERR_SYNTAX : OK);
		buf_done(&file);
		buf_done(&back);
	}
}

/* Fails if a key's text is not the format's (the pair was made by age-keygen 1.1.1), does not come back, or a wrong one is taken or quoted. */
TEST(seal_keys_are_stock_ones)
{
	struct seal_identity id;
	struct seal_recipient r;
	struct errinfo e;
	struct buf b = BUF_INIT(200);
	crypto_init();
	CHECK_OK(seal_identity_parse(STR(" AGE-SECRET-KEY-1UAP0Q5Z7TQCRW87T4ZU3600Q9YTTZV0A82FVT97JSU047JKVDQPQM4X8E3\n"), &id, &e));
	seal_recipient_put(&b, &id.to);
	CHECK_STR(buf_str(&b), STR("age1a2j2zzvhxuwpp864jze6cswzdp7ge66eygecyrczy0sqkm9zy9us9zyymz"));
	CHECK_OK(seal_recipient_parse(buf_str(&b), &r, &e));
	CHECK(memcmp(&r, &id.to, sizeof r) == 0);
	b.p[10] = b.p[10] == 'q' ? 'p' : 'q';
	CHECK_ERR(seal_recipient_parse(buf_str(&b), &r, &e), ERR_SYNTAX);
	buf_clear(&b);
	CHECK_ERR(seal_identity_parse(STR("age-secret-key-1uap0q5z7tqcrw87t4zu3600q9yttzv0a82fvt97jsu047jkvdqpqm4x8e3"), &id, &e), ERR_SYNTAX);
	seal_identity_put(&b, &id);
	CHECK_STR(buf_str(&b), STR("AGE-SECRET-KEY-1UAP0Q5Z7TQCRW87T4ZU3600Q9YTTZV0A82FVT97JSU047JKVDQPQM4X8E3"));
	CHECK_ERR(seal_recipient_parse(buf_str(&b), &r, &e), ERR_SYNTAX);
	b.p[20] = b.p[20] == 'Q' ? 'P' : 'Q';
	CHECK_ERR(seal_identity_parse(buf_str(&b), &id, &e), ERR_SYNTAX);
	CHECK(str_find(str_of(e.msg), str_sub(buf_str(&b), 16, 30)) < 0 && str_find(str_of(e.hint), str_sub(buf_str(&b), 16, 30)) < 0);
	buf_clear(&b);
	seal_recipient_put(&b, &(struct seal_recipient){{0}});
	CHECK_ERR(seal_recipient_parse(buf_str(&b), &r, &e), ERR_INVALID);
	CHECK_ERR(seal_recipient_parse(STR("age1"), &r, &e), ERR_SYNTAX);
	seal_identity_done(&id);
	for (size_t i = 0; i < sizeof id; i++)
		CHECK(((const uint8_t *)&id)[i] == 0);
	seal_identity_done(NULL);
	buf_done(&b);
}

/* A sink that fails at its nth byte, a source that fails at its nth, and what they were asked. */
struct broken {
	struct str rest;
	size_t left, calls;
};

static enum err
write_broken(void *ctx, struct str bytes, struct errinfo *e)
{
	struct broken *b = ctx;
	b->calls++;
	if (bytes.n > b->left)
		return err_set(e, ERR_FULL, "the disk is full");
	b->left -= bytes.n;
	return OK;
}

static enum err
read_broken(void *ctx, void *p, size_t cap, size_t *ret_n, struct errinfo *e)
{
	struct broken *b = ctx;
	struct source s = source_of_str(&b->rest);
	if (b->left == 0)
		return err_set(e, ERR_IO, "the stick was pulled out");
	enum err err = s.read(s.ctx, p, cap < b->left ? cap : b->left, ret_n, e);
	b->left -= *ret_n;
	return err;
}

/* Fails if a fault of the stream below is lost, changed, or the failed one goes on as if nothing was. */
TEST(seal_passes_on_faults_of_its_streams)
{
	struct seal_identity id = identity(1);
	struct seal_keys keys = {.ids = &id, .n = 1};
	struct errinfo e;
	struct buf plain = BUF_INIT(1 * MIB);
	fill(&plain, 2 * CHUNK + 5);
	for (int armor = 0; armor <= 1; armor++) {
		struct seal_to to = {.recipients = &id.to, .n = 1, .armor = armor};
		struct buf sealed = BUF_INIT(1 * MIB), back = BUF_INIT(1 * MIB);
		CHECK_OK(seal_str(&to, seed, buf_str(&plain), &sealed, &e));
		for (size_t at = 0; at < sealed.n; at += at < 400 ? 1 : 9973) {
			struct broken out = {.left = at};
			struct seal *s = NULL;
			enum err err = seal_new(&to, seed, (struct sink){&out, write_broken}, &s, &e);
			if (!err && (err = seal_put(s, buf_str(&plain), &e))) {
				size_t calls = out.calls;
				CHECK_ERR(seal_put(s, STR("more"), &e), ERR_FULL);
				CHECK_ERR(seal_end(s, &e), ERR_FULL);
				CHECK(out.calls == calls);
			} else if (!err) {
				err = seal_end(s, &e);
			}
			CHECK(err == ERR_FULL);
			seal_free(s);

			struct broken in = {buf_str(&sealed), at, 0};
			struct seal_open *o = NULL;
			uint64_t n = 0;
			buf_clear(&back);
			err = seal_open_new(&keys, (struct source){&in, read_broken}, &o, &e);
			if (!err) {
				err = source_copy(seal_open_source(o), sink_to_buf(&back), UINT64_MAX, &n, &e);
				CHECK(back.n % CHUNK == 0 && back.n <= at && str_starts(buf_str(&plain), buf_str(&back)));
			}
			CHECK_ERR(err, ERR_IO);
			seal_open_free(o);
		}
		buf_done(&sealed);
		buf_done(&back);
	}
	buf_done(&plain);
}

static enum err
write_count(void *ctx, struct str bytes, struct errinfo *e)
{
	(void)e;
	*(uint64_t *)ctx += bytes.n;
	return bytes.n <= CHUNK + 16 ? OK : ERR_LIMIT;
}

/* Fails if sealing holds back more than one chunk, or writes more than one at once. */
TEST(seal_is_a_stream)
{
	struct seal_identity id = identity(1);
	struct seal_to to = {.recipients = &id.to, .n = 1};
	struct errinfo e;
	struct seal *s;
	uint64_t written = 0;
	struct buf piece = BUF_INIT(1 * MIB);
	fill(&piece, 1 * MIB);
	CHECK_OK(seal_new(&to, seed, (struct sink){&written, write_count}, &s, &e));
	uint64_t header = written;
	for (int i = 0; i < 16; i++) {
		CHECK_OK(seal_put(s, buf_str(&piece), &e));
		/* all but at most one chunk has left already */
		CHECK(written + CHUNK >= header + (uint64_t)(i + 1) * MIB);
	}
	CHECK_OK(seal_end(s, &e));
	CHECK(written == header + 16 * MIB + 256 * 16);
	seal_free(s);
	buf_done(&piece);
}

/* the stock program */

static void
put_file(const char *path, struct str s)
{
	FILE *f = fopen(path, "wb");
	CHECK(f && (s.n == 0 || fwrite(s.p, 1, s.n, f) == s.n) && fclose(f) == 0);
}

/* Fails if stock age does not open what we seal, or we what it seals: binary and armored, empty, a full chunk, more. */
TEST(seal_and_stock_age_open_each_other)
{
	if (system("age --version >/dev/null 2>&1 && age-keygen --version >/dev/null 2>&1") != 0)
		test_skip("no age program here");
	static const size_t sizes[] = {0, 1, CHUNK, 3 * CHUNK + 12345};
	char dir[] = "/tmp/comity-age-XXXXXX", cmd[512], path[64];
	struct errinfo e;
	struct buf text = BUF_INIT(4 * KIB), back = BUF_INIT(1 * MIB), to_text = BUF_INIT(100);
	crypto_init();
	CHECK(mkdtemp(dir));
	snprintf(cmd, sizeof cmd, "age-keygen -o %s/key 2>/dev/null", dir);
	CHECK(system(cmd) == 0);
	snprintf(path, sizeof path, "%s/key", dir);
	CHECK(test_read(path, &text));
	struct str rest = buf_str(&text), line;
	struct seal_identity ids[2] = {identity(1), identity(2)};
	while (str_line(&rest, &line))
		if (line.n && line.p[0] != '#')
			CHECK_OK(seal_identity_parse(line, &ids[1], &e));
	struct seal_recipient both[2] = {ids[0].to, ids[1].to};
	seal_recipient_put(&to_text, &ids[1].to);

	for (size_t i = 0; i < 2 * sizeof sizes / sizeof *sizes; i++) {
		bool armor = i & 1;
		struct buf plain = BUF_INIT(1 * MIB), sealed = BUF_INIT(1 * MIB);
		fill(&plain, sizes[i / 2]);
		CHECK_OK(seal_str(&(struct seal_to){.recipients = both, .n = 2, .armor = armor}, seed, buf_str(&plain), &sealed, &e));
		snprintf(path, sizeof path, "%s/ours", dir);
		put_file(path, buf_str(&sealed));
		snprintf(cmd, sizeof cmd, "age -d -i %s/key %s/ours >%s/back", dir, dir, dir);
		CHECK(system(cmd) == 0);
		snprintf(path, sizeof path, "%s/back", dir);
		CHECK(test_read(path, &back));
		CHECK(str_eq(buf_str(&back), buf_str(&plain)));

		snprintf(path, sizeof path, "%s/plain", dir);
		put_file(path, buf_str(&plain));
		snprintf(cmd, sizeof cmd, "age %s -r %.*s -o %s/theirs %s/plain", armor ? "-a" : "", STR_FMT(buf_str(&to_text)), dir, dir);
		CHECK(system(cmd) == 0);
		snprintf(path, sizeof path, "%s/theirs", dir);
		buf_clear(&sealed);
		CHECK(test_read(path, &sealed));
		buf_clear(&back);
		CHECK_OK(seal_open_str(&(struct seal_keys){.ids = ids, .n = 2}, buf_str(&sealed), &back, &e));
		CHECK(str_eq(buf_str(&back), buf_str(&plain)));
		buf_done(&plain);
		buf_done(&sealed);
	}
	snprintf(cmd, sizeof cmd, "rm -r %s", dir);
	CHECK(system(cmd) == 0);
	buf_done(&text);
	buf_done(&back);
	buf_done(&to_text);
}
