/* SPDX-License-Identifier: GPL-2.0 */
/* Recordings made by hand: event formats, ring pages, trace.dat and perf.data, byte by byte. */
#ifndef RECORDING_H
#define RECORDING_H

#include "../../tracer/decode/rxs_decode.h"

/* A growing run of bytes. Zero it; free p. */
struct rec_buf {
	u8 *p;
	size_t len, max;
};

void rec_put(struct rec_buf *b, const void *data, size_t len);
void rec_u16(struct rec_buf *b, u16 v);
void rec_u32(struct rec_buf *b, u32 v);
void rec_u64(struct rec_buf *b, u64 v);
void rec_str(struct rec_buf *b, const char *s);		/* with its NUL */
void rec_zero(struct rec_buf *b, size_t len);

/* One event format; id is its common_type. */
struct rec_format {
	const char *system, *name;
	u16 id;
	const char *fields;	/* lines of "field:…", from the first that is not common on */
	const char *print;	/* what stands behind "print fmt: " */
};

enum { REC_NETIF = 100, REC_SOFTIRQ, REC_KFREE, REC_COPY, REC_IP_RCV, REC_OTHER };
/* netif_receive_skb, softirq_entry, kfree_skb, skb_copy_datagram_iovec, kprobe ip_rcv, and one of no hook. */
extern const struct rec_format rec_formats[];
extern const unsigned int rec_formats_nr;

/* The text of a format file. */
void rec_format_text(struct rec_buf *b, const struct rec_format *f);

/* Records as in the ring: common fields, then the event's own. */
void rec_common(struct rec_buf *b, u16 type, u8 flags, u32 pid);
void rec_netif(struct rec_buf *b, u64 skb, u32 len, const char *dev);
void rec_softirq(struct rec_buf *b, u32 vec);
void rec_kfree(struct rec_buf *b, u64 skb, u64 location, u32 reason);
void rec_copy(struct rec_buf *b, u64 skb, u32 len, u32 pid);
void rec_ip_rcv(struct rec_buf *b, u64 ip, u64 skb);

/* A page of a trace ring, being filled. */
#define REC_PAGE_BYTES 4096
struct rec_page {
	u8 bytes[REC_PAGE_BYTES];
	u32 used;		/* behind the header */
};

void rec_page_begin(struct rec_page *p, u64 ts_ns);
/* Events were lost before it; stored: their number stands behind the data. After the last event. */
void rec_page_missed(struct rec_page *p, bool stored, u64 count);
void rec_page_event(struct rec_page *p, u32 delta_ns, const void *data, u32 len);
void rec_page_extend(struct rec_page *p, u64 delta_ns);
void rec_page_absolute(struct rec_page *p, u64 ts_ns);
void rec_page_discarded(struct rec_page *p, u32 delta_ns, u32 len);

/* The pages of one CPU of an instance. */
struct rec_cpu {
	const struct rec_page *page;
	u32 nr;
};

struct rec_tracedat {
	u32 version;			/* 6 or 7 */
	const char *compression;	/* version 7: "none", "zstd", "zlib" */
	u8 big_endian;
	const char *clock;
	struct rec_cpu cpu[2];		/* of the top instance */
	const char *instance;		/* name of another one, NULL = none */
	struct rec_cpu instance_cpu[2];
	const char *cpustat[2];		/* texts, NULL = none */
	const char *offset;		/* text of option OFFSET */
	u32 tsc_mult, tsc_shift;
	u64 tsc_offset;
	const char *kallsyms, *cmdlines;
};

void rec_tracedat(struct rec_buf *b, const struct rec_tracedat *t);
/* As version 6 and perf.data have it: headers, formats, symbols, task names. */
void rec_tracing_parts(struct rec_buf *b, const char *kallsyms, const char *cmdlines);

/* A source on these bytes, as a file; the bytes are copied. NULL: err and e say why. */
struct rxs_source *rec_open(const void *data, size_t len, struct rxs_err *e, int *err);
/* The same through a pipe, as standard input. */
struct rxs_source *rec_open_pipe(const void *data, size_t len, struct rxs_err *e, int *err);

#endif
