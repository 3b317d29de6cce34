// SPDX-License-Identifier: GPL-2.0
/* What becomes of the cells when there is no terminal: text, text with colours, a picture. */
#include "tui_cells.h"

#include <errno.h>
#include <string.h>

static int written(FILE *out)
{
	return ferror(out) ? -EIO : 0;
}

static const struct tui_cell *row_of(const struct tui_cells *c, int y)
{
	return &c->cell[y * c->w];
}

int tui_cells_text(const struct tui_cells *c, FILE *out)
{
	char buf[8];

	for (int y = 0; y < c->h; y++) {
		const struct tui_cell *row = row_of(c, y);
		int end = c->w;

		while (end > 0 && row[end - 1].ch == ' ')
			end--;
		for (int x = 0; x < end; x++) {
			tui_utf8(buf, row[x].ch);
			fputs(buf, out);
		}
		putc('\n', out);
	}
	return written(out);
}

static bool same_look(struct tui_look a, struct tui_look b)
{
	return a.fg == b.fg && a.bg == b.bg && a.attr == b.attr;
}

static struct tui_look look_of(const struct tui_style *st, const struct tui_cell *cell)
{
	return tui_style_look(st, cell->role, cell->flags & TUI_CELL_SELECTED);
}

/* ECMA-48 8.3.117 SGR; colours above 7 in the form every 256-colour terminal takes. */
static void put_sgr(struct tui_look l, FILE *out)
{
	fputs("\033[0", out);
	if (l.attr & TUI_ATTR_BOLD)
		fputs(";1", out);
	if (l.attr & TUI_ATTR_DIM)
		fputs(";2", out);
	if (l.attr & TUI_ATTR_UNDERLINE)
		fputs(";4", out);
	if (l.attr & TUI_ATTR_REVERSE)
		fputs(";7", out);
	if (l.fg >= 8)
		fprintf(out, ";38;5;%d", l.fg);
	else if (l.fg >= 0)
		fprintf(out, ";%d", 30 + l.fg);
	if (l.bg >= 8)
		fprintf(out, ";48;5;%d", l.bg);
	else if (l.bg >= 0)
		fprintf(out, ";%d", 40 + l.bg);
	putc('m', out);
}

int tui_cells_ansi(const struct tui_cells *c, const struct tui_style *st, FILE *out)
{
	char buf[8];

	for (int y = 0; y < c->h; y++) {
		struct tui_look now = { .fg = -1, .bg = -1, .attr = 0 };
		const struct tui_cell *row = row_of(c, y);

		for (int x = 0; x < c->w; x++) {
			struct tui_look l = look_of(st, &row[x]);

			if (!same_look(l, now))
				put_sgr(l, out);
			now = l;
			tui_utf8(buf, row[x].ch);
			fputs(buf, out);
		}
		fputs("\033[0m", out);
		if (y < c->h - 1)
			fputs("\r\n", out);
	}
	return written(out);
}

/* A cell of the picture, in SVG user units; 0.6 is the width of a monospace character of size 1. */
#define CELL_W	8.4
#define CELL_H	17.0
#define FONT	14
#define MARGIN	10
#define PAPER	0x16181d

static void put_xml(u32 ch, FILE *out)
{
	char buf[8];

	if (ch == '<')
		fputs("&lt;", out);
	else if (ch == '>')
		fputs("&gt;", out);
	else if (ch == '&')
		fputs("&amp;", out);
	else if (ch == '"')
		fputs("&quot;", out);
	else {
		tui_utf8(buf, ch);
		fputs(buf, out);
	}
}

static u32 blend(u32 a, u32 b)
{
	u32 out = 0;

	for (int shift = 0; shift < 24; shift += 8)
		out |= (((a >> shift & 0xff) * 6 + (b >> shift & 0xff) * 4) / 10) << shift;
	return out;
}

