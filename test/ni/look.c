/* What M can see: every reading operation of its node, the record of its home, and what each peer would answer it. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/stream.h"
#include "merkle/tile.h"
#include "ni/play.h"
#include "ni/vocabulary.h"
#include "node/ops.h"
#include "people/role.h"

enum { SEEN = 16 * MIB, IDS = 128, PAGES = 100 };

/* Asking the node. */

struct asking {
	struct play *p;
	struct node_who who;
	const struct source *in;
	struct buf reply;
	char ids[IDS][80]; /* of objects that lists gave */
	int nids;
};

static void
put_failure(struct buf *b, enum err err, const struct errinfo *e)
{
	buf_clear(b);
	buf_printf(b, "%s: %s; %s; %llu:%llu:%llu", err_name(err), e->msg, e->hint, (unsigned long long)e->line, (unsigned long long)e->col,
	    (unsigned long long)e->offset);
}

static void
ask_with(struct asking *q, const char *op, const char *args, const struct sink *out)
{
	struct node_call call = {.op = str_of(op), .args = str_of(args), .who = q->who, .in = q->in, .out = out};
	struct errinfo e = {0};
	char label[300];
	enum err err = centre_call(&q->p->c, q->p->h->m, &call, &q->reply, &e);
	/* a new object's id is drawn; here of a seed and its place in the log, which a person is not told */
	if (!err && !strcmp(op, "grade") && q->reply.n > 48 && str_starts(buf_str(&q->reply), STR("{\"id\":\"note--")))
		memset(q->reply.p + 13, 'x', 36);
	for (size_t i = 0; !err && i < op_count; i++)
		q->p->asked[i] |= !strcmp(op_table[i].name, op);
	if (err)
		put_failure(&q->reply, err, &e);
	snprintf(label, sizeof label, "%s %.200s", op, args);
	eye_see(q->p->eye, label, buf_str(&q->reply));
}

static void ask(struct asking *q, const char *op, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

static void
ask(struct asking *q, const char *op, const char *fmt, ...)
{
	static char args[64 * KIB];
	va_list ap;
	va_start(ap, fmt);
	vsnprintf(args, sizeof args, fmt, ap);
	va_end(ap);
	ask_with(q, op, args, NULL);
}

static void
note_ids(struct asking *q)
{
	struct str rest = buf_str(&q->reply), tag = STR("\"id\":\"");
	for (ptrdiff_t at; (at = str_find(rest, tag)) >= 0;) {
		rest = str_sub(rest, (size_t)at + tag.n, rest.n);
		struct str id = str_sub(rest, 0, (size_t)(str_chr(rest, '"') < 0 ? 0 : str_chr(rest, '"')));
		int i = 0;
		while (i < q->nids && !str_is(id, q->ids[i]))
			i++;
		if (id.n > 0 && id.n < 80 && i == q->nids && i < IDS)
			snprintf(q->ids[q->nids++], 80, "%.*s", STR_FMT(id));
	}
}

/* All pages of a list. rest: more arguments, with a comma at their end. */
static void
pages(struct asking *q, const char *op, const char *rest, int limit)
{
	char cursor[1024] = "";
	for (int i = 0; i < PAGES; i++) {
		if (cursor[0])
			ask(q, op, "{%s\"limit\":%d,\"cursor\":\"%s\"}", rest, limit, cursor);
		else
			ask(q, op, "{%s\"limit\":%d}", rest, limit);
		note_ids(q);
		if (q->p->eye->done || !centre_text(buf_str(&q->reply), "next", cursor, sizeof cursor))
			return;
	}
}

static void
ask_lists(struct asking *q)
{
	static const char *const circles[] = {
	    "irn.irq", "irn.rus", "irq.rus", "irq.syr", "irn.irq.rus", "irn.irq.syr", "irq.rus.syr", "irn.irq.rus.syr", "irn", "irq"};
	static const char *const types[] = {"report", "campaign", "location", "relationship", "no-such"};
	char args[256];
	pages(q, "ls", "\"gone\":true,", 100);
	pages(q, "ls", "", 1);
	pages(q, "ls", "\"gone\":true,", 2);
	for (size_t i = 0; i < sizeof circles / sizeof *circles; i++) {
		snprintf(args, sizeof args, "\"centre\":\"%s\",\"circle\":\"%s\",", q->p->c.hex, circles[i]);
		pages(q, "ls", args, 3);
	}
	for (int i = 0; i < HIST_HOMES; i++) {
		snprintf(args, sizeof args, "\"centre\":\"%s\",\"author\":\"%s\",", q->p->c.hex, hist_member[i]);
		pages(q, "ls", args, 3);
	}
	for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
		snprintf(args, sizeof args, "\"type\":\"%s\",\"since\":\"2015-10-01T02:%02zu:00Z\",", types[i], i);
		pages(q, "ls", args, 50);
	}
	for (int i = 0; i < VOCABULARY; i++) {
		snprintf(args, sizeof args, "\"words\":\"%s\",", vocabulary[i]);
		pages(q, "search", args, i % 2 ? 2 : 50);
		snprintf(args, sizeof args, "\"words\":\"%s %.3s*\",", vocabulary[i], vocabulary[(i + 3) % VOCABULARY]);
		pages(q, "search", args, 50);
	}
	pages(q, "search", "\"words\":\"\\\"\",", 5);
	for (const char *c = "abcdefghijklmnopqrstuvwxyz"; *c; c++)
		ask(q, "suggest", "{\"begins\":\"%c\",\"limit\":3}", *c);
}

