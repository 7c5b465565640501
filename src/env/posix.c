/* posix: the real env.
 *
 * A home is a folder of our own user's that nobody else may enter. All is reached from its descriptor, one name at a time and through no symbolic
 * link, so that no path leaves it. A file is replaced as a whole: new file beside it, fsync, rename, fsync of the folder. Until the rename a failure
 * leaves things as they were and is an ordinary error; a folder that cannot be synced after it leaves us not knowing, and that ends the process.
 *
 * Names that begin with a dot are ours: ".new-*" is a file on its way, and what a crash left of these goes when the lock is next taken. */
#define _DEFAULT_SOURCE /* flock, dirfd */
#include "env/posix.h"

#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <time.h>
#include <unistd.h>

#include "base/limits.h"
#include "base/time.h"

#define LOCK_FILE "lock"
#define NEW_PREFIX ".new-"

enum {
	PATH_DEPTH = 4,   /* names in a path below the home */
	NAME_BYTES = 200, /* one name; file systems stop at 255 */
	NEW_BYTES = sizeof NEW_PREFIX + 16,
	LOCK_NOTE = 512,
};

struct env_posix {
	struct env env;
	char *dir;  /* absolute, for SQLite and for people */
	int home;   /* descriptor of the folder */
	int locked; /* descriptor of the locked file; -1 = not held */
};

static enum err
fail(struct errinfo *e, int code, const char *what, const struct env_posix *p, const char *name)
{
	char text[128];
	enum err err = code == ENOENT                                     ? ERR_NOTFOUND
		     : code == ENOSPC || code == EDQUOT || code == EFBIG  ? ERR_FULL
		     : code == EACCES || code == EPERM || code == EROFS   ? ERR_DENIED
		     : code == ENOMEM                                     ? ERR_NOMEM
		     : code == ELOOP || code == ENOTDIR || code == EISDIR ? ERR_INVALID
									  : ERR_IO;
	if (strerror_r(code, text, sizeof text))
		snprintf(text, sizeof text, "error %d", code);
	err_set(e, err, "%s %s/%s: %s", what, p->dir, name, text);
	if (err == ERR_FULL)
		err_hint(e, "free some space on the disk of %.120s", p->dir);
	else if (err == ERR_INVALID)
		err_hint(e, "a home has plain files and folders only, no symbolic links");
	return err;
}

static int64_t
clock_usec(clockid_t id)
{
	struct timespec ts;
	int bad = clock_gettime(id, &ts);
	assert(!bad);
	return (int64_t)ts.tv_sec * TIME_SECOND + ts.tv_nsec / 1000;
}

static int64_t
posix_now(void *ctx)
{
	(void)ctx;
	return clock_usec(CLOCK_REALTIME);
}

/* Where there is a clock that goes on while the machine sleeps, that one: else every sleep looks like a jump of the wall clock. */
static int64_t
posix_mono(void *ctx)
{
	(void)ctx;
#ifdef CLOCK_BOOTTIME
	return clock_usec(CLOCK_BOOTTIME);
#else
	return clock_usec(CLOCK_MONOTONIC);
#endif
}

/* No core file: it would hold keys. */
static __attribute__((noreturn)) void
posix_die(void *ctx, const char *why)
{
	(void)ctx;
	fflush(stdout);
	fprintf(stderr, "comity: stopped at once, since going on could make a false promise: %s\n", why);
	_exit(err_status(ERR_CORRUPT));
}

static void
posix_random(void *ctx, enum rnd purpose, struct str key, uint64_t op, void *out, size_t n)
{
	(void)purpose, (void)key, (void)op;
	for (char *at = out; n > 0;) {
		ssize_t got = getrandom(at, n, 0);
		if (got < 0 && errno != EINTR)
			posix_die(ctx, "the system gives no random bytes (getrandom)");
		if (got > 0) {
			at += got;
			n -= (size_t)got;
		}
	}
}

static bool
name_ok(struct str name)
{
	if (name.n == 0 || name.n > NAME_BYTES || name.p[0] == '.')
		return false;
	for (size_t i = 0; i < name.n; i++)
		if ((unsigned char)name.p[i] < ' ' || name.p[i] == '/' || name.p[i] == 0x7f)
			return false;
	return true;
}

