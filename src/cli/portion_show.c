#include "cli/portion_show.h"

#include <inttypes.h>

static struct str
grade_text(struct cli *c, struct stix_grade g)
{
	char *p = arena_alloc(&c->a, 8);
	struct buf b = {.p = p, .cap = 8, .max = 8};
	if (!p || !g.reliability)
		return STR_NONE;
	if (str_is(g.scheme, "4x4"))
		buf_puts(&b, "4x4:");
	buf_putc(&b, g.reliability);
	buf_putc(&b, g.credibility);
	return buf_str(&b);
}

void
portion_show_grade(struct cli *c, struct stix_grade g)
{
	struct str grade = grade_text(c, g);
	if (!grade.n)
		return;
	print_own(&c->out, " [");
	print_styled(&c->out, print_grade_style(grade), grade);
	print_own(&c->out, "]");
}

static void
put_number(struct cli *c, const char *name, int64_t v)
{
	print_own(&c->out, " %s %" PRId64, name, v);
}

void
portion_show_claims(struct cli *c, const struct json *list, const char *indent)
{
	struct stix_claims it;
	struct stix_claim claim;
	struct print *p = &c->out;
	stix_claims_init(&it, list);
	while (stix_claims_next(&it, &claim)) {
		print_own_styled(p, STYLE_DIM, "%sclaim: ", indent);
		print_text(p, claim.what);
		if (claim.counted) {
			put_number(c, "low", claim.low);
			put_number(c, "best", claim.best);
			put_number(c, "high", claim.high);
		}
		if (claim.where.n) {
			print_own(p, ", ");
			print_text(p, claim.where);
		}
		if (claim.when.n) {
			print_own(p, ", ");
			print_text(p, claim.when);
		}
		print_own(p, "\n");
	}
}
