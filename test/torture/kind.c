#include "torture/kind.h"

#include "sim/disk_int.h"

enum { NEVER = 1 << 30, PAGE = 8 * 1024 };

#define FILES(prefix, other)                                                                                                                        \
	{prefix "open", KIND_FILE, FAULT_C, SIMOP_OPEN, ERR_IO, other}, {prefix "read", KIND_FILE, FAULT_C, SIMOP_READ, ERR_IO, other},             \
	    {prefix "write", KIND_FILE, FAULT_C, SIMOP_WRITE, ERR_IO, other},                                                                       \
	    {prefix "write-full", KIND_FILE, FAULT_C, SIMOP_WRITE, ERR_FULL, other},                                                                \
	    {prefix "truncate", KIND_FILE, FAULT_C, SIMOP_TRUNCATE, ERR_IO, other}, {prefix "sync", KIND_FILE, FAULT_C, SIMOP_SYNC, ERR_IO, other}, \
	    {prefix "delete", KIND_FILE, FAULT_C, SIMOP_DELETE, ERR_IO, other}, {prefix "rename", KIND_FILE, FAULT_C, SIMOP_RENAME, ERR_IO, other}, \
	{                                                                                                                                           \
		prefix "space", KIND_SPACE, FAULT_C, SIMOP_WRITE, ERR_FULL, other                                                                   \
	}

const struct kind kinds[] = {
    {"memory", KIND_MEMORY, FAULT_C, SIMOP_OPEN, ERR_NOMEM, false},
    {"sqlite", KIND_MEMORY, FAULT_SQLITE, SIMOP_OPEN, ERR_NOMEM, false},
    FILES("", false),
    FILES("other-", true),
};
const size_t kinds_count = sizeof kinds / sizeof *kinds;

static struct simdisk *
disk_of(struct torture *t, const struct path *p, const struct kind *k)
{
	return simworld_disk(t->w, k->other ? p->other : p->under);
}

static uint64_t
used(struct simdisk *d)
{
	simdisk_capacity(d, (uint64_t)1 << 62);
	uint64_t n = ((uint64_t)1 << 62) - (uint64_t)simdisk_space(d);
	simdisk_capacity(d, UINT64_MAX);
	return n;
}

static uint64_t space_before;

void
kind_arm(struct torture *t, const struct path *p, const struct kind *k, uint64_t n, bool on)
{
	t->armed = true;
	if (k->what == KIND_MEMORY) {
		fault_arm(k->memory, n, on);
	} else if (k->what == KIND_FILE) {
		simdisk_fail(disk_of(t, p, k), k->op, n ? n : NEVER, k->code);
	} else {
		space_before = used(disk_of(t, p, k));
		if (n)
			simdisk_capacity(disk_of(t, p, k), space_before + (n - 1) * PAGE);
	}
}

bool
kind_disarm(struct torture *t, const struct path *p, const struct kind *k)
{
	t->armed = false;
	if (k->what == KIND_MEMORY)
		return fault_disarm();
	struct simdisk *d = disk_of(t, p, k);
	bool hit = k->what == KIND_SPACE || simdisk_failed(d, k->op);
	simdisk_capacity(d, UINT64_MAX);
	simdisk_fail(d, k->op, 0, OK);
	return hit;
}

uint64_t
kind_count(struct torture *t, const struct path *p, const struct kind *k)
{
	if (k->what == KIND_MEMORY)
		return fault_count(k->memory);
	struct simdisk *d = disk_of(t, p, k);
	if (k->what == KIND_FILE)
		return NEVER - d->fault[k->op].in;
	uint64_t now = used(d);
	return now > space_before ? (now - space_before) / PAGE + 1 : 0;
}
