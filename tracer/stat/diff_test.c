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
#define WEIGHT_MIN 0.01	/* of a stage that does not go with the one at hand; one that does has 1 */
#define PRIOR 0.05	/* spread of the common part within a side, from which on it is learnt who follows it */

struct weighed {
	double value, weight;
};

struct row {
	u16 metric, figure;
};

struct table {
	u32 nr_base, nr;	/* units; those of BASE come first */
	u32 nr_rows;
	struct row row[RXS_METRIC_NR * RXS_FIG_NR];
	double *y, *x;		/* nr_rows × nr: figures; the machine's part, if they follow it */
	u8 *is_new;		/* nr */
	double *common;		/* nr: what this unit's stages have in common */
	struct weighed *weighed;	/* RXS_ST_NR */
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
	t->x = calloc((size_t)t->nr * (t->nr_rows + 1), sizeof(*t->x));
	t->is_new = calloc(t->nr, 1);
	t->common = calloc(t->nr, sizeof(*t->common));
	t->weighed = calloc(RXS_ST_NR, sizeof(*t->weighed));
	t->pairs = calloc((size_t)t->nr_base * (t->nr - t->nr_base), sizeof(*t->pairs));
	if (!t->y || !t->x || !t->is_new || !t->common || !t->weighed || !t->pairs)
		return -ENOMEM;
	memset(t->is_new + t->nr_base, 1, t->nr - t->nr_base);
	for (u32 r = 0; r < t->nr_rows; r++)
		fill_row(d, t, t->row[r].metric, t->row[r].figure, blocks, t->y + (size_t)r * t->nr);
	return 0;
}

static void free_table(struct table *t)
{
	free(t->y);
	free(t->x);
	free(t->is_new);
	free(t->common);
	free(t->weighed);
	free(t->pairs);
}

static int by_value(const void *a, const void *b)
{
	const struct weighed *x = a, *y = b;

	return x->value < y->value ? -1 : x->value > y->value;
}

/* The value that half of the weight lies below. */
static double weighed_median(struct weighed *v, u32 n)
{
	double half = 0, sum = 0;

	qsort(v, n, sizeof(*v), by_value);
	for (u32 i = 0; i < n; i++)
		half += v[i].weight / 2;
	for (u32 i = 0; i + 1 < n; i++) {
		sum += v[i].weight;
		if (fabs(sum - half) < 1e-12)
			return (v[i].value + v[i + 1].value) / 2;
		if (sum > half)
			return v[i].value;
	}
	return v[n - 1].value;
}

static void less_its_mean(double *y, u32 n)
{
	double mean = 0;

	for (u32 i = 0; i < n; i++)
		mean += y[i] / n;
	for (u32 i = 0; i < n; i++)
		y[i] -= mean;
}

/*
 * How alike two stages go up and down from unit to unit, 0 … 1: the square of their correlation, where it is above 0.
 * Over all units, whichever side they are of, so that a dealing knows nothing of the one that was dealt.
 */
static double alike(const double *x, const double *y, u32 n)
{
	double xx = 1e-12, yy = 1e-12, xy = 0;

	for (u32 i = 0; i < n; i++) {
		xx += x[i] * x[i];
		yy += y[i] * y[i];
		xy += x[i] * y[i];
	}
	return xy > 0 ? xy * xy / (xx * yy) : 0;
}

/*
 * What the stages but one have in common in each unit: the median over them of how far their p50 is from its
 * mean over all units. One stage that changed does not move a median. Not all stages follow the machine alike (some
 * wait for a device, some for a cache): those that go with the one at hand weigh more. Zeros when there are too few
 * stages.
 */
static void common_part(const struct rxs_diff *d, struct table *t, unsigned int but, bool blocks)
{
	u32 stages[RXS_ST_NR], n = 0;
	double weight[RXS_ST_NR], *dev, *own;

	memset(t->common, 0, t->nr * sizeof(*t->common));
	for (u32 m = 0; m < RXS_ST_NR; m++)
		if (m != but && measured(d, m, blocks))
			stages[n++] = m;
	dev = n >= OTHERS_MIN ? calloc((size_t)(n + 1) * t->nr, sizeof(*dev)) : NULL;
	if (!dev)
		return;
	own = dev + (size_t)n * t->nr;
	if (but < RXS_METRIC_NR) {
		fill_row(d, t, but, RXS_FIG_P50, blocks, own);
		less_its_mean(own, t->nr);
	}
	for (u32 k = 0; k < n; k++) {
		double *y = dev + (size_t)k * t->nr;

		fill_row(d, t, stages[k], RXS_FIG_P50, blocks, y);
		less_its_mean(y, t->nr);
		weight[k] = WEIGHT_MIN + (but < RXS_METRIC_NR ? alike(own, y, t->nr) : 1);
	}
	for (u32 i = 0; i < t->nr; i++) {
		for (u32 k = 0; k < n; k++)
			t->weighed[k] = (struct weighed){ dev[(size_t)k * t->nr + i], weight[k] };
		t->common[i] = weighed_median(t->weighed, n);
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
		double *y = t->y + (size_t)r * t->nr, *x = t->x + (size_t)r * t->nr, beta;

		if (!rxs_metric_is_time(t->row[r].metric) || t->row[r].metric == RXS_METRIC_PROBE)
			continue;
		common_part(d, t, t->row[r].metric, blocks);
		memcpy(x, t->common, t->nr * sizeof(*x));
		beta = perm_follows(y, x, t->is_new, t->nr_base, t->nr - t->nr_base, PRIOR);
		for (u32 i = 0; i < t->nr; i++)
			t->common[i] = y[i] - beta * x[i];
		v->new_ = (v->base + 1) * exp(shift(t, t->common)) - 1;
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
			   .x = t.x, .prior = PRIOR, .p_up = chance, .p_down = chance + t.nr_rows };
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
