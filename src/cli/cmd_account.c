/* account: who may ask this home, over the network too, what each may do and see. */
#include <string.h>
#include <unistd.h>

#include "base/limits.h"
#include "cli/ask.h"
#include "cli/show.h"
#include "cli/yes.h"
#include "crypto/init.h"
#include "crypto/secret.h"
#include "people/password.h"

static struct str
cleared_for(struct cli *c, const struct json *r)
{
	struct buf b = BUF_INIT(LIMIT_ACCOUNT_CLEARANCE);
	struct str ret = STR_NONE;
	if (show_true(r, "all"))
		return STR("all");
	const struct json *all = json_get_type(r, STR("clearance"), JSON_OBJECT);
	SHOW_EACH(one, all)
	{
		if (b.n)
			buf_puts(&b, "; ");
		buf_put(&b, str_sub(json_key_of(one), 0, 8));
		buf_putc(&b, ':');
		buf_put(&b, show_str(one, "level"));
		SHOW_EACH(name, show_list(one, "compartments"))
		{
			buf_putc(&b, ',');
			buf_put(&b, json_str(name));
		}
	}
	if (!b.n)
		buf_puts(&b, "none");
	(void)arena_dup(&c->a, buf_str(&b), &ret);
	buf_done(&b);
	return ret;
}

static void
put_accounts(struct cli *c, const struct json *r)
{
	static const char *const heads[] = {"name", "roles", "cleared for", "post", "", "display", NULL};
	struct print_table t;
	print_table_init(&t, &c->a, heads);
	SHOW_EACH(one, show_list(r, "items"))
	{
		struct print_cell *cell = print_table_row(&t);
		bool off = show_true(one, "disabled"), bare = !show_true(one, "password");
		cell[0] = (struct print_cell){show_str(one, "name"), STYLE_HEAD};
		cell[1].text = show_joined(c, show_list(one, "roles"));
		cell[2].text = cleared_for(c, one);
		cell[3].text = show_str(one, "position");
		cell[4] = (struct print_cell){off                      ? STR("disabled")
					      : bare                   ? STR("no password")
					      : show_true(one, "totp") ? STR("codes")
								       : STR_NONE,
		    off ? STYLE_BAD : STYLE_DIM};
		cell[5].text = show_str(one, "display");
	}
	print_table_done(&t, &c->out, 0);
	if (!json_count(show_list(r, "items")) && !c->quiet)
		print_own_styled(&c->err, STYLE_DIM, "no accounts: comity account add NAME --role ROLE\n");
}

const struct cmd cmd_account_list = {
    .name = "account list",
    .group = CMD_NODE,
    .about = "who has an account here, what each may do and see",
    .op = "account-list",
    .render = put_accounts,
};

static void
put_account(struct cli *c, const struct json *r)
{
	show_line(c, "name", show_str(r, "name"));
	show_line(c, "display", show_str(r, "display"));
	show_line(c, "post", show_str(r, "position"));
	show_line(c, "roles", json_count(show_list(r, "roles")) ? show_joined(c, show_list(r, "roles")) : STR("none"));
	show_line(c, "cleared for", cleared_for(c, r));
	show_line(c, "password", show_true(r, "password") ? STR("yes") : STR("none: it cannot log in"));
	show_line(c, "codes", show_true(r, "totp") ? STR("a device is enrolled") : STR("no device"));
	if (show_true(r, "totp"))
		show_line(c, "recovery", show_number(c, show_int(r, "recovery_codes")));
	show_line(c, "tokens", show_number(c, show_int(r, "tokens")));
	if (show_true(r, "four_eyes"))
		show_line(c, "releases", STR("wait for a second person"));
	if (show_true(r, "disabled"))
		show_line_styled(c, "state", STYLE_BAD, STR("disabled"));
	show_line(c, "created", show_moment(c, r, "created"));
}

const struct cmd cmd_account_show = {
    .name = "account show",
    .group = CMD_NODE,
    .about = "one account",
    .params = {{"name", '1', false, "NAME"}},
    .op = "account-show",
    .render = put_account,
};

