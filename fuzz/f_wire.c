/* wire: a call as a node reads it from its socket, and a failure as a command does. What is read and written again is read as the same. */
#include <stdlib.h>

#include "api/wire.h"
#include "api/wire_call.h"
#include "base/limits.h"

#define MUST(cond)               \
	do                       \
		if (!(cond))     \
			abort(); \
	while (0)

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct str text = str_bytes(p, n);
	struct arena a = ARENA_INIT(4 * MIB);
	struct buf once = BUF_INIT(4 * MIB), again = BUF_INIT(4 * MIB);
	struct wire_call c;
	struct errinfo e;
	if (!wire_call_parse(&a, text, &c, &e)) {
		wire_call_put(&once, &c);
		if (buf_ok(&once)) {
			MUST(!wire_call_parse(&a, buf_str(&once), &c, &e));
			wire_call_put(&again, &c);
			MUST(str_eq(buf_str(&once), buf_str(&again)));
		}
	}
	MUST(wire_failure(text, &e) != OK);
	arena_done(&a);
	buf_done(&once);
	buf_done(&again);
	return 0;
}
