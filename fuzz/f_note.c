/* f_note: everything of the merkle room that reads strangers' text. What is taken gives the same bytes again, from its parts alone. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "crypto/init.h"
#include "merkle/bridge.h"
#include "merkle/fork.h"
#include "merkle/receipt.h"
#include "merkle/tile.h"

static struct buf out = BUF_INIT(1 << 16);

static void
same(struct str in)
{
	assert(buf_ok(&out) && str_eq(buf_str(&out), in));
	buf_clear(&out);
}

static void
note(struct str in)
{
	struct merkle_note n;
	struct merkle_checkpoint c;
	if (merkle_note_parse(in, &n, NULL))
		return;
	assert(n.nsigs >= 1 && n.nsigs <= MERKLE_NOTE_SIGS && in.n <= LIMIT_CHECKPOINT && merkle_note_text_check(n.text, NULL) == OK);
	buf_put(&out, n.text);
	buf_putc(&out, '\n');
	for (size_t i = 0; i < n.nsigs; i++) {
		char id[4];
		struct merkle_note_key key = {.name = n.sigs[i].name, .type = MERKLE_NOTE_ED25519, .id = n.sigs[i].id};
		unsigned char sig[LIMIT_CHECKPOINT];
		size_t len;
		assert(
		    merkle_note_name_check(n.sigs[i].name, NULL) == OK && base64_decode(n.sigs[i].base64, sig, sizeof sig, &len) && len > sizeof id);
		buf_puts(&out, "— ");
		buf_put(&out, n.sigs[i].name);
		buf_puts(&out, " ");
		buf_base64(&out, str_bytes(sig, len));
		buf_puts(&out, "\n");
		assert(merkle_note_check(&n, &key, NULL, NULL) == ERR_VERIFY); /* nobody signs for the key of zeros */
		key.type = MERKLE_NOTE_COSIGNATURE;
		assert(merkle_note_check(&n, &key, NULL, NULL) == ERR_VERIFY);
	}
	same(in);
	if (merkle_checkpoint_parse(n.text, &c, NULL) == OK) {
		struct sign_public pub = {{0}};
		merkle_checkpoint_put(&out, &c);
		same(n.text);
		assert(merkle_checkpoint_open(in, c.origin, &pub, NULL, &c, NULL) != OK);
	}
}

static void
others(struct str in)
{
	struct merkle_checkpoint c;
	struct merkle_receipt r;
	struct merkle_note_key key;
	struct merkle_tile t;
	struct merkle_edge g;
	struct merkle_note_sig sig;
	struct merkle_bridge bridge;
	struct str origin, rest_of;
	struct sign_public pub = {{0}};
	if (merkle_bridge_parse(in, &bridge, &rest_of, NULL) == OK) {
		merkle_bridge_put(&out, &bridge, rest_of);
		same(in);
	}
	if (merkle_checkpoint_parse(in, &c, NULL) == OK) {
		merkle_checkpoint_put(&out, &c);
		same(in);
	}
	if (merkle_receipt_parse(in, &r, NULL) == OK) {
		merkle_receipt_put(&out, &r);
		same(in);
		note(r.note);
	}
	if (merkle_note_key_parse(in, &key, NULL) == OK) {
		/* the id may be in capitals: otherwise the text is one */
		merkle_note_key_put(&out, &key);
		assert(buf_ok(&out) && out.n == in.n);
		buf_clear(&out);
	}
	if (merkle_tile_parse(in, &t, NULL) == OK) {
		merkle_tile_path(&out, &t);
		same(in);
	}
	if (merkle_edge_load(in, &g, NULL) == OK) {
		merkle_edge_put(&out, &g);
		same(in);
	}
	if (merkle_note_sig_parse(in, &sig, NULL) == OK)
		assert(str_eq(sig.line, in) && str_ends(in, STR("\n")));
	if (merkle_fork_origin(in, &origin, NULL) == OK)
		assert(merkle_fork_check(in, origin, &pub, NULL, NULL) != OK);
	for (struct str rest = in, entry; rest.n > 0 && merkle_bundle_next(&rest, &entry, NULL) == OK;)
		assert(merkle_bundle_put(&out, entry, NULL) == OK);
	assert(!buf_ok(&out) || str_starts(in, buf_str(&out)));
	buf_clear(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	crypto_init();
	note(str_bytes(data, n));
	others(str_bytes(data, n));
	return 0;
}
