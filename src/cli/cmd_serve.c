/* serve: the home as a running node. */
#include <stdio.h>
#include <string.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif

#include "api/serve.h"
#include "base/limits.h"
#include "cli/home.h"
#include "env/posix.h"

static void
ready(void *ctx, const struct serve_ready *r)
{
	struct cli *c = ctx;
	if (r->warning) {
		print_own_styled(&c->err, STYLE_WARN, "warning: ");
		print_own(&c->err, "%s: it signs nothing for others until each member has been asked what it already signed\n", r->warning);
	}
	if (!c->quiet && r->peers_port)
		print_own(&c->out, "other members' nodes are answered on port %u\n", r->peers_port);
	if (!c->quiet && r->web_address) {
		bool six = strchr(r->web_address, ':');
		print_own(&c->out, "people and their tools are answered at %s://%s%s%s:%u%s\n", r->web_tls ? "https" : "http", six ? "[" : "",
		    r->web_address, six ? "]" : "", r->web_port, r->web_moved ? " (the usual port is taken)" : "");
	}
	if (!c->quiet)
		print_own(&c->out, "the node runs; commands in this home ask it; Ctrl-C ends it\n");
	(void)!print_flush(&c->out, NULL);
}

static const struct {
	const char *flag;
	enum config_name name;
} settings[] = {
    {"web", CONFIG_WEB},
    {"web-cert", CONFIG_WEB_CERT},
    {"web-key", CONFIG_WEB_KEY},
    {"web-names", CONFIG_WEB_NAMES},
    {"peers", CONFIG_PEERS},
    {"log-level", CONFIG_LOG},
};

/* The file, then the flags. */
static enum err
configure(struct cli *c, const struct env *env, struct config *ret, struct errinfo *e)
{
	struct buf text = BUF_INIT(CONFIG_BYTES);
	config_init(ret);
	enum err err = env->read(env->ctx, CONFIG_FILE, &text, e);
	if (!err && (err = config_read(ret, buf_str(&text), e)))
		c->input = CONFIG_FILE;
	else if (err == ERR_NOTFOUND)
		err = OK;
	for (size_t i = 0; i < sizeof settings / sizeof *settings && !err; i++) {
		const char *value = cli_flag(c, settings[i].flag);
		if (value)
			err = config_set(ret, settings[i].name, str_of(value), e);
	}
	buf_done(&text);
	return err;
}

/* What a request took goes back to the system after it. By itself glibc raises both bounds with the largest piece that was ever freed, in each
 * thread: workers that each once read a hostile request would keep that much as many times as they are (test/run/94-faults-of-others.sh measures). */
static void
keep_little(void)
{
#ifdef __GLIBC__
	mallopt(M_MMAP_THRESHOLD, 256 * KIB);
	mallopt(M_TRIM_THRESHOLD, MIB);
#endif
}

static enum err
run(struct cli *c, struct errinfo *e)
{
	static struct config config;
	struct env_posix *posix;
	struct env env;
	const char *dir;
	enum log_level level = LOG_INFO_;
	enum err err;
	if ((err = home_where(c, &dir, e)) || (err = home_env(c, dir, false, &posix, &env, e)))
		return err;
	err = configure(c, &env, &config, e);
	if (!err && cli_flag(c, "print-config")) {
		struct buf text = BUF_INIT(CONFIG_BYTES);
		config_put(&config, &text);
		print_raw(&c->out, buf_str(&text));
		buf_done(&text);
	} else if (!err) {
		(void)log_level_named(str_of(config.value[CONFIG_LOG]), &level);
		struct log log = log_of_process(level);
		const struct serve s = {&env, dir, &config, &log, node_is_exercise(&env) ? home_set_clock : NULL, ready, c};
		keep_little();
		err = serve_run(&s, e);
	}
	env_posix_free(posix);
	return err;
}

static const struct flag flags[] = {
    {"web", 's', true, "ADDRESS:PORT", "where people and their tools are answered, or off (127.0.0.1:8440)", 0},
    {"web-cert", 's', true, "FILE", "its certificate, PEM; read again on SIGHUP", 0},
    {"web-key", 's', true, "FILE", "the certificate's key, PEM", 0},
    {"web-names", 's', true, "NAMES", "host names by which it is asked, parted by blanks", 0},
    {"peers", 's', true, "ADDRESS:PORT", "where other members' nodes are answered (port 0: any free one)", 0},
    {"log-level", 's', true, "LEVEL", "error, warning, info or debug", 0},
    {"print-config", 'b', true, NULL, "print the configuration that would be in force, as a file, and end", 0},
    {0},
};

const struct cmd cmd_serve = {
    .name = "serve",
    .group = CMD_NODE,
    .about = "run the home as a node, until it is ended",
    .help =
	"While it runs it holds the home, and every other command asks it through the socket in the home, as the same user, with the same answers. "
	"What the clock makes due is done by itself, and what members whose address the charter or a card names release is fetched as soon as it is "
	"there.\n"
	"To be reached by them, state an address (comity key --url https://host:port) and listen there (--peers).\n"
	"People with accounts (comity account add) and their tools are answered over HTTP: in clear on this machine alone, elsewhere over TLS 1.3 "
	"with "
	"a certificate (--web-cert, --web-key).\n"
	"Each account, and each address before anybody logs in from it, may ask so often a minute (web-requests and web-strangers in comity.conf); "
	"above that it is told when to ask again, and nobody else is kept waiting.\n"
	"SIGTERM or Ctrl-C ends it: nobody more is taken, what is under way has ten seconds (stop-seconds in comity.conf), then it is cut off; "
	"what was acknowledged is there. A second one ends it at once.\n"
	"The file comity.conf in the home says the same and more (--print-config); flags win over it. One line an event is told on standard error: "
	"never content or who asks, which is in the audit trail.",
    .examples = "comity serve -C ~/comity\n"
		"comity serve --web 0.0.0.0:443 --web-cert cert.pem --web-key key.pem --web-names comity.irq.example",
    .flags = flags,
    .run = run,
};
