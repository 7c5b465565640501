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

/* With what is at hand; nothing if there is none. */
void tell_some_release(struct history *h, int home);
void tell_some_product(struct history *h, int home);
void tell_some_request(struct history *h, int home);
void tell_some_consent(struct history *h, int home);
void tell_some_recall(struct history *h, int home);
void tell_some_grade(struct history *h, int home);
void tell_some_search(struct history *h, int home);

#endif
