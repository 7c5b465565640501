#include "people/guard.h"

#include <arpa/inet.h>
#include <string.h>

#include "base/limits.h"
#include "base/time.h"

struct str
guard_network(struct str from, char space[static NETWORK_TEXT])
{
	struct in6_addr a;
	char text[NETWORK_TEXT];
	if (from.n > 2 && from.p[0] == '[' && from.p[from.n - 1] == ']')
		from = str_sub(from, 1, from.n - 1);
	if (from.n >= sizeof text)
		return str_sub(from, 0, sizeof text - 1);
	if (from.n)
		memcpy(text, from.p, from.n);
	text[from.n] = '\0';
	char *zone = strchr(text, '%');
	if (zone)
		*zone = '\0';
	if (inet_pton(AF_INET6, text, &a) != 1)
		return from;
	if (IN6_IS_ADDR_V4MAPPED(&a))
		return inet_ntop(AF_INET, a.s6_addr + 12, space, NETWORK_TEXT) ? str_of(space) : from;
	memset(a.s6_addr + 8, 0, 8);
	return inet_ntop(AF_INET6, &a, space, NETWORK_TEXT) ? str_of(space) : from;
}

static uint64_t
who_is(const struct guard *g, struct str name, struct str network)
{
	char space[LIMIT_PASSWORD + NETWORK_TEXT + 1];
	name = str_sub(name, 0, LIMIT_PASSWORD - 1);
	network = str_sub(network, 0, NETWORK_TEXT);
	if (network.n)
		memcpy(space, network.p, network.n);
	space[network.n] = '\n';
	if (name.n)
		memcpy(space + network.n + 1, name.p, name.n);
	uint64_t h = siphash(g->key, str_bytes(space, network.n + 1 + name.n));
	return h ? h : 1;
}

static struct guard_item *
find(const struct guard *g, uint64_t who)
{
	const struct guard_item *set = g->item[who % GUARD_SETS];
	for (int i = 0; i < GUARD_WAYS; i++)
		if (set[i].who == who)
			return (struct guard_item *)&set[i];
	return NULL;
}

int64_t
guard_wait(const struct guard *g, struct str name, struct str network, int64_t now)
{
	const struct guard_item *it = find(g, who_is(g, name, network));
	if (!it || it->failures < LIMIT_LOGIN_FREE)
		return 0;
	uint32_t more = it->failures - LIMIT_LOGIN_FREE;
	int64_t delay = more < 10 ? (int64_t)1 << more : LIMIT_LOGIN_DELAY;
	if (delay > LIMIT_LOGIN_DELAY)
		delay = LIMIT_LOGIN_DELAY;
	delay *= TIME_SECOND;
	int64_t gone = now - it->last;
	return gone < 0 ? delay : gone < delay ? delay - gone : 0; /* a clock that went back does not lengthen it beyond itself */
}

void
guard_failed(struct guard *g, struct str name, struct str network, int64_t now)
{
	uint64_t who = who_is(g, name, network);
	struct guard_item *it = find(g, who), *set = g->item[who % GUARD_SETS];
	if (!it) {
		it = set;
		for (int i = 1; i < GUARD_WAYS; i++)
			if (!set[i].who || (it->who && set[i].last < it->last))
				it = &set[i];
		*it = (struct guard_item){.who = who};
	}
	it->last = now;
	if (it->failures < UINT32_MAX)
		it->failures++;
}

void
guard_passed(struct guard *g, struct str name, struct str network)
{
	struct guard_item *it = find(g, who_is(g, name, network));
	if (it)
		*it = (struct guard_item){0};
}
