#include "cli/yes.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "base/limits.h"
#include "cli/file.h"
#include "crypto/secret.h"

enum { PASSPHRASE_MAX = 1000 };

static enum err
no_terminal(struct errinfo *e, const char *what, const char *flag)
{
	err_set(e, ERR_USAGE, "%s, and there is no terminal to ask at", what);
	err_hint(e, "%s", flag);
	return ERR_USAGE;
}

/* One line from the terminal, without its end, at most PASSPHRASE_MAX bytes. Ctrl-C ends the waiting. */
static bool
line(struct buf *b)
{
	for (char ch; b->n < PASSPHRASE_MAX;) {
		ssize_t n = read(STDIN_FILENO, &ch, 1);
		if (n <= 0 || ch == '\n')
			return n > 0;
		buf_putc(b, ch);
	}
	return false;
}

enum err
yes_ask(struct cli *c, const char *question, struct errinfo *e)
{
	char space[16];
	struct buf b = {.p = space, .cap = sizeof space, .max = sizeof space};
	if (cli_flag(c, "yes"))
		return OK;
	if (!isatty(STDIN_FILENO) || !c->err.width)
		return no_terminal(e, "this needs a yes", "give --yes when you are sure");
	fflush(c->out.f);
	print_own(&c->err, "%s [y/N] ", question);
	fflush(c->err.f);
	bool got = line(&b);
	struct str answer = buf_str(&b);
	if (got && (str_is(answer, "y") || str_is(answer, "Y") || str_is(answer, "yes")))
		return OK;
	return err_set(e, ERR_STOPPED, "nothing was done");
}

static enum err
typed(struct cli *c, const char *what, const char *prompt, const char *flag, struct buf *b, struct errinfo *e)
{
	struct termios before, silent;
	if (!isatty(STDIN_FILENO) || tcgetattr(STDIN_FILENO, &before)) {
		char need[80], how[80];
		snprintf(need, sizeof need, "%s is needed", what);
		snprintf(how, sizeof how, "give --%s FILE", flag);
		return no_terminal(e, need, how);
	}
	silent = before;
	silent.c_lflag &= ~(tcflag_t)ECHO;
	print_own(&c->err, "%s: ", prompt);
	fflush(c->err.f);
	tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent);
	bool got = line(b);
	tcsetattr(STDIN_FILENO, TCSAFLUSH, &before);
	print_own(&c->err, "\n");
	return got && b->n ? OK : err_set(e, ERR_USAGE, "nothing was given");
}

enum err
yes_passphrase(struct cli *c, const char *flag, bool twice, struct buf *b, struct errinfo *e)
{
	return yes_secret(c, "a passphrase", flag, twice, b, e);
}

enum err
yes_secret(struct cli *c, const char *what, const char *flag, bool twice, struct buf *b, struct errinfo *e)
{
	const char *path = cli_flag(c, flag);
	struct buf again = BUF_INIT(KIB);
	enum err err;
	if (!buf_grow(b, KIB) || !buf_grow(&again, KIB)) {
		buf_done(&again);
		return err_nomem(e);
	}
	buf_clear(b);
	buf_clear(&again);
	if (path) {
		struct str first, rest;
		if (!(err = file_read(path, what, b, e))) {
			str_cut(buf_str(b), '\n', &first, &rest);
			buf_cut(b, first.n && first.p[first.n - 1] == '\r' ? first.n - 1 : first.n);
			if (!b->n)
				err = err_set(e, ERR_USAGE, "%.200s: its first line, %s, is empty", path, what);
		}
	} else if (!(err = typed(c, what, what, flag, b, e)) && twice && !(err = typed(c, what, "once more", flag, &again, e)) &&
		   !str_eq(buf_str(b), buf_str(&again))) {
		err = err_set(e, ERR_USAGE, "the two differ");
	}
	secret_wipe_buf(&again);
	buf_done(&again);
	return err;
}
