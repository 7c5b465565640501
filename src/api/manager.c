#define _GNU_SOURCE
#include "api/manager.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/str.h"

void
manager_tell(const char *lines)
{
	struct sockaddr_un to = {.sun_family = AF_UNIX};
	const char *path = getenv("NOTIFY_SOCKET");
	size_t n = path ? strlen(path) : 0;
	if (!n || n >= sizeof to.sun_path || (path[0] != '/' && path[0] != '@'))
		return;
	memcpy(to.sun_path, path, n);
	if (path[0] == '@')
		to.sun_path[0] = '\0'; /* a name that is in no folder */
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return;
	(void)!sendto(fd, lines, strlen(lines), MSG_NOSIGNAL, (const struct sockaddr *)&to, (socklen_t)(offsetof(struct sockaddr_un, sun_path) + n));
	close(fd);
}

int
manager_beat(void)
{
	const char *text = getenv("WATCHDOG_USEC"), *pid = getenv("WATCHDOG_PID");
	uint64_t micros, of;
	if (!text || !str_u64(str_of(text), &micros) || (pid && (!str_u64(str_of(pid), &of) || of != (uint64_t)getpid())))
		return 0;
	uint64_t ms = micros / 2000;
	return ms < 1 ? 1 : ms > 30 * 1000 ? 30 * 1000 : (int)ms;
}

static bool
address_of(int fd, char ret_address[static 64], uint16_t *ret_port)
{
	struct sockaddr_storage at = {0};
	socklen_t n = sizeof at;
	if (getsockname(fd, (struct sockaddr *)&at, &n))
		return false;
	const struct sockaddr_in *a4 = (const void *)&at;
	const struct sockaddr_in6 *a6 = (const void *)&at;
	bool six = at.ss_family == AF_INET6;
	if ((!six && at.ss_family != AF_INET) ||
	    !inet_ntop(at.ss_family, six ? (const void *)&a6->sin6_addr : (const void *)&a4->sin_addr, ret_address, 64))
		return false;
	*ret_port = ntohs(six ? a6->sin6_port : a4->sin_port);
	return true;
}

enum { FIRST = 3, HANDED_MAX = 64 };

bool
manager_socket(const char *name, int *ret_fd, char ret_address[static 64], uint16_t *ret_port)
{
	const char *pid = getenv("LISTEN_PID"), *count = getenv("LISTEN_FDS"), *names = getenv("LISTEN_FDNAMES");
	struct str rest = str_of(names), one;
	uint64_t of, n;
	if (!pid || !count || !names || !str_u64(str_of(pid), &of) || of != (uint64_t)getpid() || !str_u64(str_of(count), &n) || n > HANDED_MAX)
		return false;
	for (int fd = FIRST; fd < FIRST + (int)n; fd++) {
		str_cut(rest, ':', &one, &rest);
		if (!str_is(one, name) || !address_of(fd, ret_address, ret_port))
			continue;
		(void)fcntl(fd, F_SETFD, FD_CLOEXEC);
		*ret_fd = fd;
		return true;
	}
	return false;
}
