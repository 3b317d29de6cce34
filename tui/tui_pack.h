/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Packets and events in few bytes, for the screen's memory: a packet of fifteen hops takes about
 * 350 bytes instead of 1,700. Private to one process: nothing of it is ever written out.
 */
#ifndef TUI_PACK_H
#define TUI_PACK_H

#include "../tracer/path/rxs_packet.h"

/* A packet unpacked: valid until it is used for the next. */
struct tui_packet {
	struct rxs_packet p;	/* p.hops points at hops */
	struct rxs_hop *hops;
	u32 cap;
};

/* Bytes that the packed form needs at most. */
size_t tui_pack_packet_max(const struct rxs_packet *p);
/* Pack into buf, which holds that many bytes. Returns the bytes used. */
size_t tui_pack_packet(u8 *buf, const struct rxs_packet *p);
/* 0 or -ENOMEM. */
int tui_unpack_packet(const u8 *buf, struct tui_packet *out);
void tui_packet_free(struct tui_packet *p);

#define TUI_PACK_EVENT_MAX (16 * 10 + 16 + RXS_HDR_MAX_BYTES)
/*
 * Pack an event, its time as a distance from base_ns. Returns the bytes used, at most
 * TUI_PACK_EVENT_MAX.
 */
size_t tui_pack_event(u8 *buf, const struct rxs_event *ev, u64 base_ns);
/* Returns the bytes taken. ev->hdr points into buf. */
size_t tui_unpack_event(const u8 *buf, struct rxs_event *ev, u64 base_ns);

/*
 * Variable-length numbers (as in DWARF's ULEB128): 7 bits a byte, the last has its top bit clear.
 */
static inline u8 *tui_put_num(u8 *p, u64 v)
{
	for (; v >= 0x80; v >>= 7)
		*p++ = (u8)(v | 0x80);
	*p++ = (u8)v;
	return p;
}

static inline const u8 *tui_get_num(const u8 *p, u64 *v)
{
	u64 out = 0;

	for (int shift = 0;; shift += 7) {
		out |= (u64)(*p & 0x7f) << shift;
		if (!(*p++ & 0x80))
			break;
	}
	*v = out;
	return p;
}

#endif
