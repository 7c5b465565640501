/* web_who: who asks, by what the request shows: "Authorization: Bearer <token>", Basic (account name and token), or the cookie of a session:
 * "__Host-comity" over TLS, "comity" in clear on loopback. A request that changes something and shows a cookie must carry X-CSRF-Token too. */
#ifndef API_WEB_WHO_H
#define API_WEB_WHO_H

#include "api/viewer.h"

/* As struct route_world has it. metrics: a secret that stands for an administrator at /metrics and nowhere else; empty: none. */
enum err web_who(struct host *h, struct str metrics, const struct ask *a, struct viewer **ret, struct errinfo *e) MUST_USE;
bool web_may(const struct viewer *v, enum route_may may);
void web_who_done(const struct ask *a);

#endif
