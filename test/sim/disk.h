/* disk: a disk in memory that forgets, tears and fails as real ones do, and a SQLite VFS over it.
 *
 * Each file has two images: what a process reads now (the page cache) and what is durable, and between them the list of changes since the last sync.
 * A change of a name (create, delete, rename) waits in the same way for a sync. When power goes, every waiting change is kept, dropped or torn by
 * dice, one apart from the other, which includes every order in which they could have reached the disk. What was synced stays as it is. What SQLite
 * may assume is nothing: no device characteristics are claimed, and a file may have grown by garbage.
 *
 *   kept by a sync of the file     its bytes, its size, and its name if the file was created or renamed
 *   kept by a sync of the folder   every name (simdisk_write's last step; SQLite's xDelete with syncDir)
 *
 * A change of a name that no such sync followed stays in doubt for ever, however long ago it was (POSIX promises no more; ext4 usually keeps more).
 * So a rollback journal deleted without a sync of the folder can come back over a newer database: set synchronous=EXTRA before journal_mode=WAL, as
 * the step into WAL deletes one.
 *
 * A disk lives through two kinds of end: the process dies (simdisk_cut: handles are dead, the page cache stays) and power goes (simdisk_reopen: the
 * page cache goes too). One thread. Out of memory ends the test. The same calls with the same seed do the same. */
#ifndef SIM_DISK_H
#define SIM_DISK_H

#include "base/buf.h"
#include "base/err.h"
#include "sim/rng.h"

struct simdisk;
struct simdisk_image;

enum {
	SIMDISK_TORN = 512,         /* a write is torn between sectors of this many bytes */
	SIMDISK_SECTOR = 4096,      /* what SQLite is told; simdisk_sector changes it */
	SIMDISK_STUBBORN = 1000000, /* calls after a crash before the simulator gives up on a program that does not stop */
};

/* Classes of operation, for faults. Operations on SQLite's nameless temporary files count in no class but open and are no crash points. */
enum simop {
	SIMOP_OPEN, /* xOpen and simdisk_read's */
	SIMOP_READ,
	SIMOP_WRITE,
	SIMOP_TRUNCATE,
	SIMOP_SYNC, /* of a file or the folder */
	SIMOP_DELETE,
	SIMOP_RENAME,
	SIMOP_COUNT,
};

/* An empty disk. seed is for what happens while it runs (what a failed sync loses, how far a failed write came). */
struct simdisk *simdisk_new(uint64_t seed);
/* Every connection on it must be closed or forgotten. Takes NULL. */
void simdisk_free(struct simdisk *d);

/* The name of its VFS, for sqlite3_open_v2 and struct env; registered until simdisk_free, not the default. File names are used as they are. */
const char *simdisk_vfs(const struct simdisk *d);
/* What time SQLite sees on it: microseconds UTC. Without it, 1970. */
void simdisk_clock(struct simdisk *d, int64_t (*now)(void *ctx), void *ctx);
void simdisk_sector(struct simdisk *d, int bytes);        /* what xSectorSize says: 512 or 4096 */
void simdisk_capacity(struct simdisk *d, uint64_t bytes); /* growing past it gives ERR_FULL (SQLITE_FULL); UINT64_MAX = no end */
int64_t simdisk_space(const struct simdisk *d);           /* bytes still free; INT64_MAX without a capacity */
/* From now on a sync answers OK and does nothing: for tests of tests. */
void simdisk_lie(struct simdisk *d, bool on);

/* Changing operations so far (create, write, truncate, sync, delete, rename), over the disk's whole life. */
uint64_t simdisk_ops(const struct simdisk *d);
/* The k-th changing operation from now (k >= 1) fails with an I/O error, and so does every call after it, until simdisk_reopen. That operation itself
 * may have happened, in part. 0 takes the order back. */
void simdisk_crash_at(struct simdisk *d, uint64_t k);
bool simdisk_crashed(const struct simdisk *d);
/* Fail the n-th operation of a class from now (n >= 1), once, with ERR_IO or ERR_FULL; n = 0 takes it back. A write that fails may have come part of
 * the way. A sync that fails loses some of what waited: it stays readable until power goes, and no later sync brings it to the disk (as Linux does).
 */
void simdisk_fail(struct simdisk *d, enum simop op, uint64_t n, enum err code);
bool simdisk_failed(const struct simdisk *d, enum simop op); /* whether the last such order was carried out */

/* The process ended: all handles are dead (calls on them fail, closing them is harmless), locks and shared memory are gone. The page cache stays. */
void simdisk_cut(struct simdisk *d);
/* Power went and came back: cuts, decides by dice what of the waiting changes is on the disk, and works again. */
void simdisk_reopen(struct simdisk *d, struct simrng *dice);
/* The memory of handles that were cut goes away without being closed (the heap of a dead process): let go of what they hold. */
void simdisk_forget(struct simdisk *d);
int simdisk_handles(const struct simdisk *d); /* open ones, dead or alive */

/* Whole small files, with the same faults and crash points; the contract is struct env's. */
enum err simdisk_read(struct simdisk *d, const char *name, struct buf *ret, struct errinfo *e) MUST_USE;
enum err simdisk_write(struct simdisk *d, const char *name, struct str bytes, struct errinfo *e) MUST_USE; /* 5 crash points */
enum err simdisk_remove(struct simdisk *d, const char *name, struct errinfo *e) MUST_USE;                  /* 2 */

/* The file's number on this disk and that disk's own: a copy has another. */
enum err simdisk_mark(struct simdisk *d, const char *name, bool anew, struct buf *ret, struct errinfo *e) MUST_USE;

/* From outside: no fault, no crash point. */
bool
simdisk_get(const struct simdisk *d, const char *name, struct buf *ret); /* what a reader sees now, appended to ret; false if there is no such file */
void simdisk_put(struct simdisk *d, const char *name, struct str bytes); /* durable at once; no handle may be open on it */
void simdisk_each(const struct simdisk *d, void (*each)(const char *name, uint64_t size, void *ctx), void *ctx); /* in order of name */
/* SHA-256 over names and bytes of what is durable, in order of name. */
void simdisk_hash(const struct simdisk *d, uint8_t ret[static 32]);

/* All files as a reader sees them at this moment (what a copying backup would take), for simdisk_restore any number of times on any disk. */
struct simdisk_image *simdisk_snapshot(const struct simdisk *d);
void simdisk_image_free(struct simdisk_image *im);
/* The disk holds these files and no others, durable; no handle may be open (cut and forget first). The whole disk is as it was: no mark tells. */
void simdisk_restore(struct simdisk *d, const struct simdisk_image *im);
/* The same as by hand, file by file: every mark is another one. */
void simdisk_copy(struct simdisk *d, const struct simdisk_image *im);

#endif
