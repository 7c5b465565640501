/* local: the socket in a home, on which the node that runs there answers the same user's commands. */
#ifndef API_LOCAL_H
#define API_LOCAL_H

#include "base/err.h"

#define LOCAL_SOCKET "socket" /* in the home */

/* Both give a descriptor that is the caller's to close. The home's path may be of any length. */

/* In place of what a process that is gone left. The caller holds the home's lock. */
enum err local_listen(const char *dir, int *ret_fd, struct errinfo *e) MUST_USE;
/* ERR_NOTFOUND: nobody answers there. ERR_DENIED: somebody else's. */
enum err local_connect(const char *dir, int *ret_fd, struct errinfo *e) MUST_USE;
/* Whether who is at the other end is this process's user. */
bool local_same_user(int fd);
void local_remove(const char *dir);

#endif
