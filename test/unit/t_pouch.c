/* Pouches: what goes in, that it comes out whole, and what a damaged or foreign one does. */
#include "sim/disk.h"

#include <unistd.h>

#include "share/pouch.h"
#include "t_share.h"

enum { TEXT_MAX = 64 * MIB };

#define BOTH (M(IRQ) | M(RUS))
#define THREE (M(IRQ) | M(RUS) | M(SYR))

static struct seal_identity
age_key(int member)
{
	uint8_t seed[32];
	struct seal_identity id;
	govern_seed('a', (size_t)member, 0, seed);
	seal_identity_init(&id, seed);
	return id;
}

static void
pack(struct place *from, uint64_t to, const struct pouch_options *o, struct buf *out, struct pouch_report *r)
{
	struct errinfo e = {0};
	buf_clear(out);
	CHECK_OK(pouch_pack(from->s, from->c, to, o, sink_to_buf(out), r, &e));
}

/* Opens with the reader's key and takes in what is there. */
static enum err
take(struct place *to, struct str sealed, struct fetch_report *r, struct errinfo *e)
{
	struct seal_identity id = age_key(to->member);
	struct seal_keys keys = {.ids = &id, .n = 1};
	struct pouch *p;
	struct transport t;
	memset(r, 0, sizeof *r);
	enum err err = pouch_open(&keys, source_of_str(&sealed), STR("a pouch"), &p, &t, e);
	if (err)
		return err;
	struct hash centre = pouch_centre(p);
	CHECK(hash_eq(&centre, &to->c->id));
	err = share_fetch(to->s, to->c, &t, NULL, r, e);
	if (!err)
		err = pouch_finish(p, NULL, e);
	pouch_free(p);
	return err;
}

static bool
same(struct place *a, struct place *b, uint64_t circle, int author)
{
	struct buf x = BUF_INIT(TEXT_MAX), y = BUF_INIT(TEXT_MAX);
	place_text(a, circle, author, &x);
	place_text(b, circle, author, &y);
	bool yes = str_eq(buf_str(&x), buf_str(&y));
	buf_done(&x);
	buf_done(&y);
	return yes;
}

/* Fails if bytes differ, if a recipient gets what another recipient may not have, or if somebody else can open it. */
TEST(a_pouch_brings_what_all_recipients_may_have)
{
	static struct place irq, rus, syr;
	struct buf sealed = BUF_INIT(TEXT_MAX);
	struct pouch_report r;
	struct fetch_report f;
	struct errinfo e = {0};
	place_new(&irq, IRQ);
	place_new(&rus, RUS);
	place_new(&syr, SYR);
	place_release(&irq, THREE, "for three", 2);
	place_release(&irq, BOTH, "for two", 3);
	place_release(&irq, M(IRQ), "own", 1);
	pack(&irq, M(RUS) | M(SYR), NULL, &sealed, &r);
	CHECK(r.logs == 1 && r.entries == 1);
	CHECK_OK(take(&rus, buf_str(&sealed), &f, &e));
	CHECK(f.entries == 1 && f.objects == 2 && !f.refused);
	CHECK_OK(take(&syr, buf_str(&sealed), &f, &e));
	CHECK(f.entries == 1 && same(&irq, &syr, THREE, IRQ) && same(&irq, &rus, THREE, IRQ));
	CHECK(!place_log(&rus, BOTH, IRQ).no);
	pack(&irq, M(RUS), NULL, &sealed, &r);
	CHECK(r.logs == 2);
	CHECK_OK(take(&rus, buf_str(&sealed), &f, &e));
	CHECK(f.entries == 1 && f.objects == 3 && same(&irq, &rus, BOTH, IRQ));
	CHECK_ERR(take(&syr, buf_str(&sealed), &f, &e), ERR_DENIED);
	CHECK_ERR(pouch_pack(irq.s, irq.c, M(IRQ), NULL, sink_to_buf(&sealed), &r, &e), ERR_DENIED);
	CHECK_ERR(pouch_pack(irq.s, irq.c, M(7), NULL, sink_to_buf(&sealed), &r, &e), ERR_DENIED);
	buf_done(&sealed);
	place_done(&irq);
	place_done(&rus);
	place_done(&syr);
}

