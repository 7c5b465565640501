/* account: what operations about accounts, tokens and sessions share. */
#ifndef NODE_ACCOUNT_H
#define NODE_ACCOUNT_H

#include "node/op.h"
#include "store/people.h"

/* The account that the argument names, without it the caller's own. Another's only for an administrator or the home's own user: to others it is not
 * there (ERR_NOTFOUND). change: no token may. In call->a. */
enum err account_whose(struct op_call *call, const char *arg, bool change, struct account_row *ret, struct errinfo *e) MUST_USE;
/* Whether the caller may make an account what this row says (op_account.c). ERR_DENIED. */
enum err account_within(const struct op_call *call, const struct account_row *row, struct errinfo *e) MUST_USE;
/* The row as it is now, its audit line, and (end) the end of its sessions, as one. */
enum err
account_write(struct op_call *call, const struct account_row *row, const char *what, struct str detail, bool end, struct errinfo *e) MUST_USE;

#endif
