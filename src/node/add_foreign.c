/* What is pulled from a server of others lands in this member's own circle, where the last version counts and is what a release sends out. By the
 * standard only who created an object versions it; whoever runs that server, or feeds it, knows our ids as soon as we released something. */
#include "node/add.h"
#include "share/rows.h"
#include "stix/comity.h"

static struct str
creator_of(const struct json *tree)
{
	return json_str(json_get(tree, STR("created_by_ref")));
}

static bool
is_ours(const struct add *a, struct str identity)
{
	return roster_identity(a->c->roster, op_now(a->call), identity) == a->c->me;
}

static enum err
deny(struct errinfo *why, const char *what, bool *ret_refused)
{
	err_set(why, ERR_DENIED, "%s", what);
	err_hint(why, "if it is meant, save it to a file and add that: comity quarantine show, comity add");
	*ret_refused = true;
	return OK;
}

struct standing {
	struct add *a;
	struct str creator; /* of what comes */
	bool any, another, released;
};

/* Whether this row, of our own circle, is somebody else's than who created what comes, or was written here. */
static enum err
look_at(struct standing *x, const struct view_row *row, struct errinfo *e)
{
	struct arena tree = ARENA_INIT(LIMIT_OBJECT_ARENA);
	struct buf b = BUF_INIT(LIMIT_OBJECT + 64);
	struct stix_header h;
	const struct json *j;
	enum err err = rows_bytes(x->a->call->n->share, row, &b, e);
	if (!err && !(err = json_parse(&tree, buf_str(&b), &j, e))) {
		x->any = true;
		x->another = !str_eq(creator_of(j), x->creator) || stix_header_read(j, &h);
	}
	arena_done(&tree);
	buf_done(&b);
	return err == ERR_NOTFOUND ? OK : err;
}

/* The newest of our own circle speaks for those before it; whether it was released matters where nobody says who created it. */
static enum err
see(void *ctx, const struct view_row *row, struct errinfo *e)
{
	struct standing *x = ctx;
	enum err err = OK;
	x->released |= !rows_private(row);
	if (rows_private(row) && row->state == VIEW_LIVE && !x->any)
		err = look_at(x, row, e);
	if (!err && (x->another || (x->any && (x->creator.n || x->released))))
		err = ERR_STOPPED;
	return err;
}

enum err
add_foreign(struct add *a, const struct stix_info *info, const struct json *tree, bool *ret_refused, struct errinfo *why, struct errinfo *e)
{
	struct standing x = {.a = a, .creator = creator_of(tree)};
	const struct rows_filter f = {.centre = a->c->no, .author = a->c->me, .id = &info->id};
	*ret_refused = false;
	if (is_ours(a, x.creator) || (info->type == STIX_IDENTITY && is_ours(a, json_str(json_get(tree, STR("id"))))))
		return deny(why, "it says that this member made it, and comes from elsewhere", ret_refused);
	enum err err = rows_each(a->call->n->share, &f, see, &x, e);
	if (err && err != ERR_STOPPED)
		return err;
	if (x.another || (x.released && !x.creator.n))
		return deny(why, "what stands here under this id is not that server's to version", ret_refused);
	return OK;
}
