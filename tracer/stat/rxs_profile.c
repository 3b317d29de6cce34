// SPDX-License-Identifier: GPL-2.0
/* The figures of one recording, collected while it is read. */
#include "rxs_profile.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define BLOCK_VALUES_MIN 20	/* below this a part of a recording says nothing */

struct sample {
	u64 value;
	u64 at;		/* number of the value, counted from 0 */
};

/* A sample of fixed size of all values so far (J. S. Vitter, 1985, algorithm R), and what can be told exactly. */
struct sampler {
	struct sample *s;
	u32 nr, cap;
	u64 count, sum, min, max;
	struct rxs_hist hist;
};

struct rxs_profiler {
	struct sampler m[RXS_METRIC_NR];
	u64 step[RXS_ST_NR][RXS_ST_NR];
	u64 seed;
};

static const char *const figure_name[] = {
#define X(sym, name) [RXS_FIG_##sym] = name,
	RXS_FIGURES(X)
#undef X
};

static const char *const extra_name[] = {
	[RXS_METRIC_TOTAL - RXS_ST_NR] = "total",
	[RXS_METRIC_PER_POLL - RXS_ST_NR] = "packets_per_poll",
	[RXS_METRIC_FRAMES - RXS_ST_NR] = "frames_per_packet",
	[RXS_METRIC_PROBE - RXS_ST_NR] = "probe_cost",
};

const char *rxs_metric_name(unsigned int metric)
{
	if (metric < RXS_ST_NR)
		return rxs_stages[metric].id;
	return metric < RXS_METRIC_NR ? extra_name[metric - RXS_ST_NR] : "";
}

int rxs_metric_by_name(const char *name)
{
	for (unsigned int m = 0; m < RXS_METRIC_NR; m++)
		if (!strcmp(rxs_metric_name(m), name))
			return (int)m;
	return -ENOENT;
}

bool rxs_metric_is_time(unsigned int metric)
{
	return metric != RXS_METRIC_PER_POLL && metric != RXS_METRIC_FRAMES;
}

const char *rxs_figure_name(enum rxs_figure f)
{
	return (unsigned int)f < RXS_FIG_NR ? figure_name[f] : "";
}

int rxs_figure_by_name(const char *name)
{
	for (int f = 0; f < RXS_FIG_NR; f++)
		if (!strcmp(figure_name[f], name))
			return f;
	return -ENOENT;
}

int rxs_profiler_new(struct rxs_profiler **out)
{
	*out = calloc(1, sizeof(**out));
	if (!*out)
		return -ENOMEM;
	(*out)->seed = 0x2545f4914f6cdd1dULL;
	return 0;
}

static void sampler_reset(struct sampler *s)
{
	free(s->s);
	rxs_hist_reset(&s->hist);
	memset(s, 0, sizeof(*s));
}

void rxs_profiler_free(struct rxs_profiler *p)
{
	if (!p)
		return;
	for (int i = 0; i < RXS_METRIC_NR; i++)
		sampler_reset(&p->m[i]);
	free(p);
}

static u64 draw(struct rxs_profiler *p)
{
	p->seed ^= p->seed << 13;
	p->seed ^= p->seed >> 7;
	p->seed ^= p->seed << 17;
	return p->seed;
}

static int sampler_grow(struct sampler *s)
{
	u32 cap = s->cap ? s->cap * 2 : 256;
	struct sample *more = realloc(s->s, cap * sizeof(*more));

	if (!more)
		return -ENOMEM;
	s->s = more;
	s->cap = cap;
	return 0;
}

static int take(struct rxs_profiler *p, unsigned int metric, u64 value)
{
	struct sampler *s = &p->m[metric];
	struct sample one = { value, s->count };
	u64 place;
	int err;

	if (s->nr < RXS_PROFILE_SAMPLES) {
		if (s->nr == s->cap) {
			err = sampler_grow(s);
			if (err)
				return err;
		}
		s->s[s->nr++] = one;
	} else {
		place = draw(p) % (s->count + 1);
		if (place < RXS_PROFILE_SAMPLES)
			s->s[place] = one;
	}
	s->min = !s->count || value < s->min ? value : s->min;
	s->max = value > s->max ? value : s->max;
	s->sum += value;
	s->count++;
	return rxs_hist_add(&s->hist, value);
}

