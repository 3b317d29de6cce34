/* SPDX-License-Identifier: GPL-2.0 */
/* Parts of the Path view: where stages stand, and the packets between them. */
#ifndef TUI_PATH_LANE_H
#define TUI_PATH_LANE_H

#include "tui.h"

#define PATH_SLOTS_MAX	24
#define PATH_ALTS_MAX	8

/* A place of the pipeline: one stage, or several of which a packet passes one. */
struct path_slot {
	const char *name;
	u16 stage[PATH_ALTS_MAX];	/* those shown */
	int nr;
	int x0, x1;			/* its track: columns x0 … x1, the stage itself stands at x1 */
	int y;				/* its first row */
	u64 waiting;			/* packets on their way to it */
	bool about;			/* waiting is an estimate */
};

struct path_layout {
	struct path_slot slot[PATH_SLOTS_MAX];
	int nr;
	s8 slot_of[RXS_ST_NR];		/* -1: not shown */
	int per_row, rows;
	int slot_w, slot_h;		/* of a slot, without what is left over at the end */
	int lanes, lines;		/* rows for packets, rows for figures below them */
};

/* Draw the packets that are on their way at the cursor, and those that have just ended. */
void path_draw_packets(struct tui *t, struct tui_cells *c, struct path_layout *l);
/* Count the packets between the stages into l->slot[].waiting; returns all packets on their way. */
u64 path_count_waiting(struct tui *t, struct path_layout *l);

#endif
