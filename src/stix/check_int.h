/* The walk that holds a value to its row. For this folder alone: stix_check (object.c) is what others call. */
#ifndef STIX_CHECK_INT_H
#define STIX_CHECK_INT_H

#include "stix/stix_int.h"

struct check {
	struct str text;
	const struct json *root;
	enum stix_type type;
	struct stix_info *info;
	struct errinfo *e;
	unsigned selectors; /* seen so far; LIMIT_SELECTORS */
	bool scheme_read;   /* scheme is that of the report's header */
	struct str scheme;
};

/* "path: what", at the place of node. Gives ERR_INVALID. */
enum err check_fail(struct check *c, const struct json *node, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
/* "path.name: is missing, which …" */
enum err check_missing(struct check *c, const struct json *parent, struct str name, const char *why);
void check_warn(struct check *c, const struct json *node, enum stix_warning what);

/* The row of a name, or -1. */
int check_find(const struct prop *props, size_t n, struct str name);
/* A member of parent, by its row. */
enum err check_prop(struct check *c, const struct json *parent, const struct json *node, const struct prop *p);
/* An object that stands inside the one being checked. */
enum err check_shape(struct check *c, const struct json *node, const struct shape *s);
/* The rules of a shape, once its members are known: at[i] is the member of props[i] or NULL. parent is the object. */
enum err check_rules(struct check *c, const struct json *parent, const struct shape *s, const struct json *const *at);

#endif
