/* Charters, keys, dates: the ceremony and what comes after it. */
#include <stdlib.h>
#include "sim/centre.h"
#include "crypto/hash.h"
#include "t_node_world.h"

/* Fails if the lead did not pass by date alone. */
TEST(the_lead_passes_by_date)
{
	struct world x;
	world_init(&x, 3);
	DO(&x, 0, "lead", "{}");
	CHECK(strcmp(world_text(&x, "lead"), "irq") == 0 && HAS(&x, "\"you\":true"));
	CHECK(HAS(&x, "Situation report"));
	DO(&x, 0, "lead", "{\"at\":\"2016-01-01\"}");
	CHECK(strcmp(world_text(&x, "lead"), "rus") == 0);
	DO(&x, 2, "rota", "{\"count\":4}");
	CHECK(strcmp(world_text(&x, "items.2.lead"), "irn") == 0 && strcmp(world_text(&x, "items.3.start"), "2016-07-01T00:00:00.000000Z") == 0);
	simworld_advance(x.w, 100 * TIME_DAY);
	DO(&x, 0, "lead", "{}");
	CHECK(strcmp(world_text(&x, "lead"), "rus") == 0);
	world_done(&x);
}

/* Fails if a charter could be put in force by too few, or a vote for another one counted. */
TEST(a_charter_takes_its_votes)
{
	struct world x;
	struct errinfo e = {0};
	char hash[80];
	world_init(&x, 3);
	CHECK_ERR(centre_amend(&x.c, 0, 1, "\"leave\":[\"irn\"]", &e), ERR_DENIED); /* one of three */
	CHECK_OK(centre_amend(&x.c, 0, 3, "\"leave\":[\"irn\"]", &e));
	DO(&x, 0, "charter-log", "{}");
	CHECK(NUMBER(&x, "items.1.version") == 2 && HAS(&x, "\"fork\":null"));
	simworld_advance(x.w, 2 * TIME_DAY);
	DO(&x, 0, "members", "{}");
	CHECK(HAS(&x, "\"departed\":true"));
	snprintf(hash, sizeof hash, "%s", world_text(&x, "centre_id"));
	DO(&x, 0, "charter-show", "{\"version\":2}");
	CHECK(strcmp(world_text(&x, "rota.order.0"), "rus") == 0); /* whose turn it would be */
	/* the other gets it by sync */
	CHECK_OK(centre_sync(&x.c, 1, 0, NULL, &e));
	DO(&x, 1, "charter-show", "{}");
	CHECK(NUMBER(&x, "version") == 2);
	DO(&x, 0, "rota", "{\"at\":\"2015-10-05\",\"count\":3}");
	CHECK(strcmp(world_text(&x, "items.0.lead"), "irq") == 0 && strcmp(world_text(&x, "items.1.lead"), "rus") == 0 &&
	      strcmp(world_text(&x, "items.2.lead"), "irq") == 0);
	world_done(&x);
}

/* Fails if a home joined a centre whose fingerprint is another than the one heard, or an exercise and a real home met. */
TEST(what_is_installed_is_what_was_heard)
{
	struct world x;
	struct buf lines = BUF_INIT(MIB), text = BUF_INIT(MIB);
	struct errinfo e = {0};
	world_init(&x, 2);
	DO(&x, 0, "charter-export", "{}");
	char *p = malloc(64 * KIB);
	CHECK(centre_text(world_reply(&x), "lines", p, 64 * KIB));
	for (const char *c = p; *c; c++) {
		if (*c == '"' || *c == '\\')
			buf_putc(&lines, '\\');
		if (*c == '\n')
			buf_puts(&lines, "\\n");
		else
			buf_putc(&lines, *c);
	}
	struct simworld *w = x.w;
	(void)w;
	buf_printf(&text, "{\"fingerprint\":\"00000 00000 00000 00000 00000 00000 00000 00000\",\"lines\":\"%.*s\"}", STR_FMT(buf_str(&lines)));
	struct node_call call = {.op = STR("charter-install"), .args = buf_str(&text)};
	CHECK_ERR(centre_call(&x.c, 1, &call, &x.reply, &e), ERR_VERIFY);
	free(p);
	buf_done(&lines);
	buf_done(&text);
	world_done(&x);
}

