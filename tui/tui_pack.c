// SPDX-License-Identifier: GPL-2.0
/* Packets and events in few bytes. */
#include "tui_pack.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Small numbers of either sign become small numbers without one. */
static u64 zigzag(s64 v)
{
	return (u64)v << 1 ^ (u64)(v >> 63);
}

static s64 unzigzag(u64 v)
{
	return (s64)(v >> 1) ^ -(s64)(v & 1);
}

static u8 *put_signed(u8 *p, s64 v)
{
	return tui_put_num(p, zigzag(v));
}

static const u8 *get_signed(const u8 *p, s64 *v)
{
	u64 n;

	p = tui_get_num(p, &n);
	*v = unzigzag(n);
	return p;
}

/* Addresses do not shrink: eight bytes, or one when there is none. */
static u8 *put_addr(u8 *p, u64 a)
{
	*p++ = !!a;
	if (a) {
		memcpy(p, &a, sizeof(a));
		p += sizeof(a);
	}
	return p;
}

static const u8 *get_addr(const u8 *p, u64 *a)
{
	*a = 0;
	if (*p++) {
		memcpy(a, p, sizeof(*a));
		p += sizeof(*a);
	}
	return p;
}

static const u8 *get_u32(const u8 *p, u32 *v)
{
	u64 n;

	p = tui_get_num(p, &n);
	*v = (u32)n;
	return p;
}

static const u8 *get_u16(const u8 *p, u16 *v)
{
	u64 n;

	p = tui_get_num(p, &n);
	*v = (u16)n;
	return p;
}

static const u8 *get_s16(const u8 *p, s16 *v)
{
	s64 n;

	p = get_signed(p, &n);
	*v = (s16)n;
	return p;
}

static u32 nr_merged_kept(const struct rxs_packet *p)
{
	return p->nr_merged < RXS_MERGED_MAX ? p->nr_merged : RXS_MERGED_MAX;
}

static u32 nr_readers_kept(const struct rxs_packet *p)
{
	return p->nr_readers < RXS_READERS_MAX ? p->nr_readers : RXS_READERS_MAX;
}

size_t tui_pack_packet_max(const struct rxs_packet *p)
{
	return 512 + nr_merged_kept(p) * 10 + RXS_READERS_MAX * 40 + RXS_HDR_MAX_BYTES +
	       sizeof(p->flow) + (size_t)p->nr_hops * 60;
}

static u8 *put_napi(u8 *p, const struct rxs_packet *pk)
{
	const struct rxs_napi_ctx *n = &pk->napi;
	const u64 base = pk->first_ns;

	*p++ = (u8)((n->irq_ns ? 1 : 0) | (n->schedule_ns ? 2 : 0) | (n->softirq_ns ? 4 : 0) | (n->poll_ns ? 8 : 0) |
		    (n->ksoftirqd ? 16 : 0) | (n->squeezed ? 32 : 0));
	p = n->irq_ns ? put_signed(p, (s64)(n->irq_ns - base)) : p;
	p = n->schedule_ns ? put_signed(p, (s64)(n->schedule_ns - base)) : p;
	p = n->softirq_ns ? put_signed(p, (s64)(n->softirq_ns - base)) : p;
	p = n->poll_ns ? put_signed(p, (s64)(n->poll_ns - base)) : p;
	p = put_addr(p, n->napi);
	p = tui_put_num(p, n->poll_id);
	p = tui_put_num(p, n->irq);
	p = tui_put_num(p, n->pos);
	p = tui_put_num(p, n->work);
	p = tui_put_num(p, n->budget);
	return tui_put_num(p, n->irq_polls);
}

static const u8 *get_time(const u8 *p, bool there, u64 base, u64 *out)
{
	s64 d;

	*out = 0;
	if (there) {
		p = get_signed(p, &d);
		*out = base + (u64)d;
	}
	return p;
}

static const u8 *get_napi(const u8 *p, struct rxs_packet *pk)
{
	struct rxs_napi_ctx *n = &pk->napi;
	u8 f = *p++;

	p = get_time(p, f & 1, pk->first_ns, &n->irq_ns);
	p = get_time(p, f & 2, pk->first_ns, &n->schedule_ns);
	p = get_time(p, f & 4, pk->first_ns, &n->softirq_ns);
	p = get_time(p, f & 8, pk->first_ns, &n->poll_ns);
	n->ksoftirqd = !!(f & 16);
	n->squeezed = !!(f & 32);
	p = get_addr(p, &n->napi);
	p = tui_get_num(p, &n->poll_id);
	p = get_u32(p, &n->irq);
	p = get_u32(p, &n->pos);
	p = get_u32(p, &n->work);
	p = get_u32(p, &n->budget);
	return get_u32(p, &n->irq_polls);
}

