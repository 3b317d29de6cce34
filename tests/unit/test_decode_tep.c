// SPDX-License-Identifier: GPL-2.0
/* Trace events, by their kernel's formats, to events of the stage table. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "recording.h"
#include "../../tracer/decode/tep_type.h"

/* A source that has formats and task names, and no records: those are handed to the decoder directly. */
struct bench {
	struct rxs_source src;
	struct tep_handle *tep;
	struct rxs_strtab *names;
	struct rxs_decode *decode;
	struct rxs_event ev;
	struct rxs_lost lost;
};

static void bench_info(struct rxs_source *s, struct rxs_source_info *i)
{
	struct bench *b = s->priv;

	*i = (struct rxs_source_info){ .kind = "test", .name = "", .clock = "mono", .tep = b->tep };
}

static const char *bench_comm(struct rxs_source *s, int pid)
{
	(void)s;
	return pid == 17 ? "ksoftirqd/1" : pid == 42 ? "reader" : NULL;
}

static const struct rxs_source_ops bench_ops = { .name = "test", .info = bench_info, .comm = bench_comm };

static void add_format(struct bench *b, const struct rec_format *f)
{
	struct rec_buf text = { 0 };

	rec_format_text(&text, f);
	rec_zero(&text, 1);
	assert_int_equal(tep_parse_event(b->tep, (char *)text.p, text.len - 1, f->system), 0);
	free(text.p);
}

static int setup(void **state)
{
	struct bench *b = calloc(1, sizeof(*b));

	b->tep = tep_alloc();
	tep_set_long_size(b->tep, 8);
	b->src.ops = &bench_ops;
	b->src.priv = b;
	b->names = rxs_strtab_new();
	for (unsigned int i = 0; i < rec_formats_nr; i++)
		add_format(b, &rec_formats[i]);
	assert_int_equal(rxs_decode_new(&b->decode, &b->src, b->names, NULL), 0);
	*state = b;
	return 0;
}

static int teardown(void **state)
{
	struct bench *b = *state;

	rxs_decode_free(b->decode);
	rxs_strtab_free(b->names);
	tep_free(b->tep);
	free(b);
	return 0;
}

/* Decode the bytes as a record of CPU 1 at 1000 ns; frees them. */
static int decode(struct bench *b, struct rec_buf *bytes)
{
	struct rxs_raw r = { .ts_ns = 1000, .cpu = 1, .kind = RXS_RAW_TEP, .len_bytes = bytes->len };
	u8 *exact = malloc(bytes->len ? bytes->len : 1);	/* of its own size: reading past it is seen */
	int ret;

	memcpy(exact, bytes->p, bytes->len);
	r.data = exact;
	ret = rxs_decode_record(b->decode, &r, &b->ev, &b->lost);
	b->ev.hdr = NULL;
	free(exact);
	free(bytes->p);
	memset(bytes, 0, sizeof(*bytes));
	return ret;
}

static struct rxs_decode_stats stats(struct bench *b)
{
	struct rxs_decode_stats st;

	rxs_decode_stats_get(b->decode, &st);
	return st;
}

static const char *name(struct bench *b, u32 id)
{
	return rxs_strtab_get(b->names, id);
}

static void tracepoint_gives_its_fields(void **state)
{
	struct bench *b = *state;
	struct rec_buf r = { 0 };

	rec_netif(&r, 0xffff888000001000, 1514, "eth0");
	assert_int_equal(decode(b, &r), 1);
	assert_int_equal(b->ev.stage, RXS_ST_NETIF_RECEIVE_SKB);
	assert_int_equal(b->ev.op, RXS_OP_PASS);
	assert_int_equal(b->ev.skb, 0xffff888000001000);
	assert_int_equal(b->ev.len, 1514);
	assert_string_equal(name(b, b->ev.dev), "eth0");
	assert_int_equal(b->ev.ts_ns, 1000);
	assert_int_equal(b->ev.cpu, 1);
	assert_int_equal(b->ev.head, 0);
	assert_string_equal(rxs_hooks[b->ev.hook - 1].name, "netif_receive_skb");
	assert_int_equal(rxs_hooks[b->ev.hook - 1].kind, RXS_HOOK_TP);
	assert_int_equal(rxs_decode_hook_hits(b->decode, b->ev.hook - 1), 1);
}

