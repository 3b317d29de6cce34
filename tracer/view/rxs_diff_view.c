// SPDX-License-Identifier: GPL-2.0
/* The formats a comparison is written in, and what they have in common. */
#include "rxs_diff_view.h"

#include <string.h>

#include "../base/rxs_fmt.h"
#include "rxs_bins.h"

#define PICTURE_COLUMNS 40

const struct rxs_diff_view rxs_diff_views[] = {
	{ "text", rxs_diff_text },
	{ "json", rxs_diff_json },
	{ "junit", rxs_diff_junit },
	{ "markdown", rxs_diff_markdown },
	{ "github", rxs_diff_github },
	{ NULL, NULL },
};

const struct rxs_diff_view *rxs_diff_view_find(const char *name)
{
	for (const struct rxs_diff_view *v = rxs_diff_views; v->name; v++)
		if (!strcmp(v->name, name))
			return v;
	return NULL;
}

unsigned int rxs_diff_count(const struct rxs_diff_report *r, bool fails)
{
	unsigned int n = 0;

	for (unsigned int i = 0; i < r->nr_j; i++)
		n += fails ? rxs_verdict_fails(r->j[i].verdict) : r->j[i].verdict == RXS_VERDICT_UNSURE;
	return n;
}

const char *rxs_diff_method_text(const struct rxs_diff *d, char *buf, size_t size)
{
	double pct = d->confidence * 100;

	switch (d->method) {
	case RXS_DIFF_EXACT:
		snprintf(buf, size, "exact: deterministic recordings, every difference is real");
		break;
	case RXS_DIFF_RUNS:
		snprintf(buf, size, "%u against %u recordings, permutation test (%llu %s), %g %% confidence", d->nr_base,
			 d->nr_new, (unsigned long long)d->dealings,
			 d->all_dealings ? "dealings, all there are" : "dealings drawn", pct);
		break;
	case RXS_DIFF_BLOCKS:
		snprintf(buf, size, "parts of %u against %u recordings, permutation test, %g %% confidence; how much "
			 "recordings differ by themselves is not known from so few", d->nr_base, d->nr_new, pct);
		break;
	default:
		snprintf(buf, size, "not tested: too few recordings, and too few packets in them");
		break;
	}
	return buf;
}

static void picture(const struct rxs_scale *scale, const struct rxs_hist *h, const char *name, FILE *out,
		    unsigned int indent, bool utf8)
{
	char spark[RXS_SPARK_BYTES(RXS_BINS_MAX)];
	u64 bins[RXS_BINS_MAX];

	rxs_scale_bins(scale, h, bins);
	fprintf(out, "%*s%-4s |%s|\n", (int)indent, "", name,
		rxs_fmt_spark(spark, sizeof(spark), bins, scale->nr, utf8));
}

void rxs_diff_pictures(const struct rxs_diff *d, unsigned int metric, FILE *out, unsigned int indent, bool utf8)
{
	const struct rxs_diff_metric *m = &d->m[metric];
	const struct rxs_hist *both[] = { &m->base_hist, &m->new_hist };
	char lo[RXS_FMT_MAX], hi[RXS_FMT_MAX];
	struct rxs_scale scale;

	if (!m->base_hist.count && !m->new_hist.count)
		return;
	rxs_scale_of(&scale, both, 2, PICTURE_COLUMNS);
	picture(&scale, &m->base_hist, "BASE", out, indent, utf8);
	picture(&scale, &m->new_hist, "NEW", out, indent, utf8);
	if (rxs_metric_is_time(metric)) {
		rxs_fmt_ns(lo, sizeof(lo), scale.lo);
		rxs_fmt_ns(hi, sizeof(hi), scale.hi);
	} else {
		rxs_fmt_short(lo, sizeof(lo), scale.lo);
		rxs_fmt_short(hi, sizeof(hi), scale.hi);
	}
	fprintf(out, "%*s      %s%*s\n", (int)indent, "", lo, (int)(PICTURE_COLUMNS - strlen(lo)), hi);
}
