/* SPDX-License-Identifier: GPL-2.0 */
/* Which packets count: pcap-filter syntax on the headers, and the packet's own story. */
#ifndef RXS_FILTER_H
#define RXS_FILTER_H

#include "../base/rxs_err.h"
#include "../base/rxs_strtab.h"
#include "rxs_packet.h"

struct rxs_filter_opts {
	const char *expr;	/* pcap-filter(7), "" or NULL = all; applied by libpcap to the header bytes */
	const char *stage;	/* id: packets that passed it; NULL = all */
	const char *outcome;	/* id; NULL = all */
	const char *dev;	/* device name; NULL = all */
	u64 slower_than_ns;	/* total at least this; 0 = all */
};

struct rxs_filter;

/* -EINVAL with libpcap's own words in e when the expression is wrong; -ENOENT unknown stage or outcome. */
int rxs_filter_new(struct rxs_filter **out, const struct rxs_filter_opts *o, struct rxs_err *e);
void rxs_filter_free(struct rxs_filter *f);
/* NULL filter matches all. Packets without header bytes match no expression but the empty one. */
bool rxs_filter_match(const struct rxs_filter *f, const struct rxs_packet *p, const struct rxs_strtab *t);

#endif