static void many_device_names_stay_apart(void **state)
{
	struct bench *b = *state;
	struct rec_buf r = { 0 };
	char dev[64];

	for (int i = 0; i < 40; i++) {
		snprintf(dev, sizeof(dev), "%s%d", i % 3 ? "eth" : "a-name-longer-than-the-ones-kept", i % 8);
		rec_netif(&r, 0x1000, 60, dev);
		assert_int_equal(decode(b, &r), 1);
		assert_string_equal(name(b, b->ev.dev), dev);
	}
}

static void other_softirqs_are_foreign(void **state)
{
	struct bench *b = *state;
	struct rec_buf r = { 0 };

	rec_softirq(&r, 1);
	assert_int_equal(decode(b, &r), 0);
	rec_softirq(&r, 3);
	assert_int_equal(decode(b, &r), 1);
	assert_int_equal(b->ev.stage, RXS_ST_SOFTIRQ);
	assert_int_equal(b->ev.aux, 3);
	assert_int_equal(stats(b).foreign, 1);
	assert_int_equal(stats(b).decoded, 1);
}

static void drop_reason_has_its_name_without_prefix(void **state)
{
	struct bench *b = *state;
	struct rec_buf r = { 0 };

	assert_int_equal(tep_register_function(b->tep, (char[]){ "udp_queue_rcv" }, 0xffffffff81000000, NULL), 0);
	assert_int_equal(tep_register_function(b->tep, (char[]){ "icmp_rcv" }, 0xffffffff81001000, NULL), 0);
	assert_int_equal(tep_register_function(b->tep, (char[]){ "the_end" }, 0xffffffff81002000, NULL), 0);
	rec_kfree(&r, 0x1000, 0xffffffff81001010, 3);
	assert_int_equal(decode(b, &r), 1);
	assert_int_equal(b->ev.op, RXS_OP_DROP);
	assert_string_equal(name(b, b->ev.reason), "NO_SOCKET");
	assert_string_equal(name(b, b->ev.symbol), "icmp_rcv");
	assert_int_equal(b->ev.peer, 0xffffffff81001010);
	rec_kfree(&r, 0x1000, 0xffffffff81000004, 2);
	assert_int_equal(decode(b, &r), 1);
	assert_string_equal(name(b, b->ev.reason), "NOT_SPECIFIED");
	assert_string_equal(name(b, b->ev.symbol), "udp_queue_rcv");
	/* A reason that the format has no name for is told by its number. */
	rec_kfree(&r, 0x1000, 0, 77);
	assert_int_equal(decode(b, &r), 1);
	assert_string_equal(name(b, b->ev.reason), "77");
	assert_int_equal(b->ev.symbol, 0);
}

static void reader_is_named_by_the_source(void **state)
{
	struct bench *b = *state;
	struct rec_buf r = { 0 };

	rec_copy(&r, 0x1000, 100, 42);
	assert_int_equal(decode(b, &r), 1);
	assert_int_equal(b->ev.stage, RXS_ST_APP);
	assert_int_equal(b->ev.pid, 42);
	assert_string_equal(name(b, b->ev.comm), "reader");
	assert_int_equal(b->ev.flags, RXS_EV_IN_TASK);
	rec_copy(&r, 0x1000, 100, 43);
	assert_int_equal(decode(b, &r), 1);
	assert_int_equal(b->ev.comm, 0);
	rec_copy(&r, 0x1000, 100, 17);
	assert_int_equal(decode(b, &r), 1);
	assert_int_equal(b->ev.flags, RXS_EV_IN_TASK | RXS_EV_KSOFTIRQD);
}

static void events_of_no_hook_are_counted_foreign(void **state)
{
	struct bench *b = *state;
	struct rec_buf r = { 0 };

	rec_common(&r, REC_OTHER, 0, 1);
	rec_zero(&r, 16);
	assert_int_equal(decode(b, &r), 0);
	assert_int_equal(stats(b).foreign, 1);
	assert_int_equal(stats(b).malformed, 0);
}

