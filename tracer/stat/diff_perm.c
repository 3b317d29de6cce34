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

/* Studentised difference of one row, for the units that are NEW in this dealing. */
static double student(const double *y, const u8 *is_new, u32 nr_base, u32 nr_new)
{
	double sum[2] = { 0, 0 }, dev = 0, mean[2], spread;
	u32 n = nr_base + nr_new;

	for (u32 i = 0; i < n; i++)
		sum[is_new[i]] += y[i];
	mean[0] = sum[0] / nr_base;
	mean[1] = sum[1] / nr_new;
	for (u32 i = 0; i < n; i++)
		dev += (y[i] - mean[is_new[i]]) * (y[i] - mean[is_new[i]]);
	spread = sqrt(dev / (n > 2 ? n - 2 : 1)) + SPREAD_FLOOR;
	return (mean[1] - mean[0]) / (spread * sqrt(1.0 / nr_base + 1.0 / nr_new));
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
	u32 n = t->nr_base + t->nr_new;
	double hi = -INFINITY, lo = INFINITY;

	for (u32 r = 0; r < t->nr_rows; r++) {
		double s = student(t->y + (size_t)r * n, w->is_new, t->nr_base, t->nr_new);

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
		w.seen[r] = student(t->y + (size_t)r * n, w.is_new, t->nr_base, t->nr_new);
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
