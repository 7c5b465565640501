/* text: folding and words. */
#include "text/fold.h"

#include <time.h>

#include "test.h"

static void
folds(const char *in, const char *want)
{
	struct buf b = BUF_INIT(64 * 1024);
	text_fold(&b, str_of(in));
	CHECK_STR(buf_str(&b), str_of(want));
	buf_done(&b);
}

/* Fails if one of the foldings that the header promises is lost. */
TEST(fold_by_script)
{
	folds("Baghdad, 10 OCT 2015: \"Al-Qa'im\"", "baghdad, 10 oct 2015: \"al-qa'im\"");
	folds("Ñandú ÇEŞME Øresund Łódź Straße İzmir ISPARTAı œuvre ﬁn", "nandu cesme oresund lodz strasse izmir ispartai oeuvre fin");
	folds("Baʿqūba", "baquba");
	folds("e\xcc\x81 \xc3\xa9", "e e"); /* decomposed, composed */
	folds("Ёлка МАЙ Україна", "елка маи украіна");
	folds("ΑΘΉΝΑ ὈΔΥΣΣΕΎΣ", "αθηνα οδυσσευσ");
	folds("أحمد إيران آمد ٱلله مؤمن رئيس", "احمد ايران امد الله مومن رييس");
	folds("مدرسة موسى", "مدرسه موسي");
	folds("مُحَمَّد العـــراق", "محمد العراق");
	folds("تهران یک کرمانشاه می\xe2\x80\x8cخواهد", "تهران يك كرمانشاه ميخواهد");
	folds("٢٠١٥ ۱۲۳ ２０", "2015 123 20");
	folds("ﻻ ﷲ", "لا الله");
	folds("שָׁלוֹם", "שלום");
	folds("a\xff\xc3(b\xed\xa0\x80", "a  (b   ");
	folds("x\xe0\x80\xafy\xc0\xaf\xf0\x80\x80\xafz\xf4\x90\x80\x80", "x   y      z    "); /* overlong, beyond the last */
	folds("हिन्दी", "हिन्दी");                                                              /* vowels stay */
}

static void
put_cp(struct buf *b, uint32_t cp)
{
	if (cp < 0x80)
		buf_putc(b, (char)cp);
	else if (cp < 0x800)
		buf_be(b, 0xc080 | (cp & 0x7c0) << 2 | (cp & 0x3f), 2);
	else if (cp < 0x10000)
		buf_be(b, 0xe08080 | (cp & 0xf000) << 4 | (cp & 0xfc0) << 2 | (cp & 0x3f), 3);
	else
		buf_be(b, 0xf0808080 | (cp & 0x1c0000) << 6 | (cp & 0x3f000) << 4 | (cp & 0xfc0) << 2 | (cp & 0x3f), 4);
}

/* Fails if for any code point folding twice differs from once, gives bad UTF-8, grows more than promised, or the word of it is not its folding. */
TEST(fold_of_every_code_point_is_stable)
{
	struct buf in = BUF_INIT(64), one = BUF_INIT(64), two = BUF_INIT(64);
	size_t words = 0, folded = 0;
	for (uint32_t cp = 0; cp < 0x110000; cp++) {
		if (cp >= 0xd800 && cp < 0xe000)
			continue;
		buf_clear(&in), buf_clear(&one), buf_clear(&two);
		put_cp(&in, cp);
		text_fold(&one, buf_str(&in));
		text_fold(&two, buf_str(&one));
		CHECKF(str_eq(buf_str(&one), buf_str(&two)), "U+%04X", cp);
		CHECK(str_utf8(buf_str(&one), NULL) && one.n <= 6 * in.n + 15);
		CHECKF(one.n <= 6 * in.n, "U+%04X grows %zu to %zu", cp, in.n, one.n);
		folded += !str_eq(buf_str(&in), buf_str(&one));
		struct text_words ws = {.text = buf_str(&in)};
		struct text_word w;
		if (text_word_next(&ws, &w)) {
			CHECKF(w.start == 0 && w.end == in.n && str_eq(buf_str(&one), str_bytes(w.folded, w.n)), "U+%04X", cp);
			CHECK(!text_word_next(&ws, &w));
			words++;
		}
	}
	printf("# %zu code points of words, %zu that fold to something else\n", words, folded);
	buf_done(&in), buf_done(&one), buf_done(&two);
}

