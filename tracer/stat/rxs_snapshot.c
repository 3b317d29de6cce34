// SPDX-License-Identifier: GPL-2.0
/*
 * Statistics at one instant: copied out, so that whoever shows them needs no lock and asks nobody.
 */
#include "stat_internal.h"

#include <stdlib.h>
#include <string.h>

static int by_count(const void *a, const void *b)
{
	const struct rxs_drop_stat *x = a, *y = b;

	if (x->count != y->count)
		return x->count < y->count ? 1 : -1;
	if (x->stage != y->stage)
		return x->stage < y->stage ? -1 : 1;
	return x->reason != y->reason ? (x->reason < y->reason ? -1 : 1) : 0;
}

static int by_dev_packets(const void *a, const void *b)
{
	const struct rxs_dev_stat *x = a, *y = b;

	if (x->packets != y->packets)
		return x->packets < y->packets ? 1 : -1;
	return x->dev < y->dev ? -1 : x->dev > y->dev;
}

static int by_flow_packets(const void *a, const void *b)
{
	const struct rxs_flow_stat *x = a, *y = b;

	if (x->packets != y->packets)
		return x->packets < y->packets ? 1 : -1;
	return x->first_ns < y->first_ns ? -1 : x->first_ns > y->first_ns;
}

static int by_cpu(const void *a, const void *b)
{
	const struct rxs_cpu_stat *x = a, *y = b;

	return x->cpu < y->cpu ? -1 : x->cpu > y->cpu;
}

static int by_lost(const void *a, const void *b)
{
	const struct rxs_lost_stat *x = a, *y = b;

	if (x->count != y->count)
		return x->count < y->count ? 1 : -1;
	return x->cpu < y->cpu ? -1 : x->cpu > y->cpu;
}

static int slowest_first(const void *a, const void *b)
{
	const struct rxs_packet *x = *(struct rxs_packet *const *)a,
				*y = *(struct rxs_packet *const *)b;
	u64 m = rxs_packet_total_ns(x), n = rxs_packet_total_ns(y);

	if (m != n)
		return m < n ? 1 : -1;
	return x->id < y->id ? -1 : x->id > y->id;
}

/* A copy of nr records of that size; NULL when there are none, or no memory (*rc). */
static void *copy(const void *from, u32 nr, size_t bytes, int *rc)
{
	void *to = nr ? malloc(nr * bytes) : NULL;

	if (to)
		memcpy(to, from, nr * bytes);
	else if (nr)
		*rc = -ENOMEM;
	return to;
}

static bool is_nic(const struct rxs_stat *s, u32 handler)
{
	if (handler < s->nr_irq_nic && s->irq_nic[handler])
		return true;
	for (u32 i = 0; i < s->nr_devs; i++)
		if (stat_handler_of(s->t, handler, s->devs[i].dev))
			return true;
	return false;
}

/*
 * Interrupts of NICs: all of a handler named after a device; of others, those that raised NET_RX.
 */
static void count_irqs(const struct rxs_stat *s, struct rxs_snapshot *x)
{
	for (u32 i = 0; i < s->nr_irqs; i++) {
		const struct irq_count *e = &s->irqs[i];
		u64 n = is_nic(s, e->handler) ? e->hits : e->raised;

		x->irqs += n;
		for (u32 k = 0; k < x->nr_cpus; k++)
			if (x->cpus[k].cpu == e->cpu) {
				x->cpus[k].irqs += n;
				break;
			}
	}
	for (u32 d = 0; d < x->nr_devs; d++) {
		u64 n = 0;

		for (u32 i = 0; i < s->nr_irqs; i++)
			if (stat_handler_of(s->t, s->irqs[i].handler, x->devs[d].dev))
				n += s->irqs[i].hits;
		if (n)
			x->devs[d].irqs = n;
	}
}

/*
 * Histograms in copied records still point at the originals' buckets: replace each by a copy of its
 * own, also after a failure, so that freeing the snapshot never frees what is not its own.
 */
static void own_hist(struct rxs_hist *h, int *rc)
{
	struct rxs_hist from = *h;

	memset(h, 0, sizeof(*h));
	if (!*rc)
		*rc = rxs_hist_copy(h, &from);
}

static int copy_lists(const struct rxs_stat *s, struct rxs_snapshot *x)
{
	int rc = 0;

	x->drops = copy(s->drops, s->nr_drops, sizeof(*s->drops), &rc);
	x->nr_drops = x->drops ? s->nr_drops : 0;
	x->devs = copy(s->devs, s->nr_devs, sizeof(*s->devs), &rc);
	x->nr_devs = x->devs ? s->nr_devs : 0;
	x->flows = copy(s->flows, s->nr_flows, sizeof(*s->flows), &rc);
	x->nr_flows = x->flows ? s->nr_flows : 0;
	x->losses = copy(s->losses, s->nr_losses, sizeof(*s->losses), &rc);
	x->nr_losses = x->losses ? s->nr_losses : 0;
	x->cpus = s->nr_cpus ? malloc(s->nr_cpus * sizeof(*x->cpus)) : NULL;
	x->nr_cpus = x->cpus ? s->nr_cpus : 0;
	if (s->nr_cpus && !x->cpus)
		rc = -ENOMEM;
	for (u32 i = 0; i < x->nr_cpus; i++)
		x->cpus[i] = s->cpus[i].st;
	for (u32 i = 0; i < x->nr_devs; i++)
		own_hist(&x->devs[i].total, &rc);
	for (u32 i = 0; i < x->nr_flows; i++)
		own_hist(&x->flows[i].total, &rc);
	for (u32 i = 0; i < x->nr_cpus; i++)
		own_hist(&x->cpus[i].softirq_wait, &rc);
	return rc;
}

