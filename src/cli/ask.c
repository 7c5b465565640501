#include "cli/ask.h"

#include <assert.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/limits.h"
#include "base/time.h"
#include "crypto/secret.h"

enum {
	ARGS_MAX = LIMIT_OBJECT,                                         /* as much as a node takes */
	REPLY_MAX = 128 * MIB,                                           /* the longest is a whole centre's charters and cards */
	TREE_MAX = LIMIT_REPLY_TREE / LIMIT_OBJECT * LIMIT_OBJECT_ARENA, /* of which a reply of words takes a tenth */
	SHOW_EVERY = 100000,                                             /* microseconds between two showings of progress */
	SHOW_FIRST = 300000,                                             /* what is over sooner needs none */
};

static volatile sig_atomic_t stop;

static void
on_interrupt(int sig)
{
	(void)sig;
	stop = 1;
}

void
ask_watch(void)
{
	struct sigaction act = {.sa_handler = on_interrupt, .sa_flags = (int)SA_RESETHAND};
	sigemptyset(&act.sa_mask);
	sigaction(SIGINT, &act, NULL);
}

bool
ask_stopped(void)
{
	return stop;
}

void
ask_begin(struct ask *a, struct cli *c, const char *op)
{
	*a = (struct ask){.c = c, .args = BUF_INIT(ARGS_MAX), .reply = BUF_INIT(REPLY_MAX), .a = ARENA_INIT(TREE_MAX)};
	a->to.call.op = str_of(op);
	json_write_init(&a->w, &a->args, 0);
	json_open_object(&a->w);
}

void
ask_done(struct ask *a)
{
	secret_wipe_buf(&a->args); /* a passphrase may have been among them */
	buf_done(&a->args);
	secret_wipe_buf(&a->reply);
	buf_done(&a->reply);
	arena_done(&a->a);
}

static void
key(struct ask *a, const char *name)
{
	char copy[40];
	size_t n = strlen(name);
	assert(n < sizeof copy);
	for (size_t i = 0; i <= n; i++)
		copy[i] = name[i] == '-' ? '_' : name[i];
	json_put_key(&a->w, str_of(copy));
}

void
ask_text(struct ask *a, const char *name, struct str value)
{
	key(a, name);
	json_put_string(&a->w, value);
}

void
ask_str(struct ask *a, const char *name, const char *value)
{
	if (value)
		ask_text(a, name, str_of(value));
}

void
ask_int(struct ask *a, const char *name, int64_t v)
{
	key(a, name);
	json_put_int(&a->w, v);
}

void
ask_bool(struct ask *a, const char *name, bool v)
{
	key(a, name);
	json_put_bool(&a->w, v);
}

/* A number that is none goes as text, so that the operation says what is wrong. */
static void
put_number(struct ask *a, const char *value)
{
	struct str s = str_of(value);
	uint64_t v;
	if (str_u64(s, &v) && v <= INT64_MAX)
		json_put_int(&a->w, (int64_t)v);
	else
		json_put_string(&a->w, s);
}

static void
put_flag(struct ask *a, const struct flag *f)
{
	const char *value = cli_flag(a->c, f->name);
	if (!value || f->own)
		return;
	key(a, f->name);
	if (f->type == 'b') {
		json_put_bool(&a->w, true);
	} else if (f->type == 'i') {
		put_number(a, value);
	} else if (f->type == 'a') {
		json_open_array(&a->w);
		for (size_t i = 0; (value = cli_flag_at(a->c, f->name, i)); i++)
			json_put_string(&a->w, str_of(value));
		json_close(&a->w);
	} else {
		json_put_string(&a->w, str_of(value));
	}
}

void
ask_given(struct ask *a)
{
	const struct cmd *cmd = a->c->cmd;
	int at = 0;
	for (const struct flag *f = cmd->flags; f && f->name; f++)
		put_flag(a, f);
	for (const struct param *p = cmd->params; p < cmd->params + CMD_PARAMS && p->name; p++) {
		bool many = p->count == '+' || p->count == '*';
		if (at >= a->c->nargs)
			return;
		if (p->own) {
			at = many ? a->c->nargs : at + 1;
			continue;
		}
		key(a, p->name);
		if (many) {
			json_open_array(&a->w);
			while (at < a->c->nargs)
				json_put_string(&a->w, str_of(a->c->args[at++]));
			json_close(&a->w);
		} else if (p->count == 'n' || p->count == 'o') {
			put_number(a, a->c->args[at++]);
		} else {
			json_put_string(&a->w, str_of(a->c->args[at++]));
		}
	}
}

static int64_t
mono(void)
{
	struct timespec ts;
	return clock_gettime(CLOCK_MONOTONIC, &ts) ? 0 : (int64_t)ts.tv_sec * TIME_SECOND + ts.tv_nsec / 1000;
}

static void
put_amount(FILE *f, uint64_t n)
{
	char digits[24];
	int len = snprintf(digits, sizeof digits, "%" PRIu64, n);
	for (int i = 0; i < len; i++) {
		if (i && (len - i) % 3 == 0)
			putc(',', f);
		putc(digits[i], f);
	}
}

