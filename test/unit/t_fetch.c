/* Fetching: what is taken, what is refused, and that the other's word alone never counts. */
#include "sim/disk.h"

#include "t_share.h"

enum { TEXT_MAX = 64 * MIB };

#define BOTH (M(IRQ) | M(RUS))

static bool
same(struct place *a, struct place *b, uint64_t circle, int author)
{
	struct buf x = BUF_INIT(TEXT_MAX), y = BUF_INIT(TEXT_MAX);
	place_text(a, circle, author, &x);
	place_text(b, circle, author, &y);
	bool yes = str_eq(buf_str(&x), buf_str(&y));
	buf_done(&x);
	buf_done(&y);
	return yes;
}

/* Fails if bytes differ, if anything of another circle came along, or if the second fetch finds anything new. */
TEST(what_was_released_arrives)
{
	static struct place irq, rus;
	struct fetch_report r;
	place_new(&irq, IRQ);
	place_new(&rus, RUS);
	place_release(&irq, BOTH, "one", 3);
	place_release(&irq, BOTH, "two", 1);
	place_release(&irq, M(IRQ) | M(SYR), "not for rus", 1);
	place_release(&irq, M(IRQ), "own", 1);
	place_fetch(&rus, &irq, &r);
	CHECK(r.logs == 1 && r.entries == 2 && r.objects == 4 && !r.refused && !r.waiting && !r.pending);
	CHECK(same(&irq, &rus, BOTH, IRQ));
	CHECK(!place_log(&rus, M(IRQ) | M(SYR), IRQ).no && !place_log(&rus, M(IRQ), IRQ).no);
	place_fetch(&rus, &irq, &r);
	CHECK(r.logs == 1 && !r.entries && !r.objects && !r.cosigs && !r.refused && !r.charters);
	place_done(&irq);
	place_done(&rus);
}
