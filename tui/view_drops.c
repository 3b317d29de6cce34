// SPDX-License-Identifier: GPL-2.0
/* Drops: packets freed unused, by reason and place. */
#include <stdlib.h>
#include <string.h>

#include "../tracer/base/rxs_fmt.h"
#include "tui_table.h"
#include "tui_views.h"

enum { C_COUNT, C_SHARE, C_BAR, C_REASON, C_STAGE, C_FUNC, C_LAST };

static const struct tui_column columns[] = {
	[C_COUNT] = { "packets", 9, true, 0 },
	[C_SHARE] = { "of drops", 8, true, 0 },
	[C_BAR] = { "", 14, false, 110 },
	[C_REASON] = { "reason", 0, false, 0 },
	[C_STAGE] = { "after stage", 17, false, 0 },
	[C_FUNC] = { "freed by", 22, false, 90 },
	[C_LAST] = { "last at, s", 14, true, 70 },
	{ NULL, 0, false, 0 },
};

struct priv {
	struct tui_table table;
	u32 id[TUI_DROPS_MAX];
	u32 nr;
	u64 all;
};

static u64 count_of(const struct tui *t, u32 id)
{
	return t->model->view.acc.val[TUI_K_DROP + id];
}

static int compare(const void *a, const void *b, void *ctx)
{
	const struct tui *t = ctx;
	u32 x = *(const u32 *)a, y = *(const u32 *)b;
	u64 cx = count_of(t, x), cy = count_of(t, y);

	return cx > cy ? -1 : cx < cy ? 1 : x < y ? -1 : x > y;
}

static void refresh(struct tui *t, struct priv *v)
{
	v->nr = 0;
	v->all = 0;
	for (u32 i = 0; i < t->model->nr_drops; i++) {
		if (!count_of(t, i))
			continue;
		v->all += count_of(t, i);
		v->id[v->nr++] = i;
	}
	qsort_r(v->id, v->nr, sizeof(*v->id), compare, t);
}

static u64 rows(struct tui *t, void *priv)
{
	(void)t;
	return ((struct priv *)priv)->nr;
}

static void cell(struct tui *t, void *priv, u64 row, int col, char *buf, size_t size,
		 enum tui_role *role)
{
	struct priv *v = priv;
	u32 id = v->id[row];
	const struct tui_drop *d = &t->model->drop[id];

	switch (col) {
	case C_COUNT:
		rxs_fmt_count(buf, size, count_of(t, id));
		*role = TUI_R_OUT_DROPPED;
		break;
	case C_SHARE:
		rxs_fmt_share(buf, size, count_of(t, id), v->all);
		break;
	case C_REASON:
		snprintf(buf, size, "%s", d->reason ? tui_str(t, d->reason) : "no reason given");
		*role = TUI_R_STRONG;
		break;
	case C_STAGE:
		snprintf(buf, size, "%s", d->stage < RXS_ST_NR ? rxs_stages[d->stage].id : "?");
		*role = tui_layer_role(d->stage);
		break;
	case C_FUNC:
		snprintf(buf, size, "%s", d->symbol ? tui_str(t, d->symbol) : "not known");
		*role = d->symbol ? TUI_R_TEXT : TUI_R_DIM;
		break;
	case C_LAST:
		rxs_fmt_since(buf, size, t->model->view.acc.val[TUI_K_DROP_LAST + id],
			      t->model->first_ns);
		*role = TUI_R_DIM;
		break;
	}
}

static bool picture(struct tui *t, void *priv, u64 row, int col, struct tui_cells *c, int x, int y,
		    int w)
{
	struct priv *v = priv;

	if (col != C_BAR)
		return false;
	tui_bar(c, x, y, w, TUI_R_OUT_DROPPED, count_of(t, v->id[row]), v->all);
	return true;
}

