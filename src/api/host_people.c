/* host_people: logins and requests of people, from many threads.
 *
 * The table of who was made sure of is keyed by what is kept of a session or token (a SHA-256 of 256 random bits, so nobody chooses its place) and
 * holds a person each: found, still of this generation, young and not expired, it is handed out without the node. The generation is the node's count
 * of changes, taken over under the turn before whoever made the change is answered. */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "api/host_int.h"
#include "base/limits.h"
#include "base/time.h"
#include "crypto/secret.h"
#include "json/write.h"
#include "people/guard.h"

enum { WAYS = 4, SETS = LIMIT_AUTH_KEPT / WAYS };

struct kept {
	struct node_person *p; /* NULL: free */
	int64_t since;         /* monotonic microseconds */
	char user[LIMIT_ACCOUNT_NAME + 1];
};

struct waiter {
	struct str network;
	struct waiter *next;
	bool running, refused; /* refused: no more in the list */
};

struct host_people {
	pthread_mutex_t m; /* of kept and generation; never held with the turn asked for */
	struct kept kept[SETS][WAYS];
	uint64_t generation;
	pthread_mutex_t gate;
	pthread_cond_t freed;
	struct waiter *waiters; /* in the order in which they came; those whose password is tried, too */
	int running;
};

enum err
host_people_open(struct host *h, struct errinfo *e)
{
	struct host_people *p = calloc(1, sizeof *p);
	if (!p)
		return err_nomem(e);
	pthread_mutex_init(&p->m, NULL);
	pthread_mutex_init(&p->gate, NULL);
	pthread_cond_init(&p->freed, NULL);
	h->people = p;
	return OK;
}

static void
forget(struct host_people *p)
{
	for (int i = 0; i < SETS; i++)
		for (int k = 0; k < WAYS; k++) {
			node_person_free(p->kept[i][k].p);
			p->kept[i][k].p = NULL;
		}
}

void
host_people_close(struct host *h)
{
	struct host_people *p = h->people;
	if (!p)
		return;
	forget(p);
	pthread_mutex_destroy(&p->m);
	pthread_mutex_destroy(&p->gate);
	pthread_cond_destroy(&p->freed);
	free(p);
	h->people = NULL;
}

void
host_people_look(struct host *h)
{
	struct host_people *p = h->people;
	uint64_t now = node_people_changes(h->node);
	pthread_mutex_lock(&p->m);
	if (p->generation != now) {
		p->generation = now;
		forget(p);
	}
	pthread_mutex_unlock(&p->m);
}

uint64_t
host_people_now(struct host *h)
{
	pthread_mutex_lock(&h->people->m);
	uint64_t now = h->people->generation;
	pthread_mutex_unlock(&h->people->m);
	return now;
}

/* The gate: who is in it holds a worker of the listener, so few may be, whoever they are. When it is full, the network that has most in it gives way
 * to one that has less: so it takes as many networks as there are places to keep another out, and for no longer than passwords are tried. */

/* Whether nobody of w's network is before it. */
static bool
is_first(const struct host_people *p, const struct waiter *w)
{
	for (const struct waiter *o = p->waiters; o != w; o = o->next)
		if (str_eq(o->network, w->network))
			return false;
	return true;
}

static bool
may_run(const struct host_people *p, const struct waiter *me)
{
	int before = p->running;
	for (const struct waiter *w = p->waiters; w != me; w = w->next)
		before += !w->running && is_first(p, w);
	return before < LIMIT_LOGIN_HASHES && is_first(p, me);
}

static int
count_of(const struct host_people *p, struct str network)
{
	int n = 0;
	for (const struct waiter *w = p->waiters; w; w = w->next)
		n += str_eq(w->network, network);
	return n;
}

static void
unlink_waiter(struct host_people *p, const struct waiter *w)
{
	struct waiter **at = &p->waiters;
	while (*at != w)
		at = &(*at)->next;
	*at = w->next;
}

/* Makes place for one of a network that has `same` in the gate: the last that waits of the network that has most, if that is more than it would have.
 */
static bool
make_place(struct host_people *p, int same)
{
	struct waiter *last = NULL;
	int most = same + 1, n = 0;
	for (struct waiter *w = p->waiters; w; w = w->next)
		n++;
	if (n < LIMIT_LOGIN_GATE)
		return true;
	for (struct waiter *w = p->waiters; w; w = w->next)
		if (!w->running && (n = count_of(p, w->network)) >= most && n > same + 1) {
			most = n;
			last = w;
		}
	if (!last)
		return false;
	unlink_waiter(p, last);
	last->refused = true;
	pthread_cond_broadcast(&p->freed);
	return true;
}

