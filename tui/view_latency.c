// SPDX-License-Identifier: GPL-2.0
/* Latency: of a stage, how times are distributed, and how that went over time. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "../tracer/base/rxs_fmt.h"
#include "tui_views.h"

#define COLUMNS_MAX	240
#define ROWS_MAX	64

struct priv {
	u32 sel;		/* row of the list */
	u32 hist[TUI_H_NR];	/* histograms listed */
	u32 nr, top;
	int page;
	int zoom;		/* index of spans + 1; 0 = all there is */
	u32 heat[COLUMNS_MAX * ROWS_MAX];
};

static const u64 spans[] = {
	1000000, 2000000, 5000000, 10000000, 20000000, 50000000, 100000000, 200000000, 500000000,
	1000000000, 2000000000, 5000000000, 10000000000, 30000000000, 60000000000, 300000000000,
	600000000000, 3600000000000,
};

static const char *name_of(u32 hist)
{
	return hist == TUI_H_TOTAL     ? "NIC to reader"
	       : hist == TUI_H_SOFTIRQ ? "NET_RX to softirq"
				       : rxs_stages[hist].id;
}

/* Histograms of times that have any values, the whole way first. */
static void list_hists(const struct tui *t, struct priv *v)
{
	const struct tui_acc *a = &t->model->view.acc;
	u32 was = v->sel < v->nr ? v->hist[v->sel] : TUI_H_TOTAL;

	v->nr = 0;
	v->hist[v->nr++] = TUI_H_TOTAL;
	for (u32 s = 0; s < RXS_ST_NR; s++)
		if (a->count[s] || s == was)
			v->hist[v->nr++] = s;
	v->sel = 0;
	for (u32 i = 0; i < v->nr; i++)
		if (v->hist[i] == was)
			v->sel = i;
}

/* What is shown of each in the list, as the width allows. */
static const struct {
	const char *title;
	double q;
	int from_w;
} quantiles[] = {
	{ "p50", 0.5, 0 }, { "p90", 0.9, 150 }, { "p99", 0.99, 96 },
	{ "p99.9", 0.999, 180 }, { "max", 2, 120 },
};

static int list_width(int w)
{
	int n = 18;

	for (size_t i = 0; i < RXS_ARRAY_SIZE(quantiles); i++)
		n += w >= quantiles[i].from_w ? 9 : 0;
	return n;
}

static void draw_list(struct tui *t, struct tui_cells *c, struct tui_rect r, int w, struct priv *v)
{
	int x = r.x + 18;

	v->page = r.h - 1;
	if (v->sel < v->top)
		v->top = v->sel;
	if (v->sel >= v->top + (u32)v->page)
		v->top = v->sel - (u32)v->page + 1;
	tui_text(c, r.x, r.y, 18, TUI_R_HEADER, "time to reach");
	for (size_t i = 0; i < RXS_ARRAY_SIZE(quantiles); i++) {
		if (w < quantiles[i].from_w)
			continue;
		tui_text_right(c, x, r.y, 9, TUI_R_HEADER, quantiles[i].title);
		x += 9;
	}
	for (int row = 0; row < v->page && v->top + (u32)row < v->nr; row++) {
		u32 h = v->hist[v->top + (u32)row];
		struct rxs_hist hist = tui_acc_hist(&t->model->view.acc, h);
		int y = r.y + 1 + row;

		tui_text(c, r.x, y, 17, h < RXS_ST_NR ? tui_layer_role(h) : TUI_R_STRONG,
			 name_of(h));
		x = r.x + 18;
		for (size_t i = 0; i < RXS_ARRAY_SIZE(quantiles); i++) {
			char buf[TUI_NS_MAX];

			if (w < quantiles[i].from_w)
				continue;
			tui_ns(buf, sizeof(buf),
			       quantiles[i].q > 1 ? hist.max
						  : rxs_hist_quantile(&hist, quantiles[i].q));
			tui_text_right(c, x, y, 9, hist.count ? TUI_R_TEXT : TUI_R_DIM,
				       hist.count ? buf : "-");
			x += 9;
		}
		if (v->top + (u32)row == v->sel)
			tui_select(c, r.x, y, r.w);
	}
}

