// SPDX-License-Identifier: GPL-2.0
/* The context packets come in: interrupt, softirq, poll. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "evscript.h"

static struct evs s;

static void all_hooks_of_refnic_make_one_context(void **state)
{
	const struct rxs_packet *p;

	(void)state;
	evs_feed(&s, "1000 cpu0 irq enter aux=11 dev=r0\n"
		     "+10 cpu0 irq enter aux=11 dev=r0 hook=refnic_irq\n"
		     "+10 cpu0 napi_schedule raise peer=f00 dev=r0 hook=refnic_napi_schedule\n"
		     "+10 cpu0 napi_schedule raise aux=3 hook=softirq_raise\n"
		     "+10 cpu0 irq exit aux=11\n"
		     "+10 cpu0 softirq enter aux=3\n"
		     "+10 cpu0 napi_poll enter peer=f00 dev=r0 hook=__napi_poll\n"
		     "+10 cpu0 napi_poll enter peer=f00 dev=r0 aux=64 hook=refnic_poll_begin\n"
		     "+10 cpu0 rx_desc pass skb=a0 head=b0 dev=r0\n"
		     "+10 cpu0 end release skb=a0\n"
		     "+10 cpu0 rx_desc pass skb=a0 head=b0 dev=r0\n"
		     "+10 cpu0 end release skb=a0\n");
	assert_int_equal(s.nr_packets, 0);	/* they wait for the poll's work */
	evs_feed(&s, "+10 cpu0 napi_poll exit peer=f00 dev=r0 aux=2 aux2=64 hook=refnic_poll_end\n"
		     "+10 cpu0 napi_poll unmask peer=f00 dev=r0\n"
		     "+10 cpu0 napi_poll exit peer=f00 dev=r0 aux=2 aux2=64 hook=napi_poll\n"
		     "+10 cpu0 softirq exit aux=3\n");
	assert_int_equal(s.nr_packets, 2);
	evs_finish(&s);
	p = evs_packet(&s, 2);
	assert_string_equal(evs_hops(p), "irq napi_schedule softirq napi_poll rx_desc end");
	assert_int_equal(p->napi.irq_ns, 1000);
	assert_int_equal(p->napi.schedule_ns, 1020);
	assert_int_equal(p->napi.softirq_ns, 1050);
	assert_int_equal(p->napi.poll_ns, 1060);
	assert_int_equal(p->napi.irq, 11);
	assert_int_equal(p->napi.pos, 2);
	assert_int_equal(p->napi.work, 2);
	assert_int_equal(p->napi.budget, 64);
	assert_int_equal(p->napi.irq_polls, 1);
	assert_int_equal(p->napi.napi, 0xf00);
	assert_int_equal(p->first_ns, 1000);
	for (u32 i = 0; i < p->nr_hops; i++)
		assert_int_equal(!!(p->hops[i].flags & RXS_HOP_SHARED), i < 4);
	assert_int_equal(s.nr_polls, 1);
	assert_int_equal(s.last_poll.packets, 2);
	assert_int_equal(s.last_poll.end_ns, 1120);
}

/* A device polled again without an interrupt: the packets came some time after it, not with it. */
static void a_poll_without_interrupt_starts_with_the_softirq(void **state)
{
	const struct rxs_packet *p;

	(void)state;
	evs_feed(&s, "1000 cpu0 irq enter aux=11 dev=r0\n"
		     "+10 cpu0 napi_schedule raise aux=3 hook=softirq_raise\n"
		     "+10 cpu0 irq exit aux=11\n"
		     "+10 cpu0 softirq enter aux=3\n"
		     "+10 cpu0 napi_poll enter peer=f00 dev=r0\n"
		     "+10 cpu0 napi_poll exit peer=f00 dev=r0 aux=64 aux2=64\n"
		     "+10 cpu0 napi_schedule raise aux=3 hook=softirq_raise\n"
		     "+10 cpu0 softirq exit aux=3\n"
		     "2000 cpu0 softirq enter aux=3 ksoftirqd\n"
		     "+10 cpu0 napi_poll enter peer=f00 dev=r0 ksoftirqd\n"
		     "+10 cpu0 rx_desc pass skb=a0 head=b0 dev=r0 ksoftirqd\n"
		     "+10 cpu0 end release skb=a0\n"
		     "+10 cpu0 napi_poll exit peer=f00 dev=r0 aux=1 aux2=64\n"
		     "+10 cpu0 softirq exit aux=3\n");
	evs_finish(&s);
	p = evs_packet(&s, 1);
	assert_string_equal(evs_hops(p), "softirq napi_poll rx_desc end");
	assert_int_equal(p->napi.irq_polls, 2);
	assert_int_equal(p->napi.irq_ns, 1000);
	assert_int_equal(p->napi.ksoftirqd, 1);
	assert_int_equal(p->first_ns, 2000);
}

