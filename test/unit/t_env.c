/* env: the real one. Fails if a file is not replaced as one durable step (order of fsync and rename is watched through our own fsync and renameat
 * below), if a failed step changes or leaves anything, if a path or link leaves the home, if the lock lets two in or does not say who is in, or if
 * rights are too wide. */
#define _DEFAULT_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/limits.h"
#include "base/time.h"
#include "env/posix.h"
#include "test.h"

/* What the code under test asks of the disk: f = fsync of a file, d = fsync of a folder, r = rename. The calls go on to the kernel unless told to
 * fail. */
static char trace[64];
static char fail_op;
static int fail_errno;

static bool
traced(char op)
{
	size_t n = strlen(trace);
	if (n + 1 < sizeof trace)
		trace[n] = op, trace[n + 1] = '\0';
	if (op != fail_op)
		return false;
	errno = fail_errno;
	return true;
}

int
fsync(int fd)
{
	struct stat st;
	bool folder = fstat(fd, &st) == 0 && S_ISDIR(st.st_mode);
	return traced(folder ? 'd' : 'f') ? -1 : (int)syscall(SYS_fsync, fd);
}

int
renameat(int from, const char *old, int to, const char *new)
{
	return traced('r') ? -1 : (int)syscall(SYS_renameat2, from, old, to, new, 0);
}

static char top[64], home[128];
static struct env_posix *p;
static const struct env *env;

static void
remove_all(void)
{
	char command[200];
	snprintf(command, sizeof command, "rm -rf '%s'", top);
	if (top[0] && system(command))
		fprintf(stderr, "left behind: %s\n", top);
}

/* A new home in a new folder of /tmp; what the test before left is closed and removed. */
static void
fresh(void)
{
	struct errinfo e;
	fail_op = 0;
	env_posix_free(p);
	p = NULL;
	if (!top[0])
		atexit(remove_all);
	remove_all();
	snprintf(top, sizeof top, "/tmp/comity-env-XXXXXX");
	CHECK(mkdtemp(top));
	snprintf(home, sizeof home, "%s/home", top);
	CHECK_OK(env_posix_new(home, true, &p, &e));
	env = env_posix_env(p);
	trace[0] = '\0';
}

static const char *
in_home(const char *name)
{
	static char path[300];
	snprintf(path, sizeof path, "%s/%s", home, name);
	return path;
}

static int
entries(const char *dir)
{
	int n = 0;
	DIR *d = opendir(dir);
	while (d && readdir(d))
		n++;
	if (d)
		closedir(d);
	return n - 2;
}

static void
check_file(const char *name, struct str want)
{
	struct errinfo e;
	struct buf b = BUF_INIT(64 * KIB);
	CHECK_OK(env->read(env->ctx, name, &b, &e));
	CHECK_STR(buf_str(&b), want);
	buf_done(&b);
}

static void
check_mark(const char *was, bool same, const char *after)
{
	struct errinfo e;
	struct buf b = BUF_INIT(200);
	CHECK_OK(env->mark(env->ctx, "place", false, &b, &e));
	CHECKF(str_is(buf_str(&b), was) == same, "after %s: %.*s, before it %s", after, STR_FMT(buf_str(&b)), was);
	buf_done(&b);
}

/* Fails if a file that was copied, overwritten in place or put back passes for the one it was, or if reading it or moving the home makes it another.
 */
TEST(a_file_is_told_from_its_copies)
{
	struct errinfo e;
	char was[200], command[1200];
	fresh();
	struct buf b = {.p = was, .cap = sizeof was, .max = sizeof was - 1};
	CHECK_ERR(env->mark(env->ctx, "place", false, &b, &e), ERR_NOTFOUND);
	CHECK_OK(env->mark(env->ctx, "place", true, &b, &e));
	CHECK(strcmp(trace, "frdf") == 0); /* what it is made of is on the disk: the rename changed it after the first fsync */
	was[b.n] = '\0';
	check_mark(was, true, "nothing");
	snprintf(command, sizeof command, "cat %s/place >/dev/null; mv %s %s.2 && mv %s.2 %s; : >%s/other", home, home, home, home, home, home);
	CHECK(system(command) == 0);
	check_mark(was, true, "reading, and another name of the home");
	snprintf(command, sizeof command, "cp -a %s %s.copy && sleep 0.02 && cp -a %s.copy/. %s/", home, home, home, home);
	CHECK(system(command) == 0);
	check_mark(was, false, "being overwritten in place");
	b.n = 0;
	CHECK_OK(env->mark(env->ctx, "place", true, &b, &e));
	was[b.n] = '\0';
	check_mark(was, true, "being made anew");
	snprintf(command, sizeof command, "sleep 0.02 && cp -a %s/place %s/again && mv %s/again %s/place", home, home, home, home);
	CHECK(system(command) == 0);
	check_mark(was, false, "a copy took its place");
}

