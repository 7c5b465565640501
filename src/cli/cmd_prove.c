/* prove, prove-check: that something was released, for anybody who has the centre's id. */
#include <time.h>

#include "base/limits.h"
#include "base/time.h"
#include "cli/ask.h"
#include "cli/file.h"
#include "cli/show.h"
#include "crypto/fingerprint.h"
#include "crypto/init.h"
#include "share/payload.h"
#include "share/prove.h"

static const struct flag prove_flags[] = {
    {"out", 's', true, "FILE", "write it there (else to standard output)", 'o'},
    {"centre", 's', false, "CENTRE", "the release in this centre", 0},
    {"circle", 's', false, "CIRCLE", "to exactly this circle", 0},
    {"author", 's', false, "ID", "by this member", 0},
    {"modified", 's', false, "TIME", "of that version", 0},
    {"private", 'b', false, NULL, "also of what was released to nobody; the file holds all of it", 0},
    {0},
};

static void
put_proved(struct cli *c, const struct json *r)
{
	struct print *p = &c->out;
	print_own(p, "proof that ");
	print_text(p, show_capitals(c, show_str(r, "author")));
	bool released = !str_eq(show_str(r, "author"), show_str(r, "circle"));
	print_own(p, released ? " released " : " held ");
	print_styled(p, STYLE_ID, show_str(r, "id"));
	print_own(p, released ? " to " : ", which it released to nobody by this, in its private circle ");
	print_text(p, show_capitals(c, show_str(r, "circle")));
	print_own(p, "\n");
	if (!released)
		print_own_styled(p, STYLE_WARN, "The file holds it in clear.\n");
	show_line(c, "centre", show_str(r, "centre_id"));
}

static enum err
run_prove(struct cli *c, struct errinfo *e)
{
	const char *path = cli_flag(c, "out");
	struct file f;
	struct ask a;
	enum err err = file_create(path ? path : "-", false, false, &f, e);
	if (err)
		return err;
	struct sink out = file_sink(&f);
	ask_begin(&a, c, "prove");
	ask_given(&a);
	a.to.call.out = &out;
	if (!(err = ask_send(&a, e)) && !(err = file_commit(&f, e))) {
		if (path)
			ask_show(&a, put_proved);
		else if (!c->json && !c->quiet)
			show_aside(c, put_proved, a.tree);
	}
	ask_done(&a);
	file_close(&f);
	return err;
}

const struct cmd cmd_prove = {
    .name = "prove",
    .group = CMD_EXCHANGE,
    .about = "a file that proves a release to anybody who has the centre's id",
    .help = "The entry, its payload, the Merkle proof, the author's checkpoint with all countersignatures, and the charters and cards under which "
	    "they hold. The whole "
	    "payload goes in, and with it whatever was released in the same act.",
    .examples = "comity prove ID -o release.proof\ncomity prove-check release.proof --centre-id 3fa9…",
    .flags = prove_flags,
    .params = {{"id", '1', false, "ID"}},
    .op = "prove",
    .run = run_prove,
};

static const struct flag check_flags[] = {
    {"centre-id", 's', true, "HEX", "the centre's id, 64 digits, from a source you trust", 0},
    {"objects", 'b', true, NULL, "print the objects that were released, one a line", 0},
    {0},
};

/* Countersignatures name whole seconds: the entry was there at the end of that second. */
static struct str
not_after(const struct proof_report *r, struct buf *b)
{
	buf_clear(b);
	time_put(b, r->earliest / TIME_SECOND * TIME_SECOND + TIME_SECOND);
	buf_cut(b, sizeof "2015-10-01T06:30:00" - 1);
	buf_putc(b, 'Z');
	return buf_str(b);
}