/* Range of times shown: powers of two that hold all values, at least three of them. */
static void range_of(const struct rxs_hist *h, u64 *lo, u64 *hi)
{
	double a = floor(log2(h->min > 1 ? (double)h->min : 1)),
	       b = ceil(log2(h->max > 1 ? (double)h->max + 1 : 2));

	while (b - a < 3) {
		a = a > 0 ? a - 1 : 0;
		b++;
	}
	*lo = (u64)exp2(a);
	*hi = (u64)exp2(b);
}

static int column_of(u64 ns, u64 lo, u64 hi, int w)
{
	double f = log2(ns > lo ? (double)ns / (double)lo : 1) / log2((double)hi / (double)lo);
	int x = (int)(f * w);

	return x < 0 ? 0 : x >= w ? w - 1 : x;
}

/* Ticks at the powers of ten, as many as have room. */
static void draw_axis(struct tui_cells *c, int x, int y, int w, u64 lo, u64 hi)
{
	int last = x - 1;

	tui_fill(c, (struct tui_rect){ x, y, w, 1 }, TUI_R_RULE, 0x2500);
	for (u64 v = 1; v <= hi && v < UINT64_MAX / 10; v *= 10) {
		char buf[TUI_NS_MAX];
		int at;

		if (v < lo)
			continue;
		at = x + column_of(v, lo, hi, w);
		tui_put(c, at, y, TUI_R_RULE, 0x253c);
		/* "10.0 us" is "10 us" on an axis. */
		snprintf(buf, sizeof(buf),
			 v < 1000	  ? "%llu ns"
			 : v < 1000000	  ? "%llu \xc2\xb5s"
			 : v < 1000000000 ? "%llu ms"
					  : "%llu s",
			 (unsigned long long)(v < 1000	       ? v
					      : v < 1000000    ? v / 1000
					      : v < 1000000000 ? v / 1000000
							       : v / 1000000000));
		if (at > last && at + tui_columns(buf) <= x + w) {
			tui_text(c, at, y + 1, 10, TUI_R_DIM, buf);
			last = at + tui_columns(buf) + 1;
		}
	}
}

static void draw_figures(struct tui_cells *c, struct tui_rect r, const struct rxs_hist *h)
{
	static const struct {
		const char *name;
		double q;
		enum tui_role role;
	} f[] = {
		{ "min", -1, TUI_R_TEXT }, { "p50", 0.5, TUI_R_P50 }, { "mean", -2, TUI_R_TEXT },
		{ "p90", 0.9, TUI_R_TEXT }, { "p99", 0.99, TUI_R_P99 }, { "p99.9", 0.999, TUI_R_TEXT },
		{ "max", 2, TUI_R_MAX },
	};
	char buf[TUI_NS_MAX];
	int x = r.x;

	for (size_t i = 0; i < RXS_ARRAY_SIZE(f); i++) {
		u64 v = f[i].q == -1   ? h->min
			: f[i].q == -2 ? (u64)(rxs_hist_mean(h) + 0.5)
			: f[i].q > 1   ? h->max
				       : rxs_hist_quantile(h, f[i].q);

		tui_ns(buf, sizeof(buf), v);
		if (x + tui_columns(f[i].name) + tui_columns(buf) + 1 > r.x + r.w)
			continue;
		x += tui_text(c, x, r.y, r.w, TUI_R_DIM, f[i].name);
		x += 1 + tui_text(c, x + 1, r.y, r.w, f[i].role, buf) + 2;
	}
}

