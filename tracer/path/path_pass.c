// SPDX-License-Identifier: GPL-2.0
/*
 * An skb passes a stage: its path begins, goes on, or enters the receive path once more.
 *
 * Several hooks may tell of one passage (a kprobe and a tracepoint; driver and core): a stage
 * counts once per pass, and the first hook gives the time. A new pass begins when a packet that is
 * on its way comes to one of the four entries again as another device's: bridge, veth, tunnels,
 * macvlan. The same address at an entry without that is a new packet, and the end of the old one
 * was not seen.
 */
#include "path_internal.h"

#include <stdlib.h>

#define EARLY_NS 1000000000ull /* a beginning missing so soon lies before the recording */

#define MID_STAGES                                                                                 \
	(STAGE_BIT(RXS_ST_VLAN) | STAGE_BIT(RXS_ST_BRIDGE) | STAGE_BIT(RXS_ST_ARP_RCV) |           \
	 STAGE_BIT(RXS_ST_IP_RCV) | STAGE_BIT(RXS_ST_PREROUTING) |                                 \
	 STAGE_BIT(RXS_ST_IP_LOCAL_DELIVER) | STAGE_BIT(RXS_ST_IP_DEFRAG) |                        \
	 STAGE_BIT(RXS_ST_LOCAL_IN) | STAGE_BIT(RXS_ST_TCP_V4_RCV) | STAGE_BIT(RXS_ST_UDP_RCV) |   \
	 STAGE_BIT(RXS_ST_ICMP_RCV) | STAGE_BIT(RXS_ST_TCP_V6_RCV) | STAGE_BIT(RXS_ST_UDPV6_RCV) | \
	 STAGE_BIT(RXS_ST_ICMPV6_RCV) | STAGE_BIT(RXS_ST_IP_FORWARD))
/*
 * Passed twice by the same hook, in this order, these mean a packet unwrapped and given back
 * (IPsec).
 */
#define REPEAT_STAGES (MID_STAGES & ~(STAGE_BIT(RXS_ST_PREROUTING) | STAGE_BIT(RXS_ST_IP_DEFRAG)))
/* A tunnel's inner packet comes from here. */
#define INNER_STAGES                                                                               \
	(STAGE_BIT(RXS_ST_LOCAL_IN) | STAGE_BIT(RXS_ST_UDP_RCV) | STAGE_BIT(RXS_ST_UDPV6_RCV) |    \
	 STAGE_BIT(RXS_ST_IP_LOCAL_DELIVER))

enum again { GO_ON, TOLD_TWICE, NEW_PASS, NEW_LIFE };

static bool hook_seen(const struct alias *a, u16 hook)
{
	return hook && (a->hooks[hook >> 6 & 1] >> (hook & 63) & 1);
}

static void hook_note(struct alias *a, u16 hook)
{
	a->hooks[hook >> 6 & 1] |= 1ull << (hook & 63);
}

/* Does the event name another device than the one the skb was on? Unknown is not another. */
static bool moved(const struct alias *a, const struct rxs_event *ev)
{
	if (ev->dev && a->dev)
		return ev->dev != a->dev;
	return ev->ifindex && a->ifindex && ev->ifindex != a->ifindex;
}

static bool room_grow(struct rxs_path *p, struct open *o)
{
	u32 cap = o->cap * 2;
	struct rxs_hop *base;

	if (o->cap >= HOPS_MAX) {
		p->st.hops_dropped++;
		return false;
	}
	base = realloc(o->base == o->room ? NULL : o->base, cap * sizeof(*base));
	if (!base) {
		p->st.hops_dropped++;
		return false;
	}
	if (o->base == o->room)
		memcpy(base, o->room, sizeof(o->room));
	o->base = base;
	o->cap = cap;
	return true;
}

static u32 hop_dev(const struct rxs_path *p, struct alias *a, const struct rxs_event *ev)
{
	if (ev->dev) {
		if (ev->ifindex)
			a->ifindex = ev->ifindex;
		else if (ev->dev != a->dev)
			a->ifindex = 0;
		if (ev->dev == a->dev)
			return 0;
		a->dev = ev->dev;
		return ev->dev;
	}
	if (!ev->ifindex || ev->ifindex == a->ifindex)
		return 0;
	if (a->ifindex || !a->dev)
		a->dev = dev_name_of(p, ev->stream, a->o->p.netns, ev->ifindex);
	a->ifindex = ev->ifindex;
	return a->dev;
}

