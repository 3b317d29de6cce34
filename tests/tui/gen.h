/* SPDX-License-Identifier: GPL-2.0 */
/* Made-up but plausible traffic for tests of the screen: the same seed gives the same packets. */
#ifndef TUI_TEST_GEN_H
#define TUI_TEST_GEN_H

#include "../../tui/tui_model.h"

/*
 * Feed the model as a run would: polls of 1 to 16 packets on two CPUs, TCP merged by GRO, UDP, ICMP
 * and ARP, drops at a closed port and by netfilter, a reader that is late now and then, lost
 * events. packets is how many.
 */
struct tui_gen;
/* A source that goes on; free with free(). NULL when memory runs out. */
struct tui_gen *tui_gen_new(struct tui_model *m, struct rxs_strtab *t, u32 seed);
/* Feed about so many packets more. */
void tui_gen_more(struct tui_gen *g, u32 packets);
/* The first packets of a source. */
void tui_gen_feed(struct tui_model *m, struct rxs_strtab *t, u32 packets, u32 seed);

#endif
