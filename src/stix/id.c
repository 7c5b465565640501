/* Types and identifiers: reading is one pass without allocation, since it happens several times for every object that passes. */
#include "stix/id.h"

#include <string.h>

#include "crypto/hash.h"

struct type_row {
	struct str name;
	enum stix_class class;
};

static const struct type_row types[STIX_TYPE_COUNT] = {[STIX_CUSTOM] = {STR_INIT(""), STIX_CLASS_CUSTOM},
#define X(name, e, class) [STIX_##e] = {STR_INIT(name), STIX_CLASS_##class},
    STIX_TYPES(X)
#undef X
};

enum stix_type
stix_type_of(struct str name)
{
	if (name.n < 3)
		return STIX_CUSTOM;
	for (int t = STIX_CUSTOM + 1; t < STIX_TYPE_COUNT; t++)
		if (types[t].name.n == name.n && types[t].name.p[2] == name.p[2] && !memcmp(types[t].name.p, name.p, name.n))
			return (enum stix_type)t;
	return STIX_CUSTOM;
}

struct str
stix_type_name(enum stix_type t)
{
	return types[t].name;
}

enum stix_class
stix_type_class(enum stix_type t)
{
	return types[t].class;
}

bool
stix_type_valid(struct str name)
{
	if (name.n < 3 || name.n > 250 || name.p[0] < 'a' || name.p[0] > 'z')
		return false;
	for (size_t i = 1; i < name.n; i++) {
		char c = name.p[i];
		if (c == '-' ? name.p[i - 1] == '-' : !((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')))
			return false;
	}
	return true;
}

/* 0 to 15; 16 more for a capital; -1 if it is no digit */
static int
digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10 + 16;
	return -1;
}

bool
stix_uuid_read(struct str s, uint8_t ret[static 16], bool *ret_odd)
{
	uint8_t out[16];
	size_t at = 0;
	int odd = 0;
	if (s.n != 36)
		return false;
	for (size_t i = 0; i < 16; i++) {
		if (i == 4 || i == 6 || i == 8 || i == 10)
			if (s.p[at++] != '-')
				return false;
		int hi = digit(s.p[at]), lo = digit(s.p[at + 1]);
		if ((hi | lo) < 0)
			return false;
		odd |= (hi | lo) & 16;
		out[i] = (uint8_t)((hi & 15) << 4 | (lo & 15));
		at += 2;
	}
	memcpy(ret, out, sizeof(out));
	if (odd)
		*ret_odd = true;
	return true;
}

void
stix_uuid_put(struct buf *b, const uint8_t uuid[static 16])
{
	static const uint8_t group[] = {4, 2, 2, 2, 6};
	const uint8_t *p = uuid;
	for (size_t i = 0; i < sizeof(group); p += group[i++]) {
		if (i)
			buf_putc(b, '-');
		buf_hex(b, str_bytes(p, group[i]));
	}
}

bool
stix_id_read(struct str s, struct stix_id *ret, bool *ret_odd)
{
	uint8_t uuid[16];
	bool odd = false;
	if (s.n < 3 + 2 + 36 || s.n > STIX_ID_MAX)
		return false;
	struct str name = {s.p, s.n - 38};
	if (s.p[name.n] != '-' || s.p[name.n + 1] != '-')
		return false;
	if (!stix_uuid_read(str_sub(s, name.n + 2, s.n), uuid, &odd))
		return false;
	enum stix_type t = stix_type_of(name);
	if (t == STIX_CUSTOM) {
		if (!stix_type_valid(name))
			return false;
	} else {
		name = types[t].name;
	}
	ret->type = name;
	memcpy(ret->uuid, uuid, sizeof(uuid));
	*ret_odd = odd;
	return true;
}

bool
stix_id_parse(struct str s, struct stix_id *ret)
{
	struct stix_id id;
	bool odd;
	if (!stix_id_read(s, &id, &odd) || odd)
		return false;
	*ret = id;
	return true;
}

bool
stix_id_eq(struct stix_id a, struct stix_id b)
{
	return !memcmp(a.uuid, b.uuid, sizeof(a.uuid)) && str_eq(a.type, b.type);
}

int
stix_id_cmp(struct stix_id a, struct stix_id b)
{
	int c = str_cmp(a.type, b.type);
	return c ? c : memcmp(a.uuid, b.uuid, sizeof(a.uuid));
}

void
stix_id_put(struct buf *b, struct stix_id id)
{
	buf_put(b, id.type);
	buf_puts(b, "--");
	stix_uuid_put(b, id.uuid);
}

enum stix_type
stix_id_type(struct stix_id id)
{
	return stix_type_of(id.type);
}

static void
stamp(uint8_t uuid[static 16], int version)
{
	uuid[6] = (uint8_t)((uuid[6] & 0x0f) | version << 4);
	uuid[8] = (uint8_t)((uuid[8] & 0x3f) | 0x80);
}

void
stix_uuid4(const uint8_t random[static 16], uint8_t ret[static 16])
{
	memmove(ret, random, 16);
	stamp(ret, 4);
}

void
stix_uuid5(struct str space_name, uint8_t ret[static 16])
{
	uint8_t digest[SHA1_LEN];
	sha1_of(space_name, digest);
	memcpy(ret, digest, 16);
	stamp(ret, 5);
}
