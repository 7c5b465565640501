/* json_words: what the arguments of the JSON API mean, by name: an argument of one name means one thing in every row. For its description. */
#ifndef API_JSON_WORDS_H
#define API_JSON_WORDS_H

#include "base/str.h"

/* Empty if there are none for it, which the tests do not allow. */
struct str json_words(struct str arg);

#endif
