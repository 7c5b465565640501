#include "govern/keys.h"

#include <stdlib.h>
#include <string.h>

#include "crypto/seal.h"
#include "crypto/sign.h"
#include "govern/form.h"

bool
govern_id_ok(struct str s)
{
	if (s.n < 2 || s.n > GOVERN_ID_MAX || s.p[0] < 'a' || s.p[0] > 'z' || str_is(s, "all") || str_is(s, "joint") || str_is(s, "tlp"))
		return false;
	for (size_t i = 1; i < s.n; i++)
		if (!((s.p[i] >= 'a' && s.p[i] <= 'z') || (s.p[i] >= '0' && s.p[i] <= '9')))
			return false;
	return true;
}

/* Whether the code point that begins at s[i] (valid UTF-8) hides or reorders text: U+200B, U+200E-F, U+2028-E, U+2066-9, U+061C,
 * U+FEFF, and the C1 controls. */
static bool
unseen(struct str s, size_t i)
{
	const uint8_t *p = (const uint8_t *)s.p + i;
	if (p[0] == 0xc2)
		return p[1] < 0xa0;
	if (p[0] == 0xd8)
		return p[1] == 0x9c;
	if (p[0] == 0xef)
		return p[1] == 0xbb && p[2] == 0xbf;
	if (p[0] != 0xe2)
		return false;
	return (p[1] == 0x80 && (p[2] == 0x8b || p[2] == 0x8e || p[2] == 0x8f || (p[2] >= 0xa8 && p[2] <= 0xae))) ||
	       (p[1] == 0x81 && p[2] >= 0xa6 && p[2] <= 0xa9);
}

bool
govern_text_ok(struct str s, size_t max)
{
	if (s.n == 0 || s.n > max || !str_utf8(s, NULL) || s.p[0] == ' ' || s.p[s.n - 1] == ' ')
		return false;
	for (size_t i = 0; i < s.n; i++)
		if ((uint8_t)s.p[i] < 0x20 || s.p[i] == 0x7f || unseen(s, i))
			return false;
	return true;
}

