// SPDX-License-Identifier: GPL-2.0
/* Option tables: parsing, checks, sentences, help. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../../tracer/base/rxs_opt.h"

#include <errno.h>

struct vals {
	bool json, quiet;
	const char *dev, *how;
	u32 count;
	u64 packet, bytes, time_ns, secs_ns;
	struct rxs_opt_list rule;
};

static const struct rxs_opt opts[] = {
	RXS_OPT_FLAG(struct vals, json, "json", 'j', "one document"),
	RXS_OPT_FLAG(struct vals, quiet, "quiet", 'q', "say nothing"),
	RXS_OPT_TEXT(struct vals, dev, "dev", 'i', "DEV", NULL, "only this device"),
	RXS_OPT_CHOICE(struct vals, how, "how", 0, "HOW", "auto", "auto|kprobe|tracepoint", "backend"),
	RXS_OPT_U32(struct vals, count, "count", 'c', "N", "10", 1, 4000, "so many"),
	RXS_OPT_U64(struct vals, packet, "packet", 0, "ID", NULL, 0, 0, "this one"),
	RXS_OPT_BYTES(struct vals, bytes, "buffer", 'b', "SIZE", "64k", 4096, 0, "ring size"),
	RXS_OPT_TIME(struct vals, time_ns, "slower-than", 0, "TIME", NULL, 0, "slow ones"),
	RXS_OPT_TIME(struct vals, secs_ns, "duration", 'd', "SECS", NULL, 1000000000, "how long"),
	RXS_OPT_LIST(struct vals, rule, "fail-on", 0, "RULE", "a rule"),
	RXS_OPT_END
};

static struct vals vals;
static struct rxs_args args;
static struct rxs_err err;

/* Parse the words up to NULL as a command line. */
static int parse(const char *first, ...)
{
	static char *argv[32];
	int argc = 1;
	va_list ap;

	argv[0] = (char *)"cmd";
	va_start(ap, first);
	for (const char *w = first; w; w = va_arg(ap, const char *))
		argv[argc++] = (char *)w;
	va_end(ap);
	argv[argc] = NULL;
	memset(&vals, 0, sizeof(vals));
	memset(&err, 0, sizeof(err));
	return rxs_opt_parse(opts, argc, argv, &vals, &args, &err);
}

static void defaults_are_set_when_nothing_is_given(void **state)
{
	(void)state;
	assert_int_equal(parse(NULL), 0);
	assert_false(vals.json);
	assert_null(vals.dev);
	assert_string_equal(vals.how, "auto");
	assert_int_equal(vals.count, 10);
	assert_int_equal(vals.bytes, 65536);
	assert_int_equal(args.nr, 0);
	assert_int_equal(args.nr_rest, 0);
	assert_null(args.rest[0]);
}

static void all_ways_to_write_a_value_mean_the_same(void **state)
{
	(void)state;
	assert_int_equal(parse("--dev", "eth0", NULL), 0);
	assert_string_equal(vals.dev, "eth0");
	assert_int_equal(parse("--dev=eth1", NULL), 0);
	assert_string_equal(vals.dev, "eth1");
	assert_int_equal(parse("-i", "eth2", NULL), 0);
	assert_string_equal(vals.dev, "eth2");
	assert_int_equal(parse("-ieth3", NULL), 0);
	assert_string_equal(vals.dev, "eth3");
	assert_int_equal(parse("-jqi", "eth4", NULL), 0);
	assert_true(vals.json && vals.quiet);
	assert_string_equal(vals.dev, "eth4");
	assert_int_equal(parse("--dev=", NULL), 0);
	assert_string_equal(vals.dev, "");
}

static void arguments_and_options_mix_and_a_lone_dash_is_an_argument(void **state)
{
	(void)state;
	assert_int_equal(parse("a", "--json", "-", "b", "-c", "7", "c", NULL), 0);
	assert_true(vals.json);
	assert_int_equal(vals.count, 7);
	assert_int_equal(args.nr, 4);
	assert_string_equal(args.arg[0], "a");
	assert_string_equal(args.arg[1], "-");
	assert_string_equal(args.arg[2], "b");
	assert_string_equal(args.arg[3], "c");
	assert_false(args.dashdash);
}

