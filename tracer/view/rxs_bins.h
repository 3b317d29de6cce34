/* SPDX-License-Identifier: GPL-2.0 */
/* A histogram as a row of a few columns, on a logarithmic scale that several histograms share. */
#ifndef RXS_BINS_H
#define RXS_BINS_H

#include "../stat/rxs_hist.h"

#define RXS_BINS_MAX 64

/* Column 0 begins at lo, column nr - 1 ends at hi; each is wider than the one before by the same factor. */
struct rxs_scale {
	u64 lo, hi;
	unsigned int nr;	/* columns, at most RXS_BINS_MAX */
};

/* A scale on which everything of h[0..nr_h-1] has room; empty ones do not count. lo is at least 1. */
void rxs_scale_of(struct rxs_scale *s, const struct rxs_hist *const *h, unsigned int nr_h, unsigned int nr);
/* Counts of h per column; values beyond the scale go to its ends. */
void rxs_scale_bins(const struct rxs_scale *s, const struct rxs_hist *h, u64 bins[RXS_BINS_MAX]);
/* Lowest value of a column. */
u64 rxs_scale_low(const struct rxs_scale *s, unsigned int column);

#endif
