/* merkle: notes, checkpoints, cosignatures. */
#include "base/limits.h"
#include "base/time.h"
#include "crypto/init.h"
#include "merkle/checkpoint.h"
#include "test.h"

#define NAME_B "EnochRoot"

/* The example of the Go package golang.org/x/mod/sumdb/note: two signers, by another implementation. */
static const char vkey_a[] = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
static const char vkey_b[] = NAME_B "+af0cfe78+ATtqJ7zOtqQtYqOo0CpvDXNlMhV3HeJDpjrASKGLWdop";
static const char go_note[] = "If you think cryptography is the answer to your problem,\n"
			      "then you don't know what your problem is.\n"
			      "\n"
			      "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
			      "— " NAME_B " rwz+eBzmZa0SO3NbfRGzPCpDckykFXSdeX+MNtCOXm2/5n2tiOHp+vAF1aGrQ5ovTG01oOTGwnWLox33WWd1RvMc+QQ=\n";

static struct sign_key
key_of(char c)
{
	struct sign_key k;
	uint8_t seed[SIGN_SEED_LEN];
	crypto_init();
	memset(seed, c, sizeof seed);
	sign_key_init(&k, seed);
	return k;
}

/* Fails if a note of another implementation does not verify, one changed letter does, or its keys do not come back from their text. */
TEST(note_of_another_implementation)
{
	struct errinfo e;
	struct merkle_note note;
	struct merkle_note_key a, b;
	struct buf t = BUF_INIT(4096);
	crypto_init();
	CHECK_OK(merkle_note_key_parse(str_of(vkey_a), &a, &e));
	CHECK_OK(merkle_note_key_parse(str_of(vkey_b), &b, &e));
	CHECK(a.type == MERKLE_NOTE_ED25519 && a.id == 0xc74f20a3);
	merkle_note_key_put(&t, &b);
	CHECK_STR(buf_str(&t), str_of(vkey_b));
	CHECK_OK(merkle_note_parse(str_of(go_note), &note, &e));
	CHECK(note.nsigs == 2);
	CHECK_STR(str_sub(note.text, note.text.n - 5, note.text.n), STR(" is.\n"));
	CHECK_OK(merkle_note_check(&note, &a, NULL, &e));
	CHECK_OK(merkle_note_check(&note, &b, NULL, &e));
	b.type = MERKLE_NOTE_COSIGNATURE;
	CHECK_ERR(merkle_note_check(&note, &b, NULL, &e), ERR_VERIFY);

	buf_clear(&t);
	buf_puts(&t, go_note);
	t.p[0] = 'i';
	CHECK_OK(merkle_note_parse(buf_str(&t), &note, &e));
	CHECK_ERR(merkle_note_check(&note, &a, NULL, &e), ERR_VERIFY);
	buf_done(&t);
}

/* A checkpoint of a public log as its witnesses countersigned it (Certificate Transparency, staging log arche2025h1, May 2026; four witnesses of
 * four operators, and a signature of the log of a type we do not know). Fails if a cosignature made by other programs does not hold, or holds
 * for another size. */
