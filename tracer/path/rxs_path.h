/* SPDX-License-Identifier: GPL-2.0 */
/* The path engine: events in, packets out. Own code on purpose: this is what rxscope is about. */
#ifndef RXS_PATH_H
#define RXS_PATH_H

#include "../base/rxs_err.h"
#include "../base/rxs_strtab.h"
#include "rxs_packet.h"

struct rxs_path;

/* One poll of a device, told when it ended (or when the next began: work is 0 then). */
struct rxs_poll {
	u64 id;
	u64 irq_ns, softirq_ns, begin_ns, end_ns;	/* 0 = not seen */
	u64 napi;
	u32 dev;		/* string id */
	u32 work, budget;
	u32 packets;		/* packets joined to it */
	s16 cpu;
	u8 ksoftirqd;
	u8 squeezed;
	u8 begin_seen;		/* 0: only its end was recorded (static tracepoints alone); begin_ns is 0 */
	u64 schedule_ns;	/* 0 = not seen, or polled again without being scheduled */
	u32 irq;		/* number; meaningful when irq_ns is not 0 */
	u32 irq_polls;		/* polls since the interrupt, from 1 */
	u16 stream;
};

/* What the engine could not join, for the report. */
struct rxs_path_stats {
	u64 events;
	u64 seen;		/* packets begun; equals the sum of outcomes once rxs_path_finish() ran */
	u64 clones;
	u64 open;		/* on their way now */
	u64 unmatched_end;	/* frees of skbs that were no receive path (transmit, mostly) */
	u64 releases;		/* __kfree_skb() and its like: frees that no tracepoint tells of */
	u64 unmatched_app;	/* reads of skbs whose path was not seen */
	u64 unmatched_socket;
	u64 out_of_order;	/* events older than the one before them; taken, but counted */
	u64 negative;		/* adjacent hops whose times ran backwards (clocks of CPUs): shown as 0, counted */
	u64 skipped_desc;	/* descriptors that became no skb */
	u64 time_squeeze;
	u64 at_risk;		/* events were lost while they were on their way, yet their end was seen: counted
				 * under their outcome, some of their hops may be missing */
	u64 hops_dropped;	/* hops beyond the bound of one packet (a loop) */
	u64 last_ns, first_ns;
};

struct rxs_path_sink {
	void *ctx;
	/* A packet is final. Borrowed until the function returns. */
	void (*packet)(void *ctx, const struct rxs_packet *p);
	/* A poll ended. May be NULL. */
	void (*poll)(void *ctx, const struct rxs_poll *p);
	/* One hop of a packet still on its way, as it happens (live pictures). May be NULL. */
	void (*hop)(void *ctx, const struct rxs_packet *p, const struct rxs_hop *h);
};

struct rxs_path_opts {
	u32 max_open;		/* packets on their way at once, 0 = default 1,048,576 */
	u64 correct_ns;		/* probe cost to subtract, ns per event (docs/path-engine.md), 0 = no */
};

/* t is borrowed. 0 or -errno. */
int rxs_path_new(struct rxs_path **out, struct rxs_strtab *t, const struct rxs_path_opts *o,
		 const struct rxs_path_sink *sink);
void rxs_path_free(struct rxs_path *p);
/* Feed one event, in time order. 0 or -ENOMEM. */
int rxs_path_event(struct rxs_path *p, const struct rxs_event *ev);
/*
 * Events were lost. A packet on its way during the loss that is seen to end keeps its outcome (and counts in
 * at_risk); one whose beginning or end is then missing is INCOMPLETE for that reason. See docs/path-engine.md.
 */
void rxs_path_lost(struct rxs_path *p, const struct rxs_lost *l);
/* The end: everything still open goes to the sink as OPEN (or INCOMPLETE). */
void rxs_path_finish(struct rxs_path *p);
void rxs_path_stats_get(const struct rxs_path *p, struct rxs_path_stats *out);
/* Packets on their way now, per last stage passed: open[RXS_ST_NR]. */
void rxs_path_open_by_stage(const struct rxs_path *p, u64 open[RXS_ST_NR]);

#endif
