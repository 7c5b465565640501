/* head: the head of a request (RFC 9112), and chunked bodies, read strictly.
 *
 * Between a client and us there may be a proxy that reads the same bytes in another way, and then one sees a request that the other does not. So
 * what could be read in two ways is refused, though the RFC lets a server be kind: bare line feeds, folded lines, blanks before a colon, a length
 * told twice or beside Transfer-Encoding, extensions of chunks, trailers. */
#ifndef HTTP_HEAD_H
#define HTTP_HEAD_H

#include "http/server.h"

enum {
	HTTP_TARGET_MAX = 8 * 1024, /* a request line: a page of TAXII with every filter takes 2 KiB */
	HTTP_HEAD_MAX = 32 * 1024,  /* a whole head: cookies and tokens of browsers take 8 */
};

struct http_head {
	struct str method, path, query;
	bool is_11;                /* HTTP/1.1, else 1.0 */
	struct http_field *fields; /* HTTP_HEADERS of the caller's */
	size_t nfields;
	bool chunked;
	uint64_t length; /* 0 if none is told */
	bool close;      /* the connection ends with this request */
	bool expects;    /* 100-continue */
	bool compressed; /* Content-Encoding says something */
};

/* Looks for the end of a head in bytes, of which *seen were looked at before (begin with 0). 0: it is not there yet; 200: *ret_n is its length, with
 * the empty line; else the status with which it is refused. */
int http_head_find(struct str bytes, size_t *seen, size_t *ret_n);
/* Reads a whole head; ret views it and ret->fields was set by the caller. 200, or the status with which it is refused. */
int http_head_read(struct str bytes, struct http_head *ret);

/* A chunked body, in pieces of any size; begins zeroed. */
struct http_chunks {
	int state;
	unsigned digits;
	uint64_t left;
};
/* Takes bytes off *rest until there is data (*ret_data, which views it) or nothing more can be done. 0: more bytes are needed once *rest is empty;
 * 200: the body is at its end; 400: it is malformed. */
int http_chunks_next(struct http_chunks *c, struct str *rest, struct str *ret_data);

#endif
