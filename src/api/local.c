#define _GNU_SOURCE /* struct ucred */
#include "api/local.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

/* The name of a socket is short, a home's path may not be: the folder is opened, and the socket named below the descriptor. */
static enum err
place(const char *dir, int *ret_dir, struct sockaddr_un *ret, struct errinfo *e)
{
	int fd = open(dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return err_set(e, ERR_IO, "%.200s: %s", dir, strerror(errno));
	*ret = (struct sockaddr_un){.sun_family = AF_UNIX};
	snprintf(ret->sun_path, sizeof ret->sun_path, "/proc/self/fd/%d/" LOCAL_SOCKET, fd);
	*ret_dir = fd;
	return OK;
}

enum err
local_listen(const char *dir, int *ret_fd, struct errinfo *e)
{
	struct sockaddr_un at;
	int folder, fd = -1;
	enum err err = place(dir, &folder, &at, e);
	if (err)
		return err;
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	mode_t before = umask(0177); /* nobody else may connect, from the first moment on */
	if (fd < 0 || (unlinkat(folder, LOCAL_SOCKET, 0) && errno != ENOENT) || bind(fd, (struct sockaddr *)&at, sizeof at) || listen(fd, 64)) {
		err = err_set(e, ERR_IO, "the socket in the home: %s", strerror(errno));
		if (fd >= 0)
			close(fd);
	} else {
		*ret_fd = fd;
	}
	umask(before);
	close(folder);
	return err;
}

bool
local_same_user(int fd)
{
	struct ucred who;
	socklen_t n = sizeof who;
	return getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &who, &n) == 0 && who.uid == geteuid();
}

enum err
local_connect(const char *dir, int *ret_fd, struct errinfo *e)
{
	struct sockaddr_un at;
	int folder;
	enum err err = place(dir, &folder, &at, e);
	if (err)
		return err;
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0 || connect(fd, (struct sockaddr *)&at, sizeof at)) {
		bool absent = fd >= 0 && (errno == ENOENT || errno == ECONNREFUSED);
		err = err_set(e, absent ? ERR_NOTFOUND : ERR_IO, "the socket in the home: %s", strerror(errno));
		if (fd >= 0)
			close(fd);
	} else if (!local_same_user(fd)) {
		close(fd);
		err = err_set(e, ERR_DENIED, "the node that runs in this home belongs to another user");
	} else {
		*ret_fd = fd;
	}
	close(folder);
	return err;
}

void
local_remove(const char *dir)
{
	int folder = open(dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (folder < 0)
		return;
	(void)unlinkat(folder, LOCAL_SOCKET, 0); /* the next one to listen removes it as well */
	close(folder);
}