/* Fails if a home could not go on after a new log key, or others did not follow it. */
TEST(a_new_log_key_begins_an_epoch)
{
	struct world x;
	struct errinfo e = {0};
	struct buf b = BUF_INIT(MIB);
	world_init(&x, 2);
	world_object(&b, 1, "one");
	CHECK_OK(world_add(&x, 0, buf_str(&b), "{\"mark\":\"(//IRQ S//REL TO IRQ, RUS)\"}", &e));
	DO(&x, 0, "release", "{\"ids\":[\"campaign--00000000-0000-4000-8000-000000000001\"],\"to\":\"ALL\"}");
	CHECK_OK(centre_sync(&x.c, 1, 0, NULL, &e));
	simworld_advance(x.w, TIME_HOUR);
	DO(&x, 0, "key", "{\"rotate\":true,\"note\":\"yearly\"}");
	CHECKF(NUMBER(&x, "items.0.epoch") == 2, "%.*s", STR_FMT(world_reply(&x)));
	centre_close(&x.c, 0);
	CHECK_OK(centre_open(&x.c, 0, &e));
	buf_clear(&b);
	world_object(&b, 2, "two");
	CHECK_OK(world_add(&x, 0, buf_str(&b), "{\"mark\":\"(//IRQ S//REL TO IRQ, RUS)\"}", &e));
	DO(&x, 0, "release", "{\"ids\":[\"campaign--00000000-0000-4000-8000-000000000002\"],\"to\":\"ALL\"}");
	CHECK(NUMBER(&x, "done.first_serial") == 2);
	simworld_advance(x.w, TIME_MINUTE);
	CHECK_OK(centre_sync_all(&x.c, 2, &e));
	DO(&x, 1, "ls", "{}");
	CHECK(HAS(&x, "\"one\"") && HAS(&x, "\"two\""));
	DO(&x, 1, "logs", "{\"circle\":\"ALL\"}");
	CHECK(HAS(&x, "\"ended\"") && HAS(&x, "\"epoch\":2"));
	DO(&x, 1, "verify", "{}");
	CHECK(NUMBER(&x, "faults") == 0);
	buf_done(&b);
	world_done(&x);
}

/* Fails if a viewer with a clearance saw above it, could tell from a reply that there is more, or could do more than read. */
TEST(a_viewer_sees_its_clearance)
{
	struct world x;
	struct errinfo e = {0};
	struct buf b = BUF_INIT(MIB), first = BUF_INIT(MIB);
	uint64_t circle = 1;
	struct clearance cl = {.level = 0, .circles = &circle, .ncircles = 1};
	struct hash id;
	world_init(&x, 2);
	CHECK(hash_from_hex(str_of(x.c.hex), &id));
	memcpy(cl.policy, id.b, sizeof cl.policy);
	world_object(&b, 1, "open");
	CHECK_OK(world_add(&x, 0, buf_str(&b), "{\"mark\":\"(//IRQ U)\"}", &e));
	struct node_call ls = {.op = STR("ls"), .args = STR("{}"), .who = {.name = STR("ali"), .clearances = &cl, .nclearances = 1}};
	CHECK_OK(centre_call(&x.c, 0, &ls, &first, &e));
	CHECK(str_find(buf_str(&first), STR("open")) >= 0);
	buf_clear(&b);
	world_object(&b, 2, "secret");
	CHECK_OK(world_add(&x, 0, buf_str(&b), "{\"mark\":\"(//IRQ S)\"}", &e));
	CHECK_OK(centre_call(&x.c, 0, &ls, &x.reply, &e));
	CHECK_STR(world_reply(&x), buf_str(&first));
	/* what may not be seen and what is not there are one reply */
	struct errinfo no = {0};
	struct node_call show = {.op = STR("show"), .args = STR("{\"id\":\"campaign--00000000-0000-4000-8000-000000000002\"}"), .who = ls.who};
	CHECK_ERR(centre_call(&x.c, 0, &show, &x.reply, &e), ERR_NOTFOUND);
	show.args = STR("{\"id\":\"campaign--00000000-0000-4000-8000-000000000009\"}");
	CHECK_ERR(centre_call(&x.c, 0, &show, &x.reply, &no), ERR_NOTFOUND);
	e.msg[strlen(e.msg) - strlen("2 here that you may see")] = '9';
	CHECK_STR(str_of(e.msg), str_of(no.msg));
	struct node_call status = {.op = STR("status"), .args = STR("{}"), .who = ls.who};
	CHECK_OK(centre_call(&x.c, 0, &status, &x.reply, &e));
	CHECK(!HAS(&x, "\"new\"") && !HAS(&x, "disk"));
	struct node_call release = {.op = STR("release"), .args = STR("{}"), .who = ls.who};
	CHECK_ERR(centre_call(&x.c, 0, &release, &x.reply, &e), ERR_DENIED);
	DO(&x, 0, "audit", "{\"who\":\"ali\"}");
	CHECK(HAS(&x, "\"refused\"") && HAS(&x, "refused: not here"));
	buf_done(&b);
	buf_done(&first);
	world_done(&x);
}

