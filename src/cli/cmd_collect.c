/* collect taxii: what others' TAXII 2.1 servers have, into the private circle: now, or by the node that runs, at its times.
 *
 * What was taken now is remembered in a small file of the home, written only when the objects that it speaks of are committed; if it is lost, all
 * comes again and is found unchanged. */
#define _XOPEN_SOURCE 700 /* realpath */
#include <stdlib.h>
#include <string.h>

#include "api/taxii_from.h"
#include "base/limits.h"
#include "cli/ask.h"
#include "cli/feed_show.h"
#include "cli/show.h"
#include "cli/yes.h"
#include "crypto/hash.h"
#include "crypto/secret.h"
#include "env/posix.h"

/* A pull, and what came of it. */
struct taxii {
	struct cli *c;
	struct env env;
	struct taxii_source from;
	struct buf proof; /* value of Authorization; wiped */
	char place[80];   /* file of the home */
	struct taxii_pages pages;
	int64_t added, unchanged, refused;
};

/* How who asks is proved: both empty, or one of them. Wiped by the caller. */
static enum err
read_secrets(struct cli *c, struct buf *password, struct buf *token, struct errinfo *e)
{
	const char *user = cli_flag(c, "user"), *file = cli_flag(c, "token-file");
	if (file && (user || cli_flag(c, "password-file")))
		return err_set(e, ERR_USAGE, "collect: either --token-file, or --user with --password-file");
	if (file)
		return yes_secret(c, "the token", "token-file", false, token, e);
	if (user)
		return yes_secret(c, "the password", "password-file", false, password, e);
	return cli_flag(c, "password-file") ? err_set(e, ERR_USAGE, "collect: --password-file needs --user") : OK;
}

static enum err
read_proof(struct taxii *t, struct errinfo *e)
{
	struct buf password = BUF_INIT(4 * KIB), token = BUF_INIT(4 * KIB), both = BUF_INIT(8 * KIB);
	enum err err = read_secrets(t->c, &password, &token, e);
	if (!err && token.n) {
		buf_puts(&t->proof, "Bearer ");
		buf_put(&t->proof, buf_str(&token));
	} else if (!err && cli_flag(t->c, "user")) {
		buf_printf(&both, "%s:", cli_flag(t->c, "user"));
		buf_put(&both, buf_str(&password));
		buf_puts(&t->proof, "Basic ");
		buf_base64(&t->proof, buf_str(&both));
	}
	secret_wipe_buf(&password);
	secret_wipe_buf(&token);
	secret_wipe_buf(&both);
	buf_done(&password);
	buf_done(&token);
	buf_done(&both);
	return err ? err : buf_ok(&t->proof) ? OK : err_set(e, ERR_LIMIT, "collect: the name, password or token is too long");
}

static bool
stopped(void *ctx)
{
	(void)ctx;
	return ask_stopped();
}

static void
choice(void *ctx, struct str id, struct str title)
{
	struct cli *c = ((struct taxii *)ctx)->c;
	print_styled(&c->err, STYLE_ID, id);
	print_own(&c->err, "  ");
	print_text(&c->err, title);
	print_own(&c->err, "\n");
}

/* The place is that of this collection with this mark in this centre: another mark is another pull. */
static void
name_place(struct taxii *t)
{
	static const char *const flags[] = {"mark", "centre"};
	struct buf b = {.p = t->place, .cap = sizeof t->place, .max = sizeof t->place};
	struct sha256 h;
	sha256_init(&h);
	sha256_put(&h, buf_str(&t->from.root));
	sha256_put(&h, STR("\n"));
	sha256_put(&h, buf_str(&t->from.collection));
	for (size_t i = 0; i < sizeof flags / sizeof *flags; i++) {
		sha256_put(&h, STR("\n"));
		sha256_put(&h, str_of(cli_flag(t->c, flags[i])));
	}
	struct hash id = sha256_end(&h);
	buf_puts(&b, "collect.");
	buf_hex(&b, str_bytes(id.b, 16));
	buf_putc(&b, 0);
}

