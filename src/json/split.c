/* Two searches for the end of a value: a fast one that trusts its brackets and quotes, 64 bytes at a step, and a careful one for
 * what has been found damaged.
 *
 * The fast one makes of each block one bit per byte that is a quote, a backslash, a bracket. Escaped quotes are taken out; the
 * running xor of the quotes that are left is the set of bytes within strings (Langdale and Lemire, "Parsing Gigabytes of JSON per
 * Second", 2019); brackets outside of it move the depth. Text without brackets costs no branch per byte. */
#include <string.h>

#include "json/scan_int.h"
#include "json/simd_int.h"

/* Bit i becomes the xor of bits 0 to i. */
static inline uint64_t
running_xor(uint64_t m)
{
	for (int shift = 1; shift < 64; shift *= 2)
		m ^= m << shift;
	return m;
}

/* The bytes that stand behind a backslash which is not itself behind one. *carry: the first byte of this block does; then, of the next. */
static inline uint64_t
escaped_bytes(uint64_t slash, uint64_t *carry)
{
	uint64_t escaped = *carry;
	*carry = 0;
	for (; slash; slash &= slash - 1) {
		uint64_t bit = slash & -slash;
		if (escaped & bit)
			continue;
		escaped |= bit << 1;
		*carry = bit >> 63;
	}
	return escaped;
}

/* Whether what stands before the bracket at p is the key `list` and a colon, nothing of it before `from`. */
static bool
follows_key(const char *from, const char *p, struct str list)
{
	bool colon = false;
	for (; p > from; p--) {
		char c = p[-1];
		if (c == ':' && !colon)
			colon = true;
		else if (c != ' ' && c != '\t' && c != '\n' && c != '\r')
			break;
	}
	if (!colon || (size_t)(p - from) < list.n + 3)
		return false;
	p -= list.n + 2;
	return p[0] == '"' && p[list.n + 1] == '"' && memcmp(p + 1, list.p, list.n) == 0 && p[-1] != '\\';
}

/* What is known between two blocks. */
struct state {
	uint64_t in_string; /* all ones: within a string */
	uint64_t carry;     /* 1: the next byte is escaped */
	uint64_t kinds;     /* of the open brackets, by depth: 1 for a brace */
	uint32_t depth;
	bool deep;
};

struct want {
	const char *start; /* of the object; may be before the block */
	struct str list;
	bool cut;
};

/* Takes a block of 64 bytes, a copy of those at p. True if it decides: *ret, at byte *ret_bit. */
static inline bool
take_block(struct state *s, const char *block, const char *p, const struct want *want, enum split *ret, unsigned *ret_bit)
{
	struct json_block m = json_block_read(block);
	uint64_t quote = m.quote & ~(m.slash | s->carry ? escaped_bytes(m.slash, &s->carry) : 0);
	uint64_t in = running_xor(quote) ^ s->in_string;
	uint64_t brackets = (m.open | m.close) & ~in, broken = want->cut ? m.line & in : 0;
	s->in_string = 0 - (in >> 63);
	if (broken)
		brackets &= (broken & -broken) - 1;
	for (; brackets; brackets &= brackets - 1) {
		unsigned bit = *ret_bit = json_low_bit(brackets);
		uint64_t brace = (uint64_t)block[bit] >> 5 & 1; /* 1 for { and }, 0 for [ and ] */
		if (m.open >> bit & 1) {
			if (s->depth == 1 && !brace && want->list.p && follows_key(want->start, p + bit, want->list)) {
				*ret = SPLIT_LIST;
				return true;
			}
			if (s->depth < LIMIT_JSON_DEPTH)
				s->kinds = (s->kinds & ~(UINT64_C(1) << s->depth)) | brace << s->depth;
			else
				s->deep = true;
			s->depth++;
			continue;
		}
		s->depth--;
		if (s->depth < LIMIT_JSON_DEPTH && (s->kinds >> s->depth & 1) != brace) {
			*ret = SPLIT_CROSS;
			return true;
		}
		if (s->depth == 0) {
			*ret = s->deep ? SPLIT_DEEP : SPLIT_WHOLE;
			return true;
		}
	}
	if (broken) {
		*ret = SPLIT_CUT;
		*ret_bit = json_low_bit(broken);
	}
	return broken != 0;
}