static void records_that_are_cut_or_unknown_are_malformed(void **state)
{
	struct bench *b = *state;
	struct rec_buf r = { 0 };

	rec_netif(&r, 0x1000, 60, "eth0");
	r.len = 22;	/* within the last fixed field */
	assert_int_equal(decode(b, &r), 0);
	rec_put(&r, "\x64", 1);
	assert_int_equal(decode(b, &r), 0);
	rec_common(&r, 999, 0, 0);
	assert_int_equal(decode(b, &r), 0);
	assert_int_equal(stats(b).malformed, 3);
	assert_int_equal(stats(b).events, 3);
}

static void string_outside_of_its_record_is_unknown(void **state)
{
	struct bench *b = *state;
	struct rec_buf r = { 0 };
	u32 loc = 100 << 16 | 24;

	rec_netif(&r, 0x1000, 60, "eth0");
	memcpy(r.p + 20, &loc, sizeof(loc));
	assert_int_equal(decode(b, &r), 1);
	assert_int_equal(b->ev.dev, 0);
	assert_int_equal(b->ev.skb, 0x1000);
}

/* --- kprobes --- */

#define IP "\tfield:unsigned long __probe_ip;\toffset:8;\tsize:8;\tsigned:0;\n"
#define U64(name, off) "\tfield:u64 " name ";\toffset:" off ";\tsize:8;\tsigned:0;\n"

/* Decode one hit of a kprobe at address ip with three u64 arguments. */
static int hit(struct bench *b, const struct rec_format *f, u64 ip)
{
	struct rec_buf r = { 0 };

	add_format(b, f);
	rec_common(&r, f->id, 0x10, 0);
	rec_u64(&r, ip);
	rec_u64(&r, 0x1111);
	rec_u64(&r, 0x2222);
	rec_u64(&r, 0x3333);
	return decode(b, &r);
}

static void kprobe_is_known_by_the_names_people_give(void **state)
{
	static const struct { const char *name, *function; } good[] = {
		{ "ip_rcv", "ip_rcv" }, { "p_ip_rcv_0", "ip_rcv" }, { "ip_rcv_1", "ip_rcv" },
		{ "ip_rcv_L12", "ip_rcv" }, { "ip_rcv_L12_2", "ip_rcv" },
		{ "tcp_v4_rcv", "tcp_v4_rcv" }, { "tcp_v4_rcv_3", "tcp_v4_rcv" },
		{ "__napi_poll", "__napi_poll" }, { "p___napi_poll_0", "__napi_poll" },
		{ "ip6_rcv_core", "ip6_rcv_core" },
	};
	static const char *const bad[] = {
		"", "p_", "_1", "ip_rcv2", "ip_rcv_", "my_ip_rcv", "ip_rcv_finish_cores", "p_ip_rcv_16", "ip_rcv_L",
		"ip_rcv__return", "L12", "_L12", "ip_rcv.part.0", "ip_rcv.cold", "netif",
	};

	(void)state;
	for (unsigned int i = 0; i < RXS_ARRAY_SIZE(good); i++) {
		int h = tep_match_probe_name(good[i].name);

		assert_true(h >= 0);
		assert_string_equal(rxs_hooks[h].name, good[i].function);
		assert_int_equal(rxs_hooks[h].kind, RXS_HOOK_KP);
	}
	for (unsigned int i = 0; i < RXS_ARRAY_SIZE(bad); i++)
		assert_true(tep_match_probe_name(bad[i]) < 0);
	assert_string_equal(rxs_hooks[tep_match_probe_name("ip_rcv_core.constprop.0")].name, "ip_rcv_core");
	assert_string_equal(rxs_hooks[tep_match_probe_name("ip_rcv_core.isra.0")].name, "ip_rcv_core");
}

static void kprobe_carries_the_skb_under_any_usual_name(void **state)
{
	static const char *const names[] = { "skb", "skbaddr", "skb_addr", "arg1" };
	struct bench *b = *state;
	char fields[512];

	for (unsigned int i = 0; i < RXS_ARRAY_SIZE(names); i++) {
		struct rec_format f = { "group", "ip_rcv", 200 + i, fields, "\"\"" };

		snprintf(fields, sizeof(fields), IP "\tfield:u64 %s;\toffset:16;\tsize:8;\tsigned:0;\n", names[i]);
		assert_int_equal(hit(b, &f, 0), 1);
		assert_int_equal(b->ev.skb, 0x1111);
		assert_int_equal(b->ev.stage, RXS_ST_IP_RCV);
	}
}

