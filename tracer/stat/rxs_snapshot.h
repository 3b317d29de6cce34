/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Statistics at one instant. Immutable once made: views and the screen read it without asking anybody.
 * All strings are ids of the strtab the statistics were made with.
 */
#ifndef RXS_SNAPSHOT_H
#define RXS_SNAPSHOT_H

#include "../path/rxs_path.h"
#include "../source/rxs_source.h"
#include "rxs_hist.h"

struct rxs_stage_stat {
	u64 hits;			/* packets (for irq, napi_schedule, softirq, napi_poll: occurrences) that passed */
	u64 open;			/* packets whose last stage this is, on their way now */
	u64 ended;			/* packets that ended after this stage */
	struct rxs_hist from_prev;	/* ns from the packet's previous hop */
};

struct rxs_drop_stat { u32 reason; u32 symbol; u16 stage; u64 count; };
struct rxs_dev_stat {
	u32 dev; u32 ifindex; u32 netns;
	u64 packets, bytes, delivered, dropped, merged;
	u64 polls, irqs;
	struct rxs_hist total;		/* first to last hop, ns */
};
struct rxs_flow_stat {
	struct rxs_flow flow;
	u64 packets, bytes, frames, dropped;
	u64 first_ns, last_ns;
	struct rxs_hist total;
};
struct rxs_cpu_stat {
	s16 cpu;
	u64 irqs, softirqs, softirq_ns, polls, packets, ksoftirqd_polls, time_squeeze, lost;
	struct rxs_hist softirq_wait;	/* from NET_RX raised to started, ns */
};
struct rxs_lost_stat { u16 kind; s16 cpu; u64 count; u64 times; u64 first_ns, last_ns; u32 symbol; };

struct rxs_snapshot {
	u64 now_ns;			/* time of the last event */
	u64 duration_ns;
	u64 events;
	u64 lost;			/* sum of known losses */
	bool lost_unknown;		/* some losses have no number */
	u64 outcome[RXS_OUT_NR];
	u64 seen;			/* sum of outcome[] including those open now */
	u64 why[RXS_WHY_NR];
	double completeness;		/* (seen − incomplete) / seen, 1 when seen is 0 */
	struct rxs_stage_stat stage[RXS_ST_NR];
	struct rxs_hist total;		/* first to last hop of delivered packets, ns */
	struct rxs_hist from_to;	/* --from/--to, ns */
	s16 from, to;			/* stages of from_to, -1 = not asked */
	/* napi */
	u64 polls, budget_exhausted, time_squeeze, irqs, ksoftirqd_polls;
	struct rxs_hist packets_per_poll;
	/* lists, most first */
	u32 nr_drops, nr_devs, nr_flows, nr_cpus, nr_losses;
	struct rxs_drop_stat *drops;
	struct rxs_dev_stat *devs;
	struct rxs_flow_stat *flows;
	u64 flows_not_kept;		/* packets of flows beyond the table's bound */
	struct rxs_cpu_stat *cpus;
	struct rxs_lost_stat *losses;
	struct rxs_path_stats path;
	/* the slowest packets, slowest first; owned by the snapshot */
	u32 nr_slowest;
	struct rxs_packet **slowest;
};

struct rxs_stat;

struct rxs_stat_opts {
	s16 from, to;		/* stage numbers for from_to, -1 = none */
	u32 nr_slowest;		/* 0 = default 10 */
	u32 max_flows;		/* 0 = default 4096 */
};

int rxs_stat_new(struct rxs_stat **out, struct rxs_strtab *t, const struct rxs_stat_opts *o);
void rxs_stat_free(struct rxs_stat *s);
/* Fed from the path engine's sink. 0 or -ENOMEM. */
int rxs_stat_packet(struct rxs_stat *s, const struct rxs_packet *p);
int rxs_stat_poll(struct rxs_stat *s, const struct rxs_poll *p);
int rxs_stat_lost(struct rxs_stat *s, const struct rxs_lost *l);
/* CPU-only events (irq, softirq, napi_schedule) are counted from the event stream. */
int rxs_stat_event(struct rxs_stat *s, const struct rxs_event *ev);
/* A new snapshot; path may be NULL (open packets are then 0). Free with rxs_snapshot_free(). 0 or -ENOMEM. */
int rxs_stat_snapshot(const struct rxs_stat *s, const struct rxs_path *path, struct rxs_snapshot **out);
void rxs_snapshot_free(struct rxs_snapshot *s);

#endif
