/* Acts, as operations of the nodes. */
#include <stdio.h>
#include <string.h>

#include "base/time.h"
#include "json/dom.h"
#include "json/write.h"
#include "ni/play.h"

static void
put_circle(char *ret, size_t cap, uint64_t circle)
{
	size_t n = 0;
	ret[0] = 0;
	for (int i = 0; i < HIST_ALL; i++)
		if (circle >> i & 1)
			n += (size_t)snprintf(ret + n, cap - n, "%s%s", n ? "." : "", hist_member[i]);
}

/* The id under which a member knows a thing: its owner by its own, others by what was released to a circle with them in it. */
static const char *
known_as(const struct play *p, int thing, int who)
{
	const struct thing *t = &p->h->thing[thing];
	if (t->owner == who)
		return p->id[thing];
	for (int i = p->ngiven - 1; i >= 0; i--)
		if (p->given[i].thing == thing && p->given[i].circle >> who & 1)
			return p->given[i].id;
	return "";
}

static enum err
unknown(const struct play *p, int thing, struct errinfo *e)
{
	(void)p;
	return err_set(e, ERR_NOTFOUND, "thing %d has no id there yet", thing);
}

static enum err
add(struct play *p, const struct act *a, struct errinfo *e)
{
	const struct thing *t = &p->h->thing[a->thing];
	struct buf text = BUF_INIT(64 * KIB), mark = BUF_INIT(KIB);
	char cited[HIST_CITES][80], args[512];
	for (int i = 0; i < t->ncites[p->side]; i++)
		snprintf(cited[i], 80, "%s", known_as(p, t->cites[p->side][i], a->who));
	hist_text(p->h, a->thing, p->side, p->id[a->thing][0] ? p->id[a->thing] : NULL, cited, &text);
	hist_mark(&mark, t->owner, t->level, t->compartment, t->orcon, t->circle);
	if (t->report)
		snprintf(args, sizeof args, "{\"centre\":\"%s\",\"format\":\"report\",\"source\":\"report-%d\"}", p->c.hex, a->thing);
	else
		snprintf(args, sizeof args, "{\"centre\":\"%s\",\"format\":\"stix\",\"source\":\"object-%d\",\"mark\":\"%.*s\"}", p->c.hex, a->thing,
		    STR_FMT(buf_str(&mark)));
	enum err err = centre_add(&p->c, a->who, buf_str(&text), args, &p->reply, e);
	if (err && p->verbose)
		fprintf(stderr, "%.*s\n", STR_FMT(buf_str(&text)));
	ptrdiff_t at = str_find(buf_str(&p->reply), STR("\"report--"));
	if (!err && !t->report)
		hist_id(p->h, a->thing, p->id[a->thing]);
	else if (!err && at >= 0)
		snprintf(p->id[a->thing], 80, "%.44s", p->reply.p + at + 1);
	else if (!err)
		err = err_set(e, ERR_INVALID, "add does not tell the id: %.*s", STR_FMT(str_sub(buf_str(&p->reply), 0, 200)));
	buf_done(&text);
	buf_done(&mark);
	return err;
}

static enum err
release(struct play *p, const struct act *a, struct errinfo *e)
{
	char circle[80], to[80];
	put_circle(circle, sizeof circle, a->circle);
	if (!p->id[a->thing][0])
		return unknown(p, a->thing, e);
	enum err err = centre_op(
	    &p->c, a->who, &p->reply, e, "release", "{\"centre\":\"%s\",\"ids\":[\"%s\"],\"to\":\"%s\"}", p->c.hex, p->id[a->thing], circle);
	if (err)
		return err;
	snprintf(to, sizeof to, "%s", p->id[a->thing]);
	centre_text(buf_str(&p->reply), "items.0.as", to, sizeof to);
	struct given *g = &p->given[p->ngiven++];
	g->thing = a->thing;
	g->circle = a->circle;
	memcpy(g->id, to, sizeof to);
	return OK;
}

