// SPDX-License-Identifier: GPL-2.0
/* Why the slowest packets were slow, taken together. */
#include "rxs_causes.h"

#include <stdlib.h>
#include <string.h>

static int by_packets(const void *a, const void *b)
{
	const struct rxs_cause_sum *x = a, *y = b;

	if (x->packets != y->packets)
		return x->packets < y->packets ? 1 : -1;
	return (int)x->cause - (int)y->cause;
}

static u16 most_often(const u32 by_stage[RXS_ST_NR])
{
	u16 best = 0;

	for (u16 i = 1; i < RXS_ST_NR; i++)
		if (by_stage[i] > by_stage[best])
			best = i;
	return best;
}

void rxs_causes_of(struct rxs_causes *c, const struct rxs_snapshot *s, const struct rxs_strtab *t)
{
	/* Those whose time says something: they were wanted and came through. rxs_stat keeps the slowest of them. */
	u64 of = s->outcome[RXS_OUT_DELIVERED] + s->outcome[RXS_OUT_CONSUMED] + s->outcome[RXS_OUT_FORWARDED];
	u32 stages[RXS_CAUSE_NR][RXS_ST_NR] = { 0 };
	struct rxs_explain x;

	memset(c, 0, sizeof(*c));
	for (int i = 0; i < RXS_CAUSE_NR; i++)
		c->sum[i].cause = i;
	c->tail = (of + 99) / 100;
	c->explained = c->tail < s->nr_slowest ? c->tail : s->nr_slowest;
	for (u64 i = 0; i < c->explained; i++) {
		rxs_explain_packet(&x, s->slowest[i], s, t);
		c->sum[x.cause].packets++;
		c->sum[x.cause].ns += x.ns;
		if (x.stage < RXS_ST_NR)
			stages[x.cause][x.stage]++;
		c->threshold_ns = rxs_packet_total_ns(s->slowest[i]);
	}
	for (int i = 0; i < RXS_CAUSE_NR; i++)
		c->sum[i].stage = most_often(stages[i]);
	qsort(c->sum, RXS_CAUSE_NR, sizeof(c->sum[0]), by_packets);
	while (c->nr < RXS_CAUSE_NR && c->sum[c->nr].packets)
		c->nr++;
}
