// SPDX-License-Identifier: GPL-2.0
/* The path engine's public face: every event goes to the part that understands it. */
#include "path_internal.h"
#include "../source/rxs_source.h"

#include <stdlib.h>

#define MAX_OPEN_DEFAULT 1048576

static u32 name(struct rxs_path *p, const char *s)
{
	return rxs_strtab_intern(p->t, s, strlen(s));
}

static void names(struct rxs_path *p)
{
	p->s_not_specified = name(p, "NOT_SPECIFIED");
	p->s_consumed = name(p, "CONSUMED");
	p->s_unread = name(p, "unread");
	p->s_queue_purge = name(p, "QUEUE_PURGE");
	p->s_igmp_rcv = name(p, "igmp_rcv");
	p->s_no_socket = name(p, "NO_SOCKET");
	p->s_ping_rcv = name(p, "ping_rcv");
	p->s_icmp_rcv = name(p, "icmp_rcv");
	p->s_icmpv6_rcv = name(p, "icmpv6_rcv");
	p->s_tcp_v4_rcv = name(p, "tcp_v4_rcv");
	p->s_tcp_v6_rcv = name(p, "tcp_v6_rcv");
	p->s_no_device = name(p, "(no_device)");
	p->s_purge[0] = name(p, "sk_stream_kill_queues");
	p->s_purge[1] = name(p, "inet_sock_destruct");
	p->s_purge[2] = name(p, "udp_destruct_common");
	p->s_purge[3] = name(p, "udp_destruct_sock");
}

static const struct {
	const char *hook;
	enum hook_kind kind;
} special[] = {
	{"kfree_skb_partial", HOOK_PARTIAL},
	{"skb_attempt_defer_free", HOOK_DEFER},
	{"tcp_queue_rcv", HOOK_L4_QUEUE},
	{"tcp_data_queue_ofo", HOOK_L4_QUEUE},
	{"tcp_data_queue", HOOK_L4_QUEUE},
	{"__udp_enqueue_schedule_skb", HOOK_L4_QUEUE},
	{"refnic_irq", HOOK_NIC_IRQ},
};

static int hooks_learn(struct rxs_path *p)
{
	p->hook_kind = calloc(rxs_hooks_nr + 1, 1);
	if (!p->hook_kind)
		return -ENOMEM;
	for (u32 h = 0; h < rxs_hooks_nr; h++)
		for (u32 i = 0; i < RXS_ARRAY_SIZE(special); i++)
			if (!strcmp(rxs_hooks[h].name, special[i].hook))
				p->hook_kind[h + 1] = (u8)special[i].kind;
	return 0;
}

int rxs_path_new(struct rxs_path **out, struct rxs_strtab *t, const struct rxs_path_opts *o,
		 const struct rxs_path_sink *sink)
{
	struct rxs_path *p = calloc(1, sizeof(*p));

	if (!p)
		return -ENOMEM;
	p->t = t;
	p->sink = *sink;
	p->max_open = o && o->max_open ? o->max_open : MAX_OPEN_DEFAULT;
	p->correct_ns = o ? o->correct_ns : 0;
	p->devmap = calloc(DEVMAP_SLOTS, sizeof(*p->devmap));
	if (!p->devmap || table_init(&p->skbs) || table_init(&p->heads) || hooks_learn(p)) {
		rxs_path_free(p);
		return -ENOMEM;
	}
	names(p);
	*out = p;
	return 0;
}

void rxs_path_free(struct rxs_path *p)
{
	if (!p)
		return;
	path_memory_free(p);
	free(p);
}

static int skb_event(struct rxs_path *p, struct cpu *c, const struct rxs_event *ev)
{
	switch (ev->op) {
	case RXS_OP_PASS:
		return pass_event(p, c, ev);
	case RXS_OP_CONSUME:
	case RXS_OP_DROP:
	case RXS_OP_RELEASE:
		p->st.releases += ev->op == RXS_OP_RELEASE;
		end_event(p, c, ev);
		return 0;
	case RXS_OP_MERGE:
		merge_attempt(p, c, ev);
		return 0;
	case RXS_OP_REASM:
		reasm_event(p, ev);
		return 0;
	case RXS_OP_CLONE:
		return clone_event(p, ev);
	case RXS_OP_FORWARD:
		return forward_event(p, c, ev);
	case RXS_OP_TRANSMIT:
		transmit_event(p, c, ev);
		return 0;
	}
	return 0;
}

int rxs_path_event(struct rxs_path *p, const struct rxs_event *ev)
{
	struct cpu *c = cpu_get(p, ev->stream, ev->cpu);

	if (unlikely(!c))
		return -ENOMEM;
	if (unlikely(ev->stage >= RXS_ST_NR || ev->op >= RXS_OP_NR))
		return 0;
	if (unlikely(!p->st.events++))
		p->st.first_ns = ev->ts_ns;
	if (unlikely(ev->ts_ns < p->st.last_ns))
		p->st.out_of_order++;
	else
		p->st.last_ns = ev->ts_ns;
	if (unlikely(!c->seq++))
		c->first_ns = ev->ts_ns;
	switch (ev->op) {
	case RXS_OP_ENTER:
	case RXS_OP_EXIT:
	case RXS_OP_RAISE:
		return napi_event(p, c, ev);
	case RXS_OP_RESULT:
		gro_result(p, c, ev);
		return 0;
	case RXS_OP_SKIP:
		p->st.skipped_desc++;
		return 0;
	case RXS_OP_UNMASK:
		return 0;
	}
	return likely(ev->skb) ? skb_event(p, c, ev) : 0;
}

static void lost_on(struct rxs_path *p, u16 stream, s16 cpu)
{
	u32 nr = stream < p->nr_streams ? p->nr_cpus[stream] : 0;

	for (u32 i = 0; i < nr; i++) {
		struct cpu *c = p->cpus[stream][i];

		if (c && (cpu < 0 || c->nr == cpu))
			napi_reset(p, c);
	}
}

void rxs_path_lost(struct rxs_path *p, const struct rxs_lost *l)
{
	/* A missed kprobe takes single events, not a stretch of the CPU's story, and is told late. */
	if (l->kind != RXS_LOST_KPROBE)
		lost_on(p, l->stream, l->cpu);
	else
		path_late_loss(p, l->since_ns);
	p->lost = true;
	if (l->until_ns > p->loss_until_ns)
		p->loss_until_ns = l->until_ns;
	if (!l->until_ns)
		p->loss_until_ns = p->st.last_ns;
}

void rxs_path_finish(struct rxs_path *p)
{
	while (p->oldest)
		open_close_unseen(p, p->oldest, RXS_WHY_NONE, true);
	for (u32 s = 0; s < p->nr_streams; s++)
		for (u32 i = 0; i < p->nr_cpus[s]; i++)
			if (p->cpus[s][i])
				napi_finish(p, p->cpus[s][i]);
}

void rxs_path_stats_get(const struct rxs_path *p, struct rxs_path_stats *out)
{
	*out = p->st;
	out->open = p->nr_open + p->nr_pending;
}

void rxs_path_open_by_stage(const struct rxs_path *p, u64 open[RXS_ST_NR])
{
	memcpy(open, p->by_stage, sizeof(p->by_stage));
}
