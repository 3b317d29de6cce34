// SPDX-License-Identifier: GPL-2.0
/* Packets: one a line, the newest last, or sorted. */
#include <stdlib.h>
#include <string.h>

#include "../tracer/base/rxs_fmt.h"
#include "tui_table.h"
#include "tui_views.h"

enum { C_MARK, C_ID, C_TIME, C_FLOW, C_LEN, C_OUTCOME, C_FATE, C_TOTAL, C_WAY };
enum { BY_END, BY_BEGIN, BY_TOTAL, BY_LEN, BY_OUTCOME, BY_NR };

struct priv {
	struct tui_table table;
	int sort;
	bool reverse;
	bool begun;
	/* the rows: numbers of the packets shown, in the order shown */
	u64 *seq;
	u64 nr, cap;
	/* what the rows are made of */
	u64 until, first;	/* numbers of the packets looked at */
	u32 generation, only_flow, only_drop;
	int sorted;		/* as .sort, with .reverse in the sign */
	u64 sorted_wall_ns;
	/* the packet of the row drawn last */
	struct tui_packet p;
	u64 p_seq;
};

static const struct tui_column columns[] = {
	[C_MARK] = { "", 1, false, 0 },
	[C_ID] = { "packet", 8, true, 96 },
	[C_TIME] = { "begins at, s", 14, true, 0 },
	[C_FLOW] = { "flow", 0, false, 0 },
	[C_LEN] = { "bytes", 6, true, 0 },
	[C_OUTCOME] = { "outcome", 11, false, 92 },
	[C_FATE] = { "how it ended", 34, false, 140 },
	[C_TOTAL] = { "total", 8, true, 0 },
	[C_WAY] = { "where the time went", 20, false, 100 },
	{ NULL, 0, false, 0 },
};

static bool wanted(const struct tui *t, const struct tui_ent *e)
{
	return e->match && (!t->only_flow || e->flow + 1 == t->only_flow) &&
	       (!t->only_drop || e->drop == t->only_drop);
}

static u64 sort_key(const struct tui_ent *e, int by)
{
	switch (by) {
	case BY_BEGIN:
		return e->first_ns;
	case BY_TOTAL:
		return e->last_ns - e->first_ns;
	case BY_LEN:
		return e->len;
	case BY_OUTCOME:
		return e->outcome;
	default:
		return 0;
	}
}

struct sort_ctx { const struct tui_model *m; int by; bool reverse; };

static int compare(const void *a, const void *b, void *ctx)
{
	const struct sort_ctx *s = ctx;
	u64 x = *(const u64 *)a, y = *(const u64 *)b;
	u64 kx = sort_key(tui_model_ent(s->m, x), s->by),
	    ky = sort_key(tui_model_ent(s->m, y), s->by);
	int order = kx < ky ? -1 : kx > ky ? 1 : x < y ? -1 : x > y;

	return s->reverse ? -order : order;
}

static void append(struct priv *v, u64 seq)
{
	if (v->nr == v->cap) {
		u64 cap = v->cap ? v->cap * 2 : 1024;
		u64 *s = realloc(v->seq, cap * sizeof(*s));

		if (!s)
			return;
		v->seq = s;
		v->cap = cap;
	}
	v->seq[v->nr++] = seq;
}

/*
 * Rows are what ended up to the instant shown. New ones are put behind, or, when sorted, sorted in
 * now and then.
 */
static void refresh(struct tui *t, struct priv *v)
{
	const struct tui_model *m = t->model;
	u64 until = tui_model_after(m, tui_figures_ns(t)), first = m->ent.first;
	int sorted = v->sort == BY_END && !v->reverse ? 0 : (v->sort + 1) * (v->reverse ? -1 : 1);
	bool same = v->generation == t->generation && v->only_flow == t->only_flow &&
		    v->only_drop == t->only_drop && v->sorted == sorted;
	/* Sorting many packets anew with every frame would cost more than drawing them. */
	bool soon = v->nr > 5000 && t->wall_ns - v->sorted_wall_ns < 1000000000 &&
		    t->clock.mode != TUI_PAUSED;

	if (same && until == v->until && first == v->first)
		return;
	if (same && sorted && soon && v->nr)
		return;
	if (!same || sorted || until < v->until || first != v->first) {
		v->nr = 0;
		v->until = first;
	}
	for (u64 s = v->until < first ? first : v->until; s < until; s++)
		if (wanted(t, tui_model_ent(m, s)))
			append(v, s);
	if (sorted && v->nr) {
		struct sort_ctx ctx = { m, v->sort, v->reverse };

		qsort_r(v->seq, v->nr, sizeof(*v->seq), compare, &ctx);
		v->sorted_wall_ns = t->wall_ns;
	}
	v->until = until;
	v->first = first;
	v->generation = t->generation;
	v->only_flow = t->only_flow;
	v->only_drop = t->only_drop;
	v->sorted = sorted;
}

