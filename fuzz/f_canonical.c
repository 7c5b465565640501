/* The canonical form, on any bytes that parse. What must hold: it parses; its own canonical form is itself, and it is taken for
 * canonical; it is valid UTF-8; nothing else is taken for canonical. */
#include <stdlib.h>

#include "base/limits.h"
#include "json/canonical.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

#define MUST(cond)               \
	do                       \
		if (!(cond))     \
			abort(); \
	while (0)

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct arena a = ARENA_INIT(LIMIT_OBJECT_ARENA), scratch = ARENA_INIT(LIMIT_OBJECT_ARENA);
	struct buf once = BUF_INIT(LIMIT_OBJECT), twice = BUF_INIT(LIMIT_OBJECT);
	struct str text = str_bytes(p, n);
	struct errinfo e;
	const struct json *j, *again;
	if (json_parse(&a, text, &j, &e) == OK && json_canonical(j, &scratch, &once, &e) == OK) {
		struct str c = buf_str(&once);
		MUST(str_utf8(c, NULL));
		arena_reset(&scratch);
		MUST((json_parse_canonical(&scratch, text, &again, &e) == OK) == str_eq(c, text));
		arena_reset(&scratch);
		MUST(json_parse_canonical(&scratch, c, &again, &e) == OK);
		MUST(json_canonical(again, &scratch, &twice, &e) == OK && str_eq(c, buf_str(&twice)));
	}
	arena_done(&a);
	arena_done(&scratch);
	buf_done(&once);
	buf_done(&twice);
	return 0;
}