TEST(home_is_made_for_its_owner_alone)
{
	struct errinfo e;
	struct env_posix *other = NULL;
	struct stat st;
	fresh();
	CHECK(stat(home, &st) == 0 && (st.st_mode & 0777) == 0700);
	CHECK_OK(env_posix_new(home, true, &other, &e)); /* making again is opening */
	env_posix_free(other);
	other = NULL;
	CHECK_ERR(env_posix_new(in_home("none"), false, &other, &e), ERR_NOTFOUND);
	CHECK(strstr(e.hint, "init"));
	CHECK_ERR(env_posix_new(in_home("none/deeper"), true, &other, &e), ERR_NOTFOUND);
	CHECK(chmod(home, 0755) == 0);
	CHECK_OK(env_posix_new(home, true, &other, &e)); /* empty, so it is closed to others */
	env_posix_free(other);
	other = NULL;
	CHECK(stat(home, &st) == 0 && (st.st_mode & 0777) == 0700);
	CHECK_OK(env->write(env->ctx, "first", STR("x"), &e));
	CHECK(chmod(home, 0750) == 0);
	CHECK_ERR(env_posix_new(home, false, &other, &e), ERR_DENIED);
	CHECK_OK(env_posix_backup(home, &other, &e));
	env_posix_free(other);
	other = NULL;
	CHECK_ERR(env_posix_new(home, true, &other, &e), ERR_DENIED);
	CHECK(strstr(e.hint, "chmod 700") && !other);
	CHECK(chmod(home, 0700) == 0);
	CHECK_OK(env->write(env->ctx, "file", STR("x"), &e));
	CHECK_ERR(env_posix_new(in_home("file"), false, &other, &e), ERR_INVALID);
	if (geteuid() == 0) {
		CHECK(chown(home, 12345, (gid_t)-1) == 0);
		CHECK_ERR(env_posix_new(home, false, &other, &e), ERR_DENIED);
		CHECK(chown(home, 0, (gid_t)-1) == 0);
	}
}

TEST(write_is_durable_before_it_says_so)
{
	struct errinfo e;
	struct stat st;
	fresh();
	umask(0);
	CHECK_OK(env->write(env->ctx, "key", STR("one"), &e));
	CHECK_STR(str_of(trace), STR("frd")); /* the file, then its name, then the folder */
	umask(022);
	CHECK(stat(in_home("key"), &st) == 0 && (st.st_mode & 0777) == 0600);
	CHECK_OK(env->write(env->ctx, "key", STR("two, longer"), &e));
	check_file("key", STR("two, longer"));
	CHECK_OK(env->write(env->ctx, "key", STR_NONE, &e));
	check_file("key", STR_NONE);
	trace[0] = '\0';
	CHECK_OK(env->write(env->ctx, "a/b/key", STR("deep"), &e));
	CHECK_STR(str_of(trace), STR("ddfrd")); /* each new folder's name is synced too */
	check_file("a/b/key", STR("deep"));
	CHECK(stat(in_home("a/b"), &st) == 0 && (st.st_mode & 0777) == 0700);
	trace[0] = '\0';
	CHECK_OK(env->remove(env->ctx, "key", &e));
	CHECK_STR(str_of(trace), STR("d"));
	CHECK_OK(env->remove(env->ctx, "key", &e));
	CHECK_OK(env->remove(env->ctx, "no/such/folder", &e));
}

