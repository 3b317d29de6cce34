/* SPDX-License-Identifier: GPL-2.0 */
/*
 * One packet, or one CPU, passing one stage: the only thing the path engine is fed with. Flat and of
 * fixed size; what is not known is 0.
 */
#ifndef RXS_EVENT_H
#define RXS_EVENT_H

#include "../../probes/rxs_stage.h"
#include "../base/rxs_types.h"

#define RXS_HDR_MAX_BYTES 128

struct rxs_event {
	u64 ts_ns;		/* source clock */
	u64 skb;		/* address of the skb; 0: an event of the CPU alone */
	u64 head;		/* skb->head: what clones share and what tells a reused address */
	u64 peer;		/* by op: MERGE the survivor; CLONE the copy; NAPI ops the napi_struct;
				 * SOCKET and APP the struct sock; DROP the code address; REASM the queue */
	u32 len;		/* skb->len, bytes */
	u32 ifindex;
	u32 dev;		/* device (or irq handler) name, string id */
	u32 netns;		/* inode number of the network namespace */
	u32 pid;		/* current task; the reader when stage is APP */
	u32 comm;		/* its name, string id; APP only */
	u32 aux;		/* by stage and op: see hooks.def (irq number, budget, work, ring index, gro_result …) */
	u32 aux2;
	u32 reason;		/* DROP: reason's name without SKB_DROP_REASON_, string id; "" before 5.17 */
	u32 symbol;		/* DROP: kernel function of the code address, string id */
	u16 stage;		/* enum rxs_stage */
	u16 op;			/* enum rxs_op */
	s16 cpu;
	u16 hook;		/* 1 + index into rxs_hooks[] of the hook that told it; 0 = not known */
	u16 stream;		/* index of the source in a merge */
	u16 hdr_len;		/* bytes at hdr; 0 = none */
	u16 flags;		/* RXS_EV_* */
	const u8 *hdr;		/* the packet's first bytes from its Ethernet header; borrowed until the next event */
};

#define RXS_EV_KSOFTIRQD	0x0001	/* current task is ksoftirqd/N */
#define RXS_EV_IN_TASK		0x0002	/* neither hard nor soft interrupt */

/* Events lost between two times. */
struct rxs_lost {
	u64 since_ns;		/* 0 = not known: since the last event of that CPU */
	u64 until_ns;
	u64 count;		/* 0 = some, number not known */
	s16 cpu;		/* -1: any */
	u16 kind;		/* enum rxs_lost_kind (source/rxs_source.h) */
	u16 stream;
	u32 symbol;		/* RXS_LOST_KPROBE: the function, string id */
};

#endif
