// SPDX-License-Identifier: GPL-2.0
/*
 * The engine under event streams that no kernel would give: few addresses, so that everything
 * collides; any stage with any operation; times that jump; losses. Whatever comes, outcomes add up,
 * hops do not run backwards, lineage is mutual, memory is sound (ASan), and the same input gives
 * the same output.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../../tracer/path/rxs_path.h"
#include "../../tracer/stat/rxs_explain.h"
#include "evscript.h"

struct run {
	u64 state;		/* of the random numbers */
	struct rxs_strtab *t;
	struct rxs_stat *stat;
	u64 outcome[RXS_OUT_NR];
	u64 hash;		/* of everything handed out */
	u64 max_id;
	u8 handed[1 << 16];	/* by id: handed out */
};

static u64 rnd(struct run *r)
{
	r->state ^= r->state << 13;
	r->state ^= r->state >> 7;
	return r->state ^= r->state << 17;
}

static void mix(struct run *r, u64 v)
{
	r->hash = (r->hash ^ v) * 1099511628211ull;
}

static void packet(void *ctx, const struct rxs_packet *p)
{
	struct rxs_explain x;
	struct run *r = ctx;
	char text[128];
	struct rxs_packet *copy;

	assert_in_range(p->id, 1, sizeof(r->handed) - 1);
	assert_int_equal(r->handed[p->id], 0);
	r->handed[p->id] = 1;
	assert_in_range(p->outcome, 0, RXS_OUT_NR - 1);
	assert_true(!!p->why == (p->outcome == RXS_OUT_INCOMPLETE));
	assert_true(p->merged_into != p->id);
	assert_true(p->outcome != RXS_OUT_MERGED || p->merge_kind != RXS_MERGE_NONE);
	assert_true(p->frames == 1 + p->nr_merged);
	assert_true(p->nr_hops > 0);
	assert_true(p->first_ns <= p->last_ns);
	for (u32 i = 0; i < p->nr_hops; i++) {
		assert_true(p->hops[i].stage < RXS_ST_NR);
		assert_true(!i || p->hops[i].ts_ns >= p->hops[i - 1].ts_ns);
		assert_true(rxs_packet_prev(p, i) < (int)i);
		mix(r, p->hops[i].ts_ns ^ (u64)p->hops[i].stage << 56 ^ p->hops[i].flags);
	}
	r->outcome[p->outcome]++;
	mix(r, p->id ^ (u64)p->outcome << 32 ^ p->merged_into ^ (u64)p->why << 40);
	mix(r, p->napi.poll_id ^ (u64)p->napi.work << 32);
	rxs_flow_print(text, sizeof(text), &p->flow);
	rxs_explain_packet(&x, p, NULL, r->t);
	assert_true(x.share >= 0.0 && x.share <= 1.0);
	assert_true(x.text[0]);
	copy = rxs_packet_dup(p);
	assert_non_null(copy);
	free(copy);
	assert_int_equal(rxs_stat_packet(r->stat, p), 0);
}

static void poll(void *ctx, const struct rxs_poll *l)
{
	struct run *r = ctx;

	mix(r, l->id ^ (u64)l->work << 32 ^ l->irq_polls);
	assert_int_equal(rxs_stat_poll(r->stat, l), 0);
}

static void hop(void *ctx, const struct rxs_packet *p, const struct rxs_hop *h)
{
	(void)ctx;
	assert_true(h >= p->hops && h < p->hops + p->nr_hops);
}

static const char *const spec[] = {
	"ip:10.0.0.1>10.0.0.2/frag:7:0:more/udp:1>2/len:99", "ip:10.0.0.1>10.0.0.2/frag:7:1480/len:99",
	"ip:10.0.0.1>10.0.0.2/tcp:1>2:a", "ip:10.0.0.1>10.0.0.2/tcp:1>2:pa/len:9", "arp:10.0.0.1>10.0.0.2",
	"ip6:fd09::1>fd09::2/frag:8:0:more/udp:1>2", "ip6:fd09::1>fd09::2/icmp6:128:1:1",
};

