// SPDX-License-Identifier: GPL-2.0
/* Comparisons: what is found, what is not called a regression, rules, and profiles as text. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <math.h>

#include "../../tracer/stat/diff_perm.h"
#include "../../tracer/stat/rxs_rule.h"
#include "fixture.h"

/* A machine whose noise is known: how much slower a run is as a whole, how much a single value varies. */
struct machine {
	double run_noise, value_noise;
	u64 seed;
};

static double uniform(u64 *s)
{
	*s ^= *s << 13;
	*s ^= *s >> 7;
	*s ^= *s << 17;
	return (double)(*s >> 11) / 9007199254740992.0;
}

static double normal(u64 *s)
{
	return sqrt(-2 * log(uniform(s) + 1e-300)) * cos(6.283185307179586 * uniform(s));
}

#define STAGES 8
static const enum rxs_stage way[STAGES] = {
	RXS_ST_RX_DESC, RXS_ST_GRO, RXS_ST_NETIF_RECEIVE_SKB, RXS_ST_IP_RCV,
	RXS_ST_IP_LOCAL_DELIVER, RXS_ST_UDP_RCV, RXS_ST_SOCKET, RXS_ST_APP,
};

/* A recording of n packets; stage slow (or -1) takes factor times as long. noise NULL: the same in each run. */
static struct rxs_profile *record(struct machine *noise, unsigned int n, int slow, double factor, s64 plus_ns)
{
	const struct rxs_source_info info = { .name = "x.rxs", .kernel = "6.1.0" };
	double run = noise ? exp(noise->run_noise * normal(&noise->seed)) : 1;
	struct rxs_strtab *t = rxs_strtab_new();
	struct rxs_profiler *pr;
	struct rxs_profile *out;
	struct rxs_snapshot *s;
	struct rxs_stat *stat;

	assert_int_equal(rxs_profiler_new(&pr), 0);
	assert_int_equal(rxs_stat_new(&stat, t, NULL), 0);
	for (unsigned int i = 0; i < n; i++) {
		struct fixture_packet f;
		double at = 1e9 + i * 1e6;

		fixture_udp(&f, t, i + 1);
		for (int k = 0; k < STAGES; k++) {
			double step = 1000 * (k + 1) * run;

			if (noise)
				step *= exp(noise->value_noise * normal(&noise->seed));
			else
				step += i % 7;
			if (way[k] == (enum rxs_stage)slow)
				step = step * factor + (double)plus_ns;
			at += step;
			fixture_hop(&f, (u64)at, way[k], RXS_OP_PASS);
		}
		f.p.outcome = RXS_OUT_DELIVERED;
		assert_int_equal(rxs_stat_packet(stat, &f.p), 0);
		assert_int_equal(rxs_profiler_packet(pr, &f.p), 0);
	}
	assert_int_equal(rxs_stat_snapshot(stat, NULL, &s), 0);
	assert_int_equal(rxs_profiler_finish(pr, s, &info, t, &out), 0);
	out->deterministic = !noise;
	rxs_snapshot_free(s);
	rxs_stat_free(stat);
	rxs_profiler_free(pr);
	rxs_strtab_free(t);
	return out;
}

/* Judge NEW against BASE by rules, the last of which is NULL. Returns how many fail; text of the first in *why. */
static unsigned int judge(const struct rxs_profile *const *base, u32 nb, const struct rxs_profile *const *new_, u32 nn,
			  const char *const *rules, double confidence, char *why)
{
	struct rxs_diff_opts o = { .confidence = confidence, .exact = -1 };
	struct rxs_judgement *j;
	unsigned int nr = 0, nj, fails = 0;
	struct rxs_rule r[8];
	struct rxs_diff *d;

	for (; rules[nr]; nr++)
		assert_int_equal(rxs_rule_parse(&r[nr], rules[nr], NULL), 0);
	rxs_rule_figures(r, nr, &o);
	assert_int_equal(rxs_diff_new(&d, base, nb, new_, nn, &o), 0);
	assert_int_equal(rxs_rule_judge(d, r, nr, &j, &nj), 0);
	for (unsigned int i = 0; i < nj; i++) {
		if (!rxs_verdict_fails(j[i].verdict))
			continue;
		if (!fails++ && why)
			strcpy(why, j[i].text);
	}
	free(j);
	rxs_diff_free(d);
	return fails;
}

