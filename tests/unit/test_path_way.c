// SPDX-License-Identifier: GPL-2.0
/* The way of one packet: stages, passes, clones, devices, CPUs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "evscript.h"

static struct evs s;

#define UDP	"hdr=ip:10.9.0.1>10.9.0.2/udp:1000>2000/len:18"

static void every_stage_counts_once_however_many_hooks_tell_it(void **state)
{
	const struct rxs_packet *p;

	(void)state;
	evs_feed(&s, "100 cpu0 rx_desc pass skb=a0 head=b0 len=60 dev=r0 hook=refnic_rx_desc\n"
		     "+10 cpu0 rx_desc pass skb=a0 head=b0 len=60 dev=r0 ifindex=2 netns=7 hook=eth_type_trans " UDP "\n"
		     "+10 cpu0 gro pass skb=a0 len=46 dev=r0 hook=napi_gro_receive_entry\n"
		     "+10 cpu0 gro pass skb=a0 head=b0 len=46 ifindex=2 hook=dev_gro_receive\n"
		     "+10 cpu0 gro result aux=3\n"
		     "+10 cpu0 netif_receive_skb pass skb=a0 len=46 dev=r0\n"
		     "+10 cpu0 ip_rcv pass skb=a0 head=b0 len=46 ifindex=2 hook=ip_rcv\n"
		     "+10 cpu0 ip_rcv pass skb=a0 head=b0 len=46 ifindex=2 hook=ip_rcv_core\n"
		     "+10 cpu0 prerouting pass skb=a0 head=b0 ifindex=2 hook=ip_rcv_finish\n"
		     "+10 cpu0 prerouting pass skb=a0 head=b0 ifindex=2 hook=ip_route_input_noref\n"
		     "+10 cpu0 ip_local_deliver pass skb=a0 head=b0 ifindex=2\n"
		     "+10 cpu0 local_in pass skb=a0 head=b0 ifindex=2\n"
		     "+10 cpu0 udp_rcv pass skb=a0 head=b0 ifindex=2\n"
		     "+10 cpu0 socket pass skb=a0 head=b0 peer=5000 hook=__udp_enqueue_schedule_skb\n"
		     "+500 cpu1 app pass skb=a0 head=b0 peer=5000 pid=77 comm=nc hook=skb_consume_udp\n"
		     "+10 cpu1 end consume skb=a0\n"
		     "+10 cpu1 end release skb=a0 hook=__kfree_skb\n");
	evs_finish(&s);
	p = evs_packet(&s, 1);
	assert_string_equal(evs_hops(p), "rx_desc gro netif_receive_skb ip_rcv prerouting "
					 "ip_local_deliver local_in udp_rcv socket app end");
	assert_string_equal(evs_outcome(p), "delivered");
	assert_int_equal(p->hops[0].ts_ns, 100);
	assert_int_equal(p->netns, 7);
	assert_int_equal(p->ifindex, 2);
	assert_string_equal(rxs_strtab_get(s.t, p->dev), "r0");
	assert_int_equal(p->len, 60);
	assert_int_equal(p->flow.dport, 2000);
	assert_int_equal(p->sock, 0x5000);
	assert_int_equal(p->nr_readers, 1);
	assert_int_equal(p->reader[0].pid, 77);
	assert_string_equal(rxs_strtab_get(s.t, p->reader[0].comm), "nc");
	assert_int_equal(p->napi.poll_id, 0);
	assert_int_equal(rxs_packet_total_ns(p), p->last_ns - 100);
	assert_int_equal(s.nr_hops, 11);
}

/*
 * gro off: the driver calls netif_receive_skb(), seen as kprobe and as tracepoint; RPS queues in
 * between
 */
static void rps_hands_over_within_one_pass(void **state)
{
	const struct rxs_packet *p;

	(void)state;
	evs_feed(&s, "100 cpu0 rx_desc pass skb=a0 head=b0 dev=r0 ifindex=2 hook=eth_type_trans " UDP "\n"
		     "+10 cpu0 netif_receive_skb pass skb=a0 head=b0 ifindex=2 hook=netif_receive_skb\n"
		     "+10 cpu0 backlog pass skb=a0 head=b0 ifindex=2 aux=1 hook=enqueue_to_backlog\n"
		     "+80 cpu1 netif_receive_skb pass skb=a0 len=46 dev=r0 hook=net:netif_receive_skb\n"
		     "+10 cpu1 ip_rcv pass skb=a0 head=b0 ifindex=2\n"
		     "+10 cpu1 udp_rcv pass skb=a0 head=b0 ifindex=2\n"
		     "+10 cpu1 end drop skb=a0 reason=NO_SOCKET symbol=__udp4_lib_rcv peer=ffff8000\n");
	evs_finish(&s);
	p = evs_packet(&s, 1);
	assert_string_equal(evs_hops(p), "rx_desc netif_receive_skb backlog ip_rcv udp_rcv end");
	assert_int_equal(p->hops[3].cpu, 1);
	assert_string_equal(evs_outcome(p), "dropped");
	assert_string_equal(rxs_strtab_get(s.t, p->reason), "NO_SOCKET");
	assert_string_equal(rxs_strtab_get(s.t, p->symbol), "__udp4_lib_rcv");
	assert_int_equal(p->drop_stage, RXS_ST_UDP_RCV);
	assert_int_equal(p->location, 0xffff8000);
}

