// SPDX-License-Identifier: GPL-2.0
/* What the screen remembers and counts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../../tui/tui_model.h"
#include "../tui/gen.h"

struct both {
	struct rxs_strtab *t;
	struct tui_model *m;
};

static struct both make(u64 memory_bytes, u32 packets)
{
	struct both b = { .t = rxs_strtab_new() };

	assert_non_null(b.t);
	assert_int_equal(tui_model_new(&b.m, b.t, memory_bytes, 2000000), 0);
	if (packets)
		tui_gen_feed(b.m, b.t, packets, 7);
	return b;
}

static void drop(struct both *b)
{
	tui_model_free(b->m);
	rxs_strtab_free(b->t);
}

static void assert_same_hist(const struct rxs_hist *a, const struct rxs_hist *b)
{
	assert_int_equal(a->count, b->count);
	assert_int_equal(a->sum, b->sum);
	if (!a->count)
		return;
	assert_int_equal(a->min, b->min);
	assert_int_equal(a->max, b->max);
	assert_int_equal(rxs_hist_quantile(a, 0.5), rxs_hist_quantile(b, 0.5));
	assert_int_equal(rxs_hist_quantile(a, 0.99), rxs_hist_quantile(b, 0.99));
}

/* The statistics of the report, from what the model remembers. */
static struct rxs_snapshot *report_of(const struct both *b)
{
	const struct rxs_stat_opts so = { .from = -1, .to = -1 };
	struct tui_packet p = { 0 };
	struct rxs_snapshot *s;
	struct rxs_stat *st;

	assert_int_equal(rxs_stat_new(&st, b->t, &so), 0);
	for (u64 n = b->m->ent.first; n < b->m->ent.next; n++) {
		assert_int_equal(tui_model_read(b->m, n, &p), 0);
		assert_int_equal(rxs_stat_packet(st, &p.p), 0);
	}
	for (u64 n = b->m->poll.first; n < b->m->poll.next; n++)
		assert_int_equal(
			rxs_stat_poll(st, &((struct tui_poll *)tui_ring_at(&b->m->poll, n))->p), 0);
	for (u64 n = b->m->loss.first; n < b->m->loss.next; n++)
		assert_int_equal(
			rxs_stat_lost(st, &((struct tui_loss *)tui_ring_at(&b->m->loss, n))->l), 0);
	assert_int_equal(rxs_stat_snapshot(st, NULL, &s), 0);
	rxs_stat_free(st);
	tui_packet_free(&p);
	return s;
}

static void the_screen_counts_as_the_report_does(void **state)
{
	struct both b = make(64 << 20, 5000);
	struct rxs_snapshot *s = report_of(&b);
	const struct tui_acc *a = &b.m->view.acc;
	u64 lost = 0, drops = 0, polls = 0;

	(void)state;
	tui_model_seek(b.m, b.m->head_ns);
	for (int i = 0; i < RXS_ST_NR; i++) {
		struct rxs_hist h = tui_acc_hist(a, (u32)i);

		assert_same_hist(&h, &s->stage[i].from_prev);
		assert_int_equal(a->val[TUI_K_ENDED + i], s->stage[i].ended);
		if (i > RXS_ST_NAPI_POLL)
			assert_int_equal(a->val[TUI_K_HITS + i], s->stage[i].hits);
	}
	for (int o = 0; o < RXS_OUT_NR; o++)
		assert_int_equal(a->val[TUI_K_OUTCOME + o], s->outcome[o]);
	struct rxs_hist total = tui_acc_hist(a, TUI_H_TOTAL),
			per_poll = tui_acc_hist(a, TUI_H_PER_POLL);

	assert_same_hist(&total, &s->total);
	assert_same_hist(&per_poll, &s->packets_per_poll);
	for (int k = 0; k < RXS_LOST_NR; k++)
		lost += a->val[TUI_K_LOST + k];
	assert_int_equal(lost, s->lost);
	assert_true(lost > 0);
	for (u32 i = 0; i < b.m->nr_drops; i++)
		drops += a->val[TUI_K_DROP + i];
	assert_int_equal(drops, s->outcome[RXS_OUT_DROPPED]);
	for (u32 c = 0; c < b.m->nr_cpus; c++)
		polls += a->val[TUI_K_CPU + c * TUI_CPU_NR + TUI_CPU_POLLS];
	assert_int_equal(polls, s->polls);
	assert_int_equal(a->val[TUI_K_HITS + RXS_ST_NAPI_POLL], s->polls);
	assert_int_equal(b.m->nr_flows, s->nr_flows);
	rxs_snapshot_free(s);
	drop(&b);
}

static u64 *copy_of(const struct tui_acc *a)
{
	u64 *v = malloc(TUI_K_NR * sizeof(*v));

	assert_non_null(v);
	memcpy(v, a->val, TUI_K_NR * sizeof(*v));
	return v;
}

