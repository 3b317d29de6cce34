/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A source gives raw records: from the running kernel, from a file, from a stream. It knows where bytes
 * come from and in which order; it does not know what they mean (that is decode/).
 *
 * Adding a source: one file with a const struct rxs_source_ops, one row in rxs_sources[] (rxs_source.c).
 */
#ifndef RXS_SOURCE_H
#define RXS_SOURCE_H

#include "../base/rxs_err.h"
#include "../base/rxs_strtab.h"
#include "../base/rxs_types.h"

struct rxs_input;
struct tep_handle;

enum rxs_raw_kind {
	RXS_RAW_TEP,	/* data: a trace event as in the kernel's ring, common_type first; tep formats apply */
	RXS_RAW_RXS,	/* data: one encoded event of a .rxs block (docs/rxs-format.md) */
	RXS_RAW_LOST,	/* events lost before this point; data: the function's name (RXS_LOST_KPROBE) or none */
};

/* How events were lost. Ids (rxs_lost_id()) are public. */
enum rxs_lost_kind {
	RXS_LOST_RING,		/* the kernel's ring buffer overran before the reader came ("ring") */
	RXS_LOST_KPROBE,	/* a kprobe was hit but could not run: kprobe_profile's missed ("kprobe") */
	RXS_LOST_READER,	/* perf's LOST records, or a trace-cmd reader that fell behind ("reader") */
	RXS_LOST_FILE,		/* a damaged or cut-off part of a file ("file") */
	RXS_LOST_NR
};

/* One raw record. Everything it points at is borrowed: valid until the source's next next() or close(). */
struct rxs_raw {
	u64 ts_ns;		/* source clock, ns */
	const void *data;
	u32 len_bytes;		/* of data */
	u16 kind;		/* enum rxs_raw_kind */
	s16 cpu;		/* -1: not known */
	u16 stream;		/* index of the source in a merge, 0 otherwise */
	/* RXS_RAW_LOST only */
	u16 lost_kind;		/* enum rxs_lost_kind */
	u64 lost;		/* events lost; 0 = some, number not known */
	u64 lost_since_ns;	/* the loss happened between this and ts_ns; 0 = not known */
};

/* What a source says of itself. Strings are borrowed from the source. */
struct rxs_source_info {
	const char *kind;	/* "live", "rxs", "trace.dat", "perf.data", "ctf" */
	const char *name;	/* file name, or "" */
	const char *kernel;	/* release of the kernel recorded, "" = not known */
	const char *clock;	/* "mono", "local", "perf", … */
	u32 clock_res_ns;	/* resolution of the clock, 0 = not known */
	u32 nr_cpus;		/* 0 = not known */
	u64 probe_cost_ns;	/* cost of one probe measured at attach, 0 = not measured */
	u64 size_bytes;		/* of the file, 0 = no file */
	bool deterministic;	/* recorded where the same input gives the same times: rxscope lab --deterministic */
	const char *note;	/* what a person should know: clocks that differ, a cut-off file; "" or NULL = nothing */
	/* The kernel structures to decode RXS_RAW_TEP with, or NULL; owned by the source. */
	struct tep_handle *tep;
};

struct rxs_source_opts {
	const char *uri;	/* file name, "-" for standard input, "" for this kernel */
	const char *backend;	/* live: "auto", "kprobe", "tracepoint" */
	const char *dev;	/* live: only this network device, NULL = all */
	const char *instance;	/* live: name of the tracefs instance, NULL = own */
	u32 buffer_kb;		/* live: ring per CPU, 0 = default */
	const char *clock;	/* live: trace clock, NULL = "mono" */
	bool no_probe_cost;	/* live: do not measure the cost of a probe at attach */
};

struct rxs_source;

struct rxs_source_ops {
	const char *name;
	/* How sure it is that the first len bytes of a file are its own: 0 (no) … 100. NULL: not for files. */
	int (*probe)(const void *head, size_t len);
	/* The same for a folder, by its path. May be NULL. */
	int (*probe_dir)(const char *path);
	/* Open (s->in is the opened file, NULL for live and folders); on error -errno and a sentence in e. On success s->priv is set. */
	int (*open)(struct rxs_source *s, const struct rxs_source_opts *o, struct rxs_err *e);
	/* Live only, may be NULL: attach and begin. After it returns, every event is seen. */
	int (*start)(struct rxs_source *s, struct rxs_err *e);
	/* Live only, may be NULL: detach; next() then drains what is buffered and returns 0. */
	void (*stop)(struct rxs_source *s);
	/* 1: *r is the next record in time order; 0: the end; -EAGAIN: nothing now; else -errno, text in e. */
	int (*next)(struct rxs_source *s, struct rxs_raw *r, struct rxs_err *e);
	/* A descriptor that poll()s readable when next() may have more; -1 for files. May be NULL (= -1). */
	int (*pollfd)(struct rxs_source *s);
	/* Bytes of the file consumed so far, for a progress bar. May be NULL. */
	u64 (*position)(struct rxs_source *s);
	/* Name of a task by pid, borrowed until the next call, or NULL. May be NULL. */
	const char *(*comm)(struct rxs_source *s, int pid);
	/* Fill *i; strings stay valid until close. */
	void (*info)(struct rxs_source *s, struct rxs_source_info *i);
	/* Free everything, undo every change to the system. */
	void (*close)(struct rxs_source *s);
};

struct rxs_source {
	const struct rxs_source_ops *ops;
	void *priv;
	struct rxs_input *in;	/* owned; rxs_source_close() frees it after ops->close() */
};

extern const struct rxs_source_ops rxs_source_tracefs;
extern const struct rxs_source_ops rxs_source_rxs;
extern const struct rxs_source_ops rxs_source_tracedat;
extern const struct rxs_source_ops rxs_source_perfdata;

/* All sources, NULL-terminated, in order of the table. */
extern const struct rxs_source_ops *const rxs_sources[];

/*
 * Open what o->uri names: "" is the running kernel; a file is told by its content (the ops with the
 * highest probe() score). Returns 0 and a source to be freed with rxs_source_close(), or -errno:
 * -EBADMSG: no source knows this file, or it is damaged from the start; -ENOENT, -EACCES, -EISDIR, …
 * as open(2).
 */
int rxs_source_open(struct rxs_source **out, const struct rxs_source_opts *o, struct rxs_err *e);
/* NULL is fine. */
void rxs_source_close(struct rxs_source *s);

/*
 * Several sources as one, in time order (rxs_merge.c). Takes ownership of src[0..nr-1]. Records carry
 * the index of their source in .stream. info() is the first source's. Returns 0 or -errno.
 */
int rxs_merge_open(struct rxs_source **out, struct rxs_source **src, unsigned int nr, struct rxs_err *e);
/* The k-th source of a merge, or s itself (k = 0) when s is no merge. NULL when there is none. Borrowed. */
struct rxs_source *rxs_merge_nth(struct rxs_source *s, unsigned int k);

/* Public id of a kind of loss: "ring", "kprobe", "reader", "file". */
const char *rxs_lost_id(enum rxs_lost_kind k);

#endif