static void
reason(const struct act *a, char ret[static 80])
{
	struct buf b = BUF_INIT(80);
	hist_words(&b, a->words, 3);
	snprintf(ret, 80, "%.*s", STR_FMT(buf_str(&b)));
	buf_done(&b);
}

static enum err
recall(struct play *p, const struct act *a, struct errinfo *e)
{
	char why[80], version[80] = "";
	reason(a, why);
	if (!p->id[a->thing][0])
		return unknown(p, a->thing, e);
	if (a->one)
		snprintf(version, sizeof version, ",\"modified\":\"2015-09-%02dT06:00:00.000Z\"", hist_day(p->h, a->thing));
	return centre_op(&p->c, a->who, &p->reply, e, "recall", "{\"centre\":\"%s\",\"id\":\"%s\",\"action\":\"%s\",\"reason\":\"%s\"%s}", p->c.hex,
	    p->id[a->thing], a->yes ? "corrected" : "recalled", why, version);
}

static enum err
request(struct play *p, const struct act *a, struct errinfo *e)
{
	char circle[80], why[80];
	const char *id = known_as(p, a->thing, a->who);
	reason(a, why);
	put_circle(circle, sizeof circle, a->circle);
	if (!*id)
		return unknown(p, a->thing, e);
	return centre_op(
	    &p->c, a->who, &p->reply, e, "request", "{\"centre\":\"%s\",\"id\":\"%s\",\"to\":\"%s\",\"reason\":\"%s\"}", p->c.hex, id, circle, why);
}

static enum err
consent(struct play *p, const struct act *a, struct errinfo *e)
{
	char circle[80], why[80];
	const char *id = known_as(p, a->thing, a->with);
	reason(a, why);
	put_circle(circle, sizeof circle, a->circle);
	if (!*id)
		return unknown(p, a->thing, e);
	return centre_op(&p->c, a->who, &p->reply, e, "consent",
	    "{\"centre\":\"%s\",\"id\":\"%s\",\"to\":\"%s\",\"member\":\"%s\",\"granted\":%s,\"reason\":\"%s\"}", p->c.hex, id, circle,
	    hist_member[a->with], a->yes ? "true" : "false", why);
}

static enum err
grade(struct play *p, const struct act *a, struct errinfo *e)
{
	const char *id = known_as(p, a->thing, a->who);
	if (!*id)
		return unknown(p, a->thing, e);
	return centre_op(&p->c, a->who, &p->reply, e, "grade", "{\"centre\":\"%s\",\"id\":\"%s\",\"grade\":\"%c%u\",\"reason\":\"our view\"}",
	    p->c.hex, id, (int)('A' + a->words % 5), 1 + a->words % 5);
}

/* Exchanges: what M asks, what it gets, and what others ask of M. */

struct watched {
	struct play *p;
	struct transport t;
	struct centre_link link;
};

static enum err
watched_get(void *ctx, struct str path, struct buf *ret, struct errinfo *e)
{
	struct watched *x = ctx;
	struct play *p = x->p;
	size_t from = ret->n;
	struct errinfo why = {0};
	enum err err = x->t.get(x->t.ctx, path, ret, &why);
	if (e)
		*e = why;
	if (x->link.server == p->h->m && !p->h->inside)
		eye_see(p->eye, "a peer asks M for", path);
	if (x->link.asker == p->h->m && !p->h->inside) {
		eye_see(p->eye, "M asks a peer for", path);
		eye_see(p->eye, "a peer answers M", err ? str_of(why.msg) : str_sub(buf_str(ret), from, ret->n));
	}
	return err;
}

static enum err
sync(struct play *p, const struct act *a, struct errinfo *e)
{
	struct watched x = {.p = p};
	char args[128];
	x.t = centre_transport(&x.link, &p->c, a->who, a->with);
	struct transport t = {.ctx = &x, .get = watched_get, .name = x.t.name};
	snprintf(args, sizeof args, "{\"centre\":\"%s\"}", p->c.hex);
	struct node_call call = {.op = STR("sync"), .args = str_of(args), .peer = &t};
	return centre_call(&p->c, a->who, &call, &p->reply, e);
}