/* Several bundles, several logs, new ones in between; each pouch by itself and those that leave out what is known. Fails if anything that a direct
 * fetch would bring is missing. */
TEST(pouches_after_one_another)
{
	static struct place irq, rus;
	struct buf sealed = BUF_INIT(TEXT_MAX);
	struct pouch_report r;
	struct fetch_report f;
	struct errinfo e = {0};
	struct share_appended done;
	static const unsigned more[] = {300, 1, 211, 2, 600};
	uint64_t whole = 0;
	place_new(&irq, IRQ);
	place_new(&rus, RUS);
	for (size_t i = 0; i < sizeof more / sizeof *more; i++) {
		irq.now += TIME_HOUR;
		rus.now = irq.now;
		struct pouch_options o = {.since = TIME_MIN, .known = i == 2 || i == 4 ? M(RUS) : 0};
		if (i == 3)
			o.since = irq.now;
		for (unsigned k = 0; k < more[i]; k++)
			CHECK_OK(place_append(&irq, k % 3 ? BOTH : THREE, "many", 1, &done, &e));
		CHECK_OK(share_sign_all(irq.s, &e));
		pack(&irq, M(RUS), &o, &sealed, &r);
		CHECKF(i < 2 || i == 4 || r.entries <= more[i], "pouch %zu holds %llu entries", i, (unsigned long long)r.entries);
		CHECK_OK(take(&rus, buf_str(&sealed), &f, &e));
		CHECKF(f.entries == more[i] && !f.refused && !f.pending, "pouch %zu: %llu of %u new, %u refused: %s", i,
		    (unsigned long long)f.entries, more[i], f.refused, f.last.msg);
		whole += more[i];
		place_fetch(&irq, &rus, &f); /* the countersignatures go back */
		CHECK(f.cosigs > 0);
	}
	CHECK(place_log(&rus, BOTH, IRQ).edge.size + place_log(&rus, THREE, IRQ).edge.size == whole);
	CHECK(same(&irq, &rus, BOTH, IRQ) && same(&irq, &rus, THREE, IRQ));
	buf_done(&sealed);
	place_done(&irq);
	place_done(&rus);
}

/* A payload that was missing comes out of a pouch, although its bundle lies before it. */
TEST(a_pouch_brings_missing_payloads)
{
	static struct place irq, rus, syr;
	struct buf sealed = BUF_INIT(TEXT_MAX);
	struct pouch_report r;
	struct fetch_report f;
	struct errinfo e = {0};
	place_new(&irq, IRQ);
	place_new(&rus, RUS);
	place_new(&syr, SYR);
	for (int i = 0; i < 5; i++)
		place_release(&irq, THREE, "some", 2);
	struct pouch_options late = {.since = irq.now};
	pack(&irq, M(RUS), &late, &sealed, &r);
	CHECK(r.entries == 1);
	CHECK_OK(take(&rus, buf_str(&sealed), &f, &e));
	CHECK(f.entries == 5 && f.pending == 4 && f.objects == 2);
	place_release(&irq, THREE, "more", 1);
	pack(&irq, M(RUS), NULL, &sealed, &r);
	CHECK_OK(take(&rus, buf_str(&sealed), &f, &e));
	CHECK(f.entries == 1 && f.objects == 9 && !f.pending);
	CHECK(same(&irq, &rus, THREE, IRQ));
	buf_done(&sealed);
	place_done(&irq);
	place_done(&rus);
	place_done(&syr);
}

/* Two histories that come by hand are found out as those that come by wire are. */
TEST(a_fork_in_a_pouch)
{
	static struct place irq, forger, rus;
	struct buf sealed = BUF_INIT(TEXT_MAX);
	struct pouch_report r;
	struct fetch_report f;
	struct errinfo e = {0};
	static const unsigned common[] = {1, 255, 256, 300};
	for (size_t i = 0; i < sizeof common / sizeof *common; i++) {
		place_new(&irq, IRQ);
		place_new(&rus, RUS);
		for (unsigned k = 0; k < common[i]; k++)
			place_release(&irq, BOTH, "common", 1);
		place_copy(&forger, &irq);
		place_release(&irq, BOTH, "left", 1);
		place_release(&forger, BOTH, "right", 1);
		place_release(&forger, BOTH, "right", 1);
		rus.now = forger.now;
		place_fetch(&rus, &irq, &f);
		CHECK(f.entries == common[i] + 1);
		pack(&forger, M(RUS), NULL, &sealed, &r);
		CHECK_OK(take(&rus, buf_str(&sealed), &f, &e));
		CHECKF(f.forks == 1, "after %u: %s", common[i], f.last.msg);
		place_done(&irq);
		place_done(&forger);
		place_done(&rus);
	}
	buf_done(&sealed);
}

