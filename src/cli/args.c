#include "cli/args.h"

#include <assert.h>
#include <string.h>

enum { NEAR = 3, NEAR_BYTES = 24 };

static const struct flag no_flags[] = {{0}};

const struct cmd *
args_find(struct str name)
{
	for (size_t i = 0; i < cmd_count; i++)
		if (str_is(name, cmd_table[i]->name))
			return cmd_table[i];
	return NULL;
}

/* How many letters must be put in, taken out, changed or swapped to make one of the other (Damerau, in its simple form). */
static unsigned
distance(const char *a, const char *b)
{
	unsigned d[NEAR_BYTES + 1][NEAR_BYTES + 1];
	size_t n = strlen(a), m = strlen(b);
	if (n > NEAR_BYTES || m > NEAR_BYTES)
		return NEAR + 1;
	for (size_t i = 0; i <= n; i++)
		for (size_t j = 0; j <= m; j++) {
			if (!i || !j) {
				d[i][j] = (unsigned)(i + j);
				continue;
			}
			unsigned best = d[i - 1][j - 1] + (a[i - 1] != b[j - 1]);
			if (d[i - 1][j] + 1 < best)
				best = d[i - 1][j] + 1;
			if (d[i][j - 1] + 1 < best)
				best = d[i][j - 1] + 1;
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] && d[i - 2][j - 2] + 1 < best)
				best = d[i - 2][j - 2] + 1;
			d[i][j] = best;
		}
	return d[n][m];
}

/* Is `name` nearer to what was typed than *best was? A short word must not become quite another one. */
static bool
nearer(const char *typed, const char *name, unsigned *best)
{
	unsigned d = distance(typed, name);
	if (d >= *best || d > NEAR || d * 2 > strlen(typed) + 1)
		return false;
	*best = d;
	return true;
}

const char *
args_near_cmd(const char *typed)
{
	const char *found = NULL;
	unsigned best = NEAR + 1;
	for (size_t i = 0; i < cmd_count; i++)
		if (cmd_table[i]->group != CMD_HIDDEN && nearer(typed, cmd_table[i]->name, &best))
			found = cmd_table[i]->name;
	return found;
}

static const char *
near_flag(const struct cmd *cmd, const char *typed)
{
	const struct flag *lists[] = {cmd && cmd->flags ? cmd->flags : no_flags, cmd_global_flags};
	const char *found = NULL;
	unsigned best = NEAR + 1;
	for (size_t l = 0; l < 2; l++)
		for (const struct flag *f = lists[l]; f->name; f++)
			if (nearer(typed, f->name, &best))
				found = f->name;
	return found;
}

/* By name, or where name is empty by letter. */
static const struct flag *
find_flag(const struct cmd *cmd, struct str name, char letter)
{
	const struct flag *lists[] = {cmd && cmd->flags ? cmd->flags : no_flags, cmd_global_flags};
	for (size_t l = 0; l < 2; l++)
		for (const struct flag *f = lists[l]; f->name; f++)
			if (name.n ? str_is(name, f->name) : f->letter && f->letter == letter)
				return f;
	return NULL;
}

void
args_usage(struct buf *b, const struct cmd *cmd)
{
	buf_printf(b, "comity %s", cmd->name);
	if (cmd->flags)
		buf_puts(b, " [FLAG…]");
	for (const struct param *p = cmd->params; p < cmd->params + CMD_PARAMS && p->name; p++)
		buf_printf(b,
		    p->count == '1' || p->count == 'n'   ? " %s"
		    : p->count == '?' || p->count == 'o' ? " [%s]"
		    : p->count == '+'                    ? " %s…"
							 : " [%s…]",
		    p->value);
}

static enum err
usage_error(struct cli *c, struct errinfo *e)
{
	struct buf b = BUF_INIT(200);
	args_usage(&b, c->cmd);
	err_hint(e, "usage: %.*s (more: comity help %s)", STR_FMT(buf_str(&b)), c->cmd->name);
	buf_done(&b);
	return ERR_USAGE;
}

struct parse {
	struct cli *c;
	int argc;
	char *const *argv;
	int at;
	struct given *given;
	char **args;
};

