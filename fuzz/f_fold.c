/* Folding and words: folding twice is folding once; the folding of valid UTF-8 is valid; words come in order, without overlap, not empty; what a
 * word's bytes fold to begins with the word; there is no letter or digit of ASCII outside the words. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "text/fold.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str s = str_bytes(data, size);
	struct buf one = BUF_INIT(6 * size + 1), two = BUF_INIT(36 * size + 1), part = BUF_INIT(6 * size + 1);
	text_fold(&one, s);
	text_fold(&two, buf_str(&one));
	assert(buf_ok(&one) && buf_ok(&two) && str_eq(buf_str(&one), buf_str(&two)) && str_utf8(buf_str(&one), NULL));
	struct text_words ws = {.text = s};
	struct text_word w;
	size_t last = 0;
	while (text_word_next(&ws, &w)) {
		assert(w.start >= last && w.start < w.end && w.end <= size && w.n > 0 && w.n <= TEXT_WORD);
		for (size_t i = last; i < w.start; i++)
			assert(!(data[i] >= '0' && data[i] <= '9') && !((data[i] | 32) >= 'a' && (data[i] | 32) <= 'z'));
		buf_clear(&part);
		text_fold(&part, str_sub(s, w.start, w.end));
		assert(str_starts(buf_str(&part), str_bytes(w.folded, w.n)) && (part.n == w.n || part.n > TEXT_WORD));
		last = w.end;
	}
	buf_done(&one), buf_done(&two), buf_done(&part);
	return 0;
}
