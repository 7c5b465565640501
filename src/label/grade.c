#include "label/grade.h"

#include <string.h>

/* Letters or digits and their meaning, in the same order. */
struct scale {
	const char *signs;
	const char *text[6];
};

static const struct scale reliability[] = {
    [GRADE_NONE] = {"", {""}},
    [GRADE_ADMIRALTY] = {"ABCDEF",
	{"completely reliable", "usually reliable", "fairly reliable", "not usually reliable", "unreliable", "reliability cannot be judged"}},
    [GRADE_4X4] = {"ABCX", {"always reliable", "mostly reliable", "mostly unreliable", "reliability cannot be assessed"}},
};

static const struct scale credibility[] = {
    [GRADE_NONE] = {"", {""}},
    [GRADE_ADMIRALTY] = {"123456",
	{"confirmed by other sources", "probably true", "possibly true", "doubtful", "improbable", "truth cannot be judged"}},
    [GRADE_4X4] = {"1234", {"known to be accurate", "known to the source, not to the official passing it on",
			       "not known to the source, but corroborated", "cannot be corroborated"}},
};

/* Place of a sign on a scale, -1 if it is not there. */
static int
place(const struct scale *s, char sign)
{
	const char *at = sign ? strchr(s->signs, sign) : NULL;
	return at ? (int)(at - s->signs) : -1;
}

bool
grade_ok(const struct grade *g)
{
	if (g->scheme == GRADE_NONE)
		return !g->reliability && !g->credibility;
	return g->scheme <= GRADE_4X4 && place(&reliability[g->scheme], g->reliability) >= 0 && place(&credibility[g->scheme], g->credibility) >= 0;
}

enum err
grade_parse(struct str s, struct grade *ret, struct errinfo *e)
{
	struct str prefix = STR("4x4:");
	bool four = str_starts(s, prefix);
	struct str sign = four ? str_sub(s, prefix.n, s.n) : s;
	if (sign.n == 2) {
		struct grade g = {four ? GRADE_4X4 : GRADE_ADMIRALTY, sign.p[0], sign.p[1]};
		if (grade_ok(&g)) {
			*ret = g;
			return OK;
		}
	}
	return err_set(e, ERR_INVALID,
	    "\"%.*s\" is no grade: A to F and 1 to 6 (Admiralty, as in B2), or 4x4: and A, B, C or X and 1 to 4 (as in 4x4:B2)",
	    STR_FMT(str_sub(s, 0, 32)));
}

void
grade_put(struct buf *b, const struct grade *g)
{
	if (g->scheme != GRADE_NONE)
		buf_printf(b, "%s%c%c", g->scheme == GRADE_4X4 ? "4x4:" : "", g->reliability, g->credibility);
}

const char *
grade_reliability_text(const struct grade *g)
{
	int i = place(&reliability[g->scheme], g->reliability);
	return i < 0 ? "" : reliability[g->scheme].text[i];
}

const char *
grade_credibility_text(const struct grade *g)
{
	int i = place(&credibility[g->scheme], g->credibility);
	return i < 0 ? "" : credibility[g->scheme].text[i];
}

int
grade_confidence(const struct grade *g)
{
	if (g->scheme != GRADE_ADMIRALTY || g->credibility == '6')
		return -1;
	return 90 - 20 * (g->credibility - '1');
}

char
grade_credibility_of(int confidence)
{
	if (confidence < 0 || confidence > 100)
		return '6';
	return "543211"[confidence / 20];
}
