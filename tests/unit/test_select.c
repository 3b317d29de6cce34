// SPDX-License-Identifier: GPL-2.0
/*
 * Recording with a filter: who reads what was kept must see the packets that match, each as it is in the whole
 * recording, and no other.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../../tracer/run/rxs_run.h"
#include "../../tracer/run/rxs_select.h"
#include "evscript.h"

#define PACKETS_MAX 20000

/* The story of a packet, in what does not depend on which others there are. */
struct story {
	u64 skb, first_ns, last_ns;
	u32 outcome, frames, clones, nr_own;
	char hops[400];
};

struct stories {
	struct story *v;
	u32 nr;
};

/* Two engines: one has all events, the other what the selection lets through. */
struct pair {
	struct rxs_strtab *t;
	struct rxs_path *all, *kept;
	struct rxs_select *select;
	struct rxs_filter *filter;
	struct stories want, got;
	u64 nr_events, nr_kept, nr_lost;
};

static void tell(struct stories *s, const struct rxs_packet *p)
{
	struct story *st = &s->v[s->nr++];
	size_t used = 0;

	assert_true(s->nr < PACKETS_MAX);
	*st = (struct story){ .skb = p->skb, .last_ns = p->last_ns, .outcome = p->outcome, .frames = p->frames,
			      .clones = p->clones };
	for (u32 i = 0; i < p->nr_hops; i++) {
		/* Interrupt and poll are shared: whose they are depends on the others. */
		if (p->hops[i].flags & RXS_HOP_SHARED)
			continue;
		if (!st->nr_own++)
			st->first_ns = p->hops[i].ts_ns;
		if (used < sizeof(st->hops) - 40)
			used += (size_t)snprintf(st->hops + used, sizeof(st->hops) - used, "%s ",
						 rxs_stages[p->hops[i].stage].id);
	}
}

static void on_all_packet(void *ctx, const struct rxs_packet *p)
{
	struct pair *x = ctx;
	bool match = rxs_filter_match(x->filter, p, x->t);

	if (match)
		tell(&x->want, p);
	assert_int_equal(rxs_select_packet(x->select, p), match);
}

static void on_all_hop(void *ctx, const struct rxs_packet *p, const struct rxs_hop *h)
{
	struct pair *x = ctx;

	(void)h;
	rxs_select_hop(x->select, p);
}

static void on_kept_packet(void *ctx, const struct rxs_packet *p)
{
	tell(&((struct pair *)ctx)->got, p);
}

static int on_kept_event(void *ctx, const struct rxs_event *ev)
{
	struct pair *x = ctx;

	x->nr_kept++;
	return rxs_path_event(x->kept, ev);
}

static int on_kept_lost(void *ctx, const struct rxs_lost *l)
{
	struct pair *x = ctx;

	x->nr_lost++;
	rxs_path_lost(x->kept, l);
	return 0;
}

static void open_pair(struct pair *x, const char *expr, const char *dev, struct rxs_strtab *t)
{
	const struct rxs_path_sink all = { .ctx = x, .packet = on_all_packet, .hop = on_all_hop };
	const struct rxs_path_sink kept = { .ctx = x, .packet = on_kept_packet };
	const struct rxs_select_sink sink = { .ctx = x, .event = on_kept_event, .lost = on_kept_lost };
	const struct rxs_filter_opts f = { .expr = expr, .dev = dev };

	memset(x, 0, sizeof(*x));
	x->t = t;
	x->want.v = calloc(PACKETS_MAX, sizeof(*x->want.v));
	x->got.v = calloc(PACKETS_MAX, sizeof(*x->got.v));
	assert_int_equal(rxs_filter_new(&x->filter, &f, NULL), 0);
	assert_int_equal(rxs_path_new(&x->all, t, &(struct rxs_path_opts){ 0 }, &all), 0);
	assert_int_equal(rxs_path_new(&x->kept, t, &(struct rxs_path_opts){ 0 }, &kept), 0);
	assert_int_equal(rxs_select_new(&x->select, &f, t, &sink, NULL), 0);
}

static void feed_event(struct pair *x, const struct rxs_event *ev)
{
	x->nr_events++;
	assert_int_equal(rxs_select_event(x->select, ev), 0);
	assert_int_equal(rxs_path_event(x->all, ev), 0);
}