static void draw_histogram(struct tui_cells *c, struct tui_rect r, const struct rxs_hist *h, u64 lo,
			   u64 hi)
{
	u64 n[COLUMNS_MAX] = { 0 }, max = 0;
	int w = r.w < COLUMNS_MAX ? r.w : COLUMNS_MAX, rows = r.h - 2;
	int p50 = column_of(rxs_hist_quantile(h, 0.5), lo, hi, w),
	    p99 = column_of(rxs_hist_quantile(h, 0.99), lo, hi, w);

	for (u32 b = h->lo; b <= h->hi && h->bucket; b++)
		n[column_of(rxs_hist_bucket_low(b), lo, hi, w)] += h->bucket[b];
	for (int i = 0; i < w; i++)
		max = n[i] > max ? n[i] : max;
	for (int i = 0; i < w; i++) {
		int eighths = max ? (int)((double)n[i] * rows * 8 / (double)max + 0.5) : 0;
		enum tui_role role = i == p50	? TUI_R_P50
				     : i == p99 ? TUI_R_P99
				     : i > p99	? TUI_R_MAX
						: TUI_R_SPARK;

		if (n[i] && !eighths)
			eighths = 1;
		for (int row = 0; row < rows && eighths > row * 8; row++)
			tui_column(c, r.x + i, r.y + rows - 1 - row, role, eighths - row * 8);
	}
	draw_axis(c, r.x, r.y + rows, w, lo, hi);
}

/* The shortest span that holds all there is, as an index + 1. */
static int zoom_of_all(const struct tui *t)
{
	u64 all = tui_figures_ns(t) - t->model->first_ns;
	int z = 1;

	while (z < (int)RXS_ARRAY_SIZE(spans) && spans[z - 1] < all)
		z++;
	return z;
}

static u64 span_of(const struct tui *t, const struct priv *v)
{
	u64 all = tui_figures_ns(t) - t->model->first_ns;

	/*
	 * A recording is shown whole; columns of a live picture must not change their length with
	 * every frame.
	 */
	if (!v->zoom && t->complete && all)
		return all;
	return spans[(v->zoom ? v->zoom : zoom_of_all(t)) - 1];
}

static void draw_cell_of_heat(struct tui_cells *c, int x, int y, u32 n, u32 max)
{
	static const u32 glyph[8] = { ' ', 0x2591, 0x2591, 0x2592, 0x2592, 0x2593, 0x2593, 0x2588 };
	int level = !n ? 0 : max < 2 ? 7 : 1 + (int)(log((double)n) / log((double)max) * 6.01);

	level = level > 7 ? 7 : level;
	if (level)
		tui_put(c, x, y, (enum tui_role)(TUI_R_HEAT1 + level - 1), glyph[level]);
}

static void draw_heat(struct tui *t, struct tui_cells *c, struct tui_rect r, struct priv *v,
		      u32 hist, u64 lo, u64 hi)
{
	int label = 9, w = r.w - label, rows = r.h - 2;
	char a[TUI_NS_MAX], b[64];
	u64 span = span_of(t, v), end = tui_figures_ns(t) + 1;
	u32 max = 0;

	w = w < COLUMNS_MAX ? w : COLUMNS_MAX;
	rows = rows < ROWS_MAX ? rows : ROWS_MAX;
	if (w < 8 || rows < 2)
		return;
	tui_model_heat(t->model, hist, end, span / (u64)w + 1, (u32)w, lo, hi, (u32)rows, v->heat);
	for (int i = 0; i < w * rows; i++)
		max = v->heat[i] > max ? v->heat[i] : max;
	for (int x = 0; x < w; x++)
		for (int y = 0; y < rows; y++)
			draw_cell_of_heat(c, r.x + label + x, r.y + rows - 1 - y,
					  v->heat[x * rows + y], max);
	for (int y = 0; y < rows; y += rows > 6 ? 3 : 2) {
		double f =
			exp2(log2((double)lo) + (log2((double)hi) - log2((double)lo)) * y / rows);

		tui_text_right(c, r.x, r.y + rows - 1 - y, label - 2, TUI_R_DIM,
			       tui_ns(a, sizeof(a), (u64)f));
	}
	for (int y = 0; y < rows; y++)
		tui_put(c, r.x + label - 1, r.y + y, TUI_R_RULE, 0x2502);
	tui_fill(c, (struct tui_rect){ r.x + label, r.y + rows, w, 1 }, TUI_R_RULE, 0x2500);
	snprintf(b, sizeof(b), "%s before", tui_ns(a, sizeof(a), span));
	if (w > tui_columns(b) + 19)
		tui_text(c, r.x + label, r.y + rows + 1, w, TUI_R_DIM, b);
	tui_text_right(c, r.x + label, r.y + rows + 1, w, TUI_R_DIM,
		       t->clock.mode == TUI_FOLLOW ? "now" : "the instant shown");
}

