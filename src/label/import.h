/* import: what the readers of other people's labels have in common.
 *
 * The rule of all of them: what does not map never widens. A restriction that is not known here refuses the label, naming the place; somebody who may
 * have it but is no member is left out; what restricts nothing is told in a note. So a label that was read is at least as strict as what was written.
 */
#ifndef LABEL_IMPORT_H
#define LABEL_IMPORT_H

#include "label/label.h"

struct label_import {
	const struct label_policy *policy; /* one that passed label_policy_check */
	int home;                          /* the member who reads */
	uint64_t all;                      /* today's members: whom a public thing is for */
	struct buf *notes;                 /* takes a line for each remark; NULL: nobody wants them. Past its ceiling they are cut off */
};

void label_import_note(const struct label_import *in, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* A member by its id in capitals or small letters (trigraphs are written both ways); -1. */
int label_import_member(const struct label_import *in, struct str id);
/* "RED", "AMBER+STRICT", capitals or not; "TLP:" before it or not. False for anything else. */
bool label_import_tlp(struct str word, uint8_t *ret);
/* A moment with its time zone, as XML Schema and RFC 3339 write it. ERR_INVALID. */
enum err label_import_time(struct str text, int64_t *ret, struct errinfo *e) MUST_USE;
/* One more compartment. ERR_INVALID with a remedy if this home does not know it. */
enum err label_import_compartment(const struct label_import *in, struct label *l, struct str name, struct errinfo *e) MUST_USE;
/* The last step: a mark can say the label, and no note was lost for want of memory. */
enum err label_import_done(const struct label_import *in, const struct label *l, struct label *ret, struct errinfo *e) MUST_USE;

#endif
