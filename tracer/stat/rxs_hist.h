/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Log-linear histogram of u64 values: exact below 64, then 64 buckets per power of two, so a percentile is
 * at most 1.6 % off, over the whole range of u64. min, max, sum and count are exact.
 */
#ifndef RXS_HIST_H
#define RXS_HIST_H

#include "../base/rxs_types.h"

#define RXS_HIST_SUB_BITS	6
#define RXS_HIST_BUCKETS	((64 - RXS_HIST_SUB_BITS + 1) << RXS_HIST_SUB_BITS)

struct rxs_hist {
	u64 count, sum, min, max;
	u32 lo, hi;		/* buckets in use: lo … hi, both counted in; lo > hi = none */
	u64 *bucket;		/* by bucket number; only lo … hi (and the rest of their powers of two) may be
				 * looked at, the others have no memory. NULL while empty */
	u32 base, nr;		/* buckets that have memory: base … base + nr − 1 */
};

/* 0 or -ENOMEM. Takes memory only when a value lies in a power of two not seen before. */
int rxs_hist_add(struct rxs_hist *h, u64 v);
int rxs_hist_merge(struct rxs_hist *into, const struct rxs_hist *from);
/* Value at quantile q (0.0 … 1.0): the bucket's middle, never beyond min or max. 0 when empty. */
u64 rxs_hist_quantile(const struct rxs_hist *h, double q);
double rxs_hist_mean(const struct rxs_hist *h);
/* Lowest value of a bucket, and the bucket of a value. */
u64 rxs_hist_bucket_low(u32 bucket);
u32 rxs_hist_bucket_of(u64 v);
int rxs_hist_copy(struct rxs_hist *to, const struct rxs_hist *from);
/* Frees the buckets; h is empty afterwards. */
void rxs_hist_reset(struct rxs_hist *h);

#endif
