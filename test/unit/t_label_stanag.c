/* stanag: labels of other tools; what is not known never widens. */
#include "label/stanag.h"

#include "label/mark.h"
#include "t_label_world.h"
#include "test.h"

#define ID "c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1"
#define HEAD "<l:originatorConfidentialityLabel xmlns:l=\"urn:nato:stanag:4774:confidentialitymetadatalabel:1:0\">\n<l:ConfidentialityInformation>\n"
#define POL(p, c) "<l:PolicyIdentifier>" p "</l:PolicyIdentifier><l:Classification>" c "</l:Classification>\n"
#define CAT(type, tag, values) "<l:Category Type=\"" type "\" TagName=\"" tag "\">" values "</l:Category>\n"
#define V(v) "<l:GenericValue>" v "</l:GenericValue>"
#define END "</l:ConfidentialityInformation>"
#define MADE "<l:CreationDateTime>2015-10-01T06:00:00Z</l:CreationDateTime>"
#define TAIL END MADE "</l:originatorConfidentialityLabel>"
#define OWN POL(ID, "SECRET") CAT("INFORMATIVE", "Owner", V("IRQ"))
#define REL CAT("PERMISSIVE", "Releasable To", V("IRQ") V("RUS"))

static char note_space[LIMIT_LABEL_NOTES];

static enum err
read_xml(const char *text, struct label *ret, struct buf *notes, struct errinfo *e)
{
	*notes = (struct buf){.p = note_space, .cap = sizeof note_space - 1, .max = sizeof note_space - 1};
	struct label_import in = {&world, IRQ, 15, notes};
	enum err err = stanag_read(str_of(text), text[0] == '{' ? STANAG_JSON : STANAG_XML, &in, ret, e);
	note_space[notes->n] = 0;
	return err;
}

