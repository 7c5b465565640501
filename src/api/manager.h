/* manager: what a service manager (systemd) is told by its protocol of datagrams, without its library. Without one nothing happens. */
#ifndef API_MANAGER_H
#define API_MANAGER_H

#include "base/err.h"

/* "READY=1", "STOPPING=1", "WATCHDOG=1": lines name=value (sd_notify(3)). */
void manager_tell(const char *lines);
/* How often WATCHDOG=1 is wanted, in milliseconds: half of what is allowed; 0: never. */
int manager_beat(void);

#endif