static const struct tui_table_ops ops = {
	.columns = columns,
	.rows = rows,
	.cell = cell,
	.picture = picture,
	.empty = "No packet was dropped.",
};

/* The last packets that ended as the selected row says. */
static void draw_last(struct tui *t, struct tui_cells *c, struct tui_rect r, u32 id)
{
	u64 until = tui_model_after(t->model, tui_figures_ns(t));
	struct tui_packet p = { 0 };
	int row = 0;

	for (u64 seq = until; seq > t->model->ent.first && until - seq < 20000 && row < r.h;
	     seq--) {
		const struct tui_ent *e = tui_model_ent(t->model, seq - 1);
		char flow[128], at[RXS_FMT_MAX], ns[TUI_NS_MAX];

		if (!e->match || e->drop != id + 1 || tui_model_read(t->model, seq - 1, &p))
			continue;
		rxs_flow_print(flow, sizeof(flow), &p.p.flow);
		tui_text_right(c, r.x, r.y + row, 14, TUI_R_DIM,
			       rxs_fmt_since(at, sizeof(at), e->last_ns, t->model->first_ns));
		tui_text(c, r.x + 16, r.y + row, r.w - 28, TUI_R_TEXT, flow);
		tui_text_right(c, r.x + r.w - 10, r.y + row, 10, TUI_R_TEXT,
			       tui_ns(ns, sizeof(ns), rxs_packet_total_ns(&p.p)));
		row++;
	}
	tui_packet_free(&p);
}

static void draw(struct tui *t, struct tui_cells *c, struct tui_rect r, void *priv)
{
	struct priv *v = priv;
	int rest = r.h / 2;

	refresh(t, v);
	if (!v->nr)
		rest = 0;
	if ((int)v->nr + 3 < r.h - rest)
		rest = r.h - (int)v->nr - 3;
	tui_table_draw(&v->table, &ops, t, v, c, (struct tui_rect){r.x, r.y, r.w, r.h - rest}, -1,
		       false);
	if (v->nr && rest > 4) {
		const struct tui_drop *d = &t->model->drop[v->id[v->table.sel]];
		const struct rxs_stage_info *s =
			&rxs_stages[d->stage < RXS_ST_NR ? d->stage : RXS_ST_END];
		int y = r.y + r.h - rest, used;

		tui_headline(c, r.x, y, r.w, tui_str(t, d->reason),
			     "the last packets dropped so: when, who, after how long");
		used = 1 +
		       tui_paragraph(c, (struct tui_rect){r.x, y + 1, r.w, 2}, TUI_R_DIM, s->what);
		draw_last(t, c, (struct tui_rect){r.x, y + used, r.w, rest - used},
			  v->id[v->table.sel]);
	}
}

static bool act(struct tui *t, enum tui_act a, void *priv)
{
	struct priv *v = priv;

	if (a == TUI_A_OPEN) {
		if (v->nr) {
			t->only_drop = v->id[v->table.sel] + 1;
			t->only_flow = 0;
			tui_show(t, tui_view_by_id("packets"));
		}
		return true;
	}
	return tui_table_act(&v->table, v->nr, a);
}

static void click(struct tui *t, int x, int y, int wheel, void *priv)
{
	struct priv *v = priv;

	(void)t;
	(void)x;
	tui_table_click(&v->table, v->nr, y, wheel);
}

static bool find(struct tui *t, const char *text, int dir, void *priv)
{
	return tui_table_find(&((struct priv *)priv)->table, &ops, t, priv, text, dir);
}

static const enum tui_act hints[] = { TUI_A_UP, TUI_A_OPEN, TUI_A_FIND, TUI_A_NONE };

const struct tui_view_ops tui_view_drops = {
	.id = "drops",
	.title = "Drops",
	.about = "packets freed unused, by reason and the last stage passed",
	.hints = hints,
	.priv_bytes = sizeof(struct priv),
	.draw = draw,
	.act = act,
	.click = click,
	.find = find,
};
