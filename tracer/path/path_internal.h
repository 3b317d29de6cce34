/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The path engine's insides: what path_*.c share and nobody else includes.
 *
 *   path_table.c   who is who: skb address -> packet, head -> packet, CPUs, memory
 *   path_napi.c    interrupt, softirq, poll: the context a packet came in
 *   path_pass.c    an skb passes a stage: begin, go on, enter again
 *   path_merge.c   GRO, TCP coalescing, fragments: packets that become part of others
 *   path_end.c     frees, outcomes, handing the finished packet out
 *   rxs_path.c     the public face and the dispatch
 */
#ifndef PATH_INTERNAL_H
#define PATH_INTERNAL_H

#include <errno.h>
#include <string.h>

#include "rxs_path.h"

#define likely(x)	__builtin_expect(!!(x), 1)
#define unlikely(x)	__builtin_expect(!!(x), 0)

#define STAGE_BIT(s)	(1u << (s))
#define SHARED_HOPS	4	/* irq, napi_schedule, softirq, napi_poll */
#define ROOM_HOPS	(SHARED_HOPS + 20) /* in the packet itself; more go to the heap */
#define HOPS_MAX	1024
#define RAISES_MAX	8	/* NET_RX raises of one CPU not yet followed by a poll */
#define NAPIS_MAX	16	/* NAPI instances remembered per CPU */
#define PENDING_MAX	4096	/* finished packets of one CPU waiting for a poll's end */
#define DEVMAP_SLOTS	1024
#define FRAG_BUCKETS	256
#define AT_ONCE_NS	1000000ull	/* the same processing, where softirqs are not recorded */
#define AFTER_LOSS_NS	100000000ull /* a beginning missing so soon after a loss is lost */

/* Hooks that mean more than their stage and operation say; found by name once. */
enum hook_kind {
	HOOK_PLAIN,
	HOOK_PARTIAL,		/* kfree_skb_partial */
	HOOK_DEFER,		/* skb_attempt_defer_free */
	HOOK_L4_QUEUE,		/* queues that only received packets come to */
	HOOK_NIC_IRQ,		/* names the NIC's own interrupt */
};

#define ALIAS_QUEUED	0x01	/* on a socket's queue */
#define ALIAS_READ	0x02	/* an application has read it */
#define ALIAS_FORWARDED	0x04	/* given to the output path */

struct open;

/* An skb that carries a packet: the packet's own, or a clone of it. One lifetime of one address. */
struct alias {
	u64 key;		/* see skb_key() */
	struct open *o;
	struct alias *next;	/* of the same packet */
	u64 hooks[2];		/* hooks seen in this pass, a bit each */
	u32 mask;		/* stages seen in this pass */
	u32 dev, ifindex;	/* where it is now, 0 = not known */
	u8 nr;			/* 0 the packet's own, 1 … 15 clones */
	u8 flags;		/* ALIAS_* */
	u8 last_stage;
};

/* How a packet's skbs ended, the best of them decides. In rising order. */
enum verdict { V_NONE, V_DROPPED, V_CONSUMED, V_FORWARDED, V_DELIVERED };

/* A poll while it runs and until nobody needs it. */
struct poll {
	struct rxs_poll p;
	u32 refs;
	bool ended, complete;
	bool inferred;		/* begun by its first packet; its end must name the same device */
	bool dismissed;		/* inferred wrongly: no poll at all */
	u16 irq_hook, raise_hook, softirq_hook, hook, exit_hook;
	u32 irq_seq, raise_seq, softirq_seq, seq;
	struct poll *next;	/* ended, waits for the softirq's end */
};

/* A packet on its way. */
struct open {
	struct rxs_packet p;
	struct alias self;
	struct alias *aliases;		/* alive */
	struct open *prev, *next;	/* open ones, oldest first; next: pending and free ones */
	struct poll *poll;
	struct rxs_hop *base;		/* room[] or the heap */
	u32 start, used, cap;		/* hops are base[start … used) */
	u64 begin_ns;			/* first event, before any correction */
	u64 head_key;			/* where it stands in the head table, 0 = nowhere */
	/* an attempt to merge it into another that is not decided yet */
	struct open *try_into;
	u64 try_id;
	u32 try_seq;
	s16 try_cpu;
	u8 try_kind;			/* enum rxs_merge_kind */
	u32 try_data;			/* what the attempt added to the other's merged_data */
	u32 merged_data;		/* frames merged into it, but for TCP's that carry no payload */
	/* fragments waiting in ip_defrag */
	struct open *frag_prev, *frag_next;
	u8 in_frags;
	u8 is_open;			/* in the tables (not pending, not free) */
	u8 begin_stage;
	u8 last_stage;			/* of any of its skbs */
	u8 self_ended;			/* enum verdict of its own skb */
	u8 best;			/* enum verdict: best of its clones */
	u8 early;			/* soon after its CPU's first event: may have begun before */
	u8 after_loss;			/* soon after a loss: its beginning may be lost */
	struct rxs_hop room[ROOM_HOPS];
};

