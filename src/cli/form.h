/* form: what a charter's arguments look like on a command line, as the operation takes them (node/propose.h). */
#ifndef CLI_FORM_H
#define CLI_FORM_H

#include "cli/ask.h"

/* "irq,rus,irn" as an array of the words; nothing if text is NULL. */
void form_words(struct ask *a, const char *name, const char *text);
/* Each --level "NAME,ABBR" with its --national "irq:NAME=OWN NAME,OWN ABBR". */
enum err form_levels(struct ask *a, struct errinfo *e) MUST_USE;
/* Each --circle "NAME=irq,rus", --quorum "KIND=N", --duty "every P1M: TEXT". */
enum err form_circles(struct ask *a, struct errinfo *e) MUST_USE;
enum err form_quorums(struct ask *a, struct errinfo *e) MUST_USE;
enum err form_duties(struct ask *a, struct errinfo *e) MUST_USE;

#endif
