// SPDX-License-Identifier: GPL-2.0
/* The report for people, from packets made by hand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "fixture.h"

static struct rxs_strtab *t;
static struct fixture_packet f[4];
static const struct rxs_packet *p[4] = { &f[0].p, &f[1].p, &f[2].p, &f[3].p };

static int setup(void **state)
{
	(void)state;
	t = rxs_strtab_new();
	fixture_delivered(&f[0], t, 1, 1000000000, 1000);
	fixture_delivered(&f[1], t, 2, 1001000000, 2000);
	fixture_dropped(&f[2], t, 3, 1002000000, "NO_SOCKET", "__udp4_lib_rcv");
	fixture_delivered(&f[3], t, 4, 1003000000, 90000);
	return t ? 0 : -1;
}

static int teardown(void **state)
{
	(void)state;
	rxs_strtab_free(t);
	return 0;
}

static void has(const char *text, const char *what)
{
	if (!strstr(text, what))
		fail_msg("'%s' is missing in:\n%s", what, text);
}

static void has_not(const char *text, const char *what)
{
	if (strstr(text, what))
		fail_msg("'%s' should not be in:\n%s", what, text);
}

static void a_report_has_outcomes_stages_drops_and_loss(void **state)
{
	const struct rxs_view_opts o = { 0 };
	char *text = fixture_view("text", &o, t, p, 4, NULL, 0);

	(void)state;
	has(text, "test.rxs: rxs, kernel 6.1.0, 2 CPUs, clock mono (resolution 1 ns)");
	has(text, "each probe costs 210 ns");
	has(text, "4 packets seen");
	has(text, "  delivered              3   75.0 %");
	has(text, "  dropped                1   25.0 %");
	has(text, "udp_rcv                     4");
	has(text, "total (delivered)           3");
	has(text, "ip_rcv > socket             3");
	has(text, "NO_SOCKET                            1  udp_rcv             __udp4_lib_rcv");
	has(text, "10.0.0.1:1000 > 10.0.0.2:2000 udp");
	has(text, "loss: none known");
	has(text, "completeness 100 %");
	has(text, "events not used: 10 of types no stage stands for");
	has_not(text, "\033");
	free(text);
}

static void a_stage_that_nothing_passed_is_not_listed(void **state)
{
	const struct rxs_view_opts o = { 0 };
	char *text = fixture_view("text", &o, t, p, 4, NULL, 0);

	(void)state;
	has_not(text, "\ntcp_v4_rcv");
	has_not(text, "\nNAPI");
	free(text);
}

static void without_a_terminal_all_is_ascii_and_no_line_ends_in_a_blank(void **state)
{
	const struct rxs_view_opts o = { .packets = true };
	char *text = fixture_view("text", &o, t, p, 4, NULL, 0);

	(void)state;
	for (const char *c = text; *c; c++)
		assert_true((unsigned char)*c < 0x80);
	has_not(text, " \n");
	free(text);
}

static void loss_is_always_shown(void **state)
{
	const struct rxs_lost lost = { .until_ns = 1002500000, .count = 1204, .cpu = 1, .kind = RXS_LOST_RING };
	const struct rxs_view_opts plain = { 0 }, packets = { .packets = true };
	char *text = fixture_view("text", &plain, t, p, 4, &lost, 0);

	(void)state;
	has(text, ", 1,204 lost");
	has(text, "ring        1        1,204       1");
	free(text);
	text = fixture_view("text", &packets, t, p, 4, &lost, 0);
	has(text, "1.002500000 1,204 events lost (ring) on cpu 1");
	has(text, "ring        1        1,204       1");
	free(text);
}

static void a_loss_without_a_number_is_not_called_none(void **state)
{
	const struct rxs_lost lost = { .until_ns = 1002500000, .cpu = -1, .kind = RXS_LOST_FILE };
	const struct rxs_view_opts o = { 0 };
	char *text = fixture_view("text", &o, t, p, 4, &lost, 0);

	(void)state;
	has(text, "some lost");
	has(text, "file        -    not known");
	has_not(text, "none known");
	free(text);
}

static void packets_are_one_line_each_with_how_they_ended(void **state)
{
	const struct rxs_view_opts o = { .packets = true };
	char *text = fixture_view("text", &o, t, p, 4, NULL, 0);

	(void)state;
	has(text, "1.000000000 #1      eth0      5.00 us  10.0.0.1:1000 > 10.0.0.2:2000 udp, 60 bytes: "
	    "delivered to app/42\n");
	has(text, "#3      eth0      3.00 us  10.0.0.1:1000 > 10.0.0.2:2000 udp, 60 bytes: "
	    "dropped NO_SOCKET after udp_rcv by __udp4_lib_rcv\n");
	has(text, "4 packets seen");
	free(text);
}

static void one_packet_is_shown_step_by_step(void **state)
{
	const struct rxs_view_opts o = { .packet_id = 4 };
	char *text = fixture_view("text", &o, t, p, 4, NULL, 0);

	(void)state;
	has(text, "packet #4: 10.0.0.1:1000 > 10.0.0.2:2000 udp, 60 bytes on eth0 at 1.003000000");
	has(text, "delivered to app/42 after 450 us");
	has(text, "    0 ns            rx_desc            |");
	has(text, "  360 us  +90.0 us  app                |");
	has_not(text, "packets seen");
	free(text);
}

static void a_packet_that_is_not_there_is_told(void **state)
{
	const struct rxs_view_opts o = { .packet_id = 77 };
	char *text = fixture_view("text", &o, t, p, 4, NULL, -2 /* -ENOENT */);

	(void)state;
	free(text);
}

