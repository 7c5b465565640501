#include "merkle/note.h"

#include <string.h>

#include "base/limits.h"
#include "base/time.h"
#include "crypto/hash.h"

#define DASH "\xe2\x80\x94 "                   /* em dash, space */
#define QUOTE(s) STR_FMT(str_sub((s), 0, 200)) /* for "%.*s" in a message */

enum {
	ED25519_BYTES = 4 + 64,
	COSIGNATURE_BYTES = 4 + 8 + 64,
};

static uint64_t
read_be(const unsigned char *p, size_t n)
{
	uint64_t v = 0;
	while (n--)
		v = v << 8 | *p++;
	return v;
}

/* The length of a Unicode blank at s, or 0: White_Space of Unicode 15, in UTF-8. */
static size_t
blank_at(struct str s)
{
	static const struct str wide[] = {
	    STR_INIT("\xc2\x85"),
	    STR_INIT("\xc2\xa0"),
	    STR_INIT("\xe1\x9a\x80"),
	    STR_INIT("\xe2\x80\xa8"),
	    STR_INIT("\xe2\x80\xa9"),
	    STR_INIT("\xe2\x80\xaf"),
	    STR_INIT("\xe2\x81\x9f"),
	    STR_INIT("\xe3\x80\x80"),
	};
	if (s.p[0] == ' ' || (s.p[0] >= '\t' && s.p[0] <= '\r'))
		return 1;
	for (size_t i = 0; i < sizeof wide / sizeof wide[0]; i++)
		if (str_starts(s, wide[i]))
			return wide[i].n;
	/* U+2000 to U+200A */
	return s.n >= 3 && str_starts(s, STR("\xe2\x80")) && (unsigned char)s.p[2] >= 0x80 && (unsigned char)s.p[2] <= 0x8a ? 3 : 0;
}

enum err
merkle_note_name_check(struct str name, struct errinfo *e)
{
	bool ok = name.n > 0 && str_utf8(name, NULL);
	for (size_t i = 0; ok && i < name.n; i++)
		ok = (unsigned char)name.p[i] >= ' ' && name.p[i] != '+' && !blank_at(str_sub(name, i, name.n));
	return ok ? OK : err_set(e, ERR_INVALID, "not the name of a key: \"%.*s\"", QUOTE(name));
}

static uint32_t
key_id(struct str name, enum merkle_note_type type, const struct sign_public *pub)
{
	char t[2] = {'\n', (char)type};
	struct sha256 s;
	sha256_init(&s);
	sha256_put(&s, name);
	sha256_put(&s, str_bytes(t, sizeof t));
	sha256_put(&s, str_bytes(pub->b, sizeof pub->b));
	struct hash h = sha256_end(&s);
	return (uint32_t)read_be(h.b, 4);
}

enum err
merkle_note_key_make(struct str name, enum merkle_note_type type, const struct sign_public *pub, struct merkle_note_key *ret, struct errinfo *e)
{
	enum err err = merkle_note_name_check(name, e);
	if (!err)
		*ret = (struct merkle_note_key){.name = name, .type = type, .id = key_id(name, type, pub), .pub = *pub};
	return err;
}

enum err
merkle_note_key_parse(struct str vkey, struct merkle_note_key *ret, struct errinfo *e)
{
	struct str name, hexid, base64;
	unsigned char id[4], key[33];
	struct sign_public pub;
	struct merkle_note_key k;
	size_t n;
	/* the base64 may hold a plus of its own: only the first two part the fields */
	if (!str_cut(vkey, '+', &name, &base64) || !str_cut(base64, '+', &hexid, &base64) || !hex_decode(hexid, id, sizeof id, &n) || n != sizeof id)
		return err_set(e, ERR_SYNTAX, "not a verifier key (name+id+key): %.*s", QUOTE(vkey));
	if (!base64_decode(base64, key, sizeof key, &n) || n != sizeof key)
		return err_set(e, ERR_SYNTAX, "the verifier key of %.*s is not 33 bytes in base64", QUOTE(name));
	if (key[0] != MERKLE_NOTE_ED25519 && key[0] != MERKLE_NOTE_COSIGNATURE)
		return err_set(e, ERR_INVALID, "the verifier key of %.*s is of type %u, which is not known here", QUOTE(name), key[0]);
	memcpy(pub.b, key + 1, sizeof pub.b);
	enum err err = merkle_note_key_make(name, key[0] == MERKLE_NOTE_ED25519 ? MERKLE_NOTE_ED25519 : MERKLE_NOTE_COSIGNATURE, &pub, &k, e);
	if (err)
		return err;
	if (k.id != read_be(id, 4))
		return err_set(e, ERR_INVALID, "the verifier key of %.*s has id %08x, not %.*s", QUOTE(name), k.id, STR_FMT(hexid));
	*ret = k;
	return OK;
}

void
merkle_note_key_put(struct buf *b, const struct merkle_note_key *key)
{
	char bytes[33];
	bytes[0] = (char)key->type;
	memcpy(bytes + 1, key->pub.b, sizeof key->pub.b);
	buf_put(b, key->name);
	buf_printf(b, "+%08x+", key->id);
	buf_base64(b, str_bytes(bytes, sizeof bytes));
}

