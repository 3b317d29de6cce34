// SPDX-License-Identifier: GPL-2.0
/* Time on the screen. */
#include "tui_clock.h"

#include <string.h>

#define BURST_FRAMES	54	/* a packet's way takes about so many frames in follow */
#define LINGER_FRAMES	14	/* stay at its end: what became of it can be read */
#define LEAP_SHOWN	45

void tui_clock_init(struct tui_clock *c, bool live, u64 step_ns)
{
	memset(c, 0, sizeof(*c));
	c->live = live;
	c->mode = step_ns ? TUI_PLAY : TUI_FOLLOW;
	c->step_ns = step_ns ? step_ns : 1000;
	c->pace = 1;
	c->burst_seq = TUI_NO;
	c->one_in = 1;
}

/*
 * Frame step at which the packet's way takes BURST_FRAMES: its gaps summed up, where each counts
 * for at most four times the median. The longer ones are leapt over.
 */
static u64 burst_step(const struct rxs_packet *p)
{
	u64 gap[64], sum = 0, cap;
	u32 nr = 0;

	for (u32 i = 1; i < p->nr_hops && nr < RXS_ARRAY_SIZE(gap); i++) {
		u64 g = p->hops[i].ts_ns > p->hops[i - 1].ts_ns
				? p->hops[i].ts_ns - p->hops[i - 1].ts_ns
				: 0;
		u32 at = nr++;

		for (; at > 0 && gap[at - 1] > g; at--)
			gap[at] = gap[at - 1];
		gap[at] = g;
	}
	if (!nr)
		return 1000;
	cap = gap[nr / 2] * 4 + 1;
	for (u32 i = 0; i < nr; i++)
		sum += gap[i] < cap ? gap[i] : cap;
	return sum / BURST_FRAMES ? sum / BURST_FRAMES : 1;
}

/*
 * The last packet that passes the filter, was seen to its end, and ended at or before ns. One that
 * was merged goes half the way only: rather one of the last few that went all of it.
 */
static u64 newest(const struct tui_model *m, u64 ns, u64 not_before)
{
	u64 merged = TUI_NO, until = tui_model_after(m, ns);

	for (u64 seq = until; seq > m->ent.first && seq > not_before; seq--) {
		const struct tui_ent *e = tui_model_ent(m, seq - 1);

		if (!e->match || e->open || e->outcome == RXS_OUT_INCOMPLETE)
			continue;
		if (e->outcome != RXS_OUT_MERGED)
			return seq - 1;
		if (merged == TUI_NO)
			merged = seq - 1;
		if (until - seq > 256)
			break;
	}
	return merged;
}

/* Of the packets counted since the last picture began: one of so many was in it. */
static void note_drawn(struct tui_clock *c, const struct tui_model *m)
{
	u64 drawn, flying[1];
	u32 nr;

	if (c->burst_seq != TUI_NO && c->burst_matched && m->matched > c->burst_matched) {
		drawn = tui_model_after(m, c->cursor_ns) - tui_model_after(m, c->burst_begin_ns) +
			tui_model_in_flight(m, c->cursor_ns, flying, 1, &nr);
		c->one_in = (double)(m->matched - c->burst_matched) / (double)(drawn ? drawn : 1);
	}
	c->burst_matched = m->matched;
}

static bool begin_burst(struct tui_clock *c, const struct tui_model *m)
{
	u64 seq = newest(m, c->head_ns, c->burst_seq == TUI_NO ? 0 : c->burst_seq + 1);
	struct tui_packet p = { 0 };

	if (seq == TUI_NO || tui_model_read(m, seq, &p))
		return false;
	note_drawn(c, m);
	c->burst_seq = seq;
	c->burst_begin_ns = p.p.first_ns;
	c->burst_step_ns = burst_step(&p.p);
	c->burst_end_ns = p.p.last_ns;
	c->cursor_ns = p.p.first_ns;
	c->linger = LINGER_FRAMES;
	c->burst_frames = 0;
	tui_packet_free(&p);
	return true;
}