struct rxs_hop *hop_add(struct rxs_path *p, struct cpu *c, struct alias *a,
			const struct rxs_event *ev)
{
	struct open *o = a->o;
	u32 dev = hop_dev(p, a, ev);
	struct rxs_hop *h;

	if (unlikely(o->used == o->cap) && !room_grow(p, o)) {
		if (ev->stage != RXS_ST_END)
			return NULL;
		o->used--; /* how it ended is worth more than one more round of a loop */
	}
	h = &o->base[o->used];
	h->ts_ns = ev->ts_ns;
	if (o->used > o->start && unlikely(ev->ts_ns < h[-1].ts_ns)) {
		p->st.negative++;
		h->ts_ns = h[-1].ts_ns;
	}
	o->used++;
	h->len = ev->len;
	h->dev = dev;
	h->pid = ev->pid;
	h->stage = ev->stage;
	h->cpu = c->nr;
	h->op = (u8)ev->op;
	h->flags = a->nr ? (u8)(RXS_HOP_CLONE | a->nr << 4) : 0;
	h->hook = ev->hook;
	h->seq = c->seq;
	a->last_stage = (u8)ev->stage;
	p->by_stage[o->last_stage]--;
	o->last_stage = (u8)ev->stage;
	p->by_stage[o->last_stage]++;
	if (p->sink.hop) {
		o->p.hops = o->base + o->start;
		o->p.nr_hops = o->used - o->start;
		p->sink.hop(p->sink.ctx, &o->p, h);
	}
	return h;
}

/* What this event knows of the packet that earlier ones did not. */
static void learn(struct rxs_path *p, struct alias *a, const struct rxs_event *ev)
{
	struct rxs_packet *k = &a->o->p;

	if (ev->head && !a->nr && k->head != ev->head) {
		k->head = ev->head; /* first seen, or reallocated */
		head_set(p, a->o, skb_key(ev->head, ev->stream));
	}
	if (unlikely(ev->hdr_len && !k->hdr_len)) {
		k->hdr_len = ev->hdr_len < RXS_HDR_MAX_BYTES ? ev->hdr_len : RXS_HDR_MAX_BYTES;
		memcpy(k->hdr, ev->hdr, k->hdr_len);
		rxs_flow_parse(&k->flow, k->hdr, k->hdr_len);
	}
	if (!k->netns)
		k->netns = ev->netns;
	if (!k->dev)
		k->dev = ev->dev;
	if (!k->ifindex)
		k->ifindex = ev->ifindex;
	if (!k->len)
		k->len = ev->len;
}

/* One delivery; the same reader told twice, or reading twice, is one. */
void reader_add(struct open *o, const struct rxs_event *ev)
{
	struct rxs_packet *k = &o->p;
	struct rxs_reader *r;

	for (u32 i = 0; i < k->nr_readers && i < RXS_READERS_MAX; i++) {
		r = &k->reader[i];
		if (r->pid != ev->pid || (r->sock && ev->peer && r->sock != ev->peer))
			continue;
		if (!r->comm)
			r->comm = ev->comm;
		if (!r->sock)
			r->sock = ev->peer;
		return;
	}
	if (k->nr_readers < RXS_READERS_MAX) {
		r = &k->reader[k->nr_readers];
		r->ts_ns = ev->ts_ns;
		r->pid = ev->pid;
		r->comm = ev->comm;
		r->sock = ev->peer;
	}
	k->nr_readers++;
}

