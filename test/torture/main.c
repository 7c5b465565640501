/* torture [--all] [--path=NAME] [--kind=NAME] [--at=N] [--on] [--seed=S] [--verbose]: prints TAP lines, one a path.
 *
 * Without --all only some of the places of each kind are tried, spread evenly; S shifts them. --path, --kind, --at and --on try less: those that a
 * line of failure names. Each path has a process of its own, so that one that crashes is told and the others are tried. */
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "torture/try.h"

struct options {
	bool all, on, verbose;
	const char *path, *kind;
	uint64_t at, seed;
};

enum { FEW_MEMORY = 40, FEW_FILES = 10, HEAVY = 6, COMPLAINTS = 12 };

static const struct path *const lists[] = {paths_home, paths_say, paths_share, paths_back, paths_due, paths_people, paths_feed};

/* Where the child is; the parent reads it when the child crashed. */
static struct try_at *at;

static uint64_t
stride(const struct options *o, const struct path *p, const struct kind *k, uint64_t total)
{
	uint64_t few = k->what == KIND_MEMORY ? FEW_MEMORY : FEW_FILES;
	if (p->flags & PATH_HEAVY)
		few = (few + HEAVY - 1) / HEAVY;
	return o->all || o->at || total <= few ? 1 : (total + few - 1) / few;
}

static void
try_kind(struct try *y, const struct options *o, const struct kind *k, struct buf *told)
{
	struct simrng dice = {o->seed};
	uint64_t total = try_count(y, k), tried = 0;
	uint64_t step = stride(o, y->p, k, total);
	for (uint64_t from = 1; from <= total && y->complaints < COMPLAINTS; from += step) {
		uint64_t n = o->at ? o->at : from + simrng_below(&dice, step);
		for (int on = o->on; on <= (k->what == KIND_MEMORY) && y->complaints < COMPLAINTS; on++) {
			/* a few: every second place once, every second place from there on */
			if (!o->all && !o->at && k->what == KIND_MEMORY && (from / step + (uint64_t)on) % 2)
				continue;
			if (n > total)
				continue;
			*at = (struct try_at){k, n, on != 0};
			if (o->verbose)
				printf("# %s %s %llu%s\n", y->p->name, k->name, (unsigned long long)n, on ? " and on" : "");
			try_one(y, k, n, on != 0);
			tried++;
			if (o->at && o->on)
				break;
		}
		if (o->at)
			break;
	}
	if (total)
		buf_printf(told, "%s%s %llu/%llu", told->n ? ", " : "", k->name, (unsigned long long)tried, (unsigned long long)total);
}

static int
child(const struct options *o, const struct path *p)
{
	struct try y = {.p = p, .at = at, .seed = o->seed};
	struct buf told = BUF_INIT(64 * KIB);
	if (!try_begin(&y)) {
		printf("not ok %s\n", p->name);
		return 1;
	}
	for (size_t i = 0; i < kinds_count; i++) {
		if ((o->kind && strcmp(o->kind, kinds[i].name)) || (kinds[i].other && p->other < 0))
			continue;
		try_kind(&y, o, &kinds[i], &told);
	}
	printf("%sok %s: %.*s\n", y.complaints ? "not " : "", p->name, STR_FMT(buf_str(&told)));
	buf_done(&told);
	try_end(&y);
	return y.complaints ? 1 : 0;
}

static bool
run(const struct options *o, const struct path *p)
{
	int status = 0;
	fflush(stdout);
	*at = (struct try_at){0};
	pid_t pid = fork();
	if (pid == 0)
		exit(child(o, p));
	if (pid < 0 || waitpid(pid, &status, 0) != pid) {
		perror("torture");
		exit(2);
	}
	if (WIFEXITED(status) && WEXITSTATUS(status) <= 1)
		return WEXITSTATUS(status) == 0;
	printf("not ok %s: %s %d\n", p->name, WIFSIGNALED(status) ? "ended by signal" : "ended with status",
	    WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
	if (at->kind)
		try_again_line(p, at);
	return false;
}

static bool
value(const char *arg, const char *name, const char **ret)
{
	size_t n = strlen(name);
	if (strncmp(arg, name, n))
		return false;
	*ret = arg + n;
	return true;
}

int
main(int argc, char **argv)
{
	struct options o = {.seed = 1};
	const char *v;
	int bad = 0;
	for (int i = 1; i < argc; i++) {
		if (value(argv[i], "--path=", &o.path) || value(argv[i], "--kind=", &o.kind))
			continue;
		if ((value(argv[i], "--at=", &v) && str_u64(str_of(v), &o.at)) || (value(argv[i], "--seed=", &v) && str_u64(str_of(v), &o.seed)))
			continue;
		if (!strcmp(argv[i], "--all"))
			o.all = true;
		else if (!strcmp(argv[i], "--on"))
			o.on = true;
		else if (!strcmp(argv[i], "--verbose"))
			o.verbose = true;
		else {
			fputs("usage: torture [--all] [--path=NAME] [--kind=NAME] [--at=N] [--on] [--seed=S] [--verbose]\n", stderr);
			return 64;
		}
	}
	FILE *shared = tmpfile();
	if (!shared || ftruncate(fileno(shared), sizeof *at) ||
	    (at = mmap(NULL, sizeof *at, PROT_READ | PROT_WRITE, MAP_SHARED, fileno(shared), 0)) == MAP_FAILED) {
		perror("torture");
		return 2;
	}
	for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
		for (const struct path *p = lists[i]; p->name; p++)
			if (!o.path || !strcmp(o.path, p->name))
				bad += !run(&o, p);
	return bad ? 1 : 0;
}
