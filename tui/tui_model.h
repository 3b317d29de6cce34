/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the screen remembers: recent packets, polls, interrupts and losses within a bound of memory,
 * and the statistics as they stood at any instant of what is remembered. Everything is counted,
 * whether its packet is still remembered or not.
 *
 * Fed by the run's callbacks; read by the views through the queries below. Times are of the
 * source's clock.
 */
#ifndef TUI_MODEL_H
#define TUI_MODEL_H

#include "../tracer/path/rxs_filter.h"
#include "../tracer/stat/rxs_snapshot.h"
#include "tui_acc.h"
#include "tui_pack.h"
#include "tui_ring.h"

/* One packet remembered, in the order in which packets ended. */
struct tui_ent {
	u64 at_ns;		/* when its end was known; never decreases from one to the next */
	u64 first_ns, last_ns;
	u64 id;			/* rxs_packet.id */
	u32 chunk, off;		/* where it is packed */
	u32 packed_bytes;
	u32 len;		/* bytes on the wire */
	u32 flow;		/* number of its flow, < TUI_FLOWS_MAX */
	u16 drop;		/* number of its kind of drop + 1, 0 = not dropped */
	u8 outcome;		/* enum rxs_outcome */
	u8 match;		/* passes the filter */
	u8 marked;		/* by the user */
	u8 open;		/* OPEN: it was on its way until the end of the recording */
};

/* A moment of a CPU: interrupt, softirq, poll begin and end, interrupts on again. */
struct tui_mark {
	u64 at_ns;
	u32 dev;		/* string id */
	u32 aux, aux2;
	s16 cpu;
	u8 stage, op;
	u16 flags;		/* RXS_EV_* */
};

struct tui_poll { u64 at_ns; struct rxs_poll p; u8 new_irq, new_softirq, new_squeeze; };
struct tui_loss { u64 at_ns; struct rxs_lost l; };

/* A kind of drop, a device, a flow: the number is its place in the array. */
struct tui_drop { u32 reason, symbol; u16 stage; };
struct tui_dev { u32 dev, ifindex, netns; };

/* Statistics of the time from t0_ns on and before t1_ns. */
struct tui_slice {
	u64 t0_ns, t1_ns;
	u64 seq0, poll0, loss0;		/* the first packet, poll, loss of it */
	u8 *data;			/* encoded tui_acc */
	u32 len;
	u32 hits[RXS_ST_NR];
	u8 level;			/* 2^level slices were joined */
};

/* Of TUI_BLOCK entries: what lets a query pass them over. */
#define TUI_BLOCK 64
struct tui_block { u64 min_first_ns, max_first_ns, max_last_ns; };

struct tui_chunk { u8 *data; u32 used, live; };
struct tui_evchunk { u8 *data; u32 used, nr; u64 base_ns, last_ns; };

/* Statistics at one instant, and how far they are. */
struct tui_at {
	struct tui_acc acc;
	u64 ns;				/* everything known up to here is in it */
	u64 seq, poll, loss;		/* the next to take */
};

struct tui_model {
	const struct rxs_strtab *strtab;	/* borrowed */
	u64 limit_bytes;
	u64 slice_ns;			/* shortest slice */
	struct tui_ring ent, chunk, poll, mark, loss, evchunk, block;
	u64 packed_bytes, event_bytes, slice_bytes;
	u64 first_ns;			/* the earliest thing seen */
	u64 align_ns;			/* where slices begin to be counted */
	u64 head_ns;			/* the last */
	bool any;			/* something was seen */
	bool no_events;			/* events are not kept (nothing can be saved as .rxs) */
	u64 packets, evicted;		/* all packets ever; no longer remembered */
	u64 matched;			/* packets that passed the filter */
	u64 filter_since_ns;		/* counted from here on only; 0 = all is counted */
	struct rxs_filter *filter;	/* owned; NULL = all */
	/* slices, oldest first */
	struct tui_slice **slice;
	u32 nr_slices, cap_slices;
	u32 at_level[40];
	struct tui_slice cur;		/* being filled; its numbers are in open */
	struct tui_acc open;
	struct tui_acc join;		/* scratch for joining slices */
	struct tui_at view;		/* at the cursor */
	bool view_follows;		/* view takes what arrives */
	/* names */
	struct tui_drop drop[TUI_DROPS_MAX];
	u32 nr_drops;
	struct tui_dev dev[TUI_DEVS_MAX];
	u32 nr_devs;
	struct rxs_flow *flow;		/* TUI_FLOWS_MAX; the last stands for all others */
	u64 *flow_first_ns;
	u32 nr_flows;
	u16 flow_slot[TUI_FLOWS_MAX * 2];	/* hash: number + 1 */
	/*
	 * per CPU, to tell a new interrupt or softirq from one already counted, and double hooks
	 * from one
	 */
	struct {
		u64 irq_ns, softirq_ns, squeezed_ns;
		u16 last;
		u32 last_aux;
		u8 seen;
	} cpu[TUI_CPUS_MAX];
	u32 nr_cpus;
	u32 passed;			/* a bit for each stage that a counted packet ever passed */
	u64 open_by_stage[RXS_ST_NR];	/* on their way at the head, told by the run */
	u8 *scratch;
	size_t scratch_bytes;
};

