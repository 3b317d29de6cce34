// SPDX-License-Identifier: GPL-2.0
/* Outcomes: what became of a packet, and what loss does to that. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "evscript.h"

static struct evs s;

#define RX(skb, hdr) "+10 cpu0 rx_desc pass skb=" skb " head=f" skb " dev=r0 hook=eth_type_trans hdr=" hdr "\n"
#define TCP(flags, len) "ip:10.0.0.1>10.0.0.2/tcp:5>6:" flags "/len:" len
#define UDP "ip:10.0.0.1>10.0.0.2/udp:5>6/len:18"
#define V4(skb) "+10 cpu0 ip_rcv pass skb=" skb "\n+10 cpu0 tcp_v4_rcv pass skb=" skb "\n"
#define Q(skb) "+10 cpu0 socket pass skb=" skb " peer=5000 hook=tcp_queue_rcv\n"

/* The outcome (and why, or the reason) of the one packet of a script. */
static const char *ends(const char *script)
{
	static char text[128];
	const struct rxs_packet *p;

	evs_close(&s);
	evs_open(&s, NULL);
	evs_feed(&s, "1000 cpu0 softirq enter aux=3\n");
	evs_feed(&s, script);
	evs_finish(&s);
	p = evs_packet(&s, 1);
	snprintf(text, sizeof(text), "%s%s%s%s", evs_outcome(p), p->why || p->reason ? " " : "",
		 rxs_why_id((enum rxs_why)p->why), rxs_strtab_get(s.t, p->reason));
	return text;
}

static void what_the_stack_itself_uses_is_consumed(void **state)
{
	(void)state;
	/* pure ACK: no tracepoint, only __kfree_skb */
	assert_string_equal(ends(RX("a0", TCP("a", "0")) V4("a0") "+9 cpu0 end release skb=a0 hook=__kfree_skb\n"),
			    "consumed");
	/* SYN at a listener, ARP, echo request */
	assert_string_equal(ends(RX("a0", TCP("s", "0")) V4("a0") "+9 cpu0 end consume skb=a0\n"), "consumed");
	assert_string_equal(ends(RX("a0", "arp:10.0.0.1>10.0.0.2") "+9 cpu0 arp_rcv pass skb=a0\n"
				 "+9 cpu0 prerouting pass skb=a0 hook=ip_route_input_noref\n"
				 "+9 cpu0 end consume skb=a0\n"), "consumed");
	assert_string_equal(evs_hops(evs_packet(&s, 1)), "rx_desc arp_rcv end");
	assert_string_equal(ends(RX("a0", "ip:10.0.0.1>10.0.0.2/icmp:8:1:1") "+9 cpu0 icmp_rcv pass skb=a0\n"
				 "+9 cpu0 end consume skb=a0\n"), "consumed");
	/* freed as if dropped, but used: ICMPv6, IGMP, TIME_WAIT; and 6.x's own word for it */
	assert_string_equal(ends(RX("a0", "ip6:fd09::1>fd09::2/icmp6:128:1:1") "+9 cpu0 icmpv6_rcv pass skb=a0\n"
				 "+9 cpu0 end drop skb=a0 reason=NOT_SPECIFIED symbol=icmpv6_rcv\n"), "consumed");
	assert_string_equal(ends(RX("a0", UDP) "+9 cpu0 end drop skb=a0 symbol=igmp_rcv\n"), "consumed");
	assert_string_equal(ends(RX("a0", TCP("a", "0")) V4("a0")
				 "+9 cpu0 end drop skb=a0 reason=NOT_SPECIFIED symbol=tcp_v4_rcv\n"), "consumed");
	assert_string_equal(ends(RX("a0", UDP) "+9 cpu0 end drop skb=a0 reason=CONSUMED\n"), "consumed");
	/* a FIN is queued, and no byte of it read */
	assert_string_equal(ends(RX("a0", TCP("fa", "0")) V4("a0") Q("a0")
				 "+9 cpu0 end release skb=a0 hook=skb_attempt_defer_free\n"), "consumed");
	assert_string_equal(ends(RX("a0", TCP("fa", "0")) V4("a0") Q("a0")
				 "+9 cpu0 end drop skb=a0 reason=NOT_SPECIFIED symbol=sk_stream_kill_queues\n"),
			    "consumed");
}

