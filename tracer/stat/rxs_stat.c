// SPDX-License-Identifier: GPL-2.0
/* Statistics of finished packets, polls and CPUs. Constant work per packet, bounded memory. */
#include "stat_internal.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define SLOWEST_DEFAULT 10
#define FLOWS_DEFAULT 4096
#define DROPS_MAX 4096 /* kinds of drops, of losses, devices, CPUs: far more than any machine has  \
			*/

/* Room for one more record in an array that doubles. */
static void *more(void *array, u32 nr, u32 *cap, size_t bytes)
{
	u32 want = *cap ? *cap * 2 : 16;
	void *grown;

	if (nr < *cap)
		return array;
	grown = realloc(array, want * bytes);
	if (!grown)
		return NULL;
	memset((char *)grown + *cap * bytes, 0, (want - *cap) * bytes);
	*cap = want;
	return grown;
}

int rxs_stat_new(struct rxs_stat **out, struct rxs_strtab *t, const struct rxs_stat_opts *o)
{
	struct rxs_stat *s = calloc(1, sizeof(*s));
	u32 slots = 1;

	if (!s)
		return -ENOMEM;
	s->t = t;
	s->o.from = -1;
	s->o.to = -1;
	if (o)
		s->o = *o;
	if (!s->o.nr_slowest)
		s->o.nr_slowest = SLOWEST_DEFAULT;
	if (!s->o.max_flows)
		s->o.max_flows = FLOWS_DEFAULT;
	while (slots < s->o.max_flows * 2)
		slots *= 2;
	for (u32 h = 0; h < rxs_hooks_nr; h++)
		if (!strcmp(rxs_hooks[h].name, "refnic_irq"))
			s->nic_hook = (u16)(h + 1);
	s->flow_index.mask = slots - 1;
	s->flow_index.slot = calloc(slots, sizeof(*s->flow_index.slot));
	s->slowest = calloc(s->o.nr_slowest, sizeof(*s->slowest));
	if (!s->flow_index.slot || !s->slowest) {
		rxs_stat_free(s);
		return -ENOMEM;
	}
	*out = s;
	return 0;
}

void rxs_stat_free(struct rxs_stat *s)
{
	if (!s)
		return;
	for (u32 i = 0; i < RXS_ST_NR; i++)
		rxs_hist_reset(&s->stage[i].from_prev);
	rxs_hist_reset(&s->total);
	rxs_hist_reset(&s->from_to);
	rxs_hist_reset(&s->packets_per_poll);
	for (u32 i = 0; i < s->nr_devs; i++)
		rxs_hist_reset(&s->devs[i].total);
	for (u32 i = 0; i < s->nr_flows; i++)
		rxs_hist_reset(&s->flows[i].total);
	for (u32 i = 0; i < s->nr_cpus; i++)
		rxs_hist_reset(&s->cpus[i].st.softirq_wait);
	for (u32 i = 0; i < s->nr_slowest; i++)
		free(s->slowest[i]);
	free(s->slowest);
	free(s->drops);
	free(s->devs);
	free(s->flows);
	free(s->flow_index.slot);
	free(s->cpus);
	free(s->losses);
	free(s->irqs);
	free(s->irq_nic);
	free(s);
}

bool stat_handler_of(const struct rxs_strtab *t, u32 handler, u32 dev)
{
	const char *h, *d;
	size_t n;

	if (!handler || !dev)
		return false;
	if (handler == dev)
		return true;
	h = rxs_strtab_get(t, handler);
	d = rxs_strtab_get(t, dev);
	n = strlen(d);
	return n && !strncmp(h, d, n) && !isalnum((unsigned char)h[n]);
}

static struct cpu_now *cpu_now(struct rxs_stat *s, s16 cpu, u16 stream)
{
	struct cpu_now *c;
	void *grown;

