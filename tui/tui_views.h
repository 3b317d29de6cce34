/* SPDX-License-Identifier: GPL-2.0 */
/* The views: one file each. */
#ifndef TUI_VIEWS_H
#define TUI_VIEWS_H

#include "tui.h"

/* view_path.c: the stages as a pipeline, packets on their way along it */
extern const struct tui_view_ops tui_view_path;
/* view_packets.c: the packets, one a line */
extern const struct tui_view_ops tui_view_packets;
/* view_packet.c: one packet's waterfall */
extern const struct tui_view_ops tui_view_packet;
/* view_latency.c: histogram and heat map of a stage */
extern const struct tui_view_ops tui_view_latency;
/* view_napi.c: interrupts, softirqs and polls of each CPU over time */
extern const struct tui_view_ops tui_view_napi;
/* view_flows.c */
extern const struct tui_view_ops tui_view_flows;
/* view_drops.c */
extern const struct tui_view_ops tui_view_drops;
/* view_log.c: losses and warnings */
extern const struct tui_view_ops tui_view_log;
/* view_help.c: keys, signs and colours */
extern const struct tui_view_ops tui_view_help;

#endif
