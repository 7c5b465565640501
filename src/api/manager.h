/* manager: what a service manager (systemd) is told by its protocol of datagrams, and what sockets it hands over, without its library. Without one
 * nothing happens. */
#ifndef API_MANAGER_H
#define API_MANAGER_H

#include "base/err.h"

/* "READY=1", "STOPPING=1", "WATCHDOG=1": lines name=value (sd_notify(3)). */
void manager_tell(const char *lines);
/* How often WATCHDOG=1 is wanted, in milliseconds: half of what is allowed; 0: never. */
int manager_beat(void);
/* The socket of that name which it handed over (sd_listen_fds(3): LISTEN_PID, LISTEN_FDS, LISTEN_FDNAMES), and the address on which it listens; it
 * stays open until the process ends. False: none of that name, or it is no socket of IPv4 or IPv6. */
bool manager_socket(const char *name, int *ret_fd, char ret_address[static 64], uint16_t *ret_port);

#endif
