/* web_stat: what is counted of requests, and told to who looks after the node: by method, path as the table of routes has it, and status. Never a
 * path as it came, a query or a name. */
#ifndef API_WEB_STAT_H
#define API_WEB_STAT_H

#include "api/route.h"

struct web_stat;

enum err web_stat_new(struct web_stat **ret, struct errinfo *e) MUST_USE;
void web_stat_free(struct web_stat *s); /* takes NULL */
/* One more. route: NULL for what no row took. */
void web_stat_add(struct web_stat *s, const struct route *route, int status, uint64_t bytes, int64_t micros);
/* In the text format of Prometheus, version 0.0.4. dir: the home. */
void web_stat_put(struct web_stat *s, const char *dir, struct buf *b);

#endif