static void two_devices_on_one_cpu_keep_their_own_interrupts(void **state)
{
	(void)state;
	evs_feed(&s, "1000 cpu0 irq enter aux=10 dev=t0\n"
		     "+1 cpu0 napi_schedule raise aux=3 hook=softirq_raise\n"
		     "+1 cpu0 irq exit aux=10\n"
		     "1100 cpu0 irq enter aux=11 dev=r0\n"
		     "+1 cpu0 napi_schedule raise aux=3 hook=softirq_raise\n"
		     "+1 cpu0 irq exit aux=11\n"
		     "1150 cpu0 irq enter aux=27 dev=virtio-blk\n"
		     "+1 cpu0 irq exit aux=27\n"
		     "1200 cpu0 softirq enter aux=3\n"
		     /* the other order than they were raised in: the names tell */
		     "+10 cpu0 napi_poll enter peer=f11 dev=r0\n"
		     "+10 cpu0 rx_desc pass skb=a0 head=b0 dev=r0\n"
		     "+10 cpu0 napi_poll exit peer=f11 dev=r0 aux=1 aux2=64\n"
		     "+10 cpu0 napi_poll enter peer=f10 dev=t0\n"
		     "+10 cpu0 rx_desc pass skb=c0 head=d0 dev=t0\n"
		     "+10 cpu0 napi_poll exit peer=f10 dev=t0 aux=1 aux2=64\n"
		     "+10 cpu0 softirq exit aux=3\n"
		     "+10 cpu0 end consume skb=a0\n"
		     "+10 cpu0 end consume skb=c0\n");
	evs_finish(&s);
	assert_int_equal(evs_packet(&s, 1)->napi.irq, 11);
	assert_int_equal(evs_packet(&s, 1)->napi.irq_ns, 1100);
	assert_int_equal(evs_packet(&s, 2)->napi.irq, 10);
	assert_int_equal(evs_packet(&s, 2)->napi.irq_ns, 1000);
	assert_int_equal(evs_packet(&s, 2)->napi.pos, 1);
}

/*
 * A handler may be named after a queue ("eth0-TxRx-1"), or have nothing of its device in its name
 * (virtio).
 */
static void handlers_with_queue_names_and_unnamed_ones_are_joined(void **state)
{
	static const char *const round =
		"+1000 cpu0 irq enter aux=40 dev=eth0-TxRx-1\n"
		"+1 cpu0 napi_schedule raise aux=3 hook=softirq_raise\n"
		"+1 cpu0 irq exit aux=40\n"
		"+1 cpu0 irq enter aux=41 dev=virtio0-input.0\n"
		"+1 cpu0 napi_schedule raise aux=3 hook=softirq_raise\n"
		"+1 cpu0 irq exit aux=41\n"
		"+100 cpu0 softirq enter aux=3\n"
		"+10 cpu0 napi_poll enter peer=f41 dev=ens3\n"
		"+10 cpu0 rx_desc pass skb=a0 head=b0 dev=ens3\n"
		"+10 cpu0 napi_poll exit peer=f41 dev=ens3 aux=1 aux2=64\n"
		"+10 cpu0 napi_poll enter peer=f40 dev=eth0\n"
		"+10 cpu0 rx_desc pass skb=c0 head=d0 dev=eth0\n"
		"+10 cpu0 napi_poll exit peer=f40 dev=eth0 aux=1 aux2=64\n"
		"+10 cpu0 softirq exit aux=3\n"
		"+10 cpu0 end release skb=a0\n"
		"+10 cpu0 end release skb=c0\n";

	(void)state;
	evs_feed(&s, round);	/* nothing is known of the devices yet: by order */
	evs_feed(&s, round);
	evs_finish(&s);
	assert_int_equal(evs_packet(&s, 3)->napi.irq, 41);
	assert_int_equal(evs_packet(&s, 4)->napi.irq, 40);
}

