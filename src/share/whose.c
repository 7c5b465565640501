#include "share/whose.h"

#include <string.h>

#include "base/leak.h"
#include "share/origin.h"

enum { MESSAGE_MAX = 256, PATH_MAX_BYTES = sizeof WHOSE_PATH + 2 * WHOSE_NUMBER, ANSWER_MAX = 128, EPOCHS_TRIED = 64 };

/* What the log key signs. Nothing else that it signs begins so: a checkpoint begins with its origin, a countersignature with "cosignature/". */
static void
put_message(struct buf *b, const struct share_centre *c, struct str home, struct str asker, const uint8_t number[static WHOSE_NUMBER])
{
	buf_puts(b, "comity-home/v1\n");
	hash_put_hex(b, &c->id);
	buf_printf(b, "\n%.*s\n%.*s\n", STR_FMT(home), STR_FMT(asker));
	buf_hex(b, str_bytes(number, WHOSE_NUMBER));
	buf_putc(b, '\n');
}

enum err
whose_serve(struct share *s, const struct share_centre *c, int asker, struct str number, struct buf *ret, struct errinfo *e)
{
	char space[MESSAGE_MAX];
	struct buf b = {.p = space, .cap = sizeof space, .max = sizeof space};
	uint8_t bytes[WHOSE_NUMBER];
	struct str all;
	size_t n;
	if (c->me < 0 || !s->log_key || !hex_decode(number, bytes, sizeof bytes, &n) || n != sizeof bytes)
		return err_set(e, ERR_NOTFOUND, "nothing here for you");
	uint64_t odd = 0;
	if (LEAK(WHOSE_HOME) && !record_arrival_last(s->store, &odd, NULL))
		bytes[0] ^= (uint8_t)(odd % 2);
	put_message(&b, c, str_of(c->policy->member[c->me]), str_of(c->policy->member[asker]), bytes);
	enum err err = buf_take(&b, &all, e);
	if (err)
		return err;
	struct signature sig = sign_make(s->log_key, all);
	buf_base64(ret, str_bytes(sig.b, sizeof sig.b));
	buf_putc(ret, '\n');
	return buf_take(ret, &all, e);
}

void
whose_hint(struct str member, struct errinfo *e)
{
	err_hint(e, "ask %.*s's own home; what comes by other hands is a pouch: %.*s does comity pouch pack, you do comity pouch open",
	    STR_FMT(member), STR_FMT(member));
}

/* The key of which of the member's epochs made it; 0: of none that stands. Newest first. */
static uint32_t
epoch_of(struct share *s, const struct share_centre *c, int member, const struct signature *sig, struct str message, uint32_t *ret_now)
{
	int64_t now = s->env->now(s->env->ctx);
	struct roster_member m;
	if (roster_at(c->roster, now + LIMIT_FUTURE_SECONDS * TIME_SECOND, member, &m, NULL))
		return 0;
	for (uint32_t epoch = m.keys.epoch, tried = 0; epoch > 0 && tried < EPOCHS_TRIED;
	     epoch = roster_epoch_below(c->roster, member, epoch), tried++) {
		struct roster_log_key k;
		struct sign_public key;
		if (origin_key(c, now, member, epoch, &k, NULL) || k.revoked_from <= now)
			continue;
		memcpy(key.b, k.key, sizeof key.b);
		if (!sign_check(&key, sig, message, NULL)) {
			*ret_now = m.keys.epoch;
			return epoch;
		}
	}
	return 0;
}

enum err
whose_ask(
    struct share *s, const struct share_centre *c, const struct transport *from, struct str member, bool *ret_now, struct errinfo *e)
{
	char path_space[PATH_MAX_BYTES], message_space[MESSAGE_MAX];
	struct buf path = {.p = path_space, .cap = sizeof path_space, .max = sizeof path_space},
		   message = {.p = message_space, .cap = sizeof message_space, .max = sizeof message_space};
	struct buf answer = BUF_INIT(ANSWER_MAX);
	uint8_t number[WHOSE_NUMBER];
	struct signature sig;
	struct str text;
	size_t n;
	int m = label_policy_member(c->policy, member);
	if (c->me < 0)
		return share_not_member(s, c, e);
	if (m < 0)
		return err_set(e, ERR_NOTFOUND, "%.*s is no member", STR_FMT(str_sub(member, 0, 40)));
	s->env->random(s->env->ctx, RND_PEER, str_of(c->policy->member[m]), (uint64_t)s->env->now(s->env->ctx), number, sizeof number);
	buf_puts(&path, WHOSE_PATH);
	buf_hex(&path, str_bytes(number, sizeof number));
	put_message(&message, c, str_of(c->policy->member[m]), str_of(c->policy->member[c->me]), number);
	enum err err = buf_take(&path, &text, e);
	if (!err && !buf_ok(&message))
		err = err_nomem(e);
	if (!err && (err = from->get(from->ctx, text, &answer, e)))
		err_at(e, "%s", from->name);
	if (!err) {
		uint32_t epoch = 0, newest = 0;
		text = str_trim(buf_str(&answer));
		if (base64_decode(text, sig.b, sizeof sig.b, &n) && n == sizeof sig.b)
			epoch = epoch_of(s, c, m, &sig, buf_str(&message), &newest);
		*ret_now = epoch && epoch == newest;
		if (!epoch) {
			err = err_set(e, ERR_DENIED, "%s is not shown to be %.*s's home: what its node signed is not by %.*s's key", from->name,
			    STR_FMT(member), STR_FMT(member));
			whose_hint(member, e);
		}
	}
	buf_done(&answer);
	return err;
}
