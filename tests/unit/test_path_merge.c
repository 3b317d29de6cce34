// SPDX-License-Identifier: GPL-2.0
/* Lineage: which wire frames became which packet. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "evscript.h"

static struct evs s;

#define GRO(skb, head)	"+10 cpu0 rx_desc pass skb=" skb " head=" head " dev=r0\n" \
			"+10 cpu0 gro pass skb=" skb " dev=r0\n"
#define QUEUE(skb)	"+10 cpu0 tcp_v4_rcv pass skb=" skb "\n" \
			"+10 cpu0 socket pass skb=" skb " peer=5000 hook=tcp_queue_rcv\n"

static void check_merged(u64 id, u64 into, u32 kind)
{
	const struct rxs_packet *p = evs_packet(&s, id);

	assert_string_equal(evs_outcome(p), "merged");
	assert_int_equal(p->merged_into, into);
	assert_int_equal(p->merge_kind, kind);
}

static void gro_merges_as_its_verdict_says(void **state)
{
	const struct rxs_packet *p;

	(void)state;
	evs_feed(&s, "100 cpu0 softirq enter aux=3\n"
		     GRO("a0", "b0")
		     "+10 cpu0 gro result aux=2\n"
		     GRO("a1", "b1")
		     "+10 cpu0 gro merge skb=a1 peer=a0 head=b1\n"
		     "+10 cpu0 end release skb=a1 hook=napi_skb_free_stolen_head\n"
		     "+10 cpu0 gro result aux=1\n"
		     GRO("a2", "b2")	/* goes on the survivor's frag_list: no free of its own now */
		     "+10 cpu0 gro merge skb=a2 peer=a0 head=b2\n"
		     "+10 cpu0 gro result aux=0\n"
		     "+10 cpu0 netif_receive_skb pass skb=a0 len=4000 dev=r0\n"
		     QUEUE("a0")
		     "+10 cpu0 app pass skb=a0 pid=3\n"
		     "+10 cpu0 end release skb=a0 hook=skb_attempt_defer_free\n"
		     "+10 cpu0 end drop skb=a2 reason=NOT_SPECIFIED symbol=skb_release_data\n");
	evs_finish(&s);
	assert_int_equal(s.nr_packets, 3);
	check_merged(2, 1, RXS_MERGE_GRO);
	check_merged(3, 1, RXS_MERGE_GRO);
	p = evs_packet(&s, 1);
	assert_string_equal(evs_outcome(p), "delivered");
	assert_int_equal(p->frames, 3);
	assert_int_equal(p->nr_merged, 2);
	assert_int_equal(p->merged[0], 2);
	assert_int_equal(p->merged[1], 3);
	assert_true(rxs_packet_hop(p, RXS_ST_GRO)->flags & RXS_HOP_HELD);
}

/* skb_gro_receive() returned an error: the packet goes its own way, the survivor gives it back */
static void a_failed_attempt_leaves_no_trace(void **state)
{
	(void)state;
	evs_feed(&s, "100 cpu0 softirq enter aux=3\n"
		     GRO("a0", "b0")
		     GRO("a1", "b1")
		     "+10 cpu0 gro merge skb=a1 peer=a0\n"
		     "+10 cpu0 gro result aux=2\n"
		     "+10 cpu0 netif_receive_skb pass skb=a0 dev=r0\n"
		     "+10 cpu0 netif_receive_skb pass skb=a1 dev=r0\n"
		     GRO("a2", "b2")
		     "+10 cpu0 gro merge skb=a2 peer=a1\n"	/* no verdict recorded */
		     "+10 cpu0 netif_receive_skb pass skb=a2 dev=r0\n"
		     "+10 cpu0 end release skb=a0\n"
		     "+10 cpu0 end release skb=a1\n"
		     "+10 cpu0 end release skb=a2\n");
	evs_finish(&s);
	for (u64 id = 1; id <= 3; id++) {
		assert_string_equal(evs_outcome(evs_packet(&s, id)), "consumed");
		assert_int_equal(evs_packet(&s, id)->frames, 1);
		assert_int_equal(evs_packet(&s, id)->nr_merged, 0);
		assert_int_equal(evs_packet(&s, id)->merged_into, 0);
	}
}

/*
 * The frame that completes a flow: the survivor goes up, and is even merged into the one before it
 * on the socket's queue, before the frame's own verdict is told.
 */