static void svg_colors(struct tui_look l, u32 *fg, u32 *bg)
{
	u32 f = tui_color_rgb(l.fg), b = l.bg < 0 ? PAPER : tui_color_rgb(l.bg);

	if (l.attr & TUI_ATTR_DIM)
		f = blend(f, b);
	*fg = l.attr & TUI_ATTR_REVERSE ? b : f;
	*bg = l.attr & TUI_ATTR_REVERSE ? f : b;
}

/*
 * Block elements are drawn as rectangles: fonts leave gaps between them. Returns false for other
 * characters.
 */
static bool svg_block(u32 ch, int cells, double x, double y, u32 fg, FILE *out)
{
	double w = CELL_W * cells, h = CELL_H;

	if (ch >= 0x2581 && ch <= 0x2588) {
		h = CELL_H * (ch - 0x2580) / 8;
		y += CELL_H - h;
	} else if (ch >= 0x2589 && ch <= 0x258f) {
		w = w * (0x2590 - ch) / 8;
	} else {
		return false;
	}
	fprintf(out,
		"<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" fill=\"#%06x\"/>\n", x,
		y, w, h, fg);
	return true;
}

static void svg_run(const struct tui_cell *row, int x, int end, int y, struct tui_look l, FILE *out)
{
	double px = MARGIN + x * CELL_W, py = MARGIN + y * CELL_H;
	bool text = false;
	u32 fg, bg;

	svg_colors(l, &fg, &bg);
	if (bg != PAPER)
		fprintf(out,
			"<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" "
			"fill=\"#%06x\"/>\n",
			px, py, (end - x) * CELL_W, CELL_H, bg);
	for (int i = x, n; i < end; i += n) {
		/* Equal full blocks are one rectangle: no seams. */
		for (n = 1; row[i].ch == 0x2588 && i + n < end && row[i + n].ch == 0x2588;)
			n++;
		if (row[i].ch != ' ' && !svg_block(row[i].ch, n, MARGIN + i * CELL_W, py, fg, out))
			text = true;
	}
	if (!text)
		return;
	fprintf(out, "<text x=\"%.1f\" y=\"%.1f\" textLength=\"%.1f\" fill=\"#%06x\"%s%s>", px,
		py + CELL_H * 0.76, (end - x) * CELL_W, fg,
		l.attr & TUI_ATTR_BOLD ? " font-weight=\"bold\"" : "",
		l.attr & TUI_ATTR_UNDERLINE ? " text-decoration=\"underline\"" : "");
	for (int i = x; i < end; i++)
		put_xml(row[i].ch >= 0x2581 && row[i].ch <= 0x258f ? ' ' : row[i].ch, out);
	fputs("</text>\n", out);
}

int tui_cells_svg(const struct tui_cells *c, const struct tui_style *st, const char *title,
		  FILE *out)
{
	double w = c->w * CELL_W + 2 * MARGIN, h = c->h * CELL_H + 2 * MARGIN;

	fprintf(out,
		"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%.0f\" height=\"%.0f\" "
		"viewBox=\"0 0 %.0f %.0f\">\n",
		w, h, w, h);
	fputs("<title>", out);
	while (*title)
		put_xml(tui_next_char(&title), out);
	fprintf(out, "</title>\n<rect width=\"100%%\" height=\"100%%\" rx=\"8\" fill=\"#%06x\"/>\n",
		PAPER);
	fprintf(out,
		"<g font-family=\"DejaVu Sans Mono, Menlo, Consolas, monospace\" font-size=\"%d\" "
		"xml:space=\"preserve\">\n",
		FONT);
	for (int y = 0; y < c->h; y++) {
		const struct tui_cell *row = row_of(c, y);

		for (int x = 0, end; x < c->w; x = end) {
			struct tui_look l = look_of(st, &row[x]);
			bool blank = row[x].ch == ' ';

			/*
			 * Blank and drawn runs apart, so that a run's text length is the length of
			 * what is drawn.
			 */
			for (end = x + 1; end < c->w; end++)
				if (!same_look(look_of(st, &row[end]), l) ||
				    (row[end].ch == ' ') != blank)
					break;
			svg_run(row, x, end, y, l, out);
		}
	}
	fputs("</g>\n</svg>\n", out);
	return written(out);
}
