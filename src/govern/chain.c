/* A tree of charters in an array: each link knows the index of the one it follows on. The agreed path runs from the founding charter
 * along only children up to the first that has two, or none. */
#include "govern/chain.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "govern/succession.h"
#include "govern/vote.h"

struct link {
	struct arena a;
	struct signed_charter s;
	struct str file;
	int parent;   /* index; -1 for the founding one */
	uint64_t old; /* who signed it with the root key of the one before */
	int children;
};

struct chain {
	struct link **links; /* in the order they came; each after its parent */
	size_t n, cap;
	uint32_t path[LIMIT_CHARTERS]; /* indexes of the agreed ones, oldest first */
	size_t npath;
};

static void
link_free(struct link *l)
{
	if (!l)
		return;
	arena_done(&l->a);
	free(l);
}

static enum err
link_new(struct str file, struct link **ret, struct errinfo *e)
{
	struct link *l = calloc(1, sizeof *l);
	if (!l)
		return err_nomem(e);
	arena_init(&l->a, 2 * LIMIT_OBJECT_ARENA);
	enum err err = signed_charter_parse(file, &l->a, &l->s, e);
	if (!err && !arena_dup(&l->a, file, &l->file))
		err = err_nomem(e);
	if (err) {
		link_free(l);
		return err;
	}
	*ret = l;
	return OK;
}

/* Takes l over. */
static enum err
put_link(struct chain *c, struct link *l, struct errinfo *e)
{
	if (c->n >= LIMIT_CHARTERS)
		return err_set(e, ERR_LIMIT, "%zu charters of this centre are kept, which is the most", c->n);
	if (c->n == c->cap) {
		size_t cap = c->cap ? 2 * c->cap : 8;
		struct link **more = realloc(c->links, cap * sizeof(struct link *));
		if (!more)
			return err_nomem(e);
		c->links = more;
		c->cap = cap;
	}
	c->links[c->n++] = l;
	return OK;
}

static void
find_path(struct chain *c)
{
	uint32_t at = 0;
	c->path[0] = 0;
	c->npath = 1;
	while (c->links[at]->children == 1) {
		uint32_t i = at + 1;
		while (c->links[i]->parent != (int)at)
			i++;
		c->path[c->npath++] = at = i;
	}
}

static int
find_link(const struct chain *c, const struct hash *charter)
{
	for (size_t i = 0; i < c->n; i++)
		if (hash_eq(&c->links[i]->s.charter.hash, charter))
			return (int)i;
	return -1;
}

/* "irn, irq": the members of a set, for a message. */
static void
put_ids(const struct charter *c, uint64_t set, struct buf *b)
{
	for (size_t i = 0, n = 0; i < c->nmember; i++)
		if (set >> c->sorted[i] & 1) {
			if (n++)
				buf_puts(b, ", ");
			buf_put(b, c->members[c->sorted[i]].id);
		}
}

static enum err
missing(const struct charter *c, uint64_t set, const char *why, struct errinfo *e)
{
	struct buf b = BUF_INIT(1024);
	put_ids(c, set, &b);
	enum err err = err_set(e, ERR_DENIED, "charter %u lacks the signature of %.*s: %s", c->version, STR_FMT(buf_str(&b)), why);
	err_hint(e, "have them sign it (comity charter sign), then assemble it again");
	buf_done(&b);
	return err;
}

static enum err
lacking(const struct charter *c, const char *whose, const struct charter *rule, uint64_t signed_by, struct errinfo *e)
{
	struct buf b = BUF_INIT(1024);
	put_ids(rule, rule->voting & ~signed_by, &b);
	enum err err = err_set(e, ERR_DENIED, "charter %u has %d signatures of the %d that the quorum of %s takes; not yet: %.*s", c->version,
	    __builtin_popcountll(signed_by & rule->voting), charter_quorum(rule, STR("charter")), whose, STR_FMT(buf_str(&b)));
	err_hint(e, "have more of them sign it (comity charter sign), then assemble it again");
	buf_done(&b);
	return err;
}

static enum err
check_founding(struct link *l, struct errinfo *e)
{
	uint64_t old, new;
	const struct charter *c = &l->s.charter;
	enum err err = succession_first(c, e);
	if (err || (err = signed_charter_check(&l->s, NULL, &old, &new, e)))
		return err;
	if (c->present & ~new)
		return missing(c, c->present & ~new, "all founders sign the first", e);
	return OK;
}

static enum err
check_successor(const struct charter *before, struct link *l, struct errinfo *e)
{
	uint64_t old, new;
	struct succession s;
	const struct charter *c = &l->s.charter;
	enum err err = succession_check(before, c, &s, e);
	if (err) {
		err_at(e, "charter %u", c->version);
		return err;
	}
	if ((err = signed_charter_check(&l->s, before, &old, &new, e)))
		return err;
	if (s.joined & ~new)
		return missing(c, s.joined & ~new, "who joins agrees to it", e);
	if (s.rekeyed & ~new)
		return missing(c, s.rekeyed & ~new, "a new root key proves itself by signing", e);
	if (!charter_reaches(before, STR("charter"), old))
		return lacking(c, "the one before", before, old, e);
	if (!charter_reaches(c, STR("charter"), new))
		return lacking(c, "its own", c, new, e);
	l->old = old & before->voting;
	return OK;
}