static bool
progress(void *ctx, const struct node_progress *p)
{
	struct ask *a = ctx;
	struct print *err = &a->c->err;
	int64_t now = mono();
	if (stop)
		return false;
	if (!err->width || a->c->quiet || now - a->shown < SHOW_EVERY)
		return true;
	a->shown = now;
	a->on_screen = true;
	fprintf(err->f, "\r%s: ", a->c->cmd->name);
	put_amount(err->f, p->done);
	if (p->all) {
		fputs(" of ", err->f);
		put_amount(err->f, p->all);
	}
	fprintf(err->f, " %s", p->what ? p->what : "");
	if (p->all)
		fprintf(err->f, ", %d%%", (int)(p->done < p->all ? (double)p->done * 100 / (double)p->all : 100));
	fputs("\033[K", err->f);
	fflush(err->f);
	return true;
}

static void
who(struct ask *a)
{
	struct cli *c = a->c;
	const char *name = cli_flag(c, "as"), *position = cli_flag(c, "position");
	if (!name || !*name)
		name = getenv("LOGNAME");
	if (!name || !*name)
		name = getenv("USER");
	if (!name || !*name) {
		char *uid = arena_alloc(&c->a, 32);
		if (uid)
			snprintf(uid, 32, "user %lu", (unsigned long)geteuid());
		name = uid;
	}
	a->to.call.who = (struct node_who){.name = str_of(name), .position = str_of(position)};
}

/* What was done, but not to the end. */
static void
show_warning(struct ask *a)
{
	struct str text;
	if (a->tree && json_get_str(a->tree, STR("warning"), &text)) {
		print_own(&a->c->err, "comity: warning: ");
		print_text(&a->c->err, text);
		print_own(&a->c->err, "\n");
	}
}

/* What cannot be laid out is never passed over in silence: the command was done, but ends as one that met a limit. */
static void
too_long(struct ask *a, const char *what)
{
	struct print *err = &a->c->err;
	print_own(err, "comity: the answer has ");
	put_amount(err->f, buf_str(&a->reply).n);
	print_own(err, " bytes, at most %d can be %s\n", LIMIT_REPLY_TREE, what);
	a->c->status = err_status(ERR_LIMIT);
}

enum err
ask_send_to(struct ask *a, struct reach *r, struct errinfo *e)
{
	struct cli *c = a->c;
	struct str args;
	enum err err;
	if (!a->w.done) {
		json_close(&a->w);
		json_write_done(&a->w);
	}
	if ((err = buf_take(&a->args, &args, e))) {
		if (err == ERR_LIMIT)
			err_set(e, err, "what was given is too long: at most %d bytes", (int)ARGS_MAX);
		return err;
	}
	a->to.call.args = args;
	who(a);
	if (c->home && r == c->home->reach) {
		a->to.call.root_key = buf_str(&c->home->root_key);
		a->to.call.who.clearances = c->home->clearances;
		a->to.call.who.nclearances = c->home->nclearances;
	}
	a->to.call.progress = progress;
	a->to.call.ctx = a;
	a->shown = mono() + SHOW_FIRST - SHOW_EVERY;
	err = r ? reach_call(r, &a->to, &a->reply, e) : node_call_alone(&a->to.call, &a->reply, e);
	if (a->on_screen) {
		fputs("\r\033[K", c->err.f);
		a->on_screen = false;
	}
	if (err == ERR_STOPPED)
		err_hint(e, "to go on, give the same command again");
	if (err || c->json)
		return err;
	err = json_parse_most(&a->a, buf_str(&a->reply), LIMIT_REPLY_TREE, &a->tree, e);
	if (!err)
		show_warning(a);
	if (err != ERR_LIMIT)
		return err;
	too_long(a, "laid out: ask for less at once, or take it whole with --json");
	return OK; /* it is shown as it is */
}

enum err
ask_send(struct ask *a, struct errinfo *e)
{
	enum err err = home_open(a->c, e);
	return err ? err : ask_send_to(a, a->c->home->reach, e);
}

void
ask_show(struct ask *a, void (*render)(struct cli *c, const struct json *reply))
{
	if (a->c->json || !a->tree) {
		print_raw(&a->c->out, buf_str(&a->reply));
		print_own(&a->c->out, "\n");
	} else {
		render(a->c, a->tree);
	}
}

const struct json *
ask_tree(struct ask *a)
{
	if (a->tree)
		return a->tree;
	if (json_parse_most(&a->a, buf_str(&a->reply), LIMIT_REPLY_TREE, &a->tree, NULL)) {
		a->tree = NULL;
		if (a->c->json)
			too_long(a, "looked into: see in it whether anything was refused");
	}
	return a->tree;
}

void
ask_show_raw(struct ask *a, const struct json *part)
{
	print_raw(&a->c->out, json_raw(buf_str(&a->reply), part));
	print_own(&a->c->out, "\n");
}

enum err
ask_run(struct cli *c, struct errinfo *e)
{
	struct ask a;
	enum err err;
	ask_begin(&a, c, c->cmd->op);
	ask_given(&a);
	if (!(err = ask_send(&a, e)))
		ask_show(&a, c->cmd->render);
	ask_done(&a);
	return err;
}
