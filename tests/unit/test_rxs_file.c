// SPDX-License-Identifier: GPL-2.0
/* .rxs: what is written is read again. */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <zlib.h>

#include "rxsfile.h"

static void check_round_trip(int level)
{
	struct rxs_strtab *t = rxs_strtab_new();
	struct rf_rng r = { .s = 42 };
	char *path = rf_write(42, NR_EVENTS, level, true);
	struct rxs_event want, got;
	struct rxs_lost lost;
	struct rf_reader rd;
	u64 ts = 1000000000000;
	u8 hdr[RXS_HDR_MAX_BYTES];

	assert_int_equal(rf_open(&rd, path), 0);
	for (unsigned int i = 0; i < NR_EVENTS; i++) {
		ts = rf_next_time(&r, ts);
		rf_make_event(&r, t, &want, hdr, ts);
		assert_int_equal(rf_next(&rd, &got, &lost), 1);
		rf_same_event(t, &want, rd.t, &got);
	}
	assert_int_equal(rf_next(&rd, &got, &lost), 0);
	rf_close(&rd);
	unlink(path);
	free(path);
	rxs_strtab_free(t);
}

static void round_trip_keeps_every_event(void **state)
{
	(void)state;
	check_round_trip(1);
}

static void round_trip_without_compression_keeps_every_event(void **state)
{
	(void)state;
	check_round_trip(0);
}

static void header_tells_what_the_recorder_knew(void **state)
{
	char *path = rf_write(1, 10, 1, true);
	struct rxs_source_info i = { 0 };
	struct rf_reader rd;

	(void)state;
	assert_int_equal(rf_open(&rd, path), 0);
	rd.s->ops->info(rd.s, &i);
	assert_string_equal(i.kind, "rxs");
	assert_string_equal(i.kernel, rf_info.kernel);
	assert_string_equal(i.clock, rf_info.clock);
	assert_string_equal(i.note, rf_info.note);
	assert_int_equal(i.clock_res_ns, rf_info.clock_res_ns);
	assert_int_equal(i.nr_cpus, rf_info.nr_cpus);
	assert_int_equal(i.probe_cost_ns, rf_info.probe_cost_ns);
	assert_true(i.deterministic);
	rf_close(&rd);
	unlink(path);
	free(path);
}

static void losses_stand_where_they_happened(void **state)
{
	struct rxs_strtab *t = rxs_strtab_new();
	struct rxs_event ev = { .ts_ns = 5000, .stage = RXS_ST_IP_RCV, .op = RXS_OP_PASS, .skb = 1 };
	struct rxs_lost l = { .since_ns = 5000, .until_ns = 9000, .count = 17, .cpu = 3,
			      .kind = RXS_LOST_RING };
	struct rxs_lost got;
	struct rxs_writer *w;
	struct rf_reader rd;
	char path[64];
	int fd = rf_new_temp(path);

	(void)state;
	assert_int_equal(rxs_writer_new(&w, fd, &rf_info, t, NULL), 0);
	assert_int_equal(rxs_writer_event(w, &ev), 0);
	assert_int_equal(rxs_writer_lost(w, &l), 0);
	ev.ts_ns = 9000;
	assert_int_equal(rxs_writer_event(w, &ev), 0);
	l = (struct rxs_lost){ .until_ns = 9000, .cpu = -1, .kind = RXS_LOST_KPROBE, .count = 2,
			       .symbol = rxs_strtab_intern(t, "ip_rcv", 6) };
	assert_int_equal(rxs_writer_lost(w, &l), 0);
	assert_int_equal(rxs_writer_close(w), 0);
	close(fd);

	assert_int_equal(rf_open(&rd, path), 0);
	assert_int_equal(rf_next(&rd, &ev, &got), 1);
	assert_int_equal(rf_next(&rd, &ev, &got), 2);
	assert_int_equal(got.since_ns, 5000);
	assert_int_equal(got.until_ns, 9000);
	assert_int_equal(got.count, 17);
	assert_int_equal(got.cpu, 3);
	assert_int_equal(got.kind, RXS_LOST_RING);
	assert_int_equal(rf_next(&rd, &ev, &got), 1);
	assert_int_equal(ev.ts_ns, 9000);
	assert_int_equal(rf_next(&rd, &ev, &got), 2);
	assert_int_equal(got.kind, RXS_LOST_KPROBE);
	assert_int_equal(got.cpu, -1);
	assert_string_equal(rxs_strtab_get(rd.t, got.symbol), "ip_rcv");
	assert_int_equal(rf_next(&rd, &ev, &got), 0);
	rf_close(&rd);
	unlink(path);
	rxs_strtab_free(t);
}

