/* dom: one JSON text of at most LIMIT_OBJECT as a tree in an arena.
 *
 * The tree is a flat array in the order of the text: a node, then all that is below it. `span` nodes further stands what comes
 * after, so a tree is walked by adding to a pointer, and no walk needs a stack. A member's key is in the node of its value. Strings
 * are decoded; those without an escape, and all numbers, are views into the text, which must therefore live as long as the tree.
 *
 * Taken is RFC 8259, and of that only what I-JSON (RFC 7493) takes: valid UTF-8, no lone surrogate in \u escapes, no key twice in an
 * object, no byte order mark. Depth is at most LIMIT_JSON_DEPTH. Numbers are kept as written, of any size; they become int64 or
 * double when asked. */
#ifndef JSON_DOM_H
#define JSON_DOM_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"

enum json_type {
	JSON_NULL = 1,
	JSON_BOOL,
	JSON_NUMBER,
	JSON_STRING,
	JSON_ARRAY,
	JSON_OBJECT,
};

struct json {
	const char *key;     /* of a member of an object: its decoded name; else NULL */
	const char *p;       /* string: decoded bytes; number: its text; array, object: just past its closing bracket in the text */
	uint32_t n;          /* string, number: bytes at p; bool: 0 or 1; array, object: how many children */
	uint32_t at;         /* offset of the value's first byte in the text */
	uint32_t span;       /* nodes from this one to the next sibling: 1 + all that is below */
	uint32_t key_n : 24; /* bytes at key */
	uint32_t type : 8;   /* enum json_type */
};

/* Parses text, which is one value with blanks around it. The tree is allocated in a and lives as long as a and text; on failure a
 * may have grown. ERR_SYNTAX: not JSON; ERR_INVALID: JSON, but with a key twice or a lone surrogate; ERR_LIMIT: too big, too deep,
 * arena spent. The errinfo carries line, column (in bytes, from 1) and offset of the fault. An arena of LIMIT_OBJECT_ARENA holds the
 * tree of any text that is small enough. */
enum err json_parse(struct arena *a, struct str text, const struct json **ret, struct errinfo *e) MUST_USE;
/* The same of a text of at most max bytes, up to LIMIT_REPLY_TREE: for what this program said itself. Needs as much more of an arena. */
enum err json_parse_most(struct arena *a, struct str text, size_t max, const struct json **ret, struct errinfo *e) MUST_USE;

static inline bool
json_is(const struct json *j, enum json_type type)
{
	return j && j->type == type;
}

/* The decoded string, or the text of a number; the empty view for anything else, NULL too. */
static inline struct str
json_str(const struct json *j)
{
	return j && (j->type == JSON_STRING || j->type == JSON_NUMBER) ? (struct str){j->p, j->n} : STR_NONE;
}

static inline struct str
json_key_of(const struct json *j)
{
	return (struct str){j->key, j->key_n};
}

/* How many elements or members; 0 for anything else, NULL too. */
static inline uint32_t
json_count(const struct json *j)
{
	return j && j->type >= JSON_ARRAY ? j->n : 0;
}

/* The member of an object, or NULL: also when obj is NULL or no object, so that calls can be nested. Linear in the number of members. */
const struct json *json_get(const struct json *obj, struct str key);
/* The same, only if it has this type. */
const struct json *json_get_type(const struct json *obj, struct str key, enum json_type type);
/* A member that is a string. False (ret untouched) if absent or of another type. */
bool json_get_str(const struct json *obj, struct str key, struct str *ret);
/* Element i of an array (from 0), or NULL. Linear. */
const struct json *json_at(const struct json *array, uint32_t i);

/* An integer written as such (-?digits), within int64. False for 1.0, 1e3, overflow, other types, NULL. */
bool json_i64(const struct json *j, int64_t *ret);
/* The nearest double. False if not a number or beyond the range of double. */
bool json_double(const struct json *j, double *ret);

/* Over the children of an array or object, in the order of the text:
 *	JSON_EACH (child, array) … */
#define JSON_EACH(child, parent)                                                                                                                \
	for (const struct json *child = (parent) + 1, *end_##child = (parent) + (json_count(parent) ? (parent)->span : 1); child < end_##child; \
	     child += child->span)
/* Over a node and all below it, parents first:
 *	JSON_WALK (node, root) … */
#define JSON_WALK(node, root) for (const struct json *node = (root); node < (root) + (root)->span; node++)

/* The bytes of a node in the text it was parsed from, quotes and brackets included. */
struct str json_raw(struct str text, const struct json *j);
/* Gives e the place (line, column, offset) of a node of the tree of text. */
void json_place(struct str text, const struct json *j, struct errinfo *e);
/* The way from root down to node as people write it: external_references[2].url; nothing for the root itself. Asserts that node is in the tree. */
void json_path_put(struct buf *b, const struct json *root, const struct json *node);
/* Same type and value, recursively: members in any order, numbers by their text. */
bool json_eq(const struct json *a, const struct json *b);

#endif
