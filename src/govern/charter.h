/* charter: what the members of a centre have agreed on.
 *
 * A charter is canonical JSON (RFC 8785; doc/schema/charter.json): nothing else is taken, so that one charter has one text and one
 * SHA-256, by which it is named. The hash of the first one is the centre's id. This file knows one charter by itself; what may follow
 * on what is in chain.h, who signs it in vote.h. */
#ifndef GOVERN_CHARTER_H
#define GOVERN_CHARTER_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/limits.h"
#include "crypto/hash.h"
#include "govern/keys.h"

struct charter_member {
	struct str id; /* never used again for another, in any version */
	struct str name;
	bool departed; /* stays listed for good, since its number is in old circles */
	struct member_keys keys;
};

/* Who leads: order[k % n] in the k-th term; term k begins at time_plus(first, term, k). See rota.h. */
struct rota {
	uint8_t order[LIMIT_MEMBERS]; /* numbers of voting members, each once; not all need be here */
	size_t n;                     /* at least 1 */
	int64_t first;                /* midnight UTC of the first day of the first term */
	struct duration term;         /* whole days and months */
	struct str term_text;
};

/* A level's rank is its index. A member's own word for it is in national[], at most one per member. */
struct charter_national {
	int member;
	struct str name, abbr; /* "TOP SECRET", "TS" */
};
struct charter_level {
	struct str name, abbr;
	struct charter_national *national; /* by number of member */
	size_t nnational;
};

/* How many voting members a decision of this kind takes: more than half of them, at most all. "charter", "motion" and "product" are in
 * every charter. */
struct charter_quorum {
	struct str kind; /* [a-z][a-z-]{0,31} */
	int need;
};

struct charter_circle {
	struct str name; /* [A-Z][A-Z0-9-]{1,31}, not ALL, no member's id in capitals */
	uint64_t members;
};

/* A duty of the lead. Exactly one of three rules says when it is due; see duty.h. */
enum duty_rule { DUTY_EVERY, DUTY_AFTER, DUTY_BEFORE };
struct charter_duty {
	struct str text;
	enum duty_rule rule;
	struct duration span; /* every span within the term; span after its start; span before its end */
	struct str span_text;
};

struct charter {
	struct str name;
	uint32_t version;               /* 1 is the founding one */
	struct hash previous;           /* all zero in version 1 */
	int64_t from;                   /* takes effect; microseconds UTC */
	struct charter_member *members; /* index = number; the departed included */
	size_t nmember;
	uint64_t observers; /* members who neither vote nor lead nor are of ALL: they get what is released to a circle that names them */
	struct rota rota;
	struct charter_level *levels;
	size_t nlevel;                  /* 0 = the centre uses TLP alone */
	struct charter_quorum *quorums; /* by kind */
	size_t nquorum;
	struct charter_circle *circles; /* by name; may be none */
	size_t ncircle;
	struct charter_duty *duties;
	size_t nduty;
	struct duration dispute; /* how long what was withdrawn stays sealed as evidence */
	struct str dispute_text;

	/* made by charter_parse */
	uint64_t present;              /* not departed */
	uint64_t voting;               /* present and no observer */
	uint8_t sorted[LIMIT_MEMBERS]; /* numbers of all members in the order of their ids */
	struct str bytes;              /* the canonical text */
	struct hash hash;              /* SHA-256 of it */
};

/* Reads the canonical text of a charter. All of *ret lives in a, bytes included (a copy), and is not to be changed. ERR_SYNTAX: no
 * JSON; ERR_INVALID: not canonical, an unknown or missing field, or a rule broken (named); ERR_LIMIT: over a ceiling; ERR_VERSION: a
 * format newer than this. *ret is untouched on failure. */
enum err charter_parse(struct str text, struct arena *a, struct charter *ret, struct errinfo *e) MUST_USE;

/* Writes the canonical text of c at the end of b, from its stated fields (what charter_parse makes is not read). What it wrote has
 * passed charter_parse: a proposal that breaks a rule is refused here, and b is as it was. Lists may stand in any order in c where the
 * format sorts them (identities, quorums, circles, national words). */
enum err charter_write(const struct charter *c, struct buf *b, struct errinfo *e) MUST_USE;

/* Number of the member with this id, or -1. Ids in capitals are not found. */
int charter_find(const struct charter *c, struct str id);
/* Number of the member that signs charters with this root key, or -1. */
int charter_find_root(const struct charter *c, const uint8_t root[static GOVERN_KEY]);

/* The quorum of a kind, or 0 if this charter names no such kind. */
int charter_quorum(const struct charter *c, struct str kind);
/* Whether these members reach it. Those who do not vote are not counted; an unknown kind is never reached. */
bool charter_reaches(const struct charter *c, struct str kind, uint64_t members);

/* What members compare aloud before they sign or trust: 8 groups of 5 digits of the charter's hash, or of a root key, as crypto's
 * fingerprint makes them. */
void charter_fingerprint(const struct charter *c, struct buf *b);
void charter_root_fingerprint(const struct charter *c, int member, struct buf *b);

#endif