static void a_backlog_is_not_given_a_nics_interrupt(void **state)
{
	(void)state;
	evs_feed(&s, "1000 cpu0 irq enter aux=11 dev=r0\n"
		     "+1 cpu0 napi_schedule raise aux=3 hook=softirq_raise\n"
		     "+1 cpu0 irq exit aux=11\n"
		     "1200 cpu0 softirq enter aux=3\n"
		     "+10 cpu0 napi_poll enter peer=fb0\n"
		     "+10 cpu0 napi_poll exit peer=fb0 dev=(no_device) aux=1 aux2=64\n"
		     "+10 cpu0 napi_poll enter peer=f11 dev=r0\n"
		     "+10 cpu0 rx_desc pass skb=a0 head=b0 dev=r0\n"
		     "+10 cpu0 napi_poll exit peer=f11 dev=r0 aux=1 aux2=64\n"
		     "+10 cpu0 softirq exit aux=3\n");
	evs_finish(&s);
	assert_int_equal(evs_packet(&s, 1)->napi.irq, 11);
}

/* PREEMPT_RT: the hard handler only wakes a thread, which schedules NAPI. */
static void a_threaded_handlers_interrupt_is_found_by_name(void **state)
{
	const struct rxs_packet *p;

	(void)state;
	evs_feed(&s, "1000 cpu0 irq enter aux=11 dev=r0\n"
		     "+1 cpu0 irq exit aux=11\n"
		     "1100 cpu0 napi_schedule raise aux=3 hook=softirq_raise task\n"
		     "1200 cpu0 softirq enter aux=3 task\n"
		     "+10 cpu0 napi_poll enter peer=f11 dev=r0\n"
		     "+10 cpu0 rx_desc pass skb=a0 head=b0 dev=r0\n"
		     "+10 cpu0 napi_poll exit peer=f11 dev=r0 aux=1 aux2=64\n"
		     "+10 cpu0 softirq exit aux=3\n");
	evs_finish(&s);
	p = evs_packet(&s, 1);
	assert_int_equal(p->napi.irq_ns, 1000);
	assert_string_equal(evs_hops(p), "irq napi_schedule softirq napi_poll rx_desc");
}

/* What trace-cmd record -e irq -e napi -e net -e skb gives: the poll's begin is not recorded. */
static void static_tracepoints_alone_still_give_the_context(void **state)
{
	const struct rxs_packet *p;

	(void)state;
	evs_feed(&s, "1000 cpu0 irq enter aux=11 dev=r0\n"
		     "+10 cpu0 napi_schedule raise aux=3 hook=softirq_raise\n"
		     "+10 cpu0 irq exit aux=11\n"
		     "+10 cpu0 softirq enter aux=3\n"
		     "+10 cpu0 gro pass skb=a0 len=46 dev=r0 hook=napi_gro_receive_entry\n"
		     "+10 cpu0 gro result aux=3\n"
		     "+10 cpu0 gro pass skb=c0 len=46 dev=r0 hook=napi_gro_receive_entry\n"
		     "+10 cpu0 gro result aux=3\n"
		     "+10 cpu0 netif_receive_skb pass skb=a0 len=46 dev=r0\n"
		     "+10 cpu0 backlog pass skb=e0 len=46 dev=lo hook=netif_rx\n"
		     "+10 cpu0 napi_poll exit peer=f00 dev=r0 aux=2 aux2=64 hook=napi_poll\n"
		     "+10 cpu0 netif_receive_skb pass skb=e0 len=46 dev=lo\n"
		     "+10 cpu0 napi_poll exit peer=fb0 dev=(no_device) aux=1 aux2=64 hook=napi_poll\n"
		     "+10 cpu0 softirq exit aux=3\n"
		     "+10 cpu0 end consume skb=a0 task pid=7\n"
		     "+10 cpu0 end consume skb=c0 task pid=7\n"
		     "+10 cpu0 end consume skb=e0 task pid=7\n");
	evs_finish(&s);
	p = evs_packet(&s, 2);
	assert_string_equal(evs_hops(p), "irq napi_schedule softirq gro end");
	assert_int_equal(p->napi.pos, 2);
	assert_int_equal(p->napi.work, 2);
	assert_int_equal(p->napi.irq, 11);
	assert_int_equal(p->napi.poll_ns, 0);
	assert_true(p->napi.poll_id > 0);
	assert_int_equal(evs_packet(&s, 3)->napi.poll_id, 0);
	assert_int_equal(s.nr_polls, 2);
}

