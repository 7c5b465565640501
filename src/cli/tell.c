#include "cli/tell.h"

#include <inttypes.h>
#include <string.h>

#include "base/limits.h"
#include "json/write.h"

static void
tell_json(struct cli *c, enum err err, const struct errinfo *e)
{
	struct buf b = BUF_INIT(64 * KIB);
	struct json_writer w;
	json_write_init(&w, &b, 0);
	json_open_object(&w);
	json_put_key(&w, STR("error"));
	json_open_object(&w);
	json_put_member(&w, STR("code"), str_of(err_name(err)));
	json_put_member_int(&w, STR("status"), err_status(err));
	json_put_member(&w, STR("message"), str_of(e->msg[0] ? e->msg : err_text(err)));
	if (e->hint[0])
		json_put_member(&w, STR("hint"), str_of(e->hint));
	if (c->input)
		json_put_member(&w, STR("file"), str_of(c->input));
	if (e->line) {
		json_put_member_int(&w, STR("line"), (int64_t)e->line);
		json_put_member_int(&w, STR("column"), (int64_t)e->col);
		json_put_member_int(&w, STR("offset"), (int64_t)e->offset);
	}
	json_close(&w);
	json_close(&w);
	json_write_done(&w);
	print_raw(&c->err, buf_str(&b));
	print_own(&c->err, "\n");
	buf_done(&b);
}

void
tell_error(struct cli *c, enum err err, const struct errinfo *e)
{
	fflush(c->out.f);
	if (c->json) {
		tell_json(c, err, e);
		return;
	}
	print_own_styled(&c->err, STYLE_BAD, "comity: ");
	/* a failure to read the file names it already */
	if (c->input && (e->line || str_find(str_of(e->msg), str_of(c->input)) < 0)) {
		print_text(&c->err, str_of(strcmp(c->input, "-") == 0 ? "standard input" : c->input));
		if (e->line)
			print_own(&c->err, ":%" PRIu64 ":%" PRIu64, e->line, e->col);
		print_own(&c->err, ": ");
	} else if (e->line) {
		print_own(&c->err, "line %" PRIu64 ", column %" PRIu64 ": ", e->line, e->col);
	}
	print_text(&c->err, str_of(e->msg[0] ? e->msg : err_text(err)));
	print_own(&c->err, "\n");
	if (e->hint[0]) {
		print_own_styled(&c->err, STYLE_NOTE, "hint: ");
		print_text(&c->err, str_of(e->hint));
		print_own(&c->err, "\n");
	}
}
