// SPDX-License-Identifier: GPL-2.0
/* Packets between the stages of the pipeline, at the instant of the cursor. */
#include "path_lane.h"

#include <string.h>

#define DRAW_MAX	256	/* packets looked into for one picture */
#define DOTS_MAX	256
#define LINGER_FRAMES	14	/* a packet that ended is still shown for so many frame steps */

/* Something to draw: one packet, or several at one place. */
struct dot {
	double pos;		/* slots from the left: 2.0 is on slot 2, 1.5 halfway to it */
	u64 poll;		/* packets of one poll before they part; 0 = one packet */
	u32 n;			/* frames it stands for */
	u8 outcome;
	s8 fall;		/* rows below its stage; -1 = still on its way */
	u32 drop;		/* kind of drop + 1, of a falling one */
};

struct dots {
	struct dot dot[DOTS_MAX];
	u32 nr;
};

/*
 * The place of a hop: its stage's, or for the end of a packet that got nowhere the place where it
 * was.
 */
static int place_of(const struct path_layout *l, const struct rxs_packet *p, u32 hop, int before)
{
	const struct rxs_hop *h = &p->hops[hop];

	if ((h->flags & RXS_HOP_CLONE) || h->stage >= RXS_ST_NR)
		return before;
	if (h->stage == RXS_ST_END &&
	    (p->outcome == RXS_OUT_DROPPED || p->outcome == RXS_OUT_MERGED))
		return before;
	return l->slot_of[h->stage] >= 0 ? l->slot_of[h->stage] : before;
}

/*
 * Where the packet is at ns: places passed, and how far it is to the next. shared: it is still one
 * with its poll.
 */
static double position(const struct path_layout *l, const struct rxs_packet *p, u64 ns,
		       bool *shared)
{
	u64 from_ns = p->first_ns, to_ns;
	int from = -1, to;
	u32 i = 0;

	*shared = false;
	for (; i < p->nr_hops && p->hops[i].ts_ns <= ns; i++) {
		int place = place_of(l, p, i, from);

		/* Between two places only the first and the last moment count. */
		if (place != from)
			from_ns = p->hops[i].ts_ns;
		from = place;
		*shared = p->hops[i].flags & RXS_HOP_SHARED;
	}
	for (to = from, to_ns = 0; i < p->nr_hops && to == from; i++) {
		to = place_of(l, p, i, from);
		to_ns = p->hops[i].ts_ns;
		*shared = *shared && (p->hops[i].flags & RXS_HOP_SHARED);
	}
	if (to == from || to_ns <= from_ns || from < 0)
		return from < 0 ? 0 : from;
	return from + (to - from) * ((double)(ns - from_ns) / (double)(to_ns - from_ns));
}

/* Frames that are one packet at ns: what was merged into it before. */
static u32 frames_at(const struct tui *t, const struct rxs_packet *p, u64 seq, u64 ns)
{
	u32 n = 1;

	for (u32 i = 0; i < p->nr_merged && i < RXS_MERGED_MAX; i++) {
		u64 s = tui_model_by_id(t->model, p->merged[i], seq, 1024);
		const struct tui_ent *e = tui_model_ent(t->model, s);

		n += e && e->last_ns <= ns;
	}
	return n;
}

static void add(struct dots *d, struct dot dot)
{
	for (u32 i = 0; dot.poll && i < d->nr; i++) {
		if (d->dot[i].poll == dot.poll && d->dot[i].fall == dot.fall) {
			d->dot[i].n++;
			return;
		}
	}
	if (d->nr < DOTS_MAX)
		d->dot[d->nr++] = dot;
}

static void collect_flying(struct tui *t, const struct path_layout *l, struct dots *d)
{
	u64 seq[DRAW_MAX], ns = t->clock.cursor_ns;
	struct tui_packet p = { 0 };
	bool shared;
	u32 nr;

	tui_model_in_flight(t->model, ns, seq, DRAW_MAX, &nr);
	for (u32 i = 0; i < nr; i++) {
		struct dot dot = { .fall = -1, .n = 1 };

		if (tui_model_read(t->model, seq[i], &p))
			continue;
		dot.pos = position(l, &p.p, ns, &shared);
		dot.outcome = (u8)p.p.outcome;
		if (shared)
			dot.poll = p.p.napi.poll_id;
		else if (p.p.nr_merged)
			dot.n = frames_at(t, &p.p, seq[i], ns);
		add(d, dot);
	}
	tui_packet_free(&p);
}

/* Those that ended a few frame steps ago: read, gone into another, or falling out. */
static void collect_ended(struct tui *t, const struct path_layout *l, struct dots *d)
{
	u64 ns = t->clock.cursor_ns, step = tui_clock_step(&t->clock), since = step * LINGER_FRAMES;
	struct tui_packet p = { 0 };
	u32 looked = 0;
	bool shared;

	for (u64 seq = tui_model_after(t->model, ns);
	     seq > t->model->ent.first && looked < DRAW_MAX; seq--) {
		const struct tui_ent *e = tui_model_ent(t->model, seq - 1);
		struct dot dot = { .n = 1 };
		u64 age;

		if (e->at_ns + since < ns)
			break;
		age = ns - (e->last_ns < ns ? e->last_ns : ns);
		if (!e->match || e->open || age > since || tui_model_read(t->model, seq - 1, &p))
			continue;
		looked++;
		dot.pos = position(l, &p.p, ns, &shared);
		dot.outcome = e->outcome;
		dot.n = p.p.frames ? p.p.frames : 1;
		dot.fall = e->outcome == RXS_OUT_DROPPED ? (s8)(1 + age / (step * 3)) : 0;
		dot.drop = e->drop;
		add(d, dot);
	}
	tui_packet_free(&p);
}

