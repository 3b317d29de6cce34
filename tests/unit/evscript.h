/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Event sequences as text, for the tests of the path engine. One event a line:
 *
 *     TIME cpuN STAGE OP [key=value …]        # comment
 *     TIME cpuN lost [since=NS] [count=N] [kind=ring|kprobe|reader|file]
 *
 * TIME is in ns, or "+NS" after the line before; N of cpuN may be -1. STAGE and OP are the ids of
 * stages.def and ops.def. Keys: skb head peer (hex), len ifindex netns pid aux aux2 stream
 * (decimal), dev comm reason symbol (text), hook (a hook's name, "net:netif_receive_skb" for the
 * tracepoint where a kprobe has the same; by default the first of the table with that stage and
 * operation), ksoftirqd, task (flags), and
 *
 *     hdr=LAYER/LAYER/…   a frame's headers:
 *         vlan:ID  arp:SRC>DST  ip:SRC>DST  ip6:SRC>DST  frag:ID:OFFSET[:more]
 *         udp:SPORT>DPORT  tcp:SPORT>DPORT:FLAGS  icmp:TYPE:ID:SEQ  icmp6:TYPE:ID:SEQ  len:PAYLOAD
 *       FLAGS are letters of "fsrpa" (FIN, SYN, RST, PSH, ACK).
 *     hdr=x:HEX           those bytes
 */
#ifndef EVSCRIPT_H
#define EVSCRIPT_H

#include "../../tracer/path/rxs_path.h"

#define EVS_PACKETS_MAX	4096

/* An engine with its strings, and everything it has handed out. */
struct evs {
	struct rxs_strtab *t;
	struct rxs_path *path;
	struct rxs_packet *packet[EVS_PACKETS_MAX];	/* in the order they were handed out; owned */
	u32 nr_packets;
	u64 nr_polls;
	struct rxs_poll last_poll;
	u64 nr_hops;
	u64 outcome[RXS_OUT_NR];
	u64 now_ns;
};

/*
 * Build a frame's headers from the text after "hdr="; returns bytes, or -1 with a message on
 * stderr.
 */
int evs_frame(u8 *buf, size_t size, const char *spec);
/*
 * Parse one line into *ev (1), *lost (2), or nothing: blank or comment (0). -1 with a message when
 * wrong.
 */
int evs_line(struct rxs_strtab *t, const char *line, u64 *now_ns, struct rxs_event *ev,
	     struct rxs_lost *lost, u8 hdr[RXS_HDR_MAX_BYTES]);

void evs_open(struct evs *s, const struct rxs_path_opts *o);
/* Feed a script; a line that does not parse ends the test. */
void evs_feed(struct evs *s, const char *script);
/* Finish the engine; checks that outcomes add up to what was seen. */
void evs_finish(struct evs *s);
void evs_close(struct evs *s);
/* A packet handed out, by id; the test fails when there is none. */
const struct rxs_packet *evs_packet(const struct evs *s, u64 id);
/*
 * The packet's hops as text: "rx_desc gro netif_receive_skb …"; clone hops with a "'". Static
 * buffer.
 */
const char *evs_hops(const struct rxs_packet *p);
const char *evs_outcome(const struct rxs_packet *p);

#endif
