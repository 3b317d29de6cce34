// SPDX-License-Identifier: GPL-2.0
/* What stands around every view: the views' names, the counters, the time line, the keys. */
#include "tui.h"

#include <string.h>

#include "../tracer/base/rxs_fmt.h"

/* The place of a view's name: all are named when there is room, else the one shown. */
static int tab_w(const struct tui *t, const struct tui_cells *c, int i)
{
	int full = 1;

	for (int k = 0; tui_views[k]; k++)
		full += tui_columns(tui_views[k]->title) + 3;
	return full <= c->w || i == t->view ? tui_columns(tui_views[i]->title) + 3 : 2;
}

int tui_tab_at(const struct tui *t, const struct tui_cells *c, int x)
{
	int at = 0;

	for (int i = 0; tui_views[i]; i++) {
		if (x >= at && x < at + tab_w(t, c, i))
			return i;
		at += tab_w(t, c, i);
	}
	return -1;
}

/* Views whose key is a digit; the last one, the help, is reached by '?'. */
static void draw_tabs(const struct tui *t, struct tui_cells *c)
{
	int x = 0;

	for (int i = 0; tui_views[i]; i++) {
		enum tui_role role = i == t->view ? TUI_R_TAB_ACTIVE : TUI_R_TAB;
		char key = tui_views[i + 1] ? (char)('1' + i) : '?';
		int w = tab_w(t, c, i);

		if (i == t->view)
			tui_fill(c, (struct tui_rect){ x, 0, w + 1, 1 }, role, ' ');
		tui_put(c, x + 1, 0, i == t->view ? role : TUI_R_KEY, (u32)key);
		if (w > 2)
			tui_text(c, x + 3, 0, c->w - x - 3, role, tui_views[i]->title);
		x += w;
	}
	if (c->w - x > 12) {
		char what[256];

		snprintf(what, sizeof(what), "%s%s%s", t->source, t->kernel[0] ? " \xc2\xb7 " : "",
			 t->kernel);
		tui_text_right(c, x + 2, 0, c->w - x - 3, TUI_R_DIM, what);
	}
}

struct figure {
	const char *label;
	u32 glyph;		/* instead of the label where there is little room */
	enum tui_role role;
	u64 value;
};

enum { LABELS, GLYPHS, GLYPHS_SHORT };

static int draw_figures(struct tui_cells *c, int x, int w, const struct figure *f, int nr, int form,
			bool draw)
{
	char buf[RXS_FMT_MAX], g[8];
	int n = 0;

	for (int i = 0; i < nr; i++) {
		enum tui_role role = f[i].value ? f[i].role : TUI_R_DIM;
		const char *label = f[i].label;
		int gap = 1;

		if (form != LABELS && f[i].glyph) {
			tui_utf8(g, f[i].glyph);
			label = g;
			gap = 0;
		}
		if (form == GLYPHS_SHORT)
			rxs_fmt_short(buf, sizeof(buf), f[i].value);
		else
			rxs_fmt_count(buf, sizeof(buf), f[i].value);
		if (draw) {
			tui_text(c, x + n, 1, w - n, gap ? TUI_R_DIM : role, label);
			tui_text(c, x + n + tui_columns(label) + gap, 1, w - n, role, buf);
		}
		n += tui_columns(label) + gap + (int)strlen(buf) + 2;
	}
	return n - 2;
}

static void draw_badge(const struct tui *t, struct tui_cells *c, int *x)
{
	const struct tui_clock *k = &t->clock;
	enum tui_role role = TUI_R_BADGE_PLAY;
	const char *text = k->back ? " \xe2\x97\x80 BACK " : " \xe2\x96\xb6 SLOW ";

	if (t->complete && tui_clock_at_end(k, t->model)) {
		role = TUI_R_BADGE_END;
		text = " END ";
	} else if (k->mode == TUI_PAUSED) {
		role = TUI_R_BADGE_PAUSED;
		text = " PAUSED ";
	} else if (k->mode == TUI_FOLLOW) {
		role = TUI_R_BADGE_LIVE;
		text = t->live ? " LIVE " : " PLAYING ";
	}
	*x = 1 + tui_text(c, 1, 1, 10, role, text) + 1;
}

