// SPDX-License-Identifier: GPL-2.0
/*
 * The context packets come in: interrupt -> NET_RX raised -> softirq -> poll, per CPU.
 *
 * Which interrupt led to which poll is not written in the events. A raise inside an interrupt
 * handler belongs to that handler's device; refnic's own tracepoint names the NAPI instance;
 * otherwise the handler's name is the device's (as request_irq() callers do it), and what is still
 * open goes by order, since net_rx_action() polls devices in the order in which they were put on
 * poll_list.
 */
#include "path_internal.h"

#include <ctype.h>
#include <stdlib.h>

/*
 * net_rx_action() raises NET_RX itself once more when it stops with devices left to poll. That is
 * time_squeeze (netdev_budget packets, or netdev_budget_usecs gone), or a device that used up its
 * own budget and waits for its next turn. When no poll used its budget up it can only be the
 * former; otherwise these defaults of the sysctls, which are not in a recording, decide (two
 * jiffies begun, at HZ=250).
 */
#define NETDEV_BUDGET 300
#define SQUEEZE_NS 4000000ull

/* Is handler the name of an interrupt of device dev: "eth0", "eth0-TxRx-3"? */
static bool handler_of(const struct rxs_path *p, u32 handler, u32 dev)
{
	const char *h, *d;
	size_t n;

	if (!handler || !dev)
		return false;
	if (handler == dev)
		return true;
	h = rxs_strtab_get(p->t, handler);
	d = rxs_strtab_get(p->t, dev);
	n = strlen(d);
	return n && !strncmp(h, d, n) && !isalnum((unsigned char)h[n]);
}

/*
 * The known device that an interrupt handler is named after, 0 = none. Asked again only when there
 * are more devices than the last time.
 */
static u32 handler_dev(struct rxs_path *p, u32 handler)
{
	struct handler *grown, *h;
	u32 nr;

	if (dev_rank(p, handler))
		return handler;
	if (handler >= p->nr_handlers) {
		nr = rxs_strtab_count(p->t);
		if (handler >= nr)
			return 0;
		nr += 64;
		grown = realloc(p->handlers, nr * sizeof(*grown));
		if (!grown)
			return 0;
		memset(grown + p->nr_handlers, 0, (nr - p->nr_handlers) * sizeof(*grown));
		p->handlers = grown;
		p->nr_handlers = nr;
	}
	h = &p->handlers[handler];
	if (h->at == p->nr_netdevs + 1)
		return h->dev;
	h->at = p->nr_netdevs + 1;
	h->dev = 0;
	for (u32 dev = 1; dev < p->nr_dev_rank && !h->dev; dev++)
		if (p->dev_rank[dev] && handler_of(p, handler, dev))
			h->dev = dev;
	return h->dev;
}

static void irq_enter(struct rxs_path *p, struct cpu *c, const struct rxs_event *ev)
{
	if (c->in_irq && c->irq_hook != ev->hook && c->irq == ev->aux) {
		/* told twice: by the core for any handler, by the driver for its own */
		if (hook_kind(p, ev) == HOOK_NIC_IRQ)
			c->irq_dev = ev->dev;
		return;
	}
	c->in_irq = 1;
	c->irq_raised = 0;
	c->irq_ns = ev->ts_ns;
	c->irq = ev->aux;
	c->irq_dev = ev->dev;
	c->irq_seq = c->seq;
	c->irq_hook = ev->hook;
}

static void irq_exit(struct cpu *c, const struct rxs_event *ev)
{
	if (c->in_irq && !c->irq_raised && c->irq == ev->aux) {
		/* A threaded handler (PREEMPT_RT) raises later, outside of the interrupt. */
		c->lone_irq_ns = c->irq_ns;
		c->lone_irq = c->irq;
		c->lone_dev = c->irq_dev;
		c->lone_seq = c->irq_seq;
		c->lone_hook = c->irq_hook;
	}
	c->in_irq = 0;
}

