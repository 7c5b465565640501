/* Writing a charter: fields in any order, brought into canonical form, then read back, so that nothing is proposed that nobody could
 * take. */
#include <string.h>

#include "govern/charter.h"
#include "govern/form.h"

static void
put_set(struct json_writer *w, const struct charter *c, uint64_t set)
{
	/* Sorted by id: c may be hand-made, so its own order of members is not there yet. */
	json_open_array(w);
	for (const struct charter_member *last = NULL;;) {
		const struct charter_member *next = NULL;
		for (size_t i = 0; i < c->nmember; i++) {
			const struct charter_member *m = &c->members[i];
			if ((set >> i & 1) && (!last || str_cmp(m->id, last->id) > 0) && (!next || str_cmp(m->id, next->id) < 0))
				next = m;
		}
		if (!next)
			break;
		json_put_string(w, next->id);
		last = next;
	}
	json_close(w);
}

static void
put_members(struct json_writer *w, const struct charter *c)
{
	json_put_key(w, STR("members"));
	json_open_array(w);
	for (size_t i = 0; i < c->nmember; i++) {
		const struct charter_member *m = &c->members[i];
		json_open_object(w);
		json_put_member(w, STR("id"), m->id);
		json_put_member(w, STR("name"), m->name);
		json_put_member_int(w, STR("number"), (int64_t)i);
		json_put_member(w, STR("status"), m->departed ? STR("departed") : STR("active"));
		keys_put(w, &m->keys);
		json_close(w);
	}
	json_close(w);
}

static void
put_levels(struct json_writer *w, const struct charter *c)
{
	json_put_key(w, STR("levels"));
	json_open_array(w);
	for (const struct charter_level *l = c->levels; l < c->levels + c->nlevel; l++) {
		json_open_object(w);
		json_put_member(w, STR("name"), l->name);
		json_put_member(w, STR("abbr"), l->abbr);
		if (l->nnational) {
			json_put_key(w, STR("national"));
			json_open_object(w);
			for (const struct charter_national *n = l->national; n < l->national + l->nnational; n++) {
				json_put_key(w, c->members[n->member].id);
				json_open_object(w);
				json_put_member(w, STR("name"), n->name);
				json_put_member(w, STR("abbr"), n->abbr);
				json_close(w);
			}
			json_close(w);
		}
		json_close(w);
	}
	json_close(w);
}

static void
put_rota(struct json_writer *w, const struct charter *c)
{
	json_put_key(w, STR("rota"));
	json_open_object(w);
	json_put_key(w, STR("order"));
	json_open_array(w);
	for (size_t i = 0; i < c->rota.n; i++)
		json_put_string(w, c->members[c->rota.order[i]].id);
	json_close(w);
	form_put_day(w, "first", c->rota.first);
	json_put_member(w, STR("term"), c->rota.term_text);
	json_close(w);
}

static void
put_decisions(struct json_writer *w, const struct charter *c)
{
	json_put_key(w, STR("quorums"));
	json_open_object(w);
	for (size_t i = 0; i < c->nquorum; i++)
		json_put_member_int(w, c->quorums[i].kind, c->quorums[i].need);
	json_close(w);
	if (c->ncircle) {
		json_put_key(w, STR("circles"));
		json_open_object(w);
		for (size_t i = 0; i < c->ncircle; i++) {
			json_put_key(w, c->circles[i].name);
			put_set(w, c, c->circles[i].members);
		}
		json_close(w);
	}
	if (c->nduty) {
		json_put_key(w, STR("duties"));
		json_open_array(w);
		for (const struct charter_duty *d = c->duties; d < c->duties + c->nduty; d++) {
			json_open_object(w);
			json_put_member(w, STR("text"), d->text);
			json_put_member(w, d->rule == DUTY_EVERY ? STR("every") : d->rule == DUTY_AFTER ? STR("after") : STR("before"), d->span_text);
			json_close(w);
		}
		json_close(w);
	}
}

/* What the text has no way to say. */
static enum err
check_numbers(const struct charter *c, struct errinfo *e)
{
	uint64_t known = c->nmember >= 64 ? UINT64_MAX : (UINT64_C(1) << c->nmember) - 1, used = c->observers;
	bool ok = c->nmember >= 1 && c->nmember <= LIMIT_MEMBERS && c->rota.n <= LIMIT_MEMBERS;
	for (size_t i = 0; ok && i < c->rota.n; i++)
		ok = c->rota.order[i] < c->nmember;
	for (size_t i = 0; i < c->ncircle; i++)
		used |= c->circles[i].members;
	for (size_t i = 0; i < c->nlevel; i++)
		for (size_t k = 0; k < c->levels[i].nnational; k++)
			ok = ok && c->levels[i].national[k].member >= 0 && (size_t)c->levels[i].national[k].member < c->nmember;
	if (!ok || (used & ~known))
		return err_set(e, ERR_INVALID, "charter: the rota, observers, a circle or a level names a number that no member has");
	if (c->rota.first % TIME_DAY)
		return err_set(e, ERR_INVALID, "charter: rota: first: a term begins at midnight UTC");
	return OK;
}

enum err
charter_write(const struct charter *c, struct buf *b, struct errinfo *e)
{
	struct buf text = BUF_INIT(2 * LIMIT_CHARTER);
	struct arena a = ARENA_INIT(2 * LIMIT_OBJECT_ARENA);
	struct json_writer w;
	struct charter back;
	struct str raw;
	size_t start = b->n;
	enum err err = check_numbers(c, e);
	if (err)
		return err;
	json_write_init(&w, &text, 0);
	json_open_object(&w);
	json_put_member_int(&w, STR("format"), 1);
	json_put_member(&w, STR("name"), c->name);
	json_put_member_int(&w, STR("version"), c->version);
	if (c->version != 1)
		form_put_hex(&w, "previous", c->previous.b);
	form_put_time(&w, "from", c->from);
	json_put_member(&w, STR("dispute"), c->dispute_text);
	put_members(&w, c);
	if (c->observers) {
		json_put_key(&w, STR("observers"));
		put_set(&w, c, c->observers);
	}
	put_rota(&w, c);
	put_decisions(&w, c);
	if (c->nlevel)
		put_levels(&w, c);
	json_close(&w);
	json_write_done(&w);

	err = buf_take(&text, &raw, e);
	if (!err)
		err = form_canonical(raw, b, e);
	if (!err)
		err = charter_parse(str_sub(buf_str(b), start, b->n), &a, &back, e);
	if (err && buf_ok(b))
		buf_cut(b, start);
	arena_done(&a);
	buf_done(&text);
	return err;
}
