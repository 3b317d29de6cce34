// SPDX-License-Identifier: GPL-2.0
/* Missed kprobes, as kprobe_profile tells of them: written here, into a folder that stands for tracefs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "../../tracer/source/src_tracefs.h"

static char folder[] = "/tmp/rxs-misses-XXXXXX";

static void write_file(const char *name, const char *text)
{
	char path[128];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	f = fopen(path, "w");
	assert_non_null(f);
	fputs(text, f);
	assert_int_equal(fclose(f), 0);
}

/* Three probes; the second is somebody else's of the same name as the third. */
static void profile(unsigned int gro, unsigned int others, unsigned int ip_rcv)
{
	char text[256];

	write_file("kprobe_events", "p:ours/gro dev_gro_receive skb=%di:u64\np:others/ip_rcv ip_rcv\n"
				    "r32:ours/ip_rcv ip_rcv ret=$retval\n");
	snprintf(text, sizeof(text), "  gro   99  %u\n  ip_rcv   5  %u\n  ip_rcv   77   %u\n", gro, others, ip_rcv);
	write_file("kprobe_profile", text);
}

static int set_up(void **state)
{
	(void)state;
	return mkdtemp(folder) ? 0 : -1;
}

static int tear_down(void **state)
{
	char path[128];

	(void)state;
	snprintf(path, sizeof(path), "%s/kprobe_events", folder);
	unlink(path);
	snprintf(path, sizeof(path), "%s/kprobe_profile", folder);
	unlink(path);
	return rmdir(folder);
}

/* The next look is due a tenth of a second after the last. */
static void wait_for_a_look(void)
{
	nanosleep(&(struct timespec){ .tv_nsec = 120000000 }, NULL);
}

static void expect(struct rxs_misses *m, u64 last_ns, const char *name, u64 lost, u64 since_ns)
{
	struct rxs_raw r;

	assert_int_equal(rxs_misses_next(m, last_ns, &r), 1);
	assert_int_equal(r.len_bytes, strlen(name));
	assert_memory_equal(r.data, name, r.len_bytes);
	assert_int_equal(r.lost_kind, RXS_LOST_KPROBE);
	assert_int_equal(r.lost, lost);
	assert_int_equal(r.ts_ns, last_ns);
	assert_int_equal(r.lost_since_ns, since_ns);
}

static void misses_are_told_with_the_time_between_two_looks(void **state)
{
	struct rxs_misses *m = rxs_misses_new(folder, "ours");
	struct rxs_raw r;

	(void)state;
	profile(0, 7, 0);
	wait_for_a_look();
	rxs_misses_look(m, 1000, true, false);	/* another's misses are not ours */
	assert_int_equal(rxs_misses_next(m, 1000, &r), 0);
	profile(0, 9, 3);
	wait_for_a_look();
	rxs_misses_look(m, 2000, false, false);	/* events are there: the clock is not even asked */
	rxs_misses_look(m, 2000, true, false);
	/* events from before the look may not have been read yet */
	assert_int_equal(rxs_misses_next(m, 2000, &r), 0);
	rxs_misses_look(m, 2600, true, false);
	expect(m, 2600, "ip_rcv", 3, 1000);
	assert_int_equal(rxs_misses_next(m, 2600, &r), 0);
	/* what was told is not told again, at the end everything is */
	profile(2, 9, 4);
	rxs_misses_look(m, 3000, true, true);
	expect(m, 3000, "gro", 2, 2600);
	expect(m, 3000, "ip_rcv", 1, 2600);
	assert_int_equal(rxs_misses_next(m, 3000, &r), 0);
	rxs_misses_look(m, 3000, true, true);
	assert_int_equal(rxs_misses_next(m, 3000, &r), 0);
	rxs_misses_free(m);
}

static void what_was_found_is_told_at_the_end_with_what_came_after(void **state)
{
	struct rxs_misses *m = rxs_misses_new(folder, "ours");
	struct rxs_raw r;

	(void)state;
	profile(1, 0, 0);
	wait_for_a_look();
	rxs_misses_look(m, 1000, true, false);
	profile(4, 0, 0);
	rxs_misses_look(m, 2000, true, true);
	expect(m, 2000, "gro", 4, 0);
	assert_int_equal(rxs_misses_next(m, 2000, &r), 0);
	rxs_misses_free(m);
}

static void a_kernel_without_the_files_tells_of_none(void **state)
{
	struct rxs_misses *m = rxs_misses_new("/nonexistent", "ours");
	struct rxs_raw r;

	(void)state;
	rxs_misses_look(m, 1, true, true);
	assert_int_equal(rxs_misses_next(m, 1, &r), 0);
	rxs_misses_free(m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(misses_are_told_with_the_time_between_two_looks),
		cmocka_unit_test(what_was_found_is_told_at_the_end_with_what_came_after),
		cmocka_unit_test(a_kernel_without_the_files_tells_of_none),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