/* What account add and set have in common. */
#define ACCOUNT_FLAGS                                                                                                                 \
	{"role", 'a', true, "ROLE", "reader, analyst, officer, representative, administrator; several times for several; none", 'r'}, \
	    {"cleared", 's', true, "LEVEL[,COMPARTMENT…]", "what it may see; all: as the member itself; none", 0},                    \
	    {"centre", 's', false, "CENTRE", "cleared in this centre (else in every one that has the level)", 0},                     \
	    {"display", 's', false, "NAME", "the person's name, as shown", 0},                                                        \
	    {"post", 's', true, "POSITION", "the position its entries bear: J2-3", 0},                                                \
	{                                                                                                                             \
		"four-eyes", 'b', false, NULL, "its releases wait for a second person", 0                                             \
	}

static void
give(struct ask *a, struct cli *c)
{
	const char *role;
	ask_given(a);
	ask_str(a, "clearance", cli_flag(c, "cleared"));
	ask_str(a, "position", cli_flag(c, "post"));
	if (cli_flag(c, "role")) {
		json_put_key(&a->w, STR("roles"));
		json_open_array(&a->w);
		for (size_t i = 0; (role = cli_flag_at(c, "role", i)); i++)
			json_put_string(&a->w, str_of(role));
		json_close(&a->w);
	}
}

/* Asks for the password; its hash alone is sent, so that no other process sees it and the node waits for nobody. */
static enum err
ask_password(struct cli *c, char hash[static PASSWORD_HASH], struct errinfo *e)
{
	struct buf secret = BUF_INIT(4 * KIB);
	uint8_t salt[PASSWORD_SALT];
	const struct env *env = &c->home->env;
	crypto_init();
	enum err err = yes_secret(c, "a password", "password-file", true, &secret, e);
	if (!err && !(err = password_check(buf_str(&secret), e))) {
		env->random(env->ctx, RND_PEOPLE, STR("salt"), (uint64_t)env->now(env->ctx), salt, sizeof salt);
		err = password_hash(buf_str(&secret), salt, hash, e);
	}
	secret_wipe_buf(&secret);
	buf_done(&secret);
	return err;
}

/* `alone`: it is all that the command does. */
static enum err
set_password(struct cli *c, const char *name, const char *hash, bool alone, struct errinfo *e)
{
	struct ask a;
	ask_begin(&a, c, "account-password");
	ask_str(&a, "name", name);
	ask_str(&a, "hash", hash);
	enum err err = ask_send(&a, e);
	if (!err && alone && c->json)
		ask_show(&a, NULL);
	ask_done(&a);
	return err;
}

static enum err
run_add(struct cli *c, struct errinfo *e)
{
	struct ask a;
	char hash[PASSWORD_HASH] = {0};
	bool with = cli_flag(c, "password-file") || (isatty(STDIN_FILENO) && c->err.width && !cli_flag(c, "no-password"));
	enum err err = with ? home_open(c, e) : OK;
	if (err || (with && (err = ask_password(c, hash, e)))) /* one that will not do leaves no account behind */
		return err;
	ask_begin(&a, c, "account-add");
	give(&a, c);
	err = ask_send(&a, e);
	if (!err && with && (err = set_password(c, c->args[0], hash, false, e)))
		err_hint(e, "the account is there, without a password: comity account password %s", c->args[0]);
	secret_wipe(hash, sizeof hash);
	if (!err) {
		if (c->json)
			ask_show(&a, NULL);
		else
			print_own(&c->out, "%s has an account\n", c->args[0]);
		if (!c->quiet && !with)
			print_own_styled(&c->err, STYLE_NOTE, "It has no password yet: comity account password %s\n", c->args[0]);
	}
	ask_done(&a);
	return err;
}

static const struct flag add_flags[] = {
    ACCOUNT_FLAGS,
    {"password-file", 's', true, "FILE", "its first line is the password (- for standard input); else it is asked for", 0},
    {"no-password", 'b', true, NULL, "none: for an account that has tokens alone, or gets one later", 0},
    {0},
};

