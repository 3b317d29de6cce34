/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Two groups of recordings compared: did a stage get slower, did the path change its shape, and how sure is it.
 *
 * Recordings of the deterministic lab are compared exactly: every difference is real. Others are compared by a
 * permutation test: if it made no difference which recording is BASE and which is NEW, how many of all ways to
 * deal them out would look as bad? All figures are tested together (the largest studentised difference of each
 * dealing, after Westfall and Young), so that looking at many figures does not raise false alarms. What slows
 * all stages of a recording alike is the machine's; it is estimated per recording and taken out.
 */
#ifndef RXS_DIFF_H
#define RXS_DIFF_H

#include "rxs_profile.h"

enum rxs_diff_method {
	RXS_DIFF_EXACT,		/* deterministic recordings: no test */
	RXS_DIFF_RUNS,		/* permutation of recordings */
	RXS_DIFF_BLOCKS,	/* too few recordings for the confidence asked: permutation of parts of them */
	RXS_DIFF_NONE,		/* too few packets for that, too: differences are shown, none is sure */
};

struct rxs_diff_opts {
	double confidence;	/* asked for, 0 = 0.99 */
	int exact;		/* 1: exact, whatever the recordings say; 0: never; -1: as the recordings say */
	bool raw;		/* do not take the machine's part out */
	/*
	 * Figures to test, per metric a bit per enum rxs_figure; all 0 = all figures but MIN and MAX. The fewer are
	 * tested together, the smaller a difference is found.
	 */
	u8 test[RXS_METRIC_NR];
};

struct rxs_diff_value {
	double base;		/* median of the recordings */
	double new_;		/* the same; when tested and not raw, BASE and the shift without the machine's part */
	double new_raw;		/* as measured */
	bool tested;
	double p_up, p_down;	/* chance of a rise, a fall like this without a cause; 1 when not tested */
};

struct rxs_diff_metric {
	u64 base_count, new_count;	/* values, all recordings together; 0 = not measured there */
	struct rxs_diff_value v[RXS_FIG_NR];
	struct rxs_hist base_hist, new_hist;	/* all recordings together */
};

enum rxs_shape_kind {
	RXS_SHAPE_STAGE_ADDED,	/* stage */
	RXS_SHAPE_STAGE_GONE,	/* stage */
	RXS_SHAPE_REORDERED,	/* stage now comes after other; it came before it */
	RXS_SHAPE_DROP_NEW,	/* reason, stage */
	RXS_SHAPE_DROP_GONE,	/* reason, stage */
	RXS_SHAPE_BATCHING,	/* packets per poll */
	RXS_SHAPE_GRO,		/* frames per packet */
	RXS_SHAPE_STEP_NEW,	/* stage follows other, which it never did; told, but no finding */
	RXS_SHAPE_STEP_GONE,
};

struct rxs_shape {
	enum rxs_shape_kind kind;
	bool finding;		/* counts for the rule "shape" */
	u16 stage, other;
	const char *reason;	/* of a drop; borrowed from the profiles */
	double base, new_;	/* packets, drops, or the ratio */
	char text[200];		/* a sentence */
};

struct rxs_diff {
	enum rxs_diff_method method;
	double confidence;	/* asked for */
	double best_p;		/* the lowest chance this many recordings or parts can show */
	u64 dealings;		/* looked at */
	bool all_dealings;	/* these are all there are */
	double machine;		/* NEW is this much slower in all stages alike: 0.12 = 12 %; 0 when raw or exact */
	u32 nr_base, nr_new;
	const struct rxs_profile *const *base, *const *new_;	/* borrowed */
	struct rxs_diff_metric m[RXS_METRIC_NR];
	u32 nr_shape;
	struct rxs_shape *shape;
};

/* Both groups have at least one profile; they are borrowed until rxs_diff_free(). 0 or -ENOMEM. */
int rxs_diff_new(struct rxs_diff **out, const struct rxs_profile *const *base, u32 nr_base,
		 const struct rxs_profile *const *new_, u32 nr_new, const struct rxs_diff_opts *o);
void rxs_diff_free(struct rxs_diff *d);

/* Is a rise (up) or fall of that figure beyond the confidence asked for? Exact: always. */
bool rxs_diff_sure(const struct rxs_diff *d, unsigned int metric, enum rxs_figure f, bool up);
/* Public name of a kind of finding: "stage-added", … and of a method: "exact", "runs", "blocks", "none". */
const char *rxs_shape_id(enum rxs_shape_kind k);
const char *rxs_diff_method_id(enum rxs_diff_method m);

#endif
