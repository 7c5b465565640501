/* pages: answers kept in memory, for those who ask for the same again and again. An answer stands for as long as nothing was changed in the home
 * (host_changes), and no longer than until the first date in it. What it is kept by must hold all that it depends on: the viewer's sight first. */
#ifndef API_PAGES_H
#define API_PAGES_H

#include "base/buf.h"
#include "crypto/hash.h"

struct pages;

struct page {
	struct str body;
	char first[32], last[32];    /* moments, as they are told; may be empty */
	char target[64], detail[64]; /* of the line for the audit trail */
	uint64_t changes;            /* as they were counted before it was made */
	int64_t until;               /* microseconds; not from then on */
};

enum err pages_new(size_t bytes, struct pages **ret, struct errinfo *e) MUST_USE; /* bytes: of the bodies, at most */
void pages_free(struct pages *p);                                                 /* takes NULL */
/* The page of that key, if it stands; to be let go. NULL: none. From any thread. */
const struct page *pages_find(struct pages *p, const struct hash *key, uint64_t changes, int64_t now);
void pages_let_go(void *page);
/* Copies it; without memory or room for it nothing is kept. */
void pages_keep(struct pages *p, const struct hash *key, const struct page *page);

#endif
