/* entry: both ways. What is written is put in canonical order by hand; what is read must be canonical and give the same again. */
#include "share/entry.h"

#include <string.h>

#include "base/time.h"
#include "json/dom.h"
#include "json/write.h"
#include "label/json.h"

enum { TARGETS_MAX = 32, REASON_MAX = 1024, VERSION = 1 };

static const char *const kind_names[] = {NULL, "objects", "recall", "consent", "request", "receipt", "flag", "epoch"};
static const char *const action_names[] = {NULL, "recalled", "corrected", "downgraded"};

#define COUNT(a) ((int)(sizeof(a) / sizeof *(a)))

const char *
entry_kind_name(enum entry_kind k)
{
	return kind_names[k];
}

const char *
entry_action_name(enum entry_action a)
{
	return action_names[a];
}

static int
name_index(const char *const *names, int n, struct str s)
{
	for (int i = 1; i < n; i++)
		if (str_is(s, names[i]))
			return i;
	return 0;
}

/* J2-3 */
static bool
position_ok(struct str s)
{
	if (s.n < 1 || s.n > 16)
		return false;
	for (size_t i = 0; i < s.n; i++)
		if (!((s.p[i] >= 'A' && s.p[i] <= 'Z') || (s.p[i] >= '0' && s.p[i] <= '9') || s.p[i] == '-'))
			return false;
	return s.p[0] != '-' && s.p[s.n - 1] != '-';
}

static void
put_id(struct json_writer *w, struct str key, const struct stix_id *id)
{
	char space[STIX_ID_MAX];
	struct buf b = {.p = space, .cap = sizeof space, .max = sizeof space};
	stix_id_put(&b, *id);
	json_put_member(w, key, buf_str(&b));
}

static void
put_time(struct json_writer *w, struct str key, int64_t t)
{
	char space[32];
	struct buf b = {.p = space, .cap = sizeof space, .max = sizeof space};
	time_put(&b, t);
	json_put_member(w, key, buf_str(&b));
}

static void
put_hash(struct json_writer *w, struct str key, const struct hash *h)
{
	char space[64];
	struct buf b = {.p = space, .cap = sizeof space, .max = sizeof space};
	hash_put_hex(&b, h);
	json_put_member(w, key, buf_str(&b));
}

static bool
zero(const struct hash *h)
{
	static const struct hash none;
	return hash_eq(h, &none);
}

/* The object a request, consent or flag is about. */
static void
put_target(struct json_writer *w, const struct entry_target *t)
{
	put_id(w, STR("id"), &t->id);
	if (t->modified)
		put_time(w, STR("modified"), t->modified);
}

static void
put_body(struct json_writer *w, const struct entry *x, const struct entry_place *at)
{
	char space[LIMIT_MEMBERS * (POLICY_MEMBER + 1)];
	struct buf circle = {.p = space, .cap = sizeof space, .max = sizeof space};
	json_open_object(w);
	switch (x->kind) {
	case ENTRY_RECALL:
		json_put_member(w, STR("action"), str_of(action_names[x->action]));
		json_put_member(w, STR("reason"), x->reason);
		if (x->replacement.type.n)
			put_id(w, STR("replacement"), &x->replacement);
		json_put_key(w, STR("targets"));
		json_open_array(w);
		for (size_t i = 0; i < x->ntargets; i++) {
			json_open_object(w);
			put_target(w, &x->targets[i]);
			json_close(w);
		}
		json_close(w);
		break;
	case ENTRY_CONSENT:
		json_put_key(w, STR("granted"));
		json_put_bool(w, x->granted);
		/* fallthrough */
	case ENTRY_REQUEST:
		put_target(w, x->targets);
		if (x->reason.n)
			json_put_member(w, STR("reason"), x->reason);
		if (x->kind == ENTRY_CONSENT && !zero(&x->of))
			put_hash(w, STR("request"), &x->of);
		label_circle_put(&circle, at->policy, x->to);
		json_put_member(w, STR("to"), buf_str(&circle));
		break;
	case ENTRY_RECEIPT:
		put_hash(w, STR("of"), &x->of);
		break;
	case ENTRY_FLAG:
		put_target(w, x->targets);
		if (x->reason.n)
			json_put_member(w, STR("reason"), x->reason);
		if (x->source.type.n)
			put_id(w, STR("source"), &x->source);
		break;
	case ENTRY_EPOCH:
		if (x->gap) {
			json_put_key(w, STR("after"));
			json_put_uint(w, x->after);
		}
		json_put_member(w, STR("checkpoint"), x->checkpoint);
		if (x->gap) {
			json_put_key(w, STR("held"));
			json_put_uint(w, x->held);
		}
		break;
	default:
		break;
	}
	json_close(w);
}

