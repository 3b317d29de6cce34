// SPDX-License-Identifier: GPL-2.0
/*
 * Permutation test for two groups and many figures at once, with the maximum over the figures as the reference
 * (P. H. Westfall, S. S. Young, Resampling-Based Multiple Testing, 1993): the chance that any figure of the
 * family looks this bad without a cause, which holds whatever the figures' distributions and dependences are.
 */
#include "diff_perm.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/*
 * Added to the spread of each figure: 0.5 % (the figures are logarithms). A figure that never moved in the few
 * recordings at hand is not thereby known to a fraction of a per cent.
 */
#define SPREAD_FLOOR 0.005

u64 perm_choose(u32 n, u32 k)
{
	u64 c = 1;

	k = k > n - k ? n - k : k;
	for (u32 i = 1; i <= k; i++) {
		unsigned __int128 wide = (unsigned __int128)c * (n - k + i);

		if (wide / i > UINT64_MAX)
			return UINT64_MAX;
		c = (u64)(wide / i);
	}
	return c;
}

/* Of one row in one dealing: means of both sides, and sums of squares and products within them. */
struct sums {
	double y[2], x[2], yy, xy, xx;
};

static struct sums sums_of(const double *y, const double *x, const u8 *is_new, u32 nr_base, u32 nr_new)
{
	struct sums s = { 0 };

	for (u32 i = 0; i < nr_base + nr_new; i++) {
		s.y[is_new[i]] += y[i] / (is_new[i] ? nr_new : nr_base);
		s.x[is_new[i]] += (x ? x[i] : 0) / (is_new[i] ? nr_new : nr_base);
	}
	for (u32 i = 0; i < nr_base + nr_new; i++) {
		double dy = y[i] - s.y[is_new[i]], dx = (x ? x[i] : 0) - s.x[is_new[i]];

		s.yy += dy * dy;
		s.xy += dx * dy;
		s.xx += dx * dx;
	}
	return s;
}

static double slope(const struct sums *s, u32 n, double prior)
{
	double all = n * prior * prior, beta = s->xx + all > 0 ? (s->xy + all) / (s->xx + all) : 0;

	return beta < 0 ? 0 : beta > 1 ? 1 : beta;
}

double perm_follows(const double *y, const double *x, const u8 *is_new, u32 nr_base, u32 nr_new, double prior)
{
	struct sums s = sums_of(y, x, is_new, nr_base, nr_new);

	return slope(&s, nr_base + nr_new, prior);
}

/*
 * Studentised difference of one row, x taken out, for the units that are NEW in this dealing. How far y follows x is
 * learnt anew in each dealing: what was learnt in one would favour it.
 */
static double student(const struct perm *t, u32 row, const u8 *is_new)
{
	u32 n = t->nr_base + t->nr_new;
	struct sums s = sums_of(t->y + (size_t)row * n, t->x ? t->x + (size_t)row * n : NULL, is_new, t->nr_base, t->nr_new);
	double beta = slope(&s, n, t->prior), apart = s.x[1] - s.x[0];
	double dev = s.yy - 2 * beta * s.xy + beta * beta * s.xx;
	double spread = sqrt((dev > 0 ? dev : 0) / (n > 2 ? n - 2 : 1)) + SPREAD_FLOOR;
	/* the farther the machine was apart between the sides, the more an error of beta matters */
	double known = s.xx + n * t->prior * t->prior, far = known > 0 ? apart * apart / known : 0;

	return (s.y[1] - s.y[0] - beta * apart) / (spread * sqrt(1.0 / t->nr_base + 1.0 / t->nr_new + far));
}

/* The next choice of nr_new of n in lexical order; false after the last. */
static bool next_choice(u32 *at, u32 nr, u32 n)
{
	u32 i = nr;

	while (i > 0 && at[i - 1] == n - nr + i - 1)
		i--;
	if (!i)
		return false;
	at[i - 1]++;
	for (; i < nr; i++)
		at[i] = at[i - 1] + 1;
	return true;
}

static u64 xorshift(u64 *s)
{
	*s ^= *s << 13;
	*s ^= *s >> 7;
	*s ^= *s << 17;
	return *s;
}

static void shuffle(u8 *is_new, u32 n, u64 *seed)
{
	for (u32 i = n - 1; i > 0; i--) {
		u32 k = (u32)(xorshift(seed) % (i + 1));
		u8 t = is_new[i];

		is_new[i] = is_new[k];
		is_new[k] = t;
	}
}

struct work {
	u8 *is_new;
	u32 *at;
	double *seen;	/* the statistic of each row as it was dealt */
	u64 *up, *down;	/* dealings in which the largest was at least that */
};

static void one_dealing(const struct perm *t, struct work *w)
{
	double hi = -INFINITY, lo = INFINITY;

	for (u32 r = 0; r < t->nr_rows; r++) {
		double s = student(t, r, w->is_new);

		hi = s > hi ? s : hi;
		lo = s < lo ? s : lo;
	}
	/* A hair's breadth, since the same sums in another order may differ in their last digit. */
	for (u32 r = 0; r < t->nr_rows; r++) {
		w->up[r] += hi >= w->seen[r] - 1e-9;
		w->down[r] += lo <= w->seen[r] + 1e-9;
	}
}

static void all_dealings(struct perm *t, struct work *w)
{
	u32 n = t->nr_base + t->nr_new;

	for (u32 i = 0; i < t->nr_new; i++)
		w->at[i] = i;
	do {
		memset(w->is_new, 0, n);
		for (u32 i = 0; i < t->nr_new; i++)
			w->is_new[w->at[i]] = 1;
		one_dealing(t, w);
		t->dealings++;
	} while (next_choice(w->at, t->nr_new, n));
}

static void drawn_dealings(struct perm *t, struct work *w)
{
	u32 n = t->nr_base + t->nr_new;
	u64 seed = 0x9e3779b97f4a7c15ULL;

	one_dealing(t, w);	/* the one that was dealt is one of them */
	for (t->dealings = 1; t->dealings < PERM_DEALINGS; t->dealings++) {
		shuffle(w->is_new, n, &seed);
		one_dealing(t, w);
	}
}

int perm_test(struct perm *t)
{
	u32 n = t->nr_base + t->nr_new;
	struct work w = {
		.is_new = calloc(n, sizeof(*w.is_new)),
		.at = calloc(n, sizeof(*w.at)),
		.seen = calloc(t->nr_rows + 1, sizeof(*w.seen)),
		.up = calloc(t->nr_rows + 1, sizeof(*w.up)),
		.down = calloc(t->nr_rows + 1, sizeof(*w.down)),
	};
	int err = -ENOMEM;

	if (!w.is_new || !w.at || !w.seen || !w.up || !w.down)
		goto out;
	err = 0;
	for (u32 i = t->nr_base; i < n; i++)
		w.is_new[i] = 1;
	for (u32 r = 0; r < t->nr_rows; r++)
		w.seen[r] = student(t, r, w.is_new);
	t->dealings = 0;
	t->all = perm_choose(n, t->nr_new) <= PERM_DEALINGS;
	if (t->all)
		all_dealings(t, &w);
	else
		drawn_dealings(t, &w);
	for (u32 r = 0; r < t->nr_rows; r++) {
		t->p_up[r] = (double)w.up[r] / (double)t->dealings;
		t->p_down[r] = (double)w.down[r] / (double)t->dealings;
	}
out:
	free(w.is_new);
	free(w.at);
	free(w.seen);
	free(w.up);
	free(w.down);
	return err;
}
