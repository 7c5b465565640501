#include "base/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void
buf_init(struct buf *b, size_t max)
{
	*b = (struct buf)BUF_INIT(max);
}

void
buf_done(struct buf *b)
{
	if (b) {
		free(b->p);
		buf_init(b, b->max);
	}
}

void
buf_clear(struct buf *b)
{
	b->n = 0;
	b->bad = OK;
}

char *
buf_grow(struct buf *b, size_t n)
{
	if (b->bad)
		return NULL;
	if (n > b->max - b->n) {
		b->bad = ERR_LIMIT;
		return NULL;
	}
	if (b->n + n > b->cap || !b->p) {
		size_t cap = b->cap ? b->cap : b->max < 64 ? b->max : 64;
		while (cap < b->n + n)
			cap = cap > b->max / 2 ? b->max : cap * 2;
		char *p = realloc(b->p, cap ? cap : 1);
		if (!p) {
			b->bad = ERR_NOMEM;
			return NULL;
		}
		b->p = p;
		b->cap = cap;
	}
	char *at = b->p + b->n;
	b->n += n;
	return at;
}

void
buf_put(struct buf *b, struct str s)
{
	if (s.n == 0) {
		if (buf_is_lost(s) && !b->bad)
			b->bad = ERR_NOMEM;
		return;
	}
	char *at = buf_grow(b, s.n);
	if (at)
		memcpy(at, s.p, s.n);
}

void
buf_putc(struct buf *b, char c)
{
	if (!b->bad && b->n < b->cap)
		b->p[b->n++] = c;
	else
		buf_put(b, (struct str){&c, 1});
}

void
buf_puts(struct buf *b, const char *cstr)
{
	buf_put(b, str_of(cstr));
}

void
buf_printf(struct buf *b, const char *fmt, ...)
{
	char small[256];
	va_list ap, again;
	va_start(ap, fmt);
	va_copy(again, ap);
	int n = vsnprintf(small, sizeof small, fmt, ap);
	va_end(ap);
	if (n < 0) {
		b->bad = ERR_LIMIT;
	} else if ((size_t)n < sizeof small) {
		buf_put(b, (struct str){small, (size_t)n});
	} else {
		char *at = buf_grow(b, (size_t)n + 1); /* vsnprintf writes a NUL, which is taken off again */
		if (at) {
			vsnprintf(at, (size_t)n + 1, fmt, again);
			b->n--;
		}
	}
	va_end(again);
}

void
buf_hex(struct buf *b, struct str bytes)
{
	static const char digit[] = "0123456789abcdef";
	char *at = buf_grow(b, bytes.n * 2);
	for (size_t i = 0; at && i < bytes.n; i++) {
		unsigned char c = (unsigned char)bytes.p[i];
		*at++ = digit[c >> 4];
		*at++ = digit[c & 15];
	}
}

static const char b64[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

void
buf_base64(struct buf *b, struct str bytes)
{
	const unsigned char *p = (const unsigned char *)bytes.p;
	char *at = buf_grow(b, (bytes.n + 2) / 3 * 4);
	for (size_t i = 0; at && i < bytes.n; i += 3) {
		size_t left = bytes.n - i;
		uint32_t v = (uint32_t)p[i] << 16 | (left > 1 ? (uint32_t)p[i + 1] << 8 : 0) | (left > 2 ? p[i + 2] : 0);
		*at++ = b64[v >> 18];
		*at++ = b64[v >> 12 & 63];
		*at++ = left > 1 ? b64[v >> 6 & 63] : '=';
		*at++ = left > 2 ? b64[v & 63] : '=';
	}
}

void
buf_u64(struct buf *b, uint64_t v)
{
	char digits[20];
	size_t i = sizeof digits;
	do
		digits[--i] = (char)('0' + v % 10);
	while (v /= 10);
	buf_put(b, (struct str){digits + i, sizeof digits - i});
}

void
buf_be(struct buf *b, uint64_t v, int bytes)
{
	char *at = buf_grow(b, (size_t)bytes);
	for (int i = bytes - 1; at && i >= 0; i--)
		*at++ = (char)(v >> (8 * i) & 0xff);
}

void
buf_cut(struct buf *b, size_t n)
{
	if (n < b->n)
		b->n = n;
}

void
buf_drop(struct buf *b, size_t n)
{
	if (n > b->n)
		n = b->n;
	if (n)
		memmove(b->p, b->p + n, b->n - n);
	b->n -= n;
}

enum err
buf_take(const struct buf *b, struct str *ret, struct errinfo *e)
{
	if (b->bad == ERR_NOMEM)
		return err_nomem(e);
	if (b->bad)
		return err_set(e, ERR_LIMIT, "more than %zu bytes", b->max);
	*ret = buf_str(b);
	return OK;
}

static const char lost[1];

struct str
buf_str(const struct buf *b)
{
	return b->bad == ERR_NOMEM ? (struct str){lost, 0} : (struct str){b->p, b->n};
}

bool
buf_is_lost(struct str s)
{
	return s.p == lost;
}

bool
buf_ok(const struct buf *b)
{
	return b->bad == OK;
}

static int
hex_digit(char c)
{
	return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

bool
hex_decode(struct str s, void *out, size_t cap, size_t *ret_n)
{
	unsigned char *o = out;
	if (s.n % 2 || s.n / 2 > cap)
		return false;
	for (size_t i = 0; i < s.n; i += 2) {
		int hi = hex_digit(s.p[i]), lo = hex_digit(s.p[i + 1]);
		if (hi < 0 || lo < 0)
			return false;
		*o++ = (unsigned char)(hi << 4 | lo);
	}
	*ret_n = s.n / 2;
	return true;
}

static int
b64_digit(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	return c == '+' ? 62 : c == '/' ? 63 : -1;
}

bool
base64_decode(struct str s, void *out, size_t cap, size_t *ret_n)
{
	unsigned char *o = out;
	size_t n = 0;
	if (s.n % 4)
		return false;
	for (size_t i = 0; i < s.n; i += 4) {
		bool last = i + 4 == s.n;
		int pad = last ? (s.p[i + 3] == '=') + (s.p[i + 3] == '=' && s.p[i + 2] == '=') : 0;
		uint32_t v = 0;
		for (size_t k = 0; k < 4; k++) {
			int d = k >= (size_t)(4 - pad) ? 0 : b64_digit(s.p[i + k]);
			if (d < 0)
				return false;
			v = v << 6 | (uint32_t)d;
		}
		size_t take = 3 - (size_t)pad;
		if ((pad == 1 && (v & 0xff)) || (pad == 2 && (v & 0xffff)) || n + take > cap)
			return false;
		for (size_t k = 0; k < take; k++)
			o[n++] = (unsigned char)(v >> (16 - 8 * k) & 0xff);
	}
	*ret_n = n;
	return true;
}
