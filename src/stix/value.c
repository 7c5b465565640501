/* Values that are text of a narrow form. Each is one pass over its bytes. */
#include "stix/stix_int.h"

#include <string.h>

static bool
lower(char c)
{
	return c >= 'a' && c <= 'z';
}

static bool
upper(char c)
{
	return c >= 'A' && c <= 'Z';
}

static bool
number(char c)
{
	return c >= '0' && c <= '9';
}

static bool
hex(char c)
{
	return number(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

bool
value_hex(struct str s)
{
	if (s.n % 2)
		return false;
	for (size_t i = 0; i < s.n; i++)
		if (!hex(s.p[i]))
			return false;
	return true;
}

bool
value_base64(struct str s)
{
	size_t pad = 0;
	if (s.n % 4)
		return false;
	while (pad < 2 && pad < s.n && s.p[s.n - 1 - pad] == '=')
		pad++;
	for (size_t i = 0; i < s.n - pad; i++) {
		char c = s.p[i];
		if (!lower(c) && !upper(c) && !number(c) && c != '+' && c != '/')
			return false;
	}
	return true;
}

/* Takes "/digits" of at most max off the end of s, if it is there. */
static bool
prefix(struct str *s, uint64_t max)
{
	ptrdiff_t slash = str_chr(*s, '/');
	uint64_t bits;
	if (slash < 0)
		return true;
	if (!str_u64(str_sub(*s, (size_t)slash + 1, s->n), &bits) || bits > max)
		return false;
	*s = str_sub(*s, 0, (size_t)slash);
	return true;
}

static bool
quad(struct str s)
{
	for (int i = 0; i < 4; i++) {
		struct str part;
		uint64_t v;
		if (str_cut(s, '.', &part, &s) != (i < 3) || !str_u64(part, &v) || v > 255)
			return false;
	}
	return true;
}

bool
value_ipv4(struct str s)
{
	return prefix(&s, 32) && quad(s);
}

bool
value_ipv6(struct str s)
{
	int groups = 0;
	bool gap = false;
	if (!prefix(&s, 128) || s.n < 2)
		return false;
	if (s.p[0] == ':') {
		if (s.p[1] != ':')
			return false;
		gap = true;
		s = str_sub(s, 2, s.n);
	}
	while (s.n) {
		size_t n = 0;
		while (n < s.n && hex(s.p[n]))
			n++;
		if (n < s.n && s.p[n] == '.') {
			groups += 2;
			return quad(s) && (gap ? groups < 8 : groups == 8);
		}
		if (n == 0 || n > 4)
			return false;
		groups++;
		s = str_sub(s, n, s.n);
		if (!s.n)
			break;
		if (s.p[0] != ':' || s.n == 1)
			return false;
		if (s.p[1] == ':') {
			if (gap)
				return false;
			gap = true;
			s = str_sub(s, 2, s.n);
		} else {
			s = str_sub(s, 1, s.n);
		}
	}
	return gap ? groups < 8 : groups == 8;
}

bool
value_mac(struct str s)
{
	if (s.n != 17)
		return false;
	for (size_t i = 0; i < s.n; i++)
		if (i % 3 == 2 ? s.p[i] != ':' : !hex(s.p[i]) || upper(s.p[i]))
			return false;
	return true;
}

bool
value_name(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!lower(s.p[i]) && !number(s.p[i]) && s.p[i] != '-')
			return false;
	return s.n > 0;
}

/* The outline of RFC 5646: subtags of one to eight letters or digits, the first of letters alone. */
bool
value_lang(struct str s)
{
	size_t in = 0;
	bool first = true;
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];
		if (c == '-') {
			if (!in)
				return false;
			in = 0;
			first = false;
		} else if (!(lower(c) || upper(c) || (!first && number(c))) || ++in > 8) {
			return false;
		}
	}
	return in > 0;
}

bool
value_dict_key(struct str s)
{
	if (!s.n || s.n > 250)
		return false;
	for (size_t i = 0; i < s.n; i++)
		if (!lower(s.p[i]) && !upper(s.p[i]) && !number(s.p[i]) && s.p[i] != '-' && s.p[i] != '_')
			return false;
	return true;
}

bool
value_prop_name(struct str s)
{
	if (s.n < 3 || s.n > 250)
		return false;
	for (size_t i = 0; i < s.n; i++)
		if (!lower(s.p[i]) && !number(s.p[i]) && s.p[i] != '_')
			return false;
	return true;
}

static bool
ssdeep(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];
		if (!lower(c) && !upper(c) && !number(c) && c != '/' && c != '+' && c != ':' && c != '.')
			return false;
	}
	return s.n >= 1 && s.n <= 150;
}

bool
value_hash(struct str algorithm, struct str digest, bool *ret_known)
{
	static const struct {
		struct str name;
		size_t digits;
	} fixed[] = {
	    {STR_INIT("MD5"), 32},
	    {STR_INIT("SHA-1"), 40},
	    {STR_INIT("SHA-256"), 64},
	    {STR_INIT("SHA-512"), 128},
	    {STR_INIT("SHA3-256"), 64},
	    {STR_INIT("SHA3-512"), 128},
	};
	*ret_known = true;
	for (size_t i = 0; i < COUNT(fixed); i++)
		if (str_eq(algorithm, fixed[i].name))
			return digest.n == fixed[i].digits && value_hex(digest);
	if (str_is(algorithm, "SSDEEP"))
		return ssdeep(digest);
	if (str_is(algorithm, "TLSH")) {
		if (digest.n == 72 && str_starts(digest, STR("T1")))
			digest = str_sub(digest, 2, digest.n);
		return digest.n == 70 && value_hex(digest);
	}
	*ret_known = false;
	return algorithm.n >= 3 && value_dict_key(algorithm);
}