static enum err
read_place(struct taxii *t, struct errinfo *e)
{
	struct buf b = BUF_INIT(PULL_STATE);
	enum err err = cli_flag(t->c, "anew") ? ERR_NOTFOUND : t->env.read(t->env.ctx, t->place, &b, e);
	if (err == ERR_NOTFOUND)
		buf_clear(&b);
	if (!err || err == ERR_NOTFOUND)
		err = pull_begin(&t->pages.at, str_trim(buf_str(&b)), e);
	if (err == ERR_INVALID)
		err_hint(e, "--anew begins from the first; what is here already is found unchanged");
	buf_done(&b);
	return err;
}

static enum err
keep(void *ctx, const struct pull *at, struct errinfo *e)
{
	struct buf b = BUF_INIT(PULL_STATE);
	struct taxii *t = ctx;
	struct str text;
	pull_put_state(at, &b);
	buf_putc(&b, '\n');
	enum err err = buf_take(&b, &text, e);
	if (!err)
		err = t->env.write(t->env.ctx, t->place, text, e);
	buf_done(&b);
	return err;
}

static enum err
take(void *ctx, struct str body, struct errinfo *e)
{
	struct taxii *t = ctx;
	struct source in = source_of_str(&body);
	struct cli *c = t->c;
	struct ask a;
	bool json = c->json;
	ask_begin(&a, c, "add");
	ask_str(&a, "format", "stix");
	ask_text(&a, "source", buf_str(&t->from.root));
	ask_str(&a, "mark", cli_flag(c, "mark"));
	ask_str(&a, "centre", cli_flag(c, "centre"));
	ask_bool(&a, "foreign", true);
	ask_bool(&a, "restart", true); /* a page is no later part of another one that begins alike */
	a.to.call.in = &in;
	c->json = false;
	enum err err = ask_send(&a, e);
	c->json = json;
	if (!err && a.tree) {
		t->added += show_int(a.tree, "added");
		t->unchanged += show_int(a.tree, "unchanged");
		t->refused += show_int(a.tree, "refused");
	}
	ask_done(&a);
	return err;
}

static void
show(struct taxii *t)
{
	struct print *p = &t->c->out;
	if (t->c->json) {
		print_own(p, "{\"added\":%lld,\"unchanged\":%lld,\"refused\":%lld,\"pages\":%u}\n", (long long)t->added, (long long)t->unchanged,
		    (long long)t->refused, t->pages.at.pages);
		return;
	}
	print_text(p, buf_str(&t->from.root));
	print_own(p, ": ");
	show_count(p, t->added, "object added", "objects added");
	if (t->unchanged)
		print_own(p, ", %lld unchanged", (long long)t->unchanged);
	if (t->refused)
		print_own(p, ", %lld refused (comity quarantine list)", (long long)t->refused);
	print_own(p, "\n");
}

static enum err
pull_now(struct cli *c, struct errinfo *e)
{
	struct taxii t = {.c = c, .proof = BUF_INIT(16 * KIB), .pages = {.seconds = LIMIT_COLLECT_RUN, .take = take, .keep = keep}};
	const char *wait = cli_flag(c, "wait");
	struct taxii_from from = {.url = str_of(c->args[0]),
	    .collection = str_of(cli_flag(c, "collection") ? cli_flag(c, "collection") : ""),
	    .ca = cli_flag(c, "ca"),
	    .near = true,
	    .stop = stopped,
	    .choice = choice,
	    .ctx = &t};
	uint64_t seconds = 0;
	bool more;
	enum err err = home_open(c, e);
	if (err)
		return err;
	if (wait && (!str_u64(str_of(wait), &seconds) || !seconds || seconds > LIMIT_COLLECT_SECONDS))
		return err_set(e, ERR_USAGE, "--wait: 1 to %d seconds", LIMIT_COLLECT_SECONDS);
	from.seconds = (unsigned)seconds;
	t.env = c->home->env;
	t.pages.env = &t.env;
	t.pages.ctx = &t;
	ask_watch();
	if (!(err = read_proof(&t, e))) {
		from.proof = buf_str(&t.proof);
		err = taxii_open(&t.from, &from, e);
	}
	if (!err) {
		name_place(&t);
		if (!(err = read_place(&t, e))) {
			err = taxii_pull(&t.from, &t.pages, &more, e);
			if (!err || t.added + t.unchanged + t.refused)
				show(&t);
			if (!err && t.refused)
				c->status = err_status(ERR_INVALID);
		}
	}
	taxii_done(&t.from);
	secret_wipe_buf(&t.proof);
	buf_done(&t.proof);
	return err;
}

