#include "ni/play.h"

#include <stdio.h>
#include <string.h>

#include "base/time.h"

#define START INT64_C(1443657600000000) /* 2015-10-01 */

static bool
run_step(void *ctx, int home, void (*fn)(void *arg), void *arg)
{
	struct play *p = ctx;
	if (simworld_run_step(p->w, home, fn, arg) == SIM_DONE)
		return true;
	simworld_kill(p->w, home);
	return false;
}

static enum err
begin(struct play *p, struct errinfo *e)
{
	/* the place after the last home is for backups */
	if (!(p->w = simworld_new(p->h->seed, HIST_ALL + 1, START)))
		return err_nomem(e);
	enum err err = budget_new((struct budget_rate){.requests = PLAY_REQUESTS}, &p->budget, e);
	if (err)
		return err;
	p->empty = simdisk_snapshot(simworld_disk(p->w, HIST_ALL));
	p->c = (struct centre){.n = HIST_HOMES, .run = run_step, .ctx = p};
	for (int i = 0; i < HIST_ALL; i++) {
		p->c.env[i] = simworld_env(p->w, i);
		p->c.id[i] = hist_member[i];
	}
	err = centre_found(&p->c, NULL, e);
	for (int i = 0; i < HIST_HOMES && !err; i++)
		err = act_config(p, i, e);
	return err;
}

/* M's own node and the record behind it change by what M does and by its exchanges; what others would answer can change with every act. */
static bool
concerns_m(const struct hist *h, const struct act *a)
{
	return a->who == h->m || ((a->kind == ACT_SYNC || a->kind == ACT_POUCH) && a->with == h->m);
}

enum err
play(const struct hist *h, int side, struct eye *eye, bool verbose, struct play *p, struct errinfo *e)
{
	struct buf say = BUF_INIT(KIB);
	int64_t at = START;
	*p = (struct play){.h = h, .side = side, .eye = eye, .verbose = verbose, .reply = BUF_INIT(16 * MIB)};
	enum err err = begin(p, e);
	if (err)
		return err;
	look(p, true, false);
	for (int i = 0, in_slot = 0; i < h->nact && !eye->done; i++) {
		const struct act *a = &h->act[i];
		struct errinfo why;
		in_slot = i && h->act[i - 1].slot == a->slot ? in_slot + 1 : 0;
		int64_t then = START + a->slot * h->slot + in_slot * TIME_SECOND;
		simworld_advance(p->w, then - at); /* the same moment on both sides, whether or not this side does something then */
		at = then;
		buf_clear(&say);
		hist_say(h, a, &say);
		eye->step = buf_str(&say);
		if (a->side >> side & 1) {
			if ((err = act_do(p, a, &why)) == OK) {
				p->kinds[a->kind]++;
			} else {
				p->failed++;
				p->failed_visible += a->side == SIDE_BOTH;
				p->done--;
			}
			p->done++;
			if (verbose)
				fprintf(stderr, "%c %.*s%s%s%s%s\n", 'A' + side, STR_FMT(buf_str(&say)), err ? ": " : "", err ? why.msg : "",
				    err && why.hint[0] ? "; " : "", err ? why.hint : "");
		}
		look(p, concerns_m(h, a) || h->inside || i + 1 == h->nact, i + 1 == h->nact);
	}
	eye_end(eye);
	eye->step = STR_NONE;
	buf_done(&say);
	return OK;
}

void
play_done(struct play *p)
{
	if (p->w) {
		centre_close_all(&p->c);
		simdisk_image_free(p->empty);
		simworld_free(p->w);
	}
	budget_free(p->budget);
	buf_done(&p->reply);
}
