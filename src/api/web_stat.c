#define _GNU_SOURCE /* statvfs with long files */
#include "api/web_stat.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <time.h>
#include <unistd.h>

#include "api/version.h"

enum { ROWS = 1024 /* more pairs of row and status than there are: what does not fit is counted with the last */, BARS = 10 };

static const int64_t bar_micros[BARS] = {1000, 2500, 5000, 10000, 25000, 100000, 250000, 1000000, 5000000, 30000000};
static const char *const bar_names[BARS] = {"0.001", "0.0025", "0.005", "0.01", "0.025", "0.1", "0.25", "1", "5", "30"};

struct row {
	const struct route *route;
	int status; /* 0: free */
	uint64_t count, bytes;
};

struct web_stat {
	pthread_mutex_t m;
	struct row rows[ROWS];
	size_t n;
	uint64_t bars[BARS], all;
	int64_t micros;
	time_t began;
};

enum err
web_stat_new(struct web_stat **ret, struct errinfo *e)
{
	struct web_stat *s = calloc(1, sizeof *s);
	if (!s)
		return err_nomem(e);
	pthread_mutex_init(&s->m, NULL);
	s->began = time(NULL);
	*ret = s;
	return OK;
}

void
web_stat_free(struct web_stat *s)
{
	if (!s)
		return;
	pthread_mutex_destroy(&s->m);
	free(s);
}

void
web_stat_add(struct web_stat *s, const struct route *route, int status, uint64_t bytes, int64_t micros)
{
	size_t i = 0;
	pthread_mutex_lock(&s->m);
	while (i < s->n && (s->rows[i].route != route || s->rows[i].status != status))
		i++;
	if (i == s->n && s->n < ROWS)
		s->rows[s->n++] = (struct row){.route = route, .status = status};
	if (i == ROWS)
		i--;
	s->rows[i].count++;
	s->rows[i].bytes += bytes;
	for (int k = 0; k < BARS; k++)
		s->bars[k] += micros <= bar_micros[k];
	s->all++;
	s->micros += micros;
	pthread_mutex_unlock(&s->m);
}

static void
head(struct buf *b, const char *name, const char *type, const char *help)
{
	buf_printf(b, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

static void
gauge(struct buf *b, const char *name, const char *help, double value)
{
	head(b, name, "gauge", help);
	buf_printf(b, "%s %.17g\n", name, value);
}

static void
put_rows(const struct web_stat *s, struct buf *b, const char *name, const char *help, bool bytes)
{
	head(b, name, "counter", help);
	for (size_t i = 0; i < s->n; i++) {
		const struct row *r = &s->rows[i];
		buf_printf(b, "%s{method=\"%s\",route=\"%s\",status=\"%d\"} %" PRIu64 "\n", name, r->route ? r->route->method : "",
		    r->route ? r->route->path : "", r->status, bytes ? r->bytes : r->count);
	}
}

static double
resident(void)
{
	unsigned long size, pages;
	FILE *f = fopen("/proc/self/statm", "re");
	double bytes = f && fscanf(f, "%lu %lu", &size, &pages) == 2 ? (double)pages * (double)sysconf(_SC_PAGESIZE) : 0;
	if (f)
		fclose(f);
	return bytes;
}

static void
put_home(const char *dir, struct buf *b)
{
	static const char *const files[] = {"log.db", "view.db", "node.db"};
	char path[4096];
	struct statvfs disk;
	struct stat st;
	head(b, "comity_database_bytes", "gauge", "Size of a file of the home.");
	for (size_t i = 0; i < sizeof files / sizeof *files; i++)
		if (snprintf(path, sizeof path, "%s/%s", dir, files[i]) < (int)sizeof path && !stat(path, &st))
			buf_printf(b, "comity_database_bytes{file=\"%s\"} %lld\n", files[i], (long long)st.st_size);
	if (!statvfs(dir, &disk)) {
		gauge(b, "comity_disk_free_bytes", "Free on the disk of the home.", (double)disk.f_bavail * (double)disk.f_frsize);
		gauge(b, "comity_disk_size_bytes", "Size of the disk of the home.", (double)disk.f_blocks * (double)disk.f_frsize);
	}
}

void
web_stat_put(struct web_stat *s, const char *dir, struct buf *b)
{
	head(b, "comity_build_info", "gauge", "The version that runs.");
	buf_printf(b, "comity_build_info{version=\"%s\"} 1\n", COMITY_VERSION);
	pthread_mutex_lock(&s->m);
	put_rows(s, b, "comity_http_requests_total", "Requests answered to people and tools, by row of the table of routes and status.", false);
	put_rows(s, b, "comity_http_response_bytes_total", "Bytes of the bodies of those answers.", true);
	head(b, "comity_http_request_duration_seconds", "histogram", "Time that a request took in the node.");
	for (int k = 0; k < BARS; k++)
		buf_printf(b, "comity_http_request_duration_seconds_bucket{le=\"%s\"} %" PRIu64 "\n", bar_names[k], s->bars[k]);
	buf_printf(b, "comity_http_request_duration_seconds_bucket{le=\"+Inf\"} %" PRIu64 "\n", s->all);
	buf_printf(b, "comity_http_request_duration_seconds_sum %.6f\n", (double)s->micros / 1e6);
	buf_printf(b, "comity_http_request_duration_seconds_count %" PRIu64 "\n", s->all);
	gauge(b, "process_start_time_seconds", "When the node began, in seconds of 1970.", (double)s->began);
	pthread_mutex_unlock(&s->m);
	gauge(b, "process_resident_memory_bytes", "Memory that the node has.", resident());
	if (dir)
		put_home(dir, b);
}
