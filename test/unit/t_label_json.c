/* json: labels as canonical JSON and back. */
#include "label/json.h"

#include "json/canonical.h"
#include "t_label_world.h"
#include "test.h"

#define TWO (SET(IRQ) | SET(RUS))
#define ID "c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1"
#define ZERO "0000000000000000000000000000000000000000000000000000000000000000"

static void
text_is(const struct label *l, const char *want)
{
	struct errinfo e;
	struct buf b = BUF_INIT(LIMIT_ENTRY);
	struct arena a = ARENA_INIT(64 * KIB);
	const struct json *j;
	struct label back;
	CHECK_OK(label_json_put(&b, &world, l, &e));
	if (want)
		CHECK_STR(buf_str(&b), str_of(want));
	CHECK_OK(json_parse_canonical(&a, buf_str(&b), &j, &e));
	CHECK_OK(label_json_read(j, &world, &back, &e));
	CHECK(label_eq(l, &back) && label_ok(&back));
	arena_done(&a);
	buf_done(&b);
}

/* Fails if the text of a label changes: other members' nodes sign and compare it. */
TEST(label_json_is_fixed)
{
	world_make();
	struct label l = world_label(SET(IRQ), 2, TWO);
	text_is(&l, "{\"circle\":\"irq.rus\",\"level\":2,\"owner\":\"irq\",\"policy\":\"" ID "\"}");
	label_add_compartment(&l, STR("BRAVO"));
	label_add_compartment(&l, STR("ALPHA"));
	l.orcon = true;
	l.tlp = LABEL_TLP_AMBER_STRICT;
	l.valid_until = DAY(0);
	l.delete_by = DAY(1) + 5;
	text_is(&l,
	    "{\"circle\":\"irq.rus\",\"compartments\":[\"ALPHA\",\"BRAVO\"],\"delete_by\":\"2016-01-02T00:00:00.000005Z\",\"level\":2,\"orcon\":"
	    "true,\"owner\":\"irq\",\"policy\":\"" ID "\",\"tlp\":\"amber+strict\",\"valid_until\":\"2016-01-01T00:00:00.000000Z\"}");
	label_top(&l);
	text_is(&l, "{\"circle\":\"\",\"compartments\":\"*\",\"delete_by\":\"0000-01-01T00:00:00.000000Z\",\"level\":255,\"orcon\":true,\"owner\":"
		    "\"\",\"policy\":\"" ZERO "\",\"tlp\":\"red\",\"valid_until\":\"0000-01-01T00:00:00.000000Z\"}");
}

/* Fails if for a label of the small world the canonical text does not read back as it. */
TEST(label_json_of_a_small_world_reads_back)
{
	world_make();
	for (int i = 0; i < 2 * 16 * 4 * 4 * 2 * 3 * 2; i++) {
		int r = i;
		struct label l = world_label(0, r % 2 ? 2 : 5, 0);
		r /= 2, l.circle = (uint64_t)(r % 16), r /= 16;
		l.owners = (uint64_t)(r % 4), r /= 4;
		for (int k = 0; k < 2; k++, r /= 2)
			if (r % 2)
				label_add_compartment(&l, str_of(world.compartment[k]));
		l.orcon = r % 2, r /= 2;
		l.tlp = (uint8_t)(r % 3), r /= 3;
		l.valid_until = r ? DAY(3) : TIME_NEVER;
		text_is(&l, NULL);
	}
}

static enum err
read_text(const char *text, struct label *ret, struct errinfo *e)
{
	struct arena a = ARENA_INIT(64 * KIB);
	const struct json *j;
	enum err err = json_parse(&a, str_of(text), &j, e);
	CHECKF(!err, "%s: %s", text, e->msg);
	err = label_json_read(j, &world, ret, e);
	arena_done(&a);
	return err;
}

