/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Writer of trace.dat, version 6 (trace-cmd.dat.v6(5)): the kernel's pages as they are, with what is needed to
 * read them. By hand, since libtracecmd 1.3 has no public call for it.
 *
 * The format wants each CPU's pages in one piece, so they wait in unnamed temporary files.
 */
#ifndef RXS_TRACEDAT_WRITE_H
#define RXS_TRACEDAT_WRITE_H

#include "src_tracefs.h"

struct rxs_tracedat_writer;

/* Temporary files go to folder dir. 0 or -errno. */
int rxs_tracedat_writer_new(struct rxs_tracedat_writer **out, const char *dir, u32 nr_cpus, struct rxs_err *e);
/* A sub-buffer; fits as a rxs_page_fn, ctx is the writer. 0 or -errno. */
int rxs_tracedat_writer_page(void *ctx, int cpu, const void *page, u32 size_bytes);
/*
 * Write the file to fd, which may be a pipe; the session's probes must still be defined, as their formats go
 * into it. Returns its bytes or -errno.
 */
s64 rxs_tracedat_writer_finish(struct rxs_tracedat_writer *w, int fd, const struct rxs_session *s,
			       const char *clock, struct rxs_err *e);
void rxs_tracedat_writer_free(struct rxs_tracedat_writer *w);	/* NULL is fine */

#endif
