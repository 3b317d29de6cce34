// SPDX-License-Identifier: GPL-2.0
/* Why a packet was slow: each cause from a packet that has it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../../tracer/stat/rxs_explain.h"
#include "evscript.h"

static struct evs s;

static struct rxs_explain explain(u64 id, const char *script)
{
	struct rxs_explain x;

	evs_close(&s);
	evs_open(&s, NULL);
	evs_feed(&s, script);
	evs_finish(&s);
	rxs_explain_packet(&x, evs_packet(&s, id), NULL, s.t);
	assert_true(x.text[0]);
	assert_true(x.text[strlen(x.text) - 1] == '.');
	return x;
}

static void is(const struct rxs_explain *x, enum rxs_cause cause, u16 stage, u64 ns, const char *word)
{
	assert_string_equal(rxs_cause_id(x->cause), rxs_cause_id(cause));
	assert_int_equal(x->stage, stage);
	assert_int_equal(x->ns, ns);
	if (!strstr(x->text, word))
		fail_msg("'%s' does not say '%s'", x->text, word);
}

#define IRQ(raise, soft, poll) \
	"1000 cpu0 irq enter aux=11 dev=r0\n" \
	"+" raise " cpu0 napi_schedule raise aux=3 hook=softirq_raise\n" \
	"+10 cpu0 irq exit aux=11\n" \
	"+" soft "\n" \
	"+" poll " cpu0 napi_poll enter peer=f0 dev=r0\n"
#define RX(skb) "+10 cpu0 rx_desc pass skb=" skb " head=f" skb " dev=r0\n"
#define SOFT(ns) ns " cpu0 softirq enter aux=3"
#define EXIT "+10 cpu0 napi_poll exit peer=f0 dev=r0 aux=1 aux2=64\n"

static void what_happened_before_the_packets_own_stages(void **state)
{
	struct rxs_explain x;

	(void)state;
	x = explain(1, IRQ("9000", SOFT("10"), "10") RX("a0") "+10 cpu0 end consume skb=a0\n");
	is(&x, RXS_CAUSE_IRQ, RXS_ST_NAPI_SCHEDULE, 9000, "interrupt handler");
	x = explain(1, IRQ("10", SOFT("9000"), "10") RX("a0") "+10 cpu0 end consume skb=a0\n");
	is(&x, RXS_CAUSE_SOFTIRQ_LATE, RXS_ST_SOFTIRQ, 9010, "CPU 0");
	x = explain(1, "1000 cpu0 softirq enter aux=3\n+10 cpu0 napi_poll enter peer=f0 dev=r0\n"
		       EXIT "+10 cpu0 napi_schedule raise aux=3 peer=f0 hook=refnic_napi_schedule\n"
		       "9000 cpu0 softirq enter aux=3 ksoftirqd\n"
		       "+10 cpu0 napi_poll enter peer=f0 dev=r0 ksoftirqd\n" RX("a0") "+1 cpu0 end consume skb=a0\n");
	is(&x, RXS_CAUSE_KSOFTIRQD, RXS_ST_SOFTIRQ, 7970, "ksoftirqd/0");
	x = explain(1, IRQ("10", SOFT("10"), "9000") RX("a0") "+10 cpu0 end consume skb=a0\n");
	is(&x, RXS_CAUSE_OTHER_DEVICE, RXS_ST_NAPI_POLL, 9000, "other devices");
	x = explain(3, IRQ("10", SOFT("10"), "10") RX("a0") RX("a1") "+9000 cpu0 rx_desc pass skb=a2 dev=r0\n"
		       "+10 cpu0 end consume skb=a2\n");
	is(&x, RXS_CAUSE_QUEUED, RXS_ST_RX_DESC, 9020, "behind 2 packets");
}

static void what_happened_on_its_way_through_the_stack(void **state)
{
	struct rxs_explain x;

	(void)state;
	x = explain(1, "1000 cpu0 gro pass skb=a0 dev=r0\n+9000 cpu0 netif_receive_skb pass skb=a0 dev=r0\n"
		       "+10 cpu0 end consume skb=a0\n");
	is(&x, RXS_CAUSE_GRO_HELD, RXS_ST_NETIF_RECEIVE_SKB, 9000, "GRO");
	x = explain(1, "1000 cpu0 backlog pass skb=a0 dev=lo\n+9000 cpu0 netif_receive_skb pass skb=a0 dev=lo\n"
		       "+10 cpu0 end consume skb=a0\n");
	is(&x, RXS_CAUSE_BACKLOG, RXS_ST_BACKLOG, 9000, "backlog");
	x = explain(1, "1000 cpu0 gro pass skb=a0 dev=r0\n+10 cpu0 ip_rcv pass skb=a0\n"
		       "+9000 cpu0 prerouting pass skb=a0\n+10 cpu0 end consume skb=a0\n");
	is(&x, RXS_CAUSE_NETFILTER, RXS_ST_PREROUTING, 9000, "netfilter between IP input and Routed");
	x = explain(1, "1000 cpu0 gro pass skb=a0 dev=r0\n+10 cpu0 ip_local_deliver pass skb=a0\n"
		       "+9000 cpu0 local_in pass skb=a0\n+10 cpu0 end consume skb=a0\n");
	is(&x, RXS_CAUSE_NETFILTER, RXS_ST_LOCAL_IN, 9000, "LOCAL_IN");
	x = explain(1, "1000 cpu0 gro pass skb=a0 dev=r0\n+10 cpu0 ip_defrag pass skb=a0\n"
		       "+9000 cpu0 local_in pass skb=a0\n+10 cpu0 end consume skb=a0\n");
	is(&x, RXS_CAUSE_DEFRAG, RXS_ST_IP_DEFRAG, 9000, "fragments");
	x = explain(1, "1000 cpu0 gro pass skb=a0 dev=r0\n+10 cpu0 udp_rcv pass skb=a0\n"
		       "+9000 cpu0 socket pass skb=a0 peer=1\n+10 cpu0 end consume skb=a0\n");
	is(&x, RXS_CAUSE_STACK, RXS_ST_SOCKET, 9000, "between UDP input and Socket queue");
	x = explain(1, "1000 cpu0 gro pass skb=a0 dev=r0\n+10 cpu0 socket pass skb=a0 peer=1\n"
		       "+9000000 cpu1 app pass skb=a0 pid=42 comm=postgres hook=skb_consume_udp\n"
		       "+10 cpu1 end consume skb=a0\n");
	is(&x, RXS_CAUSE_READER, RXS_ST_APP, 9000000, "postgres (pid 42)");
	assert_true(x.share > 0.99 && x.share <= 1.0);
	assert_non_null(strstr(x.text, "9.0 ms"));
}

static void what_a_clone_did_beside_is_no_cause(void **state)
{
	struct rxs_explain x;

	(void)state;
	x = explain(1, "1000 cpu0 gro pass skb=a0 head=b0 ifindex=2 hook=dev_gro_receive\n"
		       "+10 cpu0 bridge forward skb=c0 head=b0\n"
		       "+300 cpu0 socket pass skb=a0 head=b0 peer=1\n"
		       "+8000 cpu1 end consume skb=c0\n"
		       "+10 cpu0 app pass skb=a0 head=b0 pid=4\n+10 cpu0 end consume skb=a0\n");
	is(&x, RXS_CAUSE_READER, RXS_ST_APP, 8010, "pid 4");
}

static void what_is_usual_is_no_cause(void **state)
{
	static struct rxs_snapshot snap;
	struct rxs_explain x;

	(void)state;
	explain(1, "1000 cpu0 gro pass skb=a0 dev=r0\n+5000 cpu0 socket pass skb=a0 peer=1\n"
		   "+2000 cpu1 app pass skb=a0 pid=4\n+10 cpu1 end consume skb=a0\n");
	for (int i = 0; i < 10; i++) {
		rxs_hist_add(&snap.stage[RXS_ST_SOCKET].from_prev, 5000);
		rxs_hist_add(&snap.stage[RXS_ST_APP].from_prev, 100);
	}
	rxs_explain_packet(&x, evs_packet(&s, 1), &snap, s.t);
	is(&x, RXS_CAUSE_READER, RXS_ST_APP, 2000, "pid 4");
	for (int i = 0; i < 100; i++)
		rxs_hist_add(&snap.stage[RXS_ST_APP].from_prev, 2000);
	rxs_explain_packet(&x, evs_packet(&s, 1), &snap, s.t);
	is(&x, RXS_CAUSE_NONE, 0, 0, "stands out");
	rxs_hist_reset(&snap.stage[RXS_ST_SOCKET].from_prev);
	rxs_hist_reset(&snap.stage[RXS_ST_APP].from_prev);
}

static void every_cause_has_a_name(void **state)
{
	(void)state;
	for (int i = 0; i < RXS_CAUSE_NR; i++) {
		assert_true(rxs_cause_id((enum rxs_cause)i)[0]);
		assert_true(rxs_cause_text((enum rxs_cause)i)[0]);
	}
	assert_string_equal(rxs_cause_id(RXS_CAUSE_NR), "");
}

static int set_up(void **state)
{
	(void)state;
	evs_open(&s, NULL);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	evs_close(&s);
	return 0;
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_happened_before_the_packets_own_stages),
		TEST(what_happened_on_its_way_through_the_stack),
		TEST(what_a_clone_did_beside_is_no_cause),
		TEST(what_is_usual_is_no_cause),
		TEST(every_cause_has_a_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
