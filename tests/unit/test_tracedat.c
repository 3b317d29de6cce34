// SPDX-License-Identifier: GPL-2.0
/* trace.dat of both versions: events of all CPUs by time, losses, clocks, damage. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "recording.h"

static const struct { u32 version; const char *compression; } forms[] = {
	{ 6, "" }, { 7, "none" }, { 7, "zstd" }, { 7, "zlib" },
};

/* An event that is known again by its skb. */
static void add_event(struct rec_page *p, u32 delta_ns, u64 skb)
{
	struct rec_buf b = { 0 };

	rec_netif(&b, skb, 60, "r0");
	rec_page_event(p, delta_ns, b.p, b.len);
	free(b.p);
}

static struct rxs_source *open_dat(const struct rec_tracedat *t, size_t cut)
{
	struct rec_buf b = { 0 };
	struct rxs_source *s;
	struct rxs_err e;
	int err;

	rec_tracedat(&b, t);
	s = rec_open(b.p, b.len - cut, &e, &err);
	if (!s)
		print_error("%s\n", e.text);
	assert_non_null(s);
	free(b.p);
	return s;
}

/* The next record is that event; its skb stands behind the common fields. */
static void expect_event(struct rxs_source *s, u64 ts_ns, s16 cpu, u64 skb)
{
	struct rxs_raw r;
	u64 have;

	assert_int_equal(s->ops->next(s, &r, NULL), 1);
	assert_int_equal(r.kind, RXS_RAW_TEP);
	assert_int_equal(r.ts_ns, ts_ns);
	assert_int_equal(r.cpu, cpu);
	assert_true(r.len_bytes >= 24);
	memcpy(&have, (const u8 *)r.data + 8, sizeof(have));
	assert_int_equal(have, skb);
}

static void expect_lost(struct rxs_source *s, u16 kind, s16 cpu, u64 count, u64 since_ns, u64 until_ns)
{
	struct rxs_raw r;

	assert_int_equal(s->ops->next(s, &r, NULL), 1);
	assert_int_equal(r.kind, RXS_RAW_LOST);
	assert_int_equal(r.lost_kind, kind);
	assert_int_equal(r.cpu, cpu);
	assert_int_equal(r.lost, count);
	assert_int_equal(r.lost_since_ns, since_ns);
	assert_int_equal(r.ts_ns, until_ns);
}

static void expect_end(struct rxs_source *s)
{
	struct rxs_raw r;

	assert_int_equal(s->ops->next(s, &r, NULL), 0);
	assert_int_equal(s->ops->next(s, &r, NULL), 0);
	rxs_source_close(s);
}

static void events_of_all_cpus_come_by_time(void **state)
{
	struct rec_page a[3], b[1];

	(void)state;
	rec_page_begin(&a[0], 1000);
	add_event(&a[0], 0, 1);
	add_event(&a[0], 50, 3);
	rec_page_begin(&a[1], 2000);
	add_event(&a[1], 1, 5);
	rec_page_begin(&a[2], 3000);
	add_event(&a[2], 7, 6);
	rec_page_begin(&b[0], 1020);
	add_event(&b[0], 0, 2);
	add_event(&b[0], 100, 4);
	for (unsigned int i = 0; i < RXS_ARRAY_SIZE(forms); i++) {
		struct rec_tracedat t = { .version = forms[i].version, .compression = forms[i].compression,
					  .clock = "mono", .cpu = { { a, 3 }, { b, 1 } } };
		struct rxs_source *s = open_dat(&t, 0);
		struct rxs_source_info info;

		s->ops->info(s, &info);
		assert_string_equal(info.clock, "mono");
		assert_string_equal(info.kernel, "6.1.0-test");
		assert_int_equal(info.nr_cpus, 2);
		expect_event(s, 1000, 0, 1);
		expect_event(s, 1020, 1, 2);
		expect_event(s, 1050, 0, 3);
		expect_event(s, 1120, 1, 4);
		expect_event(s, 2001, 0, 5);
		expect_event(s, 3007, 0, 6);
		s->ops->info(s, &info);
		assert_string_equal(info.note, "");
		expect_end(s);
	}
}