static enum err
pouch(struct play *p, const struct act *a, struct errinfo *e)
{
	struct buf file = BUF_INIT(8 * MIB);
	struct sink out = sink_to_buf(&file);
	char args[256];
	snprintf(args, sizeof args, "{\"centre\":\"%s\",\"to\":[\"%s\"]}", p->c.hex, hist_member[a->who]);
	struct node_call pack = {.op = STR("pouch-pack"), .args = str_of(args), .out = &out};
	enum err err = centre_call(&p->c, a->with, &pack, &p->reply, e);
	if (!err) {
		struct str rest = buf_str(&file);
		struct source in = source_of_str(&rest);
		char open_args[128];
		snprintf(open_args, sizeof open_args, "{\"centre\":\"%s\"}", p->c.hex);
		struct node_call open = {.op = STR("pouch-open"), .args = str_of(open_args), .in = &in};
		err = centre_call(&p->c, a->who, &open, &p->reply, e);
	}
	buf_done(&file);
	return err;
}

/* A node's household. */

static enum err
backup(struct play *p, const struct act *a, struct errinfo *e)
{
	simworld_kill(p->w, HIST_ALL);
	simdisk_forget(simworld_disk(p->w, HIST_ALL));
	simdisk_restore(simworld_disk(p->w, HIST_ALL), p->empty);
	struct node_call call = {
	    .op = STR("backup"), .args = STR("{\"passphrase\":\"a long passphrase of six words\"}"), .to = simworld_env(p->w, HIST_ALL)};
	return centre_call(&p->c, a->who, &call, &p->reply, e);
}

static enum err
die(struct play *p, const struct act *a, struct errinfo *e)
{
	simworld_power(p->w, a->who);
	p->c.node[a->who] = NULL;
	return centre_open(&p->c, a->who, e);
}

/* The string member of the reply, as JSON text, after what is in b. */
static enum err
take(struct play *p, const char *name, struct buf *b, struct errinfo *e)
{
	struct arena a = ARENA_INIT(LIMIT_OBJECT_ARENA);
	const struct json *j;
	struct str s;
	enum err err = json_parse(&a, buf_str(&p->reply), &j, e);
	if (!err && !json_get_str(j, str_of(name), &s))
		err = err_set(e, ERR_INVALID, "no %s in the reply: %.*s", name, STR_FMT(str_sub(buf_str(&p->reply), 0, 300)));
	if (!err) {
		if (b->n)
			buf_putc(b, ',');
		json_escape_put(b, s);
	}
	arena_done(&a);
	return err;
}

static enum err
found(struct play *p, const int home[2], struct buf *cards, struct buf *charter, struct buf *votes, struct buf *lines, char id[static 65],
    struct errinfo *e)
{
	enum err err;
	for (int i = 0; i < 2; i++)
		if ((err = centre_op(&p->c, home[i], &p->reply, e, "card", "{}")) || (err = take(p, "card", cards, e)))
			return err;
	if ((err = centre_op(&p->c, home[0], &p->reply, e, "charter-propose",
		 "{\"name\":\"Two\",\"cards\":[%.*s],\"first\":\"2015-10-01\",\"from\":\"2015-10-01\",\"term\":\"P1M\"}", STR_FMT(buf_str(cards)))) ||
	    (err = take(p, "charter", charter, e)))
		return err;
	for (int i = 0; i < 2; i++)
		if ((err = centre_op(&p->c, home[i], &p->reply, e, "charter-sign", "{\"charter\":%.*s}", STR_FMT(buf_str(charter)))) ||
		    (err = take(p, "vote", votes, e)))
			return err;
	if ((err = centre_op(&p->c, home[0], &p->reply, e, "charter-assemble", "{\"charter\":%.*s,\"votes\":[%.*s]}", STR_FMT(buf_str(charter)),
		 STR_FMT(buf_str(votes)))) ||
	    (err = take(p, "signed", lines, e)))
		return err;
	for (int i = 0; i < 2; i++)
		if ((err = centre_op(&p->c, home[i], &p->reply, e, "charter-install", "{\"lines\":%.*s}", STR_FMT(buf_str(lines)))))
			return err;
	if (!centre_text(buf_str(&p->reply), "centre_id", id, 65))
		return err_set(e, ERR_INVALID, "charter-install does not tell the centre's id");
	return OK;
}