/* Whether the values can be written: every enumeration, count and text in its range. Names the one that is not. */
static const char *
fault(const struct entry *x, const struct entry_place *at)
{
	bool about_one = x->kind == ENTRY_REQUEST || x->kind == ENTRY_CONSENT || x->kind == ENTRY_FLAG;
	if (x->kind < ENTRY_OBJECTS || x->kind > ENTRY_EPOCH)
		return "kind";
	if (x->time < TIME_MIN || x->time > TIME_MAX)
		return "time";
	if (!position_ok(x->position))
		return "position (capital letters, digits and hyphens, 1 to 16, such as J2-3)";
	if (x->kind == ENTRY_OBJECTS &&
	    (x->count < 1 || x->count > LIMIT_PIECES || x->size < x->count * (uint64_t)PIECE_HEAD || x->size > LIMIT_PAYLOAD))
		return "count or size";
	if (x->kind == ENTRY_RECALL &&
	    (x->action < ENTRY_RECALLED || x->action > ENTRY_DOWNGRADED || x->ntargets < 1 || x->ntargets > TARGETS_MAX || !x->reason.n))
		return "recall (an action, 1 to 32 targets and a reason)";
	if (about_one && x->ntargets != 1)
		return "target";
	if (x->reason.n > REASON_MAX || !str_utf8(x->reason, NULL))
		return "reason (at most 1024 bytes of text)";
	if ((x->kind == ENTRY_REQUEST || x->kind == ENTRY_CONSENT) && (x->to == 0 || (x->to & ~label_policy_members(at->policy))))
		return "circle asked for";
	return NULL;
}

static void
write_all(const struct entry *x, const struct entry_place *at, struct str label, struct json_writer *w)
{
	char space[48];
	struct buf root = {.p = space, .cap = sizeof space, .max = sizeof space};
	json_open_object(w);
	if (x->kind != ENTRY_OBJECTS) {
		json_put_key(w, STR("body"));
		put_body(w, x, at);
	}
	put_hash(w, STR("charter"), &x->charter);
	if (x->kind == ENTRY_OBJECTS) {
		json_put_key(w, STR("count"));
		json_put_uint(w, x->count);
	}
	json_put_member(w, STR("kind"), str_of(kind_names[x->kind]));
	if (x->kind == ENTRY_OBJECTS) {
		json_put_key(w, STR("label"));
		json_put_raw(w, label);
	}
	json_put_member(w, STR("position"), x->position);
	if (x->kind == ENTRY_OBJECTS) {
		buf_base64(&root, hash_str(&x->root));
		json_put_member(w, STR("root"), buf_str(&root));
		if (x->serial) {
			json_put_key(w, STR("serial"));
			json_put_uint(w, x->serial);
		}
		json_put_key(w, STR("size"));
		json_put_uint(w, x->size);
	}
	put_time(w, STR("time"), x->time);
	json_put_key(w, STR("v"));
	json_put_int(w, VERSION);
	json_close(w);
}

enum err
entry_write(const struct entry *x, const struct entry_place *at, struct buf *b, struct errinfo *e)
{
	char space[LIMIT_ENTRY];
	struct buf label = {.p = space, .cap = sizeof space, .max = sizeof space};
	struct json_writer w;
	const char *what = fault(x, at);
	size_t from = b->n;
	enum err err;
	if (what)
		return err_set(e, ERR_INVALID, "an entry cannot be written: bad %s", what);
	if (x->kind == ENTRY_OBJECTS && (err = label_json_put(&label, at->policy, &x->label, e)))
		return err;
	json_write_init(&w, b, 0);
	write_all(x, at, buf_str(&label), &w);
	json_write_done(&w);
	if (b->bad == ERR_NOMEM)
		return err_nomem(e);
	if (b->bad || b->n - from > LIMIT_ENTRY) {
		buf_cut(b, from);
		return err_set(e, ERR_LIMIT, "an entry would be longer than %d bytes", LIMIT_ENTRY);
	}
	return OK;
}

/* reading */

struct reader {
	const struct entry_place *at;
	struct str line;
	struct errinfo *e;
};

static enum err
bad(struct reader *r, const struct json *j, const char *what)
{
	err_set(r->e, ERR_INVALID, "entry: bad or missing %s", what);
	if (j && r->e)
		json_place(r->line, j, r->e);
	return ERR_INVALID;
}

static bool
get_id(const struct json *o, struct str key, struct stix_id *ret)
{
	struct str s;
	return json_get_str(o, key, &s) && stix_id_parse(s, ret);
}

/* Times have one spelling. */
static bool
get_time(const struct json *o, struct str key, int64_t *ret)
{
	struct str s;
	return json_get_str(o, key, &s) && s.n == 27 && time_parse(s, ret);
}