/* A model that was fed no further than ns, in the same order. */
static u64 *figures_by_hand(const struct both *b, u64 ns)
{
	struct tui_packet p = { 0 };
	struct tui_acc a;
	u64 *v;

	assert_int_equal(tui_acc_init(&a), 0);
	for (u64 n = b->m->ent.first; n < b->m->ent.next && tui_model_ent(b->m, n)->at_ns <= ns;
	     n++) {
		assert_int_equal(tui_model_read(b->m, n, &p), 0);
		tui_count_packet(&a, tui_model_ent(b->m, n), &p.p, 0);
	}
	for (u64 n = b->m->poll.first; n < b->m->poll.next; n++) {
		const struct tui_poll *tp = tui_ring_at(&b->m->poll, n);

		if (tp->at_ns <= ns)
			tui_count_poll(&a, tp);
	}
	for (u64 n = b->m->loss.first; n < b->m->loss.next; n++) {
		const struct tui_loss *l = tui_ring_at(&b->m->loss, n);

		if (l->at_ns <= ns)
			tui_count_lost(&a, &l->l);
	}
	v = copy_of(&a);
	tui_acc_free(&a);
	tui_packet_free(&p);
	return v;
}

static void the_same_instant_has_the_same_figures_whichever_way_one_came(void **state)
{
	static const int places[] = { 10, 90, 3, 50, 51, 50, 0, 100, 77, 20 };
	struct both b = make(64 << 20, 3000);
	u64 span = b.m->head_ns - b.m->first_ns;

	(void)state;
	tui_model_follow(b.m, false);
	for (size_t i = 0; i < RXS_ARRAY_SIZE(places); i++) {
		u64 ns = b.m->first_ns + span * (u64)places[i] / 100;
		u64 *want = figures_by_hand(&b, ns);

		tui_model_seek(b.m, ns);
		assert_memory_equal(b.m->view.acc.val, want, TUI_K_NR * sizeof(*want));
		free(want);
	}
	drop(&b);
}

static void memory_is_bounded_and_nothing_is_left_out_of_the_counts(void **state)
{
	struct both b = make(2 << 20, 20000);
	const struct tui_acc *a = &b.m->view.acc;
	u64 seen = 0;

	(void)state;
	tui_model_seek(b.m, b.m->head_ns);
	for (int o = 0; o < RXS_OUT_NR; o++)
		seen += a->val[TUI_K_OUTCOME + o];
	assert_int_equal(seen, b.m->packets);
	assert_true(b.m->evicted > 0);
	assert_int_equal(b.m->evicted + tui_ring_count(&b.m->ent), b.m->packets);
	assert_true(tui_model_bytes(b.m) <= 2 << 20);
	assert_true(tui_ring_count(&b.m->ent) > 500);
	/* What can still be shown begins later, and seeking before it stays within. */
	assert_true(tui_model_begin_ns(b.m) > b.m->first_ns);
	drop(&b);
}

static void rewinding_works_while_the_oldest_is_forgotten(void **state)
{
	struct both b = make(2 << 20, 20000);
	u64 begin = tui_model_begin_ns(b.m), span = b.m->head_ns - begin;
	u64 *first, *last;

	(void)state;
	tui_model_follow(b.m, false);
	tui_model_seek(b.m, begin + span / 2);
	first = copy_of(&b.m->view.acc);
	tui_model_seek(b.m, b.m->head_ns);
	last = copy_of(&b.m->view.acc);
	tui_model_seek(b.m, begin + span / 2);
	assert_memory_equal(b.m->view.acc.val, first, TUI_K_NR * sizeof(*first));
	tui_model_seek(b.m, b.m->head_ns);
	assert_memory_equal(b.m->view.acc.val, last, TUI_K_NR * sizeof(*last));
	assert_true(last[TUI_K_BYTES] > first[TUI_K_BYTES]);
	free(first);
	free(last);
	drop(&b);
}

