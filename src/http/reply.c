/* The head of a reply. */
#include <string.h>

#include "http/server_int.h"

static const struct {
	int status;
	const char *reason;
} reasons[] = {{200, "OK"}, {201, "Created"}, {202, "Accepted"}, {204, "No Content"}, {206, "Partial Content"}, {301, "Moved Permanently"},
    {302, "Found"}, {303, "See Other"}, {304, "Not Modified"}, {307, "Temporary Redirect"}, {308, "Permanent Redirect"}, {400, "Bad Request"},
    {401, "Unauthorized"}, {403, "Forbidden"}, {404, "Not Found"}, {405, "Method Not Allowed"}, {406, "Not Acceptable"}, {408, "Request Timeout"},
    {409, "Conflict"}, {410, "Gone"}, {411, "Length Required"}, {412, "Precondition Failed"}, {413, "Content Too Large"}, {414, "URI Too Long"},
    {415, "Unsupported Media Type"}, {416, "Range Not Satisfiable"}, {417, "Expectation Failed"}, {422, "Unprocessable Content"},
    {429, "Too Many Requests"}, {431, "Request Header Fields Too Large"}, {500, "Internal Server Error"}, {501, "Not Implemented"},
    {503, "Service Unavailable"}, {505, "HTTP Version Not Supported"}, {507, "Insufficient Storage"}};

const char *
reply_reason(int status)
{
	for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++)
		if (reasons[i].status == status)
			return reasons[i].reason;
	return "Other";
}

/* Whether it stays on its line: else whoever has a word in a header could write a reply of its own. */
static bool
is_line(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (((unsigned char)s.p[i] < ' ' && s.p[i] != '\t') || s.p[i] == 127)
			return false;
	return true;
}

bool
reply_head(struct buf *ret, const struct http_reply *r, const char *date, int64_t length, bool close, bool keep_told)
{
	if (r->status < 200 || r->status > 599)
		return false;
	buf_puts(ret, "HTTP/1.1 ");
	buf_u64(ret, (uint64_t)r->status);
	buf_putc(ret, ' ');
	buf_puts(ret, reply_reason(r->status));
	buf_puts(ret, "\r\nDate: ");
	buf_puts(ret, date);
	for (size_t i = 0; i < r->nheaders; i++) {
		if (!r->headers[i].name.n || !is_line(r->headers[i].name) || !is_line(r->headers[i].value))
			return false;
		buf_puts(ret, "\r\n");
		buf_put(ret, r->headers[i].name);
		buf_puts(ret, ": ");
		buf_put(ret, r->headers[i].value);
	}
	if (length >= 0) {
		buf_puts(ret, "\r\nContent-Length: ");
		buf_u64(ret, (uint64_t)length);
	}
	if (close || keep_told)
		buf_puts(ret, close ? "\r\nConnection: close" : "\r\nConnection: keep-alive");
	buf_puts(ret, "\r\n\r\n");
	return buf_ok(ret);
}
