#include "sim/eye.h"

#include <stdlib.h>
#include <string.h>

#include "merkle/tree.h"
#include "node/op.h"
#include "sim/disk_int.h"

struct look {
	struct node *node;
	const struct eye *before;
	struct eye *ret;
	struct eye_log *log; /* being read */
	size_t cap;
};

static enum err
read_leaf(void *ctx, uint64_t idx, const struct record_entry *entry, struct errinfo *e)
{
	struct look *l = ctx;
	(void)e;
	proof_leaf(entry->bytes, l->log->leaf[idx]);
	l->log->waiting += entry->count && !entry->first;
	return OK;
}

static enum err
count_waiting(void *ctx, int64_t log, uint64_t idx, const struct record_entry *entry, struct errinfo *e)
{
	struct look *l = ctx;
	(void)log;
	(void)idx;
	(void)entry;
	(void)e;
	l->log->waiting++;
	return OK;
}

static enum err
read_leaves(struct look *l, const struct record_log *log, struct errinfo *e)
{
	const struct eye_log *old = l->before ? eye_find(l->before, log->origin) : NULL;
	struct hash root = merkle_edge_root(&log->edge);
	uint8_t own[PROOF_HASH];
	enum err err;
	l->log->n = log->edge.size;
	l->log->leaf = sim_alloc((log->edge.size + 1) * PROOF_HASH);
	if (old && old->n <= l->log->n) {
		memcpy(l->log->leaf, old->leaf, old->n * PROOF_HASH);
		if ((err = record_entry_each(l->node->store, log->no, old->n, l->log->n, read_leaf, l, e)))
			return err;
		proof_root((const uint8_t(*)[PROOF_HASH])l->log->leaf, l->log->n, own);
		l->log->waiting = 0;
		if (!memcmp(own, root.b, sizeof own))
			return record_pending_each(l->node->store, log->no, count_waiting, l, e);
	}
	l->log->waiting = 0;
	return record_entry_each(l->node->store, log->no, 0, l->log->n, read_leaf, l, e);
}

static char *
copy(const void *p, size_t n)
{
	char *c = sim_alloc(n + 1);
	if (n)
		memcpy(c, p, n);
	c[n] = 0;
	return c;
}

static enum err
look_log(void *ctx, const struct record_log *log, struct errinfo *e)
{
	struct look *l = ctx;
	struct hash root;
	struct buf note = BUF_INIT(LIMIT_CHECKPOINT);
	enum err err;
	if (l->ret->n == l->cap) {
		l->cap = l->cap ? 2 * l->cap : 16;
		l->ret->log = sim_realloc(l->ret->log, l->cap * sizeof *l->ret->log);
	}
	l->log = &l->ret->log[l->ret->n++];
	*l->log = (struct eye_log){.origin = copy(log->origin, strlen(log->origin)),
	    .circle = log->circle,
	    .author = log->author,
	    .epoch = log->epoch,
	    .forked = log->state == RECORD_LOG_FORKED,
	    .ended = log->state == RECORD_LOG_ENDED};
	if ((err = read_leaves(l, log, e)))
		return err;
	err = record_checkpoint_get(l->node->store, log->no, UINT64_MAX, &l->log->cp_size, &root, &note, e);
	if (err == ERR_NOTFOUND)
		err = OK;
	else if (!err) {
		memcpy(l->log->cp_root, root.b, PROOF_HASH);
		l->log->note = copy(note.p, note.n);
		l->log->cp_note = note.n;
	}
	buf_done(&note);
	if (!err && (err = record_checkpoint_get(l->node->store, log->no, l->log->n, &l->log->vouched, NULL, NULL, e)) == ERR_NOTFOUND)
		err = OK;
	return err;
}

enum err
eye_look(struct node *node, const struct eye *before, struct eye *ret, struct errinfo *e)
{
	struct eye fresh = {0};
	struct look l = {.node = node, .before = before, .ret = &fresh};
	enum err err = record_log_each(node->store, 0, look_log, &l, e);
	if (err)
		eye_free(&fresh);
	else
		*ret = fresh;
	return err;
}

void
eye_free(struct eye *x)
{
	for (size_t i = 0; i < x->n; i++) {
		free(x->log[i].origin);
		free(x->log[i].leaf);
		free(x->log[i].note);
	}
	free(x->log);
	*x = (struct eye){0};
}

void
eye_copy(const struct eye *x, struct eye *ret)
{
	ret->n = x->n;
	ret->log = sim_alloc((x->n + 1) * sizeof *x->log);
	for (size_t i = 0; i < x->n; i++) {
		const struct eye_log *l = &x->log[i];
		ret->log[i] = *l;
		ret->log[i].origin = copy(l->origin, strlen(l->origin));
		ret->log[i].leaf = sim_alloc((l->n + 1) * PROOF_HASH);
		memcpy(ret->log[i].leaf, l->leaf, l->n * PROOF_HASH);
		ret->log[i].note = l->note ? copy(l->note, l->cp_note) : NULL;
	}
}

const struct eye_log *
eye_find(const struct eye *x, const char *origin)
{
	for (size_t i = 0; i < x->n; i++)
		if (!strcmp(x->log[i].origin, origin))
			return &x->log[i];
	return NULL;
}

uint64_t
eye_common(const struct eye_log *a, const struct eye_log *b)
{
	uint64_t n = a->n < b->n ? a->n : b->n, i = 0;
	while (i < n && !memcmp(a->leaf[i], b->leaf[i], PROOF_HASH))
		i++;
	return i;
}

bool
eye_contradict(const struct eye_log *a, const struct eye_log *b)
{
	uint64_t n = a->n < b->n ? a->n : b->n;
	if (a->cp_size < n)
		n = a->cp_size;
	if (b->cp_size < n)
		n = b->cp_size;
	return eye_common(a, b) < n;
}