static void
words_are(const char *text, const char *want)
{
	struct buf b = BUF_INIT(4096);
	struct text_words ws = {.text = str_of(text)};
	struct text_word w;
	size_t last = 0;
	while (text_word_next(&ws, &w)) {
		CHECK(w.start >= last && w.end > w.start && w.end <= ws.text.n && w.n > 0);
		buf_printf(&b, "[%zu-%zu %.*s]", w.start, w.end, (int)w.n, w.folded);
		last = w.end;
	}
	CHECK_STR(buf_str(&b), str_of(want));
	buf_done(&b);
}

/* Fails if a word begins or ends elsewhere. */
TEST(words_have_their_places)
{
	words_are("", "");
	words_are(" -- ", "");
	words_are("Al-Qa'im, 2015", "[0-2 al][3-5 qa][6-8 im][10-14 2015]");
	words_are("\xcc\x81 x", "[3-4 x]"); /* a lone mark is no word */
	words_are("a\xff"
		  "b",
	    "[0-1 a][2-3 b]");
	words_are("Łódź!", "[0-7 lodz]");
	words_are("北京a市", "[0-3 北][3-6 京][6-7 a][7-10 市]");
	words_are("\xf0\xa0\x80\x80x", "[0-4 \xf0\xa0\x80\x80][4-5 x]");
	words_are("\xef\xbd\xb1\xef\xbd\xb2", "[0-3 ア][3-6 イ]"); /* half-width */
	words_are("می\xe2\x80\x8cخواهد", "[0-17 ميخواهد]");
	words_are("x\xf3\xa0\x84\x80y", "[0-6 xy]"); /* variation selector */
	words_are("\xf4\x80\x80\x80", "");           /* private use */
}

/* Fails if a long word is not cut at a character, or the cut word loses its end. */
TEST(long_words_are_cut)
{
	char text[400];
	memset(text, 'A', 63);
	for (int i = 0; i < 100; i++)
		memcpy(text + 63 + 2 * i, "\xd0\x96", 2);
	struct text_words ws = {.text = {text, 263}};
	struct text_word w;
	CHECK(text_word_next(&ws, &w) && w.start == 0 && w.end == 263 && w.n == 63);
	text[62] = ' ';
	ws = (struct text_words){.text = {text, 263}};
	CHECK(text_word_next(&ws, &w) && w.n == 62 && w.end == 62);
	CHECK(text_word_next(&ws, &w) && w.n == 64 && w.end == 263 && !text_word_next(&ws, &w));
}

/* Fails if a full buffer is not told, or written past. */
TEST(fold_holds_to_the_ceiling)
{
	struct buf b = BUF_INIT(10);
	text_fold(&b, STR("twelve bytes"));
	CHECK(!buf_ok(&b) && b.n <= 10);
	buf_done(&b);
	buf_init(&b, 10);
	text_fold(&b, STR("\xd0\x96\xd0\x96\xd0\x96\xd0\x96\xd0\x96\xd0\x96"));
	CHECK(!buf_ok(&b) && b.n <= 10);
	buf_done(&b);
}

/* Not a test of right or wrong: says the speed. */
TEST(speed_is_said)
{
	enum { N = 1 << 20 };
	static char text[N];
	struct buf b = BUF_INIT(2 * N);
	for (size_t i = 0; i < N; i++)
		text[i] = "Convoy left Baghdad at 0630Z. "[i % 30];
	struct timespec from, to;
	clock_gettime(CLOCK_MONOTONIC, &from);
	for (int i = 0; i < 50; i++) {
		buf_clear(&b);
		text_fold(&b, str_bytes(text, N));
	}
	clock_gettime(CLOCK_MONOTONIC, &to);
	double s = (double)(to.tv_sec - from.tv_sec) + 1e-9 * (double)(to.tv_nsec - from.tv_nsec);
	struct text_words ws = {.text = {text, N}};
	struct text_word w;
	size_t n = 0;
	clock_gettime(CLOCK_MONOTONIC, &from);
	while (text_word_next(&ws, &w))
		n += w.n;
	clock_gettime(CLOCK_MONOTONIC, &to);
	double t = (double)(to.tv_sec - from.tv_sec) + 1e-9 * (double)(to.tv_nsec - from.tv_nsec);
	CHECK(b.n == N && n > 0);
	printf("# ASCII folds at %.2f GB/s, words at %.0f MB/s\n", 50.0 * N / 1e9 / s, N / 1e6 / t);
	buf_done(&b);
}
