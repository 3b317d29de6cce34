// SPDX-License-Identifier: GPL-2.0
/* Cells in memory: text, bars and columns. */
#include "tui_cells.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

int tui_cells_resize(struct tui_cells *c, int w, int h)
{
	struct tui_cell *cell;

	if (w < 1 || h < 1)
		return -EINVAL;
	cell = calloc((size_t)w * (size_t)h, sizeof(*cell));
	if (!cell)
		return -ENOMEM;
	free(c->cell);
	c->cell = cell;
	c->w = w;
	c->h = h;
	tui_cells_clear(c);
	return 0;
}

void tui_cells_free(struct tui_cells *c)
{
	free(c->cell);
	c->cell = NULL;
	c->w = c->h = 0;
}

void tui_cells_clear(struct tui_cells *c)
{
	for (int i = 0; i < c->w * c->h; i++)
		c->cell[i] = (struct tui_cell){ .ch = ' ', .role = TUI_R_TEXT };
}

/* Glyphs the screen uses, and what stands for them where only ASCII is to be had. */
static const struct {
	u32 ch;
	char ascii;
} fallback[] = {
	{ 0x2026, '~' },  /* … */ { 0x00b5, 'u' },  /* µ */ { 0x00d7, 'x' },  /* × */ { 0x00b7, '.' },  /* · */
	{ 0x2500, '-' },  /* ─ */ { 0x2501, '=' },  /* ━ */ { 0x2502, '|' },  /* │ */ { 0x2504, '.' },  /* ┄ */
	{ 0x250a, ':' },  /* ┊ */ { 0x250c, '+' },  /* ┌ */ { 0x2510, '+' },  /* ┐ */ { 0x2514, '+' },  /* └ */
	{ 0x2518, '+' },  /* ┘ */ { 0x251c, '+' },  /* ├ */ { 0x2524, '+' },  /* ┤ */ { 0x252c, '+' },  /* ┬ */
	{ 0x2534, '+' },  /* ┴ */ { 0x253c, '+' },  /* ┼ */ { 0x256d, '.' },  /* ╭ */ { 0x256e, '.' },  /* ╮ */
	{ 0x256f, '\'' }, /* ╯ */ { 0x2570, '`' },  /* ╰ */ { 0x25b6, '>' },  /* ▶ */ { 0x25b8, '>' },  /* ▸ */
	{ 0x25b2, '^' },  /* ▲ */ { 0x25bc, 'v' },  /* ▼ */ { 0x25c6, 'm' },  /* ◆ */ { 0x25c9, '@' },  /* ◉ */
	{ 0x25cb, 'c' },  /* ○ */ { 0x25cc, '.' },  /* ◌ */ { 0x25cf, 'o' },  /* ● */ { 0x25a0, '#' },  /* ■ */
	{ 0x2715, 'x' },  /* ✕ */ { 0x2190, '<' },  /* ← */ { 0x2191, '^' },  /* ↑ */ { 0x2192, '>' },  /* → */
	{ 0x2193, 'v' },  /* ↓ */ { 0x2265, '>' },  /* ≥ */ { 0x2591, '.' },  /* ░ */ { 0x2592, ':' },  /* ▒ */
	{ 0x2593, '%' },  /* ▓ */ { 0x2588, '#' },  /* █ */ { 0x2581, '_' },  /* ▁ */ { 0x2582, '.' },  /* ▂ */
	{ 0x2583, ':' },  /* ▃ */ { 0x2584, '-' },  /* ▄ */ { 0x2585, '=' },  /* ▅ */ { 0x2586, '+' },  /* ▆ */
	{ 0x2587, '*' },  /* ▇ */ { 0x2589, '#' },  /* ▉ */ { 0x258a, '#' },  /* ▊ */ { 0x258b, '#' },  /* ▋ */
	{ 0x258c, '=' },  /* ▌ */ { 0x258d, '-' },  /* ▍ */ { 0x258e, '-' },  /* ▎ */ { 0x258f, '.' },  /* ▏ */
	{ 0x2590, '|' },  /* ▐ */ { 0x2016, '|' },  /* ‖ */ { 0x2013, '-' },  /* – */ { 0x2212, '-' },  /* − */
	{ 0x2261, '=' },  /* ≡ */ { 0x25c0, '<' },  /* ◀ */ { 0x2713, '*' },  /* ✓ */ { 0x21b5, '<' },  /* ↵ */
};

