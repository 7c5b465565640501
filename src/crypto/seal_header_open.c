/* A header is read whole (it is small and bounded), then every line is checked, known stanzas also inside, before any of it is believed. The
 * order of refusals: form, rules, no reader of ours, MAC. */
#include <inttypes.h>
#include <sodium.h>
#include <string.h>

#include "crypto/seal_int.h"

enum { COLUMNS = 64 };

/* where in the header, for messages */
struct place {
	struct str rest;
	uint64_t line;
};

/* A stanza: its line cut in words, and its body as far as it matters: the first 32 bytes and how many there were. */
struct stanza {
	struct str type, args; /* args: what follows the type, words parted by single blanks */
	uint8_t body[WRAPPED_LEN];
	size_t body_n;
};

static enum err
fault(const struct place *at, struct errinfo *e, enum err code, const char *what)
{
	enum err err = err_set(e, code, "age header: line %" PRIu64 " %s", at->line, what);
	err_place(e, at->line, 1, 0);
	return err;
}

enum err
seal_header_read(struct seal_in *in, struct buf *ret, struct errinfo *e)
{
	static const char version[] = SEAL_VERSION "\n";
	const struct str prefix = STR("age-encryption.org/");
	size_t line = 0; /* where the current line begins */
	for (;;) {
		int c;
		enum err err = seal_in_byte(in, &c, e);
		if (err)
			return err;
		if (ret->n < prefix.n && (c < 0 || c != prefix.p[ret->n]))
			return err_set(e, ERR_SYNTAX, "age header: this is not an age file%s", ret->n ? "" : " (nor an armored one)");
		if (c < 0)
			return err_set(e, ERR_SYNTAX, "age header: the file ends inside it: it was cut short");
		buf_putc(ret, (char)c);
		if (!buf_ok(ret))
			return ret->bad == ERR_LIMIT ? err_set(e, ERR_LIMIT, "age header: longer than %d bytes", LIMIT_SEAL_HEADER) : err_nomem(e);
		if (c == '\r')
			return err_set(e, ERR_SYNTAX, "age header: a carriage return: something turned its line ends into CRLF on the way");
		if (ret->n < sizeof version && ret->p[ret->n - 1] != version[ret->n - 1])
			return err_set(e, ERR_VERSION, "age header: a version of age that is not known here: only " SEAL_VERSION " is");
		if (c != '\n')
			continue;
		if (ret->n - line >= 4 && memcmp(ret->p + line, "---", 3) == 0)
			return OK;
		line = ret->n;
	}
}

/* The next line; every line of a header ends with \n alone. */
static bool
next(struct place *at, struct str *ret)
{
	at->line++;
	return str_cut(at->rest, '\n', ret, &at->rest);
}

static bool
from_base64(struct str s, uint8_t *out, size_t cap, size_t *ret_n)
{
	return sodium_base642bin(out, cap, s.p, s.n, NULL, ret_n, NULL, sodium_base64_VARIANT_ORIGINAL_NO_PADDING) == 0;
}

static enum err
parse_words(const struct place *at, struct str line, struct stanza *ret, struct errinfo *e)
{
	struct str rest, word;
	if (!str_starts(line, STR("-> ")))
		return fault(at, e, ERR_SYNTAX, "begins neither a stanza (\"-> \") nor the MAC (\"--- \")");
	rest = str_sub(line, 3, line.n);
	str_cut(rest, ' ', &ret->type, &ret->args);
	do {
		bool more = str_cut(rest, ' ', &word, &rest);
		if (word.n == 0)
			return fault(at, e, ERR_SYNTAX, "has an empty word");
		for (size_t i = 0; i < word.n; i++)
			if (word.p[i] < '!' || word.p[i] > '~')
				return fault(at, e, ERR_SYNTAX, "has a byte that is not printable ASCII");
		if (!more)
			break;
	} while (true);
	return OK;
}

/* A body is lines of 64 characters and then a shorter one, which may be empty. */
static enum err
parse_body(struct place *at, struct stanza *ret, struct errinfo *e)
{
	struct str line;
	ret->body_n = 0;
	do {
		uint8_t bytes[COLUMNS / 4 * 3];
		size_t n;
		if (!next(at, &line))
			return fault(at, e, ERR_SYNTAX, "is missing: a stanza's body must end with a short line");
		if (line.n > COLUMNS)
			return fault(at, e, ERR_SYNTAX, "is longer than 64 characters");
		if (!from_base64(line, bytes, sizeof bytes, &n))
			return fault(at, e, ERR_SYNTAX, "is not base64 without padding in its one canonical form");
		if (ret->body_n < sizeof ret->body)
			memcpy(ret->body + ret->body_n, bytes, n < sizeof ret->body - ret->body_n ? n : sizeof ret->body - ret->body_n);
		ret->body_n += n;
	} while (line.n == COLUMNS);
	return OK;
}

/* What has been found so far. */
struct search {
	const struct seal_keys *keys;
	size_t stanzas, scrypts;
	bool found;
	uint8_t file_key[FILE_KEY_LEN];
};