static void feed_lost(struct pair *x, const struct rxs_lost *l)
{
	assert_int_equal(rxs_select_lost(x->select, l), 0);
	rxs_path_lost(x->all, l);
}

static void feed_script(struct pair *x, const char *script)
{
	char *copy = strdup(script), *save = NULL;
	u8 hdr[RXS_HDR_MAX_BYTES];
	struct rxs_event ev;
	struct rxs_lost l;
	u64 now = 0;

	for (char *line = strtok_r(copy, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
		int rc = evs_line(x->t, line, &now, &ev, &l, hdr);

		assert_true(rc >= 0);
		if (rc == 1)
			feed_event(x, &ev);
		else if (rc == 2)
			feed_lost(x, &l);
	}
	free(copy);
}

static int by_time(const void *a, const void *b)
{
	const struct story *x = a, *y = b;

	if (x->first_ns != y->first_ns)
		return x->first_ns < y->first_ns ? -1 : 1;
	return x->skb < y->skb ? -1 : x->skb > y->skb;
}

/* Finish, and compare. */
static void check_pair(struct pair *x)
{
	rxs_path_finish(x->all);
	assert_int_equal(rxs_select_flush(x->select), 0);
	rxs_path_finish(x->kept);
	qsort(x->want.v, x->want.nr, sizeof(*x->want.v), by_time);
	qsort(x->got.v, x->got.nr, sizeof(*x->got.v), by_time);
	for (u32 i = 0; i < x->want.nr && i < x->got.nr; i++) {
		const struct story *w = &x->want.v[i], *g = &x->got.v[i];

		assert_int_equal(w->skb, g->skb);
		assert_int_equal(w->first_ns, g->first_ns);
		assert_string_equal(w->hops, g->hops);
		assert_int_equal(w->outcome, g->outcome);
		assert_int_equal(w->frames, g->frames);
		assert_int_equal(w->clones, g->clones);
		assert_int_equal(w->last_ns, g->last_ns);
	}
	assert_int_equal(x->want.nr, x->got.nr);
}

static void close_pair(struct pair *x)
{
	rxs_select_free(x->select);
	rxs_path_free(x->all);
	rxs_path_free(x->kept);
	rxs_filter_free(x->filter);
	free(x->want.v);
	free(x->got.v);
}

#define UDP(skb, head, dport) \
	"+10 cpu0 rx_desc pass skb=" skb " head=" head " dev=r0 hdr=ip:10.0.0.1>10.0.0.2/udp:9>" dport "\n" \
	"+10 cpu0 gro pass skb=" skb " dev=r0\n" \
	"+10 cpu0 gro result aux=0\n"
#define UP(skb, head) \
	"+10 cpu0 netif_receive_skb pass skb=" skb " head=" head "\n" \
	"+10 cpu0 ip_rcv pass skb=" skb " head=" head "\n" \
	"+10 cpu0 udp_rcv pass skb=" skb " head=" head "\n" \
	"+10 cpu0 socket pass skb=" skb " head=" head " peer=5000 hook=__udp_enqueue_schedule_skb\n"
#define READ(skb) \
	"+10 cpu1 app pass skb=" skb " pid=7 task\n" \
	"+10 cpu1 end consume skb=" skb " pid=7 task\n"
#define POLL	"+10 cpu0 irq enter aux=9 dev=r0\n+1 cpu0 napi_schedule raise aux=3\n+1 cpu0 irq exit aux=9\n" \
		"+10 cpu0 softirq enter aux=3\n+10 cpu0 napi_poll enter peer=77 dev=r0\n"
#define POLLED	"+10 cpu0 napi_poll exit peer=77 dev=r0 aux=2 aux2=64\n+10 cpu0 softirq exit aux=3\n"

static void packets_that_match_are_kept_whole_and_others_not(void **state)
{
	struct rxs_strtab *t = rxs_strtab_new();
	struct pair x;

	(void)state;
	open_pair(&x, "udp dst port 53", NULL, t);
	feed_script(&x, "100 cpu0 irq enter aux=9 dev=r0\n" POLL
			UDP("a0", "b0", "53") UDP("a1", "b1", "80") UDP("a2", "b2", "53")
			UP("a0", "b0") UP("a1", "b1") UP("a2", "b2") POLLED
			READ("a1") READ("a0") READ("a2")
			/* a transmit frees one; not ours */
			"+10 cpu0 end consume skb=c9\n");
	check_pair(&x);
	assert_int_equal(x.got.nr, 2);
	assert_true(x.nr_kept < x.nr_events);
	close_pair(&x);
	rxs_strtab_free(t);
}

static void an_address_used_again_is_judged_anew(void **state)
{
	struct rxs_strtab *t = rxs_strtab_new();
	struct pair x;

	(void)state;
	open_pair(&x, "udp dst port 53", NULL, t);
	feed_script(&x, "100 cpu0 softirq enter aux=3\n"
			UDP("a0", "b0", "53") UP("a0", "b0") READ("a0")
			UDP("a0", "b0", "80") UP("a0", "b0") READ("a0")
			UDP("a0", "b1", "53") UP("a0", "b1") READ("a0"));
	check_pair(&x);
	assert_int_equal(x.got.nr, 2);
	close_pair(&x);
	rxs_strtab_free(t);
}

static void clones_go_with_their_packet(void **state)
{
	struct rxs_strtab *t = rxs_strtab_new();
	struct pair x;

	(void)state;
	open_pair(&x, "icmp", NULL, t);
	feed_script(&x, "100 cpu0 softirq enter aux=3\n"
			"+10 cpu0 rx_desc pass skb=a0 head=b0 dev=r0 hdr=ip:10.0.0.1>10.0.0.2/icmp:0:7:1\n"
			"+10 cpu0 netif_receive_skb pass skb=a0 head=b0\n"
			"+10 cpu0 ip_rcv pass skb=a0 head=b0\n"
			/* a raw socket's copy: the same head, then known by its address alone */
			"+10 cpu0 socket pass skb=a5 head=b0 peer=6000 hook=__sock_queue_rcv_skb\n"
			"+10 cpu0 icmp_rcv pass skb=a0 head=b0\n"
			"+10 cpu0 end drop skb=a0 reason=NO_SOCKET\n"
			"+10 cpu1 app pass skb=a5 pid=9 task\n"
			"+10 cpu1 end consume skb=a5 pid=9 task\n");
	check_pair(&x);
	assert_int_equal(x.got.nr, 1);
	assert_int_equal(x.got.v[0].outcome, RXS_OUT_DELIVERED);
	close_pair(&x);
	rxs_strtab_free(t);
}

static void by_device_needs_no_headers(void **state)
{
	struct rxs_strtab *t = rxs_strtab_new();
	struct pair x;

	(void)state;
	open_pair(&x, NULL, "r0", t);
	feed_script(&x, "100 cpu0 softirq enter aux=3\n"
			"+10 cpu0 gro pass skb=a0 dev=r0\n+10 cpu0 netif_receive_skb pass skb=a0 dev=r0\n"
			"+10 cpu0 gro pass skb=a1 dev=t0\n+10 cpu0 netif_receive_skb pass skb=a1 dev=t0\n"
			"+10 cpu0 end consume skb=a0\n+10 cpu0 end consume skb=a1\n");
	check_pair(&x);
	assert_int_equal(x.got.nr, 1);
	close_pair(&x);
	rxs_strtab_free(t);
}

static void without_headers_an_expression_matches_nothing(void **state)
{
	struct rxs_strtab *t = rxs_strtab_new();
	struct pair x;

	(void)state;
	open_pair(&x, "ip", NULL, t);
	feed_script(&x, "100 cpu0 softirq enter aux=3\n"
			"+10 cpu0 gro pass skb=a0 dev=r0\n+10 cpu0 netif_receive_skb pass skb=a0 dev=r0\n"
			"+10 cpu0 end consume skb=a0\n");
	check_pair(&x);
	assert_int_equal(x.got.nr, 0);
	close_pair(&x);
	rxs_strtab_free(t);
}

static void losses_are_always_kept(void **state)
{
	struct rxs_strtab *t = rxs_strtab_new();
	struct pair x;

	(void)state;
	open_pair(&x, "udp dst port 53", NULL, t);
	feed_script(&x, "100 cpu0 softirq enter aux=3\n" UDP("a0", "b0", "80")
			"+10 cpu0 lost since=100 count=7\n" UDP("a1", "b1", "53") UP("a1", "b1") READ("a1"));
	check_pair(&x);
	assert_int_equal(x.nr_lost, 1);
	close_pair(&x);
	rxs_strtab_free(t);
}

static void more_than_fits_undecided_is_kept_rather_than_dropped(void **state)
{
	struct rxs_strtab *t = rxs_strtab_new();
	struct rxs_event ev = { .ts_ns = 1, .stage = RXS_ST_GRO, .op = RXS_OP_PASS, .skb = 0xa0 };
	struct pair x;

	(void)state;
	open_pair(&x, "ip", NULL, t);
	feed_event(&x, &ev);
	ev = (struct rxs_event){ .ts_ns = 1, .stage = RXS_ST_IRQ, .op = RXS_OP_ENTER };
	for (unsigned int i = 0; i < 70000; i++) {
		ev.ts_ns++;
		feed_event(&x, &ev);
	}
	assert_int_equal(rxs_select_flush(x.select), 0);
	assert_true(x.nr_kept > 60000);
	close_pair(&x);
	rxs_strtab_free(t);
}

static void wrong_expressions_are_refused(void **state)
{
	const struct rxs_select_sink sink = { 0 };
	struct rxs_err e = { "" };
	struct rxs_select *s;

	(void)state;
	assert_int_equal(rxs_select_new(&s, &(struct rxs_filter_opts){ .expr = "nonsense foo" }, NULL, &sink, &e),
			 -EINVAL);
	assert_true(e.text[0]);
}

/* --- recordings of a real kernel */

static void check_recording(const char *path, const char *expr, const char *dev)
{
	struct rxs_strtab *t = rxs_strtab_new();
	struct rxs_source_opts o = { .uri = path };
	struct rxs_event ev;
	struct rxs_lost l;
	struct rxs_source *src;
	struct rxs_decode *d;
	struct rxs_raw raw;
	struct pair x;

	assert_int_equal(rxs_source_open(&src, &o, NULL), 0);
	assert_int_equal(rxs_decode_new(&d, src, t, NULL), 0);
	open_pair(&x, expr, dev, t);
	while (src->ops->next(src, &raw, NULL) == 1) {
		int rc = rxs_decode_record(d, &raw, &ev, &l);

		if (rc == 1)
			feed_event(&x, &ev);
		else if (rc == 2)
			feed_lost(&x, &l);
	}
	check_pair(&x);
	assert_true(x.want.nr > 0);
	close_pair(&x);
	rxs_decode_free(d);
	rxs_source_close(src);
	rxs_strtab_free(t);
}

static void recordings_keep_their_packets(void **state)
{
	static const struct {
		const char *file, *expr, *dev;
	} c[] = {
		{ "ping-e1000", "icmp", NULL },
		{ "ping-e1000", "icmp6", "r0" },
		{ "tcp-refnic", "tcp port 7001", NULL },
		{ "tcp-refnic", NULL, "t0" },
		{ "drop-refnic", "ip", "r0" },
		{ "frag-refnic", "icmp", NULL },
		{ "vlan-refnic", "icmp or vlan", NULL },
		{ "way-forward", "ip", NULL },
		{ "way-loopback", "udp", NULL },
		{ "way-multicast", "udp", NULL },
		{ "way-rps", "ip", NULL },
	};

	(void)state;
	for (unsigned int i = 0; i < RXS_ARRAY_SIZE(c); i++) {
		char path[128];

		snprintf(path, sizeof(path), "tests/golden/data/%s.rxs", c[i].file);
		check_recording(path, c[i].expr, c[i].dev);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(packets_that_match_are_kept_whole_and_others_not),
		cmocka_unit_test(an_address_used_again_is_judged_anew),
		cmocka_unit_test(clones_go_with_their_packet),
		cmocka_unit_test(by_device_needs_no_headers),
		cmocka_unit_test(without_headers_an_expression_matches_nothing),
		cmocka_unit_test(losses_are_always_kept),
		cmocka_unit_test(more_than_fits_undecided_is_kept_rather_than_dropped),
		cmocka_unit_test(wrong_expressions_are_refused),
		cmocka_unit_test(recordings_keep_their_packets),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
