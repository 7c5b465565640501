#include "object.h"

#include <math.h>

enum { WORDS = 30000 };

#define CREATOR "identity--c78cb6e5-0c4b-4611-8297-d1b8b55e40b5"

static uint64_t
mix(uint64_t x)
{
	x += UINT64_C(0x9e3779b97f4a7c15);
	x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
	return x ^ x >> 31;
}

void
object_put_word(struct buf *b, uint32_t k)
{
	static const char first[] = "bcdfghklmnprstvwz", second[] = "aeiou";
	uint64_t r = mix(k ^ 0xabcdef);
	int n = k < 50 ? 1 : k < 1500 ? 2 : 3;
	for (int i = 0; i < n; i++, r /= 100) {
		buf_putc(b, first[r % 17]);
		buf_putc(b, second[r / 17 % 5]);
		if (r / 85 % 3 == 0)
			buf_putc(b, first[r / 255 % 17]);
	}
	if (k >= 1500)
		buf_u64(b, k % 10);
}

static void
words(struct buf *b, uint64_t seed, int n)
{
	for (int i = 0; i < n; i++) {
		/* inverse of the distribution 1/k over WORDS ranks */
		double u = (double)(mix(seed + (uint64_t)i) >> 11) / 9007199254740992.0;
		uint32_t k = (uint32_t)(exp(u * log(WORDS)) - 1);
		if (i)
			buf_putc(b, ' ');
		object_put_word(b, k);
	}
}

static void
uuid(struct buf *b, uint64_t seed)
{
	uint64_t hi = mix(seed), lo = mix(seed ^ 0x5555);
	buf_printf(b, "%08x-%04x-4%03x-%04x-%012llx", (unsigned)(hi >> 32), (unsigned)(hi >> 16 & 0xffff), (unsigned)(hi & 0xfff),
	    (unsigned)(0x8000 | (lo >> 48 & 0x3fff)), (unsigned long long)(lo & 0xffffffffffffu));
}

static const char *
type_of(uint64_t n)
{
	static const char *const type[] = {"relationship", "attack-pattern", "relationship", "malware", "relationship", "course-of-action",
	    "relationship", "relationship", "intrusion-set", "attack-pattern"};
	return n == 0 ? "identity" : type[n % 10];
}

void
object_put_id(struct buf *b, uint64_t n)
{
	if (n == 0) { /* the creator of all the others */
		buf_puts(b, CREATOR);
		return;
	}
	buf_printf(b, "%s--", type_of(n));
	uuid(b, n * 4 + 1);
}

static int
length(uint64_t n)
{
	return type_of(n)[0] == 'r' ? 8 + (int)(mix(n) % 22) : 30 + (int)(mix(n) % 40);
}

void
object_put_text(struct buf *b, uint64_t n)
{
	words(b, n * 1000, 4);
	buf_putc(b, ' ');
	words(b, n * 1000 + 500, length(n));
}

void
object_put(struct buf *b, uint64_t n)
{
	bool relation = type_of(n)[0] == 'r';
	if (n == 0) {
		buf_puts(b, "{\"type\":\"identity\",\"spec_version\":\"2.1\",\"id\":\"" CREATOR
			    "\",\"created\":\"2015-01-01T00:00:00.000Z\",\"modified\":\"2015-01-01T00:00:00.000Z\",\"name\":\"");
		object_put_text(b, 0);
		buf_puts(b, "\"}");
		return;
	}
	buf_printf(b, "{\"type\":\"%s\",\"spec_version\":\"2.1\",\"id\":\"", type_of(n));
	object_put_id(b, n);
	buf_printf(b, "\",\"created\":\"2015-%02u-%02uT%02u:00:00.000Z\",\"modified\":\"2015-%02u-%02uT%02u:00:00.000Z\",", (unsigned)(n % 9 + 1),
	    (unsigned)(n % 28 + 1), (unsigned)(n % 24), (unsigned)(n % 9 + 3), (unsigned)(n % 28 + 1), (unsigned)(n % 24));
	buf_puts(b, "\"created_by_ref\":\"" CREATOR "\",\"object_marking_refs\":[\"marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487\"],");
	if (relation) {
		buf_puts(b, "\"relationship_type\":\"related-to\",\"source_ref\":\"");
		object_put_id(b, n >= 3 ? (n - 3) / 10 * 10 + 1 : 1);
		buf_puts(b, "\",\"target_ref\":\"");
		object_put_id(b, n >= 11 ? (n - 11) / 10 * 10 + 3 : 3);
		buf_puts(b, "\",");
	} else {
		buf_puts(b, "\"name\":\"");
		words(b, n * 1000, 4);
		buf_puts(b, "\",");
		if (n % 10 == 3)
			buf_puts(b, "\"is_family\":false,");
	}
	buf_puts(b, "\"description\":\"");
	words(b, n * 1000 + 500, length(n));
	/* as in the original, most of an object is what nobody searches: references, domains, versions */
	buf_puts(b, "\",\"external_references\":[");
	for (unsigned i = 0; i < 3; i++) {
		buf_printf(b, "%s{\"source_name\":\"made-up-%u\",\"external_id\":\"T%llu.%u\",\"url\":\"https://example.org/techniques/%llu/%u/",
		    i ? "," : "", i, (unsigned long long)n, i, (unsigned long long)n, i);
		uuid(b, n * 16 + i);
		buf_puts(b, "\",\"description\":\"");
		words(b, n * 1000 + 900 + 20 * i, 13);
		buf_puts(b, "\"}");
	}
	buf_puts(b, "],\"x_mitre_version\":\"1.0\",\"x_mitre_deprecated\":false,\"x_mitre_domains\":[\"ics-attack\"],\"x_mitre_attack_spec_version\":"
		    "\"3.3.0\","
		    "\"x_mitre_modified_by_ref\":\"" CREATOR "\"}");
}
