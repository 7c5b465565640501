/* disk_int: the inside of a simulated disk, for disk.c (files, names, crashes), small.c (whole files) and vfs.c (SQLite). */
#ifndef SIM_DISK_INT_H
#define SIM_DISK_INT_H

#include <sqlite3.h>

#include "sim/disk.h"

enum { NAME_MAX_LEN = 255, SHM_LOCKS = SQLITE_SHM_NLOCK };

struct bytes {
	uint8_t *p;
	size_t n, cap;
};

/* A change that waits for a sync: a write of n bytes at `at`, which lie in the inode's log, or a new size. */
struct change {
	bool size; /* the file's size becomes `at` */
	uint64_t at;
	size_t n, log;
};

struct simfile;

struct shm { /* of one file; handles that mapped it hold it, so that a dead handle's pointers stay good until it is closed */
	int refs;
	void **region;
	int n;
	struct {
		int shared;
		struct simfile *excl;
	} lock[SHM_LOCKS];
};

struct inode {
	struct inode *next, **prev;
	int refs;              /* names (now, durable) and handles */
	uint64_t disk, number; /* of the disk it was made on, and among those made there: its mark */
	bool temp;             /* nameless: never durable, no crash point */
	struct bytes now, dur; /* what is read; what a crash leaves, before the dice */
	struct change *changes;
	size_t n, cap;
	struct bytes log;
	struct simfile *reserved, *pending, *excl; /* SQLite's locks */
	int shared;
	struct shm *shm;
};

struct name {
	char name[NAME_MAX_LEN + 1];
	struct inode *now, *dur;
};

struct simdisk {
	struct name *names;
	size_t n, cap;
	struct inode *inodes;
	struct simfile *files;            /* open handles */
	struct simrng dice;               /* of failed operations, and SQLite's xRandomness */
	uint64_t id, made;                /* marks: this disk's own number, inodes made so far */
	uint64_t ops, crash_at, stubborn; /* crash_at: the value of ops; 0 = never */
	bool crashed, lie;
	uint32_t life; /* handles of an earlier one are dead */
	struct {
		uint64_t in; /* 0 = none */
		enum err code;
		bool done;
	} fault[SIMOP_COUNT];
	uint64_t capacity;
	int sector;
	int64_t (*clock)(void *ctx);
	void *clock_ctx;
	struct sqlite3_vfs vfs;
	char vfs_name[32];
};

/* Memory that is always there: the test ends without. */
void *sim_alloc(size_t n);
void *sim_realloc(void *p, size_t n);
extern volatile bool sim_takes;                                          /* while these two ask for it: torture lets that pass */
void bytes_write(struct bytes *b, uint64_t at, const void *p, size_t n); /* grows with zeros */
void bytes_size(struct bytes *b, uint64_t n);

/* Each may meet a fault, the crash or an end of space. The code is OK, ERR_IO, ERR_FULL, or ERR_NOTFOUND where said. */
enum err disk_gate(struct simdisk *d, enum simop op);                          /* for a class without change: open of what exists, read */
struct name *disk_name(struct simdisk *d, const char *name, bool make);        /* NULL if absent or the name is too long */
enum err disk_create(struct simdisk *d, const char *name, struct inode **ret); /* name NULL: a temporary file */
enum err disk_file_write(struct simdisk *d, struct inode *f, uint64_t at, const void *p, size_t n);
enum err disk_file_size(struct simdisk *d, struct inode *f, uint64_t n);
enum err disk_file_sync(struct simdisk *d, struct inode *f);
enum err disk_delete(struct simdisk *d, const char *name); /* ERR_NOTFOUND */
enum err disk_rename(struct simdisk *d, const char *from, const char *to);
enum err disk_dir_sync(struct simdisk *d);

struct inode *inode_new(struct simdisk *d, bool temp); /* one reference, the caller's */
struct inode *inode_ref(struct inode *f);              /* takes NULL */
void inode_unref(struct inode *f);                     /* takes NULL */
void inode_set(struct inode **at, struct inode *f);    /* *at lets go of its own and holds f; each may be NULL */
void shm_unref(struct shm *s);                         /* takes NULL */

void vfs_add(struct simdisk *d);
void vfs_remove(struct simdisk *d);
void vfs_forget(struct simdisk *d); /* lets go of what handles hold and empties the list of them */

#endif