static void argument_number_is_the_functions_own(void **state)
{
	struct bench *b = *state;
	struct rec_format both = { "g", "ip_protocol_deliver_rcu", 210, IP U64("arg1", "16") U64("arg2", "24"), "\"\"" };
	struct rec_format first = { "g", "ip_protocol_deliver_rcu", 211, IP U64("arg1", "16"), "\"\"" };
	struct rec_format deref = { "g", "vlan_do_receive", 212, IP U64("arg1", "16"), "\"\"" };
	struct rec_format third = { "g", "ip_local_deliver_finish", 213,
				    IP U64("arg1", "16") U64("arg2", "24") U64("arg3", "32"), "\"\"" };

	assert_int_equal(hit(b, &both, 0), 1);
	assert_int_equal(b->ev.skb, 0x2222);
	/* Its first argument is no skb, and vlan_do_receive()'s is a pointer to one. */
	assert_int_equal(hit(b, &first, 0), 0);
	assert_int_equal(hit(b, &deref, 0), 0);
	assert_int_equal(stats(b).unusable, 2);
	assert_int_equal(hit(b, &third, 0), 1);
	assert_int_equal(b->ev.skb, 0x3333);
}

static void kprobe_without_skb_is_unusable_unless_it_needs_none(void **state)
{
	struct bench *b = *state;
	struct rec_format none = { "g", "tcp_v4_rcv", 220, IP, "\"\"" };
	struct rec_format half = { "g", "udp_rcv", 221,
				   IP "\tfield:u32 skb;\toffset:16;\tsize:4;\tsigned:0;\n", "\"\"" };
	struct rec_format poll = { "g", "__napi_poll", 222, IP U64("arg1", "16"), "\"\"" };

	assert_int_equal(hit(b, &none, 0), 0);
	assert_int_equal(hit(b, &half, 0), 0);
	assert_int_equal(stats(b).unusable, 2);
	assert_int_equal(hit(b, &poll, 0), 1);
	assert_int_equal(b->ev.stage, RXS_ST_NAPI_POLL);
	assert_int_equal(b->ev.peer, 0x1111);
}

static void return_probe_is_no_entry(void **state)
{
	struct bench *b = *state;
	struct rec_format ret = { "g", "ip_rcv", 230,
				  "\tfield:unsigned long __probe_func;\toffset:8;\tsize:8;\tsigned:0;\n"
				  "\tfield:unsigned long __probe_ret_ip;\toffset:16;\tsize:8;\tsigned:0;\n"
				  U64("skb", "24"), "\"\"" };

	assert_int_equal(hit(b, &ret, 0), 0);
	assert_int_equal(stats(b).foreign, 1);
}

static void kprobe_of_any_name_is_known_by_its_address(void **state)
{
	struct bench *b = *state;
	struct rec_format f = { "my", "foo", 240, IP U64("skb", "16"), "\"\"" };
	struct rec_format named = { "my", "udp_rcv", 241, IP U64("skb", "16"), "\"\"" };
	struct rec_format gap = { "my", "ip_rcv", 242, IP U64("skb", "16"), "\"\"" };

	tep_register_function(b->tep, (char[]){ "udp_rcv" }, 0xffffffff81000000, NULL);
	tep_register_function(b->tep, (char[]){ "ip_local_deliver" }, 0xffffffff81001000, NULL);
	tep_register_function(b->tep, (char[]){ "something" }, 0xffffffff81002000, NULL);
	tep_register_function(b->tep, (char[]){ "the_end" }, 0xffffffff81003000, NULL);
	assert_int_equal(hit(b, &f, 0xffffffff81001000), 1);
	assert_int_equal(b->ev.stage, RXS_ST_IP_LOCAL_DELIVER);
	/* One event can stand for probes on several functions, and behind a landing pad is still the entry. */
	assert_int_equal(hit(b, &f, 0xffffffff81000004), 1);
	assert_int_equal(b->ev.stage, RXS_ST_UDP_RCV);
	assert_int_equal(hit(b, &f, 0xffffffff81001000), 1);
	assert_int_equal(b->ev.stage, RXS_ST_IP_LOCAL_DELIVER);
	assert_int_equal(hit(b, &f, 0xffffffff81001040), 0);
	assert_int_equal(hit(b, &f, 0xffffffff81002000), 0);
	assert_int_equal(stats(b).foreign, 2);
	/* A name alone does not make a probe in the middle of the function one of its entry. */
	assert_int_equal(hit(b, &named, 0xffffffff81000100), 0);
	assert_int_equal(stats(b).unusable, 1);
	/* Where symbols are missing, the function before is found; the name holds. */
	assert_int_equal(hit(b, &gap, 0xffffffff81002100), 1);
	assert_int_equal(b->ev.stage, RXS_ST_IP_RCV);
}

