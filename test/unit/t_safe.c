/* What strangers wrote, as a terminal gets it. Fails if a byte that steers a terminal gets through, if letters of any script are lost, or if columns
 * are miscounted. */
#include "cli/safe.h"

#include "test.h"

static struct buf out = BUF_INIT(64 * 1024);

static struct str
safe(struct str s, size_t columns)
{
	buf_clear(&out);
	safe_put(&out, s, columns);
	return buf_str(&out);
}

TEST(plain_text_stays)
{
	CHECK_STR(safe(STR("Convoy near Palmyra, 12 trucks"), SAFE_ALL), STR("Convoy near Palmyra, 12 trucks"));
	CHECK_STR(safe(STR("تدمر Пальмира 巴尔米拉 é e\xcc\x81"), SAFE_ALL), STR("تدمر Пальмира 巴尔米拉 é e\xcc\x81"));
	CHECK_STR(safe(STR_NONE, SAFE_ALL), STR_NONE);
}

TEST(controls_are_shown)
{
	CHECK_STR(safe(STR("a\033[2Jb"), SAFE_ALL), STR("a␛[2Jb"));
	CHECK_STR(safe(STR("a\nb\tc\rd\0e"), SAFE_ALL), STR("a␊b␉c␍d␀e"));
	CHECK_STR(safe(STR("\x7f"), SAFE_ALL), STR("␡"));
	CHECK_STR(safe(STR("\xc2\x9b"
			   "2J"),
		      SAFE_ALL),
	    STR("<U+009B>2J"));
}

TEST(direction_and_hidden_marks_are_shown)
{
	CHECK_STR(safe(STR("a\xe2\x80\xae"
			   "b"),
		      SAFE_ALL),
	    STR("a<U+202E>b"));
	CHECK_STR(safe(STR("\xe2\x81\xa6x\xe2\x81\xa9"), SAFE_ALL), STR("<U+2066>x<U+2069>"));
	CHECK_STR(safe(STR("\xef\xbb\xbf"), SAFE_ALL), STR("<U+FEFF>"));
	CHECK_STR(safe(STR("a\xe2\x80\x8b"
			   "b"),
		      SAFE_ALL),
	    STR("a<U+200B>b"));
	CHECK_STR(safe(STR("\xf3\xa0\x81\x81"), SAFE_ALL), STR("<U+E0041>"));
}

/* Persian writes a non-joiner between letters; between Latin ones it only hides. */
TEST(joiners_stay_where_scripts_need_them)
{
	CHECK_STR(safe(STR("می\xe2\x80\x8cخواهم"), SAFE_ALL), STR("می\xe2\x80\x8cخواهم"));
	CHECK_STR(safe(STR("pay\xe2\x80\x8cpal"), SAFE_ALL), STR("pay<U+200C>pal"));
}

TEST(bytes_that_are_no_utf8_are_shown)
{
	CHECK_STR(safe(STR("a\xff\xc3("), SAFE_ALL), STR("a<0xFF><0xC3>("));
	CHECK_STR(safe(STR("\xed\xa0\x80"), SAFE_ALL), STR("<0xED><0xA0><0x80>"));
	CHECK_STR(safe(STR("\xc0\xaf\xf5"), SAFE_ALL), STR("<0xC0><0xAF><0xF5>"));
	CHECK_STR(safe(STR("\xe2\x82"), SAFE_ALL), STR("<0xE2><0x82>"));
}

TEST(marks_do_not_pile_up)
{
	CHECK_STR(safe(STR("\xcc\x81"
			   "a"),
		      SAFE_ALL),
	    STR("<U+0301>a")); /* none to stand on */
	struct buf pile = BUF_INIT(1000);
	buf_puts(&pile, "a");
	for (int i = 0; i < 8; i++)
		buf_puts(&pile, "\xcc\x81");
	CHECK(safe_width(buf_str(&pile)) == 1 + 2 * 8);
	buf_done(&pile);
}

