// SPDX-License-Identifier: GPL-2.0
/* Two groups of recordings compared: figures side by side. */
#include "rxs_diff.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "diff_internal.h"

static const char *const shape_id[] = {
	[RXS_SHAPE_STAGE_ADDED] = "stage-added", [RXS_SHAPE_STAGE_GONE] = "stage-gone",
	[RXS_SHAPE_REORDERED] = "reordered",	 [RXS_SHAPE_DROP_NEW] = "drop-new",
	[RXS_SHAPE_DROP_GONE] = "drop-gone",	 [RXS_SHAPE_BATCHING] = "batching",
	[RXS_SHAPE_GRO] = "gro",		 [RXS_SHAPE_STEP_NEW] = "step-new",
	[RXS_SHAPE_STEP_GONE] = "step-gone",
};

static const char *const method_id[] = {
	[RXS_DIFF_EXACT] = "exact", [RXS_DIFF_RUNS] = "runs", [RXS_DIFF_BLOCKS] = "blocks", [RXS_DIFF_NONE] = "none",
};

const char *rxs_shape_id(enum rxs_shape_kind k)
{
	return (unsigned int)k < RXS_ARRAY_SIZE(shape_id) ? shape_id[k] : "";
}

const char *rxs_diff_method_id(enum rxs_diff_method m)
{
	return (unsigned int)m < RXS_ARRAY_SIZE(method_id) ? method_id[m] : "";
}

static int by_double(const void *a, const void *b)
{
	const double *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

/* Median over the recordings that measured it; 0 when none did. v has room for nr. */
static double median(const struct rxs_profile *const *p, u32 nr, unsigned int metric, int f, double *v)
{
	u32 n = 0;

	for (u32 i = 0; i < nr; i++)
		if (p[i]->dist[metric].count)
			v[n++] = p[i]->dist[metric].v[f];
	if (!n)
		return 0;
	qsort(v, n, sizeof(*v), by_double);
	return n % 2 ? v[n / 2] : (v[n / 2 - 1] + v[n / 2]) / 2;
}

static int sum_side(const struct rxs_profile *const *p, u32 nr, unsigned int metric, u64 *count, struct rxs_hist *h)
{
	int err = 0;

	for (u32 i = 0; i < nr && !err; i++) {
		*count += p[i]->dist[metric].count;
		err = rxs_hist_merge(h, &p[i]->dist[metric].hist);
	}
	return err;
}

static int side_by_side(struct rxs_diff *d)
{
	double *v = calloc((size_t)d->nr_base + d->nr_new, sizeof(*v));
	int err = 0;

	if (!v)
		return -ENOMEM;
	for (unsigned int m = 0; m < RXS_METRIC_NR && !err; m++) {
		struct rxs_diff_metric *dm = &d->m[m];

		err = sum_side(d->base, d->nr_base, m, &dm->base_count, &dm->base_hist);
		if (!err)
			err = sum_side(d->new_, d->nr_new, m, &dm->new_count, &dm->new_hist);
		for (int f = 0; f < RXS_FIG_NR; f++) {
			dm->v[f].base = median(d->base, d->nr_base, m, f, v);
			dm->v[f].new_raw = median(d->new_, d->nr_new, m, f, v);
			dm->v[f].new_ = dm->v[f].new_raw;
			dm->v[f].p_up = dm->v[f].p_down = 1;
		}
	}
	free(v);
	return err;
}

int rxs_diff_new(struct rxs_diff **out, const struct rxs_profile *const *base, u32 nr_base,
		 const struct rxs_profile *const *new_, u32 nr_new, const struct rxs_diff_opts *o)
{
	struct rxs_diff *d = calloc(1, sizeof(*d));
	int err;

	if (!d)
		return -ENOMEM;
	d->base = base;
	d->nr_base = nr_base;
	d->new_ = new_;
	d->nr_new = nr_new;
	d->confidence = o->confidence > 0 ? o->confidence : 0.99;
	err = side_by_side(d);
	if (!err)
		err = diff_test(d, o);
	if (!err)
		err = diff_shape(d);
	if (err)
		rxs_diff_free(d);
	else
		*out = d;
	return err;
}

void rxs_diff_free(struct rxs_diff *d)
{
	if (!d)
		return;
	for (int m = 0; m < RXS_METRIC_NR; m++) {
		rxs_hist_reset(&d->m[m].base_hist);
		rxs_hist_reset(&d->m[m].new_hist);
	}
	free(d->shape);
	free(d);
}

bool rxs_diff_sure(const struct rxs_diff *d, unsigned int metric, enum rxs_figure f, bool up)
{
	const struct rxs_diff_value *v = &d->m[metric].v[f];

	if (d->method == RXS_DIFF_EXACT)
		return true;
	/* 0.99 is not a number a computer has: allow for its last digit. */
	return (up ? v->p_up : v->p_down) <= 1 - d->confidence + 1e-12;
}
