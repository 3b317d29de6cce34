// SPDX-License-Identifier: GPL-2.0
/* Made-up but plausible traffic for tests of the screen. */
#include "gen.h"

#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

struct tui_gen {
	struct tui_model *m;
	struct rxs_strtab *t;
	u64 rnd;
	u64 now_ns;		/* of CPU time as the traffic goes on */
	u64 id, poll_id;
	u32 dev, reason_port, reason_nf, sym_port, sym_nf, comm[3];
};

/* xorshift64* (Vigna 2016): small, and the same everywhere. */
static u32 rnd(struct tui_gen *g, u32 below)
{
	g->rnd ^= g->rnd >> 12;
	g->rnd ^= g->rnd << 25;
	g->rnd ^= g->rnd >> 27;
	return (u32)((g->rnd * 2685821657736338717ull) >> 33) % below;
}

static u64 about(struct tui_gen *g, u32 ns)
{
	u64 v = ns - ns / 4 + rnd(g, ns / 2 + 1);

	return rnd(g, 40) ? v : v * (2 + rnd(g, 6));
}

enum kind { TCP, UDP, PING, ARP, CLOSED, FILTERED, KINDS };

static void hop(struct rxs_packet *p, u16 stage, u8 op, u64 ts, s16 cpu, u8 flags)
{
	struct rxs_hop *h = &p->hops[p->nr_hops++];

	*h = (struct rxs_hop){ .ts_ns = ts, .len = p->len, .dev = p->dev, .stage = stage, .cpu = cpu, .op = op,
			       .flags = flags };
	for (u32 i = 0; i < rxs_hooks_nr && !h->hook; i++)
		if (rxs_hooks[i].stage == stage && rxs_hooks[i].op == op)
			h->hook = (u16)(i + 1);
}

static void headers(struct tui_gen *g, struct rxs_packet *p, enum kind k)
{
	struct rxs_flow *f = &p->flow;
	static const u8 from[4] = { 10, 9, 0, 1 }, to[4] = { 10, 9, 0, 2 };
	static const u8 mac[14] = { 0x52, 0x54, 0, 0, 0, 2, 0x52, 0x54, 0, 0, 0, 1, 8, 0 };

	memcpy(p->hdr, mac, sizeof(mac));
	p->hdr_len = 80;
	if (k == ARP) {
		f->ethertype = 0x0806;
		p->hdr[13] = 6;
		p->len = 46;
		return;
	}
	f->ethertype = 0x0800;
	f->ipver = 4;
	memcpy(f->saddr, from, 4);
	memcpy(f->daddr, to, 4);
	memcpy(p->hdr + 26, from, 4);
	memcpy(p->hdr + 30, to, 4);
	p->hdr[14] = 0x45;
	p->hdr[22] = 64;
	f->ip_id = rnd(g, 65536);
	f->proto = k == TCP ? IPPROTO_TCP : k == PING ? IPPROTO_ICMP : IPPROTO_UDP;
	p->hdr[23] = f->proto;
	p->len = k == TCP ? 1500 : k == PING ? 84 : 60 + rnd(g, 900);
	f->l4_len_bytes = (u16)(p->len - 28);
	if (k == PING) {
		f->icmp_type = 8;
		f->dport = 77;
		f->tcp_seq = (u32)g->id;
		return;
	}
	f->sport = k == TCP ? (u16)(43210 + rnd(g, 2)) : (u16)(50000 + rnd(g, 6));
	f->dport = k == TCP ? 5201 : k == UDP ? 5001 : k == CLOSED ? 9 : 7777;
	f->tcp_flags = k == TCP ? 0x18 : 0;
	f->tcp_seq = (u32)g->id * 1448;
	p->hdr[34] = (u8)(f->sport >> 8);
	p->hdr[35] = (u8)f->sport;
	p->hdr[36] = (u8)(f->dport >> 8);
	p->hdr[37] = (u8)f->dport;
}