static void rxscopes_own_fetches_are_taken(void **state)
{
	struct bench *b = *state;
	struct rec_format f = { "rxscope_1", "eth_type_trans", 250,
		IP U64("skb", "16") U64("head", "24") "\tfield:u32 len;\toffset:32;\tsize:4;\tsigned:0;\n"
		"\tfield:u32 ifindex;\toffset:36;\tsize:4;\tsigned:0;\n"
		"\tfield:__data_loc char[] dev;\toffset:40;\tsize:4;\tsigned:1;\n"
		"\tfield:u32 netns;\toffset:44;\tsize:4;\tsigned:0;\n"
		"\tfield:u64 hdr[10];\toffset:48;\tsize:80;\tsigned:0;\n", "\"\"" };
	struct rxs_raw raw = { .ts_ns = 1, .kind = RXS_RAW_TEP };
	struct rec_buf r = { 0 };

	add_format(b, &f);
	rec_common(&r, f.id, 0x10, 0);
	rec_u64(&r, 0xffffffff81234567);
	rec_u64(&r, 0xffff888000001000);
	rec_u64(&r, 0xffff888000002000);
	rec_u32(&r, 60);
	rec_u32(&r, 5);
	rec_u32(&r, 4 << 16 | 128);
	rec_u32(&r, 4026531840u);
	for (int i = 0; i < 80; i++)
		rec_put(&r, &(u8){ i }, 1);
	rec_put(&r, "r0\0", 4);
	raw.data = r.p;
	raw.len_bytes = r.len;
	assert_int_equal(rxs_decode_record(b->decode, &raw, &b->ev, &b->lost), 1);
	assert_int_equal(b->ev.head, 0xffff888000002000);
	assert_int_equal(b->ev.len, 60);
	assert_int_equal(b->ev.ifindex, 5);
	assert_int_equal(b->ev.netns, 4026531840u);
	assert_string_equal(name(b, b->ev.dev), "r0");
	assert_int_equal(b->ev.hdr_len, 80);
	assert_int_equal(b->ev.hdr[13], 13);
	free(r.p);
}

static void unreadable_string_of_a_kprobe_is_unknown(void **state)
{
	struct bench *b = *state;
	struct rec_format f = { "g", "__napi_poll", 260,
		IP U64("peer", "16") "\tfield:__data_loc char[] dev;\toffset:24;\tsize:4;\tsigned:1;\n", "\"\"" };
	struct rec_buf r = { 0 };

	add_format(b, &f);
	rec_common(&r, f.id, 0x10, 0);
	rec_u64(&r, 0);
	rec_u64(&r, 0x1111);
	rec_u32(&r, 8 << 16 | 28);
	rec_str(&r, "(fault)");
	assert_int_equal(decode(b, &r), 1);
	assert_int_equal(b->ev.dev, 0);
}

static void relative_and_fixed_strings_are_read(void **state)
{
	struct bench *b = *state;
	struct rec_format rel = { "net", "netif_rx", 270,
		U64("skbaddr", "8") "\tfield:__rel_loc char[] name;\toffset:16;\tsize:4;\tsigned:0;\n", "\"\"" };
	struct rec_format fixed = { "refnic", "refnic_rx_desc", 271,
		U64("skbaddr", "8") "\tfield:char name[16];\toffset:16;\tsize:16;\tsigned:0;\n"
		"\tfield:u16 index;\toffset:32;\tsize:2;\tsigned:0;\n"
		"\tfield:s8 copybreak;\toffset:34;\tsize:1;\tsigned:1;\n", "\"\"" };
	struct rec_buf r = { 0 };

	add_format(b, &rel);
	rec_common(&r, rel.id, 0, 0);
	rec_u64(&r, 0x1000);
	rec_u32(&r, 5 << 16 | 0);
	rec_put(&r, "veth\0\0\0", 8);
	assert_int_equal(decode(b, &r), 1);
	assert_string_equal(name(b, b->ev.dev), "veth");
	add_format(b, &fixed);
	rec_common(&r, fixed.id, 0, 0);
	rec_u64(&r, 0x1000);
	rec_put(&r, "sixteen-bytes-dev", 16);
	rec_u16(&r, 255);
	rec_put(&r, "\xff", 1);
	assert_int_equal(decode(b, &r), 1);
	assert_string_equal(name(b, b->ev.dev), "sixteen-bytes-de");
	assert_int_equal(b->ev.aux, 255);
	assert_int_equal(b->ev.aux2, 0xffffffff);
}

