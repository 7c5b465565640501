/* put: the parts of replies that several operations have, so that one thing looks the same everywhere. Each puts members into the object that is open
 * in w, or one value where it says so. */
#ifndef NODE_PUT_H
#define NODE_PUT_H

#include "node/op.h"

void put_time(struct json_writer *w, const char *key, int64_t t); /* null for TIME_NEVER and TIME_MIN */
void put_hash(struct json_writer *w, const char *key, const struct hash *h);
void put_id(struct json_writer *w, const char *key, struct stix_id id);
void put_circle(struct json_writer *w, const char *key, const struct share_centre *c, uint64_t circle);
void put_members(struct json_writer *w, const char *key, const struct share_centre *c, uint64_t members); /* array of ids */
void put_member(struct json_writer *w, const char *key, const struct share_centre *c, int member);        /* id or null */
void put_fingerprint(struct json_writer *w, const char *key, const uint8_t what[static 32]);
/* "banner", "portion" and "label" (object as in label/json.h). Compartments that the policy does not know are shown all the same. A label that no
 * mark can say: null. */
void put_label(struct json_writer *w, const struct share_centre *c, const struct label *l);
/* "centre" (name) and "centre_id" (hex) */
void put_centre(struct json_writer *w, const struct share_centre *c);
/* live, recalled, corrected, downgraded, expired (a date of its label has passed) or deleted */
const char *put_state_name(const struct view_row *row, int64_t now);

/* All that a row says: "id" "type" "centre" "circle" "author" "state" "banner" … "cursor", and "flags": what its author has said of its sources
 * since, each {"time","reason"}. One object's members. */
enum err put_row(struct op_call *call, struct json_writer *w, const struct view_row *row, struct errinfo *e) MUST_USE;
/* The object of a row, from the record, in b (emptied first); *ret views it. Withdrawn: *ret_gone, and *ret is empty. */
enum err put_row_bytes(struct op_call *call, const struct view_row *row, struct buf *b, struct str *ret, bool *ret_gone, struct errinfo *e) MUST_USE;
/* What a list calls it: subject, name, value … of an object; may be empty. View into the tree, or b. */
struct str put_title(const struct json *obj);

/* The public key of a row as text, and back. ERR_USAGE for what is none. */
enum err put_cursor(struct op_call *call, struct buf *b, const struct view_key *key, struct errinfo *e) MUST_USE;
enum err read_cursor(struct op_call *call, struct str text, struct view_key *ret, struct errinfo *e) MUST_USE;

#endif
