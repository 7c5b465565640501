/* What help tells, as data: the table of commands, for programs that call this one. */
#include "base/limits.h"
#include "cli/help.h"
#include "json/write.h"

enum { ALL = MIB };

static void
put_str(struct json_writer *w, const char *key, const char *value)
{
	json_put_key(w, str_of(key));
	if (value)
		json_put_string(w, str_of(value));
	else
		json_put_null(w);
}

static void
put_flags(struct json_writer *w, const struct flag *f)
{
	json_put_key(w, STR("flags"));
	json_open_array(w);
	for (; f && f->name; f++) {
		char letter[2] = {f->letter, 0};
		json_open_object(w);
		put_str(w, "name", f->name);
		put_str(w, "letter", f->letter ? letter : NULL);
		put_str(w, "value", f->value);
		json_put_member_bool(w, STR("several"), f->type == 'a');
		put_str(w, "about", f->about);
		json_close(w);
	}
	json_close(w);
}

static void
put_arguments(struct json_writer *w, const struct param *p)
{
	json_put_key(w, STR("arguments"));
	json_open_array(w);
	for (int i = 0; i < CMD_PARAMS && p[i].name; i++) {
		char c = p[i].count;
		json_open_object(w);
		put_str(w, "value", p[i].value);
		json_put_member_bool(w, STR("optional"), c == '?' || c == 'o' || c == '*');
		json_put_member_bool(w, STR("several"), c == '+' || c == '*');
		json_close(w);
	}
	json_close(w);
}

static void
put_cmd(struct json_writer *w, const struct cmd *cmd)
{
	json_open_object(w);
	put_str(w, "name", cmd->name);
	put_str(w, "group", cmd_group_names[cmd->group]);
	put_str(w, "about", cmd->about);
	put_str(w, "help", cmd->help);
	put_str(w, "examples", cmd->examples);
	put_arguments(w, cmd->params);
	put_flags(w, cmd->flags);
	json_close(w);
}

enum err
help_json(struct print *p, struct str word, bool *ret_any, struct errinfo *e)
{
	struct buf b = BUF_INIT(ALL);
	struct json_writer w;
	struct str all;
	bool any = false;
	json_write_init(&w, &b, 0);
	json_open_object(&w);
	json_put_key(&w, STR("commands"));
	json_open_array(&w);
	for (size_t i = 0; i < cmd_count; i++) {
		struct str name = str_of(cmd_table[i]->name);
		if (cmd_table[i]->group == CMD_HIDDEN || (word.n && !(str_starts(name, word) && (name.n == word.n || name.p[word.n] == ' '))))
			continue;
		put_cmd(&w, cmd_table[i]);
		any = true;
	}
	json_close(&w);
	put_flags(&w, cmd_global_flags);
	json_close(&w);
	json_write_done(&w);
	buf_putc(&b, '\n');
	enum err err = buf_take(&b, &all, e);
	if (!err && any)
		print_raw(p, all);
	if (!err)
		*ret_any = any;
	buf_done(&b);
	return err;
}
