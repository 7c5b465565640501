#include "cli/form.h"

static void
put_words(struct json_writer *w, struct str rest)
{
	struct str one;
	json_open_array(w);
	while (rest.n) {
		str_cut(rest, ',', &one, &rest);
		json_put_string(w, str_trim(one));
	}
	json_close(w);
}

void
form_words(struct ask *a, const char *name, const char *text)
{
	if (!text)
		return;
	json_put_key(&a->w, str_of(name));
	put_words(&a->w, str_of(text));
}

/* "NAME,ABBR" into the object that is open; an abbreviation may be missing. */
static void
put_level_words(struct json_writer *w, struct str text)
{
	struct str name, abbr;
	str_cut(text, ',', &name, &abbr);
	json_put_member(w, STR("name"), str_trim(name));
	json_put_member(w, STR("abbr"), str_trim(abbr));
}

static enum err
put_national(struct ask *a, struct str level, struct errinfo *e)
{
	const char *text;
	bool open = false;
	for (size_t i = 0; (text = cli_flag_at(a->c, "national", i)); i++) {
		struct str member, rest, of, words;
		if (!str_cut(str_of(text), ':', &member, &rest) || !str_cut(rest, '=', &of, &words))
			return err_set(e, ERR_USAGE, "--national: \"%.80s\" is not of the form MEMBER:LEVEL=NAME,ABBR", text);
		if (!str_eq(str_trim(of), level))
			continue;
		if (!open) {
			json_put_key(&a->w, STR("national"));
			json_open_object(&a->w);
			open = true;
		}
		json_put_key(&a->w, str_trim(member));
		json_open_object(&a->w);
		put_level_words(&a->w, words);
		json_close(&a->w);
	}
	if (open)
		json_close(&a->w);
	return OK;
}

enum err
form_levels(struct ask *a, struct errinfo *e)
{
	const char *text;
	enum err err = OK;
	bool none = cli_flag(a->c, "no-levels") != NULL;
	if (!none && !cli_flag(a->c, "level"))
		return OK;
	json_put_key(&a->w, STR("levels"));
	json_open_array(&a->w);
	for (size_t i = 0; !none && !err && (text = cli_flag_at(a->c, "level", i)); i++) {
		struct str name, abbr;
		str_cut(str_of(text), ',', &name, &abbr);
		json_open_object(&a->w);
		put_level_words(&a->w, str_of(text));
		err = put_national(a, str_trim(name), e);
		json_close(&a->w);
	}
	json_close(&a->w);
	return err;
}

enum err
form_circles(struct ask *a, struct errinfo *e)
{
	const char *text;
	if (!cli_flag(a->c, "circle"))
		return OK;
	json_put_key(&a->w, STR("circles"));
	json_open_object(&a->w);
	for (size_t i = 0; (text = cli_flag_at(a->c, "circle", i)); i++) {
		struct str name, members;
		if (!str_cut(str_of(text), '=', &name, &members))
			return err_set(e, ERR_USAGE, "--circle: \"%.80s\" is not of the form NAME=irq,rus", text);
		json_put_key(&a->w, str_trim(name));
		put_words(&a->w, members);
	}
	json_close(&a->w);
	return OK;
}

enum err
form_quorums(struct ask *a, struct errinfo *e)
{
	const char *text;
	if (!cli_flag(a->c, "quorum"))
		return OK;
	json_put_key(&a->w, STR("quorums"));
	json_open_object(&a->w);
	for (size_t i = 0; (text = cli_flag_at(a->c, "quorum", i)); i++) {
		struct str kind, need;
		uint64_t n;
		if (!str_cut(str_of(text), '=', &kind, &need) || !str_u64(need, &n) || n > LIMIT_MEMBERS)
			return err_set(e, ERR_USAGE, "--quorum: \"%.80s\" is not of the form KIND=NUMBER", text);
		json_put_member_int(&a->w, str_trim(kind), (int64_t)n);
	}
	json_close(&a->w);
	return OK;
}

enum err
form_duties(struct ask *a, struct errinfo *e)
{
	const char *text;
	if (!cli_flag(a->c, "duty"))
		return OK;
	json_put_key(&a->w, STR("duties"));
	json_open_array(&a->w);
	for (size_t i = 0; (text = cli_flag_at(a->c, "duty", i)); i++) {
		struct str when, what, rule, span;
		bool ok = str_cut(str_of(text), ':', &when, &what) && str_cut(str_trim(when), ' ', &rule, &span);
		if (!ok || !(str_is(rule, "every") || str_is(rule, "after") || str_is(rule, "before"))) {
			err_set(e, ERR_USAGE, "--duty: \"%.80s\" is not of the form WHEN: TEXT", text);
			err_hint(e, "when is \"every P1M\", \"after P7D\" (from the term's start) or \"before P14D\" (its end)");
			return ERR_USAGE;
		}
		json_open_object(&a->w);
		json_put_member(&a->w, STR("text"), str_trim(what));
		json_put_member(&a->w, rule, str_trim(span));
		json_close(&a->w);
	}
	json_close(&a->w);
	return OK;
}
