// SPDX-License-Identifier: GPL-2.0
/*
 * Log-linear histogram. A value's bucket is its top RXS_HIST_SUB_BITS + 1 significant bits, so a
 * bucket is at most 1/64 of its lowest value wide, and its middle at most 1/128 off.
 */
#include "rxs_hist.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define SUB_MASK ((1u << RXS_HIST_SUB_BITS) - 1)

u32 rxs_hist_bucket_of(u64 v)
{
	unsigned int shift;

	if (v < (2u << RXS_HIST_SUB_BITS))
		return (u32)v;
	shift = 63 - (unsigned int)__builtin_clzll(v) - RXS_HIST_SUB_BITS;
	return (shift << RXS_HIST_SUB_BITS) + (u32)(v >> shift);
}

u64 rxs_hist_bucket_low(u32 bucket)
{
	u32 shift = bucket >> RXS_HIST_SUB_BITS;

	if (shift < 2)
		return bucket;
	shift--;
	return (u64)(bucket - (shift << RXS_HIST_SUB_BITS)) << shift;
}

/* Where the memory begins: the pointer that is kept is set back, so that bucket numbers are its
 * index. */
static u64 *memory_of(const struct rxs_hist *h)
{
	return (u64 *)((uintptr_t)h->bucket + h->base * sizeof(*h->bucket));
}

/* Memory for buckets from … to at least, in whole powers of two; what was counted stays. */
static int hist_grow(struct rxs_hist *h, u32 from, u32 to)
{
	u32 base, nr;
	u64 *mem;

	if (h->nr) {
		from = from < h->base ? from : h->base;
		to = to >= h->base + h->nr ? to : h->base + h->nr - 1;
	}
	base = from & ~SUB_MASK;
	nr = (to | SUB_MASK) + 1 - base;
	mem = calloc(nr, sizeof(*mem));
	if (!mem)
		return -ENOMEM;
	if (h->nr) {
		memcpy(mem + (h->base - base), memory_of(h), h->nr * sizeof(*mem));
		free(memory_of(h));
	} else {
		h->lo = RXS_HIST_BUCKETS;
		h->hi = 0;
		h->min = UINT64_MAX;
	}
	h->bucket = (u64 *)((uintptr_t)mem - base * sizeof(*mem));
	h->base = base;
	h->nr = nr;
	return 0;
}

int rxs_hist_add(struct rxs_hist *h, u64 v)
{
	u32 b = rxs_hist_bucket_of(v);

	if (b - h->base >= h->nr && hist_grow(h, b, b))
		return -ENOMEM;
	h->bucket[b]++;
	h->count++;
	h->sum += v;
	if (v < h->min)
		h->min = v;
	if (v > h->max)
		h->max = v;
	if (b < h->lo)
		h->lo = b;
	if (b > h->hi)
		h->hi = b;
	return 0;
}

int rxs_hist_merge(struct rxs_hist *into, const struct rxs_hist *from)
{
	if (!from->count)
		return 0;
	if ((from->lo - into->base >= into->nr || from->hi - into->base >= into->nr) &&
	    hist_grow(into, from->lo, from->hi))
		return -ENOMEM;
	for (u32 b = from->lo; b <= from->hi; b++)
		into->bucket[b] += from->bucket[b];
	into->count += from->count;
	into->sum += from->sum;
	if (from->min < into->min)
		into->min = from->min;
	if (from->max > into->max)
		into->max = from->max;
	if (from->lo < into->lo)
		into->lo = from->lo;
	if (from->hi > into->hi)
		into->hi = from->hi;
	return 0;
}

static u64 bucket_middle(u32 b)
{
	u64 low = rxs_hist_bucket_low(b);

	if (b + 1 >= RXS_HIST_BUCKETS)
		return low + (UINT64_MAX - low) / 2;
	return low + (rxs_hist_bucket_low(b + 1) - low) / 2;
}

u64 rxs_hist_quantile(const struct rxs_hist *h, double q)
{
	u64 rank, seen = 0, v = h->max;

	if (!h->count)
		return 0;
	if (!(q > 0.0)) /* a NaN counts as 0 */
		return h->min;
	if (q >= 1.0)
		return h->max;
	/* the smallest value that at least q of all values do not exceed */
	rank = (u64)(q * (double)h->count);
	if ((double)rank < q * (double)h->count)
		rank++;
	for (u32 b = h->lo; b <= h->hi; b++) {
		seen += h->bucket[b];
		if (seen >= rank) {
			v = bucket_middle(b);
			break;
		}
	}
	if (v < h->min)
		return h->min;
	return v > h->max ? h->max : v;
}

double rxs_hist_mean(const struct rxs_hist *h)
{
	return h->count ? (double)h->sum / (double)h->count : 0.0;
}

int rxs_hist_copy(struct rxs_hist *to, const struct rxs_hist *from)
{
	*to = *from;
	to->bucket = NULL;
	to->base = 0;
	to->nr = 0;
	if (!from->count)
		return 0;
	if (hist_grow(to, from->lo, from->hi)) {
		memset(to, 0, sizeof(*to));
		return -ENOMEM;
	}
	memcpy(to->bucket + from->lo, from->bucket + from->lo,
	       (from->hi - from->lo + 1) * sizeof(*to->bucket));
	to->lo = from->lo;
	to->hi = from->hi;
	to->min = from->min;
	return 0;
}

void rxs_hist_reset(struct rxs_hist *h)
{
	if (h->nr)
		free(memory_of(h));
	memset(h, 0, sizeof(*h));
}