TEST(cosignatures_of_public_witnesses)
{
#define LOG "arche2025h1.staging.ct.transparency.dev"
	static const char first[] = LOG "\n1432088532\n";
	static const char rest[] =
	    "U7WM79jrzyhGZ5/GUBTpM7NzwdyfFx61t3RovgcC4Ro=\n\n"
	    "— " LOG " zTM8sQAAAZ5W0WdjBAMARjBEAiBjW5IQf9pvsYLfQFX6hoGREPMHbdQ3urbllzalApkptQIgIpwtEroeW2BXaHAI4kJXFbon5Ch9MNL5zRNZ55lvGt0=\n"
	    "— " LOG " ui8GwCF1+kWqZrxGdhj4aX3gcw7XUlXQQabg/27lefwhUkzbC3NygNI75MdhL1bfTW9g8Ei59RA23oHP7Ry1k3ZFWwQ=\n"
	    "— transparency.dev/DEV:witness-little-garden "
	    "2AQqhwAAAABqEiEgzgFIqqhbUoDwjMWE6UP8nd8/KYTzwZ2rhIgcqoXHAwVkjZr4AscylP3v7sEodkRAErumC2q44vdgJY096st5BQ==\n"
	    "— witness1.smartit.nu/witness1 "
	    "pIyCDwAAAABqEiEghIp82KWebrw7/oHQwlTAm3g2RKS4+eebl8eO0WH+/iEcxZ75W3u5hNI7TOQtmJbqmNWVuE0tgh0XwzdZsDsUAQ==\n"
	    "— remora.n621.de 2net5wAAAABqEiEgPlfF3V06o0Y+fHM+J5J9s27wgxxcOVSpZ/2g/KSiXCg9DEZI+aVCIobWX9sXTynk5XeU/zZ0WBxtqB0DrAWfBw==\n"
	    "— witness.stagemole.eu Z/euoAAAAABqEiEgw0i+7g2ENfDAWHmtRzCfKTHSDwYDJA2NmKeGi9Y8FtEyOUvVr+AJmIY/2TUFucgKi7lI7cUiOvKFYe/TmN9DAg==\n";
	static const char *const witnesses[] = {
	    "remora.n621.de+da77ade7+BOvN63jn/bLvkieywe8R6UYAtVtNbZpXh34x7onlmtw2",
	    "witness.stagemole.eu+67f7aea0+BEqSG3yu9YrmcM3BHvQYTxwFj3uSWakQepafafpUqklv",
	    "transparency.dev/DEV:witness-little-garden+d8042a87+BCtusOxINQNUTN5Oj8HObRkh2yHf/MwYaGX4CPdiVEPM",
	};
	struct errinfo e;
	struct merkle_note_key log, w;
	struct merkle_note note;
	struct merkle_checkpoint c;
	struct buf b = BUF_INIT(LIMIT_CHECKPOINT);
	crypto_init();
	CHECK_OK(merkle_note_key_parse(STR(LOG "+ba2f06c0+AU0vHmlGCS/PdN8b2OaGmKprLI8HKM+dJ472xgFYh15f"), &log, &e));
	buf_puts(&b, first);
	buf_puts(&b, rest);
	CHECK_OK(merkle_checkpoint_open(buf_str(&b), STR(LOG), &log.pub, &note, &c, &e));
	CHECK(note.nsigs == 6 && c.size == 1432088532);
	for (size_t i = 0; i < sizeof witnesses / sizeof witnesses[0]; i++) {
		int64_t t = 0;
		CHECK_OK(merkle_note_key_parse(str_of(witnesses[i]), &w, &e));
		CHECK(w.type == MERKLE_NOTE_COSIGNATURE);
		CHECK_OK(merkle_note_check(&note, &w, &t, &e));
		CHECK(t == INT64_C(0x6a122120) * TIME_SECOND);
		b.p[sizeof first - 3] ^= 1; /* the last digit of the size */
		CHECK_ERR(merkle_note_check(&note, &w, &t, &e), ERR_VERIFY);
		b.p[sizeof first - 3] ^= 1;
	}
	buf_done(&b);
}

/* Fails if one of these is taken for a verifier key. */
TEST(note_keys_are_read_strictly)
{
	static const char *const bad[] = {
	    "",
	    "PeterNeumann",
	    "PeterNeumann+c74f20a3",
	    "PeterNeumann+c74f20a3+",
	    "+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
	    "PeterNeumann+c74f20a+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
	    "PeterNeumann+c74f20a4+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
	    "PeterNeumann+c74f20a3+Ahpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
	    "Peter Neumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
	    "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TWAAAA",
	    "PeterNeumanN+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
	};
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		struct errinfo e;
		struct merkle_note_key k;
		CHECKF(merkle_note_key_parse(str_of(bad[i]), &k, &e) != OK, "taken: %s", bad[i]);
	}
}

