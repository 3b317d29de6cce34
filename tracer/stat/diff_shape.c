// SPDX-License-Identifier: GPL-2.0
/*
 * Did the path change its shape? Exact comparisons take every difference for real. Others ask that all
 * recordings of a side agree, and pass over what happens to fewer than one packet in a hundred.
 */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "diff_internal.h"

#define BATCHING_EXACT	0.10	/* a change of packets per poll, or of frames per packet, beyond this is told */
#define BATCHING_NOISY	0.25

struct side {
	const struct rxs_profile *const *p;
	u32 nr;
	bool exact;
};

/* Packets of a recording below which a feature is an accident. */
static u64 floor_of(const struct side *s, const struct rxs_profile *p)
{
	return s->exact ? 1 : p->seen / 100 > 10 ? p->seen / 100 : 10;
}

static bool all_have(const struct side *s, u64 (*count)(const struct rxs_profile *, u16, u16), u16 a, u16 b)
{
	for (u32 i = 0; i < s->nr; i++)
		if (count(s->p[i], a, b) < floor_of(s, s->p[i]))
			return false;
	return true;
}

static bool none_has(const struct side *s, u64 (*count)(const struct rxs_profile *, u16, u16), u16 a, u16 b)
{
	for (u32 i = 0; i < s->nr; i++)
		if (count(s->p[i], a, b))
			return false;
	return true;
}

static double mean_count(const struct side *s, u64 (*count)(const struct rxs_profile *, u16, u16), u16 a, u16 b)
{
	double sum = 0;

	for (u32 i = 0; i < s->nr; i++)
		sum += (double)count(s->p[i], a, b);
	return sum / s->nr;
}

static u64 hits_of(const struct rxs_profile *p, u16 stage, u16 unused)
{
	(void)unused;
	return p->hits[stage];
}

static u64 step_of(const struct rxs_profile *p, u16 from, u16 to)
{
	return p->step[from][to];
}

static struct rxs_shape *add(struct rxs_diff *d, enum rxs_shape_kind kind, bool finding)
{
	struct rxs_shape *more = realloc(d->shape, (d->nr_shape + 1) * sizeof(*more)), *s;

	if (!more)
		return NULL;
	d->shape = more;
	s = &more[d->nr_shape++];
	memset(s, 0, sizeof(*s));
	s->kind = kind;
	s->finding = finding;
	s->stage = s->other = RXS_ST_NR;
	return s;
}

static int stages(struct rxs_diff *d, const struct side *base, const struct side *new_)
{
	for (u16 st = 0; st < RXS_ST_NR; st++) {
		bool added = all_have(new_, hits_of, st, 0) && none_has(base, hits_of, st, 0);
		bool gone = all_have(base, hits_of, st, 0) && none_has(new_, hits_of, st, 0);
		struct rxs_shape *s;

		if (!added && !gone)
			continue;
		s = add(d, added ? RXS_SHAPE_STAGE_ADDED : RXS_SHAPE_STAGE_GONE, true);
		if (!s)
			return -ENOMEM;
		s->stage = st;
		s->base = mean_count(base, hits_of, st, 0);
		s->new_ = mean_count(new_, hits_of, st, 0);
		snprintf(s->text, sizeof(s->text), added ? "stage %s is new: passed %.0f times" :
			 "stage %s is gone: it was passed %.0f times", rxs_stages[st].id, added ? s->new_ : s->base);
	}
	return 0;
}

/* A stage that is new or gone makes all its steps so; these are told by the stage. */
static bool stage_on_one_side(const struct side *base, const struct side *new_, u16 st)
{
	return none_has(base, hits_of, st, 0) || none_has(new_, hits_of, st, 0);
}

static int one_step(struct rxs_diff *d, const struct side *base, const struct side *new_, u16 a, u16 b)
{
	bool added = all_have(new_, step_of, a, b) && none_has(base, step_of, a, b);
	bool gone = all_have(base, step_of, a, b) && none_has(new_, step_of, a, b);
	bool turned = added && all_have(base, step_of, b, a) && none_has(new_, step_of, b, a);
	struct rxs_shape *s;

	if (!added && !gone)
		return 0;
	/* The other half of a step that turned round is told there. */
	if (gone && all_have(new_, step_of, b, a) && none_has(base, step_of, b, a))
		return 0;
	s = add(d, turned ? RXS_SHAPE_REORDERED : added ? RXS_SHAPE_STEP_NEW : RXS_SHAPE_STEP_GONE, turned);
	if (!s)
		return -ENOMEM;
	s->stage = b;
	s->other = a;
	s->base = mean_count(base, step_of, a, b);
	s->new_ = mean_count(new_, step_of, a, b);
	if (turned)
		snprintf(s->text, sizeof(s->text), "%s now comes after %s; it came before it", rxs_stages[b].id,
			 rxs_stages[a].id);
	else if (added)
		snprintf(s->text, sizeof(s->text), "%.0f packets now go from %s straight to %s; none did", s->new_,
			 rxs_stages[a].id, rxs_stages[b].id);
	else
		snprintf(s->text, sizeof(s->text), "%.0f packets went from %s straight to %s; none does now",
			 s->base, rxs_stages[a].id, rxs_stages[b].id);
	return 0;
}

