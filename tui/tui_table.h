/* SPDX-License-Identifier: GPL-2.0 */
/* A table of rows that can be selected, scrolled and searched: Packets, Flows, Drops, Log. */
#ifndef TUI_TABLE_H
#define TUI_TABLE_H

#include "tui.h"

struct tui_table;

struct tui_column {
	const char *title;
	int w;			/* columns; 0 = shares what is left */
	bool right;		/* aligned */
	int from_w;		/* shown when the table is at least so wide */
};

struct tui_table_ops {
	const struct tui_column *columns;	/* ended by a NULL title */
	u64 (*rows)(struct tui *t, void *priv);
	/* Text and role of a cell. */
	void (*cell)(struct tui *t, void *priv, u64 row, int col, char *buf, size_t size,
		     enum tui_role *role);
	/* Draw a cell that is no text; returns false to have its text drawn. May be NULL. */
	bool (*picture)(struct tui *t, void *priv, u64 row, int col, struct tui_cells *c, int x,
			int y, int w);
	const char *empty;	/* said when there are no rows */
};

struct tui_table {
	u64 sel, top;
	int page, w;		/* rows and columns shown last */
	bool tail;		/* stay on the last row */
};

/* Draw header and rows; sort_col gets a mark (-1 = none). */
void tui_table_draw(struct tui_table *tb, const struct tui_table_ops *ops, struct tui *t,
		    void *priv, struct tui_cells *c, struct tui_rect r, int sort_col, bool reverse);
/* Move the selection; false when the action is not one that moves. */
bool tui_table_act(struct tui_table *tb, u64 rows, enum tui_act a);
/* Select what was clicked on, scroll by the wheel. */
void tui_table_click(struct tui_table *tb, u64 rows, int y, int wheel);
/*
 * The next (dir 1) or last (dir -1) row one of whose shown cells has this text, without regard to
 * case.
 */
bool tui_table_find(struct tui_table *tb, const struct tui_table_ops *ops, struct tui *t,
		    void *priv, const char *text, int dir);

#endif
