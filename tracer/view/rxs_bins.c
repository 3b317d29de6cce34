// SPDX-License-Identifier: GPL-2.0
/* A histogram as a row of a few columns. */
#include "rxs_bins.h"

#include <math.h>
#include <string.h>

/* The lowest value above 0: two hops told by one event are no time apart, and would stretch a logarithm. */
static u64 lowest(const struct rxs_hist *h)
{
	u32 b = h->lo > 0 ? h->lo : 1;

	if (h->min || !h->bucket)
		return h->min;
	while (b <= h->hi && !h->bucket[b])
		b++;
	return b <= h->hi ? rxs_hist_bucket_low(b) : UINT64_MAX;
}

void rxs_scale_of(struct rxs_scale *s, const struct rxs_hist *const *h, unsigned int nr_h, unsigned int nr)
{
	s->nr = nr > RXS_BINS_MAX ? RXS_BINS_MAX : nr;
	s->lo = UINT64_MAX;
	s->hi = 1;
	for (unsigned int i = 0; i < nr_h; i++) {
		if (!h[i]->count)
			continue;
		if (lowest(h[i]) < s->lo)
			s->lo = lowest(h[i]);
		if (h[i]->max > s->hi)
			s->hi = h[i]->max;
	}
	if (s->lo > s->hi)
		s->lo = s->hi;
	if (!s->lo)
		s->lo = 1;
}

static unsigned int column_of(const struct rxs_scale *s, u64 v)
{
	double pos;

	if (v <= s->lo || s->hi <= s->lo)
		return 0;
	pos = log((double)v / (double)s->lo) / log((double)s->hi / (double)s->lo) * s->nr;
	return pos >= s->nr ? s->nr - 1 : (unsigned int)pos;
}

void rxs_scale_bins(const struct rxs_scale *s, const struct rxs_hist *h, u64 bins[RXS_BINS_MAX])
{
	memset(bins, 0, RXS_BINS_MAX * sizeof(*bins));
	if (!h->count || !h->bucket || !s->nr)
		return;
	for (u32 b = h->lo; b <= h->hi && b < RXS_HIST_BUCKETS; b++) {
		u64 v;

		if (!h->bucket[b])
			continue;
		v = rxs_hist_bucket_low(b);
		if (v < h->min)
			v = h->min;
		bins[column_of(s, v)] += h->bucket[b];
	}
}

u64 rxs_scale_low(const struct rxs_scale *s, unsigned int column)
{
	if (!s->nr || !column)
		return s->lo;
	return (u64)((double)s->lo * pow((double)s->hi / (double)s->lo, (double)column / s->nr));
}
