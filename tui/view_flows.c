// SPDX-License-Identifier: GPL-2.0
/* Flows: who talks to this host, how much, and how long it took. */
#include <stdlib.h>
#include <string.h>

#include "../tracer/base/rxs_fmt.h"
#include "tui_table.h"
#include "tui_views.h"

enum { C_FLOW, C_PACKETS, C_SHARE, C_BYTES, C_FRAMES, C_P50, C_P99, C_MAX, C_DROPPED, C_LAST };

static const struct tui_column columns[] = {
	[C_FLOW] = { "flow", 0, false, 0 },
	[C_PACKETS] = { "packets", 9, true, 0 },
	[C_SHARE] = { "share", 12, false, 110 },
	[C_BYTES] = { "bytes", 9, true, 92 },
	[C_FRAMES] = { "frames", 8, true, 120 },
	[C_P50] = { "p50", 8, true, 0 },
	[C_P99] = { "p99", 8, true, 0 },
	[C_MAX] = { "max", 8, true, 96 },
	[C_DROPPED] = { "dropped", 7, true, 0 },
	[C_LAST] = { "last at, s", 14, true, 130 },
	{ NULL, 0, false, 0 },
};

static const int sort_cols[] = { C_PACKETS, C_BYTES, C_P50, C_P99, C_MAX, C_DROPPED, C_LAST };

struct priv {
	struct tui_table table;
	int sort;		/* index of sort_cols */
	bool reverse;		/* least first */
	u32 id[TUI_FLOWS_MAX];
	u64 key[TUI_FLOWS_MAX];
	u32 nr;
};

static u64 figure(const struct tui *t, u32 flow, int col)
{
	const struct tui_acc *a = &t->model->view.acc;
	const u64 *v = &a->val[TUI_K_FLOW + flow * TUI_FLOW_NR];

	switch (col) {
	case C_PACKETS:
		return v[TUI_FLOW_PACKETS];
	case C_BYTES:
		return v[TUI_FLOW_BYTES];
	case C_FRAMES:
		return v[TUI_FLOW_FRAMES];
	case C_P50:
		return tui_acc_flow_quantile(a, flow, 0.5);
	case C_P99:
		return tui_acc_flow_quantile(a, flow, 0.99);
	case C_MAX:
		return a->val[TUI_K_FLOW_MAX + flow];
	case C_DROPPED:
		return v[TUI_FLOW_DROPPED];
	case C_LAST:
		return a->val[TUI_K_FLOW_LAST + flow];
	default:
		return 0;
	}
}

static int compare(const void *a, const void *b, void *ctx)
{
	const struct priv *v = ctx;
	u32 x = *(const u32 *)a, y = *(const u32 *)b;
	int order = v->key[x] > v->key[y] ? -1 : v->key[x] < v->key[y] ? 1 : x < y ? -1 : x > y;

	return v->reverse ? -order : order;
}

static void refresh(struct tui *t, struct priv *v)
{
	v->nr = 0;
	for (u32 i = 0; i < t->model->nr_flows; i++) {
		if (!figure(t, i, C_PACKETS))
			continue;
		v->key[i] = figure(t, i, sort_cols[v->sort]);
		v->id[v->nr++] = i;
	}
	qsort_r(v->id, v->nr, sizeof(*v->id), compare, v);
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
	u32 flow = v->id[row];
	u64 n = figure(t, flow, col);

	switch (col) {
	case C_FLOW:
		if (flow == TUI_FLOWS_MAX - 1)
			snprintf(buf, size, "all other flows");
		else
			rxs_flow_print(buf, size, &t->model->flow[flow]);
		break;
	case C_PACKETS:
	case C_FRAMES:
		rxs_fmt_count(buf, size, n);
		break;
	case C_BYTES:
		rxs_fmt_bytes(buf, size, n);
		break;
	case C_P50:
	case C_P99:
	case C_MAX:
		*role = n ? TUI_R_TEXT : TUI_R_DIM;
		if (n)
			tui_ns(buf, size, n);
		else
			snprintf(buf, size, "-");
		break;
	case C_DROPPED:
		*role = n ? TUI_R_OUT_DROPPED : TUI_R_DIM;
		rxs_fmt_short(buf, size, n);
		break;
	case C_LAST:
		*role = TUI_R_DIM;
		rxs_fmt_since(buf, size, n, t->model->first_ns);
		break;
	}
}

static bool picture(struct tui *t, void *priv, u64 row, int col, struct tui_cells *c, int x, int y,
		    int w)
{
	struct priv *v = priv;
	u64 all = 0;

	if (col != C_SHARE)
		return false;
	for (int o = 0; o < RXS_OUT_NR; o++)
		all += t->model->view.acc.val[TUI_K_OUTCOME + o];
	tui_bar(c, x, y, w, TUI_R_SPARK, figure(t, v->id[row], C_PACKETS), all);
	return true;
}

static const struct tui_table_ops ops = {
	.columns = columns,
	.rows = rows,
	.cell = cell,
	.picture = picture,
	.empty = "No packet yet.",
};

static void draw(struct tui *t, struct tui_cells *c, struct tui_rect r, void *priv)
{
	struct priv *v = priv;
	u32 sel = v->table.sel < v->nr ? v->id[v->table.sel] : UINT32_MAX;

	refresh(t, v);
	/* The selection stays on its flow when others overtake it. */
	for (u32 i = 0; i < v->nr && v->table.sel; i++)
		if (v->id[i] == sel)
			v->table.sel = i;
	tui_table_draw(&v->table, &ops, t, v, c, r, sort_cols[v->sort], v->reverse);
}

static bool act(struct tui *t, enum tui_act a, void *priv)
{
	struct priv *v = priv;

	switch (a) {
	case TUI_A_SORT:
		v->sort = (v->sort + 1) % (int)RXS_ARRAY_SIZE(sort_cols);
		v->table.sel = 0;
		return true;
	case TUI_A_SORT_REVERSE:
		v->reverse = !v->reverse;
		return true;
	case TUI_A_OPEN:
		if (v->nr) {
			t->only_flow = v->id[v->table.sel] + 1;
			t->only_drop = 0;
			tui_show(t, tui_view_by_id("packets"));
		}
		return true;
	default:
		return tui_table_act(&v->table, v->nr, a);
	}
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

static const enum tui_act hints[] = { TUI_A_UP, TUI_A_OPEN, TUI_A_SORT, TUI_A_FIND, TUI_A_NONE };

const struct tui_view_ops tui_view_flows = {
	.id = "flows",
	.title = "Flows",
	.about = "who sends to this host; times within 4 %, max exact",
	.hints = hints,
	.priv_bytes = sizeof(struct priv),
	.draw = draw,
	.act = act,
	.click = click,
	.find = find,
};
