// SPDX-License-Identifier: GPL-2.0
/*
 * How packets end. What the free of an skb says is one voice among several: the kernel calls it a
 * drop when a ping's original is freed after a socket took a clone, and says nothing at all when
 * TCP has used an ACK.
 */
#include "path_internal.h"

#include <netinet/in.h>

#define TCP_SYN 0x02
#define TRANSMIT_SOON 4 /* events of that CPU between netif_receive_skb and the transmit */
#define ENTRY_STAGES                                                                               \
	(STAGE_BIT(RXS_ST_RX_DESC) | STAGE_BIT(RXS_ST_GRO) | STAGE_BIT(RXS_ST_BACKLOG) |           \
	 STAGE_BIT(RXS_ST_NETIF_RECEIVE_SKB))
/* All packets that come to IP pass these, in this order. */
#define CHAIN_STAGES                                                                               \
	(STAGE_BIT(RXS_ST_IP_RCV) | STAGE_BIT(RXS_ST_IP_LOCAL_DELIVER) | STAGE_BIT(RXS_ST_LOCAL_IN))

/* As far as the headers tell: ACK, SYN, FIN, RST. */
bool tcp_no_payload(const struct rxs_packet *k)
{
	return k->flow.proto == IPPROTO_TCP && k->hdr_len && !k->flow.l4_len_bytes &&
	       !k->flow.is_frag;
}

/* Nothing to read in it. ACKs that came while the socket was in use become one on its backlog. */
static bool tcp_control(const struct open *o)
{
	return tcp_no_payload(&o->p) && !o->merged_data;
}

/*
 * Functions that end with kfree_skb() without a reason although the packet was used: IGMP always;
 * ICMPv6 for everything but echo replies (a bad packet gets a reason there); TCP for a segment
 * without payload that a socket in TIME_WAIT answered for (one to no socket at all has a reason;
 * before 5.17 nothing has one, and a SYN is then taken to be refused). Function unknown: the stage
 * it was at decides.
 */
static bool used_in_spite(const struct rxs_path *p, const struct open *o,
			  const struct rxs_event *ev)
{
	u8 last = o->self.last_stage;

	if (ev->symbol ? ev->symbol == p->s_igmp_rcv : o->p.flow.proto == IPPROTO_IGMP)
		return true;
	if (ev->symbol ? ev->symbol == p->s_icmpv6_rcv : last == RXS_ST_ICMPV6_RCV)
		return true;
	if (last != RXS_ST_TCP_V4_RCV && last != RXS_ST_TCP_V6_RCV)
		return false;
	if (ev->symbol && ev->symbol != p->s_tcp_v4_rcv && ev->symbol != p->s_tcp_v6_rcv)
		return false;
	return tcp_control(o) && !(o->p.flow.tcp_flags & TCP_SYN);
}

/*
 * An echo reply freed for want of a ping socket may have gone to a raw socket as a clone. A
 * recording without a hook at sockets cannot tell; most often it did, and a successful ping is no
 * drop.
 */
static bool maybe_cloned(const struct rxs_path *p, const struct alias *a,
			 const struct rxs_event *ev)
{
	const u32 l4 = STAGE_BIT(RXS_ST_TCP_V4_RCV) | STAGE_BIT(RXS_ST_UDP_RCV);
	u8 last = a->last_stage;

	if ((ev->reason && ev->reason != p->s_no_socket) ||
	    (p->stages_seen & STAGE_BIT(RXS_ST_SOCKET)))
		return false;
	if (ev->symbol)
		return ev->symbol == p->s_icmp_rcv || ev->symbol == p->s_icmpv6_rcv ||
		       ev->symbol == p->s_ping_rcv;
	/* function unknown: what is neither TCP nor UDP there is ICMP */
	return last == RXS_ST_ICMP_RCV || last == RXS_ST_ICMPV6_RCV ||
	       (last == RXS_ST_LOCAL_IN && (p->stages_seen & l4) == l4);
}

/* Functions that empty a socket's receive queue when it is closed, with kfree_skb() and no reason.
 */