static enum err
take_bytes(void *ctx, struct str bytes, struct errinfo *e)
{
	struct buf *b = ctx;
	(void)e;
	buf_put(b, bytes);
	return OK;
}

static void
ask_about(struct asking *q, const char *id)
{
	const char *hex = q->p->c.hex;
	ask(q, "show", "{\"id\":\"%s\",\"gone\":true}", id);
	ask(q, "show", "{\"centre\":\"%s\",\"id\":\"%s\",\"author\":\"irq\"}", hex, id);
	ask(q, "show", "{\"id\":\"%.*s\"}", (int)(strstr(id, "--") - id) + 10, id); /* as it begins */
	ask(q, "versions", "{\"id\":\"%s\"}", id);
	ask(q, "label", "{\"id\":\"%s\",\"form\":\"stanag\"}", id);
	ask(q, "refs", "{\"id\":\"%s\",\"limit\":2}", id);
	ask(q, "release-plan", "{\"centre\":\"%s\",\"ids\":[\"%s\"],\"to\":\"irn.irq.rus.syr\"}", hex, id);
	ask(q, "log", "{\"centre\":\"%s\",\"id\":\"%s\"}", hex, id);
}

/* What charters and cards say, from their text: the first line of what is exported, and the last. */
static void
ask_texts(struct asking *q)
{
	struct arena a = ARENA_INIT(MIB);
	struct buf charter = BUF_INIT(MIB), card = BUF_INIT(MIB);
	const struct json *j;
	struct str rest, line;
	ask(q, "charter-export", "{\"centre\":\"%s\"}", q->p->c.hex);
	if (json_parse(&a, buf_str(&q->reply), &j, NULL) == OK && json_get_str(j, STR("lines"), &rest))
		while (str_line(&rest, &line)) {
			buf_clear(&card);
			json_escape_put(charter.n ? &card : &charter, line);
		}
	ask(q, "charter-show", "{\"text\":%.*s}", STR_FMT(buf_str(&charter)));
	ask(q, "card-show", "{\"text\":%.*s}", STR_FMT(buf_str(&card)));
	arena_done(&a);
	buf_done(&charter);
	buf_done(&card);
}

/* The operations of the home's own officers: to a viewer none of them answers, and all refuse in words of one kind. */
static void
ask_refused(struct asking *q)
{
	for (size_t i = 0; i < op_count; i++)
		if (op_table[i].may != OP_READ && op_table[i].may != OP_LOOK)
			ask(q, op_table[i].name, "{}");
}

