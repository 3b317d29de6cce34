// SPDX-License-Identifier: GPL-2.0
/*
 * Why a packet was slow. Each step from one stage to the next stands for one cause; the step that
 * took the most time beyond what is usual there is the answer.
 */
#include "rxs_explain.h"

#include <stdio.h>
#include <string.h>

#define STANDS_OUT 0.15 /* of the packet's total: below that, no cause stands out */

static const char *const cause_id[] = {
#define X(sym, id, text) [RXS_CAUSE_##sym] = id,
	RXS_CAUSES(X)
#undef X
};

static const char *const cause_text[] = {
#define X(sym, id, text) [RXS_CAUSE_##sym] = text,
	RXS_CAUSES(X)
#undef X
};

const char *rxs_cause_id(enum rxs_cause c)
{
	return (unsigned int)c < RXS_CAUSE_NR ? cause_id[c] : "";
}

const char *rxs_cause_text(enum rxs_cause c)
{
	return (unsigned int)c < RXS_CAUSE_NR ? cause_text[c] : "";
}

/* Which cause a step to a stage stands for, when nothing about the packet says otherwise. */
static const u8 cause_of[RXS_ST_NR] = {
	[RXS_ST_IRQ] = RXS_CAUSE_STACK,
	[RXS_ST_NAPI_SCHEDULE] = RXS_CAUSE_IRQ,
	[RXS_ST_SOFTIRQ] = RXS_CAUSE_SOFTIRQ_LATE,
	[RXS_ST_NAPI_POLL] = RXS_CAUSE_OTHER_DEVICE,
	[RXS_ST_RX_DESC] = RXS_CAUSE_QUEUED,
	[RXS_ST_GRO] = RXS_CAUSE_STACK,
	[RXS_ST_BACKLOG] = RXS_CAUSE_STACK,
	[RXS_ST_NETIF_RECEIVE_SKB] = RXS_CAUSE_STACK,
	[RXS_ST_VLAN] = RXS_CAUSE_STACK,
	[RXS_ST_BRIDGE] = RXS_CAUSE_STACK,
	[RXS_ST_ARP_RCV] = RXS_CAUSE_STACK,
	[RXS_ST_IP_RCV] = RXS_CAUSE_STACK,
	[RXS_ST_PREROUTING] = RXS_CAUSE_NETFILTER,
	[RXS_ST_IP_LOCAL_DELIVER] = RXS_CAUSE_STACK,
	[RXS_ST_IP_DEFRAG] = RXS_CAUSE_STACK,
	[RXS_ST_LOCAL_IN] = RXS_CAUSE_NETFILTER,
	[RXS_ST_TCP_V4_RCV] = RXS_CAUSE_STACK,
	[RXS_ST_UDP_RCV] = RXS_CAUSE_STACK,
	[RXS_ST_ICMP_RCV] = RXS_CAUSE_STACK,
	[RXS_ST_TCP_V6_RCV] = RXS_CAUSE_STACK,
	[RXS_ST_UDPV6_RCV] = RXS_CAUSE_STACK,
	[RXS_ST_ICMPV6_RCV] = RXS_CAUSE_STACK,
	[RXS_ST_IP_FORWARD] = RXS_CAUSE_STACK,
	[RXS_ST_SOCKET] = RXS_CAUSE_STACK,
	[RXS_ST_APP] = RXS_CAUSE_READER,
	[RXS_ST_END] = RXS_CAUSE_STACK,
};

static enum rxs_cause step_cause(const struct rxs_packet *p, const struct rxs_hop *from,
				 const struct rxs_hop *to)
{
	if (from->stage == RXS_ST_IP_DEFRAG)
		return RXS_CAUSE_DEFRAG;
	switch (to->stage) {
	case RXS_ST_SOFTIRQ:
		return p->napi.ksoftirqd ? RXS_CAUSE_KSOFTIRQD : RXS_CAUSE_SOFTIRQ_LATE;
	case RXS_ST_RX_DESC:
	case RXS_ST_GRO:
		/* before the first packet of a poll the driver cleans its transmit ring */
		if (!(from->flags & RXS_HOP_SHARED))
			return RXS_CAUSE_STACK;
		return p->napi.pos > 1 ? RXS_CAUSE_QUEUED : RXS_CAUSE_STACK;
	case RXS_ST_NETIF_RECEIVE_SKB:
		if (from->stage == RXS_ST_BACKLOG)
			return RXS_CAUSE_BACKLOG;
		return from->stage == RXS_ST_GRO ? RXS_CAUSE_GRO_HELD : RXS_CAUSE_STACK;
	case RXS_ST_IP_LOCAL_DELIVER:
		/* without a hook after PRE_ROUTING this step holds it */
		return from->stage == RXS_ST_IP_RCV ? RXS_CAUSE_NETFILTER : RXS_CAUSE_STACK;
	case RXS_ST_IP_FORWARD:
		if (to->op == RXS_OP_FORWARD || from->stage == RXS_ST_IP_RCV)
			return RXS_CAUSE_NETFILTER;
		return RXS_CAUSE_STACK;
	}
	return to->stage < RXS_ST_NR ? (enum rxs_cause)cause_of[to->stage] : RXS_CAUSE_STACK;
}

