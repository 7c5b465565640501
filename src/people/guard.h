/* guard: wrong passwords slow down whoever gives them, and nobody else.
 *
 * Failures are counted for an account together with the network that they came from. After LIMIT_LOGIN_FREE of them each further try has to wait,
 * twice as long each time, up to LIMIT_LOGIN_DELAY; a right password forgets them. So whoever guesses at somebody's password from elsewhere keeps out
 * himself: the account's owner, whose own network did not fail, is never kept waiting. Names that are no account's are counted alike. A table of
 * fixed size; when a place in it is needed the failure longest ago goes. */
#ifndef PEOPLE_GUARD_H
#define PEOPLE_GUARD_H

#include "base/map.h"

enum { GUARD_SETS = 1024, GUARD_WAYS = 4 };

struct guard {
	uint8_t key[16]; /* random: nobody chooses who shares a set with whom */
	struct guard_item {
		uint64_t who; /* keyed hash; 0 = free */
		int64_t last; /* microseconds */
		uint32_t failures;
	} item[GUARD_SETS][GUARD_WAYS];
};

/* What an address belongs to, as text: IPv4 as it is, IPv6 its first 64 bits, "[…]" and IPv4 in IPv6 taken off; what is no address (a command of the
 * home's own user: "") as it is. ret views space or from. */
enum { NETWORK_TEXT = 64 };
struct str guard_network(struct str from, char space[static NETWORK_TEXT]);

/* Microseconds until this account may be tried from there again; 0 = now. */
int64_t guard_wait(const struct guard *g, struct str name, struct str network, int64_t now);
void guard_failed(struct guard *g, struct str name, struct str network, int64_t now);
void guard_passed(struct guard *g, struct str name, struct str network);

#endif
