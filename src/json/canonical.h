/* canonical: the one text that a JSON value has under RFC 8785 (JCS).
 *
 * No blanks, members in order of their keys' UTF-16 code units, strings escaped as little as possible, numbers as ECMAScript prints
 * the nearest double. What is signed or hashed is in this form, so that equal values are equal bytes. */
#ifndef JSON_CANONICAL_H
#define JSON_CANONICAL_H

#include "json/dom.h"

/* Appends the canonical text of j to out. Takes scratch for the sorting. ERR_INVALID: a number beyond the range of double; ERR_LIMIT
 * or ERR_NOMEM: out or scratch is spent. On failure out is as long as before (but may be bad). An integer of more than 53 bits comes
 * out rounded, as RFC 8785 has it. */
enum err json_canonical(const struct json *j, struct arena *scratch, struct buf *out, struct errinfo *e) MUST_USE;

/* Parses text as json_parse does and takes it only if it is canonical already, byte for byte: ERR_INVALID with the place of the
 * first byte that differs. */
enum err json_parse_canonical(struct arena *a, struct str text, const struct json **ret, struct errinfo *e) MUST_USE;

/* Order of keys by UTF-16 code units, for valid UTF-8: <0, 0, >0. */
int json_key_cmp(struct str a, struct str b);

#endif