static enum err
gate_enter(struct host_people *p, struct waiter *me, struct errinfo *e)
{
	struct waiter **at;
	pthread_mutex_lock(&p->gate);
	int same = count_of(p, me->network);
	me->refused = same >= LIMIT_LOGIN_SAME || !make_place(p, same);
	if (!me->refused) {
		for (at = &p->waiters; *at;)
			at = &(*at)->next;
		*at = me;
		while (!me->refused && !may_run(p, me))
			pthread_cond_wait(&p->freed, &p->gate);
	}
	if (!me->refused) {
		p->running++;
		me->running = true;
	}
	pthread_mutex_unlock(&p->gate);
	if (!me->refused)
		return OK;
	err_set(e, ERR_BUSY, "too many logins at one time");
	err_hint(e, "try again in a second");
	return ERR_BUSY;
}

static void
gate_leave(struct host_people *p, struct waiter *me)
{
	pthread_mutex_lock(&p->gate);
	unlink_waiter(p, me);
	p->running--;
	pthread_cond_broadcast(&p->freed);
	pthread_mutex_unlock(&p->gate);
}

/* Looked up under the turn, tried outside it. new_password: hashed too, if the old one is right. */
static enum err
try(struct host *h, struct str name, struct str password, struct str new_password, struct str from, struct node_login *l, struct errinfo *e)
{
	struct waiter me = {0};
	fair_enter(&h->turn, FAIR_DOOR);
	enum err err = node_login_begin(h->node, name, from, l, e);
	fair_leave(&h->turn);
	if (err)
		return err;
	me.network = l->network;
	if ((err = gate_enter(h->people, &me, e))) {
		l->after = LIMIT_LOGIN_AGAIN;
		return err;
	}
	err = node_login_try(l, password, e);
	if (!err && new_password.n && l->right)
		err = password_hash(new_password, l->salt, l->again, e);
	gate_leave(h->people, &me);
	return err;
}

enum err
host_login(struct host *h, struct str name, struct str password, struct str code, struct str from, struct str old, struct node_person **ret,
    char ret_session[static SESSION_TEXT + 1], struct host_login_not *ret_not, struct errinfo *e)
{
	struct node_login l;
	enum err err = try(h, name, password, STR_NONE, from, &l, e);
	if (!err) {
		fair_enter(&h->turn, FAIR_DOOR);
		err = node_login_finish(h->node, &l, code, old, ret, ret_session, e);
		host_people_look(h);
		fair_leave(&h->turn);
	}
	*ret_not = (struct host_login_not){l.wants_code, l.after};
	secret_wipe(&l, sizeof l);
	return err;
}

enum err
host_password(struct host *h, const struct node_who *who, struct str old, struct str password, struct str code, struct str from,
    struct node_person **ret, char ret_session[static SESSION_TEXT + 1], unsigned *ret_after, struct errinfo *e)
{
	struct node_login l = {0};
	enum err err = node_in_person(who, e);
	if (err || (err = password_check(password, e)))
		return err;
	if (!(err = try(h, who->name, old, password, from, &l, e))) {
		fair_enter(&h->turn, FAIR_DOOR);
		err = node_password_change(h->node, who, &l, code, ret, ret_session, e);
		host_people_look(h);
		fair_leave(&h->turn);
	}
	*ret_after = l.after;
	secret_wipe(&l, sizeof l);
	return err;
}

enum err
host_call_proved(
    struct host *h, const struct node_call *c, struct str password, struct str from, struct buf *reply, unsigned *ret_after, struct errinfo *e)
{
	struct node_login l = {0};
	struct node_call call = *c;
	enum err err = node_in_person(&c->who, e);
	if (!err && !(err = try(h, c->who.name, password, STR_NONE, from, &l, e))) {
		fair_enter(&h->turn, FAIR_DOOR);
		err = node_password_prove(h->node, &c->who, &l, e);
		fair_leave(&h->turn);
	}
	*ret_after = l.after;
	secret_wipe(&l, sizeof l);
	call.who.proved = true;
	return err ? err : host_call(h, &call, false, reply, e);
}