TEST(failed_write_changes_and_leaves_nothing)
{
	static const struct {
		char op;
		int code;
		enum err want;
	} faults[] = {{'f', EIO, ERR_IO}, {'f', ENOSPC, ERR_FULL}, {'f', EDQUOT, ERR_FULL}, {'r', EACCES, ERR_DENIED}, {'r', EIO, ERR_IO}};
	struct errinfo e;
	fresh();
	CHECK_OK(env->write(env->ctx, "key", STR("before"), &e));
	for (size_t i = 0; i < sizeof faults / sizeof *faults; i++) {
		fail_op = faults[i].op;
		fail_errno = faults[i].code;
		CHECK_ERR(env->write(env->ctx, "key", STR("after"), &e), faults[i].want);
		CHECKF(strstr(e.msg, "/key: "), "names no file: %s", e.msg);
		fail_op = 0;
		check_file("key", STR("before"));
		CHECKF(entries(home) == 1, "%d files after fault %zu", entries(home), i);
	}
	fail_op = 'd'; /* a file system that cannot sync folders says EINVAL */
	fail_errno = EINVAL;
	CHECK_OK(env->write(env->ctx, "key", STR("after"), &e));
}

/* Runs die, or a write or remove whose last fsync fails, in a child; gives its exit status and what it said. */
static int
in_child(int how, char said[static 256])
{
	int fds[2], status = -1;
	CHECK(pipe(fds) == 0);
	pid_t pid = fork();
	CHECK(pid >= 0);
	if (pid == 0) {
		struct errinfo e;
		dup2(fds[1], 2);
		fail_op = 'd';
		fail_errno = EIO;
		if (how == 0)
			env->die(env->ctx, "a reason");
		enum err err = how == 1 ? env->write(env->ctx, "key", STR("new"), &e) : env->remove(env->ctx, "key", &e);
		_exit(err ? 2 : 3);
	}
	close(fds[1]);
	ssize_t n = read(fds[0], said, 255);
	said[n > 0 ? n : 0] = '\0';
	close(fds[0]);
	CHECK(waitpid(pid, &status, 0) == pid);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

TEST(unconfirmed_change_ends_the_process)
{
	struct errinfo e;
	char said[256];
	fresh();
	CHECK_OK(env->write(env->ctx, "key", STR("old"), &e));
	CHECK(in_child(0, said) == 70 && strstr(said, "a reason"));
	CHECK(in_child(1, said) == 70 && strstr(said, "fsync"));
	CHECK(in_child(2, said) == 70 && strstr(said, "fsync"));
}

TEST(read_heeds_the_ceiling_and_keeps_what_was_there)
{
	struct errinfo e;
	struct buf b = BUF_INIT(10);
	fresh();
	CHECK_OK(env->write(env->ctx, "eight", STR("12345678"), &e));
	buf_puts(&b, "abc");
	CHECK_ERR(env->read(env->ctx, "eight", &b, &e), ERR_LIMIT);
	CHECK_STR(buf_str(&b), STR("abc"));
	CHECK(buf_ok(&b));
	CHECK_ERR(env->read(env->ctx, "none", &b, &e), ERR_NOTFOUND);
	buf_cut(&b, 2);
	CHECK_OK(env->read(env->ctx, "eight", &b, &e));
	CHECK_STR(buf_str(&b), STR("ab12345678"));
	buf_done(&b);
}

TEST(no_path_and_no_link_leaves_the_home)
{
	static const char *const bad[] = {
	    "", "/etc/passwd", "..", "../x", "a/../../x", "a//b", "a/", ".", ".hidden", "a/.new-x", "a\nb", "a/b/c/d/e"};
	struct errinfo e;
	struct buf b = BUF_INIT(1000);
	char outside[200], long_name[300];
	fresh();
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		CHECK_ERR(env->write(env->ctx, bad[i], STR("x"), &e), ERR_INVALID);
		CHECK_ERR(env->read(env->ctx, bad[i], &b, &e), ERR_INVALID);
		CHECK_ERR(env->remove(env->ctx, bad[i], &e), ERR_INVALID);
		CHECK_ERR(env->db_path(env->ctx, bad[i], &b, &e), ERR_INVALID);
	}
	memset(long_name, 'n', sizeof long_name - 1);
	long_name[sizeof long_name - 1] = '\0';
	CHECK_ERR(env->write(env->ctx, long_name, STR("x"), &e), ERR_INVALID);

	snprintf(outside, sizeof outside, "%s/outside", top);
	CHECK(mkdir(outside, 0700) == 0);
	CHECK(symlink(outside, in_home("folder")) == 0);
	snprintf(outside, sizeof outside, "%s/outside/secret", top);
	CHECK(symlink(outside, in_home("link")) == 0 && mknod(outside, S_IFREG | 0600, 0) == 0);
	CHECK_ERR(env->write(env->ctx, "folder/x", STR("x"), &e), ERR_INVALID);
	CHECK_ERR(env->read(env->ctx, "folder/secret", &b, &e), ERR_INVALID);
	CHECK_ERR(env->remove(env->ctx, "folder/secret", &e), ERR_INVALID);
	CHECK_ERR(env->read(env->ctx, "link", &b, &e), ERR_INVALID);
	CHECK_ERR(env->db_path(env->ctx, "link", &b, &e), ERR_INVALID);
	CHECK_OK(env->write(env->ctx, "link", STR("mine"), &e)); /* takes the link's place, does not write through it */
	struct stat st;
	CHECK(lstat(in_home("link"), &st) == 0 && S_ISREG(st.st_mode) && stat(outside, &st) == 0 && st.st_size == 0);
	CHECK(mkfifo(in_home("fifo"), 0600) == 0);
	CHECK_ERR(env->read(env->ctx, "fifo", &b, &e), ERR_INVALID); /* and does not wait for a writer */
	buf_done(&b);
}

