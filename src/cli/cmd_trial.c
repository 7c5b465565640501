/* trial: a whole centre on this machine in one step, to try things out. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/limits.h"
#include "base/time.h"
#include "cli/ask.h"
#include "cli/show.h"
#include "env/posix.h"
#include "govern/keys.h"

enum { PATH_BYTES = 4096 };

struct party {
	const char *id;
	char dir[PATH_BYTES];
	struct env_posix *posix;
	struct env env;
	struct reach *reach;
	struct buf card, vote;
};

/* One operation at one party; its reply's member `name` into b. */
static enum err
get(struct cli *c, struct ask *a, struct party *p, const char *name, struct buf *b, struct errinfo *e)
{
	bool json = c->json;
	c->json = false;
	enum err err = ask_send_to(a, p->reach, e);
	c->json = json;
	if (!err && b) {
		struct str all;
		buf_put(b, show_str(a->tree, name));
		err = buf_take(b, &all, e);
	}
	return err;
}

static enum err
make_home(struct cli *c, struct party *p, const char *dir, struct errinfo *e)
{
	struct ask a;
	struct buf name = BUF_INIT(64);
	int n = snprintf(p->dir, sizeof p->dir, "%s/%s", dir, p->id);
	enum err err;
	if (n < 0 || (size_t)n >= sizeof p->dir)
		return err_set(e, ERR_USAGE, "trial: the path is too long");
	if (home_is(p->dir)) {
		err_set(e, ERR_CONFLICT, "%.200s is a home already", p->dir);
		err_hint(e, "choose another directory");
		return ERR_CONFLICT;
	}
	if ((err = home_env(c, p->dir, true, &p->posix, &p->env, e)))
		return err;
	buf_puts(&name, "Member ");
	buf_put(&name, show_capitals(c, str_of(p->id)));
	if (!(err = node_mark_exercise(&p->env, e)) && !(err = node_create(&p->env, str_of(p->id), buf_str(&name), e)))
		err = reach_open(&p->env, p->dir, "trial", &p->reach, e);
	buf_done(&name);
	if (err)
		return err;
	ask_begin(&a, c, "card");
	err = get(c, &a, p, "card", &p->card, e);
	ask_done(&a);
	return err;
}

static enum err
propose(struct cli *c, struct party *all, int n, struct buf *charter, struct errinfo *e)
{
	const char *name = cli_flag(c, "name"), *term = cli_flag(c, "term"), *first = cli_flag(c, "first");
	struct buf day = BUF_INIT(40);
	struct ask a;
	ask_begin(&a, c, "charter-propose");
	ask_str(&a, "name", name ? name : "Trial");
	ask_str(&a, "term", term);
	if (first) {
		ask_str(&a, "first", first);
	} else {
		time_put(&day, all[0].env.now(all[0].env.ctx));
		ask_text(&a, "first", str_sub(buf_str(&day), 0, 10));
	}
	buf_done(&day);
	json_put_key(&a.w, STR("cards"));
	json_open_array(&a.w);
	for (int i = 0; i < n; i++)
		json_put_string(&a.w, buf_str(&all[i].card));
	json_close(&a.w);
	enum err err = get(c, &a, &all[0], "charter", charter, e);
	ask_done(&a);
	return err;
}

static enum err
found(struct cli *c, struct party *all, int n, struct buf *print, struct errinfo *e)
{
	struct buf charter = BUF_INIT(LIMIT_CHARTER_FILE), all_signed = BUF_INIT(LIMIT_CHARTER_FILE);
	struct ask a;
	enum err err = propose(c, all, n, &charter, e);
	for (int i = 0; i < n && !err; i++) {
		ask_begin(&a, c, "charter-sign");
		ask_text(&a, "charter", buf_str(&charter));
		err = get(c, &a, &all[i], "vote", &all[i].vote, e);
		ask_done(&a);
	}
	if (!err) {
		ask_begin(&a, c, "charter-assemble");
		ask_text(&a, "charter", buf_str(&charter));
		json_put_key(&a.w, STR("votes"));
		json_open_array(&a.w);
		for (int i = 0; i < n; i++)
			json_put_string(&a.w, buf_str(&all[i].vote));
		json_close(&a.w);
		err = get(c, &a, &all[0], "signed", &all_signed, e);
		ask_done(&a);
	}
	for (int i = 0; i < n && !err; i++) {
		ask_begin(&a, c, "charter-install");
		ask_text(&a, "lines", buf_str(&all_signed));
		err = get(c, &a, &all[i], "fingerprint", i == 0 ? print : NULL, e);
		ask_done(&a);
	}
	buf_done(&charter);
	buf_done(&all_signed);
	return err;
}

