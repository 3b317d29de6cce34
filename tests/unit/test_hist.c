// SPDX-License-Identifier: GPL-2.0
/* The histogram: exactness, error bound, percentiles against sorted values. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../../tracer/stat/rxs_hist.h"

static u64 rnd_state = 88172645463325252ull;

static u64 rnd(void)
{
	rnd_state ^= rnd_state << 13;
	rnd_state ^= rnd_state >> 7;
	return rnd_state ^= rnd_state << 17;
}

static void buckets_are_in_order_and_without_gaps(void **state)
{
	(void)state;
	for (u32 b = 0; b < RXS_HIST_BUCKETS; b++) {
		u64 low = rxs_hist_bucket_low(b);

		assert_int_equal(rxs_hist_bucket_of(low), b);
		if (b)
			assert_int_equal(rxs_hist_bucket_of(low - 1), b - 1);
	}
	assert_int_equal(rxs_hist_bucket_of(UINT64_MAX), RXS_HIST_BUCKETS - 1);
	for (u64 v = 0; v < 64; v++)
		assert_int_equal(rxs_hist_bucket_low(rxs_hist_bucket_of(v)), v);
}

static void empty_says_zero(void **state)
{
	struct rxs_hist h = { 0 };

	(void)state;
	assert_int_equal(rxs_hist_quantile(&h, 0.5), 0);
	assert_true(rxs_hist_mean(&h) == 0.0);
	rxs_hist_reset(&h);
}

static int by_value(const void *a, const void *b)
{
	u64 x = *(const u64 *)a, y = *(const u64 *)b;

	return x < y ? -1 : x > y;
}

static void quantiles_are_within_the_stated_error(void **state)
{
	static const double q[] = { 0.01, 0.5, 0.9, 0.99, 0.999 };
	enum { N = 20000 };
	static u64 v[N];
	struct rxs_hist h = { 0 };
	u64 sum = 0;

	(void)state;
	for (int i = 0; i < N; i++) {
		v[i] = rnd() >> (rnd() % 60);
		sum += v[i];
		assert_int_equal(rxs_hist_add(&h, v[i]), 0);
	}
	qsort(v, N, sizeof(*v), by_value);
	assert_int_equal(h.count, N);
	assert_int_equal(h.sum, sum);
	assert_int_equal(h.min, v[0]);
	assert_int_equal(h.max, v[N - 1]);
	for (size_t i = 0; i < RXS_ARRAY_SIZE(q); i++) {
		u64 exact = v[(size_t)(q[i] * N + 0.9999999) - 1];
		u64 got = rxs_hist_quantile(&h, q[i]);
		u64 off = got > exact ? got - exact : exact - got;

		assert_true(off <= exact / 62 + 1);
	}
	assert_int_equal(rxs_hist_quantile(&h, 0.0), v[0]);
	assert_int_equal(rxs_hist_quantile(&h, 1.0), v[N - 1]);
	rxs_hist_reset(&h);
}

static void the_largest_values_do_not_wrap(void **state)
{
	struct rxs_hist h = { 0 };

	(void)state;
	assert_int_equal(rxs_hist_add(&h, UINT64_MAX), 0);
	assert_int_equal(rxs_hist_quantile(&h, 0.5), UINT64_MAX);
	assert_int_equal(rxs_hist_add(&h, 0), 0);
	assert_int_equal(rxs_hist_quantile(&h, 0.5), 0);
	rxs_hist_reset(&h);
}

static void merging_equals_adding_all(void **state)
{
	struct rxs_hist a = { 0 }, b = { 0 }, both = { 0 }, copy = { 0 };

	(void)state;
	for (int i = 0; i < 1000; i++) {
		u64 v = rnd() % 1000000;

		rxs_hist_add(i & 1 ? &a : &b, v);
		rxs_hist_add(&both, v);
	}
	assert_int_equal(rxs_hist_merge(&a, &b), 0);
	assert_int_equal(a.count, both.count);
	assert_int_equal(a.sum, both.sum);
	assert_int_equal(a.lo, both.lo);
	assert_int_equal(a.hi, both.hi);
	for (u32 b = both.lo; b <= both.hi; b++)
		assert_int_equal(a.bucket[b], both.bucket[b]);
	assert_int_equal(rxs_hist_copy(&copy, &a), 0);
	assert_int_equal(copy.count, both.count);
	assert_int_equal(copy.min, both.min);
	for (u32 b = both.lo; b <= both.hi; b++)
		assert_int_equal(copy.bucket[b], both.bucket[b]);
	rxs_hist_reset(&a);
	rxs_hist_reset(&b);
	rxs_hist_reset(&both);
	rxs_hist_reset(&copy);
	assert_int_equal(rxs_hist_merge(&a, &b), 0);	/* empty into empty */
	assert_null(a.bucket);
}

/* Thousands of flows have one each: a few values must not take memory for all that are possible. */
static void memory_is_taken_for_what_is_counted(void **state)
{
	struct rxs_hist h = { 0 }, copy = { 0 };

	(void)state;
	for (u64 v = 1000; v < 2000; v += 7)
		rxs_hist_add(&h, v);
	assert_in_range(h.nr, 1, 192);
	rxs_hist_add(&h, 3);
	rxs_hist_add(&h, UINT64_MAX);
	assert_int_equal(h.nr, RXS_HIST_BUCKETS);
	assert_int_equal(h.bucket[3], 1);
	assert_int_equal(h.bucket[rxs_hist_bucket_of(1000)], 2);	/* 1000 and 1007 */
	assert_int_equal(rxs_hist_copy(&copy, &h), 0);
	assert_int_equal(rxs_hist_quantile(&copy, 0.5), rxs_hist_quantile(&h, 0.5));
	rxs_hist_reset(&h);
	assert_int_equal(rxs_hist_add(&h, 5), 0);
	assert_int_equal(h.min, 5);
	rxs_hist_reset(&h);
	rxs_hist_reset(&copy);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(buckets_are_in_order_and_without_gaps),
		cmocka_unit_test(empty_says_zero),
		cmocka_unit_test(quantiles_are_within_the_stated_error),
		cmocka_unit_test(the_largest_values_do_not_wrap),
		cmocka_unit_test(merging_equals_adding_all),
		cmocka_unit_test(memory_is_taken_for_what_is_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