static void raise_event(struct cpu *c, const struct rxs_event *ev)
{
	u64 irq_ns = c->in_irq ? c->irq_ns : 0;
	struct raise *r = c->nr_raises ? &c->raise[c->nr_raises - 1] : NULL;

	if (!c->in_irq && c->in_softirq && !c->poll && c->done && !ev->peer) {
		c->work_left = 1;
		return;
	}
	if (r && r->hook != ev->hook && !r->hook2 && r->irq_ns == irq_ns && c->seq - r->seq <= 2 &&
	    (!r->napi || !ev->peer)) {
		r->hook2 = ev->hook;
		if (ev->peer)
			r->napi = ev->peer;
		if (ev->dev)
			r->dev = ev->dev;
		return;
	}
	if (c->nr_raises == RAISES_MAX)
		memmove(c->raise, c->raise + 1, --c->nr_raises * sizeof(*c->raise));
	r = &c->raise[c->nr_raises++];
	memset(r, 0, sizeof(*r));
	r->napi = ev->peer;
	r->dev = ev->dev;
	r->ns = ev->ts_ns;
	r->seq = c->seq;
	r->hook = ev->hook;
	if (!c->in_irq)
		return;
	c->irq_raised = 1;
	r->irq_ns = irq_ns;
	r->irq = c->irq;
	r->irq_seq = c->irq_seq;
	r->irq_hook = c->irq_hook;
	r->handler = c->irq_dev;
}

/* Index of the raise that led to this poll, -1 when it was none (polled again). */
static int raise_pick(struct rxs_path *p, const struct cpu *c, u64 napi, u32 dev)
{
	const struct raise *r;

	for (u32 i = 0; napi && i < c->nr_raises; i++)
		if (c->raise[i].napi == napi)
			return (int)i;
	for (u32 i = 0; i < c->nr_raises; i++) {
		r = &c->raise[i];
		if (r->napi && napi)
			continue;
		if (dev && (r->dev == dev || handler_of(p, r->handler, dev)))
			return (int)i;
	}
	for (u32 i = 0; i < c->nr_raises; i++) {
		r = &c->raise[i];
		if ((r->napi && napi) || (r->dev && r->dev != dev))
			continue;
		/* a backlog is no device: no interrupt handler raises for it */
		if (r->irq_ns && (!dev || dev == p->s_no_device))
			continue;
		if (r->handler && handler_dev(p, r->handler) && handler_dev(p, r->handler) != dev)
			continue; /* of another device */
		return (int)i;
	}
	return -1;
}

static struct napi *napi_get(struct rxs_path *p, struct cpu *c, u64 napi, u32 dev)
{
	struct napi *n, *oldest = &c->napi[0];

	for (u32 i = 0; i < NAPIS_MAX; i++) {
		n = &c->napi[i];
		if (n->used && n->napi == napi && (napi || n->dev == dev)) {
			n->used = ++p->ticks;
			return n;
		}
		if (n->used < oldest->used)
			oldest = n;
	}
	memset(oldest, 0, sizeof(*oldest));
	oldest->napi = napi;
	oldest->dev = dev;
	oldest->used = ++p->ticks;
	return oldest;
}

/* Join the poll to what led to it. Its NAPI instance or device must be known by now. */
static void poll_source(struct rxs_path *p, struct cpu *c, struct poll *l)
{
	struct napi *n = napi_get(p, c, l->p.napi, l->p.dev);
	int i = raise_pick(p, c, l->p.napi, l->p.dev);

	if (i >= 0) {
		n->from = c->raise[i];
		n->polls = 0;
		c->nr_raises--;
		memmove(c->raise + i, c->raise + i + 1,
			(c->nr_raises - (u32)i) * sizeof(*c->raise));
		if (!n->from.irq_ns && c->lone_irq_ns && handler_of(p, c->lone_dev, l->p.dev)) {
			n->from.irq_ns = c->lone_irq_ns;
			n->from.irq = c->lone_irq;
			n->from.irq_seq = c->lone_seq;
			n->from.irq_hook = c->lone_hook;
			c->lone_irq_ns = 0;
		}
	}
	l->p.irq_polls = ++n->polls;
	l->p.irq_ns = n->from.irq_ns;
	l->p.irq = n->from.irq;
	l->irq_hook = n->from.irq_hook;
	l->irq_seq = n->from.irq_seq;
	if (n->polls > 1)
		return;
	l->p.schedule_ns = n->from.ns;
	l->raise_hook = n->from.hook;
	l->raise_seq = n->from.seq;
}