/* What came in while a task used the socket waits on its backlog, where like becomes one. */
#define BACKLOG_MERGE	"+9 cpu0 socket merge skb=a1 peer=a0 hook=skb_try_coalesce\n" \
			"+9 cpu0 end release skb=a1 hook=kfree_skb_partial\n"

static void acks_that_became_one_on_the_backlog_are_consumed(void **state)
{
	(void)state;
	assert_string_equal(ends(RX("a0", TCP("a", "0")) V4("a0") RX("a1", TCP("a", "0")) V4("a1") BACKLOG_MERGE
				 Q("a0") "+9 cpu0 end release skb=a0 hook=__kfree_skb\n"), "consumed");
	assert_string_equal(evs_outcome(evs_packet(&s, 2)), "merged");
	/* one with bytes among them, and there is something to read */
	assert_string_equal(ends(RX("a0", TCP("a", "0")) V4("a0") RX("a1", TCP("pa", "9")) V4("a1") BACKLOG_MERGE
				 Q("a0") "+9 cpu1 end release skb=a0 hook=skb_attempt_defer_free\n"),
			    "delivered");
	assert_string_equal(evs_outcome(evs_packet(&s, 2)), "merged");
}

static void what_is_refused_is_dropped_with_its_reason(void **state)
{
	(void)state;
	assert_string_equal(ends(RX("a0", TCP("s", "0")) V4("a0")
				 "+9 cpu0 end drop skb=a0 reason=NO_SOCKET symbol=tcp_v4_rcv\n"), "dropped NO_SOCKET");
	assert_string_equal(ends(RX("a0", UDP) "+9 cpu0 ip_rcv pass skb=a0\n"
				 "+9 cpu0 end drop skb=a0 reason=NETFILTER_DROP symbol=nft_do_chain\n"),
			    "dropped NETFILTER_DROP");
	assert_int_equal(evs_packet(&s, 1)->drop_stage, RXS_ST_IP_RCV);
	/* before 5.17 nothing has a reason; a SYN freed in tcp_v4_rcv is one refused */
	assert_string_equal(ends(RX("a0", TCP("s", "0")) V4("a0") "+9 cpu0 end drop skb=a0 symbol=tcp_v4_rcv\n"),
			    "dropped");
	assert_string_equal(ends(RX("a0", UDP) "+9 cpu0 socket pass skb=a0 peer=1 hook=__udp_enqueue_schedule_skb\n"
				 "+9 cpu0 end drop skb=a0 reason=SOCKET_RCVBUFF symbol=udp_queue_rcv_one_skb\n"),
			    "dropped SOCKET_RCVBUFF");
	assert_int_equal(evs_packet(&s, 1)->drop_stage, RXS_ST_SOCKET);
}

static void what_was_queued_and_never_read_is_dropped_unread(void **state)
{
	(void)state;
	assert_string_equal(ends(RX("a0", UDP) "+9 cpu0 socket pass skb=a0 peer=1 hook=__udp_enqueue_schedule_skb\n"
				 "+9 cpu0 end drop skb=a0 reason=NOT_SPECIFIED symbol=udp_destruct_common\n"),
			    "dropped unread");
	/*
	 * TCP's queue is freed without a word; that readers are seen in this recording tells them
	 * apart
	 */
	assert_string_equal(ends(RX("a0", TCP("pa", "9")) V4("a0") Q("a0")
				 RX("a1", TCP("pa", "9")) V4("a1") Q("a1") "+9 cpu0 app pass skb=a1 pid=3\n"
				 "+9 cpu0 end release skb=a0 hook=__kfree_skb\n"), "dropped unread");
}

