// SPDX-License-Identifier: GPL-2.0
/* The views for other programs: JSON, CSV, pcapng. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <pcap/pcap.h>

#include "fixture.h"

static struct rxs_strtab *t;
static struct fixture_packet f[3];
static const struct rxs_packet *p[3] = { &f[0].p, &f[1].p, &f[2].p };

static int setup(void **state)
{
	(void)state;
	t = rxs_strtab_new();
	fixture_delivered(&f[0], t, 1, 1000000000, 1000);
	fixture_dropped(&f[1], t, 2, 1002000000, "NO,\"SOCKET", "__udp4_lib_rcv");
	fixture_delivered(&f[2], t, 3, 1003000000, 90000);
	return t ? 0 : -1;
}

static int teardown(void **state)
{
	(void)state;
	rxs_strtab_free(t);
	return 0;
}

static void has(const char *text, const char *what)
{
	if (!strstr(text, what))
		fail_msg("'%s' is missing in:\n%s", what, text);
}

/* Brackets and quotes balance; the lint of the schema checks the rest on real reports. */
static void balanced(const char *s)
{
	bool in_string = false;
	int depth = 0;

	for (; *s; s++) {
		if (in_string) {
			if (*s == '\\')
				s++;
			else if (*s == '"')
				in_string = false;
			continue;
		}
		in_string = *s == '"';
		depth += (*s == '{' || *s == '[') - (*s == '}' || *s == ']');
		assert_true(depth >= 0);
	}
	assert_false(in_string);
	assert_int_equal(depth, 0);
}

static void json_has_what_the_design_promises(void **state)
{
	const struct rxs_lost lost = { .until_ns = 1002500000, .count = 7, .cpu = 1, .kind = RXS_LOST_RING };
	const struct rxs_view_opts o = { 0 };
	char *text = fixture_view("json", &o, t, p, 3, &lost, 0);

	(void)state;
	balanced(text);
	has(text, "\"schema\": \"rxscope-report/1\"");
	has(text, "\"kind\": \"rxs\"");
	has(text, "\"lost\": 7");
	has(text, "\"seen\": 3");
	has(text, "\"delivered\": 2");
	has(text, "\"dropped\": 1");
	has(text, "\"id\": \"udp_rcv\"");
	has(text, "\"from_previous_ns\": {\"count\": 3, \"min\": 1000");
	has(text, "\"reason\": \"NO,\\\"SOCKET\", \"stage\": \"udp_rcv\", \"function\": \"__udp4_lib_rcv\", \"count\": 1");
	has(text, "\"packets_per_poll\": {\"count\": 0, \"min\": null");
	has(text, "\"kind\": \"ring\", \"cpu\": 1, \"events\": 7");
	assert_null(strstr(text, "packet_list"));
	free(text);
}

static void json_lists_packets_when_asked(void **state)
{
	const struct rxs_view_opts all = { .packets = true }, one = { .packet_id = 3 };
	char *text = fixture_view("json", &all, t, p, 3, NULL, 0);

	(void)state;
	balanced(text);
	has(text, "\"packet_list\": [");
	has(text, "{\"stage\": \"ip_rcv\", \"op\": \"pass\", \"ts_ns\": 1000001000");
	free(text);
	text = fixture_view("json", &one, t, p, 3, NULL, 0);
	balanced(text);
	has(text, "\"total_ns\": 450000");
	assert_null(strstr(text, "\"total_ns\": 3000,"));
	free(text);
}

static void names_with_bytes_that_are_no_text_still_make_json(void **state)
{
	const struct rxs_view_opts o = { .packets = true };
	char *text;

	(void)state;
	f[0].p.reader[0].comm = rxs_strtab_intern(t, "a\xff\"b", 4);
	text = fixture_view("json", &o, t, p, 1, NULL, 0);
	balanced(text);
	has(text, "\"comm\": \"a\\ufffd\\\"b\"");
	free(text);
}

static unsigned int columns(const char *line)
{
	bool quoted = false;
	unsigned int n = 1;

	for (; *line && *line != '\r'; line++) {
		quoted ^= *line == '"';
		n += *line == ',' && !quoted;
	}
	return n;
}