static struct poll *poll_new(struct rxs_path *p, struct cpu *c, const struct rxs_event *ev)
{
	struct poll *l = poll_alloc(p);

	if (!l)
		return NULL;
	l->p.id = ++p->next_poll;
	l->p.dev = ev->dev;
	l->p.cpu = c->nr;
	l->p.stream = c->stream;
	l->p.ksoftirqd = !!(ev->flags & RXS_EV_KSOFTIRQD);
	l->seq = c->seq;
	l->hook = ev->hook;
	if (c->in_softirq) {
		l->p.softirq_ns = c->softirq_ns;
		l->softirq_seq = c->softirq_seq;
		l->softirq_hook = c->softirq_hook;
	}
	return l;
}

/* Hand out the finished packets of this CPU whose polls are told in full. */
static void flush_pending(struct rxs_path *p, struct cpu *c, bool all)
{
	struct open *o = c->pending, *next;

	c->pending = NULL;
	c->pending_tail = &c->pending;
	for (; o; o = next) {
		next = o->next;
		if (!all && !o->poll->complete) {
			o->next = NULL;
			*c->pending_tail = o;
			c->pending_tail = &o->next;
			continue;
		}
		c->nr_pending--;
		p->nr_pending--;
		open_emit(p, o);
	}
}

static void poll_complete(struct rxs_path *p, struct poll *l, bool squeezed)
{
	l->complete = true;
	l->p.squeezed = squeezed;
	if (!l->dismissed && p->sink.poll)
		p->sink.poll(p->sink.ctx, &l->p);
}

/* The running poll is over; what it did may still be unknown (work 0). */
static void poll_over(struct rxs_path *p, struct cpu *c)
{
	struct poll *l = c->poll;

	c->poll = NULL;
	l->ended = true;
	c->softirq_work += l->p.work;
	c->full_poll |= !l->p.end_ns || (l->p.budget && l->p.work >= l->p.budget);
	poll_put(p, c->last);
	c->last = l;
	if (c->in_softirq) {
		l->refs++;
		l->next = NULL;
		*c->done_tail = l;
		c->done_tail = &l->next;
		return;
	}
	poll_complete(p, l, false);
	flush_pending(p, c, false);
}

/* A poll begun by inference that nothing confirmed: its packets came by another way. */
static void poll_dismiss(struct rxs_path *p, struct cpu *c)
{
	if (c->poll->inferred)
		c->poll->dismissed = true;
	poll_over(p, c);
}

static int poll_enter(struct rxs_path *p, struct cpu *c, const struct rxs_event *ev)
{
	struct poll *l = c->poll;

	c->poll_enter_seen = 1;
	c->in_irq = 0;
	if (l && !l->inferred && l->hook != ev->hook && !l->exit_hook && !l->p.packets &&
	    (!l->p.napi || !ev->peer || l->p.napi == ev->peer)) {
		l->exit_hook = ev->hook; /* told twice, not three times */
		if (!l->p.budget)
			l->p.budget = ev->aux;
		if (!l->p.dev)
			l->p.dev = ev->dev;
		return 0;
	}
	if (l)
		poll_dismiss(p, c);
	l = poll_new(p, c, ev);
	if (!l)
		return -ENOMEM;
	l->p.begin_ns = ev->ts_ns;
	l->p.begin_seen = 1;
	l->p.napi = ev->peer;
	l->p.budget = ev->aux;
	poll_source(p, c, l);
	c->poll = l;
	return 0;
}

