/* Texts of things: what is visible comes from one seed, what is not from another, so that each side can say other secret things around the same
 * words. */
#include <stdio.h>
#include <string.h>

#include "ni/hist.h"
#include "ni/vocabulary.h"

const char *const hist_member[HIST_ALL] = {"irn", "irq", "rus", "syr", "omn"};
const char *const vocabulary[VOCABULARY] = {
    "convoy", "bridge", "palmyra", "anbar", "border", "drone", "fighters", "depot", "convoys", "bridges", "radio", "river"};

static const char *const level_name[] = {"U", "R", "S"};

void
hist_words(struct buf *b, uint32_t seed, int n)
{
	struct simrng r = {seed * UINT64_C(0x9e3779b97f4a7c15) + 7};
	for (int i = 0; i < n; i++)
		buf_printf(b, "%s%s", i ? " " : "", vocabulary[simrng_below(&r, VOCABULARY)]);
}

static void
put_upper(struct buf *b, const char *id)
{
	for (; *id; id++)
		buf_putc(b, (char)(*id - 32));
}

void
hist_mark(struct buf *b, int owner, enum level level, const char *compartment, bool orcon, uint64_t circle)
{
	const char *sep = "";
	buf_puts(b, "(//");
	put_upper(b, hist_member[owner]);
	buf_printf(b, " %s", level_name[level]);
	if (compartment)
		buf_printf(b, "//%s", compartment);
	if (orcon)
		buf_puts(b, "//ORCON");
	if (circle & ~(UINT64_C(1) << owner)) {
		buf_puts(b, orcon ? "/REL TO " : "//REL TO ");
		for (int i = 0; i < HIST_ALL; i++)
			if (circle >> i & 1) {
				buf_puts(b, sep);
				put_upper(b, hist_member[i]);
				sep = ", ";
			}
	}
	buf_putc(b, ')');
}

void
hist_id(const struct hist *h, int thing, char ret[static 80])
{
	int of = h->thing[thing].as;
	struct simrng r = {h->seed * 1000003 + (uint64_t)of};
	uint64_t a = simrng_next(&r), b = simrng_next(&r);
	const char *type = h->thing[of].refers >= 0 ? "note" : of % 3 ? "campaign" : "location";
	snprintf(ret, 80, "%s--%08x-%04x-4%03x-8%03x-%012llx", type, (unsigned)(a >> 32), (unsigned)(a >> 16 & 0xffff), (unsigned)(a & 0xfff),
	    (unsigned)(b >> 52), (unsigned long long)(b & 0xffffffffffff));
}

int
hist_day(const struct hist *h, int thing)
{
	return 1 + (int)(h->thing[thing].words % 28);
}

static void
put_stix(const struct hist *h, int thing, struct buf *b)
{
	const struct thing *t = &h->thing[thing];
	char id[80], to[80];
	int day = hist_day(h, thing);
	hist_id(h, thing, id);
	buf_printf(b,
	    "{\"type\":\"%.*s\",\"spec_version\":\"2.1\",\"id\":\"%s\",\"created\":\"2015-09-01T06:00:00.000Z\",\"modified\":\"2015-09-%02dT06:00:00."
	    "000Z\",\"%s\":\"",
	    (int)strcspn(id, "-"), id, id, day, t->refers >= 0 ? "abstract" : "name");
	hist_words(b, t->words, 2);
	buf_printf(b, "\",\"%s\":\"", t->refers >= 0 ? "content" : "description");
	hist_words(b, t->words + 1, 3);
	buf_puts(b, "\"");
	if (id[0] == 'l')
		buf_puts(b, ",\"region\":\"western-asia\"");
	if (t->refers >= 0) {
		hist_id(h, t->refers, to);
		buf_printf(b, ",\"object_refs\":[\"%s\"]", to);
	}
	if (t->tlp)
		buf_puts(b, ",\"object_marking_refs\":[\"marking-definition--34098fce-860f-48ae-8e50-ebd3cc5e41da\"]"); /* TLP:GREEN of STIX 2.1,
															   known to everybody */
	buf_puts(b, "}\n");
}

static void
put_portion(struct buf *b, const struct thing *t, uint32_t seed, bool claim)
{
	hist_mark(b, t->owner, t->level, t->compartment, t->orcon, t->circle);
	buf_putc(b, ' ');
	hist_words(b, seed, 4);
	buf_putc(b, '\n');
	if (claim)
		buf_printf(b, "Claim: what=fighters; where=palmyra; when=2015-10-0%u; low=%u; best=%u; high=%u\n", 1 + seed % 9, 100 + seed % 7,
		    200 + seed % 7, 300 + seed % 7);
	buf_putc(b, '\n');
}

/* What is not visible: for nobody else, or for a circle without M. */
static void
put_secret(const struct hist *h, const struct thing *t, struct buf *b, struct simrng *r)
{
	uint64_t others = h->inside ? 0 : simrng_below(r, 16) & ~(UINT64_C(1) << h->m);
	struct thing secret = {.owner = t->owner, .level = LEVEL_S, .circle = others | UINT64_C(1) << t->owner};
	uint32_t seed = (uint32_t)simrng_next(r);
	secret.compartment = seed >> 8 & 1 ? "ALPHA" : seed >> 9 & 1 ? "BRAVO" : NULL;
	secret.orcon = seed >> 10 & 1;
	put_portion(b, &secret, seed, simrng_once_in(r, 2));
}

void
hist_text(const struct hist *h, int thing, int side, const char *id, char (*cited)[80], struct buf *b)
{
	const struct thing *t = &h->thing[thing];
	struct simrng seen = {t->words}, hid = {t->secret[side]};
	bool secret = t->secret[side] != 0;
	if (!t->report) {
		put_stix(h, thing, b);
		return;
	}
	buf_puts(b, "Type: INTREP\nSubject: ");
	if (t->title_secret)
		hist_mark(b, t->owner, LEVEL_S, NULL, false, UINT64_C(1) << t->owner);
	else
		hist_mark(b, t->owner, t->level, t->compartment, t->orcon, t->circle);
	buf_putc(b, ' ');
	hist_words(b, t->title_secret ? t->secret[side] + 5 : t->words + 5, 2);
	buf_printf(b, "\nGrade: %c%u\nSource-Description: %s\nInformation-Time: 2015-09-%02uT10:00:00Z\n", 'A' + (char)(t->words % 5),
	    1 + t->words % 5, t->words & 1 ? "border guard" : "traveller", 1 + t->words % 28);
	if (t->delete_by)
		buf_printf(b, "Delete-By: 2015-10-%02d\n", 1 + t->delete_by);
	if (t->valid_until)
		buf_printf(b, "Valid-Until: 2015-10-%02d\n", 1 + t->valid_until);
	if (id)
		buf_printf(b, "Id: %s\n", id);
	if (secret && simrng_once_in(&hid, 2))
		buf_printf(b, "Source: %s-%u\n", simrng_once_in(&hid, 2) ? "KITE" : "HERON", t->secret[side] % 90);
	for (int i = 0; i < t->ncites[side]; i++)
		buf_printf(b, "Cites: %s\n", cited[i]);
	buf_putc(b, '\n');
	int parts = 1 + (int)simrng_below(&seen, 3);
	for (int i = 0; i <= parts; i++) {
		for (uint64_t k = secret ? simrng_below(&hid, 3) : 0; k; k--)
			put_secret(h, t, b, &hid);
		if (i < parts)
			put_portion(b, t, t->words + 10 + (uint32_t)i, simrng_once_in(&seen, 2));
	}
}
