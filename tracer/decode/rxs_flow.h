/* SPDX-License-Identifier: GPL-2.0 */
/* Who talks to whom: the fields of a packet's headers that identify its flow. */
#ifndef RXS_FLOW_H
#define RXS_FLOW_H

#include "../base/rxs_types.h"

struct rxs_flow {
	u16 ethertype;		/* innermost, after VLAN tags: 0x0800, 0x86dd, 0x0806 …; 0 = not known */
	u16 vlan;		/* VLAN id of the outer tag, 0 = none (a tag the NIC stripped is not seen here) */
	u8 ipver;		/* 4, 6, or 0 */
	u8 proto;		/* IPPROTO_*, 0 = not known */
	u8 tcp_flags;		/* TCP: the flags byte */
	u8 icmp_type;
	u8 icmp_code;
	u8 is_frag;		/* a fragment; ports are known in the first one only */
	u16 frag_off_bytes;
	u32 ip_id;		/* IPv4 identification, IPv6 fragment identification */
	u16 sport, dport;	/* host byte order; ICMP echo: dport = identifier */
	u16 l4_len_bytes;	/* TCP/UDP payload bytes as the headers say */
	u32 tcp_seq;		/* TCP sequence number; ICMP echo: the sequence number */
	u8 saddr[16], daddr[16]; /* IPv4 in the first four bytes, network byte order */
};

/* Parse len bytes from the Ethernet header on (RFC 791, 8200, 9293, 768, 792, 4443, 802.1Q). What is cut
 * off stays 0. Never fails: an unknown packet is an empty flow. */
void rxs_flow_parse(struct rxs_flow *f, const u8 *hdr, size_t len);
/* "10.9.0.1:5001 > 10.9.0.2:43210 tcp", "[fd09::1]:1 > …", "arp", "ethertype 0x88cc". Returns bytes as snprintf. */
int rxs_flow_print(char *buf, size_t size, const struct rxs_flow *f);
/* Same flow (addresses, ports, protocol, VLAN)? */
bool rxs_flow_equal(const struct rxs_flow *a, const struct rxs_flow *b);
u32 rxs_flow_hash(const struct rxs_flow *f);

#endif