TEST(lock_keeps_others_out_and_says_who_is_in)
{
	struct errinfo e;
	struct env_posix *other = NULL;
	char pid[40];
	fresh();
	CHECK_OK(env_posix_new(home, false, &other, &e));
	const struct env *o = env_posix_env(other);
	CHECK_OK(env->lock(env->ctx, "serve --port 1", &e));
	CHECK_ERR(o->lock(o->ctx, "add", &e), ERR_BUSY);
	snprintf(pid, sizeof pid, "process %ld ", (long)getpid());
	CHECKF(strstr(e.msg, pid) && strstr(e.msg, "(serve --port 1)") && strstr(e.msg, "since 20") && strstr(e.msg, home), "%s", e.msg);
	CHECK(strstr(e.hint, "kill "));
	CHECK(truncate(in_home("lock"), 0) == 0); /* held all the same when its note is gone */
	CHECK_ERR(o->lock(o->ctx, "add", &e), ERR_BUSY);
	env->unlock(env->ctx);
	CHECK_OK(o->lock(o->ctx, "add", &e));
	CHECK_ERR(env->lock(env->ctx, "serve", &e), ERR_BUSY);
	env_posix_free(other); /* gives it back */
	CHECK_OK(env->lock(env->ctx, "serve", &e));
	env->unlock(env->ctx);
	env->unlock(env->ctx);
}

TEST(lock_ends_with_its_process)
{
	struct errinfo e;
	int fds[2], status;
	char c;
	fresh();
	CHECK(pipe(fds) == 0);
	pid_t pid = fork();
	CHECK(pid >= 0);
	if (pid == 0) {
		c = env->lock(env->ctx, "child", &e) ? 'n' : 'y';
		if (write(fds[1], &c, 1) == 1)
			pause();
		_exit(0);
	}
	CHECK(read(fds[0], &c, 1) == 1 && c == 'y');
	CHECK_ERR(env->lock(env->ctx, "parent", &e), ERR_BUSY);
	CHECKF(strstr(e.msg, "(child)"), "%s", e.msg);
	kill(pid, SIGKILL);
	CHECK(waitpid(pid, &status, 0) == pid);
	CHECK_OK(env->lock(env->ctx, "parent", &e));
	close(fds[0]);
	close(fds[1]);
}

TEST(lock_clears_away_writes_cut_off_by_a_crash)
{
	struct errinfo e;
	fresh();
	CHECK_OK(env->write(env->ctx, "keys/root", STR("k"), &e));
	CHECK(mknod(in_home(".new-0123456789abcdef"), S_IFREG | 0600, 0) == 0);
	CHECK(mknod(in_home("keys/.new-0123456789abcdef"), S_IFREG | 0600, 0) == 0);
	CHECK_OK(env->lock(env->ctx, "x", &e));
	CHECK(entries(home) == 2); /* keys, lock */
	CHECK(entries(in_home("keys")) == 1);
	check_file("keys/root", STR("k"));
}

