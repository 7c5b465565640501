/* vote: signatures on a charter, and the file they are assembled in.
 *
 * A vote is made offline, with a root key, over the line "comity-charter/v1\n" followed by the charter's hash in lower-case
 * hexadecimal. It is a small canonical JSON text {"charter":"<hash>","member":"irq","sig":"<base64>"}, sent by any way. A signed
 * charter is {"charter":{…},"signatures":[vote, …]}, canonical, votes sorted by member and signature. */
#ifndef GOVERN_VOTE_H
#define GOVERN_VOTE_H

#include "crypto/sign.h"
#include "govern/charter.h"

struct vote {
	struct hash charter;
	struct str member;
	struct signature sig;
};

/* Signs the charter with this hash as `member`; appends the vote's text to b. */
enum err vote_make(const struct hash *charter, struct str member, const struct sign_key *root, struct buf *b, struct errinfo *e) MUST_USE;
/* Reads a vote's text; member is a view into a. Checks nothing but form. */
enum err vote_parse(struct str text, struct arena *a, struct vote *ret, struct errinfo *e) MUST_USE;
/* Whether the vote's signature holds under this key. */
bool vote_holds(const struct vote *v, const uint8_t root[static GOVERN_KEY]) MUST_USE;

struct signed_charter {
	struct charter charter;
	struct vote *votes; /* all name this charter and are by members it lists; none twice. Signatures are not yet checked (chain.h does) */
	size_t nvote;
};

/* Reads a signed charter; everything lives in a. Errors as of charter_parse. */
enum err signed_charter_parse(struct str text, struct arena *a, struct signed_charter *ret, struct errinfo *e) MUST_USE;

/* Puts a charter's text and votes (each a text as of vote_make) together at the end of b. A vote for another charter, by no member of
 * it, or whose signature holds neither under the member's root key there nor under the one in `previous` (NULL for a founding charter)
 * is refused, naming the member. The same vote given twice counts once. Whether they suffice is told by chain_add. */
enum err signed_charter_write(
    struct str charter, const struct charter *previous, const struct str votes[], size_t nvote, struct buf *b, struct errinfo *e) MUST_USE;

/* Who signed: *ret_old the members whose vote holds under their root key in previous (0 if that is NULL), *ret_new under the one in the
 * charter itself. A vote that holds under neither is ERR_VERIFY. */
enum err signed_charter_check(
    const struct signed_charter *s, const struct charter *previous, uint64_t *ret_old, uint64_t *ret_new, struct errinfo *e) MUST_USE;

#endif