static enum err
try_x25519(const struct place *at, const struct stanza *s, struct search *f, struct errinfo *e)
{
	uint8_t share[32];
	size_t n;
	if (!from_base64(s->args, share, sizeof share, &n) || n != sizeof share)
		return fault(at, e, ERR_INVALID, "is an X25519 stanza whose argument is not one share of 32 bytes");
	if (s->body_n != WRAPPED_LEN)
		return fault(at, e, ERR_INVALID, "ends an X25519 stanza whose body is not 32 bytes");
	for (size_t i = 0; i < f->keys->n && !f->found; i++) {
		enum seal_try t = seal_unwrap_x25519(&f->keys->ids[i], share, s->body, f->file_key);
		if (t == SEAL_BAD_SHARE)
			return fault(at, e, ERR_INVALID, "ends an X25519 stanza whose share is a point of small order");
		f->found = t == SEAL_OPENED;
	}
	return OK;
}

static enum err
try_scrypt(const struct place *at, const struct stanza *s, struct search *f, struct errinfo *e)
{
	uint8_t salt[16];
	struct str salt_text, work_text;
	uint64_t work;
	size_t n;
	int asked = f->keys->max_work, max_work = asked > 0 && asked < LIMIT_SEAL_WORK ? asked : LIMIT_SEAL_WORK;
	if (!str_cut(s->args, ' ', &salt_text, &work_text) || !from_base64(salt_text, salt, sizeof salt, &n) || n != sizeof salt)
		return fault(at, e, ERR_INVALID, "ends a scrypt stanza whose arguments are not a salt of 16 bytes and a work factor");
	if (!str_u64(work_text, &work) || work == 0)
		return fault(at, e, ERR_INVALID, "ends a scrypt stanza whose work factor is not a plain number above 0");
	if (s->body_n != WRAPPED_LEN)
		return fault(at, e, ERR_INVALID, "ends a scrypt stanza whose body is not 32 bytes");
	if (work > (uint64_t)max_work) {
		enum err err = fault(at, e, ERR_INVALID, "ends a scrypt stanza that asks for more work than is done here");
		err_hint(e, "the work factor is %" PRIu64 " and at most %d is taken: ask its sender to seal it with less", work, max_work);
		return err;
	}
	if (f->keys->passphrase.n == 0)
		return OK;
	return seal_unwrap_scrypt(f->keys->passphrase, salt, (int)work, s->body, f->file_key, &f->found, e);
}

static enum err
no_match(const struct search *f, struct errinfo *e)
{
	bool asked = f->scrypts > 0;
	enum err err = asked && f->keys->passphrase.n ? err_set(e, ERR_DENIED, "the passphrase is wrong")
		     : asked                          ? err_set(e, ERR_DENIED, "it is sealed with a passphrase, and none was given")
						      : err_set(e, ERR_DENIED, "it is sealed for other readers: no key given here opens it");
	if (!asked)
		err_hint(e, "ask its sender to seal it for this member's recipient (age1…)");
	return err;
}

/* The line of the MAC, `--- ` and 43 characters; what it covers ends with its three hyphens. file_key may be
 * NULL: then only its form is checked. */
static enum err
check_mac(const struct place *at, struct str header, struct str line, const uint8_t *file_key, struct errinfo *e)
{
	uint8_t got[32], want[32], key[32];
	size_t n;
	if (!from_base64(str_sub(line, 4, line.n), got, sizeof got, &n) || n != sizeof got)
		return fault(at, e, ERR_SYNTAX, "is not a MAC of 32 bytes in base64 without padding");
	if (!file_key)
		return OK;
	seal_mac_key(file_key, key);
	seal_hmac(key, str_sub(header, 0, (size_t)(line.p - header.p) + 3), want);
	sodium_memzero(key, sizeof key);
	return sodium_memcmp(got, want, sizeof want) == 0 ? OK : fault(at, e, ERR_VERIFY, "has the wrong MAC: somebody changed the header");
}

static enum err
search(struct str header, struct search *f, struct errinfo *e)
{
	struct place at = {header, 0};
	struct str line;
	enum err err;
	next(&at, &line); /* the version, which seal_header_read has checked */
	while (next(&at, &line) && !str_starts(line, STR("---"))) {
		struct stanza s;
		if ((err = parse_words(&at, line, &s, e)) || (err = parse_body(&at, &s, e)))
			return err;
		bool scrypt = str_is(s.type, "scrypt");
		f->stanzas++;
		f->scrypts += scrypt;
		/* before any costly work: a header with hundreds of them must not cost hundreds of times */
		if (f->scrypts && f->stanzas > 1)
			return fault(&at, e, ERR_INVALID, "ends a stanza that stands beside a scrypt one, which must be alone");
		err = scrypt ? try_scrypt(&at, &s, f, e) : str_is(s.type, "X25519") ? try_x25519(&at, &s, f, e) : OK;
		if (err)
			return err;
	}
	if (!str_starts(line, STR("--- ")))
		return fault(&at, e, ERR_SYNTAX, "is not \"--- \" and the MAC");
	if (f->stanzas == 0)
		return fault(&at, e, ERR_SYNTAX, "comes before any stanza: the file is for nobody");
	if ((err = check_mac(&at, header, line, f->found ? f->file_key : NULL, e)))
		return err;
	return f->found ? OK : no_match(f, e);
}

enum err
seal_header_open(struct str header, const struct seal_keys *keys, uint8_t ret_file_key[static FILE_KEY_LEN], struct errinfo *e)
{
	struct search f = {.keys = keys};
	enum err err = search(header, &f, e);
	if (!err)
		memcpy(ret_file_key, f.file_key, FILE_KEY_LEN);
	sodium_memzero(f.file_key, sizeof f.file_key);
	return err;
}