static void merged_and_incomplete_packets_say_into_what_and_why(void **state)
{
	const struct rxs_view_opts o = { .packets = true };
	const struct rxs_packet *q[2] = { &f[0].p, &f[1].p };
	char *text;

	(void)state;
	f[0].p.outcome = RXS_OUT_MERGED;
	f[0].p.merged_into = 2;
	f[0].p.merge_kind = RXS_MERGE_GRO;
	f[1].p.outcome = RXS_OUT_INCOMPLETE;
	f[1].p.why = RXS_WHY_LOSS;
	f[1].p.frames = 2;
	text = fixture_view("text", &o, t, q, 2, NULL, 0);
	has(text, "merged into #2 (GRO)");
	has(text, "2 frames: incomplete (loss)");
	has(text, "completeness 50.0 %, 1 incomplete: 1 loss");
	free(text);
}

static void no_packets_at_all_make_a_report_too(void **state)
{
	const struct rxs_view_opts o = { 0 };
	char *text = fixture_view("text", &o, t, p, 0, NULL, 0);

	(void)state;
	has(text, "0 packets seen");
	has(text, "completeness 100 %");
	free(text);
}

static void a_full_disk_is_told(void **state)
{
	const struct rxs_view_opts o = { .out = fopen("/dev/full", "w"), .packets = true };
	struct rxs_run_info ri = { .strtab = t };
	struct rxs_view *v = rxs_view_new("text", &o);

	(void)state;
	assert_non_null(o.out);
	setvbuf(o.out, NULL, _IONBF, 0);
	assert_int_equal(rxs_view_begin(v, &ri), 0);
	assert_int_equal(rxs_view_packet(v, p[0]), -5 /* -EIO */);
	rxs_view_free(v);
	fclose(o.out);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(a_report_has_outcomes_stages_drops_and_loss),
		T(a_stage_that_nothing_passed_is_not_listed),
		T(without_a_terminal_all_is_ascii_and_no_line_ends_in_a_blank),
		T(loss_is_always_shown),
		T(a_loss_without_a_number_is_not_called_none),
		T(packets_are_one_line_each_with_how_they_ended),
		T(one_packet_is_shown_step_by_step),
		T(a_packet_that_is_not_there_is_told),
		T(merged_and_incomplete_packets_say_into_what_and_why),
		T(no_packets_at_all_make_a_report_too),
		T(a_full_disk_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
