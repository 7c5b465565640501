/* object: STIX objects made up for the benches: kinds, sizes and references in about the proportions of a real ATT&CK bundle (half relationships, 1.3
 * KB on average), words as a language has them (the k-th about 1/k as often as the first). A function of the number alone. */
#ifndef OBJECT_H
#define OBJECT_H

#include "base/buf.h"

/* Appends object n as compact JSON. */
void object_put(struct buf *b, uint64_t n);
/* Appends its id; its searched text alone (what a bare index is given). */
void object_put_id(struct buf *b, uint64_t n);
void object_put_text(struct buf *b, uint64_t n);
/* Word k of the vocabulary, k from 0: the most frequent first. */
void object_put_word(struct buf *b, uint32_t k);

#endif