enum err
split_find(struct window *w, uint64_t start, struct str list, bool cut, enum split *ret, uint64_t *ret_end, struct errinfo *e)
{
	struct state s = {0, 0, 0, 0, false};
	for (uint64_t at = start; at - start < LIMIT_OBJECT;) {
		uint64_t left = window_limit(w) > at ? window_limit(w) - at : 0;
		const char *p = window_ptr(w, at), *block = p;
		struct want want = {window_ptr(w, start), list, cut};
		struct state before = s;
		char part[64];
		unsigned bit;
		if (left < 64) {
			memset(part, ' ', sizeof part);
			memcpy(part, p, (size_t)left);
			block = part;
		}
		if (left && take_block(&s, block, p, &want, ret, &bit)) {
			*ret_end = at + bit + (*ret == SPLIT_WHOLE || *ret == SPLIT_DEEP);
			return OK;
		}
		if (left >= 64) {
			at += 64;
		} else if (w->end) {
			*ret = SPLIT_OPEN;
			*ret_end = window_limit(w);
			return OK;
		} else { /* what is there does not decide: again, with more */
			s = before;
			enum err r = window_more(w, start, e);
			if (r)
				return r;
		}
	}
	*ret = SPLIT_BIG;
	return OK;
}

_Static_assert(LIMIT_JSON_DEPTH <= 64, "the kinds of open brackets are the bits of a word");
_Static_assert(LIMIT_OBJECT % 64 == 0, "no block reaches over the limit");

/* What the careful search knows at a byte. */
struct damage {
	enum until until;
	bool string, escaped, line; /* line: a line is just beginning and agrees with indent so far */
	int64_t depth;
	size_t agreed; /* bytes of indent */
};

/* Takes a byte; true if the end stands: *ret_back bytes before this one (-1: just behind it). */
static bool
damage_step(struct damage *d, char c, struct str indent, int64_t *ret_back)
{
	if (d->line && d->agreed == indent.n && c == '{') {
		*ret_back = (int64_t)indent.n;
		return true;
	}
	if (c == '\n') {
		d->line = indent.p != NULL;
		d->agreed = 0;
	} else if (d->line && d->agreed < indent.n && c == indent.p[d->agreed]) {
		d->agreed++;
	} else {
		d->line = false;
	}
	if (d->string) {
		if (d->escaped)
			d->escaped = false;
		else if (c == '\\')
			d->escaped = true;
		else if (c == '"')
			d->string = false;
		return false;
	}
	*ret_back = d->until == UNTIL_BALANCE ? -1 : 0;
	switch (c) {
	case '"':
		d->string = d->until != UNTIL_LINE;
		return false;
	case '{':
		d->depth++;
		return false;
	case '[':
		d->depth += d->until == UNTIL_ELEMENT;
		return false;
	case '}':
		d->depth--;
		return (d->until == UNTIL_BALANCE && d->depth == 0) || (d->until == UNTIL_ELEMENT && d->depth < 0);
	case ']':
		d->depth -= d->until == UNTIL_ELEMENT;
		return d->until == UNTIL_ELEMENT && d->depth < 0;
	case ',':
		return d->until == UNTIL_ELEMENT && d->depth == 0;
	default:
		return false;
	}
}

/* What has been read of the damage from start to `to`, if it is not in saved yet and there is room. */
static void
save(const struct window *w, uint64_t start, uint64_t to, struct buf *saved)
{
	uint64_t n = to - start < saved->max ? to - start : saved->max;
	if (n > saved->n)
		buf_put(saved, (struct str){window_ptr(w, start + saved->n), (size_t)(n - saved->n)});
	else
		buf_cut(saved, (size_t)n);
}

enum err
split_damage(struct window *w, uint64_t start, enum until until, struct str indent, struct buf *saved, bool *ret_found, bool *ret_line,
    uint64_t *ret_end, struct errinfo *e)
{
	struct damage d = {.until = until};
	uint64_t at = start, end = 0;
	bool found = false;
	while (!found) {
		if (at == window_limit(w)) {
			if (w->end)
				break;
			save(w, start, at, saved);
			enum err r = window_more(w, at, e);
			if (r)
				return r;
			continue;
		}
		int64_t back;
		char c = *window_ptr(w, at);
		found = damage_step(&d, c, indent, &back);
		end = at - (uint64_t)back;
		at++;
	}
	if (!found)
		end = at;
	*ret_found = found;
	*ret_line = found && d.line;
	*ret_end = end;
	save(w, start, end, saved);
	return saved->bad == ERR_NOMEM ? err_nomem(e) : OK;
}
