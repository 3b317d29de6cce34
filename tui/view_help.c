// SPDX-License-Identifier: GPL-2.0
/* Help: the keys (from the key table), the signs and colours, the views. */
#include <string.h>

#include "tui_views.h"

struct priv { int top, lines, page; };

/* Lines are drawn at y from 0 on, those outside of the rectangle are not seen. */
struct page {
	struct tui_cells *c;
	struct tui_rect r;
	int y;		/* next line, before scrolling */
	int top;
};

static bool seen(const struct page *p)
{
	return p->y >= p->top && p->y < p->top + p->r.h;
}

static int row(const struct page *p)
{
	return p->r.y + p->y - p->top;
}

static void heading(struct page *p, const char *title)
{
	if (p->y)
		p->y++;
	if (seen(p))
		tui_headline(p->c, p->r.x, row(p), p->r.w, title, "");
	p->y++;
}

/* A name and its text, wrapped beside it. */
static void entry(struct page *p, int name_w, enum tui_role role, const char *name,
		  const char *text)
{
	struct tui_cells tmp = { .ascii = p->c->ascii };
	int w = p->r.w - name_w - 2, lines;

	/* Drawn aside first: how many lines it takes is known only then. */
	if (w < 10 || tui_cells_resize(&tmp, w, 8))
		return;
	lines = tui_paragraph(&tmp, (struct tui_rect){ 0, 0, w, 8 }, TUI_R_TEXT, text);
	for (int i = 0; i < lines; i++, p->y++) {
		if (!seen(p))
			continue;
		if (!i)
			tui_text(p->c, p->r.x, row(p), name_w, role, name);
		for (int x = 0; x < w; x++)
			tui_put(p->c, p->r.x + name_w + 2 + x, row(p), TUI_R_TEXT,
				tmp.cell[i * w + x].ch);
	}
	tui_cells_free(&tmp);
}

static void keys(struct page *p)
{
	const char *group = "";

	for (int a = 0; a < TUI_A_NR; a++) {
		if (!tui_acts[a].help[0])
			continue;
		/* Groups may be apart in the table; each is one heading here. */
		bool first = true;

		group = tui_acts[a].group;
		for (int b = 0; b < a; b++)
			first &= strcmp(tui_acts[b].group, group) || !tui_acts[b].help[0];
		if (!first)
			continue;
		heading(p, group);
		for (int b = a; b < TUI_A_NR; b++)
			if (!strcmp(tui_acts[b].group, group) && tui_acts[b].help[0])
				entry(p, 8, TUI_R_KEY, tui_acts[b].keys, tui_acts[b].help);
	}
}

static void signs(struct page *p)
{
	heading(p, "Packets");
	for (int o = 0; o < RXS_OUT_NR; o++) {
		char name[32], g[8];

		tui_utf8(g, tui_outcome_glyph(o));
		snprintf(name, sizeof(name), "%s %s", g, rxs_outcome_id(o));
		entry(p, 14, tui_outcome_role(o), name, rxs_outcome_meaning(o));
	}
	heading(p, "Layers");
	if (seen(p))
		tui_layer_legend(p->c, p->r.x, row(p), p->r.w, p->c->ascii);
	p->y++;
}

static void stages(struct page *p)
{
	heading(p, "Stages");
	for (int s = 0; s < RXS_ST_NR; s++)
		entry(p, 18, tui_layer_role(s), rxs_stages[s].id, rxs_stages[s].what);
}

static void views(struct page *p)
{
	heading(p, "Views");
	for (int i = 0; tui_views[i]; i++) {
		char name[32];

		snprintf(name, sizeof(name), "%c %s", tui_views[i + 1] ? '1' + i : '?',
			 tui_views[i]->title);
		entry(p, 12, TUI_R_STRONG, name, tui_views[i]->about);
	}
	heading(p, "Time");
	entry(p, 10, TUI_R_STRONG, "following",
	      "A packet's way takes microseconds, so it is played in slow motion; then the newest "
	      "packet is next. Those "
	      "in between are counted, not drawn: \"drawing 1 in 35\". The figures are always "
	      "those of all packets.");
	entry(p, 10, TUI_R_STRONG, "paused",
	      "The picture and the figures are those of one instant, shown at the left of the time "
	      "line. Step, rewind or "
	      "jump: the same instant gives the same screen.");
	entry(p, 10, TUI_R_STRONG, "slow",
	      "Time moves by the step shown with each frame. Where nothing happens for long, it "
	      "leaps, and says so.");
}

static void draw(struct tui *t, struct tui_cells *c, struct tui_rect r, void *priv)
{
	struct priv *v = priv;
	struct page p = { .c = c, .r = r, .top = v->top };
	bool wide = r.w >= 130;
	int lines;

	(void)t;
	if (wide)
		p.r.w = r.w / 2 - 2;
	keys(&p);
	lines = p.y;
	if (wide) {
		p = (struct page){.c = c, .r = {r.x + r.w / 2, r.y, r.w / 2, r.h}, .top = v->top};
		views(&p);
	} else {
		views(&p);
	}
	signs(&p);
	stages(&p);
	v->lines = p.y > lines ? p.y : lines;
	v->page = r.h;
	if (v->top + r.h < v->lines)
		tui_text_right(c, r.x, r.y + r.h - 1, r.w, TUI_R_WARN, " \xe2\x86\x93 more below ");
}

static bool act(struct tui *t, enum tui_act a, void *priv)
{
	struct priv *v = priv;
	int last = v->lines > v->page ? v->lines - v->page : 0;

	(void)t;
	switch (a) {
	case TUI_A_UP:
		v->top--;
		break;
	case TUI_A_DOWN:
		v->top++;
		break;
	case TUI_A_PAGE_UP:
		v->top -= v->page - 1;
		break;
	case TUI_A_PAGE_DOWN:
		v->top += v->page - 1;
		break;
	case TUI_A_FIRST:
		v->top = 0;
		break;
	case TUI_A_LAST:
		v->top = last;
		break;
	default:
		return false;
	}
	v->top = v->top < 0 ? 0 : v->top > last ? last : v->top;
	return true;
}

static void click(struct tui *t, int x, int y, int wheel, void *priv)
{
	(void)x;
	(void)y;
	for (int i = 0; wheel && i < 3; i++)
		act(t, wheel < 0 ? TUI_A_UP : TUI_A_DOWN, priv);
}

static const enum tui_act hints[] = { TUI_A_UP, TUI_A_BACK, TUI_A_NONE };

const struct tui_view_ops tui_view_help = {
	.id = "help", .title = "Help", .about = "keys, views, signs, stages", .hints = hints,
	.priv_bytes = sizeof(struct priv), .draw = draw, .act = act, .click = click,
};