static void draw_counters(const struct tui *t, struct tui_cells *c)
{
	const struct tui_acc *a = &t->model->view.acc;
	static const u8 order[] = {
		RXS_OUT_DELIVERED, RXS_OUT_CONSUMED, RXS_OUT_FORWARDED,
		RXS_OUT_MERGED, RXS_OUT_DROPPED, RXS_OUT_INCOMPLETE,
	};
	struct figure f[10];
	u64 seen = 0, lost = 0, open = 0;
	int nr = 1, x, form = LABELS;

	draw_badge(t, c, &x);
	for (int o = 0; o < RXS_OUT_NR; o++)
		seen += a->val[TUI_K_OUTCOME + o];
	for (int s = 0; t->clock.mode == TUI_FOLLOW && s < RXS_ST_NR; s++)
		open += t->model->open_by_stage[s];
	open += a->val[TUI_K_OUTCOME + RXS_OUT_OPEN];
	for (int k = 0; k < RXS_LOST_NR; k++)
		lost += a->val[TUI_K_LOST + k];
	for (size_t i = 0; i < RXS_ARRAY_SIZE(order); i++)
		f[nr++] = (struct figure){rxs_outcome_id(order[i]), tui_outcome_glyph(order[i]),
					  tui_outcome_role(order[i]),
					  a->val[TUI_K_OUTCOME + order[i]]};
	f[0] = (struct figure){"seen", 0, TUI_R_STRONG,
			       seen + (open - a->val[TUI_K_OUTCOME + RXS_OUT_OPEN])};
	f[nr++] = (struct figure){ "open", 0, TUI_R_TEXT, open };
	/* "lost" counts events, all others packets. */
	f[nr++] = (struct figure){ "lost events", 0, TUI_R_BAD, lost };
	while (form < GLYPHS_SHORT &&
	       draw_figures(c, x, c->w - x - 1, f, nr, form, false) > c->w - x - 1)
		form++;
	if (form == GLYPHS_SHORT)
		f[nr - 1].label = "lost";
	draw_figures(c, x, c->w - x - 1, f, nr, form, true);
}

/* What is to be said beside the time line, shortest last. */
static void time_note(const struct tui *t, char *buf, size_t size)
{
	const struct tui_clock *k = &t->clock;
	char a[TUI_NS_MAX];
	u64 step = tui_clock_step(k);
	size_t n = 0;

	if (k->leapt_ns && k->mode != TUI_PAUSED)
		n += (size_t)snprintf(buf + n, size - n, "\xc2\xbb %s skipped  ",
				      tui_ns(a, sizeof(a), k->leapt_ns));
	if (n < size && step)
		snprintf(buf + n, size - n, "%s/frame", tui_ns(a, sizeof(a), step));
}

static void memory_note(const struct tui *t, char *buf, size_t size)
{
	char a[RXS_FMT_MAX];
	u64 kept = tui_ring_count(&t->model->ent);

	if (!t->complete && !t->live && t->size_bytes)
		snprintf(buf, size, "reading %d %%",
			 (int)(100.0 * (double)t->loaded_bytes / (double)t->size_bytes));
	else
		snprintf(buf, size, "%s kept %.1f/%.0f MiB", rxs_fmt_short(a, sizeof(a), kept),
			 (double)tui_model_bytes(t->model) / 1048576,
			 (double)t->model->limit_bytes / 1048576);
}

static void draw_line(const struct tui *t, struct tui_cells *c, int x, int y, int w)
{
	const struct tui_model *m = t->model;
	u64 span = m->head_ns - m->first_ns, begin = tui_model_begin_ns(m);
	u64 at = t->clock.cursor_ns;
	int cur = span ? (int)((double)(at - m->first_ns) / (double)span * (w - 1) + 0.5) : w - 1;
	int known = span ? (int)((double)(begin - m->first_ns) / (double)span * (w - 1) + 0.5) : 0;

	for (int i = 0; i < w; i++) {
		if (i == cur)
			tui_put(c, x + i, y, TUI_R_STRONG, 0x25cf);
		else if (i < known)
			tui_put(c, x + i, y, TUI_R_RULE, 0x2504);
		else
			tui_put(c, x + i, y, i < cur ? TUI_R_BRAND : TUI_R_RULE,
				i < cur ? 0x2501 : 0x2500);
	}
}

static void draw_timeline(const struct tui *t, struct tui_cells *c, int y)
{
	char note[96] = "", mem[64], at[48], end[TUI_NS_MAX];
	const struct tui_model *m = t->model;
	int left, right = c->w - 1, w;

	if (!m->any) {
		tui_text(c, 1, y, c->w - 2, TUI_R_DIM,
			 t->complete ? "no packets" : "waiting for the first packet\xe2\x80\xa6");
		return;
	}
	left = 1 + tui_text(c, 1, y, c->w - 2, TUI_R_STRONG,
			    tui_since(t, at, sizeof(at), t->clock.cursor_ns));
	memory_note(t, mem, sizeof(mem));
	time_note(t, note, sizeof(note));
	right -= tui_columns(mem);
	tui_text(c, right, y, c->w - 1 - right, TUI_R_DIM, mem);
	if (note[0]) {
		right -= tui_columns(note) + 2;
		tui_text(c, right, y, c->w - 1 - right, TUI_R_TEXT, note);
	}
	tui_ns(end, sizeof(end), m->head_ns - m->first_ns);
	w = right - left - 2;
	if (w > 24) {
		right -= tui_columns(end) + 2;
		tui_text(c, right, y, 12, TUI_R_DIM, end);
		w = right - left - 2;
	}
	if (w > 4)
		draw_line(t, c, left + 1, y, w);
}

