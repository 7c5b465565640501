/* collect: what others' TAXII 2.1 servers have, into the private circle.
 *
 * What was taken is remembered in a small file of the home, written only when the objects that it speaks of are committed; if it is lost, all comes
 * again and is found unchanged. Where a server sends us is never followed: its API roots must be at the address that was named, and an address that
 * is not public is asked only if its number stands in the URL that was typed. */
#include <arpa/inet.h>
#include <string.h>

#include "base/limits.h"
#include "cli/ask.h"
#include "cli/show.h"
#include "cli/yes.h"
#include "collect/pull.h"
#include "crypto/hash.h"
#include "crypto/secret.h"
#include "env/posix.h"
#include "http/fetch.h"

#define TAXII_TYPE "application/taxii+json;version=2.1"
enum { LISTED = 100, URL_MAX = 2000, ARENA = 16 * MIB };

/* A server that is asked, and what came of it. */
struct taxii {
	struct cli *c;
	struct env env;
	struct http_fetcher *http;
	struct buf proof; /* value of Authorization; wiped */
	struct str url, origin, label;
	struct buf root, collection; /* URL with a slash at the end; id */
	char place[80];              /* file of the home */
	struct pull pull;
	int64_t added, unchanged, refused;
	bool local, plain;
};

/* The host of a URL without its port and brackets, and the origin (all before the path). False: it is none that is asked. */
static bool
url_parts(struct str url, struct str *ret_origin, struct str *ret_host, bool *ret_plain)
{
	*ret_plain = str_starts(url, STR("http://"));
	if (!*ret_plain && !str_starts(url, STR("https://")))
		return false;
	size_t begin = *ret_plain ? 7 : 8, end = begin;
	while (end < url.n && !strchr("/?#", url.p[end]))
		end++;
	struct str host = str_sub(url, begin, end);
	*ret_origin = str_sub(url, 0, end);
	ptrdiff_t at = str_starts(host, STR("[")) ? str_chr(host, ']') : str_chr(host, ':');
	*ret_host = str_starts(host, STR("[")) ? str_sub(host, 1, at < 0 ? host.n : (size_t)at) : str_sub(host, 0, at < 0 ? host.n : (size_t)at);
	return ret_host->n != 0;
}

/* Whether it is a number, so that whoever typed it knows where it is; ret_loop: this machine. */
static bool
is_number(struct str host, bool *ret_loop)
{
	char text[64];
	uint8_t b[16];
	*ret_loop = str_is(host, "localhost");
	if (host.n >= sizeof text || *ret_loop)
		return *ret_loop;
	memcpy(text, host.p, host.n);
	text[host.n] = '\0';
	if (inet_pton(AF_INET, text, b) == 1) {
		*ret_loop = b[0] == 127;
		return true;
	}
	*ret_loop = str_is(host, "::1");
	return inet_pton(AF_INET6, text, b) == 1;
}

static enum err
begin_http(struct taxii *t, struct errinfo *e)
{
	struct str host;
	bool loop;
	if (t->url.n > URL_MAX || str_chr(t->url, '?') >= 0 || str_chr(t->url, '#') >= 0 || !url_parts(t->url, &t->origin, &host, &t->plain)) {
		err_set(e, ERR_USAGE, "collect: that is no address of a TAXII server");
		err_hint(e, "https://host/taxii2/ (discovery), an API root, or one collection");
		return ERR_USAGE;
	}
	t->local = is_number(host, &loop);
	if (t->plain && !loop) {
		err_set(e, ERR_DENIED, "collect: plain HTTP is spoken with this machine alone");
		err_hint(e, "use https://, with --ca FILE if its authority is not a public one");
		return ERR_DENIED;
	}
	const struct http_fetch_rules rules = {.plain = t->plain, .local = t->local, .ca = cli_flag(t->c, "ca")};
	return http_fetcher_new(&rules, &t->http, e);
}