static u64 rows(struct tui *t, void *priv)
{
	struct priv *v = priv;

	(void)t;
	return v->nr;
}

static const struct rxs_packet *read_row(struct tui *t, struct priv *v, u64 row)
{
	u64 seq = v->seq[row];

	if (v->p_seq != seq + 1) {
		if (tui_model_read(t->model, seq, &v->p))
			return NULL;
		v->p_seq = seq + 1;
	}
	return &v->p.p;
}

static void cell(struct tui *t, void *priv, u64 row, int col, char *buf, size_t size,
		 enum tui_role *role)
{
	struct priv *v = priv;
	const struct tui_ent *e = tui_model_ent(t->model, v->seq[row]);
	const struct rxs_packet *p = e ? read_row(t, v, row) : NULL;

	if (!p) {
		snprintf(buf, size, "%s", col == C_FLOW ? "no longer remembered" : "");
		*role = TUI_R_DIM;
		return;
	}
	switch (col) {
	case C_MARK:
		tui_utf8(buf, e->marked ? 0x2713 : tui_outcome_glyph(e->outcome));
		*role = e->marked ? TUI_R_WARN : tui_outcome_role(e->outcome);
		break;
	case C_ID:
		snprintf(buf, size, "#%llu", (unsigned long long)e->id);
		*role = TUI_R_DIM;
		break;
	case C_TIME:
		rxs_fmt_since(buf, size, e->first_ns, t->model->first_ns);
		*role = TUI_R_DIM;
		break;
	case C_FLOW:
		rxs_flow_print(buf, size, &p->flow);
		break;
	case C_LEN:
		snprintf(buf, size, "%u", e->len);
		break;
	case C_OUTCOME:
		snprintf(buf, size, "%s", rxs_outcome_id(e->outcome));
		*role = tui_outcome_role(e->outcome);
		break;
	case C_FATE:
		tui_fate(t, p, buf, size);
		*role = TUI_R_DIM;
		break;
	case C_TOTAL:
		tui_ns(buf, size, rxs_packet_total_ns(p));
		break;
	}
}

static bool picture(struct tui *t, void *priv, u64 row, int col, struct tui_cells *c, int x, int y,
		    int w)
{
	const struct rxs_packet *p = col == C_WAY ? read_row(t, priv, row) : NULL;

	if (p)
		tui_way_bar(c, x, y, w, p, c->ascii || t->style.theme == TUI_THEME_MONO);
	return col == C_WAY;
}

static const struct tui_table_ops ops = {
	.columns = columns, .rows = rows, .cell = cell, .picture = picture,
	.empty = "No packet ended yet that passes the filter.",
};

/* The selection of the table and of the whole screen are one. */
static void follow_selection(struct tui *t, struct priv *v)
{
	u64 sel = tui_selected(t);

	if (sel == TUI_NO || v->table.tail || (v->table.sel < v->nr && v->seq[v->table.sel] == sel))
		return;
	for (u64 i = 0; i < v->nr; i++)
		if (v->seq[i] == sel)
			v->table.sel = i;
}

static void draw_only(const struct tui *t, struct tui_cells *c, struct tui_rect r)
{
	char what[160] = "";

	if (t->only_flow)
		rxs_flow_print(what, sizeof(what), &t->model->flow[t->only_flow - 1]);
	else if (t->only_drop)
		snprintf(what, sizeof(what), "dropped: %s after %s",
			 tui_str(t, t->model->drop[t->only_drop - 1].reason),
			 rxs_stages[t->model->drop[t->only_drop - 1].stage].id);
	if (what[0])
		tui_textf(c, r.x, r.y, r.w, TUI_R_WARN, "only %s (Esc: all)", what);
}

