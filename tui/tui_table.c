// SPDX-License-Identifier: GPL-2.0
/* A table of rows that can be selected, scrolled and searched. */
#include "tui_table.h"

#include <string.h>

#include "../tracer/base/rxs_fmt.h"

#define COLUMNS_MAX	16
#define FIND_MAX	200000	/* rows looked at in one search */

/* Widths of the columns that are shown; 0 = not shown. */
static int lay_out(const struct tui_column *col, int w, int *width)
{
	int used = 0, flex = 0, nr = 0;

	for (; col[nr].title && nr < COLUMNS_MAX; nr++) {
		width[nr] = 0;
		if (w < col[nr].from_w)
			continue;
		width[nr] = col[nr].w ? col[nr].w : -1;
		used += (col[nr].w ? col[nr].w : 0) + 2;
		flex += !col[nr].w;
	}
	for (int i = 0; i < nr; i++) {
		int left = w - (used - 2);

		if (width[i] != -1)
			continue;
		width[i] = left > 0 ? left / flex : 1;
		used += width[i];
		flex--;
	}
	return nr;
}

/* Keep the selection on a row, and in sight. */
static void settle(struct tui_table *tb, u64 rows, int page)
{
	tb->page = page > 0 ? page : 1;
	if (!rows) {
		tb->sel = tb->top = 0;
		return;
	}
	if (tb->tail || tb->sel >= rows)
		tb->sel = rows - 1;
	if (tb->sel < tb->top)
		tb->top = tb->sel;
	if (tb->sel >= tb->top + (u64)tb->page)
		tb->top = tb->sel - (u64)tb->page + 1;
	if (tb->top + (u64)tb->page > rows)
		tb->top = rows > (u64)tb->page ? rows - (u64)tb->page : 0;
}

static void draw_header(const struct tui_column *col, int nr, const int *width, struct tui_cells *c,
			struct tui_rect r, int sort_col, bool reverse)
{
	int x = r.x;

	for (int i = 0; i < nr; i++) {
		char title[48];

		if (!width[i])
			continue;
		snprintf(title, sizeof(title), "%s%s", col[i].title,
			 i == sort_col ? reverse ? "\xe2\x96\xb2" : "\xe2\x96\xbc" : "");
		if (col[i].right)
			tui_text_right(c, x, r.y, width[i], TUI_R_HEADER, title);
		else
			tui_text(c, x, r.y, width[i], TUI_R_HEADER, title);
		x += width[i] + 2;
	}
}

static void draw_row(const struct tui_table_ops *ops, struct tui *t, void *priv, u64 row, int nr,
		     const int *width, struct tui_cells *c, int x, int y)
{
	char buf[512];

	for (int i = 0; i < nr; i++) {
		enum tui_role role = TUI_R_TEXT;

		if (!width[i])
			continue;
		if (!ops->picture || !ops->picture(t, priv, row, i, c, x, y, width[i])) {
			buf[0] = 0;
			ops->cell(t, priv, row, i, buf, sizeof(buf), &role);
			if (ops->columns[i].right)
				tui_text_right(c, x, y, width[i], role, buf);
			else
				tui_text(c, x, y, width[i], role, buf);
		}
		x += width[i] + 2;
	}
}

/* "21-40 of 1,234" at the end of the header line's row below the table. */
static void draw_place(const struct tui_table *tb, u64 rows, struct tui_cells *c, struct tui_rect r)
{
	char n[RXS_FMT_MAX], text[96];
	u64 last = tb->top + (u64)tb->page < rows ? tb->top + (u64)tb->page : rows;

	snprintf(text, sizeof(text), "%llu-%llu of %s", (unsigned long long)tb->top + 1,
		 (unsigned long long)last, rxs_fmt_count(n, sizeof(n), rows));
	tui_text_right(c, r.x, r.y + r.h - 1, r.w, TUI_R_DIM, text);
}

void tui_table_draw(struct tui_table *tb, const struct tui_table_ops *ops, struct tui *t,
		    void *priv, struct tui_cells *c, struct tui_rect r, int sort_col, bool reverse)
{
	int width[COLUMNS_MAX], nr = lay_out(ops->columns, r.w, width);
	u64 rows = ops->rows(t, priv);

	tb->w = r.w;

	settle(tb, rows, r.h - 2);
	draw_header(ops->columns, nr, width, c, r, sort_col, reverse);
	for (int i = 0; i < tb->page && tb->top + (u64)i < rows; i++) {
		draw_row(ops, t, priv, tb->top + (u64)i, nr, width, c, r.x, r.y + 1 + i);
		if (tb->top + (u64)i == tb->sel)
			tui_select(c, r.x, r.y + 1 + i, r.w);
	}
	if (rows)
		draw_place(tb, rows, c, r);
	else
		tui_text(c, r.x, r.y + 2, r.w, TUI_R_DIM, ops->empty);
}

bool tui_table_act(struct tui_table *tb, u64 rows, enum tui_act a)
{
	u64 page = tb->page > 1 ? (u64)tb->page - 1 : 1;

	switch (a) {
	case TUI_A_UP:
		tb->sel -= tb->sel ? 1 : 0;
		break;
	case TUI_A_DOWN:
		tb->sel += tb->sel + 1 < rows ? 1 : 0;
		break;
	case TUI_A_PAGE_UP:
		tb->sel = tb->sel > page ? tb->sel - page : 0;
		break;
	case TUI_A_PAGE_DOWN:
		tb->sel = tb->sel + page < rows ? tb->sel + page : rows ? rows - 1 : 0;
		break;
	case TUI_A_FIRST:
		tb->sel = 0;
		break;
	case TUI_A_LAST:
		tb->sel = rows ? rows - 1 : 0;
		break;
	default:
		return false;
	}
	tb->tail = false;
	return true;
}

void tui_table_click(struct tui_table *tb, u64 rows, int y, int wheel)
{
	if (wheel)
		for (int i = 0; i < 3; i++)
			tui_table_act(tb, rows, wheel < 0 ? TUI_A_UP : TUI_A_DOWN);
	else if (y >= 1 && tb->top + (u64)y - 1 < rows && y <= tb->page)
		tb->sel = tb->top + (u64)y - 1;
	tb->tail = false;
}

bool tui_table_find(struct tui_table *tb, const struct tui_table_ops *ops, struct tui *t,
		    void *priv, const char *text, int dir)
{
	int width[COLUMNS_MAX], nr = lay_out(ops->columns, tb->w, width);
	u64 rows = ops->rows(t, priv);
	char buf[512];

	for (u64 d = 1; d < FIND_MAX && (dir > 0 ? tb->sel + d < rows : d <= tb->sel); d++) {
		u64 row = dir > 0 ? tb->sel + d : tb->sel - d;

		for (int i = 0; i < nr; i++) {
			enum tui_role role;

			if (!width[i])
				continue;
			buf[0] = 0;
			ops->cell(t, priv, row, i, buf, sizeof(buf), &role);
			if (strcasestr(buf, text)) {
				tb->sel = row;
				tb->tail = false;
				return true;
			}
		}
	}
	return false;
}