static int steps(struct rxs_diff *d, const struct side *base, const struct side *new_)
{
	int err = 0;

	for (u16 a = 0; a < RXS_ST_NR; a++) {
		if (stage_on_one_side(base, new_, a))
			continue;
		for (u16 b = 0; b < RXS_ST_NR && !err; b++)
			if (!stage_on_one_side(base, new_, b))
				err = one_step(d, base, new_, a, b);
	}
	return err;
}

static u64 drops_like(const struct rxs_profile *p, const struct rxs_profile_drop *like)
{
	u64 sum = 0;

	for (u32 i = 0; i < p->nr_drops; i++)
		if (p->drops[i].stage == like->stage && !strcmp(p->drops[i].reason, like->reason))
			sum += p->drops[i].count;
	return sum;
}

/* Drops that all of one side have and none of the other. The side that has them is told by its first recording. */
static int drops_only(struct rxs_diff *d, const struct side *have, const struct side *not, bool is_new)
{
	const struct rxs_profile *first = have->p[0];

	for (u32 i = 0; i < first->nr_drops; i++) {
		const struct rxs_profile_drop *dr = &first->drops[i];
		bool only = !(i && dr->stage == dr[-1].stage && !strcmp(dr->reason, dr[-1].reason));
		struct rxs_shape *s;

		for (u32 k = 0; k < have->nr; k++)
			only &= drops_like(have->p[k], dr) > 0;
		for (u32 k = 0; k < not->nr; k++)
			only &= !drops_like(not->p[k], dr);
		if (!only)
			continue;
		s = add(d, is_new ? RXS_SHAPE_DROP_NEW : RXS_SHAPE_DROP_GONE, is_new);
		if (!s)
			return -ENOMEM;
		s->stage = dr->stage;
		s->reason = dr->reason;
		*(is_new ? &s->new_ : &s->base) = (double)drops_like(first, dr);
		snprintf(s->text, sizeof(s->text), is_new ? "new drop: %s after %s, %.0f packets" :
			 "drop gone: %s after %s, there were %.0f", dr->reason[0] ? dr->reason : "(no reason)",
			 dr->stage < RXS_ST_NR ? rxs_stages[dr->stage].id : "-", is_new ? s->new_ : s->base);
	}
	return 0;
}

static int batching(struct rxs_diff *d, unsigned int metric, enum rxs_shape_kind kind, const char *what)
{
	const struct rxs_diff_value *v = &d->m[metric].v[RXS_FIG_MEAN];
	bool exact = d->method == RXS_DIFF_EXACT, up = v->new_ > v->base;
	struct rxs_shape *s;

	if (!d->m[metric].base_count || !d->m[metric].new_count || v->base <= 0)
		return 0;
	if (fabs(v->new_ / v->base - 1) <= (exact ? BATCHING_EXACT : BATCHING_NOISY) ||
	    !rxs_diff_sure(d, metric, RXS_FIG_MEAN, up))
		return 0;
	s = add(d, kind, true);
	if (!s)
		return -ENOMEM;
	s->base = v->base;
	s->new_ = v->new_;
	snprintf(s->text, sizeof(s->text), "%s: %.3g, was %.3g (%+.0f %%)", what, v->new_, v->base,
		 (v->new_ / v->base - 1) * 100);
	return 0;
}

int diff_shape(struct rxs_diff *d)
{
	bool exact = d->method == RXS_DIFF_EXACT;
	const struct side base = { d->base, d->nr_base, exact }, new_ = { d->new_, d->nr_new, exact };
	int err = stages(d, &base, &new_);

	if (!err)
		err = steps(d, &base, &new_);
	if (!err)
		err = drops_only(d, &new_, &base, true);
	if (!err)
		err = drops_only(d, &base, &new_, false);
	if (!err)
		err = batching(d, RXS_METRIC_PER_POLL, RXS_SHAPE_BATCHING, "packets per poll");
	if (!err)
		err = batching(d, RXS_METRIC_FRAMES, RXS_SHAPE_GRO, "wire frames per packet (GRO)");
	return err;
}
