// SPDX-License-Identifier: GPL-2.0
/* Keys and what they do. */
#include "tui_keys.h"

#define CTRL(c) ((c) & 0x1f)

const struct tui_act_info tui_acts[TUI_A_NR] = {
#define TUI_ACT(sym, keys, hint, group, help) [TUI_A_##sym] = { keys, hint, group, help },
#include "tui_keys.def"
#undef TUI_ACT
};

static const struct {
	u32 key;
	enum tui_act act;
} bindings[] = {
	{ 'q', TUI_A_QUIT },
	{ CTRL('c'), TUI_A_QUIT },
	{ '?', TUI_A_HELP },
	{ 'h', TUI_A_HELP },
	{ TUI_KEY_F1, TUI_A_HELP },
	{ '\t', TUI_A_NEXT_VIEW },
	{ TUI_KEY_BACKTAB, TUI_A_PREV_VIEW },
	{ 27, TUI_A_BACK },
	{ TUI_KEY_BACKSPACE, TUI_A_BACK },
	{' ', TUI_A_PAUSE},
	{ TUI_KEY_LEFT, TUI_A_STEP_BACK },
	{ TUI_KEY_RIGHT, TUI_A_STEP },
	{ ',', TUI_A_PACKET_BACK },
	{ '.', TUI_A_PACKET_NEXT },
	{ '-', TUI_A_SLOWER },
	{ '+', TUI_A_FASTER },
	{ '=', TUI_A_FASTER },
	{ '<', TUI_A_REVERSE },
	{ '0', TUI_A_REWIND },
	{ 'F', TUI_A_FOLLOW },
	{ 'E', TUI_A_TO_END },
	{ 'g', TUI_A_GOTO },
	{ TUI_KEY_UP, TUI_A_UP },
	{ 'k', TUI_A_UP },
	{ TUI_KEY_DOWN, TUI_A_DOWN },
	{ 'j', TUI_A_DOWN },
	{ TUI_KEY_PGUP, TUI_A_PAGE_UP },
	{ TUI_KEY_PGDN, TUI_A_PAGE_DOWN },
	{ TUI_KEY_HOME, TUI_A_FIRST },
	{ TUI_KEY_END, TUI_A_LAST },
	{ '\r', TUI_A_OPEN },
	{ '\n', TUI_A_OPEN },
	{ 's', TUI_A_SORT },
	{ 'S', TUI_A_SORT_REVERSE },
	{ 'x', TUI_A_MARK },
	{ 'X', TUI_A_UNMARK },
	{ '/', TUI_A_FILTER },
	{ 'f', TUI_A_FIND },
	{ 'n', TUI_A_FIND_NEXT },
	{ 'N', TUI_A_FIND_PREV },
	{ 'z', TUI_A_ZOOM_IN },
	{ 'Z', TUI_A_ZOOM_OUT },
	{ 'a', TUI_A_ALL },
	{ 'm', TUI_A_MERGED },
	{ 'w', TUI_A_SAVE },
	{ 't', TUI_A_THEME },
	{ 'M', TUI_A_MOUSE },
	{ CTRL('l'), TUI_A_REDRAW },
	{ CTRL('z'), TUI_A_SUSPEND },
};

enum tui_act tui_key_act(u32 key)
{
	if (key >= '1' && key <= '9')
		return TUI_A_VIEW;
	for (size_t i = 0; i < RXS_ARRAY_SIZE(bindings); i++)
		if (bindings[i].key == key)
			return bindings[i].act;
	return TUI_A_NONE;
}
