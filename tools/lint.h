/* lint: what the analyzer cannot see from one file alone: these give back the code that they were given, so that "failed" and
 * "result not set" go together. */
#ifndef LINT_H
#define LINT_H

#define _DEFAULT_SOURCE /* before the first system header, for the files that say so themselves */
#include "base/err.h"

#define err_set(e, code, ...) ((void)err_set((e), (code), __VA_ARGS__), (code))
#define err_nomem(e) ((void)err_nomem(e), ERR_NOMEM)

#endif
