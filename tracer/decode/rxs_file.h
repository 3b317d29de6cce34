/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Writer of .rxs: events, names, losses in checksummed blocks, for files and streams.
 * The format is described in docs/rxs-format.md; source/src_rxs.c reads the blocks, decode_rxs.c the events.
 */
#ifndef RXS_FILE_H
#define RXS_FILE_H

#include "../source/rxs_source.h"
#include "rxs_event.h"

struct rxs_writer;

/*
 * Write to descriptor fd (borrowed; may be a pipe). The header takes what info says; names come from t
 * (borrowed), and are written before their first use. 0 or -errno.
 */
int rxs_writer_new(struct rxs_writer **out, int fd, const struct rxs_source_info *info,
		   const struct rxs_strtab *t, struct rxs_err *e);
/* Append one event (with its hdr) or one loss. 0 or -errno of the write (-EPIPE: the reader went away). */
int rxs_writer_event(struct rxs_writer *w, const struct rxs_event *ev);
int rxs_writer_lost(struct rxs_writer *w, const struct rxs_lost *l);
/* Close the current block and write it out; a live stream calls it at least 10 times a second. 0 or -errno. */
int rxs_writer_flush(struct rxs_writer *w);
/* How hard to pack blocks from now on: 0 not at all, else zstd's level (1 is the default). */
void rxs_writer_set_level(struct rxs_writer *w, int level);
/* Bytes written so far. */
u64 rxs_writer_bytes(const struct rxs_writer *w);
/* Flush and write the end mark, which tells a whole file from a cut one: nothing can follow. 0 or -errno. */
int rxs_writer_end(struct rxs_writer *w);
/* The same, unless it was done, and free. NULL is fine. 0 or -errno. */
int rxs_writer_close(struct rxs_writer *w);

#endif
