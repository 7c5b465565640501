/* client: resources of a peer by HTTPS, by libcurl on GnuTLS. Both sides are known by the pins of their keys (http/tls.h); no authority is asked, no
 * redirect followed, no proxy used, nothing but HTTPS spoken. */
#ifndef HTTP_CLIENT_H
#define HTTP_CLIENT_H

#include "base/buf.h"
#include "crypto/hash.h"

struct http_client;

/* cert, key: PEM, with a NUL at their end; copied. A client is one connection, kept between calls, for one thread. */
enum err http_client_new(struct str cert, struct str key, const struct hash *pin, struct http_client **ret, struct errinfo *e) MUST_USE;
/* From now on this header goes with every request. */
enum err http_client_header(struct http_client *c, const char *name, struct str value, struct errinfo *e) MUST_USE;
/* From now on stop is asked about once a second whether to give up (ERR_STOPPED). */
void http_client_stop(struct http_client *c, bool (*stop)(void *ctx), void *ctx);
/* From now on a call is given up (ERR_IO) when nothing comes for so many seconds; 0, as at first: only by its own time. */
void http_client_silence(struct http_client *c, unsigned seconds);
void http_client_free(struct http_client *c); /* takes NULL */

/* GETs url. OK: *ret_status is the reply's, and its body is appended to ret. ERR_VERIFY: the other side has not the key it should have; ERR_IO: no
 * answer within seconds (worth trying again); ERR_LIMIT: longer than ret's ceiling. */
enum err http_client_get(struct http_client *c, struct str url, unsigned seconds, int *ret_status, struct buf *ret, struct errinfo *e) MUST_USE;
/* Of the last reply: after how many seconds it wants to be asked again; 0: it did not say. */
unsigned http_client_retry_after(const struct http_client *c);

#endif