/* What a person may write without reading more than before: each thing graded, and another one added under its id and version. */
static void
ask_writes(struct asking *q)
{
	const struct hist *h = q->p->h;
	struct buf mark = BUF_INIT(KIB);
	hist_mark(&mark, h->m, LEVEL_U, NULL, false, UINT64_C(1) << h->m);
	for (int i = 0; i < h->nthing; i++) {
		struct buf text = BUF_INIT(64 * KIB);
		char id[80];
		if (h->thing[i].report)
			continue;
		hist_id(h, i, id);
		ask(q, "grade", "{\"id\":\"%s\",\"grade\":\"B2\"}", id);
		hist_text(h, i, 0, id, NULL, &text);
		buf_cut(&text, text.n - 2); /* other content than what may stand there */
		buf_puts(&text, ",\"confidence\":7}\n");
		struct str rest = buf_str(&text);
		const struct source in = source_of_str(&rest);
		q->in = &in;
		ask(q, "add", "{\"centre\":\"%s\",\"format\":\"stix\",\"mark\":\"%.*s\"}", q->p->c.hex, STR_FMT(buf_str(&mark)));
		q->in = NULL;
		buf_done(&text);
	}
	buf_done(&mark);
	ask(q, "ls", "{}");
}

/* What M would send to another, and what making its view anew would come to. */
static void
ask_last(struct asking *q)
{
	ask_texts(q);
	if (q->p->h->inside)
		ask_refused(q);
	struct buf file = BUF_INIT(SEEN);
	struct sink out = {&file, take_bytes};
	char args[256];
	snprintf(args, sizeof args, "{\"centre\":\"%s\",\"to\":[\"%s\"]}", q->p->c.hex, hist_member[(q->p->h->m + 1) % HIST_HOMES]);
	ask_with(q, "pouch-pack", args, &out);
	eye_see(q->p->eye, "the pouch", buf_str(&file));
	ask(q, "rebuild", "{\"check\":true}");
	if (q->p->h->inside)
		ask_writes(q);
	buf_done(&file);
}

static void
ask_prove(struct asking *q, const char *id)
{
	struct buf file = BUF_INIT(SEEN);
	struct sink out = {&file, take_bytes};
	char args[256];
	snprintf(args, sizeof args, "{\"centre\":\"%s\",\"id\":\"%s\"}", q->p->c.hex, id);
	ask_with(q, "prove", args, &out);
	eye_see(q->p->eye, "the proof", buf_str(&file));
	buf_done(&file);
}

/* What tools poll, as they page through it. */
static void
ask_feeds(struct asking *q)
{
	char next[128] = "";
	ask(q, "feeds", "{}");
	for (int i = 0; i < PAGES; i++) {
		ask(q, "feed", next[0] ? "{\"limit\":3,\"next\":\"%s\"}" : "{\"limit\":3}%s", next);
		if (q->p->eye->done || !centre_text(buf_str(&q->reply), "body.next", next, sizeof next))
			break;
	}
	ask(q, "feed", "{\"form\":\"manifest\",\"versions\":\"all\",\"limit\":100}");
	ask(q, "feed", "{\"centre\":\"%s\",\"circle\":\"irn.irq.rus.syr\",\"form\":\"manifest\"}", q->p->c.hex);
	if (q->nids)
		ask(q, "feed", "{\"ids\":\"%s\",\"form\":\"versions\"}", q->ids[0]);
	ask(q, "feed-status", "{\"added\":{\"added\":1,\"items\":[],\"refusals\":[]}}");
}

/* What changed since it was last asked. */
static void
ask_events(struct asking *q)
{
	char last[sizeof q->p->mark];
	ask(q, "events", q->p->mark[0] ? "{\"last\":\"%s\"}" : "{}%s", q->p->mark);
	if (centre_text(buf_str(&q->reply), "last", last, sizeof last))
		memcpy(q->p->mark, last, sizeof last);
}

