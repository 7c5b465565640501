/* file: files that the user names on the command line, outside any home. "-" is standard input or output. */
#ifndef CLI_FILE_H
#define CLI_FILE_H

#include "base/stream.h"

/* A whole small file at the end of b, within its ceiling; `what` is told in errors ("the card"). b is to be wiped if it is a secret. */
enum err file_read(const char *path, const char *what, struct buf *b, struct errinfo *e) MUST_USE;

/* A file as a stream. It refuses a directory, with a hint. */
struct file {
	int fd;
	const char *path;
	char new_path[4100]; /* of one that is written, until it is complete */
};
enum err file_open(const char *path, struct file *ret, struct errinfo *e) MUST_USE;
struct source file_source(struct file *f);
/* Bytes of it; 0 if that cannot be known. */
uint64_t file_size(const struct file *f);

/* From now on whatever the program makes is for its owner alone, but for the files that file_create makes for others. */
void file_private(void);
/* A file to write: it comes to stand under its name, complete and durable, only by file_commit; never over one that is there unless `replace`.
 * Secrets are for the owner alone (0600). */
enum err file_create(const char *path, bool secret, bool replace, struct file *ret, struct errinfo *e) MUST_USE;
struct sink file_sink(struct file *f);
enum err file_commit(struct file *f, struct errinfo *e) MUST_USE;

void file_close(struct file *f); /* also one never opened ({.fd = -1}); what was not committed is gone */

/* The whole of bytes as such a file. */
enum err file_write(const char *path, struct str bytes, bool secret, bool replace, struct errinfo *e) MUST_USE;

#endif
