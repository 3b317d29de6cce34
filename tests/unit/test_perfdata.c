// SPDX-License-Identifier: GPL-2.0
/* perf.data, as a file and through a pipe: order of time, losses, task names, compression, damage. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include <cmocka.h>
#include <linux/perf_event.h>
#include <zstd.h>

#include "perffile.h"
#include "../../tracer/source/src_perfdata.h"

enum how { AS_FILE, AS_PIPE_FILE, AS_PIPE, FILE_THROUGH_PIPE, HOWS };

static struct rxs_source *open_perf(const struct pf *p, enum how how)
{
	struct rec_buf b = { 0 };
	struct rxs_source *s;
	struct rxs_err e;
	int err;

	if (how == AS_FILE || how == FILE_THROUGH_PIPE)
		pf_file_mode(&b, p);
	else
		pf_pipe_mode(&b, p);
	if (how == AS_FILE || how == AS_PIPE_FILE)
		s = rec_open(b.p, b.len, &e, &err);
	else
		s = rec_open_pipe(b.p, b.len, &e, &err);
	if (!s)
		print_error("%s\n", e.text);
	assert_non_null(s);
	free(b.p);
	return s;
}

static int next(struct rxs_source *s, struct rxs_raw *r)
{
	int ret;

	do
		ret = s->ops->next(s, r, NULL);
	while (ret == -EAGAIN);
	return ret;
}

static void expect_event(struct rxs_source *s, u64 ts_ns, s16 cpu, u64 skb)
{
	struct rxs_raw r;
	u64 have;

	assert_int_equal(next(s, &r), 1);
	assert_int_equal(r.kind, RXS_RAW_TEP);
	assert_int_equal(r.ts_ns, ts_ns);
	assert_int_equal(r.cpu, cpu);
	memcpy(&have, (const u8 *)r.data + 8, sizeof(have));
	assert_int_equal(have, skb);
}

static void expect_lost(struct rxs_source *s, u16 kind, s16 cpu, u64 count, u64 since_ns, u64 until_ns)
{
	struct rxs_raw r;

	assert_int_equal(next(s, &r), 1);
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

	assert_int_equal(next(s, &r), 0);
	assert_int_equal(next(s, &r), 0);
	rxs_source_close(s);
	while (waitpid(-1, NULL, WNOHANG) > 0)
		;
}

static void samples_of_all_cpus_come_by_time(void **state)
{
	struct pf p = pf_new();
	struct rxs_source_info info;

	(void)state;
	/* As perf writes them: CPU after CPU, round after round. */
	pf_sample(&p, 1000, 0, 1);
	pf_sample(&p, 1300, 0, 4);
	pf_sample(&p, 1100, 1, 2);
	pf_sample(&p, 1200, 1, 3);
	pf_finished_round(&p);
	pf_sample(&p, 1500, 0, 6);
	pf_sample(&p, 1400, 1, 5);
	pf_finished_round(&p);
	pf_sample(&p, 1600, 1, 7);
	pf_finished_round(&p);
	for (enum how how = 0; how < HOWS; how++) {
		struct rxs_source *s = open_perf(&p, how);

		for (u64 i = 1; i <= 7; i++)
			expect_event(s, 900 + i * 100, (s16[]){ 0, 1, 1, 0, 1, 0, 1 }[i - 1], i);
		s->ops->info(s, &info);
		assert_string_equal(info.kind, "perf.data");
		assert_string_equal(info.kernel, "6.1.0-perf");
		assert_string_equal(info.clock, "perf");
		assert_string_equal(s->ops->comm(s, 5), "early");
		expect_end(s);
	}
	free(p.data.p);
}

static void a_long_recording_does_not_grow_memory(void **state)
{
	struct pf p = pf_new();
	struct rxs_source *s;
	u64 ts = 1000000000;

	(void)state;
	for (int round = 0; round < 200; round++) {
		for (u32 cpu = 0; cpu < 4; cpu++)
			for (int i = 0; i < 50; i++)
				pf_sample(&p, ts + i * 1000000 + cpu * 10, cpu, 1);
		ts += 50000000;
		pf_finished_round(&p);
	}
	s = open_perf(&p, AS_FILE);
	for (u64 i = 0, last = 0; i < 200 * 200; i++) {
		struct rxs_raw r;

		assert_int_equal(next(s, &r), 1);
		assert_true(r.ts_ns >= last);
		last = r.ts_ns;
		/* The file has 4.5 MB of records. */
		assert_true(((struct perfdata *)s->priv)->order.held_bytes <= 300000);
	}
	expect_end(s);
	free(p.data.p);
}

