/* mark: labels as people write them over each portion and page.
 *
 *	portion   (//IRQ S//ALPHA/BRAVO//ORCON/REL TO IRQ, RUS)     (//JOINT S IRN IRQ//REL TO IRN, IRQ, RUS)     (S//REL TO IRQ, RUS)     (U)
 *	banner    //IRQ SECRET//ALPHA/BRAVO//ORCON/REL TO IRQ, RUS
 *
 *	mark      = [ "(" ] class [ "//" compartment *( "/" compartment ) ] [ "//" word *( "/" word ) ] [ ")" ]
 *	class     = "//" member " " level  |  "//JOINT " level 2*( " " member )  |  level        (the last: information of the home's own member)
 *	word      = "ORCON"  |  "TLP:" name  |  "REL TO " member *( ", " member )  |  "REL TO ALL"  |  "VALID UNTIL " date  |  "DELETE BY " date
 *
 * Words stand in this order, each at most once; compartments and members in the order of the alphabet. Portions have the short form of a level,
 * banners its name; a member's own word for it stands under that member, the centre's under JOINT. In a centre without levels TLP stands in the
 * level's place. Without REL TO the circle is the owners alone; it names one owner at least. A date is "2015-12-31", its first moment in UTC, or a
 * full time ending in Z.
 *
 * One label has one text under a given view, and that text reads back as the same label. Reading is as strict: of other texts only these are taken:
 * REL TO ALL, REL TO where it is implied (or left out of JOINT), the owner's name where it is the home, a time where a date would do, fewer digits of
 * a second. ALL is never written: it would come to mean more members when the centre grows.
 *
 * The own form depends on who reads it. What leaves the node is written with home -1; what another member wrote is read with -1, or that member, as
 * home. */
#ifndef LABEL_MARK_H
#define LABEL_MARK_H

#include "label/label.h"

struct mark_view {
	const struct label_policy *policy; /* one that passed label_policy_check */
	int home;                          /* whose own form is used; -1: nobody's */
	uint64_t all;                      /* what REL TO ALL stands for when it is read: today's members; 0: it is refused */
};

/* Whether there is a mark for this label. ERR_INVALID for one that no mark can say: private or of another centre, overfull, no owner, no circle or no
 * owner in it, a member, level or compartment that the policy does not know, neither level nor TLP in a centre without levels. */
enum err mark_check(const struct label_policy *p, const struct label *l, struct errinfo *e) MUST_USE;

/* Append the mark. ERR_INVALID, and nothing written, where mark_check says so. */
enum err mark_put_portion(struct buf *b, const struct mark_view *v, const struct label *l, struct errinfo *e) MUST_USE;
enum err mark_put_banner(struct buf *b, const struct mark_view *v, const struct label *l, struct errinfo *e) MUST_USE;

/* Read exactly one mark, no blanks around it. ERR_INVALID (ERR_LIMIT: longer than LIMIT_MARK) names the word at fault; the place is line 1 and its
 * column in characters. */
enum err mark_parse_portion(struct str text, const struct mark_view *v, struct label *ret, struct errinfo *e) MUST_USE;
enum err mark_parse_banner(struct str text, const struct mark_view *v, struct label *ret, struct errinfo *e) MUST_USE;

/* Takes a portion mark off the head of a line, by its brackets alone: *ret_mark with them, *ret_rest without blanks around. False if the line does
 * not begin with "(" or nothing closes it. */
bool mark_cut(struct str line, struct str *ret_mark, struct str *ret_rest);

#endif