/* The very hops that rxs_stat_packet() counts, so that a report and a comparison show the same distributions. */
static int take_hops(struct rxs_profiler *p, const struct rxs_packet *pkt)
{
	u32 seen = 0;
	int err = 0;

	for (u32 i = 0; i < pkt->nr_hops && !err; i++) {
		const struct rxs_hop *h = &pkt->hops[i], *before;
		int prev;

		if (h->stage >= RXS_ST_NR || (h->stage == RXS_ST_END && i + 1 < pkt->nr_hops))
			continue;
		if (h->flags & RXS_HOP_PASS)
			seen = 0;
		if (seen >> h->stage & 1)
			continue;
		seen |= 1u << h->stage;
		prev = rxs_packet_prev(pkt, i);
		if (prev < 0)
			continue;
		before = &pkt->hops[prev];
		if (before->stage < RXS_ST_NR && before->stage != h->stage)
			p->step[before->stage][h->stage]++;
		err = take(p, h->stage, h->ts_ns > before->ts_ns ? h->ts_ns - before->ts_ns : 0);
	}
	return err;
}

int rxs_profiler_packet(struct rxs_profiler *p, const struct rxs_packet *pkt)
{
	int err = take_hops(p, pkt);

	if (!err && pkt->outcome == RXS_OUT_DELIVERED)
		err = take(p, RXS_METRIC_TOTAL, rxs_packet_total_ns(pkt));
	if (!err && pkt->outcome != RXS_OUT_MERGED && pkt->outcome != RXS_OUT_INCOMPLETE &&
	    pkt->outcome != RXS_OUT_OPEN)
		err = take(p, RXS_METRIC_FRAMES, pkt->frames ? pkt->frames : 1);
	return err;
}

int rxs_profiler_poll(struct rxs_profiler *p, const struct rxs_poll *poll)
{
	return poll->end_ns ? take(p, RXS_METRIC_PER_POLL, poll->work) : 0;
}

static int by_arrival(const void *a, const void *b)
{
	const struct sample *x = a, *y = b;

	return x->at < y->at ? -1 : x->at > y->at;
}

