// SPDX-License-Identifier: GPL-2.0
/* Filters: pcap-filter syntax on the headers, and the packet's own story. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../../tracer/path/rxs_filter.h"
#include "evscript.h"

#include <errno.h>

static struct rxs_strtab *names;
static struct rxs_hop hops[2] = {
	{ .ts_ns = 1000, .stage = RXS_ST_RX_DESC },
	{ .ts_ns = 6000, .stage = RXS_ST_UDP_RCV },
};

static void make(struct rxs_packet *p, const char *spec, u32 len)
{
	int n;

	memset(p, 0, sizeof(*p));
	n = evs_frame(p->hdr, sizeof(p->hdr), spec);
	assert_true(n >= 0);
	p->hdr_len = (u16)n;
	p->len = len;
	p->hops = hops;
	p->nr_hops = 2;
	p->first_ns = 1000;
	p->last_ns = 6000;
	p->outcome = RXS_OUT_DELIVERED;
	p->dev = rxs_strtab_intern(names, "r0", 2);
}

static bool match(const struct rxs_packet *p, const struct rxs_filter_opts *o)
{
	struct rxs_filter *f;
	struct rxs_err e = { "" };
	bool yes;

	assert_int_equal(rxs_filter_new(&f, o, &e), 0);
	yes = rxs_filter_match(f, p, names);
	rxs_filter_free(f);
	return yes;
}

static bool expr(const struct rxs_packet *p, const char *text)
{
	return match(p, &(struct rxs_filter_opts){ .expr = text });
}

static void expressions_mean_what_they_mean_to_tcpdump(void **state)
{
	struct rxs_packet p;

	(void)state;
	make(&p, "ip:10.9.0.1>10.9.0.2/udp:5001>53/len:18", 60);
	assert_true(expr(&p, ""));
	assert_true(expr(&p, "  "));
	assert_true(expr(&p, "udp port 53"));
	assert_true(expr(&p, "host 10.9.0.1 and not tcp"));
	assert_false(expr(&p, "udp port 54"));
	assert_false(expr(&p, "ip6"));
	assert_true(expr(&p, "greater 60"));
	assert_false(expr(&p, "greater 61"));
	make(&p, "vlan:5/ip:10.9.0.1>10.9.0.2/udp:1>2", 60);
	assert_true(expr(&p, "vlan 5 and udp"));
	assert_false(expr(&p, "udp"));
}

static void length_counts_the_ethernet_header_wherever_the_packet_was_first_seen(void **state)
{
	struct rxs_packet p;
	struct rxs_hop late = { .ts_ns = 1, .stage = RXS_ST_GRO };

	(void)state;
	make(&p, "ip:10.9.0.1>10.9.0.2/udp:1>2", 46);
	p.hops = &late;
	p.nr_hops = 1;
	assert_int_equal(rxs_packet_frame_bytes(&p), 60);
	assert_true(expr(&p, "len = 60"));
}

static void a_packet_without_headers_matches_only_the_empty_expression(void **state)
{
	struct rxs_packet p;

	(void)state;
	make(&p, "x:", 60);
	assert_true(expr(&p, NULL));
	assert_false(expr(&p, "len > 0"));
}

static void the_packets_story_is_asked_too(void **state)
{
	struct rxs_packet p;

	(void)state;
	make(&p, "ip:10.9.0.1>10.9.0.2/udp:1>2", 60);
	assert_true(match(&p, &(struct rxs_filter_opts){ .stage = "udp_rcv", .outcome = "delivered",
							 .dev = "r0", .slower_than_ns = 5000 }));
	assert_false(match(&p, &(struct rxs_filter_opts){ .stage = "app" }));
	assert_false(match(&p, &(struct rxs_filter_opts){ .outcome = "dropped" }));
	assert_false(match(&p, &(struct rxs_filter_opts){ .dev = "r1" }));
	assert_false(match(&p, &(struct rxs_filter_opts){ .slower_than_ns = 5001 }));
	assert_true(rxs_filter_match(NULL, &p, names));
}

static void wrong_ones_are_refused_with_a_sentence(void **state)
{
	struct rxs_filter *f;
	struct rxs_err e = { "" };

	(void)state;
	assert_int_equal(rxs_filter_new(&f, &(struct rxs_filter_opts){ .expr = "udp prt 5" }, &e), -EINVAL);
	assert_non_null(strstr(e.text, "udp prt 5"));
	e.text[0] = 0;
	assert_int_equal(rxs_filter_new(&f, &(struct rxs_filter_opts){ .stage = "tcp_rcv" }, &e), -ENOENT);
	assert_non_null(strstr(e.text, "tcp_rcv"));
	e.text[0] = 0;
	assert_int_equal(rxs_filter_new(&f, &(struct rxs_filter_opts){ .outcome = "eaten" }, &e), -ENOENT);
	assert_non_null(strstr(e.text, "eaten"));
	rxs_filter_free(NULL);
}

static int set_up(void **state)
{
	(void)state;
	names = rxs_strtab_new();
	return names ? 0 : -1;
}

static int tear_down(void **state)
{
	(void)state;
	rxs_strtab_free(names);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(expressions_mean_what_they_mean_to_tcpdump),
		cmocka_unit_test(length_counts_the_ethernet_header_wherever_the_packet_was_first_seen),
		cmocka_unit_test(a_packet_without_headers_matches_only_the_empty_expression),
		cmocka_unit_test(the_packets_story_is_asked_too),
		cmocka_unit_test(wrong_ones_are_refused_with_a_sentence),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