	for (u32 i = 0; i < s->nr_cpus; i++)
		if (s->cpus[i].st.cpu == cpu && s->cpus[i].stream == stream)
			return &s->cpus[i];
	if (s->nr_cpus >= DROPS_MAX)
		return &s->cpus[0];
	grown = more(s->cpus, s->nr_cpus, &s->cap_cpus, sizeof(*s->cpus));
	if (!grown)
		return NULL;
	s->cpus = grown;
	c = &s->cpus[s->nr_cpus++];
	memset(c, 0, sizeof(*c));
	c->st.cpu = cpu;
	c->stream = stream;
	return c;
}

static struct rxs_dev_stat *dev_stat(struct rxs_stat *s, u32 dev, u32 netns)
{
	struct rxs_dev_stat *d;
	void *grown;

	for (u32 i = 0; i < s->nr_devs; i++) {
		d = &s->devs[i];
		if (d->dev != dev || (d->netns && netns && d->netns != netns))
			continue;
		if (!d->netns)
			d->netns = netns;
		return d;
	}
	if (s->nr_devs >= DROPS_MAX)
		return &s->devs[DROPS_MAX - 1];
	grown = more(s->devs, s->nr_devs, &s->cap_devs, sizeof(*s->devs));
	if (!grown)
		return NULL;
	s->devs = grown;
	d = &s->devs[s->nr_devs++];
	memset(d, 0, sizeof(*d));
	d->dev = dev;
	d->netns = netns;
	return d;
}

static int count_drop(struct rxs_stat *s, const struct rxs_packet *p)
{
	struct rxs_drop_stat *d;
	void *grown;

	for (u32 i = 0; i < s->nr_drops; i++) {
		d = &s->drops[i];
		if (d->reason == p->reason && d->symbol == p->symbol && d->stage == p->drop_stage) {
			d->count++;
			return 0;
		}
	}
	if (s->nr_drops >= DROPS_MAX) {
		s->drops[DROPS_MAX - 1].count++;
		return 0;
	}
	grown = more(s->drops, s->nr_drops, &s->cap_drops, sizeof(*s->drops));
	if (!grown)
		return -ENOMEM;
	s->drops = grown;
	s->drops[s->nr_drops++] = (struct rxs_drop_stat){p->reason, p->symbol, p->drop_stage, 1};
	return 0;
}

static struct rxs_flow_stat *flow_stat(struct rxs_stat *s, const struct rxs_flow *f)
{
	u32 i = rxs_flow_hash(f) & s->flow_index.mask;
	struct rxs_flow_stat *e;
	void *grown;

	for (; s->flow_index.slot[i]; i = (i + 1) & s->flow_index.mask) {
		e = &s->flows[s->flow_index.slot[i] - 1];
		if (rxs_flow_equal(&e->flow, f))
			return e;
	}
	if (s->nr_flows >= s->o.max_flows)
		return NULL;
	grown = more(s->flows, s->nr_flows, &s->cap_flows, sizeof(*s->flows));
	if (!grown)
		return NULL;
	s->flows = grown;
	e = &s->flows[s->nr_flows++];
	memset(e, 0, sizeof(*e));
	e->flow = *f;
	s->flow_index.slot[i] = s->nr_flows;
	return e;
}

static int count_flow(struct rxs_stat *s, const struct rxs_packet *p, u64 total_ns)
{
	struct rxs_flow_stat *f;

	if (!p->flow.ethertype)
		return 0;
	f = flow_stat(s, &p->flow);
	if (!f) {
		s->flows_not_kept++;
		return 0;
	}
	if (!f->packets++)
		f->first_ns = p->first_ns;
	f->bytes += p->len;
	/* what was merged into another counts there */
	f->frames += p->outcome == RXS_OUT_MERGED ? 0 : p->frames;
	f->dropped += p->outcome == RXS_OUT_DROPPED;
	f->last_ns = p->last_ns;
	return rxs_hist_add(&f->total, total_ns);
}

