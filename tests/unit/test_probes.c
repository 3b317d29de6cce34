// SPDX-License-Identifier: GPL-2.0
/* From a row of hooks.def to a kprobe's fetch arguments, by BTF; and functions from kallsyms. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <bpf/btf.h>
#include <cmocka.h>

#include "../../tracer/source/rxs_probes.h"

/*
 * A kernel in small: struct sk_buff with its device inside of unnamed members, as it has been since 4.17, and
 * functions of several shapes.
 */
struct kernel {
	int u32_id, u8_ptr, name_array, net, net_ptr, net_device, dev_ptr, sk_buff, skb_ptr, skb_ptr_ptr;
	int sock, sock_ptr;
};

static void add_func(struct btf *b, const char *name, int a1, int a2, int a3)
{
	const int args[] = { a1, a2, a3 };
	int proto = btf__add_func_proto(b, 0);

	assert_true(proto > 0);
	for (int i = 0; i < 3 && args[i]; i++)
		assert_int_equal(btf__add_func_param(b, "a", args[i]), 0);
	assert_true(btf__add_func(b, name, BTF_FUNC_GLOBAL, proto) > 0);
}

static void add_structs(struct btf *b, struct kernel *k)
{
	int u8_id, char_id, inner, outer, dev_const;

	k->u32_id = btf__add_int(b, "unsigned int", 4, 0);
	u8_id = btf__add_int(b, "unsigned char", 1, 0);
	k->u8_ptr = btf__add_ptr(b, u8_id);
	char_id = btf__add_int(b, "char", 1, BTF_INT_CHAR);
	k->name_array = btf__add_array(b, k->u32_id, char_id, 16);
	k->net = btf__add_struct(b, "net", 64);
	assert_int_equal(btf__add_field(b, "inum", k->u32_id, 48 * 8, 0), 0);
	k->net_ptr = btf__add_ptr(b, k->net);
	k->net_device = btf__add_struct(b, "net_device", 128);
	assert_int_equal(btf__add_field(b, "name", k->name_array, 8 * 8, 0), 0);
	assert_int_equal(btf__add_field(b, "ifindex", k->u32_id, 40 * 8, 0), 0);
	assert_int_equal(btf__add_field(b, "nd_net", k->net_ptr, 56 * 8, 0), 0);
	assert_int_equal(btf__add_field(b, "alias", k->u8_ptr, 64 * 8, 0), 0);
	k->dev_ptr = btf__add_ptr(b, k->net_device);
	dev_const = btf__add_const(b, k->dev_ptr);

	/* libbpf adds a field to the newest structure only. */
	outer = btf__add_struct(b, NULL, 16);
	assert_int_equal(btf__add_field(b, "next", k->u8_ptr, 0, 0), 0);
	assert_int_equal(btf__add_field(b, "dev", dev_const, 8 * 8, 0), 0);
	inner = btf__add_union(b, NULL, 16);
	assert_int_equal(btf__add_field(b, NULL, outer, 0, 0), 0);
	k->sk_buff = btf__add_struct(b, "sk_buff", 232);
	assert_int_equal(btf__add_field(b, NULL, inner, 8 * 8, 0), 0);
	assert_int_equal(btf__add_field(b, "len", k->u32_id, 112 * 8, 0), 0);
	assert_int_equal(btf__add_field(b, "cloned", u8_id, 126 * 8, 1), 0);
	assert_int_equal(btf__add_field(b, "head", k->u8_ptr, 200 * 8, 0), 0);
	assert_int_equal(btf__add_field(b, "data", k->u8_ptr, 208 * 8, 0), 0);
	k->skb_ptr = btf__add_ptr(b, k->sk_buff);
	k->skb_ptr_ptr = btf__add_ptr(b, k->skb_ptr);
	k->sock = btf__add_struct(b, "sock", 760);
	k->sock_ptr = btf__add_ptr(b, k->sock);
}

static struct rxs_btf *new_kernel(void)
{
	char path[] = "/tmp/rxs-test-XXXXXX";
	struct btf *b = btf__new_empty();
	struct kernel k;
	struct rxs_btf *out;
	const void *raw;
	u32 size;
	int fd;

	add_structs(b, &k);
	add_func(b, "ip_rcv", k.skb_ptr, k.dev_ptr, 0);
	add_func(b, "vlan_do_receive", k.skb_ptr_ptr, 0, 0);
	add_func(b, "tcp_queue_rcv", k.sock_ptr, k.skb_ptr, k.u32_id);
	add_func(b, "moved", k.u32_id, k.skb_ptr, 0);
	add_func(b, "two_of_them", k.u32_id, k.skb_ptr, k.skb_ptr);
	add_func(b, "none_of_them", k.sock_ptr, k.u32_id, 0);
	raw = btf__raw_data(b, &size);
	fd = mkstemp(path);
	assert_int_equal(write(fd, raw, size), size);
	close(fd);
	assert_int_equal(rxs_btf_open(&out, path, NULL), 0);
	unlink(path);
	btf__free(b);
	return out;
}

