/* STANAG 4774, XML and JSON: what is read is in normal form, can be written in both, and reads back from both as the same label. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "../test/unit/t_label_world.h"
#include "label/mark.h"
#include "label/stanag.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
once(struct str text, enum stanag_form form)
{
	struct buf notes = BUF_INIT(LIMIT_LABEL_NOTES), b = BUF_INIT(LIMIT_LABEL_FILE);
	struct label_import in = {&world, IRQ, 15, &notes};
	struct label l, back;
	struct errinfo e = {0};
	enum err err = stanag_read(text, form, &in, &l, &e);
	if (err) {
		assert(e.code == err && e.msg[0] && err != ERR_NOMEM);
	} else {
		assert(label_ok(&l) && !mark_check(&world, &l, &e));
		for (enum stanag_form f = STANAG_XML; f <= STANAG_JSON; f++) {
			buf_clear(&b);
			err = stanag_put(&b, f, &world, &l, DAY(0), &e);
			assert(!err);
			err = stanag_read(buf_str(&b), f, &in, &back, &e);
			assert(!err && label_eq(&l, &back));
		}
	}
	buf_done(&notes);
	buf_done(&b);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str s = str_bytes(size ? (const void *)data : "", size);
	world_make();
	once(s, STANAG_XML);
	once(s, STANAG_JSON);
	world.nlevels = 0;
	once(s, STANAG_XML);
	return 0;
}
