/* pending: releases that wait for a second person ("four eyes").
 *
 * Where the setting "four-eyes" is on, or an account says so, a release is only proposed: its arguments and the digest of its plan are kept for a
 * week. Another account that may release approves it, and then exactly that plan is carried out, or nothing if things have changed since. Recalls
 * never wait. The limit: two accounts are two people only as far as passwords and devices are, and whoever has the home's own user may act for both.
 */
#ifndef NODE_PENDING_H
#define NODE_PENDING_H

#include "node/op.h"
#include "share/release.h"
#include "store/people.h"

/* *ret: this caller's releases wait; ret_who: the account that proposes. The home's own user names it (node_who.name): ERR_DENIED if that is none
 * that may release. In call->a. */
enum err pending_waits(struct op_call *call, bool *ret, struct account_row *ret_who, struct errinfo *e) MUST_USE;
/* Keeps the call's release; puts "proposed" (its number) and "expires". */
enum err pending_keep(struct op_call *call, const struct account_row *who, const struct release_plan *p, struct errinfo *e) MUST_USE;

/* What waits and this caller may approve: not its own, nor by a token. The home's own user may say as whom, and is told of all. pending_count: how
 * many; pending_put: "approvals", each as release-pending puts it. */
enum err pending_count(struct op_call *call, uint64_t *ret, struct errinfo *e) MUST_USE;
enum err pending_put(struct op_call *call, struct errinfo *e) MUST_USE;

/* op_release.c: carries out the release that call's arguments say. plan: its digest must be this one; empty: any. by: who proposed it, added to the
 * audit lines; then ERR_CONFLICT, too, if something of it was recalled in any circle since. */
enum err release_now(struct op_call *call, struct str plan, struct str by, int64_t since, struct errinfo *e) MUST_USE;

#endif
