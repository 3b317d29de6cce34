// SPDX-License-Identifier: GPL-2.0
/* Roles and themes. */
#include "tui_style.h"

#include <errno.h>
#include <string.h>

#define B TUI_ATTR_BOLD
#define D TUI_ATTR_DIM
#define R TUI_ATTR_REVERSE
#define U TUI_ATTR_UNDERLINE

static const struct {
	s16 dark, safe, basic;
	u8 attr, mono;
} roles[TUI_R_NR] = {
#define TUI_ROLE(sym, dark, safe, basic, attr, mono)                                               \
	[TUI_R_##sym] = {dark, safe, basic, attr, mono},
#include "tui_style.def"
#undef TUI_ROLE
};

static const char *const theme_ids[TUI_THEME_NR] = {
	[TUI_THEME_DEFAULT] = "default", [TUI_THEME_SAFE] = "safe", [TUI_THEME_MONO] = "mono",
};

/* Of 256 colours: white on a blue that stays apart from black, white and every foreground above. */
#define SELECTED_FG 231
#define SELECTED_BG 25

struct tui_look tui_style_look(const struct tui_style *st, enum tui_role role, bool selected)
{
	struct tui_look l = { .fg = -1, .bg = -1, .attr = 0 };

	if (st->theme == TUI_THEME_MONO || st->colors < 8) {
		l.attr = roles[role].mono;
		if (selected)
			l.attr = (l.attr & ~TUI_ATTR_DIM) ^ TUI_ATTR_REVERSE;
		return l;
	}
	l.attr = roles[role].attr;
	if (st->colors >= 256) {
		l.fg = st->theme == TUI_THEME_SAFE ? roles[role].safe : roles[role].dark;
		if (selected) {
			l.fg = SELECTED_FG;
			l.bg = SELECTED_BG;
			l.attr &= TUI_ATTR_BOLD;
		}
		return l;
	}
	l.fg = selected ? -1 : roles[role].basic;
	if (selected)
		l.attr = (l.attr & TUI_ATTR_BOLD) | TUI_ATTR_REVERSE;
	return l;
}

const char *tui_theme_id(enum tui_theme t)
{
	return t < TUI_THEME_NR ? theme_ids[t] : "?";
}

int tui_theme_by_id(const char *id)
{
	for (int t = 0; t < TUI_THEME_NR; t++)
		if (!strcmp(theme_ids[t], id))
			return t;
	return -ENOENT;
}

u32 tui_color_rgb(int color)
{
	static const u32 first[16] = {
		0x000000, 0xcd3131, 0x0dbc79, 0xc5a500, 0x2472c8, 0xbc3fbc, 0x11a8cd, 0xd0d0d0,
		0x666666, 0xf14c4c, 0x23d18b, 0xf5f543, 0x3b8eea, 0xd670d6, 0x29b8db, 0xffffff,
	};
	static const u8 step[6] = { 0, 95, 135, 175, 215, 255 };

	if (color < 0 || color > 255)
		return 0xd0d0d0;
	if (color < 16)
		return first[color];
	if (color >= 232) {
		u32 g = 8 + (u32)(color - 232) * 10;

		return g << 16 | g << 8 | g;
	}
	color -= 16;
	return (u32)step[color / 36] << 16 | (u32)step[color / 6 % 6] << 8 | step[color % 6];
}

enum tui_role tui_outcome_role(enum rxs_outcome o)
{
	return o < RXS_OUT_NR ? (enum tui_role)(TUI_R_OUT_OPEN + o) : TUI_R_TEXT;
}

u32 tui_outcome_glyph(enum rxs_outcome o)
{
	static const u32 glyph[RXS_OUT_NR] = {
		[RXS_OUT_OPEN] = 0x25cc, [RXS_OUT_DELIVERED] = 0x25cf, [RXS_OUT_CONSUMED] = 0x25cb,
		[RXS_OUT_FORWARDED] = 0x25b6, [RXS_OUT_MERGED] = 0x25c6, [RXS_OUT_DROPPED] = 0x2715,
		[RXS_OUT_INCOMPLETE] = '?',
	};

	return o < RXS_OUT_NR ? glyph[o] : '?';
}

static const struct {
	const char *layer;
	enum tui_role role;
	char letter;
} layers[] = {
	{ "driver", TUI_R_LAYER_DRIVER, 'd' },	{ "softirq", TUI_R_LAYER_SOFTIRQ, 's' },
	{ "napi", TUI_R_LAYER_NAPI, 'n' },	{ "core", TUI_R_LAYER_CORE, 'c' },
	{ "l2", TUI_R_LAYER_L2, '2' },		{ "l3", TUI_R_LAYER_IP, '3' },
	{ "ip", TUI_R_LAYER_IP, '3' },		{ "l4", TUI_R_LAYER_L4, '4' },
	{ "socket", TUI_R_LAYER_SOCKET, 'q' },	{ "user", TUI_R_LAYER_USER, 'a' },
	{ "end", TUI_R_LAYER_END, 'e' },
};

enum tui_role tui_layer_role(enum rxs_stage s)
{
	for (size_t i = 0; s < RXS_ST_NR && i < RXS_ARRAY_SIZE(layers); i++)
		if (!strcmp(rxs_stages[s].layer, layers[i].layer))
			return layers[i].role;
	return TUI_R_TEXT;
}

char tui_layer_letter(enum rxs_stage s)
{
	for (size_t i = 0; s < RXS_ST_NR && i < RXS_ARRAY_SIZE(layers); i++)
		if (!strcmp(rxs_stages[s].layer, layers[i].layer))
			return layers[i].letter;
	return '-';
}