static void long_waits_and_absolute_times_are_counted_in(void **state)
{
	const u64 high = 5ull << 59;	/* beyond what an absolute time can hold */
	struct rec_page p[2];
	struct rec_tracedat t = { .version = 6, .clock = "mono", .cpu = { { p, 2 }, { NULL, 0 } } };
	struct rxs_source *s;
	u8 big[200] = { REC_OTHER };

	(void)state;
	rec_page_begin(&p[0], 1000);
	add_event(&p[0], 1, 1);
	rec_page_extend(&p[0], 10ull << 30);
	add_event(&p[0], 2, 2);
	rec_page_absolute(&p[0], 20ull << 30);
	add_event(&p[0], 3, 3);
	rec_page_discarded(&p[0], 100, 32);
	add_event(&p[0], 4, 4);
	rec_page_event(&p[0], 1, big, sizeof(big));	/* its length does not fit the header */
	add_event(&p[0], 1, 5);
	rec_page_begin(&p[1], high + 500);
	add_event(&p[1], 0, 6);
	rec_page_absolute(&p[1], 700);
	add_event(&p[1], 0, 7);
	s = open_dat(&t, 0);
	expect_event(s, 1001, 0, 1);
	expect_event(s, 1003 + (10ull << 30), 0, 2);
	expect_event(s, 3 + (20ull << 30), 0, 3);
	expect_event(s, 107 + (20ull << 30), 0, 4);
	expect_event(s, 108 + (20ull << 30), 0, 0);
	expect_event(s, 109 + (20ull << 30), 0, 5);
	expect_event(s, high + 500, 0, 6);
	expect_event(s, high + 700, 0, 7);
	expect_end(s);
}

static void losses_stand_before_the_event_that_follows(void **state)
{
	struct rec_page p[3], q[1];
	struct rec_tracedat t = { .version = 7, .compression = "none", .clock = "mono",
				  .cpu = { { p, 3 }, { q, 1 } } };
	struct rxs_source *s;

	(void)state;
	rec_page_begin(&p[0], 1000);
	add_event(&p[0], 0, 1);
	rec_page_begin(&p[1], 2000);
	add_event(&p[1], 0, 3);
	rec_page_missed(&p[1], true, 17);
	rec_page_begin(&p[2], 3000);
	add_event(&p[2], 0, 4);
	rec_page_missed(&p[2], false, 0);
	rec_page_begin(&q[0], 1500);
	add_event(&q[0], 0, 2);
	s = open_dat(&t, 0);
	expect_event(s, 1000, 0, 1);
	expect_event(s, 1500, 1, 2);
	expect_lost(s, RXS_LOST_RING, 0, 17, 1000, 2000);
	expect_event(s, 2000, 0, 3);
	expect_lost(s, RXS_LOST_RING, 0, 0, 2000, 3000);
	expect_event(s, 3000, 0, 4);
	expect_end(s);
}

static void losses_behind_the_last_event_come_from_the_statistics(void **state)
{
	struct rec_page p[2];
	struct rec_tracedat t = { .version = 6, .clock = "mono", .cpu = { { p, 2 }, { NULL, 0 } },
				  .cpustat = { "CPU: 0\nentries: 0\noverrun: 17\ncommit overrun: 0\nbytes: 0\n"
					       "dropped events: 5\nread events: 2\n" } };
	struct rxs_source *s;

	(void)state;
	rec_page_begin(&p[0], 1000);
	add_event(&p[0], 0, 1);
	rec_page_begin(&p[1], 2000);
	add_event(&p[1], 0, 2);
	rec_page_missed(&p[1], true, 17);
	s = open_dat(&t, 0);
	expect_event(s, 1000, 0, 1);
	expect_lost(s, RXS_LOST_RING, 0, 17, 1000, 2000);
	expect_event(s, 2000, 0, 2);
	expect_lost(s, RXS_LOST_RING, 0, 5, 0, 2000);
	expect_end(s);
}

