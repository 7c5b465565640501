/* form: reading JSON objects whose fields are all known, strictly. Inside govern only.
 *
 * Each reader looks up one field of obj and says in its error which. Views are those of the tree. Where a value could be written in two
 * ways, one is taken. */
#ifndef GOVERN_FORM_H
#define GOVERN_FORM_H

#include "govern/vote.h"
#include "json/dom.h"
#include "json/write.h"

/* obj is an object that has every field of must, perhaps some of may (names separated by blanks), and no other. */
enum err form_object(const struct json *obj, const char *must, const char *may, struct errinfo *e) MUST_USE;
/* An array of lo to hi elements. */
enum err form_array(const struct json *obj, const char *key, size_t lo, size_t hi, const struct json **ret, struct errinfo *e) MUST_USE;
/* an object of so many */
enum err form_members(const struct json *obj, const char *key, size_t lo, size_t hi, const struct json **ret, struct errinfo *e) MUST_USE;
enum err form_text(const struct json *obj, const char *key, size_t max, struct str *ret, struct errinfo *e) MUST_USE; /* govern_text_ok */
enum err form_count(const struct json *obj, const char *key, int64_t lo, int64_t hi, uint32_t *ret, struct errinfo *e) MUST_USE;
enum err form_hex(const struct json *obj, const char *key, uint8_t ret[static 32], struct errinfo *e) MUST_USE; /* 64 lower-case digits */
enum err form_sig(const struct json *obj, const char *key, uint8_t ret[static 64], struct errinfo *e) MUST_USE; /* base64 */
enum err form_time(const struct json *obj, const char *key, int64_t *ret, struct errinfo *e) MUST_USE;          /* as time_put writes it */
enum err form_day(const struct json *obj, const char *key, int64_t *ret, struct errinfo *e) MUST_USE;           /* "2015-10-01" */
/* longer than nothing */
enum err form_span(const struct json *obj, const char *key, struct duration *ret, struct str *ret_text, struct errinfo *e) MUST_USE;
enum err form_id(const struct json *obj, const char *key, struct str *ret, struct errinfo *e) MUST_USE; /* of a member */

void form_put_hex(struct json_writer *w, const char *key, const uint8_t bytes[static 32]);
void form_put_sig(struct json_writer *w, const char *key, const uint8_t sig[static 64]);
void form_put_time(struct json_writer *w, const char *key, int64_t t);
void form_put_day(struct json_writer *w, const char *key, int64_t t);
/* Brings a JSON text into canonical form, at the end of b. */
enum err form_canonical(struct str text, struct buf *b, struct errinfo *e) MUST_USE;

/* The fields of struct member_keys, which charters and cards share: names of those that must and may be there, and both directions. */
#define FORM_KEYS_MUST "age counter epoch log root"
#define FORM_KEYS_MAY "identities revoked_from tls url"
enum err keys_read(const struct json *obj, struct arena *a, struct member_keys *ret, struct errinfo *e) MUST_USE;
void keys_put(struct json_writer *w, const struct member_keys *k);
bool keys_same(const struct member_keys *a, const struct member_keys *b); /* in all fields */

/* Reads a charter out of a tree whose text is canonical; raw is that node's text. */
enum err charter_read(const struct json *obj, struct str raw, struct arena *a, struct charter *ret, struct errinfo *e) MUST_USE;
/* The same for a vote. */
enum err vote_read(const struct json *obj, struct vote *ret, struct errinfo *e) MUST_USE;

/* Parses canonical JSON of at most max bytes from a copy in a. *ret_text is the copy. */
enum err
form_parse(struct str text, size_t max, const char *what, struct arena *a, struct str *ret_text, const struct json **ret, struct errinfo *e) MUST_USE;

#endif