/* Mostly hooks of the table, with few addresses; sometimes anything at all. */
static void random_event(struct run *r, struct rxs_event *ev, u64 *ts, u8 *hdr, u32 nr_names)
{
	u32 h = (u32)(rnd(r) % rxs_hooks_nr);

	memset(ev, 0, sizeof(*ev));
	*ts += rnd(r) % 2000;
	ev->ts_ns = rnd(r) % 50 ? *ts : *ts - rnd(r) % 5000;
	ev->hook = rnd(r) % 10 ? (u16)(h + 1) : (u16)(rnd(r) % 300);
	ev->stage = (u16)rxs_hooks[h].stage;
	ev->op = (u16)rxs_hooks[h].op;
	if (rnd(r) % 30 == 0) {
		ev->stage = (u16)(rnd(r) % (RXS_ST_NR + 2));
		ev->op = (u16)(rnd(r) % (RXS_OP_NR + 2));
	}
	ev->cpu = (s16)(rnd(r) % 4) - (rnd(r) % 100 == 0);
	ev->stream = rnd(r) % 20 == 0;
	ev->skb = 0xffff888000000000ull + (rnd(r) % 24 << 8);
	if (rnd(r) % 2)
		ev->head = 0xffff888100000000ull + (rnd(r) % 24 << 10);
	if (rnd(r) % 2)
		ev->peer = 0xffff888000000000ull + (rnd(r) % 24 << 8);
	ev->dev = (u32)(rnd(r) % (rnd(r) % 50 ? 4 : 100000));
	ev->ifindex = (u32)(rnd(r) % 4);
	ev->netns = (u32)(rnd(r) % 2);
	ev->pid = (u32)(rnd(r) % 3);
	ev->comm = (u32)(rnd(r) % nr_names);
	ev->aux = (u32)(rnd(r) % 6);
	ev->aux2 = (u32)(rnd(r) % 3 * 32);
	ev->len = (u32)(rnd(r) % 1500);
	ev->reason = (u32)(rnd(r) % nr_names);
	ev->symbol = (u32)(rnd(r) % nr_names);
	ev->flags = (u16)(rnd(r) % 4);
	if (rnd(r) % 3 == 0) {
		ev->hdr = hdr;
		ev->hdr_len = (u16)evs_frame(hdr, RXS_HDR_MAX_BYTES,
					     spec[rnd(r) % RXS_ARRAY_SIZE(spec)]);
		if (rnd(r) % 5 == 0)
			ev->hdr_len = (u16)(rnd(r) % (ev->hdr_len + 1u));
	}
}

