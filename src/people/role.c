#include "people/role.h"

#include "base/limits.h"

struct word {
	const char *name;
	unsigned bit;
};

static const struct word roles[] = {
#define X(code, name) {name, code},
    ROLE_LIST(X)
#undef X
};
static const struct word scopes[] = {
#define X(code, name) {name, code},
    SCOPE_LIST(X)
#undef X
};

enum { NROLES = sizeof roles / sizeof *roles, NSCOPES = sizeof scopes / sizeof *scopes };

unsigned
role_scopes(unsigned set)
{
	static const unsigned reads = SCOPE_READ | SCOPE_TAXII_READ, writes = SCOPE_WRITE | SCOPE_TAXII_WRITE;
	unsigned may = 0;
	if (set & ROLE_READER)
		may |= reads;
	if (set & ROLE_ANALYST)
		may |= reads | writes;
	if (set & ROLE_OFFICER)
		may |= reads | writes | SCOPE_RELEASE;
	if (set & ROLE_REPRESENTATIVE)
		may |= reads | writes | SCOPE_RELEASE | SCOPE_GOVERN;
	if (set & ROLE_ADMIN)
		may |= SCOPE_ADMIN;
	return may;
}

static unsigned
named(const struct word *list, size_t n, struct str name)
{
	for (size_t i = 0; i < n; i++)
		if (str_is(name, list[i].name))
			return list[i].bit;
	return 0;
}

static void
put(struct buf *b, const struct word *list, size_t n, unsigned set)
{
	bool first = true;
	for (size_t i = 0; i < n; i++)
		if (set & list[i].bit) {
			if (!first)
				buf_putc(b, ' ');
			buf_puts(b, list[i].name);
			first = false;
		}
}

unsigned
role_named(struct str name)
{
	return named(roles, NROLES, name);
}

unsigned
scope_named(struct str name)
{
	return named(scopes, NSCOPES, name);
}

void
role_put(struct buf *b, unsigned set)
{
	put(b, roles, NROLES, set);
}

void
scope_put(struct buf *b, unsigned set)
{
	put(b, scopes, NSCOPES, set);
}

bool
account_name_ok(struct str name)
{
	if (name.n < 1 || name.n > LIMIT_ACCOUNT_NAME || name.p[0] < 'a' || name.p[0] > 'z')
		return false;
	for (size_t i = 1; i < name.n; i++) {
		char c = name.p[i];
		if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-'))
			return false;
	}
	return true;
}