/* Not as one who looks at it today would have it, but by what is in the file: that has to be said beside it. */
static void
put_counts(struct cli *c, const struct proof_report *r)
{
	struct print *p = &c->out;
	struct buf b = BUF_INIT(KIB);
	if (r->counts)
		print_own_styled(p, STYLE_GOOD, "it counts, by the charters and cards in the file");
	else
		print_own_styled(p, STYLE_WARN, "it does not count, by the charters and cards in the file");
	if (!r->counts) {
		print_own(p, ": ");
		print_text(p, str_of(r->why.msg));
	}
	print_own(p, "\n");
	if (r->counts && r->until != TIME_NEVER) {
		time_put(&b, r->until);
		print_own_styled(p, STYLE_WARN,
		    "from %.*s on it does not: a member of the circle leaves then, and nobody who stays countersigned it\n",
		    STR_FMT(buf_str(&b)));
	}
	if (r->forked)
		print_own_styled(p, STYLE_BAD, "FORK: the charters in the file contradict each other; only those before that are looked at\n");
	print_own_styled(p, STYLE_DIM, "%-13s", "charter");
	if (r->version)
		print_own(p, " version %u; the last one in the file is version %u, fingerprint ", r->version, r->newest);
	else
		print_own(p, " not in the file; the last one in it is version %u, fingerprint ", r->newest);
	buf_clear(&b);
	fingerprint_put(&b, r->newest_hash.b);
	print_styled(p, STYLE_ID, buf_str(&b));
	print_own(p, "\n");
	print_own_styled(p, STYLE_DIM, "%-13s", "author's key");
	if (r->key_card) {
		buf_clear(&b);
		time_put(&b, r->key_time);
		print_own(p, " stated by its card %u of %.*s\n", r->key_card, STR_FMT(buf_str(&b)));
	} else {
		print_own(p, " stated by charter version %u\n", r->key_charter);
	}
	buf_done(&b);
}

static void
put_report(struct cli *c, const struct proof_report *r)
{
	struct print *p = &c->out;
	struct buf b = BUF_INIT(4 * KIB);
	print_own_styled(p, STYLE_GOOD, "it holds: ");
	print_text(p, show_capitals(c, r->author));
	print_own(p, " wrote this to ");
	print_text(p, show_capitals(c, r->circle));
	print_own(p, " in ");
	print_text(p, r->charter_name);
	print_own(p, "\n");
	put_counts(c, r);
	show_line(c, "origin", str_of(r->origin));
	print_own_styled(p, STYLE_DIM, "%-13s", "entry");
	print_own(p, " %llu of %llu\n", (unsigned long long)r->index, (unsigned long long)r->size);
	if (!r->malformed) {
		time_put(&b, r->entry.time);
		show_line(c, "said time", buf_str(&b));
	}
	if (r->earliest != TIME_NEVER) {
		show_line(c, "not after", not_after(r, &b));
	} else {
		show_line_styled(c, "not after", STYLE_WARN, STR("nobody countersigned: the time is the author's word alone"));
	}
	print_own_styled(p, STYLE_DIM, "%-13s", "vouched by");
	print_own(p, " ");
	show_count(p, __builtin_popcountll(r->cosigners), "other member", "other members");
	if (r->witnesses.n) {
		print_own(p, ": ");
		print_text(p, show_capitals(c, r->witnesses));
	}
	print_own(p, "\n");
	print_own_styled(p, STYLE_DIM, "%-13s", "payload");
	if (r->has_payload)
		print_own(p, " %u %s, %u withdrawn\n", r->objects, r->objects == 1 ? "object" : "objects", r->withdrawn);
	else
		print_own(p, " not in the file\n");
	buf_done(&b);
}

static void
put_until(struct json_writer *w, const struct proof_report *r)
{
	struct buf b = BUF_INIT(KIB);
	json_put_key(w, STR("until"));
	time_put(&b, r->until);
	if (r->until == TIME_NEVER)
		json_put_null(w);
	else
		json_put_string(w, buf_str(&b));
	buf_done(&b);
}

static void
put_hash(struct json_writer *w, const char *name, const struct hash *h)
{
	struct buf b = BUF_INIT(KIB);
	hash_put_hex(&b, h);
	json_put_member(w, str_of(name), buf_str(&b));
	buf_done(&b);
}