static void records_out_of_order_within_a_cpu_are_put_in_order(void **state)
{
	struct pf p = pf_new();
	struct rxs_source *s;

	(void)state;
	pf_sample(&p, 1000, 0, 1);
	pf_sample(&p, 1400, 0, 4);
	pf_sample(&p, 1200, 0, 2);
	pf_sample(&p, 1300, 0, 3);
	pf_sample(&p, 1500, 0, 5);
	s = open_perf(&p, AS_FILE);
	for (u64 i = 1; i <= 5; i++)
		expect_event(s, (u64[]){ 1000, 1200, 1300, 1400, 1500 }[i - 1], 0, i);
	expect_end(s);
	free(p.data.p);
}

static void losses_are_told_with_their_time(void **state)
{
	struct pf p = pf_new();

	(void)state;
	pf_sample(&p, 1000, 1, 1);
	pf_lost(&p, 33, 1200, 1);
	pf_sample(&p, 1300, 1, 3);
	pf_sample(&p, 1100, 0, 2);
	pf_finished_round(&p);
	for (enum how how = 0; how < HOWS; how++) {
		struct rxs_source *s = open_perf(&p, how);

		expect_event(s, 1000, 1, 1);
		expect_event(s, 1100, 0, 2);
		expect_lost(s, RXS_LOST_READER, 1, 33, 1000, 1200);
		expect_event(s, 1300, 1, 3);
		expect_end(s);
	}
	free(p.data.p);
}

static void tasks_have_the_name_they_had_then(void **state)
{
	struct pf p = pf_new();
	struct rxs_source *s;

	(void)state;
	pf_comm(&p, 10, "shell", 0);
	pf_sample(&p, 1000, 0, 1);
	pf_comm(&p, 10, "program", 1100);
	pf_sample(&p, 1200, 0, 2);
	pf_forked(&p, 10, 11, 1300);
	pf_sample(&p, 1400, 0, 3);
	s = open_perf(&p, AS_FILE);
	expect_event(s, 1000, 0, 1);
	assert_string_equal(s->ops->comm(s, 10), "shell");
	expect_event(s, 1200, 0, 2);
	assert_string_equal(s->ops->comm(s, 10), "program");
	assert_null(s->ops->comm(s, 11));
	expect_event(s, 1400, 0, 3);
	assert_string_equal(s->ops->comm(s, 11), "program");
	expect_end(s);
	free(p.data.p);
}

static void samples_with_call_chains_and_counters_are_told_apart(void **state)
{
	struct rec_buf raw = { 0 }, none = { 0 };
	struct pf p = pf_new();
	struct rxs_source *s;

	(void)state;
	rec_netif(&raw, 2, 60, "r0");
	pf_sample(&p, 1000, 0, 1);
	pf_sample_of(&p, PF_COUNTER_ID, 1050, 0, &none);
	pf_sample_of(&p, PF_CHAIN_ID, 1100, 0, &raw);
	s = open_perf(&p, AS_FILE);
	expect_event(s, 1000, 0, 1);
	expect_event(s, 1100, 0, 2);
	expect_end(s);
	free(raw.p);
	free(p.data.p);
}

static void one_event_alone_needs_no_identifier(void **state)
{
	struct pf p = pf_new();
	struct rxs_source *s;

	(void)state;
	p.single = true;
	p.clockid = 1;
	p.sample_type &= ~(u64)PERF_SAMPLE_IDENTIFIER;
	pf_sample(&p, 1000, 3, 1);
	for (enum how how = 0; how < HOWS; how++) {
		struct rxs_source_info info;

		s = open_perf(&p, how);
		s->ops->info(s, &info);
		assert_string_equal(info.clock, "mono");
		expect_event(s, 1000, 3, 1);
		expect_end(s);
	}
	free(p.data.p);
}

/* Put the records into compressed records of at most part bytes each. */
static void compress_data(struct pf *p, u32 type, size_t part)
{
	struct rec_buf out = { 0 };
	u8 packed[65536];
	size_t len = ZSTD_compress(packed, sizeof(packed), p->data.p, p->data.len, 1), at;

	assert_false(ZSTD_isError(len));
	for (size_t pos = 0; pos < len; pos += part) {
		size_t n = len - pos < part ? len - pos : part;
		u16 size;

		at = pf_begin(&out, type, 0);
		if (type == 83) {
			rec_u64(&out, n);
			rec_put(&out, packed + pos, n);
			pf_end(&out, at);
			continue;
		}
		/* The older kind is not padded. */
		rec_put(&out, packed + pos, n);
		size = out.len - at;
		memcpy(out.p + at + 6, &size, sizeof(size));
	}
	free(p->data.p);
	p->data = out;
}

