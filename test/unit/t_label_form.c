/* form: labels written and read again in every form. */
#include "label/form.h"

#include "label/mark.h"
#include "t_label_world.h"
#include "test.h"

static char note_space[LIMIT_LABEL_NOTES];

static struct label_import
reader(int home, struct buf *notes)
{
	*notes = (struct buf){.p = note_space, .cap = sizeof note_space, .max = sizeof note_space};
	return (struct label_import){&world, home, 15, notes};
}

static uint32_t
next(uint32_t *seed)
{
	*seed ^= *seed << 13, *seed ^= *seed >> 17, *seed ^= *seed << 5;
	return *seed;
}

/* Any label that a mark can say. */
static struct label
some_label(uint32_t *seed)
{
	static const uint8_t ranks[] = {0, 2, 5};
	struct label l = world_label(0, ranks[next(seed) % 3], 0);
	l.owners = next(seed) % 3 ? SET(next(seed) % 4) : 1 + next(seed) % 15;
	l.circle = l.owners | next(seed) % 16;
	if (next(seed) % 4 == 0)
		l.circle = l.owners & -l.owners;
	for (int i = 0; i < 2; i++)
		if (next(seed) % 2)
			label_add_compartment(&l, str_of(world.compartment[i]));
	l.orcon = next(seed) % 2;
	l.tlp = (uint8_t)(next(seed) % 2 ? next(seed) % 6 : 0);
	if (next(seed) % 3 == 0)
		l.valid_until = DAY(next(seed) % 1000) + (next(seed) % 2 ? next(seed) : 0);
	if (next(seed) % 3 == 0)
		l.delete_by = DAY(next(seed) % 1000) + (next(seed) % 2 ? next(seed) : 0);
	if (world.nlevels == 0) {
		l.level = 0;
		l.tlp = l.tlp ? l.tlp : LABEL_TLP_RED;
	}
	return l;
}

/* Fails if a label that a form can say reads back as another one, as another form, or with a remark that is a complaint. */
TEST(what_is_written_reads_back_in_every_form)
{
	struct errinfo e = {0};
	uint32_t seed = 7, said[LABEL_FORMS] = {0};
	for (int i = 0; i < 4000; i++) {
		world_make();
		world.nlevels = i % 8 == 0 ? 0 : 3;
		struct label l = some_label(&seed), back;
		for (enum label_form f = 0; f < LABEL_FORMS; f++) {
			struct buf b = BUF_INIT(LIMIT_LABEL_FILE), notes;
			struct label_import in = reader(__builtin_ctzll(l.owners), &notes);
			enum label_form was = LABEL_FORMS;
			enum err err = label_form_put(&b, f, &world, &l, DAY(0) - 5, &e);
			CHECKF(!err || (f == LABEL_FORM_ACS && err == ERR_INVALID && b.n == 0), "%s: %s", label_form_name(f), e.msg);
			if (!err) {
				CHECKF(!label_form_read(buf_str(&b), &in, &was, &back, &e), "%s: %.*s", e.msg, STR_FMT(buf_str(&b)));
				CHECKF(was == f && label_eq(&l, &back) && label_ok(&back), "%s: %.*s", label_form_name(f), STR_FMT(buf_str(&b)));
				CHECKF(notes.n == 0 || str_starts(buf_str(&notes), STR("to be reviewed by ")), "%.*s", STR_FMT(buf_str(&notes)));
				said[f]++;
			}
			buf_done(&b);
		}
	}
	for (enum label_form f = 0; f < LABEL_FORMS; f++)
		CHECKF(said[f] > (f == LABEL_FORM_ACS ? 200 : 3999), "%s: %u", label_form_name(f), said[f]);
}

/* Fails if a label that no mark can say is written, or what is no label is read. */
TEST(what_is_no_label_is_refused)
{
	static const char *const rows[][2] = {{"", "empty"}, {"  \n", "empty"}, {"{}", "no label in a form"}, {"[1]", "no level"},
	    {"{\"circle\":1}", "label.policy"}, {"<a/>", "not the element"}, {"<a", "not XML"}, {"{", "end"},
	    {"{\"type\":\"bundle\",\"objects\":[{\"type\":\"marking-definition\"}]}", "no label in a form"}};
	struct errinfo e = {0};
	struct buf notes, b = BUF_INIT(LIMIT_LABEL_FILE);
	world_make();
	struct label_import in = reader(IRQ, &notes);
	struct label l = world_label(SET(IRQ), 2, SET(RUS)), was = l;
	enum label_form form = LABEL_FORMS;
	for (enum label_form f = 0; f < LABEL_FORMS; f++)
		if (f != LABEL_FORM_JSON)
			CHECK_ERR(label_form_put(&b, f, &world, &l, DAY(0), &e), ERR_INVALID);
	CHECK(b.n == 0);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		enum err err = label_form_read(str_of(rows[i][0]), &in, &form, &l, &e);
		CHECKF(err && strstr(e.msg, rows[i][1]), "%s: %s", rows[i][0], err ? e.msg : "taken");
		CHECK(label_eq(&l, &was) && form == LABEL_FORMS);
	}
	for (size_t i = 0; i <= LIMIT_LABEL_FILE; i++)
		buf_putc(&b, '<'), b.max = 2 * LIMIT_LABEL_FILE;
	CHECK_ERR(label_form_read(buf_str(&b), &in, &form, &l, &e), ERR_LIMIT);
	buf_done(&b);
}