static void recording_without_events_is_whole(void **state)
{
	char *path = rf_write(1, 0, 1, true);
	struct rxs_event ev;
	struct rxs_lost lost;
	struct rf_reader rd;

	(void)state;
	assert_int_equal(rf_open(&rd, path), 0);
	assert_int_equal(rf_next(&rd, &ev, &lost), 0);
	rf_close(&rd);
	unlink(path);
	free(path);
}

/* --- a stream */

static void stream_hands_out_what_was_flushed(void **state)
{
	struct rxs_strtab *t = rxs_strtab_new();
	struct rxs_event ev = { .ts_ns = 1, .stage = RXS_ST_UDP_RCV, .op = RXS_OP_PASS, .skb = 7 }, got;
	int fds[2], keep = dup(0);
	struct rxs_writer *w;
	struct rxs_lost lost;
	struct rf_reader rd;

	(void)state;
	assert_int_equal(pipe(fds), 0);
	assert_int_equal(rxs_writer_new(&w, fds[1], &rf_info, t, NULL), 0);
	dup2(fds[0], 0);
	assert_int_equal(rf_open(&rd, "-"), 0);
	assert_true(rd.s->ops->pollfd(rd.s) >= 0);
	assert_int_equal(rf_next(&rd, &got, &lost), -EAGAIN);
	for (unsigned int i = 0; i < 5; i++) {
		ev.ts_ns += 1000;
		assert_int_equal(rxs_writer_event(w, &ev), 0);
		assert_int_equal(rf_next(&rd, &got, &lost), -EAGAIN);
		assert_int_equal(rxs_writer_flush(w), 0);
		assert_int_equal(rf_next(&rd, &got, &lost), 1);
		assert_int_equal(got.ts_ns, ev.ts_ns);
	}
	assert_int_equal(rxs_writer_close(w), 0);
	close(fds[1]);
	assert_int_equal(rf_next(&rd, &got, &lost), 0);
	rf_close(&rd);
	dup2(keep, 0);
	close(keep);
	close(fds[0]);
	rxs_strtab_free(t);
}

static void writer_tells_that_its_reader_went_away(void **state)
{
	struct rxs_strtab *t = rxs_strtab_new();
	struct rxs_event ev = { .ts_ns = 1, .stage = RXS_ST_UDP_RCV, .op = RXS_OP_PASS };
	struct rxs_writer *w;
	int fds[2];

	(void)state;
	signal(SIGPIPE, SIG_IGN);
	assert_int_equal(pipe(fds), 0);
	assert_int_equal(rxs_writer_new(&w, fds[1], &rf_info, t, NULL), 0);
	close(fds[0]);
	assert_int_equal(rxs_writer_event(w, &ev), 0);
	assert_int_equal(rxs_writer_flush(w), -EPIPE);
	assert_int_equal(rxs_writer_event(w, &ev), -EPIPE);
	assert_int_equal(rxs_writer_close(w), -EPIPE);
	close(fds[1]);
	rxs_strtab_free(t);
}

static void varints_keep_every_value(void **state)
{
	const u64 values[] = { 0, 1, 127, 128, 16383, 16384, UINT32_MAX, 1ull << 63, UINT64_MAX };
	u8 buf[RXS_VARINT_MAX_BYTES];
	u64 got;

	(void)state;
	for (unsigned int i = 0; i < RXS_ARRAY_SIZE(values); i++) {
		u8 *end = rxs_put_varint(buf, values[i]);

		assert_true(end - buf <= RXS_VARINT_MAX_BYTES);
		assert_ptr_equal(rxs_get_varint(buf, end, &got), end);
		assert_int_equal(got, values[i]);
		assert_null(rxs_get_varint(buf, end - 1, &got));
		assert_int_equal(rxs_unzigzag(rxs_zigzag((s64)values[i])), (s64)values[i]);
	}
	memset(buf, 0xff, sizeof(buf));
	assert_null(rxs_get_varint(buf, buf + sizeof(buf), &got));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(round_trip_keeps_every_event),
		cmocka_unit_test(round_trip_without_compression_keeps_every_event),
		cmocka_unit_test(header_tells_what_the_recorder_knew),
		cmocka_unit_test(losses_stand_where_they_happened),
		cmocka_unit_test(recording_without_events_is_whole),
		cmocka_unit_test(stream_hands_out_what_was_flushed),
		cmocka_unit_test(writer_tells_that_its_reader_went_away),
		cmocka_unit_test(varints_keep_every_value),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