/* What passing this stage means, beyond the hop. */
static void stage_effect(struct rxs_path *p, struct cpu *c, struct alias *a,
			 const struct rxs_event *ev)
{
	struct open *o = a->o;

	switch (ev->stage) {
	case RXS_ST_GRO:
		c->gro = o;
		c->gro_id = o->p.id;
		return;
	case RXS_ST_IP_DEFRAG:
		if (!a->nr && o->p.flow.is_frag)
			frag_wait(p, o);
		return;
	case RXS_ST_SOCKET:
		a->flags |= ALIAS_QUEUED;
		if (ev->peer && !o->p.sock)
			o->p.sock = ev->peer;
		return;
	case RXS_ST_APP:
		p->app_seen = true;
		a->flags |= ALIAS_READ;
		reader_add(o, ev);
		return;
	}
}

static int append(struct rxs_path *p, struct cpu *c, struct alias *a, const struct rxs_event *ev,
		  u8 flags)
{
	struct rxs_hop *h;

	if (unlikely(a->o->try_kind) && !a->nr && ev->stage > RXS_ST_GRO)
		merge_failed(a->o); /* it goes on its own way */
	a->mask |= STAGE_BIT(ev->stage);
	hook_note(a, ev->hook);
	learn(p, a, ev);
	h = hop_add(p, c, a, ev);
	if (h)
		h->flags |= flags;
	stage_effect(p, c, a, ev);
	return 0;
}

static int begin(struct rxs_path *p, struct cpu *c, const struct rxs_event *ev, u64 key)
{
	struct open *o;

	if (unlikely(p->nr_open >= p->max_open))
		open_close_unseen(p, p->oldest, RXS_WHY_MEMORY, false);
	o = open_alloc(p);
	if (!o)
		return -ENOMEM;
	o->self.key = key;
	o->self.o = o;
	if (table_put(&p->skbs, key, &o->self)) {
		open_free(p, o);
		return -ENOMEM;
	}
	o->aliases = &o->self;
	o->is_open = 1;
	o->prev = p->newest;
	o->next = NULL;
	if (p->newest)
		p->newest->next = o;
	else
		p->oldest = o;
	p->newest = o;
	p->nr_open++;
	p->st.seen++;
	o->begin_ns = ev->ts_ns;
	o->begin_stage = (u8)ev->stage;
	o->last_stage = (u8)ev->stage;
	p->by_stage[ev->stage]++;
	o->early = ev->ts_ns - c->first_ns < EARLY_NS;
	o->after_loss = p->lost && ev->ts_ns <= p->loss_until_ns + AFTER_LOSS_NS;
	o->p.id = ++p->next_id;
	o->p.skb = ev->skb;
	o->p.frames = 1;
	o->p.cpu = c->nr;
	o->p.stream = ev->stream;
	o->p.dev = ev->dev;
	if (!ev->dev && ev->ifindex)
		o->p.dev = dev_name_of(p, ev->stream, ev->netns, ev->ifindex);
	o->self.dev = o->p.dev;
	o->self.ifindex = ev->ifindex;
	if (ev->stage <= RXS_ST_NETIF_RECEIVE_SKB && ev->stage != RXS_ST_BACKLOG)
		napi_attach(p, c, o, ev);
	append(p, c, &o->self, ev, 0);
	/* the device a packet begins on is always named in its first own hop */
	if (o->p.dev && o->used > o->start)
		o->base[o->used - 1].dev = o->p.dev;
	return 0;
}

static struct alias *clone_new(struct rxs_path *p, struct open *o, u64 key)
{
	struct alias *a = alias_alloc(p);

	if (!a)
		return NULL;
	a->key = key;
	a->o = o;
	if (table_put(&p->skbs, key, a)) {
		alias_free(p, a);
		return NULL;
	}
	a->next = o->aliases;
	o->aliases = a;
	a->last_stage = o->self.last_stage;
	a->dev = o->self.dev;
	a->ifindex = o->self.ifindex;
	a->nr = (u8)(o->p.clones++ % 15 + 1);
	p->st.clones++;
	return a;
}

/*
 * The live skb of that address; or, an unknown one that shares a live packet's head, as its clone.
 */
struct alias *alias_lookup(struct rxs_path *p, const struct rxs_event *ev)
{
	u64 key = skb_key(ev->skb, ev->stream);
	struct alias *a = table_find(&p->skbs, key);
	struct open *o;

