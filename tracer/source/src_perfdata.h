/* SPDX-License-Identifier: GPL-2.0 */
/*
 * perf.data, the file of perf record, and what `perf record -o -` writes to a pipe
 * (tools/perf/Documentation/perf.data-file-format.txt, perf_event_open(2)). No library reads it.
 *
 *   perfdata_head.c    file header, attributes, feature sections
 *   perfdata_records.c the stream of records, compressed or not
 *   perfdata_order.c   records of several CPUs into one order of time
 *   src_perfdata.c     the source
 */
#ifndef RXS_SRC_PERFDATA_H
#define RXS_SRC_PERFDATA_H

#include <linux/perf_event.h>
#include <zstd.h>

#include "rxs_input.h"
#include "rxs_kernel.h"
#include "rxs_source.h"
#include "tracing_data.h"

/* tools/perf/util/event.h and header.h: what the kernel's headers do not have. */
enum perfdata_type {
	PERFDATA_HEADER_ATTR = 64,
	PERFDATA_HEADER_TRACING_DATA = 66,
	PERFDATA_FINISHED_ROUND = 68,
	PERFDATA_AUXTRACE = 71,
	PERFDATA_HEADER_FEATURE = 80,
	PERFDATA_COMPRESSED = 81,
	PERFDATA_COMPRESSED2 = 83,
};

enum perfdata_feature {
	PERFDATA_FEAT_TRACING_DATA = 1,
	PERFDATA_FEAT_OSRELEASE = 4,
	PERFDATA_FEAT_NRCPUS = 7,
	PERFDATA_FEAT_CLOCKID = 23,
	PERFDATA_FEAT_BITS = 256,
};

#define PERFDATA_ATTRS_MAX	4096
#define PERFDATA_IDS_MAX	(1 << 20)

/* One event type recorded: how its records are laid out. */
struct perfdata_attr {
	bool tracepoint;
	bool fixed;		/* nothing of variable length before the raw data: raw_off is known */
	u64 sample_type, read_format;
	u16 time_off, cpu_off;	/* from the record's header on; cpu_off 0 = no CPU in it */
	u16 raw_off;		/* of the raw data's u32 size */
	u16 tail_time, tail_cpu;	/* other records: counted back from their end; 0 = not there */
};

/* Identifier to attribute, open addressing. */
struct perfdata_id {
	u64 id;
	u32 attr;		/* 1 + index, 0 = free */
};

/* --- order of time --- */

#define PERFDATA_LANES_MAX	2048
#define PERFDATA_COPY_BYTES	16	/* at a time; so much may be read and written behind the end */
#define PERFDATA_HELD_MAX_BYTES	(256u << 20)	/* then order gives way to memory */

enum perfdata_kind { PERFDATA_SAMPLE, PERFDATA_LOST, PERFDATA_TASK };

/* What waits for its turn, in a chunk of its lane. */
struct perfdata_entry {
	u64 ts_ns;
	u32 len;
	s16 cpu;
	u16 kind;		/* enum perfdata_kind */
	u8 data[];		/* SAMPLE: the raw data; else the record; 8 bytes at a time */
};

struct perfdata_chunk {
	struct perfdata_chunk *next;
	u32 fill, size;
	u8 data[];
};

/* Records that came in order of time, usually of one CPU. */
struct perfdata_lane {
	struct perfdata_chunk *first, *last;	/* NULL: nothing has come yet */
	u32 pos;		/* of the first entry, in first */
	u32 nr;			/* entries */
	u64 last_ns;		/* of the newest entered */
	u64 given_ns;		/* of the newest taken */
};

/* A lane that holds entries, and the time of its first: a comparison touches nothing else. */
struct perfdata_node {
	u64 ts_ns;
	u32 lane;
};

struct perfdata_order {
	struct perfdata_lane *lane;
	u32 nr_lanes;
	u32 *by_cpu;		/* cpu + 1 to 1 + lane; 0 = none yet */
	u32 nr_cpus;
	struct perfdata_node *heap;	/* earliest first */
	u32 heap_nr;
	u64 newest_ns;		/* of all entered */
	u64 round_ns;		/* newest when the round before ended */
	u64 limit_ns;		/* entries up to here may go out: nothing older can come */
	struct perfdata_chunk *spare;
	u64 held_bytes;		/* in chunks of lanes */
};

int perfdata_order_init(struct perfdata_order *o);
void perfdata_order_free(struct perfdata_order *o);
/* Enter a copy of e's data, of e->len bytes and up to PERFDATA_COPY_BYTES more. 0 or -ENOMEM. */
int perfdata_order_add(struct perfdata_order *o, const struct perfdata_entry *e, const u8 *data);
/* A round has ended: what is not newer than the one before may go out. */
void perfdata_order_round(struct perfdata_order *o);
/* The stream has ended: all may go out. */
void perfdata_order_end(struct perfdata_order *o);
/*
 * The earliest entry that may go out, or NULL. It is taken: it and its data stay until the next take, or the
 * next add. *since_ns: the time of the entry before it in its lane.
 */
