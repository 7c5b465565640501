/* ACS markings: what is read is in normal form; one that can be written reads back, at its owner's, as the same label. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "../test/unit/t_label_world.h"
#include "label/acs.h"
#include "label/form.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str s = str_bytes(size ? (const void *)data : "", size);
	struct buf notes = BUF_INIT(LIMIT_LABEL_NOTES), b = BUF_INIT(LIMIT_LABEL_FILE);
	struct label l, back;
	struct errinfo e = {0};
	enum label_form form, was;
	world_make();
	struct label_import in = {&world, IRQ, 15, &notes};
	enum err err = label_form_read(s, &in, &form, &l, &e);
	if (err) {
		assert(e.code == err && e.msg[0] && err != ERR_NOMEM);
	} else {
		assert(label_ok(&l) && (l.circle & l.owners));
		if (label_owner(&l) >= 0 && !acs_put(&b, &world, &l, DAY(0), &e)) {
			in.home = label_owner(&l);
			err = label_form_read(buf_str(&b), &in, &was, &back, &e);
			assert(!err && was == LABEL_FORM_ACS && label_eq(&l, &back));
		}
	}
	buf_done(&notes);
	buf_done(&b);
	return 0;
}