	if (likely(a) || !ev->head)
		return a;
	o = table_find(&p->heads, skb_key(ev->head, ev->stream));
	return o ? clone_new(p, o, key) : NULL;
}

static int pass_unknown(struct rxs_path *p, struct cpu *c, const struct rxs_event *ev)
{
	struct alias *a;

	/*
	 * Drivers and GRO have fresh skbs; further up, an unknown one may be a clone of a packet we
	 * know.
	 */
	if (ev->stage != RXS_ST_RX_DESC && ev->stage != RXS_ST_GRO) {
		a = alias_lookup(p, ev);
		if (a)
			return append(p, c, a, ev, 0);
	}
	switch (ev->stage) {
	case RXS_ST_APP:
		/* Unix sockets and netlink come this way too: no receive path. */
		p->st.unmatched_app++;
		return 0;
	case RXS_ST_SOCKET:
		if (hook_kind(p, ev) == HOOK_L4_QUEUE)
			break;
		p->st.unmatched_socket++;
		return 0;
	case RXS_ST_PREROUTING:
		/* Route look-ups on behalf of user space bring skbs of their own. */
		return 0;
	}
	return begin(p, c, ev, skb_key(ev->skb, ev->stream));
}

/*
 * May a live skb really come in once more, on another device? Where the recording tells every free, a live
 * address is that packet's. Otherwise the end of a packet may have been missed and its address belong to
 * another device's packet: then only the same head, or a passage at once on the same CPU, makes it credible.
 */
static bool comes_again(const struct rxs_path *p, const struct cpu *c, const struct alias *a,
			const struct rxs_event *ev)
{
	const struct open *o = a->o;
	const struct rxs_hop *last = &o->base[o->used - 1];

	if (p->st.releases)
		return true;
	if (ev->head && o->p.head)
		return a->nr || ev->head == o->p.head;
	return last->cpu == c->nr && ev->ts_ns < last->ts_ns + AT_ONCE_NS;
}

/* A live skb at one of the four entries. */
static enum again entry_again(const struct rxs_path *p, const struct cpu *c, const struct alias *a,
			      const struct rxs_event *ev)
{
	bool has = a->mask & STAGE_BIT(ev->stage);
	bool fresh_hook = has && ev->hook && !hook_seen(a, ev->hook);
	bool other = moved(a, ev);
	bool own_poll = c->poll && ev->dev && c->poll->p.dev == ev->dev;
	u8 last = a->last_stage;
	bool again;

	if (a->flags & (ALIAS_QUEUED | ALIAS_READ))
		return NEW_LIFE;
	if (fresh_hook && !other && last == ev->stage)
		return TOLD_TWICE;
	switch (ev->stage) {
	case RXS_ST_RX_DESC:
		/* transmitted to a veth or loopback: the same skb, received once more */
		again = other && !own_poll;
		if (ev->head ? ev->head != a->o->p.head && !a->nr : !(a->flags & ALIAS_FORWARDED))
			return NEW_LIFE;
		break;
	case RXS_ST_GRO:
		if (!has && last == RXS_ST_RX_DESC)
			return GO_ON;
		/* a tunnel's packet comes from its own poll, as a NIC's does */
		again = other && (!own_poll || (STAGE_BIT(last) & INNER_STAGES));
		break;
	case RXS_ST_BACKLOG:
		if (!has && (last <= RXS_ST_GRO || (last == RXS_ST_NETIF_RECEIVE_SKB && !other)))
			return GO_ON;
		again = other || last == RXS_ST_VLAN || last == RXS_ST_BRIDGE;
		break;
	default:
		if (!has && last < RXS_ST_NETIF_RECEIVE_SKB)
			return GO_ON;
		/* RPS queues between the kprobe and the tracepoint */
		if (fresh_hook && !other && last < RXS_ST_NETIF_RECEIVE_SKB)
			return TOLD_TWICE;
		again = other || last == RXS_ST_VLAN || last == RXS_ST_BRIDGE;
	}
	return again && comes_again(p, c, a, ev) ? NEW_PASS : NEW_LIFE;
}