/* Loopback's packets begin in whatever softirq; no poll of "lo" ever ends. */
static void an_inferred_poll_that_is_never_confirmed_is_forgotten(void **state)
{
	(void)state;
	evs_feed(&s, "1000 cpu0 softirq enter aux=3\n"
		     "+10 cpu0 rx_desc pass skb=a0 head=b0 dev=lo hook=eth_type_trans\n"
		     "+10 cpu0 napi_poll exit peer=f00 dev=r0 aux=0 aux2=64 hook=napi_poll\n"
		     "+10 cpu0 softirq exit aux=3\n"
		     "+10 cpu0 end release skb=a0\n");
	evs_finish(&s);
	assert_string_equal(evs_hops(evs_packet(&s, 1)), "rx_desc end");
	assert_int_equal(evs_packet(&s, 1)->napi.poll_id, 0);
	assert_int_equal(s.nr_polls, 1);
}

static u64 squeezes(const char *script)
{
	struct rxs_path_stats st;

	evs_feed(&s, script);
	rxs_path_stats_get(s.path, &st);
	return st.time_squeeze;
}

static void time_squeeze_is_work_left_behind_and_not_a_devices_own_budget(void **state)
{
	(void)state;
	/* one device used its budget up and takes its next turn */
	assert_int_equal(squeezes("1000 cpu0 softirq enter aux=3\n"
				  "+10 cpu0 napi_poll enter peer=f00 dev=r0\n"
				  "+10 cpu0 napi_poll exit peer=f00 dev=r0 aux=64 aux2=64\n"
				  "+10 cpu0 napi_schedule raise aux=3 hook=softirq_raise\n"
				  "+10 cpu0 softirq exit aux=3\n"), 0);
	/* the same, but out of time */
	assert_int_equal(squeezes("1000000 cpu0 softirq enter aux=3\n"
				  "+10 cpu0 napi_poll enter peer=f00 dev=r0\n"
				  "+9000000 cpu0 napi_poll exit peer=f00 dev=r0 aux=64 aux2=64\n"
				  "+10 cpu0 napi_schedule raise aux=3 hook=softirq_raise\n"
				  "+10 cpu0 softirq exit aux=3\n"), 1);
	/*
	 * nobody used its budget up, and still something was left: squeezed, however short it was
	 */
	assert_int_equal(squeezes("+1000 cpu0 softirq enter aux=3\n"
				  "+10 cpu0 napi_poll enter peer=f00 dev=r0\n"
				  "+10 cpu0 rx_desc pass skb=a0 head=b0 dev=r0\n"
				  "+10 cpu0 end release skb=a0\n"
				  "+10 cpu0 napi_poll exit peer=f00 dev=r0 aux=1 aux2=64\n"
				  "+10 cpu0 napi_schedule raise aux=3 hook=softirq_raise\n"
				  "+10 cpu0 softirq exit aux=3\n"), 2);
	/* a raise from within a poll (loopback) leaves nothing behind */
	assert_int_equal(squeezes("+1000 cpu0 softirq enter aux=3\n"
				  "+10 cpu0 napi_poll enter peer=f00 dev=r0\n"
				  "+10 cpu0 napi_schedule raise aux=3 hook=softirq_raise\n"
				  "+10 cpu0 napi_poll exit peer=f00 dev=r0 aux=1 aux2=64\n"
				  "+10 cpu0 softirq exit aux=3\n"), 2);
	evs_finish(&s);
	assert_int_equal(evs_packet(&s, 1)->napi.squeezed, 1);
}

static void a_poll_whose_end_is_missing_has_no_work(void **state)
{
	(void)state;
	evs_feed(&s, "1000 cpu0 softirq enter aux=3\n"
		     "+10 cpu0 napi_poll enter peer=f00 dev=r0\n"
		     "+10 cpu0 rx_desc pass skb=a0 head=b0 dev=r0\n"
		     "+10 cpu0 end release skb=a0\n"
		     "2000 cpu0 softirq enter aux=3\n");
	assert_int_equal(s.nr_packets, 1);
	assert_int_equal(evs_packet(&s, 1)->napi.work, 0);
	assert_int_equal(evs_packet(&s, 1)->napi.pos, 1);
	evs_finish(&s);
}