static void
look_node(struct play *p, bool whole, bool last)
{
	struct asking q = {.p = p, .reply = BUF_INIT(SEEN)};
	static const char cleared[1][LIMIT_COMPARTMENT + 1] = {"BRAVO"};
	struct clearance clearance = {.level = p->h->allowed ? 200 : LEVEL_R,
	    .every_circle = !p->h->allowed,
	    .circles = &p->h->allowed,
	    .ncircles = 1,
	    .compartments = cleared,
	    .ncompartments = 1};
	size_t n;
	if (p->h->inside) {
		hex_decode(str_of(p->c.hex), clearance.policy, sizeof clearance.policy, &n);
		q.who = (struct node_who){.name = STR("reader"), .position = STR("J2-9"), .clearances = &clearance, .nclearances = 1};
		q.who.account = 1; /* which may everything, but sees what it is cleared for */
		q.who.scopes = SCOPE_READ | SCOPE_WRITE | SCOPE_RELEASE;
		if (!p->h->elsewhere) /* who governs knows the centres */
			q.who.scopes |= SCOPE_GOVERN | SCOPE_ADMIN;
	}
	ask(&q, "status", "{}");
	ask(&q, "ls", "{}");
	ask_events(&q);
	if (whole) {
		static const char *const plain[] = {"centres", "members", "lead", "rota", "charter-show", "charter-log", "charter-export", "requests",
		    "due", "logs", "verify", "config", "audit", "quarantine"};
		for (size_t i = 0; i < sizeof plain / sizeof *plain; i++)
			ask(&q, plain[i], "{}");
		ask(&q, "inbox", "{\"limit\":50}");
		ask(&q, "requests", "{\"all\":true}");
		ask(&q, "compare", "{\"what\":\"fighters\",\"where\":\"palmyra\"}");
		ask(&q, "compare", "{\"what\":\"fighters\"}");
		pages(&q, "log", "", 5);
		ask_lists(&q);
		ask_feeds(&q);
		for (int i = 0; i < q.nids; i++)
			ask_about(&q, q.ids[i]);
		if (q.nids)
			ask_prove(&q, q.ids[q.nids - 1]);
		for (int i = 0; i < p->h->nthing; i++)
			if (!p->h->thing[i].report) {
				char id[80];
				hist_id(p->h, i, id);
				ask(&q, "show", "{\"id\":\"%s\"}", id);
				ask(&q, "show", "{\"id\":\"%.*s\"}", (int)(strstr(id, "--") - id) + 11, id); /* as it begins, seen or not */
				ask(&q, "refs", "{\"id\":\"%s\"}", id);
			}
		ask(&q, "no-such", "{}");
		ask(&q, "audit", "{\"limit\":60}");
	}
	if (p->h->inside)
		look_web(p, &q.who, (const char(*)[80])q.ids, q.nids, whole);
	if (whole && last) /* what is written there has ids that are drawn, told apart there alone */
		ask_last(&q);
	buf_done(&q.reply);
}

/* The record of M's home, through its own interface. */

struct reading {
	struct play *p;
	struct store *s;
	struct buf b;
};

static enum err
read_piece(void *ctx, uint32_t n, struct str data, const struct hash *hash, struct errinfo *e)
{
	struct reading *r = ctx;
	(void)e;
	buf_printf(&r->b, "piece %u %zu ", n, data.n);
	buf_put(&r->b, hash ? hash_str(hash) : data);
	buf_putc(&r->b, '\n');
	return OK;
}

static enum err
read_entry(void *ctx, uint64_t idx, const struct record_entry *entry, struct errinfo *e)
{
	struct reading *r = ctx;
	buf_printf(&r->b, "entry %llu %lld %u ", (unsigned long long)idx, (long long)entry->first, entry->count);
	buf_put(&r->b, entry->bytes);
	buf_putc(&r->b, '\n');
	return entry->first > 0 && entry->count ? record_piece_each(r->s, entry->first, entry->count, read_piece, r, e) : OK;
}

static enum err
read_cosig(void *ctx, uint64_t size, int member, int64_t time, struct str line, struct errinfo *e)
{
	struct reading *r = ctx;
	(void)e;
	buf_printf(&r->b, "cosig %llu %d %lld %.*s\n", (unsigned long long)size, member, (long long)time, STR_FMT(line));
	return OK;
}

static enum err
read_fork(void *ctx, struct str proof, int64_t at, struct errinfo *e)
{
	struct reading *r = ctx;
	(void)e;
	buf_printf(&r->b, "fork %lld %.*s\n", (long long)at, STR_FMT(proof));
	return OK;
}