/* Fails if pages left something out, gave something twice, or a foreign cursor were taken. */
TEST(pages_follow_each_other)
{
	struct world x;
	struct errinfo e = {0};
	struct buf b = BUF_INIT(MIB);
	char next[512] = "";
	int seen[25] = {0}, pages = 0;
	world_init(&x, 1);
	for (unsigned i = 0; i < 25; i++)
		world_object(&b, i, "page");
	CHECK_OK(world_add(&x, 0, buf_str(&b), "{}", &e));
	do {
		DO(&x, 0, "ls", "{\"limit\":10%s%s%s}", next[0] ? ",\"cursor\":\"" : "", next, next[0] ? "\"" : "");
		for (int i = 0; i < 10; i++) {
			char path[32];
			snprintf(path, sizeof path, "items.%d.id", i);
			const char *id = world_text(&x, path);
			if (id[0])
				seen[atoi(id + strlen(id) - 4)]++;
		}
		snprintf(next, sizeof next, "%s", world_text(&x, "next"));
		pages++;
	} while (next[0] && pages < 10);
	CHECK(pages == 3);
	for (int i = 0; i < 25; i++)
		CHECK(seen[i] == 1);
	FAIL(&x, 0, ERR_USAGE, "ls", "{\"cursor\":\"x\"}");
	FAIL(&x, 0, ERR_USAGE, "ls", "{\"colour\":1}");
	FAIL(&x, 0, ERR_USAGE, "ls", "{\"limit\":\"1\"}");
	FAIL(&x, 0, ERR_USAGE, "dance", "{}");
	buf_done(&b);
	world_done(&x);
}

/* As a crash leaves it between the card and the key's being put in place: the old key at work, the new one waiting. */
static void
half_rotated(void *arg)
{
	const struct env *env = arg;
	struct buf fresh = BUF_INIT(KIB), old = BUF_INIT(KIB);
	struct errinfo e;
	CHECK_OK(env->read(env->ctx, "keys/log", &fresh, &e));
	CHECK_OK(env->read(env->ctx, "keys/log.1", &old, &e));
	CHECK_OK(env->write(env->ctx, "keys/log", buf_str(&old), &e));
	CHECK_OK(env->write(env->ctx, "keys/log.next", buf_str(&fresh), &e));
	buf_done(&fresh);
	buf_done(&old);
}

/* Fails if a crash while the log key is changed locked a member out of its own logs. */
TEST(a_crash_while_the_log_key_changes)
{
	struct world x;
	struct errinfo e = {0};
	struct buf b = BUF_INIT(MIB);
	world_init(&x, 2);
	DO(&x, 0, "key", "{\"rotate\":true}");
	centre_close(&x.c, 0);
	CHECK(simworld_run_step(x.w, 0, half_rotated, (void *)x.c.env[0]) == SIM_DONE);
	CHECK_OK(centre_open(&x.c, 0, &e));
	world_object(&b, 1, "one");
	CHECK_OK(world_add(&x, 0, buf_str(&b), "{}", &e));
	DO(&x, 0, "logs", "{}");
	CHECK(NUMBER(&x, "items.0.epoch") == 2 && NUMBER(&x, "items.0.signed") == 1);
	buf_done(&b);
	world_done(&x);
}
