/* sort: the members of an object in order of their keys. */
#ifndef JSON_SORT_INT_H
#define JSON_SORT_INT_H

#include "json/dom.h"

/* The members of obj, ordered by UTF-16 code units of their keys; equal keys stay in the order of the text. An array of obj->n
 * pointers in a, never of length 0; NULL when a is spent. A merge sort: n log n whatever the input. */
const struct json **json_sorted(const struct json *obj, struct arena *a);

#endif
