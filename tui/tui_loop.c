// SPDX-License-Identifier: GPL-2.0
/* The screen on a terminal. */
#include "tui_loop.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

#define STEP_EVENTS	512

static u64 now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (u64)ts.tv_sec * 1000000000 + (u64)ts.tv_nsec;
}

/* ---- the run ---- */

static void on_packet(void *ctx, const struct rxs_packet *p)
{
	struct tui **t = ctx;

	if (*t)
		tui_model_packet((*t)->model, p);
}

static void on_poll(void *ctx, const struct rxs_poll *p)
{
	struct tui **t = ctx;

	if (*t)
		tui_model_poll((*t)->model, p);
}

static void on_lost(void *ctx, const struct rxs_lost *l)
{
	struct tui **t = ctx;

	if (*t)
		tui_model_lost((*t)->model, l);
}

static int on_event(void *ctx, const struct rxs_event *ev)
{
	struct tui **t = ctx;

	return *t ? tui_model_event((*t)->model, ev) : 0;
}

void tui_loop_sink(struct rxs_run_sink *sink, struct tui **t)
{
	*sink = (struct rxs_run_sink){ .ctx = t, .packet = on_packet, .poll = on_poll, .lost = on_lost,
				       .event = on_event };
}

int tui_loop_take(struct tui *t, struct rxs_run *run, u64 budget_ns, struct rxs_err *e)
{
	u64 end = now_ns() + budget_ns;
	int rc;

	do {
		rc = rxs_run_step(run, STEP_EVENTS, e);
	} while (rc > 0 && now_ns() < end);
	t->loaded_bytes = rxs_run_position_bytes(run);
	return rc;
}

/* ---- the loop ---- */

struct loop {
	const struct tui_loop_opts *o;
	struct tui *t;
	struct rxs_run *run;
	struct tui_cells cells;
	u64 frame_ns, next_frame_ns, figures_ns;
	bool news;		/* something was taken in since the figures were drawn */
	bool waiting;		/* the source has nothing now */
	int signal_fd;
	int key_fd;
	bool whole;		/* draw all */
	bool mouse;
	int source_err;
	struct rxs_err err;
};

static void take_source(struct loop *l, u64 budget_ns)
{
	struct rxs_err e = { "" };
	int rc;

	if (l->t->complete)
		return;
	rc = tui_loop_take(l->t, l->run, budget_ns, &e);
	l->waiting = rc == -EAGAIN;
	l->news |= !l->waiting;
	if (rc > 0 || rc == -EAGAIN)
		return;
	l->t->complete = true;
	l->t->dirty = true;
	if (rc < 0) {
		l->source_err = rc;
		rxs_err_set(&l->err, rc, "%s", rxs_err_text(&e, rc));
		snprintf(l->t->error, sizeof(l->t->error), "the source ended: %.230s", l->err.text);
	}
}

static void stop_and_go(struct loop *l)
{
	tui_term_suspend(l->o->term);
	raise(SIGSTOP);
	tui_term_resume(l->o->term);
	l->whole = true;
	l->t->dirty = true;
}

static void take_signals(struct loop *l)
{
	struct signalfd_siginfo si;

	while (read(l->signal_fd, &si, sizeof(si)) == (ssize_t)sizeof(si)) {
		switch (si.ssi_signo) {
		case SIGWINCH:
			l->t->dirty = true;
			break;
		case SIGTSTP:
			l->t->suspend = true;
			break;
		case SIGCONT:
			l->whole = l->t->dirty = true;
			break;
		default:
			l->t->quit = true;
		}
	}
}

static void take_mouse(struct loop *l)
{
	int x, y, wheel;

	if (tui_term_mouse(l->o->term, &x, &y, &wheel))
		tui_mouse(l->t, x, y, wheel);
}

/* All keys that are there. -EIO: the terminal is gone. */
static int take_keys(struct loop *l)
{
	u32 key;
	int err;

	while (!(err = tui_term_key(l->o->term, &key))) {
		if (key == TUI_KEY_MOUSE)
			take_mouse(l);
		else if (key == TUI_KEY_RESIZE)
			l->t->dirty = true;
		else
			tui_key(l->t, key);
		if (l->t->quit || l->t->suspend)
			return 0;
	}
	return err == -EAGAIN ? 0 : err;
}