static bool purged(const struct rxs_path *p, const struct rxs_event *ev)
{
	for (u32 i = 0; i < RXS_ARRAY_SIZE(p->s_purge); i++)
		if (ev->symbol && ev->symbol == p->s_purge[i])
			return true;
	return false;
}

/*
 * A forwarded packet freed by kfree_skb() without a reason: many drivers' transmit completions do
 * that. Where the kernel has reasons, its output path gives one for what it drops; before 5.17 the
 * function's name tells.
 */
static bool sent_in_spite(const struct rxs_path *p, const struct rxs_event *ev)
{
	static const char *const output[] = {"ip_",
					     "ip6_",
					     "nf_",
					     "nft_",
					     "ipt_",
					     "neigh_",
					     "__neigh_",
					     "arp_",
					     "__dev_queue_xmit",
					     "kfree_skb_list",
					     "br_"};
	const char *name = rxs_strtab_get(p->t, ev->symbol);

	if (ev->reason)
		return true;
	for (u32 i = 0; i < RXS_ARRAY_SIZE(output); i++)
		if (!strncmp(name, output[i], strlen(output[i])))
			return false;
	return *name;
}

static enum verdict verdict_drop(struct rxs_path *p, struct alias *a, const struct rxs_event *ev)
{
	bool named = ev->reason && ev->reason != p->s_not_specified;
	bool purge = (!named && ((a->flags & ALIAS_QUEUED) || purged(p, ev))) ||
		     (ev->reason && ev->reason == p->s_queue_purge);
	struct rxs_packet *k = &a->o->p;

	if (a->flags & ALIAS_READ)
		return V_DELIVERED;
	if (!named && (a->flags & ALIAS_FORWARDED) && sent_in_spite(p, ev))
		return V_FORWARDED;
	if (!named && !(a->flags & ALIAS_FORWARDED) && used_in_spite(p, a->o, ev))
		return V_CONSUMED;
	if (maybe_cloned(p, a, ev))
		return V_CONSUMED;
	if (purge && tcp_control(a->o))
		return V_CONSUMED; /* a FIN left on a closed socket's queue: nothing to read */
	if (a->nr)
		return V_DROPPED;
	k->reason = purge && !named ? p->s_unread : ev->reason;
	k->symbol = ev->symbol;
	k->location = ev->peer;
	return V_DROPPED;
}

static enum verdict verdict_release(struct rxs_path *p, struct alias *a, const struct rxs_event *ev)
{
	struct rxs_packet *k = &a->o->p;

	if (!(a->flags & ALIAS_QUEUED))
		return V_CONSUMED;
	if (tcp_control(a->o))
		return V_CONSUMED; /* a FIN is queued, and no bytes of it are read */
	/* Readers that do not copy (splice, kTLS, sockmap) free the way tcp_recvmsg() does. */
	if (hook_kind(p, ev) == HOOK_DEFER || !p->app_seen)
		return V_DELIVERED;
	if (!a->nr)
		k->reason = p->s_unread;
	return V_DROPPED;
}

/*
 * A task that takes a packet off a socket's queue and frees it after use has read it: the stack
 * frees what it uses itself in softirq. So a reader needs no hook of its own, where one in its
 * context would make the kernel miss kprobes (hooks.def). A recording that has no hook at sockets
 * (static tracepoints alone) cannot tell what was queued; the task is enough then.
 */
static bool freed_by_reader(const struct rxs_path *p, const struct alias *a,
			    const struct rxs_event *ev)
{
	bool used = ev->op == RXS_OP_CONSUME ||
		    (ev->op == RXS_OP_RELEASE && hook_kind(p, ev) == HOOK_DEFER);

	if (!used || !(ev->flags & RXS_EV_IN_TASK) || (ev->flags & RXS_EV_KSOFTIRQD))
		return false;
	if ((a->flags & (ALIAS_READ | ALIAS_FORWARDED)) || tcp_control(a->o))
		return false;
	return (a->flags & ALIAS_QUEUED) || !(p->stages_seen & STAGE_BIT(RXS_ST_SOCKET));
}

