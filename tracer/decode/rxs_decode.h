/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Raw record to event. One decoder serves tracefs, trace.dat and perf.data, since all of them carry the
 * kernel's own formats (decode_tep.c); .rxs has its own encoding (decode_rxs.c).
 */
#ifndef RXS_DECODE_H
#define RXS_DECODE_H

#include "../source/rxs_source.h"
#include "rxs_event.h"

struct rxs_decode;

/* What the decoder met, for the report: nothing is dropped without being counted. */
struct rxs_decode_stats {
	u64 events;		/* raw records taken, lost records not counted */
	u64 decoded;		/* became an event */
	u64 foreign;		/* of a type no hook of the table stands for */
	u64 unusable;		/* of a hook's type, but without the fields that make it usable */
	u64 malformed;		/* too short, or of an unknown type number */
};

/* For source s (borrowed, must outlive the decoder); names go to t (borrowed). 0 or -errno. */
int rxs_decode_new(struct rxs_decode **out, struct rxs_source *s, struct rxs_strtab *t, struct rxs_err *e);
void rxs_decode_free(struct rxs_decode *d);
/*
 * Decode one record. 1: *ev is an event; 2: *lost is a loss; 0: the record means nothing here (counted);
 * -errno: out of memory. ev->hdr is borrowed from the record.
 */
int rxs_decode_record(struct rxs_decode *d, const struct rxs_raw *r, struct rxs_event *ev,
		      struct rxs_lost *lost);
void rxs_decode_stats_get(const struct rxs_decode *d, struct rxs_decode_stats *out);
/* How often hook number h (index into rxs_hooks[]) was decoded. */
u64 rxs_decode_hook_hits(const struct rxs_decode *d, unsigned int h);

#endif
