// SPDX-License-Identifier: GPL-2.0
/* What each CPU did in a span of time: interrupts masked, softirq, polls. */
#include "napi_lanes.h"

#include <string.h>

/* Marks looked at before the span, for what was going on when it began. */
#define LOOK_BACK 512

struct state {
	u64 since_ns[LANE_NR];	/* when it began, 0 = not going on */
	bool ksoftirqd;
};

static void add_span(struct napi_lanes *l, float *busy, u64 from, u64 to)
{
	double column = (double)(l->t1_ns - l->t0_ns) / l->columns;

	from = from < l->t0_ns ? l->t0_ns : from;
	to = to > l->t1_ns ? l->t1_ns : to;
	if (from >= to)
		return;
	for (int i = (int)((double)(from - l->t0_ns) / column); i < l->columns; i++) {
		double c0 = i * column, c1 = c0 + column, a = (double)(from - l->t0_ns),
		       b = (double)(to - l->t0_ns);

		if (c0 >= b)
			break;
		busy[i] += (float)(((b < c1 ? b : c1) - (a > c0 ? a : c0)) / column);
	}
}

static void begin(struct state *s, int lane, u64 ns)
{
	if (!s->since_ns[lane])
		s->since_ns[lane] = ns;
}

static void end(struct napi_lanes *l, struct state *s, int lane, u64 ns)
{
	if (!s->since_ns[lane])
		return;
	add_span(l, l->busy[lane], s->since_ns[lane], ns);
	if (lane == LANE_SOFTIRQ && s->ksoftirqd)
		add_span(l, l->ksoftirqd, s->since_ns[lane], ns);
	s->since_ns[lane] = 0;
}

static void count_irq(struct napi_lanes *l, u64 ns)
{
	int i;

	if (ns < l->t0_ns || ns >= l->t1_ns)
		return;
	i = (int)((double)(ns - l->t0_ns) / (double)(l->t1_ns - l->t0_ns) * l->columns);
	l->irqs[i < l->columns ? i : l->columns - 1]++;
}

static void take(struct napi_lanes *l, struct state *s, const struct tui_mark *k)
{
	switch (k->stage) {
	case RXS_ST_IRQ:
		if (k->op == RXS_OP_ENTER)
			count_irq(l, k->at_ns);
		break;
	case RXS_ST_NAPI_SCHEDULE:
		begin(s, LANE_MASKED, k->at_ns);
		break;
	case RXS_ST_SOFTIRQ:
		if (k->op == RXS_OP_ENTER) {
			s->ksoftirqd = k->flags & RXS_EV_KSOFTIRQD;
			begin(s, LANE_SOFTIRQ, k->at_ns);
		} else {
			end(l, s, LANE_SOFTIRQ, k->at_ns);
		}
		break;
	case RXS_ST_NAPI_POLL:
		if (k->op == RXS_OP_ENTER) {
			begin(s, LANE_POLL, k->at_ns);
		} else if (k->op == RXS_OP_UNMASK) {
			end(l, s, LANE_MASKED, k->at_ns);
		} else {
			end(l, s, LANE_POLL, k->at_ns);
			/*
			 * A driver that does not tell: interrupts are on again when the budget was
			 * not used up.
			 */
			if (k->aux < k->aux2)
				end(l, s, LANE_MASKED, k->at_ns);
		}
		break;
	}
}

void napi_lanes_fill(const struct tui_model *m, struct napi_lanes *l)
{
	u64 n = tui_ring_after(&m->mark, l->t0_ns);
	struct state s = { .since_ns = { 0 } };
	const struct tui_mark *k;

	n = n > m->mark.first + LOOK_BACK ? n - LOOK_BACK : m->mark.first;
	for (; (k = tui_ring_at(&m->mark, n)) && k->at_ns < l->t1_ns; n++)
		if (k->cpu == l->cpu)
			take(l, &s, k);
	for (int lane = 0; lane < LANE_NR; lane++)
		end(l, &s, lane, l->t1_ns < m->head_ns ? l->t1_ns : m->head_ns);
}

static void draw_lane(struct tui_cells *c, int x, int y, const float *busy, const float *other,
		      int columns, enum tui_role role, enum tui_role other_role)
{
	for (int i = 0; i < columns; i++) {
		int level = (int)(busy[i] * 8 + 0.5f);

		if (busy[i] > 0)
			tui_column(c, x + i, y, other && other[i] > busy[i] / 2 ? other_role : role,
				   level ? level : 1);
	}
}

/* "work/budget" under a poll, where there is room. */
static void draw_work(const struct tui *t, struct tui_cells *c, struct tui_rect r,
		      const struct napi_lanes *l)
{
	const struct tui_ring *polls = &t->model->poll;
	int last = r.x - 1;

	for (u64 n = tui_ring_after(polls, l->t0_ns); n < polls->next; n++) {
		const struct rxs_poll *p = &((struct tui_poll *)tui_ring_at(polls, n))->p;
		char text[32];
		int x, w;

		if (p->begin_ns >= l->t1_ns)
			break;
		if (p->cpu != l->cpu || p->begin_ns < l->t0_ns)
			continue;
		x = r.x + (int)((double)(p->begin_ns - l->t0_ns) / (double)(l->t1_ns - l->t0_ns) *
				l->columns);
		w = snprintf(text, sizeof(text), p->budget ? "%u/%u" : "%u", p->work, p->budget);
		if (x <= last || x + w > r.x + r.w)
			continue;
		tui_text(c, x, r.y, w,
			 p->squeezed || (p->budget && p->work >= p->budget) ? TUI_R_WARN
									    : TUI_R_DIM,
			 text);
		last = x + w;
	}
}

void napi_lanes_draw(const struct tui *t, struct tui_cells *c, struct tui_rect r,
		     const struct napi_lanes *l)
{
	draw_lane(c, r.x, r.y, l->busy[LANE_MASKED], NULL, l->columns, TUI_R_LANE_MASKED,
		  TUI_R_TEXT);
	for (int i = 0; i < l->columns; i++)
		if (l->irqs[i])
			tui_put(c, r.x + i, r.y, TUI_R_LANE_IRQ, 0x25b2);
	draw_lane(c, r.x, r.y + 1, l->busy[LANE_SOFTIRQ], l->ksoftirqd, l->columns,
		  TUI_R_LANE_SOFTIRQ, TUI_R_LANE_KSOFTIRQD);
	draw_lane(c, r.x, r.y + 2, l->busy[LANE_POLL], NULL, l->columns, TUI_R_LANE_POLL,
		  TUI_R_TEXT);
	draw_work(t, c, (struct tui_rect){ r.x, r.y + 3, r.w, 1 }, l);
}