static void the_last_frames_verdict_comes_after_the_survivor_has_gone(void **state)
{
	const struct rxs_packet *p;

	(void)state;
	evs_feed(&s, "100 cpu0 softirq enter aux=3\n"
		     GRO("90", "91") "+10 cpu0 gro result aux=3\n" QUEUE("90")
		     GRO("a0", "b0") "+10 cpu0 gro result aux=2\n"
		     GRO("a1", "b1")
		     "+10 cpu0 gro merge skb=a1 peer=a0\n"
		     "+10 cpu0 netif_receive_skb pass skb=a0 dev=r0\n"
		     QUEUE("a0")
		     "+10 cpu0 socket merge skb=a0 peer=90 hook=skb_try_coalesce\n"
		     "+10 cpu0 end release skb=a0 hook=kfree_skb_partial\n"
		     "+10 cpu0 end release skb=a1 hook=napi_skb_free_stolen_head\n"
		     "+10 cpu0 gro result aux=1\n"
		     "+10 cpu1 app pass skb=90 pid=3\n"
		     "+10 cpu1 end release skb=90 hook=skb_attempt_defer_free\n");
	evs_finish(&s);
	check_merged(3, 2, RXS_MERGE_GRO);
	check_merged(2, 1, RXS_MERGE_COALESCE);
	p = evs_packet(&s, 1);
	assert_int_equal(p->frames, 3);
	assert_int_equal(p->nr_merged, 2);
	assert_int_equal(evs_packet(&s, 2)->frames, 2);
}

/*
 * … and when that attempt failed after all, the frame is given back by the one the survivor went
 * into
 */
static void a_failure_is_undone_where_the_frame_was_counted(void **state)
{
	(void)state;
	evs_feed(&s, "100 cpu0 softirq enter aux=3\n"
		     GRO("90", "91") "+10 cpu0 gro result aux=3\n" QUEUE("90")
		     GRO("a0", "b0") "+10 cpu0 gro result aux=2\n"
		     GRO("a1", "b1")
		     "+10 cpu0 gro merge skb=a1 peer=a0\n"
		     "+10 cpu0 netif_receive_skb pass skb=a0 dev=r0\n"
		     QUEUE("a0")
		     "+10 cpu0 socket merge skb=a0 peer=90 hook=skb_try_coalesce\n"
		     "+10 cpu0 end release skb=a0 hook=kfree_skb_partial\n"
		     "+10 cpu0 gro result aux=2\n"
		     "+10 cpu0 netif_receive_skb pass skb=a1 dev=r0\n"
		     "+10 cpu0 end release skb=a1\n"
		     "+10 cpu1 app pass skb=90 pid=3\n"
		     "+10 cpu1 end release skb=90 hook=skb_attempt_defer_free\n");
	evs_finish(&s);
	assert_string_equal(evs_outcome(evs_packet(&s, 3)), "consumed");
	assert_int_equal(evs_packet(&s, 1)->frames, 2);
	assert_int_equal(evs_packet(&s, 1)->nr_merged, 1);
	assert_int_equal(evs_packet(&s, 1)->merged[0], 2);
}

static void without_the_merge_hook_the_verdict_still_says_merged(void **state)
{
	(void)state;
	evs_feed(&s, "100 cpu0 gro pass skb=a0 dev=r0 hook=napi_gro_receive_entry\n"
		     "+10 cpu0 gro result aux=2\n"
		     "+10 cpu0 gro pass skb=a1 dev=r0 hook=napi_gro_receive_entry\n"
		     "+10 cpu0 gro result aux=1\n"
		     "+10 cpu0 end consume skb=a0\n");
	evs_finish(&s);
	assert_string_equal(evs_outcome(evs_packet(&s, 2)), "merged");
	assert_int_equal(evs_packet(&s, 2)->merged_into, 0);
}

static void more_merges_than_ids_kept_are_still_counted(void **state)
{
	char text[512];

	(void)state;
	evs_feed(&s, "100 cpu0 softirq enter aux=3\n" GRO("a0", "b0") "+10 cpu0 gro result aux=2\n");
	for (int i = 0; i < 100; i++) {
		snprintf(text, sizeof(text), GRO("f%d", "e%d")
			 "+10 cpu0 gro merge skb=f%d peer=a0\n"
			 "+10 cpu0 end release skb=f%d hook=napi_skb_free_stolen_head\n", i, i, i, i, i);
		evs_feed(&s, text);
	}
	evs_feed(&s, "+10 cpu0 end release skb=a0\n");
	evs_finish(&s);
	assert_int_equal(evs_packet(&s, 1)->frames, 101);
	assert_int_equal(evs_packet(&s, 1)->nr_merged, 100);
	assert_int_equal(evs_packet(&s, 1)->merged[63], 65);
}

