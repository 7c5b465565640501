#include "cli/peer_dir.h"

#include <string.h>

#include "base/limits.h"
#include "cli/ask.h"
#include "cli/show.h"
#include "env/posix.h"

enum { ID_MAX = 128 };

enum err
peer_dir_open(struct cli *c, const char *dir, struct peer_dir *ret, struct errinfo *e)
{
	/* in place: the node keeps a pointer to its env */
	*ret = (struct peer_dir){.dir = dir, .centre = BUF_INIT(ID_MAX), .asker = BUF_INIT(ID_MAX), .member = BUF_INIT(ID_MAX)};
	enum err err = home_env(c, dir, false, &ret->posix, &ret->env, e);
	if (!err && (err = home_reach(c, &ret->env, dir, "sync (asked by another home)", &ret->reach, e)))
		env_posix_free(ret->posix);
	if (!err)
		home_warn(c, dir, ret->reach);
	return err;
}

enum err
peer_dir_turn(struct cli *c, struct peer_dir *p, struct str centre_id, struct str asker, bool *ret_in, struct errinfo *e)
{
	struct ask a;
	bool json = c->json;
	*ret_in = false;
	buf_clear(&p->centre);
	buf_clear(&p->asker);
	buf_clear(&p->member);
	buf_put(&p->centre, centre_id);
	buf_put(&p->asker, asker);
	ask_begin(&a, c, "centres");
	c->json = false;
	enum err err = ask_send_to(&a, p->reach, e);
	c->json = json;
	SHOW_EACH(one, err ? NULL : show_list(a.tree, "items"))
	if (str_eq(show_str(one, "centre_id"), centre_id) && show_str(one, "you").n) {
		buf_put(&p->member, show_str(one, "you"));
		*ret_in = true;
	}
	ask_done(&a);
	return err;
}

static enum err
get(void *ctx, struct str path, struct buf *ret, struct errinfo *e)
{
	struct peer_dir *p = ctx;
	return reach_serve(p->reach, buf_str(&p->centre), buf_str(&p->asker), path, ret, e);
}

struct transport
peer_dir_transport(struct peer_dir *p)
{
	return (struct transport){.ctx = p, .get = get, .name = p->dir};
}

void
peer_dir_done(struct peer_dir *p)
{
	reach_close(p->reach);
	env_posix_free(p->posix);
	buf_done(&p->centre);
	buf_done(&p->asker);
	buf_done(&p->member);
}
