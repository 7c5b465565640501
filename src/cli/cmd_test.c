/* test-…: what scenario scripts ask of the inside. Not in help. */
#include "base/limits.h"
#include "cli/ask.h"
#include "cli/file.h"
#include "cli/show.h"
#include "stix/sco.h"

static enum err
run_safe(struct cli *c, struct errinfo *e)
{
	struct buf b = BUF_INIT(MIB);
	enum err err = file_read("-", "the text", &b, e);
	if (!err)
		print_text(&c->out, buf_str(&b));
	print_own(&c->out, "\n");
	buf_done(&b);
	return err;
}

const struct cmd cmd_test_safe = {
    .name = "test-safe",
    .group = CMD_HIDDEN,
    .about = "standard input as text of strangers is printed",
    .run = run_safe,
};

static enum err
run_call(struct cli *c, struct errinfo *e)
{
	struct buf reply = BUF_INIT(128 * MIB);
	struct file in = {.fd = -1};
	enum err err = home_open(c, e);
	if (!err && c->nargs > 2)
		err = file_open(c->args[2], &in, e);
	struct source source = file_source(&in);
	if (!err) {
		const struct reach_call call = {
		    .call =
			{
			    .op = str_of(c->args[0]),
			    .args = c->nargs > 1 ? str_of(c->args[1]) : STR_NONE,
			    .who = {.name = STR("test"), .clearances = c->home->clearances, .nclearances = c->home->nclearances},
			    .in = c->nargs > 2 ? &source : NULL,
			},
		    .slow = !file_size(&in)};
		if (!(err = reach_call(c->home->reach, &call, &reply, e))) {
			print_raw(&c->out, buf_str(&reply));
			print_own(&c->out, "\n");
		}
	}
	file_close(&in);
	buf_done(&reply);
	return err;
}

const struct cmd cmd_test_call = {
    .name = "test-call",
    .group = CMD_HIDDEN,
    .about = "an operation by its name and JSON arguments, with a file as its input",
    .params = {{"op", '1', true, "OP"}, {"args", '?', true, "JSON"}, {"in", '?', true, "FILE"}},
    .run = run_call,
};

/* One observable; a failure stands on its line, as the next is looked at all the same. */
static void
put_sco(struct cli *c, struct str text)
{
	struct arena a = ARENA_INIT(LIMIT_OBJECT_ARENA);
	struct errinfo e = {0};
	struct buf b = BUF_INIT(KIB);
	const struct json *obj;
	struct stix_id id;
	if (json_parse(&a, text, &obj, &e) || stix_sco_id(obj, &a, &id, &e))
		buf_puts(&b, err_name(e.code));
	else
		stix_id_put(&b, id);
	print_text(&c->out, buf_str(&b));
	print_own(&c->out, "\n");
	buf_done(&b);
	arena_done(&a);
}

static enum err
run_sco(struct cli *c, struct errinfo *e)
{
	struct buf b = BUF_INIT(16 * MIB);
	enum err err = file_read("-", "the observables", &b, e);
	struct str rest = buf_str(&b), line;
	while (!err && str_line(&rest, &line))
		put_sco(c, line);
	buf_done(&b);
	return err;
}

const struct cmd cmd_test_sco = {
    .name = "test-sco",
    .group = CMD_HIDDEN,
    .about = "of observables, one a line of standard input, the ids that their content gives them",
    .run = run_sco,
};