/* Hints of the view, then those that every view has, as many as there is room for. */
static void draw_hints(const struct tui *t, struct tui_cells *c, int y)
{
	static const enum tui_act common[] = {
		TUI_A_PAUSE,  TUI_A_STEP,   TUI_A_PACKET_NEXT, TUI_A_SLOWER, TUI_A_FILTER,
		TUI_A_FOLLOW, TUI_A_REWIND, TUI_A_GOTO,	       TUI_A_SAVE,   TUI_A_NONE};
	const enum tui_act *own = tui_views[t->view]->hints;
	int x = 1, tail = 15;	/* "? help  q quit" is always there */

	for (int set = 0; set < 2; set++) {
		for (const enum tui_act *a = set ? common : own; a && *a != TUI_A_NONE; a++) {
			const struct tui_act_info *i = &tui_acts[*a];
			const char *hint = *a == TUI_A_PAUSE && t->clock.mode == TUI_PAUSED
						   ? "go on"
						   : i->hint;
			int need = tui_columns(i->keys) + 1 + tui_columns(hint) + 2;

			if (x + need + tail > c->w)
				continue;
			x += tui_text(c, x, y, need, TUI_R_KEY, i->keys);
			x += 1 + tui_text(c, x + 1, y, need, TUI_R_KEY_TEXT, hint) + 2;
		}
	}
	x = c->w - tail;
	x += tui_text(c, x, y, 2, TUI_R_KEY, "?");
	x += 1 + tui_text(c, x + 1, y, 5, TUI_R_KEY_TEXT, "help") + 2;
	x += tui_text(c, x, y, 2, TUI_R_KEY, "q");
	tui_text(c, x + 1, y, 5, TUI_R_KEY_TEXT, "quit");
}

/* The filter, and what is not drawn: of what there is, this alone is shown. */
static void what_is_shown(const struct tui *t, char *buf, size_t size)
{
	const char *filter = t->filter[0] ? t->filter : t->capture_filter;
	const struct tui_clock *k = &t->clock;
	char b[RXS_FMT_MAX], since[48];
	size_t n = 0;

	buf[0] = 0;
	if (k->mode == TUI_FOLLOW && k->one_in >= 1.5 && !t->view)
		n += (size_t)snprintf(buf, size, "drawing 1 in %s",
				      rxs_fmt_short(b, sizeof(b), (u64)(k->one_in + 0.5)));
	if (filter[0])
		n += (size_t)snprintf(buf + n, size - n, "%sonly: %s", n ? " \xc2\xb7 " : "",
				      filter);
	if (filter[0] && t->model->filter_since_ns && n < size)
		snprintf(buf + n, size - n, " since %s",
			 tui_since(t, since, sizeof(since), t->model->filter_since_ns));
}

/* The view's name and what it shows; at the right what is left out of it. */
static void draw_title(const struct tui *t, struct tui_cells *c, int y)
{
	const struct tui_view_ops *v = tui_views[t->view];
	char text[400];
	int w = c->w - 2, n;

	what_is_shown(t, text, sizeof(text));
	if (text[0]) {
		n = tui_columns(text);
		n = n < w / 2 ? n : w / 2;
		tui_text(c, c->w - 1 - n, y, n, TUI_R_WARN, text);
		w -= n + 2;
	}
	tui_headline(c, 1, y, w, v->title, v->about);
}

static void draw_too_small(struct tui_cells *c)
{
	tui_textf(c, 0, 0, c->w, TUI_R_STRONG, "rxscope needs %d\xc3\x97%d", TUI_MIN_W, TUI_MIN_H);
	tui_textf(c, 0, 1, c->w, TUI_R_TEXT, "this terminal has %d\xc3\x97%d", c->w, c->h);
	tui_text(c, 0, 2, c->w, TUI_R_DIM, "q quits");
}

void tui_draw(struct tui *t, struct tui_cells *c)
{
	const struct tui_view_ops *v = tui_views[t->view];
	bool follow = t->clock.mode == TUI_FOLLOW && t->live;

	tui_cells_clear(c);
	t->cells = c;
	t->dirty = false;
	t->drawn_ns = t->wall_ns;
	if (c->w < TUI_MIN_W || c->h < TUI_MIN_H) {
		draw_too_small(c);
		return;
	}
	if (follow != t->model->view_follows)
		tui_model_follow(t->model, follow);
	if (!follow)
		tui_model_seek(t->model, tui_figures_ns(t));
	draw_tabs(t, c);
	draw_counters(t, c);
	draw_title(t, c, 2);
	v->draw(t, c, (struct tui_rect){ 1, 3, c->w - 2, c->h - 5 }, t->priv[t->view]);
	draw_timeline(t, c, c->h - 2);
	if (t->prompt.ask != TUI_ASK_NOTHING)
		tui_prompt_draw(t, c, c->h - 1);
	else if (t->message[0])
		tui_text(c, 1, c->h - 1, c->w - 2, TUI_R_PROMPT, t->message);
	else if (t->error[0])
		tui_text(c, 1, c->h - 1, c->w - 2, TUI_R_BAD, t->error);
	else
		draw_hints(t, c, c->h - 1);
}
