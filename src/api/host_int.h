/* host_int: what the files of a host share. */
#ifndef API_HOST_INT_H
#define API_HOST_INT_H

#include <pthread.h>
#include <stdatomic.h>

#include "api/fair.h"
#include "api/host.h"
#include "node/people.h"

/* Whose share of the turn it is, besides the accounts' (their numbers): what the home's own user asks; who comes in; a member (bits of its name);
 * what the node does of itself. */
#define FAIR_USER UINT64_C(0)
#define FAIR_DOOR (UINT64_C(1) << 62)
#define FAIR_MEMBERS (UINT64_C(1) << 63)
#define FAIR_ITSELF UINT64_MAX

struct once;
struct host_people; /* host_people.c: who was made sure of lately, and whose password is tried */

struct host {
	const struct env *env;
	const char *dir;
	enum err (*set_clock)(struct str text, struct errinfo *e);
	struct node *node;
	bool borrowed;        /* the node is somebody else's */
	atomic_bool stop;     /* what is at work is to end */
	struct fair writing;  /* one operation at work that changes things; taken before turn */
	struct fair turn;     /* who is in the node */
	struct fair sync;     /* one fetch from the network at a time; taken before both */
	int64_t sync_until;   /* monotonic: from then on it gives way; of who has it */
	uint64_t upset;       /* how often that was done which a waiting fetch cannot bear; under turn */
	void (*changed)(void *ctx, bool governed);
	void *ctx;
	_Atomic uint64_t changes;
	struct events_hub *events;
	struct host_people *people;
	pthread_mutex_t once_m;
	struct once *once; /* requests under a key that are being done */
	struct pages *pages;
};

enum err host_people_open(struct host *h, struct errinfo *e) MUST_USE;
void host_people_close(struct host *h);
/* Another number whenever accounts changed. From any thread. */
uint64_t host_people_now(struct host *h);
/* What was remembered of people is forgotten if accounts changed. Under the turn. */
void host_people_look(struct host *h);

#endif