static bool poll_matches(const struct poll *l, const struct rxs_event *ev)
{
	if (l->inferred)
		return l->p.dev == ev->dev;
	if (l->p.napi && ev->peer)
		return l->p.napi == ev->peer;
	return !l->p.dev || !ev->dev || l->p.dev == ev->dev;
}

static int poll_exit(struct rxs_path *p, struct cpu *c, const struct rxs_event *ev)
{
	struct poll *l = c->poll;

	if (!l && c->last && c->last->exit_hook && c->last->exit_hook != ev->hook &&
	    c->last->p.napi == ev->peer) {
		c->last->exit_hook = 0; /* the same end, told by driver and core */
		return 0;
	}
	if (l && !poll_matches(l, ev)) {
		poll_dismiss(p, c);
		l = NULL;
	}
	if (!l) {
		l = poll_new(p, c, ev);
		if (!l)
			return -ENOMEM;
		l->inferred = true;
		c->poll = l;
	}
	l->p.work = ev->aux;
	if (ev->aux2)
		l->p.budget = ev->aux2;
	l->p.end_ns = ev->ts_ns;
	if (l->inferred) {
		l->p.napi = ev->peer;
		poll_source(p, c, l);
	}
	l->exit_hook = ev->hook;
	poll_over(p, c);
	return 0;
}

/* Tell the polls of the softirq that just ended, or that can no longer be running. */
static void softirq_over(struct rxs_path *p, struct cpu *c, u64 end_ns)
{
	bool squeezed = false;
	struct poll *l;

	if (c->poll)
		poll_dismiss(p, c);
	if (c->work_left && c->in_softirq && end_ns)
		squeezed = !c->full_poll || c->softirq_work >= NETDEV_BUDGET ||
			   end_ns - c->softirq_ns >= SQUEEZE_NS;
	c->in_softirq = 0;
	c->work_left = 0;
	c->full_poll = 0;
	c->softirq_work = 0;
	if (squeezed)
		p->st.time_squeeze++;
	while ((l = c->done)) {
		c->done = l->next;
		poll_complete(p, l, squeezed);
		poll_put(p, l);
	}
	c->done_tail = &c->done;
	if (c->pending)
		flush_pending(p, c, false);
}

static void softirq_enter(struct rxs_path *p, struct cpu *c, const struct rxs_event *ev)
{
	softirq_over(p, c, 0);
	c->in_irq = 0;
	c->in_softirq = 1;
	c->softirq_seen = 1;
	c->softirq_ns = ev->ts_ns;
	c->softirq_seq = c->seq;
	c->softirq_hook = ev->hook;
}

int napi_event(struct rxs_path *p, struct cpu *c, const struct rxs_event *ev)
{
	bool enter = ev->op == RXS_OP_ENTER;

	if (ev->op == RXS_OP_RAISE) {
		raise_event(c, ev);
		return 0;
	}
	switch (ev->stage) {
	case RXS_ST_IRQ:
		if (enter)
			irq_enter(p, c, ev);
		else
			irq_exit(c, ev);
		return 0;
	case RXS_ST_SOFTIRQ:
		if (enter)
			softirq_enter(p, c, ev);
		else
			softirq_over(p, c, ev->ts_ns);
		return 0;
	case RXS_ST_NAPI_POLL:
		return enter ? poll_enter(p, c, ev) : poll_exit(p, c, ev);
	}
	return 0;
}

