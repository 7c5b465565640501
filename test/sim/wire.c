#include "sim/wire.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/disk_int.h"

const struct weather weather_calm = {0};
const struct weather weather_rain = {.lost = 60, .twice = 20};
const struct weather weather_storm = {.lost = 40, .twice = 20, .late = 20, .altered = 25, .cut = 40};

struct asking {
	struct wire *wire;
	struct str path, asker;
	struct buf *out;
	struct errinfo *e;
	enum err err;
};

static void
serve(void *arg)
{
	struct asking *a = arg;
	struct centre *c = &a->wire->h->c;
	a->err = centre_answer(c->node[a->wire->server], str_of(c->hex), a->asker, a->path, a->out, a->e);
}

/* That a log exists is told by its name already: every origin in a reply is of a circle with the asker in it. */
static void
check_origins(struct wire *wire, struct str path, struct str bytes)
{
	struct history *h = wire->h;
	struct str circle, author, one, rest = bytes;
	const char *me = h->c.id[wire->asker];
	ptrdiff_t at;
	while ((at = str_find(rest, STR("comity/"))) >= 0) {
		bool mine = false;
		rest = str_sub(rest, (size_t)at + 7, rest.n);
		if (!str_starts(rest, str_of(h->c.hex)) || !str_cut(str_sub(rest, 65, rest.n > 200 ? 200 : rest.n), '/', &circle, &author) ||
		    author.n < 3 || str_chr(circle, ' ') >= 0)
			continue; /* a member's name as a witness has no circle */
		for (struct str left = circle; left.n;) {
			str_cut(left, '.', &one, &left);
			mine |= str_is(one, me);
		}
		if (!mine)
			history_wrong(h, "home %d gave %s what was not released to it: the name of a log for %.*s, in the reply to %.*s",
			    wire->server, me, STR_FMT(circle), STR_FMT(path));
	}
}

/* Whoever gets these bytes gets these words. */
static void
check_reply(struct wire *wire, struct str path, struct str bytes)
{
	struct history *h = wire->h;
	int to = h->home[wire->asker].member, word;
	size_t at = 0;
	check_origins(wire, path, bytes);
	while ((word = truth_next(&h->truth, bytes, &at)) >= 0)
		if (!(h->truth.word[word].may & bit(to)))
			history_wrong(h, "home %d gave %s what was not released to it: %s of %s, in the reply to %.*s", wire->server,
			    h->c.id[wire->asker], h->truth.word[word].what, h->c.id[h->truth.word[word].owner], STR_FMT(path));
}

static void
save(struct wire *wire, struct str path, struct str bytes)
{
	struct history *h = wire->h;
	struct saved_reply *s = &h->saved[h->nsaved++ % HIST_SAVED];
	free(s->path);
	free((char *)s->bytes.p);
	*s = (struct saved_reply){wire->asker, wire->server, sim_alloc(path.n + 1), {sim_alloc(bytes.n + 1), bytes.n}};
	memcpy(s->path, path.p, path.n);
	s->path[path.n] = 0;
	if (bytes.n)
		memcpy((char *)s->bytes.p, bytes.p, bytes.n);
}

void
wire_forget(struct history *h)
{
	for (size_t i = 0; i < HIST_SAVED; i++) {
		free(h->saved[i].path);
		free((char *)h->saved[i].bytes.p);
	}
	memset(h->saved, 0, sizeof h->saved);
	h->nsaved = 0;
}

void
wire_garble(struct simrng *dice, struct buf *b)
{
	if (b->n == 0) {
		buf_puts(b, "?");
		return;
	}
	size_t at = (size_t)simrng_below(dice, b->n);
	switch (simrng_below(dice, 7)) {
	case 0: /* a bit */
		b->p[at] = (char)(b->p[at] ^ 1 << simrng_below(dice, 8));
		break;
	case 1: /* a byte */
		b->p[at] = (char)simrng_next(dice);
		break;
	case 2:
		buf_cut(b, at);
		break;
	case 3: /* something more */
		for (uint64_t i = simrng_below(dice, 60) + 1; i; i--)
			buf_putc(b, (char)simrng_next(dice));
		break;
	case 4: { /* digits count otherwise */
		for (size_t i = at; i < b->n; i++)
			if (b->p[i] >= '0' && b->p[i] <= '9') {
				b->p[i] = (char)('0' + simrng_below(dice, 10));
				break;
			}
		break;
	}
	case 5: { /* a line is missing */
		char *from = memchr(b->p + at, '\n', b->n - at);
		char *to = from ? memchr(from + 1, '\n', (size_t)(b->p + b->n - from) - 1) : NULL;
		if (to) {
			memmove(from, to, (size_t)(b->p + b->n - to));
			buf_cut(b, b->n - (size_t)(to - from));
		} else {
			buf_cut(b, at);
		}
		break;
	}
	default: /* the beginning again at the end */
		for (size_t i = 0, n = at < 4000 ? at : 4000; i < n; i++)
			buf_putc(b, b->p[i]);
	}
}

