/* A home asked by many threads. Fails if who only reads waits for the end of a large add, if another add comes in between, if the stream of events
 * says nothing before it is over, or if a line of the audit trail that somebody waits for is lost among many. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <sqlite3.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "api/host.h"
#include "api/json.h"
#include "api/viewer.h"
#include "env/posix.h"
#include "measure.h"
#include "sim/centre.h"
#include "t_node_world.h"

enum { OBJECTS = 40000 };

static struct host *host;
static atomic_bool begun, over;
static struct buf input = BUF_INIT(64 * MIB);
static int reads, between; /* all, and those that saw the add when it had done some of its objects and not all, each time more than before */

static enum err
call(const char *op, const char *args, const struct source *in, struct buf *reply)
{
	struct errinfo e = {0};
	const struct node_call c = {.op = str_of(op), .args = str_of(args), .in = in};
	enum err err = host_call(host, &c, false, reply, &e);
	if (err)
		fprintf(stderr, "%s: %s\n", op, e.msg);
	return err;
}

/* The input of the add, which tells that it is asked for: so the add has its turn. */
static enum err
begins(void *ctx, void *p, size_t cap, size_t *ret_n, struct errinfo *e)
{
	struct source rest = source_of_str(ctx);
	atomic_store(&begun, true);
	return rest.read(rest.ctx, p, cap, ret_n, e);
}

static void *
adds(void *arg)
{
	struct str rest = buf_str(&input);
	const struct source in = {&rest, begins};
	struct buf reply = BUF_INIT(8 * MIB);
	*(enum err *)arg = call("add", "{}", &in, &reply);
	atomic_store(&over, true);
	buf_done(&reply);
	return NULL;
}

/* Asks on and on for the newest object, whose number tells how far the add has come. */
static void *
reads_on(void *arg)
{
	struct buf reply = BUF_INIT(8 * MIB);
	char id[64];
	unsigned long seen = 0;
	(void)arg;
	while (!atomic_load(&over)) {
		buf_clear(&reply);
		if (call("ls", "{\"limit\":1}", NULL, &reply))
			break;
		reads++;
		unsigned long n = centre_text(buf_str(&reply), "items.0.id", id, sizeof id) ? strtoul(strrchr(id, '-') + 1, NULL, 10) + 1 : 0;
		between += n > seen && n < OBJECTS;
		seen = n > seen ? n : seen;
	}
	buf_done(&reply);
	return NULL;
}

/* One add after the other, whole. */
static void *
adds_one(void *arg)
{
	struct buf b = BUF_INIT(KIB), reply = BUF_INIT(MIB);
	world_object(&b, 999999, "late");
	struct str rest = buf_str(&b);
	const struct source in = source_of_str(&rest);
	enum err err = call("add", "{}", &in, &reply);
	*(bool *)arg = err == OK && atomic_load(&over);
	buf_done(&b);
	buf_done(&reply);
	return NULL;
}

/* A home in a folder of its own, with its host. */
static char dir[40];
static struct env_posix *posix;

static void
open_home(void)
{
	struct centre c = {.n = 1};
	struct errinfo e = {0};
	snprintf(dir, sizeof dir, "/tmp/t_host_XXXXXX");
	CHECK(mkdtemp(dir));
	CHECK_OK(env_posix_new(dir, true, &posix, &e));
	c.env[0] = env_posix_env(posix);
	c.id[0] = "irq";
	CHECK_OK(centre_found(&c, NULL, &e));
	centre_close_all(&c);
	CHECK_OK(host_open(c.env[0], dir, NULL, &host, &e));
}

static void
close_home(void)
{
	char cmd[64];
	host_close(host);
	env_posix_free(posix);
	snprintf(cmd, sizeof cmd, "rm -rf %s", dir);
	CHECK(system(cmd) == 0);
}

TEST(a_large_add_lets_readers_in)
{
	pthread_t t[3];
	enum err added = OK;
	bool after = false;
	open_home();
	for (unsigned i = 0; i < OBJECTS; i++)
		world_object(&input, i, "one of many");
	CHECK(!pthread_create(&t[0], NULL, adds, &added));
	while (!atomic_load(&begun) && !atomic_load(&over))
		nanosleep(&(const struct timespec){.tv_nsec = 1000000}, NULL);
	CHECK(!pthread_create(&t[1], NULL, reads_on, NULL));
	CHECK(!pthread_create(&t[2], NULL, adds_one, &after));
	for (int i = 0; i < 3; i++)
		pthread_join(t[i], NULL);
	printf("# %d objects: %d reads meanwhile, %d of them saw it go on\n", OBJECTS, reads, between);
	CHECK(added == OK && after);
	CHECKF(between >= 3, "of %d reads %d came in between two steps of the add", reads, between);
	buf_done(&input);
	close_home();
}

/* Lines of the audit trail by many threads: each call comes back, once its line is there. */

enum { TELLERS = 24, LINES = 3000 };

static void *
tells(void *arg)
{
	const struct node_who who = {.position = STR("J2-3")};
	struct errinfo e = {0};
	char detail[40];
	int told = 0;
	for (int i = 0; i < LINES; i++) {
		snprintf(detail, sizeof detail, "%d %d", *(int *)arg, i);
		const struct node_line line = {.who = &who, .what = STR("told"), .detail = str_of(detail)};
		told += host_told(host, &line, 1, &e) == OK;
	}
	*(int *)arg = told;
	return NULL;
}

