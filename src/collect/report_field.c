/* The header of a report: one table of fields, one function for each kind of value. */
#include "collect/report_int.h"

#include <string.h>

#include "base/time.h"

struct field {
	struct str name;
	enum err (*read)(struct report_reader *rd, const struct field *f, struct str value);
	size_t offset; /* in struct report, for those that have one place */
	bool again;    /* may stand on several lines */
};

static void *
place_of(struct report_reader *rd, const struct field *f)
{
	return (char *)&rd->r + f->offset;
}

static enum err
read_text(struct report_reader *rd, const struct field *f, struct str value)
{
	*(struct str *)place_of(rd, f) = value;
	return OK;
}

static enum err
read_subject(struct report_reader *rd, const struct field *f, struct str value)
{
	(void)f;
	rd->subject = value;
	return OK;
}

static enum err
read_time(struct report_reader *rd, const struct field *f, struct str value)
{
	if (time_parse_human(value, place_of(rd, f)))
		return OK;
	enum err err = report_fault(rd, ERR_INVALID, value.p, "%.*s: \"%.*s\" is no date or time", STR_FMT(f->name), STR_FMT(str_sub(value, 0, 64)));
	err_hint(rd->e, "write 2015-10-01 or 2015-10-01T06:30:00Z");
	return err;
}

static enum err
read_type(struct report_reader *rd, const struct field *f, struct str value)
{
	bool ok = value.n >= 2 && value.n <= 24 && value.p[0] >= 'A' && value.p[0] <= 'Z';
	for (size_t i = 0; ok && i < value.n; i++)
		ok = (value.p[i] >= 'A' && value.p[i] <= 'Z') || (value.p[i] >= '0' && value.p[i] <= '9') || value.p[i] == '-';
	if (ok)
		return read_text(rd, f, value);
	enum err err = report_fault(rd, ERR_INVALID, value.p, "Type: \"%.*s\" is no type of report", STR_FMT(str_sub(value, 0, 64)));
	err_hint(rd->e, "one word in capitals, as INTREP, INTSUM, SITREP or SPOTREP");
	return err;
}

struct str
report_precedence_name(enum report_precedence p)
{
	static const struct str names[] = {STR_INIT(""), STR_INIT("ROUTINE"), STR_INIT("PRIORITY"), STR_INIT("IMMEDIATE"), STR_INIT("FLASH")};
	return names[p];
}

static enum err
read_precedence(struct report_reader *rd, const struct field *f, struct str value)
{
	for (enum report_precedence p = REPORT_ROUTINE; p <= REPORT_FLASH; p++)
		if (str_eq(value, report_precedence_name(p))) {
			*(enum report_precedence *)place_of(rd, f) = p;
			return OK;
		}
	enum err err = report_fault(rd, ERR_INVALID, value.p, "Precedence: \"%.*s\" is none", STR_FMT(str_sub(value, 0, 64)));
	err_hint(rd->e, "ROUTINE, PRIORITY, IMMEDIATE or FLASH");
	return err;
}

/* The shape of an RFC 5646 tag: words of letters and digits joined by hyphens, the first of 2 to 8 letters. */
static bool
language_ok(struct str s)
{
	size_t word = 0, n = 0;
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];
		bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
		if (c == '-') {
			if (n == 0 || (word == 0 && n < 2))
				return false;
			word++;
			n = 0;
		} else if (!letter && (word == 0 || c < '0' || c > '9')) {
			return false;
		} else if (++n > 8) {
			return false;
		}
	}
	return word ? n > 0 : n >= 2;
}

static enum err
read_language(struct report_reader *rd, const struct field *f, struct str value)
{
	if (language_ok(value))
		return read_text(rd, f, value);
	enum err err = report_fault(rd, ERR_INVALID, value.p, "Language: \"%.*s\" is no language tag", STR_FMT(str_sub(value, 0, 64)));
	err_hint(rd->e, "as in RFC 5646: ar, fa, ru, en, ar-IQ");
	return err;
}

static enum err
read_grade(struct report_reader *rd, const struct field *f, struct str value)
{
	struct errinfo why;
	enum err err = grade_parse(value, place_of(rd, f), &why);
	return err ? report_fault(rd, err, value.p, "Grade: %s", why.msg) : OK;
}

static enum err
bad_id(struct report_reader *rd, const struct field *f, struct str value, const char *what)
{
	enum err err = report_fault(rd, ERR_INVALID, value.p, "%.*s: \"%.*s\" %s", STR_FMT(f->name), STR_FMT(str_sub(value, 0, 64)), what);
	err_hint(rd->e, "ids are listed by comity ls; as in report--7b0c…, with all 36 characters");
	return err;
}

static enum err
read_id(struct report_reader *rd, const struct field *f, struct str value)
{
	struct stix_id id;
	if (!stix_id_parse(value, &id) || stix_id_type(id) != STIX_REPORT)
		return bad_id(rd, f, value, "is no id of a report");
	return read_text(rd, f, value);
}