/* https, a host, perhaps a port and a path; no user, query or fragment, nothing that needs thought to compare. */
static bool
url_ok(struct str s)
{
	struct str rest = s, host, port;
	uint64_t n;
	if (!str_starts(s, STR("https://")))
		return false;
	rest = str_sub(s, 8, s.n);
	struct str path = STR_NONE;
	str_cut(rest, '/', &host, &path);
	for (size_t i = 0; i < path.n; i++)
		if (!strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~/", path.p[i]) || !path.p[i])
			return false;
	if (host.n && host.p[0] == '[') {
		ptrdiff_t end = str_chr(host, ']');
		if (end < 3)
			return false;
		for (ptrdiff_t i = 1; i < end; i++)
			if (!strchr("0123456789abcdef:.", host.p[i]) || !host.p[i])
				return false;
		port = str_sub(host, (size_t)end + 1, host.n);
		if (port.n == 0)
			return true;
		return port.p[0] == ':' && str_u64(str_sub(port, 1, port.n), &n) && n > 0 && n < 65536;
	}
	if (str_cut(host, ':', &host, &port) && (!str_u64(port, &n) || n == 0 || n > 65535))
		return false;
	if (host.n == 0 || host.p[0] == '.' || host.p[0] == '-')
		return false;
	for (size_t i = 0; i < host.n; i++)
		if (!strchr("abcdefghijklmnopqrstuvwxyz0123456789-.", host.p[i]) || !host.p[i])
			return false;
	return true;
}

/* "identity--" and a UUID in small letters */
static bool
identity_ok(struct str s)
{
	if (s.n != 46 || !str_starts(s, STR("identity--")))
		return false;
	for (size_t i = 0; i < 36; i++) {
		char c = s.p[10 + i];
		bool dash = i == 8 || i == 13 || i == 18 || i == 23;
		if (dash ? c != '-' : !((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f')))
			return false;
	}
	return true;
}

static enum err
read_identities(const struct json *obj, struct arena *a, struct member_keys *k, struct errinfo *e)
{
	const struct json *list;
	enum err err = form_array(obj, "identities", 1, LIMIT_IDENTITIES, &list, e);
	if (err)
		return err;
	k->identities = arena_array(a, json_count(list), sizeof *k->identities);
	if (!k->identities)
		return err_nomem(e);
	JSON_EACH(item, list)
	{
		struct str id = json_str(item);
		if (item->type != JSON_STRING || !identity_ok(id))
			return err_set(e, ERR_INVALID, "identities: a STIX id (\"identity--\" and a UUID in small letters) belongs at place %zu",
			    k->nidentity + 1);
		if (k->nidentity && str_cmp(k->identities[k->nidentity - 1], id) >= 0)
			return err_set(e, ERR_INVALID, "identities: not sorted, or one twice: %.*s", STR_FMT(id));
		k->identities[k->nidentity++] = id;
	}
	return OK;
}

static enum err
check_point(const char *key, const uint8_t b[static GOVERN_KEY], struct errinfo *e)
{
	struct sign_public p;
	memcpy(p.b, b, sizeof p.b);
	return sign_public_ok(&p) ? OK : err_set(e, ERR_INVALID, "%s: these 32 bytes are no Ed25519 public key", key);
}

enum err
keys_read(const struct json *obj, struct arena *a, struct member_keys *ret, struct errinfo *e)
{
	struct member_keys k = {.revoked_from = TIME_NEVER};
	enum err err;
	if ((err = form_hex(obj, "root", k.root, e)) || (err = form_hex(obj, "log", k.log, e)) || (err = form_text(obj, "age", 128, &k.age, e)) ||
	    (err = form_count(obj, "counter", 0, GOVERN_COUNT_MAX, &k.counter, e)) ||
	    (err = form_count(obj, "epoch", 1, GOVERN_COUNT_MAX, &k.epoch, e)))
		return err;
	if ((err = check_point("root", k.root, e)) || (err = check_point("log", k.log, e)))
		return err;
	if (!memcmp(k.root, k.log, sizeof k.root))
		return err_set(e, ERR_INVALID, "log: the root key must not sign logs: it belongs offline");
	if (json_get(obj, STR("tls"))) {
		if ((err = form_hex(obj, "tls", k.tls, e)))
			return err;
		k.has_tls = true;
	}
	if (json_get(obj, STR("url"))) {
		if ((err = form_text(obj, "url", LIMIT_URL, &k.url, e)))
			return err;
		if (!url_ok(k.url))
			return err_set(e, ERR_INVALID,
			    "url: must be https://host, perhaps with :port and /path, in small letters, without user, query or fragment");
		if (!k.has_tls)
			return err_set(e, ERR_INVALID, "url: needs tls, the pin of the key that answers there");
	}
	if (json_get(obj, STR("identities")) && (err = read_identities(obj, a, &k, e)))
		return err;
	if (json_get(obj, STR("revoked_from")) && (err = form_time(obj, "revoked_from", &k.revoked_from, e)))
		return err;
	struct seal_recipient to;
	if ((err = seal_recipient_parse(k.age, &to, e))) {
		err_at(e, "age");
		return err;
	}
	if (k.age.p[0] != 'a')
		return err_set(e, ERR_INVALID, "age: in small letters");
	*ret = k;
	return OK;
}

static int
order_str(const void *a, const void *b)
{
	return str_cmp(*(const struct str *)a, *(const struct str *)b);
}

void
keys_put(struct json_writer *w, const struct member_keys *k)
{
	json_put_member(w, STR("age"), k->age);
	json_put_member_int(w, STR("counter"), k->counter);
	json_put_member_int(w, STR("epoch"), k->epoch);
	if (k->nidentity) {
		struct str sorted[LIMIT_IDENTITIES + 1];
		size_t n = k->nidentity < LIMIT_IDENTITIES + 1 ? k->nidentity : LIMIT_IDENTITIES + 1; /* one too many is refused by the reader */
		memcpy(sorted, k->identities, n * sizeof *sorted);
		qsort(sorted, n, sizeof *sorted, order_str);
		json_put_key(w, STR("identities"));
		json_open_array(w);
		for (size_t i = 0; i < n; i++)
			json_put_string(w, sorted[i]);
		json_close(w);
	}
	form_put_hex(w, "log", k->log);
	if (k->revoked_from != TIME_NEVER)
		form_put_time(w, "revoked_from", k->revoked_from);
	form_put_hex(w, "root", k->root);
	if (k->has_tls)
		form_put_hex(w, "tls", k->tls);
	if (k->url.n)
		json_put_member(w, STR("url"), k->url);
}

bool
keys_same(const struct member_keys *a, const struct member_keys *b)
{
	if (memcmp(a->root, b->root, sizeof a->root) || memcmp(a->log, b->log, sizeof a->log) || !str_eq(a->age, b->age) ||
	    a->has_tls != b->has_tls || memcmp(a->tls, b->tls, sizeof a->tls) || !str_eq(a->url, b->url) || a->nidentity != b->nidentity ||
	    a->counter != b->counter || a->epoch != b->epoch || a->revoked_from != b->revoked_from)
		return false;
	for (size_t i = 0; i < a->nidentity; i++)
		if (!str_eq(a->identities[i], b->identities[i]))
			return false;
	return true;
}
