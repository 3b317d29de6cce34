/* SPDX-License-Identifier: GPL-2.0 */
/* Why a packet was slow: one cause, its share, and a sentence for people. */
#ifndef RXS_EXPLAIN_H
#define RXS_EXPLAIN_H

#include "rxs_snapshot.h"

/* SYM, id (public), short text. Adding a cause is a row here and a rule in explain.c. */
#define RXS_CAUSES(X) \
	X(NONE, "none", "nothing stands out") \
	X(IRQ, "irq-handler", "slow interrupt handler") \
	X(SOFTIRQ_LATE, "softirq-late", "waited for the softirq") \
	X(KSOFTIRQD, "ksoftirqd-late", "waited for ksoftirqd to be scheduled") \
	X(OTHER_DEVICE, "other-device", "another device was polled first") \
	X(QUEUED, "queued-in-poll", "queued behind other packets of the same poll") \
	X(GRO_HELD, "gro-held", "held by GRO") \
	X(BACKLOG, "backlog", "waited in a CPU's backlog") \
	X(NETFILTER, "netfilter", "netfilter hooks") \
	X(DEFRAG, "defrag", "waited for its other fragments") \
	X(STACK, "stack", "time in one stage of the stack") \
	X(READER, "reader-late", "the reader came late") \

enum rxs_cause {
#define X(sym, id, text) RXS_CAUSE_##sym,
	RXS_CAUSES(X)
#undef X
	RXS_CAUSE_NR
};

struct rxs_explain {
	enum rxs_cause cause;
	u16 stage;		/* where the time went: before this stage, or in its queue (backlog, ip_defrag);
				 * its advice is the hint */
	u64 ns;			/* time that went there */
	double share;		/* of the packet's total, 0 … 1 */
	char text[256];		/* a whole sentence */
};

const char *rxs_cause_id(enum rxs_cause c);
const char *rxs_cause_text(enum rxs_cause c);
/* Explain p; s (may be NULL) gives what is usual: the medians of the stages. Never fails. */
void rxs_explain_packet(struct rxs_explain *x, const struct rxs_packet *p, const struct rxs_snapshot *s,
			const struct rxs_strtab *t);

#endif