static void what_follows_two_dashes_is_left_alone(void **state)
{
	(void)state;
	assert_int_equal(parse("x", "--", "ping", "-c", "1", "--json", NULL), 0);
	assert_false(vals.json);
	assert_true(args.dashdash);
	assert_int_equal(args.nr, 1);
	assert_int_equal(args.nr_rest, 4);
	assert_string_equal(args.rest[0], "ping");
	assert_string_equal(args.rest[3], "--json");
	assert_null(args.rest[4]);
}

static void an_unknown_option_is_told_with_its_nearest_name(void **state)
{
	(void)state;
	assert_int_equal(parse("--jsno", NULL), -EINVAL);
	assert_string_equal(err.text, "unknown option --jsno; did you mean --json?");
	assert_int_equal(parse("--slowerthan=1s", NULL), -EINVAL);
	assert_string_equal(err.text, "unknown option --slowerthan; did you mean --slower-than?");
	assert_int_equal(parse("--zebra", NULL), -EINVAL);
	assert_string_equal(err.text, "unknown option --zebra; see --help");
	assert_int_equal(parse("-x", NULL), -EINVAL);
	assert_string_equal(err.text, "unknown option -x; see --help");
}

static void a_missing_or_surplus_value_is_told(void **state)
{
	(void)state;
	assert_int_equal(parse("--dev", NULL), -EINVAL);
	assert_string_equal(err.text, "--dev needs a value: --dev DEV");
	assert_int_equal(parse("-i", "--", "x", NULL), -EINVAL);
	assert_string_equal(err.text, "-i needs a value: -i DEV");
	assert_int_equal(parse("--json=yes", NULL), -EINVAL);
	assert_string_equal(err.text, "--json takes no value");
}

static void numbers_are_checked_for_form_and_range(void **state)
{
	(void)state;
	assert_int_equal(parse("--count", "2k", NULL), 0);
	assert_int_equal(vals.count, 2000);
	assert_int_equal(parse("--count", "0", NULL), -EINVAL);
	assert_string_equal(err.text, "--count takes 1 to 4000, not '0'");
	assert_int_equal(parse("--count", "5k", NULL), -EINVAL);
	assert_int_equal(parse("--count", "ten", NULL), -EINVAL);
	assert_string_equal(err.text, "--count takes a number such as 20 or 64k, not 'ten'");
	assert_int_equal(parse("--count", "-3", NULL), -EINVAL);
	assert_int_equal(parse("--count", "", NULL), -EINVAL);
	assert_int_equal(parse("--packet", "18446744073709551615", NULL), 0);
	assert_true(vals.packet == UINT64_MAX);
	assert_int_equal(parse("--packet", "18446744073709551616", NULL), -EINVAL);
	assert_int_equal(parse("-b", "4096", NULL), 0);
	assert_int_equal(vals.bytes, 4096);
	assert_int_equal(parse("-b", "1M", NULL), 0);
	assert_int_equal(vals.bytes, 1 << 20);
	assert_int_equal(parse("-b", "100", NULL), -EINVAL);
}

static void times_carry_their_unit(void **state)
{
	(void)state;
	assert_int_equal(parse("--slower-than", "50us", "-d", "10", NULL), 0);
	assert_int_equal(vals.time_ns, 50000);
	assert_true(vals.secs_ns == 10000000000ULL);
	assert_int_equal(parse("--slower-than", "1.5ms", "-d", "0.1", NULL), 0);
	assert_int_equal(vals.time_ns, 1500000);
	assert_int_equal(vals.secs_ns, 100000000);
	assert_int_equal(parse("--slower-than", "3", NULL), -EINVAL);
	assert_string_equal(err.text,
			    "--slower-than takes a time with its unit, such as 5ms or 20us, not '3'");
	assert_int_equal(parse("--slower-than", "0", NULL), 0);
	assert_int_equal(parse("--slower-than", "5 ms", NULL), -EINVAL);
	assert_int_equal(parse("-d", "2m", NULL), 0);
	assert_true(vals.secs_ns == 120000000000ULL);
	assert_int_equal(parse("-d", "9999999999h", NULL), -EINVAL);
}

static void fractions_are_exact(void **state)
{
	u64 v;

	(void)state;
	assert_int_equal(rxs_parse_time("0.000000001s", 0, &v), 0);
	assert_int_equal(v, 1);
	assert_int_equal(rxs_parse_time("0.3s", 0, &v), 0);
	assert_int_equal(v, 300000000);
	assert_int_equal(rxs_parse_time(".5us", 0, &v), 0);
	assert_int_equal(v, 500);
	assert_int_equal(rxs_parse_time(".", 1, &v), -EINVAL);
	assert_int_equal(rxs_parse_bytes("1.5k", &v), 0);
	assert_int_equal(v, 1536);
	assert_int_equal(rxs_parse_time("1\u00b5s", 0, &v), 0);
	assert_int_equal(v, 1000);
}

