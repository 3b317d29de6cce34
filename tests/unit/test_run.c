// SPDX-License-Identifier: GPL-2.0
/* The loop that all commands share: from files to packets, filters, merging, damaged files. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include <errno.h>

#include "../../tracer/decode/rxs_file.h"
#include "../../tracer/run/rxs_run.h"
#include "evscript.h"

#define WAY(at, skb, port) \
	at " cpu0 rx_desc pass skb=" skb " head=" skb "0 len=60 dev=eth0 hdr=ip:10.0.0.1>10.0.0.2/udp:" port ">7/len:5\n" \
	"+1000 cpu0 ip_rcv pass skb=" skb " len=46\n" \
	"+1000 cpu0 udp_rcv pass skb=" skb " len=46\n" \
	"+1000 cpu0 socket pass skb=" skb " len=46\n" \
	"+1000 cpu0 app pass skb=" skb " pid=42 comm=app len=5\n" \
	"+1000 cpu0 end consume skb=" skb "\n"

struct got {
	u64 packets, events, lost;
	u64 last_ns;
	bool out_of_order;
};

static void on_packet(void *ctx, const struct rxs_packet *p)
{
	struct got *g = ctx;

	(void)p;
	g->packets++;
}

static void on_lost(void *ctx, const struct rxs_lost *l)
{
	struct got *g = ctx;

	g->lost += l->count;
}

static int on_event(void *ctx, const struct rxs_event *ev)
{
	struct got *g = ctx;

	g->events++;
	g->out_of_order |= ev->ts_ns < g->last_ns;
	g->last_ns = ev->ts_ns;
	return 0;
}

static int no_room(void *ctx, const struct rxs_event *ev)
{
	struct got *g = ctx;

	(void)ev;
	return ++g->events == 3 ? -ENOSPC : 0;
}

/* Write the script as a recording; its name goes to name ("…XXXXXX"). */
static void write_recording(char *name, const char *script)
{
	const struct rxs_source_info info = { .kernel = "6.1.0", .clock = "mono", .nr_cpus = 1, .probe_cost_ns = 100 };
	struct rxs_strtab *t = rxs_strtab_new();
	int fd = mkstemp(name);
	struct rxs_writer *w;
	u64 now = 0;

	assert_true(fd >= 0);
	assert_int_equal(rxs_writer_new(&w, fd, &info, t, NULL), 0);
	while (*script) {
		size_t len = strcspn(script, "\n");
		char line[256];
		struct rxs_event ev;
		struct rxs_lost lost;
		u8 hdr[RXS_HDR_MAX_BYTES];

		snprintf(line, sizeof(line), "%.*s", (int)len, script);
		switch (evs_line(t, line, &now, &ev, &lost, hdr)) {
		case 1:
			assert_int_equal(rxs_writer_event(w, &ev), 0);
			break;
		case 2:
			assert_int_equal(rxs_writer_lost(w, &lost), 0);
			break;
		default:
			fail_msg("%s", line);
		}
		script += len + (script[len] == '\n');
	}
	assert_int_equal(rxs_writer_close(w), 0);
	close(fd);
	rxs_strtab_free(t);
}

static struct rxs_run *open_run(const char *const *files, const char *expr, const struct rxs_run_sink *sink)
{
	const struct rxs_run_opts o = {
		.files = files, .filter = { .expr = expr }, .stat = { .from = -1, .to = -1 },
	};
	struct rxs_err e = { "" };
	struct rxs_run *r;

	if (rxs_run_open(&r, &o, sink, &e))
		fail_msg("%s", e.text);
	return r;
}

/* To the end; returns what the last step returned. */
static int to_end(struct rxs_run *r, unsigned int max)
{
	struct rxs_err e = { "" };
	int rc;

	while ((rc = rxs_run_step(r, max, &e)) > 0)
		assert_true(rc <= (int)max);
	return rc;
}