static void what_a_reader_took_is_delivered(void **state)
{
	(void)state;
	/* read in part, then the socket was closed */
	assert_string_equal(ends(RX("a0", TCP("pa", "99")) V4("a0") Q("a0") "+9 cpu1 app pass skb=a0 pid=3\n"
				 "+9 cpu1 app pass skb=a0 pid=3\n+9 cpu1 end release skb=a0 hook=__kfree_skb\n"),
			    "delivered");
	assert_int_equal(evs_packet(&s, 1)->nr_readers, 1);
	/* spliced: not copied, but freed by the reader */
	assert_string_equal(ends(RX("a0", TCP("pa", "99")) V4("a0") Q("a0")
				 "+9 cpu1 end release skb=a0 hook=skb_attempt_defer_free\n"), "delivered");
	/* recorded without a hook at the reader */
	assert_string_equal(ends(RX("a0", UDP) "+9 cpu0 socket pass skb=a0 peer=1 hook=__udp_enqueue_schedule_skb\n"
				 "+9 cpu1 end consume skb=a0\n"), "delivered");
	/* the end not seen, but the reader was */
	assert_string_equal(ends(RX("a0", UDP) "+9 cpu1 app pass skb=a0 pid=3\n" RX("a0", UDP)), "delivered");
	assert_string_equal(ends(RX("a0", UDP) "+9 cpu1 app pass skb=a0 pid=3\n"), "delivered");
}

/* A reader without a hook of its own: it takes the packet off the socket's queue, and frees it. */
static void a_task_that_frees_what_was_queued_has_read_it(void **state)
{
	const struct rxs_packet *p;

	(void)state;
	assert_string_equal(ends(RX("a0", UDP) "+9 cpu0 udp_rcv pass skb=a0\n"
				 "+9 cpu0 socket pass skb=a0 peer=5000 hook=__udp_enqueue_schedule_skb\n"
				 "+9 cpu1 end consume skb=a0 task pid=7 comm=nc\n"), "delivered");
	p = evs_packet(&s, 1);
	assert_string_equal(evs_hops(p), "rx_desc udp_rcv socket app end");
	assert_int_equal(p->nr_readers, 1);
	assert_int_equal(p->reader[0].pid, 7);
	assert_int_equal(p->reader[0].sock, 0x5000);
	assert_string_equal(rxs_strtab_get(s.t, p->reader[0].comm), "nc");
	/* in softirq it is the stack */
	assert_string_equal(ends(RX("a0", UDP) "+9 cpu0 udp_rcv pass skb=a0\n+9 cpu0 end consume skb=a0\n"), "consumed");
}

static void what_is_for_others_is_forwarded(void **state)
{
	(void)state;
	assert_string_equal(ends(RX("a0", UDP) "+9 cpu0 ip_forward pass skb=a0\n"
				 "+9 cpu0 ip_forward forward skb=a0\n+9 cpu0 end consume skb=a0\n"), "forwarded");
	/* the finish hook was not recorded */
	assert_string_equal(ends(RX("a0", UDP) "+9 cpu0 ip_forward pass skb=a0\n+9 cpu0 end consume skb=a0\n"),
			    "forwarded");
	assert_string_equal(ends(RX("a0", UDP) "+9 cpu0 ip_forward pass skb=a0\n+9 cpu0 end transmit skb=a0\n"
				 RX("a0", UDP)), "forwarded");
	/* TTL, and the FORWARD chain, and a queueing discipline */
	assert_string_equal(ends(RX("a0", UDP) "+9 cpu0 ip_forward pass skb=a0\n"
				 "+9 cpu0 end drop skb=a0 reason=IP_INHDR symbol=ip_forward\n"), "dropped IP_INHDR");
	assert_string_equal(ends(RX("a0", UDP) "+9 cpu0 ip_forward pass skb=a0\n"
				 "+9 cpu0 ip_forward forward skb=a0\n"
				 "+9 cpu0 end drop skb=a0 reason=QDISC_DROP\n"), "dropped QDISC_DROP");
	/* how some drivers' transmit completions free */
	assert_string_equal(ends(RX("a0", UDP) "+9 cpu0 ip_forward forward skb=a0\n"
				 "+9 cpu0 end drop skb=a0 reason=NOT_SPECIFIED symbol=net_tx_action\n"), "forwarded");
	assert_string_equal(ends(RX("a0", UDP) "+9 cpu0 ip_forward forward skb=a0\n"
				 "+9 cpu0 end drop skb=a0 symbol=e1000_unmap_and_free_tx_resource\n"), "forwarded");
	assert_string_equal(ends(RX("a0", UDP) "+9 cpu0 ip_forward forward skb=a0\n"
				 "+9 cpu0 end drop skb=a0 symbol=ip_finish_output2\n"), "dropped");
}

