// SPDX-License-Identifier: GPL-2.0
/* Own times of functions, and which of them differ. */
#include <errno.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "../../tracer/run/rxs_graph_read.h"

static struct rxs_graph *base, *new_;
static struct rxs_graph_diff *diff;

static void leave(struct rxs_graph *g, unsigned int depth, const char *function, u64 ns)
{
	assert_int_equal(rxs_graph_exit(g, 7, depth, function, ns), 0);
}

/* A poll of one packet: the driver's own 100 ns, and 40 in the stack. */
static void packet(struct rxs_graph *g, u64 driver_ns, u64 stack_ns)
{
	leave(g, 2, "stack", stack_ns);
	leave(g, 1, "driver", driver_ns + stack_ns);
	leave(g, 0, "softirq", driver_ns + stack_ns + 10);
}

static void compare(u64 packets)
{
	assert_int_equal(rxs_graph_compare(&diff, base, packets, new_, packets), 0);
}

static const struct rxs_graph_row *row(const char *function)
{
	for (u32 i = 0; i < diff->nr_rows; i++)
		if (!strcmp(diff->rows[i].function, function))
			return &diff->rows[i];
	fail_msg("no row for %s", function);
	return NULL;
}

static bool about(double a, double b)
{
	return fabs(a - b) < 0.001;
}

static void the_function_that_takes_longer_is_named_and_no_other(void **state)
{
	(void)state;
	for (int i = 0; i < 200; i++) {
		packet(base, 100, 40);
		packet(new_, 117, 40);
	}
	compare(200);
	assert_int_equal(diff->nr_rows, 3);
	assert_string_equal(diff->rows[0].function, "driver");
	assert_true(about(diff->rows[0].added_ns, 17));
	assert_true(about(diff->rows[0].base_call_ns, 100));
	assert_true(about(diff->rows[1].added_ns, 0));
	assert_true(about(diff->rows[2].added_ns, 0));
	assert_true(about(row("softirq")->new_call_ns, 10));
	assert_int_equal(diff->shortest_ns, 40);
}

/* An interrupt lands on someone; what it calls is told, its own way in and out is not. */
static void an_interrupt_is_not_blamed_on_whom_it_hit(void **state)
{
	(void)state;
	for (int i = 0; i < 200; i++) {
		packet(base, 100, 40);
		if (i % 100 != 50) {
			packet(new_, 100, 40);
			continue;
		}
		leave(new_, 2, "stack", 40);
		leave(new_, 2, "timer", 3000);
		leave(new_, 1, "driver", 140 + 3000 + 90000);
		leave(new_, 0, "softirq", 93150);
	}
	compare(200);
	assert_true(about(row("driver")->added_ns, 0));
	assert_int_equal(row("driver")->like, 198);
	assert_true(about(row("timer")->added_calls, 0.01));
	assert_int_equal(row("timer")->base_calls, 0);
}

/* Half of the polls find nothing: each way is compared with its like. */
static void ways_through_a_function_are_told_apart(void **state)
{
	(void)state;
	for (int i = 0; i < 400; i++) {
		packet(base, 100, 40);
		leave(base, 1, "driver", 30);
		leave(base, 0, "softirq", 40);
		packet(new_, 120, 40);
		if (i % 4 == 0) {
			leave(new_, 1, "driver", 30);
			leave(new_, 0, "softirq", 40);
		}
	}
	compare(400);
	assert_true(about(row("driver")->added_ns, 20));
	assert_true(about(row("softirq")->added_ns, 0));
	assert_true(about(row("driver")->added_calls, -0.75));
}

static void a_call_more_is_told_as_such(void **state)
{
	(void)state;
	for (int i = 0; i < 100; i++) {
		packet(base, 100, 40);
		leave(new_, 2, "copy", 25);
		packet(new_, 125, 40);
	}
	compare(50);
	assert_true(about(row("copy")->added_calls, 2));
	assert_int_equal(row("copy")->base_calls, 0);
	/* it calls another number of functions now: no call has its like */
	assert_int_equal(row("driver")->like, 0);
	assert_true(about(row("driver")->added_ns, 0));
}

static void tasks_and_cpus_have_stacks_of_their_own(void **state)
{
	(void)state;
	for (int i = 0; i < 10; i++) {
		assert_int_equal(rxs_graph_exit(base, 7, 1, "inner", 40), 0);
		assert_int_equal(rxs_graph_exit(base, -1, 1, "inner", 60), 0);
		assert_int_equal(rxs_graph_exit(base, -2, 1, "inner", 80), 0);
		assert_int_equal(rxs_graph_exit(base, -1, 0, "idle0", 70), 0);
		assert_int_equal(rxs_graph_exit(base, 7, 0, "task", 50), 0);
		assert_int_equal(rxs_graph_exit(base, -2, 0, "idle1", 90), 0);
	}
	assert_int_equal(rxs_graph_compare(&diff, base, 1, base, 1), 0);
	assert_true(about(row("idle0")->base_call_ns, 10));
	assert_true(about(row("task")->base_call_ns, 10));
	assert_true(about(row("idle1")->base_call_ns, 10));
}

static void nonsense_of_a_damaged_file_does_no_harm(void **state)
{
	(void)state;
	for (unsigned int depth = 0; depth < 200; depth += 3)
		leave(base, depth, "deep", depth);
	leave(base, ~0u, "deepest", ~0ull);
	leave(base, 0, "longest", ~0ull);
	leave(base, 1, "longer than its caller", 500);
	leave(base, 0, "caller", 1);
	rxs_graph_lost(new_, 3);
	compare(0);
	assert_int_equal(diff->base_packets, 1);
	assert_int_equal(diff->new_lost, 3);
	assert_int_equal(row("caller")->base_calls, 1);
}

static void more_functions_than_a_kernel_has_fit(void **state)
{
	char name[32];

	(void)state;
	for (int i = 0; i < 100000; i++) {
		snprintf(name, sizeof(name), "f%d", i % 50000);
		leave(i % 2 ? base : new_, 0, name, 10);
	}
	compare(1);
	assert_int_equal(diff->nr_rows, 50000);
}

static void a_graph_lies_beside_its_recording(void **state)
{
	char b[32];

	(void)state;
	assert_int_equal(rxs_graph_name(b, sizeof(b), "a/b.rxs"), 0);
	assert_string_equal(b, "a/b.graph.dat");
	assert_int_equal(rxs_graph_name(b, sizeof(b), "b"), 0);
	assert_string_equal(b, "b.graph.dat");
	assert_int_equal(rxs_graph_name(b, 12, "b.rxs"), 0);
	assert_int_equal(rxs_graph_name(b, 11, "b.rxs"), -ENAMETOOLONG);
}

static int set_up(void **state)
{
	(void)state;
	diff = NULL;
	return rxs_graph_new(&base) || rxs_graph_new(&new_);
}

static int tear_down(void **state)
{
	(void)state;
	rxs_graph_free(base);
	rxs_graph_free(new_);
	rxs_graph_diff_free(diff);
	return 0;
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_function_that_takes_longer_is_named_and_no_other),
		TEST(an_interrupt_is_not_blamed_on_whom_it_hit),
		TEST(ways_through_a_function_are_told_apart),
		TEST(a_call_more_is_told_as_such),
		TEST(tasks_and_cpus_have_stacks_of_their_own),
		TEST(nonsense_of_a_damaged_file_does_no_harm),
		TEST(more_functions_than_a_kernel_has_fit),
		TEST(a_graph_lies_beside_its_recording),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