static void loopback_has_no_napi_context_even_inside_a_nics_poll(void **state)
{
	const struct rxs_packet *p;

	(void)state;
	evs_feed(&s, "100 cpu0 softirq enter aux=3\n"
		     "+10 cpu0 napi_poll enter peer=f00 dev=r0\n"
		     "+10 cpu0 rx_desc pass skb=a0 head=b0 dev=r0 ifindex=2 hook=eth_type_trans\n"
		     "+10 cpu0 rx_desc pass skb=c0 head=d0 dev=lo ifindex=1 hook=eth_type_trans " UDP "\n"
		     "+10 cpu0 backlog pass skb=c0 len=46 dev=lo hook=netif_rx\n"
		     "+10 cpu0 backlog pass skb=c0 head=d0 len=46 ifindex=1 hook=enqueue_to_backlog\n"
		     "+10 cpu0 end release skb=a0\n"
		     "+10 cpu0 napi_poll exit peer=f00 dev=r0 aux=1 aux2=64\n"
		     "+10 cpu0 napi_poll enter peer=f11\n"
		     "+10 cpu0 netif_receive_skb pass skb=c0 len=46 dev=lo\n"
		     "+10 cpu0 ip_rcv pass skb=c0 head=d0 ifindex=1\n"
		     "+10 cpu0 napi_poll exit peer=f11 dev=(no_device) aux=1 aux2=64\n"
		     "+10 cpu0 softirq exit aux=3\n"
		     "+10 cpu0 end release skb=c0\n");
	evs_finish(&s);
	p = evs_packet(&s, 2);
	assert_string_equal(evs_hops(p), "rx_desc backlog netif_receive_skb ip_rcv end");
	assert_int_equal(p->napi.poll_id, 0);
	assert_string_equal(rxs_strtab_get(s.t, p->dev), "lo");
	p = evs_packet(&s, 1);
	assert_string_equal(evs_hops(p), "softirq napi_poll rx_desc end");
}

static void a_bridge_is_a_second_pass(void **state)
{
	const struct rxs_packet *p;

	(void)state;
	evs_feed(&s, "100 cpu0 rx_desc pass skb=a0 head=b0 dev=r0 ifindex=2 hook=eth_type_trans " UDP "\n"
		     "+10 cpu0 gro pass skb=a0 dev=r0\n"
		     "+10 cpu0 netif_receive_skb pass skb=a0 len=46 dev=r0 hook=net:netif_receive_skb\n"
		     "+10 cpu0 bridge pass skb=a0 head=b0 ifindex=2\n"
		     "+10 cpu0 netif_receive_skb pass skb=a0 head=b0 ifindex=5 hook=netif_receive_skb\n"
		     "+10 cpu0 netif_receive_skb pass skb=a0 len=46 dev=br0 hook=net:netif_receive_skb\n"
		     "+10 cpu0 ip_rcv pass skb=a0 head=b0 ifindex=5\n"
		     "+10 cpu0 end consume skb=a0\n");
	evs_finish(&s);
	p = evs_packet(&s, 1);
	assert_string_equal(evs_hops(p), "rx_desc gro netif_receive_skb bridge | netif_receive_skb ip_rcv end");
	assert_int_equal(s.nr_packets, 1);
}

static void a_vlan_device_goes_on_in_the_same_pass(void **state)
{
	(void)state;
	evs_feed(&s, "100 cpu0 rx_desc pass skb=a0 head=b0 dev=r0 ifindex=2 hook=eth_type_trans " UDP "\n"
		     "+10 cpu0 gro pass skb=a0 dev=r0\n"
		     "+10 cpu0 netif_receive_skb pass skb=a0 dev=r0\n"
		     "+10 cpu0 vlan pass skb=a0 head=b0 ifindex=2\n"
		     "+10 cpu0 ip_rcv pass skb=a0 head=b0 ifindex=9\n"
		     "+10 cpu0 end consume skb=a0\n");
	evs_finish(&s);
	assert_string_equal(evs_hops(evs_packet(&s, 1)), "rx_desc gro netif_receive_skb vlan ip_rcv end");
}