static const char *const any_p50[] = { "*.p50>+0%", NULL };
static const char *const every_p50[] = { "*.p50>+5%,+50ns", NULL };

#define CONST(p) ((const struct rxs_profile *const *)(p))

static void free_all(struct rxs_profile **p, int nr)
{
	for (int i = 0; i < nr; i++)
		rxs_profile_free(p[i]);
}

static void equal_deterministic_recordings_have_no_difference(void **state)
{
	static const char *const rules[] = { "shape", "lost", "*.mean>+0%", "total.max>+0%", NULL };
	struct rxs_profile *a = record(NULL, 300, -1, 1, 0), *b = record(NULL, 300, -1, 1, 0);

	(void)state;
	assert_int_equal(judge(CONST(&a), 1, CONST(&b), 1, rules, 0, NULL), 0);
	rxs_profile_free(a);
	rxs_profile_free(b);
}

static void sixteen_instructions_more_are_found_exactly(void **state)
{
	static const char *const rules[] = { "*.mean>+0.1%,+4ns", NULL };
	struct rxs_profile *a = record(NULL, 300, -1, 1, 0), *b = record(NULL, 300, RXS_ST_RX_DESC, 1, 16);
	char why[240];

	(void)state;
	/* the first stage has no previous, and so no time of its own */
	assert_int_equal(judge(CONST(&a), 1, CONST(&b), 1, rules, 0, why), 0);
	rxs_profile_free(b);
	b = record(NULL, 300, RXS_ST_GRO, 1, 16);
	assert_int_equal(judge(CONST(&a), 1, CONST(&b), 1, rules, 0, why), 1);
	assert_string_equal(why, "gro.mean: 2.00 us -> 2.02 us (+0.80 %, +16 ns), exact: 16 more instructions per packet");
	rxs_profile_free(a);
	rxs_profile_free(b);
}

static void a_rule_of_a_stage_takes_the_place_of_the_one_for_all(void **state)
{
	static const char *const wider[] = { "*.p50>+0.1%,+4ns", "gro.p50>+2%", NULL };
	static const char *const other_figure[] = { "*.p50>+0.1%,+4ns", "gro.p99>+2%", NULL };
	static const char *const narrower[] = { "*.p50>+2%", "gro.p50>+0.1%,+4ns", NULL };
	struct rxs_profile *a = record(NULL, 300, -1, 1, 0), *b = record(NULL, 300, RXS_ST_GRO, 1, 16);

	(void)state;
	assert_int_equal(judge(CONST(&a), 1, CONST(&b), 1, wider, 0, NULL), 0);
	assert_int_equal(judge(CONST(&a), 1, CONST(&b), 1, other_figure, 0, NULL), 1);
	assert_int_equal(judge(CONST(&a), 1, CONST(&b), 1, narrower, 0, NULL), 1);
	rxs_profile_free(a);
	rxs_profile_free(b);
}

/* Issue: 20 comparisons of equal recordings under load give no more than one false alarm. */
static void noise_is_not_called_a_regression(void **state)
{
	struct machine m = { .run_noise = 0.3, .value_noise = 0.4, .seed = 42 };
	unsigned int alarms = 0;

	(void)state;
	for (int round = 0; round < 20; round++) {
		struct rxs_profile *p[10];

		for (int i = 0; i < 10; i++)
			p[i] = record(&m, 400, -1, 1, 0);
		alarms += judge(CONST(p), 5, CONST(p + 5), 5, every_p50, 0.99, NULL) > 0;
		free_all(p, 10);
	}
	assert_true(alarms <= 1);
}

/*
 * Ten equal recordings can be dealt out in 252 ways: at 99 % no more than two of them may look like a regression.
 * Some stages follow the machine less than others, and that has to be learnt; not from the dealing at hand.
 */
