// SPDX-License-Identifier: GPL-2.0
/* JSON writer: form, escapes, valid UTF-8 whatever comes in. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../../tracer/base/rxs_json.h"

#include <errno.h>
#include <math.h>

static struct rxs_json j;
static char *text;
static size_t len;

static void begin(bool pretty)
{
	free(text);
	text = NULL;
	rxs_json_init(&j, open_memstream(&text, &len), pretty);
}

static const char *done(int want)
{
	assert_int_equal(rxs_json_close(&j), want);
	fclose(j.out);
	return text;
}

static int end_of_group(void **state)
{
	(void)state;
	free(text);
	text = NULL;
	return 0;
}

static void nesting_commas_and_all_types(void **state)
{
	(void)state;
	begin(false);
	rxs_json_obj(&j, NULL);
	rxs_json_str(&j, "s", "x");
	rxs_json_u64(&j, "u", UINT64_MAX);
	rxs_json_i64(&j, "i", INT64_MIN);
	rxs_json_f64(&j, "f", 0.25);
	rxs_json_bool(&j, "b", true);
	rxs_json_null(&j, "n");
	rxs_json_hex(&j, "h", 0xffff888012345678ULL);
	rxs_json_us(&j, "us", 1234005);
	rxs_json_arr(&j, "a");
	rxs_json_u64(&j, NULL, 1);
	rxs_json_obj(&j, NULL);
	rxs_json_end(&j);
	rxs_json_arr(&j, NULL);
	rxs_json_end(&j);
	rxs_json_end(&j);
	assert_string_equal(done(0), "{\"s\":\"x\",\"u\":18446744073709551615,\"i\":-9223372036854775808,"
			    "\"f\":0.25,\"b\":true,\"n\":null,\"h\":\"0xffff888012345678\",\"us\":1234.005,\"a\":[1,{},[]]}\n");
}

static void pretty_output_has_lines_and_flat_parts_have_none(void **state)
{
	(void)state;
	begin(true);
	rxs_json_obj(&j, NULL);
	rxs_json_obj_flat(&j, "flat");
	rxs_json_u64(&j, "a", 1);
	rxs_json_arr(&j, "b");
	rxs_json_u64(&j, NULL, 2);
	rxs_json_u64(&j, NULL, 3);
	rxs_json_end(&j);
	rxs_json_end(&j);
	rxs_json_arr(&j, "tall");
	rxs_json_u64(&j, NULL, 4);
	rxs_json_end(&j);
	assert_string_equal(done(0), "{\n  \"flat\": {\"a\": 1, \"b\": [2, 3]},\n  \"tall\": [\n    4\n  ]\n}\n");
}

static void what_must_be_escaped_is_escaped(void **state)
{
	(void)state;
	begin(false);
	rxs_json_strn(&j, NULL, "a\"b\\c\n\t\r\b\f\x01\0z\x7f", 14);
	assert_string_equal(done(0), "\"a\\\"b\\\\c\\n\\t\\r\\b\\f\\u0001\\u0000z\\u007f\"\n");
}

static void bytes_that_are_no_utf8_become_replacement_characters(void **state)
{
	static const struct { const char *in, *out; } row[] = {
		{ "gr\u00fc\u00df", "\"gr\u00fc\u00df\"\n" },
		{ "\xf0\x9f\x90\xa7", "\"\xf0\x9f\x90\xa7\"\n" },	/* four bytes */
		{ "\xff", "\"\\ufffd\"\n" },
		{ "a\xc3", "\"a\\ufffd\"\n" },				/* cut off */
		{ "\xc0\xaf", "\"\\ufffd\\ufffd\"\n" },			/* overlong */
		{ "\xe0\x80\x80", "\"\\ufffd\\ufffd\\ufffd\"\n" },	/* overlong */
		{ "\xed\xa0\x80", "\"\\ufffd\\ufffd\\ufffd\"\n" },	/* surrogate */
		{ "\xf4\x90\x80\x80", "\"\\ufffd\\ufffd\\ufffd\\ufffd\"\n" }, /* beyond U+10FFFF */
		{ "\xe2\x82z", "\"\\ufffd\\ufffdz\"\n" },
	};

	(void)state;
	for (unsigned int i = 0; i < RXS_ARRAY_SIZE(row); i++) {
		begin(false);
		rxs_json_str(&j, NULL, row[i].in);
		assert_string_equal(done(0), row[i].out);
	}
}

static void numbers_that_json_has_not_are_null(void **state)
{
	(void)state;
	begin(false);
	rxs_json_arr(&j, NULL);
	rxs_json_f64(&j, NULL, NAN);
	rxs_json_f64(&j, NULL, INFINITY);
	rxs_json_str(&j, NULL, NULL);
	rxs_json_f64(&j, NULL, 1e300);
	assert_string_equal(done(0), "[null,null,null,1e+300]\n");
}

static void close_ends_what_is_open_and_misuse_is_told(void **state)
{
	(void)state;
	begin(false);
	rxs_json_obj(&j, NULL);
	rxs_json_arr(&j, "a");
	assert_string_equal(done(0), "{\"a\":[]}\n");
	begin(false);
	rxs_json_end(&j);
	done(-EINVAL);
	begin(false);
	for (int i = 0; i < RXS_JSON_DEPTH + 1; i++)
		rxs_json_arr(&j, NULL);
	done(-EINVAL);
}

static void a_full_disk_is_told(void **state)
{
	FILE *full = fopen("/dev/full", "w");

	(void)state;
	assert_non_null(full);
	setvbuf(full, NULL, _IONBF, 0);
	rxs_json_init(&j, full, false);
	rxs_json_str(&j, NULL, "x");
	assert_int_equal(rxs_json_close(&j), -EIO);
	fclose(full);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nesting_commas_and_all_types),
		cmocka_unit_test(pretty_output_has_lines_and_flat_parts_have_none),
		cmocka_unit_test(what_must_be_escaped_is_escaped),
		cmocka_unit_test(bytes_that_are_no_utf8_become_replacement_characters),
		cmocka_unit_test(numbers_that_json_has_not_are_null),
		cmocka_unit_test(close_ends_what_is_open_and_misuse_is_told),
		cmocka_unit_test(a_full_disk_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, end_of_group);
}