/* forwarded into a container: the same skb goes on to the reader there, as one path */
static void forwarding_into_a_veth_goes_on_to_the_reader(void **state)
{
	const struct rxs_packet *p;

	(void)state;
	evs_feed(&s, "100 cpu0 rx_desc pass skb=a0 head=b0 dev=r0 ifindex=2 netns=1 hook=eth_type_trans " UDP "\n"
		     "+10 cpu0 gro pass skb=a0 dev=r0\n"
		     "+10 cpu0 netif_receive_skb pass skb=a0 dev=r0\n"
		     "+10 cpu0 ip_rcv pass skb=a0 head=b0 ifindex=2\n"
		     "+10 cpu0 ip_forward pass skb=a0 head=b0 ifindex=2\n"
		     "+10 cpu0 ip_forward forward skb=a0 head=b0\n"
		     "+10 cpu0 rx_desc pass skb=a0 head=b0 dev=eth0 ifindex=4 netns=2 hook=eth_type_trans\n"
		     "+10 cpu0 backlog pass skb=a0 dev=eth0 hook=netif_rx\n"
		     "+10 cpu0 netif_receive_skb pass skb=a0 dev=eth0\n"
		     "+10 cpu0 ip_rcv pass skb=a0 head=b0 ifindex=4\n"
		     "+10 cpu0 udp_rcv pass skb=a0 head=b0 ifindex=4\n"
		     "+10 cpu0 socket pass skb=a0 head=b0 peer=5000 hook=__udp_enqueue_schedule_skb\n"
		     "+10 cpu0 app pass skb=a0 head=b0 peer=5000 pid=9 hook=skb_consume_udp\n"
		     "+10 cpu0 end consume skb=a0\n");
	evs_finish(&s);
	p = evs_packet(&s, 1);
	assert_int_equal(s.nr_packets, 1);
	assert_string_equal(evs_outcome(p), "delivered");
	assert_string_equal(evs_hops(p),
			    "rx_desc gro netif_receive_skb ip_rcv ip_forward ip_forward | rx_desc backlog "
			    "netif_receive_skb ip_rcv udp_rcv socket app end");
	assert_string_equal(rxs_strtab_get(s.t, p->dev), "r0");
}

static void a_tunnels_inner_packet_is_a_second_pass(void **state)
{
	(void)state;
	evs_feed(&s, "100 cpu0 gro pass skb=a0 dev=r0\n"
		     "+10 cpu0 netif_receive_skb pass skb=a0 dev=r0\n"
		     "+10 cpu0 ip_rcv pass skb=a0 head=b0 ifindex=2\n"
		     "+10 cpu0 udp_rcv pass skb=a0 head=b0 ifindex=2\n"
		     "+10 cpu0 napi_poll enter peer=f22 dev=vxlan0\n"
		     "+10 cpu0 gro pass skb=a0 dev=vxlan0\n"
		     "+10 cpu0 netif_receive_skb pass skb=a0 dev=vxlan0\n"
		     "+10 cpu0 end consume skb=a0\n");
	evs_finish(&s);
	assert_int_equal(s.nr_packets, 1);
	assert_string_equal(evs_hops(evs_packet(&s, 1)),
			    "gro netif_receive_skb ip_rcv udp_rcv | gro netif_receive_skb end");
}

static void a_ping_that_a_raw_socket_took_is_delivered(void **state)
{
	const struct rxs_packet *p;

	(void)state;
	evs_feed(&s, "100 cpu0 gro pass skb=a0 dev=r0\n"
		     "+10 cpu0 gro pass skb=a0 head=b0 ifindex=2 hook=dev_gro_receive\n"
		     "+10 cpu0 icmp_rcv pass skb=a0 head=b0 ifindex=2\n"
		     "+10 cpu0 socket pass skb=c0 head=b0 peer=5000 hook=__sock_queue_rcv_skb\n"
		     "+10 cpu0 end drop skb=a0 reason=NO_SOCKET symbol=icmp_rcv\n"
		     "+99 cpu1 app pass skb=c0 len=64 pid=5 comm=ping hook=skb_copy_datagram_iovec\n"
		     "+10 cpu1 end consume skb=c0\n");
	evs_finish(&s);
	p = evs_packet(&s, 1);
	assert_int_equal(s.nr_packets, 1);
	assert_string_equal(evs_outcome(p), "delivered");
	assert_int_equal(p->reason, 0);
	assert_int_equal(p->clones, 1);
	assert_string_equal(evs_hops(p), "gro icmp_rcv socket' end app' end'");
	/* the reader waited since the clone was queued, not since the original was freed */
	assert_int_equal(rxs_packet_prev(p, 4), 2);
	assert_int_equal(rxs_packet_prev(p, 3), 1);
	assert_int_equal(rxs_packet_prev(p, 2), 1);
	assert_int_equal(rxs_packet_prev(p, 0), -1);
}