const struct cmd cmd_account_add = {
    .name = "account add",
    .group = CMD_NODE,
    .about = "make an account for a person or program",
    .help =
	"There is none at first, and no password that all homes have: the first administrator is made here, on the home itself.\n\nWhat each role "
	"may: a "
	"reader reads; an analyst also adds and grades; an officer also releases and recalls; a representative also governs (keys, charters); an "
	"administrator looks after the node and its accounts, and does not thereby read or release. An account may have several. What it may see is "
	"another thing: nothing, until --cleared says so. Operations that cannot be told without the rest (releasing, logs, proofs) are for accounts "
	"cleared for all.",
    .examples = "comity account add ayman --role administrator\ncomity account add khalil --role officer --cleared all --post J2-3 --display \"Maj. "
		"Khalil\"\ncomity account add nour --role analyst --cleared SECRET,ATLAS",
    .flags = add_flags,
    .params = {{"name", '1', false, "NAME"}},
    .op = "account-add",
    .run = run_add,
};

static enum err
run_set(struct cli *c, struct errinfo *e)
{
	struct ask a;
	ask_begin(&a, c, "account-set");
	give(&a, c);
	if (cli_flag(c, "no-four-eyes"))
		ask_bool(&a, "four-eyes", false);
	enum err err = ask_send(&a, e);
	if (!err)
		ask_show(&a, put_account);
	ask_done(&a);
	return err;
}

static const struct flag set_flags[] = {
    ACCOUNT_FLAGS,
    {"no-four-eyes", 'b', true, NULL, "they do not wait", 0},
    {0},
};

const struct cmd cmd_account_set = {
    .name = "account set",
    .group = CMD_NODE,
    .about = "change what an account may do and see; what is not given stays",
    .help = "The roles given are all that it has then. Its sessions end, so that nobody goes on with what he may no more; tokens count only for what "
	    "the account "
	    "still may.",
    .examples = "comity account set nour --role analyst --role officer\ncomity account set nour --cleared none",
    .flags = set_flags,
    .params = {{"name", '1', false, "NAME"}},
    .op = "account-set",
    .run = run_set,
};

const struct cmd cmd_account_disable = {
    .name = "account disable",
    .group = CMD_NODE,
    .about = "an account cannot log in, its sessions end, its tokens do not count",
    .params = {{"name", '1', false, "NAME"}},
    .op = "account-disable",
    .render = put_account,
};

const struct cmd cmd_account_enable = {
    .name = "account enable",
    .group = CMD_NODE,
    .about = "it can again",
    .params = {{"name", '1', false, "NAME"}},
    .op = "account-enable",
    .render = put_account,
};

static enum err
run_remove(struct cli *c, struct errinfo *e)
{
	struct ask a;
	enum err err = yes_ask(c, "The account, its tokens and sessions go for good (the audit trail stays). Remove it?", e);
	if (err)
		return err;
	ask_begin(&a, c, "account-remove");
	ask_given(&a);
	if (!(err = ask_send(&a, e))) {
		if (c->json)
			ask_show(&a, NULL);
		else
			print_own(&c->out, "%s has no account any more\n", c->args[0]);
	}
	ask_done(&a);
	return err;
}

static const struct flag remove_flags[] = {{"yes", 'b', true, NULL, "do it without asking", 'y'}, {0}};

const struct cmd cmd_account_remove = {
    .name = "account remove",
    .group = CMD_NODE,
    .about = "remove an account; account disable can be undone",
    .flags = remove_flags,
    .params = {{"name", '1', false, "NAME"}},
    .op = "account-remove",
    .run = run_remove,
};

static enum err
run_password(struct cli *c, struct errinfo *e)
{
	char hash[PASSWORD_HASH] = {0};
	enum err err = home_open(c, e);
	if (!err && !(err = ask_password(c, hash, e)) && !(err = set_password(c, c->args[0], hash, true, e)) && !c->quiet && !c->json)
		print_own(&c->err, "%s has another password; its sessions have ended\n", c->args[0]);
	secret_wipe(hash, sizeof hash);
	return err;
}

