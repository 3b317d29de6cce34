/* SPDX-License-Identifier: GPL-2.0 */
/* Why the slowest packets were slow, taken together. */
#ifndef RXS_CAUSES_SUM_H
#define RXS_CAUSES_SUM_H

#include "../stat/rxs_explain.h"

/* How many of the slowest packets a report keeps, so that p99 and beyond can be explained. */
#define RXS_CAUSES_KEEP 4096

struct rxs_cause_sum {
	enum rxs_cause cause;
	u16 stage;	/* the stage this cause held packets up at most often; its advice is the hint */
	u64 packets;
	u64 ns;		/* sum of what it cost them */
};

struct rxs_causes {
	u64 tail;		/* packets at p99 and beyond */
	u64 explained;		/* of these, looked at: fewer when more than were kept */
	u64 threshold_ns;	/* total of the fastest of them */
	u32 nr;
	struct rxs_cause_sum sum[RXS_CAUSE_NR];	/* most packets first */
};

/* Explain the slowest hundredth of s's packets. Causes that hit none are not listed. */
void rxs_causes_of(struct rxs_causes *c, const struct rxs_snapshot *s, const struct rxs_strtab *t);

#endif
