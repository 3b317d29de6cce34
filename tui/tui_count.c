// SPDX-License-Identifier: GPL-2.0
/* What one packet, poll or loss adds to the statistics. */
#include "tui_model.h"

/*
 * The hop's own time before it, as rxs_stat counts it: once per stage and pass, the end where the
 * packet ended.
 */
static bool counts(const struct rxs_packet *p, u32 i, u32 *mask)
{
	const struct rxs_hop *h = &p->hops[i];

	if (h->stage >= RXS_ST_NR || (h->stage == RXS_ST_END && i + 1 < p->nr_hops))
		return false;
	if (h->flags & RXS_HOP_PASS)
		*mask = 0;
	if (*mask & 1u << h->stage)
		return false;
	*mask |= 1u << h->stage;
	return true;
}

static void count_hops(struct tui_acc *a, const struct rxs_packet *p)
{
	u32 mask = 0, last = p->nr_hops;

	for (u32 i = 0; i < p->nr_hops; i++) {
		const struct rxs_hop *h = &p->hops[i];
		u64 before;
		int prev;

		if (h->stage < RXS_ST_END)
			last = i;
		if (!counts(p, i, &mask))
			continue;
		if (!(h->flags & RXS_HOP_SHARED))
			tui_acc_add(a, TUI_K_HITS + h->stage, 1);
		prev = p->clones ? rxs_packet_prev(p, i) : (int)i - 1;
		if (prev < 0)
			continue;
		before = p->hops[prev].ts_ns;
		tui_acc_hist_add(a, h->stage, h->ts_ns > before ? h->ts_ns - before : 0);
	}
	if (last < p->nr_hops && p->outcome != RXS_OUT_OPEN)
		tui_acc_add(a, TUI_K_ENDED + p->hops[last].stage, 1);
}

u32 tui_count_passes(const struct rxs_packet *p, u32 hits[RXS_ST_NR])
{
	u32 mask = 0, all = 0;

	for (u32 i = 0; i < p->nr_hops; i++) {
		if (!counts(p, i, &mask))
			continue;
		all |= 1u << p->hops[i].stage;
		if (!(p->hops[i].flags & RXS_HOP_SHARED))
			hits[p->hops[i].stage]++;
	}
	return all;
}

static void count_flow(struct tui_acc *a, const struct tui_ent *e, const struct rxs_packet *p)
{
	u32 k = TUI_K_FLOW + e->flow * TUI_FLOW_NR;
	u64 total = rxs_packet_total_ns(p);

	tui_acc_add(a, k + TUI_FLOW_PACKETS, 1);
	tui_acc_add(a, k + TUI_FLOW_BYTES, p->len);
	/* What was merged into another counts there. */
	tui_acc_add(a, k + TUI_FLOW_FRAMES, p->outcome == RXS_OUT_MERGED ? 0 : p->frames);
	tui_acc_add(a, k + TUI_FLOW_DROPPED, p->outcome == RXS_OUT_DROPPED);
	tui_acc_add(a, TUI_K_FLOW_LAST + e->flow, p->last_ns);
	tui_acc_add(a, k + TUI_FLOW_BIN0 + tui_flow_bin(total), 1);
	tui_acc_add(a, TUI_K_FLOW_MAX + e->flow, total);
}

static u32 cpu_slot(s16 cpu)
{
	return cpu >= 0 && cpu < TUI_CPUS_MAX ? (u32)cpu : TUI_CPUS_MAX - 1;
}