static void choices_are_whole_words(void **state)
{
	(void)state;
	assert_int_equal(parse("--how", "kprobe", NULL), 0);
	assert_string_equal(vals.how, "kprobe");
	assert_int_equal(parse("--how", "tracepoint", NULL), 0);
	assert_int_equal(parse("--how", "kpro", NULL), -EINVAL);
	assert_string_equal(err.text, "--how takes one of auto|kprobe|tracepoint, not 'kpro'");
	assert_int_equal(parse("--how", "", NULL), -EINVAL);
	assert_int_equal(parse("--how", "auto|kprobe", NULL), -EINVAL);
}

static void a_list_keeps_all_in_order_up_to_its_bound(void **state)
{
	struct rxs_opt_list *l = &vals.rule;
	char *argv[2 + RXS_OPT_LIST_MAX + 1];

	(void)state;
	assert_int_equal(parse("--fail-on", "a", "x", "--fail-on=b", NULL), 0);
	assert_int_equal(l->nr, 2);
	assert_string_equal(l->v[0], "a");
	assert_string_equal(l->v[1], "b");
	for (unsigned int i = 0; i < RXS_ARRAY_SIZE(argv); i++)
		argv[i] = (char *)"--fail-on=r";
	memset(&vals, 0, sizeof(vals));
	assert_int_equal(rxs_opt_parse(opts, 1 + RXS_OPT_LIST_MAX, argv, &vals, &args, &err), 0);
	memset(&vals, 0, sizeof(vals));
	assert_int_equal(rxs_opt_parse(opts, 2 + RXS_OPT_LIST_MAX, argv, &vals, &args, &err), -EINVAL);
}

static void help_is_asked_for_anywhere_and_shows_every_row(void **state)
{
	char *text = NULL;
	size_t len;
	FILE *f = open_memstream(&text, &len);

	(void)state;
	assert_int_equal(parse("x", "-h", NULL), 1);
	assert_int_equal(parse("--json", "--help", NULL), 1);
	rxs_opt_help(opts, f, 60);
	fclose(f);
	for (const struct rxs_opt *o = opts; o->type; o++) {
		char name[64];

		snprintf(name, sizeof(name), "--%s", o->name);
		assert_non_null(strstr(text, name));
		assert_non_null(strstr(text, o->help));
	}
	assert_non_null(strstr(text, "-i, --dev DEV"));
	assert_non_null(strstr(text, "(default auto)"));
	assert_non_null(strstr(text, "auto|kprobe|tracepoint"));
	for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n"))
		assert_true(strlen(line) <= 60);
	free(text);
}

static void the_nearest_name_must_be_near(void **state)
{
	static const char *const names[] = { "report", "record", NULL, "live" };

	(void)state;
	assert_string_equal(rxs_nearest("reprot", names, 4), "report");
	assert_string_equal(rxs_nearest("recrd", names, 4), "record");
	assert_string_equal(rxs_nearest("lve", names, 4), "live");
	assert_null(rxs_nearest("xyz", names, 4));
	assert_null(rxs_nearest("", names, 4));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(defaults_are_set_when_nothing_is_given),
		cmocka_unit_test(all_ways_to_write_a_value_mean_the_same),
		cmocka_unit_test(arguments_and_options_mix_and_a_lone_dash_is_an_argument),
		cmocka_unit_test(what_follows_two_dashes_is_left_alone),
		cmocka_unit_test(an_unknown_option_is_told_with_its_nearest_name),
		cmocka_unit_test(a_missing_or_surplus_value_is_told),
		cmocka_unit_test(numbers_are_checked_for_form_and_range),
		cmocka_unit_test(times_carry_their_unit),
		cmocka_unit_test(fractions_are_exact),
		cmocka_unit_test(choices_are_whole_words),
		cmocka_unit_test(a_list_keeps_all_in_order_up_to_its_bound),
		cmocka_unit_test(help_is_asked_for_anywhere_and_shows_every_row),
		cmocka_unit_test(the_nearest_name_must_be_near),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
