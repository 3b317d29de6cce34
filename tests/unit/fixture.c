// SPDX-License-Identifier: GPL-2.0
/* Packets made by hand, for tests of what shows them. */
#include "fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static u32 name(struct rxs_strtab *t, const char *s)
{
	return rxs_strtab_intern(t, s, strlen(s));
}

void fixture_udp(struct fixture_packet *f, struct rxs_strtab *t, u64 id)
{
	static const u8 frame[] = {
		0x52, 0x54, 0, 0, 0, 2, 0x52, 0x54, 0, 0, 0, 1, 0x08, 0x00,
		0x45, 0, 0, 46, 0, 1, 0, 0, 64, 17, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2,
		0x03, 0xe8, 0x07, 0xd0, 0, 26, 0, 0, 'h', 'e', 'l', 'l', 'o',
	};
	struct rxs_packet *p = &f->p;

	memset(f, 0, sizeof(*f));
	p->id = id;
	p->skb = 0xffff888000001000ULL + id * 256;
	p->hops = f->hop;
	p->dev = name(t, "eth0");
	p->ifindex = 2;
	p->len = 60;
	p->frames = 1;
	p->hdr_len = sizeof(frame);
	memcpy(p->hdr, frame, sizeof(frame));
	rxs_flow_parse(&p->flow, p->hdr, p->hdr_len);
}

void fixture_hop(struct fixture_packet *f, u64 ts_ns, enum rxs_stage st, enum rxs_op op)
{
	struct rxs_hop *h = &f->hop[f->p.nr_hops];

	assert_true(f->p.nr_hops < FIXTURE_HOPS);
	if (!f->p.nr_hops)
		f->p.first_ns = ts_ns;
	f->p.last_ns = ts_ns;
	f->p.nr_hops++;
	h->ts_ns = ts_ns;
	h->stage = st;
	h->op = op;
}

static void way_to_udp(struct fixture_packet *f, u64 ts_ns, u64 step_ns)
{
	fixture_hop(f, ts_ns, RXS_ST_RX_DESC, RXS_OP_PASS);
	fixture_hop(f, ts_ns + step_ns, RXS_ST_IP_RCV, RXS_OP_PASS);
	fixture_hop(f, ts_ns + 2 * step_ns, RXS_ST_UDP_RCV, RXS_OP_PASS);
}

void fixture_delivered(struct fixture_packet *f, struct rxs_strtab *t, u64 id, u64 ts_ns, u64 step_ns)
{
	fixture_udp(f, t, id);
	way_to_udp(f, ts_ns, step_ns);
	fixture_hop(f, ts_ns + 3 * step_ns, RXS_ST_SOCKET, RXS_OP_PASS);
	fixture_hop(f, ts_ns + 4 * step_ns, RXS_ST_APP, RXS_OP_PASS);
	fixture_hop(f, ts_ns + 5 * step_ns, RXS_ST_END, RXS_OP_CONSUME);
	f->p.outcome = RXS_OUT_DELIVERED;
	f->p.nr_readers = 1;
	f->p.reader[0] = (struct rxs_reader){ .ts_ns = ts_ns + 4 * step_ns, .pid = 42, .comm = name(t, "app") };
}

void fixture_dropped(struct fixture_packet *f, struct rxs_strtab *t, u64 id, u64 ts_ns, const char *reason,
		     const char *function)
{
	fixture_udp(f, t, id);
	way_to_udp(f, ts_ns, 1000);
	fixture_hop(f, ts_ns + 3000, RXS_ST_END, RXS_OP_DROP);
	f->p.outcome = RXS_OUT_DROPPED;
	f->p.reason = name(t, reason);
	f->p.symbol = name(t, function);
	f->p.drop_stage = RXS_ST_UDP_RCV;
}

char *fixture_view(const char *view, const struct rxs_view_opts *o, struct rxs_strtab *t,
		   const struct rxs_packet *const *p, unsigned int nr, const struct rxs_lost *lost, int want)
{
	static const char *const files[] = { "test.rxs", NULL };
	const struct rxs_stat_opts so = { .from = RXS_ST_IP_RCV, .to = RXS_ST_SOCKET };
	struct rxs_run_info ri = {
		.source = { .kind = "rxs", .kernel = "6.1.0", .clock = "mono", .clock_res_ns = 1, .nr_cpus = 2,
			    .probe_cost_ns = 210 },
		.files = files, .strtab = t, .filter = "",
	};
	const struct rxs_decode_stats ds = { .events = 100, .decoded = 90, .foreign = 10 };
	struct rxs_view_opts vo = *o;
	struct rxs_snapshot *s;
	struct rxs_stat *stat;
	struct rxs_view *v;
	char *text = NULL;
	size_t len = 0;

	vo.out = open_memstream(&text, &len);
	assert_non_null(vo.out);
	assert_int_equal(rxs_stat_new(&stat, t, &so), 0);
	v = rxs_view_new(view, &vo);
	assert_non_null(v);
	assert_int_equal(rxs_view_begin(v, &ri), 0);
	for (unsigned int i = 0; i < nr; i++) {
		assert_int_equal(rxs_stat_packet(stat, p[i]), 0);
		assert_int_equal(rxs_view_packet(v, p[i]), 0);
	}
	if (lost) {
		assert_int_equal(rxs_stat_lost(stat, lost), 0);
		assert_int_equal(rxs_view_lost(v, lost), 0);
	}
	assert_int_equal(rxs_stat_snapshot(stat, NULL, &s), 0);
	assert_int_equal(rxs_view_end(v, s, &ds), want);
	rxs_view_free(v);
	rxs_snapshot_free(s);
	rxs_stat_free(stat);
	fclose(vo.out);
	return text;
}
