/* A home asked by many threads. Fails if who only reads waits for the end of a large add, if another add comes in between, or if the stream of events
 * says nothing before it is over. */
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "api/host.h"
#include "env/posix.h"
#include "sim/centre.h"
#include "t_node_world.h"

enum { OBJECTS = 40000 };

static struct host *host;
static atomic_bool over;
static struct buf input = BUF_INIT(64 * MIB);
static double longest;
static int reads;

static double
seconds(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

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

static void *
adds(void *arg)
{
	struct str rest = buf_str(&input);
	const struct source in = source_of_str(&rest);
	struct buf reply = BUF_INIT(8 * MIB);
	*(enum err *)arg = call("add", "{}", &in, &reply);
	atomic_store(&over, true);
	buf_done(&reply);
	return NULL;
}

static void *
reads_on(void *arg)
{
	struct buf reply = BUF_INIT(8 * MIB);
	(void)arg;
	while (!atomic_load(&over)) {
		double from = seconds();
		buf_clear(&reply);
		if (call("ls", "{\"limit\":1}", NULL, &reply))
			break;
		double took = seconds() - from;
		longest = took > longest ? took : longest;
		reads++;
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

TEST(a_large_add_lets_readers_in)
{
	char dir[] = "/tmp/t_host_XXXXXX", cmd[64];
	struct env_posix *posix;
	struct centre c = {.n = 1};
	struct errinfo e = {0};
	pthread_t t[3];
	enum err added = OK;
	bool after = false;
	double start;
	CHECK(mkdtemp(dir));
	CHECK_OK(env_posix_new(dir, true, &posix, &e));
	c.env[0] = env_posix_env(posix);
	c.id[0] = "irq";
	CHECK_OK(centre_found(&c, NULL, &e));
	centre_close_all(&c);
	CHECK_OK(host_open(c.env[0], dir, NULL, &host, &e));
	for (unsigned i = 0; i < OBJECTS; i++)
		world_object(&input, i, "one of many");
	start = seconds();
	CHECK(!pthread_create(&t[0], NULL, adds, &added));
	while (host_changes(host) == 0 && !atomic_load(&over) && seconds() - start < 0.2)
		nanosleep(&(const struct timespec){.tv_nsec = 1000000}, NULL);
	CHECK(!pthread_create(&t[1], NULL, reads_on, NULL));
	CHECK(!pthread_create(&t[2], NULL, adds_one, &after));
	for (int i = 0; i < 3; i++)
		pthread_join(t[i], NULL);
	double took = seconds() - start;
	printf("# %d objects in %.2f s, %d reads meanwhile, the longest %.3f s\n", OBJECTS, took, reads, longest);
	CHECK(added == OK && after);
	CHECK(reads > 10);
	CHECKF(longest < 1 && longest < took / 2, "a reader waited %.3f of %.2f s", longest, took);
	host_close(host);
	env_posix_free(posix);
	buf_done(&input);
	snprintf(cmd, sizeof cmd, "rm -rf %s", dir);
	CHECK(system(cmd) == 0);
}