static void losses_are_handed_on(void **state)
{
	struct bench *b = *state;
	struct rxs_raw r = { .kind = RXS_RAW_LOST, .ts_ns = 900, .lost_since_ns = 700, .lost = 12, .cpu = 3,
			     .lost_kind = RXS_LOST_KPROBE, .data = "ip_rcv", .len_bytes = 6 };

	assert_int_equal(rxs_decode_record(b->decode, &r, &b->ev, &b->lost), 2);
	assert_int_equal(b->lost.since_ns, 700);
	assert_int_equal(b->lost.until_ns, 900);
	assert_int_equal(b->lost.count, 12);
	assert_int_equal(b->lost.cpu, 3);
	assert_string_equal(name(b, b->lost.symbol), "ip_rcv");
	assert_int_equal(stats(b).events, 0);
}

/* Every row of the hook table can be resolved from an event that has its fields. */
static void every_hook_of_the_table_can_be_decoded(void **state)
{
	struct bench *b = *state;
	char fields[4096];

	for (unsigned int h = 0; h < rxs_hooks_nr; h++) {
		const struct rxs_hook_info *hook = &rxs_hooks[h];
		struct rec_format f = { hook->kind == RXS_HOOK_TP ? hook->group : "g", hook->name, 1000 + h, fields,
					"\"\"" };
		struct rec_buf r = { 0 };
		unsigned int off = 16;
		const char *p;

		strcpy(fields, hook->kind == RXS_HOOK_TP ? "" : IP);
		for (p = hook->args; *p && *p != '?'; p += strcspn(p, " "), p += strspn(p, " ")) {
			size_t slot = strcspn(p, "="), len = strcspn(p, " ");
			const char *field = hook->kind == RXS_HOOK_TP ? p + slot + 1 : p;
			size_t field_len = hook->kind == RXS_HOOK_TP ? len - slot - 1 : slot;

			sprintf(fields + strlen(fields), "\tfield:u64 %.*s;\toffset:%u;\tsize:8;\tsigned:0;\n",
				(int)field_len, field, off);
			off += 8;
		}
		add_format(b, &f);
		rec_common(&r, f.id, 0, 0);
		rec_u64(&r, 0);
		for (unsigned int i = 16; i < off; i += 8)
			rec_u64(&r, 3);
		assert_int_equal(decode(b, &r), 1);
		assert_int_equal(b->ev.hook, h + 1);
		assert_int_equal(b->ev.stage, hook->stage);
		assert_int_equal(b->ev.op, hook->op);
	}
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		T(tracepoint_gives_its_fields),
		T(many_device_names_stay_apart),
		T(other_softirqs_are_foreign),
		T(drop_reason_has_its_name_without_prefix),
		T(reader_is_named_by_the_source),
		T(events_of_no_hook_are_counted_foreign),
		T(records_that_are_cut_or_unknown_are_malformed),
		T(string_outside_of_its_record_is_unknown),
		T(kprobe_is_known_by_the_names_people_give),
		T(kprobe_carries_the_skb_under_any_usual_name),
		T(argument_number_is_the_functions_own),
		T(kprobe_without_skb_is_unusable_unless_it_needs_none),
		T(return_probe_is_no_entry),
		T(kprobe_of_any_name_is_known_by_its_address),
		T(rxscopes_own_fetches_are_taken),
		T(unreadable_string_of_a_kprobe_is_unknown),
		T(relative_and_fixed_strings_are_read),
		T(losses_are_handed_on),
		T(every_hook_of_the_table_can_be_decoded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