/* Static tracepoints alone: a packet passed on at once leaves by another device, an answer by the same. */
static void a_transmit_at_once_by_another_device_is_a_forward(void **state)
{
	(void)state;
	assert_string_equal(ends("+9 cpu0 netif_receive_skb pass skb=a0 dev=r0\n+9 cpu0 end transmit skb=a0 dev=r1\n"
				 "+9 cpu0 end consume skb=a0\n"), "forwarded");
	assert_string_equal(ends("+9 cpu0 netif_receive_skb pass skb=a0 dev=r0\n+9 cpu0 end transmit skb=a0 dev=r0\n"
				 "+9 cpu0 end consume skb=a0\n"), "incomplete end-not-seen");
}

/* … and a free in a later softirq is a transmit's, not the end of what ended unseen. */
static void a_free_at_another_time_is_not_the_packets(void **state)
{
	(void)state;
	assert_string_equal(ends("+9 cpu0 netif_receive_skb pass skb=a0 dev=r0\n+9 cpu0 softirq exit aux=3\n"
				 "+9 cpu0 softirq enter aux=3\n+9 cpu0 end consume skb=a0\n"),
			    "incomplete end-not-seen");
	assert_string_equal(ends("+9 cpu0 netif_receive_skb pass skb=a0 dev=r0\n+9 cpu1 end consume skb=a0\n"),
			    "incomplete end-not-seen");
	assert_string_equal(ends("+9 cpu0 netif_receive_skb pass skb=a0 dev=r0\n+9 cpu0 end consume skb=a0\n"),
			    "consumed");
	/* a reader frees in its own context, when it likes */
	assert_string_equal(ends("+9 cpu0 netif_receive_skb pass skb=a0 dev=r0\n+9 cpu0 softirq exit aux=3\n"
				 "+9000 cpu1 end consume skb=a0 task pid=77\n"), "delivered");
	assert_int_equal(evs_packet(&s, 1)->reader[0].pid, 77);
	/* and a drop with a reason is one, whenever it comes */
	assert_string_equal(ends("+9 cpu0 netif_receive_skb pass skb=a0 dev=r0\n"
				 "+9 cpu1 end drop skb=a0 reason=FRAG_REASM_TIMEOUT\n"), "dropped FRAG_REASM_TIMEOUT");
}

static void a_transmit_of_a_live_address_means_its_end_was_missed(void **state)
{
	(void)state;
	assert_string_equal(ends(RX("a0", TCP("a", "0")) V4("a0") "+9 cpu0 end transmit skb=a0\n"
				 "+9 cpu0 end consume skb=a0\n"), "incomplete end-not-seen");
}

