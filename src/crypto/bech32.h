/* bech32: BIP 173 text for keys ("age1…", "AGE-SECRET-KEY-1…"), without that page's limit of 90 characters, as age uses it.
 *
 * Six characters of checksum find any four wrong ones. Upper or lower case, never mixed. */
#ifndef CRYPTO_BECH32_H
#define CRYPTO_BECH32_H

#include "base/buf.h"

#define BECH32_MAX 1024 /* characters; an age key has 62 or 74 */

/* Appends the text of bytes under the prefix hrp, which is lower case; upper turns all of it to capitals. hrp is 1 to 83 bytes of '!' to '~'
 * without capitals. */
void bech32_put(struct buf *b, struct str hrp, struct str bytes, bool upper);
/* False (ret untouched) unless s is the one text, in either case, of a whole number of bytes, at most cap, under hrp (lower case): right
 * checksum, zero padding bits. Runs in time that depends on s only through lookups in a small table: fine for a key a person types, no promise
 * beyond that. */
bool bech32_decode(struct str s, struct str hrp, void *out, size_t cap, size_t *ret_n);

#endif
