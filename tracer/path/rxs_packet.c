// SPDX-License-Identifier: GPL-2.0
/* What one asks a finished packet. */
#include "rxs_packet.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define ETH_HDR_BYTES 14

static const char *const outcome_id[] = {
#define X(sym, id, meaning) [RXS_OUT_##sym] = id,
	RXS_OUTCOMES(X)
#undef X
};

static const char *const outcome_meaning[] = {
#define X(sym, id, meaning) [RXS_OUT_##sym] = meaning,
	RXS_OUTCOMES(X)
#undef X
};

static const char *const why_id[] = {
#define X(sym, id, meaning) [RXS_WHY_##sym] = id,
	RXS_WHYS(X)
#undef X
};

static const char *const why_meaning[] = {
#define X(sym, id, meaning) [RXS_WHY_##sym] = meaning,
	RXS_WHYS(X)
#undef X
};

const char *rxs_outcome_id(enum rxs_outcome o)
{
	return (unsigned int)o < RXS_OUT_NR ? outcome_id[o] : "";
}

const char *rxs_outcome_meaning(enum rxs_outcome o)
{
	return (unsigned int)o < RXS_OUT_NR ? outcome_meaning[o] : "";
}

int rxs_outcome_by_id(const char *id)
{
	for (int i = 0; i < RXS_OUT_NR; i++)
		if (!strcmp(outcome_id[i], id))
			return i;
	return -ENOENT;
}

const char *rxs_why_id(enum rxs_why w)
{
	return (unsigned int)w < RXS_WHY_NR ? why_id[w] : "";
}

const char *rxs_why_meaning(enum rxs_why w)
{
	return (unsigned int)w < RXS_WHY_NR ? why_meaning[w] : "";
}

const struct rxs_hop *rxs_packet_hop(const struct rxs_packet *p, enum rxs_stage s)
{
	for (u32 i = 0; i < p->nr_hops; i++)
		if (p->hops[i].stage == s)
			return &p->hops[i];
	return NULL;
}

int rxs_packet_prev(const struct rxs_packet *p, u32 i)
{
	u8 nr = i < p->nr_hops ? RXS_HOP_CLONE_NR(&p->hops[i]) : 0, other;
	int own = -1;

	while (i-- > 0) {
		other = RXS_HOP_CLONE_NR(&p->hops[i]);
		if (other == nr)
			return (int)i;
		if (!other && own < 0)
			own = (int)i;
	}
	return own;
}

u64 rxs_packet_total_ns(const struct rxs_packet *p)
{
	return p->last_ns > p->first_ns ? p->last_ns - p->first_ns : 0;
}

u32 rxs_packet_frame_bytes(const struct rxs_packet *p)
{
	const struct rxs_hop *h;

	/* skb->len counts the Ethernet header only until eth_type_trans() has pulled it off */
	for (u32 i = 0; i < p->nr_hops; i++) {
		h = &p->hops[i];
		if (!(h->flags & RXS_HOP_SHARED))
			return h->stage == RXS_ST_RX_DESC ? p->len : p->len + ETH_HDR_BYTES;
	}
	return p->len;
}

struct rxs_packet *rxs_packet_dup(const struct rxs_packet *p)
{
	size_t hops_bytes = p->nr_hops * sizeof(*p->hops);
	struct rxs_packet *q = malloc(sizeof(*q) + hops_bytes);

	if (!q) {
		errno = ENOMEM;
		return NULL;
	}
	memcpy(q, p, sizeof(*q));
	q->hops = (struct rxs_hop *)(q + 1);
	if (hops_bytes)
		memcpy(q->hops, p->hops, hops_bytes);
	return q;
}
