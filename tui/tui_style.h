/* SPDX-License-Identifier: GPL-2.0 */
/* Roles and themes: which colour and attributes a role has. The table is tui_style.def. */
#ifndef TUI_STYLE_H
#define TUI_STYLE_H

#include "../tracer/path/rxs_packet.h"

enum tui_role {
#define TUI_ROLE(sym, dark, safe, basic, attr, mono) TUI_R_##sym,
#include "tui_style.def"
#undef TUI_ROLE
	TUI_R_NR
};

enum tui_theme { TUI_THEME_DEFAULT, TUI_THEME_SAFE, TUI_THEME_MONO, TUI_THEME_NR };

#define TUI_ATTR_BOLD		0x01
#define TUI_ATTR_DIM		0x02
#define TUI_ATTR_REVERSE	0x04
#define TUI_ATTR_UNDERLINE	0x08

/* What a terminal has to be told to draw a cell. */
struct tui_look {
	s16 fg, bg;		/* colour numbers, -1 = the terminal's own */
	u8 attr;		/* TUI_ATTR_* */
};

struct tui_style {
	enum tui_theme theme;
	int colors;		/* the terminal's: 0, 8, 16, 256 */
};

/* Look of a role, of a selected cell when selected. */
struct tui_look tui_style_look(const struct tui_style *st, enum tui_role role, bool selected);
const char *tui_theme_id(enum tui_theme t);	/* "default", "safe", "mono" */
int tui_theme_by_id(const char *id);		/* or -ENOENT */
/* xterm's colour of 256 as 0xRRGGBB. */
u32 tui_color_rgb(int color);

/* Roles and glyphs of an outcome and of a stage's layer. */
enum tui_role tui_outcome_role(enum rxs_outcome o);
u32 tui_outcome_glyph(enum rxs_outcome o);
enum tui_role tui_layer_role(enum rxs_stage s);
/* A letter for the layer, for bars that must be read without colour. */
char tui_layer_letter(enum rxs_stage s);

#endif
