#include "govern/duty.h"

int64_t
duty_next(const struct charter_duty *d, const struct turn *t, int64_t after)
{
	int64_t start = rota_start(t->rota, t->term), end = rota_start(t->rota, t->term + 1), due;
	if (after < t->start - 1)
		after = t->start - 1;
	switch (d->rule) {
	case DUTY_EVERY: {
		/* The first multiple after `after`, by halving: multiples only grow. At most one a second. */
		int lo = 0, hi = 1;
		while (hi < (1 << 29) && time_plus(start, &d->span, hi) <= after)
			hi *= 2;
		while (hi - lo > 1) {
			int mid = lo + (hi - lo) / 2;
			if (time_plus(start, &d->span, mid) <= after)
				lo = mid;
			else
				hi = mid;
		}
		due = time_plus(start, &d->span, hi);
		return due > after && (due < t->end || (due == end && t->end >= end)) && due <= end ? due : TIME_NEVER;
	}
	case DUTY_AFTER:
		due = time_plus(start, &d->span, 1);
		return due > after && due < end && due < t->end ? due : TIME_NEVER;
	case DUTY_BEFORE:
	default:
		due = end - (d->span.days * TIME_DAY + d->span.usec);
		return due > after && due > start && due < t->end ? due : TIME_NEVER;
	}
}