TEST(note_names)
{
	static const char *const bad[] = {
	    "",
	    " ",
	    "a b",
	    "a+b",
	    "a\tb",
	    "a\nb",
	    "a\x01",
	    "\xff",
	    "a\xc2\xa0",
	    "\xe2\x80\x83",
	    "\xe3\x80\x80x",
	    "x\xe2\x80\xa8",
	    "\xc2\x85",
	};
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		CHECKF(merkle_note_name_check(str_of(bad[i]), NULL) == ERR_INVALID, "taken: %zu", i);
	CHECK(merkle_note_name_check(STR("comity/00/irn.irq/irq/0"), NULL) == OK);
	CHECK(merkle_note_name_check(STR("\xd8\xa8\xe2\x80\x8b\xe2\x82\xac"), NULL) == OK); /* U+200B is no White_Space */
}

#define SIG "— n AAAAAAA=\n"

/* Fails if a malformed note is taken, with the code beside it, or the line of the fault is not told. */
TEST(note_is_read_strictly)
{
	static const struct {
		struct str in;
		enum err want;
		uint64_t line;
	} cases[] = {
	    {STR_INIT("text\n\n" SIG), OK, 0},
	    {STR_INIT("\n\n" SIG), OK, 0},
	    {STR_INIT("a\n\nb\n\n" SIG SIG), OK, 0},
	    {STR_INIT(""), ERR_SYNTAX, 0},
	    {STR_INIT("\n"), ERR_SYNTAX, 0},
	    {STR_INIT("\n\n"), ERR_SYNTAX, 0},
	    {STR_INIT("text\n"), ERR_SYNTAX, 0},
	    {STR_INIT("text\n\n"), ERR_SYNTAX, 0},
	    {STR_INIT("\n" SIG), ERR_SYNTAX, 0},
	    {STR_INIT("text\n\n" SIG "\n"), ERR_SYNTAX, 0},
	    {STR_INIT("text\n\n— n AAAAAAA="), ERR_SYNTAX, 0},
	    {STR_INIT("text\n\n" SIG "- n AAAAAAA=\n"), ERR_SYNTAX, 4},
	    {STR_INIT("text\n\n—  AAAAAAA=\n"), ERR_SYNTAX, 3},
	    {STR_INIT("text\n\n— n AAAAAA==\n"), ERR_SYNTAX, 3}, /* an id and nothing more */
	    {STR_INIT("text\n\n— n AAAAAAB=\n"), ERR_SYNTAX, 3}, /* bits that count for nothing */
	    {STR_INIT("text\n\n— n AAAAAAA=x\n"), ERR_SYNTAX, 3},
	    {STR_INIT("text\n\n— n AAAA AAA=\n"), ERR_SYNTAX, 3},
	    {STR_INIT("text\n\n— n+m AAAAAAA=\n"), ERR_SYNTAX, 3},
	    {STR_INIT("text\r\n\n" SIG), ERR_SYNTAX, 1},
	    {STR_INIT("a\nte\0xt\n\n" SIG), ERR_SYNTAX, 2},
	    {STR_INIT("a\n\xff\n\n" SIG), ERR_SYNTAX, 2},
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct errinfo e = {0};
		struct merkle_note n;
		enum err got = merkle_note_parse(cases[i].in, &n, &e);
		CHECKF(got == cases[i].want && (!got || e.line == cases[i].line), "case %zu: %s, line %u", i, err_name(got), (unsigned)e.line);
	}
}