static void a_used_again_address_means_so_too(void **state)
{
	(void)state;
	assert_string_equal(ends(RX("a0", UDP) "+9 cpu0 ip_rcv pass skb=a0\n" RX("a0", UDP)),
			    "incomplete end-not-seen");
	/* in the socket's queue for good: an early stage on that address is somebody else */
	assert_string_equal(ends(RX("a0", UDP) "+9 cpu0 socket pass skb=a0 peer=1 hook=__udp_enqueue_schedule_skb\n"
				 "+9 cpu0 ip_rcv pass skb=a0\n"), "incomplete end-not-seen");
	assert_int_equal(s.nr_packets, 2);
}

/*
 * Recorded without the frees that have no tracepoint: an address whose packet ended unseen is another device's
 * packet now, and not one that wandered over.
 */
static void in_a_recording_with_gaps_another_device_is_another_packet(void **state)
{
	(void)state;
	assert_string_equal(ends("+9 cpu0 gro pass skb=a0 dev=t0\n+9 cpu0 netif_receive_skb pass skb=a0 dev=t0\n"
				 "+9 cpu0 tcp_v4_rcv pass skb=a0\n"
				 "+125000000 cpu1 gro pass skb=a0 dev=r0\n+9 cpu1 end consume skb=a0\n"),
			    "incomplete end-not-seen");
	assert_string_equal(evs_outcome(evs_packet(&s, 2)), "consumed");
	/* sent over loopback */
	assert_string_equal(ends("+9 cpu0 gro pass skb=a0 dev=t0\n+9 cpu0 netif_receive_skb pass skb=a0 dev=t0\n"
				 "+9000000 cpu0 backlog pass skb=a0 dev=lo\n+9 cpu0 end consume skb=a0\n"),
			    "incomplete end-not-seen");
	/* at once, on the same CPU: a bridge */
	assert_string_equal(ends("+9 cpu0 gro pass skb=a0 dev=r0\n+9 cpu0 netif_receive_skb pass skb=a0 dev=r0\n"
				 "+9000 cpu0 netif_receive_skb pass skb=a0 dev=br0\n+9 cpu0 end consume skb=a0\n"),
			    "consumed");
	assert_int_equal(s.nr_packets, 1);
}

static void on_its_way_at_the_end_is_open(void **state)
{
	(void)state;
	assert_string_equal(ends(RX("a0", UDP) "+9 cpu0 ip_rcv pass skb=a0\n"), "open");
}

static void begun_before_the_recording_is_incomplete(void **state)
{
	(void)state;
	assert_string_equal(ends("+9 cpu0 tcp_v4_rcv pass skb=a0\n+9 cpu0 end release skb=a0\n" RX("b0", UDP)
				 "+9 cpu0 end consume skb=b0\n"), "consumed");	/* nothing earlier known then */
	assert_string_equal(ends(RX("b0", UDP) "+9 cpu0 end consume skb=b0\n"), "consumed");
	assert_string_equal(ends("+9 cpu0 tcp_v4_rcv pass skb=a0\n" RX("b0", UDP)
				 "+9 cpu0 end release skb=a0\n+9 cpu0 end consume skb=b0\n"),
			    "incomplete before-recording");
	/* a device whose packets always begin at rx_desc */
	assert_string_equal(ends("+9 cpu0 netif_receive_skb pass skb=a0 dev=r0\n" RX("b0", UDP)
				 "+9 cpu0 end release skb=a0\n+9 cpu0 end consume skb=b0\n"),
			    "incomplete before-recording");
}

static void a_stage_the_recording_does_not_have_is_not_missing(void **state)
{
	(void)state;
	assert_string_equal(ends("+9 cpu0 tcp_v4_rcv pass skb=a0\n+9 cpu0 end release skb=a0\n"
				 "+9 cpu0 tcp_v4_rcv pass skb=a0\n+9 cpu0 end release skb=a0\n"), "consumed");
	/* tun hands packets to netif_receive_skb() while a NIC's begin at rx_desc */
	assert_string_equal(ends(RX("b0", UDP) "+9 cpu0 end consume skb=b0\n"
				 "2000000000 cpu0 netif_receive_skb pass skb=a0 dev=tun0\n"
				 "+9 cpu0 end consume skb=a0\n"), "consumed");
	assert_string_equal(evs_outcome(evs_packet(&s, 2)), "consumed");
}