static enum err
read_proof(struct taxii *t, struct errinfo *e)
{
	const char *user = cli_flag(t->c, "user"), *token = cli_flag(t->c, "token-file");
	struct buf secret = BUF_INIT(4 * KIB), both = BUF_INIT(8 * KIB);
	enum err err = OK;
	if (token && (user || cli_flag(t->c, "password-file"))) {
		err = err_set(e, ERR_USAGE, "collect: either --token-file, or --user with --password-file");
	} else if (token) {
		if (!(err = yes_secret(t->c, "the token", "token-file", false, &secret, e))) {
			buf_puts(&t->proof, "Bearer ");
			buf_put(&t->proof, buf_str(&secret));
		}
	} else if (user) {
		if (!(err = yes_secret(t->c, "the password", "password-file", false, &secret, e))) {
			buf_printf(&both, "%s:", user);
			buf_put(&both, buf_str(&secret));
			buf_puts(&t->proof, "Basic ");
			buf_base64(&t->proof, buf_str(&both));
		}
	} else if (cli_flag(t->c, "password-file")) {
		err = err_set(e, ERR_USAGE, "collect: --password-file needs --user");
	}
	secret_wipe_buf(&secret);
	secret_wipe_buf(&both);
	buf_done(&secret);
	buf_done(&both);
	return err ? err : buf_ok(&t->proof) ? OK : err_set(e, ERR_LIMIT, "collect: the name, password or token is too long");
}

static bool
stopped(void *ctx)
{
	(void)ctx;
	return ask_stopped();
}

/* What a status means to who asked; the body of a stranger's error is not shown. */
static enum err
refused(const struct http_fetched *r, struct str url, struct errinfo *e)
{
	static const struct {
		int status;
		enum err err;
		const char *what, *hint;
	} words[] = {
	    {401, ERR_DENIED, "it wants to know who asks", "--user NAME --password-file FILE, or --token-file FILE"},
	    {403, ERR_DENIED, "it does not let this user read that", "ask who runs it, or choose another --collection"},
	    {404, ERR_NOTFOUND, "there is no such thing at that address, for this user", "begin with the server's discovery: https://host/taxii2/"},
	    {406, ERR_VERSION, "it does not speak TAXII 2.1", NULL},
	    {429, ERR_BUSY, "it was asked too often", NULL},
	};
	struct str after;
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (words[i].status == r->status) {
			err_set(e, words[i].err, "%.*s: %s (status %d)", STR_FMT(str_sub(url, 0, 150)), words[i].what, r->status);
			if (words[i].hint)
				err_hint(e, "%s", words[i].hint);
			if (r->status == 429 && http_fetched_header(r, "retry-after", &after))
				err_hint(e, "it says to ask again after: %.*s", STR_FMT(str_sub(after, 0, 60)));
			return words[i].err;
		}
	if (r->status >= 300 && r->status < 400) {
		err_set(
		    e, ERR_DENIED, "%.*s: it sends to another address, which is not followed (status %d)", STR_FMT(str_sub(url, 0, 150)), r->status);
		err_hint(e, "name the address itself, with the slash at its end");
		return ERR_DENIED;
	}
	if (r->status >= 500)
		return err_set(e, ERR_IO, "%.*s: the server failed (status %d); try again later", STR_FMT(str_sub(url, 0, 150)), r->status);
	return err_set(e, ERR_INVALID, "%.*s: it answered with status %d", STR_FMT(str_sub(url, 0, 150)), r->status);
}

/* Asks; whatever the status. */
static enum err
get(struct taxii *t, struct str url, struct http_fetched *r, struct errinfo *e)
{
	const struct http_field accept = {STR("Accept"), STR(TAXII_TYPE)}, proof = {STR("Authorization"), buf_str(&t->proof)};
	const struct http_fetch_options o = {.url = url,
	    .headers = &accept,
	    .nheaders = 1,
	    .credentials = &proof,
	    .ncredentials = t->proof.n ? 1 : 0,
	    .seconds = LIMIT_COLLECT_SECONDS,
	    .max = LIMIT_COLLECT_PAGE,
	    .stop = stopped};
	enum err err = http_fetch(t->http, &o, r, e);
	if (err == ERR_DENIED && !t->local)
		err_hint(e, "to ask a server of one's own network, write its number in the URL");
	return err;
}

/* A resource as a tree. */
static enum err
get_tree(struct taxii *t, struct str url, struct arena *a, struct http_fetched *r, const struct json **ret, struct errinfo *e)
{
	enum err err = get(t, url, r, e);
	if (!err && r->status != 200)
		err = refused(r, url, e);
	if (!err && (err = json_parse(a, buf_str(&r->body), ret, e))) {
		err_at(e, "%.*s: no TAXII resource", STR_FMT(str_sub(url, 0, 150)));
		err_place(e, 0, 0, 0);
	}
	return err;
}