struct raise {
	u64 napi;		/* 0 = not known */
	u64 ns, irq_ns;
	u32 dev;		/* device, 0 = not known */
	u32 handler;		/* the interrupt handler's name, 0 = not raised by one */
	u32 irq;
	u32 seq, irq_seq;
	u16 hook, hook2, irq_hook;
};

struct napi {
	u64 napi;
	u32 dev;
	struct raise from;	/* what started the current series of polls */
	u32 polls;		/* in that series */
	u64 used;		/* for replacement */
};

struct cpu {
	s16 nr;
	u16 stream;
	u32 seq;		/* events so far */
	u64 first_ns;
	u64 last_freed;		/* key: the free that is about to be told once more */
	struct open *gro;	/* handed to GRO last, and its id: RESULT speaks of it */
	u64 gro_id;
	/* hard interrupt */
	u8 in_irq, irq_raised;
	u64 irq_ns;
	u32 irq, irq_dev, irq_seq;
	u16 irq_hook;
	u64 lone_irq_ns;	/* last interrupt that raised nothing itself (threaded handlers) */
	u32 lone_irq, lone_dev, lone_seq;
	u16 lone_hook;
	/* softirq */
	u8 in_softirq, work_left, full_poll;
	u8 poll_enter_seen, softirq_seen;	/* hooks this CPU's recording has */
	u64 softirq_ns;
	u32 softirq_seq, softirq_work;
	u16 softirq_hook;
	u32 nr_raises;
	struct raise raise[RAISES_MAX];
	struct napi napi[NAPIS_MAX];
	struct poll *poll;	/* running */
	struct poll *last;	/* ended last; may be told once more */
	struct poll *done, **done_tail;		/* ended, waiting for the softirq's end */
	struct open *pending, **pending_tail;	/* finished packets of those */
	u32 nr_pending;
};

struct slot {
	u64 key;		/* 0 = free */
	void *val;
};

struct table {
	struct slot *slot;
	u64 nr, mask;
};

struct dev_slot {
	u64 key;		/* stream, netns, ifindex */
	u32 dev;
};

/* Which device an interrupt handler is of, as far as its name tells. */
struct handler {
	u32 dev;
	u32 at;			/* 1 + number of devices known when that was asked */
};

/* Four seconds in pieces of 16 ms: missed kprobes are told a second late at most. */
#define ENDS_NR 256
#define ENDS_SHIFT 24

struct rxs_path {
	struct rxs_strtab *t;
	struct rxs_path_sink sink;
	struct rxs_path_stats st;
	u64 correct_ns;
	u32 max_open;
	u64 next_id, next_poll;
	u64 ticks;			/* for replacement of NAPI entries */
	struct table skbs, heads;
	struct open *oldest, *newest;
	u64 nr_open, nr_pending;
	u64 by_stage[RXS_ST_NR];
	u64 loss_until_ns;		/* latest loss told so far */
	bool lost;			/* any */
	struct {
		u64 slot;		/* the time it stands for */
		u64 nr;			/* packets that ended well in it */
	} ends[ENDS_NR];		/* of late, for losses that are told late */
	u64 ended;			/* all of them */
	bool partial_seen, app_seen;	/* hooks this recording has */
	u32 stages_seen;		/* stages that this recording has */
	struct {
		struct open *first, *last;
	} frags[FRAG_BUCKETS];		/* waiting in ip_defrag, in order of arrival */
	/* names that matter */
	u32 s_not_specified, s_consumed, s_unread, s_queue_purge, s_igmp_rcv;
	u32 s_ping_rcv, s_icmp_rcv, s_icmpv6_rcv, s_no_socket, s_tcp_v4_rcv, s_tcp_v6_rcv, s_no_device;
	u32 s_purge[4];			/* functions that empty a closed socket's queue */
	u8 *hook_kind;			/* by hook number as in the event */
	u8 *dev_rank;			/* by string id: 1 + lowest entry stage, 0 = no device */
	u32 nr_dev_rank;
	u32 nr_netdevs;			/* devices known */
	struct handler *handlers;	/* by string id */
	u32 nr_handlers;
	struct dev_slot *devmap;
	struct cpu ***cpus;		/* [stream][cpu + 1] */
	u32 *nr_cpus;
	u32 nr_streams;
	/* memory */
	void **chunks;
	u32 nr_chunks;
	struct open *free_open;
	struct alias *free_alias;
	struct poll *free_poll;
};

/*
 * Kernel addresses have their top 16 bits set, so the stream's number fits in there: two machines
 * merged into one analysis do not share addresses. Never 0, which marks a free slot.
 */
static inline u64 skb_key(u64 addr, u16 stream)
{
	u64 key = addr ^ (u64)stream << 48;

	return key + !key;
}