static void later_without_loss_a_missing_beginning_has_its_own_name(void **state)
{
	(void)state;
	assert_string_equal(ends(RX("b0", UDP) "+9 cpu0 end consume skb=b0\n"
				 "5000000000 cpu0 ip_rcv pass skb=a0\n+9 cpu0 end consume skb=a0\n"), "consumed");
	assert_string_equal(evs_outcome(evs_packet(&s, 2)), "incomplete");
	assert_string_equal(rxs_why_id((enum rxs_why)evs_packet(&s, 2)->why), "begin-not-seen");
}

static u64 at_risk(void)
{
	struct rxs_path_stats st;

	rxs_path_stats_get(s.path, &st);
	return st.at_risk;
}

static void loss_takes_only_what_is_then_missing(void **state)
{
	(void)state;
	/* the end is seen all the same: the outcome stands, the packet counts as at risk */
	assert_string_equal(ends(RX("a0", UDP) "+9 cpu0 lost since=1005 count=7\n"
				 "+9 cpu0 end release skb=a0\n"), "consumed");
	assert_int_equal(at_risk(), 1);
	/* the end is not seen: at reuse, and at the end of the recording */
	assert_string_equal(ends(RX("a0", UDP) "+9 cpu0 lost since=1005 count=7\n" RX("a0", UDP)
				 "+9 cpu0 end consume skb=a0\n"), "incomplete loss");
	assert_string_equal(evs_outcome(evs_packet(&s, 2)), "consumed");
	assert_string_equal(ends(RX("a0", UDP) "+9 cpu1 lost since=1005 count=7\n"), "incomplete loss");
	/* already certain: read */
	assert_string_equal(ends(RX("a0", UDP) "+9 cpu0 app pass skb=a0 pid=3\n+9 cpu0 lost count=7\n"
				 RX("a0", UDP) "+9 cpu0 end consume skb=a0\n"), "delivered");
	/* begun after the loss: untouched */
	assert_string_equal(ends("+9 cpu0 lost since=1005 count=7\n" RX("a0", UDP)), "open");
	assert_int_equal(at_risk(), 0);
}

/* kprobe_profile is looked at now and then: what is told of may have hit packets that are through by now. */
static void a_loss_told_late_puts_at_risk_what_ended_since(void **state)
{
	const char *two = RX("a0", UDP) "+9 cpu0 end consume skb=a0\n"
			  "5000000000 cpu0 softirq enter\n" RX("b0", UDP) "+9 cpu0 end consume skb=b0\n"
			  RX("c0", UDP);
	char script[1024];

	(void)state;
	/* the second, and the third, which is on its way */
	snprintf(script, sizeof(script), "%s+9 cpu-1 lost since=4900000000 count=2 kind=kprobe\n"
		 "+9 cpu-1 lost since=4900000000 count=1 kind=kprobe\n+9 cpu0 end consume skb=c0\n", two);
	ends(script);
	assert_int_equal(at_risk(), 2);
	/* nobody knows when */
	snprintf(script, sizeof(script), "%s+9 cpu-1 lost count=2 kind=kprobe\n+9 cpu0 end consume skb=c0\n", two);
	ends(script);
	assert_int_equal(at_risk(), 3);
	/* a ring's loss is told where it happened */
	snprintf(script, sizeof(script), "%s+9 cpu0 lost since=4900000000 count=2\n+9 cpu0 end consume skb=c0\n", two);
	ends(script);
	assert_int_equal(at_risk(), 1);
}