/* Fsync of a folder. Some file systems cannot and say EINVAL; they order their own names. */
static int
sync_folder(int fd)
{
	return fsync(fd) && errno != EINVAL && errno != ENOTSUP ? -1 : 0;
}

/* Opens the folder that path lies in (making what is missing if make) and gives the last name. *ret_fd is the caller's to close. */
static enum err
walk(const struct env_posix *p, const char *path, bool make, int *ret_fd, char ret_name[static NAME_BYTES + 1], struct errinfo *e)
{
	struct str rest = str_of(path), name = STR_NONE;
	int fd = fcntl(p->home, F_DUPFD_CLOEXEC, 0);
	if (fd < 0)
		return fail(e, errno, "opening", p, path);
	for (int depth = 0;; depth++) {
		bool more = str_cut(rest, '/', &name, &rest);
		if (!name_ok(name) || depth >= PATH_DEPTH) {
			close(fd);
			return err_set(e, ERR_INVALID, "not a name for a file of a home: %.300s", path);
		}
		memcpy(ret_name, name.p, name.n);
		ret_name[name.n] = '\0';
		if (!more)
			break;
		int next = openat(fd, ret_name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		if (next < 0 && errno == ENOENT && make && (mkdirat(fd, ret_name, 0700) == 0 || errno == EEXIST) && sync_folder(fd) == 0)
			next = openat(fd, ret_name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		int code = errno;
		close(fd);
		if (next < 0)
			return fail(e, code, "opening the folder of", p, path);
		fd = next;
	}
	*ret_fd = fd;
	return OK;
}

/* All of fd, from its start, to the end of ret; ret is as it was on failure. */
static enum err
read_all(const struct env_posix *p, int fd, const char *path, struct buf *ret, struct errinfo *e)
{
	struct stat st;
	if (fstat(fd, &st))
		return fail(e, errno, "reading", p, path);
	if (!S_ISREG(st.st_mode))
		return err_set(e, ERR_INVALID, "%s/%s is no plain file", p->dir, path);
	if ((uint64_t)st.st_size > ret->max - ret->n)
		return err_set(e, ERR_LIMIT, "%s/%s has %lld bytes, %zu are allowed", p->dir, path, (long long)st.st_size, ret->max - ret->n);
	size_t before = ret->n, want = (size_t)st.st_size, have = 0;
	char *at = buf_grow(ret, want);
	if (!at) {
		struct str s;
		return buf_take(ret, &s, e);
	}
	while (have < want) {
		ssize_t got = read(fd, at + have, want - have);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0) {
			int code = errno;
			buf_cut(ret, before);
			return fail(e, code, "reading", p, path);
		}
		if (got == 0) /* it became shorter: nothing of ours does that to a file in place */
			break;
		have += (size_t)got;
	}
	buf_cut(ret, before + have);
	return OK;
}

static enum err
posix_read(void *ctx, const char *path, struct buf *ret, struct errinfo *e)
{
	struct env_posix *p = ctx;
	char name[NAME_BYTES + 1];
	int folder;
	enum err err = walk(p, path, false, &folder, name, e);
	if (err)
		return err;
	int fd = openat(folder, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	err = fd < 0 ? fail(e, errno, "reading", p, path) : read_all(p, fd, path, ret, e);
	if (fd >= 0)
		close(fd);
	close(folder);
	return err;
}

/* 0 or an errno. */
static int
put_all(int fd, struct str bytes)
{
	while (bytes.n > 0) {
		ssize_t put = write(fd, bytes.p, bytes.n);
		if (put < 0 && errno != EINTR)
			return errno;
		if (put > 0)
			bytes = str_sub(bytes, (size_t)put, bytes.n);
	}
	return 0;
}

/* The new file beside the old one, complete and durable, under the name in ret_name. 0 or an errno; then it is gone again. */
static int
put_new(struct env_posix *p, int folder, struct str bytes, char ret_name[static NEW_BYTES])
{
	uint64_t salt;
	posix_random(p, RND_HASH, STR_NONE, 0, &salt, sizeof salt);
	snprintf(ret_name, NEW_BYTES, NEW_PREFIX "%016llx", (unsigned long long)salt);
	int fd = openat(folder, ret_name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		return errno;
	int code = put_all(fd, bytes);
	if (!code && fsync(fd))
		code = errno;
	if (close(fd) && !code)
		code = errno;
	if (code)
		unlinkat(folder, ret_name, 0);
	return code;
}

static enum err
posix_write(void *ctx, const char *path, struct str bytes, struct errinfo *e)
{
	struct env_posix *p = ctx;
	char name[NAME_BYTES + 1], new[NEW_BYTES];
	int folder;
	if (buf_is_lost(bytes))
		return err_nomem(e);
	enum err err = walk(p, path, true, &folder, name, e);
	if (err)
		return err;
	int code = put_new(p, folder, bytes, new);
	if (!code && renameat(folder, new, folder, name)) {
		code = errno;
		unlinkat(folder, new, 0);
	}
	if (code)
		err = fail(e, code, "writing", p, path);
	else if (sync_folder(folder))
		posix_die(p, "a file was replaced, but the disk did not confirm it (fsync of the folder)");
	close(folder);
	return err;
}

static enum err
posix_remove(void *ctx, const char *path, struct errinfo *e)
{
	struct env_posix *p = ctx;
	char name[NAME_BYTES + 1];
	int folder;
	struct errinfo why;
	enum err err = walk(p, path, false, &folder, name, &why);
	if (err == ERR_NOTFOUND)
		return OK;
	if (err) {
		if (e)
			*e = why;
		return err;
	}
	if (unlinkat(folder, name, 0) == 0) {
		if (sync_folder(folder))
			posix_die(p, "a file was removed, but the disk did not confirm it (fsync of the folder)");
	} else if (errno != ENOENT) {
		err = fail(e, errno, "removing", p, path);
	}
	close(folder);
	return err;
}

/* The file system by its own id where it has one: the number of its device may change whenever it is mounted. */
static enum err
posix_mark(void *ctx, const char *path, bool anew, struct buf *ret, struct errinfo *e)
{
	struct env_posix *p = ctx;
	char name[NAME_BYTES + 1];
	struct stat st;
	struct statvfs fs;
	struct str all;
	int folder;
	enum err err = anew ? posix_write(ctx, path, STR("By this file Comity knows whether the home was copied. Leave it alone.\n"), e) : OK;
	if (err || (err = walk(p, path, false, &folder, name, e)))
		return err;
	int fd = openat(folder, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	/* the moment is that of the rename, which came after the first fsync */
	if (fd < 0 || (anew && fsync(fd)) || fstat(fd, &st) || fstatvfs(fd, &fs)) {
		err = fail(e, errno, "looking at", p, path);
	} else {
		buf_printf(ret, "%llx-%llx-%lld.%09ld", (unsigned long long)fs.f_fsid, (unsigned long long)st.st_ino, (long long)st.st_ctim.tv_sec,
		    (long)st.st_ctim.tv_nsec);
		err = buf_take(ret, &all, e);
	}
	if (fd >= 0)
		close(fd);
	close(folder);
	return err;
}

/* Removes what writes cut off by a crash left in the folder and those below it. Takes fd over. Whoever calls it holds the lock. */
static void
sweep(int fd, int depth)
{
	DIR *d = fdopendir(fd);
	if (!d) {
		close(fd);
		return;
	}
	rewinddir(d);
	for (struct dirent *entry; (entry = readdir(d));) {
		const char *name = entry->d_name;
		if (strncmp(name, NEW_PREFIX, strlen(NEW_PREFIX)) == 0) {
			unlinkat(dirfd(d), name, 0);
		} else if (name[0] != '.' && depth + 1 < PATH_DEPTH) {
			int next = openat(dirfd(d), name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
			if (next >= 0)
				sweep(next, depth + 1);
		}
	}
	closedir(d);
}

/* Who holds the lock, from the note in its file: three lines, pid, time, command. The note is for people; that the lock is held is known from the
 * kernel. */
static enum err
busy(const struct env_posix *p, int fd, struct errinfo *e)
{
	struct errinfo unused;
	struct buf note = BUF_INIT(LOCK_NOTE);
	struct str rest = STR_NONE, pid, since, what;
	uint64_t number;
	if (!read_all(p, fd, LOCK_FILE, &note, &unused))
		rest = buf_str(&note);
	if (str_line(&rest, &pid) && str_line(&rest, &since) && str_line(&rest, &what) && str_u64(pid, &number)) {
		err_set(e, ERR_BUSY, "%.200s is in use by process %.*s (%.*s) since %.*s", p->dir, STR_FMT(pid), STR_FMT(str_sub(what, 0, 80)),
		    STR_FMT(str_sub(since, 0, 40)));
		err_hint(
		    e, "wait for it, or end it with: kill %.*s (removing the file \"" LOCK_FILE "\" helps nothing and risks the home)", STR_FMT(pid));
	} else {
		err_set(e, ERR_BUSY, "%.200s is in use by another process", p->dir);
		err_hint(e, "see which with: fuser -v %.120s/" LOCK_FILE, p->dir);
	}
	buf_done(&note);
	return ERR_BUSY;
}

static enum err
posix_lock(void *ctx, const char *what, struct errinfo *e)
{
	struct env_posix *p = ctx;
	assert(p->locked < 0);
	int fd = openat(p->home, LOCK_FILE, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		return fail(e, errno, "opening", p, LOCK_FILE);
	int bad;
	while ((bad = flock(fd, LOCK_EX | LOCK_NB)) && errno == EINTR)
		;
	if (bad) {
		enum err err = errno == EWOULDBLOCK ? busy(p, fd, e) : fail(e, errno, "locking", p, LOCK_FILE);
		close(fd);
		return err;
	}
	struct buf note = BUF_INIT(LOCK_NOTE);
	buf_printf(&note, "%ld\n", (long)getpid());
	time_put_ms(&note, posix_now(p));
	buf_printf(&note, "\n%.300s\n", what);
	/* A full disk must not keep a home shut: without its note the lock holds just as well. */
	if (ftruncate(fd, 0) == 0 && buf_ok(&note))
		(void)!put_all(fd, buf_str(&note));
	buf_done(&note);
	p->locked = fd;
	int all = openat(p->home, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (all >= 0)
		sweep(all, 0);
	return OK;
}

/* The file stays: removing it would let two processes lock two files of one name. */
static void
posix_unlock(void *ctx)
{
	struct env_posix *p = ctx;
	if (p->locked >= 0) {
		(void)!ftruncate(p->locked, 0);
		close(p->locked);
		p->locked = -1;
	}
}

static enum err
posix_db_path(void *ctx, const char *name, struct buf *ret, struct errinfo *e)
{
	struct env_posix *p = ctx;
	struct stat st;
	struct str s;
	if (!name_ok(str_of(name)))
		return err_set(e, ERR_INVALID, "not a name for a database of a home: %.300s", name);
	bool found = fstatat(p->home, name, &st, AT_SYMLINK_NOFOLLOW) == 0;
	if (found && !S_ISREG(st.st_mode))
		return fail(e, ELOOP, "opening", p, name);
	if (found && st.st_mode & 077)
		(void)!fchmodat(p->home, name, 0600, 0); /* a disk without modes is content with what it has */
	size_t before = ret->n;
	buf_printf(ret, "%s/%s", p->dir, name);
	if (!buf_ok(ret)) {
		buf_cut(ret, before);
		return buf_take(ret, &s, e);
	}
	return OK;
}

static int64_t
posix_space(void *ctx)
{
	struct env_posix *p = ctx;
	struct statvfs vfs;
	if (fstatvfs(p->home, &vfs) || vfs.f_frsize == 0 || vfs.f_bavail > (uint64_t)INT64_MAX / vfs.f_frsize)
		return INT64_MAX;
	return (int64_t)(vfs.f_bavail * vfs.f_frsize);
}

/* The folder that dir lies in, synced, so that a home made now is there after a power cut. */
static int
sync_parent(int home)
{
	int fd = openat(home, "..", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return errno == EACCES ? 0 : -1; /* a folder we may enter but not read: nothing more can be done */
	int bad = sync_folder(fd);
	close(fd);
	return bad;
}

static bool
is_empty(const char *dir)
{
	DIR *d = opendir(dir);
	bool ret = d != NULL;
	for (struct dirent *one; ret && (one = readdir(d));)
		ret = strcmp(one->d_name, ".") == 0 || strcmp(one->d_name, "..") == 0;
	if (d)
		closedir(d);
	return ret;
}

static enum err
open_home(struct env_posix *p, const char *dir, bool create, bool backup, struct errinfo *e)
{
	struct stat st;
	bool made = create && mkdir(dir, 0700) == 0;
	if (create && !made && errno != EEXIST)
		return err_set(e,
		    errno == ENOENT   ? ERR_NOTFOUND
		    : errno == ENOSPC ? ERR_FULL
				      : ERR_DENIED,
		    "making the home %.300s: %s", dir, strerror(errno));
	p->home = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (p->home < 0 || fstat(p->home, &st)) {
		int code = errno;
		enum err err = err_set(e,
		    code == ENOENT    ? ERR_NOTFOUND
		    : code == ENOTDIR ? ERR_INVALID
				      : ERR_DENIED,
		    "the home %.300s: %s", dir, strerror(code));
		if (code == ENOENT)
			err_hint(e, "name another with --home, or make one: comity init");
		return err;
	}
	if (st.st_uid != geteuid()) {
		err_set(
		    e, ERR_DENIED, "the home %.300s belongs to user %lu, this is user %lu", dir, (unsigned long)st.st_uid, (unsigned long)geteuid());
		err_hint(e, "run as its owner, so that no file in it changes hands");
		return ERR_DENIED;
	}
	if (!backup && st.st_mode & 077 && !(create && is_empty(dir) && fchmod(p->home, 0700) == 0)) {
		err_set(e, ERR_DENIED, "others may enter the home %.300s (mode %03o), which holds keys", dir, (unsigned)(st.st_mode & 0777));
		err_hint(e, create ? "name a directory of its own, or: chmod 700 %.150s" : "chmod 700 %.150s", dir);
		return ERR_DENIED;
	}
	if (made && sync_parent(p->home))
		return err_set(e, ERR_IO, "the home %.300s was made, but the disk did not confirm it", dir);
	p->dir = realpath(dir, NULL);
	return p->dir ? OK : err_set(e, ERR_IO, "the home %.300s: %s", dir, strerror(errno));
}

static enum err
new_env(const char *dir, bool create, bool backup, struct env_posix **ret, struct errinfo *e)
{
	struct env_posix *p = calloc(1, sizeof *p);
	if (!p)
		return err_nomem(e);
	p->home = p->locked = -1;
	enum err err = open_home(p, dir, create, backup, e);
	if (err) {
		env_posix_free(p);
		return err;
	}
	p->env = (struct env){
	    .ctx = p,
	    .now = posix_now,
	    .mono = posix_mono,
	    .random = posix_random,
	    .read = posix_read,
	    .write = posix_write,
	    .remove = posix_remove,
	    .mark = posix_mark,
	    .lock = posix_lock,
	    .unlock = posix_unlock,
	    .db_path = posix_db_path,
	    .space = posix_space,
	    .die = posix_die,
	};
	*ret = p;
	return OK;
}

enum err
env_posix_new(const char *dir, bool create, struct env_posix **ret, struct errinfo *e)
{
	return new_env(dir, create, false, ret, e);
}

enum err
env_posix_backup(const char *dir, struct env_posix **ret, struct errinfo *e)
{
	return new_env(dir, false, true, ret, e);
}

const struct env *
env_posix_env(const struct env_posix *p)
{
	return &p->env;
}

void
env_posix_free(struct env_posix *p)
{
	if (!p)
		return;
	posix_unlock(p);
	if (p->home >= 0)
		close(p->home);
	free(p->dir);
	free(p);
}