static void
with_slash(struct buf *b, struct str s)
{
	buf_clear(b);
	buf_put(b, s);
	if (!str_ends(s, STR("/")))
		buf_putc(b, '/');
}

/* The API root of a server's discovery: its only one, or the one that it calls the usual. May be told without the host. */
static enum err
choose_root(struct taxii *t, const struct json *found, struct errinfo *e)
{
	struct str root = json_str(json_get(found, STR("default")));
	const struct json *roots = json_get_type(found, STR("api_roots"), JSON_ARRAY);
	if (!root.n && json_count(roots) == 1)
		root = json_str(json_at(roots, 0));
	if (!root.n) {
		err_set(e, ERR_USAGE, "collect: the server has %u API roots, and none is named", json_count(roots));
		if (json_count(roots))
			err_hint(e, "give one instead of its discovery: %.*s", STR_FMT(str_sub(json_str(json_at(roots, 0)), 0, 140)));
		return ERR_USAGE;
	}
	buf_clear(&t->root);
	if (str_starts(root, STR("/")) && !str_starts(root, STR("//")))
		buf_put(&t->root, t->origin);
	buf_put(&t->root, root);
	if (!str_ends(root, STR("/")))
		buf_putc(&t->root, '/');
	struct str whole = buf_str(&t->root), rest = str_sub(whole, t->origin.n, whole.n);
	if (!buf_ok(&t->root) || !str_starts(whole, t->origin) || !str_starts(rest, STR("/")) || str_find(rest, STR("..")) >= 0) {
		err_set(e, ERR_DENIED, "collect: the server sends to %.*s, which is not where it was asked", STR_FMT(str_sub(root, 0, 150)));
		err_hint(e, "if that is right, name that address instead");
		return ERR_DENIED;
	}
	return OK;
}

/* Of a list of collections the one that was named, or the only one that may be read. */
static enum err
choose_collection(struct taxii *t, const struct json *list, struct errinfo *e)
{
	const char *want = cli_flag(t->c, "collection");
	const struct json *found = NULL, *can = NULL;
	unsigned n = 0, named = 0, shown = 0;
	SHOW_EACH(one, list)
	{
		if (show_true(one, "can_read")) {
			n++;
			can = one;
		}
		if (want && (str_is(show_str(one, "id"), want) || str_is(show_str(one, "title"), want) || str_is(show_str(one, "alias"), want))) {
			named++;
			found = one;
		}
	}
	if (!want && n == 1)
		found = can;
	if (found && named <= 1) {
		struct str id = show_str(found, "id");
		if (!pull_id_ok(id))
			return err_set(e, ERR_INVALID, "collect: the server's id of that collection is none");
		buf_clear(&t->collection);
		buf_put(&t->collection, id);
		return OK;
	}
	SHOW_EACH(one, list)
	{
		if (!show_true(one, "can_read") || shown++ == LISTED)
			continue;
		print_styled(&t->c->err, STYLE_ID, show_str(one, "id"));
		print_own(&t->c->err, "  ");
		print_text(&t->c->err, show_str(one, "title"));
		print_own(&t->c->err, "\n");
	}
	if (want)
		err_set(e, ERR_NOTFOUND, "collect: %s collection is called \"%.100s\"", named ? "more than one" : "no", want);
	else
		err_set(e, n ? ERR_USAGE : ERR_NOTFOUND,
		    n ? "collect: there are %u collections, and none is named" : "collect: there is no collection to read", n);
	err_hint(e, "--collection ID or TITLE names one");
	return want || !n ? ERR_NOTFOUND : ERR_USAGE;
}