static u64 one_run(u64 seed, u32 max_open, u64 correct_ns)
{
	static struct run r;
	struct rxs_path_sink sink = { &r, packet, poll, hop };
	struct rxs_path_opts o = { max_open, correct_ns };
	struct rxs_path *path;
	struct rxs_path_stats st;
	struct rxs_snapshot *snap;
	struct rxs_lost lost;
	struct rxs_event ev;
	u8 hdr[RXS_HDR_MAX_BYTES];
	u64 ts = 1000000, sum = 0, open[RXS_ST_NR], in_stages;
	u32 nr_names;

	memset(&r, 0, sizeof(r));
	r.state = seed * 0x9e3779b97f4a7c15ull + 1;
	r.t = rxs_strtab_new();
	for (int i = 0; i < 3; i++)
		rxs_strtab_intern(r.t, (const char *const[]){ "r0", "lo", "eth0-rx-0" }[i], 16);
	assert_int_equal(rxs_path_new(&path, r.t, &o, &sink), 0);
	assert_int_equal(rxs_stat_new(&r.stat, r.t, &(struct rxs_stat_opts){
		RXS_ST_IRQ, RXS_ST_APP, 5, 3 }), 0);
	nr_names = rxs_strtab_count(r.t) + 2;
	for (int i = 0; i < 20000; i++) {
		random_event(&r, &ev, &ts, hdr, nr_names);
		assert_int_equal(rxs_stat_event(r.stat, &ev), 0);
		assert_int_equal(rxs_path_event(path, &ev), 0);
		if (rnd(&r) % 2000)
			continue;
		lost = (struct rxs_lost){ .since_ns = ts - rnd(&r) % 10000, .until_ns = rnd(&r) % 5 ? ts : 0,
					  .count = rnd(&r) % 3, .cpu = (s16)(rnd(&r) % 4) - 1,
					  .kind = (u16)(rnd(&r) % RXS_LOST_NR) };
		rxs_path_lost(path, &lost);
		assert_int_equal(rxs_stat_lost(r.stat, &lost), 0);
		assert_int_equal(rxs_stat_snapshot(r.stat, path, &snap), 0);
		assert_int_equal(snap->seen, snap->path.seen);
		in_stages = 0;
		for (int k = 0; k < RXS_ST_NR; k++)
			in_stages += snap->stage[k].open;
		assert_int_equal(in_stages, snap->path.open);
		rxs_snapshot_free(snap);
	}
	rxs_path_finish(path);
	rxs_path_stats_get(path, &st);
	for (int i = 0; i < RXS_OUT_NR; i++)
		sum += r.outcome[i];
	assert_int_equal(sum, st.seen);
	assert_int_equal(st.open, 0);
	assert_true(st.seen > 1000);
	rxs_path_open_by_stage(path, open);
	for (int i = 0; i < RXS_ST_NR; i++)
		assert_int_equal(open[i], 0);
	rxs_path_free(path);
	rxs_stat_free(r.stat);
	rxs_strtab_free(r.t);
	return r.hash;
}

static void outcomes_add_up_whatever_comes(void **state)
{
	(void)state;
	for (u64 seed = 1; seed <= 30; seed++)
		one_run(seed, 0, 0);
}

static void they_do_with_a_small_bound_on_memory_and_with_correction(void **state)
{
	(void)state;
	for (u64 seed = 101; seed <= 110; seed++)
		one_run(seed, 5, 137);
}

static void the_same_input_gives_the_same_output(void **state)
{
	(void)state;
	for (u64 seed = 201; seed <= 203; seed++)
		assert_int_equal(one_run(seed, 0, 0), one_run(seed, 0, 0));
	assert_int_not_equal(one_run(201, 0, 0), one_run(202, 0, 0));
}

/* Given up half-way, the engine frees everything (leak check). */
static void freeing_without_finish_leaks_nothing(void **state)
{
	static struct evs s;
	char line[256];

	(void)state;
	evs_open(&s, NULL);
	evs_feed(&s, "100 cpu0 softirq enter aux=3\n+1 cpu0 napi_poll enter peer=f dev=r0\n");
	for (int i = 0; i < 300; i++) {
		snprintf(line, sizeof(line), "+10 cpu0 gro pass skb=%x head=%x dev=r0\n", 0x1000 + i * 256,
			 0x900000 + i * 256);
		evs_feed(&s, line);
		for (int k = 0; k < 40 && i % 50 == 0; k++) {
			snprintf(line, sizeof(line), "+10 cpu0 socket pass skb=%x head=%x peer=1\n",
				 0x700000 + (i * 64 + k) * 256, 0x900000 + i * 256);
			evs_feed(&s, line);
		}
		if (i % 3 == 0) {
			snprintf(line, sizeof(line), "+10 cpu0 end release skb=%x\n", 0x1000 + i * 256);
			evs_feed(&s, line);
		}
	}
	evs_close(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(outcomes_add_up_whatever_comes),
		cmocka_unit_test(they_do_with_a_small_bound_on_memory_and_with_correction),
		cmocka_unit_test(the_same_input_gives_the_same_output),
		cmocka_unit_test(freeing_without_finish_leaks_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