static void
said(struct cli *c, const struct party *all, int n, struct str fingerprint)
{
	struct print *p = &c->out;
	if (c->json) {
		struct buf b = BUF_INIT(MIB);
		struct json_writer w;
		json_write_init(&w, &b, 0);
		json_open_object(&w);
		json_put_member(&w, STR("fingerprint"), fingerprint);
		json_put_key(&w, STR("homes"));
		json_open_array(&w);
		for (int i = 0; i < n; i++)
			json_put_string(&w, str_of(all[i].dir));
		json_close(&w);
		json_close(&w);
		json_write_done(&w);
		print_raw(p, buf_str(&b));
		print_own(p, "\n");
		buf_done(&b);
		return;
	}
	print_own(p, "A centre for trying out, with a home for each member and all keys on this machine: EXERCISE.\n");
	show_line_styled(c, "fingerprint", STYLE_ID, fingerprint);
	for (int i = 0; i < n; i++)
		show_line(c, "home", str_of(all[i].dir));
	if (c->quiet)
		return;
	print_own(p, "Try:\n  cd ");
	print_text(p, str_of(all[0].dir));
	print_own(p,
	    "\n  comity add --template >report.txt; $EDITOR report.txt; comity add report.txt; comity ls\n"
	    "  comity release ID --to ALL; comity -C ../%s sync ../%s\n",
	    all[1].id, all[0].id);
}

/* All that would stop it half way is looked at first. */
static enum err
check_ids(char *const *ids, int n, struct errinfo *e)
{
	if (n < 2 || n > LIMIT_MEMBERS)
		return err_set(e, ERR_USAGE, "trial: 2 to %d members", (int)LIMIT_MEMBERS);
	for (int i = 0; i < n; i++) {
		if (!govern_id_ok(str_of(ids[i])))
			return err_set(e, ERR_INVALID,
			    "trial: a member's id is 2 to 8 small letters and digits, beginning with a letter: \"%.40s\" is not", ids[i]);
		for (int k = 0; k < i; k++)
			if (strcmp(ids[i], ids[k]) == 0)
				return err_set(e, ERR_USAGE, "trial: %s is named twice", ids[i]);
	}
	return OK;
}

static enum err
run(struct cli *c, struct errinfo *e)
{
	const char *dir = c->args[0];
	int n = c->nargs - 1, made = 0;
	struct buf print = BUF_INIT(KIB);
	struct party *all = arena_array(&c->a, (size_t)n, sizeof *all);
	enum err err = OK;
	if (!all)
		return err_nomem(e);
	if ((err = check_ids(c->args + 1, n, e)))
		return err;
	if (mkdir(dir, 0700) && errno != EEXIST)
		return err_set(e, ERR_IO, "making %.200s: %s", dir, strerror(errno));
	for (; made < n && !err; made++) {
		all[made].id = c->args[made + 1];
		buf_init(&all[made].card, LIMIT_CARD);
		buf_init(&all[made].vote, 4 * KIB);
		err = make_home(c, &all[made], dir, e);
	}
	if (!err && !(err = found(c, all, n, &print, e)))
		said(c, all, n, buf_str(&print));
	for (int i = 0; i < made; i++) {
		reach_close(all[i].reach);
		env_posix_free(all[i].posix);
		buf_done(&all[i].card);
		buf_done(&all[i].vote);
	}
	buf_done(&print);
	return err;
}

static const struct flag flags[] = {
    {"name", 's', true, "NAME", "the centre's name (Trial)", 0},
    {"term", 's', true, "DURATION", "how long each leads (P3M)", 0},
    {"first", 's', true, "DAY", "first day of the rota (today)", 0},
    {0},
};

const struct cmd cmd_trial = {
    .name = "trial",
    .group = CMD_BEGIN,
    .about = "a whole centre on this machine in one step, for trying out only",
    .help = "Makes an exercise home for each member in DIR, and founds a centre of them. All keys are on one machine, so it protects nobody from "
	    "anybody. A real centre "
	    "begins with comity init and comity card, by each member on its own machine.",
    .examples = "comity trial /tmp/jic irq rus irn syr\ncomity trial /tmp/jic irq rus --clock 2015-10-01 --name Baghdad",
    .flags = flags,
    .params = {{"dir", '1', true, "DIR"}, {"ids", '+', true, "ID"}},
    .run = run,
};