/* Fails if a label is taken to mean something other than this, or what was passed over is not told. */
TEST(labels_of_other_tools)
{
	static const struct {
		const char *text, *banner, *note;
	} rows[] = {
	    {HEAD OWN REL TAIL, "//IRQ SECRET//REL TO IRQ, RUS", ""},
	    {HEAD OWN TAIL, "//IRQ SECRET", "for its owners alone"},
	    {HEAD OWN CAT("PERMISSIVE", "Releasable To", V("irq") V("USA") V("syr")) TAIL, "//IRQ SECRET//REL TO IRQ, SYR", "releasable to USA"},
	    {HEAD OWN REL CAT("PERMISSIVE", "Releasable To", V("IRQ") V("SYR")) TAIL, "//IRQ SECRET", ""},
	    {HEAD OWN REL CAT("INFORMATIVE", "Administrative", V("STAFF")) TAIL, "//IRQ SECRET//REL TO IRQ, RUS",
		"\"Administrative\" was passed over"},
	    {HEAD OWN REL CAT("RESTRICTIVE", "Compartment", V("ALPHA")) CAT("RESTRICTIVE", "Dissemination", V("ORCON")) TAIL,
		"//IRQ SECRET//ALPHA//ORCON/REL TO IRQ, RUS", ""},
	    {HEAD OWN REL CAT("RESTRICTIVE", "TLP", V("GREEN") V("amber+strict")) TAIL, "//IRQ SECRET//TLP:AMBER+STRICT/REL TO IRQ, RUS", ""},
	    {HEAD OWN REL CAT("RESTRICTIVE", "Valid Until", V("2016-01-01T02:00:00+02:00") V("2017-01-01T00:00:00Z")) TAIL,
		"//IRQ SECRET//REL TO IRQ, RUS/VALID UNTIL 2016-01-01", ""},
	    {HEAD POL("RUS", "\xd0\xa1\xd0\x95\xd0\x9a\xd0\xa0\xd0\x95\xd0\xa2\xd0\x9d\xd0\x9e") REL TAIL,
		"//RUS \xd0\xa1\xd0\x95\xd0\x9a\xd0\xa0\xd0\x95\xd0\xa2\xd0\x9d\xd0\x9e//REL TO IRQ, RUS", ""},
	    {HEAD OWN REL END MADE "<l:SuccessionHandling><l:SuccessionDateTime>2016-01-02T00:00:00Z</l:SuccessionDateTime>"
				   "<l:SuccessorConfidentialityLabel><l:ConfidentialityInformation>" POL("X", "Y") END
		"</l:SuccessorConfidentialityLabel></l:SuccessionHandling></l:originatorConfidentialityLabel>",
		"//IRQ SECRET//REL TO IRQ, RUS/VALID UNTIL 2016-01-02", "succeeds it"},
	    {HEAD OWN REL END "</l:originatorConfidentialityLabel>", "//IRQ SECRET//REL TO IRQ, RUS", "does not say when"},
	    {HEAD OWN REL END MADE "<x:y xmlns:x=\"urn:x\"><x:z>1</x:z></x:y></l:originatorConfidentialityLabel>", "//IRQ SECRET//REL TO IRQ, RUS",
		"<y> is not of STANAG 4774"},
	    {HEAD POL(ID, "&#83;ECRET") "<l:PrivacyMark>CLEAR &amp; PRESENT</l:PrivacyMark>" CAT("INFORMATIVE", "Owner", V("IRQ")) REL TAIL,
		"//IRQ SECRET//REL TO IRQ, RUS", "privacy mark: CLEAR & PRESENT"},
	    {"{\"ocl\":{\"pol\":\"IRQ\",\"cls\":\"SECRET\",\"catl\":[{\"type\":\"P\",\"name\":\"Releasable To\",\"vals\":[\"irq\",\"usa\"]}],"
	     "\"dcr\":\"2024-10-21T20:47:36Z\"},\"context\":{\"@base\":\"urn:nato:stanag:5636:A:1:elements:json\"}}",
		"//IRQ SECRET", "releasable to usa"},
	};
	const struct mark_view view = {&world, -1, 0};
	struct errinfo e = {0};
	world_make();
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct buf notes, b = BUF_INIT(LIMIT_MARK);
		struct label l;
		CHECKF(!read_xml(rows[i].text, &l, &notes, &e), "row %zu: %s", i, e.msg);
		CHECK_OK(mark_put_banner(&b, &view, &l, &e));
		CHECK_STR(buf_str(&b), str_of(rows[i].banner));
		CHECKF(rows[i].note[0] ? strstr(note_space, rows[i].note) != NULL : notes.n == 0, "row %zu: %s", i, note_space);
		buf_done(&b);
	}
}

#define DEEP "<l:a><l:a><l:a><l:a><l:a><l:a><l:a><l:a><l:a><l:a><l:a><l:a><l:a><l:a><l:a><l:a>"

