/* sync: from other homes on this machine (a shared disk, a mounted one). */
#include <string.h>
#include <sys/stat.h>

#include "base/limits.h"
#include "cli/ask.h"
#include "cli/peer_dir.h"
#include "cli/show.h"
#include "cli/sync_show.h"
#include "cli/tell.h"

void
sync_show_item(struct cli *c, struct str from, const struct json *r)
{
	static const struct {
		const char *name, *one, *many;
		enum style style;
	} counts[] = {
	    {"objects", "object", "objects", STYLE_GOOD},
	    {"entries", "entry", "entries", STYLE_NONE},
	    {"countersignatures", "countersignature", "countersignatures", STYLE_NONE},
	    {"charters", "charter or card", "charters and cards", STYLE_NONE},
	    {"receipts", "receipt sent", "receipts sent", STYLE_NONE},
	    {"flags", "product flagged", "products flagged", STYLE_WARN},
	    {"pending", "entry without its payload yet", "entries without their payload yet", STYLE_WARN},
	    {"waiting", "log ahead of our clock", "logs ahead of our clock", STYLE_WARN},
	    {"forks", "FORK PROVEN", "FORKS PROVEN", STYLE_BAD},
	    {"refused", "log refused", "logs refused", STYLE_BAD},
	    {"dropped", "older thing gone from quarantine", "older things gone from quarantine", STYLE_WARN},
	};
	struct print *p = &c->out;
	bool any = false;
	print_text(p, from);
	print_own(p, ", ");
	print_text(p, show_str(r, "centre"));
	print_own(p, ": ");
	for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
		int64_t n = show_int(r, counts[i].name);
		if (n)
			print_own_styled(p, counts[i].style, "%s%lld %s", any ? ", " : "", (long long)n, n == 1 ? counts[i].one : counts[i].many);
		any |= n != 0;
	}
	print_own(p, any ? "\n" : "nothing new\n");
	if (show_true(r, "behind"))
		print_own_styled(p, STYLE_BAD,
		    "    THIS HOME HAS FORGOTTEN what it signed: it was put back to an older state. It signs nothing for others until each member "
		    "has been asked (comity status)\n");
	if (show_str(r, "why").n) {
		print_own_styled(p, STYLE_BAD, "    ");
		print_text(p, show_str(r, "why"));
		print_own(p, "\n");
	}
}

void
sync_forked(struct cli *c, const struct json *reply)
{
	SHOW_EACH(one, show_list(reply, "items"))
	if (show_int(one, "forks"))
		c->status = err_status(ERR_FORK);
}

static void
put_synced(struct cli *c, const struct json *r)
{
	SHOW_EACH(one, show_list(r, "items"))
	sync_show_item(c, show_str(r, "from"), one);
}

/* One centre from one peer. */
static enum err
sync_centre(struct cli *c, struct peer_dir *p, struct str centre_id, struct str you, bool *ret_shared, struct errinfo *e)
{
	struct transport from = peer_dir_transport(p);
	struct ask a;
	bool in;
	enum err err = peer_dir_turn(c, p, centre_id, you, &in, e);
	if (err || !in)
		return err;
	*ret_shared = true;
	ask_begin(&a, c, "sync");
	ask_text(&a, "centre", centre_id);
	ask_text(&a, "member", buf_str(&p->member));
	a.to.call.peer = &from;
	if (!(err = ask_send(&a, e))) {
		ask_show(&a, put_synced);
		sync_forked(c, ask_tree(&a));
	}
	ask_done(&a);
	return err;
}

static bool
wanted(const struct cli *c, const struct json *centre)
{
	const char *want = cli_flag(c, "centre");
	return !want || str_eq(show_str(centre, "centre"), str_of(want)) ||
	       (strlen(want) >= 6 && str_starts(show_str(centre, "centre_id"), str_of(want)));
}

static bool
same_dir(const char *a, const char *b)
{
	struct stat x, y;
	return stat(a, &x) == 0 && stat(b, &y) == 0 && x.st_dev == y.st_dev && x.st_ino == y.st_ino;
}

static enum err
sync_dir(struct cli *c, const char *dir, const struct json *centres, struct errinfo *e)
{
	struct peer_dir p;
	const char *mine;
	bool shared = false;
	enum err err = home_where(c, &mine, e);
	if (err)
		return err;
	if (same_dir(dir, mine)) {
		err_set(e, ERR_USAGE, "%.200s is this home itself", dir);
		err_hint(e, "name the homes of other members");
		return ERR_USAGE;
	}
	if ((err = peer_dir_open(c, dir, &p, e)))
		return err;
	SHOW_EACH(one, centres)
	if (!err && wanted(c, one) && show_str(one, "you").n)
		err = sync_centre(c, &p, show_str(one, "centre_id"), show_str(one, "you"), &shared, e);
	peer_dir_done(&p);
	if (!err && !shared) {
		err = err_set(e, ERR_NOTFOUND, "%.200s: this home shares no centre with yours", dir);
		err_hint(e, "comity centres lists yours");
	}
	return err;
}

static enum err
run(struct cli *c, struct errinfo *e)
{
	struct ask a;
	enum err err, first = OK;
	bool json = c->json;
	ask_begin(&a, c, "centres");
	c->json = false;
	err = ask_send(&a, e);
	c->json = json;
	const struct json *centres = err ? NULL : show_list(a.tree, "items");
	for (int i = 0; i < c->nargs && !err; i++) {
		enum err one = sync_dir(c, c->args[i], centres, e);
		if (one == ERR_STOPPED || (one && i + 1 == c->nargs)) {
			err = one;
		} else if (one) { /* one peer that cannot be had does not keep the others from being asked */
			tell_error(c, one, e);
			first = first ? first : one;
		}
	}
	ask_done(&a);
	if (!err && first && !c->status)
		c->status = err_status(first);
	return err;
}

static const struct flag flags[] = {{"centre", 's', true, "CENTRE", "this centre alone", 0}, {0}};

const struct cmd cmd_sync = {
    .name = "sync",
    .group = CMD_EXCHANGE,
    .about = "fetch, verify and countersign what others released, from their homes",
    .help = "DIR is another member's home that this machine can read as the same user: on one machine, or on a disk that was brought here. Its node "
	    "serves what was "
	    "released to you and nothing else, and has to show that it is that "
	    "member's: by a signature with the log key in it. To bring something to a member who is far away: comity pouch pack.\n"
	    "Ends with 76 if it brought proof that an author signed two histories (FORK PROVEN; comity logs shows them). With --json each home and "
	    "centre gives one reply, on a line of its own.",
    .examples = "comity sync ../rus ../irn\ncomity sync --centre joint /mnt/rus",
    .flags = flags,
    .params = {{"dirs", '+', true, "DIR"}},
    .op = "sync",
    .run = run,
};