static void a_ping_nobody_reads_stays_a_drop(void **state)
{
	const struct rxs_packet *p;

	(void)state;
	evs_feed(&s, "100 cpu0 gro pass skb=a0 head=b0 ifindex=2 hook=dev_gro_receive\n"
		     "+10 cpu0 icmp_rcv pass skb=a0 head=b0 ifindex=2\n"
		     "+10 cpu0 socket pass skb=c0 head=b0 peer=5000 hook=__sock_queue_rcv_skb\n"
		     "+10 cpu0 end drop skb=a0 reason=NO_SOCKET\n"
		     "+99 cpu1 end drop skb=c0 reason=NOT_SPECIFIED\n");
	evs_finish(&s);
	p = evs_packet(&s, 1);
	assert_string_equal(evs_outcome(p), "dropped");
	assert_string_equal(rxs_strtab_get(s.t, p->reason), "NO_SOCKET");
	assert_int_equal(p->drop_stage, RXS_ST_ICMP_RCV);
}

static void multicast_to_several_sockets_has_several_readers(void **state)
{
	const struct rxs_packet *p;

	(void)state;
	evs_feed(&s, "100 cpu0 gro pass skb=a0 head=b0 ifindex=2 hook=dev_gro_receive\n"
		     "+10 cpu0 udp_rcv pass skb=a0 head=b0\n"
		     "+10 cpu0 socket pass skb=c0 head=b0 peer=5000 hook=__udp_enqueue_schedule_skb\n"
		     "+10 cpu0 socket pass skb=a0 head=b0 peer=5001 hook=__udp_enqueue_schedule_skb\n"
		     "+99 cpu1 app pass skb=a0 head=b0 peer=5001 pid=6 hook=skb_consume_udp\n"
		     "+10 cpu1 end consume skb=a0\n"
		     "+99 cpu1 app pass skb=c0 head=b0 peer=5000 pid=5 hook=skb_consume_udp\n"
		     "+10 cpu1 end consume skb=c0\n");
	evs_finish(&s);
	p = evs_packet(&s, 1);
	assert_string_equal(evs_outcome(p), "delivered");
	assert_int_equal(p->nr_readers, 2);
	assert_int_equal(p->reader[1].pid, 5);
	assert_string_equal(evs_hops(p), "gro udp_rcv socket' socket app end app' end'");
}

static void a_bridge_that_floods_clones_forwards(void **state)
{
	const struct rxs_packet *p;

	(void)state;
	evs_feed(&s, "100 cpu0 gro pass skb=a0 head=b0 ifindex=2 hook=dev_gro_receive\n"
		     "+10 cpu0 bridge pass skb=a0 head=b0 ifindex=2\n"
		     "+10 cpu0 bridge forward skb=c0 head=b0\n"
		     "+10 cpu0 bridge forward skb=a0 head=b0\n"
		     "+10 cpu0 end consume skb=a0\n"
		     "+10 cpu0 end consume skb=c0\n");
	evs_finish(&s);
	p = evs_packet(&s, 1);
	assert_string_equal(evs_outcome(p), "forwarded");
	assert_int_equal(p->clones, 1);
	assert_int_equal(s.nr_packets, 1);
}

static void a_clone_told_by_its_own_event_is_not_made_twice(void **state)
{
	const struct rxs_packet *p;

	(void)state;
	evs_feed(&s, "100 cpu0 gro pass skb=a0 head=b0 ifindex=2 hook=dev_gro_receive\n"
		     "+10 cpu0 gro clone skb=a0 peer=c0\n"
		     "+10 cpu0 socket pass skb=c0 head=b0 peer=5000 hook=__sock_queue_rcv_skb\n"
		     "+10 cpu0 end release skb=a0\n"
		     "+10 cpu0 end drop skb=c0\n");
	evs_finish(&s);
	p = evs_packet(&s, 1);
	assert_int_equal(p->clones, 1);
	assert_string_equal(evs_outcome(p), "consumed");
}

