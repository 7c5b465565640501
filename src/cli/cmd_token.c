/* token, session: what programs and browsers show instead of a password. */
#include "base/limits.h"
#include "cli/ask.h"
#include "cli/show.h"
#include "cli/yes.h"

static void
put_tokens(struct cli *c, const struct json *r)
{
	static const char *const heads[] = {"no", "account", "for", "scopes", "expires", "last used", NULL};
	struct print_table t;
	print_table_init(&t, &c->a, heads);
	SHOW_EACH(one, show_list(r, "items"))
	{
		struct print_cell *cell = print_table_row(&t);
		cell[0].text = show_number(c, show_int(one, "no"));
		cell[1] = (struct print_cell){show_str(one, "account"), STYLE_HEAD};
		cell[2].text = show_str(one, "name");
		cell[3].text = show_joined(c, show_list(one, "scopes"));
		cell[4] = (struct print_cell){show_moment(c, one, "expires"), show_true(one, "expired") ? STYLE_BAD : STYLE_NONE};
		cell[5] = (struct print_cell){show_moment(c, one, "used"), STYLE_DIM};
	}
	print_table_done(&t, &c->out, 0);
	if (!json_count(show_list(r, "items")) && !c->quiet)
		print_own_styled(&c->err, STYLE_DIM, "no tokens\n");
}

static const struct flag list_flags[] = {{"account", 's', false, "NAME", "of this account", 0}, {0}};

const struct cmd cmd_token_list = {
    .name = "token list",
    .group = CMD_NODE,
    .about = "tokens there are; never the tokens themselves",
    .flags = list_flags,
    .op = "token-list",
    .render = put_tokens,
};

static void
put_token(struct cli *c, const struct json *r)
{
	print_text(&c->out, show_str(r, "token"));
	print_own(&c->out, "\n");
	fflush(c->out.f);
	if (!c->quiet) {
		print_own_styled(&c->err, STYLE_NOTE, "It is not shown again. It counts until ");
		print_text(&c->err, show_moment(c, r, "expires"));
		print_own_styled(&c->err, STYLE_NOTE, "; comity token revoke %lld ends it before.\n", (long long)show_int(r, "no"));
	}
}

static enum err
run_add(struct cli *c, struct errinfo *e)
{
	const char *scope;
	struct ask a;
	ask_begin(&a, c, "token-add");
	ask_given(&a);
	json_put_key(&a.w, STR("scopes"));
	json_open_array(&a.w);
	for (size_t i = 0; (scope = cli_flag_at(c, "scope", i)); i++)
		json_put_string(&a.w, str_of(scope));
	json_close(&a.w);
	enum err err = ask_send(&a, e);
	if (!err)
		ask_show(&a, put_token);
	ask_done(&a);
	return err;
}

static const struct flag add_flags[] = {
    {"name", 's', false, "TEXT", "what it is for", 'm'},
    {"scope", 'a', true, "SCOPE", "read, write, release, govern, admin, taxii:read, taxii:write; several times for several", 's'},
    {"days", 'i', false, "N", "how long it counts (90; at most 366)", 0},
    {0},
};

const struct cmd cmd_token_add = {
    .name = "token add",
    .group = CMD_NODE,
    .about = "make a token for a program that asks in an account's name",
    .help = "--name and at least one --scope are needed. A program shows it as \"Authorization: Bearer\", or as the password beside the account's "
	    "name. It may what its scopes say, of what its "
	    "account may at the "
	    "moment it is used. Only its hash is kept.",
    .examples = "comity token add khalil --name \"nightly export\" --scope read\ncomity token add siem --name splunk --scope taxii:read --days 365",
    .flags = add_flags,
    .params = {{"account", '1', false, "ACCOUNT"}},
    .op = "token-add",
    .run = run_add,
};

static void
put_revoked(struct cli *c, const struct json *r)
{
	print_own(&c->out, "revoked: %lld\n", (long long)show_int(r, "revoked"));
}

static enum err
run_revoke(struct cli *c, struct errinfo *e)
{
	enum err err = yes_ask(c, "Whatever uses it is refused from now on. Revoke it?", e);
	struct ask a;
	if (err)
		return err;
	ask_begin(&a, c, "token-revoke");
	ask_given(&a);
	if (!(err = ask_send(&a, e)))
		ask_show(&a, put_revoked);
	ask_done(&a);
	return err;
}

static const struct flag yes_flags[] = {{"yes", 'b', true, NULL, "do it without asking", 'y'}, {0}};

const struct cmd cmd_token_revoke = {
    .name = "token revoke",
    .group = CMD_NODE,
    .about = "a token counts no more",
    .flags = yes_flags,
    .params = {{"no", 'n', false, "NO"}},
    .op = "token-revoke",
    .run = run_revoke,
};

static void
put_sessions(struct cli *c, const struct json *r)
{
	static const char *const heads[] = {"account", "no", "from", "since", "last seen", "ends", NULL};
	struct print_table t;
	print_table_init(&t, &c->a, heads);
	SHOW_EACH(one, show_list(r, "items"))
	{
		struct print_cell *cell = print_table_row(&t);
		cell[0] = (struct print_cell){show_str(one, "account"), STYLE_HEAD};
		cell[1].text = show_number(c, show_int(one, "no"));
		cell[2].text = show_str(one, "from");
		cell[3].text = show_moment(c, one, "created");
		cell[4].text = show_moment(c, one, "seen");
		cell[5].text = show_moment(c, one, "ends");
	}
	print_table_done(&t, &c->out, 0);
	if (!json_count(show_list(r, "items")) && !c->quiet)
		print_own_styled(&c->err, STYLE_DIM, "nobody is logged in\n");
}

const struct cmd cmd_session_list = {
    .name = "session list",
    .group = CMD_NODE,
    .about = "who is logged in",
    .flags = list_flags,
    .op = "session-list",
    .render = put_sessions,
};

static enum err
run_end(struct cli *c, struct errinfo *e)
{
	enum err err = c->nargs > 1 ? OK : yes_ask(c, "All sessions of the account end. Go on?", e);
	struct ask a;
	if (err)
		return err;
	ask_begin(&a, c, "session-revoke");
	ask_given(&a);
	if (!(err = ask_send(&a, e)))
		ask_show(&a, put_revoked);
	ask_done(&a);
	return err;
}

const struct cmd cmd_session_revoke = {
    .name = "session revoke",
    .group = CMD_NODE,
    .about = "end one session of an account, or all",
    .flags = yes_flags,
    .params = {{"account", '1', false, "ACCOUNT"}, {"no", 'o', false, "NO"}},
    .op = "session-revoke",
    .run = run_end,
};
