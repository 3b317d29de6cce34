// SPDX-License-Identifier: GPL-2.0
/* Headers to flow. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "evscript.h"

static struct rxs_flow parse(const char *spec)
{
	u8 b[RXS_HDR_MAX_BYTES];
	struct rxs_flow f;
	int n = evs_frame(b, sizeof(b), spec);

	assert_true(n > 0);
	rxs_flow_parse(&f, b, (size_t)n);
	return f;
}

static void shows(const char *spec, const char *text)
{
	struct rxs_flow f = parse(spec);
	char buf[128];
	int n = rxs_flow_print(buf, sizeof(buf), &f);

	assert_string_equal(buf, text);
	assert_int_equal(n, strlen(text));
}

static void udp_and_tcp_have_ports(void **state)
{
	struct rxs_flow f = parse("ip:10.9.0.1>10.9.0.2/udp:5001>43210/len:18");

	(void)state;
	assert_int_equal(f.ethertype, 0x0800);
	assert_int_equal(f.ipver, 4);
	assert_int_equal(f.proto, 17);
	assert_int_equal(f.sport, 5001);
	assert_int_equal(f.dport, 43210);
	assert_int_equal(f.l4_len_bytes, 18);
	assert_int_equal(f.is_frag, 0);
	shows("ip:10.9.0.1>10.9.0.2/udp:5001>43210/len:18", "10.9.0.1:5001 > 10.9.0.2:43210 udp");
	f = parse("ip6:fd09::1>fd09::2/tcp:1>65535:sa/len:0");
	assert_int_equal(f.tcp_flags, 0x12);
	assert_int_equal(f.l4_len_bytes, 0);
	shows("ip6:fd09::1>fd09::2/tcp:1>65535:sa", "[fd09::1]:1 > [fd09::2]:65535 tcp");
}

static void vlan_arp_and_others(void **state)
{
	struct rxs_flow f = parse("vlan:5/vlan:7/ip:10.0.0.1>10.0.0.2/udp:1>2/len:1");

	(void)state;
	assert_int_equal(f.vlan, 5);
	assert_int_equal(f.sport, 1);
	shows("vlan:5/ip:10.0.0.1>10.0.0.2/udp:1>2", "10.0.0.1:1 > 10.0.0.2:2 udp vlan 5");
	shows("arp:10.0.0.1>10.0.0.2", "arp");
	shows("x:52540000000152540000000288cc0001", "ethertype 0x88cc");
	f = parse("arp:10.0.0.1>10.0.0.2");
	assert_memory_equal(f.daddr, "\x0a\0\0\2", 4);
}

static void icmp_says_which_message(void **state)
{
	struct rxs_flow f = parse("ip:10.0.0.1>10.0.0.2/icmp:8:77:3");

	(void)state;
	assert_int_equal(f.dport, 77);
	assert_int_equal(f.tcp_seq, 3);
	shows("ip:10.0.0.1>10.0.0.2/icmp:8:77:3", "10.0.0.1 > 10.0.0.2 icmp echo request");
	shows("ip6:fe80::1>ff02::1/icmp6:134:0:0", "fe80::1 > ff02::1 icmp6 router advertisement");
}

static void fragments_keep_their_identity(void **state)
{
	struct rxs_flow a = parse("ip:10.0.0.1>10.0.0.2/frag:99:0:more/udp:7>8/len:1480");
	struct rxs_flow b = parse("ip:10.0.0.1>10.0.0.2/frag:99:1480/udp:7>8/len:20");
	struct rxs_flow c = parse("ip6:fd09::1>fd09::2/frag:70000:1448/udp:7>8/len:9");

	(void)state;
	assert_true(a.is_frag && b.is_frag && c.is_frag);
	assert_int_equal(a.sport, 7);
	assert_int_equal(b.sport, 0);	/* payload, not a header, stands there */
	assert_int_equal(b.frag_off_bytes, 1480);
	assert_int_equal(c.frag_off_bytes, 1448);
	assert_int_equal(c.ip_id, 70000);
	assert_int_equal(a.ip_id, b.ip_id);
	shows("ip:10.0.0.1>10.0.0.2/frag:99:1480/len:20", "10.0.0.1 > 10.0.0.2 proto 0 frag 99@1480");
}

/* Every length of every frame: nothing beyond the bytes is read (ASan), what is cut off is 0. */
static void cut_headers_are_read_to_their_end_only(void **state)
{
	static const char *const spec[] = {
		"ip:10.0.0.1>10.0.0.2/tcp:1>2:a/len:9", "ip6:fd09::1>fd09::2/frag:7:0:more/udp:1>2",
		"vlan:5/ip:10.0.0.1>10.0.0.2/icmp:8:1:1", "arp:10.0.0.1>10.0.0.2",
	};
	u8 b[RXS_HDR_MAX_BYTES], *cut;
	struct rxs_flow f;
	char text[128];
	int n;

	(void)state;
	for (u32 i = 0; i < RXS_ARRAY_SIZE(spec); i++) {
		n = evs_frame(b, sizeof(b), spec[i]);
		for (int len = 0; len < n; len++) {
			cut = malloc((size_t)len + !len);
			memcpy(cut, b, (size_t)len);
			rxs_flow_parse(&f, cut, (size_t)len);
			rxs_flow_print(text, sizeof(text), &f);
			if (len < 14)
				assert_int_equal(f.ethertype, 0);
			free(cut);
		}
	}
}

static void random_bytes_do_no_harm(void **state)
{
	u8 b[RXS_HDR_MAX_BYTES];
	struct rxs_flow f;
	char text[128];
	u32 seed = 1;

	(void)state;
	for (int i = 0; i < 20000; i++) {
		size_t len;

		for (size_t k = 0; k < sizeof(b); k++)
			b[k] = (u8)((seed = seed * 1664525 + 1013904223) >> 24);
		if (i & 1)
			memcpy(b + 12, i & 2 ? "\x08\0\x45" : "\x86\xdd\x60", 3);
		len = seed % (sizeof(b) + 1);
		rxs_flow_parse(&f, b, len);
		assert_in_range(rxs_flow_print(text, sizeof(text), &f), 0, 127);
	}
}

static void equality_and_hash_ignore_what_changes_from_packet_to_packet(void **state)
{
	struct rxs_flow a = parse("ip:10.0.0.1>10.0.0.2/tcp:1>2:a/len:9");
	struct rxs_flow b = parse("ip:10.0.0.1>10.0.0.2/tcp:1>2:s/len:0");
	struct rxs_flow c = parse("ip:10.0.0.1>10.0.0.2/tcp:1>3:a/len:9");

	(void)state;
	assert_true(rxs_flow_equal(&a, &b));
	assert_int_equal(rxs_flow_hash(&a), rxs_flow_hash(&b));
	assert_false(rxs_flow_equal(&a, &c));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(udp_and_tcp_have_ports),
		cmocka_unit_test(vlan_arp_and_others),
		cmocka_unit_test(icmp_says_which_message),
		cmocka_unit_test(fragments_keep_their_identity),
		cmocka_unit_test(cut_headers_are_read_to_their_end_only),
		cmocka_unit_test(random_bytes_do_no_harm),
		cmocka_unit_test(equality_and_hash_ignore_what_changes_from_packet_to_packet),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
