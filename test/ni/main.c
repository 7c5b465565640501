/* ni: noninterference, tested. Pairs of histories that differ only in what M may not see are played side by side, and every byte that M can see is
 * compared; then leaks are made on purpose, one at a time, and each must be caught. usage: ni [--pairs=N] [--seed=S] [--leak=NAME|none]
 * [--kind=peer|person] [--verbose] */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/leak.h"
#include "ni/play.h"
#include "node/op.h"

/* Power losses leave what a node held (sim/world.h), on purpose. */
const char *__asan_default_options(void);
const char *
__asan_default_options(void)
{
	return "detect_leaks=0";
}

int comity_leak;

enum { PEER, PERSON, TOLD = 3000, PATIENCE = 120, LEAK_PAIRS = 12 };

static const struct leak {
	const char *name;
	int who;
	const char *about;
} leaks[] = {{NULL, 0, NULL},
#define X(name, who, about) {#name, who, about},
    LEAK_LIST(X)
#undef X
};
enum { LEAKS = sizeof leaks / sizeof *leaks - 1 };

/* What the process that played side B tells of the pair. */
struct result {
	bool played, differs;
	int done, failed, failed_visible, kinds[ACT_KINDS];
	bool asked[PLAY_OPS];
	uint64_t looks, bytes;
	char told[TOLD];
};

static void
side_a(const struct hist *h, int to, bool verbose)
{
	static struct play p;
	struct eye eye;
	struct errinfo e;
	signal(SIGPIPE, SIG_IGN);
	alarm(PATIENCE);
	eye_init(&eye, fdopen(to, "w"), false);
	enum err err = play(h, 0, &eye, verbose, &p, &e);
	fflush(eye.pipe);
	_exit(err ? 1 : 0);
}

static void
side_b(const struct hist *h, int from, bool verbose, struct result *r)
{
	static struct play p;
	struct eye eye;
	struct errinfo e;
	eye_init(&eye, fdopen(from, "r"), true);
	enum err err = play(h, 1, &eye, verbose, &p, &e);
	r->played = err == OK;
	r->differs = eye.done;
	r->done = p.done;
	r->failed = p.failed;
	r->failed_visible = p.failed_visible;
	memcpy(r->kinds, p.kinds, sizeof r->kinds);
	memcpy(r->asked, p.asked, sizeof r->asked);
	r->looks = eye.looks;
	r->bytes = eye.bytes;
	snprintf(r->told, sizeof r->told, "%.*s", err ? (int)strlen(e.msg) : (int)eye.told.n, err ? e.msg : eye.told.p ? eye.told.p : "");
}

