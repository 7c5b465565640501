/* Marks: what is read has a text, which reads back as the same label and is its own text; a label that was read reads back through the other kind of
 * mark too. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "../test/unit/t_label_world.h"
#include "label/mark.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
once(struct str text, const struct mark_view *v, bool banner)
{
	static char at[2 * LIMIT_MARK];
	struct label l, back;
	struct errinfo e = {0};
	enum err err = banner ? mark_parse_banner(text, v, &l, &e) : mark_parse_portion(text, v, &l, &e);
	if (err) {
		assert(e.code == err && e.msg[0] && (err == ERR_LIMIT || (e.line == 1 && e.col >= 1 && e.offset <= text.n)));
		return;
	}
	assert(label_ok(&l) && (l.circle & l.owners));
	for (int other = 0; other < 2; other++) {
		struct buf b = {.p = at, .cap = sizeof(at), .max = sizeof(at)};
		err = other ? mark_put_banner(&b, v, &l, &e) : mark_put_portion(&b, v, &l, &e);
		assert(!err && b.p == at);
		err = other ? mark_parse_banner(buf_str(&b), v, &back, &e) : mark_parse_portion(buf_str(&b), v, &back, &e);
		assert(!err && label_eq(&l, &back));
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str s = str_bytes(size ? (const void *)data : "", size), mark, rest;
	for (int i = 0; i < 8; i++) {
		world_make();
		world.nlevels = i & 4 ? 0 : 3;
		struct mark_view v = {&world, i & 1 ? IRQ : -1, i & 2 ? 15 : 0};
		once(s, &v, false);
		once(s, &v, true);
	}
	if (mark_cut(s, &mark, &rest))
		assert(mark.n >= 2 && mark.n + rest.n <= size && mark.p[mark.n - 1] == ')');
	return 0;
}
