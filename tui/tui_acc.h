/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Statistics as numbered counters, so that those of any stretch of time can be kept in few bytes,
 * added up, and shown as they stood at any instant. A key says how its values join: by sum, by
 * maximum or by minimum.
 *
 * Why not struct rxs_stat: it counts on, and cannot be asked how it stood a moment ago. What both
 * count, they count alike; a test holds them against each other.
 */
#ifndef TUI_ACC_H
#define TUI_ACC_H

#include "../tracer/base/rxs_strtab.h"
#include "../tracer/source/rxs_source.h"
#include "../tracer/stat/rxs_hist.h"
#include "../tracer/path/rxs_path.h"

/* Histograms: one per stage (ns from the previous hop), then: */
enum {
	TUI_H_TOTAL = RXS_ST_NR,	/* first to last hop of delivered packets, ns */
	TUI_H_SOFTIRQ,			/* NAPI scheduled to softirq begun, ns */
	TUI_H_PER_POLL,			/* packets per poll */
	TUI_H_NR
};

#define TUI_DROPS_MAX	256	/* kinds of drop told apart */
#define TUI_DEVS_MAX	64
#define TUI_CPUS_MAX	256
#define TUI_FLOWS_MAX	2048
/*
 * A flow's total times: eight steps per power of two from 64 ns to 137 s, so a percentile is 4.5 %
 * off at most.
 */
#define TUI_FLOW_BINS	248

enum {
	TUI_CPU_POLLS,
	TUI_CPU_PACKETS,
	TUI_CPU_IRQS,
	TUI_CPU_SOFTIRQS,
	TUI_CPU_SQUEEZED,
	TUI_CPU_KSOFTIRQD,
	TUI_CPU_EXHAUSTED,
	TUI_CPU_LOST,
	TUI_CPU_NR
};
enum {
	TUI_DEV_PACKETS,
	TUI_DEV_BYTES,
	TUI_DEV_DELIVERED,
	TUI_DEV_DROPPED,
	TUI_DEV_MERGED,
	TUI_DEV_NR
};
enum { TUI_FLOW_PACKETS, TUI_FLOW_BYTES, TUI_FLOW_FRAMES, TUI_FLOW_DROPPED,
       TUI_FLOW_BIN0, TUI_FLOW_NR = TUI_FLOW_BIN0 + TUI_FLOW_BINS };

enum {
	/* joined by sum */
	TUI_K_HIST = 0,
	TUI_K_SUM = TUI_K_HIST + TUI_H_NR * RXS_HIST_BUCKETS,	/* of each histogram's values */
	TUI_K_HITS = TUI_K_SUM + TUI_H_NR,			/* of each stage: packets that passed */
	TUI_K_ENDED = TUI_K_HITS + RXS_ST_NR,			/* packets that ended after it */
	TUI_K_STAGE_DROPS = TUI_K_ENDED + RXS_ST_NR,
	TUI_K_OUTCOME = TUI_K_STAGE_DROPS + RXS_ST_NR,
	TUI_K_WHY = TUI_K_OUTCOME + RXS_OUT_NR,
	TUI_K_BYTES = TUI_K_WHY + RXS_WHY_NR,
	TUI_K_FRAMES,
	TUI_K_LOST,						/* events, of each kind */
	TUI_K_LOST_TIMES = TUI_K_LOST + RXS_LOST_NR,
	TUI_K_LOST_UNKNOWN = TUI_K_LOST_TIMES + RXS_LOST_NR,	/* losses without a number */
	TUI_K_CPU,
	TUI_K_DROP = TUI_K_CPU + TUI_CPUS_MAX * TUI_CPU_NR,
	TUI_K_DEV = TUI_K_DROP + TUI_DROPS_MAX,
	TUI_K_FLOW = TUI_K_DEV + TUI_DEVS_MAX * TUI_DEV_NR,
	/* joined by maximum */
	TUI_K_MAX0 = TUI_K_FLOW + TUI_FLOWS_MAX * TUI_FLOW_NR,
	TUI_K_HIST_MAX = TUI_K_MAX0,
	TUI_K_DROP_LAST = TUI_K_HIST_MAX + TUI_H_NR,		/* time, ns */
	TUI_K_FLOW_LAST = TUI_K_DROP_LAST + TUI_DROPS_MAX,
	TUI_K_FLOW_MAX = TUI_K_FLOW_LAST + TUI_FLOWS_MAX,
	/* joined by minimum; the value is one more, 0 is none */
	TUI_K_MIN0 = TUI_K_FLOW_MAX + TUI_FLOWS_MAX,
	TUI_K_HIST_MIN = TUI_K_MIN0,
	TUI_K_NR = TUI_K_HIST_MIN + TUI_H_NR
};

struct tui_acc {
	u64 *val;			/* TUI_K_NR */
	u32 *used;			/* keys whose value is not 0 */
	u32 nr_used, cap_used;
	u32 lo[TUI_H_NR], hi[TUI_H_NR];	/* buckets in use; lo > hi = none */
	u64 count[TUI_H_NR];		/* values in each histogram */
};

/* 0 or -ENOMEM. */
int tui_acc_init(struct tui_acc *a);
void tui_acc_free(struct tui_acc *a);
void tui_acc_reset(struct tui_acc *a);
/* Join one value; its key says how. Memory running out loses the value (the screen goes on). */
void tui_acc_add(struct tui_acc *a, u32 key, u64 v);
/* One value into a histogram: its bucket, sum, minimum and maximum. */
void tui_acc_hist_add(struct tui_acc *a, u32 hist, u64 v);

static inline u64 tui_acc_get(const struct tui_acc *a, u32 key)
{
	return a->val[key];
}

/* A histogram as the statistics' own type; its buckets are borrowed from a, until the next add. */
struct rxs_hist tui_acc_hist(const struct tui_acc *a, u32 hist);
/* Quantile q of a flow's total times, ns. */
u64 tui_acc_flow_quantile(const struct tui_acc *a, u32 flow, double q);
u32 tui_flow_bin(u64 ns);

/*
 * All values as bytes (malloc'd, to be freed), or NULL when memory runs out or there is none (*len
 * = 0).
 */
u8 *tui_acc_encode(struct tui_acc *a, u32 *len);
/* Join what was encoded. */
void tui_acc_apply(struct tui_acc *a, const u8 *data, u32 len);
/* Call f for the encoded values with keys from lo on and below hi. */
void tui_acc_scan(const u8 *data, u32 len, u32 lo, u32 hi, void (*f)(void *ctx, u32 key, u64 v),
		  void *ctx);

#endif
