/* config: how a node runs: <home>/comity.conf, lines "name = value", "#" begins a comment line. Strict: a name that is none, or stands there twice,
 * and a value that is not what the name takes, are refused with their line. What the member decides about its home (comity config) is not here but in
 * node.db. */
#ifndef API_CONFIG_H
#define API_CONFIG_H

#include "base/buf.h"

#define CONFIG_FILE "comity.conf"
enum { CONFIG_VALUE = 1024, CONFIG_BYTES = 64 * 1024 };

/* Kinds: 'a' ADDRESS:PORT or off, 'p' a path or nothing, 'w' names parted by blanks, 'n' a number from 1 on, 'l' a level of the log. */
#define CONFIG_LIST(X)                                                                                                                              \
	X(CONFIG_WEB, "web", 'a', "127.0.0.1:8440",                                                                                                 \
	    "where people and their tools are answered: ADDRESS:PORT (port 0: any free one), or off; other than on\n"                               \
	    "# 127.0.0.1 and ::1 with a certificate alone. If the port is taken and nobody asked for it, a free one is used")                       \
	X(CONFIG_WEB_CERT, "web-cert", 'p', "", "its certificate and those that lead to the root: a PEM file, read again on SIGHUP")                \
	X(CONFIG_WEB_KEY, "web-key", 'p', "", "the certificate's key: a PEM file")                                                                  \
	X(CONFIG_WEB_NAMES, "web-names", 'w', "", "host names by which it is asked, parted by blanks; another Host is refused")                     \
	X(CONFIG_WEB_CONNECTIONS, "web-connections", 'n', "1000", "connections of people and their tools, event streams among them")                \
	X(CONFIG_WEB_PER_ADDRESS, "web-per-address", 'n', "256", "of those, from one address")                                                      \
	X(CONFIG_WEB_REQUESTS, "web-requests", 'n', "60000", "requests a minute of one account; above that it is told when to ask again")           \
	X(CONFIG_WEB_STRANGERS, "web-strangers", 'n', "6000", "requests a minute from one address without an account, logins among them; likewise") \
	X(CONFIG_METRICS, "metrics-token-file", 'p', "", "a file with a secret that opens /metrics, as a Bearer token, and nothing else")           \
	X(CONFIG_PEERS, "peers", 'a', "off", "where other members' nodes are answered: ADDRESS:PORT, or off")                                       \
	X(CONFIG_PEER_REQUESTS, "peer-requests", 'n', "60000", "requests a minute of one member's node; above that it is told when to ask again")   \
	X(CONFIG_PEER_MIB, "peer-mib", 'n', "6144", "MiB a minute given to one member's node")                                                      \
	X(CONFIG_PEER_CONNECTIONS, "peer-connections", 'n', "32", "connections of one member's node")                                               \
	X(CONFIG_STOP, "stop-seconds", 'n', "10", "for so long what is under way may go on when the node is told to end (SIGTERM)")                 \
	X(CONFIG_LOG, "log-level", 'l', "info", "what is told on standard error: error, warning, info (each request), debug")

enum config_name {
#define X(code, name, kind, value, about) code,
	CONFIG_LIST(X)
#undef X
	    CONFIG_COUNT
};

struct config {
	char value[CONFIG_COUNT][CONFIG_VALUE];
	bool asked[CONFIG_COUNT]; /* by file or flag: not the default */
};

void config_init(struct config *c);
/* A whole file; e tells the line. c may be changed in part on failure. */
enum err config_read(struct config *c, struct str text, struct errinfo *e) MUST_USE;
/* One entry, as a flag gives it. */
enum err config_set(struct config *c, enum config_name name, struct str value, struct errinfo *e) MUST_USE;
/* A file that says all of this. */
void config_put(const struct config *c, struct buf *b);
uint32_t config_number(const struct config *c, enum config_name name);

/* "[::1]:8450" in two. */
enum err config_address(struct str text, char address[static 64], uint16_t *ret_port, struct errinfo *e) MUST_USE;

#endif