/* A new packet: does it come from the poll that this CPU is in? */
void napi_attach(struct rxs_path *p, struct cpu *c, struct open *o, const struct rxs_event *ev)
{
	u32 dev = ev->dev ? ev->dev : o->p.dev;
	struct poll *l = c->poll;

	if (!l) {
		/* Without a hook at the poll's begin, its first packet tells that it runs. */
		if (c->poll_enter_seen || !dev || (ev->flags & RXS_EV_IN_TASK) ||
		    (c->softirq_seen && !c->in_softirq) || c->in_irq)
			return;
		l = poll_new(p, c, ev);
		if (!l)
			return;
		l->inferred = true;
		l->p.dev = dev;
		c->poll = l;
	}
	/* Loopback, veth and tunnels begin packets in the midst of a NIC's poll. */
	if (dev ? l->p.dev != dev : !l->p.dev && ev->stage != RXS_ST_GRO)
		return;
	l->refs++;
	o->poll = l;
	o->p.napi.pos = ++l->p.packets;
	if (!l->inferred)
		napi_shared_hops(o);
}

static void shared_hop(struct open *o, u32 i, u16 stage, u8 op, u64 ts_ns, u16 hook, u32 seq)
{
	const struct poll *l = o->poll;
	struct rxs_hop *h = &o->base[i];

	h->ts_ns = ts_ns;
	h->len = 0;
	h->dev = stage == RXS_ST_SOFTIRQ ? 0 : l->p.dev;
	h->pid = 0;
	h->stage = stage;
	h->cpu = l->p.cpu;
	h->op = op;
	h->flags = RXS_HOP_SHARED;
	h->hook = hook;
	h->seq = seq;
}

/* Put what the packet shares with the others of its poll before its own hops; latest first. */
void napi_shared_hops(struct open *o)
{
	const struct poll *l = o->poll;
	u32 i = o->start;

	if (i != SHARED_HOPS)
		return;
	if (l->p.begin_ns)
		shared_hop(o, --i, RXS_ST_NAPI_POLL, RXS_OP_ENTER, l->p.begin_ns, l->hook, l->seq);
	if (l->p.softirq_ns)
		shared_hop(o, --i, RXS_ST_SOFTIRQ, RXS_OP_ENTER, l->p.softirq_ns, l->softirq_hook,
			   l->softirq_seq);
	if (l->p.irq_polls == 1 && l->p.schedule_ns)
		shared_hop(o, --i, RXS_ST_NAPI_SCHEDULE, RXS_OP_RAISE, l->p.schedule_ns,
			   l->raise_hook, l->raise_seq);
	if (l->p.irq_polls == 1 && l->p.irq_ns)
		shared_hop(o, --i, RXS_ST_IRQ, RXS_OP_ENTER, l->p.irq_ns, l->irq_hook, l->irq_seq);
	o->start = i;
}

/* The packet is handed out: what is known of its poll by now. */
void napi_fill(struct open *o)
{
	const struct poll *l = o->poll;
	struct rxs_napi_ctx *n = &o->p.napi;

	if (!l || l->dismissed || (l->inferred && !l->ended)) {
		memset(n, 0, sizeof(*n));
		return;
	}
	napi_shared_hops(o);
	n->irq_ns = l->p.irq_ns;
	n->schedule_ns = l->p.schedule_ns;
	n->softirq_ns = l->p.softirq_ns;
	n->poll_ns = l->p.begin_ns;
	n->napi = l->p.napi;
	n->poll_id = l->p.id;
	n->irq = l->p.irq;
	n->work = l->p.work;
	n->budget = l->p.budget;
	n->irq_polls = l->p.irq_polls;
	n->ksoftirqd = l->p.ksoftirqd;
	n->squeezed = l->p.squeezed;
}

void napi_reset(struct rxs_path *p, struct cpu *c)
{
	softirq_over(p, c, 0);
	c->softirq_seen = 0; /* whether it is in one is not known until the next begins */
	c->in_irq = 0;
	c->lone_irq_ns = 0;
	c->nr_raises = 0;
	c->gro = NULL;
	c->last_freed = 0;
	poll_put(p, c->last);
	c->last = NULL;
	memset(c->napi, 0, sizeof(c->napi));
}

void napi_finish(struct rxs_path *p, struct cpu *c)
{
	softirq_over(p, c, 0);
	flush_pending(p, c, true);
	poll_put(p, c->last);
	c->last = NULL;
}