static void read_by_freeing(struct rxs_path *p, struct cpu *c, struct alias *a,
			    const struct rxs_event *ev)
{
	struct rxs_event app = *ev;

	app.stage = RXS_ST_APP;
	app.op = RXS_OP_PASS;
	app.peer = a->o->p.sock;
	a->flags |= ALIAS_READ;
	reader_add(a->o, &app);
	/* Without a hook at sockets it is a guess: enough for a reader, not for a stage passed. */
	if (!(a->flags & ALIAS_QUEUED))
		return;
	hop_add(p, c, a, &app);
}

static enum verdict verdict_of(struct rxs_path *p, struct alias *a, const struct rxs_event *ev)
{
	bool drop = ev->op == RXS_OP_DROP && !(ev->reason && ev->reason == p->s_consumed);

	if (drop)
		return verdict_drop(p, a, ev);
	if (a->flags & ALIAS_READ)
		return V_DELIVERED;
	if ((a->flags & ALIAS_FORWARDED) || a->last_stage == RXS_ST_IP_FORWARD)
		return V_FORWARDED;
	if (ev->op == RXS_OP_RELEASE)
		return verdict_release(p, a, ev);
	if (!(a->flags & ALIAS_QUEUED) || tcp_control(a->o))
		return V_CONSUMED;
	return V_DELIVERED; /* taken off the queue and used; by whom was not recorded */
}

static const u8 outcome_of[] = {
	[V_NONE] = RXS_OUT_INCOMPLETE,	   [V_DROPPED] = RXS_OUT_DROPPED,
	[V_CONSUMED] = RXS_OUT_CONSUMED,   [V_FORWARDED] = RXS_OUT_FORWARDED,
	[V_DELIVERED] = RXS_OUT_DELIVERED,
};

/*
 * A clone's fate matters when it was read or forwarded; that it was freed says nothing of the
 * packet.
 */
static enum verdict best_of(const struct open *o)
{
	if (o->best >= V_FORWARDED && o->best > o->self_ended)
		return (enum verdict)o->best;
	return (enum verdict)o->self_ended;
}

static void alias_drop(struct rxs_path *p, struct alias *a)
{
	struct open *o = a->o;
	struct alias **at = &o->aliases;

	while (*at && *at != a)
		at = &(*at)->next;
	if (*at)
		*at = a->next;
	table_del(&p->skbs, a->key);
	if (a->nr)
		alias_free(p, a);
}

static void alias_end(struct rxs_path *p, struct alias *a, enum verdict v)
{
	struct open *o = a->o;

	if (!a->nr)
		o->self_ended = (u8)v;
	else if (v > o->best)
		o->best = (u8)v;
	alias_drop(p, a);
	if (!o->aliases) {
		v = best_of(o);
		if (v == V_NONE)
			open_close_unseen(p, o, RXS_WHY_REUSED, false);
		else
			open_close(p, o, (enum rxs_outcome)outcome_of[v], RXS_WHY_NONE);
	}
}

static void end_unknown(struct rxs_path *p, struct cpu *c, const struct rxs_event *ev, u64 key)
{
	/* consume_skb() and kfree_skb() tell, and then call __kfree_skb(), which tells again */
	if (ev->op == RXS_OP_RELEASE && c->last_freed == key) {
		c->last_freed = 0;
		return;
	}
	c->last_freed = key;
	p->st.unmatched_end++;
}

/* Is the CPU still in the softirq in which the skb passed its last stage? */
static bool at_once(const struct cpu *c, const struct open *o, u64 ts_ns)
{
	const struct rxs_hop *last = &o->base[o->used - 1];

	if (last->cpu != c->nr)
		return false;
	if (c->softirq_seen)
		return c->in_softirq && c->softirq_ns <= last->ts_ns;
	return ts_ns < last->ts_ns + AT_ONCE_NS;
}