/* Every byte of a sealed pouch changed, and the file cut at every length, in turn. Fails if it is taken as whole. */
TEST(damaged_pouches_are_told)
{
	static struct place irq, rus;
	struct buf sealed = BUF_INIT(TEXT_MAX);
	struct pouch_report r;
	struct fetch_report f;
	struct errinfo e = {0};
	place_new(&irq, IRQ);
	place_new(&rus, RUS);
	place_release(&irq, BOTH, "one", 1);
	pack(&irq, M(RUS), NULL, &sealed, &r);
	for (size_t i = 0; i < sealed.n; i += i < 400 ? 7 : 61) {
		sealed.p[i] ^= 4;
		CHECKF(take(&rus, buf_str(&sealed), &f, &e) != OK, "byte %zu", i);
		sealed.p[i] ^= 4;
		CHECKF(take(&rus, str_sub(buf_str(&sealed), 0, i), &f, &e) != OK, "cut at %zu", i);
	}
	CHECK(!place_log(&rus, BOTH, IRQ).no || same(&irq, &rus, BOTH, IRQ));
	CHECK_OK(take(&rus, buf_str(&sealed), &f, &e));
	CHECK(same(&irq, &rus, BOTH, IRQ));
	buf_done(&sealed);
	place_done(&irq);
	place_done(&rus);
}

/* Stock age opens it, and what it gives is a pouch too. */
TEST(stock_age_opens_it)
{
	static struct place irq, rus;
	struct buf sealed = BUF_INIT(TEXT_MAX), plain = BUF_INIT(TEXT_MAX), key = BUF_INIT(256);
	struct pouch_report r;
	struct fetch_report f;
	struct errinfo e = {0};
	struct seal_identity id = age_key(RUS);
	char dir[] = "/tmp/t_pouch.XXXXXX", path[64], cmd[256];
	if (system("command -v age >/dev/null 2>&1"))
		test_skip("no age on this machine");
	CHECK(mkdtemp(dir));
	place_new(&irq, IRQ);
	place_new(&rus, RUS);
	place_release(&irq, BOTH, "one", 40);
	pack(&irq, M(RUS), NULL, &sealed, &r);
	seal_identity_put(&key, &id);
	static const char *const names[] = {"key", "pouch", "plain"};
	for (int i = 0; i < 2; i++) {
		snprintf(path, sizeof path, "%s/%s", dir, names[i]);
		FILE *out = fopen(path, "wb");
		struct buf *b = i ? &sealed : &key;
		CHECK(out && fwrite(b->p, 1, b->n, out) == b->n && !fclose(out));
	}
	snprintf(cmd, sizeof cmd, "age -d -i %s/key -o %s/plain %s/pouch", dir, dir, dir);
	CHECK(system(cmd) == 0);
	snprintf(path, sizeof path, "%s/plain", dir);
	CHECK(test_read(path, &plain));
	for (int i = 0; i < 3; i++) {
		snprintf(path, sizeof path, "%s/%s", dir, names[i]);
		unlink(path);
	}
	rmdir(dir);
	CHECK(plain.n == r.bytes);
	struct str rest = buf_str(&plain);
	struct pouch *p;
	struct transport t;
	CHECK_OK(pouch_open_plain(source_of_str(&rest), STR("plain"), &p, &t, &e));
	CHECK_OK(share_fetch(rus.s, rus.c, &t, NULL, &f, &e));
	CHECK_OK(pouch_finish(p, NULL, &e));
	pouch_free(p);
	CHECK(f.objects == 40 && same(&irq, &rus, BOTH, IRQ));
	buf_done(&sealed);
	buf_done(&plain);
	buf_done(&key);
	place_done(&irq);
	place_done(&rus);
}