static void times_never_run_backwards(void **state)
{
	struct rxs_path_stats st;
	const struct rxs_packet *p;

	(void)state;
	evs_feed(&s, "1000 cpu0 gro pass skb=a0 dev=r0\n"
		     "990 cpu1 netif_receive_skb pass skb=a0 dev=r0\n"
		     "1010 cpu1 end consume skb=a0\n");
	evs_finish(&s);
	p = evs_packet(&s, 1);
	assert_int_equal(p->hops[1].ts_ns, 1000);
	rxs_path_stats_get(s.path, &st);
	assert_int_equal(st.negative, 1);
	assert_int_equal(st.out_of_order, 1);
}

static void what_never_came_in_is_no_packet(void **state)
{
	struct rxs_path_stats st;

	(void)state;
	evs_feed(&s, "100 cpu0 end consume skb=a0\n"
		     "+10 cpu0 end release skb=a0 hook=__kfree_skb\n"	/* told once more, counted once */
		     "+10 cpu0 app pass skb=b0 len=5 pid=3 hook=skb_copy_datagram_iovec\n"
		     "+10 cpu0 socket pass skb=c0 head=d0 peer=1 hook=__sock_queue_rcv_skb\n"
		     "+10 cpu0 prerouting pass skb=e0 head=f0 hook=ip_route_input_noref\n"
		     "+10 cpu0 bridge forward skb=e1 head=f1\n"
		     "+10 cpu0 rx_desc skip len=60 dev=r0\n");
	evs_finish(&s);
	rxs_path_stats_get(s.path, &st);
	assert_int_equal(st.seen, 0);
	assert_int_equal(st.unmatched_end, 1);
	assert_int_equal(st.unmatched_app, 1);
	assert_int_equal(st.unmatched_socket, 1);
	assert_int_equal(st.skipped_desc, 1);
}

static void two_machines_do_not_share_addresses(void **state)
{
	(void)state;
	evs_feed(&s, "100 cpu0 gro pass skb=ffff888000000a00 dev=r0 stream=0\n"
		     "+10 cpu0 gro pass skb=ffff888000000a00 dev=r0 stream=1\n"
		     "+10 cpu0 end consume skb=ffff888000000a00 stream=1\n"
		     "+10 cpu0 end consume skb=ffff888000000a00 stream=0\n");
	evs_finish(&s);
	assert_int_equal(s.outcome[RXS_OUT_CONSUMED], 2);
	assert_int_equal(evs_packet(&s, 1)->stream, 0);
	assert_int_equal(evs_packet(&s, 1)->nr_hops, 2);
}

static void a_looping_packet_keeps_a_bounded_number_of_hops(void **state)
{
	struct rxs_path_stats st;
	char text[256];

	(void)state;
	evs_feed(&s, "100 cpu0 gro pass skb=a0 dev=d0\n");
	for (int i = 0; i < 3000; i++) {
		snprintf(text, sizeof(text), "+10 cpu0 netif_receive_skb pass skb=a0 dev=d%d\n", i % 2);
		evs_feed(&s, text);
	}
	evs_feed(&s, "+10 cpu0 end consume skb=a0\n");
	evs_finish(&s);
	rxs_path_stats_get(s.path, &st);
	assert_true(st.hops_dropped > 0);
	assert_true(evs_packet(&s, 1)->nr_hops < 2000);
	assert_string_equal(evs_outcome(evs_packet(&s, 1)), "consumed");
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
		TEST(every_stage_counts_once_however_many_hooks_tell_it),
		TEST(rps_hands_over_within_one_pass),
		TEST(loopback_has_no_napi_context_even_inside_a_nics_poll),
		TEST(a_bridge_is_a_second_pass),
		TEST(a_vlan_device_goes_on_in_the_same_pass),
		TEST(forwarding_into_a_veth_goes_on_to_the_reader),
		TEST(a_tunnels_inner_packet_is_a_second_pass),
		TEST(a_ping_that_a_raw_socket_took_is_delivered),
		TEST(a_ping_nobody_reads_stays_a_drop),
		TEST(multicast_to_several_sockets_has_several_readers),
		TEST(a_bridge_that_floods_clones_forwards),
		TEST(a_clone_told_by_its_own_event_is_not_made_twice),
		TEST(times_never_run_backwards),
		TEST(what_never_came_in_is_no_packet),
		TEST(two_machines_do_not_share_addresses),
		TEST(a_looping_packet_keeps_a_bounded_number_of_hops),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