/*
 * Is this free the packet's own? A recording without __kfree_skb() and its like misses the end of
 * ACKs and of what TCP coalesced; their addresses then serve for transmits, whose completions are
 * frees, too. What the stack itself uses it frees in the softirq that brought it; a reader frees in
 * its own context; so a free at another time is somebody else's, unless it has a reason.
 */
static bool own_end(const struct rxs_path *p, const struct cpu *c, const struct alias *a,
		    const struct rxs_event *ev)
{
	const struct open *o = a->o;

	if (likely(p->st.releases) || ev->op == RXS_OP_RELEASE || a->flags || o->in_frags)
		return true;
	if (ev->reason && ev->reason != p->s_not_specified)
		return true;
	if ((ev->flags & RXS_EV_IN_TASK) && !(ev->flags & RXS_EV_KSOFTIRQD))
		return true;
	return a->last_stage == RXS_ST_IP_FORWARD || at_once(c, o, ev->ts_ns);
}

void end_event(struct rxs_path *p, struct cpu *c, const struct rxs_event *ev)
{
	u64 key = skb_key(ev->skb, ev->stream);
	struct alias *a = table_find(&p->skbs, key);
	enum verdict v;
	struct open *o;

	if (a && !own_end(p, c, a, ev)) {
		alias_lost(p, a, RXS_WHY_REUSED);
		a = NULL;
	}
	if (!a) {
		end_unknown(p, c, ev, key);
		return;
	}
	c->last_freed = key;
	o = a->o;
	if (unlikely(o->try_kind) && !a->nr) {
		if (merge_on_end(p, c, o, ev)) {
			hop_add(p, c, a, ev);
			merge_confirm(p, c, o);
			return;
		}
		merge_failed(o);
	}
	if (!a->nr)
		o->p.drop_stage = a->last_stage;
	if (freed_by_reader(p, a, ev))
		read_by_freeing(p, c, a, ev);
	v = verdict_of(p, a, ev);
	hop_add(p, c, a, ev);
	alias_end(p, a, v);
}

/*
 * The address is handed to a device. A forwarded packet does that; so does one that tc redirects,
 * from the first stages. Otherwise the packet had ended unseen, and this is a new owner's. Where
 * the ends of packets may be missing, only a transmit to another device, right after the packet's
 * last stage, counts as its own: an answer goes out where the question came in.
 */
void transmit_event(struct rxs_path *p, struct cpu *c, const struct rxs_event *ev)
{
	struct alias *a = table_find(&p->skbs, skb_key(ev->skb, ev->stream));
	const struct rxs_hop *last;
	bool passed_on;

	if (!a)
		return;
	last = &a->o->base[a->o->used - 1];
	passed_on = last->cpu == c->nr && c->seq - last->seq <= TRANSMIT_SOON && ev->dev &&
		    a->dev && ev->dev != a->dev;
	if ((a->flags & ALIAS_FORWARDED) || a->last_stage == RXS_ST_IP_FORWARD ||
	    a->last_stage == RXS_ST_BRIDGE ||
	    (a->last_stage <= RXS_ST_VLAN && (p->st.releases || passed_on))) {
		a->flags |= ALIAS_FORWARDED;
		return;
	}
	alias_lost(p, a, RXS_WHY_REUSED);
}

void alias_lost(struct rxs_path *p, struct alias *a, enum rxs_why why)
{
	struct open *o = a->o;

	if (a->nr) {
		enum verdict v = a->flags & ALIAS_READ	      ? V_DELIVERED
				 : a->flags & ALIAS_FORWARDED ? V_FORWARDED
							      : V_NONE;

		alias_end(p, a, v);
		return;
	}
	open_close_unseen(p, o, why, false);
}

/* Was this packet on its way during a loss told so far? */
static bool at_risk(const struct rxs_path *p, const struct open *o)
{
	return p->lost && o->begin_ns <= p->loss_until_ns;
}

/*
 * Is the packet's beginning missing, and why? A stage that the recording does not have at all is
 * not missing; so this is asked when the packet ends, and more is known of the recording.
 */