static const struct flag password_flags[] = {
    {"password-file", 's', true, "FILE", "its first line is the password (- for standard input); else it is asked for", 0}, {0}};

const struct cmd cmd_account_password = {
    .name = "account password",
    .group = CMD_NODE,
    .about = "give an account another password",
    .help = "At least 12 characters. It is kept as Argon2id alone.",
    .flags = password_flags,
    .params = {{"name", '1', true, "NAME"}},
    .op = "account-password",
    .run = run_password,
};

static void
put_device(struct cli *c, const struct json *r)
{
	print_own(&c->err, "Scan this with the device, or type the secret in:\n\n");
	print_text(&c->out, show_str(r, "uri"));
	print_own(&c->out, "\n");
	show_line(c, "secret", show_str(r, "secret"));
}

static enum err
confirm(struct cli *c, struct str secret, struct errinfo *e)
{
	struct buf code = BUF_INIT(4 * KIB);
	struct ask a;
	enum err err = yes_secret(c, "the code that it shows now", "code-file", false, &code, e);
	ask_begin(&a, c, "account-totp");
	ask_str(&a, "name", c->args[0]);
	ask_text(&a, "secret", secret);
	ask_text(&a, "code", buf_str(&code));
	if (!err && !(err = ask_send(&a, e))) {
		if (c->json) {
			ask_show(&a, NULL);
		} else {
			print_own(&c->out, "Enrolled. Each of these is good once, when the device is lost; they are not shown again:\n");
			SHOW_EACH(one, show_list(a.tree, "recovery"))
			{
				print_own(&c->out, "  ");
				print_text(&c->out, json_str(one));
				print_own(&c->out, "\n");
			}
		}
	}
	ask_done(&a);
	buf_done(&code);
	return err;
}

static enum err
run_totp(struct cli *c, struct errinfo *e)
{
	struct ask a;
	const char *given = cli_flag(c, "secret");
	struct str secret = STR_NONE;
	bool off = cli_flag(c, "off");
	enum err err = home_open(c, e);
	if (!err && off)
		err = yes_ask(c, "Logging in needs no code then. Take the device off?", e);
	if (err || given)
		return err ? err : confirm(c, str_of(given), e);
	ask_begin(&a, c, "account-totp");
	ask_given(&a);
	if (!(err = ask_send(&a, e))) {
		if (off && !c->json)
			print_own(&c->out, "no device any more\n");
		else
			ask_show(&a, put_device);
		if (!off && !c->json && !arena_dup(&c->a, show_str(a.tree, "secret"), &secret))
			err = err_nomem(e);
	}
	ask_done(&a);
	if (!err && secret.n && isatty(STDIN_FILENO) && c->err.width)
		return confirm(c, secret, e);
	if (!err && secret.n && !c->quiet)
		print_own_styled(&c->err, STYLE_NOTE,
		    "Nothing is kept yet: comity account totp %s --secret SECRET, with a code that the device shows\n", c->args[0]);
	return err;
}

static const struct flag totp_flags[] = {
    {"secret", 's', true, "SECRET", "the secret that was given, now on the device", 0},
    {"code-file", 's', true, "FILE", "its first line is the code (- for standard input); else it is asked for", 0},
    {"off", 'b', false, NULL, "no device any more", 0},
    {"yes", 'b', true, NULL, "do it without asking", 'y'},
    {0},
};

const struct cmd cmd_account_totp = {
    .name = "account totp",
    .group = CMD_NODE,
    .about = "enrol a device for one-time codes, or take it off",
    .help =
	"Once enrolled, logging in needs a code beside the password (RFC 6238: six digits, thirty seconds, any such app). The setting \"totp\" "
	"names roles that "
	"count only with a device. This is for the home's own user, who may set any password as well; who is logged in over the network gives his "
	"password to enrol a device or take it off, and a code of the device that there is.",
    .examples = "comity account totp khalil\ncomity config totp \"officer representative administrator\"",
    .flags = totp_flags,
    .params = {{"name", '1', false, "NAME"}},
    .op = "account-totp",
    .run = run_totp,
};
