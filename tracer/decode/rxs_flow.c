// SPDX-License-Identifier: GPL-2.0
/* Headers to flow. Reads only what lies inside the bytes given; what is cut off stays 0. */
#include "rxs_flow.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#define ETH_HDR_BYTES 14
#define ETH_IPV4 0x0800
#define ETH_ARP 0x0806
#define ETH_VLAN 0x8100
#define ETH_QINQ 0x88a8
#define ETH_IPV6 0x86dd
#define VLAN_TAGS_MAX 4 /* nested tags looked through; real networks use two */
#define IP6_EXT_MAX 8	/* extension headers looked through */
#define IP6_AUTH 51

static inline u16 be16_at(const u8 *b)
{
	return (u16)(b[0] << 8 | b[1]);
}

static inline u32 be32_at(const u8 *b)
{
	return (u32)b[0] << 24 | (u32)b[1] << 16 | (u32)b[2] << 8 | b[3];
}

/*
 * Transport header at b, n bytes of it here; l4_len is what IP says header and payload measure
 * together.
 */
static void parse_l4(struct rxs_flow *f, const u8 *b, size_t n, u32 l4_len)
{
	u32 hdr_len;

	switch (f->proto) {
	case IPPROTO_TCP:
	case IPPROTO_UDP:
		if (n < 4)
			return;
		f->sport = be16_at(b);
		f->dport = be16_at(b + 2);
		if (f->proto == IPPROTO_UDP) {
			f->l4_len_bytes = l4_len > 8 ? (u16)(l4_len - 8) : 0;
			return;
		}
		if (n >= 8)
			f->tcp_seq = be32_at(b + 4);
		if (n < 14)
			return;
		f->tcp_flags = b[13];
		hdr_len = (u32)(b[12] >> 4) * 4;
		f->l4_len_bytes = l4_len > hdr_len ? (u16)(l4_len - hdr_len) : 0;
		return;
	case IPPROTO_ICMP:
	case IPPROTO_ICMPV6:
		if (n < 2)
			return;
		f->icmp_type = b[0];
		f->icmp_code = b[1];
		if (n < 8)
			return;
		/* echo: RFC 792 types 8 and 0, RFC 4443 types 128 and 129 */
		if (f->proto == IPPROTO_ICMP ? !(b[0] & ~8) : (b[0] & ~1) == 128) {
			f->dport = be16_at(b + 4);
			f->tcp_seq = be16_at(b + 6);
		}
		return;
	}
}

static void parse_ipv4(struct rxs_flow *f, const u8 *b, size_t n)
{
	u32 ihl, total;
	u16 frag;

	if (n < 20 || b[0] >> 4 != 4)
		return;
	f->ipver = 4;
	ihl = (u32)(b[0] & 15) * 4;
	total = be16_at(b + 2);
	f->ip_id = be16_at(b + 4);
	frag = be16_at(b + 6);
	f->frag_off_bytes = (u16)((frag & 0x1fff) * 8);
	f->is_frag = (frag & 0x3fff) != 0;
	f->proto = b[9];
	memcpy(f->saddr, b + 12, 4);
	memcpy(f->daddr, b + 16, 4);
	if (ihl < 20 || ihl > n || f->frag_off_bytes)
		return;
	parse_l4(f, b + ihl, n - ihl, total > ihl ? total - ihl : 0);
}

static void parse_ipv6(struct rxs_flow *f, const u8 *b, size_t n)
{
	u32 left, ext;
	size_t off = 40;
	u8 next;

	if (n < 40 || b[0] >> 4 != 6)
		return;
	f->ipver = 6;
	left = be16_at(b + 4);
	next = b[6];
	memcpy(f->saddr, b + 8, 16);
	memcpy(f->daddr, b + 24, 16);
	for (int i = 0; i < IP6_EXT_MAX; i++) {
		f->proto = next;
		switch (next) {
		case IPPROTO_HOPOPTS:
		case IPPROTO_ROUTING:
		case IPPROTO_DSTOPTS:
		case IP6_AUTH:
		case IPPROTO_FRAGMENT:
			if (n - off < 8)
				return;
			ext = 8;
			if (next == IP6_AUTH)
				ext = ((u32)b[off + 1] + 2) * 4;
			else if (next != IPPROTO_FRAGMENT)
				ext = ((u32)b[off + 1] + 1) * 8;
			if (next == IPPROTO_FRAGMENT) {
				f->is_frag = (be16_at(b + off + 2) & 0xfff9) != 0;
				f->frag_off_bytes = be16_at(b + off + 2) & 0xfff8;
				f->ip_id = be32_at(b + off + 4);
			}
			next = b[off];
			f->proto = next;
			if (f->frag_off_bytes || ext > n - off)
				return;
			off += ext;
			left = left > ext ? left - ext : 0;
			continue;
		}
		break;
	}
	parse_l4(f, b + off, n - off, left);
}

/* RFC 826 with Ethernet and IPv4: the addresses that ask and are asked for. */
static void parse_arp(struct rxs_flow *f, const u8 *b, size_t n)
{
	if (n < 28 || be16_at(b + 2) != ETH_IPV4 || b[4] != 6 || b[5] != 4)
		return;
	memcpy(f->saddr, b + 14, 4);
	memcpy(f->daddr, b + 24, 4);
}

