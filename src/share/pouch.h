/* pouch: what a peer would fetch, as one sealed file that goes by hand, one way (doc/DESIGN.md, "Pouch").
 *
 * An age file around "comity-pouch/v1\n" and records `<path>\n<length>\n<bytes>` in the order in which a fetch asks: `centre` (its id), `charters`,
 * `logs`, then log by log in the order of origin_order `fork`, `checkpoint`, the hash tiles but for full ones of level 0, then bundle by bundle the
 * full tile of level 0, the bundle, the payloads of its entries, and last `witnessed`. Stock age opens it; nothing in it is believed that is not
 * signed. Both ways are streams: memory is bounded by the largest reply. */
#ifndef SHARE_POUCH_H
#define SHARE_POUCH_H

#include "base/stream.h"
#include "crypto/seal.h"
#include "share/share.h"
#include "share/transport.h"

struct pouch_options {
	int64_t since;  /* entries that arrived here before this moment are left out; TIME_MIN = everything. The reader must hold them already */
	uint64_t known; /* members among the recipients of whom it is known what they hold (by their countersignatures): what every recipient is known
			   to hold is left out. 0 = none, the safe choice */
	bool (*progress)(
	    void *ctx, uint64_t bytes, struct str origin); /* may be NULL; false stops with ERR_STOPPED: the file is then not to be used */
	void *ctx;
};

struct pouch_report {
	uint32_t logs;
	uint64_t entries, bytes; /* bytes before sealing */
};

/* Writes the pouch of one centre for these members (as a set, not this home's own) to out, under the age recipients that the roster states now. Only
 * logs whose circle contains every recipient go in. ERR_DENIED: one of them is not present now, or in conflict about its keys. ERR_LIMIT: it would be
 * larger than LIMIT_POUCH. */
enum err pouch_pack(struct share *s, struct share_centre *centre, uint64_t recipients, const struct pouch_options *o, struct sink out,
    struct pouch_report *ret, struct errinfo *e) MUST_USE;

/* A transport over the decrypted stream, for share_fetch. It reads forward: a reply that was passed over is not had again from it (ERR_NOTFOUND; what
 * waits for that is had from the next pouch or peer). The source and keys' arrays must outlive it (the arrays not). Failures of seal_open_new;
 * ERR_SYNTAX: not a pouch. */
struct pouch;
/* The centre that it says it is of (nothing signed says so yet). */
struct hash pouch_centre(const struct pouch *p);
enum err pouch_open(
    const struct seal_keys *keys, struct source in, struct str name, struct pouch **ret, struct transport *ret_transport, struct errinfo *e) MUST_USE;
/* Reads what is left: only now is it known that the file is whole. ERR_VERIFY as of seal_open_read. *ret_bytes (may be NULL): read in all. */
enum err pouch_finish(struct pouch *p, uint64_t *ret_bytes, struct errinfo *e) MUST_USE;
void pouch_free(struct pouch *p); /* takes NULL */

/* The same over a plain stream (what age -d gave): tests, and those who decrypt elsewhere. */
enum err pouch_open_plain(struct source in, struct str name, struct pouch **ret, struct transport *ret_transport, struct errinfo *e) MUST_USE;

#endif
