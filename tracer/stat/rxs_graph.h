/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Where time goes inside of the receive path, function by function: what function_graph recorded
 * (kernel/trace/trace_functions_graph.c) on two sides, compared.
 *
 * A function's own time is what it took less what the functions took that it called. Sums of it are worth little:
 * an interrupt that nobody sees, or a new page of the tracer's ring, adds thousands of instructions to whoever is
 * interrupted. So medians are compared, and those of calls that called as many functions as each other, which took
 * one way through the code most often.
 */
#ifndef RXS_GRAPH_H
#define RXS_GRAPH_H

#include "../base/rxs_types.h"

/* Deepest nesting that function_graph follows (include/linux/ftrace.h, FTRACE_RETFUNC_DEPTH: 50), and some. */
#define RXS_GRAPH_DEPTH_MAX 64

struct rxs_graph;

/* 0 or -ENOMEM. Free with rxs_graph_free(). */
int rxs_graph_new(struct rxs_graph **out);
void rxs_graph_free(struct rxs_graph *g);	/* NULL is fine */
/*
 * A function that took ns returned, in order of time. task: whose stack of calls it was on, a pid; idle tasks all
 * have 0, so a number below 0 for the CPU. depth: 0 for those the trace begins with. 0 or -ENOMEM.
 */
int rxs_graph_exit(struct rxs_graph *g, int task, unsigned int depth, const char *function, u64 ns);
/* So many events were lost. */
void rxs_graph_lost(struct rxs_graph *g, u64 events);

/* One function on both sides. */
struct rxs_graph_row {
	const char *function;		/* owned by the comparison */
	u64 base_calls, new_calls;	/* 0: not seen on that side */
	u64 like;			/* of NEW's calls those that BASE has the like of */
	double base_call_ns, new_call_ns;	/* own time of one such call; the tracer's part is in it */
	double added_ns;		/* per packet: what those calls take more */
	double added_calls;		/* per packet */
};

struct rxs_graph_diff {
	struct rxs_graph_row *rows;	/* most added, or saved, first */
	u32 nr_rows;
	u64 base_packets, new_packets;
	u64 base_lost, new_lost;	/* events */
	u64 shortest_ns;		/* call of all; most of it is the tracer's part */
	char *names;			/* storage of the rows' */
};

/* packets: what each side's figures are divided by, at least 1. 0 or -ENOMEM. Free with rxs_graph_diff_free(). */
int rxs_graph_compare(struct rxs_graph_diff **out, struct rxs_graph *base, u64 base_packets,
		      struct rxs_graph *new_, u64 new_packets);
void rxs_graph_diff_free(struct rxs_graph_diff *d);	/* NULL is fine */

#endif