/* A stage counts once per pass; the end once, where the packet ended. */
static int count_hops(struct rxs_stat *s, const struct rxs_packet *p)
{
	const struct rxs_hop *h = p->hops;
	u32 mask = 0, last = p->nr_hops, bit;
	int from = -1, prev;
	u64 ns;

	for (u32 i = 0; i < p->nr_hops; i++, h++) {
		if (h->stage >= RXS_ST_NR || (h->stage == RXS_ST_END && i + 1 < p->nr_hops))
			continue;
		if (h->stage != RXS_ST_END)
			last = i;
		if (h->flags & RXS_HOP_PASS)
			mask = 0;
		bit = 1u << h->stage;
		if (mask & bit)
			continue;
		mask |= bit;
		if (!(h->flags & RXS_HOP_SHARED))
			s->stage[h->stage].hits++;
		prev = p->clones ? rxs_packet_prev(p, i) : (int)i - 1;
		if (prev < 0)
			continue;
		ns = h->ts_ns > p->hops[prev].ts_ns ? h->ts_ns - p->hops[prev].ts_ns : 0;
		if (rxs_hist_add(&s->stage[h->stage].from_prev, ns))
			return -ENOMEM;
	}
	if (last < p->nr_hops && p->outcome != RXS_OUT_OPEN)
		s->stage[p->hops[last].stage].ended++;
	if (s->o.from < 0 || s->o.to < 0)
		return 0;
	for (u32 i = 0; i < p->nr_hops; i++) {
		if (from < 0 && p->hops[i].stage == s->o.from)
			from = (int)i;
		if (from >= 0 && (int)i != from && p->hops[i].stage == s->o.to)
			return rxs_hist_add(&s->from_to, p->hops[i].ts_ns - p->hops[from].ts_ns);
	}
	return 0;
}

static bool faster(const struct rxs_packet *a, const struct rxs_packet *b)
{
	u64 x = rxs_packet_total_ns(a), y = rxs_packet_total_ns(b);

	return x != y ? x < y : a->id > b->id;
}

static void heap_down(struct rxs_packet **heap, u32 nr, u32 i)
{
	for (;;) {
		u32 k = i * 2 + 1;
		struct rxs_packet *swap = heap[i];

		if (k >= nr)
			return;
		if (k + 1 < nr && faster(heap[k + 1], heap[k]))
			k++;
		if (!faster(heap[k], heap[i]))
			return;
		heap[i] = heap[k];
		heap[k] = swap;
		i = k;
	}
}

static int keep_slow(struct rxs_stat *s, const struct rxs_packet *p)
{
	struct rxs_packet *copy;

	if (s->nr_slowest == s->o.nr_slowest && !faster(s->slowest[0], p))
		return 0;
	copy = rxs_packet_dup(p);
	if (!copy)
		return -ENOMEM;
	if (s->nr_slowest == s->o.nr_slowest) {
		free(s->slowest[0]);
		s->slowest[0] = copy;
		heap_down(s->slowest, s->nr_slowest, 0);
		return 0;
	}
	s->slowest[s->nr_slowest++] = copy;
	/* in order only once it is full: until then nobody asks for the fastest */
	for (u32 i = s->nr_slowest / 2; s->nr_slowest == s->o.nr_slowest && i-- > 0;)
		heap_down(s->slowest, s->nr_slowest, i);
	return 0;
}

int rxs_stat_packet(struct rxs_stat *s, const struct rxs_packet *p)
{
	u64 total_ns = rxs_packet_total_ns(p);
	struct rxs_dev_stat *d;
	struct cpu_now *c;
	int rc;

	if (p->outcome >= RXS_OUT_NR)
		return 0;
	s->outcome[p->outcome]++;
	if (p->outcome == RXS_OUT_INCOMPLETE && p->why < RXS_WHY_NR)
		s->why[p->why]++;
	d = dev_stat(s, p->dev, p->netns);
	c = cpu_now(s, p->cpu, p->stream);
	if (!d || !c)
		return -ENOMEM;
	c->st.packets++;
	if (!d->ifindex)
		d->ifindex = p->ifindex;
	d->packets++;
	d->bytes += p->len;
	d->delivered += p->outcome == RXS_OUT_DELIVERED;
	d->dropped += p->outcome == RXS_OUT_DROPPED;
	d->merged += p->outcome == RXS_OUT_MERGED;
	rc = rxs_hist_add(&d->total, total_ns);
	if (!rc)
		rc = count_hops(s, p);
	if (!rc)
		rc = count_flow(s, p, total_ns);
	if (!rc && p->outcome == RXS_OUT_DROPPED)
		rc = count_drop(s, p);
	if (!rc && p->outcome == RXS_OUT_DELIVERED)
		rc = rxs_hist_add(&s->total, total_ns);
	if (!rc && (p->outcome == RXS_OUT_DELIVERED || p->outcome == RXS_OUT_CONSUMED ||
		    p->outcome == RXS_OUT_FORWARDED))
		rc = keep_slow(s, p);
	return rc;
}