/* A reply of before to the same question, or (one time in four) to another of the same exchange. */
static bool
late(struct wire *wire, struct str path, struct buf *out)
{
	struct history *h = wire->h;
	bool any = simrng_once_in(&h->dice, 4);
	size_t n = h->nsaved < HIST_SAVED ? h->nsaved : HIST_SAVED, from = n ? (size_t)simrng_below(&h->dice, n) : 0;
	for (size_t i = 0; i < n; i++) {
		const struct saved_reply *s = &h->saved[(from + i) % n];
		if (s->asker != wire->asker || s->server != wire->server || (!any && !str_is(path, s->path)))
			continue;
		buf_clear(out);
		buf_put(out, s->bytes);
		return true;
	}
	return false;
}

static bool
happens(struct wire *wire, unsigned once_in)
{
	return once_in && simrng_once_in(&wire->h->dice, once_in);
}

/* What the weather makes of a reply. False: it is lost. */
static bool
suffer(struct wire *wire, struct str path, struct buf *out)
{
	struct history *h = wire->h;
	bool garbler = h->garbler == h->home[wire->server].member && !h->calm;
	bool whole = h->home[wire->asker].restored && str_ends(path, STR("logs"));
	if (happens(wire, wire->w.lost)) {
		wire->touched = true;
		return false;
	}
	if (whole)
		return true;
	if (happens(wire, wire->w.late) && late(wire, path, out))
		wire->touched = true;
	if (happens(wire, wire->w.altered) || (garbler && simrng_once_in(&h->dice, 2))) {
		wire_garble(&h->dice, out);
		wire->touched = true;
		h->garbled++;
	}
	if (happens(wire, wire->w.cut) && out->n) {
		buf_cut(out, (size_t)simrng_below(&h->dice, out->n));
		wire->touched = true;
	}
	return true;
}

static enum err
get(void *ctx, struct str path, struct buf *ret, struct errinfo *e)
{
	struct wire *wire = ctx;
	struct history *h = wire->h;
	struct home *server = &h->home[wire->server];
	struct buf out = BUF_INIT(32 * MIB);
	int as = wire->asker;
	if (!h->c.node[wire->server] || server->fell != HOME_WELL)
		return err_set(e, ERR_IO, "%s: no answer", wire->name);
	if (h->plant == PLANT_TELL) /* the peer takes the asker for another */
		as = (int)simrng_below(&h->dice, (uint64_t)h->n);
	struct asking a = {wire, path, str_of(h->c.id[as]), &out, e, OK};
	int times = happens(wire, wire->w.twice) ? 2 : 1;
	bool died = false;
	while (times-- && !died) {
		buf_clear(&out);
		died = !history_step(h, wire->server, serve, &a);
	}
	if (died || server->fell != HOME_WELL) {
		wire->touched = true;
		a.err = err_set(e, ERR_IO, "%s: no answer any more", wire->name);
	} else if (!a.err) {
		check_reply(wire, path, buf_str(&out));
		save(wire, path, buf_str(&out));
	} else if (a.err != ERR_NOTFOUND) {
		if (!h->calm)
			wire->touched = true;
		else
			history_wrong(h, "home %d cannot answer %.*s: %s: %s", wire->server, STR_FMT(path), err_name(a.err), e ? e->msg : "");
		a.err = err_set(e, ERR_IO, "%s: no answer", wire->name);
	}
	if (!a.err) {
		if (!suffer(wire, path, &out))
			a.err = err_set(e, ERR_IO, "%s: the reply is lost", wire->name);
		else
			buf_put(ret, buf_str(&out));
	}
	buf_done(&out);
	struct str all;
	return a.err ? a.err : buf_take(ret, &all, e);
}

struct transport
wire_transport(struct wire *wire, struct history *h, int asker, int server, const struct weather *w)
{
	*wire = (struct wire){.h = h, .asker = asker, .server = server, .w = *w};
	snprintf(wire->name, sizeof wire->name, "home %d", server);
	/* every other pair is far from each other: then payloads are asked for by many, and nothing is open while they are waited for */
	bool far = (asker + server) & 1;
	return (struct transport){.ctx = wire, .get = get, .name = wire->name, .far = far, .sure = far};
}
