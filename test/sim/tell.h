/* tell: acts of information: what members write, release, ask for, take back. Each says in truth what it means before the product is asked. */
#ifndef SIM_TELL_H
#define SIM_TELL_H

#include "sim/history.h"

/* A report with a word in each portion. reach: members whom every portion may reach (0: drawn for each). cites: numbers of gifts it is made from. Its
 * number among things, or -1. */
int tell_report(struct history *h, int home, uint64_t reach, const int *cites, int ncites);
int tell_stix(struct history *h, int home);
/* A thing to a circle with its owner in it. */
enum outcome tell_release(struct history *h, int thing, uint64_t circle);
/* A gift is taken back where it was released. */
enum outcome tell_recall(struct history *h, int gift);

/* For other acts: a mark; a word of a thing, of its reach; a word as the reason of something said in a circle; adding, and writing down what it is if
 * that was acknowledged (its number among things, or -1); a drawn circle, thing, gift of another (-1: there is none). */
void tell_mark(struct history *h, struct buf *b, int owner, uint64_t reach, bool orcon);
const char *tell_word(struct history *h, struct thing *t, uint64_t reach, const char *what);
int tell_reason(struct history *h, int home, uint64_t circle, const char *what);
int tell_add(struct history *h, struct thing *t, struct str input, const char *args);
uint64_t tell_circle(struct history *h, int member, bool alone);
int tell_some_thing(struct history *h, int home);
int tell_some_gift(struct history *h, int home);

/* With what is at hand; nothing if there is none. */
void tell_some_release(struct history *h, int home);
void tell_some_product(struct history *h, int home);
void tell_some_request(struct history *h, int home);
void tell_some_consent(struct history *h, int home);
void tell_some_recall(struct history *h, int home);
void tell_some_grade(struct history *h, int home);
void tell_some_search(struct history *h, int home);

#endif
