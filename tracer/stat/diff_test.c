// SPDX-License-Identifier: GPL-2.0
/*
 * How sure a difference is. Units are recordings, or parts of them when there are too few recordings; each unit
 * gives one value (its logarithm) per figure. What all stages of a unit have in common is the machine's part.
 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "diff_internal.h"
#include "diff_perm.h"

#define OTHERS_MIN 4	/* stages that must agree before they are called the machine */
#define PRIOR 0.05	/* spread of the common part within a side, from which on it is learnt who follows it */

struct row {
	u16 metric, figure;
};

struct table {
	u32 nr_base, nr;	/* units; those of BASE come first */
	u32 nr_rows;
	struct row row[RXS_METRIC_NR * RXS_FIG_NR];
	double *y;		/* nr_rows × nr */
	double *common;		/* nr: what this unit's stages have in common */
	double *scratch;	/* RXS_METRIC_NR */
	double *pairs;		/* units of BASE × units of NEW */
};

static int by_double(const void *a, const void *b)
{
	const double *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

static double median_of(double *v, u32 n)
{
	qsort(v, n, sizeof(*v), by_double);
	return n % 2 ? v[n / 2] : (v[n / 2 - 1] + v[n / 2]) / 2;
}

/* Below a nanosecond a difference means nothing; counts are never 0 where they are measured. */
static double log_of(unsigned int metric, double v)
{
	return rxs_metric_is_time(metric) ? log(v + 1) : log(v > 0.01 ? v : 0.01);
}

static const struct rxs_profile *profile_of(const struct rxs_diff *d, u32 i)
{
	return i < d->nr_base ? d->base[i] : d->new_[i - d->nr_base];
}

/* Does every recording have what this row needs? */
static bool measured(const struct rxs_diff *d, unsigned int metric, bool blocks)
{
	for (u32 i = 0; i < d->nr_base + d->nr_new; i++) {
		const struct rxs_dist *di = &profile_of(d, i)->dist[metric];

		if (!di->count || (blocks && di->nr_blocks != RXS_PROFILE_BLOCKS))
			return false;
	}
	return true;
}

static bool wanted(const struct rxs_diff_opts *o, unsigned int metric, int f)
{
	static const u8 none[RXS_METRIC_NR];

	if (!memcmp(o->test, none, sizeof(none)))
		return f != RXS_FIG_MIN && f != RXS_FIG_MAX;
	/* Batching is a part of the shape, which is always told. */
	if (f == RXS_FIG_MEAN && (metric == RXS_METRIC_PER_POLL || metric == RXS_METRIC_FRAMES))
		return true;
	return o->test[metric] >> f & 1;
}

static void fill_row(const struct rxs_diff *d, struct table *t, unsigned int metric, int f, bool blocks, double *y)
{
	u32 parts = blocks ? RXS_PROFILE_BLOCKS : 1;

	for (u32 i = 0; i < t->nr; i++) {
		const struct rxs_dist *di = &profile_of(d, i / parts)->dist[metric];

		y[i] = log_of(metric, blocks ? di->block[i % parts][f] : di->v[f]);
	}
}

static int make_table(const struct rxs_diff *d, const struct rxs_diff_opts *o, bool blocks, struct table *t)
{
	u32 parts = blocks ? RXS_PROFILE_BLOCKS : 1;

	memset(t, 0, sizeof(*t));
	t->nr_base = d->nr_base * parts;
	t->nr = (d->nr_base + d->nr_new) * parts;
	for (u16 m = 0; m < RXS_METRIC_NR; m++)
		for (u16 f = 0; f < RXS_FIG_NR && measured(d, m, blocks); f++)
			if (wanted(o, m, f))
				t->row[t->nr_rows++] = (struct row){ m, f };
	t->y = calloc((size_t)t->nr * (t->nr_rows + 1), sizeof(*t->y));
	t->common = calloc(t->nr, sizeof(*t->common));
	t->scratch = calloc(RXS_METRIC_NR, sizeof(*t->scratch));
	t->pairs = calloc((size_t)t->nr_base * (t->nr - t->nr_base), sizeof(*t->pairs));
	if (!t->y || !t->common || !t->scratch || !t->pairs)
		return -ENOMEM;
	for (u32 r = 0; r < t->nr_rows; r++)
		fill_row(d, t, t->row[r].metric, t->row[r].figure, blocks, t->y + (size_t)r * t->nr);
	return 0;
}

static void free_table(struct table *t)
{
	free(t->y);
	free(t->common);
	free(t->scratch);
	free(t->pairs);
}

/*
 * What the stages but one have in common in each unit: the median over them of how far their p50 is from its
 * mean over all units. One stage that changed does not move a median. Zeros when there are too few stages.
 */
static void common_part(const struct rxs_diff *d, struct table *t, unsigned int but, bool blocks)
{
	u32 stages[RXS_ST_NR], n = 0;
	double *dev;

	memset(t->common, 0, t->nr * sizeof(*t->common));
	for (u32 m = 0; m < RXS_ST_NR; m++)
		if (m != but && measured(d, m, blocks))
			stages[n++] = m;
	dev = n >= OTHERS_MIN ? calloc((size_t)n * t->nr, sizeof(*dev)) : NULL;
	if (!dev)
		return;
	for (u32 k = 0; k < n; k++) {
		double *y = dev + (size_t)k * t->nr, mean = 0;

		fill_row(d, t, stages[k], RXS_FIG_P50, blocks, y);
		for (u32 i = 0; i < t->nr; i++)
			mean += y[i] / t->nr;
		for (u32 i = 0; i < t->nr; i++)
			y[i] -= mean;
	}
	for (u32 i = 0; i < t->nr; i++) {
		for (u32 k = 0; k < n; k++)
			t->scratch[k] = dev[(size_t)k * t->nr + i];
		t->common[i] = median_of(t->scratch, n);
	}
	free(dev);
}

static double side_mean(const struct table *t, const double *v, bool new_)
{
	u32 from = new_ ? t->nr_base : 0, to = new_ ? t->nr : t->nr_base;
	double sum = 0;

	for (u32 i = from; i < to; i++)
		sum += v[i];
	return sum / (to - from);
}

/*
 * How much of the common part this row follows, 0 … 1: learnt within the sides and not from their difference, and
 * all of it (1) unless recordings of one side differ enough (PRIOR) to show otherwise.
 */
static double follows(const struct table *t, const double *y)
{
	double yb = side_mean(t, y, false), yn = side_mean(t, y, true);
	double cb = side_mean(t, t->common, false), cn = side_mean(t, t->common, true);
	double cy = t->nr * PRIOR * PRIOR, cc = cy, beta;

	for (u32 i = 0; i < t->nr; i++) {
		double c = t->common[i] - (i < t->nr_base ? cb : cn);

		cy += c * (y[i] - (i < t->nr_base ? yb : yn));
		cc += c * c;
	}
	beta = cy / cc;
	return beta < 0 ? 0 : beta > 1 ? 1 : beta;
}

/* Shift between the sides: the median of all differences of a unit of NEW and one of BASE (Hodges, Lehmann 1963). */
static double shift(const struct table *t, const double *y)
{
	u32 n = 0;

	for (u32 b = 0; b < t->nr_base; b++)
		for (u32 k = t->nr_base; k < t->nr; k++)
			t->pairs[n++] = y[k] - y[b];
	return median_of(t->pairs, n);
}

static void take_machine_out(struct rxs_diff *d, struct table *t, bool blocks)
{
	common_part(d, t, RXS_METRIC_NR, blocks);
	d->machine = exp(side_mean(t, t->common, true) - side_mean(t, t->common, false)) - 1;
	for (u32 r = 0; r < t->nr_rows; r++) {
		struct rxs_diff_value *v = &d->m[t->row[r].metric].v[t->row[r].figure];
		double *y = t->y + (size_t)r * t->nr, beta;

		if (!rxs_metric_is_time(t->row[r].metric) || t->row[r].metric == RXS_METRIC_PROBE)
			continue;
		common_part(d, t, t->row[r].metric, blocks);
		beta = follows(t, y);
		for (u32 i = 0; i < t->nr; i++)
			y[i] -= beta * t->common[i];
		v->new_ = (v->base + 1) * exp(shift(t, y)) - 1;
		if (v->new_ < 0)
			v->new_ = 0;
	}
}

static int test_units(struct rxs_diff *d, const struct rxs_diff_opts *o, bool blocks)
{
	struct table t;
	struct perm p = { 0 };
	double *chance = NULL;
	int err = make_table(d, o, blocks, &t);

	if (err)
		goto out;
	if (!t.nr_rows) {
		d->method = RXS_DIFF_NONE;
		goto out;
	}
	if (!o->raw)
		take_machine_out(d, &t, blocks);
	chance = calloc(2 * (size_t)t.nr_rows, sizeof(*chance));
	p = (struct perm){ .nr_base = t.nr_base, .nr_new = t.nr - t.nr_base, .nr_rows = t.nr_rows, .y = t.y,
			   .p_up = chance, .p_down = chance + t.nr_rows };
	err = chance ? perm_test(&p) : -ENOMEM;
	if (err)
		goto out;
	for (u32 r = 0; r < t.nr_rows; r++) {
		struct rxs_diff_value *v = &d->m[t.row[r].metric].v[t.row[r].figure];

		v->tested = true;
		v->p_up = p.p_up[r];
		v->p_down = p.p_down[r];
	}
	d->method = blocks ? RXS_DIFF_BLOCKS : RXS_DIFF_RUNS;
	d->dealings = p.dealings;
	d->all_dealings = p.all;
	d->best_p = 1.0 / (double)p.dealings;
out:
	free(chance);
	free_table(&t);
	return err;
}

int diff_test(struct rxs_diff *d, const struct rxs_diff_opts *o)
{
	bool deterministic = true;
	u64 ways = perm_choose(d->nr_base + d->nr_new, d->nr_new);

	for (u32 i = 0; i < d->nr_base + d->nr_new; i++)
		deterministic &= profile_of(d, i)->deterministic;
	if (o->exact > 0 || (o->exact < 0 && deterministic)) {
		d->method = RXS_DIFF_EXACT;
		return 0;
	}
	return test_units(d, o, 1.0 / (double)ways > 1 - d->confidence + 1e-12);
}