/* From GRO on; t is when it was handed up. */
static void climb(struct tui_gen *g, struct rxs_packet *p, enum kind k, u64 t, s16 cpu)
{
	bool v4 = k != ARP;

	hop(p, RXS_ST_NETIF_RECEIVE_SKB, RXS_OP_PASS, t += about(g, 900), cpu, 0);
	if (!v4) {
		hop(p, RXS_ST_ARP_RCV, RXS_OP_PASS, t += about(g, 700), cpu, 0);
		hop(p, RXS_ST_END, RXS_OP_CONSUME, t += about(g, 1900), cpu, 0);
		p->outcome = RXS_OUT_CONSUMED;
		return;
	}
	hop(p, RXS_ST_IP_RCV, RXS_OP_PASS, t += about(g, 600), cpu, 0);
	hop(p, RXS_ST_PREROUTING, RXS_OP_PASS, t += about(g, 800), cpu, 0);
	hop(p, RXS_ST_IP_LOCAL_DELIVER, RXS_OP_PASS, t += about(g, 1100), cpu, 0);
	if (k == FILTERED) {
		hop(p, RXS_ST_END, RXS_OP_DROP, t += about(g, 2600), cpu, 0);
		p->outcome = RXS_OUT_DROPPED;
		p->reason = g->reason_nf;
		p->symbol = g->sym_nf;
		p->drop_stage = RXS_ST_IP_LOCAL_DELIVER;
		return;
	}
	hop(p, RXS_ST_LOCAL_IN, RXS_OP_PASS, t += about(g, 1400), cpu, 0);
	hop(p,
	    k == TCP	? RXS_ST_TCP_V4_RCV
	    : k == PING ? RXS_ST_ICMP_RCV
			: RXS_ST_UDP_RCV,
	    RXS_OP_PASS, t += about(g, 500), cpu, 0);
	if (k == PING) {
		hop(p, RXS_ST_END, RXS_OP_CONSUME, t += about(g, 4200), cpu, 0);
		p->outcome = RXS_OUT_CONSUMED;
		return;
	}
	if (k == CLOSED) {
		hop(p, RXS_ST_END, RXS_OP_DROP, t += about(g, 3100), cpu, 0);
		p->outcome = RXS_OUT_DROPPED;
		p->reason = g->reason_port;
		p->symbol = g->sym_port;
		p->drop_stage = RXS_ST_UDP_RCV;
		return;
	}
	hop(p, RXS_ST_SOCKET, RXS_OP_PASS, t += about(g, 1300), cpu, 0);
	hop(p, RXS_ST_APP, RXS_OP_PASS, t += about(g, rnd(g, 30) ? 9000 : 400000), (s16)(1 - cpu),
	    0);
	p->hops[p->nr_hops - 1].pid = 700 + (u32)k;
	hop(p, RXS_ST_END, RXS_OP_CONSUME, t + about(g, 700), (s16)(1 - cpu), 0);
	p->outcome = RXS_OUT_DELIVERED;
	p->nr_readers = 1;
	p->reader[0] = (struct rxs_reader){
		.ts_ns = t, .pid = 700 + (u32)k, .comm = g->comm[k == TCP ? 0 : 1]};
}

static enum kind pick(struct tui_gen *g)
{
	u32 r = rnd(g, 100);

	return r < 45	? TCP
	       : r < 75 ? UDP
	       : r < 85 ? PING
	       : r < 87 ? ARP
	       : r < 93 ? CLOSED
			: FILTERED;
}

#define POLL_MAX 16

struct batch {
	struct rxs_packet p[POLL_MAX];
	struct rxs_hop hops[POLL_MAX][24];
	enum kind kind[POLL_MAX];
	u32 nr;
};

static void mark(struct tui_gen *g, u16 stage, u16 op, u64 ts, s16 cpu, u32 aux, u32 aux2)
{
	struct rxs_event ev = {.ts_ns = ts,
			       .stage = stage,
			       .op = op,
			       .cpu = cpu,
			       .aux = aux,
			       .aux2 = aux2,
			       .dev = g->dev};

	tui_model_event(g->m, &ev);
}