static enum err
read_cites(struct report_reader *rd, const struct field *f, struct str value)
{
	struct str *cites = (struct str *)rd->r.cites, one;
	for (bool more = true; more;) {
		struct stix_id id;
		more = str_cut(value, ',', &one, &value);
		one = str_trim(one);
		if (!stix_id_parse(one, &id) || stix_type_class(stix_id_type(id)) == STIX_CLASS_BUNDLE)
			return bad_id(rd, f, one, "is no id");
		for (size_t i = 0; i < rd->r.ncites; i++)
			if (str_eq(cites[i], one))
				return bad_id(rd, f, one, "stands twice");
		if (rd->r.ncites == LIMIT_CITES)
			return report_fault(rd, ERR_LIMIT, one.p, "more than %d ids are cited", LIMIT_CITES);
		if (!cites && !(rd->r.cites = cites = arena_array(rd->a, LIMIT_CITES, sizeof(*cites))))
			return err_nomem(rd->e);
		cites[rd->r.ncites++] = one;
	}
	return OK;
}

#define AT(member) offsetof(struct report, member)
static const struct field fields[] = {
    {STR_INIT("Type"), read_type, AT(type), false},
    {STR_INIT("Subject"), read_subject, 0, false},
    {STR_INIT("Information-Time"), read_time, AT(information_time), false},
    {STR_INIT("Report-Time"), read_time, AT(report_time), false},
    {STR_INIT("Precedence"), read_precedence, AT(precedence), false},
    {STR_INIT("Place"), read_text, AT(place), false},
    {STR_INIT("Language"), read_language, AT(language), false},
    {STR_INIT("Source"), read_text, AT(source), false},
    {STR_INIT("Source-Description"), read_text, AT(descriptor), false},
    {STR_INIT("Grade"), read_grade, AT(grade), false},
    {STR_INIT("Cites"), read_cites, 0, true},
    {STR_INIT("Id"), read_id, AT(id), false},
    {STR_INIT("Valid-Until"), read_time, AT(valid_until), false},
    {STR_INIT("Delete-By"), read_time, AT(delete_by), false},
};
enum { FIELDS = sizeof(fields) / sizeof(*fields) };

static bool
same_name(struct str a, struct str b)
{
	if (a.n != b.n)
		return false;
	for (size_t i = 0; i < a.n; i++) {
		char x = a.p[i], y = b.p[i];
		if ((x >= 'A' && x <= 'Z' ? x + 32 : x) != (y >= 'A' && y <= 'Z' ? y + 32 : y))
			return false;
	}
	return true;
}

static enum err
unknown(struct report_reader *rd, struct str name)
{
	enum err err = report_fault(rd, ERR_INVALID, name.p, "\"%.*s\" is no field of a report", STR_FMT(str_sub(name, 0, 64)));
	struct buf list = BUF_INIT(256);
	for (size_t i = 0; i < FIELDS; i++)
		buf_printf(&list, "%s%.*s", i ? ", " : "", STR_FMT(fields[i].name));
	if (buf_ok(&list))
		err_hint(rd->e, "%.*s", STR_FMT(buf_str(&list)));
	buf_done(&list);
	return err;
}

static enum err
read_line(struct report_reader *rd, struct str line, uint32_t *seen)
{
	struct str name, value;
	if (!str_cut(line, ':', &name, &value)) {
		enum err err = report_fault(rd, ERR_SYNTAX, line.p, "a line of the header is \"Name: value\"");
		err_hint(rd->e, "an empty line ends the header; each portion after it begins with its mark");
		return err;
	}
	name = str_trim(name);
	value = str_trim(value);
	size_t i = 0;
	while (i < FIELDS && !same_name(name, fields[i].name))
		i++;
	if (i == FIELDS)
		return unknown(rd, name.n ? name : line);
	if (!value.n)
		return OK;
	if (*seen & (1u << i) && !fields[i].again) {
		enum err err = report_fault(rd, ERR_INVALID, name.p, "%.*s stands twice", STR_FMT(fields[i].name));
		err_hint(rd->e, "keep one of the two lines");
		return err;
	}
	*seen |= 1u << i;
	if (value.n > LIMIT_FIELD + (fields[i].read == read_subject ? LIMIT_MARK : 0))
		return report_fault(rd, ERR_LIMIT, value.p, "%.*s: longer than %d bytes", STR_FMT(fields[i].name), LIMIT_FIELD);
	return fields[i].read(rd, &fields[i], value);
}

enum err
report_fields_read(struct report_reader *rd, struct str *rest)
{
	const char *top = rest->p;
	struct str line;
	uint32_t seen = 0;
	while (str_line(rest, &line)) {
		line = str_trim(line);
		/* empty lines and remarks before the first field are let be */
		if (!line.n && seen)
			break;
		if (!line.n || line.p[0] == '#')
			continue;
		enum err err = read_line(rd, line, &seen);
		if (err)
			return err;
	}
	if (!rd->r.type.n || !rd->subject.n) {
		enum err err = report_fault(rd, ERR_INVALID, top, "the header has no %s", rd->r.type.n ? "Subject" : "Type");
		err_hint(rd->e, "%s",
		    rd->r.type.n ? "add a line such as: Subject: (//IRQ S//REL TO IRQ, RUS) Convoy near Palmyra"
				 : "add a line such as: Type: INTREP");
		return err;
	}
	for (size_t i = 0; i < rd->r.ncites; i++)
		if (str_eq(rd->r.cites[i], rd->r.id))
			return report_fault(rd, ERR_INVALID, rd->r.cites[i].p, "Cites: a report cannot cite itself");
	return OK;
}
