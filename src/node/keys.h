/* keys: a member's secret keys, one small file each under keys/ in the home.
 *
 * `root` signs charters and cards and may be kept elsewhere (then `root.pub` alone is here); `log` signs checkpoints and countersigns; `age` opens pouches; `tls` is for the network. Each file is one line that
 * says what it is. Secrets are wiped when the home is closed. */
#ifndef NODE_KEYS_H
#define NODE_KEYS_H

#include "base/env.h"
#include "crypto/seal.h"
#include "crypto/sign.h"

struct node_keys {
	bool has_root;
	struct sign_key root, log, tls;
	struct sign_public root_public;
	struct seal_identity age;
};

/* Makes all four and writes them. */
enum err keys_create(const struct env *env, struct str member, struct errinfo *e) MUST_USE;
/* Reads them. root_key: the text of a root key file kept elsewhere; empty: keys/root, if it is there. ERR_DENIED if that root key is another one than root.pub. */
enum err keys_load(const struct env *env, struct str root_key, struct node_keys *ret, struct errinfo *e) MUST_USE;
void keys_done(struct node_keys *k);

/* A new log key, beside the old one until it is put in its place: *ret is made, nothing written. count: how many were made before (epoch). */
void keys_new_log(const struct env *env, struct str member, uint32_t count, struct sign_key *ret);
/* Puts it in place (the old one goes to keys/log.<epoch>, for what it signed). */
enum err keys_put_log(const struct env *env, const struct node_keys *old, uint32_t old_epoch, const struct sign_key *fresh, struct errinfo *e) MUST_USE;

#endif
