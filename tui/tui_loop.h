/* SPDX-License-Identifier: GPL-2.0 */
/* The screen on a terminal: waits for the run, for keys and for the next frame, and draws. */
#ifndef TUI_LOOP_H
#define TUI_LOOP_H

#include <signal.h>

#include "../tracer/run/rxs_run.h"
#include "tui.h"
#include "tui_term.h"

struct tui_loop_opts {
	struct tui_term *term;		/* borrowed */
	struct tui *tui;		/* borrowed */
	struct rxs_run *run;		/* borrowed; opened with the sink of tui_loop_sink() */
	u32 fps;			/* frames a second, 1 … 120 */
	bool ascii;
	/*
	 * Signals asked for by the command, blocked in the process: SIGWINCH, SIGTSTP, SIGCONT,
	 * SIGTERM …
	 */
	const sigset_t *signals;
	/* The run may be replaced (a recording read again). Called between frames; may be NULL. */
	struct rxs_run *(*current_run)(void *ctx);
	void *ctx;
};

/*
 * Callbacks that feed the screen; *ctx of the sink is a struct tui **, so that the screen can be
 * made later.
 */
void tui_loop_sink(struct rxs_run_sink *sink, struct tui **t);
/*
 * Until the user quits, a signal ends it, or the terminal goes away. 0, or -errno of the terminal.
 * An error of the source is shown on the screen and told in e, with *source_err its -errno.
 */
int tui_loop_run(const struct tui_loop_opts *o, int *source_err, struct rxs_err *e);
/*
 * One turn of the crank: take what the run has, for at most budget_ns. Returns as rxs_run_step().
 */
int tui_loop_take(struct tui *t, struct rxs_run *run, u64 budget_ns, struct rxs_err *e);

#endif