static u32 glyph_of(const struct dot *d)
{
	if (d->n <= 1)
		return tui_outcome_glyph(d->outcome);
	return d->n > 9 ? '+' : '0' + d->n;
}

/* Column of a position; between slots of two rows it is on the row of the one it goes to. */
static int column(const struct path_layout *l, double pos, int *slot)
{
	int s = (int)pos, w;
	double f = pos - s;

	if (s >= l->nr - 1 || f < 0.0001) {
		*slot = s < l->nr ? s : l->nr - 1;
		return l->slot[*slot].x1;
	}
	*slot = s + 1;
	w = l->slot[s + 1].x1 - l->slot[s + 1].x0;
	return l->slot[s + 1].x0 + (int)(f * w);
}

/* A place in the lanes at this column: the lowest free one, or the topmost, counted together. */
static void put_dot(struct tui_cells *c, const struct path_layout *l, const struct dot *d)
{
	enum tui_role role = tui_outcome_role(d->outcome);
	int slot, x = column(l, d->pos, &slot), y = l->slot[slot].y + 1;

	if (x < 0 || x >= c->w)
		return;
	/* Lane 0 is the track itself, the lowest of them. */
	for (int lane = 0; lane < l->lanes; lane++) {
		struct tui_cell *cell = &c->cell[(y + l->lanes - 1 - lane) * c->w + x];
		bool free_here = cell->role == TUI_R_TRACK || cell->role == TUI_R_NODE ||
				 cell->role == TUI_R_NODE_IDLE || cell->ch == ' ';

		if (free_here) {
			tui_put(c, x, y + l->lanes - 1 - lane, role, glyph_of(d));
			return;
		}
	}
	tui_put(c, x, y, role, '+');
}

static void put_fallen(const struct tui *t, struct tui_cells *c, const struct path_layout *l,
		       const struct dot *d)
{
	int slot, x = column(l, d->pos, &slot), rows = l->slot_h - 1 - l->lanes;
	int y = l->slot[slot].y + l->lanes, fall = d->fall < rows ? d->fall : rows;
	const struct tui_drop *kind = d->drop ? &t->model->drop[d->drop - 1] : NULL;
	const char *why = kind && kind->reason ? tui_str(t, kind->reason) : "dropped";
	int w = tui_columns(why);

	tui_put(c, x, y + fall, TUI_R_OUT_DROPPED, tui_outcome_glyph(RXS_OUT_DROPPED));
	/* Where it lands, the reason stands beside it for as long as it is shown. */
	if (fall >= rows || fall >= 3) {
		w = w < l->slot_w - 2 ? w : l->slot_w - 2;
		tui_fill(c,
			 (struct tui_rect){l->slot[slot].x0, y + fall,
					   l->slot[slot].x1 - l->slot[slot].x0, 1},
			 TUI_R_TEXT, ' ');
		tui_text_right(c, l->slot[slot].x0, y + fall,
			       l->slot[slot].x1 - l->slot[slot].x0 - 1, TUI_R_OUT_DROPPED, why);
	}
}

void path_draw_packets(struct tui *t, struct tui_cells *c, struct path_layout *l)
{
	struct dots d = { .nr = 0 };

	collect_ended(t, l, &d);
	for (u32 i = 0; i < d.nr; i++)
		if (d.dot[i].fall > 0)
			put_fallen(t, c, l, &d.dot[i]);
		else
			put_dot(c, l, &d.dot[i]);
	d.nr = 0;
	collect_flying(t, l, &d);
	for (u32 i = 0; i < d.nr; i++)
		put_dot(c, l, &d.dot[i]);
}

u64 path_count_waiting(struct tui *t, struct path_layout *l)
{
	u64 seq[DRAW_MAX], total, open = 0;
	struct tui_packet p = { 0 };
	bool shared;
	u32 nr;

	if (t->clock.mode == TUI_FOLLOW && t->live) {
		/* At the head the engine knows them all: their ends are still to come. */
		for (int s = 0; s < RXS_ST_NR; s++) {
			int slot = l->slot_of[s] + 1;

			open += t->model->open_by_stage[s];
			if (slot > 0 && slot < l->nr)
				l->slot[slot].waiting += t->model->open_by_stage[s];
		}
		return open;
	}
	total = tui_model_in_flight(t->model, t->clock.cursor_ns, seq, DRAW_MAX, &nr);
	for (u32 i = 0; i < nr; i++) {
		int slot;

		if (tui_model_read(t->model, seq[i], &p))
			continue;
		slot = (int)position(l, &p.p, t->clock.cursor_ns, &shared) + 1;
		if (slot < l->nr)
			l->slot[slot].waiting++;
	}
	tui_packet_free(&p);
	for (int i = 0; i < l->nr && total > nr && nr; i++) {
		l->slot[i].waiting = l->slot[i].waiting * total / nr;
		l->slot[i].about = true;
	}
	return total;
}
