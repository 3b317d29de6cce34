/* SPDX-License-Identifier: GPL-2.0 */
/*
 * "Tracing data": what trace-cmd and perf both write of the kernel they record. trace.dat of version 6 and
 * perf.data have its parts in a row, trace.dat of version 7 each in a section of its own.
 */
#ifndef RXS_TRACING_DATA_H
#define RXS_TRACING_DATA_H

#include "rxs_input.h"
#include "rxs_kernel.h"

/*
 * A place in the file, or in a section in memory. Reads are bounded by end; past it they give -EBADMSG.
 */
struct tracing_cur {
	struct rxs_input *in;	/* when mem is NULL */
	const u8 *mem;
	u64 pos, end;
};

int tracing_get(struct tracing_cur *c, void *to, u64 len);
int tracing_u16(struct tracing_cur *c, u16 *v);
int tracing_u32(struct tracing_cur *c, u32 *v);
int tracing_u64(struct tracing_cur *c, u64 *v);
/* A NUL-terminated string of less than size bytes. */
int tracing_string(struct tracing_cur *c, char *to, u32 size);
/* len bytes, to be freed, with a NUL behind them. */
int tracing_text(struct tracing_cur *c, u64 len, char **out);

/* Parts, in the order of a file. 0, -EBADMSG for damage, -ENOMEM. */
int tracing_header_info(struct rxs_kernel *k, struct tracing_cur *c);
int tracing_ftrace_formats(struct rxs_kernel *k, struct tracing_cur *c);
int tracing_formats(struct rxs_kernel *k, struct tracing_cur *c);
int tracing_kallsyms(struct rxs_kernel *k, struct tracing_cur *c);
int tracing_printk_formats(struct rxs_kernel *k, struct tracing_cur *c);	/* skipped */
int tracing_cmdlines(struct rxs_kernel *k, struct tracing_cur *c);

#endif