/* Fails if 64 signatures are not taken, 65 are, or a note above its ceiling is. */
TEST(note_limits)
{
	struct errinfo e;
	struct merkle_note n;
	struct merkle_note_sig sig;
	struct buf b = BUF_INIT(64 * KIB), out = BUF_INIT(64 * KIB);
	buf_puts(&b, "text\n\n");
	for (int i = 0; i < 63; i++)
		buf_puts(&b, SIG);
	CHECK_OK(merkle_note_parse(buf_str(&b), &n, &e));
	CHECK_OK(merkle_note_sig_parse(STR("— m AAAAAAA=\n"), &sig, &e));
	CHECK_OK(merkle_note_add(&n, &sig, &out, &e));
	CHECK_OK(merkle_note_parse(buf_str(&out), &n, &e));
	CHECK(n.nsigs == 64);
	CHECK_STR(n.sigs[63].line, STR("— m AAAAAAA=\n"));
	CHECK_ERR(merkle_note_add(&n, &sig, &b, &e), ERR_CONFLICT);
	CHECK_OK(merkle_note_sig_parse(STR("— m AAAAAQA=\n"), &sig, &e)); /* same name, another id: another key */
	CHECK_ERR(merkle_note_add(&n, &sig, &b, &e), ERR_LIMIT);
	buf_puts(&out, SIG);
	CHECK_ERR(merkle_note_parse(buf_str(&out), &n, &e), ERR_LIMIT);
	buf_clear(&b);
	for (int i = 0; i < LIMIT_CHECKPOINT - 2 - (int)sizeof SIG + 1; i++)
		buf_putc(&b, 'x');
	buf_puts(&b, "\n\n" SIG);
	CHECK(b.n == LIMIT_CHECKPOINT);
	CHECK_OK(merkle_note_parse(buf_str(&b), &n, &e));
	CHECK_OK(merkle_note_sig_parse(STR("— m AAAAAAA=\n"), &sig, &e));
	CHECK_ERR(merkle_note_add(&n, &sig, &out, &e), ERR_LIMIT);
	buf_puts(&b, "\n");
	CHECK_ERR(merkle_note_parse(buf_str(&b), &n, &e), ERR_LIMIT);
	buf_done(&b);
	buf_done(&out);
}

/* The largest centre: the log of the circle of 64 members with the longest ids, signed by its author and countersigned
 * by all others under names that hold the centre's id. Fails if the ceiling of a note is below what a full centre
 * needs. */
TEST(note_of_the_largest_centre)
{
	static const char centre[] = "comity/4d6d8825a6bb689d459628312889dfbb0bcd41b5211d9e1ce768b0ff0309e562/";
	struct errinfo e;
	uint8_t seed[SIGN_SEED_LEN] = {1};
	struct sign_key k;
	struct merkle_note n;
	struct merkle_note_sig sig;
	struct buf origin = BUF_INIT(KIB), name = BUF_INIT(KIB), line = BUF_INIT(KIB);
	struct buf b = BUF_INIT(LIMIT_CHECKPOINT), more = BUF_INIT(LIMIT_CHECKPOINT);
	crypto_init();
	sign_key_init(&k, seed);
	buf_puts(&origin, centre);
	for (int i = 0; i < LIMIT_MEMBERS; i++)
		buf_printf(&origin, "%smember%02d", i ? "." : "", i);
	buf_puts(&origin, "/member00/18446744073709551615");
	struct merkle_checkpoint c = {.origin = buf_str(&origin), .size = UINT64_C(1) << LIMIT_LOG_SIZE_BITS};
	CHECK_OK(merkle_checkpoint_sign(&c, &k, &b, &e));
	for (int i = 1; i < LIMIT_MEMBERS; i++) {
		CHECK_OK(merkle_note_parse(buf_str(&b), &n, &e));
		buf_clear(&name);
		buf_clear(&line);
		buf_clear(&more);
		buf_printf(&name, "%smember%02d", centre, i);
		CHECK_OK(merkle_note_cosign(n.text, buf_str(&name), &k, TIME_MAX, &line, &e));
		CHECK_OK(merkle_note_sig_parse(buf_str(&line), &sig, &e));
		CHECK_OK(merkle_note_add(&n, &sig, &more, &e));
		buf_clear(&b);
		buf_put(&b, buf_str(&more));
	}
	CHECK_OK(merkle_note_parse(buf_str(&b), &n, &e));
	CHECK(n.nsigs == 64 && b.n < LIMIT_CHECKPOINT);
	buf_done(&origin);
	buf_done(&name);
	buf_done(&line);
	buf_done(&b);
	buf_done(&more);
}

#define ORIGIN "comity/4d6d8825a6bb689d459628312889dfbb0bcd41b5211d9e1ce768b0ff0309e562/irn.irq.rus.syr/irq/0"

static struct merkle_checkpoint
checkpoint(uint64_t size, const char *root_of)
{
	return (struct merkle_checkpoint){.origin = STR(ORIGIN), .size = size, .root = size ? hash_of(str_of(root_of)) : merkle_empty()};
}