/* In a process of its own, since a simulated node that died leaves its memory behind, and one that asserts takes its process along. */
static struct result
pair(uint64_t seed, int who, int leak, bool verbose)
{
	static struct hist h;
	struct result r = {0};
	int tell[2], see[2];
	hist_draw(&h, seed, who == PERSON);
	fflush(stdout);
	if (pipe(tell)) {
		perror("ni: pipe");
		exit(2);
	}
	pid_t b = fork();
	if (b == 0) {
		comity_leak = leak;
		alarm(PATIENCE);
		if (pipe(see))
			_exit(2);
		pid_t a = fork();
		if (a == 0) {
			close(see[0]);
			side_a(&h, see[1], verbose);
		}
		close(see[1]);
		side_b(&h, see[0], verbose, &r);
		close(see[0]);
		if (write(tell[1], &r, sizeof r) != sizeof r)
			_exit(2);
		if (a > 0) {
			kill(a, SIGKILL);
			waitpid(a, NULL, 0);
		}
		_exit(0);
	}
	close(tell[1]);
	if (b < 0 || read(tell[0], &r, sizeof r) != sizeof r) {
		int status = 0;
		waitpid(b, &status, 0);
		memset(&r, 0, sizeof r);
		snprintf(r.told, sizeof r.told, "the process of side B ended early, %s %d", WIFSIGNALED(status) ? "by signal" : "with status",
		    WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
		b = -1;
	}
	close(tell[0]);
	if (b > 0)
		waitpid(b, NULL, 0);
	return r;
}

struct options {
	uint64_t seed;
	int pairs, leak, who; /* leak: -1 = all, 0 = none; who: -1 = both */
	bool verbose;
};

static void
comment(const char *text)
{
	for (struct str rest = str_of(text), line; str_line(&rest, &line);)
		printf("# %.*s\n", STR_FMT(line));
}

/* Every third pair is of the second kind. */
static int
kind_of(const struct options *o, int i)
{
	return o->who >= 0 ? o->who : i % 3 == 2 ? PERSON : PEER;
}

/* An operation that anybody may call and that this program never did would be one whose reply nobody compared. */
static bool
all_asked(const struct result *sum, const char *whose)
{
	bool all = op_count <= PLAY_OPS;
	for (size_t i = 0; i < op_count && i < PLAY_OPS; i++)
		if ((op_table[i].may == OP_READ || op_table[i].may == OP_LOOK) && !sum->asked[i]) {
			printf("# %s was never called by %s: ask for it in test/ni/look.c\n", op_table[i].name, whose);
			all = false;
		}
	printf("%s every operation that reads was called by %s, and answered\n", all ? "ok" : "not ok", whose);
	return all;
}

static bool
honest(const struct options *o, int *ret_differences)
{
	struct result sum = {0}, by[2] = {0};
	int differences = 0, broken = 0;
	for (int i = 0; i < o->pairs; i++) {
		struct result r = pair(o->seed + (uint64_t)i, kind_of(o, i), 0, o->verbose);
		if (!r.played || r.differs) {
			printf("# pair %d: --seed=%llu --pairs=1 --leak=none --kind=%s\n", i, (unsigned long long)(o->seed + (uint64_t)i),
			    kind_of(o, i) ? "person" : "peer");
			comment(r.told);
		}
		differences += r.differs;
		broken += !r.played;
		sum.done += r.done;
		sum.failed += r.failed;
		sum.failed_visible += r.failed_visible;
		sum.looks += r.looks;
		sum.bytes += r.bytes;
		for (int k = 0; k < ACT_KINDS; k++)
			sum.kinds[k] += r.kinds[k];
		for (int k = 0; k < PLAY_OPS; k++)
			by[kind_of(o, i)].asked[k] |= r.asked[k];
	}
	printf("# %d acts on side B, %d failed (%d of them visible); %llu looks, %llu bytes compared\n", sum.done + sum.failed, sum.failed,
	    sum.failed_visible, (unsigned long long)sum.looks, (unsigned long long)sum.bytes);
	printf("# by kind:");
	int never = 0;
	for (int k = 0; k < ACT_KINDS; k++) {
		printf(" %d", sum.kinds[k]);
		never += !sum.kinds[k];
	}
	printf("\n%s every pair was played\n", broken ? "not ok" : "ok");
	printf("%s what M may see is the same bytes in all pairs\n", differences ? "not ok" : "ok");
	bool many = o->pairs >= 20 && o->who < 0;
	if (many)
		printf("%s every kind of act was done, and nine in ten did succeed\n", never || sum.failed * 10 > sum.done ? "not ok" : "ok");
	if (many) {
		bool peer = all_asked(&by[PEER], "a member"), person = all_asked(&by[PERSON], "a person with a clearance");
		broken += !peer || !person;
	}
	*ret_differences = differences;
	return !differences && !broken && !(many && (never || sum.failed * 10 > sum.done));
}

static bool
caught(const struct options *o, int leak)
{
	int pairs = o->pairs > LEAK_PAIRS ? o->pairs : LEAK_PAIRS;
	for (int i = 0; i < pairs; i++) {
		struct result r = pair(o->seed + (uint64_t)i, leaks[leak].who, leak, o->verbose);
		if (r.differs) {
			printf("ok leak %d %s caught in pair %d: %s\n", leak, leaks[leak].name, i, leaks[leak].about);
			if (o->leak > 0)
				comment(r.told);
			return true;
		}
	}
	printf("not ok leak %d %s NOT CAUGHT in %d pairs: %s\n", leak, leaks[leak].name, pairs, leaks[leak].about);
	return false;
}

static bool
option(const char *arg, const char *name, const char **ret)
{
	size_t n = strlen(name);
	*ret = arg + n;
	return strncmp(arg, name, n) == 0;
}

static bool
parse(int argc, char **argv, struct options *o)
{
	*o = (struct options){.seed = 1, .pairs = 20, .leak = -1, .who = -1};
	for (int i = 1; i < argc; i++) {
		const char *v;
		if (option(argv[i], "--pairs=", &v))
			o->pairs = (int)strtol(v, NULL, 10);
		else if (option(argv[i], "--seed=", &v))
			o->seed = strtoull(v, NULL, 10);
		else if (option(argv[i], "--kind=", &v))
			o->who = !strcmp(v, "person");
		else if (option(argv[i], "--leak=", &v)) {
			o->leak = strcmp(v, "none") ? -2 : 0;
			for (int k = 1; k <= LEAKS; k++)
				if (!strcmp(v, leaks[k].name))
					o->leak = k;
		} else if (!strcmp(argv[i], "--verbose"))
			o->verbose = true;
		else
			return false;
	}
	return o->leak != -2 && o->pairs > 0;
}

int
main(int argc, char **argv)
{
	struct options o;
	int differences = 0, found = 0, tried = 0;
	bool good = true;
	if (!parse(argc, argv, &o)) {
		fprintf(stderr, "usage: ni [--pairs=N] [--seed=S] [--leak=NAME|none] [--kind=peer|person] [--verbose]\n");
		return 2;
	}
	if (o.leak <= 0)
		good = honest(&o, &differences);
	for (int k = 1; k <= LEAKS && o.leak; k++) {
		if (o.leak > 0 && o.leak != k)
			continue;
		tried++;
		found += caught(&o, k);
	}
	printf("pairs %d differences %d leaks caught %d of %d\n", o.leak <= 0 ? o.pairs : 0, differences, found, tried);
	return good && found == tried ? 0 : 1;
}
