/* show: the parts of replies that many commands print the same way. A reply's text is a stranger's until it is printed through print.h. */
#ifndef CLI_SHOW_H
#define CLI_SHOW_H

#include "cli/cmd.h"

/* A member that is a string; empty if it is none. */
struct str show_str(const struct json *obj, const char *name);
int64_t show_int(const struct json *obj, const char *name);
bool show_true(const struct json *obj, const char *name);
/* Its array or object; NULL if it is none, which JSON_EACH must not get: use SHOW_EACH. */
const struct json *show_list(const struct json *obj, const char *name);
#define SHOW_EACH(child, list) \
	if (list)              \
	JSON_EACH(child, list)

/* "2015-10-01 06:30:00Z" for "2015-10-01T06:30:00.000000Z", in the arena; "never" for null. days: "2015-10-01". */
struct str show_moment(struct cli *c, const struct json *obj, const char *name);
struct str show_day(struct cli *c, const struct json *obj, const char *name);
/* Strings of an array joined by ", ", in the arena. */
struct str show_joined(struct cli *c, const struct json *list);
/* Member ids in capitals, as people know them, in the arena: "irn.irq" -> "IRN.IRQ". */
struct str show_capitals(struct cli *c, struct str ids);
/* A number as text in the arena. */
struct str show_number(struct cli *c, int64_t v);

/* "name:   value", where there is a value. */
void show_line(struct cli *c, const char *name, struct str value);
void show_line_styled(struct cli *c, const char *name, enum style s, struct str value);
/* "3 objects", "1 object" */
void show_count(struct print *p, int64_t n, const char *one, const char *many);

/* The same rendering on standard error: what stands beside an output that goes into a file. */
void show_aside(struct cli *c, void (*render)(struct cli *c, const struct json *reply), const struct json *reply);

/* Any reply, laid out by its own names: for what has no layout of its own. */
void show_any(struct cli *c, const struct json *reply);

/* "FLAGGED: a source was recalled", if its author has said so; nothing is put before or after. True if it has. */
bool show_flagged(struct cli *c, const struct json *row);

/* One object as "show" and "evidence" give it, and what stands around it as far as the reply has it (cmd_show.c). */
void show_object(struct cli *c, const struct json *reply);

/* A list of objects as "ls" gives them, and how to go on. */
void show_objects(struct cli *c, const struct json *reply);

#endif