static void no_more_dealings_look_bad_than_the_confidence_allows(void **state)
{
	struct machine m = { .run_noise = 0.3, .value_noise = 0.4, .seed = 46 };
	struct rxs_profile *p[10], *dealt[10];
	unsigned int alarms = 0;

	(void)state;
	for (int i = 0; i < 10; i++) {
		p[i] = record(&m, 200, -1, 1, 0);
		for (int s = RXS_ST_IRQ; s <= RXS_ST_GRO; s++)
			p[i]->dist[s].v[RXS_FIG_P50] = sqrt(p[i]->dist[s].v[RXS_FIG_P50]) * 30;
	}
	for (unsigned int ways = 0; ways < 1 << 10; ways++) {
		int b = 0, n = 5;

		if (__builtin_popcount(ways) != 5)
			continue;
		for (int i = 0; i < 10; i++)
			dealt[ways >> i & 1 ? n++ : b++] = p[i];
		alarms += judge(CONST(dealt), 5, CONST(dealt + 5), 5, any_p50, 0.99, NULL) > 0;
	}
	assert_in_range(alarms, 1, 2);
	free_all(p, 10);
}

/* Issue: an injected 20 % at one stage is found in at least 19 of 20, and named. */
static void twenty_per_cent_at_one_stage_are_found_under_the_noise(void **state)
{
	struct machine m = { .run_noise = 0.3, .value_noise = 0.4, .seed = 43 };
	unsigned int found = 0;
	char why[240];

	(void)state;
	for (int round = 0; round < 20; round++) {
		struct rxs_profile *p[10];

		for (int i = 0; i < 10; i++)
			p[i] = record(&m, 400, i < 5 ? -1 : RXS_ST_IP_RCV, 1.2, 0);
		if (judge(CONST(p), 5, CONST(p + 5), 5, every_p50, 0.99, why) >= 1)
			found += !strncmp(why, "ip_rcv.p50: ", 12);
		free_all(p, 10);
	}
	assert_true(found >= 19);
}

static void a_machine_that_is_slower_as_a_whole_is_told_as_such(void **state)
{
	struct machine fast = { .run_noise = 0.02, .value_noise = 0.2, .seed = 44 }, *m = &fast;
	struct rxs_profile *p[10];
	struct rxs_diff_opts o = { .exact = -1 };
	struct rxs_diff *d;

	(void)state;
	for (int i = 0; i < 10; i++) {
		double was = m->run_noise;

		/* the second half on a machine that takes 1.5 times as long for everything */
		if (i >= 5) {
			struct rxs_profile *slow;

			m->run_noise = 0;
			slow = record(m, 400, -1, 1, 0);
			for (int k = 0; k < RXS_METRIC_NR; k++)
				for (int f = 0; f < RXS_FIG_NR; f++)
					slow->dist[k].v[f] *= rxs_metric_is_time(k) ? 1.5 : 1;
			p[i] = slow;
		} else {
			p[i] = record(m, 400, -1, 1, 0);
		}
		m->run_noise = was;
	}
	assert_int_equal(rxs_diff_new(&d, CONST(p), 5, CONST(p + 5), 5, &o), 0);
	assert_true(fabs(d->machine - 0.5) < 0.05);
	rxs_diff_free(d);
	assert_int_equal(judge(CONST(p), 5, CONST(p + 5), 5, every_p50, 0.99, NULL), 0);
	free_all(p, 10);
}

static void one_recording_a_side_is_tested_by_its_parts(void **state)
{
	struct machine m = { .run_noise = 0, .value_noise = 0.3, .seed = 45 };
	struct rxs_profile *a = record(&m, 1000, -1, 1, 0), *b = record(&m, 1000, -1, 1, 0),
			   *c = record(&m, 1000, RXS_ST_UDP_RCV, 1.3, 0), *few = record(&m, 50, RXS_ST_UDP_RCV, 1.3, 0);
	struct rxs_diff_opts o = { .exact = -1 };
	struct rxs_diff *d;
	char why[240];

	(void)state;
	assert_int_equal(judge(CONST(&a), 1, CONST(&b), 1, every_p50, 0.99, NULL), 0);
	assert_int_equal(judge(CONST(&a), 1, CONST(&c), 1, every_p50, 0.99, why), 1);
	assert_memory_equal(why, "udp_rcv.p50", 11);
	/* too few packets for parts: shown, but never called sure */
	assert_int_equal(judge(CONST(&a), 1, CONST(&few), 1, every_p50, 0.99, NULL), 0);
	assert_int_equal(rxs_diff_new(&d, CONST(&a), 1, CONST(&few), 1, &o), 0);
	assert_int_equal(d->method, RXS_DIFF_NONE);
	rxs_diff_free(d);
	rxs_profile_free(a);
	rxs_profile_free(b);
	rxs_profile_free(c);
	rxs_profile_free(few);
}

