/* SPDX-License-Identifier: GPL-2.0 */
/* Packets made by hand, for tests of what shows them. */
#ifndef FIXTURE_H
#define FIXTURE_H

#include <stdio.h>

#include "../../tracer/view/rxs_view.h"

#define FIXTURE_HOPS 16

/* A packet with room for its hops; zero it, then fixture_hop() and friends. */
struct fixture_packet {
	struct rxs_packet p;
	struct rxs_hop hop[FIXTURE_HOPS];
};

/* A UDP packet of 60 bytes on "eth0", 10.0.0.1:1000 > 10.0.0.2:2000, with no hops yet. */
void fixture_udp(struct fixture_packet *f, struct rxs_strtab *t, u64 id);
/* Pass a stage; the first hop sets first_ns, every hop last_ns. */
void fixture_hop(struct fixture_packet *f, u64 ts_ns, enum rxs_stage st, enum rxs_op op);
/* rx_desc at ts_ns, ip_rcv, udp_rcv and socket step_ns after each other, read by "app"/42, end. */
void fixture_delivered(struct fixture_packet *f, struct rxs_strtab *t, u64 id, u64 ts_ns, u64 step_ns);
/* rx_desc, ip_rcv, udp_rcv, then dropped for that reason by that function. */
void fixture_dropped(struct fixture_packet *f, struct rxs_strtab *t, u64 id, u64 ts_ns, const char *reason,
		     const char *function);

/* Everything a view prints of these packets and losses, as a string to be freed. Fails the test on an error. */
char *fixture_view(const char *view, const struct rxs_view_opts *o, struct rxs_strtab *t,
		   const struct rxs_packet *const *p, unsigned int nr, const struct rxs_lost *lost, int want);

#endif
