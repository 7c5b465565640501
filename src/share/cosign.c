#include "share/cosign.h"

#include <string.h>

#include "base/leak.h"
#include "share/origin.h"

enum { NAME_MAX_BYTES = 96, EPOCHS_TRIED = 64 };

/* The key of one of the member's epochs that made the line: a line names its key by four bytes. Newest first, so that an epoch number of a stranger's
 * choosing costs little. */
static bool
check_with_keys(const struct share_centre *c, int64_t now, int member, struct str text, const struct merkle_note_sig *sig, struct cosign_line *ret)
{
	struct roster_member m;
	if (roster_at(c->roster, now + LIMIT_FUTURE_SECONDS * TIME_SECOND, member, &m, NULL))
		return false;
	for (uint32_t epoch = m.keys.epoch, tried = 0; epoch > 0 && tried < EPOCHS_TRIED;
	     epoch = roster_epoch_below(c->roster, member, epoch), tried++) {
		struct roster_log_key k;
		struct merkle_note_key key;
		struct sign_public pub;
		if (origin_key(c, now, member, epoch, &k, NULL))
			continue;
		memcpy(pub.b, k.key, sizeof pub.b);
		if (merkle_note_key_make(sig->name, MERKLE_NOTE_COSIGNATURE, &pub, &key, NULL) || key.id != sig->id)
			continue;
		if (!merkle_note_sig_check(text, sig, &key, &ret->time, NULL)) {
			ret->revoked = ret->time >= k.revoked_from;
			return true;
		}
	}
	return false;
}

static int
member_named(const struct share_centre *c, struct str name)
{
	char space[NAME_MAX_BYTES];
	struct buf b = {.p = space, .cap = sizeof space, .max = sizeof space};
	ptrdiff_t slash = str_chr(name, '/');
	if (slash < 0 || name.n < (size_t)slash + 1 + 2 * HASH_LEN + 1)
		return -1;
	int member = label_policy_member(c->policy, str_sub(name, (size_t)slash + 1 + 2 * HASH_LEN + 1, name.n));
	if (member < 0)
		return -1;
	origin_witness(c, member, &b);
	return buf_ok(&b) && str_eq(buf_str(&b), name) ? member : -1;
}

bool
cosign_made(const struct share_centre *c, int64_t now, const struct record_log *log, struct str text, const struct merkle_note_sig *sig,
    struct cosign_line *ret)
{
	struct cosign_line r = {.member = member_named(c, sig->name), .line = sig->line};
	if (r.member < 0 || r.member == log->author || !(log->circle >> r.member & 1))
		return false;
	if (!check_with_keys(c, now, r.member, text, sig, &r) || (r.time > now && r.time - now > LIMIT_FUTURE_SECONDS * TIME_SECOND))
		return false;
	*ret = r;
	return true;
}

bool
cosign_check(const struct share_centre *c, int64_t now, const struct record_log *log, struct str text, const struct merkle_note_sig *sig,
    struct cosign_line *ret)
{
	return cosign_made(c, now, log, text, sig, ret) && !ret->revoked;
}

size_t
cosign_of_note(const struct share_centre *c, int64_t now, const struct record_log *log, const struct merkle_note *note,
    struct cosign_line ret[static MERKLE_NOTE_SIGS])
{
	struct cosign_line of[LIMIT_MEMBERS] = {{0}}, one;
	size_t n = 0;
	for (size_t i = 0; i < note->nsigs; i++)
		if (cosign_check(c, now, log, note->text, &note->sigs[i], &one) && (!of[one.member].line.n || one.time < of[one.member].time))
			of[one.member] = one;
	for (int m = 0; m < LIMIT_MEMBERS; m++)
		if (of[m].line.n)
			ret[n++] = of[m];
	return n;
}

enum err
cosign_bare(const struct record_log *log, const struct sign_public *key, const struct merkle_note *note, struct buf *ret, struct errinfo *e)
{
	struct merkle_note_key k;
	enum err err = merkle_note_key_make(str_of(log->origin), MERKLE_NOTE_ED25519, key, &k, e);
	if (err)
		return err;
	buf_put(ret, note->text);
	buf_putc(ret, '\n');
	for (size_t i = 0; i < note->nsigs; i++) {
		if (note->sigs[i].id != k.id || !str_eq(note->sigs[i].name, k.name))
			continue;
		buf_put(ret, note->sigs[i].line);
		break;
	}
	return OK;
}

bool
cosign_note_counts(
    const struct share_centre *c, int64_t now, const struct record_log *log, const struct roster_log_key *key, const struct merkle_note *note)
{
	struct cosign_line lines[MERKLE_NOTE_SIGS];
	int64_t first = TIME_NEVER;
	if (key->revoked_from == TIME_NEVER)
		return true;
	size_t n = cosign_of_note(c, now, log, note, lines);
	for (size_t i = 0; i < n; i++)
		if (lines[i].time < first)
			first = lines[i].time;
	return roster_key_counts(key, first);
}