static void shape_tells_stages_order_and_drops(void **state)
{
	struct rxs_profile *a = record(NULL, 300, -1, 1, 0), *b = record(NULL, 300, -1, 1, 0);
	static const char *const rules[] = { "shape", NULL };
	struct rxs_profile_drop drop = { .stage = RXS_ST_UDP_RCV, .count = 3 };
	struct rxs_diff_opts o = { .exact = -1 };
	bool seen[RXS_SHAPE_STEP_GONE + 1] = { false };
	struct rxs_diff *d;

	(void)state;
	b->hits[RXS_ST_VLAN] = 300;
	b->hits[RXS_ST_GRO] = 0;
	b->step[RXS_ST_UDP_RCV][RXS_ST_IP_LOCAL_DELIVER] = 300;
	b->step[RXS_ST_IP_LOCAL_DELIVER][RXS_ST_UDP_RCV] = 0;
	drop.reason = strdup("NO_SOCKET");
	drop.function = strdup("");
	*b->drops = drop;
	b->nr_drops = 1;
	assert_int_equal(judge(CONST(&a), 1, CONST(&b), 1, rules, 0, NULL), 1);
	assert_int_equal(rxs_diff_new(&d, CONST(&a), 1, CONST(&b), 1, &o), 0);
	for (u32 i = 0; i < d->nr_shape; i++)
		seen[d->shape[i].kind] = true;
	assert_true(seen[RXS_SHAPE_STAGE_ADDED] && seen[RXS_SHAPE_STAGE_GONE]);
	assert_true(seen[RXS_SHAPE_REORDERED] && seen[RXS_SHAPE_DROP_NEW]);
	assert_false(seen[RXS_SHAPE_STEP_GONE]);
	rxs_diff_free(d);
	rxs_profile_free(a);
	rxs_profile_free(b);
}

static void a_rule_for_what_was_not_measured_fails(void **state)
{
	static const char *const rules[] = { "tcp_v4_rcv.p99>+5%", NULL };
	struct rxs_profile *a = record(NULL, 300, -1, 1, 0);
	char why[240];

	(void)state;
	assert_int_equal(judge(CONST(&a), 1, CONST(&a), 1, rules, 0, why), 1);
	assert_string_equal(why, "tcp_v4_rcv was not measured in NEW");
	rxs_profile_free(a);
}

static void ratio_floor_and_bound_must_all_be_exceeded(void **state)
{
	/* gro goes from 2003 to 2203 ns: 10 %, 200 ns */
	static const struct { const char *rule; unsigned int fails; } row[] = {
		{ "gro.p50>+9%", 1 }, { "gro.p50>+11%", 0 }, { "gro.p50>+199ns", 1 }, { "gro.p50>+200ns", 0 },
		{ "gro.p50>+5%,+500ns", 0 }, { "gro.p50>+5%,+100ns", 1 }, { "gro.p50>2.2us", 1 },
		{ "gro.p50>2.3us", 0 }, { "gro.p50>+5%,2.3us", 0 }, { "gro.p50<-5%", 0 }, { "gro.p50<3us", 1 },
	};
	struct rxs_profile *a = record(NULL, 300, -1, 1, 0), *b = record(NULL, 300, RXS_ST_GRO, 1, 200);

	(void)state;
	for (unsigned int i = 0; i < RXS_ARRAY_SIZE(row); i++) {
		const char *rules[] = { row[i].rule, NULL };

		if (judge(CONST(&a), 1, CONST(&b), 1, rules, 0, NULL) != row[i].fails)
			fail_msg("%s", row[i].rule);
	}
	rxs_profile_free(a);
	rxs_profile_free(b);
}

