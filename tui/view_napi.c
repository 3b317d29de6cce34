// SPDX-License-Identifier: GPL-2.0
/* NAPI: of each CPU, interrupts, softirqs and polls over time. */
#include <stdlib.h>
#include <string.h>

#include "../tracer/base/rxs_fmt.h"
#include "napi_lanes.h"
#include "tui_views.h"

struct priv {
	u32 first_cpu;		/* scrolled to */
	u64 span_ns;		/* 0 = not chosen yet */
	u32 fit;		/* CPUs that fit */
	struct napi_lanes lanes;
};

#define SPAN_MIN_NS 1000ull
#define SPAN_MAX_NS 60000000000ull

static u64 cpu_figure(const struct tui *t, u32 cpu, u32 what)
{
	return t->model->view.acc.val[TUI_K_CPU + cpu * TUI_CPU_NR + what];
}

/* 1, 2, 5, 10 … at least ns. */
static u64 round_up(u64 ns)
{
	u64 unit = 1;

	while (unit * 10 < ns)
		unit *= 10;
	return ns <= unit	? unit
	       : ns <= 2 * unit ? 2 * unit
	       : ns <= 5 * unit ? 5 * unit
				: 10 * unit;
}

/* To begin with: the last eight polls. */
static u64 first_span(const struct tui *t)
{
	const struct tui_ring *p = &t->model->poll;
	u64 n = tui_ring_after(p, tui_figures_ns(t)), span;
	const struct tui_poll *a = tui_ring_at(p, n > p->first + 8 ? n - 8 : p->first);

	if (!a)
		return 0;
	span = tui_figures_ns(t) > a->at_ns ? tui_figures_ns(t) - a->at_ns : 1000000;
	span = round_up(span);
	return span < SPAN_MIN_NS ? SPAN_MIN_NS : span > 1000000000 ? 1000000000 : span;
}

static const struct {
	const char *title;
	int what, w, from_w;
} figures[] = {
	{ "interrupts", TUI_CPU_IRQS, 11, 0 }, { "softirqs", TUI_CPU_SOFTIRQS, 10, 0 },
	{ "polls", TUI_CPU_POLLS, 9, 0 }, { "packets", TUI_CPU_PACKETS, 10, 0 },
	{ "per poll", -1, 9, 0 }, { "budget used up", TUI_CPU_EXHAUSTED, 15, 104 },
	{ "squeezed", TUI_CPU_SQUEEZED, 9, 0 }, { "ksoftirqd", TUI_CPU_KSOFTIRQD, 10, 0 },
	{ "lost", TUI_CPU_LOST, 8, 90 },
};

static void draw_table(const struct tui *t, struct tui_cells *c, struct tui_rect r, u32 first)
{
	char buf[RXS_FMT_MAX];
	int x = r.x + 5;

	tui_text(c, r.x, r.y, 5, TUI_R_HEADER, "CPU");
	for (size_t i = 0; i < RXS_ARRAY_SIZE(figures); i++) {
		if (r.w < figures[i].from_w || x + figures[i].w > r.x + r.w)
			continue;
		tui_text_right(c, x, r.y, figures[i].w, TUI_R_HEADER, figures[i].title);
		for (int row = 1; row < r.h && first + (u32)row - 1 < t->model->nr_cpus; row++) {
			u32 cpu = first + (u32)row - 1;
			u64 v = figures[i].what >= 0 ? cpu_figure(t, cpu, (u32)figures[i].what) : 0;
			bool bad = v && (figures[i].what == TUI_CPU_SQUEEZED ||
					 figures[i].what == TUI_CPU_LOST ||
					 figures[i].what == TUI_CPU_EXHAUSTED);

			if (figures[i].what < 0 && cpu_figure(t, cpu, TUI_CPU_POLLS))
				snprintf(buf, sizeof(buf), "%.1f",
					 (double)cpu_figure(t, cpu, TUI_CPU_PACKETS) /
						 (double)cpu_figure(t, cpu, TUI_CPU_POLLS));
			else
				rxs_fmt_count(buf, sizeof(buf), v);
			tui_textf(c, r.x, r.y + row, 5, TUI_R_STRONG, "%3u", cpu);
			tui_text_right(c, x, r.y + row, figures[i].w,
				       bad			  ? TUI_R_WARN
				       : v || figures[i].what < 0 ? TUI_R_TEXT
								  : TUI_R_DIM,
				       buf);
		}
		x += figures[i].w;
	}
}