TEST(columns)
{
	CHECK(safe_width(STR("abc")) == 3);
	CHECK(safe_width(STR("e\xcc\x81")) == 1);
	CHECK(safe_width(STR("巴尔")) == 4);
	CHECK(safe_width(STR("\033")) == 1);
	CHECK(safe_width(STR("تدمر")) == 4);
	CHECK(safe_width(STR("\xe2\x80\xae")) == 8);
}

TEST(what_does_not_fit_is_cut)
{
	CHECK_STR(safe(STR("abcdef"), 6), STR("abcdef"));
	CHECK_STR(safe(STR("abcdef"), 5), STR("abcd…"));
	CHECK_STR(safe(STR("abcdef"), 1), STR("…"));
	CHECK_STR(safe(STR("巴尔米"), 4), STR("巴…")); /* a wide one that is half in is out */
	CHECK_STR(safe(STR("a\xe2\x80\xae"
			   "b"),
		      5),
	    STR("a…")); /* never half a name */
	buf_clear(&out);
	CHECK(safe_put(&out, STR("巴尔米"), 5) == 5);
	buf_clear(&out);
	CHECK(safe_put(&out, STR("巴尔米"), 4) == 3);
}

TEST(lines_are_broken_at_blanks)
{
	buf_clear(&out);
	safe_put_lines(&out, STR("one two three four five six"), 2, 16);
	CHECK_STR(buf_str(&out), STR("  one two three\n  four five six\n"));
	buf_clear(&out);
	safe_put_lines(&out, STR("first\n\nsecond\033"), 1, 40);
	CHECK_STR(buf_str(&out), STR(" first\n\n second␛\n"));
	buf_clear(&out);
	safe_put_lines(&out, STR("aaaaaaaaaaaaaaaaaaaaaaaa b"), 0, 10);
	CHECK_STR(buf_str(&out), STR("aaaaaaaaaa\naaaaaaaaaa\naaaa b\n"));
	buf_clear(&out);
	safe_put_lines(&out, STR_NONE, 4, 10);
	CHECK_STR(buf_str(&out), STR_NONE);
}

TEST(direction)
{
	CHECK(safe_rtl(STR("near تدمر")));
	CHECK(safe_rtl(STR("שלום")));
	CHECK(!safe_rtl(STR("Пальмира é 巴")));
	CHECK(!safe_rtl(STR("\xff\xfe")));
}

/* Every character there is, alone and after a letter: nothing below a blank, no C1, no direction mark comes out. */
TEST(no_character_gets_through)
{
	for (uint32_t c = 0; c < 0x110000; c++) {
		char in[5] = "a";
		size_t n = 1;
		if (c >= 0xd800 && c < 0xe000)
			continue;
		if (c < 0x80) {
			in[n++] = (char)c;
		} else if (c < 0x800) {
			in[n++] = (char)(0xc0 | c >> 6);
			in[n++] = (char)(0x80 | (c & 0x3f));
		} else if (c < 0x10000) {
			in[n++] = (char)(0xe0 | c >> 12);
			in[n++] = (char)(0x80 | (c >> 6 & 0x3f));
			in[n++] = (char)(0x80 | (c & 0x3f));
		} else {
			in[n++] = (char)(0xf0 | c >> 18);
			in[n++] = (char)(0x80 | (c >> 12 & 0x3f));
			in[n++] = (char)(0x80 | (c >> 6 & 0x3f));
			in[n++] = (char)(0x80 | (c & 0x3f));
		}
		struct str got = safe(str_bytes(in, n), SAFE_ALL);
		CHECK(str_utf8(got, NULL));
		bool shown = !str_eq(got, str_bytes(in, n));
		bool must = c < 0x20 || (c >= 0x7f && c < 0xa0) || (c >= 0x200b && c <= 0x200f) || (c >= 0x2028 && c <= 0x202e) ||
			    (c >= 0x2060 && c <= 0x206f) || c == 0xfeff || c == 0x61c || c >= 0xe0000;
		CHECKF(!must || shown, "U+%04X gets through", (unsigned)c);
		for (size_t i = 0; i < got.n; i++)
			CHECKF((unsigned char)got.p[i] >= 0x20 && got.p[i] != 0x7f, "U+%04X gives a control", (unsigned)c);
	}
}