/* A centre of two of the members, and something released in it. */
static enum err
two(struct play *p, const struct act *a, struct errinfo *e)
{
	struct buf cards = BUF_INIT(MIB), charter = BUF_INIT(MIB), votes = BUF_INIT(MIB), lines = BUF_INIT(MIB);
	const int home[2] = {a->who, a->with};
	char main_centre[65], id[65];
	enum err err = found(p, home, &cards, &charter, &votes, &lines, id, e);
	buf_done(&cards);
	buf_done(&charter);
	buf_done(&votes);
	buf_done(&lines);
	if (err)
		return err;
	memcpy(main_centre, p->c.hex, sizeof id);
	memcpy(p->c.hex, id, sizeof id);
	const struct act then = {.kind = ACT_RELEASE, .who = a->who, .thing = a->thing, .circle = UINT64_C(1) << a->who | UINT64_C(1) << a->with};
	const struct act fetch = {.kind = ACT_SYNC, .who = a->with, .with = a->who};
	if (!(err = add(p, &then, e)) && !(err = release(p, &then, e)))
		err = sync(p, &fetch, e);
	memcpy(p->c.hex, main_centre, sizeof id);
	return err;
}

/* Compartments are the home's own to name. */
enum err
act_config(struct play *p, int home, struct errinfo *e)
{
	return centre_op(&p->c, home, &p->reply, e, "config", "{\"name\":\"compartments\",\"value\":\"ALPHA BRAVO\"}");
}

/* Governing: seen by all, and the same on both sides. */

static enum err
leave(struct play *p, const struct act *a, struct errinfo *e)
{
	char args[80];
	snprintf(args, sizeof args, "\"leave\":[\"%s\"]", hist_member[a->with]);
	return centre_amend(&p->c, a->who, (UINT64_C(1) << HIST_HOMES) - 1, args, e);
}

/* From the next minute on. */
static enum err
join(struct play *p, const struct act *a, struct errinfo *e)
{
	struct buf card = BUF_INIT(64 * KIB), args = BUF_INIT(128 * KIB), lines = BUF_INIT(MIB);
	enum err err;
	p->c.n = HIST_ALL;
	if ((err = centre_make(&p->c, a->with, e)) || (err = centre_open(&p->c, a->with, e)) ||
	    (err = centre_op(&p->c, a->with, &p->reply, e, "card", "{}")) || (err = take(p, "card", &card, e)))
		goto out;
	buf_printf(&args, "\"cards\":[%.*s],\"from\":\"", STR_FMT(buf_str(&card)));
	time_put(&args, simworld_now(p->w) + TIME_MINUTE);
	buf_puts(&args, "\"");
	buf_putc(&args, 0);
	if (!(err = centre_amend(&p->c, a->who, (UINT64_C(1) << HIST_ALL) - 1, args.p, e)) &&
	    !(err = centre_op(&p->c, a->who, &p->reply, e, "charter-export", "{\"centre\":\"%s\"}", p->c.hex)) &&
	    !(err = take(p, "lines", &lines, e)))
		err = centre_op(&p->c, a->with, &p->reply, e, "charter-install", "{\"lines\":%.*s}", STR_FMT(buf_str(&lines)));
	if (!err)
		err = act_config(p, a->with, e);
out:
	buf_done(&card);
	buf_done(&args);
	buf_done(&lines);
	return err;
}