static const char *duration(char *buf, size_t size, u64 ns)
{
	if (ns < 1000)
		snprintf(buf, size, "%llu ns", (unsigned long long)ns);
	else if (ns < 1000000)
		snprintf(buf, size, "%.1f us", (double)ns / 1e3);
	else if (ns < 1000000000)
		snprintf(buf, size, "%.1f ms", (double)ns / 1e6);
	else
		snprintf(buf, size, "%.2f s", (double)ns / 1e9);
	return buf;
}

static const char *title(u16 stage)
{
	return stage < RXS_ST_NR ? rxs_stages[stage].title : "?";
}

static void reader_text(char *buf, size_t size, const struct rxs_packet *p,
			const struct rxs_strtab *t)
{
	const char *comm = p->nr_readers ? rxs_strtab_get(t, p->reader[0].comm) : "";

	if (!p->nr_readers)
		snprintf(buf, size, "waited in the socket's queue for a reader");
	else if (*comm)
		snprintf(buf, size, "waited in the socket's queue until %.32s (pid %u) read it",
			 comm, p->reader[0].pid);
	else
		snprintf(buf, size, "waited in the socket's queue until pid %u read it",
			 p->reader[0].pid);
}

/* What happened to it, as the middle of the sentence. */
static void phrase(char *buf, size_t size, const struct rxs_explain *x, const struct rxs_packet *p,
		   u16 from, const struct rxs_strtab *t)
{
	switch (x->cause) {
	case RXS_CAUSE_NONE:
	case RXS_CAUSE_NR:
		break;
	case RXS_CAUSE_IRQ:
		snprintf(buf, size, "spent in the interrupt handler before NAPI was scheduled");
		return;
	case RXS_CAUSE_SOFTIRQ_LATE:
		snprintf(buf, size, "waited on CPU %d for the NET_RX softirq to start", p->cpu);
		return;
	case RXS_CAUSE_KSOFTIRQD:
		snprintf(buf, size, "waited until ksoftirqd/%d got the CPU", p->cpu);
		return;
	case RXS_CAUSE_OTHER_DEVICE:
		snprintf(buf, size, "waited in the softirq while other devices were polled first");
		return;
	case RXS_CAUSE_QUEUED:
		snprintf(buf, size, "queued behind %u packet%s of the same poll", p->napi.pos - 1,
			 p->napi.pos == 2 ? "" : "s");
		return;
	case RXS_CAUSE_GRO_HELD:
		snprintf(buf, size,
			 p->nr_merged ? "held by GRO, which merged %u more frames into it"
				      : "held by GRO or its list",
			 p->nr_merged);
		return;
	case RXS_CAUSE_BACKLOG:
		snprintf(buf, size, "waited in a CPU's backlog");
		return;
	case RXS_CAUSE_NETFILTER:
		snprintf(buf, size, "spent in netfilter between %s and %s", title(from),
			 title(x->stage));
		return;
	case RXS_CAUSE_DEFRAG:
		snprintf(buf, size, "waited for the packet's other fragments");
		return;
	case RXS_CAUSE_STACK:
		snprintf(buf, size, "spent between %s and %s", title(from), title(x->stage));
		return;
	case RXS_CAUSE_READER:
		reader_text(buf, size, p, t);
		return;
	}
	snprintf(buf, size, "no single stage stands out");
}

static u64 usual(const struct rxs_snapshot *s, u16 stage)
{
	return s && stage < RXS_ST_NR ? rxs_hist_quantile(&s->stage[stage].from_prev, 0.5) : 0;
}

void rxs_explain_packet(struct rxs_explain *x, const struct rxs_packet *p,
			const struct rxs_snapshot *s, const struct rxs_strtab *t)
{
	u64 total = rxs_packet_total_ns(p), worst = 0, ns, normal;
	char what[160], part[32], whole[32];
	u16 from = 0;
	int k;

	memset(x, 0, sizeof(*x));
	/* Back from the last hop: what clones did beside that way made nobody wait. */
	for (int i = (int)p->nr_hops - 1; i > 0; i = k) {
		k = rxs_packet_prev(p, (u32)i);
		if (k < 0)
			break;
		ns = p->hops[i].ts_ns > p->hops[k].ts_ns ? p->hops[i].ts_ns - p->hops[k].ts_ns : 0;
		normal = usual(s, p->hops[i].stage);
		if (ns <= normal || ns - normal <= worst)
			continue;
		worst = ns - normal;
		x->cause = step_cause(p, &p->hops[k], &p->hops[i]);
		x->stage = p->hops[i].stage;
		x->ns = ns < total ? ns : total;
		from = p->hops[k].stage;
	}
	if (!total || (double)worst < STANDS_OUT * (double)total) {
		x->cause = RXS_CAUSE_NONE;
		x->stage = 0;
		x->ns = 0;
	}
	phrase(what, sizeof(what), x, p, from, t);
	/* a queue's own advice fits, not that of the stage after it */
	if (x->cause == RXS_CAUSE_BACKLOG || x->cause == RXS_CAUSE_DEFRAG)
		x->stage = from;
	x->share = total ? (double)x->ns / (double)total : 0.0;
	duration(whole, sizeof(whole), total);
	if (x->cause == RXS_CAUSE_NONE)
		snprintf(x->text, sizeof(x->text), "%s in all; %s.", whole, what);
	else
		snprintf(x->text, sizeof(x->text), "%s of %s (%.0f %%) %s.",
			 duration(part, sizeof(part), x->ns), whole, x->share * 100.0, what);
}
