/* scan: a stream of JSON split into its objects, in bounded memory.
 *
 * The input is a bundle ({"type": "bundle", "objects": […]}: any object with a member of that name that is an array), an array of
 * objects, or objects one after another with blanks or line ends between (JSON lines), of any length; several bundles in a row too.
 * Each object is given as a view of its raw bytes with its place. What is inside an object is not judged here, only where it ends:
 * json_parse does that, and json_item_place then turns its error's place into one of the input.
 *
 * Damage costs as little as can be: an object over LIMIT_OBJECT, deeper than LIMIT_JSON_DEPTH, with brackets that do not match or a
 * string cut off by the end of its line is one item of kind JSON_SCAN_BAD. It ends where its braces balance, or before the next line
 * that begins as its own did (the same blanks, then a brace), whichever comes first. If there is neither, the rest is unreadable and
 * the scan ends with ERR_SYNTAX at the place of the fault. What is missing in a list is a bad item of no bytes; that of a comma stands
 * right behind the object before it, so that no mark divides the blanks of a line from the brace they indent.
 *
 * The result depends on the bytes alone, not on how the source cuts them. Memory: LIMIT_OBJECT and a read buffer. A byte order mark
 * at the start is passed over. */
#ifndef JSON_SCAN_H
#define JSON_SCAN_H

#include "base/err.h"
#include "base/stream.h"

struct json_scan;

enum json_scan_kind {
	JSON_SCAN_END,    /* the input is read to its end; again at each further call */
	JSON_SCAN_OBJECT, /* raw is one object */
	JSON_SCAN_MEMBER, /* of the bundle: key (decoded) and raw, its value, which has been checked to be JSON */
	JSON_SCAN_BAD,    /* something that is no object, or damaged: raw is its beginning (at most LIMIT_QUARANTINE), why says what and where */
};

/* Where a scan can go on: plain numbers to be stored. */
struct json_scan_mark {
	uint64_t offset;     /* bytes before it */
	uint64_t line;       /* from 1 */
	uint64_t line_start; /* offset of the first byte of that line */
	uint64_t index;      /* objects and bad items before it */
	uint64_t where;      /* inside what: opaque */
};

struct json_item {
	enum json_scan_kind kind;
	struct str key, raw;         /* valid until the next call */
	uint64_t offset, line, col;  /* of raw's first byte; line and col from 1, col in bytes */
	uint64_t size;               /* bytes in the input: raw.n, or more for a bad item */
	uint64_t index;              /* of objects and bad items alike, from 0; for a member the index of what comes next */
	struct json_scan_mark after; /* just after this item */
	uint64_t top;                /* values at the top of the input that have begun since the scan did: 1 in or at the first */
	bool listed;                 /* in a bundle's list or an array; else it stands by itself (or is a member) */
	struct errinfo why;          /* JSON_SCAN_BAD: fault and place in the input */
};

/* Starts a scan of what src gives; src.ctx must outlive it. list names the member that holds the objects, STR("objects") for STIX
 * and TAXII, and must outlive the scan too. from (may be NULL) is the `after` of an earlier scan of the same input with the same
 * list: src must then give the bytes from from->offset on, and all goes on as if it had not stopped (only that a member's key stands
 * twice in a bundle, or that its keys are too long together, is not seen across the mark). ERR_NOMEM; ERR_INVALID: from makes no sense. */
enum err json_scan_new(struct source src, struct str list, const struct json_scan_mark *from, struct json_scan **ret, struct errinfo *e) MUST_USE;
void json_scan_free(struct json_scan *s); /* takes NULL; leaves the source alone */

/* The next item. Fails with what the source failed with; with ERR_SYNTAX, ERR_INVALID or ERR_LIMIT where the rest is unreadable;
 * with ERR_NOMEM. Then *ret means nothing and every further call fails the same way. */
enum err json_scan_next(struct json_scan *s, struct json_item *ret, struct errinfo *e) MUST_USE;

/* e has a place within the raw bytes of an item: make it the place in the input. */
void json_item_place(const struct json_item *item, struct errinfo *e);

#endif
