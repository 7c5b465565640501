/* entry: a leaf of a log, read and written (doc/DESIGN.md, "Entry").
 *
 * One line of canonical JSON of at most LIMIT_ENTRY bytes. Writing gives only what reading takes; reading takes only the one spelling that writing
 * gives. Pure. */
#ifndef SHARE_ENTRY_H
#define SHARE_ENTRY_H

#include "base/arena.h"
#include "crypto/hash.h"
#include "label/label.h"
#include "stix/id.h"

enum entry_kind { ENTRY_OBJECTS = 1, ENTRY_RECALL, ENTRY_CONSENT, ENTRY_REQUEST, ENTRY_RECEIPT, ENTRY_FLAG, ENTRY_EPOCH };

struct entry_target {
	struct stix_id id;
	int64_t modified; /* microseconds; 0 = all versions */
};

enum entry_action { ENTRY_RECALLED = 1, ENTRY_CORRECTED, ENTRY_DOWNGRADED };

struct entry {
	enum entry_kind kind;
	struct hash charter;
	int64_t time;
	struct str position; /* "J2-3": capital letters, digits, hyphens, 1 to 16 */

	/* objects */
	struct label label; /* in a circle of several its circle is the log's and its owner the author; in the private log circle is the widest its
			       owner allows */
	uint64_t serial;    /* 0 in a private log */
	uint32_t count;     /* pieces; 0 = no payload */
	uint64_t size;      /* bytes of the payload */
	struct hash root;

	/* the other kinds; what a kind does not have is empty */
	enum entry_action action;     /* recall */
	struct entry_target *targets; /* recall: 1 to 32; request, consent: 1 (the object); flag: 1 (the product) */
	size_t ntargets;
	struct str reason;                  /* recall, consent, request, flag: 0 to 1024 bytes of text; only a recall must have one */
	struct stix_id replacement, source; /* recall; flag. type empty = none */
	uint64_t to;                        /* request, consent: a circle of this centre */
	bool granted;                       /* consent */
	struct hash of;                     /* receipt: leaf; consent: leaf of the request (zero = none) */
	struct str checkpoint;              /* epoch: the signed note of the last of the epoch before */
	bool gap;                           /* epoch: its author was restored, or its key revoked, and entries of the one before may be lost … */
	uint64_t held, after;               /* … holds so many of them, and goes on after this serial, whatever was lost */
};

/* What the log itself tells: needed both ways. */
struct entry_place {
	const struct label_policy *policy; /* of the charter that the entry names; for ids of members */
	uint64_t circle;
};

/* Appends the line. ERR_INVALID on a value that cannot be written, ERR_LIMIT above LIMIT_ENTRY. */
enum err entry_write(const struct entry *x, const struct entry_place *at, struct buf *b, struct errinfo *e) MUST_USE;
/* Views into line or a. ERR_SYNTAX / ERR_INVALID / ERR_LIMIT: a malformed leaf; the caller keeps it and goes on. */
enum err entry_read(struct str line, const struct entry_place *at, struct arena *a, struct entry *ret, struct errinfo *e) MUST_USE;
/* The charter's hash alone, to find the policy with. */
enum err entry_charter(struct str line, struct hash *ret, struct errinfo *e) MUST_USE;

/* Count, size and root alone of an entry of objects that entry_read has taken before, at a fraction of its cost. False if they are not there. */
bool entry_payload(struct str line, uint32_t *ret_count, uint64_t *ret_size, struct hash *ret_root);

const char *entry_kind_name(enum entry_kind k);
const char *entry_action_name(enum entry_action a);

/* What a receiver keeps although it breaks the rules of content (rules.h) has this as the number of its first piece and a count of 0: never an
 * object, shown as malformed. */
enum { ENTRY_MALFORMED = -1 };

/* pieces of a payload */

enum { PIECE_SALT = 32, PIECE_HEAD = PIECE_SALT + 4 };

/* salt, length, object: what is kept and hashed. Replaces what b held. */
enum err piece_make(const uint8_t salt[static PIECE_SALT], struct str object, struct buf *b, struct errinfo *e) MUST_USE;
/* The object in a piece; ERR_CORRUPT if lengths disagree. Its hash is merkle_leaf_of the whole piece. */
enum err piece_object(struct str piece, struct str *ret, struct errinfo *e) MUST_USE;

#endif
