/* SPDX-License-Identifier: GPL-2.0 */
/*
 * One analysis: sources merged, decoded, joined, counted. What report, live, diff and export have in common,
 * so that a file and a live stream go through the very same code.
 *
 * The caller turns the crank with rxs_run_step() and gets packets through its callbacks.
 */
#ifndef RXS_RUN_H
#define RXS_RUN_H

#include "../decode/rxs_decode.h"
#include "../path/rxs_filter.h"
#include "../stat/rxs_snapshot.h"

struct rxs_run;

struct rxs_run_sink {
	void *ctx;
	/* A finished packet that passed the filter. Borrowed until return. May be NULL. */
	void (*packet)(void *ctx, const struct rxs_packet *p);
	void (*poll)(void *ctx, const struct rxs_poll *p);			/* may be NULL */
	void (*lost)(void *ctx, const struct rxs_lost *l);			/* may be NULL */
	/*
	 * One hop of a packet still on its way that passes the filter as far as it is known by then: with an
	 * outcome asked for, a packet matches only when it ends. May be NULL.
	 */
	void (*hop)(void *ctx, const struct rxs_packet *p, const struct rxs_hop *h);
	/* Every decoded event, before it is joined (record writes them). May be NULL. */
	int (*event)(void *ctx, const struct rxs_event *ev);
};

struct rxs_run_opts {
	const char *const *files;	/* NULL-terminated; empty or NULL: the running kernel */
	struct rxs_source_opts source;	/* uri is ignored: files rules */
	struct rxs_filter_opts filter;
	struct rxs_path_opts path;
	struct rxs_stat_opts stat;
	bool no_join;			/* record: do not join, only decode */
	bool correct;			/* subtract the source's measured probe cost per hop */
};

/* Open everything; live sources are not started yet. 0, or -errno with a sentence in e. */
int rxs_run_open(struct rxs_run **out, const struct rxs_run_opts *o, const struct rxs_run_sink *sink,
		 struct rxs_err *e);
int rxs_run_start(struct rxs_run *r, struct rxs_err *e);
/* Live: detach; step() drains what is buffered, then returns 0. */
void rxs_run_stop(struct rxs_run *r);
/*
 * Take up to max events. >0: events taken; 0: the end, all open packets have been handed out;
 * -EAGAIN: a live source has nothing now (poll on rxs_run_pollfd()); else -errno, sentence in e. After an
 * error of a file what was read before it counts: open packets have been handed out, a snapshot is whole.
 */
int rxs_run_step(struct rxs_run *r, unsigned int max, struct rxs_err *e);
int rxs_run_pollfd(const struct rxs_run *r);		/* -1: never waits */
/* Statistics now. Free with rxs_snapshot_free(). Packets the filter refuses are not in it. */
int rxs_run_snapshot(const struct rxs_run *r, struct rxs_snapshot **out);
/* Packets on their way now, per last stage passed; cheaper than a snapshot. Zeros before the start. */
void rxs_run_open_by_stage(const struct rxs_run *r, u64 open[RXS_ST_NR]);
void rxs_run_info(const struct rxs_run *r, struct rxs_source_info *info);
void rxs_run_decode_stats(const struct rxs_run *r, struct rxs_decode_stats *out);
u64 rxs_run_hook_hits(const struct rxs_run *r, unsigned int hook);
u64 rxs_run_position_bytes(const struct rxs_run *r);	/* for a progress bar, of all files */
u64 rxs_run_size_bytes(const struct rxs_run *r);	/* 0 = not known */
struct rxs_strtab *rxs_run_strtab(struct rxs_run *r);	/* borrowed */
/* Replace the filter from now on. On -EINVAL the old one stays. */
int rxs_run_set_filter(struct rxs_run *r, const struct rxs_filter_opts *o, struct rxs_err *e);
void rxs_run_close(struct rxs_run *r);			/* NULL is fine */

#endif
