/* collect list, show, run, pause, resume, remove: feeds that the running node pulls. */
#include "cli/ask.h"
#include "cli/feed_show.h"
#include "cli/show.h"
#include "cli/yes.h"

/* 90 minutes: 90m; a day: 1d. */
static struct str
every(struct cli *c, const struct json *f)
{
	static const struct {
		int64_t seconds;
		char unit;
	} units[] = {{86400, 'd'}, {3600, 'h'}, {60, 'm'}, {1, 's'}};
	int64_t n = show_int(f, "every");
	size_t i = 0;
	while (n % units[i].seconds)
		i++;
	struct buf b = BUF_INIT(40);
	struct str ret = STR_NONE;
	buf_printf(&b, "%lld%c", (long long)(n / units[i].seconds), units[i].unit);
	if (!arena_dup(&c->a, buf_str(&b), &ret))
		ret = STR_NONE;
	buf_done(&b);
	return ret;
}

static enum style
style_of(struct str state)
{
	return str_is(state, "ok") ? STYLE_GOOD : str_is(state, "failing") || str_is(state, "overdue") ? STYLE_BAD : STYLE_DIM;
}

static void
put_list(struct cli *c, const struct json *r)
{
	static const char *const heads[] = {"feed", "state", "every", "next", "last", "URL", NULL};
	struct print_table t;
	print_table_init(&t, &c->a, heads);
	SHOW_EACH(one, show_list(r, "items"))
	{
		struct print_cell *cell = print_table_row(&t);
		cell[0] = (struct print_cell){show_str(one, "name"), STYLE_HEAD};
		cell[1] = (struct print_cell){show_str(one, "state"), style_of(show_str(one, "state"))};
		cell[2].text = every(c, one);
		cell[3].text = show_moment(c, one, "next");
		cell[4].text = show_moment(c, one, "last");
		cell[5] = (struct print_cell){show_str(one, "url"), STYLE_DIM};
	}
	print_table_done(&t, &c->out, 0);
	if (!json_count(show_list(r, "items")) && !c->quiet)
		print_own_styled(&c->err, STYLE_DIM, "no feeds\n");
}

static void
line(struct cli *c, const char *what, struct str value)
{
	if (value.n)
		show_line(c, what, value);
}

static void
put_feed(struct cli *c, const struct json *f)
{
	line(c, "feed", show_str(f, "name"));
	line(c, "URL", show_str(f, "url"));
	line(c, "collection", show_str(f, "collection"));
	line(c, "user", show_str(f, "user"));
	line(c, "proved by", show_true(f, "proves") ? str_of(show_str(f, "user").n ? "a password" : "a token") : STR_NONE);
	line(c, "mark", show_str(f, "mark"));
	line(c, "centre", show_str(f, "centre"));
	line(c, "authorities", show_str(f, "ca"));
	line(c, "every", every(c, f));
	line(c, "state", show_str(f, "state"));
	line(c, "why", show_str(f, "why"));
	line(c, "next", show_moment(c, f, "next"));
	line(c, "last whole", show_moment(c, f, "last"));
	show_line(c, "last run", STR(""));
	print_own(&c->out, "%lld added, %lld unchanged, %lld refused\n", (long long)show_int(f, "added"), (long long)show_int(f, "unchanged"),
	    (long long)show_int(f, "refused"));
}

static void
told(struct cli *c, const struct json *f, const char *what)
{
	print_text(&c->out, show_str(f, "name"));
	print_own(&c->out, ": %s\n", what);
}

static void
when(struct cli *c, const struct json *f)
{
	bool runs = reach_is_remote(c->home->reach);
	told(c, f, runs ? "the running node pulls it now" : "pulled as soon as the node runs (comity serve)");
}

void
feed_show_added(struct cli *c, const struct json *f)
{
	when(c, f);
	if (!c->quiet) {
		print_own_styled(&c->err, STYLE_NOTE, "How it goes: comity collect show %.*s; to be rid of it: comity collect remove %.*s\n",
		    STR_FMT(show_str(f, "name")), STR_FMT(show_str(f, "name")));
	}
}

static void
put_paused(struct cli *c, const struct json *f)
{
	told(c, f, "paused");
}

static void
put_removed(struct cli *c, const struct json *r)
{
	print_text(&c->out, show_str(r, "removed"));
	print_own(&c->out, ": forgotten; what came of it stays\n");
}

static enum err
run_remove(struct cli *c, struct errinfo *e)
{
	enum err err = yes_ask(c, "It is not pulled any more, and its password or token is forgotten. Remove it?", e);
	return err ? err : ask_run(c, e);
}

static const struct flag yes_flags[] = {{"yes", 'b', true, NULL, "do it without asking", 'y'}, {0}};

const struct cmd cmd_collect_list = {
    .name = "collect list",
    .group = CMD_KNOW,
    .about = "feeds that the running node pulls, and how each stands",
    .op = "collect-list",
    .render = put_list,
};

const struct cmd cmd_collect_show = {
    .name = "collect show",
    .group = CMD_KNOW,
    .about = "one feed; never its password or token",
    .params = {{"name", '1', false, "NAME"}},
    .op = "collect-show",
    .render = put_feed,
};

const struct cmd cmd_collect_run = {
    .name = "collect run",
    .group = CMD_KNOW,
    .about = "have the running node pull a feed now",
    .params = {{"name", '1', false, "NAME"}},
    .op = "collect-run",
    .render = when,
};

const struct cmd cmd_collect_pause = {
    .name = "collect pause",
    .group = CMD_KNOW,
    .about = "pull a feed no more until it is resumed",
    .params = {{"name", '1', false, "NAME"}},
    .op = "collect-pause",
    .render = put_paused,
};

const struct cmd cmd_collect_resume = {
    .name = "collect resume",
    .group = CMD_KNOW,
    .about = "pull a feed again that was paused",
    .params = {{"name", '1', false, "NAME"}},
    .op = "collect-resume",
    .render = when,
};

const struct cmd cmd_collect_remove = {
    .name = "collect remove",
    .group = CMD_KNOW,
    .about = "forget a feed; what came of it stays",
    .flags = yes_flags,
    .params = {{"name", '1', false, "NAME"}},
    .op = "collect-remove",
    .render = put_removed,
    .run = run_remove,
};
