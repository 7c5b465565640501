/* people_int: what the files about accounts share. */
#ifndef NODE_PEOPLE_INT_H
#define NODE_PEOPLE_INT_H

#include "node/op.h"
#include "node/people.h"
#include "people/guard.h"
#include "people/role.h"
#include "people/totp.h"
#include "store/people.h"

/* What of accounts a node keeps in memory. */
struct node_people {
	struct guard guard;
	uint64_t changes, draws;
	int64_t failures_since; /* when the minute began of which these are the failed logins, in the audit trail and not */
	uint64_t failures_told, failures_more;
};

enum err people_open(struct node *n, struct errinfo *e) MUST_USE;
void people_close(struct node *n);
void people_changed(struct node *n);

/* Random bytes for something of people's. */
void people_random(struct node *n, const char *what, void *out, size_t bytes);
/* The key under which the secrets of devices are kept: of keys/age, so that node.db alone opens none. Wipe it. */
void people_totp_key(const struct node *n, uint8_t ret[static TOTP_KEY]);

/* The clearances that an account's JSON means under the charters in force, in a: {"<centre, hex>":{"level":"SECRET","compartments":["A"]}}. A level
 * that the charter does not have gives nothing there. */
enum err people_clearances(struct node *n, struct arena *a, struct str json, const struct clearance **ret, size_t *ret_n, struct errinfo *e) MUST_USE;
/* The role of roles for whom a device is demanded (setting "totp"); 0 = none. */
enum err people_demands(struct node *n, unsigned *ret, struct errinfo *e) MUST_USE;

/* Whether the code is one of the account's device, or one of its recovery codes. A code is used up by that. */
enum err people_take_code(struct node *n, const struct account_row *row, struct str code, bool *ret, struct errinfo *e) MUST_USE;

/* The same for who is logged in and changes how he logs in: OK only with a right code. Each wrong one is a line of the audit trail; after
 * LIMIT_LOGIN_FREE of them the session ends, and each more has to wait longer (ERR_BUSY; *ret_after, unless NULL, seconds). */
enum err people_own_code(
    struct node *n, const struct node_who *who, const struct account_row *row, struct str code, unsigned *ret_after, struct errinfo *e) MUST_USE;

/* A line of the audit trail about people. */
enum err people_audit(struct node *n, struct str who, const char *what, struct str target, struct str detail, struct errinfo *e) MUST_USE;

#endif
