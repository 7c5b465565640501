#include "api/web_gate.h"

#include <arpa/inet.h>
#include <string.h>

enum { HOST_NAME = 253 }; /* bytes of a name in DNS */

bool
web_is_loopback(const char *address)
{
	return strncmp(address, "127.", 4) == 0 || strcmp(address, "::1") == 0;
}

bool
web_is_safe(const struct http_request *q)
{
	return str_is(q->method, "GET") || str_is(q->method, "HEAD") || str_is(q->method, "OPTIONS");
}

static bool
is_header(struct str name, const char *want)
{
	if (name.n != strlen(want))
		return false;
	for (size_t i = 0; i < name.n; i++)
		if ((name.p[i] | 0x20) != (want[i] | 0x20))
			return false;
	return true;
}

/* Host without its port, in small letters; false: none, more than one, or too long. */
static bool
take_host(const struct http_request *q, struct str *ret_whole, char ret[static HOST_NAME + 1])
{
	struct str s = STR_NONE;
	size_t n = 0;
	for (size_t i = 0; i < q->nheaders; i++)
		if (is_header(q->headers[i].name, "host")) {
			if (n++)
				return false;
			s = q->headers[i].value;
		}
	*ret_whole = s;
	ptrdiff_t end = str_starts(s, STR("[")) ? str_chr(s, ']') : str_chr(s, ':');
	if (str_starts(s, STR("[")))
		s = end < 0 ? STR_NONE : str_sub(s, 1, (size_t)end);
	else if (end >= 0)
		s = str_sub(s, 0, (size_t)end);
	if (n != 1 || !s.n || s.n > HOST_NAME)
		return false;
	for (size_t i = 0; i < s.n; i++)
		ret[i] = (char)(s.p[i] >= 'A' && s.p[i] <= 'Z' ? s.p[i] + ('a' - 'A') : s.p[i]);
	ret[s.n] = '\0';
	return true;
}

static bool
is_named(struct str names, const char *host)
{
	struct str one;
	while (names.n) {
		str_cut(names, ' ', &one, &names);
		if (one.n && str_is(one, host))
			return true;
	}
	return false;
}

/* An address in figures is no name that could be made to point elsewhere: where it listens on all of them, any will do. */
static bool
is_ours(const struct web_gate *g, const char *host)
{
	uint8_t want[16], have[16];
	for (int i = 0; i < 2; i++) {
		int family = i ? AF_INET6 : AF_INET;
		if (inet_pton(family, host, have) != 1)
			continue;
		if (strcmp(g->address, "0.0.0.0") == 0 || strcmp(g->address, "::") == 0)
			return true;
		return (inet_pton(family, g->address, want) == 1 && memcmp(want, have, i ? 16 : 4) == 0) || is_named(g->names, host);
	}
	return is_named(g->names, host) || (strcmp(host, "localhost") == 0 && web_is_loopback(g->address));
}

static bool
is_same_origin(const struct http_request *q, struct str host, struct str origin)
{
	struct str scheme = q->secure ? STR("https://") : STR("http://");
	return str_starts(origin, scheme) && str_eq(str_sub(origin, scheme.n, origin.n), host);
}

int
web_gate(const struct web_gate *g, const struct http_request *q, const char **ret_why)
{
	char host[HOST_NAME + 1];
	struct str whole, value;
	if (!take_host(q, &whole, host)) {
		*ret_why = "a request has one Host\n";
		return 400;
	}
	if (!is_ours(g, host)) {
		*ret_why = "nobody of this name is here\n";
		return 421;
	}
	if (web_is_safe(q))
		return 0;
	if ((http_header(q, "Sec-Fetch-Site", &value) && !str_is(value, "same-origin") && !str_is(value, "none")) ||
	    (http_header(q, "Origin", &value) && !is_same_origin(q, whole, value))) {
		*ret_why = "from another site nothing is changed here\n";
		return 403;
	}
	return 0;
}
