#include "govern/card.h"

#include <string.h>

#include "govern/form.h"

/* What a root key signs for a card. */
static struct str
message(struct str card, struct buf *b)
{
	struct hash h = hash_of(card);
	buf_puts(b, "comity-card/v1\n");
	hash_put_hex(b, &h);
	return buf_str(b);
}

static enum err
card_read(const struct json *obj, struct arena *a, struct card *ret, struct errinfo *e)
{
	struct card c = {0};
	int64_t format;
	enum err err;
	if (!json_i64(json_get(obj, STR("format")), &format) || format < 1)
		return err_set(e, ERR_INVALID, "\"format\" is missing or no number");
	if (format > 1)
		return err_set(e, ERR_VERSION, "of format %lld; this version reads format 1", (long long)format);
	if ((err = form_object(obj, FORM_KEYS_MUST " format member time", FORM_KEYS_MAY " centre name note", e)) ||
	    (err = form_id(obj, "member", &c.member, e)) || (err = form_time(obj, "time", &c.time, e)) || (err = keys_read(obj, a, &c.keys, e)))
		return err;
	if (json_get(obj, STR("centre"))) {
		if ((err = form_hex(obj, "centre", c.centre.b, e)))
			return err;
		c.has_centre = true;
	}
	if ((json_get(obj, STR("name")) && (err = form_text(obj, "name", LIMIT_GOVERN_NAME, &c.name, e))) ||
	    (json_get(obj, STR("note")) && (err = form_text(obj, "note", LIMIT_GOVERN_TEXT, &c.note, e))))
		return err;
	if (!c.name.n && !c.has_centre)
		return err_set(e, ERR_INVALID, "needs a centre (a key card) or a name (an admission card)");
	if (!c.name.n && c.keys.counter == 0)
		return err_set(e, ERR_INVALID, "counter: key cards count from 1");
	*ret = c;
	return OK;
}

enum err
card_parse(struct str text, struct arena *a, struct card *ret, struct errinfo *e)
{
	const struct json *j, *inner;
	struct str copy;
	struct card c;
	struct signature sig;
	struct sign_public root;
	enum err err = form_parse(text, LIMIT_CARD, "card", a, &copy, &j, e);
	if (err)
		return err;
	if ((err = form_object(j, "card sig", "", e)) || (err = form_sig(j, "sig", sig.b, e)) ||
	    (err = card_read(json_get(j, STR("card")), a, &c, e))) {
		err_at(e, "card");
		return err;
	}
	inner = json_get(j, STR("card"));
	struct buf m = BUF_INIT(128);
	struct str said = message(json_raw(copy, inner), &m);
	memcpy(root.b, c.keys.root, sizeof root.b);
	err = buf_ok(&m) ? sign_check(&root, &sig, said, e) : err_nomem(e);
	buf_done(&m);
	if (err) {
		err_at(e, "card of %.*s", STR_FMT(c.member));
		return err;
	}
	c.bytes = copy;
	c.hash = hash_of(json_raw(copy, inner));
	*ret = c;
	return OK;
}

static void
put_card(struct json_writer *w, const struct card *c, const struct member_keys *keys)
{
	json_open_object(w);
	if (c->has_centre)
		form_put_hex(w, "centre", c->centre.b);
	json_put_member_int(w, STR("format"), 1);
	json_put_member(w, STR("member"), c->member);
	if (c->name.n)
		json_put_member(w, STR("name"), c->name);
	if (c->note.n)
		json_put_member(w, STR("note"), c->note);
	form_put_time(w, "time", c->time);
	keys_put(w, keys);
	json_close(w);
}

enum err
card_make(const struct card *c, const struct sign_key *root, struct buf *b, struct errinfo *e)
{
	struct buf loose = BUF_INIT(4 * LIMIT_CARD), inner = BUF_INIT(4 * LIMIT_CARD), m = BUF_INIT(128);
	struct arena a = ARENA_INIT(LIMIT_OBJECT_ARENA);
	struct member_keys keys = c->keys;
	struct sign_public public = sign_key_public(root);
	struct json_writer w;
	struct card back;
	struct str raw;
	size_t start = b->n;
	memcpy(keys.root, public.b, sizeof keys.root);
	json_write_init(&w, &loose, 0);
	put_card(&w, c, &keys);
	json_write_done(&w);
	enum err err = buf_take(&loose, &raw, e);
	if (err || (err = form_canonical(raw, &inner, e)))
		goto out;
	struct str said = message(buf_str(&inner), &m);
	if (!buf_ok(&m)) {
		err = err_nomem(e);
		goto out;
	}
	struct signature sig = sign_make(root, said);
	json_write_init(&w, b, 0);
	json_open_object(&w);
	json_put_key(&w, STR("card"));
	json_put_raw(&w, buf_str(&inner));
	form_put_sig(&w, "sig", sig.b);
	json_close(&w);
	json_write_done(&w);
	err = buf_take(b, &raw, e);
	if (!err)
		err = card_parse(str_sub(raw, start, raw.n), &a, &back, e);
	if (err && buf_ok(b))
		buf_cut(b, start);
out:
	arena_done(&a);
	buf_done(&loose);
	buf_done(&inner);
	buf_done(&m);
	return err;
}

enum err
card_admit(const struct card *c, struct charter_member *ret, struct errinfo *e)
{
	if (!c->name.n)
		return err_set(e, ERR_INVALID, "the card of %.*s is a key card: an admission card carries the member's name", STR_FMT(c->member));
	*ret = (struct charter_member){.id = c->member, .name = c->name, .keys = c->keys};
	return OK;
}