int rxs_stat_poll(struct rxs_stat *s, const struct rxs_poll *l)
{
	struct rxs_dev_stat *d = l->dev ? dev_stat(s, l->dev, 0) : NULL;
	struct cpu_now *c = cpu_now(s, l->cpu, l->stream);

	if (!c || (l->dev && !d))
		return -ENOMEM;
	s->polls++;
	c->st.polls++;
	if (d) {
		d->polls++;
		d->irqs += l->irq_ns && l->irq_polls == 1;
	}
	s->ksoftirqd_polls += l->ksoftirqd;
	c->st.ksoftirqd_polls += l->ksoftirqd;
	s->budget_exhausted += l->budget && l->work >= l->budget;
	if (l->squeezed && l->softirq_ns != c->squeezed_ns) {
		c->squeezed_ns = l->softirq_ns;
		c->st.time_squeeze++;
		s->time_squeeze++;
	}
	return l->end_ns ? rxs_hist_add(&s->packets_per_poll, l->work) : 0;
}

int rxs_stat_lost(struct rxs_stat *s, const struct rxs_lost *l)
{
	struct rxs_lost_stat *e = NULL;
	struct cpu_now *c;
	void *grown;

	s->lost += l->count;
	s->lost_unknown |= !l->count;
	if (l->cpu >= 0) {
		c = cpu_now(s, l->cpu, l->stream);
		if (!c)
			return -ENOMEM;
		c->st.lost += l->count;
	}
	for (u32 i = 0; i < s->nr_losses && !e; i++)
		if (s->losses[i].kind == l->kind && s->losses[i].cpu == l->cpu &&
		    s->losses[i].symbol == l->symbol)
			e = &s->losses[i];
	if (!e && s->nr_losses >= DROPS_MAX)
		e = &s->losses[DROPS_MAX - 1];
	if (!e) {
		grown = more(s->losses, s->nr_losses, &s->cap_losses, sizeof(*s->losses));
		if (!grown)
			return -ENOMEM;
		s->losses = grown;
		e = &s->losses[s->nr_losses++];
		memset(e, 0, sizeof(*e));
		e->kind = l->kind;
		e->cpu = l->cpu;
		e->symbol = l->symbol;
		e->first_ns = l->since_ns ? l->since_ns : l->until_ns;
	}
	e->count += l->count;
	e->times++;
	e->last_ns = l->until_ns;
	return 0;
}

