/* SPDX-License-Identifier: GPL-2.0 */
/* Keys and what they do. One table (tui_keys.def) is the help, the hints, and the dispatch. */
#ifndef TUI_KEYS_H
#define TUI_KEYS_H

#include "../tracer/base/rxs_types.h"

enum tui_act {
#define TUI_ACT(sym, keys, hint, group, help) TUI_A_##sym,
#include "tui_keys.def"
#undef TUI_ACT
	TUI_A_NR
};

/* Keys that are no characters. Characters are themselves. */
enum tui_key {
	TUI_KEY_UP = 0x110000, /* above Unicode */
	TUI_KEY_DOWN,
	TUI_KEY_LEFT,
	TUI_KEY_RIGHT,
	TUI_KEY_PGUP,
	TUI_KEY_PGDN,
	TUI_KEY_HOME,
	TUI_KEY_END,
	TUI_KEY_BACKSPACE,
	TUI_KEY_DELETE,
	TUI_KEY_BACKTAB,
	TUI_KEY_F1,
	TUI_KEY_MOUSE,
	TUI_KEY_RESIZE,
	TUI_KEY_OTHER, /* known to the terminal, unused here */
};

struct tui_act_info {
	const char *keys;	/* as shown */
	const char *hint;	/* a word or two, "" = not in the hint line */
	const char *group;	/* heading in the help */
	const char *help;	/* "" = told with another key */
};

extern const struct tui_act_info tui_acts[TUI_A_NR];

/* What the key does; TUI_A_NONE for none. Digits are TUI_A_VIEW but 0. */
enum tui_act tui_key_act(u32 key);

#endif