u32 tui_ascii(u32 ch)
{
	if (ch < 0x80)
		return ch;
	for (size_t i = 0; i < RXS_ARRAY_SIZE(fallback); i++)
		if (fallback[i].ch == ch)
			return (u32)fallback[i].ascii;
	return '?';
}

void tui_put(struct tui_cells *c, int x, int y, enum tui_role role, u32 ch)
{
	struct tui_cell *cell;

	if (x < 0 || y < 0 || x >= c->w || y >= c->h)
		return;
	cell = &c->cell[y * c->w + x];
	cell->ch = c->ascii ? tui_ascii(ch) : ch;
	cell->role = (u8)role;
}

void tui_fill(struct tui_cells *c, struct tui_rect r, enum tui_role role, u32 ch)
{
	for (int y = r.y; y < r.y + r.h; y++)
		for (int x = r.x; x < r.x + r.w; x++)
			tui_put(c, x, y, role, ch);
}

/*
 * Blocks of two-column and combining characters are left out: a cell is one column (Unicode 15, UAX
 * #11).
 */
static bool drawable(u32 ch)
{
	if (ch < 0x20 || (ch >= 0x7f && ch < 0xa0) || ch == 0xad)
		return false;
	if (ch < 0x300)
		return true;
	return (ch >= 0x370 && ch < 0x483) || (ch >= 0x2010 && ch < 0x2028) ||
	       (ch >= 0x2030 && ch < 0x2060) || (ch >= 0x2070 && ch < 0x20d0) ||
	       (ch >= 0x2100 && ch < 0x231a) || (ch >= 0x2500 && ch < 0x25fd) || ch == 0x2713 ||
	       ch == 0x2715;
}

/* RFC 3629. A byte that starts no valid sequence is one '?'. */
u32 tui_next_char(const char **s)
{
	const u8 *p = (const u8 *)*s;
	u32 ch, min = 0;
	int more;

	if (!*p)
		return 0;
	if (*p < 0x80) {
		(*s)++;
		return drawable(*p) ? *p : *p == '\n' || *p == '\t' ? ' ' : '?';
	}
	more = *p >= 0xc2 && *p < 0xe0	 ? 1
	       : *p >= 0xe0 && *p < 0xf0 ? 2
	       : *p >= 0xf0 && *p < 0xf5 ? 3
					 : 0;
	ch = more == 1 ? *p & 0x1fu : more == 2 ? *p & 0x0fu : *p & 0x07u;
	min = more == 1 ? 0x80 : more == 2 ? 0x800 : 0x10000;
	for (int i = 1; i <= more; i++) {
		if ((p[i] & 0xc0) != 0x80) {
			more = 0;
			break;
		}
		ch = ch << 6 | (p[i] & 0x3fu);
	}
	*s += more + 1;
	return more && ch >= min && drawable(ch) ? ch : '?';
}

int tui_utf8(char *buf, u32 ch)
{
	int n = ch < 0x80 ? 1 : ch < 0x800 ? 2 : ch < 0x10000 ? 3 : 4;
	static const u8 lead[5] = { 0, 0, 0xc0, 0xe0, 0xf0 };

	buf[n] = 0;
	for (int i = n - 1; i > 0; i--, ch >>= 6)
		buf[i] = (char)(0x80 | (ch & 0x3f));
	buf[0] = (char)(lead[n] | ch);
	return n;
}

int tui_columns(const char *utf8)
{
	int n = 0;

	while (tui_next_char(&utf8))
		n++;
	return n;
}