/*
 * Move on by step; leap when nothing happens for the next quiet frames. Returns false when nothing
 * is left.
 */
static bool advance(struct tui_clock *c, const struct tui_model *m, u64 step_ns, u32 quiet,
		    u32 before)
{
	u64 next = tui_model_next_hop(m, c->cursor_ns);

	if (next == TUI_NO || next > m->head_ns)
		return false;
	if (next - c->cursor_ns > step_ns * quiet) {
		u64 to = next - step_ns * before;

		c->leapt_ns = to - c->cursor_ns;
		c->leapt_frames = LEAP_SHOWN;
		c->cursor_ns = to;
	} else {
		c->cursor_ns += step_ns;
	}
	return true;
}

static bool advance_back(struct tui_clock *c, const struct tui_model *m, u64 step_ns)
{
	u64 prev = tui_model_prev_hop(m, c->cursor_ns), begin = tui_model_begin_ns(m);

	if (prev == TUI_NO || prev < begin || c->cursor_ns <= begin) {
		c->cursor_ns = begin;
		return false;
	}
	if (c->cursor_ns - prev > step_ns * 45) {
		u64 to = prev + step_ns * 15;

		c->leapt_ns = c->cursor_ns - to;
		c->leapt_frames = LEAP_SHOWN;
		c->cursor_ns = to;
	} else {
		c->cursor_ns = c->cursor_ns - begin > step_ns ? c->cursor_ns - step_ns : begin;
	}
	return true;
}

/*
 * The step of the picture played. Where many other packets are on the way there is nothing to leap
 * over: what takes more than twice the time meant for it gets faster and faster.
 */
static u64 follow_step(const struct tui_clock *c)
{
	u32 over =
		c->burst_frames > 2 * BURST_FRAMES ? (c->burst_frames - 2 * BURST_FRAMES) / 15 : 0;

	return c->burst_step_ns << (over < 30 ? over : 30);
}

static bool frame_follow(struct tui_clock *c, struct tui_model *m, u64 frame_ns, bool complete)
{
	u64 was_head = c->head_ns, was = c->cursor_ns;

	if (c->live)
		c->head_ns = m->head_ns;
	else
		c->head_ns += frame_ns * c->pace;
	if (c->head_ns > m->head_ns)
		c->head_ns = m->head_ns;
	if (c->burst_seq != TUI_NO && c->cursor_ns < c->burst_end_ns) {
		if (!advance(c, m, follow_step(c), 12, 3) || c->cursor_ns > c->burst_end_ns)
			c->cursor_ns = c->burst_end_ns;
		c->burst_frames++;
	} else if (c->linger) {
		c->linger--;
		c->cursor_ns += c->burst_step_ns;
	} else if (!begin_burst(c, m) && complete && c->head_ns >= m->head_ns) {
		/* A recording has been played to its end. */
		c->cursor_ns = m->head_ns;
		c->mode = TUI_PAUSED;
	}
	return c->cursor_ns != was || c->head_ns != was_head;
}

static bool frame_play(struct tui_clock *c, struct tui_model *m, bool complete)
{
	u64 was = c->cursor_ns;

	if (c->back) {
		if (!advance_back(c, m, c->step_ns))
			c->mode = TUI_PAUSED;
	} else if (!advance(c, m, c->step_ns, 45, 15)) {
		if (complete && !c->live) {
			c->cursor_ns = m->head_ns;
			c->mode = TUI_PAUSED;
		} else if (c->cursor_ns + c->step_ns <= m->head_ns) {
			c->cursor_ns += c->step_ns;
		}
	}
	return c->cursor_ns != was || c->mode == TUI_PAUSED;
}