/* Fails if what is signed does not open with its key and origin, or does with another; or extension lines are lost. */
TEST(checkpoint_signs_and_opens)
{
	struct errinfo e;
	struct sign_key k = key_of(1), other = key_of(2);
	struct sign_public pub = sign_key_public(&k), other_pub = sign_key_public(&other);
	struct merkle_checkpoint c = checkpoint(20852163, "x"), back;
	struct merkle_note note;
	struct buf b = BUF_INIT(LIMIT_CHECKPOINT);
	c.ext = STR("extra one\nextra two\n");
	CHECK_OK(merkle_checkpoint_sign(&c, &k, &b, &e));
	CHECK_OK(merkle_checkpoint_open(buf_str(&b), STR(ORIGIN), &pub, &note, &back, &e));
	CHECK(back.size == c.size && hash_eq(&back.root, &c.root) && note.nsigs == 1);
	CHECK_STR(back.ext, c.ext);
	CHECK_STR(note.sigs[0].name, STR(ORIGIN));
	CHECK_ERR(merkle_checkpoint_open(buf_str(&b), STR(ORIGIN), &other_pub, NULL, &back, &e), ERR_VERIFY);
	CHECK_ERR(merkle_checkpoint_open(buf_str(&b), STR("comity/other"), &pub, NULL, &back, &e), ERR_INVALID);
	for (size_t i = 0; i < note.text.n - 1; i++) { /* any byte of the text changed */
		b.p[i] ^= 1;
		CHECKF(merkle_checkpoint_open(buf_str(&b), STR(ORIGIN), &pub, NULL, &back, &e) != OK, "byte %zu", i);
		b.p[i] ^= 1;
	}
	CHECK_OK(merkle_checkpoint_open(buf_str(&b), STR(ORIGIN), &pub, NULL, &back, &e));
	sign_key_done(&k);
	sign_key_done(&other);
	buf_done(&b);
}

/* Fails if a text that says the same in other bytes, or is no checkpoint, is taken or signed. */
TEST(checkpoint_is_read_strictly)
{
#define ROOT "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
	static const struct {
		const char *in;
		enum err want;
	} cases[] = {
	    {"example.com/behind-the-sofa\n20852163\n" ROOT, OK},
	    {"o\n1\n" ROOT "ext\n", OK},
	    {"o\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n", OK},
	    {"o\n0\n" ROOT, ERR_INVALID},
	    {"o\n1099511627776\n" ROOT, OK},
	    {"o\n1099511627777\n" ROOT, ERR_LIMIT},
	    {"o\n18446744073709551616\n" ROOT, ERR_SYNTAX},
	    {"", ERR_SYNTAX},
	    {"\n1\n" ROOT, ERR_SYNTAX},
	    {"o\n01\n" ROOT, ERR_SYNTAX},
	    {"o\n+1\n" ROOT, ERR_SYNTAX},
	    {"o\n1 \n" ROOT, ERR_SYNTAX},
	    {"o\n\n" ROOT, ERR_SYNTAX},
	    {"o\n1\n", ERR_SYNTAX},
	    {"o\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=", ERR_SYNTAX},
	    {"o\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2J=\n", ERR_SYNTAX},
	    {"o\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I\n", ERR_SYNTAX},
	    {"o\n1\n" ROOT "\n", ERR_SYNTAX},
	    {"o\n1\n" ROOT "ext", ERR_SYNTAX},
	};
	struct errinfo e;
	struct buf b = BUF_INIT(LIMIT_CHECKPOINT);
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct merkle_checkpoint c;
		enum err got = merkle_checkpoint_parse(str_of(cases[i].in), &c, &e);
		CHECKF(got == cases[i].want, "case %zu: %s", i, err_name(got));
		if (got)
			continue;
		buf_clear(&b);
		merkle_checkpoint_put(&b, &c);
		CHECK_STR(buf_str(&b), str_of(cases[i].in));
	}
	struct sign_key k = key_of(1);
	struct merkle_checkpoint c = checkpoint(7, "x");
	buf_clear(&b);
	c.origin = STR("two\nlines");
	CHECK_ERR(merkle_checkpoint_sign(&c, &k, &b, &e), ERR_INVALID);
	c.origin = STR("o\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=");
	CHECK_ERR(merkle_checkpoint_sign(&c, &k, &b, &e), ERR_INVALID);
	c.origin = STR("a b");
	CHECK_ERR(merkle_checkpoint_sign(&c, &k, &b, &e), ERR_INVALID);
	c = checkpoint(7, "x");
	c.ext = STR("no end");
	CHECK(merkle_checkpoint_sign(&c, &k, &b, &e) != OK);
	c.ext = STR("\nfoo\n");
	CHECK(merkle_checkpoint_sign(&c, &k, &b, &e) != OK);
	CHECK(b.n == 0);
	buf_done(&b);
}

