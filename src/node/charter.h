/* charter: what the operations on charters have in common. */
#ifndef NODE_CHARTER_H
#define NODE_CHARTER_H

#include "govern/vote.h"
#include "node/op.h"

/* An argument that is a document's text, trimmed; ERR_USAGE if it is not there. */
enum err charter_text_arg(const struct op_call *call, const char *name, struct str *ret, struct errinfo *e) MUST_USE;
/* What a charter says, as members of the open object. */
void put_charter(struct json_writer *w, const struct charter *c);
/* "signers": who voted; votes stand in the order of their members. */
void put_signers(struct json_writer *w, const struct signed_charter *s);

#endif