bool tui_clock_frame(struct tui_clock *c, struct tui_model *m, u64 frame_ns, bool complete)
{
	bool changed = false;
	u64 begin;

	if (!m->any)
		return false;
	begin = tui_model_begin_ns(m);
	if (!c->begun) {
		c->begun = true;
		c->cursor_ns = c->head_ns = c->live ? m->head_ns : begin;
	}
	/* What the cursor stood on may have been forgotten. */
	if (c->cursor_ns < begin)
		c->cursor_ns = begin;
	if (c->head_ns < begin)
		c->head_ns = begin;
	if (c->leapt_frames && !--c->leapt_frames) {
		c->leapt_ns = 0;
		changed = true;
	}
	if (c->stick && c->mode == TUI_PAUSED && c->cursor_ns != m->head_ns) {
		c->cursor_ns = m->head_ns;
		changed = true;
	}
	if (c->mode == TUI_FOLLOW)
		changed |= frame_follow(c, m, frame_ns, complete);
	else if (c->mode == TUI_PLAY)
		changed |= frame_play(c, m, complete);
	return changed;
}

u64 tui_clock_figures_ns(const struct tui_clock *c)
{
	return c->mode == TUI_FOLLOW ? c->head_ns : c->cursor_ns;
}

void tui_clock_goto(struct tui_clock *c, const struct tui_model *m, u64 ns)
{
	u64 begin = tui_model_begin_ns(m);

	c->begun = true;
	c->mode = TUI_PAUSED;
	c->resume = TUI_PLAY;
	c->leapt_ns = 0;
	c->stick = false;
	c->cursor_ns = ns < begin ? begin : ns > m->head_ns ? m->head_ns : ns;
}

void tui_clock_end(struct tui_clock *c, const struct tui_model *m)
{
	tui_clock_goto(c, m, m->head_ns);
	c->stick = !c->live;
}

void tui_clock_pause(struct tui_clock *c)
{
	if (c->mode != TUI_PAUSED)
		c->resume = c->mode;
	c->mode = TUI_PAUSED;
	c->leapt_ns = 0;
}

void tui_clock_resume(struct tui_clock *c)
{
	if (c->resume == TUI_FOLLOW)
		tui_clock_follow(c);
	else
		c->mode = TUI_PLAY;
}

void tui_clock_follow(struct tui_clock *c)
{
	c->mode = TUI_FOLLOW;
	/* A recording goes on from where the cursor stands. */
	if (!c->live)
		c->head_ns = c->cursor_ns;
	c->burst_seq = TUI_NO;
	c->burst_end_ns = 0;
	c->burst_matched = 0;
	c->linger = 0;
}

u64 tui_clock_step(const struct tui_clock *c)
{
	bool follow = c->mode == TUI_FOLLOW || (c->mode == TUI_PAUSED && c->resume == TUI_FOLLOW);

	return follow && c->burst_step_ns ? c->burst_step_ns : c->step_ns;
}

void tui_clock_speed(struct tui_clock *c, int dir)
{
	u64 unit = 1, step = tui_clock_step(c);

	while (unit * 10 <= step)
		unit *= 10;
	/* step is in [unit, 10 unit): one of 1, 2, 5 below or above. */
	if (dir > 0)
		step = step < 2 * unit ? 2 * unit : step < 5 * unit ? 5 * unit : 10 * unit;
	else
		step = step > 5 * unit	 ? 5 * unit
		       : step > 2 * unit ? 2 * unit
		       : step > unit	 ? unit
					 : unit / 2;
	c->step_ns = step < TUI_STEP_MIN_NS   ? TUI_STEP_MIN_NS
		     : step > TUI_STEP_MAX_NS ? TUI_STEP_MAX_NS
					      : step;
	if (c->mode == TUI_FOLLOW)
		c->back = false;
	if (c->mode != TUI_PAUSED)
		c->mode = TUI_PLAY;
	c->resume = TUI_PLAY;
}

bool tui_clock_at_end(const struct tui_clock *c, const struct tui_model *m)
{
	return m->any && c->mode == TUI_PAUSED && c->cursor_ns >= m->head_ns;
}
