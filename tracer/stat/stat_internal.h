/* SPDX-License-Identifier: GPL-2.0 */
/* What rxs_stat.c gathers and rxs_snapshot.c copies out. Nobody else includes this. */
#ifndef STAT_INTERNAL_H
#define STAT_INTERNAL_H

#include <errno.h>

#include "rxs_snapshot.h"

/* Hard interrupts of one handler on one CPU; which of them are a NIC's may be known only later. */
struct irq_count {
	s16 cpu;
	u32 handler;		/* string id */
	u64 hits;
	u64 raised;		/* those that raised NET_RX */
};

/* What the event stream says of one CPU just now. */
struct cpu_now {
	struct rxs_cpu_stat st;
	u16 stream;
	u64 seq;		/* events without a packet */
	bool in_irq, irq_raised, in_softirq, in_poll, poll_enter_seen;
	u32 irq, irq_entry;	/* number; index into irqs[] */
	u16 irq_hook;
	u64 softirq_ns, raise_ns, raise_seq;
	u16 raise_hook;
	u32 softirq_polls;
	u64 squeezed_ns;	/* start of the softirq last counted as squeezed */
};

/* An index over an array of records: open addressing, number of the record + 1 in each slot. */
struct index {
	u32 *slot;
	u32 mask;
};

struct rxs_stat {
	struct rxs_strtab *t;
	struct rxs_stat_opts o;
	u64 outcome[RXS_OUT_NR], why[RXS_WHY_NR];
	struct rxs_stage_stat stage[RXS_ST_NR];
	struct rxs_hist total, from_to, packets_per_poll;
	u64 polls, budget_exhausted, time_squeeze, ksoftirqd_polls;
	u64 schedules, softirqs;
	u64 events, first_ns, last_ns;
	u64 lost;
	bool lost_unknown;
	struct rxs_drop_stat *drops;
	u32 nr_drops, cap_drops;
	struct rxs_dev_stat *devs;
	u32 nr_devs, cap_devs;
	struct rxs_flow_stat *flows;
	u32 nr_flows, cap_flows;
	struct index flow_index;
	u64 flows_not_kept;
	struct cpu_now *cpus;
	u32 nr_cpus, cap_cpus;
	struct rxs_lost_stat *losses;
	u32 nr_losses, cap_losses;
	struct irq_count *irqs;
	u32 nr_irqs, cap_irqs;
	u8 *irq_nic;		/* by string id of the handler: 1 = a NIC's for certain */
	u32 nr_irq_nic;
	u16 nic_hook;		/* the hook that names a NIC's own interrupt */
	struct rxs_packet **slowest;	/* a heap, the fastest of them on top */
	u32 nr_slowest;
};

/* Is handler the name of an interrupt of device dev ("eth0", "eth0-TxRx-1")? */
bool stat_handler_of(const struct rxs_strtab *t, u32 handler, u32 dev);

#endif