static void another_cpus_poll_is_none_of_this_packets(void **state)
{
	(void)state;
	evs_feed(&s, "1000 cpu1 softirq enter aux=3\n"
		     "+10 cpu1 napi_poll enter peer=f00 dev=r0\n"
		     "+10 cpu0 softirq enter aux=3\n"
		     "+10 cpu0 napi_poll enter peer=f01 dev=t0\n"
		     "+10 cpu0 rx_desc pass skb=a0 head=b0 dev=r0\n"
		     "+10 cpu1 rx_desc pass skb=c0 head=d0 dev=r0\n");
	evs_finish(&s);
	assert_int_equal(evs_packet(&s, 1)->napi.poll_id, 0);
	assert_int_equal(evs_packet(&s, 2)->napi.napi, 0xf00);
}

/*
 * 100 ns a probe. On the way up from the interrupt every event of that CPU cost once, those of the
 * packet before it, too; the reader waited for its own probe only.
 */
static void correction_takes_out_what_probes_cost_and_never_more(void **state)
{
	const struct rxs_path_opts o = { 0, 100 };
	const struct rxs_packet *p;

	(void)state;
	evs_close(&s);
	evs_open(&s, &o);
	evs_feed(&s, "10000 cpu0 irq enter aux=11 dev=r0\n"
		     "10500 cpu0 napi_schedule raise aux=3 hook=softirq_raise\n"	/* 500 - 100 */
		     "10600 cpu0 irq exit aux=11\n"
		     "11500 cpu0 softirq enter aux=3\n"					/* 1000 - 200 */
		     "11550 cpu0 napi_poll enter peer=f00 dev=r0\n"			/* 50 - 100: 0 */
		     "12000 cpu0 rx_desc pass skb=c0 head=d0 dev=r0\n"
		     "12300 cpu0 rx_desc pass skb=a0 head=b0 dev=r0\n"			/* 750 - 200 */
		     "12600 cpu0 socket pass skb=a0 head=b0 peer=5\n"			/* 300 - 100 */
		     "12700 cpu0 socket pass skb=c0 head=d0 peer=5\n"
		     "13700 cpu0 napi_poll exit peer=f00 dev=r0 aux=2 aux2=64\n"
		     "13800 cpu0 softirq exit aux=3\n"
		     "14600 cpu0 app pass skb=a0 head=b0 peer=5 pid=7\n"		/* 2000 - 100 */
		     "14700 cpu0 end consume skb=a0\n");				/* 100 - 100 */
	evs_finish(&s);
	p = evs_packet(&s, 2);
	assert_string_equal(evs_hops(p), "irq napi_schedule softirq napi_poll rx_desc socket app end");
	assert_int_equal(p->hops[0].ts_ns, 10000);
	assert_int_equal(p->hops[1].ts_ns, 10400);
	assert_int_equal(p->hops[2].ts_ns, 11200);
	assert_int_equal(p->hops[3].ts_ns, 11200);
	assert_int_equal(p->hops[4].ts_ns, 11750);
	assert_int_equal(p->hops[5].ts_ns, 11950);
	assert_int_equal(p->hops[6].ts_ns, 13850);
	assert_int_equal(p->hops[7].ts_ns, 13850);
	assert_int_equal(p->reader[0].ts_ns, 13850);
	assert_int_equal(p->napi.poll_ns, 11200);
	assert_int_equal(rxs_packet_total_ns(p), 3850);
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
		TEST(all_hooks_of_refnic_make_one_context),
		TEST(a_poll_without_interrupt_starts_with_the_softirq),
		TEST(two_devices_on_one_cpu_keep_their_own_interrupts),
		TEST(handlers_with_queue_names_and_unnamed_ones_are_joined),
		TEST(a_backlog_is_not_given_a_nics_interrupt),
		TEST(a_threaded_handlers_interrupt_is_found_by_name),
		TEST(static_tracepoints_alone_still_give_the_context),
		TEST(an_inferred_poll_that_is_never_confirmed_is_forgotten),
		TEST(time_squeeze_is_work_left_behind_and_not_a_devices_own_budget),
		TEST(a_poll_whose_end_is_missing_has_no_work),
		TEST(another_cpus_poll_is_none_of_this_packets),
		TEST(correction_takes_out_what_probes_cost_and_never_more),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