static u8 *put_hops(u8 *p, const struct rxs_packet *pk)
{
	u64 last = pk->first_ns;
	u32 seq = 0;

	p = tui_put_num(p, pk->nr_hops);
	for (u32 i = 0; i < pk->nr_hops; i++) {
		const struct rxs_hop *h = &pk->hops[i];

		p = put_signed(p, (s64)(h->ts_ns - last));
		last = h->ts_ns;
		p = tui_put_num(p, h->len);
		p = tui_put_num(p, h->dev);
		p = tui_put_num(p, h->pid);
		p = tui_put_num(p, h->stage);
		p = put_signed(p, h->cpu);
		*p++ = h->op;
		*p++ = h->flags;
		p = tui_put_num(p, h->hook);
		p = put_signed(p, (s64)h->seq - seq);
		seq = h->seq;
	}
	return p;
}

static const u8 *get_hops(const u8 *p, struct tui_packet *out)
{
	u64 last = out->p.first_ns;
	u32 seq = 0;
	s64 d;

	p = get_u32(p, &out->p.nr_hops);
	if (out->p.nr_hops > out->cap) {
		struct rxs_hop *hops = realloc(out->hops, out->p.nr_hops * sizeof(*hops));

		if (!hops)
			return NULL;
		out->hops = hops;
		out->cap = out->p.nr_hops;
	}
	out->p.hops = out->hops;
	for (u32 i = 0; i < out->p.nr_hops; i++) {
		struct rxs_hop *h = &out->hops[i];

		memset(h, 0, sizeof(*h));
		p = get_time(p, true, last, &h->ts_ns);
		last = h->ts_ns;
		p = get_u32(p, &h->len);
		p = get_u32(p, &h->dev);
		p = get_u32(p, &h->pid);
		p = get_u16(p, &h->stage);
		p = get_s16(p, &h->cpu);
		h->op = *p++;
		h->flags = *p++;
		p = get_u16(p, &h->hook);
		p = get_signed(p, &d);
		seq += (u32)d;
		h->seq = seq;
	}
	return p;
}

static u8 *put_readers(u8 *p, const struct rxs_packet *pk)
{
	p = tui_put_num(p, pk->nr_readers);
	for (u32 i = 0; i < nr_readers_kept(pk); i++) {
		const struct rxs_reader *r = &pk->reader[i];

		p = put_signed(p, (s64)(r->ts_ns - pk->first_ns));
		p = tui_put_num(p, r->pid);
		p = tui_put_num(p, r->comm);
		p = put_addr(p, r->sock);
	}
	return p;
}

static const u8 *get_readers(const u8 *p, struct rxs_packet *pk)
{
	p = get_u32(p, &pk->nr_readers);
	for (u32 i = 0; i < nr_readers_kept(pk); i++) {
		struct rxs_reader *r = &pk->reader[i];

		p = get_time(p, true, pk->first_ns, &r->ts_ns);
		p = get_u32(p, &r->pid);
		p = get_u32(p, &r->comm);
		p = get_addr(p, &r->sock);
	}
	return p;
}

size_t tui_pack_packet(u8 *buf, const struct rxs_packet *pk)
{
	u8 *p = buf;

	p = tui_put_num(p, pk->id);
	p = tui_put_num(p, pk->first_ns);
	p = put_signed(p, (s64)(pk->last_ns - pk->first_ns));
	p = put_addr(p, pk->skb);
	p = put_addr(p, pk->head);
	p = put_addr(p, pk->sock);
	p = put_addr(p, pk->location);
	p = tui_put_num(p, pk->merged_into);
	*p++ = (u8)pk->outcome;
	*p++ = (u8)pk->why;
	*p++ = (u8)pk->merge_kind;
	p = tui_put_num(p, pk->frames);
	p = tui_put_num(p, pk->nr_merged);
	for (u32 i = 0; i < nr_merged_kept(pk); i++)
		p = put_signed(p, (s64)(pk->merged[i] - pk->id));
	p = tui_put_num(p, pk->clones);
	p = put_readers(p, pk);
	p = tui_put_num(p, pk->dev);
	p = tui_put_num(p, pk->ifindex);
	p = tui_put_num(p, pk->netns);
	p = tui_put_num(p, pk->len);
	p = tui_put_num(p, pk->reason);
	p = tui_put_num(p, pk->symbol);
	p = tui_put_num(p, pk->drop_stage);
	p = put_signed(p, pk->cpu);
	p = tui_put_num(p, pk->stream);
	p = tui_put_num(p, pk->hdr_len);
	memcpy(p, pk->hdr, pk->hdr_len);
	p += pk->hdr_len;
	memcpy(p, &pk->flow, sizeof(pk->flow));
	p += sizeof(pk->flow);
	p = put_napi(p, pk);
	p = put_hops(p, pk);
	return (size_t)(p - buf);
}

static const u8 *get_merged(const u8 *p, struct rxs_packet *pk)
{
	s64 d;

	p = get_u32(p, &pk->nr_merged);
	for (u32 i = 0; i < nr_merged_kept(pk); i++) {
		p = get_signed(p, &d);
		pk->merged[i] = pk->id + (u64)d;
	}
	return p;
}

