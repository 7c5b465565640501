/* wire: how one home asks another through weather: replies are lost, come twice, late and in another's place, altered, cut.
 *
 * A reply goes to the member who asked, as TLS with pinned keys would have it; its integrity is not taken for granted here. One thing is: a home that
 * was restored from a backup asks its peers what they hold of its own logs, and a listing that somebody on the way could shorten would tell it wrong.
 * Peers talk TLS, so to such a home listings are lost, never altered or late. */
#ifndef SIM_WIRE_H
#define SIM_WIRE_H

#include "share/transport.h"
#include "sim/history.h"

/* Once in how many replies; 0 = never. */
struct weather {
	unsigned lost, twice, late, altered, cut;
};

extern const struct weather weather_calm, weather_rain, weather_storm;

struct wire {
	struct history *h;
	int asker, server; /* homes */
	struct weather w;
	bool touched; /* something did not come as it was sent */
	char name[32];
};

struct transport wire_transport(struct wire *wire, struct history *h, int asker, int server, const struct weather *w);
/* Forgets replies that are still on their way. */
void wire_forget(struct history *h);
/* Spoils bytes in one of several ways. */
void wire_garble(struct simrng *dice, struct buf *b);

#endif
