// SPDX-License-Identifier: GPL-2.0
/* A screen as a terminal shows it. */
#include "vt_dump.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <vterm.h>

#define LOOKS_MAX 52

struct look {
	int fg, bg;	/* index, -1 = default */
	bool bold, underline, reverse;
};

struct dump {
	VTermScreen *screen;
	int w, h;
	struct look look[LOOKS_MAX];
	int nr;
};

static int color_of(const VTermColor *c, bool fg)
{
	if (fg ? VTERM_COLOR_IS_DEFAULT_FG(c) : VTERM_COLOR_IS_DEFAULT_BG(c))
		return -1;
	return VTERM_COLOR_IS_INDEXED(c) ? c->indexed.idx : 1000;
}

static void cell_at(const struct dump *d, int x, int y, VTermScreenCell *cell)
{
	vterm_screen_get_cell(d->screen, (VTermPos){ .row = y, .col = x }, cell);
}

static u32 char_of(const VTermScreenCell *cell)
{
	return cell->chars[0] && cell->chars[0] != (uint32_t)-1 ? cell->chars[0] : ' ';
}

/* A blank without background looks plain, whatever its foreground. */
static char letter_of(struct dump *d, const VTermScreenCell *cell)
{
	struct look l = { color_of(&cell->fg, true), color_of(&cell->bg, false), cell->attrs.bold,
			  cell->attrs.underline, cell->attrs.reverse };

	if ((char_of(cell) == ' ' && l.bg < 0 && !l.reverse && !l.underline) ||
	    (l.fg < 0 && l.bg < 0 && !l.bold && !l.underline && !l.reverse))
		return '.';
	for (int i = 0; i < d->nr; i++)
		if (d->look[i].fg == l.fg && d->look[i].bg == l.bg && d->look[i].bold == l.bold &&
		    d->look[i].underline == l.underline && d->look[i].reverse == l.reverse)
			return (char)(i < 26 ? 'a' + i : 'A' + i - 26);
	if (d->nr == LOOKS_MAX)
		return '?';
	d->look[d->nr] = l;
	d->nr++;
	return letter_of(d, cell);
}

static bool dump_text(const struct dump *d, const struct tui_cells *c, FILE *out)
{
	VTermScreenCell cell;
	bool same = true;
	char buf[8];

	for (int y = 0; y < d->h; y++) {
		int end = 0;

		for (int x = 0; x < d->w; x++) {
			cell_at(d, x, y, &cell);
			same &= char_of(&cell) == c->cell[y * c->w + x].ch;
			end = char_of(&cell) != ' ' ? x + 1 : end;
		}
		for (int x = 0; x < end; x++) {
			cell_at(d, x, y, &cell);
			tui_utf8(buf, char_of(&cell));
			fputs(buf, out);
		}
		putc('\n', out);
	}
	return same;
}

static void dump_looks(struct dump *d, FILE *out)
{
	VTermScreenCell cell;

	fputs("-- looks\n", out);
	for (int y = 0; y < d->h; y++) {
		int run = 0;
		char last = 0;

		for (int x = 0; x <= d->w; x++) {
			char now = 0;

			if (x < d->w) {
				cell_at(d, x, y, &cell);
				now = letter_of(d, &cell);
			}
			if (now != last && last)
				fprintf(out, "%d%c%s", run, last, now ? " " : "");
			run = now == last ? run + 1 : 1;
			last = now;
		}
		putc('\n', out);
	}
	for (int i = 0; i < d->nr; i++)
		fprintf(out, "%c: fg %d bg %d%s%s%s\n", i < 26 ? 'a' + i : 'A' + i - 26,
			d->look[i].fg, d->look[i].bg, d->look[i].bold ? " bold" : "",
			d->look[i].underline ? " underlined" : "",
			d->look[i].reverse ? " reversed" : "");
}

int vt_dump(const struct tui_cells *c, const struct tui_style *st, FILE *out)
{
	struct dump d = { .w = c->w, .h = c->h };
	VTerm *vt = vterm_new(c->h, c->w);
	char *sgr = NULL;
	size_t len = 0;
	FILE *f = open_memstream(&sgr, &len);
	int err = vt && f ? tui_cells_ansi(c, st, f) : -ENOMEM;

	if (f && fclose(f) && !err)
		err = -errno;
	if (!err) {
		vterm_set_utf8(vt, 1);
		d.screen = vterm_obtain_screen(vt);
		vterm_screen_reset(d.screen, 1);
		vterm_input_write(vt, sgr, len);
		if (!dump_text(&d, c, out))
			err = -EIO;
		dump_looks(&d, out);
	}
	free(sgr);
	if (vt)
		vterm_free(vt);
	return err;
}
