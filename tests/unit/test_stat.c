// SPDX-License-Identifier: GPL-2.0
/* Statistics, fed as a run feeds them: events to the statistics and the engine, packets back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../../tracer/source/rxs_source.h"
#include "../../tracer/stat/rxs_snapshot.h"
#include "evscript.h"

static struct rxs_strtab *t;
static struct rxs_path *path;
static struct rxs_stat *stat_;
static struct rxs_snapshot *snap;

static void on_packet(void *ctx, const struct rxs_packet *p)
{
	(void)ctx;
	assert_int_equal(rxs_stat_packet(stat_, p), 0);
}

static void on_poll(void *ctx, const struct rxs_poll *l)
{
	(void)ctx;
	assert_int_equal(rxs_stat_poll(stat_, l), 0);
}

static int end(void **state)
{
	(void)state;
	rxs_snapshot_free(snap);
	rxs_path_free(path);
	rxs_stat_free(stat_);
	rxs_strtab_free(t);
	return 0;
}

static void begin(const struct rxs_stat_opts *o)
{
	struct rxs_path_sink sink = { NULL, on_packet, on_poll, NULL };

	t = rxs_strtab_new();
	assert_int_equal(rxs_path_new(&path, t, NULL, &sink), 0);
	assert_int_equal(rxs_stat_new(&stat_, t, o), 0);
	snap = NULL;
}

static void feed(const char *script)
{
	u8 hdr[RXS_HDR_MAX_BYTES];
	struct rxs_event ev;
	struct rxs_lost lost;
	u64 now_ns = 0;
	int rc;

	for (const char *line = script; *line;) {
		rc = evs_line(t, line, &now_ns, &ev, &lost, hdr);
		assert_true(rc >= 0);
		if (rc == 1) {
			assert_int_equal(rxs_stat_event(stat_, &ev), 0);
			assert_int_equal(rxs_path_event(path, &ev), 0);
		} else if (rc == 2) {
			rxs_path_lost(path, &lost);
			assert_int_equal(rxs_stat_lost(stat_, &lost), 0);
		}
		line += strcspn(line, "\n");
		line += *line == '\n';
	}
}

static const struct rxs_snapshot *look(void)
{
	rxs_snapshot_free(snap);
	assert_int_equal(rxs_stat_snapshot(stat_, path, &snap), 0);
	return snap;
}

#define IRQ	"+10 cpu0 irq enter aux=11 dev=r0\n" \
		"+10 cpu0 irq enter aux=11 dev=r0 hook=refnic_irq\n" \
		"+10 cpu0 napi_schedule raise peer=f00 dev=r0 hook=refnic_napi_schedule\n" \
		"+10 cpu0 napi_schedule raise aux=3 hook=softirq_raise\n" \
		"+10 cpu0 irq exit aux=11\n"
#define POLL	"+60 cpu0 softirq enter aux=3\n" \
		"+10 cpu0 napi_poll enter peer=f00 dev=r0 hook=__napi_poll\n" \
		"+10 cpu0 napi_poll enter peer=f00 dev=r0 aux=64 hook=refnic_poll_begin\n"
#define DONE(n)	"+10 cpu0 napi_poll exit peer=f00 dev=r0 aux=" n " aux2=64 hook=refnic_poll_end\n" \
		"+10 cpu0 napi_poll exit peer=f00 dev=r0 aux=" n " aux2=64 hook=napi_poll\n" \
		"+10 cpu0 softirq exit aux=3\n"
#define UDP(skb, len) "+10 cpu0 rx_desc pass skb=" skb " head=f" skb " len=" len " dev=r0 ifindex=2 netns=7 " \
		"hook=eth_type_trans hdr=ip:10.0.0.1>10.0.0.2/udp:5>6/len:18\n" \
		"+20 cpu0 udp_rcv pass skb=" skb "\n" \
		"+30 cpu0 socket pass skb=" skb " peer=1 hook=__udp_enqueue_schedule_skb\n"

static void each_occurrence_counts_once_and_each_packet_once_per_stage(void **state)
{
	const struct rxs_snapshot *x;

	(void)state;
	begin(&(struct rxs_stat_opts){ RXS_ST_IRQ, RXS_ST_APP, 0, 0 });
	feed("1000 cpu0 irq enter aux=27 dev=virtio-blk\n+10 cpu0 irq exit aux=27\n"
	     IRQ POLL UDP("a0", "60") UDP("a1", "100") DONE("2")
	     "+100 cpu1 app pass skb=a0 pid=3 peer=1\n+10 cpu1 end consume skb=a0\n"
	     "+200 cpu1 app pass skb=a1 pid=3 peer=1\n+10 cpu1 end consume skb=a1\n"
	     IRQ POLL DONE("0"));
	x = look();
	assert_int_equal(x->stage[RXS_ST_IRQ].hits, 2);		/* not the disk's */
	assert_int_equal(x->irqs, 2);
	assert_int_equal(x->stage[RXS_ST_NAPI_SCHEDULE].hits, 2);
	assert_int_equal(x->stage[RXS_ST_SOFTIRQ].hits, 2);
	assert_int_equal(x->stage[RXS_ST_NAPI_POLL].hits, 2);
	assert_int_equal(x->stage[RXS_ST_RX_DESC].hits, 2);
	assert_int_equal(x->stage[RXS_ST_SOCKET].hits, 2);
	assert_int_equal(x->stage[RXS_ST_SOCKET].from_prev.count, 2);
	assert_int_equal(x->stage[RXS_ST_SOCKET].from_prev.max, 30);
	assert_int_equal(x->stage[RXS_ST_IRQ].from_prev.count, 0);
	assert_int_equal(x->stage[RXS_ST_SOFTIRQ].from_prev.max, 80);
	assert_int_equal(x->stage[RXS_ST_END].hits, 2);
	assert_int_equal(x->stage[RXS_ST_APP].ended, 2);
	assert_int_equal(x->outcome[RXS_OUT_DELIVERED], 2);
	assert_int_equal(x->seen, 2);
	assert_true(x->completeness == 1.0);
	assert_int_equal(x->total.count, 2);
	assert_int_equal(x->from_to.count, 2);
	assert_int_equal(x->from_to.max, x->total.max - 10);
	assert_int_equal(x->polls, 2);
	assert_int_equal(x->packets_per_poll.count, 2);
	assert_int_equal(x->packets_per_poll.max, 2);
	assert_int_equal(x->nr_slowest, 2);
	assert_int_equal(x->slowest[0]->id, 2);
	assert_int_equal(x->nr_devs, 1);
	assert_int_equal(x->devs[0].packets, 2);
	assert_int_equal(x->devs[0].bytes, 160);
	assert_int_equal(x->devs[0].irqs, 2);
	assert_int_equal(x->devs[0].polls, 2);
	assert_int_equal(x->nr_flows, 1);
	assert_int_equal(x->flows[0].packets, 2);
	assert_int_equal(x->flows[0].flow.dport, 6);
	assert_int_equal(x->nr_cpus, 1);	/* CPU 1 took no interrupt and no packet */
	assert_int_equal(x->cpus[0].irqs, 2);
	assert_int_equal(x->cpus[0].softirqs, 2);
	assert_int_equal(x->cpus[0].packets, 2);
	assert_int_equal(x->cpus[0].softirq_wait.count, 2);
	assert_int_equal(x->cpus[0].softirq_wait.max, 80);
}

