/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Of a stream of events, those of the packets that a filter lets pass: what record does with a FILTER. It
 * stands beside the path engine, sees what that makes of the events, and hands the chosen ones on in order.
 *
 * Kept are all events of the packet's skb, of its clones (they share its head), and of merges it has part in. Events
 * of a CPU alone (interrupts, softirqs, polls) are always kept: packets need them. So a poll's work and budget stay
 * right, but a packet's position in its poll counts the packets recorded.
 *
 * A packet is judged as soon as its headers are known, at its first stages; until then its events wait.
 */
#ifndef RXS_SELECT_H
#define RXS_SELECT_H

#include "../path/rxs_filter.h"
#include "../path/rxs_path.h"

struct rxs_select;

struct rxs_select_sink {
	void *ctx;
	int (*event)(void *ctx, const struct rxs_event *ev);
	int (*lost)(void *ctx, const struct rxs_lost *l);
};

/* The filter may ask for dev and expr only (what is known at the beginning). t is borrowed. 0 or -errno. */
int rxs_select_new(struct rxs_select **out, const struct rxs_filter_opts *o, const struct rxs_strtab *t,
		   const struct rxs_select_sink *sink, struct rxs_err *e);
void rxs_select_free(struct rxs_select *s);	/* NULL is fine */

/* An event or a loss, before the path engine gets it. 0 or -errno (of the sink, or -ENOMEM). */
int rxs_select_event(struct rxs_select *s, const struct rxs_event *ev);
int rxs_select_lost(struct rxs_select *s, const struct rxs_lost *l);
/* What the path engine says of that event: as rxs_path_sink.hop and .packet. */
void rxs_select_hop(struct rxs_select *s, const struct rxs_packet *p);
/* Returns whether the packet is one of the chosen. */
bool rxs_select_packet(struct rxs_select *s, const struct rxs_packet *p);
/* The path engine is done with the last event: hand on what is decided. 0 or -errno. */
int rxs_select_flush(struct rxs_select *s);

#endif
