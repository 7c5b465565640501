/* role: what an account may do. A set of roles; each grants some of the permissions (scopes), and a token at most those of its account.
 *
 *	reader                 read
 *	analyst                read, write
 *	releasing officer      read, write, release
 *	representative         read, write, release, govern
 *	administrator          admin alone: whoever looks after the node does not thereby read, write or release
 *
 * What of it may be read is not the role's but the clearance's (clear.h). The first five scopes are the classes of operations, in their order. */
#ifndef PEOPLE_ROLE_H
#define PEOPLE_ROLE_H

#include "base/buf.h"

#define ROLE_LIST(X)                             \
	X(ROLE_READER, "reader")                 \
	X(ROLE_ANALYST, "analyst")               \
	X(ROLE_OFFICER, "officer")               \
	X(ROLE_REPRESENTATIVE, "representative") \
	X(ROLE_ADMIN, "administrator")

enum role {
#define X(code, name) code##_NO,
	ROLE_LIST(X)
#undef X
#define X(code, name) code = 1 << code##_NO,
	    ROLE_LIST(X)
#undef X
};

#define SCOPE_LIST(X)                     \
	X(SCOPE_READ, "read")             \
	X(SCOPE_WRITE, "write")           \
	X(SCOPE_RELEASE, "release")       \
	X(SCOPE_GOVERN, "govern")         \
	X(SCOPE_ADMIN, "admin")           \
	X(SCOPE_TAXII_READ, "taxii:read") \
	X(SCOPE_TAXII_WRITE, "taxii:write")

enum scope {
#define X(code, name) code##_NO,
	SCOPE_LIST(X)
#undef X
#define X(code, name) code = 1 << code##_NO,
	    SCOPE_LIST(X)
#undef X
};

/* What a set of roles grants, as a set of scopes. */
unsigned role_scopes(unsigned roles);

/* One word; 0: it is none. */
unsigned role_named(struct str name);
unsigned scope_named(struct str name);
/* The names of a set, separated by a blank, in the order above. */
void role_put(struct buf *b, unsigned roles);
void scope_put(struct buf *b, unsigned scopes);

/* Whether this can be an account's name: [a-z][a-z0-9._-]{0,31}. */
bool account_name_ok(struct str name);

/* flags of an account */
enum {
	ACCOUNT_DISABLED = 1,
	ACCOUNT_FOUR_EYES = 2, /* its releases wait for a second person */
	ACCOUNT_ALL = 4,       /* cleared as the member itself is: for everything */
};

#endif