static void begin_packet(struct tui_gen *g, struct batch *b, u32 i, const struct rxs_napi_ctx *n,
			 s16 cpu)
{
	struct rxs_packet *p = &b->p[i];

	memset(p, 0, sizeof(*p));
	p->hops = b->hops[i];
	p->id = ++g->id;
	p->skb = 0xffff888000000000ull + rnd(g, 4096) * 256;
	p->head = p->skb + 0x100000;
	p->frames = 1;
	p->dev = g->dev;
	p->ifindex = 2;
	p->cpu = cpu;
	p->napi = *n;
	p->napi.pos = i + 1;
	p->napi.work = b->nr;
	p->first_ns = n->irq_ns;
	b->kind[i] = pick(g);
	headers(g, p, b->kind[i]);
	hop(p, RXS_ST_IRQ, RXS_OP_ENTER, n->irq_ns, cpu, RXS_HOP_SHARED);
	hop(p, RXS_ST_NAPI_SCHEDULE, RXS_OP_RAISE, n->schedule_ns, cpu, RXS_HOP_SHARED);
	hop(p, RXS_ST_SOFTIRQ, RXS_OP_ENTER, n->softirq_ns, cpu, RXS_HOP_SHARED);
	hop(p, RXS_ST_NAPI_POLL, RXS_OP_ENTER, n->poll_ns, cpu, RXS_HOP_SHARED);
}

/* The survivor of earlier TCP segments of this flow in the batch, or NULL. */
static struct rxs_packet *survivor(struct batch *b, u32 i)
{
	for (u32 k = 0; k < i; k++)
		if (b->kind[k] == TCP && b->kind[i] == TCP &&
		    rxs_flow_equal(&b->p[k].flow, &b->p[i].flow))
			return &b->p[k];
	return NULL;
}

static void one_poll(struct tui_gen *g)
{
	struct batch b = { .nr = rnd(g, 4) ? 1 + rnd(g, 4) : 1 + rnd(g, POLL_MAX) };
	s16 cpu = (s16)rnd(g, 2);
	struct rxs_napi_ctx n = {.irq = 10,
				 .budget = 64,
				 .poll_id = ++g->poll_id,
				 .napi = 0xffff888003a4c000ull,
				 .irq_polls = 1};
	struct rxs_poll poll = {.id = n.poll_id,
				.dev = g->dev,
				.work = b.nr,
				.budget = 64,
				.packets = b.nr,
				.cpu = cpu,
				.napi = n.napi};
	u64 t;

	n.irq_ns = g->now_ns;
	n.schedule_ns = n.irq_ns + about(g, 1200);
	n.softirq_ns = n.schedule_ns + about(g, 2400);
	n.poll_ns = n.softirq_ns + about(g, 700);
	n.ksoftirqd = poll.ksoftirqd = !rnd(g, 40);
	n.squeezed = poll.squeezed = n.ksoftirqd && rnd(g, 2);
	mark(g, RXS_ST_IRQ, RXS_OP_ENTER, n.irq_ns, cpu, 10, 0);
	mark(g, RXS_ST_NAPI_SCHEDULE, RXS_OP_RAISE, n.schedule_ns, cpu, 0, 0);
	mark(g, RXS_ST_IRQ, RXS_OP_EXIT, n.schedule_ns + 300, cpu, 10, 1);
	mark(g, RXS_ST_SOFTIRQ, RXS_OP_ENTER, n.softirq_ns, cpu, 3, 0);
	mark(g, RXS_ST_NAPI_POLL, RXS_OP_ENTER, n.poll_ns, cpu, 64, 0);
	t = n.poll_ns;
	for (u32 i = 0; i < b.nr; i++) {
		struct rxs_packet *s;

		begin_packet(g, &b, i, &n, cpu);
		hop(&b.p[i], RXS_ST_RX_DESC, RXS_OP_PASS, t += about(g, 1500), cpu, 0);
		hop(&b.p[i], RXS_ST_GRO, RXS_OP_PASS, t += about(g, 800), cpu, 0);
		s = survivor(&b, i);
		if (!s)
			continue;
		hop(&b.p[i], RXS_ST_END, RXS_OP_RELEASE, t += about(g, 400), cpu, 0);
		b.p[i].outcome = RXS_OUT_MERGED;
		b.p[i].merged_into = s->id;
		b.p[i].merge_kind = RXS_MERGE_GRO;
		s->merged[s->nr_merged++] = b.p[i].id;
		s->frames++;
	}
	poll.irq_ns = n.irq_ns;
	poll.schedule_ns = n.schedule_ns;
	poll.irq = n.irq;
	poll.irq_polls = 1;
	poll.begin_seen = 1;
	poll.softirq_ns = n.softirq_ns;
	poll.begin_ns = n.poll_ns;
	poll.end_ns = t + 1000;
	for (u32 i = 0; i < b.nr; i++)
		if (b.p[i].outcome != RXS_OUT_MERGED)
			climb(g, &b.p[i], b.kind[i], t += about(g, 900), cpu);
	/* The engine tells of packets in the order in which they end. */
	for (u32 done = 0; done < b.nr; done++) {
		struct rxs_packet *first = NULL;

		for (u32 i = 0; i < b.nr; i++)
			if (b.p[i].hops && (!first || b.p[i].hops[b.p[i].nr_hops - 1].ts_ns <
					    first->hops[first->nr_hops - 1].ts_ns))
				first = &b.p[i];
		first->last_ns = first->hops[first->nr_hops - 1].ts_ns;
		if (poll.id && first->last_ns > poll.end_ns) {
			mark(g, RXS_ST_NAPI_POLL, RXS_OP_EXIT, poll.end_ns, cpu, b.nr, 64);
			mark(g, RXS_ST_NAPI_POLL, RXS_OP_UNMASK, poll.end_ns + 200, cpu, 0, 0);
			mark(g, RXS_ST_SOFTIRQ, RXS_OP_EXIT, poll.end_ns + 900, cpu, 3, 0);
			tui_model_poll(g->m, &poll);
			poll.id = 0;
		}
		tui_model_packet(g->m, first);
		first->hops = NULL;
	}
	if (poll.id)
		tui_model_poll(g->m, &poll);
	g->now_ns = t + 20000 + rnd(g, 400000);
}

