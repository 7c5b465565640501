/* fold: text as search sees it, so that what people type finds what was written.
 *
 * UTF-8 to UTF-8. Capitals become small; accents and other marks of Latin, Greek, Cyrillic, Hebrew and Arabic letters go (so composed and decomposed
 * text fold alike; yo becomes ye, short i becomes i); Arabic hamza forms become their carrier, ta marbuta heh, alef maqsura and Persian yeh yeh,
 * Persian kaf kaf, tatweel and harakat go; decimal digits of any script become ASCII; ligatures, presentation and full-width forms become what they
 * stand for. Joiners and direction marks go. Folding twice is folding once. */
#ifndef TEXT_FOLD_H
#define TEXT_FOLD_H

#include "base/buf.h"

enum { TEXT_WORD = 64 }; /* most bytes of a folded word */

/* Appends the folded text. What is neither letter nor digit stays as it is; each byte that is no UTF-8 becomes one blank. ASCII goes at memory speed
 * (16 bytes a step); the result is at most 6 times as long. */
void text_fold(struct buf *b, struct str s);

/* Words are runs of letters, digits and marks; a Chinese or Japanese character is a word by itself. Nothing else is in a word, so "Al-Qa'im" is
 * three.
 *
 *	struct text_words w = {.text = s};
 *	struct text_word word;
 *	while (text_word_next(&w, &word)) … */
struct text_words {
	struct str text;
	size_t at; /* bytes read */
};

struct text_word {
	size_t start, end;      /* bytes in the text, [start, end) */
	uint8_t n;              /* bytes of folded, at least 1 */
	char folded[TEXT_WORD]; /* folded, cut before the character that would not fit; not NUL-terminated */
};

/* False at the end. A word that folds to nothing (a lone mark) is passed over. Any bytes are taken; what is no UTF-8 separates words. */
bool text_word_next(struct text_words *w, struct text_word *ret);

#endif
