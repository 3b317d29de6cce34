// SPDX-License-Identifier: GPL-2.0
/* Statistics as numbered counters. */
#include "tui_acc.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "tui_pack.h"

int tui_acc_init(struct tui_acc *a)
{
	memset(a, 0, sizeof(*a));
	/* Pages that are never touched cost nothing: most keys of most recordings. */
	a->val = calloc(TUI_K_NR, sizeof(*a->val));
	if (!a->val)
		return -ENOMEM;
	tui_acc_reset(a);
	return 0;
}

void tui_acc_free(struct tui_acc *a)
{
	free(a->val);
	free(a->used);
	memset(a, 0, sizeof(*a));
}

void tui_acc_reset(struct tui_acc *a)
{
	for (u32 i = 0; i < a->nr_used; i++)
		a->val[a->used[i]] = 0;
	a->nr_used = 0;
	for (u32 h = 0; h < TUI_H_NR; h++) {
		a->lo[h] = RXS_HIST_BUCKETS;
		a->hi[h] = 0;
		a->count[h] = 0;
	}
}

/* Enter the key among those used. */
static int use(struct tui_acc *a, u32 key)
{
	if (a->nr_used == a->cap_used) {
		u32 cap = a->cap_used ? a->cap_used * 2 : 1024;
		u32 *used = realloc(a->used, cap * sizeof(*used));

		if (!used)
			return -ENOMEM;
		a->used = used;
		a->cap_used = cap;
	}
	a->used[a->nr_used++] = key;
	return 0;
}

void tui_acc_add(struct tui_acc *a, u32 key, u64 v)
{
	u64 *at = &a->val[key];

	if (!v || (!*at && use(a, key)))
		return;
	if (key >= TUI_K_MIN0) {
		*at = !*at || v < *at ? v : *at;
	} else if (key >= TUI_K_MAX0) {
		*at = v > *at ? v : *at;
	} else {
		*at += v;
		if (key < TUI_K_SUM) {
			u32 h = key / RXS_HIST_BUCKETS, b = key % RXS_HIST_BUCKETS;

			a->lo[h] = b < a->lo[h] ? b : a->lo[h];
			a->hi[h] = b > a->hi[h] ? b : a->hi[h];
			a->count[h] += v;
		}
	}
}

void tui_acc_hist_add(struct tui_acc *a, u32 hist, u64 v)
{
	tui_acc_add(a, TUI_K_HIST + hist * RXS_HIST_BUCKETS + rxs_hist_bucket_of(v), 1);
	tui_acc_add(a, TUI_K_SUM + hist, v);
	tui_acc_add(a, TUI_K_HIST_MAX + hist, v);
	tui_acc_add(a, TUI_K_HIST_MIN + hist, v + 1);
}

struct rxs_hist tui_acc_hist(const struct tui_acc *a, u32 hist)
{
	struct rxs_hist h = {
		.count = a->count[hist],
		.sum = a->val[TUI_K_SUM + hist],
		.max = a->val[TUI_K_HIST_MAX + hist],
		.lo = a->lo[hist],
		.hi = a->hi[hist],
	};
	u64 min = a->val[TUI_K_HIST_MIN + hist];

	h.min = min ? min - 1 : 0;
	h.bucket = h.count ? &a->val[TUI_K_HIST + hist * RXS_HIST_BUCKETS] : NULL;
	return h;
}

u32 tui_flow_bin(u64 ns)
{
	u32 log, bin;

	if (ns < 64)
		return 0;
	log = 63 - (u32)__builtin_clzll(ns);
	bin = (log - 6) * 8 + (u32)(ns >> (log - 3) & 7);
	return bin < TUI_FLOW_BINS ? bin : TUI_FLOW_BINS - 1;
}

/* The middle of a bin, ns. */
static u64 flow_bin_mid(u32 bin)
{
	u32 log = bin / 8 + 6;

	return ((8 + (u64)(bin % 8)) * 2 + 1) << (log - 4);
}

u64 tui_acc_flow_quantile(const struct tui_acc *a, u32 flow, double q)
{
	const u64 *v = &a->val[TUI_K_FLOW + flow * TUI_FLOW_NR];
	u64 nr = v[TUI_FLOW_PACKETS], want = (u64)(q * (double)nr), sum = 0,
	    max = a->val[TUI_K_FLOW_MAX + flow];

	if (!nr)
		return 0;
	for (u32 b = 0; b < TUI_FLOW_BINS; b++) {
		sum += v[TUI_FLOW_BIN0 + b];
		if (sum > want || sum == nr)
			return flow_bin_mid(b) < max ? flow_bin_mid(b) : max;
	}
	return max;
}

static int by_key(const void *a, const void *b)
{
	u32 x = *(const u32 *)a, y = *(const u32 *)b;

	return x < y ? -1 : x > y;
}

u8 *tui_acc_encode(struct tui_acc *a, u32 *len)
{
	u8 *data, *p, *fit;
	u32 last = 0;

	*len = 0;
	if (!a->nr_used)
		return NULL;
	qsort(a->used, a->nr_used, sizeof(*a->used), by_key);
	/* Five bytes hold any distance of keys, ten any value. */
	data = malloc((size_t)a->nr_used * 15);
	if (!data)
		return NULL;
	p = data;
	for (u32 i = 0; i < a->nr_used; i++) {
		p = tui_put_num(p, a->used[i] - last);
		p = tui_put_num(p, a->val[a->used[i]]);
		last = a->used[i];
	}
	*len = (u32)(p - data);
	fit = realloc(data, *len);
	return fit ? fit : data;
}

void tui_acc_apply(struct tui_acc *a, const u8 *data, u32 len)
{
	const u8 *end = data + len;
	u64 key = 0, d, v;

	while (data < end) {
		data = tui_get_num(data, &d);
		data = tui_get_num(data, &v);
		key += d;
		tui_acc_add(a, (u32)key, v);
	}
}

void tui_acc_scan(const u8 *data, u32 len, u32 lo, u32 hi, void (*f)(void *ctx, u32 key, u64 v),
		  void *ctx)
{
	const u8 *end = data + len;
	u64 key = 0, d, v;

	while (data < end) {
		data = tui_get_num(data, &d);
		data = tui_get_num(data, &v);
		key += d;
		if (key >= hi)
			return;
		if (key >= lo)
			f(ctx, (u32)key, v);
	}
}