static inline u64 key_hash(u64 key)
{
	return (key * 0x9e3779b97f4a7c15ull) >> 20;
}

static inline void *table_find(const struct table *t, u64 key)
{
	for (u64 i = key_hash(key) & t->mask; t->slot[i].key; i = (i + 1) & t->mask)
		if (t->slot[i].key == key)
			return t->slot[i].val;
	return NULL;
}

static inline enum hook_kind hook_kind(const struct rxs_path *p, const struct rxs_event *ev)
{
	return ev->hook <= rxs_hooks_nr ? (enum hook_kind)p->hook_kind[ev->hook] : HOOK_PLAIN;
}

/* path_table.c */
int table_init(struct table *t);
int table_put(struct table *t, u64 key, void *val);	/* replaces; 0 or -ENOMEM */
void table_del(struct table *t, u64 key);
struct open *open_alloc(struct rxs_path *p);
void open_free(struct rxs_path *p, struct open *o);
struct alias *alias_alloc(struct rxs_path *p);
void alias_free(struct rxs_path *p, struct alias *a);
struct poll *poll_alloc(struct rxs_path *p);
void poll_put(struct rxs_path *p, struct poll *l);
void path_memory_free(struct rxs_path *p);
struct cpu *cpu_get_slow(struct rxs_path *p, u16 stream, s16 cpu);
void dev_note(struct rxs_path *p, const struct rxs_event *ev);
u32 dev_name_of(const struct rxs_path *p, u16 stream, u32 netns, u32 ifindex);
void head_set(struct rxs_path *p, struct open *o, u64 key);
void head_clear(struct rxs_path *p, struct open *o);

static inline struct cpu *cpu_get(struct rxs_path *p, u16 stream, s16 cpu)
{
	u32 i = (u32)(cpu < 0 ? 0 : cpu + 1);

	if (likely(stream < p->nr_streams && i < p->nr_cpus[stream] && p->cpus[stream][i]))
		return p->cpus[stream][i];
	return cpu_get_slow(p, stream, cpu);
}

static inline u8 dev_rank(const struct rxs_path *p, u32 dev)
{
	return dev < p->nr_dev_rank ? p->dev_rank[dev] : 0;
}

/* path_napi.c */
int napi_event(struct rxs_path *p, struct cpu *c, const struct rxs_event *ev);
void napi_attach(struct rxs_path *p, struct cpu *c, struct open *o, const struct rxs_event *ev);
void napi_shared_hops(struct open *o);
void napi_fill(struct open *o);
void napi_reset(struct rxs_path *p, struct cpu *c);	/* events of this CPU were lost */
void napi_finish(struct rxs_path *p, struct cpu *c);

/* path_pass.c */
int pass_event(struct rxs_path *p, struct cpu *c, const struct rxs_event *ev);
int clone_event(struct rxs_path *p, const struct rxs_event *ev);
int forward_event(struct rxs_path *p, struct cpu *c, const struct rxs_event *ev);
struct alias *alias_lookup(struct rxs_path *p, const struct rxs_event *ev);
void reader_add(struct open *o, const struct rxs_event *ev);
struct rxs_hop *hop_add(struct rxs_path *p, struct cpu *c, struct alias *a,
			const struct rxs_event *ev);

/* path_merge.c */
void gro_result(struct rxs_path *p, struct cpu *c, const struct rxs_event *ev);
void merge_attempt(struct rxs_path *p, struct cpu *c, const struct rxs_event *ev);
bool merge_on_end(struct rxs_path *p, const struct cpu *c, const struct open *o,
		  const struct rxs_event *ev);
bool tcp_no_payload(const struct rxs_packet *k);
void merge_failed(struct open *o);
void merge_confirm(struct rxs_path *p, struct cpu *c, struct open *o);
void frag_wait(struct rxs_path *p, struct open *o);
void frag_done(struct rxs_path *p, struct open *survivor, const struct rxs_event *ev);
void frag_unlink(struct rxs_path *p, struct open *o);
void reasm_event(struct rxs_path *p, const struct rxs_event *ev);

/* path_end.c */
void end_event(struct rxs_path *p, struct cpu *c, const struct rxs_event *ev);
void transmit_event(struct rxs_path *p, struct cpu *c, const struct rxs_event *ev);
/* The alias's end was not seen and its address belongs to somebody else now. */
void alias_lost(struct rxs_path *p, struct alias *a, enum rxs_why why);
void open_close(struct rxs_path *p, struct open *o, enum rxs_outcome outcome, enum rxs_why why);
/* Events were lost since then (0: some time), and nobody knew when packets ended that were on their way. */
void path_late_loss(struct rxs_path *p, u64 since_ns);
void open_close_unseen(struct rxs_path *p, struct open *o, enum rxs_why why, bool finish);
void open_emit(struct rxs_path *p, struct open *o);

#endif