static void rules_that_are_wrong_are_told(void **state)
{
	static const char *const wrong[] = {
		"", "shap", "gro", "gro.p50", "gro.p50>", "gro.p50>5%", "gro.p50>-5%", "gro.p50<+5%", "gro.p51>+5%",
		"grow.p50>+5%", "gro.p50>+5", "gro.p50>+5parsec", "gro.p50>+x%", "packets_per_poll.mean>+5us",
	};
	struct rxs_rule r;

	(void)state;
	for (unsigned int i = 0; i < RXS_ARRAY_SIZE(wrong); i++) {
		struct rxs_err e = { "" };

		if (rxs_rule_parse(&r, wrong[i], &e) != -22 /* -EINVAL */ || !e.text[0])
			fail_msg("'%s' was taken", wrong[i]);
	}
	assert_int_equal(rxs_rule_parse(&r, " gro.p99 > +5 %, +1us ", NULL), 0);
	assert_string_equal(r.text, "gro.p99>+5%,+1us");
	assert_true(r.has_ratio && r.has_delta && !r.has_bound);
	assert_int_equal((int)r.delta, 1000);
}

static void the_permutation_test_counts_exactly(void **state)
{
	/* one figure, 3 against 3, complete separation: 1 of 20 dealings is as extreme */
	const double y[] = { 1, 1.1, 1.2, 5, 5.1, 5.2, /* second figure: nothing */ 1, 2, 3, 1, 2, 3 };
	double up[2], down[2];
	struct perm p = { .nr_base = 3, .nr_new = 3, .nr_rows = 1, .y = y, .p_up = up, .p_down = down };

	(void)state;
	assert_int_equal(perm_test(&p), 0);
	assert_true(p.all);
	assert_int_equal(p.dealings, 20);
	assert_true(fabs(up[0] - 0.05) < 1e-9);
	assert_true(fabs(down[0] - 1) < 1e-9);
	p.nr_rows = 2;
	assert_int_equal(perm_test(&p), 0);
	assert_true(fabs(up[0] - 0.05) < 1e-9);
	assert_true(up[1] > 0.3);
	assert_int_equal(perm_choose(10, 5), 252);
	assert_true(perm_choose(200, 100) == UINT64_MAX);
}

static struct rxs_profile *through_text(const struct rxs_profile *p)
{
	struct rxs_profile *q = NULL;
	unsigned int line = 0;
	char *text = NULL;
	size_t len;
	FILE *f = open_memstream(&text, &len);

	assert_int_equal(rxs_profile_save(p, f), 0);
	fclose(f);
	f = fmemopen(text, len, "r");
	assert_int_equal(rxs_profile_load(f, &line, &q, NULL), 1);
	fclose(f);
	free(text);
	return q;
}

static void a_profile_survives_being_text(void **state)
{
	struct machine m = { .run_noise = 0.1, .value_noise = 0.3, .seed = 46 };

	(void)state;
	for (int noisy = 0; noisy < 2; noisy++) {
		struct rxs_profile *a = record(noisy ? &m : NULL, 400, -1, 1, 0), *b;

		free(a->name);
		a->name = strdup("a name # with 100% of it");
		b = through_text(a);
		assert_string_equal(a->name, b->name);
		assert_string_equal(a->kernel, b->kernel);
		assert_int_equal(a->deterministic, b->deterministic);
		assert_memory_equal(a->hits, b->hits, sizeof(a->hits));
		assert_memory_equal(a->step, b->step, sizeof(a->step));
		assert_memory_equal(a->outcome, b->outcome, sizeof(a->outcome));
		for (int k = 0; k < RXS_METRIC_NR; k++) {
			assert_int_equal(a->dist[k].count, b->dist[k].count);
			assert_int_equal(a->dist[k].sum, b->dist[k].sum);
			assert_int_equal(a->dist[k].count, b->dist[k].hist.count);
			assert_int_equal(noisy ? a->dist[k].nr_blocks : 0, b->dist[k].nr_blocks);
			for (int f = 0; f < RXS_FIG_NR; f++)
				assert_true(fabs(a->dist[k].v[f] - b->dist[k].v[f]) <= 1e-9 * a->dist[k].v[f]);
		}
		rxs_profile_free(a);
		rxs_profile_free(b);
	}
}