struct tui_gen *tui_gen_new(struct tui_model *m, struct rxs_strtab *t, u32 seed)
{
	struct tui_gen *g = calloc(1, sizeof(*g));

	if (!g)
		return NULL;
	g->m = m;
	g->t = t;
	g->rnd = 0x9e3779b97f4a7c15ull ^ seed;
	g->now_ns = 1000000000ull;
	g->dev = rxs_strtab_intern(t, "eth1", 4);
	g->reason_port = rxs_strtab_intern(t, "NO_SOCKET", 9);
	g->reason_nf = rxs_strtab_intern(t, "NETFILTER_DROP", 14);
	g->sym_port = rxs_strtab_intern(t, "__udp4_lib_rcv", 14);
	g->sym_nf = rxs_strtab_intern(t, "nf_hook_slow", 12);
	g->comm[0] = rxs_strtab_intern(t, "iperf3", 6);
	g->comm[1] = rxs_strtab_intern(t, "udp-sink", 8);
	return g;
}

void tui_gen_more(struct tui_gen *g, u32 packets)
{
	u64 until = g->id + packets;

	while (g->id < until) {
		one_poll(g);
		if (!rnd(g, 120)) {
			struct rxs_lost l = {.since_ns = g->now_ns - 15000,
					     .until_ns = g->now_ns,
					     .count = 1 + rnd(g, 60),
					     .cpu = (s16)rnd(g, 2),
					     .kind = RXS_LOST_RING};

			tui_model_lost(g->m, &l);
		}
	}
}

void tui_gen_feed(struct tui_model *m, struct rxs_strtab *t, u32 packets, u32 seed)
{
	struct tui_gen *g = tui_gen_new(m, t, seed);

	if (g)
		tui_gen_more(g, packets);
	free(g);
}
