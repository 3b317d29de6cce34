/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A view writes what was found: text, JSON, CSV, pcapng … Adding a view: one file with a const struct
 * rxs_view_ops, one row in rxs_views[] (rxs_view.c).
 */
#ifndef RXS_VIEW_H
#define RXS_VIEW_H

#include <stdio.h>

#include "../decode/rxs_decode.h"
#include "../stat/rxs_explain.h"
#include "../stat/rxs_snapshot.h"

/* What a view may want to know of the run. All borrowed, valid from begin to end. */
struct rxs_run_info {
	struct rxs_source_info source;	/* of the first file */
	const char *const *files;	/* names, NULL-terminated */
	const struct rxs_strtab *strtab;
	const char *filter;		/* as given, "" = none */
	u64 corrected_ns;		/* subtracted per hop, 0 = no correction */
	bool color;			/* ANSI colours wanted */
	u32 width;			/* columns of the terminal, 0 = not a terminal */
	bool utf8;			/* characters beyond ASCII may be drawn */
};

struct rxs_view_opts {
	FILE *out;			/* borrowed */
	bool packets;			/* one entry per packet as well */
	u64 packet_id;			/* this packet alone, with all that is known of it; 0 = no */
	u32 top;			/* rows of long lists (flows, slowest packets), 0 = default 10 */
};

#define RXS_VIEW_TOP 10

struct rxs_view;

struct rxs_view_ops {
	const char *name;		/* "text", "json", "csv", … */
	size_t priv_bytes;		/* of v->priv, zeroed */
	int (*begin)(struct rxs_view *v, const struct rxs_run_info *ri);
	/* One finished packet that passed the filter. May be NULL. */
	int (*packet)(struct rxs_view *v, const struct rxs_packet *p);
	/* A poll of a device ended. May be NULL. */
	int (*poll)(struct rxs_view *v, const struct rxs_poll *p);
	/* Periodic; may be NULL. */
	int (*tick)(struct rxs_view *v, const struct rxs_snapshot *s);
	/* Never NULL: loss must be shown. */
	int (*lost)(struct rxs_view *v, const struct rxs_lost *l);
	/* The end, with the final statistics. */
	int (*end)(struct rxs_view *v, const struct rxs_snapshot *s, const struct rxs_decode_stats *d);
	void (*free)(struct rxs_view *v);	/* may be NULL; frees what priv points at, not priv itself */
};

struct rxs_view {
	const struct rxs_view_ops *ops;
	struct rxs_view_opts opts;
	const struct rxs_run_info *ri;	/* set by rxs_view_begin() */
	void *priv;
};

extern const struct rxs_view_ops *const rxs_views[];	/* NULL-terminated */

/* View of that name, or NULL with errno ENOENT. Free with rxs_view_free(). */
struct rxs_view *rxs_view_new(const char *name, const struct rxs_view_opts *o);
void rxs_view_free(struct rxs_view *v);

/*
 * Call the view in this order: begin once, then packet, poll, tick and lost as they come, end once. All return 0 or
 * -errno (-EIO: the output could not be written; the first error stays). ri and what it points at are borrowed
 * until end.
 */
int rxs_view_begin(struct rxs_view *v, const struct rxs_run_info *ri);
int rxs_view_packet(struct rxs_view *v, const struct rxs_packet *p);
int rxs_view_poll(struct rxs_view *v, const struct rxs_poll *p);
int rxs_view_tick(struct rxs_view *v, const struct rxs_snapshot *s);
int rxs_view_lost(struct rxs_view *v, const struct rxs_lost *l);
int rxs_view_end(struct rxs_view *v, const struct rxs_snapshot *s, const struct rxs_decode_stats *d);

#endif