static void draw(struct tui *t, struct tui_cells *c, struct tui_rect r, void *priv)
{
	static const int sort_col[BY_NR] = {[BY_END] = -1,
					    [BY_BEGIN] = C_TIME,
					    [BY_TOTAL] = C_TOTAL,
					    [BY_LEN] = C_LEN,
					    [BY_OUTCOME] = C_OUTCOME};
	struct priv *v = priv;
	bool only = t->only_flow || t->only_drop;

	v->p_seq = 0;
	if ((t->clock.mode == TUI_FOLLOW || !v->begun) && v->sort == BY_END &&
	    tui_selected(t) == TUI_NO)
		v->table.tail = true;
	v->begun = true;
	refresh(t, v);
	follow_selection(t, v);
	if (only) {
		draw_only(t, c, r);
		r.y++;
		r.h--;
	}
	tui_table_draw(&v->table, &ops, t, v, c, r, sort_col[v->sort], v->reverse);
	if (r.w >= 100)
		tui_layer_legend(c, r.x, r.y + r.h - 1, r.w - 24,
				 c->ascii || t->style.theme == TUI_THEME_MONO);
}

static void mark(struct tui *t, struct priv *v)
{
	struct tui_ent *e = v->nr ? tui_model_ent(t->model, v->seq[v->table.sel]) : NULL;

	if (!e)
		return;
	e->marked = !e->marked;
	t->marked += e->marked ? 1 : (u64)-1;
	tui_table_act(&v->table, v->nr, TUI_A_DOWN);
}

static void unmark(struct tui *t)
{
	for (u64 s = t->model->ent.first; s < t->model->ent.next; s++)
		tui_model_ent(t->model, s)->marked = 0;
	t->marked = 0;
}

static bool act(struct tui *t, enum tui_act a, void *priv)
{
	struct priv *v = priv;

	switch (a) {
	case TUI_A_SORT:
		v->sort = (v->sort + 1) % BY_NR;
		v->reverse = v->sort == BY_TOTAL || v->sort == BY_LEN;
		tui_say(t, "sorted by %s",
			v->sort == BY_END
				? "end"
				: columns[(int[]){0, C_TIME, C_TOTAL, C_LEN, C_OUTCOME}[v->sort]]
					  .title);
		v->table.sel = 0;
		t->sel_seq = TUI_NO;
		t->sel_id = 0;
		t->lost_id = 0;
		v->table.tail = v->sort == BY_END;
		return true;
	case TUI_A_SORT_REVERSE:
		v->reverse = !v->reverse;
		return true;
	case TUI_A_MARK:
		mark(t, v);
		break;
	case TUI_A_UNMARK:
		unmark(t);
		return true;
	case TUI_A_OPEN:
		if (v->nr && tui_select_packet(t, v->seq[v->table.sel]))
			tui_show(t, tui_view_by_id("packet"));
		return true;
	case TUI_A_FOLLOW:
		v->table.tail = true;
		t->sel_seq = TUI_NO;
		t->sel_id = 0;
		t->lost_id = 0;
		return false;
	case TUI_A_BACK:
		if (!t->only_flow && !t->only_drop)
			return false;
		t->only_flow = t->only_drop = 0;
		return true;
	default:
		if (!tui_table_act(&v->table, v->nr, a))
			return false;
	}
	if (v->nr && v->table.sel < v->nr)
		tui_select_packet(t, v->seq[v->table.sel]);
	return true;
}

static void click(struct tui *t, int x, int y, int wheel, void *priv)
{
	struct priv *v = priv;

	(void)x;
	tui_table_click(&v->table, v->nr, y - (t->only_flow || t->only_drop), wheel);
	if (v->nr)
		tui_select_packet(t, v->seq[v->table.sel]);
}

static bool find(struct tui *t, const char *text, int dir, void *priv)
{
	struct priv *v = priv;

	refresh(t, v);
	if (!tui_table_find(&v->table, &ops, t, v, text, dir))
		return false;
	tui_select_packet(t, v->seq[v->table.sel]);
	return true;
}

static void free_priv(void *priv)
{
	struct priv *v = priv;

	free(v->seq);
	tui_packet_free(&v->p);
}

static const enum tui_act hints[] = {
	TUI_A_UP, TUI_A_OPEN, TUI_A_SORT, TUI_A_FIND, TUI_A_MARK, TUI_A_NONE,
};

const struct tui_view_ops tui_view_packets = {
	.id = "packets",
	.title = "Packets",
	.about = "each that ended; total: from its interrupt to its end",
	.hints = hints,
	.priv_bytes = sizeof(struct priv),
	.draw = draw,
	.act = act,
	.click = click,
	.find = find,
	.free = free_priv,
};
