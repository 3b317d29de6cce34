/* SPDX-License-Identifier: GPL-2.0 */
/*
 * trace.dat, the file of trace-cmd, versions 6 and 7 (trace-cmd.dat.v6(5), trace-cmd.dat.v7(5)).
 *
 * Read by hand and not through libtracecmd, which trusts the file (sizes go to malloc(), strings are
 * taken to end, option sections may loop) and gives events by calls that cost more than decoding them.
 */
#ifndef RXS_SRC_TRACEDAT_H
#define RXS_SRC_TRACEDAT_H

#include "kbuf.h"
#include "rxs_source.h"
#include "tracing_data.h"

#define TRACEDAT_INSTANCES_MAX	1024
#define TRACEDAT_CPUS_MAX	8192	/* CPU buffers of all instances; NR_CPUS of the largest x86 kernel */

enum tracedat_codec { TRACEDAT_PLAIN, TRACEDAT_ZSTD, TRACEDAT_ZLIB };

/* What trace-cmd does to times before it prints them; host and guest come together by it. */
struct tracedat_clock {
	s64 offset_ns;
	u32 mult, shift;	/* TSC to ns; mult 0: no conversion */
	u64 tsc_offset_ns;
};

/* A tracing instance of the kernel: it has a ring for every CPU. */
struct tracedat_instance {
	char name[64];
	u64 offset;
	u32 first, nr;		/* its CPUs in cpu[] */
};

/* The ring of one CPU of one instance, as a stream of events. */
struct tracedat_cpu {
	s16 cpu;
	bool packed;		/* compressed in chunks, */
	bool begun;		/* whose number has been read */
	u64 pos, end;		/* bytes of the file not read yet */
	u32 chunks;		/* compressed chunks not read yet */
	u64 lost;		/* events its statistics call lost, less those the pages told of */

	u8 *buf;		/* pages being walked */
	u32 buf_max, buf_len, buf_pos;
	struct kbuf page;

	/* the event it is at */
	const u8 *data;
	u32 len_bytes;
	u64 ts_ns;
	/* a loss to be told before the event; lost_ns 0 = since when is not known */
	s64 missed;		/* -1: none, 0: some */
	u16 missed_kind;	/* enum rxs_lost_kind */
	u64 last_ns;		/* of the event before */
	bool ended;
	bool cut_off;		/* the file ends before its data does */
};

struct tracedat {
	struct rxs_input *in;
	struct rxs_kernel kernel;
	u32 version;
	enum tracedat_codec codec;
	struct tracedat_clock clock;
	char clock_name[32];
	char release[128];
	u32 nr_cpus;
	struct tracedat_cpu *cpu;
	u32 nr_bufs;		/* of cpu[] */
	struct tracedat_instance *instance;
	u32 nr_instances;
	char *stats;		/* the texts of all CPUSTAT options */
	u32 stats_bytes;
	u64 taken_bytes;	/* of CPU data told so far: no more than the file has */
	u8 *packed;		/* a compressed chunk */
	u32 packed_max;
	u32 *heap;		/* buffers with an event or a loss, earliest first */
	u32 heap_nr;
	bool given;		/* the record at heap[0] was handed out */
	u64 done_bytes;
	bool cut_off, clocks_differ;
	char note[256];
};

/* Read everything up to the events. 0, or -errno with a sentence in e: -EBADMSG for damage. */
int tracedat_read_head(struct tracedat *d, struct rxs_err *e);
/* Version 7's part of it, from behind the page size on. */
int tracedat_read_sections(struct tracedat *d, u64 pos, struct rxs_err *e);

/* One option that is the same in both: id, and len bytes with a NUL behind them. */
int tracedat_option(struct tracedat *d, u16 id, const char *data, u32 len);
/*
 * Enter an instance ("" is the top one). offset: version 6, where its table of CPUs is. 0, -EBADMSG when there
 * are too many, -ENOMEM.
 */
int tracedat_add_instance(struct tracedat *d, const char *name, u64 offset);
/* Enter the ring of a CPU of that instance; an instance's rings follow one another. As above. */
int tracedat_add_cpu(struct tracedat *d, u32 instance, s32 cpu, u64 offset, u64 size, bool packed);

enum tracedat_option_id {
	TRACEDAT_DONE = 0,
	TRACEDAT_DATE = 1,
	TRACEDAT_CPUSTAT = 2,
	TRACEDAT_BUFFER = 3,
	TRACEDAT_TRACECLOCK = 4,
	TRACEDAT_UNAME = 5,
	TRACEDAT_OFFSET = 7,
	TRACEDAT_CPUCOUNT = 8,
	TRACEDAT_TSC2NSEC = 14,
	TRACEDAT_HEADER_INFO = 16,
	TRACEDAT_FTRACE_EVENTS = 17,
	TRACEDAT_EVENT_FORMATS = 18,
	TRACEDAT_KALLSYMS = 19,
	TRACEDAT_CMDLINES = 21,
	TRACEDAT_BUFFER_TEXT = 22,
};

/* Step to the next event or loss of c. 1; 0 at the end; -errno (-ENOMEM, read errors). */
int tracedat_cpu_next(struct tracedat *d, struct tracedat_cpu *c);
/* Decompress from[] into to[] of exactly to_len bytes. 0, -EBADMSG, -EOPNOTSUPP. */
int tracedat_unpack(enum tracedat_codec codec, void *to, u32 to_len, const void *from, u32 from_len);

#endif