static int by_value(const void *a, const void *b)
{
	const u64 *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

/* Figures of nr > 0 values, which are sorted in place. Quantiles by nearest rank: always a value that occurred. */
static void figures_of(double v[RXS_FIG_NR], u64 *value, u32 nr)
{
	static const struct { enum rxs_figure f; double q; } quantile[] = {
		{ RXS_FIG_P50, 0.5 }, { RXS_FIG_P90, 0.9 }, { RXS_FIG_P99, 0.99 }, { RXS_FIG_P999, 0.999 },
	};
	double sum = 0;

	qsort(value, nr, sizeof(*value), by_value);
	for (u32 i = 0; i < nr; i++)
		sum += (double)value[i];
	v[RXS_FIG_MEAN] = sum / nr;
	v[RXS_FIG_MIN] = (double)value[0];
	v[RXS_FIG_MAX] = (double)value[nr - 1];
	for (unsigned int i = 0; i < RXS_ARRAY_SIZE(quantile); i++) {
		u32 rank = (u32)ceil(quantile[i].q * nr);

		v[quantile[i].f] = (double)value[rank ? rank - 1 : 0];
	}
}

static int dist_of(struct rxs_dist *d, struct sampler *s)
{
	u64 *value;

	d->count = s->count;
	d->sum = s->sum;
	d->exact = s->count <= RXS_PROFILE_SAMPLES;
	if (!s->count)
		return 0;
	value = malloc(s->nr * sizeof(*value));
	if (!value)
		return -ENOMEM;
	qsort(s->s, s->nr, sizeof(*s->s), by_arrival);
	if (s->nr >= RXS_PROFILE_BLOCKS * BLOCK_VALUES_MIN)
		d->nr_blocks = RXS_PROFILE_BLOCKS;
	for (u32 b = 0; b < d->nr_blocks; b++) {
		u32 from = (u32)((u64)s->nr * b / d->nr_blocks), to = (u32)((u64)s->nr * (b + 1) / d->nr_blocks);

		for (u32 i = from; i < to; i++)
			value[i - from] = s->s[i].value;
		figures_of(d->block[b], value, to - from);
	}
	for (u32 i = 0; i < s->nr; i++)
		value[i] = s->s[i].value;
	figures_of(d->v, value, s->nr);
	free(value);
	d->v[RXS_FIG_MEAN] = (double)s->sum / (double)s->count;
	d->v[RXS_FIG_MIN] = (double)s->min;
	d->v[RXS_FIG_MAX] = (double)s->max;
	return rxs_hist_copy(&d->hist, &s->hist);
}

static int drop_order(const void *a, const void *b)
{
	const struct rxs_profile_drop *x = a, *y = b;
	int c = strcmp(x->reason, y->reason);

	if (!c)
		c = (int)x->stage - (int)y->stage;
	return c ? c : strcmp(x->function, y->function);
}

static int copy_drops(struct rxs_profile *pr, const struct rxs_snapshot *s, const struct rxs_strtab *t)
{
	pr->drops = calloc(s->nr_drops + 1, sizeof(*pr->drops));
	if (!pr->drops)
		return -ENOMEM;
	for (u32 i = 0; i < s->nr_drops; i++) {
		struct rxs_profile_drop *d = &pr->drops[pr->nr_drops++];

		d->reason = strdup(rxs_strtab_get(t, s->drops[i].reason));
		d->function = strdup(rxs_strtab_get(t, s->drops[i].symbol));
		d->stage = s->drops[i].stage;
		d->count = s->drops[i].count;
		if (!d->reason || !d->function)
			return -ENOMEM;
	}
	qsort(pr->drops, pr->nr_drops, sizeof(*pr->drops), drop_order);
	return 0;
}

static void copy_sums(struct rxs_profile *pr, const struct rxs_snapshot *s)
{
	pr->seen = s->seen;
	memcpy(pr->outcome, s->outcome, sizeof(pr->outcome));
	pr->lost = s->lost;
	pr->lost_unknown = s->lost_unknown;
	pr->polls = s->polls;
	pr->budget_exhausted = s->budget_exhausted;
	pr->time_squeeze = s->time_squeeze;
	for (int i = 0; i < RXS_ST_NR; i++)
		pr->hits[i] = s->stage[i].hits;
}

int rxs_profiler_finish(struct rxs_profiler *p, const struct rxs_snapshot *s, const struct rxs_source_info *info,
			const struct rxs_strtab *t, struct rxs_profile **out)
{
	struct rxs_profile *pr = calloc(1, sizeof(*pr));
	int err = 0;

	if (!pr)
		return -ENOMEM;
	pr->name = strdup(info->name ? info->name : "");
	pr->kernel = strdup(info->kernel ? info->kernel : "");
	if (!pr->name || !pr->kernel)
		err = -ENOMEM;
	pr->deterministic = info->deterministic;
	copy_sums(pr, s);
	memcpy(pr->step, p->step, sizeof(pr->step));
	if (!err && info->probe_cost_ns)
		err = take(p, RXS_METRIC_PROBE, info->probe_cost_ns);
	for (int i = 0; i < RXS_METRIC_NR && !err; i++)
		err = dist_of(&pr->dist[i], &p->m[i]);
	if (!err)
		err = copy_drops(pr, s, t);
	if (err)
		rxs_profile_free(pr);
	else
		*out = pr;
	return err;
}

void rxs_profile_free(struct rxs_profile *p)
{
	if (!p)
		return;
	for (u32 i = 0; i < p->nr_drops; i++) {
		free(p->drops[i].reason);
		free(p->drops[i].function);
	}
	for (int i = 0; i < RXS_METRIC_NR; i++)
		rxs_hist_reset(&p->dist[i].hist);
	free(p->drops);
	free(p->name);
	free(p->kernel);
	free(p);
}