static void every_csv_row_has_the_columns_of_the_header(void **state)
{
	const struct rxs_lost lost = { .until_ns = 1002500000, .count = 7, .cpu = 1, .kind = RXS_LOST_RING };
	const struct rxs_view_opts plain = { 0 }, packets = { .packets = true };

	(void)state;
	for (int i = 0; i < 2; i++) {
		char *text = fixture_view("csv", i ? &packets : &plain, t, p, 3, &lost, 0);
		unsigned int want = columns(text), rows = 0;

		for (const char *line = text; line && *line; line = strchr(line, '\n') + 1) {
			assert_int_equal(columns(line), want);
			rows++;
		}
		assert_true(rows > 4);
		has(text, i ? "\r\nlost,,1002500000,,,1," : "\r\nlost,ring,cpu 1,,7,");
		has(text, i ? "\"NO,\"\"SOCKET\"" : "\r\ndrop,\"NO,\"\"SOCKET\",udp_rcv,__udp4_lib_rcv,1,");
		free(text);
	}
}

/* Write the packets as pcapng to a file and open it with libpcap. */
static pcap_t *written(char *name, const struct rxs_lost *lost)
{
	char errbuf[PCAP_ERRBUF_SIZE];
	int fd = mkstemp(name);
	struct rxs_view_opts o = { .out = fdopen(fd, "w") };
	struct rxs_run_info ri = { .source = { .kernel = "6.1.0", .clock = "mono" }, .strtab = t };
	const struct rxs_decode_stats ds = { 0 };
	struct rxs_view *v = rxs_view_new("pcapng", &o);
	pcap_t *pc;

	assert_int_equal(rxs_view_begin(v, &ri), 0);
	for (int i = 0; i < 3; i++) {
		assert_int_equal(rxs_view_packet(v, p[i]), 0);
		if (!i && lost)
			assert_int_equal(rxs_view_lost(v, lost), 0);
	}
	assert_int_equal(rxs_view_end(v, NULL, &ds), 0);
	rxs_view_free(v);
	assert_int_equal(fclose(o.out), 0);
	pc = pcap_open_offline_with_tstamp_precision(name, PCAP_TSTAMP_PRECISION_NANO, errbuf);
	if (!pc)
		fail_msg("%s", errbuf);
	return pc;
}

static void libpcap_reads_what_pcapng_writes(void **state)
{
	const struct rxs_lost lost = { .until_ns = 1, .count = 7, .cpu = 1, .kind = RXS_LOST_RING };
	char name[] = "/tmp/test-rxscope.XXXXXX";
	pcap_t *pc = written(name, &lost);
	struct pcap_pkthdr *h;
	const u8 *data;

	(void)state;
	assert_int_equal(pcap_datalink(pc), DLT_EN10MB);
	for (int i = 0; i < 3; i++) {
		assert_int_equal(pcap_next_ex(pc, &h, &data), 1);
		assert_int_equal(h->caplen, p[i]->hdr_len);
		assert_int_equal(h->len, 60);
		assert_int_equal(h->ts.tv_sec, p[i]->first_ns / 1000000000);
		assert_int_equal(h->ts.tv_usec, p[i]->first_ns % 1000000000);
		assert_memory_equal(data, p[i]->hdr, h->caplen);
	}
	assert_int_equal(pcap_next_ex(pc, &h, &data), -2);
	pcap_close(pc);
	remove(name);
}

static void a_frame_never_has_more_bytes_than_it_had(void **state)
{
	char name[] = "/tmp/test-rxscope.XXXXXX";
	struct pcap_pkthdr *h;
	const u8 *data;
	pcap_t *pc;

	(void)state;
	f[0].p.len = 42;	/* the probe fetched more than that */
	pc = written(name, NULL);
	assert_int_equal(pcap_next_ex(pc, &h, &data), 1);
	assert_int_equal(h->caplen, 42);
	assert_int_equal(h->len, 42);
	pcap_close(pc);
	remove(name);
}

static void pcapng_tells_the_way_in_a_comment(void **state)
{
	const struct rxs_view_opts o = { 0 };
	char *text = fixture_view("pcapng", &o, t, p, 1, NULL, 0);

	/* the block has binary parts: look from the comment on */
	(void)state;
	for (char *c = text; ; c++)
		if (!memcmp(c, "#1 delivered", 12)) {
			has(c, "#1 delivered to app/42, 5.00 us\nrx_desc 0 ns\nip_rcv +1.00 us\n");
			break;
		}
	free(text);
}

static void an_unknown_view_is_refused(void **state)
{
	const struct rxs_view_opts o = { 0 };

	(void)state;
	assert_null(rxs_view_new("xml", &o));
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(json_has_what_the_design_promises),
		T(json_lists_packets_when_asked),
		T(names_with_bytes_that_are_no_text_still_make_json),
		T(every_csv_row_has_the_columns_of_the_header),
		T(libpcap_reads_what_pcapng_writes),
		T(a_frame_never_has_more_bytes_than_it_had),
		T(pcapng_tells_the_way_in_a_comment),
		T(an_unknown_view_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
