/* acs: ACS markings of others; what is not known never widens. */
#include "label/acs.h"

#include "base/arena.h"
#include "json/dom.h"
#include "label/mark.h"
#include "stix/object.h"
#include "t_label_world.h"
#include "test.h"

#define PERMIT "urn:isa:policy:acs:ns:v3.0?privdefault=permit&sharedefault=permit"
#define ACS(orig, policy, more, set)                                                                                                           \
	"{\"type\":\"marking-definition\",\"extensions\":{\"" ACS_EXTENSION                                                                    \
	"\":{\"extension_type\":\"property-extension\",\"identifier\":\"a\",\"create_date_time\":\"2018-05-27T14:10:26.723Z\","                \
	"\"responsible_entity_custodian\":\"" orig "\",\"policy_reference\":\"" policy "\"," more "\n\"control_set\":{\"classification\":" set \
	"}}}}"
#define NAT(list) "\"permitted_nationalities\":[" list "]"
#define PRIV(action, scope, effect) \
	"\"access_privilege\":[{\"privilege_action\":\"" action "\",\"privilege_scope\":{" scope "},\"rule_effect\":\"" effect "\"}],"
#define ALL4 "\"permitted_nationalities\":[\"ALL\"],\"permitted_organizations\":[\"ALL\"],\"shareability\":[\"ALL\"],\"entity\":[\"ALL\"]"
#define DENY "urn:isa:policy:acs:ns:v3.0?privdefault=deny&sharedefault=permit"
#define NOSHARE "urn:isa:policy:acs:ns:v3.0?privdefault=permit&sharedefault=deny"
#define IR "\"IRQ\",\"RUS\""

static char note_space[LIMIT_LABEL_NOTES];

static enum err
read_acs(const char *text, struct label *ret, struct errinfo *e)
{
	struct buf notes = {.p = note_space, .cap = sizeof note_space - 1, .max = sizeof note_space - 1};
	struct label_import in = {&world, IRQ, 15, &notes};
	struct arena a = ARENA_INIT(MIB);
	const struct json *j;
	CHECKF(!json_parse(&a, str_of(text), &j, e), "%s: %s", text, e->msg);
	*e = (struct errinfo){0};
	enum err err = acs_read(str_of(text), acs_find(j), &in, ret, e);
	note_space[notes.n] = 0;
	arena_done(&a);
	return err;
}

