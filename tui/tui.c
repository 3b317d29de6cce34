// SPDX-License-Identifier: GPL-2.0
/*
 * The screen without a terminal: state, keys, frames. What is drawn around the views is in
 * tui_chrome.c.
 */
#include "tui.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#define MESSAGE_NS 5000000000ull

/*
 * A stream of seconds or days, or a recording of milliseconds: the finest step of its statistics.
 */
#define SLICE_LIVE_NS	16000000
#define SLICE_FILE_NS	2000000

int tui_new(struct tui **out, const struct tui_opts *o)
{
	struct tui *t = calloc(1, sizeof(*t));
	int err;

	if (!t)
		return -ENOMEM;
	err = tui_model_new(&t->model, o->strtab, o->memory_bytes,
			    o->live ? SLICE_LIVE_NS : SLICE_FILE_NS);
	for (int i = 0; !err && tui_views[i]; i++) {
		t->priv[i] = calloc(1, tui_views[i]->priv_bytes + 1);
		if (!t->priv[i])
			err = -ENOMEM;
	}
	if (err) {
		tui_free(t);
		return err;
	}
	tui_clock_init(&t->clock, o->live, o->step_ns);
	t->strtab = o->strtab;
	t->live = o->live;
	t->style = o->style;
	t->host = o->host;
	t->sel_seq = TUI_NO;
	t->dirty = true;
	*out = t;
	return 0;
}

void tui_free(struct tui *t)
{
	if (!t)
		return;
	for (int i = 0; tui_views[i]; i++) {
		if (t->priv[i] && tui_views[i]->free)
			tui_views[i]->free(t->priv[i]);
		free(t->priv[i]);
	}
	tui_model_free(t->model);
	free(t);
}

int tui_restart(struct tui *t, struct rxs_strtab *names)
{
	struct tui_model *m;
	int err = tui_model_new(&m, names, t->model->limit_bytes, t->model->slice_ns);

	if (err)
		return err;
	tui_model_free(t->model);
	t->model = m;
	t->strtab = names;
	tui_clock_init(&t->clock, t->live, t->clock.mode == TUI_FOLLOW ? 0 : t->clock.step_ns);
	t->sel_seq = TUI_NO;
	t->sel_id = 0;
	t->lost_id = 0;
	t->only_flow = t->only_drop = 0;
	t->marked = 0;
	t->complete = false;
	t->error[0] = 0;
	t->generation++;
	t->dirty = true;
	return 0;
}

const char *tui_str(const struct tui *t, u32 id)
{
	return t->model->strtab ? rxs_strtab_get(t->model->strtab, id) : "";
}

void tui_say(struct tui *t, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(t->message, sizeof(t->message), fmt, ap);
	va_end(ap);
	t->message_until_ns = t->wall_ns + MESSAGE_NS;
	t->dirty = true;
}

void tui_show(struct tui *t, int view)
{
	if (view == t->view)
		return;
	t->last_view = t->view;
	t->view = view;
	t->dirty = true;
}

u64 tui_figures_ns(const struct tui *t)
{
	return tui_clock_figures_ns(&t->clock);
}

bool tui_select_packet(struct tui *t, u64 seq)
{
	const struct tui_ent *e = tui_model_ent(t->model, seq);

	if (!e)
		return false;
	t->sel_seq = seq;
	t->sel_id = e->id;
	t->lost_id = 0;
	t->dirty = true;
	return true;
}

u64 tui_selected(struct tui *t)
{
	const struct tui_ent *e = tui_model_ent(t->model, t->sel_seq);

	if (e && e->id == t->sel_id)
		return t->sel_seq;
	/* Forgotten: it will not come back, so it is not looked for again. */
	t->lost_id = t->sel_id ? t->sel_id : t->lost_id;
	t->sel_seq = TUI_NO;
	t->sel_id = 0;
	return TUI_NO;
}

/* ---- time ---- */

static void go_to(struct tui *t, u64 ns)
{
	tui_clock_goto(&t->clock, t->model, ns);
	t->dirty = true;
}

static void step_event(struct tui *t, int dir)
{
	u64 at = t->clock.cursor_ns;
	u64 ns = dir > 0 ? tui_model_next_hop(t->model, at) : tui_model_prev_hop(t->model, at);

	if (ns == TUI_NO || ns > t->model->head_ns) {
		tui_clock_pause(&t->clock);
		tui_say(t, dir > 0 ? "no event after this one"
				   : "no event before this one is remembered");
		return;
	}
	go_to(t, ns);
}

static void step_packet(struct tui *t, int dir)
{
	u64 at = t->clock.cursor_ns;
	u64 seq =
		dir > 0 ? tui_model_next_packet(t->model, at) : tui_model_prev_packet(t->model, at);

	if (seq == TUI_NO) {
		tui_clock_pause(&t->clock);
		tui_say(t, dir > 0 ? "no packet after this one"
				   : "no packet before this one is remembered");
		return;
	}
	tui_select_packet(t, seq);
	go_to(t, tui_model_ent(t->model, seq)->first_ns);
}

static void pause_or_go_on(struct tui *t)
{
	if (t->clock.mode != TUI_PAUSED)
		tui_clock_pause(&t->clock);
	else if (t->complete && !t->clock.back && t->clock.cursor_ns >= t->model->head_ns)
		tui_say(t, "this is the end; 0 goes to the start");
	else
		tui_clock_resume(&t->clock);
}

static void reverse(struct tui *t)
{
	t->clock.back = !(t->clock.mode == TUI_PLAY && t->clock.back);
	t->clock.mode = TUI_PLAY;
}