static void sort_lists(struct rxs_snapshot *x)
{
	if (x->nr_drops)
		qsort(x->drops, x->nr_drops, sizeof(*x->drops), by_count);
	if (x->nr_devs)
		qsort(x->devs, x->nr_devs, sizeof(*x->devs), by_dev_packets);
	if (x->nr_flows)
		qsort(x->flows, x->nr_flows, sizeof(*x->flows), by_flow_packets);
	if (x->nr_cpus)
		qsort(x->cpus, x->nr_cpus, sizeof(*x->cpus), by_cpu);
	if (x->nr_losses)
		qsort(x->losses, x->nr_losses, sizeof(*x->losses), by_lost);
}

static int copy_slowest(const struct rxs_stat *s, struct rxs_snapshot *x)
{
	if (!s->nr_slowest)
		return 0;
	x->slowest = calloc(s->nr_slowest, sizeof(*x->slowest));
	if (!x->slowest)
		return -ENOMEM;
	for (u32 i = 0; i < s->nr_slowest; i++) {
		x->slowest[i] = rxs_packet_dup(s->slowest[i]);
		if (!x->slowest[i])
			return -ENOMEM;
		x->nr_slowest++;
	}
	qsort(x->slowest, x->nr_slowest, sizeof(*x->slowest), slowest_first);
	return 0;
}

static void copy_numbers(const struct rxs_stat *s, const struct rxs_path *path,
			 struct rxs_snapshot *x)
{
	u64 open[RXS_ST_NR] = {0};

	if (path) {
		rxs_path_stats_get(path, &x->path);
		rxs_path_open_by_stage(path, open);
	}
	x->events = s->events > x->path.events ? s->events : x->path.events;
	x->now_ns = s->last_ns > x->path.last_ns ? s->last_ns : x->path.last_ns;
	x->duration_ns = s->first_ns ? s->first_ns : x->path.first_ns;
	x->duration_ns = x->now_ns > x->duration_ns ? x->now_ns - x->duration_ns : 0;
	x->lost = s->lost;
	x->lost_unknown = s->lost_unknown;
	memcpy(x->outcome, s->outcome, sizeof(x->outcome));
	memcpy(x->why, s->why, sizeof(x->why));
	x->outcome[RXS_OUT_OPEN] += x->path.open;
	for (int i = 0; i < RXS_OUT_NR; i++)
		x->seen += x->outcome[i];
	x->completeness = 1.0;
	if (x->seen)
		x->completeness =
			(double)(x->seen - x->outcome[RXS_OUT_INCOMPLETE]) / (double)x->seen;
	x->from = s->o.from;
	x->to = s->o.to;
	x->polls = s->polls;
	x->budget_exhausted = s->budget_exhausted;
	x->time_squeeze = s->time_squeeze;
	x->ksoftirqd_polls = s->ksoftirqd_polls;
	x->flows_not_kept = s->flows_not_kept;
	for (int i = 0; i < RXS_ST_NR; i++) {
		x->stage[i].hits = s->stage[i].hits;
		x->stage[i].ended = s->stage[i].ended;
		x->stage[i].open = open[i];
	}
}

int rxs_stat_snapshot(const struct rxs_stat *s, const struct rxs_path *path,
		      struct rxs_snapshot **out)
{
	struct rxs_snapshot *x = calloc(1, sizeof(*x));
	int rc;

	if (!x)
		return -ENOMEM;
	copy_numbers(s, path, x);
	rc = copy_lists(s, x);
	count_irqs(s, x);
	x->stage[RXS_ST_IRQ].hits = x->irqs;
	x->stage[RXS_ST_NAPI_SCHEDULE].hits = s->schedules;
	x->stage[RXS_ST_SOFTIRQ].hits = s->softirqs;
	x->stage[RXS_ST_NAPI_POLL].hits = s->polls;
	sort_lists(x);
	for (int i = 0; i < RXS_ST_NR && !rc; i++)
		rc = rxs_hist_copy(&x->stage[i].from_prev, &s->stage[i].from_prev);
	if (!rc)
		rc = rxs_hist_copy(&x->total, &s->total);
	if (!rc)
		rc = rxs_hist_copy(&x->from_to, &s->from_to);
	if (!rc)
		rc = rxs_hist_copy(&x->packets_per_poll, &s->packets_per_poll);
	if (!rc)
		rc = copy_slowest(s, x);
	if (rc) {
		rxs_snapshot_free(x);
		return rc;
	}
	*out = x;
	return 0;
}

void rxs_snapshot_free(struct rxs_snapshot *x)
{
	if (!x)
		return;
	for (int i = 0; i < RXS_ST_NR; i++)
		rxs_hist_reset(&x->stage[i].from_prev);
	rxs_hist_reset(&x->total);
	rxs_hist_reset(&x->from_to);
	rxs_hist_reset(&x->packets_per_poll);
	for (u32 i = 0; i < x->nr_devs; i++)
		rxs_hist_reset(&x->devs[i].total);
	for (u32 i = 0; i < x->nr_flows; i++)
		rxs_hist_reset(&x->flows[i].total);
	for (u32 i = 0; i < x->nr_cpus; i++)
		rxs_hist_reset(&x->cpus[i].softirq_wait);
	for (u32 i = 0; i < x->nr_slowest; i++)
		free(x->slowest[i]);
	free(x->slowest);
	free(x->drops);
	free(x->devs);
	free(x->flows);
	free(x->cpus);
	free(x->losses);
	free(x);
}