/* Kept, to be pulled by the node that runs. */
static enum err
add_feed(struct cli *c, struct errinfo *e)
{
	struct buf password = BUF_INIT(4 * KIB), token = BUF_INIT(4 * KIB);
	const char *ca = cli_flag(c, "ca");
	char *whole = ca ? realpath(ca, NULL) : NULL;
	struct ask a;
	enum err err = taxii_url_check(str_of(c->args[0]), true, e);
	if (!err && (cli_flag(c, "anew") || cli_flag(c, "wait")))
		err = err_set(e, ERR_USAGE, "collect: --anew and --wait are for a pull now, not for --every");
	if (!err && ca && !whole)
		err = err_set(e, ERR_NOTFOUND, "--ca: there is no file %s", ca);
	if (!err && !(err = read_secrets(c, &password, &token, e))) {
		static const char *const same[] = {"name", "every", "collection", "user", "mark", "centre"};
		ask_begin(&a, c, "collect-add");
		ask_str(&a, "url", c->args[0]);
		for (size_t i = 0; i < sizeof same / sizeof *same; i++)
			ask_str(&a, same[i], cli_flag(c, same[i]));
		ask_str(&a, "ca", whole);
		if (password.n)
			ask_text(&a, "password", buf_str(&password));
		if (token.n)
			ask_text(&a, "token", buf_str(&token));
		if (!(err = ask_send(&a, e)))
			ask_show(&a, feed_show_added);
		ask_done(&a);
	}
	secret_wipe_buf(&password);
	secret_wipe_buf(&token);
	buf_done(&password);
	buf_done(&token);
	free(whole);
	return err;
}

static enum err
run(struct cli *c, struct errinfo *e)
{
	if (cli_flag(c, "every"))
		return add_feed(c, e);
	return cli_flag(c, "name") ? err_set(e, ERR_USAGE, "collect: --name is of a feed that is kept: --every says how often") : pull_now(c, e);
}

static const struct flag flags[] = {
    {"collection", 's', true, "ID", "which collection: its id, title or alias (where there is only one: that)", 0},
    {"user", 's', true, "NAME", "who asks; with --password-file", 0},
    {"password-file", 's', true, "FILE", "its first line is the password (- for standard input); else it is asked for", 0},
    {"token-file", 's', true, "FILE", "its first line is a token, shown as Bearer", 0},
    {"ca", 's', true, "FILE", "the authorities that vouch for the server, PEM (else the system's)", 0},
    {"mark", 's', true, "MARK", "the mark of what comes: \"(//IRQ R//REL TO IRQ, RUS)\"", 0},
    {"centre", 's', true, "CENTRE", "which centre", 0},
    {"wait", 's', true, "SECONDS", "how long one of its replies may take (120)", 0},
    {"every", 's', true, "TIME", "do not pull now, but keep it: the running node pulls it so often (15m, 6h, 1d)", 0},
    {"name", 's', true, "NAME", "what that feed is called (else after its host)", 0},
    {"anew", 'b', true, NULL, "ask for everything, not only what came since the last time", 0},
    {0},
};

const struct cmd cmd_collect_taxii = {
    .name = "collect taxii",
    .group = CMD_KNOW,
    .about = "take in what a TAXII 2.1 server has, into the private circle",
    .help =
	"URL is a server's discovery, an API root or a collection. Everything that may be read comes the first time, later what is new since; "
	"what is here already is unchanged, what is no valid STIX goes into quarantine and the rest goes on. Where a pull was cut short the same "
	"again goes on there. Nobody else sees what came until it is released.\n"
	"The server's certificate is checked; redirects are not followed; addresses that are not public are asked only if the URL has their number. "
	"No password or token stands on the command line.\n"
	"With --every it is kept as a feed (comity collect list), which the running node pulls at its times: its password or token is kept sealed "
	"under a key of the home. After a failure it waits a minute, then twice as long each time; status tells.",
    .examples = "comity collect taxii https://taxii.example/taxii2/ --collection \"High value\" --user irq --password-file pw\n"
		"comity collect taxii https://10.1.2.3/root/ --ca ca.pem --token-file token --mark \"(//IRQ R//REL TO IRQ, RUS)\"\n"
		"comity collect taxii https://taxii.example/taxii2/ --every 15m --name vendor --token-file token",
    .flags = flags,
    .params = {{"url", '1', true, "URL"}},
    .op = "add",
    .run = run,
};