/* Fails if what is not known here is taken, its place is wrong, or the label changes all the same. */
TEST(what_does_not_map_is_refused)
{
	static const struct {
		const char *text, *why;
		uint64_t line;
	} rows[] = {
	    {HEAD POL("NATO", "SECRET") REL TAIL, "policy \"NATO\"", 3},
	    {HEAD POL(ID, "COSMIC") REL TAIL, "classification \"COSMIC\"", 3},
	    {HEAD POL("RUS", "SECRET") REL TAIL, "classification \"SECRET\"", 3},
	    {HEAD POL(ID, "secret") REL TAIL, "classification", 3},
	    {HEAD POL("", "SECRET") REL TAIL, "missing or empty", 0},
	    {HEAD "<l:Classification>SECRET</l:Classification>" REL TAIL, "missing or empty", 0},
	    {HEAD POL(ID, "SECRET") REL TAIL, "whose information", 0},
	    {HEAD OWN REL CAT("RESTRICTIVE", "Special Handling", V("X")) TAIL, "\"Special Handling\" restricts", 6},
	    {HEAD OWN REL CAT("RESTRICTIVE", "Special Handling", "") TAIL, "without a value", 6},
	    {HEAD OWN REL CAT("RESTRICTIVE", "Compartment", "") TAIL, "without a value", 6},
	    {HEAD OWN REL CAT("RESTRICTIVE", "Dissemination", "") TAIL, "without a value", 6},
	    {HEAD OWN REL CAT("RESTRICTIVE", "TLP", V("NONE")) TAIL, "no TLP", 6},
	    {HEAD OWN CAT("INFORMATIVE", "Owner", V("IRQ") V("RUS")) TAIL, "stands twice", 5},
	    {"{\"ocl\":{\"pol\":\"IRQ\",\"cls\":\"SECRET\",\n\"catl\":[{\"type\":\"R\",\"name\":\"TLP\",\"vals\":[]}]}}", "without a value", 2},
	    {HEAD OWN REL CAT("RESTRICTIVE", "Compartment", V("ALPHA") V("GAMMA")) TAIL, "\"GAMMA\" restricts", 6},
	    {HEAD OWN REL CAT("RESTRICTIVE", "Dissemination", V("NOFORN")) TAIL, "NOFORN", 6},
	    {HEAD OWN REL CAT("RESTRICTIVE", "TLP", V("WHITE")) TAIL, "no TLP", 6},
	    {HEAD OWN REL CAT("RESTRICTIVE", "Valid Until", V("soon")) TAIL, "no moment", 6},
	    {HEAD OWN REL CAT("RESTRICTIVE", "Delete By", V("2016-01-01")) TAIL, "no moment", 6},
	    {HEAD OWN REL CAT("RESTRICTIVE", "Delete By", V("2016-01-01T00:00:00")) TAIL, "no moment", 6},
	    {HEAD OWN REL CAT("RESTRICTIVE", "Releasable To", V("IRQ")) TAIL, "\"Releasable To\" restricts", 6},
	    {HEAD OWN REL CAT("PERMISSIVE", "Compartment", V("ALPHA")) TAIL, "nobody here", 6},
	    {HEAD OWN REL CAT("PERMISSIVE", "Context", V("NATO")) TAIL, "nobody here", 6},
	    {HEAD OWN REL CAT("permissive", "Context", V("NATO")) TAIL, "RESTRICTIVE, PERMISSIVE", 6},
	    {HEAD OWN REL "<l:Category Type=\"PERMISSIVE\">" V("IRQ") "</l:Category>" TAIL, "TagName", 6},
	    {HEAD OWN REL CAT("RESTRICTIVE", "Compartment", "<l:IntegerValue>3</l:IntegerValue>") TAIL, "<IntegerValue>", 6},
	    {HEAD OWN CAT("PERMISSIVE", "Releasable To", V("USA")) TAIL, "nobody", 0},
	    {HEAD OWN CAT("PERMISSIVE", "Releasable To", "") TAIL, "nobody", 0},
	    {HEAD OWN CAT("PERMISSIVE", "Releasable To", V("RUS")) TAIL, "nobody", 0},
	    {HEAD POL(ID, "SECRET") CAT("INFORMATIVE", "Owner", V("USA")) TAIL, "owner \"USA\"", 4},
	    {HEAD POL("IRQ", "SECRET") CAT("INFORMATIVE", "Owner", V("RUS")) REL TAIL, "do not include", 4},
	    {HEAD OWN REL "<x:Marking xmlns:x=\"urn:x\"/>" TAIL, "<Marking> does not belong", 6},
	    {HEAD OWN REL POL(ID, "SECRET") TAIL, "<PolicyIdentifier> stands twice", 6},
	    {HEAD OWN REL "stray" TAIL, "text between", 6},
	    {HEAD "<l:PolicyIdentifier>a<l:b/></l:PolicyIdentifier>" TAIL, "where a text", 3},
	    {HEAD OWN REL END "<l:CreationDateTime>now</l:CreationDateTime></l:originatorConfidentialityLabel>", "no moment", 6},
	    {HEAD OWN REL END "<l:SuccessionHandling/></l:originatorConfidentialityLabel>", "SuccessionDateTime", 6},
	    {"<l:originatorConfidentialityLabel xmlns:l=\"urn:nato:stanag:4774:confidentialitymetadatalabel:1:0\" ReviewDateTime=\"x\">"
	     "<l:ConfidentialityInformation>" OWN REL TAIL,
		"no moment", 1},
	    {"<originatorConfidentialityLabel/>", "not the element", 1},
	    {"<l:metadataConfidentialityLabel xmlns:l=\"urn:nato:stanag:4774:confidentialitymetadatalabel:1:0\"/>", "not the element", 1},
	    {"<!DOCTYPE a [<!ENTITY b \"bbbbbbbbbb\"><!ENTITY c \"&b;&b;&b;\">]>\n" HEAD OWN REL TAIL, "document type", 1},
	    {"<!DOCTYPE a SYSTEM \"file:///etc/passwd\">\n" HEAD OWN REL TAIL, "document type", 1},
	    {HEAD POL(ID, "&secret;") REL TAIL, "not XML", 3},
	    {HEAD OWN REL END MADE "<x:b xmlns:x=\"urn:x\">" DEEP, "in one another", 6},
	    {HEAD OWN REL "</l:x>", "not XML", 6},
	    {"{\"ocl\":{\"pol\":\"IRQ\",\"cls\":\"SECRET\",\"catl\":[],\"new\":1}}", "ocl.new", 1},
	    {"{\"ocl\":{\"pol\":\"IRQ\",\"cls\":\"SECRET\",\n\"catl\":[{\"type\":\"X\",\"name\":\"a\",\"vals\":[]}]}}", "a category is", 2},
	    {"{\"ocl\":{\"pol\":\"IRQ\",\"cls\":\"SECRET\",\n\"catl\":[{\"type\":\"P\",\"name\":\"a\",\"vals\":[],\"lang\":1}]}}", "a category is",
		2},
	    {"{\"ocl\":{\"pol\":\"IRQ\",\"cls\":\"SECRET\",\"catl\":{}}}", "ocl.catl", 1},
	    {"{\"ocl\":{\"pol\":7}}", "pol: a string", 1},
	    {"{\"ocl\":{\"pol\":\"IRQ\",\"cls\":\"SECRET\",\"catl\":[],\"dcr\":\"x\"}}", "no moment", 1},
	};
	struct errinfo e = {0};
	world_make();
	struct label l = world_label(1, 2, 1), was = l;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct buf notes;
		e = (struct errinfo){0};
		enum err err = read_xml(rows[i].text, &l, &notes, &e);
		CHECKF(err && strstr(e.msg, rows[i].why), "row %zu: %s", i, err ? e.msg : "taken");
		CHECKF(e.line == rows[i].line, "row %zu: line %llu: %s", i, (unsigned long long)e.line, e.msg);
		CHECK(label_eq(&l, &was));
	}
}