static bool
get_hash(const struct json *o, struct str key, struct hash *ret)
{
	struct str s;
	return json_get_str(o, key, &s) && hash_from_hex(s, ret);
}

static bool
get_uint(const struct json *o, struct str key, uint64_t *ret)
{
	int64_t v;
	if (!json_i64(json_get(o, key), &v) || v < 0)
		return false;
	*ret = (uint64_t)v;
	return true;
}

static bool
get_root(const struct json *o, struct hash *ret)
{
	struct str s;
	size_t n;
	return json_get_str(o, STR("root"), &s) && base64_decode(s, ret->b, HASH_LEN, &n) && n == HASH_LEN;
}

static bool
get_target(const struct json *o, struct entry_target *ret)
{
	ret->modified = 0;
	return get_id(o, STR("id"), &ret->id) &&
	       (!json_get(o, STR("modified")) || (get_time(o, STR("modified"), &ret->modified) && ret->modified != 0));
}

static enum err
read_targets(struct reader *r, const struct json *body, struct arena *a, struct entry *x)
{
	const struct json *list = json_get_type(body, STR("targets"), JSON_ARRAY);
	if (!list || json_count(list) < 1 || json_count(list) > TARGETS_MAX)
		return bad(r, body, "targets");
	x->targets = arena_array(a, json_count(list), sizeof *x->targets);
	if (!x->targets)
		return err_nomem(r->e);
	JSON_EACH(t, list)
	if (!get_target(t, &x->targets[x->ntargets++]))
		return bad(r, t, "target");
	return OK;
}

static enum err
read_one_target(struct reader *r, const struct json *body, struct arena *a, struct entry *x)
{
	x->targets = arena_alloc(a, sizeof *x->targets);
	if (!x->targets)
		return err_nomem(r->e);
	x->ntargets = 1;
	return get_target(body, x->targets) ? OK : bad(r, body, "id or modified");
}

static enum err
read_body(struct reader *r, const struct json *body, struct arena *a, struct entry *x)
{
	struct str s;
	enum err err;
	json_get_str(body, STR("reason"), &x->reason);
	switch (x->kind) {
	case ENTRY_RECALL:
		x->action = json_get_str(body, STR("action"), &s) ? (enum entry_action)name_index(action_names, COUNT(action_names), s) : 0;
		if (!x->action)
			return bad(r, body, "action");
		if (json_get(body, STR("replacement")) && !get_id(body, STR("replacement"), &x->replacement))
			return bad(r, body, "replacement");
		return read_targets(r, body, a, x);
	case ENTRY_CONSENT:
		if (!json_get_type(body, STR("granted"), JSON_BOOL))
			return bad(r, body, "granted");
		x->granted = json_get(body, STR("granted"))->n;
		if (json_get(body, STR("request")) && !get_hash(body, STR("request"), &x->of))
			return bad(r, body, "request");
		/* fallthrough */
	case ENTRY_REQUEST:
		if (!json_get_str(body, STR("to"), &s))
			return bad(r, body, "to");
		if ((err = label_circle_parse(r->at->policy, s, &x->to, r->e)))
			return err;
		return read_one_target(r, body, a, x);
	case ENTRY_RECEIPT:
		return get_hash(body, STR("of"), &x->of) ? OK : bad(r, body, "of");
	case ENTRY_FLAG:
		if (json_get(body, STR("source")) && !get_id(body, STR("source"), &x->source))
			return bad(r, body, "source");
		return read_one_target(r, body, a, x);
	case ENTRY_EPOCH:
		x->gap = json_get(body, STR("held")) != NULL;
		if (x->gap && (!get_uint(body, STR("held"), &x->held) || !get_uint(body, STR("after"), &x->after)))
			return bad(r, body, "held or after");
		return json_get_str(body, STR("checkpoint"), &x->checkpoint) ? OK : bad(r, body, "checkpoint");
	default:
		return bad(r, body, "kind");
	}
}

static enum err
read_objects(struct reader *r, const struct json *j, struct entry *x)
{
	const struct json *label = json_get_type(j, STR("label"), JSON_OBJECT);
	uint64_t count;
	enum err err;
	if (!get_uint(j, STR("count"), &count) || count > LIMIT_PIECES || !get_uint(j, STR("size"), &x->size) || !get_root(j, &x->root))
		return bad(r, j, "count, size or root");
	if (json_get(j, STR("serial")) && (!get_uint(j, STR("serial"), &x->serial) || !x->serial))
		return bad(r, j, "serial");
	if (!label)
		return bad(r, j, "label");
	x->count = (uint32_t)count;
	if ((err = label_json_read(label, r->at->policy, &x->label, r->e)))
		err_at(r->e, "entry: label");
	return err;
}