static void expect(const struct rxs_btf *b, const char *func, const char *args, const char *want)
{
	char *got;

	assert_int_equal(rxs_fetch_args(&got, b, func, args), 0);
	assert_string_equal(got, want);
	free(got);
}

static void members_of_unnamed_structs_are_found(void **state)
{
	struct rxs_btf *b = new_kernel();
	struct rxs_btf_member m;

	(void)state;
	assert_int_equal(rxs_btf_member(b, "sk_buff", "dev", &m), 0);
	assert_int_equal(m.offset_bytes, 16);
	assert_true(m.is_pointer);
	assert_int_equal(rxs_btf_member(b, "net_device", "name", &m), 0);
	assert_true(m.is_array);
	assert_int_equal(m.size_bytes, 16);
	assert_int_equal(rxs_btf_member(b, "sk_buff", "nothing", &m), -ENOENT);
	assert_int_equal(rxs_btf_member(b, "nothing", "dev", &m), -ENOENT);
	assert_int_equal(rxs_btf_member(b, "sk_buff", "cloned", &m), -EINVAL);
	rxs_btf_free(b);
}

static void rows_become_fetch_arguments(void **state)
{
	struct rxs_btf *b = new_kernel();

	(void)state;
	expect(b, "ip_rcv", "skb=1 head=1>sk_buff.head len=1>sk_buff.len:u32",
	       "skb=$arg1:x64 head=+200($arg1):x64 len=+112($arg1):u32");
	expect(b, "ip_rcv", "ifindex=1>sk_buff.dev>net_device.ifindex", "ifindex=+40(+16($arg1)):u32");
	expect(b, "ip_rcv", "netns=2>net_device.nd_net>net.inum:u32", "netns=+48(+56($arg2)):u32");
	expect(b, "ip_rcv", "hdr=1>sk_buff.data-14:x64[10]", "hdr=-14(+208($arg1)):x64[10]");
	expect(b, "vlan_do_receive", "skb=*1 len=*1>sk_buff.len", "skb=+0($arg1):x64 len=+112(+0($arg1)):u32");
	expect(b, "tcp_queue_rcv", "peer=1 skb=2 comm=$comm:string", "peer=$arg1:x64 skb=$arg2:x64 comm=$comm:string");
	rxs_btf_free(b);
}

static void strings_are_fetched_where_they_are(void **state)
{
	struct rxs_btf *b = new_kernel();

	(void)state;
	expect(b, "ip_rcv", "dev=2>net_device.name:string", "dev=+8($arg2):string");
	expect(b, "ip_rcv", "dev=2>net_device.alias:string", "dev=+0(+64($arg2)):string");
	rxs_btf_free(b);
}

static void what_the_kernel_has_not_is_left_out(void **state)
{
	struct rxs_btf *b = new_kernel();

	(void)state;
	expect(b, "ip_rcv", "skb=1 aux=1>sk_buff.gone:u32 len=1>sk_buff.len", "skb=$arg1:x64 len=+112($arg1):u32");
	expect(b, "ip_rcv", "skb=1 ? vec==3", "skb=$arg1:x64");
	rxs_btf_free(b);
}

static void arguments_are_found_where_this_kernel_has_them(void **state)
{
	struct rxs_btf *b = new_kernel();
	char *got;

	(void)state;
	expect(b, "moved", "skb=1 len=1>sk_buff.len", "skb=$arg2:x64 len=+112($arg2):u32");
	expect(b, "two_of_them", "skb=3", "skb=$arg3:x64");
	assert_int_equal(rxs_fetch_args(&got, b, "two_of_them", "skb=1"), -ENOENT);
	assert_int_equal(rxs_fetch_args(&got, b, "none_of_them", "skb=1"), -ENOENT);
	/* One that BTF does not know (of a module, or static and renamed) is as the table says. */
	expect(b, "of_a_module", "skb=2", "skb=$arg2:x64");
	rxs_btf_free(b);
}

static void without_btf_the_address_is_left(void **state)
{
	(void)state;
	expect(NULL, "ip_rcv", "skb=1 head=1>sk_buff.head len=1>sk_buff.len:u32 comm=$comm:string",
	       "skb=$arg1:x64 comm=$comm:string");
	expect(NULL, "vlan_do_receive", "skb=*1 aux=2:u8", "skb=+0($arg1):x64 aux=$arg2:u8");
}

static void malformed_rows_are_refused(void **state)
{
	static const char *const bad[] = { "skb", "skb=", "skb=x", "len=1>sk_buff", "len=1!", "len=1>sk_buff.len+x" };
	struct rxs_btf *b = new_kernel();
	char *got;

	(void)state;
	for (unsigned int i = 0; i < RXS_ARRAY_SIZE(bad); i++)
		assert_int_equal(rxs_fetch_args(&got, b, "ip_rcv", bad[i]), -EINVAL);
	rxs_btf_free(b);
}

