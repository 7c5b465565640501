/* keys: a member's secret keys, one small file each under keys/ in the home.
 *
 * `root` signs charters and cards and may be kept elsewhere (then `root.pub` alone is here); `log` signs checkpoints and countersigns; `age` opens
 * pouches; `tls` is for the network. Each file is one line that says what it is. Secrets are wiped when the home is closed. */
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
/* Reads them; root if it is there. ERR_DENIED if that is another one than root.pub. */
enum err keys_load(const struct env *env, struct node_keys *ret, struct errinfo *e) MUST_USE;
/* The root key out of the text of a file kept elsewhere, until keys_root_forget. ERR_DENIED if it is another one than root.pub. */
enum err keys_root_take(struct node_keys *k, struct str text, struct errinfo *e) MUST_USE;
void keys_root_forget(struct node_keys *k);
void keys_done(struct node_keys *k);

/* A new log key in three steps, so that a crash between them loses neither: it is made and kept in keys/log.next; a card that states it is taken into
 * the record; it is put in place. */
enum err keys_next_make(const struct env *env, struct str member, uint32_t epoch, struct sign_key *ret, struct errinfo *e) MUST_USE;
/* ERR_NOTFOUND if none is waiting. */
enum err keys_next_read(const struct env *env, struct sign_key *ret, struct errinfo *e) MUST_USE;
/* The old one goes to keys/log.<old_epoch>; k has the new one after. */
enum err keys_next_place(const struct env *env, struct node_keys *k, uint32_t old_epoch, const struct sign_key *next, struct errinfo *e) MUST_USE;
enum err keys_next_drop(const struct env *env, struct errinfo *e) MUST_USE;

/* All key files as one text for a backup, and back into a home without keys. The root key goes in only if it is in the home. b is to be wiped by the
 * caller. */
enum err keys_export(const struct env *env, struct buf *b, struct errinfo *e) MUST_USE;
enum err keys_import(const struct env *env, struct str text, struct errinfo *e) MUST_USE;

#endif