static void compressed_records_are_read(void **state)
{
	(void)state;
	for (u32 type = 81; type <= 83; type += 2)
		for (size_t part = 7; part < 60000; part *= 20) {
			struct pf p = pf_new();
			struct rxs_source *s;

			/* More than a block, so that records lie across its end. */
			for (int i = 0; i < 4000; i++)
				pf_sample(&p, 1000 + i, 0, i);
			compress_data(&p, type, part);
			pf_finished_round(&p);
			s = open_perf(&p, part % 3 ? AS_FILE : AS_PIPE);
			for (int i = 0; i < 4000; i++)
				expect_event(s, 1000 + i, 0, i);
			expect_end(s);
			free(p.data.p);
		}
}

static void bytes_that_are_no_records_are_passed_over(void **state)
{
	struct pf p = pf_new();
	struct rxs_source *s;
	size_t at;

	(void)state;
	pf_sample(&p, 1000, 0, 1);
	at = pf_begin(&p.data, 71, 0);	/* AUXTRACE: so many bytes follow that are none of ours */
	rec_u64(&p.data, 1000);
	rec_zero(&p.data, 32);
	pf_end(&p.data, at);
	rec_zero(&p.data, 1000);
	pf_sample(&p, 2000, 0, 2);
	s = open_perf(&p, AS_FILE);
	expect_event(s, 1000, 0, 1);
	expect_event(s, 2000, 0, 2);
	expect_end(s);
	free(p.data.p);
}

static void damage_is_told_and_what_was_good_is_kept(void **state)
{
	struct pf p = pf_new();
	struct rxs_source_info info;

	(void)state;
	pf_sample(&p, 1000, 0, 1);
	rec_zero(&p.data, 8);		/* a record of no length */
	pf_sample(&p, 2000, 0, 2);
	for (enum how how = 0; how < HOWS; how++) {
		struct rxs_source *s = open_perf(&p, how);

		expect_event(s, 1000, 0, 1);
		expect_lost(s, RXS_LOST_FILE, -1, 0, 0, 1000);
		s->ops->info(s, &info);
		assert_non_null(strstr(info.note, "damaged"));
		expect_end(s);
	}
	free(p.data.p);
}

static void a_stream_that_is_cut_off_gives_what_it_has(void **state)
{
	struct pf p = pf_new();
	struct rec_buf b = { 0 };
	struct rxs_source *s;
	struct rxs_err e;
	int err;

	(void)state;
	pf_sample(&p, 1000, 0, 1);
	pf_sample(&p, 2000, 0, 2);
	pf_pipe_mode(&b, &p);
	s = rec_open(b.p, b.len - 10, &e, &err);
	assert_non_null(s);
	expect_event(s, 1000, 0, 1);
	expect_lost(s, RXS_LOST_FILE, -1, 0, 0, 1000);
	expect_end(s);
	free(b.p);
	free(p.data.p);
}

static void refused(const struct rec_buf *b, size_t len, const char *sentence)
{
	struct rxs_err e;
	int err;

	assert_null(rec_open(b->p, len, &e, &err));
	assert_int_equal(err, -EBADMSG);
	assert_non_null(strstr(e.text, sentence));
}

static void what_cannot_be_read_is_refused_with_a_reason(void **state)
{
	struct pf p = pf_new(), no_time = pf_new();
	struct rec_buf b = { 0 }, t = { 0 };
	u64 zero = 0;

	(void)state;
	pf_sample(&p, 1000, 0, 1);
	pf_file_mode(&b, &p);
	refused(&b, 90, "damaged or cut off");
	refused(&b, b.len - 400, "event formats");
	memcpy(b.p + 48, &zero, sizeof(zero));
	refused(&b, b.len, "did not end properly");
	memcpy(b.p, "2ELIFREP", 8);
	refused(&b, b.len, "other byte order");
	memcpy(b.p, "PERFFILE", 8);
	refused(&b, b.len, "before 2010");
	no_time.sample_type &= ~(u64)PERF_SAMPLE_TIME;
	pf_sample(&no_time, 1000, 0, 1);
	pf_file_mode(&t, &no_time);
	refused(&t, t.len, "without time stamps");
	free(b.p);
	free(t.p);
	free(p.data.p);
	free(no_time.data.p);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(samples_of_all_cpus_come_by_time),
		cmocka_unit_test(a_long_recording_does_not_grow_memory),
		cmocka_unit_test(records_out_of_order_within_a_cpu_are_put_in_order),
		cmocka_unit_test(losses_are_told_with_their_time),
		cmocka_unit_test(tasks_have_the_name_they_had_then),
		cmocka_unit_test(samples_with_call_chains_and_counters_are_told_apart),
		cmocka_unit_test(one_event_alone_needs_no_identifier),
		cmocka_unit_test(compressed_records_are_read),
		cmocka_unit_test(bytes_that_are_no_records_are_passed_over),
		cmocka_unit_test(damage_is_told_and_what_was_good_is_kept),
		cmocka_unit_test(a_stream_that_is_cut_off_gives_what_it_has),
		cmocka_unit_test(what_cannot_be_read_is_refused_with_a_reason),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