static enum err
read_log(void *ctx, const struct record_log *log, struct errinfo *e)
{
	struct reading *r = ctx;
	uint64_t max = UINT64_MAX, size;
	struct hash root;
	enum err err;
	buf_printf(&r->b, "log %lld %s %d %llu %llu %lld\n", (long long)log->no, log->origin, (int)log->state, (unsigned long long)log->edge.size,
	    (unsigned long long)log->objects, (long long)log->last_time);
	if ((err = record_entry_each(r->s, log->no, 0, log->edge.size, read_entry, r, e)))
		return err;
	while ((err = record_checkpoint_get(r->s, log->no, max, &size, &root, &r->b, e)) == OK && size > 0)
		max = size - 1;
	if (err && err != ERR_NOTFOUND)
		return err;
	if ((err = record_cosig_each(r->s, log->no, 0, read_cosig, r, e)))
		return err;
	return record_fork_each(r->s, log->no, read_fork, r, e);
}

static enum err
read_doc(void *ctx, const struct hash *hash, struct str bytes, struct errinfo *e)
{
	struct reading *r = ctx;
	(void)hash;
	(void)e;
	buf_printf(&r->b, "doc %.*s\n", STR_FMT(bytes));
	return OK;
}

static enum err
read_arrival(void *ctx, const struct record_arrival *a, struct errinfo *e)
{
	struct reading *r = ctx;
	(void)e;
	buf_printf(
	    &r->b, "arrival %llu %lld %llu %lld\n", (unsigned long long)a->seq, (long long)a->log, (unsigned long long)a->idx, (long long)a->at);
	return OK;
}

static void
read_record(void *arg)
{
	struct reading *r = arg;
	struct errinfo e = {0};
	uint8_t id[RECORD_CENTRE_ID];
	enum err err = OK;
	r->s = r->p->c.node[r->p->h->m]->store;
	for (int no = 1; !err && record_centre_get(r->s, no, id, NULL) == OK; no++) {
		buf_hex(&r->b, str_bytes(id, sizeof id));
		if (!(err = record_doc_each(r->s, no, RECORD_CHARTER, read_doc, r, &e)))
			err = record_doc_each(r->s, no, RECORD_CARD, read_doc, r, &e);
	}
	if (!err && !(err = record_log_each(r->s, 0, read_log, r, &e)))
		err = record_arrival_each(r->s, 0, read_arrival, r, &e);
	if (err)
		put_failure(&r->b, err, &e);
}

static void
look_record(struct play *p)
{
	struct reading r = {.p = p, .b = BUF_INIT(SEEN)};
	if (p->c.node[p->h->m] && p->c.run(p->c.ctx, p->h->m, read_record, &r))
		eye_see(p->eye, "the record of M's home", buf_str(&r.b));
	buf_done(&r.b);
}

/* What a peer would answer M, to every path there is for M, and to others. */

struct peering {
	struct play *p;
	int peer;
	struct buf b, reply; /* answers; one of them */
};

static void
get(struct peering *x, const char *centre, const char *path)
{
	struct errinfo e = {0};
	struct play *p = x->p;
	buf_clear(&x->reply);
	struct http_reply r = {.body = x->reply, .space = BUF_INIT(KIB)};
	enum err err = centre_request(p->c.node[x->peer], str_of(centre), str_of(hist_member[p->h->m]), str_of(path), &r, &e);
	x->reply = r.body;
	if (err)
		put_failure(&x->reply, err, &e);
	buf_printf(&x->b, "\n%s: %d%s", path, r.status, r.wait ? ", later" : "");
	for (size_t i = 0; i < r.nheaders; i++)
		buf_printf(&x->b, "; %.*s: %.*s", STR_FMT(r.headers[i].name), STR_FMT(r.headers[i].value));
	buf_done(&r.space);
	buf_printf(&x->b, "; %zu bytes: ", x->reply.n);
	buf_put(&x->b, buf_str(&x->reply));
}

static void
get_of(struct peering *x, const char *log, const char *what)
{
	char path[256];
	snprintf(path, sizeof path, "%s/%s", log, what);
	get(x, x->p->c.hex, path);
}

