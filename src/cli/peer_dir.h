/* peer_dir: another member's home in a directory, asked as a peer is asked over a network: its node serves what was released to the asker, and
 * nothing else. */
#ifndef CLI_PEER_DIR_H
#define CLI_PEER_DIR_H

#include "cli/home.h"
#include "share/transport.h"

struct peer_dir {
	struct env_posix *posix;
	struct env env;
	struct reach *reach;
	struct buf centre, asker, member; /* in hex; this home's member there; the peer's */
	const char *dir;
};

/* Opens the home in dir (its lock is held until peer_dir_done). */
enum err peer_dir_open(struct cli *c, const char *dir, struct peer_dir *ret, struct errinfo *e) MUST_USE;
/* Turns to one centre, in which `asker` is this home's member. False: the peer is not in it. */
enum err peer_dir_turn(struct cli *c, struct peer_dir *p, struct str centre_id, struct str asker, bool *ret_in, struct errinfo *e) MUST_USE;
struct transport peer_dir_transport(struct peer_dir *p);
void peer_dir_done(struct peer_dir *p);

#endif
