// SPDX-License-Identifier: GPL-2.0
/* Log: what was lost, what could not be joined, and where the data come from. */
#include <stdarg.h>
#include <string.h>

#include "../tracer/base/rxs_fmt.h"
#include "tui_table.h"
#include "tui_views.h"

enum { C_TIME, C_KIND, C_TEXT };

static const struct tui_column columns[] = {
	[C_TIME] = { "at, s", 14, true, 0 },
	[C_KIND] = { "kind", 11, false, 0 },
	[C_TEXT] = { "what", 0, false, 0 },
	{ NULL, 0, false, 0 },
};

#define NOTES_MAX 24

struct note { enum tui_role role; const char *kind; char text[200]; };

struct priv {
	struct tui_table table;
	struct note note[NOTES_MAX];	/* about the whole, before the losses in time */
	u32 nr_notes;
	u64 loss0, losses;
};

static void add(struct priv *v, enum tui_role role, const char *kind, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));

static void add(struct priv *v, enum tui_role role, const char *kind, const char *fmt, ...)
{
	struct note *n = &v->note[v->nr_notes];
	va_list ap;

	if (v->nr_notes == NOTES_MAX)
		return;
	n->role = role;
	n->kind = kind;
	va_start(ap, fmt);
	vsnprintf(n->text, sizeof(n->text), fmt, ap);
	va_end(ap);
	v->nr_notes++;
}

static void note_source(const struct tui *t, struct priv *v)
{
	const struct rxs_source_info *i = &t->info;
	char n[RXS_FMT_MAX], res[TUI_NS_MAX];

	add(v, TUI_R_TEXT, "source", "%s%s%s%s%s, clock %s%s%s", t->source, i->kind ? ", " : "",
	    i->kind ? i->kind : "", t->kernel[0] ? ", kernel " : "", t->kernel,
	    i->clock && i->clock[0] ? i->clock : "not known",
	    i->clock_res_ns ? ", resolution " : "",
	    i->clock_res_ns ? tui_ns(res, sizeof(res), i->clock_res_ns) : "");
	if (i->probe_cost_ns)
		add(v, TUI_R_TEXT, "source", "one probe costs %s; it is part of every time shown",
		    tui_ns(n, sizeof(n), i->probe_cost_ns));
	if (t->error[0])
		add(v, TUI_R_BAD, "source", "%s", t->error);
	if (t->model->evicted)
		add(v, TUI_R_DIM, "memory",
		    "%s packets are no longer remembered (they are counted); more with --memory",
		    rxs_fmt_count(n, sizeof(n), t->model->evicted));
	if (t->model->nr_flows == TUI_FLOWS_MAX)
		add(v, TUI_R_DIM, "memory",
		    "more than %d flows: the newer ones are counted together", TUI_FLOWS_MAX - 1);
}

static void note_figures(const struct tui *t, struct priv *v)
{
	const struct tui_acc *a = &t->model->view.acc;
	char n[RXS_FMT_MAX], times[RXS_FMT_MAX];
	u64 lost = 0;

	for (int k = 0; k < RXS_LOST_NR; k++) {
		if (!a->val[TUI_K_LOST_TIMES + k])
			continue;
		lost++;
		add(v, TUI_R_BAD, "loss", "%s: %s events at %s times", rxs_lost_id(k),
		    rxs_fmt_count(n, sizeof(n), a->val[TUI_K_LOST + k]),
		    rxs_fmt_count(times, sizeof(times), a->val[TUI_K_LOST_TIMES + k]));
	}
	if (a->val[TUI_K_LOST_UNKNOWN])
		add(v, TUI_R_BAD, "loss", "of %s losses the number of events is not known",
		    rxs_fmt_count(n, sizeof(n), a->val[TUI_K_LOST_UNKNOWN]));
	if (!lost)
		add(v, TUI_R_GOOD, "loss", "no event was lost");
	for (int w = RXS_WHY_NONE + 1; w < RXS_WHY_NR; w++)
		if (a->val[TUI_K_WHY + w])
			add(v, TUI_R_WARN, "incomplete", "%s packets: %s",
			    rxs_fmt_count(n, sizeof(n), a->val[TUI_K_WHY + w]), rxs_why_meaning(w));
	if (a->val[TUI_K_OUTCOME + RXS_OUT_OPEN])
		add(v, TUI_R_DIM, "open", "%s packets were on their way when the recording ended",
		    rxs_fmt_count(n, sizeof(n), a->val[TUI_K_OUTCOME + RXS_OUT_OPEN]));
}