static void draw_cpu(struct tui *t, struct tui_cells *c, struct tui_rect r, struct priv *v, u32 cpu,
		     u64 t0)
{
	static const char *const names[] = { "irq off", "softirq", "poll", "work" };
	int label = 14;

	memset(&v->lanes, 0, sizeof(v->lanes));
	v->lanes.cpu = (s16)cpu;
	v->lanes.t0_ns = t0;
	v->lanes.t1_ns = t0 + v->span_ns;
	v->lanes.columns = r.w - label < NAPI_COLUMNS_MAX ? r.w - label : NAPI_COLUMNS_MAX;
	tui_textf(c, r.x, r.y, 6, TUI_R_STRONG, "CPU %u", cpu);
	for (int i = 0; i < 4 && i < r.h; i++)
		tui_text(c, r.x + 6, r.y + i, label - 7, TUI_R_DIM, names[i]);
	napi_lanes_fill(t->model, &v->lanes);
	napi_lanes_draw(t, c, (struct tui_rect){r.x + label, r.y, v->lanes.columns, 4}, &v->lanes);
}

static void draw_axis(const struct tui *t, struct tui_cells *c, struct tui_rect r,
		      const struct priv *v, u64 t0, int cursor)
{
	char a[48], b[TUI_NS_MAX], text[96];

	tui_fill(c, (struct tui_rect){ r.x + 14, r.y, r.w - 14, 1 }, TUI_R_RULE, 0x2500);
	tui_text(c, r.x + 14, r.y + 1, 24, TUI_R_DIM, tui_since(t, a, sizeof(a), t0));
	snprintf(text, sizeof(text), "all of it is %s", tui_ns(b, sizeof(b), v->span_ns));
	tui_text_right(c, r.x, r.y + 1, r.w, TUI_R_DIM, text);
	tui_put(c, cursor, r.y, TUI_R_WARN, 0x25b2);
	if (cursor - 8 > r.x + 14 + 20 && cursor + 10 < r.x + r.w - tui_columns(text))
		tui_text(c, cursor - 6, r.y + 1, 14, TUI_R_WARN, "the instant");
}

static void draw_legend(const struct tui *t, struct tui_cells *c, struct tui_rect r)
{
	static const struct {
		u32 ch;
		enum tui_role role;
		const char *text;
	} sign[] = {
		{ 0x25b2, TUI_R_LANE_IRQ, "interrupt" },
		{ 0x2588, TUI_R_LANE_MASKED, "masked" },
		{ 0x2588, TUI_R_LANE_SOFTIRQ, "softirq" },
		{ 0x2588, TUI_R_LANE_KSOFTIRQD, "in ksoftirqd" },
		{ 0x2588, TUI_R_LANE_POLL, "poll" },
	};
	struct rxs_hist wait = tui_acc_hist(&t->model->view.acc, TUI_H_SOFTIRQ);
	char a[TUI_NS_MAX], b[TUI_NS_MAX], text[96];
	int x = r.x, w = r.w;

	if (wait.count) {
		snprintf(text, sizeof(text), "raised to softirq: p50 %s  p99 %s",
			 tui_ns(a, sizeof(a), rxs_hist_quantile(&wait, 0.5)),
			 tui_ns(b, sizeof(b), rxs_hist_quantile(&wait, 0.99)));
		if (r.w >= 110) {
			tui_text_right(c, r.x, r.y, r.w, TUI_R_STRONG, text);
			w -= tui_columns(text) + 2;
		}
	}
	for (size_t i = 0; i < RXS_ARRAY_SIZE(sign); i++) {
		if (x + 3 + tui_columns(sign[i].text) > r.x + w)
			break;
		tui_put(c, x, r.y, sign[i].role, sign[i].ch);
		x += 4 + tui_text(c, x + 2, r.y, 24, TUI_R_DIM, sign[i].text);
	}
}

/* With room below the lanes: the last polls that ended, as a table. */
static void draw_polls(const struct tui *t, struct tui_cells *c, struct tui_rect r)
{
	const struct tui_ring *ring = &t->model->poll;
	char at[RXS_FMT_MAX], took[TUI_NS_MAX], wait[TUI_NS_MAX];
	u64 n = tui_ring_after(ring, tui_figures_ns(t) + 1);
	int row = 2;

	if (r.h < 4)
		return;
	tui_headline(c, r.x, r.y, r.w, "Last polls", "");
	tui_textf(c, r.x, r.y + 1, r.w, TUI_R_HEADER, "%14s  CPU  %-10s  %9s  %8s  %13s  %s",
		  "ended at, s", "device", "packets", "took", "after its irq", "");
	for (; n > ring->first && row < r.h; n--, row++) {
		const struct rxs_poll *p = &((const struct tui_poll *)tui_ring_at(ring, n - 1))->p;
		char work[32];

		snprintf(work, sizeof(work), "%u/%u", p->work, p->budget);
		rxs_fmt_since(at, sizeof(at), p->end_ns, t->model->first_ns);
		tui_ns(took, sizeof(took),
		       p->begin_ns && p->end_ns > p->begin_ns ? p->end_ns - p->begin_ns : 0);
		tui_ns(wait, sizeof(wait),
		       p->irq_ns && p->begin_ns > p->irq_ns ? p->begin_ns - p->irq_ns : 0);
		tui_textf(c, r.x, r.y + row, r.w, TUI_R_TEXT, "%14s  %3d  %-10.10s  %9s", at,
			  p->cpu, tui_str(t, p->dev), work);
		tui_text_right(c, r.x + 44, r.y + row, 8, TUI_R_TEXT, p->begin_ns ? took : "-");
		tui_text_right(c, r.x + 54, r.y + row, 13, TUI_R_DIM,
			       p->irq_ns && p->begin_ns ? wait : "-");
		tui_textf(c, r.x + 69, r.y + row, r.w - 69, p->squeezed ? TUI_R_WARN : TUI_R_DIM,
			  "%s%s%s", p->ksoftirqd ? "in ksoftirqd" : "",
			  p->squeezed && p->ksoftirqd ? ", " : "",
			  p->squeezed ? "softirq ended with work left" : "");
	}
}