/* Fails if a label may grow without end. */
TEST(big_labels_are_refused)
{
	struct errinfo e = {0};
	struct buf b = BUF_INIT(MIB), notes;
	struct label l;
	world_make();
	buf_puts(&b, HEAD OWN "<l:Category Type=\"PERMISSIVE\" TagName=\"Releasable To\">");
	for (int i = 0; i < LIMIT_LABEL_VALUES + 1; i++)
		buf_puts(&b, V("USA"));
	buf_puts(&b, "</l:Category>" TAIL);
	buf_putc(&b, 0);
	CHECK_ERR(read_xml(b.p, &l, &notes, &e), ERR_LIMIT);
	CHECK(strstr(e.msg, "values") && e.line == 5);
	buf_clear(&b);
	buf_puts(&b, HEAD "<l:PolicyIdentifier>");
	for (int i = 0; i < LIMIT_LABEL_TEXT + 1; i++)
		buf_putc(&b, 'x');
	buf_puts(&b, "</l:PolicyIdentifier>" TAIL);
	buf_putc(&b, 0);
	CHECK_ERR(read_xml(b.p, &l, &notes, &e), ERR_LIMIT);
	buf_clear(&b);
	buf_puts(&b, HEAD OWN);
	for (int i = 0; i < LIMIT_LABEL_VALUES + 1; i++)
		buf_puts(&b, CAT("INFORMATIVE", "N", ""));
	buf_puts(&b, TAIL);
	buf_putc(&b, 0);
	CHECK_ERR(read_xml(b.p, &l, &notes, &e), ERR_LIMIT);
	CHECK(strstr(e.msg, "categories") != NULL);
	buf_done(&b);
}