enum err
chain_new(struct str founding, struct chain **ret, struct errinfo *e)
{
	struct link *l = NULL;
	enum err err;
	struct chain *c = calloc(1, sizeof *c);
	if (!c)
		return err_nomem(e);
	if ((err = link_new(founding, &l, e)))
		goto err0;
	l->parent = -1;
	if ((err = check_founding(l, e)) || (err = put_link(c, l, e)))
		goto err1;
	find_path(c);
	*ret = c;
	return OK;
err1:
	link_free(l);
err0:
	chain_free(c);
	return err;
}

void
chain_free(struct chain *c)
{
	if (!c)
		return;
	for (size_t i = 0; i < c->n; i++)
		link_free(c->links[i]);
	free(c->links);
	free(c);
}

static bool
on_path(const struct chain *c, int link)
{
	for (size_t i = 0; i < c->npath; i++)
		if (c->path[i] == (uint32_t)link)
			return true;
	return false;
}

enum err
chain_add(struct chain *c, struct str signed_charter, enum chain_added *ret, struct errinfo *e)
{
	struct link *l = NULL;
	enum err err = link_new(signed_charter, &l, e);
	if (err)
		return err;
	const struct charter *is = &l->s.charter;
	if (find_link(c, &is->hash) >= 0) {
		link_free(l);
		*ret = CHAIN_KNOWN;
		return OK;
	}
	l->parent = is->version == 1 ? -1 : find_link(c, &is->previous);
	if (is->version == 1)
		err = err_set(e, ERR_INVALID, "a founding charter of another centre");
	else if (l->parent < 0)
		err = err_set(e, ERR_NOTFOUND, "charter %u: the one before it is not here", is->version);
	else if (!on_path(c, l->parent))
		err = err_set(
		    e, ERR_FORK, "charter %u follows on one of two successors of charter %u: nothing can", is->version, chain_last(c)->version);
	else
		err = check_successor(&c->links[l->parent]->s.charter, l, e);
	if (!err)
		err = put_link(c, l, e);
	if (err) {
		link_free(l);
		return err;
	}
	c->links[l->parent]->children++;
	find_path(c);
	*ret = c->links[l->parent]->children > 1 ? CHAIN_FORKED : CHAIN_ADDED;
	return OK;
}

const struct hash *
chain_centre(const struct chain *c)
{
	return &c->links[0]->s.charter.hash;
}

size_t
chain_count(const struct chain *c)
{
	return c->npath;
}

const struct charter *
chain_charter(const struct chain *c, size_t i)
{
	assert(i < c->npath);
	return &c->links[c->path[i]]->s.charter;
}

struct str
chain_file(const struct chain *c, size_t i)
{
	assert(i < c->npath);
	return c->links[c->path[i]]->file;
}

int
chain_find(const struct chain *c, const struct hash *charter)
{
	for (size_t i = 0; i < c->npath; i++)
		if (hash_eq(&chain_charter(c, i)->hash, charter))
			return (int)i;
	return -1;
}

const struct charter *
chain_last(const struct chain *c)
{
	return chain_charter(c, c->npath - 1);
}

int
chain_at(const struct chain *c, int64_t t)
{
	int i = (int)c->npath - 1;
	while (i >= 0 && chain_charter(c, (size_t)i)->from > t)
		i--;
	return i;
}

const struct charter *
chain_in_force(const struct chain *c, int64_t t)
{
	int i = chain_at(c, t);
	return i < 0 ? NULL : chain_charter(c, (size_t)i);
}

int64_t
chain_until(const struct chain *c, size_t i)
{
	return i + 1 < c->npath ? chain_charter(c, i + 1)->from : TIME_NEVER;
}

uint64_t
chain_present(const struct chain *c, int64_t t)
{
	int i = chain_at(c, t);
	if (i < 0)
		return 0;
	uint64_t set = chain_charter(c, (size_t)i)->present;
	for (size_t k = 0; k < c->n; k++)
		if (c->links[k]->parent == (int)c->path[c->npath - 1] && c->links[k]->s.charter.from <= t)
			set &= c->links[k]->s.charter.present;
	return set;
}

bool
chain_counts(const struct chain *c, size_t i, int64_t made, int64_t countersigned, int64_t now)
{
	int64_t until = chain_until(c, i);
	return chain_charter(c, i)->from <= made && made < until && (now < until || countersigned < until);
}

bool
chain_can_change(const struct chain *c, uint64_t able)
{
	struct chain_fork f;
	return !chain_fork(c, &f) && charter_reaches(chain_last(c), STR("charter"), able);
}

bool
chain_fork(const struct chain *c, struct chain_fork *ret)
{
	const struct link *low[2] = {NULL, NULL};
	int at = (int)c->path[c->npath - 1];
	if (c->links[at]->children < 2)
		return false;
	for (size_t i = 0; i < c->n; i++) {
		const struct link *l = c->links[i];
		if (l->parent != at)
			continue;
		if (!low[0] || hash_cmp(&l->s.charter.hash, &low[0]->s.charter.hash) < 0) {
			low[1] = low[0];
			low[0] = l;
		} else if (!low[1] || hash_cmp(&l->s.charter.hash, &low[1]->s.charter.hash) < 0) {
			low[1] = l;
		}
	}
	*ret = (struct chain_fork){.before = &c->links[at]->s.charter,
	    .branch = {&low[0]->s.charter, &low[1]->s.charter},
	    .file = {low[0]->file, low[1]->file},
	    .both = low[0]->old & low[1]->old};
	return true;
}