static void packing_keeps_every_member_of_a_packet(void **state)
{
	struct rxs_hop hops[40];
	struct rxs_packet p;
	struct tui_packet q = { 0 };
	u8 *buf;

	(void)state;
	/* Every byte different from its neighbours, within what the members may hold. */
	for (size_t i = 0; i < sizeof(p); i++)
		((u8 *)&p)[i] = (u8)(i * 37 + 11);
	for (size_t i = 0; i < sizeof(hops); i++)
		((u8 *)hops)[i] = (u8)(i * 29 + 3);
	p.hops = hops;
	p.nr_hops = RXS_ARRAY_SIZE(hops);
	p.outcome = RXS_OUT_DROPPED;
	p.why = RXS_WHY_LOSS;
	p.merge_kind = RXS_MERGE_COALESCE;
	p.nr_merged = RXS_MERGED_MAX;
	p.nr_readers = RXS_READERS_MAX;
	p.hdr_len = RXS_HDR_MAX_BYTES;
	p.napi.ksoftirqd = p.napi.squeezed = 1;
	for (size_t i = 0; i < RXS_ARRAY_SIZE(hops); i++)
		hops[i].stage = (u16)(i % RXS_ST_NR);
	buf = malloc(tui_pack_packet_max(&p));
	assert_non_null(buf);
	assert_true(tui_pack_packet(buf, &p) <= tui_pack_packet_max(&p));
	assert_int_equal(tui_unpack_packet(buf, &q), 0);
	for (size_t i = 0; i < RXS_ARRAY_SIZE(hops); i++)
		assert_memory_equal(&q.hops[i], &hops[i], sizeof(hops[i]));
	q.p.hops = p.hops;
	/* Padding is not kept: compare around it. */
	assert_memory_equal(&q.p, &p, offsetof(struct rxs_packet, nr_merged) + sizeof(p.nr_merged));
	assert_memory_equal(q.p.merged, p.merged, sizeof(p.merged));
	for (int i = 0; i < RXS_READERS_MAX; i++) {
		assert_int_equal(q.p.reader[i].ts_ns, p.reader[i].ts_ns);
		assert_int_equal(q.p.reader[i].pid, p.reader[i].pid);
		assert_int_equal(q.p.reader[i].comm, p.reader[i].comm);
		assert_int_equal(q.p.reader[i].sock, p.reader[i].sock);
	}
	assert_memory_equal(&q.p.dev, &p.dev,
			    offsetof(struct rxs_packet, nr_hops) -
				    offsetof(struct rxs_packet, dev));
	assert_memory_equal(&q.p.napi, &p.napi, offsetof(struct rxs_napi_ctx, squeezed) + 1);
	assert_memory_equal(&q.p.flow, &p.flow, sizeof(p.flow));
	assert_memory_equal(q.p.hdr, p.hdr, sizeof(p.hdr));
	q.p.hops = NULL;
	tui_packet_free(&q);
	free(buf);
}

static void packing_keeps_every_member_of_an_event(void **state)
{
	u8 buf[TUI_PACK_EVENT_MAX], hdr[RXS_HDR_MAX_BYTES];
	struct rxs_event ev, out;
	size_t n;

	(void)state;
	memset(&ev, 0, sizeof(ev));
	for (size_t i = 0; i < offsetof(struct rxs_event, hdr); i++)
		((u8 *)&ev)[i] = (u8)(i * 53 + 7);
	for (size_t i = 0; i < sizeof(hdr); i++)
		hdr[i] = (u8)(i + 1);
	ev.stage = RXS_ST_APP;
	ev.op = RXS_OP_MERGE;
	ev.hdr = hdr;
	ev.hdr_len = sizeof(hdr);
	n = tui_pack_event(buf, &ev, 1000);
	assert_true(n <= sizeof(buf));
	assert_int_equal(tui_unpack_event(buf, &out, 1000), n);
	assert_memory_equal(out.hdr, hdr, sizeof(hdr));
	out.hdr = ev.hdr;
	assert_memory_equal(&out, &ev, offsetof(struct rxs_event, flags) + sizeof(ev.flags));
}

static void stepping_to_the_next_event_and_back_visits_the_same_instants(void **state)
{
	struct both b = make(64 << 20, 400);
	u64 seen[200], at = b.m->first_ns + (b.m->head_ns - b.m->first_ns) / 3;
	int n = 0;

	(void)state;
	for (; n < 200; n++) {
		u64 next = tui_model_next_hop(b.m, at);

		assert_true(next != TUI_NO && next > at);
		seen[n] = at = next;
	}
	for (n = 198; n >= 0; n--) {
		at = tui_model_prev_hop(b.m, at);
		assert_int_equal(at, seen[n]);
	}
	drop(&b);
}

static void no_event_is_stepped_over(void **state)
{
	struct both b = make(64 << 20, 120);
	struct tui_packet p = { 0 };
	u64 at = 0;

	(void)state;
	for (int i = 0; i < 300; i++) {
		u64 next = tui_model_next_hop(b.m, at);

		if (next == TUI_NO)
			break;
		for (u64 s = b.m->ent.first; s < b.m->ent.next; s++) {
			assert_int_equal(tui_model_read(b.m, s, &p), 0);
			for (u32 h = 0; h < p.p.nr_hops; h++)
				assert_false(p.p.hops[h].ts_ns > at && p.p.hops[h].ts_ns < next);
		}
		at = next;
	}
	tui_packet_free(&p);
	drop(&b);
}

