/* A claim in one line: Claim: what=fighters; where=Palmyra; when=2015-10-01; low=300; best=350; high=400 */
#include "collect/report_int.h"

#include "base/time.h"

static const struct str keys[] = {
    STR_INIT("who"), STR_INIT("what"), STR_INIT("where"), STR_INIT("when"), STR_INIT("low"), STR_INIT("best"), STR_INIT("high")};
enum { WHO, WHAT, WHERE, WHEN, LOW, BEST, HIGH, KEYS };

#define NUMBER_MAX ((UINT64_C(1) << 53) - 1) /* what JSON's readers agree on */

bool
report_claim_line(struct str line, struct str *ret_rest)
{
	struct str word = STR("Claim:");
	if (!str_starts(line, word))
		return false;
	*ret_rest = str_trim(str_sub(line, word.n, line.n));
	return true;
}

static enum err
fault(const struct report_reader *rd, struct str at, const char *what)
{
	enum err err = report_fault(rd, ERR_INVALID, at.p, "Claim: \"%.*s\" %s", STR_FMT(str_sub(at, 0, 64)), what);
	err_hint(rd->e, "as in Claim: what=fighters; where=Palmyra; when=2015-10-01; low=300; best=350; high=400");
	return err;
}

static enum err
read_value(const struct report_reader *rd, int key, struct str value, struct report_claim *c)
{
	struct str *const texts[] = {&c->who, &c->what, &c->where};
	int64_t *const numbers[] = {&c->low, &c->best, &c->high};
	uint64_t u;
	if (key <= WHERE) {
		if (value.n > LIMIT_FIELD)
			return report_fault(rd, ERR_LIMIT, value.p, "Claim: longer than %d bytes", LIMIT_FIELD);
		*texts[key] = value;
		return OK;
	}
	if (key == WHEN)
		return time_parse_human(value, &c->when) ? OK : fault(rd, value, "is no date or time");
	if (!str_u64(value, &u) || u > NUMBER_MAX)
		return fault(rd, value, "is no whole number");
	*numbers[key - LOW] = (int64_t)u;
	return OK;
}

enum err
report_claim_read(const struct report_reader *rd, struct str s, struct report_claim *ret)
{
	struct report_claim c = {.when = TIME_NEVER, .low = -1, .best = -1, .high = -1};
	struct str whole = s, part;
	unsigned seen = 0;
	for (bool more = true; more;) {
		struct str key, value;
		more = str_cut(s, ';', &part, &s);
		part = str_trim(part);
		if (!part.n && !more)
			break;
		bool pair = str_cut(part, '=', &key, &value);
		key = str_trim(key);
		value = str_trim(value);
		if (!pair || !value.n)
			return fault(rd, part, "is not name=value");
		int i = 0;
		while (i < KEYS && !str_eq(key, keys[i]))
			i++;
		if (i == KEYS)
			return fault(rd, key, "is none of who, what, where, when, low, best, high");
		if (seen & (1u << i))
			return fault(rd, key, "stands twice");
		seen |= 1u << i;
		enum err err = read_value(rd, i, value, &c);
		if (err)
			return err;
	}
	if (!(seen & (1u << WHAT)))
		return fault(rd, whole, "does not say what is counted");
	if ((c.low >= 0 && c.best >= 0 && c.low > c.best) || (c.best >= 0 && c.high >= 0 && c.best > c.high) ||
	    (c.low >= 0 && c.high >= 0 && c.low > c.high))
		return fault(rd, whole, "is out of order: low, best and high rise");
	*ret = c;
	return OK;
}
