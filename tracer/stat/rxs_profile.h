/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The figures of one recording that a comparison needs, apart from its packets: distributions per stage, the
 * shape of the path, drops, batching. Small, and self-contained (its names are its own strings), so that it can
 * be kept as text (rxs_profile_save()) and compared with another machine's.
 */
#ifndef RXS_PROFILE_H
#define RXS_PROFILE_H

#include <stdio.h>

#include "rxs_snapshot.h"

/* What is measured: the stages (ns from the packet's previous hop), then these. */
enum rxs_metric {
	RXS_METRIC_TOTAL = RXS_ST_NR,	/* delivered packets, first to last hop, ns */
	RXS_METRIC_PER_POLL,		/* packets per poll of the device */
	RXS_METRIC_FRAMES,		/* wire frames per packet that was not merged into another (GRO) */
	RXS_METRIC_PROBE,		/* cost of one probe, ns */
	RXS_METRIC_NR
};

/* What is told of a distribution. SYM, name (public) */
#define RXS_FIGURES(X) \
	X(MEAN, "mean") X(P50, "p50") X(P90, "p90") X(P99, "p99") X(P999, "p999") X(MIN, "min") X(MAX, "max")

enum rxs_figure {
#define X(sym, name) RXS_FIG_##sym,
	RXS_FIGURES(X)
#undef X
	RXS_FIG_NR
};

#define RXS_PROFILE_BLOCKS	10	/* a recording's packets in order of time, in so many parts of equal size */
#define RXS_PROFILE_SAMPLES	65536	/* values kept per metric while a recording is read */

/* One distribution of one recording. */
struct rxs_dist {
	u64 count;			/* values; 0 = not measured, all else is 0 then */
	u64 sum;			/* exact, as are MEAN, MIN and MAX */
	double v[RXS_FIG_NR];
	bool exact;			/* the quantiles are of all values, not of a sample */
	u32 nr_blocks;			/* RXS_PROFILE_BLOCKS, or 0 when there are too few values */
	double block[RXS_PROFILE_BLOCKS][RXS_FIG_NR];
	struct rxs_hist hist;		/* for pictures */
};

struct rxs_profile_drop {
	char *reason, *function;	/* owned */
	u16 stage;			/* enum rxs_stage */
	u64 count;
};

struct rxs_profile {
	char *name;			/* of the recording; owned */
	char *kernel;			/* owned */
	bool deterministic;		/* recorded where the same input gives the same times */
	u64 seen;
	u64 outcome[RXS_OUT_NR];
	u64 lost;
	bool lost_unknown;
	u64 polls, budget_exhausted, time_squeeze;
	u64 hits[RXS_ST_NR];
	u64 step[RXS_ST_NR][RXS_ST_NR];	/* packets that went from one stage straight to the other */
	struct rxs_dist dist[RXS_METRIC_NR];
	u32 nr_drops;
	struct rxs_profile_drop *drops;	/* owned; in order of reason, stage, function */
};

/* Public name of a metric ("tcp_v4_rcv", "total", …) and of a figure ("p99"); and back, or -ENOENT. */
const char *rxs_metric_name(unsigned int metric);
int rxs_metric_by_name(const char *name);
bool rxs_metric_is_time(unsigned int metric);
const char *rxs_figure_name(enum rxs_figure f);
int rxs_figure_by_name(const char *name);

/* Collects while a recording is read: memory is bounded by RXS_PROFILE_SAMPLES per metric. */
struct rxs_profiler;

int rxs_profiler_new(struct rxs_profiler **out);		/* 0 or -ENOMEM */
void rxs_profiler_free(struct rxs_profiler *p);			/* NULL is fine */
/* Feed from the path engine's sink, packets in any order. 0 or -ENOMEM. */
int rxs_profiler_packet(struct rxs_profiler *p, const struct rxs_packet *pkt);
int rxs_profiler_poll(struct rxs_profiler *p, const struct rxs_poll *poll);
/*
 * The profile of all that was fed. s and info are the recording's, t gives the names. Free with
 * rxs_profile_free(). 0 or -ENOMEM.
 */
int rxs_profiler_finish(struct rxs_profiler *p, const struct rxs_snapshot *s, const struct rxs_source_info *info,
			const struct rxs_strtab *t, struct rxs_profile **out);
void rxs_profile_free(struct rxs_profile *p);			/* NULL is fine */

/*
 * As text, one fact a line, made to be committed and diffed (docs/baseline.md). Several profiles may follow each
 * other in a file. 0 or -EIO.
 */
int rxs_profile_save(const struct rxs_profile *p, FILE *out);
/*
 * The next profile of a file: 1 and *out, 0 at the end, or -errno: -EBADMSG with the line's number and what is
 * wrong with it in e. *line counts lines, 0 at first.
 */
int rxs_profile_load(FILE *in, unsigned int *line, struct rxs_profile **out, struct rxs_err *e);

#endif
