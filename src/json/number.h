/* number: JSON number text to double and back, the same in every locale. */
#ifndef JSON_NUMBER_H
#define JSON_NUMBER_H

#include "base/buf.h"

/* The double nearest to text, which must be a JSON number. False if that is not finite. Any length of text; cost is linear in it. */
bool json_number_double(struct str text, double *ret);

/* The shortest text that gives the same double again, laid out as ECMAScript's Number::toString (ECMA-262 section 6.1.6.1.20; RFC
 * 8785 section 3.2.2.3): 1e+30, 4.5, 0.000001, 1e-7; -0 is "0". Asserts that d is finite. */
void json_double_put(struct buf *b, double d);

#endif