int tui_unpack_packet(const u8 *p, struct tui_packet *out)
{
	struct rxs_packet *pk = &out->p;

	p = tui_get_num(p, &pk->id);
	p = tui_get_num(p, &pk->first_ns);
	p = get_time(p, true, pk->first_ns, &pk->last_ns);
	p = get_addr(p, &pk->skb);
	p = get_addr(p, &pk->head);
	p = get_addr(p, &pk->sock);
	p = get_addr(p, &pk->location);
	p = tui_get_num(p, &pk->merged_into);
	pk->outcome = *p++;
	pk->why = *p++;
	pk->merge_kind = *p++;
	p = get_u32(p, &pk->frames);
	p = get_merged(p, pk);
	p = get_u32(p, &pk->clones);
	p = get_readers(p, pk);
	p = get_u32(p, &pk->dev);
	p = get_u32(p, &pk->ifindex);
	p = get_u32(p, &pk->netns);
	p = get_u32(p, &pk->len);
	p = get_u32(p, &pk->reason);
	p = get_u32(p, &pk->symbol);
	p = get_u16(p, &pk->drop_stage);
	p = get_s16(p, &pk->cpu);
	p = get_u16(p, &pk->stream);
	p = get_u16(p, &pk->hdr_len);
	memcpy(pk->hdr, p, pk->hdr_len);
	p += pk->hdr_len;
	memcpy(&pk->flow, p, sizeof(pk->flow));
	p += sizeof(pk->flow);
	p = get_napi(p, pk);
	return get_hops(p, out) ? 0 : -ENOMEM;
}

void tui_packet_free(struct tui_packet *p)
{
	free(p->hops);
	memset(p, 0, sizeof(*p));
}

/*
 * The members of an event beside its time, its kind and its header: a bit each says whether it is
 * not 0.
 */
size_t tui_pack_event(u8 *buf, const struct rxs_event *ev, u64 base_ns)
{
	const u64 small[] = {ev->len,  ev->ifindex, ev->dev,  ev->netns,  ev->pid,
			     ev->comm, ev->aux,	    ev->aux2, ev->reason, ev->symbol,
			     ev->hook, ev->stream,  ev->flags};
	const u64 addr[] = { ev->skb, ev->head, ev->peer };
	const u16 hdr_len = !ev->hdr			      ? 0
			    : ev->hdr_len < RXS_HDR_MAX_BYTES ? ev->hdr_len
							      : RXS_HDR_MAX_BYTES;
	u32 mask = 0;
	u8 *p;

	p = put_signed(buf, (s64)(ev->ts_ns - base_ns));
	*p++ = (u8)ev->stage;
	*p++ = (u8)ev->op;
	p = put_signed(p, ev->cpu);
	for (unsigned int i = 0; i < RXS_ARRAY_SIZE(small); i++)
		mask |= small[i] ? 1u << i : 0;
	for (unsigned int i = 0; i < RXS_ARRAY_SIZE(addr); i++)
		mask |= addr[i] ? 0x10000u << i : 0;
	p = tui_put_num(p, mask);
	for (unsigned int i = 0; i < RXS_ARRAY_SIZE(small); i++)
		if (small[i])
			p = tui_put_num(p, small[i]);
	for (unsigned int i = 0; i < RXS_ARRAY_SIZE(addr); i++) {
		if (addr[i]) {
			memcpy(p, &addr[i], sizeof(addr[i]));
			p += sizeof(addr[i]);
		}
	}
	*p++ = (u8)hdr_len;
	memcpy(p, hdr_len ? ev->hdr : (const u8 *)"", hdr_len);
	p += hdr_len;
	return (size_t)(p - buf);
}

size_t tui_unpack_event(const u8 *buf, struct rxs_event *ev, u64 base_ns)
{
	u64 small[13] = { 0 }, addr[3] = { 0 }, mask;
	const u8 *p = buf;

	memset(ev, 0, sizeof(*ev));
	p = get_time(p, true, base_ns, &ev->ts_ns);
	ev->stage = *p++;
	ev->op = *p++;
	p = get_s16(p, &ev->cpu);
	p = tui_get_num(p, &mask);
	for (unsigned int i = 0; i < RXS_ARRAY_SIZE(small); i++)
		if (mask & 1u << i)
			p = tui_get_num(p, &small[i]);
	for (unsigned int i = 0; i < RXS_ARRAY_SIZE(addr); i++) {
		if (mask & 0x10000u << i) {
			memcpy(&addr[i], p, sizeof(addr[i]));
			p += sizeof(addr[i]);
		}
	}
	ev->len = (u32)small[0];
	ev->ifindex = (u32)small[1];
	ev->dev = (u32)small[2];
	ev->netns = (u32)small[3];
	ev->pid = (u32)small[4];
	ev->comm = (u32)small[5];
	ev->aux = (u32)small[6];
	ev->aux2 = (u32)small[7];
	ev->reason = (u32)small[8];
	ev->symbol = (u32)small[9];
	ev->hook = (u16)small[10];
	ev->stream = (u16)small[11];
	ev->flags = (u16)small[12];
	ev->skb = addr[0];
	ev->head = addr[1];
	ev->peer = addr[2];
	ev->hdr_len = *p++;
	ev->hdr = ev->hdr_len ? p : NULL;
	return (size_t)(p - buf) + ev->hdr_len;
}
