/* SPDX-License-Identifier: GPL-2.0 */
/* The joined path of one packet: every stage it passed, when, where, and how it ended. */
#ifndef RXS_PACKET_H
#define RXS_PACKET_H

#include "../decode/rxs_event.h"
#include "../decode/rxs_flow.h"

/* RXS_OUTCOME: SYM, id (public), meaning */
#define RXS_OUTCOMES(X) \
	X(OPEN, "open", "the recording ended while it was on its way") \
	X(DELIVERED, "delivered", "an application read it") \
	X(CONSUMED, "consumed", "the stack itself used it: ACK, ARP, ICMP echo") \
	X(FORWARDED, "forwarded", "sent on to another device") \
	X(MERGED, "merged", "became part of another packet") \
	X(DROPPED, "dropped", "freed unused") \
	X(INCOMPLETE, "incomplete", "its beginning or end was not seen; why says the cause")

enum rxs_outcome {
#define X(sym, id, meaning) RXS_OUT_##sym,
	RXS_OUTCOMES(X)
#undef X
	RXS_OUT_NR
};

/* Why a packet is incomplete. SYM, id (public), meaning */
#define RXS_WHYS(X) \
	X(NONE, "", "") \
	X(BEFORE, "before-recording", "it was on its way when the recording began") \
	X(LOSS, "loss", "events were lost while it was on its way") \
	X(REUSED, "end-not-seen", "its skb was used again before its end was seen") \
	X(MEMORY, "memory", "too many packets on their way at once; given up to bound memory") \
	X(BEGIN, "begin-not-seen", "it came in by a way that no hook saw, and nothing was lost")

enum rxs_why {
#define X(sym, id, meaning) RXS_WHY_##sym,
	RXS_WHYS(X)
#undef X
	RXS_WHY_NR
};

/* How a packet was merged into another. */
enum rxs_merge_kind { RXS_MERGE_NONE, RXS_MERGE_GRO, RXS_MERGE_COALESCE, RXS_MERGE_DEFRAG };

/* One stage passed. */
struct rxs_hop {
	u64 ts_ns;
	u32 len;		/* skb->len there, 0 = not known */
	u32 dev;		/* device name, string id, 0 = as before */
	u32 pid;		/* current task */
	u16 stage;		/* enum rxs_stage */
	s16 cpu;
	u8 op;			/* enum rxs_op */
	u8 flags;		/* RXS_HOP_* */
	u16 hook;		/* 1 + index into rxs_hooks[]: the first that told it */
	u32 seq;		/* events that CPU had given when it gave this one: what probes cost between two hops */
};
#define RXS_HOP_SHARED	0x01	/* of the interrupt, softirq or poll: shared with the others of that poll */
#define RXS_HOP_CLONE	0x02	/* passed by a clone of the packet (tap, raw socket), not by itself */
#define RXS_HOP_HELD	0x04	/* gro: GRO held the packet back (GRO_HELD) */
#define RXS_HOP_PASS	0x08	/* the packet enters the receive path once more, on another device */
/* Which clone passed: 0 the packet itself, 1 … 15 its clones (they share numbers when there are more). */
#define RXS_HOP_CLONE_NR(h)	((u8)((h)->flags >> 4))

/*
 * The NAPI context a packet came in. All 0 when it did not come through a poll (loopback, veth).
 *
 * A poll that follows another without an interrupt between (irq_polls > 1) takes packets that came at an
 * unknown time after that interrupt: such packets have no hops for irq and napi_schedule, their way starts
 * with the softirq; irq_ns still names the interrupt that started the series.
 */
struct rxs_napi_ctx {
	u64 irq_ns;		/* interrupt entered; 0 = not seen */
	u64 schedule_ns;
	u64 softirq_ns;
	u64 poll_ns;		/* poll began */
	u64 napi;		/* address of the napi_struct */
	u64 poll_id;		/* counts polls in this analysis, from 1; 0 = none */
	u32 irq;		/* number */
	u32 pos;		/* position in the poll, from 1 */
	u32 work;		/* packets of that poll, 0 = its end was not seen */
	u32 budget;
	u32 irq_polls;		/* polls since the interrupt: 1 = the first; more: polled again without one */
	u8 ksoftirqd;		/* polled by ksoftirqd, not on leaving the interrupt */
	u8 squeezed;		/* the softirq ended with work left (time_squeeze) */
};

#define RXS_MERGED_MAX	64	/* ids kept of packets merged into one; the count is exact */
#define RXS_READERS_MAX	4

struct rxs_reader {
	u64 ts_ns;
	u32 pid;
	u32 comm;		/* string id */
	u64 sock;
};

struct rxs_packet {
	u64 id;			/* 1, 2, 3 … in order of first sight; the same for the same recording */
	u64 skb, head;
	u64 first_ns, last_ns;	/* first own hop (or its interrupt), last hop */
	u64 sock;		/* struct sock it was queued on, 0 = none */
	u64 merged_into;	/* id of the survivor, 0 = none */
	u32 outcome;		/* enum rxs_outcome */
	u32 why;		/* enum rxs_why, for INCOMPLETE */
	u32 merge_kind;		/* enum rxs_merge_kind */
	u32 frames;		/* wire frames in it: 1, or more when others were merged into it */
	u32 nr_merged;		/* packets merged into it */
	u64 merged[RXS_MERGED_MAX];
	u32 clones;		/* clones made of it (taps, raw and multicast sockets) */
	u32 nr_readers;		/* deliveries; the first RXS_READERS_MAX are kept */
	struct rxs_reader reader[RXS_READERS_MAX];
	u32 dev;		/* device it came in on, string id */
	u32 ifindex;
	u32 netns;
	u32 len;		/* bytes at first sight */
	u32 reason;		/* DROPPED: string id, 0 = no reason given */
	u32 symbol;		/* DROPPED: function that freed it, string id */
	u64 location;		/* DROPPED: code address */
	u16 drop_stage;		/* DROPPED: last stage passed */
	s16 cpu;		/* of the first hop */
	u16 stream;
	u16 hdr_len;
	u32 nr_hops;
	struct rxs_hop *hops;	/* in time order; NAPI context first (RXS_HOP_SHARED) */
	struct rxs_napi_ctx napi;
	struct rxs_flow flow;
	u8 hdr[RXS_HDR_MAX_BYTES];
};

const char *rxs_outcome_id(enum rxs_outcome o);
const char *rxs_outcome_meaning(enum rxs_outcome o);
int rxs_outcome_by_id(const char *id);		/* or -ENOENT */
const char *rxs_why_id(enum rxs_why w);
const char *rxs_why_meaning(enum rxs_why w);
/* First hop of that stage, or NULL. Borrowed from p. */
const struct rxs_hop *rxs_packet_hop(const struct rxs_packet *p, enum rxs_stage s);
/*
 * The hop before hop number i on the same way: a clone's hop follows that clone's last hop, or the packet's
 * own last hop before it; the packet's own hops do not follow a clone's. Index, or -1 when there is none.
 */
int rxs_packet_prev(const struct rxs_packet *p, u32 i);
/* Bytes of the frame with its Ethernet header, without FCS (and without a VLAN tag the NIC stripped). */
u32 rxs_packet_frame_bytes(const struct rxs_packet *p);
/* last_ns − first_ns. */
u64 rxs_packet_total_ns(const struct rxs_packet *p);
/* A copy that lives on its own (one allocation); free with free(). NULL with errno ENOMEM. */
struct rxs_packet *rxs_packet_dup(const struct rxs_packet *p);

#endif