static void
get_log(struct peering *x, const char *log, uint64_t size)
{
	char what[80];
	get_of(x, log, "checkpoint");
	get_of(x, log, "beyond");
	get_of(x, log, "known");
	get_of(x, log, "fork");
	for (uint64_t w = size ? size : 1; w <= size + 1; w++) {
		snprintf(what, sizeof what, "tile/0/000.p/%llu", (unsigned long long)w);
		get_of(x, log, what);
		snprintf(what, sizeof what, "tile/entries/000.p/%llu", (unsigned long long)w);
		get_of(x, log, what);
	}
	get_of(x, log, "tile/0/000");
	for (uint64_t i = 0; i <= size; i++) {
		snprintf(what, sizeof what, "payload/%llu", (unsigned long long)i);
		get_of(x, log, what);
	}
	get_of(x, log, "payloads/0/256");
}

/* Logs of circles that there are or are not: M may know their names all the same. */
static void
get_unlisted(struct peering *x, struct str listing)
{
	for (uint64_t circle = 1; circle < 1u << HIST_HOMES; circle++)
		for (int author = 0; author < HIST_HOMES; author++) {
			char origin[256], hex[2 * HASH_LEN + 1] = "";
			struct buf b = {.p = hex, .cap = sizeof hex, .max = sizeof hex};
			int n = snprintf(origin, sizeof origin, "comity/%s/", x->p->c.hex);
			if (!(circle >> author & 1))
				continue;
			for (int i = 0, first = 1; i < HIST_HOMES; i++)
				if (circle >> i & 1) {
					n += snprintf(origin + n, sizeof origin - (size_t)n, "%s%s", first ? "" : ".", hist_member[i]);
					first = 0;
				}
			snprintf(origin + n, sizeof origin - (size_t)n, "/%s/1", hist_member[author]);
			struct hash h = hash_of(str_of(origin));
			hash_put_hex(&b, &h);
			if (str_find(listing, str_sub(buf_str(&b), 0, 2 * HASH_LEN)) >= 0)
				continue;
			get_log(x, hex, 0);
		}
}

static void
get_all(void *arg)
{
	struct peering *x = arg;
	const char *hex = x->p->c.hex;
	get(x, hex, "charters");
	get(x, hex, "whose/0000000000000000000000000000000000000000000000000000000000000000");
	get(x, hex, "");
	get(x, hex, "nothing");
	get(x, "0000000000000000000000000000000000000000000000000000000000000000", "logs");
	get(x, "00", "logs");
	get(x, hex, "logs");
	struct str listing, rest, line;
	char *copy = malloc(x->reply.n + 1);
	if (!copy)
		return;
	memcpy(copy, x->reply.p, x->reply.n);
	listing = rest = str_bytes(copy, x->reply.n);
	char again[96] = "logs?unlike=";
	struct hash h = hash_of(listing);
	struct buf b = {.p = again, .n = 12, .cap = sizeof again - 1, .max = sizeof again - 1};
	hash_put_hex(&b, &h);
	again[b.n] = 0;
	get(x, hex, again); /* it waits */
	while (str_line(&rest, &line)) {
		struct str id, size;
		char log[2 * HASH_LEN + 1];
		uint64_t n;
		if (!str_cut(line, ' ', &id, &size) || !str_cut(size, ' ', &size, &line) || !str_u64(size, &n) || id.n >= sizeof log)
			continue;
		snprintf(log, sizeof log, "%.*s", STR_FMT(id));
		get_log(x, log, n);
	}
	get_unlisted(x, listing);
	free(copy);
}

static void
look_peers(struct play *p)
{
	for (int i = 0; i < HIST_HOMES && !p->eye->done; i++) {
		struct peering x = {p, i, BUF_INIT(SEEN), BUF_INIT(SEEN)};
		char label[64];
		snprintf(label, sizeof label, "what %s would answer M", hist_member[i]);
		if (i != p->h->m && p->c.node[i] && p->c.run(p->c.ctx, i, get_all, &x))
			eye_see(p->eye, label, buf_str(&x.b));
		buf_done(&x.b);
		buf_done(&x.reply);
	}
}

void
look(struct play *p, bool whole, bool last)
{
	if (p->eye->done)
		return;
	if (!p->h->inside) {
		look_peers(p);
		look_record(p);
	}
	look_node(p, whole, last);
}