/* who releases thing, one of its circle fetches it; who's disk is put back to before that, it releases another, `with` fetches that; and the two
 * meet. On the side that does not lie all of it happens but the releases, since who asks whom when is for M to see. */
static enum err
fork_two(struct play *p, const struct act *a, struct errinfo *e)
{
	uint64_t rest = a->circle & ~(UINT64_C(1) << a->who | UINT64_C(1) << a->with);
	int first = __builtin_ctzll(rest);
	bool lies = a->words >> p->side & 1;
	struct act say = *a, hear = {.kind = ACT_SYNC, .who = first, .with = a->who}, tell = {.kind = ACT_SYNC, .who = a->with, .with = a->who},
		   meet = {.kind = ACT_SYNC, .who = a->with, .with = first};
	struct simdisk_image *im;
	enum err err;
	centre_close(&p->c, a->who);
	im = simdisk_snapshot(simworld_disk(p->w, a->who));
	if ((err = centre_open(&p->c, a->who, e)) || (lies && (err = release(p, &say, e))) || (err = sync(p, &hear, e)))
		goto out;
	centre_close(&p->c, a->who);
	simworld_kill(p->w, a->who);
	simdisk_restore(simworld_disk(p->w, a->who), im);
	say.thing++;
	if ((err = centre_open(&p->c, a->who, e)) || (lies && (err = release(p, &say, e))) || (err = sync(p, &tell, e)))
		goto out;
	err = sync(p, &meet, e);
	if (err == ERR_FORK)
		err = OK;
out:
	simdisk_image_free(im);
	return err;
}

static enum err
one(struct play *p, const struct act *a, struct errinfo *e)
{
	char name[32];
	snprintf(name, sizeof name, "{\"source\":\"bad-%u\"}", a->words);
	switch (a->kind) {
	case ACT_ADD:
		return add(p, a, e);
	case ACT_RELEASE:
		return release(p, a, e);
	case ACT_RECALL:
		return recall(p, a, e);
	case ACT_REQUEST:
		return request(p, a, e);
	case ACT_CONSENT:
		return consent(p, a, e);
	case ACT_GRADE:
		return grade(p, a, e);
	case ACT_SYNC:
		return sync(p, a, e);
	case ACT_POUCH:
		return pouch(p, a, e);
	case ACT_BAD: {
		enum err err = centre_add(&p->c, a->who, STR("{\"type\":\"tool\",\"id\":\"nothing of the kind\"}\n"), name, &p->reply, e);
		return err == ERR_INVALID || err == ERR_SYNTAX ? OK : err;
	}
	case ACT_BACKUP:
		return backup(p, a, e);
	case ACT_REBUILD:
		return centre_op(&p->c, a->who, &p->reply, e, "rebuild", "{}");
	case ACT_VERIFY:
		return centre_op(&p->c, a->who, &p->reply, e, "verify", "{}");
	case ACT_DIE:
		return die(p, a, e);
	case ACT_CENTRE:
		return two(p, a, e);
	case ACT_KEY:
		return centre_op(&p->c, a->who, &p->reply, e, "key", "{\"rotate\":true}");
	case ACT_JOIN:
		return join(p, a, e);
	case ACT_LEAVE:
		return leave(p, a, e);
	case ACT_FORK:
		return fork_two(p, a, e);
	case ACT_KINDS:
		break;
	}
	return err_set(e, ERR_INVALID, "no such act");
}

enum err
act_do(struct play *p, const struct act *a, struct errinfo *e)
{
	memset(e, 0, sizeof *e);
	buf_clear(&p->reply);
	enum err err = one(p, a, e);
	if (a->who == p->h->m && !p->h->inside)
		eye_see(p->eye, "M's own operation gives", err ? str_of(e->msg) : buf_str(&p->reply));
	return err;
}
