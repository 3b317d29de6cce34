// SPDX-License-Identifier: GPL-2.0
/* Questions to what is remembered. */
#include "tui_model.h"

#include <string.h>

u64 tui_ring_after(const struct tui_ring *r, u64 ns)
{
	u64 lo = r->first, hi = r->next;

	/* Every element begins with its time, and times do not decrease. */
	while (lo < hi) {
		u64 mid = lo + (hi - lo) / 2;

		if (*(const u64 *)tui_ring_at(r, mid) < ns)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

u64 tui_model_after(const struct tui_model *m, u64 ns)
{
	return ns == UINT64_MAX ? m->ent.next : tui_ring_after(&m->ent, ns + 1);
}

u64 tui_model_by_id(const struct tui_model *m, u64 id, u64 near, u64 far)
{
	const struct tui_ent *e;

	/* Packets that belong together ended close to each other. */
	for (u64 d = 0; d < tui_ring_count(&m->ent) && d <= far; d++) {
		if ((e = tui_model_ent(m, near + d)) && e->id == id)
			return near + d;
		if (d <= near && (e = tui_model_ent(m, near - d)) && e->id == id)
			return near - d;
	}
	return TUI_NO;
}

static u64 end_of(const struct tui_ent *e)
{
	return e->open ? UINT64_MAX : e->last_ns;
}

/* Call f for every packet that passes the filter, began at or before ns and ended after it. */
static void each_in_flight(const struct tui_model *m, u64 ns, void (*f)(void *ctx, u64 seq),
			   void *ctx)
{
	u64 seq = tui_model_after(m, ns);

	/* An open packet's end is known at the end only, so that it is after any ns before. */
	while (seq < m->ent.next) {
		const struct tui_block *b = tui_ring_at(&m->block, seq / TUI_BLOCK);
		u64 end = (seq / TUI_BLOCK + 1) * TUI_BLOCK;

		if (b && (b->min_first_ns > ns || b->max_last_ns <= ns)) {
			seq = end;
			continue;
		}
		for (; seq < end && seq < m->ent.next; seq++) {
			const struct tui_ent *e = tui_model_ent(m, seq);

			if (e->match && e->first_ns <= ns && end_of(e) > ns)
				f(ctx, seq);
		}
	}
}

struct flight { u64 *seq; u32 max; u32 nr; u64 total; };

static void take_in_flight(void *ctx, u64 seq)
{
	struct flight *f = ctx;

	f->total++;
	if (f->nr < f->max)
		f->seq[f->nr++] = seq;
}

u64 tui_model_in_flight(const struct tui_model *m, u64 ns, u64 *seq, u32 max, u32 *nr)
{
	struct flight f = { .seq = seq, .max = max };

	each_in_flight(m, ns, take_in_flight, &f);
	*nr = f.nr;
	return f.total;
}

/*
 * Packets on their way that are looked into for their next or last hop; more are not all worth it.
 */
#define LOOK_MAX 512

static u64 hop_near(const struct tui_model *m, u64 ns, bool forward, u64 best)
{
	struct tui_packet p = { 0 };
	u64 seq[LOOK_MAX];
	u32 nr;

	tui_model_in_flight(m, forward ? ns : ns - 1, seq, LOOK_MAX, &nr);
	for (u32 i = 0; i < nr; i++) {
		if (tui_model_read(m, seq[i], &p))
			continue;
		for (u32 h = 0; h < p.p.nr_hops; h++) {
			u64 ts = p.p.hops[h].ts_ns;

			if (forward ? ts > ns && ts < best
				    : ts < ns && (ts > best || best == TUI_NO))
				best = ts;
		}
	}
	tui_packet_free(&p);
	return best;
}

u64 tui_model_next_hop(const struct tui_model *m, u64 ns)
{
	u64 seq = tui_model_next_packet(m, ns);

	return hop_near(m, ns, true, seq == TUI_NO ? TUI_NO : tui_model_ent(m, seq)->first_ns);
}

/*
 * Of those whose end became known only after ns: the last that had ended before, if later than
 * best.
 */
static u64 last_of_late(const struct tui_model *m, u64 ns, u64 best)
{
	u64 seq = tui_model_after(m, ns);

	while (seq < m->ent.next) {
		const struct tui_block *b = tui_ring_at(&m->block, seq / TUI_BLOCK);
		u64 end = (seq / TUI_BLOCK + 1) * TUI_BLOCK;

		if (b && (b->min_first_ns >= ns || (best != TUI_NO && b->max_last_ns <= best))) {
			seq = end;
			continue;
		}
		for (; seq < end && seq < m->ent.next; seq++) {
			const struct tui_ent *e = tui_model_ent(m, seq);

			if (e->match && !e->open && e->last_ns < ns &&
			    (best == TUI_NO || e->last_ns > best))
				best = e->last_ns;
		}
	}
	return best;
}

u64 tui_model_prev_hop(const struct tui_model *m, u64 ns)
{
	u64 best = TUI_NO;

	if (!ns)
		return TUI_NO;
	/* The last hop of those that ended before; ends are known no earlier than they happen. */
	for (u64 seq = tui_model_after(m, ns); seq > m->ent.first; seq--) {
		const struct tui_ent *e = tui_model_ent(m, seq - 1);

		if (best != TUI_NO && e->at_ns < best)
			break;
		if (e->match && e->last_ns < ns && (best == TUI_NO || e->last_ns > best))
			best = e->last_ns;
	}
	return hop_near(m, ns, false, last_of_late(m, ns, best));
}

u64 tui_model_next_packet(const struct tui_model *m, u64 ns)
{
	u64 best = TUI_NO, best_ns = UINT64_MAX, seq = m->ent.first;

	while (seq < m->ent.next) {
		const struct tui_block *b = tui_ring_at(&m->block, seq / TUI_BLOCK);
		u64 end = (seq / TUI_BLOCK + 1) * TUI_BLOCK;

		if (b && (b->max_first_ns <= ns || b->min_first_ns >= best_ns)) {
			seq = end;
			continue;
		}
		for (; seq < end && seq < m->ent.next; seq++) {
			const struct tui_ent *e = tui_model_ent(m, seq);

			if (e->match && e->first_ns > ns && e->first_ns < best_ns) {
				best = seq;
				best_ns = e->first_ns;
			}
		}
	}
	return best;
}

u64 tui_model_prev_packet(const struct tui_model *m, u64 ns)
{
	u64 best = TUI_NO, best_ns = 0, seq = m->ent.first;

	while (seq < m->ent.next) {
		const struct tui_block *b = tui_ring_at(&m->block, seq / TUI_BLOCK);
		u64 end = (seq / TUI_BLOCK + 1) * TUI_BLOCK;

		if (b &&
		    (b->min_first_ns >= ns || (best != TUI_NO && b->max_first_ns <= best_ns))) {
			seq = end;
			continue;
		}
		for (; seq < end && seq < m->ent.next; seq++) {
			const struct tui_ent *e = tui_model_ent(m, seq);

			if (e->match && e->first_ns < ns &&
			    (best == TUI_NO || e->first_ns > best_ns)) {
				best = seq;
				best_ns = e->first_ns;
			}
		}
	}
	return best;
}

/* Spread what a slice counted over the columns it lies in. */
static void spread(const struct tui_slice *s, u64 n, u64 start_ns, u64 column_ns, double *value,
		   u32 nr)
{
	double len = (double)(s->t1_ns - s->t0_ns);
	u64 end_ns = start_ns + column_ns * nr;
	u64 t0 = s->t0_ns > start_ns ? s->t0_ns : start_ns;

	if (!n || s->t1_ns <= start_ns || s->t0_ns >= end_ns)
		return;
	while (t0 < s->t1_ns && t0 < end_ns) {
		u64 c = (t0 - start_ns) / column_ns, t1 = start_ns + (c + 1) * column_ns;

		t1 = t1 < s->t1_ns ? t1 : s->t1_ns;
		value[c] += (double)n * (double)(t1 - t0) / len;
		t0 = t1;
	}
}

/* Slices from this one on reach past ns. */
static u32 first_slice(const struct tui_model *m, u64 ns)
{
	u32 lo = 0, hi = m->nr_slices;

	while (lo < hi) {
		u32 mid = (lo + hi) / 2;

		if (m->slice[mid]->t1_ns <= ns)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

void tui_model_rate(const struct tui_model *m, u32 stage, u64 end_ns, u64 column_ns, u64 *value,
		    u32 nr)
{
	double sum[256] = { 0 };
	u64 start;

	nr = nr < RXS_ARRAY_SIZE(sum) ? nr : RXS_ARRAY_SIZE(sum);
	memset(value, 0, nr * sizeof(*value));
	if (!column_ns || stage >= RXS_ST_NR)
		return;
	start = end_ns > column_ns * nr ? end_ns - column_ns * nr : 0;
	for (u32 i = first_slice(m, start); i < m->nr_slices && m->slice[i]->t0_ns < end_ns; i++)
		spread(m->slice[i], m->slice[i]->hits[stage], start, column_ns, sum, nr);
	if (m->cur.t1_ns)
		spread(&m->cur, m->cur.hits[stage], start, column_ns, sum, nr);
	for (u32 i = 0; i < nr; i++)
		value[i] = (u64)(sum[i] + 0.999);
}

struct heat {
	u32 *cell;			/* columns * rows */
	u32 rows, from, to;		/* columns that the values belong to, both counted in */
	double lo, step;		/* log2 of the lowest row, and of a row's height */
	u32 base;			/* key of the histogram's first bucket */
};

static void heat_bucket(void *ctx, u32 key, u64 n)
{
	const struct heat *h = ctx;
	u64 v = rxs_hist_bucket_low(key - h->base), each = n / (h->to - h->from + 1);
	int r = (int)((__builtin_log2((double)(v ? v : 1)) - h->lo) / h->step);
	u32 row = r < 0 ? 0 : (u32)r >= h->rows ? h->rows - 1 : (u32)r;

	/* A slice longer than a column: spread, and never nothing of something. */
	for (u32 c = h->from; c <= h->to; c++)
		h->cell[c * h->rows + row] += (u32)(each ? each : 1);
}

/* The columns in which a slice lies; false when in none. */
static bool heat_columns(struct heat *h, const struct tui_slice *s, u64 start, u64 column_ns,
			 u32 columns)
{
	u64 end = start + column_ns * columns, t0 = s->t0_ns > start ? s->t0_ns : start;
	u64 t1 = s->t1_ns < end ? s->t1_ns : end;

	if (t0 >= t1)
		return false;
	h->from = (u32)((t0 - start) / column_ns);
	h->to = (u32)((t1 - 1 - start) / column_ns);
	/*
	 * A slice that only reaches into a column by its end belongs to the column where most of it
	 * is.
	 */
	if (s->t1_ns - s->t0_ns <= column_ns)
		h->to = h->from;
	return true;
}

void tui_model_heat(const struct tui_model *m, u32 hist, u64 end_ns, u64 column_ns, u32 columns,
		    u64 lo_ns, u64 hi_ns, u32 rows, u32 *heat)
{
	u64 start = end_ns > column_ns * columns ? end_ns - column_ns * columns : 0;
	u32 base = TUI_K_HIST + hist * RXS_HIST_BUCKETS;
	struct heat h = { .cell = heat, .rows = rows, .base = base };

	memset(heat, 0, (size_t)columns * rows * sizeof(*heat));
	h.lo = __builtin_log2((double)(lo_ns ? lo_ns : 1));
	h.step = (__builtin_log2((double)(hi_ns > lo_ns ? hi_ns : lo_ns + 1)) - h.lo) / rows;
	h.step = h.step > 0 ? h.step : 1;
	for (u32 i = first_slice(m, start); i < m->nr_slices && m->slice[i]->t0_ns < end_ns; i++)
		if (heat_columns(&h, m->slice[i], start, column_ns, columns))
			tui_acc_scan(m->slice[i]->data, m->slice[i]->len, base,
				     base + RXS_HIST_BUCKETS, heat_bucket, &h);
	/* The open slice's numbers are not encoded yet. */
	if (m->cur.t1_ns && heat_columns(&h, &m->cur, start, column_ns, columns))
		for (u32 b = m->open.lo[hist]; b <= m->open.hi[hist] && m->open.count[hist]; b++)
			if (m->open.val[base + b])
				heat_bucket(&h, base + b, m->open.val[base + b]);
}