static enum rxs_why begin_missing(const struct rxs_path *p, const struct open *o)
{
	bool after_loss =
		o->after_loss || (p->lost && o->begin_ns <= p->loss_until_ns + AFTER_LOSS_NS);
	u32 earlier = p->stages_seen & (STAGE_BIT(o->begin_stage) - 1);
	bool missing = false;

	if (o->begin_stage > RXS_ST_NETIF_RECEIVE_SKB) {
		missing = earlier & ENTRY_STAGES;
		if (!missing && (o->early || after_loss))
			missing = earlier & CHAIN_STAGES && o->begin_stage >= RXS_ST_IP_RCV;
	} else if (o->early || after_loss) {
		/* a device's packets always begin at the same stage */
		u8 rank = dev_rank(p, o->p.dev);

		missing = rank && rank < 1 + o->begin_stage - RXS_ST_RX_DESC;
	}
	if (!missing)
		return RXS_WHY_NONE;
	return after_loss ? RXS_WHY_LOSS : o->early ? RXS_WHY_BEFORE : RXS_WHY_BEGIN;
}

static void unlink_open(struct rxs_path *p, struct open *o)
{
	while (o->aliases)
		alias_drop(p, o->aliases);
	head_clear(p, o);
	if (o->in_frags)
		frag_unlink(p, o);
	if (o->prev)
		o->prev->next = o->next;
	else
		p->oldest = o->next;
	if (o->next)
		o->next->prev = o->prev;
	else
		p->newest = o->prev;
	p->nr_open--;
	o->is_open = 0;
}

/*
 * The packet is final. It waits for its poll to end, whose work it shows; not for long, and not too
 * many.
 */
/* A packet ended well, and no loss is known yet of its time. */
static void note_end(struct rxs_path *p)
{
	u64 slot = p->st.last_ns >> ENDS_SHIFT;
	unsigned int i = slot % ENDS_NR;

	if (p->ends[i].slot != slot) {
		p->ends[i].slot = slot;
		p->ends[i].nr = 0;
	}
	p->ends[i].nr++;
	p->ended++;
}

void path_late_loss(struct rxs_path *p, u64 since_ns)
{
	u64 nr = 0;

	for (unsigned int i = 0; i < ENDS_NR; i++) {
		if (p->ends[i].slot < since_ns >> ENDS_SHIFT)
			continue;
		nr += p->ends[i].nr;
		p->ends[i].nr = 0;
	}
	if (!since_ns)
		nr = p->ended;
	p->ended -= nr;
	p->st.at_risk += nr;
}

void open_close(struct rxs_path *p, struct open *o, enum rxs_outcome outcome, enum rxs_why why)
{
	enum rxs_why begin = begin_missing(p, o);
	struct cpu *c;

	if (o->try_kind)
		merge_failed(o);
	unlink_open(p, o);
	if (begin && outcome != RXS_OUT_INCOMPLETE) {
		outcome = RXS_OUT_INCOMPLETE;
		why = begin;
	}
	o->p.outcome = outcome;
	o->p.why = why;
	if (outcome != RXS_OUT_DROPPED) {
		o->p.reason = 0;
		o->p.symbol = 0;
		o->p.location = 0;
		o->p.drop_stage = 0;
	}
	if (outcome != RXS_OUT_INCOMPLETE && outcome != RXS_OUT_OPEN) {
		if (at_risk(p, o))
			p->st.at_risk++;
		else
			note_end(p);
	}
	if (!o->poll || o->poll->complete) {
		open_emit(p, o);
		return;
	}
	c = cpu_get(p, o->p.stream, o->poll->p.cpu);
	if (!c || c->nr_pending >= PENDING_MAX) {
		open_emit(p, o);
		return;
	}
	o->next = NULL;
	*c->pending_tail = o;
	c->pending_tail = &o->next;
	c->nr_pending++;
	p->nr_pending++;
}

/*
 * The packet's end was not seen. What is already certain stays: it was read, forwarded, merged, or
 * its own skb was seen to end while a clone's end was missed.
 */
