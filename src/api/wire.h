/* wire: an operation asked of a node that runs in another process of the same user, over a connected socket.
 *
 * Frames both ways: kind (1 byte), length (4 bytes, big-endian), that many bytes. One side speaks at a time, so nothing is ever in flight both ways:
 *
 *	asker                              node
 *	CALL  what is asked (JSON)
 *	ARGS  its arguments (JSON)
 *	                                   READ   how many bytes of the input it would take    -> DATA (empty: the end) or FAILED
 *	                                   WRITE  bytes of the output                          -> DONE or FAILED
 *	                                   GET    a path, of the peer                          -> DATA or FAILED
 *	                                   STEP   progress: done, all, what                    -> DONE or STOP
 *	                                   REPLY  the reply (JSON), or FAILED: then the next CALL
 *
 * The first frame each way is HELLO, with the program's version: two versions do not speak with each other. */
#ifndef API_WIRE_H
#define API_WIRE_H

#include "base/buf.h"

enum wire_kind {
	WIRE_HELLO = 'H',
	WIRE_CALL = 'C',
	WIRE_ARGS = 'A',
	WIRE_READ = 'r',
	WIRE_WRITE = 'w',
	WIRE_GET = 'g',
	WIRE_STEP = 'p',
	WIRE_DATA = 'D',
	WIRE_DONE = 'K',
	WIRE_STOP = 'S',
	WIRE_REPLY = 'R',
	WIRE_FAILED = 'E',
};

struct wire {
	int fd;
	int patience; /* milliseconds that the other side may be silent; -1: for ever */
};

/* ERR_IO: the other side is gone, or was silent for too long. */
enum err wire_send(struct wire *w, enum wire_kind kind, struct str bytes, struct errinfo *e) MUST_USE;
/* Replaces what ret holds. ERR_LIMIT: a frame longer than ret's ceiling; the connection is then of no more use. */
enum err wire_recv(struct wire *w, enum wire_kind *ret_kind, struct buf *ret, struct errinfo *e) MUST_USE;

/* A failure as a frame, and back. */
enum err wire_send_failure(struct wire *w, enum err err, const struct errinfo *why, struct errinfo *e) MUST_USE;
enum err wire_failure(struct str bytes, struct errinfo *e);

#endif