static void damaged_text_is_refused_with_its_line(void **state)
{
	static const char *const bad[] = {
		"hello\n", "rxscope-baseline 2\n", "rxscope-baseline 1\nrecording a\nkernel b\n",
		"rxscope-baseline 1\nend\n", "rxscope-baseline 1\nseen x\nend\n",
		"rxscope-baseline 1\nhist total 5\nend\n", "rxscope-baseline 1\nhist total 5:0\nend\n",
		"rxscope-baseline 1\ndrop A\nend\n", "rxscope-baseline 1\nfigures gro p50 x\nend\n",
	};

	(void)state;
	for (unsigned int i = 0; i < RXS_ARRAY_SIZE(bad); i++) {
		FILE *f = fmemopen((void *)bad[i], strlen(bad[i]), "r");
		struct rxs_profile *p = NULL;
		struct rxs_err e = { "" };
		unsigned int line = 0;

		assert_int_equal(rxs_profile_load(f, &line, &p, &e), -74 /* -EBADMSG */);
		assert_memory_equal(e.text, "line ", 5);
		fclose(f);
	}
}

static void a_profile_has_the_distributions_of_the_report(void **state)
{
	struct rxs_strtab *t = rxs_strtab_new();
	const struct rxs_source_info info = { .name = "x", .kernel = "" };
	struct rxs_profiler *pr;
	struct rxs_profile *p;
	struct rxs_snapshot *s;
	struct rxs_stat *stat;

	(void)state;
	assert_int_equal(rxs_profiler_new(&pr), 0);
	assert_int_equal(rxs_stat_new(&stat, t, NULL), 0);
	for (unsigned int i = 0; i < 50; i++) {
		struct fixture_packet f;

		if (i % 3)
			fixture_delivered(&f, t, i + 1, 1000000000ULL + i * 1000, 100 + i);
		else
			fixture_dropped(&f, t, i + 1, 1000000000ULL + i * 1000, "NO_SOCKET", "x");
		/* the way of a packet that shares its softirq, passes a stage twice, and has a clone */
		f.hop[0].flags = RXS_HOP_SHARED;
		if (i % 5 == 0) {
			f.p.clones = 1;
			f.hop[2].flags = RXS_HOP_CLONE | 1 << 4;
			f.hop[3].flags = RXS_HOP_PASS;
		}
		assert_int_equal(rxs_stat_packet(stat, &f.p), 0);
		assert_int_equal(rxs_profiler_packet(pr, &f.p), 0);
	}
	assert_int_equal(rxs_stat_snapshot(stat, NULL, &s), 0);
	assert_int_equal(rxs_profiler_finish(pr, s, &info, t, &p), 0);
	for (int i = 0; i < RXS_ST_NR; i++) {
		assert_int_equal(p->hits[i], s->stage[i].hits);
		assert_int_equal(p->dist[i].count, s->stage[i].from_prev.count);
		assert_int_equal(p->dist[i].sum, s->stage[i].from_prev.sum);
	}
	assert_int_equal(p->dist[RXS_METRIC_TOTAL].sum, s->total.sum);
	assert_int_equal(p->nr_drops, 1);
	rxs_profile_free(p);
	rxs_snapshot_free(s);
	rxs_stat_free(stat);
	rxs_profiler_free(pr);
	rxs_strtab_free(t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(equal_deterministic_recordings_have_no_difference),
		cmocka_unit_test(sixteen_instructions_more_are_found_exactly),
		cmocka_unit_test(a_rule_of_a_stage_takes_the_place_of_the_one_for_all),
		cmocka_unit_test(noise_is_not_called_a_regression),
		cmocka_unit_test(no_more_dealings_look_bad_than_the_confidence_allows),
		cmocka_unit_test(twenty_per_cent_at_one_stage_are_found_under_the_noise),
		cmocka_unit_test(a_machine_that_is_slower_as_a_whole_is_told_as_such),
		cmocka_unit_test(one_recording_a_side_is_tested_by_its_parts),
		cmocka_unit_test(shape_tells_stages_order_and_drops),
		cmocka_unit_test(a_rule_for_what_was_not_measured_fails),
		cmocka_unit_test(ratio_floor_and_bound_must_all_be_exceeded),
		cmocka_unit_test(rules_that_are_wrong_are_told),
		cmocka_unit_test(the_permutation_test_counts_exactly),
		cmocka_unit_test(a_profile_survives_being_text),
		cmocka_unit_test(damaged_text_is_refused_with_its_line),
		cmocka_unit_test(a_profile_has_the_distributions_of_the_report),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