static void instances_are_read_as_well(void **state)
{
	struct rec_page top[1], other[1];

	(void)state;
	rec_page_begin(&top[0], 1000);
	add_event(&top[0], 0, 1);
	rec_page_begin(&other[0], 1500);
	add_event(&other[0], 0, 2);
	for (unsigned int i = 0; i < RXS_ARRAY_SIZE(forms); i++) {
		struct rec_tracedat t = { .version = forms[i].version, .compression = forms[i].compression,
					  .clock = "mono", .cpu = { { top, 1 }, { NULL, 0 } },
					  .instance = "packets", .instance_cpu = { { NULL, 0 }, { other, 1 } },
					  .cpustat = { "CPU: 0\noverrun: 0\n",
						       "\nBuffer: packets\n\nCPU: 1\noverrun: 9\n" } };
		struct rxs_source *s = open_dat(&t, 0);

		expect_event(s, 1000, 0, 1);
		expect_event(s, 1500, 1, 2);
		expect_lost(s, RXS_LOST_RING, 1, 9, 0, 1500);
		expect_end(s);
	}
}

static void times_are_moved_as_the_options_say(void **state)
{
	struct rec_page p[1];
	struct rec_tracedat offset = { .version = 6, .clock = "mono", .cpu = { { p, 1 }, { NULL, 0 } },
				       .offset = "0x100" };
	struct rec_tracedat tsc = { .version = 7, .compression = "zstd", .clock = "x86-tsc",
				    .cpu = { { p, 1 }, { NULL, 0 } }, .tsc_mult = 3, .tsc_shift = 1,
				    .tsc_offset = 7 };
	struct rxs_source_info info;
	struct rxs_source *s;

	(void)state;
	rec_page_begin(&p[0], 1000);
	add_event(&p[0], 0, 1);
	s = open_dat(&offset, 0);
	expect_event(s, 1256, 0, 1);
	expect_end(s);
	s = open_dat(&tsc, 0);
	expect_event(s, 1507, 0, 1);
	expect_end(s);
	tsc.tsc_mult = 0;
	s = open_dat(&tsc, 0);
	s->ops->info(s, &info);
	assert_non_null(strstr(info.note, "cycles"));
	expect_event(s, 1000, 0, 1);
	expect_end(s);
}

static void a_file_that_is_cut_off_gives_what_it_has(void **state)
{
	struct rec_page p[3];
	struct rec_tracedat t = { .version = 6, .clock = "mono", .cpu = { { NULL, 0 }, { p, 3 } } };
	struct rxs_source_info info;
	struct rxs_source *s;

	(void)state;
	for (int i = 0; i < 3; i++) {
		rec_page_begin(&p[i], 1000 + i * 1000);
		add_event(&p[i], 0, i + 1);
	}
	s = open_dat(&t, REC_PAGE_BYTES + 100);
	expect_event(s, 1000, 1, 1);
	expect_lost(s, RXS_LOST_FILE, 1, 0, 1000, 1000);
	s->ops->info(s, &info);
	assert_non_null(strstr(info.note, "cut off"));
	expect_end(s);
}

static void a_damaged_page_costs_its_own_events(void **state)
{
	struct rec_page p[3];
	struct rec_tracedat t = { .version = 6, .clock = "mono", .cpu = { { p, 3 }, { NULL, 0 } } };
	u64 too_long = REC_PAGE_BYTES;
	struct rxs_source *s;
	u32 bad_head = 28;	/* 112 bytes, of which the page has fewer */

	(void)state;
	for (int i = 0; i < 3; i++) {
		rec_page_begin(&p[i], 1000 + i * 1000);
		add_event(&p[i], 0, i + 1);
	}
	memcpy(p[1].bytes + 8, &too_long, sizeof(too_long));
	s = open_dat(&t, 0);
	expect_event(s, 1000, 0, 1);
	expect_lost(s, RXS_LOST_FILE, 0, 0, 1000, 3000);
	expect_event(s, 3000, 0, 3);
	expect_end(s);
	rec_page_begin(&p[1], 2000);
	add_event(&p[1], 0, 2);
	add_event(&p[1], 10, 22);
	memcpy(p[1].bytes + 16 + p[1].used / 2, &bad_head, sizeof(bad_head));
	s = open_dat(&t, 0);
	expect_event(s, 1000, 0, 1);
	expect_event(s, 2000, 0, 2);
	expect_lost(s, RXS_LOST_FILE, 0, 0, 2000, 3000);
	expect_event(s, 3000, 0, 3);
	expect_end(s);
}