/* Fails if a text that is no label is taken, or the member at fault not named. */
TEST(wrong_label_json_is_refused)
{
	static const char *const rows[][2] = {
	    {"[]", "object"},
	    {"{}", "label.policy"},
	    {"{\"circle\":\"irq\",\"level\":2,\"owner\":\"irq\",\"policy\":\"" ID "\",\"note\":1}", "do not"},
	    {"{\"level\":2,\"owner\":\"irq\",\"policy\":\"" ID "\"}", "label.circle"},
	    {"{\"circle\":7,\"level\":2,\"owner\":\"irq\",\"policy\":\"" ID "\"}", "label.circle"},
	    {"{\"circle\":\"usa\",\"level\":2,\"owner\":\"irq\",\"policy\":\"" ID "\"}", "label.circle"},
	    {"{\"circle\":\"irq\",\"level\":2,\"owner\":\"irq.irn\",\"policy\":\"" ID "\"}", "label.owner"},
	    {"{\"circle\":\"irq\",\"owner\":\"irq\",\"policy\":\"" ID "\"}", "label.level"},
	    {"{\"circle\":\"irq\",\"level\":2.5,\"owner\":\"irq\",\"policy\":\"" ID "\"}", "label.level"},
	    {"{\"circle\":\"irq\",\"level\":-1,\"owner\":\"irq\",\"policy\":\"" ID "\"}", "label.level"},
	    {"{\"circle\":\"irq\",\"level\":256,\"owner\":\"irq\",\"policy\":\"" ID "\"}", "label.level"},
	    {"{\"circle\":\"irq\",\"level\":3,\"owner\":\"irq\",\"policy\":\"" ID "\"}", "rank 3"},
	    {"{\"circle\":\"irq\",\"level\":255,\"owner\":\"irq\",\"policy\":\"" ID "\"}", "rank 255"},
	    {"{\"circle\":\"irq\",\"level\":255,\"owner\":\"\",\"policy\":\"" ZERO "\"}", "not both"},
	    {"{\"circle\":\"\",\"level\":2,\"owner\":\"\",\"policy\":\"" ZERO "\"}", "not both"},
	    {"{\"circle\":\"irq\",\"level\":2,\"owner\":\"irq\",\"policy\":\"\"}", "label.policy"},
	    {"{\"circle\":\"irq\",\"level\":2,\"owner\":\"irq\",\"policy\":5}", "label.policy"},
	    {"{\"circle\":\"irq\",\"level\":2,\"owner\":\"irq\",\"policy\":\"zz\"}", "label.policy"},
	    {"{\"circle\":\"irq\",\"level\":2,\"owner\":\"irq\",\"policy\":\"" ZERO "00\"}", "label.policy"},
	    {"{\"circle\":\"irq\",\"level\":2,\"owner\":\"irq\",\"policy\":\"C1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1\"}",
		"label.policy"},
	    {"{\"circle\":\"irq\",\"level\":2,\"owner\":\"irq\",\"policy\":\"d1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1\"}",
		"another centre"},
	    {"{\"circle\":\"irq\",\"level\":2,\"orcon\":false,\"owner\":\"irq\",\"policy\":\"" ID "\"}", "label.orcon"},
	    {"{\"circle\":\"irq\",\"level\":2,\"orcon\":1,\"owner\":\"irq\",\"policy\":\"" ID "\"}", "label.orcon"},
	    {"{\"circle\":\"irq\",\"level\":2,\"owner\":\"irq\",\"policy\":\"" ID "\",\"tlp\":\"white\"}", "label.tlp"},
	    {"{\"circle\":\"irq\",\"level\":2,\"owner\":\"irq\",\"policy\":\"" ID "\",\"tlp\":4}", "label.tlp"},
	    {"{\"circle\":\"irq\",\"level\":2,\"owner\":\"irq\",\"policy\":\"" ID "\",\"valid_until\":\"2016-01-01T00:00:00Z\"}",
		"label.valid_until"},
	    {"{\"circle\":\"irq\",\"level\":2,\"owner\":\"irq\",\"policy\":\"" ID "\",\"valid_until\":\"soon\"}", "label.valid_until"},
	    {"{\"circle\":\"irq\",\"delete_by\":0,\"level\":2,\"owner\":\"irq\",\"policy\":\"" ID "\"}", "label.delete_by"},
	    {"{\"circle\":\"irq\",\"compartments\":[],\"level\":2,\"owner\":\"irq\",\"policy\":\"" ID "\"}", "label.compartments"},
	    {"{\"circle\":\"irq\",\"compartments\":\"ALPHA\",\"level\":2,\"owner\":\"irq\",\"policy\":\"" ID "\"}", "label.compartments"},
	    {"{\"circle\":\"irq\",\"compartments\":[\"B\",\"A\"],\"level\":2,\"owner\":\"irq\",\"policy\":\"" ID "\"}", "label.compartments"},
	    {"{\"circle\":\"irq\",\"compartments\":[\"A\",\"A\"],\"level\":2,\"owner\":\"irq\",\"policy\":\"" ID "\"}", "label.compartments"},
	    {"{\"circle\":\"irq\",\"compartments\":[\"a\"],\"level\":2,\"owner\":\"irq\",\"policy\":\"" ID "\"}", "label.compartments"},
	    {"{\"circle\":\"irq\",\"compartments\":[1],\"level\":2,\"owner\":\"irq\",\"policy\":\"" ID "\"}", "label.compartments"},
	    {"{\"circle\":\"irq\",\"compartments\":[\"A\",\"B\",\"C\",\"D\",\"E\",\"F\",\"G\",\"H\",\"I\",\"J\",\"K\",\"L\",\"M\",\"N\",\"O\",\"P\","
	     "\"Q\"],\"level\":2,\"owner\":\"irq\",\"policy\":\"" ID "\"}",
		"label.compartments"},
	};
	struct errinfo e;
	world_make();
	struct label l = world_label(1, 2, 1), was = l;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		enum err err = read_text(rows[i][0], &l, &e);
		CHECKF(err == ERR_INVALID && strstr(e.msg, rows[i][1]), "%s: %s", rows[i][0], err ? e.msg : "taken");
		CHECK(label_eq(&l, &was));
	}
	world.nlevels = 0;
	CHECK_ERR(read_text("{\"circle\":\"irq\",\"level\":2,\"owner\":\"irq\",\"policy\":\"" ID "\"}", &l, &e), ERR_INVALID);
	CHECK_OK(read_text("{\"circle\":\"irq\",\"level\":0,\"owner\":\"irq\",\"policy\":\"" ID "\",\"compartments\":[\"UNHEARD-OF\"]}", &l, &e));
	CHECK(l.ncompartments == 1);
}

/* Fails if a label without a text is written. */
TEST(labels_without_json_are_refused)
{
	struct errinfo e;
	struct buf b = BUF_INIT(LIMIT_ENTRY);
	world_make();
	struct label l = world_label(SET(IRQ), 2, TWO);
	l.tlp = 77;
	CHECK_ERR(label_json_put(&b, &world, &l, &e), ERR_INVALID);
	label_bottom(&l, world.id);
	CHECK_ERR(label_json_put(&b, &world, &l, &e), ERR_INVALID);
	l = world_label(SET(9), 2, TWO);
	CHECK_ERR(label_json_put(&b, &world, &l, &e), ERR_INVALID);
	l = world_label(SET(IRQ), 2, TWO);
	l.policy[3] ^= 1;
	CHECK_ERR(label_json_put(&b, &world, &l, &e), ERR_INVALID);
	CHECK(b.n == 0);
	buf_done(&b);
}