/* UTF-8, and of control characters the newline alone. */
static enum err
check_characters(struct str s, struct errinfo *e)
{
	size_t at = 0, line = 1, start = 0;
	bool utf8 = str_utf8(s, &at);
	for (size_t i = 0; i < (utf8 ? s.n : at); i++) {
		if (s.p[i] == '\n') {
			line++;
			start = i + 1;
		} else if ((unsigned char)s.p[i] < ' ') {
			err_set(e, ERR_SYNTAX, "control character 0x%02x in a note", (unsigned char)s.p[i]);
			err_place(e, line, i - start + 1, i);
			return ERR_SYNTAX;
		}
	}
	if (utf8)
		return OK;
	err_set(e, ERR_SYNTAX, "a note that is not UTF-8");
	err_place(e, line, at - start + 1, at);
	return ERR_SYNTAX;
}

enum err
merkle_note_text_check(struct str text, struct errinfo *e)
{
	if (!str_ends(text, STR("\n")))
		return err_set(e, ERR_SYNTAX, "the text of a note does not end in a newline");
	return check_characters(text, e);
}

enum err
merkle_note_sig_parse(struct str line, struct merkle_note_sig *ret, struct errinfo *e)
{
	struct merkle_note_sig sig = {.line = line};
	unsigned char bytes[LIMIT_CHECKPOINT];
	struct str rest = line;
	size_t n;
	if (line.n > LIMIT_CHECKPOINT)
		return err_set(e, ERR_LIMIT, "a signature line of more than %d bytes", LIMIT_CHECKPOINT);
	if (!str_starts(rest, STR(DASH)) || !str_ends(rest, STR("\n")))
		return err_set(e, ERR_SYNTAX, "not a signature line");
	rest = str_sub(rest, sizeof DASH - 1, rest.n - 1);
	if (!str_cut(rest, ' ', &sig.name, &sig.base64) || merkle_note_name_check(sig.name, NULL))
		return err_set(e, ERR_SYNTAX, "a signature line without a proper key name");
	if (!base64_decode(sig.base64, bytes, sizeof bytes, &n) || n < 5)
		return err_set(e, ERR_SYNTAX, "the signature of %.*s is not a key id and more in base64", QUOTE(sig.name));
	sig.id = (uint32_t)read_be(bytes, 4);
	*ret = sig;
	return OK;
}

static size_t
count_lines(struct str s)
{
	size_t n = 0;
	for (size_t i = 0; i < s.n; i++)
		n += s.p[i] == '\n';
	return n;
}

enum err
merkle_note_parse(struct str bytes, struct merkle_note *ret, struct errinfo *e)
{
	if (bytes.n > LIMIT_CHECKPOINT)
		return err_set(e, ERR_LIMIT, "a note of %zu bytes (%d at most)", bytes.n, LIMIT_CHECKPOINT);
	enum err err = merkle_note_text_check(bytes, e);
	if (err)
		return err;
	size_t cut = 0; /* of the newline of the last empty line */
	for (size_t i = bytes.n - 1; i > 0 && !cut; i--)
		if (bytes.p[i] == '\n' && bytes.p[i - 1] == '\n')
			cut = i;
	if (!cut || cut + 1 == bytes.n)
		return err_set(e, ERR_SYNTAX, "a note without signatures");
	struct merkle_note note = {.bytes = bytes, .text = str_sub(bytes, 0, cut)};
	for (size_t from = cut + 1; from < bytes.n;) {
		struct str rest = str_sub(bytes, from, bytes.n), line;
		line = str_sub(rest, 0, (size_t)str_chr(rest, '\n') + 1);
		if (note.nsigs == MERKLE_NOTE_SIGS)
			return err_set(e, ERR_LIMIT, "a note of more than %d signatures", MERKLE_NOTE_SIGS);
		err = merkle_note_sig_parse(line, &note.sigs[note.nsigs], e);
		if (err) {
			err_place(e, count_lines(str_sub(bytes, 0, from)) + 1, 1, from);
			return err;
		}
		note.nsigs++;
		from += line.n;
	}
	*ret = note;
	return OK;
}

static void
cosigned_message(struct buf *b, struct str text, uint64_t seconds)
{
	buf_puts(b, "cosignature/v1\ntime ");
	buf_u64(b, seconds);
	buf_putc(b, '\n');
	buf_put(b, text);
}

static enum err
bad_signature(const struct merkle_note_sig *sig, struct errinfo *e)
{
	return err_set(e, ERR_VERIFY, "the signature of %.*s does not hold", QUOTE(sig->name));
}