static void packets_in_flight_are_those_that_began_and_did_not_end(void **state)
{
	struct both b = make(64 << 20, 1000);
	u64 seq[64];

	(void)state;
	for (int i = 1; i < 50; i++) {
		u64 ns = b.m->first_ns + (b.m->head_ns - b.m->first_ns) / 50 * (u64)i, want = 0;
		u32 nr;

		for (u64 s = b.m->ent.first; s < b.m->ent.next; s++)
			want += tui_model_ent(b.m, s)->first_ns <= ns &&
				tui_model_ent(b.m, s)->last_ns > ns;
		assert_int_equal(tui_model_in_flight(b.m, ns, seq, 64, &nr), want);
		assert_int_equal(nr, want < 64 ? want : 64);
	}
	drop(&b);
}

static void a_filter_counts_again_from_what_is_remembered(void **state)
{
	const struct rxs_filter_opts fo = { .expr = "udp" };
	struct both b = make(64 << 20, 2000);
	struct rxs_err e = { "" };
	struct rxs_filter *f;
	u64 udp = 0, all, seen = 0;

	(void)state;
	assert_int_equal(rxs_filter_new(&f, &fo, &e), 0);
	tui_model_seek(b.m, b.m->head_ns);
	all = b.m->view.acc.val[TUI_K_BYTES];
	tui_model_set_filter(b.m, f);
	for (u64 s = b.m->ent.first; s < b.m->ent.next; s++)
		udp += b.m->flow[tui_model_ent(b.m, s)->flow].proto == 17;
	tui_model_seek(b.m, b.m->head_ns);
	for (int o = 0; o < RXS_OUT_NR; o++)
		seen += b.m->view.acc.val[TUI_K_OUTCOME + o];
	assert_true(udp > 100);
	assert_int_equal(seen, udp);
	assert_int_equal(b.m->matched, udp);
	assert_int_equal(b.m->view.acc.val[TUI_K_HITS + RXS_ST_TCP_V4_RCV], 0);
	tui_model_set_filter(b.m, NULL);
	tui_model_seek(b.m, b.m->head_ns);
	assert_int_equal(b.m->view.acc.val[TUI_K_BYTES], all);
	drop(&b);
}

static void a_poll_whose_begin_was_not_seen_does_not_move_the_start(void **state)
{
	const struct rxs_poll p = { .id = 1, .end_ns = 5000000000, .work = 1, .budget = 64 };
	struct both b = make(8 << 20, 0);

	(void)state;
	tui_model_poll(b.m, &p);
	assert_int_equal(b.m->first_ns, 5000000000);
	tui_gen_feed(b.m, b.t, 50, 1);
	assert_int_equal(b.m->first_ns, 1000000000);
	drop(&b);
}

static void rates_and_heat_hold_as_many_as_were_counted(void **state)
{
	struct both b = make(64 << 20, 3000);
	u64 value[40], sum = 0, heat_sum = 0, span = b.m->head_ns - b.m->first_ns;
	u32 *heat = calloc(40 * 20, sizeof(*heat));
	u64 hits = 0;

	(void)state;
	assert_non_null(heat);
	tui_model_seek(b.m, b.m->head_ns);
	hits = b.m->view.acc.val[TUI_K_HITS + RXS_ST_GRO];
	tui_model_rate(b.m, RXS_ST_GRO, b.m->head_ns + 2000000, span / 38, value, 40);
	for (int i = 0; i < 40; i++)
		sum += value[i];
	/* Shares of a slice are rounded up, one a column at most. */
	assert_in_range(sum, hits, hits + 40);
	tui_model_heat(b.m, RXS_ST_GRO, b.m->head_ns + 2000000, span / 38, 40, 64, 1 << 20, 20,
		       heat);
	for (int i = 0; i < 40 * 20; i++)
		heat_sum += heat[i];
	assert_in_range(heat_sum, hits * 9 / 10, hits * 11 / 10);
	free(heat);
	drop(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_screen_counts_as_the_report_does),
		cmocka_unit_test(the_same_instant_has_the_same_figures_whichever_way_one_came),
		cmocka_unit_test(memory_is_bounded_and_nothing_is_left_out_of_the_counts),
		cmocka_unit_test(rewinding_works_while_the_oldest_is_forgotten),
		cmocka_unit_test(packing_keeps_every_member_of_a_packet),
		cmocka_unit_test(packing_keeps_every_member_of_an_event),
		cmocka_unit_test(stepping_to_the_next_event_and_back_visits_the_same_instants),
		cmocka_unit_test(no_event_is_stepped_over),
		cmocka_unit_test(packets_in_flight_are_those_that_began_and_did_not_end),
		cmocka_unit_test(a_filter_counts_again_from_what_is_remembered),
		cmocka_unit_test(a_poll_whose_begin_was_not_seen_does_not_move_the_start),
		cmocka_unit_test(rates_and_heat_hold_as_many_as_were_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