static void draw(struct tui *t, struct tui_cells *c, struct tui_rect r, void *priv)
{
	struct priv *v = priv;
	int list = list_width(r.w), x = r.x + list + 3, w = r.w - list - 3, half;
	struct rxs_hist h;
	char title[96], n[RXS_FMT_MAX];
	u64 lo, hi;
	u32 hist;

	list_hists(t, v);
	draw_list(t, c, (struct tui_rect){ r.x, r.y, list, r.h }, r.w, v);
	for (int y = r.y; y < r.y + r.h; y++)
		tui_put(c, x - 2, y, TUI_R_RULE, 0x2502);
	hist = v->hist[v->sel];
	h = tui_acc_hist(&t->model->view.acc, hist);
	snprintf(title, sizeof(title), "%s packets", rxs_fmt_count(n, sizeof(n), h.count));
	tui_headline(c, x, r.y, w, name_of(hist), title);
	if (!h.count) {
		tui_text(c, x, r.y + 2, w, TUI_R_DIM, "No packet passed it so far.");
		return;
	}
	draw_figures(c, (struct tui_rect){ x, r.y + 1, w, 1 }, &h);
	range_of(&h, &lo, &hi);
	half = (r.h - 4) / 2;
	draw_histogram(c, (struct tui_rect){ x, r.y + 2, w, half + 1 }, &h, lo, hi);
	tui_headline(c, x, r.y + half + 3, w, "over time", "lighter and denser: more packets");
	draw_heat(t, c, (struct tui_rect){ x, r.y + half + 4, w, r.h - half - 4 }, v, hist, lo, hi);
}

static bool act(struct tui *t, enum tui_act a, void *priv)
{
	struct priv *v = priv;
	int nr = (int)RXS_ARRAY_SIZE(spans);

	switch (a) {
	case TUI_A_UP:
		v->sel -= v->sel ? 1 : 0;
		return true;
	case TUI_A_DOWN:
		v->sel += v->sel + 1 < v->nr ? 1 : 0;
		return true;
	case TUI_A_FIRST:
	case TUI_A_PAGE_UP:
		v->sel = 0;
		return true;
	case TUI_A_LAST:
	case TUI_A_PAGE_DOWN:
		v->sel = v->nr ? v->nr - 1 : 0;
		return true;
	case TUI_A_ZOOM_IN:
	case TUI_A_ZOOM_OUT:
		v->zoom = (v->zoom ? v->zoom : zoom_of_all(t)) + (a == TUI_A_ZOOM_IN ? -1 : 1);
		v->zoom = v->zoom < 1 ? 1 : v->zoom > nr ? nr : v->zoom;
		return true;
	default:
		return false;
	}
}

static void click(struct tui *t, int x, int y, int wheel, void *priv)
{
	struct priv *v = priv;

	(void)x;
	if (wheel)
		act(t, wheel < 0 ? TUI_A_UP : TUI_A_DOWN, v);
	else if (y >= 1 && v->top + (u32)y - 1 < v->nr)
		v->sel = v->top + (u32)y - 1;
}

static const enum tui_act hints[] = { TUI_A_UP, TUI_A_ZOOM_IN, TUI_A_NONE };

const struct tui_view_ops tui_view_latency = {
	.id = "latency", .title = "Latency",
	.about = "time to a stage from the one before it: how long, how often, when",
	.hints = hints, .priv_bytes = sizeof(struct priv), .draw = draw, .act = act, .click = click,
};