/* The verdict on a line made of these bytes. */
static void
check_line(const struct buf *raw, const char *name, struct str text, const struct merkle_note_key *key, enum err want)
{
	struct errinfo e;
	struct merkle_note_sig sig;
	struct buf line = BUF_INIT(KIB);
	int64_t t;
	buf_printf(&line, "— %s ", name);
	buf_base64(&line, buf_str(raw));
	buf_putc(&line, '\n');
	CHECK_OK(merkle_note_sig_parse(buf_str(&line), &sig, &e));
	CHECK_ERR(merkle_note_sig_check(text, &sig, key, &t, &e), want);
	buf_done(&line);
}

/* The bytes of a cosignature made here by hand from the specification's words. Fails if the message, key id or time are
 * encoded otherwise, a line of another time or text holds, or unknown lines disturb. */
TEST(cosignature_as_specified)
{
	struct errinfo e;
	struct sign_key log = key_of(1), w = key_of(3);
	struct sign_public pub = sign_key_public(&log), wpub = sign_key_public(&w);
	struct merkle_checkpoint c = checkpoint(5, "x"), back;
	struct merkle_note note;
	struct merkle_note_key wkey, log_as_witness;
	struct merkle_note_sig sig;
	struct buf b = BUF_INIT(LIMIT_CHECKPOINT), line = BUF_INIT(1024), m = BUF_INIT(1024), all = BUF_INIT(2 * LIMIT_CHECKPOINT);
	int64_t t = 0;
	CHECK_OK(merkle_checkpoint_sign(&c, &log, &b, &e));
	CHECK_OK(merkle_note_parse(buf_str(&b), &note, &e));
	CHECK_OK(merkle_note_cosign(note.text, STR("witness.example/w1"), &w, 1679315147 * TIME_SECOND + 999999, &line, &e));

	buf_puts(&m, "cosignature/v1\ntime 1679315147\n");
	buf_put(&m, note.text);
	struct signature s = sign_make(&w, buf_str(&m));
	struct buf id = BUF_INIT(256), raw = BUF_INIT(256), want = BUF_INIT(1024);
	buf_puts(&id, "witness.example/w1\n\x04");
	buf_put(&id, str_bytes(wpub.b, 32));
	struct hash h = hash_of(buf_str(&id));
	buf_put(&raw, str_bytes(h.b, 4));
	buf_put(&raw, STR("\0\0\0\0\x64\x18\x50\xcb"));
	buf_put(&raw, str_bytes(s.b, 64));
	buf_puts(&want, "— witness.example/w1 ");
	buf_base64(&want, buf_str(&raw));
	buf_puts(&want, "\n");
	CHECK_STR(buf_str(&line), buf_str(&want));

	CHECK_OK(merkle_note_sig_parse(buf_str(&line), &sig, &e));
	CHECK_OK(merkle_note_key_make(STR("witness.example/w1"), MERKLE_NOTE_COSIGNATURE, &wpub, &wkey, &e));
	CHECK_OK(merkle_note_sig_check(note.text, &sig, &wkey, &t, &e));
	CHECK(t == 1679315147 * TIME_SECOND);
	CHECK_ERR(merkle_note_check(&note, &wkey, &t, &e), ERR_NOTFOUND);
	CHECK_OK(merkle_note_add(&note, &sig, &all, &e));
	CHECK_OK(merkle_checkpoint_open(buf_str(&all), STR(ORIGIN), &pub, &note, &back, &e));
	t = 0;
	CHECK(note.nsigs == 2);
	CHECK_OK(merkle_note_check(&note, &wkey, &t, &e));
	CHECK(t == 1679315147 * TIME_SECOND);
	CHECK_ERR(merkle_note_add(&note, &sig, &all, &e), ERR_CONFLICT);

	/* another text */
	CHECK_ERR(merkle_note_sig_check(STR("x\n"), &sig, &wkey, &t, &e), ERR_VERIFY);
	/* the log's own plain signature is no cosignature of the same key */
	CHECK_OK(merkle_note_key_make(STR(ORIGIN), MERKLE_NOTE_COSIGNATURE, &pub, &log_as_witness, &e));
	CHECK_ERR(merkle_note_check(&note, &log_as_witness, &t, &e), ERR_NOTFOUND);

	/* the time in the line changed */
	raw.p[11] ^= 1;
	buf_clear(&want);
	buf_puts(&want, "— witness.example/w1 ");
	buf_base64(&want, buf_str(&raw));
	buf_puts(&want, "\n");
	CHECK_OK(merkle_note_sig_parse(buf_str(&want), &sig, &e));
	CHECK_ERR(merkle_note_sig_check(note.text, &sig, &wkey, &t, &e), ERR_VERIFY);
	/* one good and one bad line of one key: the note is refused */
	buf_put(&all, buf_str(&want));
	CHECK_OK(merkle_note_parse(buf_str(&all), &note, &e));
	CHECK_ERR(merkle_note_check(&note, &wkey, &t, &e), ERR_VERIFY);

	/* two good ones: the earlier time counts */
	buf_cut(&all, all.n - want.n);
	buf_clear(&line);
	CHECK_OK(merkle_note_cosign(note.text, STR("witness.example/w1"), &w, 1600000000 * TIME_SECOND, &line, &e));
	buf_put(&all, buf_str(&line));
	CHECK_OK(merkle_note_parse(buf_str(&all), &note, &e));
	CHECK_OK(merkle_note_check(&note, &wkey, &t, &e));
	CHECK(t == 1600000000 * TIME_SECOND);

	CHECK_ERR(merkle_note_cosign(note.text, STR("w"), &w, -1, &line, &e), ERR_INVALID);
	CHECK_ERR(merkle_note_cosign(STR("no end"), STR("w"), &w, 1, &line, &e), ERR_SYNTAX);

	/* well signed, but with a time that no calendar has */
	buf_clear(&m);
	buf_puts(&m, "cosignature/v1\ntime 9223372036854775807\n");
	buf_put(&m, note.text);
	s = sign_make(&w, buf_str(&m));
	buf_cut(&raw, 4);
	buf_be(&raw, INT64_MAX, 8);
	buf_put(&raw, str_bytes(s.b, sizeof s.b));
	check_line(&raw, "witness.example/w1", note.text, &wkey, ERR_VERIFY);
	/* the same of the last second there is */
	buf_clear(&m);
	buf_puts(&m, "cosignature/v1\ntime 253402300799\n");
	buf_put(&m, note.text);
	s = sign_make(&w, buf_str(&m));
	buf_cut(&raw, 4);
	buf_be(&raw, 253402300799, 8);
	buf_put(&raw, str_bytes(s.b, sizeof s.b));
	check_line(&raw, "witness.example/w1", note.text, &wkey, OK);
	/* a good plain signature, then the same with bytes between it and the id */
	s = sign_make(&log, note.text);
	CHECK_OK(merkle_note_key_make(STR(ORIGIN), MERKLE_NOTE_ED25519, &pub, &log_as_witness, &e));
	for (int junk = 0; junk <= 8; junk += 8) {
		buf_cut(&raw, 0);
		buf_be(&raw, log_as_witness.id, 4);
		buf_put(&raw, str_sub(STR("12345678"), 0, (size_t)junk));
		buf_put(&raw, str_bytes(s.b, sizeof s.b));
		check_line(&raw, ORIGIN, note.text, &log_as_witness, junk ? ERR_VERIFY : OK);
	}
	buf_done(&b);
	buf_done(&line);
	buf_done(&m);
	buf_done(&all);
	buf_done(&id);
	buf_done(&raw);
	buf_done(&want);
}
