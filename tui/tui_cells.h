/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The screen as an array of cells in memory. Views draw into cells and nothing else; what becomes
 * of the cells (a terminal, a text, a picture) is decided elsewhere, so that a test sees exactly
 * what a person sees.
 *
 * Every cell is one column wide. Text from outside (device names, task names) may hold anything:
 * what is no printable character of one column is drawn as '?'.
 */
#ifndef TUI_CELLS_H
#define TUI_CELLS_H

#include <stdio.h>

#include "../tracer/base/rxs_types.h"
#include "tui_style.h"

struct tui_cell {
	u32 ch;		/* Unicode */
	u8 role;	/* enum tui_role */
	u8 flags;	/* TUI_CELL_* */
};
#define TUI_CELL_SELECTED	0x01	/* the cursor of a list stands on it */

struct tui_cells {
	int w, h;
	bool ascii;			/* draw the nearest ASCII character instead */
	struct tui_cell *cell;		/* w * h, row by row */
};

/* A part of the screen, in columns and rows. */
struct tui_rect {
	int x, y, w, h;
};

/*
 * Make c an empty screen of w × h; frees what it held (zero it before the first time). 0 or
 * -ENOMEM.
 */
int tui_cells_resize(struct tui_cells *c, int w, int h);
void tui_cells_free(struct tui_cells *c);
void tui_cells_clear(struct tui_cells *c);

/* Everything below draws nothing outside of the screen. */
void tui_put(struct tui_cells *c, int x, int y, enum tui_role role, u32 ch);
void tui_fill(struct tui_cells *c, struct tui_rect r, enum tui_role role, u32 ch);
/*
 * UTF-8 text in at most width columns; what is longer ends in "…". Returns the columns written. The
 * right variant ends at column x + width - 1.
 */
int tui_text(struct tui_cells *c, int x, int y, int width, enum tui_role role, const char *utf8);
int tui_text_right(struct tui_cells *c, int x, int y, int width, enum tui_role role,
		   const char *utf8);
int tui_textf(struct tui_cells *c, int x, int y, int width, enum tui_role role, const char *fmt,
	      ...) __attribute__((format(printf, 6, 7)));
/*
 * Words wrapped into the rectangle; the last line ends in "…" when not all fits. Returns the lines
 * used.
 */
int tui_paragraph(struct tui_cells *c, struct tui_rect r, enum tui_role role, const char *utf8);
/* Columns that the text takes. */
int tui_columns(const char *utf8);
/* Mark a row of cells as selected. */
void tui_select(struct tui_cells *c, int x, int y, int width);

/* A bar that grows from the left, in eighths of a column; value of max over width columns. */
void tui_bar(struct tui_cells *c, int x, int y, int width, enum tui_role role, u64 value, u64 max);
/* One column by height: level 0 (nothing) … 8 (full). */
void tui_column(struct tui_cells *c, int x, int y, enum tui_role role, int level);
/* Values as columns of one row, scaled to max (0: to the highest of them). */
void tui_spark(struct tui_cells *c, int x, int y, enum tui_role role, const u64 *value, int nr,
	       u64 max);

/*
 * Next character of a UTF-8 string, always at least one byte on; '?' for what cannot be drawn. 0 at
 * the end.
 */
u32 tui_next_char(const char **s);
/* UTF-8 of ch into buf (at least 5 bytes, NUL-terminated). Returns the bytes. */
int tui_utf8(char *buf, u32 ch);
/* The nearest ASCII character of a glyph the screen uses. */
u32 tui_ascii(u32 ch);

/* The screen as text, trailing blanks cut. 0 or -errno of the write. */
int tui_cells_text(const struct tui_cells *c, FILE *out);
/* The same with colours (ECMA-48 SGR) in the style's colours. */
int tui_cells_ansi(const struct tui_cells *c, const struct tui_style *st, FILE *out);
/* The same as an SVG picture. title is escaped. */
int tui_cells_svg(const struct tui_cells *c, const struct tui_style *st, const char *title,
		  FILE *out);

#endif
