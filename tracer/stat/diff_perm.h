/* SPDX-License-Identifier: GPL-2.0 */
/* The permutation test of rxs_diff; no other module includes this. */
#ifndef RXS_DIFF_PERM_H
#define RXS_DIFF_PERM_H

#include "../base/rxs_types.h"

#define PERM_DEALINGS 20000	/* more than these are not all looked at, but drawn */

struct perm {
	u32 nr_base, nr_new;	/* units a side: columns 0 … nr_base - 1 are BASE */
	u32 nr_rows;		/* figures tested together */
	const double *y;	/* nr_rows × (nr_base + nr_new), logarithms */
	const double *x;	/* the same: what of y may be the machine's, which is taken out as far as y follows it; or NULL */
	double prior;		/* spread of x within a side, from which on it is learnt how far; below it is all */
	double *p_up, *p_down;	/* nr_rows each, out */
	u64 dealings;		/* out */
	bool all;		/* out */
};

/*
 * How much of x y follows, 0 … 1: learnt within the sides and not from their difference, and all of it (1) unless the
 * units of a side differ enough to show otherwise.
 */
double perm_follows(const double *y, const double *x, const u8 *is_new, u32 nr_base, u32 nr_new, double prior);
/* Number of ways to choose k of n, at most UINT64_MAX. */
u64 perm_choose(u32 n, u32 k);
/* 0 or -ENOMEM. Draws are the same in every run. */
int perm_test(struct perm *t);

#endif