void open_close_unseen(struct rxs_path *p, struct open *o, enum rxs_why why, bool finish)
{
	enum verdict v = (enum verdict)o->self_ended;

	for (struct alias *a = o->aliases; a; a = a->next) {
		if (a->flags & ALIAS_READ && V_DELIVERED > o->best)
			o->best = V_DELIVERED;
		else if (a->flags & ALIAS_FORWARDED && V_FORWARDED > o->best)
			o->best = V_FORWARDED;
	}
	if (o->best >= V_FORWARDED && o->best > v)
		v = (enum verdict)o->best;
	if (o->try_kind == RXS_MERGE_GRO) {
		merge_confirm(p, NULL, o);
	} else if (v == V_DELIVERED || v == V_FORWARDED || (v != V_NONE && !finish)) {
		open_close(p, o, (enum rxs_outcome)outcome_of[v], RXS_WHY_NONE);
	} else if (at_risk(p, o)) {
		open_close(p, o, RXS_OUT_INCOMPLETE, RXS_WHY_LOSS);
	} else if (finish) {
		open_close(p, o, RXS_OUT_OPEN, RXS_WHY_NONE);
	} else {
		open_close(p, o, RXS_OUT_INCOMPLETE, why);
	}
}

/*
 * Take the probes' own cost out. Between two hops on one CPU, every event of that CPU cost once; a
 * reader, or another CPU, waited for none of them but the last. Never below 0.
 */
static void correct(const struct rxs_path *p, struct rxs_packet *k)
{
	u64 raw, prev_raw = k->hops[0].ts_ns, delta, cost;
	u32 fired;

	for (u32 i = 1; i < k->nr_hops; i++) {
		struct rxs_hop *h = &k->hops[i], *b = h - 1;

		raw = h->ts_ns;
		fired = h->cpu == b->cpu && h->stage != RXS_ST_APP ? h->seq - b->seq : 1;
		delta = raw - prev_raw;
		cost = fired * p->correct_ns;
		h->ts_ns = b->ts_ns + (delta > cost ? delta - cost : 0);
		if (h->stage == RXS_ST_APP)
			for (u32 r = 0; r < k->nr_readers && r < RXS_READERS_MAX; r++)
				if (k->reader[r].ts_ns == raw)
					k->reader[r].ts_ns = h->ts_ns;
		prev_raw = raw;
	}
	for (u32 i = 0; i < k->nr_hops && (k->hops[i].flags & RXS_HOP_SHARED); i++) {
		if (k->hops[i].stage == RXS_ST_NAPI_SCHEDULE)
			k->napi.schedule_ns = k->hops[i].ts_ns;
		else if (k->hops[i].stage == RXS_ST_SOFTIRQ)
			k->napi.softirq_ns = k->hops[i].ts_ns;
		else if (k->hops[i].stage == RXS_ST_NAPI_POLL)
			k->napi.poll_ns = k->hops[i].ts_ns;
	}
}

void open_emit(struct rxs_path *p, struct open *o)
{
	struct rxs_packet *k = &o->p;
	u32 i;

	napi_fill(o);
	k->hops = o->base + o->start;
	k->nr_hops = o->used - o->start;
	/* what was shared cannot be later than the packet's own first hop */
	for (i = o->start < SHARED_HOPS ? SHARED_HOPS - o->start : 0; i > 0; i--)
		if (i < k->nr_hops && k->hops[i - 1].ts_ns > k->hops[i].ts_ns)
			k->hops[i - 1].ts_ns = k->hops[i].ts_ns;
	if (p->correct_ns && k->nr_hops)
		correct(p, k);
	k->first_ns = k->nr_hops ? k->hops[0].ts_ns : o->begin_ns;
	k->last_ns = k->nr_hops ? k->hops[k->nr_hops - 1].ts_ns : o->begin_ns;
	p->by_stage[o->last_stage]--;
	if (p->sink.packet)
		p->sink.packet(p->sink.ctx, k);
	poll_put(p, o->poll);
	open_free(p, o);
}