static void open_packets_are_in_every_sum(void **state)
{
	const struct rxs_snapshot *x;

	(void)state;
	begin(NULL);
	feed("1000 cpu0 softirq enter aux=3\n" UDP("a0", "60"));
	x = look();
	assert_int_equal(x->seen, 1);
	assert_int_equal(x->outcome[RXS_OUT_OPEN], 1);
	assert_int_equal(x->stage[RXS_ST_SOCKET].open, 1);
	rxs_path_finish(path);
	x = look();
	assert_int_equal(x->seen, 1);
	assert_int_equal(x->outcome[RXS_OUT_OPEN], 1);
	assert_int_equal(x->stage[RXS_ST_SOCKET].open, 0);
}

static void drops_are_grouped_and_sorted(void **state)
{
	const struct rxs_snapshot *x;

	(void)state;
	begin(NULL);
	feed("1000 cpu0 softirq enter aux=3\n"
	     UDP("a0", "60") "+1 cpu0 end drop skb=a0 reason=SOCKET_RCVBUFF symbol=udp_queue_rcv_one_skb\n"
	     "+1 cpu0 rx_desc pass skb=b0 dev=r0\n+1 cpu0 end drop skb=b0 reason=NO_SOCKET symbol=f\n"
	     UDP("a0", "60") "+1 cpu0 end drop skb=a0 reason=SOCKET_RCVBUFF symbol=udp_queue_rcv_one_skb\n");
	rxs_path_finish(path);
	x = look();
	assert_int_equal(x->nr_drops, 2);
	assert_int_equal(x->drops[0].count, 2);
	assert_string_equal(rxs_strtab_get(t, x->drops[0].reason), "SOCKET_RCVBUFF");
	assert_int_equal(x->drops[0].stage, RXS_ST_SOCKET);
	assert_int_equal(x->drops[1].stage, RXS_ST_RX_DESC);
	assert_int_equal(x->devs[0].dropped, 3);
	assert_int_equal(x->flows[0].dropped, 2);
}