static void a_file_becomes_packets_whatever_the_steps(void **state)
{
	static const unsigned int steps[] = { 1, 5, 1000 };
	char name[] = "/tmp/test-rxscope.XXXXXX";
	const char *files[] = { name, NULL };
	struct rxs_source_info info;
	struct rxs_snapshot *s;

	(void)state;
	write_recording(name, WAY("1000000", "a1", "1000") WAY("2000000", "a2", "1001"));
	for (unsigned int i = 0; i < RXS_ARRAY_SIZE(steps); i++) {
		struct got g = { 0 };
		const struct rxs_run_sink sink = { .ctx = &g, .packet = on_packet, .event = on_event };
		struct rxs_run *r = open_run(files, NULL, &sink);

		assert_int_equal(to_end(r, steps[i]), 0);
		assert_int_equal(rxs_run_step(r, 1, NULL), 0);	/* the end stays the end */
		assert_int_equal(g.packets, 2);
		assert_int_equal(g.events, 12);
		assert_int_equal(rxs_run_snapshot(r, &s), 0);
		assert_int_equal(s->seen, 2);
		assert_int_equal(s->outcome[RXS_OUT_DELIVERED], 2);
		rxs_snapshot_free(s);
		rxs_run_info(r, &info);
		assert_string_equal(info.kernel, "6.1.0");
		assert_true(rxs_run_position_bytes(r) == rxs_run_size_bytes(r));
		rxs_run_close(r);
	}
	remove(name);
}

static void files_are_merged_by_time(void **state)
{
	char a[] = "/tmp/test-rxscope.XXXXXX", b[] = "/tmp/rxscope-test.XXXXXX";
	const char *files[] = { a, b, NULL };
	struct got g = { 0 };
	const struct rxs_run_sink sink = { .ctx = &g, .packet = on_packet, .event = on_event };
	struct rxs_run *r;

	(void)state;
	write_recording(a, WAY("1000000", "a1", "1000") WAY("3000000", "a2", "1001"));
	write_recording(b, WAY("2000000", "a1", "2000") WAY("4000000", "a2", "2001"));
	r = open_run(files, NULL, &sink);
	assert_int_equal(to_end(r, 3), 0);
	assert_int_equal(g.packets, 4);
	assert_false(g.out_of_order);
	assert_true(rxs_run_size_bytes(r) > 0);
	assert_true(rxs_run_position_bytes(r) == rxs_run_size_bytes(r));
	rxs_run_close(r);
	remove(a);
	remove(b);
}

static void a_filter_holds_for_packets_and_statistics(void **state)
{
	char name[] = "/tmp/test-rxscope.XXXXXX";
	const char *files[] = { name, NULL };
	struct got g = { 0 };
	const struct rxs_run_sink sink = { .ctx = &g, .packet = on_packet };
	struct rxs_filter_opts wrong = { .expr = "port port" }, stage = { .stage = "no_such_stage" };
	struct rxs_err e = { "" };
	struct rxs_snapshot *s;
	struct rxs_run *r;

	(void)state;
	write_recording(name, WAY("1000000", "a1", "1000") WAY("2000000", "a2", "1001"));
	r = open_run(files, "udp src port 1001", &sink);
	assert_int_equal(rxs_run_set_filter(r, &wrong, &e), -EINVAL);	/* the old one stays */
	assert_true(e.text[0]);
	assert_int_equal(rxs_run_set_filter(r, &stage, NULL), -EINVAL);
	assert_int_equal(to_end(r, 100), 0);
	assert_int_equal(g.packets, 1);
	assert_int_equal(rxs_run_snapshot(r, &s), 0);
	assert_int_equal(s->seen, 1);
	assert_int_equal(s->stage[RXS_ST_UDP_RCV].hits, 1);
	rxs_snapshot_free(s);
	rxs_run_close(r);
	remove(name);
}

static void open_packets_get_their_outcome_at_the_end(void **state)
{
	char name[] = "/tmp/test-rxscope.XXXXXX";
	const char *files[] = { name, NULL };
	struct got g = { 0 };
	const struct rxs_run_sink sink = { .ctx = &g, .packet = on_packet, .lost = on_lost };
	struct rxs_snapshot *s;
	struct rxs_run *r;

	(void)state;
	write_recording(name, WAY("1000000", "a1", "1000") "2000000 cpu0 lost count=7 kind=ring\n"
			"3000000 cpu0 rx_desc pass skb=a3 len=60 dev=eth0\n+10 cpu0 ip_rcv pass skb=a3\n");
	r = open_run(files, NULL, &sink);
	assert_int_equal(to_end(r, 100), 0);
	assert_int_equal(g.packets, 2);
	assert_int_equal(g.lost, 7);
	assert_int_equal(rxs_run_snapshot(r, &s), 0);
	assert_int_equal(s->outcome[RXS_OUT_OPEN], 1);
	assert_int_equal(s->lost, 7);
	rxs_snapshot_free(s);
	rxs_run_close(r);
	remove(name);
}