static int
lines_told(void)
{
	char path[60];
	sqlite3 *db;
	sqlite3_stmt *st;
	snprintf(path, sizeof path, "%s/node.db", dir);
	CHECK(sqlite3_open(path, &db) == SQLITE_OK);
	CHECK(sqlite3_prepare_v2(db, "SELECT count(DISTINCT detail) FROM audit WHERE what='told'", -1, &st, NULL) == SQLITE_OK);
	CHECK(sqlite3_step(st) == SQLITE_ROW);
	int n = sqlite3_column_int(st, 0);
	sqlite3_finalize(st);
	sqlite3_close(db);
	return n;
}

TEST(lines_told_by_many_are_all_there)
{
	pthread_t t[TELLERS];
	int told[TELLERS];
	open_home();
	alarm(240); /* one that is never called waits for ever */
	for (int i = 0; i < TELLERS; i++) {
		told[i] = i;
		CHECK(!pthread_create(&t[i], NULL, tells, &told[i]));
	}
	for (int i = 0; i < TELLERS; i++) {
		pthread_join(t[i], NULL);
		CHECKF(told[i] == LINES, "thread %d: %d of %d", i, told[i], LINES);
	}
	alarm(0);
	int there = lines_told();
	CHECKF(there == TELLERS * LINES, "%d of %d lines", there, TELLERS * LINES);
	close_home();
}

/* The same over HTTP: streams, each with a connection. */

enum { STREAMS = 300 };

static struct http_server *server;

static enum err
who(void *ctx, const struct ask *a, struct viewer **ret, struct errinfo *e)
{
	static struct viewer self = {.account = STR_INIT("self"), .may = ~0u};
	(void)ctx, (void)a, (void)e;
	*ret = &self;
	return OK;
}

static bool
may(const struct viewer *v, enum route_may m)
{
	return v->may >> m & 1;
}

static void
handle(void *ctx, const struct http_request *q, struct http_reply *r)
{
	static const struct route_family *const families[] = {&json_family};
	const struct route_world w = {.families = families, .nfamilies = 1, .who = who, .may = may, .host = host};
	(void)ctx;
	route_answer(&w, q, r);
}

static void
wake(void *ctx, bool governed)
{
	(void)ctx, (void)governed;
	http_server_wake(server);
}

static int
stream(uint16_t port)
{
	static const char request[] = "GET /api/v1/events HTTP/1.1\r\nHost: x\r\nAccept: text/event-stream\r\n\r\n";
	struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	CHECK(fd >= 0 && !connect(fd, (struct sockaddr *)&to, sizeof to));
	CHECK(write(fd, request, sizeof request - 1) == (ssize_t)(sizeof request - 1));
	return fd;
}

/* Reads on until the text comes. */
static bool
comes(int fd, struct buf *b, const char *text)
{
	double until = seconds() + 60;
	while (str_find(buf_str(b), str_of(text)) < 0) {
		struct pollfd p = {fd, POLLIN, 0};
		char bytes[4096];
		ssize_t n;
		if (seconds() > until || poll(&p, 1, 1000) < 0)
			return false;
		if (p.revents && (n = read(fd, bytes, sizeof bytes)) <= 0)
			return false;
		else if (p.revents)
			buf_put(b, str_bytes(bytes, (size_t)n));
	}
	return true;
}

TEST(streams_say_what_came)
{
	static int fd[STREAMS];
	static struct buf got[STREAMS];
	struct errinfo e = {0};
	struct buf b = BUF_INIT(KIB), reply = BUF_INIT(MIB);
	const struct http_config config = {.address = "127.0.0.1", .handle = handle, .body_max = MIB, .reply_max = MIB};
	uint16_t port;
	open_home();
	CHECK_OK(http_server_start(&config, &server, &port, &e));
	host_on_change(host, wake, NULL);
	for (int i = 0; i < STREAMS; i++) {
		buf_init(&got[i], MIB);
		fd[i] = stream(port);
	}
	for (int i = 0; i < STREAMS; i++)
		CHECKF(comes(fd[i], &got[i], "event: open\ndata: {}"), "stream %d: %.*s", i, STR_FMT(buf_str(&got[i])));
	for (unsigned n = 1; n <= 3; n++) {
		char want[100];
		buf_clear(&b);
		world_object(&b, n, "new");
		struct str rest = buf_str(&b);
		const struct source in = source_of_str(&rest);
		double start = seconds();
		buf_clear(&reply);
		CHECK(call("add", "{}", &in, &reply) == OK);
		snprintf(want, sizeof want, "event: object\ndata: {\"id\":\"campaign--00000000-0000-4000-8000-%012u\"", n);
		for (int i = 0; i < STREAMS; i++)
			CHECKF(comes(fd[i], &got[i], want), "stream %d, object %u: %.*s", i, n, STR_FMT(buf_str(&got[i])));
		printf("# %d streams were told after %.3f s\n", STREAMS, seconds() - start);
	}
	for (int i = 0; i < STREAMS; i++) {
		close(fd[i]);
		buf_done(&got[i]);
	}
	http_server_stop(server);
	buf_done(&b);
	buf_done(&reply);
	close_home();
}