static void draw(struct tui *t, struct tui_cells *c, struct tui_rect r, void *priv)
{
	struct priv *v = priv;
	u32 cpus = t->model->nr_cpus, rows;
	u64 at = tui_figures_ns(t), t0;
	int y, cursor, w = r.w - 14;

	if (!v->span_ns)
		v->span_ns = first_span(t);
	if (!cpus || !v->span_ns) {
		tui_text(c, r.x, r.y + 1, r.w, TUI_R_DIM, "No device was polled so far.");
		return;
	}
	/* Rows: table, legend, axis; five for each CPU. */
	v->fit = (u32)(r.h - 5) / 6;
	v->fit = v->fit ? v->fit > cpus ? cpus : v->fit : 1;
	if (v->first_cpu + v->fit > cpus)
		v->first_cpu = cpus - v->fit;
	rows = v->fit;
	draw_table(t, c, (struct tui_rect){ r.x, r.y, r.w, (int)rows + 1 }, v->first_cpu);
	/* The instant stands at four fifths: what came of it is seen, as far as it is known. */
	t0 = at > v->span_ns / 5 * 4 ? at - v->span_ns / 5 * 4 : 0;
	if (t->clock.mode == TUI_FOLLOW && t->live)
		t0 = at > v->span_ns ? at - v->span_ns : 0;
	cursor = r.x + 14 + (int)((double)(at - t0) / (double)v->span_ns * w);
	cursor = cursor > r.x + r.w - 1 ? r.x + r.w - 1 : cursor;
	y = r.y + (int)rows + 2;
	for (u32 i = 0; i < rows && y + 4 <= r.y + r.h - 3; i++, y += 5) {
		for (int k = 0; k < 4; k++)
			tui_put(c, cursor, y + k, TUI_R_RULE, 0x250a);
		draw_cpu(t, c, (struct tui_rect){ r.x, y, r.w, 4 }, v, v->first_cpu + i, t0);
	}
	draw_axis(t, c, (struct tui_rect){ r.x, y, r.w, 2 }, v, t0, cursor);
	draw_polls(t, c, (struct tui_rect){ r.x, y + 3, r.w, r.y + r.h - 2 - y - 3 });
	draw_legend(t, c, (struct tui_rect){ r.x, r.y + r.h - 1, r.w, 1 });
	if (cpus > rows)
		tui_textf(c, r.x + r.w - 30, r.y + (int)rows + 1, 30, TUI_R_DIM, "%26s%4u",
			  "CPUs of all", cpus);
}

static bool act(struct tui *t, enum tui_act a, void *priv)
{
	struct priv *v = priv;
	u64 half;

	switch (a) {
	case TUI_A_UP:
		v->first_cpu -= v->first_cpu ? 1 : 0;
		return true;
	case TUI_A_DOWN:
		v->first_cpu++;
		return true;
	case TUI_A_ZOOM_IN:
		half = v->span_ns ? v->span_ns : SPAN_MIN_NS;
		while (round_up(half) >= v->span_ns && half > 1)
			half = half * 9 / 10;
		v->span_ns = half < SPAN_MIN_NS ? SPAN_MIN_NS : round_up(half);
		return true;
	case TUI_A_ZOOM_OUT:
		v->span_ns = v->span_ns >= SPAN_MAX_NS ? SPAN_MAX_NS : round_up(v->span_ns + 1);
		return true;
	default:
		(void)t;
		return false;
	}
}

static const enum tui_act hints[] = { TUI_A_ZOOM_IN, TUI_A_UP, TUI_A_NONE };

const struct tui_view_ops tui_view_napi = {
	.id = "napi",
	.title = "NAPI",
	.about = "what each CPU did: interrupts, softirqs, polls of devices",
	.hints = hints,
	.priv_bytes = sizeof(struct priv),
	.animated = true,
	.draw = draw,
	.act = act,
};