static void coalescing_that_fails_leaves_both_on_the_queue(void **state)
{
	(void)state;
	evs_feed(&s, "100 cpu0 gro pass skb=a0 dev=r0\n" QUEUE("a0")
		     "+10 cpu0 gro pass skb=a1 dev=r0\n" QUEUE("a1")
		     "+10 cpu0 socket merge skb=a1 peer=a0 hook=skb_try_coalesce\n"
		     "+10 cpu1 app pass skb=a0 pid=3\n"
		     "+10 cpu1 end release skb=a0 hook=skb_attempt_defer_free\n"
		     "+10 cpu1 app pass skb=a1 pid=3\n"
		     "+10 cpu1 end release skb=a1 hook=skb_attempt_defer_free\n");
	evs_finish(&s);
	assert_string_equal(evs_outcome(evs_packet(&s, 1)), "delivered");
	assert_string_equal(evs_outcome(evs_packet(&s, 2)), "delivered");
	assert_int_equal(evs_packet(&s, 1)->frames, 1);
}

/*
 * recorded without kfree_skb_partial: __kfree_skb right after the attempt, on that CPU, says so,
 * too
 */
static void coalescing_is_seen_by_the_free_that_follows(void **state)
{
	(void)state;
	evs_feed(&s, "100 cpu0 gro pass skb=a0 dev=r0\n" QUEUE("a0")
		     "+10 cpu0 gro pass skb=a1 dev=r0\n" QUEUE("a1")
		     "+10 cpu0 socket merge skb=a1 peer=a0 hook=skb_try_coalesce\n"
		     "+10 cpu0 end release skb=a1 hook=__kfree_skb\n"
		     "+10 cpu1 app pass skb=a0 pid=3\n"
		     "+10 cpu1 end release skb=a0 hook=__kfree_skb\n");
	evs_finish(&s);
	check_merged(2, 1, RXS_MERGE_COALESCE);
	assert_int_equal(evs_packet(&s, 1)->frames, 2);
}

#define FRAG(skb, head, off) \
	"+10 cpu0 rx_desc pass skb=" skb " head=" head " dev=r0 netns=7 hook=eth_type_trans hdr=ip:10.0.0.1>10.0.0.2/frag:77:" off "/udp:5>6/len:1472\n" \
	"+10 cpu0 ip_rcv pass skb=" skb " head=" head "\n" \
	"+10 cpu0 ip_local_deliver pass skb=" skb " head=" head "\n" \
	"+10 cpu0 ip_defrag pass skb=" skb " head=" head " hook=ip_defrag\n"

/*
 * The last to come carries on; skb_morph() makes it the first fragment, whose own skb is consumed.
 */
static void fragments_become_one_packet(void **state)
{
	const struct rxs_packet *p;

	(void)state;
	evs_feed(&s, "100 cpu0 softirq enter aux=3\n"
		     FRAG("a0", "b0", "0:more") FRAG("a1", "b1", "1480:more") FRAG("a2", "b2", "2960")
		     "+10 cpu0 ip_defrag reasm skb=a2 head=b2 peer=9999\n"
		     "+10 cpu0 end consume skb=a0\n"
		     "+10 cpu0 socket merge skb=c9 head=b2 peer=a2 hook=skb_try_coalesce\n"
		     "+10 cpu0 socket merge skb=a1 head=b1 peer=a2 hook=skb_try_coalesce\n"
		     "+10 cpu0 end release skb=a1 hook=kfree_skb_partial\n"
		     "+10 cpu0 local_in pass skb=a2 head=b0\n"
		     "+10 cpu0 udp_rcv pass skb=a2 head=b0\n"
		     "+10 cpu0 socket pass skb=a2 head=b0 peer=5000 hook=__udp_enqueue_schedule_skb\n"
		     "+10 cpu1 app pass skb=a2 head=b0 pid=4 hook=skb_consume_udp\n"
		     "+10 cpu1 end consume skb=a2\n");
	evs_finish(&s);
	assert_int_equal(s.nr_packets, 3);
	check_merged(1, 3, RXS_MERGE_DEFRAG);
	check_merged(2, 3, RXS_MERGE_DEFRAG);
	p = evs_packet(&s, 3);
	assert_string_equal(evs_outcome(p), "delivered");
	assert_int_equal(p->frames, 3);
	assert_int_equal(p->nr_merged, 2);
	assert_int_equal(p->flow.dport, 6);	/* the ports stand in the first fragment only */
	assert_int_equal(p->clones, 0);
	assert_string_equal(evs_hops(p), "rx_desc ip_rcv ip_local_deliver ip_defrag local_in udp_rcv socket app end");
}