const struct perfdata_entry *perfdata_order_take(struct perfdata_order *o, u64 *since_ns);

static inline u32 perfdata_entry_bytes(u32 len)
{
	return sizeof(struct perfdata_entry) + ((len + 7) & ~7u);
}

static inline void perfdata_entry_put(struct perfdata_lane *l, const struct perfdata_entry *e, const u8 *data)
{
	struct perfdata_entry *to = (struct perfdata_entry *)(l->last->data + l->last->fill);

	*to = *e;
	for (u32 i = 0; i < e->len; i += PERFDATA_COPY_BYTES)
		memcpy(to->data + i, data + i, PERFDATA_COPY_BYTES);
	l->last->fill += perfdata_entry_bytes(e->len);
	l->last_ns = e->ts_ns;
	l->nr++;
}

/* perfdata_order_add() in the usual case: the CPU has a lane, not ahead of e, that holds something and has room. */
static inline bool perfdata_order_add_fast(struct perfdata_order *o, const struct perfdata_entry *e, const u8 *data)
{
	struct perfdata_lane *l;
	u32 lane;

	if ((u32)(e->cpu + 1) >= o->nr_cpus)
		return false;
	lane = o->by_cpu[e->cpu + 1];
	l = &o->lane[lane - 1];
	if (!lane || l->last_ns > e->ts_ns || !l->nr ||
	    l->last->size - l->last->fill < perfdata_entry_bytes(e->len))
		return false;
	perfdata_entry_put(l, e, data);
	if (e->ts_ns > o->newest_ns)
		o->newest_ns = e->ts_ns;
	return true;
}

/* --- the whole --- */

/* A stream of records: that of the file, or the one inside of its compressed records. */
#define PERFDATA_READ_BYTES	(64u << 10)
#define PERFDATA_BUFFER_BYTES	(PERFDATA_READ_BYTES + 65536 + PERFDATA_COPY_BYTES)	/* a read behind a record that is not whole */

struct perfdata_stream {
	u8 *buf;
	u32 fill, parsed;	/* bytes in it, and of those looked at */
	u64 skip_bytes;		/* bytes that follow the record before and are none of ours */
	u8 *payload;		/* tracing data that follows its record; owned */
	u32 payload_bytes, payload_have;
	bool broken;		/* a record makes no sense: where the next one begins is not known */
};

struct perfdata {
	struct rxs_input *in;
	struct rxs_kernel kernel;
	bool pipe_mode;		/* attributes and features come as records */
	bool has_formats;
	u64 pos, end;		/* file mode: of the data section not read yet */
	struct perfdata_attr *attr;
	u32 nr_attrs;
	struct perfdata_id *id;
	u32 nr_ids, id_mask;
	bool has_identifier;	/* samples begin with one */
	s32 clockid;		/* -1: perf's own clock */
	u32 clock_res_ns;
	char release[128];
	u32 nr_cpus;
	struct perfdata_stream outer, inner;
	ZSTD_DStream *zstd;
	ZSTD_inBuffer packed;	/* of the compressed record being unpacked; lies in outer's buffer */
	bool unpacking;
	struct perfdata_order order;
	bool eof, ended;
	bool damaged;		/* to be told before the end */
	u64 last_ns;		/* of the last record given */
	char note[256];
};

/* Header of a file or pipe, and for a file all there is before its records. 0 or -errno, sentence in e. */
int perfdata_read_head(struct perfdata *p, struct rxs_err *e);
/* An attribute of len bytes (struct perf_event_attr, any version) and its ids. 0, -EBADMSG, -ENOMEM. */
int perfdata_add_attr(struct perfdata *p, const u8 *attr, u32 len, const u8 *ids, u32 nr_ids);
/* Content of a feature section, or of a record that carries one. 0, -EBADMSG, -ENOMEM. */
int perfdata_feature(struct perfdata *p, u32 feature, struct tracing_cur *c);

/*
 * Take in more of the stream, about a buffer. 1: something came; 0: the end; -EAGAIN: a pipe has nothing
 * now and wait is false; else -errno.
 */
int perfdata_more(struct perfdata *p, bool wait);
/* Attribute index + 1 of the identifier, 0 = unknown. */
u32 perfdata_find_attr(struct perfdata *p, u64 id);
void perfdata_streams_free(struct perfdata *p);

static inline u16 perfdata_u16(const u8 *p)
{
	u16 v;

	memcpy(&v, p, sizeof(v));
	return v;
}

static inline u32 perfdata_u32(const u8 *p)
{
	u32 v;

	memcpy(&v, p, sizeof(v));
	return v;
}

static inline u64 perfdata_u64(const u8 *p)
{
	u64 v;

	memcpy(&v, p, sizeof(v));
	return v;
}

#endif
