/* What a disk does, told as what it is. It fails if a page that could not be read is called damaged, or damage a failure in reading. */
#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>

#include "t_store.h"

static ssize_t (*real_pread)(int fd, void *p, size_t n, off_t at);
static off_t bad_from, bad_to;
static int fault;
static bool hit;

/* Bad sectors: in every file, from bad_from on. */
static ssize_t
bad_pread(int fd, void *p, size_t n, off_t at)
{
	if (fault && at >= bad_from && at < bad_to) {
		hit = true;
		errno = fault;
		return -1;
	}
	return real_pread(fd, p, n, at);
}

static void
put(struct home *h, int n)
{
	struct record_log log;
	home_log(h, 0x3, 0, &log);
	for (int i = 0; i < n; i++) {
		char leaf[3000];
		memset(leaf, 'a' + i % 26, sizeof leaf);
		struct record_entry x = {str_bytes(leaf, sizeof leaf), 1, 1};
		CHECK_OK(record_begin(h->store, &e));
		CHECK_OK(record_entry_put(h->store, &log, &x, true, 9, &e));
		CHECK_OK(record_commit(h->store, &e));
	}
}

static bool
swap_pread(void)
{
	static const char *const names[] = {"pread", "pread64"};
	sqlite3_vfs *v = sqlite3_vfs_find(NULL);
	for (int i = 0; v && v->iVersion >= 3 && i < 2; i++) {
		sqlite3_syscall_ptr p = v->xGetSystemCall(v, names[i]);
		if (!p)
			continue;
		real_pread = (ssize_t(*)(int, void *, size_t, off_t))p;
		if (v->xSetSystemCall(v, names[i], (sqlite3_syscall_ptr)bad_pread) == SQLITE_OK)
			return true;
	}
	return false;
}

TEST(a_page_that_cannot_be_read_is_no_damaged_page)
{
	static const int codes[] = {EIO, ENXIO};
	struct home h;
	int asked = 0;
	home_new(&h);
	put(&h, 200);
	CHECK_OK(store_settle(h.store, &e));
	CHECK(swap_pread());
	for (off_t page = 1; page < 12; page++)
		for (size_t c = 0; c < 2; c++) {
			home_reopen(&h);
			fault = codes[c], hit = false;
			bad_from = page * 8192, bad_to = bad_from + 8192;
			enum err err = OK;
			for (uint64_t i = 0; i < 200 && !err; i++) {
				struct buf b = BUF_INIT(LIMIT_ENTRY);
				struct record_entry x;
				err = record_entry_get(h.store, 1, i, &b, &x, &e);
				buf_done(&b);
			}
			CHECKF(
			    !err || (hit && err == ERR_IO && strstr(e.msg, "damaged") == NULL), "page %d: %s: %s", (int)page, err_name(err), e.msg);
			asked += hit && err;
			err = store_check(h.store, &e);
			fault = 0;
			CHECKF(hit ? err == ERR_IO && strstr(e.msg, "damaged") == NULL : err == OK, "page %d: %s: %s", (int)page, err_name(err),
			    err ? e.msg : "");
		}
	home_reopen(&h);
	CHECK_OK(store_check(h.store, &e));
	CHECK(asked > 1);
	/* and damage is damage */
	char path[128], junk[4096];
	memset(junk, 0x5a, sizeof junk);
	(void)snprintf(path, sizeof path, "%s/log.db", h.path);
	store_close(h.store);
	h.store = NULL;
	int fd = open(path, O_WRONLY);
	CHECK(fd >= 0 && pwrite(fd, junk, sizeof junk, 20 * 8192) == sizeof junk);
	close(fd);
	CHECK_OK(store_open(h.env, false, &h.store, &e));
	CHECK_ERR(store_check(h.store, &e), ERR_CORRUPT);
	home_free(&h);
}