static enum err
take_flag(struct parse *p, struct errinfo *e)
{
	struct cli *c = p->c;
	const char *word = p->argv[p->at++], *value = NULL;
	const struct flag *f;
	char shown[40] = {0};
	if (word[1] == '-') {
		const char *eq = strchr(word, '=');
		struct str name = {word + 2, eq ? (size_t)(eq - word - 2) : strlen(word + 2)};
		f = name.n ? find_flag(c->cmd, name, 0) : NULL;
		memcpy(shown, name.p, name.n < sizeof shown - 1 ? name.n : sizeof shown - 1);
		if (eq)
			value = eq + 1;
	} else {
		f = find_flag(c->cmd, STR_NONE, word[1]);
		memcpy(shown, word + 1, 1);
		if (word[2])
			value = word + 2;
	}
	if (!f) {
		const char *near = near_flag(c->cmd, shown);
		err_set(e, ERR_USAGE, "%s takes no flag %.60s", c->cmd ? c->cmd->name : "comity", word);
		if (near)
			err_hint(e, "did you mean --%s?", near);
		else if (c->cmd)
			err_hint(e, "comity help %s lists what it takes", c->cmd->name);
		else
			err_hint(e, "comity help lists commands and flags");
		return ERR_USAGE;
	}
	if (f->type == 'b' && value && f->value == NULL)
		return err_set(e, ERR_USAGE, "--%s takes no value", f->name);
	if (f->type != 'b' && !value) {
		if (p->at >= p->argc) {
			err_set(e, ERR_USAGE, "--%s needs a value: %s", f->name, f->value);
			return ERR_USAGE;
		}
		value = p->argv[p->at++];
	}
	p->given[c->ngiven++] = (struct given){f, value ? value : ""};
	return OK;
}

/* The command's name: one word, or two where the first alone is none or the second goes with it. */
static enum err
take_name(struct parse *p, struct errinfo *e)
{
	struct cli *c = p->c;
	const char *word = p->argv[p->at++];
	struct buf b = BUF_INIT(200);
	bool family = false;
	const struct cmd *one = args_find(str_of(word)), *two = NULL;
	for (size_t i = 0; i < cmd_count; i++)
		family |= strncmp(cmd_table[i]->name, word, strlen(word)) == 0 && cmd_table[i]->name[strlen(word)] == ' ';
	if (family && p->at < p->argc) {
		buf_printf(&b, "%.80s %.80s", word, p->argv[p->at]);
		two = args_find(buf_str(&b));
	}
	enum err err = OK;
	if (two) {
		p->at++;
		c->cmd = two;
	} else if (one) {
		c->cmd = one;
	} else if (family) {
		err = err_set(e, ERR_USAGE, "%s is a family of commands; the second word says which%s%.60s", word,
		    p->at < p->argc ? ", and is not " : "", p->at < p->argc ? p->argv[p->at] : "");
		err_hint(e, "comity help %.60s", word);
	} else {
		const char *near = args_near_cmd(word);
		err = err_set(e, ERR_USAGE, "no command \"%.60s\"", word);
		if (near)
			err_hint(e, "did you mean: comity %s", near);
		else
			err_hint(e, "comity help lists them all");
	}
	buf_done(&b);
	return err;
}

static enum err
check_count(struct cli *c, struct errinfo *e)
{
	int least = 0, most = 0;
	for (const struct param *p = c->cmd->params; p < c->cmd->params + CMD_PARAMS && p->name; p++) {
		least += p->count == '1' || p->count == 'n' || p->count == '+';
		most = p->count == '+' || p->count == '*' || most < 0 ? -1 : most + 1;
	}
	if (c->nargs < least) {
		err_set(e, ERR_USAGE, "%s: %s is missing", c->cmd->name, c->cmd->params[c->nargs].value);
		return usage_error(c, e);
	}
	if (most >= 0 && c->nargs > most) {
		err_set(e, ERR_USAGE, "%s: \"%.60s\" is one argument too many", c->cmd->name, c->args[most]);
		return usage_error(c, e);
	}
	return OK;
}

enum err
args_parse(struct cli *c, int argc, char *const *argv, struct errinfo *e)
{
	struct parse p = {.c = c, .argc = argc, .argv = argv, .at = 1};
	bool flags = true;
	enum err err = OK;
	p.given = arena_array(&c->a, (size_t)argc + 1, sizeof *p.given);
	p.args = arena_array(&c->a, (size_t)argc + 1, sizeof *p.args);
	if (!p.given || !p.args)
		return err_nomem(e);
	c->given = p.given;
	c->args = p.args;
	while (p.at < argc && !err) {
		const char *word = argv[p.at];
		if (flags && strcmp(word, "--") == 0) {
			flags = false;
			p.at++;
		} else if (flags && word[0] == '-' && word[1]) {
			err = take_flag(&p, e);
		} else if (!c->cmd) {
			err = take_name(&p, e);
		} else {
			p.args[c->nargs++] = argv[p.at++];
		}
	}
	if (!err && c->cmd && !cli_flag(c, "help"))
		err = check_count(c, e);
	return err;
}

static bool
takes(const struct cli *c, const char *name)
{
	return find_flag(c->cmd, str_of(name), 0) != NULL;
}

const char *
cli_flag_at(const struct cli *c, const char *name, size_t i)
{
	assert(takes(c, name));
	for (size_t g = 0; g < c->ngiven; g++)
		if (strcmp(c->given[g].flag->name, name) == 0 && i-- == 0)
			return c->given[g].value;
	return NULL;
}

const char *
cli_flag(const struct cli *c, const char *name)
{
	assert(takes(c, name));
	for (size_t g = c->ngiven; g > 0; g--)
		if (strcmp(c->given[g - 1].flag->name, name) == 0)
			return c->given[g - 1].value;
	return NULL;
}