static void every_row_of_the_table_is_well_formed(void **state)
{
	char *got;

	(void)state;
	for (unsigned int i = 0; i < rxs_hooks_nr; i++) {
		if (rxs_hooks[i].kind != RXS_HOOK_KP)
			continue;
		assert_int_equal(rxs_fetch_args(&got, NULL, rxs_hooks[i].name, rxs_hooks[i].args), 0);
		free(got);
	}
}

static void files_that_are_no_btf_are_refused(void **state)
{
	struct rxs_err e = { "" };
	struct rxs_btf *b;

	(void)state;
	assert_int_equal(rxs_btf_open(&b, "/nonexistent", &e), -ENOENT);
	assert_non_null(strstr(e.text, "CONFIG_DEBUG_INFO_BTF"));
	assert_true(rxs_btf_open(&b, "/dev/null", NULL) < 0);
}

static struct rxs_ksyms *ksyms_of(const char *text)
{
	char path[] = "/tmp/rxs-test-XXXXXX";
	struct rxs_ksyms *k;
	int fd = mkstemp(path);

	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	close(fd);
	assert_int_equal(rxs_ksyms_open(&k, path, NULL), 0);
	unlink(path);
	return k;
}

static void functions_are_found_by_name(void **state)
{
	struct rxs_ksyms *k = ksyms_of("ffffffff81000000 T _text\n"
				       "ffffffff81000100 t core.constprop.0\n"
				       "ffffffff81000200 T both.isra.0\n"
				       "ffffffff81000300 T both\n"
				       "ffffffff81000400 t piece.part.0\n"
				       "ffffffff81000500 t piece.cold\n"
				       "ffffffff81000600 t mixed.isra.0.constprop.12\n"
				       "ffffffff82000000 D data\n"
				       "ffffffffc0000000 t driver_poll\t[e1000]\n");

	(void)state;
	assert_int_equal(rxs_ksyms_count(k), 8);
	assert_string_equal(rxs_ksyms_find(k, "both", true), "both");
	assert_string_equal(rxs_ksyms_find(k, "core", true), "core.constprop.0");
	assert_null(rxs_ksyms_find(k, "core", false));
	assert_null(rxs_ksyms_find(k, "piece", true));
	assert_null(rxs_ksyms_find(k, "data", true));
	assert_string_equal(rxs_ksyms_find(k, "mixed", true), "mixed.isra.0.constprop.12");
	assert_string_equal(rxs_ksyms_find(k, "driver_poll", true), "driver_poll");
	assert_null(rxs_ksyms_find(k, "cor", true));
	rxs_ksyms_free(k);
}

static void functions_are_found_by_address(void **state)
{
	struct rxs_ksyms *k = ksyms_of("ffffffff81000000 T first\n"
				       "ffffffffc0000000 t driver_poll\t[e1000]\n"
				       "ffffffff81000300 T second\n");
	const char *module;
	u64 start;

	(void)state;
	assert_true(rxs_ksyms_has_addresses(k));
	assert_null(rxs_ksyms_at(k, 0xffffffff80ffffff, &start, &module));
	assert_string_equal(rxs_ksyms_at(k, 0xffffffff81000000, &start, &module), "first");
	assert_string_equal(rxs_ksyms_at(k, 0xffffffff810003ff, &start, &module), "second");
	assert_int_equal(start, 0xffffffff81000300);
	assert_string_equal(module, "");
	assert_string_equal(rxs_ksyms_at(k, 0xffffffffc0000010, &start, &module), "driver_poll");
	assert_string_equal(module, "e1000");
	rxs_ksyms_free(k);
}

static void hidden_addresses_are_told(void **state)
{
	struct rxs_ksyms *k = ksyms_of("0000000000000000 T first\n0000000000000000 T second\n");
	const char *module;
	u64 start;

	(void)state;
	assert_false(rxs_ksyms_has_addresses(k));
	assert_null(rxs_ksyms_at(k, 0xffffffff81000000, &start, &module));
	assert_string_equal(rxs_ksyms_find(k, "second", true), "second");
	rxs_ksyms_free(k);
}

static void an_empty_list_of_functions_is_none(void **state)
{
	struct rxs_ksyms *k;

	(void)state;
	assert_int_equal(rxs_ksyms_open(&k, "/dev/null", NULL), -ENODATA);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(members_of_unnamed_structs_are_found),
		cmocka_unit_test(rows_become_fetch_arguments),
		cmocka_unit_test(strings_are_fetched_where_they_are),
		cmocka_unit_test(what_the_kernel_has_not_is_left_out),
		cmocka_unit_test(arguments_are_found_where_this_kernel_has_them),
		cmocka_unit_test(without_btf_the_address_is_left),
		cmocka_unit_test(malformed_rows_are_refused),
		cmocka_unit_test(every_row_of_the_table_is_well_formed),
		cmocka_unit_test(files_that_are_no_btf_are_refused),
		cmocka_unit_test(functions_are_found_by_name),
		cmocka_unit_test(functions_are_found_by_address),
		cmocka_unit_test(hidden_addresses_are_told),
		cmocka_unit_test(an_empty_list_of_functions_is_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