static int draw(struct loop *l)
{
	int w, h, err;

	tui_term_size(l->o->term, &w, &h);
	if (w != l->cells.w || h != l->cells.h) {
		err = tui_cells_resize(&l->cells, w, h);
		if (err)
			return err;
	}
	if (l->mouse != l->t->mouse) {
		l->mouse = l->t->mouse;
		tui_term_mouse_on(l->o->term, l->mouse);
	}
	if (l->t->redraw) {
		l->whole = true;
		l->t->redraw = false;
	}
	tui_draw(l->t, &l->cells);
	tui_term_show(l->o->term, &l->cells, &l->t->style, l->whole);
	l->whole = false;
	return 0;
}

static int frame(struct loop *l, u64 now)
{
	tui_frame(l->t, now);
	if (l->news && now - l->figures_ns >= TUI_FIGURES_NS) {
		l->news = false;
		l->figures_ns = now;
		l->t->dirty = true;
		rxs_run_open_by_stage(l->run, l->t->model->open_by_stage);
	}
	l->next_frame_ns += l->frame_ns;
	if (l->next_frame_ns < now)
		l->next_frame_ns = now + l->frame_ns;
	return l->t->dirty ? draw(l) : 0;
}

/* Sleep until a key, a signal, the source or the next frame. */
static void wait_for_work(struct loop *l, u64 now)
{
	struct pollfd p[3] = {
		{ .fd = l->key_fd, .events = POLLIN },
		{ .fd = l->signal_fd, .events = POLLIN },
		{ .fd = -1, .events = POLLIN },
	};
	u64 left = l->next_frame_ns > now ? l->next_frame_ns - now : 0;
	bool more = !l->t->complete && !l->waiting;
	struct timespec ts;

	if (!l->t->complete && l->waiting)
		p[2].fd = rxs_run_pollfd(l->run);
	if (more)
		left = 0;
	ts = (struct timespec){ .tv_sec = 0, .tv_nsec = (long)left };
	if (ppoll(p, 3, &ts, NULL) > 0 && p[2].revents)
		l->waiting = false;
}

static int turn(struct loop *l)
{
	u64 now = now_ns();
	int err;

	err = take_keys(l);
	if (err)
		return err;
	take_signals(l);
	if (l->t->suspend) {
		l->t->suspend = false;
		stop_and_go(l);
	}
	if (l->o->current_run)
		l->run = l->o->current_run(l->o->ctx);
	/*
	 * Taking in what has arrived comes before drawing; but a frame is never late by more than
	 * half.
	 */
	if (!l->waiting)
		take_source(l, l->frame_ns / 2);
	now = now_ns();
	if (now >= l->next_frame_ns)
		return frame(l, now);
	return l->t->dirty ? draw(l) : 0;
}

int tui_loop_run(const struct tui_loop_opts *o, int *source_err, struct rxs_err *e)
{
	struct loop l = { .o = o, .t = o->tui, .run = o->run, .signal_fd = -1, .whole = true };
	int err = 0;

	l.cells.ascii = o->ascii;
	l.frame_ns = 1000000000ull / (o->fps ? o->fps : TUI_FPS_DEFAULT);
	l.key_fd = tui_term_restore(o->term)->in_fd;
	l.signal_fd = signalfd(-1, o->signals, SFD_NONBLOCK | SFD_CLOEXEC);
	if (l.signal_fd < 0)
		return -errno;
	l.next_frame_ns = now_ns();
	while (!err && !l.t->quit) {
		err = turn(&l);
		if (!err && !l.t->quit)
			wait_for_work(&l, now_ns());
	}
	/* A terminal that went away is an end like any other. */
	if (err == -EIO)
		err = 0;
	*source_err = l.source_err;
	if (l.source_err)
		rxs_err_set(e, l.source_err, "%s", l.err.text);
	close(l.signal_fd);
	tui_cells_free(&l.cells);
	return err;
}