static void a_cut_off_file_gives_what_was_good(void **state)
{
	char name[] = "/tmp/test-rxscope.XXXXXX";
	const char *files[] = { name, NULL };
	struct got g = { 0 };
	const struct rxs_run_sink sink = { .ctx = &g, .packet = on_packet };
	struct rxs_snapshot *s;
	struct rxs_run *r;
	u64 whole;
	int rc;

	(void)state;
	write_recording(name, WAY("1000000", "a1", "1000") WAY("2000000", "a2", "1001"));
	r = open_run(files, NULL, &sink);
	whole = rxs_run_size_bytes(r);
	rxs_run_close(r);
	assert_int_equal(truncate(name, (off_t)whole - 8), 0);
	r = open_run(files, NULL, &sink);
	rc = to_end(r, 100);
	assert_true(rc == 0 || rc == -EBADMSG);
	assert_int_equal(g.packets, 2);
	assert_int_equal(rxs_run_snapshot(r, &s), 0);
	assert_true(rc || s->lost_unknown || s->lost);
	rxs_snapshot_free(s);
	rxs_run_close(r);
	remove(name);
}

static void an_event_sink_that_fails_ends_the_run_with_its_error(void **state)
{
	char name[] = "/tmp/test-rxscope.XXXXXX";
	const char *files[] = { name, NULL };
	struct got g = { 0 };
	const struct rxs_run_sink sink = { .ctx = &g, .event = no_room, .packet = on_packet };
	struct rxs_run *r;

	(void)state;
	write_recording(name, WAY("1000000", "a1", "1000") WAY("2000000", "a2", "1001"));
	r = open_run(files, NULL, &sink);
	assert_int_equal(to_end(r, 100), -ENOSPC);
	assert_int_equal(g.events, 3);
	assert_int_equal(rxs_run_step(r, 100, NULL), 0);
	rxs_run_close(r);
	remove(name);
}

static void without_joining_events_pass_and_no_packet_is_made(void **state)
{
	char name[] = "/tmp/test-rxscope.XXXXXX";
	const char *files[] = { name, NULL };
	struct got g = { 0 };
	const struct rxs_run_sink sink = { .ctx = &g, .event = on_event, .packet = on_packet };
	const struct rxs_run_opts o = { .files = files, .no_join = true, .stat = { .from = -1, .to = -1 } };
	struct rxs_run *r;

	(void)state;
	write_recording(name, WAY("1000000", "a1", "1000"));
	assert_int_equal(rxs_run_open(&r, &o, &sink, NULL), 0);
	assert_int_equal(to_end(r, 100), 0);
	assert_int_equal(g.events, 6);
	assert_int_equal(g.packets, 0);
	rxs_run_close(r);
	remove(name);
}

static void what_cannot_be_opened_is_told(void **state)
{
	const char *none[] = { "/nonexistent/file.rxs", NULL }, *one_of_two[] = { "/proc/self/exe", none[0], NULL };
	const struct rxs_run_opts o = { .files = none, .stat = { .from = -1, .to = -1 } };
	struct rxs_run_opts two = o, filter = o;
	struct rxs_err e = { "" };
	struct rxs_run *r = NULL;

	(void)state;
	assert_true(rxs_run_open(&r, &o, NULL, &e) < 0);
	assert_true(e.text[0]);
	assert_null(r);
	two.files = one_of_two;
	assert_true(rxs_run_open(&r, &two, NULL, NULL) < 0);
	filter.filter.expr = "tcp prot 80";
	assert_int_equal(rxs_run_open(&r, &filter, NULL, NULL), -EINVAL);
	rxs_run_close(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_file_becomes_packets_whatever_the_steps),
		cmocka_unit_test(files_are_merged_by_time),
		cmocka_unit_test(a_filter_holds_for_packets_and_statistics),
		cmocka_unit_test(open_packets_get_their_outcome_at_the_end),
		cmocka_unit_test(a_cut_off_file_gives_what_was_good),
		cmocka_unit_test(an_event_sink_that_fails_ends_the_run_with_its_error),
		cmocka_unit_test(without_joining_events_pass_and_no_packet_is_made),
		cmocka_unit_test(what_cannot_be_opened_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
