/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Time on the screen. There is one instant, the cursor: packets are drawn where they were then. How
 * the cursor moves depends on the mode:
 *
 *	follow  It keeps near the newest packets. A packet's way takes microseconds, so that it is played in slow
 *	        motion; then the cursor goes on to the newest packet there is. What is in between is counted and
 *	        not drawn. The figures are those of the head: of a recording, its start plus the time watched.
 *	play    It moves by a given step a frame, forward or back. Figures are those of the cursor. Where nothing
 *	        happens for long it leaps to shortly before the next event, and the leap is shown.
 *	paused  It stands. The same instant gives the same screen, whichever way one came.
 */
#ifndef TUI_CLOCK_H
#define TUI_CLOCK_H

#include "tui_model.h"

#define TUI_FPS_DEFAULT	30
#define TUI_STEP_MIN_NS	1ull
#define TUI_STEP_MAX_NS	1000000000ull

enum tui_mode { TUI_FOLLOW, TUI_PLAY, TUI_PAUSED };

struct tui_clock {
	enum tui_mode mode;
	bool live;		/* no end yet: the newest packets are the head */
	bool back;		/* play backwards */
	enum tui_mode resume;	/* what pause goes back to */
	u64 cursor_ns;
	u64 head_ns;		/* of follow: what is counted up to */
	u64 step_ns;		/* per frame, of play */
	u64 pace;		/* recording: times real time, of follow; at least 1 */
	u64 leapt_ns;		/* length of the last leap, 0 = none shown */
	u32 leapt_frames;	/* frames for which it is still shown */
	/* follow: what is being played */
	u64 burst_seq;		/* its packet, TUI_NO = none */
	u64 burst_step_ns, burst_end_ns;
	u32 burst_frames;	/* frames it has taken so far */
	u32 linger;		/* frames to stay at its end */
	double one_in;		/* one of so many packets is drawn */
	u64 burst_begin_ns;
	u64 burst_matched;	/* packets counted when it began */
	bool begun;
	bool stick;		/* paused at the end of a recording that is still being read */
};

void tui_clock_init(struct tui_clock *c, bool live, u64 step_ns);
/* One frame of frame_ns wall time has passed. Returns true when the screen changes. */
bool tui_clock_frame(struct tui_clock *c, struct tui_model *m, u64 frame_ns, bool complete);
/* The instant whose figures are shown. */
u64 tui_clock_figures_ns(const struct tui_clock *c);
/*
 * To the end of a recording, and stay there while more of it is read; live: to the newest. Pauses.
 */
void tui_clock_end(struct tui_clock *c, const struct tui_model *m);
/* Put the cursor to ns (kept within what is remembered) and pause. */
void tui_clock_goto(struct tui_clock *c, const struct tui_model *m, u64 ns);
void tui_clock_pause(struct tui_clock *c);
/* Go on as before the pause; by play, when one has stepped or jumped. */
void tui_clock_resume(struct tui_clock *c);
void tui_clock_follow(struct tui_clock *c);
/* Frame step that the picture goes by: of follow, also while paused in it; else of play. */
u64 tui_clock_step(const struct tui_clock *c);
/* The next of 1, 2, 5, 10 … ns towards slower (-1) or faster (+1), and play with it. */
void tui_clock_speed(struct tui_clock *c, int dir);
/* Is the cursor at the end of all there is? */
bool tui_clock_at_end(const struct tui_clock *c, const struct tui_model *m);

#endif