static int irq_enter(struct rxs_stat *s, struct cpu_now *c, const struct rxs_event *ev)
{
	bool nic = ev->hook && ev->hook == s->nic_hook;
	bool again = c->in_irq && c->irq == ev->aux && c->irq_hook != ev->hook;
	struct irq_count *e = NULL;
	void *grown;

	if (nic && ev->dev && ev->dev >= s->nr_irq_nic) {
		u32 nr = rxs_strtab_count(s->t) + 64;

		if (ev->dev < nr) {
			grown = realloc(s->irq_nic, nr);
			if (!grown)
				return -ENOMEM;
			s->irq_nic = grown;
			memset(s->irq_nic + s->nr_irq_nic, 0, nr - s->nr_irq_nic);
			s->nr_irq_nic = nr;
		}
	}
	if (nic && ev->dev < s->nr_irq_nic)
		s->irq_nic[ev->dev] = 1;
	if (again)
		return 0;
	for (u32 i = 0; i < s->nr_irqs && !e; i++)
		if (s->irqs[i].cpu == ev->cpu && s->irqs[i].handler == ev->dev)
			e = &s->irqs[i];
	if (!e && s->nr_irqs >= DROPS_MAX)
		e = &s->irqs[DROPS_MAX - 1];
	if (!e) {
		grown = more(s->irqs, s->nr_irqs, &s->cap_irqs, sizeof(*s->irqs));
		if (!grown)
			return -ENOMEM;
		s->irqs = grown;
		e = &s->irqs[s->nr_irqs++];
		*e = (struct irq_count){.cpu = ev->cpu, .handler = ev->dev};
	}
	e->hits++;
	c->in_irq = true;
	c->irq_raised = false;
	c->irq = ev->aux;
	c->irq_hook = ev->hook;
	c->irq_entry = (u32)(e - s->irqs);
	return 0;
}

static void raised(struct rxs_stat *s, struct cpu_now *c, const struct rxs_event *ev)
{
	bool again = c->raise_hook && c->raise_hook != ev->hook && c->seq - c->raise_seq <= 1;

	/*
	 * net_rx_action() raises itself again when it stops with work left: nothing was scheduled
	 */
	if (c->in_softirq && !c->in_irq && c->poll_enter_seen && !c->in_poll && c->softirq_polls)
		return;
	c->raise_hook = again ? 0 : ev->hook;
	c->raise_seq = c->seq;
	if (!c->raise_ns)
		c->raise_ns = ev->ts_ns;
	if (again)
		return;
	s->schedules++;
	if (c->in_irq && !c->irq_raised) {
		c->irq_raised = true;
		s->irqs[c->irq_entry].raised++;
	}
}

static int softirq(struct rxs_stat *s, struct cpu_now *c, const struct rxs_event *ev)
{
	u64 raise_ns = c->raise_ns;

	if (ev->op != RXS_OP_ENTER) {
		if (c->in_softirq && ev->ts_ns > c->softirq_ns)
			c->st.softirq_ns += ev->ts_ns - c->softirq_ns;
		c->in_softirq = false;
		c->in_poll = false;
		return 0;
	}
	s->softirqs++;
	c->st.softirqs++;
	c->in_softirq = true;
	c->in_irq = false;
	c->softirq_ns = ev->ts_ns;
	c->softirq_polls = 0;
	c->raise_ns = 0;
	if (!raise_ns)
		return 0;
	return rxs_hist_add(&c->st.softirq_wait, ev->ts_ns > raise_ns ? ev->ts_ns - raise_ns : 0);
}

static int cpu_event(struct rxs_stat *s, const struct rxs_event *ev)
{
	struct cpu_now *c = cpu_now(s, ev->cpu, ev->stream);

	if (!c)
		return -ENOMEM;
	c->seq++;
	switch (ev->op) {
	case RXS_OP_RAISE:
		raised(s, c, ev);
		return 0;
	case RXS_OP_ENTER:
	case RXS_OP_EXIT:
		break;
	default:
		return 0;
	}
	if (ev->stage == RXS_ST_SOFTIRQ)
		return softirq(s, c, ev);
	if (ev->stage == RXS_ST_NAPI_POLL) {
		c->in_poll = ev->op == RXS_OP_ENTER;
		c->poll_enter_seen |= c->in_poll;
		c->softirq_polls += !c->in_poll;
		return 0;
	}
	if (ev->op == RXS_OP_ENTER)
		return irq_enter(s, c, ev);
	c->in_irq = false;
	return 0;
}

int rxs_stat_event(struct rxs_stat *s, const struct rxs_event *ev)
{
	if (!s->events++)
		s->first_ns = ev->ts_ns;
	if (ev->ts_ns > s->last_ns)
		s->last_ns = ev->ts_ns;
	/* most events are a packet's, and those are counted when the packet is final */
	return ev->stage > RXS_ST_NAPI_POLL ? 0 : cpu_event(s, ev);
}
