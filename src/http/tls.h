/* tls: a node's key and certificate for TLS, and how a peer's key is known.
 *
 * No authority is asked: a member's charter or card names the SHA-256 of its key's SubjectPublicKeyInfo (RFC 7469's pin). The certificate is made
 * anew from the key whenever it is needed, signed by itself, and nothing in it but the key counts. */
#ifndef HTTP_TLS_H
#define HTTP_TLS_H

#include "base/buf.h"
#include "crypto/hash.h"
#include "crypto/sign.h"

/* Certificate and key as PEM, each with a NUL at its end for those who want one. key is to be wiped by the caller. */
enum err tls_pem(const struct sign_key *key, struct buf *ret_cert, struct buf *ret_key, struct errinfo *e) MUST_USE;

/* The pin of the first certificate that the other side of a GnuTLS session showed in a handshake. False: none, or one that cannot be read. */
bool tls_peer_pin(void *gnutls_session, struct hash *ret);

#endif