/* Fails if a marking is taken to mean something other than this. */
TEST(acs_markings_of_others)
{
	static const struct {
		const char *text, *banner, *note;
	} rows[] = {
	    {ACS("IRQ.GOV", PERMIT, "", "\"S\"," NAT(IR)), "//IRQ SECRET//REL TO IRQ, RUS", ""},
	    {ACS("RUS.GOV", PERMIT, "", "\"TS\"," NAT(IR)), "//RUS TOP SECRET//REL TO IRQ, RUS", ""},
	    {ACS("RUS.GOV", PERMIT, "", "\"S\"," NAT(IR ",\"SYR\"")),
		"//RUS \xd0\xa1\xd0\x95\xd0\x9a\xd0\xa0\xd0\x95\xd0\xa2\xd0\x9d\xd0\x9e//REL TO IRQ, RUS, SYR", ""},
	    {ACS("RUS.GOV", NOSHARE, "", "\"TS\"," NAT(IR ",\"SYR\"")), "//RUS TOP SECRET//REL TO IRQ, RUS", "share it on"},
	    {ACS("IRQ.GOV", NOSHARE, "", "\"TS\"," NAT(IR ",\"SYR\"")), "//IRQ TOP SECRET//REL TO IRQ, RUS, SYR", ""},
	    {ACS("RUS.GOV", PERMIT, "\"further_sharing\":[{\"sharing_scope\":[\"FOREIGNGOV\"],\"rule_effect\":\"deny\"}],",
		 "\"TS\"," NAT(IR ",\"SYR\"")),
		"//RUS TOP SECRET//REL TO IRQ, RUS", "share it on"},
	    {ACS("USA.DHS", PERMIT, "", "\"U\"," NAT("\"USA\"," IR)), "//IRQ UNCLASSIFIED//REL TO IRQ, RUS", "USA, who is no member"},
	    {ACS("USA.DHS", PERMIT, "", "\"U\""), "//IRQ UNCLASSIFIED", "this home alone"},
	    {ACS("USA.DHS", PERMIT, "", "\"U\",\"formal_determination\":[\"PUBREL\",\"AIS\"]"), "//IRQ UNCLASSIFIED//REL TO IRN, IRQ, RUS, SYR",
		"AIS"},
	    {ACS("IRQ.X", DENY, PRIV("DSPLY", ALL4, "permit"), "\"S\"," NAT(IR)), "//IRQ SECRET//ORCON/REL TO IRQ, RUS", ""},
	    {ACS("IRQ.X", DENY, PRIV("CISAUSES", ALL4, "permit"), "\"S\"," NAT(IR)), "//IRQ SECRET//ORCON/REL TO IRQ, RUS", ""},
	    {ACS("IRQ.X", DENY, PRIV("DSPLY", NAT("\"IRQ\""), "permit"), "\"S\"," NAT(IR)), "//IRQ SECRET//ORCON", ""},
	    {ACS("IRQ.X", PERMIT, PRIV("NETDEF", ALL4, "deny"), "\"S\"," NAT(IR)), "//IRQ SECRET//ORCON/REL TO IRQ, RUS", ""},
	    {ACS("IRQ.X", PERMIT, PRIV("DSPLY", NAT("\"RUS\""), "deny"), "\"S\"," NAT(IR ",\"SYR\"")), "//IRQ SECRET//ORCON/REL TO IRQ, SYR", ""},
	    {ACS("USA.DHS", NOSHARE, "", "\"S\"," NAT(IR)), "//IRQ SECRET", "share it on"},
	    {ACS("IRQ.X", NOSHARE, "\"responsible_entity_originator\":\"USA.DHS\",", "\"S\"," NAT(IR)), "//IRQ SECRET", "share it on"},
	    {ACS("USA.DHS", NOSHARE, "\"responsible_entity_originator\":\"IRQ.X\",", "\"S\"," NAT(IR)), "//IRQ SECRET//REL TO IRQ, RUS",
		"no member"},
	    {ACS("IRQ.X", PERMIT, "", "\"S\",\"sci_controls\":[\"ALPHA\"],\"caveat\":[\"BRAVO\"]," NAT(IR)),
		"//IRQ SECRET//ALPHA/BRAVO//REL TO IRQ, RUS", ""},
	    {ACS("IRQ.X", PERMIT, "\"resource_disposition\":{\"disposition_date\":\"2016-01-01T00:00:00Z\",\"disposition_process\":\"burn\"},",
		 "\"S\"," NAT(IR)),
		"//IRQ SECRET//REL TO IRQ, RUS/DELETE BY 2016-01-01", ""},
	    {ACS("IRQ.X", PERMIT, "", "\"S\",\"entity\":[\"MIL\",\"GOV\",\"CTR\",\"SVR\",\"SVC\",\"DEV\",\"NET\"]," NAT(IR)),
		"//IRQ SECRET//REL TO IRQ, RUS", ""},
	};
	const struct mark_view view = {&world, -1, 0};
	struct errinfo e = {0};
	world_make();
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct buf b = BUF_INIT(LIMIT_MARK);
		struct label l;
		CHECKF(!read_acs(rows[i].text, &l, &e), "row %zu: %s", i, e.msg);
		CHECK(label_ok(&l));
		CHECK_OK(mark_put_banner(&b, &view, &l, &e));
		CHECK_STR(buf_str(&b), str_of(rows[i].banner));
		CHECKF(rows[i].note[0] ? strstr(note_space, rows[i].note) != NULL : note_space[0] == 0, "row %zu: %s", i, note_space);
		buf_done(&b);
	}
}

