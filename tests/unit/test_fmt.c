// SPDX-License-Identifier: GPL-2.0
/* Numbers for people. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "../../tracer/base/rxs_fmt.h"
#include "../../tracer/base/rxs_strtab.h"

static char b[RXS_FMT_MAX];

static void durations_have_three_digits_and_at_most_seven_columns(void **state)
{
	static const struct { u64 ns; const char *text; } row[] = {
		{ 0, "0 ns" }, { 1, "1 ns" }, { 999, "999 ns" }, { 1000, "1.00 us" }, { 1005, "1.01 us" },
		{ 1234, "1.23 us" }, { 9994, "9.99 us" }, { 9995, "10.0 us" }, { 99949, "99.9 us" },
		{ 99950, "100 us" }, { 999499, "999 us" }, { 999500, "1.00 ms" }, { 56100000, "56.1 ms" },
		{ 999500000, "1.00 s" }, { 12000000000ULL, "12.0 s" }, { 123456000000000ULL, "123456 s" },
	};

	(void)state;
	for (unsigned int i = 0; i < RXS_ARRAY_SIZE(row); i++)
		assert_string_equal(rxs_fmt_ns(b, sizeof(b), row[i].ns), row[i].text);
	for (u64 ns = 1; ns < 100000000000ULL; ns += ns / 7 + 1)
		assert_true(strlen(rxs_fmt_ns(b, sizeof(b), ns)) <= 7);
	rxs_fmt_ns(b, sizeof(b), UINT64_MAX);
}

static void differences_have_a_sign(void **state)
{
	(void)state;
	assert_string_equal(rxs_fmt_ns_signed(b, sizeof(b), 1240), "+1.24 us");
	assert_string_equal(rxs_fmt_ns_signed(b, sizeof(b), -80), "-80 ns");
	assert_string_equal(rxs_fmt_ns_signed(b, sizeof(b), 0), "0 ns");
	assert_true(rxs_fmt_ns_signed(b, sizeof(b), INT64_MIN)[0] == '-');
}

static void counts_are_grouped(void **state)
{
	(void)state;
	assert_string_equal(rxs_fmt_count(b, sizeof(b), 0), "0");
	assert_string_equal(rxs_fmt_count(b, sizeof(b), 999), "999");
	assert_string_equal(rxs_fmt_count(b, sizeof(b), 40782), "40,782");
	assert_string_equal(rxs_fmt_count(b, sizeof(b), 1234567), "1,234,567");
	assert_string_equal(rxs_fmt_count(b, sizeof(b), UINT64_MAX), "18,446,744,073,709,551,615");
}

static void short_counts_and_rates_have_a_prefix(void **state)
{
	(void)state;
	assert_string_equal(rxs_fmt_short(b, sizeof(b), 999), "999");
	assert_string_equal(rxs_fmt_short(b, sizeof(b), 1000), "1.00k");
	assert_string_equal(rxs_fmt_short(b, sizeof(b), 45120), "45.1k");
	assert_string_equal(rxs_fmt_short(b, sizeof(b), 999499), "999k");
	assert_string_equal(rxs_fmt_short(b, sizeof(b), 999500), "1.00M");
	assert_string_equal(rxs_fmt_short(b, sizeof(b), 3200000), "3.20M");
	assert_string_equal(rxs_fmt_rate(b, sizeof(b), 1000, 1000000000), "1.00k/s");
	assert_string_equal(rxs_fmt_rate(b, sizeof(b), 5, 500000000), "10/s");
	assert_string_equal(rxs_fmt_rate(b, sizeof(b), 5, 0), "-");
}

static void bytes_use_powers_of_two(void **state)
{
	(void)state;
	assert_string_equal(rxs_fmt_bytes(b, sizeof(b), 1023), "1023 B");
	assert_string_equal(rxs_fmt_bytes(b, sizeof(b), 1536), "1.50 KiB");
	assert_string_equal(rxs_fmt_bytes(b, sizeof(b), 20 << 20), "20.0 MiB");
}

static void a_share_is_never_rounded_to_nothing_or_all(void **state)
{
	(void)state;
	assert_string_equal(rxs_fmt_share(b, sizeof(b), 0, 10), "0 %");
	assert_string_equal(rxs_fmt_share(b, sizeof(b), 10, 10), "100 %");
	assert_string_equal(rxs_fmt_share(b, sizeof(b), 1, 1000000), "<0.1 %");
	assert_string_equal(rxs_fmt_share(b, sizeof(b), 999999, 1000000), ">99.9 %");
	assert_string_equal(rxs_fmt_share(b, sizeof(b), 1, 8), "12.5 %");
	assert_string_equal(rxs_fmt_share(b, sizeof(b), 0, 0), "-");
}

static void times_keep_all_nine_digits(void **state)
{
	(void)state;
	assert_string_equal(rxs_fmt_since(b, sizeof(b), 1203456789, 0), "1.203456789");
	assert_string_equal(rxs_fmt_since(b, sizeof(b), 5, 3), "0.000000002");
	assert_string_equal(rxs_fmt_since(b, sizeof(b), 3, 5), "0.000000000");
}

static void a_value_above_zero_is_always_drawn(void **state)
{
	const u64 v[] = { 0, 1, 500, 1000 };
	char spark[RXS_SPARK_BYTES(4)];

	(void)state;
	assert_string_equal(rxs_fmt_spark(spark, sizeof(spark), v, 4, false), " .=@");
	assert_string_equal(rxs_fmt_spark(spark, sizeof(spark), v, 4, true), " \u2581\u2584\u2588");
	assert_string_equal(rxs_fmt_spark(spark, sizeof(spark), v, 1, true), " ");
}

static void bars_are_to_scale(void **state)
{
	char bar[31];

	(void)state;
	assert_string_equal(rxs_fmt_bar(bar, sizeof(bar), 5, 10, 10, false), "#####");
	assert_string_equal(rxs_fmt_bar(bar, sizeof(bar), 1, 1000, 10, false), "#");
	assert_string_equal(rxs_fmt_bar(bar, sizeof(bar), 0, 10, 10, false), "");
	assert_string_equal(rxs_fmt_bar(bar, sizeof(bar), 20, 10, 10, false), "##########");
	assert_string_equal(rxs_fmt_bar(bar, sizeof(bar), 15, 100, 10, true), "\u2588\u258c");
	assert_string_equal(rxs_fmt_bar(bar, sizeof(bar), 1, 1000, 10, true), "\u258f");
}

static void a_short_buffer_is_never_overrun(void **state)
{
	char tiny[4];

	(void)state;
	for (size_t size = 2; size <= sizeof(tiny); size++) {
		rxs_fmt_ns(tiny, size, 123456789);
		assert_true(strlen(tiny) < size);
		rxs_fmt_count(tiny, size, 123456789);
		assert_true(strlen(tiny) < size);
		rxs_fmt_rate(tiny, size, 123456789, 1000);
		assert_true(strlen(tiny) < size);
		rxs_fmt_share(tiny, size, 1, 3);
		assert_true(strlen(tiny) < size);
	}
}

/* A task may call itself what it likes; the terminal of who reads of it must not obey. */
static void names_of_others_are_printable(void **state)
{
	static const struct { const char *name, *plain; } row[] = {
		{ "nginx: worker", "nginx: worker" }, { "\033[31mred\a", "?[31mred?" }, { "tab\there", "tab?here" },
		{ "caf\xc3\xa9", "caf\xc3\xa9" }, { "\xc2\x9b" "31m", "??31m" }, { "del\x7f", "del?" }, { "end\xc2", "end\xc2" },
	};
	struct rxs_strtab *t = rxs_strtab_new();
	char name[32];

	(void)state;
	for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
		u32 id = rxs_strtab_intern(t, row[i].name, strlen(row[i].name));

		assert_string_equal(rxs_fmt_plain(strcpy(name, row[i].name)), row[i].plain);
		assert_string_equal(rxs_strtab_get(t, id), row[i].plain);
		assert_int_equal(rxs_strtab_intern(t, row[i].name, 32), id);
		assert_int_equal(rxs_strtab_intern(t, row[i].plain, 32), id);
	}
	rxs_strtab_free(t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(durations_have_three_digits_and_at_most_seven_columns),
		cmocka_unit_test(differences_have_a_sign),
		cmocka_unit_test(counts_are_grouped),
		cmocka_unit_test(short_counts_and_rates_have_a_prefix),
		cmocka_unit_test(bytes_use_powers_of_two),
		cmocka_unit_test(a_share_is_never_rounded_to_nothing_or_all),
		cmocka_unit_test(times_keep_all_nine_digits),
		cmocka_unit_test(a_value_above_zero_is_always_drawn),
		cmocka_unit_test(bars_are_to_scale),
		cmocka_unit_test(names_of_others_are_printable),
		cmocka_unit_test(a_short_buffer_is_never_overrun),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