void rxs_flow_parse(struct rxs_flow *f, const u8 *hdr, size_t len)
{
	size_t off = ETH_HDR_BYTES;
	u16 type;

	memset(f, 0, sizeof(*f));
	if (!hdr || len < off)
		return;
	type = be16_at(hdr + 12);
	for (int i = 0; i < VLAN_TAGS_MAX && (type == ETH_VLAN || type == ETH_QINQ); i++) {
		if (len - off < 4)
			return;
		if (!i)
			f->vlan = be16_at(hdr + off) & 0xfff;
		type = be16_at(hdr + off + 2);
		off += 4;
	}
	f->ethertype = type;
	if (type == ETH_IPV4)
		parse_ipv4(f, hdr + off, len - off);
	else if (type == ETH_IPV6)
		parse_ipv6(f, hdr + off, len - off);
	else if (type == ETH_ARP)
		parse_arp(f, hdr + off, len - off);
}

static const char *proto_name(u8 proto)
{
	switch (proto) {
	case IPPROTO_TCP:
		return "tcp";
	case IPPROTO_UDP:
		return "udp";
	case IPPROTO_ICMP:
		return "icmp";
	case IPPROTO_ICMPV6:
		return "icmp6";
	case IPPROTO_IGMP:
		return "igmp";
	case IPPROTO_SCTP:
		return "sctp";
	case IPPROTO_GRE:
		return "gre";
	case IPPROTO_ESP:
		return "esp";
	}
	return NULL;
}

static bool has_ports(const struct rxs_flow *f)
{
	return (f->proto == IPPROTO_TCP || f->proto == IPPROTO_UDP) && !f->frag_off_bytes;
}

static void print_host(char *buf, size_t size, const struct rxs_flow *f, const u8 *addr, u16 port)
{
	char a[INET6_ADDRSTRLEN];

	inet_ntop(f->ipver == 6 ? AF_INET6 : AF_INET, addr, a, sizeof(a));
	if (!has_ports(f))
		snprintf(buf, size, "%s", a);
	else
		snprintf(buf, size, f->ipver == 6 ? "[%s]:%u" : "%s:%u", a, port);
}

static const char *icmp_name(const struct rxs_flow *f)
{
	u8 type = f->icmp_type;

	if (f->proto == IPPROTO_ICMP)
		return type == 8 ? " echo request" : !type ? " echo reply" : "";
	switch (type) {
	case 128:
		return " echo request";
	case 129:
		return " echo reply";
	case 133:
		return " router solicitation";
	case 134:
		return " router advertisement";
	case 135:
		return " neighbour solicitation";
	case 136:
		return " neighbour advertisement";
	}
	return "";
}

int rxs_flow_print(char *buf, size_t size, const struct rxs_flow *f)
{
	char src[64], dst[64], proto[16], vlan[16] = "", frag[32] = "";
	const char *name = proto_name(f->proto), *icmp = "";

	if (!f->ethertype)
		return snprintf(buf, size, "%s", "");
	if (f->vlan)
		snprintf(vlan, sizeof(vlan), " vlan %u", f->vlan);
	if (f->ethertype == ETH_ARP)
		return snprintf(buf, size, "arp%s", vlan);
	if (!f->ipver)
		return snprintf(buf, size, "ethertype 0x%04x%s", f->ethertype, vlan);
	if (!name) {
		snprintf(proto, sizeof(proto), "proto %u", f->proto);
		name = proto;
	}
	if (f->is_frag)
		snprintf(frag, sizeof(frag), " frag %u@%u", f->ip_id, f->frag_off_bytes);
	if ((f->proto == IPPROTO_ICMP || f->proto == IPPROTO_ICMPV6) && !f->frag_off_bytes)
		icmp = icmp_name(f);
	print_host(src, sizeof(src), f, f->saddr, f->sport);
	print_host(dst, sizeof(dst), f, f->daddr, f->dport);
	return snprintf(buf, size, "%s > %s %s%s%s%s", src, dst, name, icmp, frag, vlan);
}

bool rxs_flow_equal(const struct rxs_flow *a, const struct rxs_flow *b)
{
	return a->ethertype == b->ethertype && a->vlan == b->vlan && a->proto == b->proto &&
	       a->sport == b->sport && a->dport == b->dport && a->ipver == b->ipver &&
	       !memcmp(a->saddr, b->saddr, 16) && !memcmp(a->daddr, b->daddr, 16);
}

u32 rxs_flow_hash(const struct rxs_flow *f)
{
	u64 w[4], h;

	memcpy(w, f->saddr, 16);
	memcpy(w + 2, f->daddr, 16);
	h = (u64)f->sport << 48 | (u64)f->dport << 32 | (u64)f->ethertype << 16 |
	    (u64)f->proto << 8 | f->vlan;
	for (int i = 0; i < 4; i++)
		h = (h ^ w[i]) * 0x9e3779b97f4a7c15ull + (h >> 29);
	return (u32)(h >> 32) ^ (u32)h;
}