enum err
entry_read(struct str line, const struct entry_place *at, struct arena *a, struct entry *ret, struct errinfo *e)
{
	struct reader r = {at, line, e};
	struct entry x = {0};
	const struct json *j, *body;
	struct str kind;
	uint64_t v;
	enum err err;
	if (line.n > LIMIT_ENTRY)
		return err_set(e, ERR_LIMIT, "entry: longer than %d bytes", LIMIT_ENTRY);
	if ((err = json_parse(a, line, &j, e)))
		return err;
	if (!json_is(j, JSON_OBJECT) || !get_uint(j, STR("v"), &v))
		return bad(&r, j, "v");
	if (v != VERSION)
		return err_set(e, ERR_INVALID, "entry: of format %llu, which this version does not know", (unsigned long long)v);
	if (!get_hash(j, STR("charter"), &x.charter) || !get_time(j, STR("time"), &x.time) || !json_get_str(j, STR("position"), &x.position) ||
	    !json_get_str(j, STR("kind"), &kind))
		return bad(&r, j, "charter, time, position or kind");
	x.kind = (enum entry_kind)name_index(kind_names, COUNT(kind_names), kind);
	body = json_get_type(j, STR("body"), JSON_OBJECT);
	if (!x.kind)
		return bad(&r, json_get(j, STR("kind")), "kind");
	if (x.kind == ENTRY_OBJECTS)
		err = read_objects(&r, j, &x);
	else
		err = body ? read_body(&r, body, a, &x) : bad(&r, j, "body");
	if (err)
		return err;
	const char *what = fault(&x, at);
	if (what)
		return bad(&r, j, what);
	/* one entry, one text: what was read, written again, is the line */
	char space[LIMIT_ENTRY];
	struct buf again = {.p = space, .cap = sizeof space, .max = sizeof space};
	if ((err = entry_write(&x, at, &again, e)))
		return err;
	if (!str_eq(buf_str(&again), line))
		return err_set(e, ERR_INVALID, "entry: not in its canonical form");
	*ret = x;
	return OK;
}

enum err
entry_charter(struct str line, struct hash *ret, struct errinfo *e)
{
	/* in the canonical form of an entry the member stands once outside of strings, and no string can hold a bare quote */
	struct str key = STR("\"charter\":\"");
	ptrdiff_t i = line.n <= LIMIT_ENTRY ? str_find(line, key) : -1;
	if (i < 0 || !hash_from_hex(str_sub(line, (size_t)i + key.n, (size_t)i + key.n + 2 * HASH_LEN), ret))
		return err_set(e, ERR_INVALID, "entry: names no charter");
	return OK;
}

static struct str
value_after(struct str line, struct str key, char end)
{
	ptrdiff_t i = str_find(line, key);
	struct str rest = i < 0 ? STR_NONE : str_sub(line, (size_t)i + key.n, line.n), value, tail;
	return str_cut(rest, end, &value, &tail) ? value : STR_NONE;
}

bool
entry_payload(struct str line, uint32_t *ret_count, uint64_t *ret_size, struct hash *ret_root)
{
	uint64_t count, size;
	struct hash root;
	size_t n;
	if (!str_u64(value_after(line, STR("\"count\":"), ','), &count) || count > LIMIT_PIECES ||
	    !str_u64(value_after(line, STR("\"size\":"), ','), &size) ||
	    !base64_decode(value_after(line, STR("\"root\":\""), '"'), root.b, HASH_LEN, &n) || n != HASH_LEN)
		return false;
	*ret_count = (uint32_t)count;
	*ret_size = size;
	*ret_root = root;
	return true;
}

/* pieces */

enum err
piece_make(const uint8_t salt[static PIECE_SALT], struct str object, struct buf *b, struct errinfo *e)
{
	struct str all;
	if (object.n > LIMIT_OBJECT)
		return err_set(e, ERR_LIMIT, "an object is longer than %d bytes", LIMIT_OBJECT);
	buf_clear(b);
	buf_put(b, str_bytes(salt, PIECE_SALT));
	buf_be(b, object.n, 4);
	buf_put(b, object);
	return buf_take(b, &all, e);
}

enum err
piece_object(struct str piece, struct str *ret, struct errinfo *e)
{
	const unsigned char *p = (const unsigned char *)piece.p + PIECE_SALT;
	if (piece.n < PIECE_HEAD || piece.n - PIECE_HEAD > LIMIT_OBJECT ||
	    piece.n - PIECE_HEAD != ((uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3]))
		return err_set(e, ERR_CORRUPT, "a piece has not the length it says");
	*ret = str_sub(piece, PIECE_HEAD, piece.n);
	return OK;
}