static void
put_json(struct cli *c, const struct proof_report *r)
{
	struct buf b = BUF_INIT(256 * KIB), t = BUF_INIT(KIB);
	struct json_writer w;
	json_write_init(&w, &b, 0);
	json_open_object(&w);
	json_put_member_bool(&w, STR("holds"), true);
	json_put_member(&w, STR("centre"), r->charter_name);
	json_put_member(&w, STR("origin"), str_of(r->origin));
	json_put_member(&w, STR("author"), r->author);
	json_put_member(&w, STR("circle"), r->circle);
	json_put_member_int(&w, STR("index"), (int64_t)r->index);
	json_put_member_int(&w, STR("size"), (int64_t)r->size);
	json_put_member_bool(&w, STR("malformed"), r->malformed);
	json_put_member_bool(&w, STR("counts"), r->counts);
	if (!r->counts)
		json_put_member(&w, STR("why"), str_of(r->why.msg));
	put_until(&w, r);
	json_put_key(&w, STR("by"));
	json_open_object(&w);
	json_put_member_int(&w, STR("charter"), r->version);
	json_put_member_int(&w, STR("newest"), r->newest);
	put_hash(&w, "newest_hash", &r->newest_hash);
	json_put_member_bool(&w, STR("forked"), r->forked);
	json_put_member_int(&w, STR("key_charter"), r->key_charter);
	json_put_member_int(&w, STR("key_card"), r->key_card);
	json_put_key(&w, STR("countersigners"));
	json_open_array(&w);
	for (struct str one, rest = r->witnesses; rest.n;) {
		str_cut(rest, '.', &one, &rest);
		json_put_string(&w, one);
	}
	json_close(&w);
	json_close(&w);
	json_put_member(&w, STR("entry"), r->entry_bytes);
	json_put_key(&w, STR("not_after"));
	if (r->earliest == TIME_NEVER) {
		json_put_null(&w);
	} else {
		json_put_string(&w, not_after(r, &t));
	}
	json_put_member_int(&w, STR("countersigned"), __builtin_popcountll(r->cosigners));
	json_put_member_bool(&w, STR("payload"), r->has_payload);
	json_put_member_int(&w, STR("objects"), r->objects);
	json_put_member_int(&w, STR("withdrawn"), r->withdrawn);
	json_close(&w);
	json_write_done(&w);
	print_raw(&c->out, buf_str(&b));
	print_own(&c->out, "\n");
	buf_done(&t);
	buf_done(&b);
}

/* The objects themselves, as they were signed. */
static enum err
put_objects(struct cli *c, const struct proof_report *r, struct errinfo *e)
{
	struct str rest = r->payload, object;
	struct payload_piece piece;
	enum err err = OK;
	while (!err && rest.n) {
		if ((err = payload_next(&rest, &piece, e)) || piece.withdrawn || (err = piece_object(piece.bytes, &object, e)))
			continue;
		print_raw(&c->out, object);
		print_own(&c->out, "\n");
	}
	return err;
}

static enum err
run_check(struct cli *c, struct errinfo *e)
{
	const char *hex = cli_flag(c, "centre-id");
	struct buf b = BUF_INIT(PROOF_MAX);
	struct proof_report r = {0};
	struct hash centre;
	struct timespec ts = {0};
	size_t n;
	if (!hex || !hex_decode(str_of(hex), centre.b, sizeof centre.b, &n) || n != sizeof centre.b) {
		err_set(e, ERR_USAGE, "prove-check: the centre's id is needed, 64 digits in hex");
		err_hint(e, "--centre-id HEX; without it a proof proves nothing, since anybody can found a centre of any name");
		return ERR_USAGE;
	}
	crypto_init();
	c->input = c->args[0];
	enum err err = file_read(c->args[0], "the proof", &b, e);
	if (!err && clock_gettime(CLOCK_REALTIME, &ts))
		err = err_set(e, ERR_CLOCK, "the clock cannot be read");
	if (!err && !(err = proof_check(buf_str(&b), &centre, (int64_t)ts.tv_sec * TIME_SECOND, &c->a, &r, e))) {
		if (c->json)
			put_json(c, &r);
		else if (cli_flag(c, "objects")) {
			if (!r.counts) {
				print_own_styled(&c->err, STYLE_WARN, "it does not count, by the charters and cards in the file: ");
				print_text(&c->err, str_of(r.why.msg));
				print_own(&c->err, "\n");
			}
			err = put_objects(c, &r, e);
		}
		else
			put_report(c, &r);
	}
	buf_done(&b);
	return err;
}

const struct cmd cmd_prove_check = {
    .name = "prove-check",
    .group = CMD_EXCHANGE,
    .about = "check such a file, without a home and without a network",
    .help = "Ends with 0 if it holds, 76 if something in it does not. It says as well whether the entry counts by the charters and cards in the "
	    "file: what was made under a charter of another circle, or what nobody saw who is still there after a member left, does not. Charters "
	    "that are not in the file may say otherwise, and whether it was recalled since is not to be seen from it.",
    .examples = "comity prove-check release.proof --centre-id 3fa9…",
    .flags = check_flags,
    .params = {{"file", '1', true, "FILE"}},
    .run = run_check,
};