/* From whatever URL was given to a root and a collection. */
static enum err
discover(struct taxii *t, struct errinfo *e)
{
	struct buf url = BUF_INIT(2 * URL_MAX);
	struct http_fetched r = {0};
	struct arena a = ARENA_INIT(ARENA);
	const struct json *j;
	enum err err;
	with_slash(&url, t->url);
	if ((err = get_tree(t, buf_str(&url), &a, &r, &j, e)))
		goto out;
	if (json_get(j, STR("id")) && json_get(j, STR("can_read"))) {
		/* …/collections/ID/ */
		struct str path = str_sub(buf_str(&url), 0, url.n - 1), id = json_str(json_get(j, STR("id")));
		while (path.n && path.p[path.n - 1] != '/')
			path.n--;
		if (!pull_id_ok(id) || !str_ends(path, STR("/collections/")))
			err = err_set(e, ERR_INVALID, "collect: what the server gives there is no collection");
		buf_put(&t->root, str_sub(path, 0, path.n - (path.n > 12 ? 12 : path.n)));
		buf_put(&t->collection, id);
		goto out;
	}
	if (json_get(j, STR("api_roots"))) {
		err = choose_root(t, j, e);
	} else if (json_get(j, STR("versions"))) {
		buf_put(&t->root, buf_str(&url));
	} else if (json_get(j, STR("collections")) && str_ends(buf_str(&url), STR("/collections/"))) {
		buf_put(&t->root, str_sub(buf_str(&url), 0, url.n - 12));
	} else {
		err = err_set(e, ERR_INVALID, "collect: what the server gives there is no discovery, API root or collection");
		err_hint(e, "https://host/taxii2/ is where a discovery usually is");
	}
	if (err)
		goto out;
	buf_clear(&url);
	buf_put(&url, buf_str(&t->root));
	buf_puts(&url, "collections/");
	arena_reset(&a);
	if (!(err = get_tree(t, buf_str(&url), &a, &r, &j, e)))
		err = choose_collection(t, json_get_type(j, STR("collections"), JSON_ARRAY), e);
out:
	http_fetched_done(&r);
	arena_done(&a);
	buf_done(&url);
	return err;
}

/* The place is that of this collection with this mark in this centre: another mark is another pull. */
static void
name_place(struct taxii *t)
{
	static const char *const flags[] = {"mark", "centre"};
	struct buf b = {.p = t->place, .cap = sizeof t->place, .max = sizeof t->place};
	struct sha256 h;
	sha256_init(&h);
	sha256_put(&h, buf_str(&t->root));
	sha256_put(&h, STR("\n"));
	sha256_put(&h, buf_str(&t->collection));
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
		err = pull_begin(&t->pull, str_trim(buf_str(&b)), e);
	if (err == ERR_INVALID)
		err_hint(e, "--anew begins from the first; what is here already is found unchanged");
	buf_done(&b);
	return err;
}

static enum err
write_place(struct taxii *t, struct errinfo *e)
{
	struct buf b = BUF_INIT(PULL_STATE);
	struct str text;
	pull_put_state(&t->pull, &b);
	buf_putc(&b, '\n');
	enum err err = buf_take(&b, &text, e);
	if (!err)
		err = t->env.write(t->env.ctx, t->place, text, e);
	buf_done(&b);
	return err;
}

