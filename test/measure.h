/* measure: what tests and benches measure of their own process. */
#ifndef MEASURE_H
#define MEASURE_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* AddressSanitizer keeps for a while what was freed. */
#if defined(__SANITIZE_ADDRESS__)
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SANITIZED 1
#endif
#endif
#ifndef SANITIZED
#define SANITIZED 0
#endif

/* Seconds of a clock that is never set. */
static inline double
seconds(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* Bytes of this process by the name that /proc/self/status gives them; 0: not told here. */
static inline size_t
memory_named(const char *name)
{
	char line[200];
	size_t kib = 0;
	FILE *f = fopen("/proc/self/status", "r");
	while (f && fgets(line, sizeof line, f))
		if (strncmp(line, name, strlen(name)) == 0)
			kib = (size_t)strtoul(line + strlen(name), NULL, 10);
	if (f)
		fclose(f);
	return kib * 1024;
}

/* Resident now, and at the most since the process began. */
static inline size_t
resident(void)
{
	return memory_named("VmRSS:");
}

static inline size_t
resident_most(void)
{
	return memory_named("VmHWM:");
}

#endif
