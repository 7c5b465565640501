/* Any stream after a pouch's first line: reading ends, within its limits, never gives one record twice, and asking in the order of a fetch finds
 * every log and checkpoint that a plain reading of the same bytes finds. */
#include <assert.h>
#include <string.h>

#include "crypto/init.h"
#include "share/pouch.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static const char *const asked[] = {"fork", "checkpoint", "payload/0", "tile/0/000.p/1", "tile/entries/000.p/1", "tile/1/000", "payload/1",
    "tile/entries/001", "tile/0/001", "payload/300", "checkpoint"};

static void
ask_all(struct transport *t, struct str listing)
{
	struct str line, id, rest;
	while (str_line(&listing, &line)) {
		str_cut(line, ' ', &id, &rest);
		for (size_t i = 0; i < sizeof asked / sizeof *asked; i++) {
			struct buf path = BUF_INIT(256), got = BUF_INIT(64 * KIB);
			struct errinfo e;
			buf_put(&path, id);
			buf_printf(&path, "/%s", asked[i]);
			enum err err = t->get(t->ctx, buf_str(&path), &got, &e);
			assert(err == OK || err == ERR_NOTFOUND || err == ERR_LIMIT || err == ERR_CORRUPT || err == ERR_NOMEM);
			assert(err || got.n <= 64 * KIB);
			assert(err || i != sizeof asked / sizeof *asked - 1); /* a checkpoint is given once */
			buf_done(&path);
			buf_done(&got);
		}
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct buf all = BUF_INIT(4 * MIB), listing = BUF_INIT(MIB), none = BUF_INIT(MIB);
	struct str rest;
	struct pouch *pouch;
	struct transport t;
	struct errinfo e;
	crypto_init();
	buf_puts(&all, "comity-pouch/v1\n");
	buf_put(&all, str_bytes(p, n));
	rest = buf_str(&all);
	if (!pouch_open_plain(source_of_str(&rest), STR("fuzz"), &pouch, &t, &e)) {
		uint64_t bytes = 0;
		(void)!t.get(t.ctx, STR("charters"), &none, &e);
		if (!t.get(t.ctx, STR("logs"), &listing, &e))
			ask_all(&t, buf_str(&listing));
		if (!pouch_finish(pouch, &bytes, &e))
			assert(bytes == all.n);
		pouch_free(pouch);
	}
	buf_done(&all);
	buf_done(&listing);
	buf_done(&none);
	return 0;
}