static int pass_again(struct rxs_path *p, struct cpu *c, struct alias *a,
		      const struct rxs_event *ev)
{
	a->mask = 0;
	a->hooks[0] = 0;
	a->hooks[1] = 0;
	a->flags &= (u8)~ALIAS_FORWARDED; /* it came back: its fate is open again */
	return append(p, c, a, ev, RXS_HOP_PASS);
}

static int pass_entry(struct rxs_path *p, struct cpu *c, struct alias *a,
		      const struct rxs_event *ev)
{
	switch (entry_again(p, c, a, ev)) {
	case GO_ON:
		return append(p, c, a, ev, 0);
	case TOLD_TWICE:
		hook_note(a, ev->hook);
		learn(p, a, ev);
		hop_dev(p, a, ev);
		return 0;
	case NEW_PASS:
		return pass_again(p, c, a, ev);
	case NEW_LIFE:
		break;
	}
	alias_lost(p, a, RXS_WHY_REUSED);
	return begin(p, c, ev, skb_key(ev->skb, ev->stream));
}

static int pass_known(struct rxs_path *p, struct cpu *c, struct alias *a,
		      const struct rxs_event *ev)
{
	struct open *o = a->o;
	u32 bit = STAGE_BIT(ev->stage);

	if (unlikely(o->in_frags) && !a->nr && ev->stage != RXS_ST_IP_DEFRAG)
		frag_done(p, o, ev);
	if (unlikely((a->flags & (ALIAS_QUEUED | ALIAS_READ)) && (bit & MID_STAGES))) {
		/*
		 * A queue gives nothing back: the address has a new owner whose beginning was not
		 * seen.
		 */
		alias_lost(p, a, RXS_WHY_REUSED);
		return pass_unknown(p, c, ev);
	}
	if (likely(!(a->mask & bit))) {
		/* arp_process() looks up a route with the ARP packet in hand */
		if (ev->stage == RXS_ST_PREROUTING && a->last_stage == RXS_ST_ARP_RCV)
			return 0;
		return append(p, c, a, ev, 0);
	}
	if ((bit & REPEAT_STAGES) && a->last_stage > ev->stage && hook_seen(a, ev->hook))
		return pass_again(p, c, a, ev);
	hook_note(a, ev->hook);
	learn(p, a, ev);
	if (ev->stage == RXS_ST_APP)
		reader_add(o, ev);
	return 0;
}

int pass_event(struct rxs_path *p, struct cpu *c, const struct rxs_event *ev)
{
	struct alias *a;
	bool entry = ev->stage >= RXS_ST_RX_DESC && ev->stage <= RXS_ST_NETIF_RECEIVE_SKB;

	if (ev->stage < RXS_ST_RX_DESC || ev->stage >= RXS_ST_END)
		return 0;
	p->stages_seen |= STAGE_BIT(ev->stage);
	if (entry && ev->dev)
		dev_note(p, ev);
	a = table_find(&p->skbs, skb_key(ev->skb, ev->stream));
	if (!a)
		return pass_unknown(p, c, ev);
	if (entry)
		return pass_entry(p, c, a, ev);
	return pass_known(p, c, a, ev);
}

int clone_event(struct rxs_path *p, const struct rxs_event *ev)
{
	struct alias *a = table_find(&p->skbs, skb_key(ev->skb, ev->stream)), *old;
	struct open *o;
	u64 key = skb_key(ev->peer, ev->stream);

	if (!a || !ev->peer || ev->peer == ev->skb)
		return 0;
	o = a->o;
	old = table_find(&p->skbs, key);
	if (old && old->o == o)
		return 0; /* already known by its head */
	if (old)
		alias_lost(p, old, RXS_WHY_REUSED);
	return clone_new(p, o, key) ? 0 : -ENOMEM;
}

int forward_event(struct rxs_path *p, struct cpu *c, const struct rxs_event *ev)
{
	struct alias *a;

	p->stages_seen |= STAGE_BIT(ev->stage);
	a = alias_lookup(p, ev);
	if (!a)
		return 0; /* a bridge forwards what this host sends, too */
	a->mask |= STAGE_BIT(ev->stage);
	a->flags |= ALIAS_FORWARDED;
	hop_add(p, c, a, ev);
	return 0;
}