static bool act_time(struct tui *t, enum tui_act a)
{
	switch (a) {
	case TUI_A_PAUSE:
		pause_or_go_on(t);
		break;
	case TUI_A_STEP:
	case TUI_A_STEP_BACK:
		step_event(t, a == TUI_A_STEP ? 1 : -1);
		break;
	case TUI_A_PACKET_NEXT:
	case TUI_A_PACKET_BACK:
		step_packet(t, a == TUI_A_PACKET_NEXT ? 1 : -1);
		break;
	case TUI_A_SLOWER:
	case TUI_A_FASTER:
		tui_clock_speed(&t->clock, a == TUI_A_FASTER ? 1 : -1);
		break;
	case TUI_A_REVERSE:
		reverse(t);
		break;
	case TUI_A_REWIND:
		go_to(t, 0);
		break;
	case TUI_A_TO_END:
		tui_clock_end(&t->clock, t->model);
		break;
	case TUI_A_FOLLOW:
		tui_clock_follow(&t->clock);
		break;
	case TUI_A_GOTO:
		tui_ask(t, TUI_ASK_GOTO, "");
		break;
	default:
		return false;
	}
	return true;
}

/* ---- keys ---- */

static int nr_views(void)
{
	int n = 0;

	while (tui_views[n])
		n++;
	return n;
}

static void next_view(struct tui *t, int dir)
{
	int n = nr_views();

	tui_show(t, (t->view + n + dir) % n);
}

static void find_again(struct tui *t, int dir)
{
	const struct tui_view_ops *v = tui_views[t->view];

	if (!v->find)
		tui_say(t, "nothing to find in this view");
	else if (!t->find[0])
		tui_ask(t, TUI_ASK_FIND, "");
	else if (!v->find(t, t->find, dir, t->priv[t->view]))
		tui_say(t, "no '%s' %s here", t->find, dir > 0 ? "after" : "before");
}

static bool act_screen(struct tui *t, enum tui_act a)
{
	switch (a) {
	case TUI_A_QUIT:
		t->quit = true;
		break;
	case TUI_A_HELP:
		tui_show(t,
			 tui_view_by_id("help") == t->view ? t->last_view : tui_view_by_id("help"));
		break;
	case TUI_A_NEXT_VIEW:
	case TUI_A_PREV_VIEW:
		next_view(t, a == TUI_A_NEXT_VIEW ? 1 : -1);
		break;
	case TUI_A_BACK:
		tui_show(t, t->last_view);
		break;
	case TUI_A_FILTER:
		tui_ask(t, TUI_ASK_FILTER, t->filter);
		break;
	case TUI_A_FIND:
		tui_ask(t, TUI_ASK_FIND, t->find);
		break;
	case TUI_A_FIND_NEXT:
	case TUI_A_FIND_PREV:
		find_again(t, a == TUI_A_FIND_NEXT ? 1 : -1);
		break;
	case TUI_A_SAVE:
		tui_ask(t, TUI_ASK_SAVE_WHAT, "");
		break;
	case TUI_A_THEME:
		t->style.theme = (t->style.theme + 1) % TUI_THEME_NR;
		t->redraw = true;
		tui_say(t, "theme: %s", tui_theme_id(t->style.theme));
		break;
	case TUI_A_MOUSE:
		t->mouse = !t->mouse;
		tui_say(t, "mouse %s",
			t->mouse ? "on: click on a view or a row, turn the wheel" : "off");
		break;
	case TUI_A_REDRAW:
		t->redraw = true;
		break;
	case TUI_A_SUSPEND:
		t->suspend = true;
		break;
	default:
		return false;
	}
	return true;
}

void tui_key(struct tui *t, u32 key)
{
	const struct tui_view_ops *v = tui_views[t->view];
	enum tui_act a;

	t->dirty = true;
	if (t->prompt.ask != TUI_ASK_NOTHING) {
		tui_prompt_key(t, key);
		return;
	}
	t->message[0] = 0;
	a = tui_key_act(key);
	if (a == TUI_A_NONE)
		return;
	if (a == TUI_A_VIEW) {
		if ((int)(key - '1') < nr_views())
			tui_show(t, (int)(key - '1'));
		return;
	}
	if (v->act && v->act(t, a, t->priv[t->view]))
		return;
	if (!act_time(t, a) && !act_screen(t, a) && tui_acts[a].group[0])
		tui_say(t, "%s does nothing in this view", tui_acts[a].keys);
}

void tui_mouse(struct tui *t, int x, int y, int wheel)
{
	const struct tui_view_ops *v = tui_views[t->view];
	int tab;

	if (!t->cells || t->prompt.ask != TUI_ASK_NOTHING)
		return;
	t->dirty = true;
	if (y == 0 && !wheel) {
		tab = tui_tab_at(t, t->cells, x);
		if (tab >= 0)
			tui_show(t, tab);
	} else if (y >= 3 && y < t->cells->h - 2 && v->click) {
		v->click(t, x - 1, y - 3, wheel, t->priv[t->view]);
	}
}

/* ---- frames ---- */

void tui_frame(struct tui *t, u64 wall_ns)
{
	u64 frame_ns = t->wall_ns && wall_ns > t->wall_ns ? wall_ns - t->wall_ns : 0;
	enum tui_mode mode = t->clock.mode;

	/* After a stop (Ctrl-Z, a slow terminal) time does not jump. */
	if (frame_ns > 500000000)
		frame_ns = 500000000;
	t->wall_ns = wall_ns;
	/* Packets move with every frame; figures that run cannot be read. */
	if (tui_clock_frame(&t->clock, t->model, frame_ns, t->complete))
		t->dirty |= tui_views[t->view]->animated || wall_ns - t->drawn_ns >= TUI_FIGURES_NS;
	if (mode != t->clock.mode)
		t->dirty = true;
	if (t->message[0] && wall_ns >= t->message_until_ns) {
		t->message[0] = 0;
		t->dirty = true;
	}
}
