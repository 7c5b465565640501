/* vocabulary: the dozen words of all texts; few, so that what is secret and what is not say the same. */
#ifndef NI_VOCABULARY_H
#define NI_VOCABULARY_H

enum { VOCABULARY = 12 };
extern const char *const vocabulary[VOCABULARY];

#endif