/* Fails if what is not known here is taken, or its place is wrong. */
TEST(acs_that_does_not_map_is_refused)
{
	static const struct {
		const char *text, *why;
		uint64_t line;
	} rows[] = {
	    {ACS("IRQ.X", PERMIT, "", "\"C\"," NAT(IR)), "classification \"C\"", 2},
	    {ACS("IRQ.X", PERMIT, "", "\"R\"," NAT(IR)), "classification \"R\"", 2},
	    {ACS("IRQ.X", PERMIT, "", "7," NAT(IR)), "classification", 2},
	    {ACS("IRQ.X", "urn:isa:policy:acs:ns:v4.0?privdefault=permit&sharedefault=permit", "", "\"S\""), "policy_reference", 1},
	    {ACS("IRQ.X", PERMIT "x", "", "\"S\""), "policy_reference", 1},
	    {ACS("IRQ.X", PERMIT, "", "\"U\",\"formal_determination\":[\"FOUO\"]"), "\"FOUO\" restricts", 2},
	    {ACS("IRQ.X", PERMIT, "", "\"U\",\"caveat\":[\"FISA\"]"), "\"FISA\" restricts", 2},
	    {ACS("IRQ.X", PERMIT, "", "\"U\",\"sensitivity\":[\"NTOC_DHS_ECYBER_SVC_SHARE.NSA.NSA\"]"), "restricts", 2},
	    {ACS("IRQ.X", PERMIT, "", "\"U\",\"sci_controls\":[]"), "list of strings", 2},
	    {ACS("IRQ.X", PERMIT, "", "\"U\",\"entity\":[\"MIL\",\"GOV\"]"), "some kinds of people", 2},
	    {ACS("IRQ.X", PERMIT, "", "\"U\",\"shareability\":[\"LE\"]"), "some kinds of people", 2},
	    {ACS("IRQ.X", PERMIT, "", "\"U\",\"permitted_organizations\":[\"USA.USG\"]"), "some organizations", 2},
	    {ACS("IRQ.X", PERMIT, "", "\"U\",\"new\":[\"X\"]"), "control_set.new", 2},
	    {ACS("IRQ.X", PERMIT, "\"new\":1,", "\"U\""), "ACS marking.new", 1},
	    {ACS("IRQ.X", DENY, "", "\"U\"," NAT(IR)), "denies every use", 1},
	    {ACS("IRQ.X", DENY, PRIV("INTEL", ALL4, "permit"), "\"U\"," NAT(IR)), "denies every use", 1},
	    {ACS("IRQ.X", DENY, PRIV("DSPLY", "\"shareability\":[\"LE\"]", "permit"), "\"U\"," NAT(IR)), "denies every use", 1},
	    {ACS("IRQ.X", PERMIT, PRIV("DSPLY", ALL4, "deny"), "\"U\"," NAT(IR)), "denies seeing", 1},
	    {ACS("IRQ.X", PERMIT, PRIV("ALL", "\"entity\":[\"MIL\"]", "deny"), "\"U\"," NAT(IR)), "denies seeing", 1},
	    {ACS("IRQ.X", PERMIT, PRIV("ALL", NAT("\"ALL\",\"RUS\""), "deny"), "\"U\"," NAT(IR)), "denied to \"ALL\"", 1},
	    {ACS("IRQ.X", PERMIT, PRIV("DSPLY", NAT("\"RUS\",\"NATO\""), "deny"), "\"U\"," NAT(IR)), "denied to \"NATO\"", 1},
	    {ACS("IRQ.X", PERMIT, PRIV("dsply", NAT("\"RUS\""), "deny"), "\"U\"," NAT(IR)), "\"dsply\" is not known", 1},
	    {ACS("IRQ.X", PERMIT, PRIV("SEE", ALL4, "deny"), "\"U\"," NAT(IR)), "\"SEE\" is not known", 1},
	    {ACS("IRQ.X", PERMIT, PRIV("ALL", "\"other\":[\"MIL\"]", "permit"), "\"U\"," NAT(IR)), "privilege_scope.other", 1},
	    {ACS("IRQ.X", PERMIT, PRIV("ALL", "", "permit"), "\"U\"," NAT(IR)), "privilege_scope", 1},
	    {ACS("IRQ.X", PERMIT, PRIV("ALL", ALL4, "maybe"), "\"U\"," NAT(IR)), "access_privilege", 1},
	    {ACS("IRQ.X", PERMIT, "\"further_sharing\":[{}],", "\"U\"," NAT(IR)), "further_sharing", 1},
	    {ACS("IRQ.X", PERMIT, "\"resource_disposition\":{\"disposition_date\":\"soon\"},", "\"U\""), "no moment", 1},
	    {ACS("IRQ.X", PERMIT, "\"resource_disposition\":{},", "\"U\""), "disposition_date", 1},
	    {ACS("", PERMIT, "", "\"U\""), "custodian", 1},
	    {"{\"type\":\"marking-definition\",\"extensions\":{\"" ACS_EXTENSION "\":{}}}", "extension_type is missing", 1},
	    {"{\"type\":\"marking-definition\",\"extensions\":{\"" ACS_EXTENSION "\":[]}}", "an object", 1},
	};
	struct errinfo e = {0};
	world_make();
	struct label l = world_label(1, 2, 1), was = l;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		enum err err = read_acs(rows[i].text, &l, &e);
		CHECKF(err == ERR_INVALID && strstr(e.msg, rows[i].why), "row %zu: %s", i, err ? e.msg : "taken");
		CHECKF(e.line == rows[i].line, "row %zu: line %llu: %s", i, (unsigned long long)e.line, e.msg);
		CHECK(label_eq(&l, &was));
	}
	/* for Americans alone, where there are none */
	CHECK_OK(read_acs(ACS("IRQ.X", PERMIT, "", "\"U\",\"formal_determination\":[\"NF\"]," NAT(IR)), &l, &e));
	CHECK(l.circle == 0);
}

/* Fails if what is written is no STIX, or the same label has two ids. */
TEST(acs_is_stix)
{
	struct errinfo e = {0};
	struct buf b = BUF_INIT(MIB), again = BUF_INIT(MIB);
	struct arena a = ARENA_INIT(MIB);
	struct stix_info info;
	const struct json *j;
	world_make();
	struct label l = world_label(SET(IRQ), 2, SET(IRQ) | SET(SYR));
	l.orcon = true;
	l.delete_by = DAY(40);
	label_add_compartment(&l, STR("ALPHA"));
	CHECK_OK(acs_put(&b, &world, &l, DAY(1), &e));
	CHECK_OK(json_parse(&a, buf_str(&b), &j, &e));
	CHECK_OK(stix_check(buf_str(&b), j, &info, &e));
	CHECK(stix_id_type(info.id) == STIX_MARKING_DEFINITION && acs_find(j));
	CHECK_OK(acs_put(&again, &world, &l, DAY(1), &e));
	CHECK_STR(buf_str(&again), buf_str(&b));
	arena_done(&a);
	buf_done(&b);
	buf_done(&again);
}