static void refresh(struct tui *t, struct priv *v)
{
	v->nr_notes = 0;
	note_source(t, v);
	note_figures(t, v);
	v->loss0 = t->model->loss.first;
	v->losses = tui_ring_after(&t->model->loss, tui_figures_ns(t) + 1) - v->loss0;
}

static u64 rows(struct tui *t, void *priv)
{
	struct priv *v = priv;

	(void)t;
	return v->nr_notes + v->losses;
}

static void loss_text(const struct tui *t, const struct rxs_lost *l, char *buf, size_t size)
{
	char n[RXS_FMT_MAX], span[TUI_NS_MAX];
	size_t at = 0;

	at += (size_t)snprintf(buf + at, size - at, "%s events (%s)",
			       l->count ? rxs_fmt_count(n, sizeof(n), l->count) : "some",
			       rxs_lost_id(l->kind < RXS_LOST_NR ? l->kind : RXS_LOST_FILE));
	if (l->cpu >= 0 && at < size)
		at += (size_t)snprintf(buf + at, size - at, ", CPU %d", l->cpu);
	if (l->symbol && at < size)
		at += (size_t)snprintf(buf + at, size - at, ", %s", tui_str(t, l->symbol));
	if (l->since_ns && l->until_ns > l->since_ns && at < size)
		snprintf(buf + at, size - at, ", within %s",
			 tui_ns(span, sizeof(span), l->until_ns - l->since_ns));
}

static void cell(struct tui *t, void *priv, u64 row, int col, char *buf, size_t size,
		 enum tui_role *role)
{
	struct priv *v = priv;
	const struct tui_loss *l;

	if (row < v->nr_notes) {
		*role = v->note[row].role;
		if (col == C_KIND)
			snprintf(buf, size, "%s", v->note[row].kind);
		else if (col == C_TEXT)
			snprintf(buf, size, "%s", v->note[row].text);
		return;
	}
	l = tui_ring_at(&t->model->loss, v->loss0 + row - v->nr_notes);
	if (!l)
		return;
	*role = col == C_TIME ? TUI_R_DIM : TUI_R_BAD;
	if (col == C_TIME)
		rxs_fmt_since(buf, size, l->at_ns, t->model->first_ns);
	else if (col == C_KIND)
		snprintf(buf, size, "loss");
	else
		loss_text(t, &l->l, buf, size);
}

static const struct tui_table_ops ops = {
	.columns = columns, .rows = rows, .cell = cell, .empty = ""};

static void draw(struct tui *t, struct tui_cells *c, struct tui_rect r, void *priv)
{
	struct priv *v = priv;

	refresh(t, v);
	tui_table_draw(&v->table, &ops, t, v, c, r, -1, false);
}

static bool act(struct tui *t, enum tui_act a, void *priv)
{
	struct priv *v = priv;
	const struct tui_loss *l;

	if (a == TUI_A_OPEN) {
		l = v->table.sel >= v->nr_notes
			    ? tui_ring_at(&t->model->loss, v->loss0 + v->table.sel - v->nr_notes)
			    : NULL;
		if (l)
			tui_clock_goto(&t->clock, t->model, l->at_ns);
		return true;
	}
	return tui_table_act(&v->table, rows(t, v), a);
}

static void click(struct tui *t, int x, int y, int wheel, void *priv)
{
	struct priv *v = priv;

	(void)x;
	tui_table_click(&v->table, rows(t, v), y, wheel);
}

static bool find(struct tui *t, const char *text, int dir, void *priv)
{
	return tui_table_find(&((struct priv *)priv)->table, &ops, t, priv, text, dir);
}

static const enum tui_act hints[] = { TUI_A_UP, TUI_A_OPEN, TUI_A_FIND, TUI_A_NONE };

const struct tui_view_ops tui_view_log = {
	.id = "log",
	.title = "Log",
	.about = "source, lost events, packets that could not be followed",
	.hints = hints,
	.priv_bytes = sizeof(struct priv),
	.draw = draw,
	.act = act,
	.click = click,
	.find = find,
};