static void flows_beyond_the_bound_are_counted_not_kept(void **state)
{
	const struct rxs_snapshot *x;
	char line[256];

	(void)state;
	begin(&(struct rxs_stat_opts){ -1, -1, 3, 2 });
	for (int i = 0; i < 5; i++) {
		snprintf(line, sizeof(line), "%d cpu0 rx_desc pass skb=a0 dev=r0 hook=eth_type_trans "
			 "hdr=ip:10.0.0.%d>10.0.0.9/udp:5>6/len:18\n+%d cpu0 end consume skb=a0\n",
			 (i + 1) * 1000, i, 10 * (i + 1));
		feed(line);
	}
	rxs_path_finish(path);
	x = look();
	assert_int_equal(x->nr_flows, 2);
	assert_int_equal(x->flows_not_kept, 3);
	assert_int_equal(x->nr_slowest, 3);
	assert_int_equal(x->slowest[0]->id, 5);
	assert_int_equal(x->slowest[2]->id, 3);
}

static void loss_is_counted_by_kind_cpu_and_function(void **state)
{
	const struct rxs_snapshot *x;

	(void)state;
	begin(NULL);
	feed("1000 cpu0 softirq enter aux=3\n"
	     "+10 cpu1 lost since=500 count=7\n+10 cpu1 lost count=5\n+10 cpu-1 lost count=2 kind=kprobe\n"
	     "+10 cpu0 lost count=0 kind=file\n");
	x = look();
	assert_int_equal(x->lost, 14);
	assert_true(x->lost_unknown);
	assert_int_equal(x->nr_losses, 3);
	assert_int_equal(x->losses[0].count, 12);
	assert_int_equal(x->losses[0].times, 2);
	assert_int_equal(x->losses[0].cpu, 1);
	assert_int_equal(x->losses[0].first_ns, 500);
	assert_int_equal(x->losses[0].last_ns, 1020);
}

static void a_filtered_run_counts_what_it_was_given(void **state)
{
	struct rxs_snapshot *x;

	(void)state;
	begin(NULL);
	feed("1000 cpu0 softirq enter aux=3\n" UDP("a0", "60"));
	assert_int_equal(rxs_stat_snapshot(stat_, NULL, &x), 0);
	assert_int_equal(x->seen, 0);
	assert_true(x->completeness == 1.0);
	assert_int_equal(x->from, -1);
	rxs_snapshot_free(x);
	rxs_snapshot_free(NULL);
}

static void the_readers_wait_is_counted_from_the_queue_for_clones_too(void **state)
{
	const struct rxs_snapshot *x;

	(void)state;
	begin(NULL);
	feed("1000 cpu0 gro pass skb=a0 head=b0 hook=dev_gro_receive\n"
	     "+10 cpu0 icmp_rcv pass skb=a0 head=b0\n"
	     "+10 cpu0 socket pass skb=c0 head=b0 peer=5 hook=__sock_queue_rcv_skb\n"
	     "+10 cpu0 end drop skb=a0 reason=NO_SOCKET\n"
	     "+70 cpu0 app pass skb=c0 pid=5 hook=skb_copy_datagram_iovec\n"
	     "+10 cpu0 end consume skb=c0\n");
	x = look();
	assert_int_equal(x->stage[RXS_ST_APP].from_prev.max, 80);
	assert_int_equal(x->stage[RXS_ST_END].hits, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(each_occurrence_counts_once_and_each_packet_once_per_stage, end),
		cmocka_unit_test_teardown(open_packets_are_in_every_sum, end),
		cmocka_unit_test_teardown(drops_are_grouped_and_sorted, end),
		cmocka_unit_test_teardown(flows_beyond_the_bound_are_counted_not_kept, end),
		cmocka_unit_test_teardown(loss_is_counted_by_kind_cpu_and_function, end),
		cmocka_unit_test_teardown(a_filtered_run_counts_what_it_was_given, end),
		cmocka_unit_test_teardown(the_readers_wait_is_counted_from_the_queue_for_clones_too, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