/*
 * limit_bytes bounds what is remembered; slice_ns is the finest step of the statistics over time. 0
 * or -errno.
 */
int tui_model_new(struct tui_model **out, const struct rxs_strtab *t, u64 limit_bytes,
		  u64 slice_ns);
void tui_model_free(struct tui_model *m);

/* From the run. Memory running out forgets the packet; it is counted as no longer remembered. */
void tui_model_packet(struct tui_model *m, const struct rxs_packet *p);
void tui_model_poll(struct tui_model *m, const struct rxs_poll *p);
void tui_model_lost(struct tui_model *m, const struct rxs_lost *l);
int tui_model_event(struct tui_model *m, const struct rxs_event *ev);

/*
 * Show and count only what passes f (NULL = all; ownership goes to the model). Counts start again
 * from what is remembered.
 */
void tui_model_set_filter(struct tui_model *m, struct rxs_filter *f);

/* Bytes used by what is remembered. */
u64 tui_model_bytes(const struct tui_model *m);
/* The earliest instant that can be shown. */
u64 tui_model_begin_ns(const struct tui_model *m);
/* Bring m->view to the instant. */
void tui_model_seek(struct tui_model *m, u64 ns);
/* Let m->view take everything as it arrives, or stay where it is. */
void tui_model_follow(struct tui_model *m, bool follow);
/*
 * The parts of a snapshot that rxs_explain needs, from m->view. Borrowed from m until the next
 * seek.
 */
void tui_model_snapshot(const struct tui_model *m, struct rxs_snapshot *s);

/* Packet number seq unpacked into out. 0, -ENOENT when it is not remembered, -ENOMEM. */
int tui_model_read(const struct tui_model *m, u64 seq, struct tui_packet *out);
static inline struct tui_ent *tui_model_ent(const struct tui_model *m, u64 seq)
{
	return tui_ring_at(&m->ent, seq);
}

/* Queries (tui_query.c). "No" is UINT64_MAX. */
#define TUI_NO UINT64_MAX

/* The first packet whose end was known after ns. */
u64 tui_model_after(const struct tui_model *m, u64 ns);
/*
 * Number of the packet with this id, or TUI_NO. It is looked for around the number near, at most far
 * away (TUI_NO: everywhere).
 */
u64 tui_model_by_id(const struct tui_model *m, u64 id, u64 near, u64 far);
/*
 * Up to max packets on their way at ns (first hop at or before, last hop after), and how many there
 * are.
 */
u64 tui_model_in_flight(const struct tui_model *m, u64 ns, u64 *seq, u32 max, u32 *nr);
/* Time of the next hop after, or the last hop before ns, of any packet that passes the filter. */
u64 tui_model_next_hop(const struct tui_model *m, u64 ns);
u64 tui_model_prev_hop(const struct tui_model *m, u64 ns);
/* The packet that begins next after, or last before ns. */
u64 tui_model_next_packet(const struct tui_model *m, u64 ns);
u64 tui_model_prev_packet(const struct tui_model *m, u64 ns);
/* The first mark, poll or loss at or after ns. */
u64 tui_ring_after(const struct tui_ring *r, u64 ns);
/*
 * Passes of a stage (RXS_ST_NR: packets that ended) over the nr equal columns of time that end at
 * end_ns.
 */
void tui_model_rate(const struct tui_model *m, u32 stage, u64 end_ns, u64 column_ns, u64 *value,
		    u32 nr);
/*
 * Counts of a histogram's values over time: heat[column * rows + row], rows from log2 steps lo_ns …
 * hi_ns.
 */
void tui_model_heat(const struct tui_model *m, u32 hist, u64 end_ns, u64 column_ns, u32 columns,
		    u64 lo_ns, u64 hi_ns, u32 rows, u32 *heat);

/* Counting (tui_count.c): what one packet, poll, loss adds. */
void tui_count_packet(struct tui_acc *a, const struct tui_ent *e, const struct rxs_packet *p,
		      u32 dev);
void tui_count_poll(struct tui_acc *a, const struct tui_poll *p);
void tui_count_lost(struct tui_acc *a, const struct rxs_lost *l);
/*
 * The same for the pictures over time: passes of each stage. The first returns a bit for each stage
 * passed.
 */
u32 tui_count_passes(const struct rxs_packet *p, u32 hits[RXS_ST_NR]);
void tui_count_poll_passes(const struct tui_poll *p, u32 hits[RXS_ST_NR]);

#endif