static void fragments_are_joined_without_the_reassembly_hook_too(void **state)
{
	(void)state;
	evs_feed(&s, "100 cpu0 softirq enter aux=3\n"
		     FRAG("a1", "b1", "1480") FRAG("a0", "b0", "0:more")
		     "+10 cpu0 local_in pass skb=a0 head=b0\n"
		     "+10 cpu0 end release skb=a1 hook=kfree_skb_partial\n"
		     "+10 cpu0 end consume skb=a0\n");
	evs_finish(&s);
	check_merged(1, 2, RXS_MERGE_DEFRAG);
	assert_int_equal(evs_packet(&s, 2)->frames, 2);
}

static void fragments_of_other_packets_and_other_machines_stay_apart(void **state)
{
	(void)state;
	evs_feed(&s, "100 cpu0 softirq enter aux=3\n"
		     FRAG("a0", "b0", "0:more")
		     "+10 cpu0 rx_desc pass skb=c0 head=d0 dev=r0 netns=7 hook=eth_type_trans hdr=ip:10.0.0.1>10.0.0.2/frag:78:0:more/udp:5>6/len:9\n"
		     "+10 cpu0 ip_defrag pass skb=c0 head=d0 hook=ip_defrag\n"
		     "+10 cpu0 rx_desc pass skb=c1 head=d1 dev=r0 netns=8 hook=eth_type_trans hdr=ip:10.0.0.1>10.0.0.2/frag:77:1480/len:9\n"
		     "+10 cpu0 ip_defrag pass skb=c1 head=d1 hook=ip_defrag\n"
		     "+10 cpu0 ip_defrag reasm skb=c1 head=d1\n"
		     "+10 cpu0 end consume skb=c1\n"
		     "30000000000 cpu0 end drop skb=a0 reason=FRAG_REASM_TIMEOUT\n");
	evs_finish(&s);
	assert_string_equal(evs_outcome(evs_packet(&s, 1)), "dropped");
	assert_string_equal(evs_outcome(evs_packet(&s, 2)), "open");
	assert_string_equal(evs_outcome(evs_packet(&s, 3)), "consumed");
	assert_int_equal(evs_packet(&s, 3)->frames, 1);
}

static void an_old_fragment_of_a_reused_id_is_not_taken_in(void **state)
{
	(void)state;
	evs_feed(&s, "100 cpu0 softirq enter aux=3\n" FRAG("a0", "b0", "0:more")
		     "90000000000 cpu0 softirq enter aux=3\n" FRAG("a1", "b1", "0:more") FRAG("a2", "b2", "1480")
		     "+10 cpu0 ip_defrag reasm skb=a2 head=b2\n"
		     "+10 cpu0 end consume skb=a2\n");
	evs_finish(&s);
	assert_string_equal(evs_outcome(evs_packet(&s, 1)), "open");
	check_merged(2, 3, RXS_MERGE_DEFRAG);
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
		TEST(gro_merges_as_its_verdict_says),
		TEST(a_failed_attempt_leaves_no_trace),
		TEST(the_last_frames_verdict_comes_after_the_survivor_has_gone),
		TEST(a_failure_is_undone_where_the_frame_was_counted),
		TEST(without_the_merge_hook_the_verdict_still_says_merged),
		TEST(more_merges_than_ids_kept_are_still_counted),
		TEST(coalescing_that_fails_leaves_both_on_the_queue),
		TEST(coalescing_is_seen_by_the_free_that_follows),
		TEST(fragments_become_one_packet),
		TEST(fragments_are_joined_without_the_reassembly_hook_too),
		TEST(fragments_of_other_packets_and_other_machines_stay_apart),
		TEST(an_old_fragment_of_a_reused_id_is_not_taken_in),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
