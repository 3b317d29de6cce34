/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The live source's parts: a session in tracefs (src_tracefs_session.c), the ring buffers of all CPUs as one
 * stream (src_tracefs_ring.c), names of tasks (src_tracefs_comm.c), missed kprobes (src_tracefs_miss.c), the price
 * of a probe (src_tracefs_cost.c).
 * For src_tracefs.c, and for the commands that set up probes or ask what a machine can do.
 */
#ifndef RXS_SRC_TRACEFS_H
#define RXS_SRC_TRACEFS_H

#include <tracefs.h>

#include "rxs_probes.h"
#include "rxs_source.h"

/* --- session */

/*
 * The tracefs folder, without mounting anything. 0 and a borrowed path; -ENOENT: not mounted, or none in this
 * kernel; -EACCES: this user may not look into it. e has the mend.
 */
int rxs_tracefs_find(const char **tracing, struct rxs_err *e);

/*
 * What a running rxscope owns in tracefs bears its pid and its start time (field 22 of /proc/PID/stat), so
 * that nobody else can be taken for it: instance "rxscope-PID-START", probes' group "rxscope_PID_START".
 */
struct rxs_session {
	const char *tracing;			/* borrowed */
	struct tracefs_instance *instance;	/* NULL until rxs_session_open() */
	char group[64];
};

/* Fill in group: this process's own. */
void rxs_session_group(char *group, size_t size);
/* Make the instance (name NULL: after pid and start time), stopped and empty. 0 or -errno; -EBUSY: it is there already. */
int rxs_session_open(struct rxs_session *s, const char *tracing, const char *name, struct rxs_err *e);
/* Stop, remove probes and instance. Safe at any stage. */
void rxs_session_close(struct rxs_session *s);
/* Remove what dead rxscopes left behind. Returns how many instances and groups. Never touches a live one's. */
unsigned int rxs_session_sweep(const char *tracing);
/* How many there are to be swept. */
unsigned int rxs_session_left_behind(const char *tracing);
/* Write text to the instance's file. 0 or -errno with a sentence. */
int rxs_session_write(const struct rxs_session *s, const char *file, const char *text, struct rxs_err *e);

/* --- ring */

struct rxs_ring;

/* Every sub-buffer as the kernel gave it, before it is taken apart (size_bytes of data). */
typedef int (*rxs_page_fn)(void *ctx, int cpu, const void *page, u32 size_bytes);

/* Open the rings of all CPUs of the instance (borrowed). Free with rxs_ring_close(). 0 or -errno. */
int rxs_ring_open(struct rxs_ring **out, struct tracefs_instance *instance, struct rxs_err *e);
void rxs_ring_close(struct rxs_ring *r);	/* NULL is fine */
/* As rxs_source_ops.next: records in time order over all CPUs, losses where they happened. */
int rxs_ring_next(struct rxs_ring *r, struct rxs_raw *raw, struct rxs_err *e);
/* A timer that is readable when the rings should be looked at again. */
int rxs_ring_pollfd(const struct rxs_ring *r);
/* Nothing more is written to the rings: next() drains them and then returns 0. */
void rxs_ring_stop(struct rxs_ring *r);
/* fn gets each page that is read, and an error of it is next()'s; NULL: nobody. Set before the first next(). 0 or -errno. */
int rxs_ring_set_page_sink(struct rxs_ring *r, rxs_page_fn fn, void *ctx);
/* Forget what is in the rings now. */
void rxs_ring_discard(struct rxs_ring *r);
u32 rxs_ring_nr_cpus(const struct rxs_ring *r);

/* --- names of tasks */

struct rxs_comm;

struct rxs_comm *rxs_comm_new(const char *tracing);	/* NULL with errno ENOMEM */
void rxs_comm_free(struct rxs_comm *c);			/* NULL is fine */
/* Name of the task, borrowed until the next call, or NULL. */
const char *rxs_comm_get(struct rxs_comm *c, int pid);

/* --- missed kprobes */

struct rxs_misses;

/* Of the kprobes in group; tracing (the tracefs folder) and group are borrowed. NULL with errno ENOMEM. */
struct rxs_misses *rxs_misses_new(const char *tracing, const char *group);
void rxs_misses_free(struct rxs_misses *m);	/* NULL is fine */
/*
 * Look at kprobe_profile, if it is time again (ten times a second). last_ns: time of the event read last;
 * drained: there is none to be read now; end: nor will there be.
 */
void rxs_misses_look(struct rxs_misses *m, u64 last_ns, bool drained, bool end);
/* 1: *raw is a loss that a look found, in the time since the look that did not; 0: none to tell now. */
int rxs_misses_next(struct rxs_misses *m, u64 last_ns, struct rxs_raw *raw);

/* --- price */

/*
 * What one probe adds to the time between two stages, measured, ns; 0 = could not be. With kprobe, of a kprobe
 * that fetches what the hook table's fetch: defined in the session's group by rxs_cost_define(), and enabled, with
 * the group, by the caller before it measures; else of a static tracepoint. The ring gets events from it.
 */
int rxs_cost_define(const struct rxs_session *s);	/* 0 or -errno */
u64 rxs_cost_measure(const struct rxs_session *s, bool kprobe);
/* Smallest step of the clock, ns. */
u32 rxs_clock_resolution_ns(const char *clock);

/* --- devices */

/* Is there a network device of that name, in any network namespace? True as well when that cannot be told. */
bool rxs_dev_exists(const char *dev);

/* --- the source itself */

extern const struct rxs_source_ops rxs_source_tracefs;

/* Parts of an opened live source, for record --format trace.dat. Borrowed. */
struct rxs_ring *rxs_tracefs_ring(struct rxs_source *s);
const struct rxs_session *rxs_tracefs_session(struct rxs_source *s);
/* What became of each hook. Borrowed. */
const struct rxs_probes *rxs_tracefs_probes(struct rxs_source *s);

#endif