static enum err
take_objects(struct taxii *t, struct str body, struct errinfo *e)
{
	struct source in = source_of_str(&body);
	struct cli *c = t->c;
	struct ask a;
	bool json = c->json;
	ask_begin(&a, c, "add");
	ask_str(&a, "format", "stix");
	ask_text(&a, "source", buf_str(&t->root));
	ask_str(&a, "mark", cli_flag(c, "mark"));
	ask_str(&a, "centre", cli_flag(c, "centre"));
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

static enum err
take_page(struct taxii *t, struct http_fetched *r, bool *ret_more, struct errinfo *e)
{
	struct envelope page;
	struct str header;
	int64_t last = 0;
	bool has_last = http_fetched_header(r, "x-taxii-date-added-last", &header) && pull_moment(header, &last);
	enum err err = envelope_read(buf_str(&r->body), &page, e);
	if (err) {
		err_at(e, "collect: the page from the server");
		err_place(e, 0, 0, 0);
	}
	if (!err && page.objects)
		err = take_objects(t, buf_str(&r->body), e);
	if (!err) {
		struct errinfo why = {0};
		err = pull_page(&t->pull, &page, has_last, last, t->env.now(t->env.ctx) + TIME_DAY, ret_more, &why);
		enum err kept = write_place(t, e);
		if (err && e)
			*e = why;
		err = err ? err : kept;
	}
	buf_done(&page.next);
	return err;
}

static enum err
pull_all(struct taxii *t, struct errinfo *e)
{
	struct buf url = BUF_INIT(4 * URL_MAX + 4 * PULL_NEXT);
	struct http_fetched r = {0};
	int64_t end = t->env.mono(t->env.ctx) + LIMIT_COLLECT_RUN * TIME_SECOND;
	bool more = true;
	enum err err = OK;
	while (more && !err) {
		if (t->pull.pages >= PULL_PAGES || t->env.mono(t->env.ctx) > end) {
			err = err_set(e, ERR_LIMIT, "collect: not all came in %u pages and %d minutes; what was taken stays", t->pull.pages,
			    LIMIT_COLLECT_RUN / 60);
			err_hint(e, "the same again goes on there");
			break;
		}
		buf_clear(&url);
		buf_put(&url, buf_str(&t->root));
		buf_puts(&url, "collections/");
		buf_put(&url, buf_str(&t->collection));
		buf_puts(&url, "/objects/");
		pull_put_query(&t->pull, &url);
		struct str whole;
		if ((err = buf_take(&url, &whole, e)) || (err = get(t, whole, &r, e)))
			break;
		/* a place that an earlier run left, and the server has forgotten */
		if ((r.status == 400 || r.status == 404) && !t->pull.pages && pull_again(&t->pull))
			continue;
		err = r.status == 200 ? take_page(t, &r, &more, e) : refused(&r, str_sub(whole, 0, t->root.n), e);
	}
	http_fetched_done(&r);
	buf_done(&url);
	return err;
}

static void
show(struct taxii *t)
{
	struct print *p = &t->c->out;
	if (t->c->json) {
		print_own(p, "{\"added\":%lld,\"unchanged\":%lld,\"refused\":%lld,\"pages\":%u}\n", (long long)t->added, (long long)t->unchanged,
		    (long long)t->refused, t->pull.pages);
		return;
	}
	print_text(p, buf_str(&t->root));
	print_own(p, ": ");
	show_count(p, t->added, "object added", "objects added");
	if (t->unchanged)
		print_own(p, ", %lld unchanged", (long long)t->unchanged);
	if (t->refused)
		print_own(p, ", %lld refused (comity quarantine list)", (long long)t->refused);
	print_own(p, "\n");
}

static enum err
run(struct cli *c, struct errinfo *e)
{
	struct taxii t = {.c = c, .url = str_of(c->args[0]), .proof = BUF_INIT(16 * KIB), .root = BUF_INIT(2 * URL_MAX), .collection = BUF_INIT(200)};
	enum err err = home_open(c, e);
	if (err)
		return err;
	t.env = c->home->env;
	ask_watch();
	if (!(err = begin_http(&t, e)) && !(err = read_proof(&t, e)) && !(err = discover(&t, e))) {
		name_place(&t);
		if (!(err = read_place(&t, e))) {
			err = pull_all(&t, e);
			if (!err || t.added + t.unchanged + t.refused)
				show(&t);
		}
	}
	http_fetcher_free(t.http);
	secret_wipe_buf(&t.proof);
	buf_done(&t.proof);
	buf_done(&t.root);
	buf_done(&t.collection);
	return err;
}

static const struct flag flags[] = {
    {"collection", 's', true, "ID", "which collection: its id, title or alias (where there is only one: that)", 0},
    {"user", 's', true, "NAME", "who asks; with --password-file", 0},
    {"password-file", 's', true, "FILE", "its first line is the password (- for standard input); else it is asked for", 0},
    {"token-file", 's', true, "FILE", "its first line is a token, shown as Bearer", 0},
    {"ca", 's', true, "FILE", "the authorities that vouch for the server, PEM (else the system's)", 0},
    {"mark", 's', true, "MARK", "the mark of what comes: \"(//IRQ R//REL TO IRQ, RUS)\"", 0},
    {"centre", 's', true, "CENTRE", "which centre", 0},
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
	"No password or token stands on the command line.",
    .examples = "comity collect taxii https://taxii.example/taxii2/ --collection \"High value\" --user irq --password-file pw\n"
		"comity collect taxii https://10.1.2.3/root/ --ca ca.pem --token-file token --mark \"(//IRQ R//REL TO IRQ, RUS)\"",
    .flags = flags,
    .params = {{"url", '1', true, "URL"}},
    .op = "add",
    .run = run,
};
