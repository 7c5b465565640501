/* peers: who the other members of this home's centres are on the network: by which key they are known, and where they are reached. */
#ifndef NODE_PEERS_H
#define NODE_PEERS_H

#include "crypto/hash.h"
#include "node/node.h"

struct node_peer {
	struct str centre; /* its id in hex */
	struct str member; /* "rus" */
	struct str you;    /* this home's own member there */
	bool has_pin;
	struct hash pin; /* of its TLS key */
	struct str url;  /* where it is reached; empty: it only asks */
};

/* Each other member present in a centre that this home is in now. Views last until `each` returns; what that says other than OK ends it. */
enum err node_peers(struct node *n, enum err (*each)(void *ctx, const struct node_peer *p, struct errinfo *e), void *ctx, struct errinfo *e) MUST_USE;

/* Milliseconds, by this node's clock, until a charter or card that it holds already takes effect, so that they may be others: a member whose clock
 * is a second ahead signs for a moment that has not come here. INT64_MAX: none is held. */
int64_t node_peers_due(struct node *n);

/* Whether an operation may change charters, cards, keys or what is held of others' logs: a fetch that waits for its peer meanwhile must begin anew.
 */
bool node_op_upsets(struct str op);
bool node_op_reads(struct str op); /* whether it changes nothing that others could have */
/* Whether it may run between two transactions of another: it changes nothing but the audit trail. */
bool node_op_between(struct str op);
/* Whether nothing is half done in the home's files, so that another operation may run in between (a fetch that waits for its peer). */
bool node_is_idle(const struct node *n);
/* This node's TLS key, for as long as the node. */
const struct sign_key *node_tls_key(const struct node *n);

#endif