static void tasks_and_functions_of_the_recording_are_known(void **state)
{
	struct rec_page p[1];
	struct rec_buf drop = { 0 };
	struct rec_tracedat t = { .version = 7, .compression = "zstd", .clock = "mono",
				  .cpu = { { p, 1 }, { NULL, 0 } }, .cmdlines = "7 a name\n42 reader\n",
				  .kallsyms = "ffffffff81000000 T ip_rcv\nffffffff81000100 t icmp_rcv\n"
					      "ffffffff81000200 T after\n" };
	struct rxs_strtab *names = rxs_strtab_new();
	struct rxs_decode *d;
	struct rxs_source *s;
	struct rxs_event ev;
	struct rxs_lost lost;
	struct rxs_raw r;

	(void)state;
	rec_page_begin(&p[0], 1000);
	rec_kfree(&drop, 1, 0xffffffff81000123, 3);
	rec_page_event(&p[0], 0, drop.p, drop.len);
	free(drop.p);
	s = open_dat(&t, 0);
	assert_string_equal(s->ops->comm(s, 42), "reader");
	assert_string_equal(s->ops->comm(s, 7), "a name");
	assert_null(s->ops->comm(s, 8));
	assert_int_equal(rxs_decode_new(&d, s, names, NULL), 0);
	assert_int_equal(s->ops->next(s, &r, NULL), 1);
	assert_int_equal(rxs_decode_record(d, &r, &ev, &lost), 1);
	assert_string_equal(rxs_strtab_get(names, ev.symbol), "icmp_rcv");
	assert_string_equal(rxs_strtab_get(names, ev.reason), "NO_SOCKET");
	rxs_decode_free(d);
	rxs_strtab_free(names);
	expect_end(s);
}

static void refused(const struct rec_tracedat *t, size_t len, const char *sentence)
{
	struct rec_buf b = { 0 };
	struct rxs_err e;
	int err;

	rec_tracedat(&b, t);
	assert_null(rec_open(b.p, len && len < b.len ? len : b.len, &e, &err));
	assert_int_equal(err, -EBADMSG);
	assert_non_null(strstr(e.text, sentence));
	free(b.p);
}

static void what_cannot_be_read_is_refused_with_a_reason(void **state)
{
	struct rec_tracedat t = { .version = 8, .compression = "none", .clock = "mono" };

	(void)state;
	refused(&t, 0, "version 8");
	t.version = 6;
	refused(&t, 200, "cut off");
	refused(&t, 1500, "event formats");
	t.big_endian = 1;
	refused(&t, 0, "big-endian");
	t.big_endian = 0;
	t.version = 7;
	t.compression = "lzma";
	refused(&t, 0, "lzma");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(events_of_all_cpus_come_by_time),
		cmocka_unit_test(long_waits_and_absolute_times_are_counted_in),
		cmocka_unit_test(losses_stand_before_the_event_that_follows),
		cmocka_unit_test(losses_behind_the_last_event_come_from_the_statistics),
		cmocka_unit_test(instances_are_read_as_well),
		cmocka_unit_test(times_are_moved_as_the_options_say),
		cmocka_unit_test(a_file_that_is_cut_off_gives_what_it_has),
		cmocka_unit_test(a_damaged_page_costs_its_own_events),
		cmocka_unit_test(tasks_and_functions_of_the_recording_are_known),
		cmocka_unit_test(what_cannot_be_read_is_refused_with_a_reason),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