void tui_count_packet(struct tui_acc *a, const struct tui_ent *e, const struct rxs_packet *p,
		      u32 dev)
{
	u32 k = TUI_K_DEV + dev * TUI_DEV_NR;

	count_hops(a, p);
	tui_acc_add(a, TUI_K_CPU + cpu_slot(p->cpu) * TUI_CPU_NR + TUI_CPU_PACKETS, 1);
	tui_acc_add(a, TUI_K_OUTCOME + p->outcome, 1);
	tui_acc_add(a, TUI_K_BYTES, p->len);
	tui_acc_add(a, TUI_K_FRAMES, p->frames);
	if (p->outcome == RXS_OUT_INCOMPLETE && p->why < RXS_WHY_NR)
		tui_acc_add(a, TUI_K_WHY + p->why, 1);
	if (p->outcome == RXS_OUT_DELIVERED)
		tui_acc_hist_add(a, TUI_H_TOTAL, rxs_packet_total_ns(p));
	if (p->outcome == RXS_OUT_DROPPED && e->drop) {
		tui_acc_add(a, TUI_K_DROP + e->drop - 1, 1);
		tui_acc_add(a, TUI_K_DROP_LAST + e->drop - 1, p->last_ns);
		if (p->drop_stage < RXS_ST_NR)
			tui_acc_add(a, TUI_K_STAGE_DROPS + p->drop_stage, 1);
	}
	count_flow(a, e, p);
	tui_acc_add(a, k + TUI_DEV_PACKETS, 1);
	tui_acc_add(a, k + TUI_DEV_BYTES, p->len);
	tui_acc_add(a, k + TUI_DEV_DELIVERED, p->outcome == RXS_OUT_DELIVERED);
	tui_acc_add(a, k + TUI_DEV_DROPPED, p->outcome == RXS_OUT_DROPPED);
	tui_acc_add(a, k + TUI_DEV_MERGED, p->outcome == RXS_OUT_MERGED);
}

void tui_count_poll(struct tui_acc *a, const struct tui_poll *tp)
{
	const struct rxs_poll *p = &tp->p;
	u32 k = TUI_K_CPU + cpu_slot(p->cpu) * TUI_CPU_NR;

	/* What all packets of a poll share is passed once. */
	tui_acc_add(a, TUI_K_HITS + RXS_ST_IRQ, tp->new_irq);
	tui_acc_add(a, TUI_K_HITS + RXS_ST_NAPI_SCHEDULE, !!p->schedule_ns);
	tui_acc_add(a, TUI_K_HITS + RXS_ST_SOFTIRQ, tp->new_softirq);
	tui_acc_add(a, TUI_K_HITS + RXS_ST_NAPI_POLL, 1);
	tui_acc_add(a, k + TUI_CPU_POLLS, 1);
	tui_acc_add(a, k + TUI_CPU_IRQS, tp->new_irq);
	tui_acc_add(a, k + TUI_CPU_SOFTIRQS, tp->new_softirq);
	tui_acc_add(a, k + TUI_CPU_SQUEEZED, tp->new_squeeze);
	tui_acc_add(a, k + TUI_CPU_KSOFTIRQD, p->ksoftirqd);
	tui_acc_add(a, k + TUI_CPU_EXHAUSTED, p->budget && p->work >= p->budget);
	if (p->end_ns)
		tui_acc_hist_add(a, TUI_H_PER_POLL, p->work);
	if (tp->new_softirq && p->schedule_ns && p->softirq_ns >= p->schedule_ns)
		tui_acc_hist_add(a, TUI_H_SOFTIRQ, p->softirq_ns - p->schedule_ns);
}

void tui_count_poll_passes(const struct tui_poll *tp, u32 hits[RXS_ST_NR])
{
	hits[RXS_ST_IRQ] += tp->new_irq;
	hits[RXS_ST_NAPI_SCHEDULE] += !!tp->p.schedule_ns;
	hits[RXS_ST_SOFTIRQ] += tp->new_softirq;
	hits[RXS_ST_NAPI_POLL]++;
}

void tui_count_lost(struct tui_acc *a, const struct rxs_lost *l)
{
	u32 kind = l->kind < RXS_LOST_NR ? l->kind : RXS_LOST_FILE;

	tui_acc_add(a, TUI_K_LOST + kind, l->count);
	tui_acc_add(a, TUI_K_LOST_TIMES + kind, 1);
	if (!l->count)
		tui_acc_add(a, TUI_K_LOST_UNKNOWN, 1);
	if (l->cpu >= 0 && l->cpu < TUI_CPUS_MAX)
		tui_acc_add(a, TUI_K_CPU + (u32)l->cpu * TUI_CPU_NR + TUI_CPU_LOST, l->count);
}
