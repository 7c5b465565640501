/* env: the world as a table of functions.
 *
 * A node takes clock, randomness, disk and its own end from here and from nowhere else, so that a whole centre of nodes can run in one process,
 * seeded, in virtual time, with faults (test/sim). src/env makes the real one. SQLite reaches the disk through the VFS that `vfs` names. */
#ifndef BASE_ENV_H
#define BASE_ENV_H

#include "base/buf.h"

/* What randomness is for. Seeded randomness is a function of (seed, purpose, key, op) alone, so that drawing in one circle never shifts what another
 * gets. */
enum rnd {
	RND_KEYS,   /* secret keys; key = member, op = count of keys made */
	RND_SALT,   /* piece salts; key = origin, op = (index << 20 | piece) */
	RND_ID,     /* ids of new objects; key = origin, op = (index << 20 | piece) */
	RND_SEAL,   /* age file keys and nonces; key = pouch */
	RND_HASH,   /* keys of hash maps */
	RND_PEER,   /* numbers that a peer is to sign; key = member, op = moment */
	RND_PEOPLE, /* tokens, sessions, salts of passwords; key = what it is for, op = count and moment */
};

struct env {
	void *ctx;
	const char *vfs; /* SQLite VFS by name; NULL = the default one */

	int64_t (*now)(void *ctx);  /* wall clock, microseconds UTC; may jump */
	int64_t (*mono)(void *ctx); /* monotonic microseconds since boot; does not jump back within a process */

	/* Fill out with n random bytes. Never fails (a real one that cannot ends the process). */
	void (*random)(void *ctx, enum rnd purpose, struct str key, uint64_t op, void *out, size_t n);

	/* Small whole files (keys, locks' notes, configuration). Paths are relative to the home. All durable when they return OK. */
	enum err (*read)(void *ctx, const char *path, struct buf *ret, struct errinfo *e); /* appends to ret, within its ceiling; ERR_NOTFOUND */
	/* Replaces path as one step (temporary file, fsync, rename, fsync of the folder), mode 0600. */
	enum err (*write)(void *ctx, const char *path, struct str bytes, struct errinfo *e);
	enum err (*remove)(void *ctx, const char *path, struct errinfo *e); /* absent is OK */
	/* Appends to ret a word that tells this very file from every copy of it, a later one in its place included: the file system, the file, the
	 * moment of its last change of any kind. anew: makes it first, in place of what is there, durable with what the word is made of. Reading
	 * the file, and moving a folder above it, leave the word as it is. ERR_NOTFOUND: there is none. */
	enum err (*mark)(void *ctx, const char *path, bool anew, struct buf *ret, struct errinfo *e);
	/* The home's lock, held until unlock or the end of the process. ERR_BUSY names the process that holds it. `what` is the command, told to
	 * others. */
	enum err (*lock)(void *ctx, const char *what, struct errinfo *e);
	void (*unlock)(void *ctx);
	/* Path for SQLite of a database file in the home, into buf. */
	enum err (*db_path)(void *ctx, const char *name, struct buf *ret, struct errinfo *e);
	/* Free bytes on the disk of the home; INT64_MAX if it cannot be told. */
	int64_t (*space)(void *ctx);

	/* The process must end now: going on would risk a lie (failed fsync). Does not return; the simulator unwinds to its scheduler. */
	void (*die)(void *ctx, const char *why) __attribute__((noreturn));
};

#endif
