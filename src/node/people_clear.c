/* people_clear: what an account's text about clearance means under the charters in force now. */
#include <sodium.h>
#include <string.h>

#include "crypto/secret.h"
#include "json/dom.h"
#include "node/keys.h"
#include "node/people_int.h"

static bool
rank_of(const struct label_policy *p, struct str name, uint8_t *ret)
{
	for (size_t i = 0; i < p->nlevels; i++)
		if (str_is(name, p->level[i].words.name) || str_is(name, p->level[i].words.portion)) {
			*ret = p->level[i].rank;
			return true;
		}
	return false;
}

static enum err
compartments(struct arena *a, const struct json *list, struct clearance *ret, struct errinfo *e)
{
	char(*names)[LIMIT_COMPARTMENT + 1] = arena_array(a, json_count(list) + 1, sizeof *names);
	if (!names)
		return arena_spent(a, "a clearance", e);
	ret->compartments = (const char(*)[LIMIT_COMPARTMENT + 1]) names;
	for (uint32_t i = 0; i < json_count(list); i++) {
		struct str name = json_str(json_at(list, i));
		if (label_compartment_ok(name))
			memcpy(names[ret->ncompartments++], name.p, name.n);
	}
	return OK;
}

enum err
people_clearances(struct node *n, struct arena *a, struct str text, const struct clearance **ret, size_t *ret_n, struct errinfo *e)
{
	const struct json *j = NULL;
	enum err err = text.n ? json_parse(a, text, &j, e) : OK;
	struct clearance *list = err ? NULL : arena_array(a, LIMIT_CENTRES + 1, sizeof *list);
	size_t count = 0;
	if (!err && !list)
		err = arena_spent(a, "a clearance", e);
	if (!err)
		err = share_refresh(n->share, e);
	for (int i = 0; i < n->share->ncentres && !err; i++) {
		const struct share_centre *c = &n->share->centre[i];
		char hex[2 * HASH_LEN];
		struct buf b = {.p = hex, .cap = sizeof hex, .max = sizeof hex};
		struct str level;
		hash_put_hex(&b, &c->id);
		const struct json *one = json_get(j, buf_str(&b));
		struct clearance *to = &list[count];
		if (!c->charter || !json_get_str(one, STR("level"), &level) || !rank_of(c->policy, level, &to->level))
			continue;
		memcpy(to->policy, c->policy->id, sizeof to->policy);
		to->every_circle = true;
		if (!(err = compartments(a, json_get_type(one, STR("compartments"), JSON_ARRAY), to, e)))
			count++;
	}
	if (!err) {
		*ret = list;
		*ret_n = count;
	}
	return err;
}

enum err
people_demands(struct node *n, unsigned *ret, struct errinfo *e)
{
	char space[256];
	struct buf b = {.p = space, .cap = sizeof space, .max = sizeof space};
	struct str rest, one;
	unsigned roles = 0;
	enum err err = local_get(n->store, STR("totp"), &b, e);
	if (err && err != ERR_NOTFOUND)
		return err;
	for (rest = err ? STR_NONE : buf_str(&b); rest.n;) {
		str_cut(rest, ' ', &one, &rest);
		roles |= role_named(one);
	}
	*ret = roles;
	return OK;
}

void
people_totp_key(const struct node *n, uint8_t ret[static TOTP_KEY])
{
	static const char what[] = "comity totp key v1";
	crypto_generichash(ret, TOTP_KEY, (const uint8_t *)what, sizeof what - 1, n->keys->age.key.b, SECRET_LEN);
}