static void a_beginning_missing_after_a_loss_is_lost(void **state)
{
	(void)state;
	assert_string_equal(ends(RX("b0", UDP) "+9 cpu0 end consume skb=b0\n"
				 "5000000000 cpu0 lost since=4000000000 count=0\n"
				 "+9 cpu0 ip_rcv pass skb=a0\n+9 cpu0 end release skb=a0\n"), "consumed");
	assert_string_equal(rxs_why_id((enum rxs_why)evs_packet(&s, 2)->why), "loss");
}

static void after_a_loss_nothing_is_joined_to_a_poll_that_may_be_over(void **state)
{
	(void)state;
	ends("+9 cpu0 napi_poll enter peer=f00 dev=r0\n+9 cpu0 lost count=3\n" RX("a0", UDP)
	     "+9 cpu0 end consume skb=a0\n");
	assert_int_equal(evs_packet(&s, 1)->napi.poll_id, 0);
	/* a missed kprobe is no gap in the CPU's story */
	ends("+9 cpu0 napi_poll enter peer=f00 dev=r0\n+9 cpu0 lost count=3 kind=kprobe\n" RX("a0", UDP)
	     "+9 cpu0 end consume skb=a0\n");
	assert_int_equal(evs_packet(&s, 1)->napi.poll_id, 1);
}

static void memory_is_bounded_by_giving_up_the_oldest(void **state)
{
	const struct rxs_path_opts o = { 3, 0 };
	char line[128];

	(void)state;
	evs_close(&s);
	evs_open(&s, &o);
	for (int i = 0; i < 10; i++) {
		snprintf(line, sizeof(line), "+10 cpu0 gro pass skb=%x dev=r0\n", 0x1000 + i);
		evs_feed(&s, line);
	}
	evs_finish(&s);
	assert_int_equal(s.outcome[RXS_OUT_INCOMPLETE], 7);
	assert_int_equal(s.outcome[RXS_OUT_OPEN], 3);
	assert_int_equal(evs_packet(&s, 1)->why, RXS_WHY_MEMORY);
}

static void ids_of_outcomes_are_found_again(void **state)
{
	(void)state;
	for (int i = 0; i < RXS_OUT_NR; i++) {
		assert_int_equal(rxs_outcome_by_id(rxs_outcome_id((enum rxs_outcome)i)), i);
		assert_true(rxs_outcome_meaning((enum rxs_outcome)i)[0]);
	}
	assert_true(rxs_outcome_by_id("eaten") < 0);
	assert_string_equal(rxs_outcome_id(RXS_OUT_NR), "");
	assert_string_equal(rxs_why_id(RXS_WHY_NR), "");
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
		TEST(what_the_stack_itself_uses_is_consumed),
		TEST(acks_that_became_one_on_the_backlog_are_consumed),
		TEST(what_is_refused_is_dropped_with_its_reason),
		TEST(what_was_queued_and_never_read_is_dropped_unread),
		TEST(what_a_reader_took_is_delivered),
		TEST(a_task_that_frees_what_was_queued_has_read_it),
		TEST(what_is_for_others_is_forwarded),
		TEST(a_transmit_of_a_live_address_means_its_end_was_missed),
		TEST(a_transmit_at_once_by_another_device_is_a_forward),
		TEST(a_free_at_another_time_is_not_the_packets),
		TEST(a_used_again_address_means_so_too),
		TEST(in_a_recording_with_gaps_another_device_is_another_packet),
		TEST(on_its_way_at_the_end_is_open),
		TEST(begun_before_the_recording_is_incomplete),
		TEST(a_stage_the_recording_does_not_have_is_not_missing),
		TEST(later_without_loss_a_missing_beginning_has_its_own_name),
		TEST(loss_takes_only_what_is_then_missing),
		TEST(a_loss_told_late_puts_at_risk_what_ended_since),
		TEST(a_beginning_missing_after_a_loss_is_lost),
		TEST(after_a_loss_nothing_is_joined_to_a_poll_that_may_be_over),
		TEST(memory_is_bounded_by_giving_up_the_oldest),
		TEST(ids_of_outcomes_are_found_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