int tui_text(struct tui_cells *c, int x, int y, int width, enum tui_role role, const char *utf8)
{
	int n = 0;
	u32 ch;

	while (n < width && (ch = tui_next_char(&utf8))) {
		if (n == width - 1 && *utf8)
			ch = 0x2026;
		tui_put(c, x + n++, y, role, ch);
	}
	return n;
}

int tui_text_right(struct tui_cells *c, int x, int y, int width, enum tui_role role,
		   const char *utf8)
{
	int n = tui_columns(utf8);

	return tui_text(c, n < width ? x + width - n : x, y, width, role, utf8);
}

int tui_textf(struct tui_cells *c, int x, int y, int width, enum tui_role role, const char *fmt,
	      ...)
{
	char buf[1024];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(buf, sizeof(buf), fmt, ap);
	va_end(ap);
	return tui_text(c, x, y, width, role, buf);
}

/* Bytes of the longest run of whole words that fits into width columns. */
static size_t line_bytes(const char *s, int width)
{
	const char *p = s;
	size_t fit = 0;
	int cols = 0;

	while (*p && cols <= width) {
		if (*p == ' ' || *p == '\n')
			fit = (size_t)(p - s);
		if (*p == '\n')
			return fit;
		tui_next_char(&p);
		cols++;
	}
	if (cols <= width && !*p)
		return (size_t)(p - s);
	if (fit)
		return fit;
	for (p = s, cols = 0; *p && cols < width; cols++)
		tui_next_char(&p);
	return (size_t)(p - s);
}

int tui_paragraph(struct tui_cells *c, struct tui_rect r, enum tui_role role, const char *utf8)
{
	char line[1024];
	int n = 0;

	while (*utf8 && n < r.h) {
		size_t len = line_bytes(utf8, r.w);

		if (n == r.h - 1) {
			tui_text(c, r.x, r.y + n, r.w, role, utf8);
			return n + 1;
		}
		if (len >= sizeof(line))
			len = sizeof(line) - 1;
		memcpy(line, utf8, len);
		line[len] = 0;
		tui_text(c, r.x, r.y + n++, r.w, role, line);
		utf8 += len;
		while (*utf8 == ' ' || *utf8 == '\n')
			utf8++;
	}
	return n;
}

void tui_select(struct tui_cells *c, int x, int y, int width)
{
	for (int i = x < 0 ? 0 : x; i < x + width && i < c->w && y >= 0 && y < c->h; i++) {
		struct tui_cell *cell = &c->cell[y * c->w + i];

		/* Bars keep their colours. */
		if (cell->ch < 0x2580 || cell->ch > 0x259f)
			cell->flags |= TUI_CELL_SELECTED;
	}
}

void tui_bar(struct tui_cells *c, int x, int y, int width, enum tui_role role, u64 value, u64 max)
{
	int eighths = max ? (int)((double)value / (double)max * width * 8 + 0.5) : 0;

	if (eighths > width * 8)
		eighths = width * 8;
	if (value && !eighths)
		eighths = 1;
	for (; eighths >= 8; eighths -= 8)
		tui_put(c, x++, y, role, 0x2588);
	if (eighths)
		tui_put(c, x, y, role, 0x2590 - (u32)eighths);
}

void tui_column(struct tui_cells *c, int x, int y, enum tui_role role, int level)
{
	tui_put(c, x, y, role, level <= 0 ? ' ' : 0x2580 + (u32)(level > 8 ? 8 : level));
}

void tui_spark(struct tui_cells *c, int x, int y, enum tui_role role, const u64 *value, int nr,
	       u64 max)
{
	if (!max)
		for (int i = 0; i < nr; i++)
			max = value[i] > max ? value[i] : max;
	for (int i = 0; i < nr; i++) {
		int level = max ? (int)((double)value[i] * 8 / (double)max + 0.5) : 0;

		tui_column(c, x + i, y, role, value[i] && !level ? 1 : level);
	}
}
