/* SPDX-License-Identifier: GPL-2.0 */
/* Saving what is on the screen, and packets. */
#ifndef TUI_SAVE_H
#define TUI_SAVE_H

#include "tui.h"

/*
 * what: t screen as text, s screen as SVG; r, j, p packets as .rxs, JSON, pcapng: those marked,
 * else the one selected in Packets and Packet, else all that are remembered and pass the filter. An
 * existing file is not overwritten (-EEXIST). Says what was done. 0, or -errno with a sentence.
 */
int tui_save(struct tui *t, char what, const char *path, struct rxs_err *e);
/* A name to offer: "rxscope-path.txt", "rxscope-3-packets.json". */
void tui_save_name(struct tui *t, char what, char *buf, size_t size);

#endif