struct kept {
	uint64_t size;
	int64_t time[LIMIT_MEMBERS]; /* TIME_NEVER = none */
};

static enum err
see_kept(void *ctx, uint64_t size, int member, int64_t time, struct str line, struct errinfo *e)
{
	struct kept *k = ctx;
	(void)line;
	(void)e;
	if (size != k->size)
		return ERR_STOPPED; /* they come by size: the rest is of others */
	if (member >= 0 && member < LIMIT_MEMBERS)
		k->time[member] = time;
	return OK;
}

static enum err
read_kept(struct share *s, const struct record_log *log, uint64_t size, struct kept *k, struct errinfo *e)
{
	k->size = size;
	for (int i = 0; i < LIMIT_MEMBERS; i++)
		k->time[i] = TIME_NEVER;
	enum err err = log->no ? record_cosig_each(s->store, log->no, size, see_kept, k, e) : OK;
	return err == ERR_STOPPED ? OK : err;
}

/* Whether this home countersigns this log now. */
static bool
can_cosign(struct share *s, const struct share_centre *c, const struct record_log *log)
{
	struct roster_member m;
	if (!s->log_key || c->me < 0 || log->author == c->me || roster_at(c->roster, s->env->now(s->env->ctx), c->me, &m, NULL))
		return false;
	struct sign_public mine = sign_key_public(s->log_key);
	return memcmp(mine.b, m.keys.log, sizeof mine.b) == 0;
}

static enum err
cosign(struct share *s, const struct share_centre *c, const struct record_log *log, const struct merkle_note *note, uint64_t size, int64_t now,
    struct errinfo *e)
{
	char space[NAME_MAX_BYTES], space_line[512];
	struct buf name = {.p = space, .cap = sizeof space, .max = sizeof space},
		   line = {.p = space_line, .cap = sizeof space_line, .max = sizeof space_line};
	struct str all;
	enum err err;
	if (LEAK(COSIG_HOME)) {
		uint64_t n = 0;
		(void)!record_arrival_last(s->store, &n, NULL);
		now += (int64_t)(n % 200) * TIME_SECOND;
	}
	origin_witness(c, c->me, &name);
	if ((err = merkle_note_cosign(note->text, buf_str(&name), s->log_key, now, &line, e)) || (err = buf_take(&line, &all, e)))
		return err;
	return record_cosig_made(s->store, log->no, size, c->me, now - now % TIME_SECOND, all, now, e);
}

static enum err
walk(struct share *s, const struct share_centre *c, const struct record_log *log, const struct merkle_note *note, uint64_t size, bool mine,
    bool write, uint32_t *ret_new, bool *ret_news, struct errinfo *e)
{
	struct cosign_line lines[MERKLE_NOTE_SIGS];
	struct kept k;
	int64_t now = s->env->now(s->env->ctx);
	enum err err = read_kept(s, log, size, &k, e);
	size_t n = err ? 0 : cosign_of_note(c, now, log, note, lines);
	for (size_t i = 0; i < n && !err; i++) {
		bool fresh = k.time[lines[i].member] == TIME_NEVER;
		if (lines[i].time >= k.time[lines[i].member])
			continue;
		*ret_news = true;
		*ret_new += fresh && lines[i].member != c->me;
		k.time[lines[i].member] = lines[i].time;
		if (write)
			err = record_cosig_put(s->store, log->no, size, lines[i].member, lines[i].time, lines[i].line, NULL, e);
	}
	if (err || !mine || !can_cosign(s, c, log) || k.time[c->me] != TIME_NEVER || now < 0)
		return err;
	*ret_news = true;
	return write ? cosign(s, c, log, note, size, now, e) : OK;
}

enum err
cosign_keep(struct share *s, const struct share_centre *c, const struct record_log *log, const struct merkle_note *note, uint64_t size, bool mine,
    uint32_t *ret_new, struct errinfo *e)
{
	uint32_t n = 0;
	bool news = false;
	enum err err = walk(s, c, log, note, size, mine, true, &n, &news, e);
	if (!err)
		*ret_new = n;
	return err;
}

enum err
cosign_has_news(struct share *s, const struct share_centre *c, const struct record_log *log, const struct merkle_note *note, uint64_t size, bool mine,
    bool *ret, struct errinfo *e)
{
	uint32_t n = 0;
	bool news = false;
	enum err err = walk(s, c, log, note, size, mine, false, &n, &news, e);
	if (!err)
		*ret = news;
	return err;
}