enum err
host_account_password(struct host *h, const struct node_who *who, struct str name, struct str password, struct errinfo *e)
{
	char hash[PASSWORD_HASH];
	uint8_t salt[PASSWORD_SALT];
	struct waiter me = {.network = STR("\nset")}; /* like nobody's address: one at a time */
	struct buf args = BUF_INIT(KIB), reply = BUF_INIT(64 * KIB);
	struct json_writer w;
	enum err err = node_in_person(who, e);
	if (err || (err = password_check(password, e)) || (err = gate_enter(h->people, &me, e)))
		return err;
	fair_enter(&h->turn, FAIR_DOOR);
	node_people_salt(h->node, salt);
	fair_leave(&h->turn);
	err = password_hash(password, salt, hash, e);
	gate_leave(h->people, &me);
	json_write_init(&w, &args, 0);
	json_open_object(&w);
	json_put_member(&w, STR("name"), name);
	json_put_member(&w, STR("hash"), str_of(hash));
	json_close(&w);
	json_write_done(&w);
	const struct node_call call = {.op = STR("account-password"), .args = buf_str(&args), .who = *who};
	if (!err)
		err = host_call(h, &call, false, &reply, e);
	secret_wipe(hash, sizeof hash);
	secret_wipe_buf(&args);
	buf_done(&args);
	buf_done(&reply);
	return err;
}

/* The table */

static int64_t
mono(void)
{
	struct timespec ts;
	return clock_gettime(CLOCK_MONOTONIC, &ts) ? 0 : (int64_t)ts.tv_sec * TIME_SECOND + ts.tv_nsec / 1000;
}

static struct kept *
set_of(struct host_people *p, const struct hash *key)
{
	return p->kept[((unsigned)key->b[0] << 8 | key->b[1]) % SETS];
}

static struct node_person *
find(struct host *h, const struct hash *key, struct str user)
{
	struct host_people *p = h->people;
	struct node_person *found = NULL;
	int64_t at = mono(), now = node_now(h->node);
	pthread_mutex_lock(&p->m);
	struct kept *set = set_of(p, key);
	for (int i = 0; i < WAYS && !found; i++)
		if (set[i].p && hash_eq(&set[i].p->key, key) && at - set[i].since < LIMIT_AUTH_SECONDS * TIME_SECOND && now < set[i].p->expires &&
		    (!user.n || str_is(user, set[i].user)))
			found = node_person_ref(set[i].p);
	pthread_mutex_unlock(&p->m);
	return found;
}

/* generation: what it was when the node was asked. */
static void
keep(struct host *h, struct node_person *who, uint64_t generation)
{
	struct host_people *p = h->people;
	pthread_mutex_lock(&p->m);
	struct kept *set = set_of(p, &who->key), *to = set;
	for (int i = 0; i < WAYS; i++) {
		if (set[i].p && hash_eq(&set[i].p->key, &who->key)) {
			to = &set[i];
			break;
		}
		if (!set[i].p || (to->p && set[i].since < to->since))
			to = &set[i];
	}
	if (p->generation == generation) {
		struct buf b = {.p = to->user, .cap = sizeof to->user, .max = sizeof to->user};
		node_person_free(to->p);
		to->p = node_person_ref(who);
		to->since = mono();
		memset(to->user, 0, sizeof to->user);
		buf_put(&b, str_sub(who->who.name, 0, sizeof to->user - 1));
	}
	pthread_mutex_unlock(&p->m);
}

enum err
host_auth_session(struct host *h, struct str session, struct node_person **ret, struct errinfo *e)
{
	struct hash key;
	if (!session_parse(session, &key))
		return err_set(e, ERR_DENIED, "not logged in, or not any more");
	struct node_person *p = find(h, &key, STR_NONE);
	if (p) {
		*ret = p;
		return OK;
	}
	fair_enter(&h->turn, FAIR_DOOR);
	enum err err = node_auth_session(h->node, session, ret, e);
	host_people_look(h);
	uint64_t generation = node_people_changes(h->node);
	fair_leave(&h->turn);
	if (!err)
		keep(h, *ret, generation);
	return err;
}

enum err
host_auth_token(struct host *h, struct str user, struct str token, struct str from, struct node_person **ret, struct errinfo *e)
{
	struct hash key;
	if (!token_parse(token, &key))
		return err_set(e, ERR_DENIED, "this token is not known, or not any more");
	struct node_person *p = find(h, &key, user);
	if (p) {
		*ret = p;
		return OK;
	}
	fair_enter(&h->turn, FAIR_DOOR);
	enum err err = node_auth_token(h->node, user, token, from, ret, e);
	host_people_look(h);
	uint64_t generation = node_people_changes(h->node);
	fair_leave(&h->turn);
	if (!err)
		keep(h, *ret, generation);
	return err;
}

enum err
host_logout(struct host *h, struct str session, struct errinfo *e)
{
	fair_enter(&h->turn, FAIR_DOOR);
	enum err err = node_logout(h->node, session, e);
	host_people_look(h);
	fair_leave(&h->turn);
	return err;
}