enum err
merkle_note_sig_check(struct str text, const struct merkle_note_sig *sig, const struct merkle_note_key *key, int64_t *ret_time, struct errinfo *e)
{
	unsigned char bytes[COSIGNATURE_BYTES];
	size_t n;
	bool cosignature = key->type == MERKLE_NOTE_COSIGNATURE;
	if (sig->id != key->id || !str_eq(sig->name, key->name))
		return err_set(e, ERR_NOTFOUND, "not a signature of %.*s", QUOTE(key->name));
	if (!base64_decode(sig->base64, bytes, sizeof bytes, &n) || n != (cosignature ? COSIGNATURE_BYTES : ED25519_BYTES))
		return bad_signature(sig, e);
	struct signature s;
	memcpy(s.b, bytes + n - sizeof s.b, sizeof s.b);
	if (!cosignature)
		return sign_check(&key->pub, &s, text, NULL) ? bad_signature(sig, e) : OK;

	uint64_t seconds = read_be(bytes + 4, 8);
	char space[LIMIT_CHECKPOINT + 64]; /* no memory is asked for: callers ask whether it holds, and none is not no */
	struct buf b = {.p = space, .cap = sizeof space, .max = sizeof space};
	struct str message;
	cosigned_message(&b, text, seconds);
	enum err err = buf_take(&b, &message, e);
	if (!err && sign_check(&key->pub, &s, message, NULL))
		err = bad_signature(sig, e);
	if (!err && seconds > (uint64_t)(TIME_MAX / TIME_SECOND))
		err = err_set(e, ERR_VERIFY, "%.*s has signed for a time beyond all calendars", QUOTE(sig->name));
	if (!err && ret_time)
		*ret_time = (int64_t)seconds * TIME_SECOND;
	return err;
}

enum err
merkle_note_check(const struct merkle_note *note, const struct merkle_note_key *key, int64_t *ret_time, struct errinfo *e)
{
	int64_t first = TIME_NEVER;
	bool found = false;
	for (size_t i = 0; i < note->nsigs; i++) {
		const struct merkle_note_sig *sig = &note->sigs[i];
		int64_t t = TIME_NEVER;
		if (sig->id != key->id || !str_eq(sig->name, key->name))
			continue;
		enum err err = merkle_note_sig_check(note->text, sig, key, &t, e);
		if (err)
			return err;
		found = true;
		if (t < first)
			first = t;
	}
	if (!found)
		return err_set(e, ERR_NOTFOUND, "%.*s has not signed this note", QUOTE(key->name));
	if (ret_time && key->type == MERKLE_NOTE_COSIGNATURE)
		*ret_time = first;
	return OK;
}

static void
put_line(struct buf *b, const struct merkle_note_key *key, const uint64_t *seconds, const struct signature *s)
{
	char store[COSIGNATURE_BYTES];
	struct buf bytes = {.p = store, .cap = sizeof store, .max = sizeof store};
	buf_be(&bytes, key->id, 4);
	if (seconds)
		buf_be(&bytes, *seconds, 8);
	buf_put(&bytes, str_bytes(s->b, sizeof s->b));
	buf_puts(b, DASH);
	buf_put(b, key->name);
	buf_putc(b, ' ');
	buf_base64(b, buf_str(&bytes));
	buf_putc(b, '\n');
}

static enum err
signing_key(struct str text, struct str name, enum merkle_note_type type, const struct sign_key *key, struct merkle_note_key *ret, struct errinfo *e)
{
	struct sign_public pub = sign_key_public(key);
	enum err err = merkle_note_text_check(text, e);
	return err ? err : merkle_note_key_make(name, type, &pub, ret, e);
}

enum err
merkle_note_sign(struct str text, struct str name, const struct sign_key *key, struct buf *b, struct errinfo *e)
{
	struct merkle_note_key k;
	enum err err = signing_key(text, name, MERKLE_NOTE_ED25519, key, &k, e);
	if (err)
		return err;
	struct signature s = sign_make(key, text);
	put_line(b, &k, NULL, &s);
	return OK;
}

enum err
merkle_note_cosign(struct str text, struct str name, const struct sign_key *key, int64_t t, struct buf *b, struct errinfo *e)
{
	struct merkle_note_key k;
	enum err err = signing_key(text, name, MERKLE_NOTE_COSIGNATURE, key, &k, e);
	if (err)
		return err;
	if (t < 0 || t > TIME_MAX)
		return err_set(e, ERR_INVALID, "a cosignature cannot bear this time");
	uint64_t seconds = (uint64_t)(t / TIME_SECOND);
	struct buf m = BUF_INIT(text.n + 64);
	struct str message;
	cosigned_message(&m, text, seconds);
	err = buf_take(&m, &message, e);
	if (!err) {
		struct signature s = sign_make(key, message);
		put_line(b, &k, &seconds, &s);
	}
	buf_done(&m);
	return err;
}

enum err
merkle_note_add(const struct merkle_note *note, const struct merkle_note_sig *sig, struct buf *b, struct errinfo *e)
{
	for (size_t i = 0; i < note->nsigs; i++)
		if (note->sigs[i].id == sig->id && str_eq(note->sigs[i].name, sig->name))
			return err_set(e, ERR_CONFLICT, "%.*s has signed this note already", QUOTE(sig->name));
	if (note->nsigs >= MERKLE_NOTE_SIGS || note->bytes.n + sig->line.n > LIMIT_CHECKPOINT)
		return err_set(e, ERR_LIMIT, "the note has no room for one more signature");
	buf_put(b, note->bytes);
	buf_put(b, sig->line);
	return OK;
}
