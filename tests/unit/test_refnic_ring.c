// SPDX-License-Identifier: GPL-2.0
/* Index arithmetic of refnic's descriptor rings, against a ring that is walked one slot at a time. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../../driver/refnic_ring.h"

/* Calls CHECK for every length that the NIC can do. */
static void for_all_lengths(void (*check)(unsigned int count))
{
	for (unsigned int n = REFNIC_RING_MIN; n <= REFNIC_RING_MAX; n += REFNIC_RING_STEP)
		check(n);
}

static void walk_round(unsigned int count)
{
	static unsigned char seen[REFNIC_RING_MAX];
	unsigned int index = 0;

	memset(seen, 0, sizeof(seen));
	for (unsigned int i = 0; i < count; i++) {
		assert_in_range(index, 0, count - 1);
		assert_int_equal(seen[index], 0);
		seen[index] = 1;
		index = refnic_ring_next(index, count);
	}
	assert_int_equal(index, 0);
}

static void next_visits_each_slot_once_and_comes_back(void **state)
{
	(void)state;
	for_all_lengths(walk_round);
}

static void next_wraps_after_the_last_slot_only(void **state)
{
	(void)state;
	assert_int_equal(refnic_ring_next(254, 256), 255);
	assert_int_equal(refnic_ring_next(255, 256), 0);
	assert_int_equal(refnic_ring_next(0, 256), 1);
	assert_int_equal(refnic_ring_next(79, 80), 0);
	assert_int_equal(refnic_ring_next(79, 256), 80);
}

/* Wherever the two meet, the ring is empty: all but one may be handed over. */
static void empty_everywhere(unsigned int count)
{
	for (unsigned int i = 0; i < count; i++) {
		assert_int_equal(refnic_ring_used(count, i, i), 0);
		assert_int_equal(refnic_ring_unused(count, i, i), count - 1);
	}
}

static void ring_whose_indices_meet_is_empty(void **state)
{
	(void)state;
	for_all_lengths(empty_everywhere);
}

/* One slot short of meeting, it is full: none may be handed over. */
static void full_everywhere(unsigned int count)
{
	for (unsigned int i = 0; i < count; i++) {
		unsigned int clean = refnic_ring_next(i, count);

		assert_int_equal(refnic_ring_used(count, i, clean), count - 1);
		assert_int_equal(refnic_ring_unused(count, i, clean), 0);
	}
}

static void ring_with_one_slot_left_is_full(void **state)
{
	(void)state;
	for_all_lengths(full_everywhere);
}

/* What all pairs of indices say is how many steps lead from one to the other. */
static void steps_between_all_pairs(unsigned int count)
{
	for (unsigned int clean = 0; clean < count; clean++) {
		unsigned int use = clean;

		for (unsigned int steps = 0; steps < count; steps++) {
			assert_true(refnic_ring_used(count, use, clean) == steps);
			assert_true(refnic_ring_unused(count, use, clean) == count - 1 - steps);
			use = refnic_ring_next(use, count);
		}
	}
}

static void used_is_the_number_of_steps_from_clean_to_use(void **state)
{
	(void)state;
	steps_between_all_pairs(REFNIC_RING_MIN);
	steps_between_all_pairs(REFNIC_RING_MIN + REFNIC_RING_STEP);
	steps_between_all_pairs(256);
	steps_between_all_pairs(1000);
}

static void used_across_the_end_of_the_ring(void **state)
{
	(void)state;
	assert_int_equal(refnic_ring_used(256, 3, 250), 9);
	assert_int_equal(refnic_ring_unused(256, 3, 250), 246);
	assert_int_equal(refnic_ring_used(256, 250, 3), 247);
	assert_int_equal(refnic_ring_used(4096, 0, 4095), 1);
	assert_int_equal(refnic_ring_used(4096, 4095, 0), 4095);
	assert_int_equal(refnic_ring_unused(4096, 4095, 0), 0);
}

/* Handing over and taking back in uneven lots, as refill and clean do: the sums must hold for ever. */
static void lots_in_and_out(unsigned int count)
{
	unsigned int use = 0, clean = 0, owned = 0;
	uint32_t rnd = count;

	for (int round = 0; round < 500; round++) {
		unsigned int put, take;

		rnd = rnd * 1664525u + 1013904223u;
		put = (rnd >> 8) % count;
		if (put > refnic_ring_unused(count, use, clean))
			put = refnic_ring_unused(count, use, clean);
		owned += put;
		while (put--)
			use = refnic_ring_next(use, count);
		assert_int_equal(refnic_ring_used(count, use, clean), owned);

		rnd = rnd * 1664525u + 1013904223u;
		take = (rnd >> 8) % (owned + 1);
		owned -= take;
		while (take--)
			clean = refnic_ring_next(clean, count);
		assert_int_equal(refnic_ring_used(count, use, clean), owned);
		assert_int_equal(refnic_ring_unused(count, use, clean), count - 1 - owned);
	}
}

static void sums_hold_over_many_rounds(void **state)
{
	(void)state;
	lots_in_and_out(REFNIC_RING_MIN);
	lots_in_and_out(104);
	lots_in_and_out(256);
	lots_in_and_out(REFNIC_RING_MAX);
}

static void length_is_clamped_to_what_the_nic_can_do(void **state)
{
	(void)state;
	assert_int_equal(refnic_ring_count(0), 80);
	assert_int_equal(refnic_ring_count(79), 80);
	assert_int_equal(refnic_ring_count(80), 80);
	assert_int_equal(refnic_ring_count(4096), 4096);
	assert_int_equal(refnic_ring_count(4097), 4096);
	assert_int_equal(refnic_ring_count(UINT32_MAX), 4096);
}

static void length_is_the_next_whole_step_upwards(void **state)
{
	(void)state;
	assert_int_equal(refnic_ring_count(81), 88);
	assert_int_equal(refnic_ring_count(101), 104);
	assert_int_equal(refnic_ring_count(104), 104);
	assert_int_equal(refnic_ring_count(4089), 4096);
	for (unsigned int wanted = REFNIC_RING_MIN; wanted <= REFNIC_RING_MAX; wanted++) {
		unsigned int count = refnic_ring_count(wanted);

		/* RDLEN takes lengths in steps of 128 bytes (8254x SDM 13.4.27). */
		assert_int_equal(count * 16 % 128, 0);
		assert_in_range(count, wanted, wanted + REFNIC_RING_STEP - 1);
		assert_int_equal(refnic_ring_count(count), count);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(next_visits_each_slot_once_and_comes_back),
		cmocka_unit_test(next_wraps_after_the_last_slot_only),
		cmocka_unit_test(ring_whose_indices_meet_is_empty),
		cmocka_unit_test(ring_with_one_slot_left_is_full),
		cmocka_unit_test(used_is_the_number_of_steps_from_clean_to_use),
		cmocka_unit_test(used_across_the_end_of_the_ring),
		cmocka_unit_test(sums_hold_over_many_rounds),
		cmocka_unit_test(length_is_clamped_to_what_the_nic_can_do),
		cmocka_unit_test(length_is_the_next_whole_step_upwards),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