TEST(db_path_is_absolute_and_heeds_the_ceiling)
{
	struct errinfo e;
	struct buf b = BUF_INIT(4 * KIB), small = BUF_INIT(5);
	char want[200], was[4096];
	fresh();
	CHECK(getcwd(was, sizeof was) && chdir(top) == 0);
	struct env_posix *here = NULL;
	CHECK_OK(env_posix_new("home", false, &here, &e));
	CHECK(chdir(was) == 0);
	CHECK_OK(env_posix_env(here)->db_path(here, "log.db", &b, &e));
	snprintf(want, sizeof want, "%s/log.db", home);
	CHECK_STR(buf_str(&b), str_of(want));
	CHECK_ERR(env->db_path(env->ctx, "log.db", &small, &e), ERR_LIMIT);
	env_posix_free(here);
	buf_done(&b);
	buf_done(&small);
}

TEST(clocks_and_randomness_are_real)
{
	uint8_t a[64] = {0}, b[64] = {0};
	int64_t m = 0, t;
	fresh();
	t = env->now(env->ctx);
	CHECK(t > INT64_C(1704067200) * TIME_SECOND && t < TIME_MAX); /* after 2024 */
	for (int i = 0; i < 1000; i++) {
		int64_t next = env->mono(env->ctx);
		CHECK(next >= m);
		m = next;
	}
	env->random(env->ctx, RND_KEYS, STR_NONE, 0, a, sizeof a);
	env->random(env->ctx, RND_KEYS, STR_NONE, 0, b, sizeof b);
	CHECK(memcmp(a, b, sizeof a) != 0);
	int zero = 0;
	for (size_t i = 0; i < sizeof a; i++)
		zero += a[i] == 0;
	CHECK(zero < 16);
	CHECK(env->space(env->ctx) > 0);
}

/* As a user without rights: root may write anywhere. */
TEST(read_only_folder_is_told)
{
	struct errinfo e;
	int status = -1;
	fresh();
	CHECK_OK(env->write(env->ctx, "key", STR("old"), &e));
	CHECK(chmod(home, 0500) == 0 && (geteuid() || (chown(home, 12345, 12345) == 0 && chmod(top, 0711) == 0)));
	pid_t pid = fork();
	CHECK(pid >= 0);
	if (pid == 0) {
		struct env_posix *mine = NULL;
		if (geteuid() == 0 && setuid(12345))
			_exit(2);
		if (env_posix_new(home, false, &mine, &e))
			_exit(3);
		const struct env *m = env_posix_env(mine);
		if (m->write(m->ctx, "key", STR("new"), &e) != ERR_DENIED || m->write(m->ctx, "f/key", STR("new"), &e) != ERR_DENIED)
			_exit(4);
		if (m->remove(m->ctx, "key", &e) != ERR_DENIED || m->lock(m->ctx, "x", &e) != ERR_DENIED)
			_exit(5);
		env_posix_free(mine);
		_exit(0);
	}
	CHECK(waitpid(pid, &status, 0) == pid);
	CHECK(chmod(home, 0700) == 0 && (geteuid() || chown(home, 0, 0) == 0));
	CHECKF(WIFEXITED(status) && WEXITSTATUS(status) == 0, "child: %d", WEXITSTATUS(status));
	check_file("key", STR("old"));
}

TEST(full_disk_is_told_and_leaves_the_old_file)
{
	struct errinfo e;
	static char big[256 * KIB];
	struct env_posix *small = NULL;
	char disk[100];
	if (geteuid())
		test_skip("only root can mount a small disk");
	fresh();
	snprintf(disk, sizeof disk, "%s/disk", top);
	CHECK(mkdir(disk, 0700) == 0);
	if (mount("tmpfs", disk, "tmpfs", 0, "size=128k,mode=0700"))
		test_skip("no tmpfs can be mounted here");
	enum err made = env_posix_new(disk, true, &small, &e), first = ERR_IO, full = OK, lock = ERR_IO;
	struct buf b = BUF_INIT(100);
	int left = -1;
	int64_t space = 0;
	if (!made) {
		const struct env *s = env_posix_env(small);
		first = s->write(s->ctx, "key", STR("old"), &e);
		space = s->space(s->ctx);
		full = s->write(s->ctx, "key", (struct str){big, sizeof big}, &e);
		left = entries(disk);
		if (s->read(s->ctx, "key", &b, &e))
			buf_puts(&b, "unreadable");
		lock = s->lock(s->ctx, "x", &e);
	}
	env_posix_free(small);
	umount2(disk, MNT_DETACH);
	CHECK(made == OK && first == OK && full == ERR_FULL && left == 1 && lock == OK);
	CHECK(space > 0 && space <= 128 * KIB);
	CHECK_STR(buf_str(&b), STR("old"));
	buf_done(&b);
}
