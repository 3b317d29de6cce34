/* SPDX-License-Identifier: GPL-2.0 */
/*
 * How one kind of raw record becomes an event. Adding a kind: one file with a const struct
 * rxs_decoder_ops, one row in the table of rxs_decode.c.
 */
#ifndef RXS_DECODE_OPS_H
#define RXS_DECODE_OPS_H

#include "rxs_decode.h"

/* What a decoder works with: one per source of a merge; all borrowed. */
struct rxs_decode_ctx {
	struct rxs_source *src;		/* this stream's own source, never a merge */
	struct rxs_strtab *strtab;
	struct rxs_decode_stats *stats;	/* shared by all streams; the decoder counts all but .events */
	u64 *hook_hits;			/* rxs_hooks_nr counters, shared as well */
};

struct rxs_decoder_ops {
	u16 kind;			/* enum rxs_raw_kind it decodes */
	/* For one stream. 0 or -errno. */
	int (*new)(void **priv, const struct rxs_decode_ctx *ctx, struct rxs_err *e);
	/* As rxs_decode_record(); ts, cpu and stream of the record are for the decoder to carry over. */
	int (*record)(void *priv, const struct rxs_raw *r, struct rxs_event *ev, struct rxs_lost *lost);
	void (*free)(void *priv);
};

extern const struct rxs_decoder_ops rxs_decoder_tep;	/* decode_tep.c */
extern const struct rxs_decoder_ops rxs_decoder_rxs;	/* decode_rxs.c */

#endif
