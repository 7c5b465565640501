/* epoch: found by looking through the logs of the centre: epochs are few. */
#include "share/epoch.h"

#include "share/rules.h"

struct finding {
	struct share *s;
	const struct share_centre *c;
	const struct record_log *log;
	struct rules rules;
	struct buf line;
	uint32_t epoch; /* of the link found */
	struct epoch_said said;
};

static enum err
read_link(struct finding *f, const struct record_log *later, struct errinfo *e)
{
	struct record_entry kept;
	struct record_log before;
	struct errinfo why = {0};
	struct entry x;
	struct hash h, root;
	uint64_t size;
	buf_clear(&f->line);
	enum err err = record_entry_get(f->s->store, later->no, 0, &f->line, &kept, e);
	if (err)
		return err == ERR_NOTFOUND ? OK : err;
	if (kept.first == ENTRY_MALFORMED || entry_charter(kept.bytes, &h, &why))
		return OK;
	if (!(err = rules_read(&f->rules, &h, later->circle, kept.bytes, &x, &why)) && x.kind == ENTRY_EPOCH &&
	    !(err = rules_link(f->c, f->rules.now, later, x.checkpoint, &before, &size, &root, &why)) && hash_eq(&before.id, &f->log->id)) {
		f->said = (struct epoch_said){true, size, x.gap, x.gap ? x.held : 0};
		f->epoch = later->epoch;
	}
	if (err == ERR_NOMEM && e)
		*e = why;
	return err == ERR_NOMEM ? err : OK;
}

static enum err
see_later(void *ctx, const struct record_log *log, struct errinfo *e)
{
	struct finding *f = ctx;
	if (log->circle != f->log->circle || log->author != f->log->author || log->epoch <= f->log->epoch || (f->said.any && log->epoch >= f->epoch))
		return OK;
	return read_link(f, log, e);
}

enum err
epoch_said_of(struct share *s, const struct share_centre *c, const struct record_log *log, struct epoch_said *ret, struct errinfo *e)
{
	struct finding f = {.s = s, .c = c, .log = log, .line = BUF_INIT(UINT16_MAX)};
	enum err err = rules_init(&f.rules, c, s->env->now(s->env->ctx), e);
	if (!err)
		err = record_log_each(s->store, log->centre, see_later, &f, e);
	rules_done(&f.rules);
	buf_done(&f.line);
	if (!err)
		*ret = f.said;
	return err;
}

enum err
epoch_admits(struct share *s, const struct share_centre *c, const struct record_log *log, uint64_t *ret, struct errinfo *e)
{
	struct epoch_said said;
	enum err err = epoch_said_of(s, c, log, &said, e);
	if (!err)
		*ret = said.any ? said.admitted : log->edge.size;
	return err;
}
