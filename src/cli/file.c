#include "cli/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define STDIN_NAME "standard input"

static enum err
fail(struct errinfo *e, const char *path)
{
	int code = errno;
	return err_set(e,
	    code == ENOENT                                      ? ERR_NOTFOUND
	    : code == EACCES || code == EPERM                   ? ERR_DENIED
	    : code == EEXIST                                    ? ERR_CONFLICT
	    : code == ENOSPC || code == EDQUOT || code == EFBIG ? ERR_FULL
								: ERR_IO,
	    "%.300s: %s", path, strerror(code));
}

enum err
file_open(const char *path, struct file *ret, struct errinfo *e)
{
	struct stat st;
	bool in = strcmp(path, "-") == 0;
	struct file f = {.fd = in ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC), .path = in ? STDIN_NAME : path};
	if (f.fd < 0 || fstat(f.fd, &st)) {
		enum err err = fail(e, path);
		file_close(&f);
		return err;
	}
	if (S_ISDIR(st.st_mode)) {
		err_set(e, ERR_USAGE, "%.300s is a directory", path);
		err_hint(e, "name the files in it: %.100s/*", path);
		file_close(&f);
		return ERR_USAGE;
	}
	*ret = f;
	return OK;
}

static enum err
read_some(void *ctx, void *p, size_t cap, size_t *ret_n, struct errinfo *e)
{
	struct file *f = ctx;
	ssize_t n;
	do
		n = read(f->fd, p, cap);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return fail(e, f->path);
	*ret_n = (size_t)n;
	return OK;
}

struct source
file_source(struct file *f)
{
	return (struct source){f, read_some};
}

uint64_t
file_size(const struct file *f)
{
	struct stat st;
	return fstat(f->fd, &st) == 0 && S_ISREG(st.st_mode) ? (uint64_t)st.st_size : 0;
}

enum err
file_read(const char *path, const char *what, struct buf *b, struct errinfo *e)
{
	struct file f = {.fd = -1};
	enum err err = file_open(path, &f, e);
	if (!err)
		err = source_copy(file_source(&f), sink_to_buf(b), b->max - b->n, NULL, e);
	if (err)
		err_at(e, "%s", what);
	file_close(&f);
	return err;
}

static mode_t mask = 022; /* of whoever started the program */

void
file_private(void)
{
	mask = umask(077);
}

enum err
file_create(const char *path, bool secret, bool replace, struct file *ret, struct errinfo *e)
{
	struct stat st;
	*ret = (struct file){.fd = -1, .path = path};
	if (strcmp(path, "-") == 0) {
		ret->fd = STDOUT_FILENO;
		return OK;
	}
	if (!replace && lstat(path, &st) == 0) {
		err_set(e, ERR_CONFLICT, "%.300s is there already", path);
		err_hint(e, "choose another name, or remove it first");
		return ERR_CONFLICT;
	}
	int n = snprintf(ret->new_path, sizeof ret->new_path, "%s.%ld.new", path, (long)getpid());
	if (n < 0 || (size_t)n >= sizeof ret->new_path)
		return err_set(e, ERR_USAGE, "%.300s…: the path is too long", path);
	ret->fd = open(ret->new_path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, secret ? 0600 : 0666);
	if (ret->fd < 0) {
		enum err err = fail(e, path);
		ret->new_path[0] = '\0';
		return err;
	}
	if (!secret)
		(void)!fchmod(ret->fd, 0666 & ~mask); /* a disk without modes is content with what it has */
	return OK;
}

static enum err
write_all(void *ctx, struct str bytes, struct errinfo *e)
{
	struct file *f = ctx;
	while (bytes.n) {
		ssize_t n = write(f->fd, bytes.p, bytes.n);
		if (n < 0 && errno != EINTR)
			return fail(e, f->path);
		if (n > 0)
			bytes = str_sub(bytes, (size_t)n, bytes.n);
	}
	return OK;
}

struct sink
file_sink(struct file *f)
{
	return (struct sink){f, write_all};
}

enum err
file_commit(struct file *f, struct errinfo *e)
{
	if (!f->new_path[0])
		return OK;
	if (fsync(f->fd) || rename(f->new_path, f->path))
		return fail(e, f->path);
	f->new_path[0] = '\0';
	return OK;
}

void
file_close(struct file *f)
{
	if (f->new_path[0])
		unlink(f->new_path);
	f->new_path[0] = '\0';
	if (f->fd > STDERR_FILENO)
		close(f->fd);
	f->fd = -1;
}

enum err
file_write(const char *path, struct str bytes, bool secret, bool replace, struct errinfo *e)
{
	struct file f;
	enum err err = file_create(path, secret, replace, &f, e);
	if (!err && !(err = write_all(&f, bytes, e)))
		err = file_commit(&f, e);
	file_close(&f);
	return err;
}
