/* SPDX-License-Identifier: GPL-2.0 */
/* Parts of the NAPI view: what each CPU did in a span of time, column by column. */
#ifndef TUI_NAPI_LANES_H
#define TUI_NAPI_LANES_H

#include "tui.h"

#define NAPI_COLUMNS_MAX 512

enum { LANE_MASKED, LANE_SOFTIRQ, LANE_POLL, LANE_NR };

struct napi_lanes {
	s16 cpu;
	u64 t0_ns, t1_ns;
	int columns;
	float busy[LANE_NR][NAPI_COLUMNS_MAX];	/* share of the column's time, 0 … 1 */
	float ksoftirqd[NAPI_COLUMNS_MAX];	/* of it, in ksoftirqd */
	u16 irqs[NAPI_COLUMNS_MAX];		/* interrupts that began in it */
};

/* Fill in what CPU l->cpu did from l->t0_ns to l->t1_ns. */
void napi_lanes_fill(const struct tui_model *m, struct napi_lanes *l);
/* Draw the lanes into four rows from r.y on: interrupts, softirq, polls, and the polls' work. */
void napi_lanes_draw(const struct tui *t, struct tui_cells *c, struct tui_rect r,
		     const struct napi_lanes *l);

#endif
